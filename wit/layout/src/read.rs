//! Reading a blob: header and directory are checked once, columns are then views that cost nothing.

use std::fmt;

use crate::{Column, ENTRY_LEN, HEADER_LEN, Header, Magic, VERSION};

/// Column ids go up to here; the table of a parsed blob has one place for each.
const IDS: usize = 136;

/// A blob whose header and directory hold what they promise. Values inside columns are not checked.
#[derive(Clone)]
pub struct Blob<'a> {
    header: Header,
    columns: [&'a [u8]; IDS],
}

impl<'a> Blob<'a> {
    /// Reads header and directory. Columns that this version does not know are skipped.
    ///
    /// # Errors
    /// When the blob is cut, is of another sort or version, or a column lies outside it or does not hold whole elements.
    pub fn parse(bytes: &'a [u8], magic: Magic) -> Result<Self, LayoutError> {
        Self::read(bytes, magic, false)
    }

    /// As [`Blob::parse`], but a column that this version does not know is an error: what a host does with edits.
    ///
    /// # Errors
    /// As [`Blob::parse`], and for an unknown column.
    pub fn parse_known(bytes: &'a [u8], magic: Magic) -> Result<Self, LayoutError> {
        Self::read(bytes, magic, true)
    }

    fn read(bytes: &'a [u8], magic: Magic, only_known: bool) -> Result<Self, LayoutError> {
        let head: &[u8; HEADER_LEN] = bytes.first_chunk().ok_or(LayoutError::Short { len: bytes.len() })?;
        if head[0..4] != magic.bytes() {
            return Err(LayoutError::Magic { expected: magic, found: [head[0], head[1], head[2], head[3]] });
        }
        let version = u16::from_le_bytes([head[4], head[5]]);
        if version != VERSION {
            return Err(LayoutError::Version { found: version });
        }
        let total = u32_at(head, 16) as usize;
        if total != bytes.len() {
            return Err(LayoutError::Length { said: total, found: bytes.len() });
        }
        let flags = u32_at(head, 8);
        let header = Header {
            magic,
            ascii: flags & 1 != 0,
            grouped: flags & 2 != 0,
            spans: u32_at(head, 20),
            now: u64_at(head, 24),
            head_probability: f64::from_bits(u64_at(head, 32)),
        };
        let count = u32_at(head, 12) as usize;
        let directory = count
            .checked_mul(ENTRY_LEN)
            .and_then(|len| bytes.get(HEADER_LEN..HEADER_LEN.checked_add(len)?))
            .ok_or(LayoutError::Directory { columns: count })?;
        let mut columns = [&bytes[..0]; IDS];
        let mut last = 0;
        for entry in directory.chunks_exact(ENTRY_LEN) {
            let (id, offset, len) = (u32_at(entry, 0), u32_at(entry, 4) as usize, u32_at(entry, 8) as usize);
            if id <= last {
                return Err(LayoutError::Order { id });
            }
            last = id;
            let outside = LayoutError::Outside { id, offset, len };
            if !offset.is_multiple_of(8) || offset < HEADER_LEN + directory.len() {
                return Err(outside);
            }
            let bytes = offset.checked_add(len).and_then(|end| bytes.get(offset..end)).ok_or(outside)?;
            match Column::from_id(id) {
                Some(column) if !len.is_multiple_of(column.element_size()) => return Err(LayoutError::Partial { column, len }),
                Some(_) => columns[id as usize] = bytes,
                None if only_known => return Err(LayoutError::Unknown { id }),
                None => {}
            }
        }
        Ok(Blob { header, columns })
    }

    /// What stands before the columns.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// A column's bytes; empty where the blob does not have it.
    #[inline]
    pub fn bytes(&self, column: Column) -> &'a [u8] {
        self.columns[column as usize]
    }

    /// Whether the blob has the column, with anything in it.
    pub fn has(&self, column: Column) -> bool {
        !self.bytes(column).is_empty()
    }

    /// A column of u32 elements.
    #[inline]
    pub fn u32s(&self, column: Column) -> U32s<'a> {
        debug_assert_eq!(column.element_size(), 4);
        U32s(self.bytes(column).as_chunks().0)
    }

    /// A column of u64 elements.
    #[inline]
    pub fn u64s(&self, column: Column) -> U64s<'a> {
        debug_assert_eq!(column.element_size(), 8);
        U64s(self.bytes(column).as_chunks().0)
    }

    /// A column of i64 elements.
    #[inline]
    pub fn i64s(&self, column: Column) -> I64s<'a> {
        debug_assert_eq!(column.element_size(), 8);
        I64s(self.bytes(column).as_chunks().0)
    }

    /// A column of f64 elements.
    #[inline]
    pub fn f64s(&self, column: Column) -> F64s<'a> {
        debug_assert_eq!(column.element_size(), 8);
        F64s(self.bytes(column).as_chunks().0)
    }

    /// A column of 16-byte ids.
    #[inline]
    pub fn ids16(&self, column: Column) -> &'a [[u8; 16]] {
        debug_assert_eq!(column.element_size(), 16);
        self.bytes(column).as_chunks().0
    }

    /// A column of 8-byte ids.
    #[inline]
    pub fn ids8(&self, column: Column) -> &'a [[u8; 8]] {
        debug_assert_eq!(column.element_size(), 8);
        self.bytes(column).as_chunks().0
    }

    /// The texts: [`Column::Texts`] cut by [`Column::TextEnd`].
    #[inline]
    pub fn texts(&self) -> Strings<'a> {
        Strings { arena: self.bytes(Column::Texts), end: self.u32s(Column::TextEnd), gap: 1 }
    }

    /// The byte strings: [`Column::Bytes`] cut by [`Column::BytesEnd`].
    #[inline]
    pub fn byte_strings(&self) -> Strings<'a> {
        Strings { arena: self.bytes(Column::Bytes), end: self.u32s(Column::BytesEnd), gap: 0 }
    }
}

