//! Views of a span and of what belongs to it.

use std::time::Duration;

use spansieve_layout::{Column, FLAG_HAS_IS_REMOTE, FLAG_IS_REMOTE, FLAG_SAMPLED, TraceReason};

use crate::batch::Batch;
use crate::setup::Slot;
use crate::value::{Attribute, Attributes, Key, Text};

/// What a span does for whom, as in OTLP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum SpanKind {
    /// Not said.
    Unspecified = 0,
    /// Inside the application.
    Internal = 1,
    /// Answers a request from elsewhere.
    Server = 2,
    /// Asks something elsewhere.
    Client = 3,
    /// Sends a message.
    Producer = 4,
    /// Takes a message.
    Consumer = 5,
}

impl SpanKind {
    /// The kind with this code; a code that OTLP does not have counts as unspecified.
    pub fn from_code(code: u8) -> Self {
        match code {
            1 => SpanKind::Internal,
            2 => SpanKind::Server,
            3 => SpanKind::Client,
            4 => SpanKind::Producer,
            5 => SpanKind::Consumer,
            _ => SpanKind::Unspecified,
        }
    }

    /// Its name in lower case, such as `server`.
    pub fn name(self) -> &'static str {
        ["unspecified", "internal", "server", "client", "producer", "consumer"][self as usize]
    }
}

/// Whether a span succeeded, as in OTLP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Status {
    /// Not said.
    Unset = 0,
    /// It succeeded.
    Ok = 1,
    /// It failed.
    Error = 2,
}

impl Status {
    /// The status with this code; a code that OTLP does not have counts as unset.
    pub fn from_code(code: u8) -> Self {
        match code {
            1 => Status::Ok,
            2 => Status::Error,
            _ => Status::Unset,
        }
    }

    /// Its name in lower case, such as `error`.
    pub fn name(self) -> &'static str {
        ["unset", "ok", "error"][self as usize]
    }
}

/// What has attributes: a span, an event, a link, a scope, a resource.
pub trait Carrier<'a> {
    /// Its attributes.
    #[track_caller]
    fn attributes(&self) -> Attributes<'a>;
}

/// How an attribute of a span is named: by a declared [`Slot`] (cheapest), by a [`Key`] of the batch, or by its text.
pub trait AttributeName {
    /// The first attribute of the span that has this name.
    #[track_caller]
    fn find_in<'a>(self, span: &Span<'a>) -> Option<Attribute<'a>>;
}

impl AttributeName for Slot {
    #[inline]
    #[track_caller]
    fn find_in<'a>(self, span: &Span<'a>) -> Option<Attribute<'a>> {
        span.batch.declared(self, span.index)
    }
}

impl AttributeName for Key<'_> {
    #[inline]
    #[track_caller]
    fn find_in<'a>(self, span: &Span<'a>) -> Option<Attribute<'a>> {
        span.attributes().find_key(self)
    }
}

impl AttributeName for &str {
    #[track_caller]
    fn find_in<'a>(self, span: &Span<'a>) -> Option<Attribute<'a>> {
        span.attributes().find(self)
    }
}

macro_rules! view {
    ($(#[$doc:meta])* $name:ident, $what:literal, $attributes:ident, $dropped:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $name<'a> {
            batch: &'a Batch<'a>,
            index: u32,
        }

        impl<'a> $name<'a> {
            #[inline]
            pub(crate) fn new(batch: &'a Batch<'a>, index: u32) -> Self {
                $name { batch, index }
            }

            #[doc = concat!("Its index among the ", $what, " of the batch: what edits name.")]
            #[inline]
            pub fn index(&self) -> u32 {
                self.index
            }

            /// The batch that it belongs to.
            pub fn batch(&self) -> &'a Batch<'a> {
                self.batch
            }

            /// Its attributes.
            #[inline]
            #[track_caller]
            pub fn attributes(&self) -> Attributes<'a> {
                self.batch.group(self.batch.u32(Column::$attributes, self.index))
            }

            /// How many of its attributes the application's SDK dropped.
            #[track_caller]
            pub fn dropped_attributes(&self) -> u32 {
                self.batch.u32(Column::$dropped, self.index)
            }
        }

        impl<'a> Carrier<'a> for $name<'a> {
            #[inline]
            fn attributes(&self) -> Attributes<'a> {
                $name::attributes(self)
            }
        }
    };
}

view! {
    /// A span.
    Span, "spans", SpanAttributes, SpanDroppedAttributes
}

