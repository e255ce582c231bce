//! Where the texts of a batch stand.

use std::ops::{BitOr, BitOrAssign};

use spansieve_layout::{Blob, Column, Kind};

/// The places where a text stands: a set, because one text may stand in several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Roles(u16);

macro_rules! roles {
    ($($(#[$doc:meta])* $name:ident = $bit:literal;)*) => {
        impl Roles {
            $($(#[$doc])* pub const $name: Roles = Roles(1 << $bit);)*
        }
    };
}

roles! {
    /// Key of an attribute or of a map entry.
    KEY = 0;
    /// String value of an attribute or of an element of a nested value.
    VALUE = 1;
    /// Name of a span.
    SPAN_NAME = 2;
    /// Status message of a span.
    MESSAGE = 3;
    /// Tracestate of a span or a link.
    TRACESTATE = 4;
    /// Name of an event.
    EVENT_NAME = 5;
    /// Name of a scope.
    SCOPE_NAME = 6;
    /// Version of a scope.
    SCOPE_VERSION = 7;
    /// Schema URL of a scope or a resource.
    SCHEMA_URL = 8;
}

impl Roles {
    /// Whether nothing that was sent names the text.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether it stands in any place of `other`.
    pub fn any(self, other: Roles) -> bool {
        self.0 & other.0 != 0
    }

    /// Goes over rows and fields and notes for each text where it stands. Columns that were not sent contribute nothing.
    pub(crate) fn derive(blob: &Blob<'_>, out: &mut Vec<Roles>) {
        out.clear();
        out.resize(blob.u32s(Column::TextEnd).len(), Roles::default());
        // An index beyond the texts is `none`.
        let mut note = |text: u32, role: Roles| {
            if let Some(roles) = out.get_mut(text as usize) {
                *roles |= role;
            }
        };
        blob.u32s(Column::Keys).iter().for_each(|text| note(text, Roles::KEY));
        for (kind, value) in blob.bytes(Column::RowKind).iter().zip(blob.u32s(Column::RowValue).iter()) {
            if *kind == Kind::Str as u8 {
                note(value, Roles::VALUE);
            }
        }
        for (column, role) in [
            (Column::SpanName, Roles::SPAN_NAME),
            (Column::SpanMessage, Roles::MESSAGE),
            (Column::SpanTracestate, Roles::TRACESTATE),
            (Column::LinkTracestate, Roles::TRACESTATE),
            (Column::EventName, Roles::EVENT_NAME),
            (Column::ScopeName, Roles::SCOPE_NAME),
            (Column::ScopeVersion, Roles::SCOPE_VERSION),
            (Column::ScopeSchemaUrl, Roles::SCHEMA_URL),
            (Column::ResourceSchemaUrl, Roles::SCHEMA_URL),
        ] {
            blob.u32s(column).iter().for_each(|text| note(text, role));
        }
    }
}

impl BitOr for Roles {
    type Output = Roles;

    fn bitor(self, other: Roles) -> Roles {
        Roles(self.0 | other.0)
    }
}

impl BitOrAssign for Roles {
    fn bitor_assign(&mut self, other: Roles) {
        self.0 |= other.0;
    }
}
