//! `SpanData` into the columns of a batch.

use std::time::{SystemTime, UNIX_EPOCH};

use opentelemetry::trace::{SpanContext, SpanKind, Status, TraceState};
use opentelemetry::{Array, InstrumentationScope, KeyValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SpanData;
use spansieve_layout::{FLAG_HAS_IS_REMOTE, FLAG_IS_REMOTE};
use spansieve_runtime::Batch;
use spansieve_runtime::batch::{EventFields, LinkFields, ScopeFields, SpanFields};

/// Pushes spans and the resource that they all have. Their scopes are pushed once each, as long as there are few of them.
pub(super) fn spans(spans: &[SpanData], of: &Resource, batch: &mut Batch) {
    let resource = push_resource(of, batch);
    let mut scopes: Vec<(&InstrumentationScope, u32)> = Vec::new();
    for span in spans {
        let known = scopes.iter().rev().take(8).find(|(known, _)| same_scope(known, &span.instrumentation_scope));
        let scope = match known {
            Some((_, index)) => *index,
            None => {
                let index = push_scope(&span.instrumentation_scope, resource, batch);
                scopes.push((&span.instrumentation_scope, index));
                index
            }
        };
        push_span(span, scope, batch);
    }
}

/// Pushes a resource and answers with its index.
pub(super) fn push_resource(resource: &Resource, batch: &mut Batch) -> u32 {
    let index = batch.push_resource(resource.schema_url().unwrap_or_default(), 0);
    let mut attributes: Vec<KeyValue> = resource.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone())).collect();
    // The SDK keeps them in a hash map; the same resource has to be the same batch.
    attributes.sort_unstable_by(|a, b| a.key.cmp(&b.key));
    push_attributes(&attributes, batch);
    index
}

/// About how many bytes of memory a span holds.
pub(super) fn bytes(span: &SpanData) -> usize {
    let attributes =
        |list: &[KeyValue]| -> usize { list.iter().map(|kv| size_of::<KeyValue>() + kv.key.as_str().len() + value_bytes(&kv.value)).sum() };
    let message = if let Status::Error { description } = &span.status { description.len() } else { 0 };
    size_of::<SpanData>()
        + span.name.len()
        + message
        + attributes(&span.attributes)
        + span.events.iter().map(|event| size_of_val(event) + event.name.len() + attributes(&event.attributes)).sum::<usize>()
        + span.links.iter().map(|link| size_of_val(link) + attributes(&link.attributes)).sum::<usize>()
}

fn value_bytes(value: &Value) -> usize {
    match value {
        Value::String(text) => text.as_str().len(),
        Value::Array(Array::Bool(values)) => values.len(),
        Value::Array(Array::I64(values)) => values.len() * 8,
        Value::Array(Array::F64(values)) => values.len() * 8,
        Value::Array(Array::String(values)) => values.iter().map(|text| size_of_val(text) + text.as_str().len()).sum(),
        _ => 0,
    }
}

fn same_scope(a: &InstrumentationScope, b: &InstrumentationScope) -> bool {
    // Spans of one tracer have the very same strings, nearly always: they are constants.
    let same = |a: &str, b: &str| std::ptr::eq(a, b) || a == b;
    let optional = |a: Option<&str>, b: Option<&str>| same(a.unwrap_or_default(), b.unwrap_or_default());
    same(a.name(), b.name())
        && optional(a.version(), b.version())
        && optional(a.schema_url(), b.schema_url())
        && a.attributes().eq(b.attributes())
}

fn push_scope(scope: &InstrumentationScope, resource: u32, batch: &mut Batch) -> u32 {
    let index = batch.push_scope(&ScopeFields {
        resource,
        name: scope.name(),
        version: scope.version().unwrap_or_default(),
        schema_url: scope.schema_url().unwrap_or_default(),
        dropped_attributes: 0,
    });
    let attributes: Vec<KeyValue> = scope.attributes().cloned().collect();
    push_attributes(&attributes, batch);
    index
}

