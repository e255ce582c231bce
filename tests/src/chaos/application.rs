//! An application with secrets in nearly every field of its spans, and what stands around the processor in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use opentelemetry::trace::{
    Event, Link, Span as _, SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags, TraceId, TraceState, Tracer, TracerProvider,
};
use opentelemetry::{Array, Context, InstrumentationScope, KeyValue, StringValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider, Span, SpanData, SpanProcessor};

use super::guests::{FREQUENT, RARE};
use super::{Pulse, Random};
use crate::secrets::{Kind, Secrets, percent_encoded};

/// Spans that there are different ones of.
const TEMPLATES: usize = 40;

/// How long a thread of the application rests between two looks at how many spans are due.
const REST: Duration = Duration::from_millis(10);

/// An application: spans to make, and threads that make them.
#[derive(Debug)]
pub struct Application {
    resource: Resource,
    scopes: Vec<InstrumentationScope>,
    templates: Vec<Template>,
}

#[derive(Clone, Debug)]
struct Template {
    name: String,
    kind: SpanKind,
    attributes: Vec<KeyValue>,
    events: Vec<Event>,
    links: Vec<Link>,
    status: Status,
}

impl Application {
    /// Makes spans, and secrets for them.
    ///
    /// # Panics
    /// Never: the tracestates that it makes are right.
    pub fn new(random: &mut Random, secrets: &mut Secrets) -> Application {
        let resource = Resource::builder_empty().with_attributes([
            KeyValue::new("service.name", "shop"),
            KeyValue::new("owner", secrets.all("a resource attribute")),
            KeyValue::new("db.password", secrets.password("a resource attribute")),
        ]);
        let scopes = (0..4).map(|number| {
            InstrumentationScope::builder(format!("scope {number} {}", secrets.all("a scope's name")))
                .with_version(format!("1 {}", secrets.text(Kind::Email, "a scope's version")))
                .with_attributes([KeyValue::new("by", secrets.all("a scope attribute"))])
                .build()
        });
        let scopes = scopes.collect();
        let templates = (0..TEMPLATES).map(|number| Template::new(number, random, secrets)).collect();
        Application { resource: resource.build(), scopes, templates }
    }

    /// The resource, with secrets of its own.
    pub fn resource(&self) -> Resource {
        self.resource.clone()
    }

    /// One thread of the application: makes traces at about this rate of spans a second, and now and then many at once, until it is over.
    pub fn work(&self, provider: &SdkTracerProvider, mut random: Random, rate: usize, pulse: &Pulse, over: &AtomicBool) {
        let tracers: Vec<_> = self.scopes.iter().map(|scope| provider.tracer_with_scope(scope.clone())).collect();
        let started = Instant::now();
        let mut made = 0;
        while !over.load(Ordering::Relaxed) {
            let burst = if random.chance(1) { rate / 10 } else { 0 };
            // What is missing to the rate is made up for, but not without end: on a slow machine this is all that it can do.
            let due = (started.elapsed().as_secs_f64() * rate as f64) as usize;
            let behind = due.saturating_sub(made).min(rate / 10);
            made = made.max(due - behind);
            for _ in 0..(behind + burst) / 4 {
                self.trace(&mut random, &tracers);
                pulse.beat();
            }
            made += behind;
            std::thread::sleep(REST);
        }
    }

    /// A root with three children, one of which may end late.
    fn trace(&self, random: &mut Random, tracers: &[SdkTracer]) {
        let tracer = random.one(tracers);
        let root = Context::new().with_span(self.span(random, tracer, &Context::new()));
        self.span(random, tracer, &root).end();
        self.span(random, tracer, &root).end();
        let mut last = self.span(random, tracer, &root);
        if random.chance(10) {
            root.span().end();
            last.end();
        } else {
            last.end();
            root.span().end();
        }
    }

    fn span(&self, random: &mut Random, tracer: &SdkTracer, parent: &Context) -> Span {
        let template = random.one(&self.templates).clone();
        let mut attributes = template.attributes;
        if random.chance(1) {
            attributes.push(KeyValue::new("work.item", RARE));
        }
        if random.chance(30) {
            attributes.push(KeyValue::new("work.item", FREQUENT));
        }
        let mut span = tracer
            .span_builder(template.name)
            .with_kind(template.kind)
            .with_attributes(attributes)
            .with_events(template.events)
            .with_links(template.links)
            .start_with_context(tracer, parent);
        span.set_status(template.status);
        span
    }
}

