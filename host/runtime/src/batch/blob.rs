//! Joining columns into the blob that a plugin is handed.
//!
//! Columns live in one `Vec` each, because edits change them between plugins; joining those that a plugin asked for costs one
//! copy at memory speed, about 5 ns a span of the benchmark's workload, and a plugin that reads few columns pays for few.

use spansieve_layout::{Column, Header, Magic, NONE, Writer};

use super::Batch;

/// The set of columns that a plugin reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ColumnSet(u128);

impl ColumnSet {
    pub(crate) const NONE: ColumnSet = ColumnSet(0);

    /// Every column of a batch but `declared`, which depends on the plugin's keys.
    pub(crate) const ALL: ColumnSet = ColumnSet(u128::MAX);

    pub(crate) fn insert(&mut self, column: Column) {
        // Ids of batch columns are below 100; columns of edits are no part of a batch.
        if (column as u32) < 128 {
            self.0 |= 1 << column as u32;
        }
    }

    fn has(self, column: Column) -> bool {
        self.0 & 1 << column as u32 != 0
    }
}

impl Batch {
    /// Writes the columns of `set` and the rows of the declared `keys` into `out`. Whether all texts are ASCII is found out only on
    /// request: it means a look at every byte.
    pub(crate) fn blob(&mut self, set: ColumnSet, keys: &[String], look_for_ascii: bool, out: &mut Vec<u8>) {
        self.flatten();
        let header = Header {
            magic: Magic::Batch,
            ascii: look_for_ascii && self.is_ascii(),
            grouped: self.is_grouped(),
            spans: self.len() as u32,
            now: self.now,
            head_probability: self.head_probability,
        };
        let mut blob = Selected { set, writer: Writer::new(out, &header, Column::ALL.len()) };
        blob.put(Column::Texts, &self.texts.arena);
        blob.put(Column::TextEnd, &self.texts.end);
        blob.put(Column::Ints, &self.pools.ints);
        blob.put(Column::Doubles, &self.pools.doubles);
        blob.put(Column::Bytes, &self.pools.bytes);
        blob.put(Column::BytesEnd, &self.pools.bytes_end);
        blob.put(Column::Keys, &self.keys.text);
        blob.put(Column::RowKey, &self.rows.key);
        blob.put(Column::RowKind, &self.rows.kind);
        blob.put(Column::RowValue, &self.rows.value);
        blob.put(Column::GroupEnd, &self.rows.group_end);
        if !keys.is_empty() {
            let declared = self.declared(keys);
            blob.writer.elements(Column::Declared, &declared);
        }
        blob.put(Column::SpanTraceId, &self.spans.trace_id);
        blob.put(Column::SpanId, &self.spans.id);
        blob.put(Column::SpanParentId, &self.spans.parent_id);
        blob.put(Column::SpanStart, &self.spans.start);
        blob.put(Column::SpanEnd, &self.spans.end);
        blob.put(Column::SpanName, &self.spans.name);
        blob.put(Column::SpanKind, &self.spans.kind);
        blob.put(Column::SpanStatus, &self.spans.status);
        blob.put(Column::SpanMessage, &self.spans.message);
        blob.put(Column::SpanTracestate, &self.spans.tracestate);
        blob.put(Column::SpanFlags, &self.spans.flags);
        blob.put(Column::SpanScope, &self.spans.scope);
        blob.put(Column::SpanAttributes, &self.spans.attributes);
        blob.put(Column::SpanEventsEnd, &self.spans.events_end);
        blob.put(Column::SpanLinksEnd, &self.spans.links_end);
        blob.put(Column::SpanDroppedAttributes, &self.spans.dropped_attributes);
        blob.put(Column::SpanDroppedEvents, &self.spans.dropped_events);
        blob.put(Column::SpanDroppedLinks, &self.spans.dropped_links);
        blob.put(Column::TraceEnd, &self.traces.end);
        blob.put(Column::TraceReason, &self.traces.reason);
        blob.put(Column::EventName, &self.events.name);
        blob.put(Column::EventTime, &self.events.time);
        blob.put(Column::EventAttributes, &self.events.attributes);
        blob.put(Column::EventDroppedAttributes, &self.events.dropped_attributes);
        blob.put(Column::LinkTraceId, &self.links.trace_id);
        blob.put(Column::LinkSpanId, &self.links.span_id);
        blob.put(Column::LinkTracestate, &self.links.tracestate);
        blob.put(Column::LinkFlags, &self.links.flags);
        blob.put(Column::LinkAttributes, &self.links.attributes);
        blob.put(Column::LinkDroppedAttributes, &self.links.dropped_attributes);
        blob.put(Column::ScopeName, &self.scopes.name);
        blob.put(Column::ScopeVersion, &self.scopes.version);
        blob.put(Column::ScopeSchemaUrl, &self.scopes.schema_url);
        blob.put(Column::ScopeAttributes, &self.scopes.attributes);
        blob.put(Column::ScopeDroppedAttributes, &self.scopes.dropped_attributes);
        blob.put(Column::ScopeResource, &self.scopes.resource);
        blob.put(Column::ResourceAttributes, &self.resources.attributes);
        blob.put(Column::ResourceSchemaUrl, &self.resources.schema_url);
        blob.put(Column::ResourceDroppedAttributes, &self.resources.dropped_attributes);
        blob.writer.finish();
    }