/// Runs of bytes that lie one behind the other in an arena, by index.
#[derive(Clone, Copy)]
pub struct Strings<'a> {
    arena: &'a [u8],
    end: U32s<'a>,
    /// Bytes between one and the next: 1 where a separator stands.
    gap: usize,
}

impl<'a> Strings<'a> {
    /// How many there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.end.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where string `index` lies in the arena; `None` where the index or the ends lie.
    #[inline]
    pub fn range(&self, index: u32) -> Option<std::ops::Range<usize>> {
        let end = self.end.get(index)? as usize;
        let start = if index == 0 { 0 } else { self.end.get(index - 1)? as usize + self.gap };
        (start <= end && end <= self.arena.len()).then_some(start..end)
    }

    /// The bytes of string `index`.
    #[inline]
    pub fn get(&self, index: u32) -> Option<&'a [u8]> {
        self.arena.get(self.range(index)?)
    }

    /// String `index` as UTF-8; `None` also where it is not.
    #[inline]
    pub fn text(&self, index: u32) -> Option<&'a str> {
        std::str::from_utf8(self.get(index)?).ok()
    }

    /// All of them in one run, separators included.
    pub fn arena(&self) -> &'a [u8] {
        self.arena
    }
}

macro_rules! elements {
    ($($(#[$doc:meta])* $view:ident, $type:ty, $size:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $view<'a>(&'a [[u8; $size]]);

        impl<'a> $view<'a> {
            /// How many elements there are.
            #[inline]
            pub fn len(&self) -> usize {
                self.0.len()
            }

            /// Whether there are none.
            #[inline]
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }

            /// The element at `index`, if there is one.
            #[inline]
            pub fn get(&self, index: u32) -> Option<$type> {
                self.0.get(index as usize).map(|bytes| <$type>::from_le_bytes(*bytes))
            }

            /// All elements, in order.
            #[inline]
            pub fn iter(&self) -> impl ExactSizeIterator<Item = $type> + Clone + use<'a> {
                self.0.iter().map(|bytes| <$type>::from_le_bytes(*bytes))
            }
        }
    )*};
}

elements! {
    /// A column of u32 elements; no alignment is assumed.
    U32s, u32, 4;
    /// A column of u64 elements; no alignment is assumed.
    U64s, u64, 8;
    /// A column of i64 elements; no alignment is assumed.
    I64s, i64, 8;
    /// A column of f64 elements; no alignment is assumed.
    F64s, f64, 8;
}

/// What is wrong with a blob.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LayoutError {
    /// Fewer bytes than a header has.
    Short {
        /// Bytes there are.
        len: usize,
    },
    /// Not the blob that was expected.
    Magic {
        /// What was expected.
        expected: Magic,
        /// The first four bytes.
        found: [u8; 4],
    },
    /// A layout version that this crate does not speak.
    Version {
        /// The version in the header.
        found: u16,
    },
    /// The header's length is not the blob's.
    Length {
        /// Length in the header.
        said: usize,
        /// Bytes there are.
        found: usize,
    },
    /// The directory does not fit into the blob.
    Directory {
        /// Entries that the header promises.
        columns: usize,
    },
    /// Ids of the directory do not ascend.
    Order {
        /// The id that is not greater than the one before.
        id: u32,
    },
    /// A column does not lie inside the blob, or does not start at a multiple of 8.
    Outside {
        /// The column's id.
        id: u32,
        /// Its offset.
        offset: usize,
        /// Its length.
        len: usize,
    },
    /// A column does not hold whole elements.
    Partial {
        /// The column.
        column: Column,
        /// Its length in bytes.
        len: usize,
    },
    /// A column that this version does not know, where that matters.
    Unknown {
        /// The column's id.
        id: u32,
    },
}

impl fmt::Display for LayoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LayoutError::Short { len } => write!(f, "{len} bytes are no blob: its header alone has {HEADER_LEN}"),
            LayoutError::Magic { expected, found } => {
                write!(
                    f,
                    "expected the magic {:?}, found {:?}",
                    expected.bytes().escape_ascii().to_string(),
                    found.escape_ascii().to_string()
                )
            }
            LayoutError::Version { found } => write!(f, "layout version {found}, expected {VERSION}"),
            LayoutError::Length { said, found } => write!(f, "header says {said} bytes, blob has {found}"),
            LayoutError::Directory { columns } => write!(f, "a directory of {columns} columns does not fit into the blob"),
            LayoutError::Order { id } => write!(f, "column id {id} is not greater than the one before it"),
            LayoutError::Outside { id, offset, len } => {
                write!(f, "column {id} at offset {offset}, length {len}, does not lie on a multiple of 8 inside the blob")
            }
            LayoutError::Partial { column, len } => {
                write!(f, "column {} has {len} bytes, not a multiple of {}", column.name(), column.element_size())
            }
            LayoutError::Unknown { id } => write!(f, "unknown column {id}"),
        }
    }
}

impl std::error::Error for LayoutError {}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_id_has_a_place_in_the_table() {
        assert!(Column::ALL.iter().all(|c| (*c as usize) < IDS));
        assert!(Column::ALL.windows(2).all(|w| w[0] < w[1]), "ids ascend");
    }
}
