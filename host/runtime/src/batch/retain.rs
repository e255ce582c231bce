//! Copying what goes on from one batch to another: when spans were dropped, and when only skeletons may go on.

use super::{Batch, EventFields, LinkFields, Rows, ScopeFields, Span, SpanFields, Value};

/// Stands for the name of a span that was stripped, so that people who meet it know why it is bare.
pub const STRIPPED_NAME: &str = "[stripped]";

/// One span in so many is few.
const FEW: usize = 4;

/// Keeps the elements of a column that `keep` has a `true` for.
fn thin_column<T: Copy>(column: &mut Vec<T>, keep: &[bool]) {
    let mut keep = keep.iter();
    column.retain(|_| keep.next() == Some(&true));
}

/// For a column that says where the elements of each span end: which elements are left when only some spans are. The ends are changed to what they are
/// then, those of the other spans too.
fn thin_ends(ends: &mut [u32], keep: &[bool]) -> Vec<bool> {
    let mut left = Vec::with_capacity(ends.last().map_or(0, |last| *last as usize));
    let mut count = 0;
    for (end, keep) in ends.iter_mut().zip(keep) {
        let elements = *end as usize - left.len();
        left.resize(*end as usize, *keep);
        count += if *keep { elements as u32 } else { 0 };
        *end = count;
    }
    left
}

impl Batch {
    /// Keeps the spans that `keep` has a `true` for.
    ///
    /// Where few go, their rows and texts stay behind, named by nothing: to copy the others would cost more than they do in the calls that follow.
    pub(crate) fn retain(&mut self, keep: &[bool]) {
        let gone = keep.iter().filter(|keep| !**keep).count();
        if gone <= keep.len() / FEW {
            self.thin(keep);
        } else {
            self.copy_over(|to, from| to.copy(from, |span| keep[span]));
        }
    }

    /// Takes spans, events and links out of their columns.
    pub(super) fn thin(&mut self, keep: &[bool]) {
        let (events, links) = (thin_ends(&mut self.spans.events_end, keep), thin_ends(&mut self.spans.links_end, keep));
        let mut kept_before: u32 = 0;
        let mut seen = 0;
        for end in &mut self.traces.end {
            kept_before += keep[seen..*end as usize].iter().filter(|keep| **keep).count() as u32;
            seen = std::mem::replace(end, kept_before) as usize;
        }
        let spans = &mut self.spans;
        macro_rules! thin {
            ($columns:expr, $keep:expr, $($column:ident)*) => { $(thin_column(&mut $columns.$column, $keep);)* };
        }
        thin!(spans, keep, source stripped trace_id id parent_id start end name kind status message tracestate flags scope attributes);
        thin!(spans, keep, events_end links_end dropped_attributes dropped_events dropped_links);
        thin!(self.events, &events, name time attributes dropped_attributes);
        thin!(self.links, &links, trace_id span_id tracestate flags attributes dropped_attributes);
        // A trace of which nothing is left is none.
        let mut before = 0;
        let some: Vec<bool> = self.traces.end.iter().map(|end| std::mem::replace(&mut before, *end) < *end).collect();
        thin!(self.traces, &some, end reason);
        self.edited = true;
    }

    /// Leaves of each span its skeleton: ids, times, kind, status code, parent, flags and the ids of links. No text or value of the
    /// batch is left, and neither is an event.
    pub(crate) fn strip(&mut self) {
        self.copy_over(Batch::copy_skeletons);
    }

    pub(super) fn copy_over(&mut self, copy: impl FnOnce(&mut Batch, &Batch)) {
        let mut to = self.spare.take().unwrap_or_default();
        to.clear();
        (to.now, to.head_probability) = (self.now, self.head_probability);
        copy(&mut to, self);
        to.edited = true;
        to.texts.overflowed = self.texts.overflowed;
        std::mem::swap(self, &mut to);
        self.spare = Some(to);
    }

    pub(super) fn copy(&mut self, from: &Batch, keep: impl Fn(usize) -> bool) {
        self.copy_heads(from);
        for number in 0..from.loose.len() {
            self.push_loose_text(from.loose_text(number));
        }
        let mut traces = from.traces().peekable();
        let mut in_trace = 0;
        for (index, span) in from.spans().enumerate() {
            if keep(index) {
                in_trace += 1;
                self.copy_span(&span);
            }
            while let Some((_, reason)) = traces.next_if(|(spans, _)| spans.end <= index + 1) {
                if std::mem::take(&mut in_trace) > 0 {
                    self.end_trace(reason);
                }
            }
        }
    }

