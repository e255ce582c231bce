//! A batch as plain data, with a builder's methods.

use spansieve_layout::{FLAG_HAS_IS_REMOTE, FLAG_IS_REMOTE, FLAG_SAMPLED, TraceReason};

use crate::{SpanKind, Status};

/// A value of an attribute.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "as in spansieve_plugin::Value")]
pub enum Value {
    Empty,
    Str(String),
    Bool(bool),
    Int(i64),
    Double(f64),
    Bytes(Vec<u8>),
    Array(Vec<Value>),
    Map(Vec<(String, Value)>),
}

macro_rules! from {
    ($($type:ty, $value:ident => $make:expr;)*) => {$(
        impl From<$type> for Value {
            fn from($value: $type) -> Self {
                $make
            }
        }
    )*};
}

from! {
    &str, value => Value::Str(value.to_owned());
    String, value => Value::Str(value);
    bool, value => Value::Bool(value);
    i32, value => Value::Int(value.into());
    i64, value => Value::Int(value);
    f64, value => Value::Double(value);
    &[u8], value => Value::Bytes(value.to_vec());
    Vec<Value>, value => Value::Array(value);
    Vec<&str>, value => Value::Array(value.into_iter().map(Value::from).collect());
    Vec<(&str, Value)>, value => Value::Map(value.into_iter().map(|(key, value)| (key.to_owned(), value)).collect());
}

/// A batch of spans.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "as in wit/layout.md")]
pub struct Batch {
    pub resources: Vec<Resource>,
    pub scopes: Vec<Scope>,
    pub spans: Vec<Span>,
    /// Where spans are grouped by trace: the traces, which hold the spans in order.
    pub traces: Option<Vec<Trace>>,
    /// Unix nanoseconds.
    pub now: u64,
    pub head_probability: Option<f64>,
    /// Texts that nothing names.
    pub loose_texts: Vec<String>,
}

/// A trace of a grouped batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace {
    /// How many spans it has.
    pub spans: usize,
    /// Why it is in the batch.
    pub reason: TraceReason,
}

/// A resource.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs, reason = "as in wit/layout.md")]
pub struct Resource {
    pub attributes: Vec<(String, Value)>,
    pub schema_url: Option<String>,
    pub dropped_attributes: u32,
}

/// An instrumentation scope.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs, reason = "as in wit/layout.md")]
pub struct Scope {
    pub name: String,
    pub version: Option<String>,
    pub schema_url: Option<String>,
    pub attributes: Vec<(String, Value)>,
    pub dropped_attributes: u32,
    /// Index of its resource.
    pub resource: usize,
}

/// A span.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "as in wit/layout.md")]
pub struct Span {
    pub trace_id: [u8; 16],
    pub id: [u8; 8],
    pub parent_id: [u8; 8],
    /// Unix nanoseconds.
    pub start: u64,
    /// Unix nanoseconds.
    pub end: u64,
    pub name: String,
    pub kind: SpanKind,
    pub status: Status,
    pub message: Option<String>,
    pub tracestate: Option<String>,
    pub flags: u32,
    pub attributes: Vec<(String, Value)>,
    pub events: Vec<Event>,
    pub links: Vec<Link>,
    pub dropped_attributes: u32,
    pub dropped_events: u32,
    pub dropped_links: u32,
    /// Index of its scope.
    pub scope: usize,
}

/// An event of a span.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs, reason = "as in wit/layout.md")]
pub struct Event {
    pub name: String,
    /// Unix nanoseconds.
    pub time: u64,
    pub attributes: Vec<(String, Value)>,
    pub dropped_attributes: u32,
}

/// A link of a span.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs, reason = "as in wit/layout.md")]
pub struct Link {
    pub trace_id: [u8; 16],
    pub span_id: [u8; 8],
    pub tracestate: Option<String>,
    pub flags: u32,
    pub attributes: Vec<(String, Value)>,
    pub dropped_attributes: u32,
}

const START: u64 = 1_700_000_000_000_000_000;

/// An empty batch of a host that knows no head probability, with one resource and one scope.
pub fn batch() -> Batch {
    Batch {
        resources: vec![resource()],
        scopes: vec![scope("test")],
        spans: Vec::new(),
        traces: None,
        now: START,
        head_probability: None,
        loose_texts: Vec::new(),
    }
}

/// A sampled root span of 1 ms of kind internal.
pub fn span(name: &str) -> Span {
    Span {
        trace_id: *b"trace-id-trace-1",
        id: *b"span-id1",
        parent_id: [0; 8],
        start: START,
        end: START + 1_000_000,
        name: name.to_owned(),
        kind: SpanKind::Internal,
        status: Status::Unset,
        message: None,
        tracestate: None,
        flags: FLAG_SAMPLED | FLAG_HAS_IS_REMOTE,
        attributes: Vec::new(),
        events: Vec::new(),
        links: Vec::new(),
        dropped_attributes: 0,
        dropped_events: 0,
        dropped_links: 0,
        scope: 0,
    }
}

/// An event.
pub fn event(name: &str) -> Event {
    Event { name: name.to_owned(), time: START, ..Event::default() }
}

/// A link to a span of another trace.
pub fn link() -> Link {
    Link { trace_id: *b"trace-id-trace-2", span_id: *b"span-id2", flags: FLAG_SAMPLED, ..Link::default() }
}

