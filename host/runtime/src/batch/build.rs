//! Encoding: a source pushes resources, scopes and spans in order, straight into the columns.
//!
//! Rows of a group lie side by side, so a nested value is pushed in two steps: its row first ([`Batch::push_array`],
//! [`Batch::push_map`]), its own rows in a group of their own after the group around it has ended ([`Batch::begin_value`]).

use spansieve_layout::{Kind, NONE, TraceReason};

use super::Batch;

/// What a span has besides attributes, events and links. Strings that a span does not have are empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct SpanFields<'a> {
    /// Trace id, big-endian.
    pub trace_id: [u8; 16],
    /// Span id.
    pub span_id: [u8; 8],
    /// The parent's id; zero where there is none.
    pub parent_id: [u8; 8],
    /// Start, Unix nanoseconds.
    pub start: u64,
    /// End, Unix nanoseconds.
    pub end: u64,
    /// Name.
    pub name: &'a str,
    /// Kind as in OTLP, 0 to 5.
    pub kind: u8,
    /// Status code as in OTLP, 0 to 2.
    pub status: u8,
    /// Status message.
    pub message: &'a str,
    /// Tracestate in W3C form.
    pub tracestate: &'a str,
    /// Flags as in OTLP.
    pub flags: u32,
    /// Index of the scope, as [`Batch::push_scope`] gave it.
    pub scope: u32,
    /// Attributes, events and links that the SDK dropped.
    pub dropped: [u32; 3],
}

/// What an event has besides attributes.
#[derive(Clone, Copy, Debug, Default)]
pub struct EventFields<'a> {
    /// Name.
    pub name: &'a str,
    /// Unix nanoseconds.
    pub time: u64,
    /// Attributes that the SDK dropped.
    pub dropped_attributes: u32,
}

/// What a link has besides attributes.
#[derive(Clone, Copy, Debug, Default)]
pub struct LinkFields<'a> {
    /// Trace id of the linked span.
    pub trace_id: [u8; 16],
    /// Id of the linked span.
    pub span_id: [u8; 8],
    /// Tracestate in W3C form, or empty.
    pub tracestate: &'a str,
    /// Flags as in OTLP.
    pub flags: u32,
    /// Attributes that the SDK dropped.
    pub dropped_attributes: u32,
}

/// What a scope has besides attributes. Strings that it does not have are empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct ScopeFields<'a> {
    /// Index of the resource, as [`Batch::push_resource`] gave it.
    pub resource: u32,
    /// Name.
    pub name: &'a str,
    /// Version.
    pub version: &'a str,
    /// Schema URL.
    pub schema_url: &'a str,
    /// Attributes that the SDK dropped.
    pub dropped_attributes: u32,
}

impl Batch {
    /// Empties the batch and keeps its buffers, `now` and the head sampler's probability.
    pub fn clear(&mut self) {
        let Batch {
            now: _,
            head_probability: _,
            texts,
            keys,
            pools,
            rows,
            spans,
            events,
            links,
            scopes,
            resources,
            traces,
            loose,
            edited,
            spare: _,
        } = self;
        texts.clear();
        keys.clear();
        pools.ints.clear();
        pools.doubles.clear();
        pools.bytes.clear();
        pools.bytes_end.clear();
        rows.clear();
        spans.clear();
        events.clear();
        links.clear();
        scopes.clear();
        resources.clear();
        traces.end.clear();
        traces.reason.clear();
        loose.clear();
        *edited = false;
    }

    /// Adds a resource and answers with its index. Its attributes come next: pushes, then [`Batch::end_group`].
    pub fn push_resource(&mut self, schema_url: &str, dropped_attributes: u32) -> u32 {
        let schema_url = self.optional_text(schema_url);
        let group = self.begin_group(false);
        let resources = &mut self.resources;
        resources.schema_url.push(schema_url);
        resources.dropped_attributes.push(dropped_attributes);
        resources.attributes.push(group);
        resources.attributes.len() as u32 - 1
    }

