//! Edits taken apart into columns, so that they can be mutated and still be edits.

use spansieve_layout::{Blob, Column, Header, Magic, Writer};

/// Columns of edits, in the order of [`COLUMNS`].
#[derive(Clone)]
pub(crate) struct Columns {
    pub(crate) header: Header,
    bytes: Vec<Vec<u8>>,
}

/// The columns that edits can have.
pub(crate) fn edit_columns() -> impl Iterator<Item = Column> {
    Column::ALL.iter().copied().filter(|column| !(7..100).contains(&(*column as u32)))
}

impl Columns {
    /// Takes edits apart; `None` where they are not even a blob.
    pub(crate) fn read(edits: &[u8]) -> Option<Columns> {
        let blob = Blob::parse(edits, Magic::Edits).ok()?;
        Some(Columns { header: *blob.header(), bytes: edit_columns().map(|column| blob.bytes(column).to_vec()).collect() })
    }

    /// No edits.
    pub(crate) fn none() -> Columns {
        let header = Header { magic: Magic::Edits, ..Header::default() };
        Columns { header, bytes: edit_columns().map(|_| Vec::new()).collect() }
    }

    pub(crate) fn bytes(&mut self, column: Column) -> &mut Vec<u8> {
        let at = edit_columns().position(|other| other == column).unwrap_or_default();
        &mut self.bytes[at]
    }

    pub(crate) fn len(&mut self, column: Column) -> usize {
        self.bytes(column).len() / column.element_size()
    }

    /// Adds an element to a column of numbers or codes.
    pub(crate) fn push(&mut self, column: Column, value: u32) {
        let size = column.element_size();
        self.bytes(column).extend_from_slice(&u64::from(value).to_le_bytes()[..size]);
    }

    /// Puts a number in the place of an element.
    pub(crate) fn set(&mut self, column: Column, at: usize, value: u32) {
        let size = column.element_size();
        self.bytes(column)[at * size..][..size].copy_from_slice(&u64::from(value).to_le_bytes()[..size]);
    }

    pub(crate) fn remove(&mut self, column: Column, at: usize) {
        let size = column.element_size();
        if at < self.len(column) {
            self.bytes(column).drain(at * size..(at + 1) * size);
        }
    }

    /// Puts the columns together again. What is left of an element at the end of a column, after its bytes were mutated, is left out.
    pub(crate) fn join(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut writer = Writer::new(&mut out, &self.header, self.bytes.len());
        for (column, bytes) in edit_columns().zip(&self.bytes) {
            writer.column(column, &bytes[..bytes.len() / column.element_size() * column.element_size()]);
        }
        writer.finish();
        out
    }
}

/// Cuts an input into edits, each of which is for what the one before it left: where the length that a blob's header says is followed by
/// another blob.
pub fn split(mut input: &[u8]) -> Vec<&[u8]> {
    let mut all = Vec::new();
    while let Some(length) = input.get(16..20) {
        let length = length.iter().rev().fold(0, |length, byte| length << 8 | usize::from(*byte));
        match input.split_at_checked(length) {
            Some((first, rest)) if length > 0 && rest.starts_with(&Magic::Edits.bytes()) => {
                all.push(first);
                input = rest;
            }
            _ => break,
        }
    }
    all.push(input);
    all
}
