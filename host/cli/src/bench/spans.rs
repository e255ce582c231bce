//! The spans of a batch as the SDK holds them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use opentelemetry::trace::{Event, Link, SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState};
use opentelemetry::{Array, InstrumentationScope, Key, KeyValue, StringValue};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};
use spansieve_runtime::Batch;
use spansieve_runtime::batch::{Rows, Span, Value};

/// Whether keys are `&'static str`, as they are where instrumentation names them by constants, or owned, as they are where they come from elsewhere.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    Owned,
    Static,
}

/// The spans of a batch, those of a trace side by side, traces in the order in which they first occur. A batch costs something however few spans are
/// in it, so a smaller input is repeated, under other trace ids, until there are at least `min`.
pub(super) fn of_batch(batch: &Batch, keys: Keys, min: usize) -> Vec<SpanData> {
    let mut order = std::collections::HashMap::new();
    for span in batch.spans() {
        let next = order.len();
        order.entry(span.trace_id()).or_insert(next);
    }
    let mut spans: Vec<SpanData> = batch.spans().map(|span| span_data(span, keys)).collect();
    spans.sort_by_key(|span| order.get(&span.span_context.trace_id().to_bytes()).copied());
    let once = spans.clone();
    // The passes of the benchmark change the lower bytes of what is changed here.
    let mut repeat = 0;
    while !once.is_empty() && spans.len() < min {
        repeat += 1 << 48;
        let from = spans.len();
        spans.extend_from_slice(&once);
        renew_trace_ids(&mut spans[from..], repeat);
    }
    spans
}

/// Gives each span another trace id, the same one for the spans of a trace. What consistent sampling calls the id's randomness, the last seven
/// bytes, stays.
pub(super) fn renew_trace_ids(spans: &mut [SpanData], pass: u64) {
    for span in spans {
        let context = &span.span_context;
        let mut id = context.trace_id().to_bytes();
        for (byte, of_pass) in id.iter_mut().zip(pass.to_le_bytes()) {
            *byte ^= of_pass;
        }
        let id = TraceId::from_bytes(id);
        span.span_context =
            SpanContext::new(id, context.span_id(), context.trace_flags(), context.is_remote(), context.trace_state().clone());
    }
}

fn span_data(span: Span<'_>, keys: Keys) -> SpanData {
    let mut events = SpanEvents::default();
    events.events = span
        .events()
        .map(|event| {
            Event::new(event.name().to_owned(), time(event.time()), attributes(event.attributes(), keys), event.dropped_attributes())
        })
        .collect();
    let mut links = SpanLinks::default();
    links.links = span
        .links()
        .map(|link| {
            let context = context(link.trace_id(), link.span_id(), link.flags(), link.tracestate());
            Link::new(context, attributes(link.attributes(), keys), link.dropped_attributes())
        })
        .collect();
    let [dropped_attributes_count, dropped_events, dropped_links] = span.dropped();
    (events.dropped_count, links.dropped_count) = (dropped_events, dropped_links);
    let scope = InstrumentationScope::builder(span.scope().name().to_owned())
        .with_version(span.scope().version().to_owned())
        .with_attributes(attributes(span.scope().attributes(), keys))
        .build();
    SpanData {
        span_context: context(span.trace_id(), span.span_id(), span.flags(), span.tracestate()),
        parent_span_id: SpanId::from_bytes(span.parent_id()),
        parent_span_is_remote: span.flags() & 0x200 != 0,
        span_kind: match span.kind() {
            2 => SpanKind::Server,
            3 => SpanKind::Client,
            4 => SpanKind::Producer,
            5 => SpanKind::Consumer,
            _ => SpanKind::Internal,
        },
        name: span.name().to_owned().into(),
        start_time: time(span.start()),
        end_time: time(span.end()),
        attributes: attributes(span.attributes(), keys),
        dropped_attributes_count,
        events,
        links,
        status: match span.status() {
            1 => Status::Ok,
            2 => Status::error(span.message().to_owned()),
            _ => Status::Unset,
        },
        instrumentation_scope: scope,
    }
}

fn time(nanos: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_nanos(nanos)
}

fn context(trace: [u8; 16], span: [u8; 8], flags: u32, state: &str) -> SpanContext {
    let members = state.split(',').filter_map(|member| member.trim().split_once('='));
    let state = TraceState::from_key_value(members).unwrap_or_default();
    SpanContext::new(TraceId::from_bytes(trace), SpanId::from_bytes(span), TraceFlags::new(flags as u8), false, state)
}

fn attributes(rows: Rows<'_>, keys: Keys) -> Vec<KeyValue> {
    let key = |key: &str| match keys {
        Keys::Owned => Key::from(key.to_owned()),
        // Leaked once a run, for as many keys as the input has.
        Keys::Static => Key::from_static_str(Box::leak(key.to_owned().into_boxed_str())),
    };
    rows.iter().map(|(name, value_of)| KeyValue::new(key(name), value(value_of))).collect()
}

/// What the SDK has no type for becomes text.
fn value(value: Value<'_>) -> opentelemetry::Value {
    match value {
        Value::Empty => StringValue::from("").into(),
        Value::Str(text) => text.to_owned().into(),
        Value::Bool(value) => value.into(),
        Value::Int(value) => value.into(),
        Value::Double(value) => value.into(),
        Value::Array(rows) => {
            let texts = rows.iter().map(|(_, value)| if let Value::Str(text) = value { Some(text.to_owned().into()) } else { None });
            texts
                .collect::<Option<Vec<StringValue>>>()
                .map_or_else(|| value.to_json().to_string().into(), |texts| opentelemetry::Value::Array(Array::String(texts)))
        }
        Value::Map(_) | Value::Bytes(_) => value.to_json().to_string().into(),
    }
}