    /// Copies resources and scopes, which keep their indices.
    pub(super) fn copy_heads(&mut self, from: &Batch) {
        for resource in from.resources() {
            self.push_resource(resource.schema_url(), resource.dropped_attributes());
            self.push_rows(resource.attributes());
        }
        for scope in from.scopes() {
            self.push_scope(&ScopeFields {
                resource: scope.resource_index(),
                name: scope.name(),
                version: scope.version(),
                schema_url: scope.schema_url(),
                dropped_attributes: scope.dropped_attributes(),
            });
            self.push_rows(scope.attributes());
        }
    }

    /// Copies a span of a batch that has the same scopes.
    pub(super) fn copy_span(&mut self, span: &Span<'_>) {
        self.push_span(&SpanFields {
            name: span.name(),
            message: span.message(),
            tracestate: span.tracestate(),
            scope: span.scope_index(),
            ..skeleton(span)
        });
        self.set_origin(span.source(), span.is_stripped());
        self.push_rows(span.attributes());
        for event in span.events() {
            self.push_event(&EventFields { name: event.name(), time: event.time(), dropped_attributes: event.dropped_attributes() });
            self.push_rows(event.attributes());
        }
        for link in span.links() {
            self.push_link(&LinkFields {
                trace_id: link.trace_id(),
                span_id: link.span_id(),
                tracestate: link.tracestate(),
                flags: link.flags(),
                dropped_attributes: link.dropped_attributes(),
            });
            self.push_rows(link.attributes());
        }
    }

    fn copy_skeletons(&mut self, from: &Batch) {
        for resource in from.resources() {
            self.push_resource("", resource.dropped_attributes());
            self.end_group();
        }
        for scope in from.scopes() {
            self.push_scope(&ScopeFields { resource: scope.resource_index(), ..ScopeFields::default() });
            self.end_group();
        }
        for _ in &from.loose {
            self.push_loose_text("");
        }
        let mut traces = from.traces().peekable();
        for (index, span) in from.spans().enumerate() {
            self.push_span(&SpanFields { name: STRIPPED_NAME, scope: span.scope_index(), ..skeleton(&span) });
            self.set_origin(span.source(), true);
            self.end_group();
            for link in span.links() {
                self.push_link(&LinkFields {
                    trace_id: link.trace_id(),
                    span_id: link.span_id(),
                    flags: link.flags(),
                    ..LinkFields::default()
                });
                self.end_group();
            }
            while let Some((_, reason)) = traces.next_if(|(spans, _)| spans.end <= index + 1) {
                self.end_trace(reason);
            }
        }
    }

    fn set_origin(&mut self, source: usize, stripped: bool) {
        if let (Some(last), Some(mark)) = (self.spans.source.last_mut(), self.spans.stripped.last_mut()) {
            (*last, *mark) = (source as u32, stripped);
        }
    }

    /// Pushes rows into the group that was begun, nested values after them, and ends it.
    pub(crate) fn push_rows(&mut self, rows: Rows<'_>) {
        let mut nested = Vec::new();
        let mut todo = Some(rows);
        while let Some(rows) = todo {
            for (key, value) in rows {
                let key = if rows.is_array() { None } else { Some(key) };
                match value {
                    Value::Empty => self.push_empty(key),
                    Value::Str(value) => self.push_str(key, value),
                    Value::Bool(value) => self.push_bool(key, value),
                    Value::Int(value) => self.push_int(key, value),
                    Value::Double(value) => self.push_double(key, value),
                    Value::Bytes(value) => self.push_bytes(key, value),
                    Value::Array(rows) => nested.push((self.push_array(key), rows)),
                    Value::Map(rows) => nested.push((self.push_map(key), rows)),
                }
            }
            self.end_group();
            todo = nested.pop().map(|(row, rows)| {
                self.begin_value(row);
                rows
            });
        }
    }
}

fn skeleton(span: &super::Span<'_>) -> SpanFields<'static> {
    SpanFields {
        trace_id: span.trace_id(),
        span_id: span.span_id(),
        parent_id: span.parent_id(),
        start: span.start(),
        end: span.end(),
        kind: span.kind(),
        status: span.status(),
        flags: span.flags(),
        dropped: span.dropped(),
        ..SpanFields::default()
    }
}
