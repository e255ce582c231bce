//! Values that edits put somewhere.

use spansieve_layout::{Kind, MAX_DEPTH, NONE};

use super::{Edits, TextId};
use crate::edits::NewText;
use crate::value::{Attribute, Attributes, Text, Value};

/// A value to put somewhere. Most are made by `into()`: of strings, numbers, booleans, texts and attributes of the batch, JSON.
#[derive(Clone, Copy, Debug)]
pub enum NewValue<'v> {
    /// A value that is not set.
    Empty,
    /// A string, which becomes a new text.
    Str(&'v str),
    /// A string that is there already.
    Text(TextId),
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A double.
    Double(f64),
    /// Bytes that are not text.
    Bytes(&'v [u8]),
    /// Values in order.
    Array(&'v [NewValue<'v>]),
    /// Values by key.
    Map(&'v [(&'v str, NewValue<'v>)]),
    /// A JSON value, such as a constant from the configuration. Whole numbers become integers where they fit, `null` an empty value.
    Json(&'v serde_json::Value),
    /// The value that this attribute has in the batch, with what is nested in it. Strings are not copied but named again.
    Copy(Attribute<'v>),
}

macro_rules! from {
    ($($type:ty, $value:ident => $make:expr;)*) => {$(
        impl<'v> From<$type> for NewValue<'v> {
            #[inline]
            fn from($value: $type) -> Self {
                $make
            }
        }
    )*};
}

from! {
    &'v str, value => NewValue::Str(value);
    &'v String, value => NewValue::Str(value);
    TextId, value => NewValue::Text(value);
    NewText, value => NewValue::Text(value.id());
    Text<'_>, value => NewValue::Text(value.into());
    bool, value => NewValue::Bool(value);
    i32, value => NewValue::Int(value.into());
    u32, value => NewValue::Int(value.into());
    i64, value => NewValue::Int(value);
    f64, value => NewValue::Double(value);
    &'v [u8], value => NewValue::Bytes(value);
    &'v [NewValue<'v>], value => NewValue::Array(value);
    &'v [(&'v str, NewValue<'v>)], value => NewValue::Map(value);
    &'v serde_json::Value, value => NewValue::Json(value);
    Attribute<'v>, value => NewValue::Copy(value);
}

impl NewValue<'_> {
    /// Brings along what the value needs and gives its kind and `row-value`. Below [`MAX_DEPTH`] a value becomes empty: the host takes no deeper one.
    #[inline]
    pub(super) fn bring(self, edits: &mut Edits, depth: usize) -> (Kind, u32) {
        match self {
            NewValue::Empty => (Kind::Empty, 0),
            NewValue::Str(text) => (Kind::Str, edits.text(text).id().0),
            NewValue::Text(text) => (Kind::Str, text.0),
            NewValue::Bool(b) => (Kind::Bool, u32::from(b)),
            NewValue::Int(n) => (Kind::Int, edits.int(n)),
            NewValue::Double(n) => (Kind::Double, edits.double(n)),
            NewValue::Bytes(bytes) => (Kind::Bytes, edits.byte_string(bytes)),
            NewValue::Copy(row) if !matches!(row.kind(), Kind::Array | Kind::Map) => (row.kind(), row.raw_value()),
            _ if depth >= MAX_DEPTH => (Kind::Empty, 0),
            NewValue::Json(json) => bring_json(json, edits, depth),
            NewValue::Array(items) => {
                let group = edits.new_group();
                for item in items {
                    let (kind, value) = item.bring(edits, depth + 1);
                    edits.added.push(group, NONE, kind, value);
                }
                (Kind::Array, group)
            }
            NewValue::Map(items) => {
                let group = edits.new_group();
                for (key, item) in items {
                    let key = edits.text(key).id().0;
                    let (kind, value) = item.bring(edits, depth + 1);
                    edits.added.push(group, key, kind, value);
                }
                (Kind::Map, group)
            }
            NewValue::Copy(row) => match row.value() {
                Value::Array(rows) => (Kind::Array, bring_rows(rows, edits, depth)),
                Value::Map(rows) => (Kind::Map, bring_rows(rows, edits, depth)),
                _ => (row.kind(), row.raw_value()),
            },
        }
    }
}

fn bring_rows(rows: Attributes<'_>, edits: &mut Edits, depth: usize) -> u32 {
    let group = edits.new_group();
    for row in rows {
        let (kind, value) = NewValue::Copy(row).bring(edits, depth + 1);
        edits.added.push(group, row.key().index(), kind, value);
    }
    group
}

fn bring_json(json: &serde_json::Value, edits: &mut Edits, depth: usize) -> (Kind, u32) {
    use serde_json::Value as Json;
    match json {
        Json::Null => (Kind::Empty, 0),
        Json::Bool(b) => (Kind::Bool, u32::from(*b)),
        Json::Number(n) => match n.as_i64() {
            Some(n) => (Kind::Int, edits.int(n)),
            None => (Kind::Double, edits.double(n.as_f64().unwrap_or(f64::NAN))),
        },
        Json::String(text) => (Kind::Str, edits.text(text).id().0),
        Json::Array(items) => {
            let group = edits.new_group();
            for item in items {
                let (kind, value) = NewValue::Json(item).bring(edits, depth + 1);
                edits.added.push(group, NONE, kind, value);
            }
            (Kind::Array, group)
        }
        Json::Object(items) => {
            let group = edits.new_group();
            for (key, item) in items {
                let key = edits.text(key).id().0;
                let (kind, value) = NewValue::Json(item).bring(edits, depth + 1);
                edits.added.push(group, key, kind, value);
            }
            (Kind::Map, group)
        }
    }
}

impl Edits {
    fn int(&mut self, n: i64) -> u32 {
        self.ints.push(n);
        self.base.ints + self.ints.len() as u32 - 1
    }

    fn double(&mut self, n: f64) -> u32 {
        self.doubles.push(n);
        self.base.doubles + self.doubles.len() as u32 - 1
    }

    fn byte_string(&mut self, bytes: &[u8]) -> u32 {
        self.bytes.extend_from_slice(bytes);
        self.bytes_end.push(self.bytes.len() as u32);
        self.base.bytes + self.bytes_end.len() as u32 - 1
    }

    fn new_group(&mut self) -> u32 {
        self.new_groups += 1;
        self.base.groups + self.new_groups - 1
    }
}
