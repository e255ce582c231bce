//! Random spans.

use std::time::{Duration, SystemTime};

use opentelemetry::trace::{Event, Link, SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState};
use opentelemetry::{Array, InstrumentationScope, KeyValue, StringValue, Value};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};

/// Choices, drawn from numbers that proptest made, so that a failing case shrinks. Answers 0 once they are used up.
#[derive(Clone, Debug)]
pub struct Draw<'a>(std::slice::Iter<'a, u32>);

impl<'a> Draw<'a> {
    /// Draws from these.
    pub fn new(choices: &'a [u32]) -> Self {
        Draw(choices.iter())
    }

    /// Any number.
    pub fn u32(&mut self) -> u32 {
        self.0.next().copied().unwrap_or(0)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.u32() as usize % limit
    }

    /// One of these.
    pub fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }
}

const KEYS: [&str; 7] = ["a", "http.route", "user.email", "k\u{e9}y", "tags", "", "b"];

/// A span of any fields, whose texts are some of `texts`. Its times and counts are those of a real one.
pub fn span(draw: &mut Draw<'_>, texts: &[&str]) -> SpanData {
    let text = |draw: &mut Draw<'_>| draw.one(texts).to_owned();
    let status = match draw.below(4) {
        0 => Status::Ok,
        1 => Status::error(text(draw)),
        2 => Status::error(""),
        _ => Status::Unset,
    };
    let mut events = SpanEvents::default();
    for _ in 0..draw.below(4) {
        let (name, attributes) = (text(draw), attributes(draw, texts));
        events.events.push(Event::new(name, time(draw), attributes, draw.u32()));
    }
    events.dropped_count = draw.u32();
    let mut links = SpanLinks::default();
    for _ in 0..draw.below(3) {
        let (context, attributes) = (context(draw, texts), attributes(draw, texts));
        links.links.push(Link::new(context, attributes, draw.u32()));
    }
    links.dropped_count = draw.u32();
    let start_time = time(draw);
    SpanData {
        span_context: context(draw, texts),
        parent_span_id: SpanId::from_bytes(u64::from(draw.u32() % 4).to_be_bytes()),
        parent_span_is_remote: draw.below(2) == 1,
        span_kind: draw.one(&[SpanKind::Internal, SpanKind::Server, SpanKind::Client, SpanKind::Producer, SpanKind::Consumer]),
        name: text(draw).into(),
        start_time,
        end_time: start_time + Duration::from_nanos(draw.u32().into()),
        attributes: attributes(draw, texts),
        dropped_attributes_count: draw.u32(),
        events,
        links,
        status,
        instrumentation_scope: scope(draw, texts),
    }
}

fn time(draw: &mut Draw<'_>) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::new(draw.u32().into(), draw.u32() % 1_000_000_000)
}

fn context(draw: &mut Draw<'_>, texts: &[&str]) -> SpanContext {
    let trace = TraceId::from_bytes((u128::from(draw.u32()) << 64 | 1).to_be_bytes());
    let span = SpanId::from_bytes((u64::from(draw.u32()) << 8 | 1).to_be_bytes());
    let members = (0..draw.below(3)).map(|at| (["vendor", "t1@system", "x"][at], draw.one(texts)));
    // Not every text can be a value there.
    let members: Vec<_> = members.filter(|member| TraceState::from_key_value([*member]).is_ok()).collect();
    let state = TraceState::from_key_value(members).unwrap_or_default();
    SpanContext::new(trace, span, TraceFlags::new(draw.u32() as u8), draw.below(2) == 1, state)
}

fn scope(draw: &mut Draw<'_>, texts: &[&str]) -> InstrumentationScope {
    let mut scope = InstrumentationScope::builder(draw.one(texts).to_owned());
    if draw.below(2) == 1 {
        scope = scope.with_version(format!("1{}", draw.one(texts)));
    }
    if draw.below(2) == 1 {
        scope = scope.with_schema_url(format!("urn:{}", draw.one(texts)));
    }
    scope.with_attributes(attributes(draw, texts)).build()
}

fn attributes(draw: &mut Draw<'_>, texts: &[&str]) -> Vec<KeyValue> {
    (0..draw.below(6)).map(|_| KeyValue::new(draw.one(&KEYS).to_owned(), value(draw, texts))).collect()
}

fn value(draw: &mut Draw<'_>, texts: &[&str]) -> Value {
    let number = |draw: &mut Draw<'_>| draw.one(&[0, 1, -1, i64::MIN, i64::MAX, 4_111_111_111_111_111]);
    let double = |draw: &mut Draw<'_>| draw.one(&[0.0, -0.0, f64::NAN, f64::NEG_INFINITY, 1.5, 0.1]);
    let length = draw.below(4);
    match draw.below(9) {
        0 => Value::Bool(draw.below(2) == 1),
        1 => Value::I64(number(draw)),
        2 => Value::F64(double(draw)),
        3 => Value::Array(Array::Bool((0..length).map(|_| draw.below(2) == 1).collect())),
        4 => Value::Array(Array::I64((0..length).map(|_| number(draw)).collect())),
        5 => Value::Array(Array::F64((0..length).map(|_| double(draw)).collect())),
        6 => Value::Array(Array::String((0..length).map(|_| StringValue::from(draw.one(texts).to_owned())).collect())),
        _ => Value::String(draw.one(texts).to_owned().into()),
    }
}