impl<'a> Span<'a> {
    /// Its name.
    #[inline]
    #[track_caller]
    pub fn name(&self) -> Text<'a> {
        self.batch.text(self.batch.u32(Column::SpanName, self.index))
    }

    /// Its kind.
    #[inline]
    #[track_caller]
    pub fn kind(&self) -> SpanKind {
        SpanKind::from_code(self.batch.u8(Column::SpanKind, self.index))
    }

    /// Its status code.
    #[inline]
    #[track_caller]
    pub fn status(&self) -> Status {
        Status::from_code(self.batch.u8(Column::SpanStatus, self.index))
    }

    /// The message of its status.
    #[track_caller]
    pub fn message(&self) -> Option<Text<'a>> {
        self.batch.optional_text(Column::SpanMessage, self.index)
    }

    /// Its trace id, big-endian.
    #[inline]
    #[track_caller]
    pub fn trace_id(&self) -> &'a [u8; 16] {
        self.batch.id16(Column::SpanTraceId, self.index)
    }

    /// Its span id.
    #[inline]
    #[track_caller]
    pub fn id(&self) -> &'a [u8; 8] {
        self.batch.id8(Column::SpanId, self.index)
    }

    /// The span id of its parent, where it has one.
    #[inline]
    #[track_caller]
    pub fn parent_id(&self) -> Option<&'a [u8; 8]> {
        let id = self.batch.id8(Column::SpanParentId, self.index);
        (*id != [0; 8]).then_some(id)
    }

    /// Whether it is the root of its trace in this process: it has no parent, or the parent is known to be remote.
    #[inline]
    #[track_caller]
    pub fn is_local_root(&self) -> bool {
        self.parent_id().is_none() || self.has_remote_parent()
    }

    /// Whether its parent is known to be remote.
    #[inline]
    #[track_caller]
    pub fn has_remote_parent(&self) -> bool {
        const REMOTE: u32 = FLAG_HAS_IS_REMOTE | FLAG_IS_REMOTE;
        self.flags() & REMOTE == REMOTE && self.parent_id().is_some()
    }

    /// When it started, in Unix nanoseconds.
    #[inline]
    #[track_caller]
    pub fn start(&self) -> u64 {
        self.batch.u64(Column::SpanStart, self.index)
    }

    /// When it ended, in Unix nanoseconds.
    #[inline]
    #[track_caller]
    pub fn end(&self) -> u64 {
        self.batch.u64(Column::SpanEnd, self.index)
    }

    /// How long it took; zero where it ends before it starts.
    #[inline]
    pub fn duration(&self) -> Duration {
        Duration::from_nanos(self.end().saturating_sub(self.start()))
    }

    /// Its flags as in OTLP: the W3C trace flags in bits 0 to 7.
    #[inline]
    #[track_caller]
    pub fn flags(&self) -> u32 {
        self.batch.u32(Column::SpanFlags, self.index)
    }

    /// Whether it is sampled. One that is not was only recorded, and is not exported unless a plugin keeps it.
    #[inline]
    #[track_caller]
    pub fn is_sampled(&self) -> bool {
        self.flags() & FLAG_SAMPLED != 0
    }

    /// Its tracestate in W3C form.
    #[inline]
    #[track_caller]
    pub fn tracestate(&self) -> Option<Text<'a>> {
        self.batch.optional_text(Column::SpanTracestate, self.index)
    }

    /// The first attribute with this name: a [`Slot`] that the plugin declared, a [`Key`], or a text.
    #[inline]
    #[track_caller]
    pub fn attribute(&self, name: impl AttributeName) -> Option<Attribute<'a>> {
        name.find_in(self)
    }

    /// Its events, in order.
    #[inline]
    #[track_caller]
    pub fn events(&self) -> impl ExactSizeIterator<Item = Event<'a>> + Clone + use<'a> {
        let batch = self.batch;
        let end = batch.u32(Column::SpanEventsEnd, self.index);
        (batch.start(Column::SpanEventsEnd, self.index)..end).map(move |index| Event::new(batch, index))
    }

    /// Its links, in order.
    #[inline]
    #[track_caller]
    pub fn links(&self) -> impl ExactSizeIterator<Item = Link<'a>> + Clone + use<'a> {
        let batch = self.batch;
        let end = batch.u32(Column::SpanLinksEnd, self.index);
        (batch.start(Column::SpanLinksEnd, self.index)..end).map(move |index| Link::new(batch, index))
    }

    /// The instrumentation scope that made it.
    #[inline]
    #[track_caller]
    pub fn scope(&self) -> Scope<'a> {
        Scope::new(self.batch, self.batch.u32(Column::SpanScope, self.index))
    }

    /// The resource that it comes from.
    #[inline]
    #[track_caller]
    pub fn resource(&self) -> Resource<'a> {
        self.scope().resource()
    }

    /// How many attributes, events and links the application's SDK dropped.
    #[track_caller]
    pub fn dropped(&self) -> (u32, u32, u32) {
        (
            self.batch.u32(Column::SpanDroppedAttributes, self.index),
            self.batch.u32(Column::SpanDroppedEvents, self.index),
            self.batch.u32(Column::SpanDroppedLinks, self.index),
        )
    }
}

