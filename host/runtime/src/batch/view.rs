//! Reading a batch, span by span: what results, the text form and tests are made from.

use spansieve_layout::{Kind, NONE, TraceReason};

use super::texts::same;
use super::{Batch, kind_of, reason_of, run, some};

/// A span of a batch.
#[derive(Clone, Copy)]
pub struct Span<'a> {
    batch: &'a Batch,
    index: usize,
}

/// An event of a span.
#[derive(Clone, Copy)]
pub struct Event<'a> {
    batch: &'a Batch,
    index: usize,
}

/// A link of a span.
#[derive(Clone, Copy)]
pub struct Link<'a> {
    batch: &'a Batch,
    index: usize,
}

/// An instrumentation scope.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    batch: &'a Batch,
    index: u32,
}

/// A resource.
#[derive(Clone, Copy)]
pub struct Resource<'a> {
    batch: &'a Batch,
    index: u32,
}

/// The rows of a group: attributes, or the elements of a nested value.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    batch: &'a Batch,
    start: u32,
    end: u32,
    is_array: bool,
}

/// A value of an attribute or an element.
#[derive(Clone, Copy)]
pub enum Value<'a> {
    /// Not set.
    Empty,
    /// A string.
    Str(&'a str),
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A double.
    Double(f64),
    /// A byte string.
    Bytes(&'a [u8]),
    /// An array; its rows have no keys.
    Array(Rows<'a>),
    /// A map.
    Map(Rows<'a>),
}

impl Batch {
    /// The spans, in order.
    pub fn spans(&self) -> impl ExactSizeIterator<Item = Span<'_>> + Clone {
        (0..self.len()).map(|index| Span { batch: self, index })
    }

    /// The span at `index`, counted from 0.
    ///
    /// # Panics
    /// When there are not so many.
    pub fn span(&self, index: usize) -> Span<'_> {
        assert!(index < self.len());
        Span { batch: self, index }
    }

    /// The resources, in order.
    pub fn resources(&self) -> impl ExactSizeIterator<Item = Resource<'_>> {
        (0..self.resources.attributes.len() as u32).map(|index| Resource { batch: self, index })
    }

    /// The scopes, in order.
    pub fn scopes(&self) -> impl ExactSizeIterator<Item = Scope<'_>> {
        (0..self.scopes.attributes.len() as u32).map(|index| Scope { batch: self, index })
    }

    /// The resource at `index`, counted from 0.
    ///
    /// # Panics
    /// When there are not so many.
    pub fn resource(&self, index: u32) -> Resource<'_> {
        assert!((index as usize) < self.resources.attributes.len());
        Resource { batch: self, index }
    }

    /// The scope at `index`, counted from 0.
    ///
    /// # Panics
    /// When there are not so many.
    pub fn scope(&self, index: u32) -> Scope<'_> {
        assert!((index as usize) < self.scopes.attributes.len());
        Scope { batch: self, index }
    }

    /// The traces, where spans are grouped: their spans by index, and why they are here.
    pub fn traces(&self) -> impl ExactSizeIterator<Item = (std::ops::Range<usize>, TraceReason)> {
        (0..self.traces.end.len()).map(|t| (run(&self.traces.end, t), reason_of(self.traces.reason[t])))
    }

    /// The text that [`Batch::push_loose_text`] gave this number, as it is now.
    ///
    /// # Panics
    /// When there are not so many.
    pub fn loose_text(&self, number: usize) -> &str {
        self.texts.get(self.loose[number])
    }

    fn optional(&self, text: u32) -> &str {
        some(text).map_or("", |text| self.texts.get(text))
    }

    fn rows(&self, group: u32) -> Rows<'_> {
        let rows = self.rows.group(group);
        let is_array = self.rows.group_is_array[group as usize];
        Rows { batch: self, start: rows.start as u32, end: rows.end as u32, is_array }
    }
}

impl<'a> Span<'a> {
    /// Which of the source's spans it is, counted from 0 in the order in which they were pushed.
    pub fn source(&self) -> usize {
        self.batch.spans.source[self.index] as usize
    }

    /// Whether only its skeleton is left, because a plugin failed on it.
    pub fn is_stripped(&self) -> bool {
        self.batch.spans.stripped[self.index]
    }

    /// Trace id, big-endian.
    pub fn trace_id(&self) -> [u8; 16] {
        self.batch.spans.trace_id[self.index]
    }

    /// Span id.
    pub fn span_id(&self) -> [u8; 8] {
        self.batch.spans.id[self.index]
    }

    /// The parent's id; zero where there is none.
    pub fn parent_id(&self) -> [u8; 8] {
        self.batch.spans.parent_id[self.index]
    }

