//! A batch of spans as a plugin sees it: views over the columns, which are read only where they are asked for.

use spansieve_layout::{Blob, Column, LayoutError, Magic, NONE, Strings};

use crate::role::Roles;
use crate::setup::{Part, Slot};
use crate::span::{Event, Link, Resource, Scope, Span, Trace};
use crate::value::{Attribute, Attributes, Key, Text};

/// A batch of spans, with their events, links, scopes and resources.
///
/// Views borrow from the batch and decode on access; nothing is copied. Reading a field whose column the plugin did not ask for in
/// [`Policy::configure`](crate::Policy::configure) panics with a message that names the column: such a plugin never works, and its first test says so.
#[derive(Clone)]
pub struct Batch<'a> {
    blob: Blob<'a>,
    texts: u32,
    rows: u32,
    groups: u32,
}

impl<'a> Batch<'a> {
    /// Reads header and directory of a batch.
    ///
    /// # Errors
    /// When the blob is not a whole batch of the layout version that this SDK speaks.
    pub fn parse(blob: &'a [u8]) -> Result<Self, LayoutError> {
        let blob = Blob::parse(blob, Magic::Batch)?;
        let ends = blob.u32s(Column::GroupEnd);
        let groups = ends.len() as u32;
        let rows = groups.checked_sub(1).and_then(|last| ends.get(last)).unwrap_or(0);
        Ok(Batch { texts: blob.u32s(Column::TextEnd).len() as u32, rows, groups, blob })
    }

