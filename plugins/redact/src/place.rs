//! Where in a batch a text stands that is replaced there only, and not wherever it stands.

use spansieve_plugin::{Batch, Edits, NewText};

use crate::marks::Marks;

/// A value of an attribute, or a span's name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The row with this number.
    Row(u32),
    /// The name of the span with this number.
    Name(u32),
}

impl Place {
    /// Puts a text there.
    pub(crate) fn put(self, batch: &Batch<'_>, text: NewText, edits: &mut Edits) {
        match self {
            Place::Row(row) => edits.set(batch.row(row), text),
            Place::Name(span) => edits.set_name(&batch.span(span as usize), text),
        }
    }

    /// Notes that a rule has found something there.
    pub(crate) fn note(self, rule: u16, marks: &mut Marks) {
        match self {
            Place::Row(row) => marks.note_row(row, rule),
            Place::Name(span) => marks.note_name(span, rule),
        }
    }

    /// By which places are sorted: rows first.
    pub(crate) fn number(self) -> u64 {
        match self {
            Place::Row(row) => u64::from(row),
            Place::Name(span) => 1 << 32 | u64::from(span),
        }
    }
}
