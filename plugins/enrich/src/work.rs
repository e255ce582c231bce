//! The work on one batch: what is read, and where edits go.

use serde_json::Value as Json;
use spansieve_plugin::{Batch, Column, Edits, Kind, NONE, NewValue};

use crate::cells::Value;
use crate::plan::Cell;

/// What all actions on a batch share.
pub(crate) struct Work<'w> {
    pub(crate) batch: &'w Batch<'w>,
    pub(crate) edits: &'w mut Edits,
    pub(crate) constants: &'w [Json],
    /// For each constant that stands in no group of its own, kind and value once it was brought along.
    pub(crate) brought: &'w mut [Option<(Kind, u32)>],
    /// The keys by number: those of spans, or those of resources.
    pub(crate) keys: &'w [String],
    /// For each key its text, once it was brought along.
    pub(crate) key_texts: &'w mut [Option<u32>],
    /// For each resource, the values that its named attributes have after the actions on resources.
    pub(crate) resources: &'w [Option<Value>],
    /// How many values each resource has there.
    pub(crate) resource_keys: usize,
    pub(crate) scratch: &'w mut Vec<u8>,
}

impl Work<'_> {
    /// The text of a key.
    #[inline]
    pub(crate) fn key(&mut self, cell: Cell) -> u32 {
        if let Some(text) = self.key_texts[cell] {
            return text;
        }
        let text = self.edits.text(&self.keys[cell]).id().index();
        self.key_texts[cell] = Some(text);
        text
    }

    /// Kind and `row-value` of a value, for one row.
    #[inline]
    pub(crate) fn raw(&mut self, value: Value) -> (Kind, u32) {
        match value {
            Value::Row(row) => self.edits.value(NewValue::Copy(self.batch.row(row))),
            Value::Text(text) => (Kind::Str, text.index()),
            Value::Double(n) => self.edits.value(NewValue::Double(n)),
            Value::Constant(number) => {
                if let Some(brought) = self.brought[number] {
                    return brought;
                }
                let brought = self.edits.value(NewValue::Json(&self.constants[number]));
                // A nested value belongs to one row only.
                if !matches!(brought.0, Kind::Array | Kind::Map) {
                    self.brought[number] = Some(brought);
                }
                brought
            }
        }
    }

    /// Adds an attribute to a group.
    #[inline]
    pub(crate) fn add(&mut self, group: u32, cell: Cell, value: Value) {
        let key = self.key(cell);
        let (kind, value) = self.raw(value);
        self.edits.add_raw(group, key, kind, value);
    }

    /// Gives a row another value.
    #[inline]
    pub(crate) fn set(&mut self, row: u32, value: Value) {
        let (kind, value) = self.raw(value);
        self.edits.set_raw(row, kind, value);
    }

    /// Removes a row.
    #[inline]
    pub(crate) fn remove(&mut self, row: u32) {
        self.edits.remove_raw(row);
    }

    /// A span may have several attributes with one key, of which the host names one: the key has to go from all.
    #[inline]
    pub(crate) fn remove_duplicates(&mut self, row: u32, group: u32) {
        let columns = self.batch.columns();
        let (keys, ends) = (columns.u32s(Column::RowKey), columns.u32s(Column::GroupEnd));
        let start = group.checked_sub(1).and_then(|before| ends.get(before)).unwrap_or(0);
        let key = keys.get(row).unwrap_or(NONE);
        for other in start..ends.get(group).unwrap_or(start) {
            if keys.get(other) == Some(key) && other != row {
                self.edits.remove_raw(other);
            }
        }
    }
}