view! {
    /// An event of a span.
    Event, "events", EventAttributes, EventDroppedAttributes
}

impl<'a> Event<'a> {
    /// Its name.
    #[inline]
    #[track_caller]
    pub fn name(&self) -> Text<'a> {
        self.batch.text(self.batch.u32(Column::EventName, self.index))
    }

    /// When it happened, in Unix nanoseconds.
    #[track_caller]
    pub fn time(&self) -> u64 {
        self.batch.u64(Column::EventTime, self.index)
    }
}

view! {
    /// A link from a span to another.
    Link, "links", LinkAttributes, LinkDroppedAttributes
}

impl<'a> Link<'a> {
    /// Trace id of the linked span, big-endian.
    #[track_caller]
    pub fn trace_id(&self) -> &'a [u8; 16] {
        self.batch.id16(Column::LinkTraceId, self.index)
    }

    /// Id of the linked span.
    #[track_caller]
    pub fn span_id(&self) -> &'a [u8; 8] {
        self.batch.id8(Column::LinkSpanId, self.index)
    }

    /// Tracestate of the linked span, in W3C form.
    #[track_caller]
    pub fn tracestate(&self) -> Option<Text<'a>> {
        self.batch.optional_text(Column::LinkTracestate, self.index)
    }

    /// Flags of the linked span as in OTLP.
    #[track_caller]
    pub fn flags(&self) -> u32 {
        self.batch.u32(Column::LinkFlags, self.index)
    }
}

view! {
    /// An instrumentation scope: the library that made spans.
    Scope, "scopes", ScopeAttributes, ScopeDroppedAttributes
}

impl<'a> Scope<'a> {
    /// Its name.
    #[inline]
    #[track_caller]
    pub fn name(&self) -> Text<'a> {
        self.batch.text(self.batch.u32(Column::ScopeName, self.index))
    }

    /// Its version.
    #[track_caller]
    pub fn version(&self) -> Option<Text<'a>> {
        self.batch.optional_text(Column::ScopeVersion, self.index)
    }

    /// Its schema URL.
    #[track_caller]
    pub fn schema_url(&self) -> Option<Text<'a>> {
        self.batch.optional_text(Column::ScopeSchemaUrl, self.index)
    }

    /// The resource that it runs on.
    #[inline]
    #[track_caller]
    pub fn resource(&self) -> Resource<'a> {
        Resource::new(self.batch, self.batch.u32(Column::ScopeResource, self.index))
    }
}

view! {
    /// A resource: what produces the telemetry.
    Resource, "resources", ResourceAttributes, ResourceDroppedAttributes
}

impl<'a> Resource<'a> {
    /// Its schema URL.
    #[track_caller]
    pub fn schema_url(&self) -> Option<Text<'a>> {
        self.batch.optional_text(Column::ResourceSchemaUrl, self.index)
    }
}

/// A trace of this process, or a part of it, where the host groups by trace.
#[derive(Clone, Copy)]
pub struct Trace<'a> {
    batch: &'a Batch<'a>,
    index: u32,
}

impl<'a> Trace<'a> {
    #[inline]
    pub(crate) fn new(batch: &'a Batch<'a>, index: u32) -> Self {
        Trace { batch, index }
    }

    /// Its index among the traces of the batch.
    pub fn index(&self) -> u32 {
        self.index
    }

    /// Why it is in the batch.
    #[track_caller]
    pub fn reason(&self) -> TraceReason {
        TraceReason::from_code(self.batch.u8(Column::TraceReason, self.index)).unwrap_or(TraceReason::Flush)
    }

    /// Its spans, in order.
    #[inline]
    #[track_caller]
    pub fn spans(&self) -> impl ExactSizeIterator<Item = Span<'a>> + Clone + use<'a> {
        let batch = self.batch;
        let end = batch.u32(Column::TraceEnd, self.index);
        (batch.start(Column::TraceEnd, self.index)..end).map(move |index| Span::new(batch, index))
    }

    /// Its trace id; `None` for a trace without spans.
    pub fn id(&self) -> Option<&'a [u8; 16]> {
        self.spans().next().map(|span| span.trace_id())
    }
}
