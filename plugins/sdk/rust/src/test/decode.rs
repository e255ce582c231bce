//! From a batch blob to plain data, read through the views that policies use.

use super::model::{Batch, Event, Link, Resource, Scope, Span, Trace, Value};
use crate::{Attributes, Column, batch, value};

/// Decodes a batch that has every column.
///
/// # Panics
/// When the blob is not a batch.
pub fn decode(blob: &[u8]) -> Batch {
    let batch = batch::Batch::parse(blob).unwrap_or_else(|error| panic!("{error}"));
    let mut roles = Vec::new();
    batch.roles(&mut roles);
    let text = |text: value::Text<'_>| text.as_str().to_owned();
    let dropped = |column, index| batch.columns().u32s(column).get(index).unwrap_or(0);
    Batch {
        resources: batch
            .resources()
            .map(|resource| Resource {
                attributes: rows(resource.attributes()),
                schema_url: resource.schema_url().map(text),
                dropped_attributes: dropped(Column::ResourceDroppedAttributes, resource.index()),
            })
            .collect(),
        scopes: batch
            .scopes()
            .map(|scope| Scope {
                name: text(scope.name()),
                version: scope.version().map(text),
                schema_url: scope.schema_url().map(text),
                attributes: rows(scope.attributes()),
                dropped_attributes: dropped(Column::ScopeDroppedAttributes, scope.index()),
                resource: scope.resource().index() as usize,
            })
            .collect(),
        spans: batch
            .spans()
            .map(|span| Span {
                trace_id: *span.trace_id(),
                id: *span.id(),
                parent_id: span.parent_id().copied().unwrap_or_default(),
                start: span.start(),
                end: span.end(),
                name: text(span.name()),
                kind: span.kind(),
                status: span.status(),
                message: span.message().map(text),
                tracestate: span.tracestate().map(text),
                flags: span.flags(),
                attributes: rows(span.attributes()),
                events: span
                    .events()
                    .map(|event| Event {
                        name: text(event.name()),
                        time: event.time(),
                        attributes: rows(event.attributes()),
                        dropped_attributes: dropped(Column::EventDroppedAttributes, event.index()),
                    })
                    .collect(),
                links: span
                    .links()
                    .map(|link| Link {
                        trace_id: *link.trace_id(),
                        span_id: *link.span_id(),
                        tracestate: link.tracestate().map(text),
                        flags: link.flags(),
                        attributes: rows(link.attributes()),
                        dropped_attributes: dropped(Column::LinkDroppedAttributes, link.index()),
                    })
                    .collect(),
                dropped_attributes: span.dropped().0,
                dropped_events: span.dropped().1,
                dropped_links: span.dropped().2,
                scope: span.scope().index() as usize,
            })
            .collect(),
        traces: batch
            .columns()
            .header()
            .grouped
            .then(|| batch.traces().map(|trace| Trace { spans: trace.spans().len(), reason: trace.reason() }).collect()),
        now: batch.now(),
        head_probability: batch.head_probability(),
        loose_texts: (0..batch.text_count())
            .filter(|index| roles[*index as usize].is_empty())
            .map(|index| text(batch.text(index)))
            .collect(),
    }
}

fn rows(attributes: Attributes<'_>) -> Vec<(String, Value)> {
    attributes.iter().map(|row| (row.key().as_str().to_owned(), value(row.value()))).collect()
}

fn value(value: crate::Value<'_>) -> Value {
    match value {
        crate::Value::Empty => Value::Empty,
        crate::Value::Str(text) => Value::Str(text.as_str().to_owned()),
        crate::Value::Bool(b) => Value::Bool(b),
        crate::Value::Int(n) => Value::Int(n),
        crate::Value::Double(n) => Value::Double(n),
        crate::Value::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
        crate::Value::Array(items) => Value::Array(items.iter().map(|item| self::value(item.value())).collect()),
        crate::Value::Map(items) => Value::Map(rows(items)),
    }
}