    /// Start, Unix nanoseconds.
    pub fn start(&self) -> u64 {
        self.batch.spans.start[self.index]
    }

    /// End, Unix nanoseconds.
    pub fn end(&self) -> u64 {
        self.batch.spans.end[self.index]
    }

    /// Name.
    pub fn name(&self) -> &'a str {
        self.batch.texts.get(self.batch.spans.name[self.index])
    }

    /// Kind as in OTLP, 0 to 5.
    pub fn kind(&self) -> u8 {
        self.batch.spans.kind[self.index]
    }

    /// Status code as in OTLP, 0 to 2.
    pub fn status(&self) -> u8 {
        self.batch.spans.status[self.index]
    }

    /// Status message, or empty.
    pub fn message(&self) -> &'a str {
        self.batch.optional(self.batch.spans.message[self.index])
    }

    /// Tracestate in W3C form, or empty.
    pub fn tracestate(&self) -> &'a str {
        self.batch.optional(self.batch.spans.tracestate[self.index])
    }

    /// Flags as in OTLP.
    pub fn flags(&self) -> u32 {
        self.batch.spans.flags[self.index]
    }

    /// Whether the span is to be exported: the sampled flag.
    pub fn is_sampled(&self) -> bool {
        self.flags() & spansieve_layout::FLAG_SAMPLED != 0
    }

    /// Index of the scope.
    pub fn scope_index(&self) -> u32 {
        self.batch.spans.scope[self.index]
    }

    /// The scope.
    pub fn scope(&self) -> Scope<'a> {
        Scope { batch: self.batch, index: self.scope_index() }
    }

    /// Attributes.
    pub fn attributes(&self) -> Rows<'a> {
        self.batch.rows(self.batch.spans.attributes[self.index])
    }

    /// Events, in order.
    pub fn events(&self) -> impl ExactSizeIterator<Item = Event<'a>> + use<'a> {
        let batch = self.batch;
        run(&batch.spans.events_end, self.index).map(move |index| Event { batch, index })
    }

    /// Links, in order.
    pub fn links(&self) -> impl ExactSizeIterator<Item = Link<'a>> + use<'a> {
        let batch = self.batch;
        run(&batch.spans.links_end, self.index).map(move |index| Link { batch, index })
    }

    /// Attributes, events and links that the SDK dropped.
    pub fn dropped(&self) -> [u32; 3] {
        let spans = &self.batch.spans;
        [spans.dropped_attributes[self.index], spans.dropped_events[self.index], spans.dropped_links[self.index]]
    }
}

impl<'a> Event<'a> {
    /// Name.
    pub fn name(&self) -> &'a str {
        self.batch.texts.get(self.batch.events.name[self.index])
    }

    /// Unix nanoseconds.
    pub fn time(&self) -> u64 {
        self.batch.events.time[self.index]
    }

    /// Attributes.
    pub fn attributes(&self) -> Rows<'a> {
        self.batch.rows(self.batch.events.attributes[self.index])
    }

    /// Attributes that the SDK dropped.
    pub fn dropped_attributes(&self) -> u32 {
        self.batch.events.dropped_attributes[self.index]
    }
}

impl<'a> Link<'a> {
    /// Trace id of the linked span.
    pub fn trace_id(&self) -> [u8; 16] {
        self.batch.links.trace_id[self.index]
    }

    /// Id of the linked span.
    pub fn span_id(&self) -> [u8; 8] {
        self.batch.links.span_id[self.index]
    }

    /// Tracestate in W3C form, or empty.
    pub fn tracestate(&self) -> &'a str {
        self.batch.optional(self.batch.links.tracestate[self.index])
    }

    /// Flags as in OTLP.
    pub fn flags(&self) -> u32 {
        self.batch.links.flags[self.index]
    }

    /// Attributes.
    pub fn attributes(&self) -> Rows<'a> {
        self.batch.rows(self.batch.links.attributes[self.index])
    }

    /// Attributes that the SDK dropped.
    pub fn dropped_attributes(&self) -> u32 {
        self.batch.links.dropped_attributes[self.index]
    }
}

impl<'a> Scope<'a> {
    /// Name.
    pub fn name(&self) -> &'a str {
        self.batch.texts.get(self.batch.scopes.name[self.index as usize])
    }

    /// Version, or empty.
    pub fn version(&self) -> &'a str {
        self.batch.optional(self.batch.scopes.version[self.index as usize])
    }

    /// Schema URL, or empty.
    pub fn schema_url(&self) -> &'a str {
        self.batch.optional(self.batch.scopes.schema_url[self.index as usize])
    }

    /// Attributes.
    pub fn attributes(&self) -> Rows<'a> {
        self.batch.rows(self.batch.scopes.attributes[self.index as usize])
    }

    /// Attributes that the SDK dropped.
    pub fn dropped_attributes(&self) -> u32 {
        self.batch.scopes.dropped_attributes[self.index as usize]
    }

    /// Index of the resource.
    pub fn resource_index(&self) -> u32 {
        self.batch.scopes.resource[self.index as usize]
    }

    /// The resource.
    pub fn resource(&self) -> Resource<'a> {
        Resource { batch: self.batch, index: self.resource_index() }
    }
}

