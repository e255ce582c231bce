//! Writing a blob into one buffer: the directory is reserved first and filled in as columns are added.

use crate::{Column, ENTRY_LEN, HEADER_LEN, Header, SEPARATOR, VERSION, align8};

/// Writes one blob. Columns are added in ascending order of their ids; empty ones are left out.
///
/// The blob is whole only after [`Writer::finish`].
pub struct Writer<'a> {
    out: &'a mut Vec<u8>,
    last: u32,
    entries: usize,
    reserved: usize,
}

impl<'a> Writer<'a> {
    /// Begins a blob in `out`, which is cleared, with room for `columns` entries in its directory.
    pub fn new(out: &'a mut Vec<u8>, header: &Header, columns: usize) -> Self {
        out.clear();
        out.resize(align8(HEADER_LEN + columns * ENTRY_LEN), 0);
        out[0..4].copy_from_slice(&header.magic.bytes());
        out[4..6].copy_from_slice(&VERSION.to_le_bytes());
        let flags = u32::from(header.ascii) | u32::from(header.grouped) << 1;
        out[8..12].copy_from_slice(&flags.to_le_bytes());
        out[20..24].copy_from_slice(&header.spans.to_le_bytes());
        out[24..32].copy_from_slice(&header.now.to_le_bytes());
        out[32..40].copy_from_slice(&header.head_probability.to_le_bytes());
        Writer { out, last: 0, entries: 0, reserved: columns }
    }

    /// Adds a column by its bytes.
    ///
    /// # Panics
    /// When columns do not come in ascending order, or there are more than were announced: errors of the calling code.
    pub fn column(&mut self, column: Column, bytes: &[u8]) {
        self.column_from(column, bytes.len(), |out| out.extend_from_slice(bytes));
    }

    /// Adds a column of `len` bytes that `fill` appends to the blob, so that nothing is copied twice.
    ///
    /// # Panics
    /// As [`Writer::column`], and when `fill` appends another number of bytes.
    pub fn column_from(&mut self, column: Column, len: usize, fill: impl FnOnce(&mut Vec<u8>)) {
        if len == 0 {
            return;
        }
        assert!(column as u32 > self.last, "columns ascend");
        assert!(self.entries < self.reserved, "as many columns as announced");
        self.last = column as u32;
        let offset = self.out.len();
        let entry = HEADER_LEN + self.entries * ENTRY_LEN;
        self.entries += 1;
        for (i, n) in [column as u32, offset as u32, len as u32].into_iter().enumerate() {
            self.out[entry + 4 * i..entry + 4 * i + 4].copy_from_slice(&n.to_le_bytes());
        }
        fill(self.out);
        assert_eq!(self.out.len(), offset + len, "column {} has the length it said", column.name());
        self.out.resize(align8(offset + len), 0);
    }

    /// Adds a column of u32, u64, i64 or f64 elements.
    ///
    /// # Panics
    /// As [`Writer::column`].
    pub fn elements<T: bytemuck::NoUninit>(&mut self, column: Column, values: &[T]) {
        debug_assert_eq!(column.element_size(), size_of::<T>(), "{}", column.name());
        // Elements in memory are elements of the layout: both are little-endian, see lib.rs.
        self.column(column, bytemuck::cast_slice(values));
    }

    /// Fills in what is known only now. The blob is what `out` then holds.
    pub fn finish(self) {
        let len = self.out.len() as u32;
        self.out[12..16].copy_from_slice(&(self.entries as u32).to_le_bytes());
        self.out[16..20].copy_from_slice(&len.to_le_bytes());
    }
}

/// Appends a text and its separator to an arena, and its end to the ends. Its index is the number of ends before.
#[inline]
pub fn push_text(arena: &mut Vec<u8>, ends: &mut Vec<u32>, text: &str) {
    arena.extend_from_slice(text.as_bytes());
    ends.push(arena.len() as u32);
    arena.push(SEPARATOR);
}
