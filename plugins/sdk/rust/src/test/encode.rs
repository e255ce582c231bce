//! From plain data to a batch blob.

use std::collections::{HashMap, VecDeque};

use spansieve_layout::{Column, Header, Kind, Magic, NONE, Writer, push_text};

use super::model::{Batch, Value};
use crate::Setup;

/// A batch as blobs.
pub struct Encoded {
    /// With every column.
    pub all: Vec<u8>,
    /// With the columns that were asked for.
    pub asked: Vec<u8>,
}

/// Encodes a batch as the host does, for a plugin that asked for what stands in `setup`.
pub fn encode(batch: &Batch, setup: &Setup) -> Encoded {
    let mut e = Encoder::default();
    // Keys first, as the host orders texts.
    let keys = |rows: &[(String, Value)], e: &mut Encoder| rows.iter().for_each(|(key, _)| _ = e.key(key));
    batch.spans.iter().for_each(|span| keys(&span.attributes, &mut e));

    for span in &batch.spans {
        e.trace_id.extend_from_slice(&span.trace_id);
        e.id.extend_from_slice(&span.id);
        e.parent_id.extend_from_slice(&span.parent_id);
        e.put64(Column::SpanStart, span.start);
        e.put64(Column::SpanEnd, span.end);
        e.put_text(Column::SpanName, Some(&span.name));
        e.put8(Column::SpanKind, span.kind as u8);
        e.put8(Column::SpanStatus, span.status as u8);
        e.put_text(Column::SpanMessage, span.message.as_deref());
        e.put_text(Column::SpanTracestate, span.tracestate.as_deref());
        e.put(Column::SpanFlags, span.flags);
        e.put(Column::SpanScope, span.scope as u32);
        let (group, row) = e.group(&span.attributes);
        e.put(Column::SpanAttributes, group);
        e.first_row.push(row);
        for event in &span.events {
            e.put_text(Column::EventName, Some(&event.name));
            e.put64(Column::EventTime, event.time);
            let (group, _) = e.group(&event.attributes);
            e.put(Column::EventAttributes, group);
            e.put(Column::EventDroppedAttributes, event.dropped_attributes);
        }
        for link in &span.links {
            e.link_trace_id.extend_from_slice(&link.trace_id);
            e.link_span_id.extend_from_slice(&link.span_id);
            e.put_text(Column::LinkTracestate, link.tracestate.as_deref());
            e.put(Column::LinkFlags, link.flags);
            let (group, _) = e.group(&link.attributes);
            e.put(Column::LinkAttributes, group);
            e.put(Column::LinkDroppedAttributes, link.dropped_attributes);
        }
        let (events, links) = (e.count(Column::EventName), e.count(Column::LinkFlags));
        e.put(Column::SpanEventsEnd, events);
        e.put(Column::SpanLinksEnd, links);
        e.put(Column::SpanDroppedAttributes, span.dropped_attributes);
        e.put(Column::SpanDroppedEvents, span.dropped_events);
        e.put(Column::SpanDroppedLinks, span.dropped_links);
    }
    for scope in &batch.scopes {
        e.put_text(Column::ScopeName, Some(&scope.name));
        e.put_text(Column::ScopeVersion, scope.version.as_deref());
        e.put_text(Column::ScopeSchemaUrl, scope.schema_url.as_deref());
        let (group, _) = e.group(&scope.attributes);
        e.put(Column::ScopeAttributes, group);
        e.put(Column::ScopeDroppedAttributes, scope.dropped_attributes);
        e.put(Column::ScopeResource, scope.resource as u32);
    }
    for resource in &batch.resources {
        let (group, _) = e.group(&resource.attributes);
        e.put(Column::ResourceAttributes, group);
        e.put_text(Column::ResourceSchemaUrl, resource.schema_url.as_deref());
        e.put(Column::ResourceDroppedAttributes, resource.dropped_attributes);
    }
    if let Some(traces) = &batch.traces {
        let mut end = 0;
        for trace in traces {
            end += trace.spans as u32;
            e.put(Column::TraceEnd, end);
            e.put8(Column::TraceReason, trace.reason as u8);
        }
        assert_eq!(end as usize, batch.spans.len(), "traces hold all spans: use `Batch::trace` for every one, or for none");
    }
    batch.loose_texts.iter().for_each(|text| _ = e.text(text));
    e.declare(batch, setup.keys());

    let header = Header {
        magic: Magic::Batch,
        ascii: e.texts.iter().all(|byte| byte.is_ascii() || *byte == 0xFF),
        grouped: batch.traces.is_some(),
        spans: batch.spans.len() as u32,
        now: batch.now,
        head_probability: batch.head_probability.unwrap_or(f64::NAN),
    };
    let asked = setup.columns();
    Encoded { all: e.write(&header, Column::ALL), asked: e.write(&header, if asked.is_empty() { Column::ALL } else { &asked }) }
}