    /// The whole batch as a blob: every column, and the rows of the declared `keys`. What test vectors and captures are made of.
    pub fn to_blob(&mut self, keys: &[String]) -> Vec<u8> {
        let mut out = Vec::new();
        self.blob(ColumnSet::ALL, keys, true, &mut out);
        out
    }

    /// The arena as one string with U+0000 for each separator, for the `texts` import.
    pub(crate) fn texts_as_string(blob: &[u8]) -> String {
        let Ok(blob) = spansieve_layout::Blob::parse(blob, Magic::Batch) else { return String::new() };
        let mut bytes = blob.bytes(Column::Texts).to_vec();
        for byte in &mut bytes {
            if *byte == spansieve_layout::SEPARATOR {
                *byte = 0;
            }
        }
        String::from_utf8(bytes).unwrap_or_default()
    }

    /// Separators aside. They are not ASCII, so the texts are when there are as many such bytes as texts: the ends need no look.
    fn is_ascii(&self) -> bool {
        self.texts.arena.iter().map(|byte| usize::from(byte >> 7)).sum::<usize>() == self.texts.len()
    }

    /// Lays out anew what edits replaced, so that the columns can be handed on.
    fn flatten(&mut self) {
        if !self.texts.has_replaced() {
            return;
        }
        let renumbered = self.keys.rebuild(&mut self.texts);
        for key in &mut self.rows.key {
            if *key != NONE {
                *key = renumbered[*key as usize];
            }
        }
        self.texts.flatten();
    }

    /// For each declared key and span, slot-major, the row of the key among the span's attributes, or none.
    fn declared(&self, keys: &[String]) -> Vec<u32> {
        let spans = self.len();
        let mut rows = vec![NONE; keys.len() * spans];
        // For each key of the batch, the slot that declares it.
        let mut slots = vec![NONE; self.keys.text.len()];
        for (key, text) in self.keys.text.iter().enumerate() {
            let text = self.texts.bytes_of(*text);
            if let Some(slot) = keys.iter().position(|declared| declared.as_bytes() == text) {
                slots[key] = slot as u32;
            }
        }
        for (span, group) in self.spans.attributes.iter().enumerate() {
            // Backwards, so that of two rows with the same key the first one counts.
            for row in self.rows.group(*group).rev() {
                match slots.get(self.rows.key[row] as usize) {
                    Some(&slot) if slot != NONE => rows[slot as usize * spans + span] = row as u32,
                    _ => {}
                }
            }
        }
        rows
    }
}

struct Selected<'a> {
    set: ColumnSet,
    writer: Writer<'a>,
}

impl Selected<'_> {
    fn put<T: bytemuck::NoUninit>(&mut self, column: Column, values: &[T]) {
        if self.set.has(column) {
            self.writer.elements(column, values);
        }
    }
}