impl<'a> Resource<'a> {
    /// Schema URL, or empty.
    pub fn schema_url(&self) -> &'a str {
        self.batch.optional(self.batch.resources.schema_url[self.index as usize])
    }

    /// Attributes.
    pub fn attributes(&self) -> Rows<'a> {
        self.batch.rows(self.batch.resources.attributes[self.index as usize])
    }

    /// Attributes that the SDK dropped.
    pub fn dropped_attributes(&self) -> u32 {
        self.batch.resources.dropped_attributes[self.index as usize]
    }
}

impl<'a> Rows<'a> {
    /// How many there are.
    pub fn len(&self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Whether they are the elements of an array, which have no keys.
    pub fn is_array(&self) -> bool {
        self.is_array
    }

    /// Key and value of each row; the key is empty in an array.
    pub fn iter(&self) -> RowsIter<'a> {
        RowsIter(*self)
    }

    /// The rows from this place on.
    pub fn skip(&self, place: usize) -> Rows<'a> {
        let start = self.end.min(self.start.saturating_add(place as u32));
        Rows { start, ..*self }
    }

    /// Whether the row at this place has this key and this text as its value. Quicker than reading both, which have to be proved to be UTF-8.
    #[inline]
    pub fn is_text(&self, place: usize, key: &str, text: &str) -> bool {
        let row = self.start as usize + place;
        let Batch { rows, texts, keys, .. } = self.batch;
        row < self.end as usize
            && rows.kind[row] == Kind::Str as u8
            && rows.key[row] != NONE
            && same(texts.bytes_of(keys.text[rows.key[row] as usize]), key.as_bytes())
            && same(texts.bytes_of(rows.value[row]), text.as_bytes())
    }

    /// The value of the first row with this key.
    pub fn get(&self, key: &str) -> Option<Value<'a>> {
        self.iter().find(|(k, _)| *k == key).map(|(_, value)| value)
    }
}

impl Value<'_> {
    /// The value as JSON, for those who have no type for it. Byte strings become hexadecimal text, doubles that JSON does not have their name.
    pub fn to_json(&self) -> serde_json::Value {
        match *self {
            Value::Empty => serde_json::Value::Null,
            Value::Str(value) => value.into(),
            Value::Bool(value) => value.into(),
            Value::Int(value) => value.into(),
            Value::Double(value) => serde_json::Number::from_f64(value).map_or_else(|| value.to_string().into(), Into::into),
            Value::Bytes(value) => value.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into(),
            Value::Array(rows) => rows.iter().map(|(_, value)| value.to_json()).collect(),
            Value::Map(rows) => rows.iter().map(|(key, value)| (key.to_owned(), value.to_json())).collect(),
        }
    }
}

/// Iterates over key and value of each row.
#[derive(Clone)]
pub struct RowsIter<'a>(Rows<'a>);

impl<'a> Iterator for RowsIter<'a> {
    type Item = (&'a str, Value<'a>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let (batch, row) = (self.0.batch, self.0.start as usize);
        self.0.start += 1;
        let key = batch.rows.key[row];
        let key = if key == NONE { "" } else { batch.texts.get(batch.keys.text[key as usize]) };
        let value = batch.rows.value[row];
        let value = match kind_of(batch.rows.kind[row]) {
            Kind::Empty => Value::Empty,
            Kind::Str => Value::Str(batch.texts.get(value)),
            Kind::Bool => Value::Bool(value != 0),
            Kind::Int => Value::Int(batch.pools.ints[value as usize]),
            Kind::Double => Value::Double(batch.pools.doubles[value as usize]),
            Kind::Bytes => Value::Bytes(&batch.pools.bytes[run(&batch.pools.bytes_end, value as usize)]),
            Kind::Array => Value::Array(batch.rows(value)),
            Kind::Map => Value::Map(batch.rows(value)),
        };
        Some((key, value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.0.len(), Some(self.0.len()))
    }
}

impl ExactSizeIterator for RowsIter<'_> {}

impl<'a> IntoIterator for Rows<'a> {
    type Item = (&'a str, Value<'a>);
    type IntoIter = RowsIter<'a>;

    fn into_iter(self) -> RowsIter<'a> {
        self.iter()
    }
}