    /// Adds a scope and answers with its index. Its attributes come next: pushes, then [`Batch::end_group`].
    pub fn push_scope(&mut self, scope: &ScopeFields<'_>) -> u32 {
        let name = self.text(scope.name);
        let version = self.optional_text(scope.version);
        let schema_url = self.optional_text(scope.schema_url);
        let group = self.begin_group(false);
        let scopes = &mut self.scopes;
        scopes.name.push(name);
        scopes.version.push(version);
        scopes.schema_url.push(schema_url);
        scopes.dropped_attributes.push(scope.dropped_attributes);
        scopes.resource.push(scope.resource);
        scopes.attributes.push(group);
        scopes.attributes.len() as u32 - 1
    }

    /// Adds a span. Its attributes come next: pushes, then [`Batch::end_group`]; then its events and links.
    #[inline]
    pub fn push_span(&mut self, span: &SpanFields<'_>) {
        let name = self.text(span.name);
        let message = self.optional_text(span.message);
        let tracestate = self.optional_text(span.tracestate);
        let group = self.begin_group(false);
        let (events, links) = (self.events.name.len() as u32, self.links.span_id.len() as u32);
        let spans = &mut self.spans;
        spans.source.push(spans.source.len() as u32);
        spans.stripped.push(false);
        spans.trace_id.push(span.trace_id);
        spans.id.push(span.span_id);
        spans.parent_id.push(span.parent_id);
        spans.start.push(span.start);
        spans.end.push(span.end);
        spans.name.push(name);
        spans.kind.push(span.kind);
        spans.status.push(span.status);
        spans.message.push(message);
        spans.tracestate.push(tracestate);
        spans.flags.push(span.flags);
        spans.scope.push(span.scope);
        spans.attributes.push(group);
        spans.events_end.push(events);
        spans.links_end.push(links);
        spans.dropped_attributes.push(span.dropped[0]);
        spans.dropped_events.push(span.dropped[1]);
        spans.dropped_links.push(span.dropped[2]);
    }

    /// Adds an event to the last span. Its attributes come next.
    pub fn push_event(&mut self, event: &EventFields<'_>) {
        let name = self.text(event.name);
        let group = self.begin_group(false);
        self.events.name.push(name);
        self.events.time.push(event.time);
        self.events.attributes.push(group);
        self.events.dropped_attributes.push(event.dropped_attributes);
        if let Some(end) = self.spans.events_end.last_mut() {
            *end += 1;
        }
    }

    /// Adds a link to the last span. Its attributes come next.
    pub fn push_link(&mut self, link: &LinkFields<'_>) {
        let tracestate = self.optional_text(link.tracestate);
        let group = self.begin_group(false);
        self.links.trace_id.push(link.trace_id);
        self.links.span_id.push(link.span_id);
        self.links.tracestate.push(tracestate);
        self.links.flags.push(link.flags);
        self.links.attributes.push(group);
        self.links.dropped_attributes.push(link.dropped_attributes);
        if let Some(end) = self.spans.links_end.last_mut() {
            *end += 1;
        }
    }

    /// Says that the spans since the last call (or the start) are one trace, given for this reason.
    pub fn end_trace(&mut self, reason: TraceReason) {
        self.end_trace_at(self.len(), reason);
    }

    /// The same, for the spans before number `end`, which come after those of the trace that was ended before.
    pub fn end_trace_at(&mut self, end: usize, reason: TraceReason) {
        self.traces.end.push(end as u32);
        self.traces.reason.push(reason as u8);
    }

    /// Adds a text that no column names, so that plugins which look at every text see it too. Answers with a number for
    /// [`Batch::loose_text`].
    pub fn push_loose_text(&mut self, text: &str) -> usize {
        let text = self.text(text);
        self.loose.push(text);
        self.loose.len() - 1
    }

    /// Ends the group that was begun last: the attributes of a resource, scope, span, event or link, or a nested value.
    #[inline]
    pub fn end_group(&mut self) {
        self.rows.group_end.push(self.rows.key.len() as u32);
    }

    /// Begins the rows of a nested value, `row` being what [`Batch::push_array`] or [`Batch::push_map`] gave.
    pub fn begin_value(&mut self, row: usize) {
        let is_array = self.rows.kind[row] == Kind::Array as u8;
        self.rows.value[row] = self.begin_group(is_array);
    }

