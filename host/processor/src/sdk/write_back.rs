//! Making `SpanData` equal to what the batch says of it.
//!
//! The batch is compared with the span, and what differs is replaced. Nothing has to be remembered of the edits for that, and what
//! leaves can't be anything but what the batch holds; what is equal, nearly everything, is kept without an allocation.

use std::borrow::Cow;

use opentelemetry::trace::{Event, Link, SpanContext, SpanKind, Status, TraceFlags, TraceState};
use opentelemetry::{Array, InstrumentationScope, Key, KeyValue, StringValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SpanData;
use spansieve_runtime::Batch;
use spansieve_runtime::batch::{self, Rows};

use super::encode::tracestate;

pub(super) fn span(span: &mut SpanData, from: batch::Span<'_>) {
    text(&mut span.name, from.name());
    status(&mut span.status, from.status(), from.message());
    span.span_kind = kind(from.kind());
    context(&mut span.span_context, from.flags(), from.tracestate());
    attributes(&mut span.attributes, from.attributes());

    // Events may have been left out, when a span was stripped; plugins change neither their number nor their order.
    let mut events = from.events();
    span.events.events.retain_mut(|event| events.next().is_some_and(|from| make_event(event, from)));
    let mut links = from.links();
    span.links.links.retain_mut(|link| links.next().is_some_and(|from| make_link(link, from)));
    if !same_scope(&span.instrumentation_scope, from.scope()) {
        span.instrumentation_scope = scope(from.scope());
    }
}

/// The resource of a batch that has one.
pub(super) fn resource(batch: &Batch) -> Resource {
    let Some(resource) = batch.resources().next() else { return Resource::builder_empty().build() };
    let attributes = resource.attributes().iter().map(|(key, value)| key_value(key, value)).collect::<Vec<_>>();
    match resource.schema_url() {
        "" => Resource::builder_empty().with_attributes(attributes).build(),
        url => Resource::builder_empty().with_schema_url(attributes, url.to_owned()).build(),
    }
}

fn make_event(event: &mut Event, from: batch::Event<'_>) -> bool {
    text(&mut event.name, from.name());
    attributes(&mut event.attributes, from.attributes());
    true
}

fn make_link(link: &mut Link, from: batch::Link<'_>) -> bool {
    context(&mut link.span_context, from.flags(), from.tracestate());
    attributes(&mut link.attributes, from.attributes());
    true
}

fn text(text: &mut Cow<'static, str>, from: &str) {
    if *text != from {
        *text = from.to_owned().into();
    }
}

fn status(status: &mut Status, code: u8, message: &str) {
    let same = match &*status {
        Status::Unset => code == 0,
        Status::Ok => code == 1,
        Status::Error { description } => code == 2 && description == message,
    };
    if !same {
        *status = match code {
            1 => Status::Ok,
            2 => Status::Error { description: message.to_owned().into() },
            _ => Status::Unset,
        };
    }
}

fn kind(kind: u8) -> SpanKind {
    match kind {
        2 => SpanKind::Server,
        3 => SpanKind::Client,
        4 => SpanKind::Producer,
        5 => SpanKind::Consumer,
        _ => SpanKind::Internal,
    }
}

/// Trace flags and tracestate; ids are nobody's to change.
fn context(context: &mut SpanContext, flags: u32, state: &str) {
    let flags = TraceFlags::new(flags as u8);
    let same_state = if state.is_empty() { *context.trace_state() == TraceState::NONE } else { tracestate(context.trace_state()) == state };
    if context.trace_flags() == flags && same_state {
        return;
    }
    let state = if same_state { context.trace_state().clone() } else { parse_tracestate(state) };
    *context = SpanContext::new(context.trace_id(), context.span_id(), flags, context.is_remote(), state);
}

/// A tracestate that a plugin left behind. List members that are not valid are left out: the SDK could not send them.
fn parse_tracestate(state: &str) -> TraceState {
    let members = state.split(',').filter_map(|member| member.trim().split_once('='));
    let valid = members.filter(|member| TraceState::from_key_value([*member]).is_ok());
    TraceState::from_key_value(valid).unwrap_or_default()
}

fn same_scope(scope: &InstrumentationScope, from: batch::Scope<'_>) -> bool {
    scope.name() == from.name()
        && scope.version().unwrap_or_default() == from.version()
        && scope.schema_url().unwrap_or_default() == from.schema_url()
        && scope.attributes().count() == from.attributes().len()
        && scope.attributes().zip(from.attributes()).all(|(kv, (key, value))| kv.key.as_str() == key && same_value(&kv.value, value))
}

fn scope(from: batch::Scope<'_>) -> InstrumentationScope {
    let mut scope = InstrumentationScope::builder(from.name().to_owned());
    if !from.version().is_empty() {
        scope = scope.with_version(from.version().to_owned());
    }
    if !from.schema_url().is_empty() {
        scope = scope.with_schema_url(from.schema_url().to_owned());
    }
    scope.with_attributes(from.attributes().iter().map(|(key, value)| key_value(key, value))).build()
}

/// How many attributes may have been removed in a row before their successors are made anew; bounds the search.
const LOOK_AHEAD: usize = 16;

/// Makes a list of attributes equal to rows of the batch. Rows are matched with attributes by key, in order; what does not
/// match is made new, so a row is never left with another's value.
fn attributes(attributes: &mut Vec<KeyValue>, from: Rows<'_>) {
    let mut same = 0;
    // The usual case first: the same keys in the same order, some values changed.
    for kv in attributes.iter_mut() {
        let is_same = matches!(&kv.value, Value::String(text) if from.is_text(same, kv.key.as_str(), text.as_str()));
        if !is_same {
            let Some((_, value)) = from.skip(same).iter().next().filter(|(key, _)| *key == kv.key.as_str()) else { break };
            if !same_value(&kv.value, value) {
                kv.value = make_value(value);
            }
        }
        same += 1;
    }
    if same == attributes.len() && same == from.len() {
        return;
    }
    let mut old = attributes.split_off(same).into_iter();
    attributes.reserve_exact(from.len() - same);
    for (key, value) in from.skip(same).iter() {
        // Attributes that were removed are passed over; a row that was added or renamed finds none, and is made anew.
        let ahead = old.as_slice().iter().take(LOOK_AHEAD).position(|kv| kv.key.as_str() == key);
        let reuse = ahead.and_then(|ahead| old.nth(ahead));
        attributes.push(match reuse {
            Some(kv) if same_value(&kv.value, value) => kv,
            Some(kv) => KeyValue::new(kv.key, make_value(value)),
            None => key_value(key, value),
        });
    }
}

fn key_value(key: &str, value: batch::Value<'_>) -> KeyValue {
    KeyValue::new(Key::new(key.to_owned()), make_value(value))
}

fn same_value(value: &Value, from: batch::Value<'_>) -> bool {
    match (value, from) {
        (Value::String(value), batch::Value::Str(from)) => value.as_str() == from,
        (Value::I64(value), batch::Value::Int(from)) => *value == from,
        (Value::Bool(value), batch::Value::Bool(from)) => *value == from,
        (Value::F64(value), batch::Value::Double(from)) => value.to_bits() == from.to_bits(),
        (Value::Array(array), batch::Value::Array(from)) => same_array(array, from),
        _ => false,
    }
}

fn same_array(array: &Array, from: Rows<'_>) -> bool {
    let mut rows = from.iter().map(|(_, value)| value);
    let mut next = |same: &dyn Fn(batch::Value<'_>) -> bool| rows.next().is_some_and(same);
    match array {
        Array::Bool(values) => {
            values.len() == from.len()
                && values.iter().all(|value| next(&|from| matches!(from, batch::Value::Bool(from) if from == *value)))
        }
        Array::I64(values) => {
            values.len() == from.len() && values.iter().all(|value| next(&|from| matches!(from, batch::Value::Int(from) if from == *value)))
        }
        Array::F64(values) => {
            values.len() == from.len()
                && values.iter().all(|value| next(&|from| matches!(from, batch::Value::Double(from) if from.to_bits() == value.to_bits())))
        }
        Array::String(values) => {
            values.len() == from.len()
                && values.iter().all(|value| next(&|from| matches!(from, batch::Value::Str(from) if from == value.as_str())))
        }
        _ => false,
    }
}

/// A value as the SDK can hold it: arrays of one type as they are; maps and bytes, which it has no type for, as JSON text.
fn make_value(from: batch::Value<'_>) -> Value {
    match from {
        batch::Value::Empty => Value::String(StringValue::from("")),
        batch::Value::Str(value) => Value::String(value.to_owned().into()),
        batch::Value::Bool(value) => Value::Bool(value),
        batch::Value::Int(value) => Value::I64(value),
        batch::Value::Double(value) => Value::F64(value),
        batch::Value::Array(rows) => Value::Array(make_array(rows)),
        batch::Value::Map(_) | batch::Value::Bytes(_) => from.to_json().to_string().into(),
    }
}

/// An array stays one: where elements are of several types, as behind a redacted number, all become texts.
fn make_array(rows: Rows<'_>) -> Array {
    let text = |value: batch::Value<'_>| match value {
        batch::Value::Empty => StringValue::from(""),
        batch::Value::Str(value) => value.to_owned().into(),
        value => value.to_json().to_string().into(),
    };
    array_of_one_type(rows).unwrap_or_else(|| Array::String(rows.iter().map(|(_, value)| text(value)).collect()))
}

fn array_of_one_type(rows: Rows<'_>) -> Option<Array> {
    let values = || rows.iter().map(|(_, value)| value);
    match values().next() {
        None => Some(Array::String(Vec::new())),
        Some(batch::Value::Bool(_)) => {
            values().map(|v| if let batch::Value::Bool(v) = v { Some(v) } else { None }).collect::<Option<_>>().map(Array::Bool)
        }
        Some(batch::Value::Int(_)) => {
            values().map(|v| if let batch::Value::Int(v) = v { Some(v) } else { None }).collect::<Option<_>>().map(Array::I64)
        }
        Some(batch::Value::Double(_)) => {
            values().map(|v| if let batch::Value::Double(v) = v { Some(v) } else { None }).collect::<Option<_>>().map(Array::F64)
        }
        Some(batch::Value::Str(_)) => values()
            .map(|v| if let batch::Value::Str(v) = v { Some(v.to_owned().into()) } else { None })
            .collect::<Option<_>>()
            .map(Array::String),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::Array;
    use spansieve_runtime::Batch;

    use super::{Value, make_value};

    /// The value of an attribute that is a list.
    fn list(elements: impl Fn(&mut Batch)) -> Value {
        let mut batch = Batch::new();
        batch.push_resource("", 0);
        let row = batch.push_array(Some("x"));
        batch.end_group();
        batch.begin_value(row);
        elements(&mut batch);
        batch.end_group();
        let resource = batch.resource(0);
        let (_, value) = resource.attributes().iter().next().expect("there is one attribute");
        make_value(value)
    }

    #[test]
    fn a_list_of_one_type_stays_of_that_type() {
        assert_eq!(list(|batch| [1, 2].iter().for_each(|n| batch.push_int(None, *n))), Value::Array(Array::I64(vec![1, 2])));
        assert_eq!(list(|batch| batch.push_bool(None, true)), Value::Array(Array::Bool(vec![true])));
        assert_eq!(list(|_| {}), Value::Array(Array::String(Vec::new())));
    }

    #[test]
    fn a_list_of_integers_of_which_one_became_a_text_is_a_list_of_texts() {
        let value = list(|batch| {
            batch.push_int(None, 17);
            batch.push_str(None, "[REDACTED]");
            batch.push_int(None, -4);
        });
        assert_eq!(value, Value::Array(Array::String(vec!["17".into(), "[REDACTED]".into(), "-4".into()])));
        let value = list(|batch| {
            batch.push_str(None, "a");
            batch.push_double(None, 1.5);
            batch.push_bool(None, false);
            batch.push_empty(None);
        });
        assert_eq!(value, Value::Array(Array::String(vec!["a".into(), "1.5".into(), "false".into(), "".into()])));
    }
}