    /// The columns as they lie in the blob, for loops that want the last nanosecond. `wit/layout.md` says what they mean.
    pub fn columns(&self) -> &Blob<'a> {
        &self.blob
    }

    /// The time of the batch in Unix nanoseconds: a plugin's only clock.
    pub fn now(&self) -> u64 {
        self.blob.header().now
    }

    /// The probability with which the application's head sampler samples, 0 to 1; `None` where the host does not know.
    pub fn head_probability(&self) -> Option<f64> {
        let p = self.blob.header().head_probability;
        (!p.is_nan()).then_some(p)
    }

    /// Whether every text is ASCII, so that byte offsets are character offsets.
    pub fn is_ascii(&self) -> bool {
        self.blob.header().ascii
    }

    // === spans and what belongs to them ===

    /// How many spans there are. A batch may have resources and scopes but no spans.
    #[inline]
    pub fn len(&self) -> usize {
        self.blob.header().spans as usize
    }

    /// Whether there are no spans.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All spans, in order.
    #[inline]
    pub fn spans(&'a self) -> impl ExactSizeIterator<Item = Span<'a>> + Clone {
        (0..self.blob.header().spans).map(|index| Span::new(self, index))
    }

    /// The span at `index`.
    ///
    /// # Panics
    /// When there are not so many.
    pub fn span(&'a self, index: usize) -> Span<'a> {
        assert!(index < self.len(), "span {index} of {}", self.len());
        Span::new(self, index as u32)
    }

    /// The traces, where the host groups by trace; else none. Together they hold every span of the batch, in order.
    pub fn traces(&'a self) -> impl ExactSizeIterator<Item = Trace<'a>> + Clone {
        let count = if self.blob.header().grouped { self.blob.u32s(Column::TraceEnd).len() as u32 } else { 0 };
        (0..count).map(|index| Trace::new(self, index))
    }

    /// All events, those of one span after those of the span before.
    pub fn events(&'a self) -> impl ExactSizeIterator<Item = Event<'a>> + Clone {
        (0..self.blob.u32s(Column::EventName).len() as u32).map(|index| Event::new(self, index))
    }

    /// All links, those of one span after those of the span before.
    pub fn links(&'a self) -> impl ExactSizeIterator<Item = Link<'a>> + Clone {
        (0..self.blob.ids16(Column::LinkTraceId).len() as u32).map(|index| Link::new(self, index))
    }

    /// All scopes.
    pub fn scopes(&'a self) -> impl ExactSizeIterator<Item = Scope<'a>> + Clone {
        (0..self.blob.u32s(Column::ScopeName).len() as u32).map(|index| Scope::new(self, index))
    }

    /// All resources.
    pub fn resources(&'a self) -> impl ExactSizeIterator<Item = Resource<'a>> + Clone {
        (0..self.blob.u32s(Column::ResourceAttributes).len() as u32).map(|index| Resource::new(self, index))
    }

    // === texts ===

    /// The texts: all in one run, and where each lies. `texts().arena()` is the run, with one byte 0xFF after each text.
    #[inline]
    pub fn texts(&self) -> Strings<'a> {
        self.blob.texts()
    }

    /// Every text of the batch, each once, wherever it stands: as a name, a key, a value, nested or not.
    pub fn all_texts(&self) -> impl ExactSizeIterator<Item = Text<'a>> + '_ {
        (0..self.texts).map(|index| self.text(index))
    }

    /// How many texts there are. Not every one need be named by a row or a field.
    pub fn text_count(&self) -> u32 {
        self.texts
    }

    /// The text at `index`.
    ///
    /// # Panics
    /// When there is no such text.
    #[inline]
    #[track_caller]
    pub fn text(&self, index: u32) -> Text<'a> {
        match self.blob.texts().get(index) {
            Some(bytes) => Text::new(index, bytes),
            None => missing(Column::Texts, index),
        }
    }

    #[inline]
    #[track_caller]
    pub(crate) fn optional_text(&self, column: Column, index: u32) -> Option<Text<'a>> {
        match self.u32(column, index) {
            NONE => None,
            text => Some(self.text(text)),
        }
    }

    /// For each text, where it stands: pushed to `out`, which is cleared first. Costs a pass over all rows and fields.
    pub fn roles(&self, out: &mut Vec<Roles>) {
        Roles::derive(&self.blob, out);
    }

    // === rows ===

    /// The key whose text is `key`, if any attribute or map entry of the batch has it. Costs a look at every distinct key.
    #[track_caller]
    pub fn key(&self, key: &str) -> Option<Key<'a>> {
        let keys = self.blob.u32s(Column::Keys);
        (0..keys.len() as u32).map(|index| self.key_at(index)).find(|k| k.text() == key)
    }

    /// The distinct keys. Rows name them by index.
    #[track_caller]
    pub fn keys(&self) -> impl ExactSizeIterator<Item = Key<'a>> + '_ {
        (0..self.blob.u32s(Column::Keys).len() as u32).map(|index| self.key_at(index))
    }

    #[inline]
    #[track_caller]
    pub(crate) fn key_at(&self, index: u32) -> Key<'a> {
        Key::new(index, self.text(self.u32(Column::Keys, index)))
    }

    /// How many rows there are: attributes of everything, and elements of nested values.
    pub fn row_count(&self) -> u32 {
        self.rows
    }

    /// Every row of the batch, whatever it belongs to and however deep it is nested.
    pub fn rows(&'a self) -> impl ExactSizeIterator<Item = Attribute<'a>> + Clone {
        (0..self.rows).map(|row| Attribute::new(self, row))
    }

    /// The row at `index`.
    ///
    /// # Panics
    /// When there are not so many.
    pub fn row(&'a self, index: u32) -> Attribute<'a> {
        assert!(index < self.rows, "row {index} of {}", self.rows);
        Attribute::new(self, index)
    }

    /// How many groups of rows there are.
    pub fn group_count(&self) -> u32 {
        self.groups
    }

    /// The rows of a group.
    ///
    /// # Panics
    /// When there is no such group.
    #[inline]
    #[track_caller]
    pub fn group(&'a self, index: u32) -> Attributes<'a> {
        let ends = self.blob.u32s(Column::GroupEnd);
        let Some(end) = ends.get(index) else { missing(Column::GroupEnd, index) };
        let start = if index == 0 { 0 } else { ends.get(index - 1).unwrap_or(end) };
        Attributes::new(self, index, start, end)
    }

    /// The row of a declared key in a span.
    #[inline]
    #[track_caller]
    pub(crate) fn declared(&'a self, slot: Slot, span: u32) -> Option<Attribute<'a>> {
        let index = slot.0 * self.blob.header().spans + span;
        match self.u32(Column::Declared, index) {
            NONE => None,
            row => Some(Attribute::new(self, row)),
        }
    }

    // === elements of columns ===

    #[inline]
    #[track_caller]
    pub(crate) fn u32(&self, column: Column, index: u32) -> u32 {
        match self.blob.u32s(column).get(index) {
            Some(n) => n,
            None => missing(column, index),
        }
    }

    #[inline]
    #[track_caller]
    pub(crate) fn u64(&self, column: Column, index: u32) -> u64 {
        match self.blob.u64s(column).get(index) {
            Some(n) => n,
            None => missing(column, index),
        }
    }

    #[inline]
    #[track_caller]
    pub(crate) fn u8(&self, column: Column, index: u32) -> u8 {
        match self.blob.bytes(column).get(index as usize) {
            Some(n) => *n,
            None => missing(column, index),
        }
    }

    #[inline]
    #[track_caller]
    pub(crate) fn id16(&self, column: Column, index: u32) -> &'a [u8; 16] {
        match self.blob.ids16(column).get(index as usize) {
            Some(id) => id,
            None => missing(column, index),
        }
    }

    #[inline]
    #[track_caller]
    pub(crate) fn id8(&self, column: Column, index: u32) -> &'a [u8; 8] {
        match self.blob.ids8(column).get(index as usize) {
            Some(id) => id,
            None => missing(column, index),
        }
    }

    /// Element `index - 1` of a column of ends, or 0: where run `index` starts.
    #[inline]
    #[track_caller]
    pub(crate) fn start(&self, column: Column, index: u32) -> u32 {
        if index == 0 { 0 } else { self.u32(column, index - 1) }
    }
}

/// The plugin reads a column that it did not ask for, or the host wrote a batch that points outside itself. The panic names the place in the policy.
#[cold]
#[inline(never)]
#[track_caller]
pub(crate) fn missing(column: Column, index: u32) -> ! {
    let name = column.name();
    match Part::of(column) {
        Some(part) => panic!("no element {index} in column {name}: `configure` has to ask for it with setup.read(&[Part::{part:?}])"),
        None => panic!("no element {index} in column {name}: did `configure` ask for it?"),
    }
}