/// A scope.
pub fn scope(name: &str) -> Scope {
    Scope { name: name.to_owned(), ..Scope::default() }
}

/// A resource without attributes.
pub fn resource() -> Resource {
    Resource::default()
}

macro_rules! attributes {
    ($($type:ty),*) => {$(
        impl $type {
            /// With this attribute behind the others.
            pub fn attr(mut self, key: &str, value: impl Into<Value>) -> Self {
                self.attributes.push((key.to_owned(), value.into()));
                self
            }

            /// The value of the first attribute with this key.
            pub fn get(&self, key: &str) -> Option<&Value> {
                self.attributes.iter().find(|(k, _)| k == key).map(|(_, value)| value)
            }

            /// The keys of the attributes, in order.
            pub fn keys(&self) -> Vec<&str> {
                self.attributes.iter().map(|(key, _)| key.as_str()).collect()
            }
        }
    )*};
}

attributes!(Span, Event, Link, Scope, Resource);

impl Batch {
    /// With this span behind the others, of the scope that was given last.
    pub fn span(mut self, mut span: Span) -> Self {
        span.scope = self.scopes.len() - 1;
        self.spans.push(span);
        self
    }

    /// With this scope, for the spans to come. Before any span it takes the place of the one that the batch begins with.
    pub fn scope(mut self, mut scope: Scope) -> Self {
        if self.spans.is_empty() {
            self.scopes.pop();
        }
        scope.resource = self.resources.len() - 1;
        self.scopes.push(scope);
        self
    }

    /// With this resource, for the scopes to come. Before any span it takes the place of the one that the batch begins with.
    pub fn resource(mut self, resource: Resource) -> Self {
        if self.spans.is_empty() {
            self.resources.pop();
        }
        self.resources.push(resource);
        self
    }

    /// With these spans as one trace: they get the trace id `id`, and all but the first the first one as parent where they have none.
    pub fn trace(mut self, id: [u8; 16], reason: TraceReason, spans: impl IntoIterator<Item = Span>) -> Self {
        let mut count = 0;
        let mut root = [0; 8];
        for mut span in spans {
            count += 1;
            span.trace_id = id;
            span.id = (self.spans.len() as u64 + 1).to_be_bytes();
            if count == 1 {
                root = span.id;
            } else if span.parent_id == [0; 8] {
                span.parent_id = root;
            }
            self = self.span(span);
        }
        self.traces.get_or_insert_default().push(Trace { spans: count, reason });
        self
    }

    /// At this time, in Unix nanoseconds.
    pub fn now(mut self, now: u64) -> Self {
        self.now = now;
        self
    }

    /// Behind a head sampler of this probability.
    pub fn head_probability(mut self, probability: f64) -> Self {
        self.head_probability = Some(probability);
        self
    }
}

impl From<Span> for Batch {
    fn from(span: Span) -> Self {
        batch().span(span)
    }
}

impl Span {
    /// Of this kind.
    pub fn kind(mut self, kind: SpanKind) -> Self {
        self.kind = kind;
        self
    }

    /// With this status.
    pub fn status(mut self, status: Status) -> Self {
        self.status = status;
        self
    }

    /// With this message of its status.
    pub fn message(mut self, message: &str) -> Self {
        self.message = Some(message.to_owned());
        self
    }

    /// With this tracestate.
    pub fn tracestate(mut self, tracestate: &str) -> Self {
        self.tracestate = Some(tracestate.to_owned());
        self
    }

    /// With this event behind the others.
    pub fn event(mut self, event: Event) -> Self {
        self.events.push(event);
        self
    }

    /// With this link behind the others.
    pub fn link(mut self, link: Link) -> Self {
        self.links.push(link);
        self
    }

    /// Of this trace.
    pub fn trace_id(mut self, id: [u8; 16]) -> Self {
        self.trace_id = id;
        self
    }

    /// Below a span of this process.
    pub fn parent(mut self, id: [u8; 8]) -> Self {
        self.parent_id = id;
        self
    }

    /// Below a span of another process.
    pub fn remote_parent(mut self, id: [u8; 8]) -> Self {
        self.parent_id = id;
        self.flags |= FLAG_HAS_IS_REMOTE | FLAG_IS_REMOTE;
        self
    }

    /// Only recorded: the head sampler did not sample it.
    pub fn not_sampled(mut self) -> Self {
        self.flags &= !FLAG_SAMPLED;
        self
    }

    /// That took so long.
    pub fn lasting(mut self, duration: std::time::Duration) -> Self {
        self.end = self.start + duration.as_nanos() as u64;
        self
    }
}

impl Link {
    /// With this tracestate.
    pub fn tracestate(mut self, tracestate: &str) -> Self {
        self.tracestate = Some(tracestate.to_owned());
        self
    }
}

impl Scope {
    /// Of this version.
    pub fn version(mut self, version: &str) -> Self {
        self.version = Some(version.to_owned());
        self
    }

    /// With this schema URL.
    pub fn schema_url(mut self, url: &str) -> Self {
        self.schema_url = Some(url.to_owned());
        self
    }
}

impl Resource {
    /// With this schema URL.
    pub fn schema_url(mut self, url: &str) -> Self {
        self.schema_url = Some(url.to_owned());
        self
    }
}
