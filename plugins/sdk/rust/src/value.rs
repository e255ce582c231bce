//! Texts, keys, values and the rows that hold them.

use std::fmt;
use std::ops::Deref;

use spansieve_layout::{Column, Kind, NONE};

use crate::batch::{Batch, missing};

/// A text of the batch: its bytes and its index.
///
/// It derefs to `str`. Comparing with `==` compares bytes and is cheaper. Edits take it by index, so that it is not copied.
#[derive(Clone, Copy)]
pub struct Text<'a> {
    index: u32,
    bytes: &'a [u8],
}

impl<'a> Text<'a> {
    #[inline]
    pub(crate) fn new(index: u32, bytes: &'a [u8]) -> Self {
        Text { index, bytes }
    }

    /// Its index among the texts of the batch.
    #[inline]
    pub fn index(&self) -> u32 {
        self.index
    }

    /// Its bytes, which are UTF-8.
    #[inline]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The text.
    ///
    /// # Panics
    /// When the host sent something that is not UTF-8, against the contract.
    #[inline]
    pub fn as_str(&self) -> &'a str {
        std::str::from_utf8(self.bytes).expect("texts of a batch are UTF-8")
    }
}

impl Deref for Text<'_> {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Text<'_> {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for Text<'_> {
    #[inline]
    fn eq(&self, other: &Text<'_>) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Text<'_> {}

impl PartialEq<str> for Text<'_> {
    #[inline]
    fn eq(&self, other: &str) -> bool {
        self.bytes == other.as_bytes()
    }
}

impl PartialEq<&str> for Text<'_> {
    #[inline]
    fn eq(&self, other: &&str) -> bool {
        self.bytes == other.as_bytes()
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

/// A distinct key of the batch. Looking for it in attributes compares numbers, not texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key<'a> {
    index: u32,
    text: Text<'a>,
}

impl<'a> Key<'a> {
    #[inline]
    pub(crate) fn new(index: u32, text: Text<'a>) -> Self {
        Key { index, text }
    }

    /// Its index among the keys of the batch, as in the column `row-key`.
    #[inline]
    pub fn index(&self) -> u32 {
        self.index
    }

    /// Its text.
    #[inline]
    pub fn text(&self) -> Text<'a> {
        self.text
    }
}

/// The value of an attribute or of an element of a nested value.
#[derive(Clone, Copy)]
pub enum Value<'a> {
    /// A value that is not set.
    Empty,
    /// A string.
    Str(Text<'a>),
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A double.
    Double(f64),
    /// Bytes that are not text.
    Bytes(&'a [u8]),
    /// Values in order. Their rows have no key.
    Array(Attributes<'a>),
    /// Values by key.
    Map(Attributes<'a>),
}

impl<'a> Value<'a> {
    /// The string, where it is one.
    #[inline]
    pub fn as_text(&self) -> Option<Text<'a>> {
        if let Value::Str(text) = self { Some(*text) } else { None }
    }

    /// The integer, where it is one.
    pub fn as_int(&self) -> Option<i64> {
        if let Value::Int(n) = self { Some(*n) } else { None }
    }

    /// The number, where it is an integer or a double.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Value::Int(n) => Some(*n as f64),
            Value::Double(n) => Some(*n),
            _ => None,
        }
    }
}

/// As people write it: strings bare, arrays in brackets, maps in braces, bytes in hexadecimal.
impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Empty => Ok(()),
            Value::Str(text) => f.write_str(text),
            Value::Bool(b) => write!(f, "{b}"),
            Value::Int(n) => write!(f, "{n}"),
            Value::Double(n) => write!(f, "{n}"),
            Value::Bytes(bytes) => bytes.iter().try_for_each(|b| write!(f, "{b:02x}")),
            Value::Array(items) => {
                f.write_str("[")?;
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{}", item.value())?;
                }
                f.write_str("]")
            }
            Value::Map(items) => {
                f.write_str("{")?;
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{}: {}", item.key(), item.value())?;
                }
                f.write_str("}")
            }
        }
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Str(text) => write!(f, "{text:?}"),
            Value::Empty => f.write_str("empty"),
            Value::Double(n) => write!(f, "{n:?}"),
            other => write!(f, "{other}"),
        }
    }
}

/// One row: an attribute, or an element of an array or a map.
#[derive(Clone, Copy)]
pub struct Attribute<'a> {
    batch: &'a Batch<'a>,
    row: u32,
}

impl<'a> Attribute<'a> {
    #[inline]
    pub(crate) fn new(batch: &'a Batch<'a>, row: u32) -> Self {
        Attribute { batch, row }
    }

    /// The batch that it belongs to.
    pub fn batch(&self) -> &'a Batch<'a> {
        self.batch
    }