fn push_span(span: &SpanData, scope: u32, batch: &mut Batch) {
    let context = &span.span_context;
    let (status, message) = match &span.status {
        Status::Unset => (0, ""),
        Status::Ok => (1, ""),
        Status::Error { description } => (2, description.as_ref()),
    };
    let remote = if span.parent_span_is_remote { FLAG_IS_REMOTE } else { 0 };
    let tracestate = tracestate(context.trace_state());
    batch.push_span(&SpanFields {
        trace_id: context.trace_id().to_bytes(),
        span_id: context.span_id().to_bytes(),
        parent_id: span.parent_span_id.to_bytes(),
        start: unix_nanos(span.start_time),
        end: unix_nanos(span.end_time),
        name: &span.name,
        kind: kind(&span.span_kind),
        status,
        message,
        tracestate: &tracestate,
        flags: u32::from(context.trace_flags().to_u8()) | FLAG_HAS_IS_REMOTE | remote,
        scope,
        dropped: [span.dropped_attributes_count, span.events.dropped_count, span.links.dropped_count],
    });
    push_attributes(&span.attributes, batch);
    for event in span.events.iter() {
        batch.push_event(&EventFields {
            name: &event.name,
            time: unix_nanos(event.timestamp),
            dropped_attributes: event.dropped_attributes_count,
        });
        push_attributes(&event.attributes, batch);
    }
    for link in span.links.iter() {
        push_link(&link.span_context, link.dropped_attributes_count, batch);
        push_attributes(&link.attributes, batch);
    }
}

fn push_link(context: &SpanContext, dropped_attributes: u32, batch: &mut Batch) {
    let remote = if context.is_remote() { FLAG_IS_REMOTE } else { 0 };
    batch.push_link(&LinkFields {
        trace_id: context.trace_id().to_bytes(),
        span_id: context.span_id().to_bytes(),
        tracestate: &tracestate(context.trace_state()),
        flags: u32::from(context.trace_flags().to_u8()) | FLAG_HAS_IS_REMOTE | remote,
        dropped_attributes,
    });
}

fn push_attributes(attributes: &[KeyValue], batch: &mut Batch) {
    let mut arrays = Vec::new();
    for KeyValue { key, value, .. } in attributes {
        let key = Some(key.as_str());
        match value {
            Value::Bool(value) => batch.push_bool(key, *value),
            Value::I64(value) => batch.push_int(key, *value),
            Value::F64(value) => batch.push_double(key, *value),
            Value::String(value) => batch.push_str(key, value.as_str()),
            Value::Array(array) => arrays.push((batch.push_array(key), array)),
            // A type that a later SDK adds: it travels as the text that the SDK makes of it, so that plugins see it.
            other => batch.push_str(key, &other.as_str()),
        }
    }
    batch.end_group();
    for (row, array) in arrays {
        batch.begin_value(row);
        match array {
            Array::Bool(values) => values.iter().for_each(|value| batch.push_bool(None, *value)),
            Array::I64(values) => values.iter().for_each(|value| batch.push_int(None, *value)),
            Array::F64(values) => values.iter().for_each(|value| batch.push_double(None, *value)),
            Array::String(values) => values.iter().for_each(|value| batch.push_str(None, value.as_str())),
            other => batch.push_str(None, &other.to_string()),
        }
        batch.end_group();
    }
}

pub(super) fn tracestate(state: &TraceState) -> String {
    // Nearly every span has none, and comparing costs nothing.
    if *state == TraceState::NONE { String::new() } else { state.header() }
}

pub(super) fn unix_nanos(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos() as u64)
}

fn kind(kind: &SpanKind) -> u8 {
    match kind {
        SpanKind::Internal => 1,
        SpanKind::Server => 2,
        SpanKind::Client => 3,
        SpanKind::Producer => 4,
        SpanKind::Consumer => 5,
    }
}