impl Template {
    fn new(number: usize, random: &mut Random, secrets: &mut Secrets) -> Template {
        let kinds = random.shuffled(&Kind::ALL);
        let mut kinds = kinds.iter().copied().cycle();
        let mut one = |place: &str| {
            let kind = kinds.next().unwrap_or(Kind::Email);
            secrets.text(kind, place)
        };
        let name = format!("GET /users/{}", one("a span's name"));
        let mut attributes = vec![
            KeyValue::new("http.route", "/pay"),
            KeyValue::new("note", format!("<{}> and <{}>", one("a string"), one("a string"))),
            KeyValue::new("url.query", format!("a={}&b=2", percent_encoded(&one("a URL's query, percent-encoded")))),
            KeyValue::new("db.query.text", format!("SELECT * FROM users WHERE c = '{}'", one("an SQL literal"))),
            KeyValue::new("body", format!("{{\"v\": [\"{}\"]}}", one("JSON in a text"))),
            KeyValue::new("list", Value::Array(Array::String(vec![StringValue::from("x"), one("an array").into()]))),
        ];
        if number.is_multiple_of(3) {
            attributes.push(KeyValue::new(format!("key {}", one("a key")), "value"));
        }
        let time = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let event = KeyValue::new("exception.message", format!("no such user: {}", one("an event attribute")));
        let events = vec![Event::new(format!("event {}", one("an event's name")), time, vec![event], 0)];
        let mut links = Vec::new();
        if number.is_multiple_of(4) {
            let state = TraceState::from_key_value([("vendor", one("a link's tracestate"))]).unwrap_or_default();
            let context = SpanContext::new(TraceId::from_bytes([9; 16]), SpanId::from_bytes([9; 8]), TraceFlags::SAMPLED, true, state);
            links.push(Link::new(context, vec![KeyValue::new("why", one("a link attribute"))], 0));
        }
        let status =
            if number.is_multiple_of(5) { Status::error(format!("failed for {}", one("a status message"))) } else { Status::Unset };
        // Those that are told by their key, or are numbers.
        attributes.push(KeyValue::new("number", secrets.card_number("an integer")));
        attributes.push(KeyValue::new("user.password", secrets.password("an attribute")));
        let kind = random.one(&[SpanKind::Server, SpanKind::Client, SpanKind::Internal]).clone();
        Template { name, kind, attributes, events, links, status }
    }
}

/// Counts the spans that the application ended, in front of the processor under test.
#[derive(Debug)]
pub struct Ended<P> {
    next: P,
    count: Arc<AtomicU64>,
}

impl<P> Ended<P> {
    /// Counts in front of `next`.
    pub fn new(next: P) -> (Ended<P>, Arc<AtomicU64>) {
        let count = Arc::new(AtomicU64::new(0));
        (Ended { next, count: Arc::clone(&count) }, count)
    }
}

impl<P: SpanProcessor> SpanProcessor for Ended<P> {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.next.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        self.count.fetch_add(1, Ordering::SeqCst);
        self.next.on_end(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.next.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.next.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.next.set_resource(resource);
    }
}

/// A next processor that is slow in bad weather.
#[derive(Debug)]
pub struct Weather<P> {
    next: P,
    /// Microseconds that every 16th span takes.
    micros: Arc<AtomicU64>,
    spans: AtomicU64,
}

impl<P> Weather<P> {
    /// Stands in front of `next`; the answer's number of microseconds is what every 16th span takes.
    pub fn new(next: P) -> (Weather<P>, Arc<AtomicU64>) {
        let micros = Arc::new(AtomicU64::new(0));
        (Weather { next, micros: Arc::clone(&micros), spans: AtomicU64::new(0) }, micros)
    }
}

impl<P: SpanProcessor> SpanProcessor for Weather<P> {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.next.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        let micros = self.micros.load(Ordering::Relaxed);
        if micros > 0 && self.spans.fetch_add(1, Ordering::Relaxed).is_multiple_of(16) {
            std::thread::sleep(Duration::from_micros(micros));
        }
        self.next.on_end(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.next.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.next.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.next.set_resource(resource);
    }
}