    /// The row's index in the batch: what edits name.
    #[inline]
    pub fn row(&self) -> u32 {
        self.row
    }

    /// The text of its key; the empty text (of no index) for an element of an array.
    #[inline]
    #[track_caller]
    pub fn key(&self) -> Text<'a> {
        match self.batch.u32(Column::RowKey, self.row) {
            NONE => Text::new(NONE, b""),
            key => self.batch.key_at(key).text(),
        }
    }

    /// Index of its key, as [`Key::index`]; `None` for an element of an array.
    #[inline]
    #[track_caller]
    pub fn key_index(&self) -> Option<u32> {
        let key = self.batch.u32(Column::RowKey, self.row);
        (key != NONE).then_some(key)
    }

    /// What sort of value it has.
    #[inline]
    #[track_caller]
    pub fn kind(&self) -> Kind {
        Kind::from_code(self.batch.u8(Column::RowKind, self.row)).unwrap_or(Kind::Empty)
    }

    /// Its `row-value`: an index into the pool of its kind, a group, or the boolean itself.
    #[inline]
    #[track_caller]
    pub fn raw_value(&self) -> u32 {
        self.batch.u32(Column::RowValue, self.row)
    }

    /// Its value.
    #[inline]
    #[track_caller]
    pub fn value(&self) -> Value<'a> {
        let (batch, columns, value) = (self.batch, self.batch.columns(), self.raw_value());
        match self.kind() {
            Kind::Empty => Value::Empty,
            Kind::Str => Value::Str(batch.text(value)),
            Kind::Bool => Value::Bool(value != 0),
            Kind::Int => Value::Int(columns.i64s(Column::Ints).get(value).unwrap_or_else(|| missing(Column::Ints, value))),
            Kind::Double => Value::Double(columns.f64s(Column::Doubles).get(value).unwrap_or_else(|| missing(Column::Doubles, value))),
            Kind::Bytes => Value::Bytes(columns.byte_strings().get(value).unwrap_or_else(|| missing(Column::Bytes, value))),
            Kind::Array => Value::Array(batch.group(value)),
            Kind::Map => Value::Map(batch.group(value)),
        }
    }

    /// Its string, where the value is one.
    #[inline]
    #[track_caller]
    pub fn text(&self) -> Option<Text<'a>> {
        (self.kind() == Kind::Str).then(|| self.batch.text(self.raw_value()))
    }
}

impl fmt::Debug for Attribute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={:?}", self.key(), self.value())
    }
}

/// The rows of one group: the attributes of something, or the elements of an array or a map.
#[derive(Clone, Copy)]
pub struct Attributes<'a> {
    batch: &'a Batch<'a>,
    group: u32,
    start: u32,
    end: u32,
}

impl<'a> Attributes<'a> {
    #[inline]
    pub(crate) fn new(batch: &'a Batch<'a>, group: u32, start: u32, end: u32) -> Self {
        Attributes { batch, group, start, end }
    }

    /// The batch that they belong to.
    pub fn batch(&self) -> &'a Batch<'a> {
        self.batch
    }

    /// The group's index in the batch: what edits name.
    #[inline]
    pub fn group(&self) -> u32 {
        self.group
    }

    /// Indices of its rows.
    #[inline]
    pub fn rows(&self) -> std::ops::Range<u32> {
        self.start..self.end
    }

    /// How many rows it has.
    #[inline]
    pub fn len(&self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Its rows, in order.
    #[inline]
    pub fn iter(&self) -> Rows<'a> {
        Rows { batch: self.batch, rows: self.rows() }
    }

    /// The first row with this key. Compares texts; where a key is looked for in many groups, find the [`Key`] first.
    pub fn find(&self, key: &str) -> Option<Attribute<'a>> {
        self.iter().find(|row| row.key() == key)
    }

    /// The first row with this key.
    #[inline]
    pub fn find_key(&self, key: Key<'_>) -> Option<Attribute<'a>> {
        self.iter().find(|row| row.key_index() == Some(key.index))
    }
}

impl<'a> IntoIterator for Attributes<'a> {
    type Item = Attribute<'a>;
    type IntoIter = Rows<'a>;

    fn into_iter(self) -> Rows<'a> {
        self.iter()
    }
}

impl fmt::Debug for Attributes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Goes over the rows of a group.
#[derive(Clone)]
pub struct Rows<'a> {
    batch: &'a Batch<'a>,
    rows: std::ops::Range<u32>,
}

impl<'a> Iterator for Rows<'a> {
    type Item = Attribute<'a>;

    #[inline]
    fn next(&mut self) -> Option<Attribute<'a>> {
        self.rows.next().map(|row| Attribute::new(self.batch, row))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rows.size_hint()
    }
}

impl ExactSizeIterator for Rows<'_> {}