    /// Adds a string. `key` is `None` for an element of an array, here and below.
    #[inline]
    pub fn push_str(&mut self, key: Option<&str>, value: &str) {
        let key = self.key(key);
        let value = self.text(value);
        self.push_row(key, Kind::Str, value);
    }

    /// Adds a boolean.
    pub fn push_bool(&mut self, key: Option<&str>, value: bool) {
        let key = self.key(key);
        self.push_row(key, Kind::Bool, u32::from(value));
    }

    /// Adds an integer.
    #[inline]
    pub fn push_int(&mut self, key: Option<&str>, value: i64) {
        let key = self.key(key);
        self.pools.ints.push(value);
        self.push_row(key, Kind::Int, self.pools.ints.len() as u32 - 1);
    }

    /// Adds a double.
    pub fn push_double(&mut self, key: Option<&str>, value: f64) {
        let key = self.key(key);
        self.pools.doubles.push(value);
        self.push_row(key, Kind::Double, self.pools.doubles.len() as u32 - 1);
    }

    /// Adds a byte string.
    pub fn push_bytes(&mut self, key: Option<&str>, value: &[u8]) {
        let key = self.key(key);
        self.pools.push_bytes(&mut self.texts, value);
        self.push_row(key, Kind::Bytes, self.pools.bytes_end.len() as u32 - 1);
    }

    /// Adds a value that is not set.
    pub fn push_empty(&mut self, key: Option<&str>) {
        let key = self.key(key);
        self.push_row(key, Kind::Empty, 0);
    }

    /// Adds an array and answers with its row, for [`Batch::begin_value`].
    pub fn push_array(&mut self, key: Option<&str>) -> usize {
        let key = self.key(key);
        self.push_row(key, Kind::Array, 0);
        self.rows.key.len() - 1
    }

    /// Adds a map and answers with its row, for [`Batch::begin_value`].
    pub fn push_map(&mut self, key: Option<&str>) -> usize {
        let key = self.key(key);
        self.push_row(key, Kind::Map, 0);
        self.rows.key.len() - 1
    }

    #[inline]
    fn push_row(&mut self, key: u32, kind: Kind, value: u32) {
        self.rows.key.push(key);
        self.rows.kind.push(kind as u8);
        self.rows.value.push(value);
    }

    fn begin_group(&mut self, is_array: bool) -> u32 {
        self.keys.start_group();
        self.rows.group_is_array.push(is_array);
        self.rows.group_end.len() as u32
    }

    #[inline]
    fn key(&mut self, key: Option<&str>) -> u32 {
        let Some(key) = key else { return NONE };
        self.keys.intern(&mut self.texts, key)
    }

    #[inline]
    pub(super) fn text(&mut self, text: &str) -> u32 {
        self.texts.push_or_share(text)
    }

    #[inline]
    fn optional_text(&mut self, text: &str) -> u32 {
        if text.is_empty() { NONE } else { self.text(text) }
    }
}

impl super::Pools {
    pub(super) fn push_bytes(&mut self, texts: &mut super::Texts, value: &[u8]) {
        if self.bytes.len() + value.len() < super::texts::MAX_BYTES {
            self.bytes.extend_from_slice(value);
        } else {
            texts.overflowed = true;
        }
        self.bytes_end.push(self.bytes.len() as u32);
    }
}

macro_rules! clear_columns {
    ($($columns:ty { $($column:ident),* })*) => {$(
        impl $columns {
            pub(super) fn clear(&mut self) {
                let Self { $($column),* } = self;
                $($column.clear();)*
            }
        }
    )*};
}

clear_columns! {
    super::RowColumns { key, kind, value, group_end, group_is_array }
    super::SpanColumns {
        source, stripped, trace_id, id, parent_id, start, end, name, kind, status, message, tracestate, flags, scope, attributes, events_end,
        links_end, dropped_attributes, dropped_events, dropped_links
    }
    super::EventColumns { name, time, attributes, dropped_attributes }
    super::LinkColumns { trace_id, span_id, tracestate, flags, attributes, dropped_attributes }
    super::ScopeColumns { name, version, schema_url, attributes, dropped_attributes, resource }
    super::ResourceColumns { attributes, schema_url, dropped_attributes }
}