#[derive(Default)]
struct Encoder {
    texts: Vec<u8>,
    text_end: Vec<u32>,
    text_of: HashMap<String, u32>,
    key_of: HashMap<String, u32>,
    bytes: Vec<u8>,
    doubles: Vec<f64>,
    trace_id: Vec<u8>,
    id: Vec<u8>,
    parent_id: Vec<u8>,
    link_trace_id: Vec<u8>,
    link_span_id: Vec<u8>,
    /// First row of each span's attributes.
    first_row: Vec<u32>,
    groups: u32,
    /// All other columns, as bytes.
    columns: HashMap<Column, Vec<u8>>,
}

impl Encoder {
    fn put(&mut self, column: Column, value: u32) {
        assert_eq!(column.element_size(), 4);
        self.columns.entry(column).or_default().extend_from_slice(&value.to_le_bytes());
    }

    fn put64(&mut self, column: Column, value: u64) {
        assert_eq!(column.element_size(), 8);
        self.columns.entry(column).or_default().extend_from_slice(&value.to_le_bytes());
    }

    fn put8(&mut self, column: Column, value: u8) {
        assert_eq!(column.element_size(), 1);
        self.columns.entry(column).or_default().push(value);
    }

    fn put_text(&mut self, column: Column, text: Option<&str>) {
        let text = text.map_or(NONE, |text| self.text(text));
        self.put(column, text);
    }

    fn count(&self, column: Column) -> u32 {
        self.columns.get(&column).map_or(0, |bytes| bytes.len() / column.element_size()) as u32
    }

    fn text(&mut self, text: &str) -> u32 {
        if let Some(index) = self.text_of.get(text) {
            return *index;
        }
        let index = self.text_end.len() as u32;
        push_text(&mut self.texts, &mut self.text_end, text);
        self.text_of.insert(text.to_owned(), index);
        index
    }

    fn key(&mut self, key: &str) -> u32 {
        if let Some(index) = self.key_of.get(key) {
            return *index;
        }
        let text = self.text(key);
        self.put(Column::Keys, text);
        let index = self.key_of.len() as u32;
        self.key_of.insert(key.to_owned(), index);
        index
    }

    /// Writes the rows of a group, then those of the groups nested in it, level by level. Gives the group and its first row.
    fn group(&mut self, rows: &[(String, Value)]) -> (u32, u32) {
        let (group, first_row) = (self.groups, self.count(Column::RowKind));
        self.groups += 1;
        let mut queue: VecDeque<Vec<(Option<&str>, &Value)>> = VecDeque::new();
        queue.push_back(rows.iter().map(|(key, value)| (Some(key.as_str()), value)).collect());
        while let Some(rows) = queue.pop_front() {
            for (key, value) in rows {
                let key = key.map_or(NONE, |key| self.key(key));
                let (kind, value) = match value {
                    Value::Empty => (Kind::Empty, 0),
                    Value::Str(text) => (Kind::Str, self.text(text)),
                    Value::Bool(b) => (Kind::Bool, u32::from(*b)),
                    Value::Int(n) => {
                        self.put64(Column::Ints, *n as u64);
                        (Kind::Int, self.count(Column::Ints) - 1)
                    }
                    Value::Double(n) => {
                        self.doubles.push(*n);
                        (Kind::Double, self.doubles.len() as u32 - 1)
                    }
                    Value::Bytes(bytes) => {
                        self.bytes.extend_from_slice(bytes);
                        self.put(Column::BytesEnd, self.bytes.len() as u32);
                        (Kind::Bytes, self.count(Column::BytesEnd) - 1)
                    }
                    Value::Array(items) => {
                        queue.push_back(items.iter().map(|item| (None, item)).collect());
                        self.groups += 1;
                        (Kind::Array, self.groups - 1)
                    }
                    Value::Map(items) => {
                        queue.push_back(items.iter().map(|(key, item)| (Some(key.as_str()), item)).collect());
                        self.groups += 1;
                        (Kind::Map, self.groups - 1)
                    }
                };
                self.put(Column::RowKey, key);
                self.put8(Column::RowKind, kind as u8);
                self.put(Column::RowValue, value);
            }
            let end = self.count(Column::RowKind);
            self.put(Column::GroupEnd, end);
        }
        (group, first_row)
    }

    fn declare(&mut self, batch: &Batch, keys: &[String]) {
        for key in keys {
            for (index, span) in batch.spans.iter().enumerate() {
                let place = span.attributes.iter().position(|(k, _)| k == key);
                self.put(Column::Declared, place.map_or(NONE, |place| self.first_row[index] + place as u32));
            }
        }
    }

    fn write(&self, header: &Header, columns: &[Column]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut writer = Writer::new(&mut out, header, columns.len());
        for column in columns {
            match column {
                Column::Texts => writer.column(*column, &self.texts),
                Column::TextEnd => writer.elements(*column, &self.text_end),
                Column::Doubles => writer.elements(*column, &self.doubles),
                Column::Bytes => writer.column(*column, &self.bytes),
                Column::SpanTraceId => writer.column(*column, &self.trace_id),
                Column::SpanId => writer.column(*column, &self.id),
                Column::SpanParentId => writer.column(*column, &self.parent_id),
                Column::LinkTraceId => writer.column(*column, &self.link_trace_id),
                Column::LinkSpanId => writer.column(*column, &self.link_span_id),
                _ => writer.column(*column, self.columns.get(column).map_or(&[], Vec::as_slice)),
            }
        }
        writer.finish();
        out
    }
}
