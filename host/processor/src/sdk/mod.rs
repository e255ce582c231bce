//! The only part that knows the SDK's traits and types: [`SieveProcessor`] as a span processor, [`RecordAll`] as a sampler, spans as they are
//! encoded and written back.

mod encode;
mod processor;
mod record_all;
mod roots;
mod write_back;

pub use processor::{SieveProcessor, SieveProcessorBuilder};
pub use record_all::RecordAll;

use std::sync::{PoisonError, RwLock, TryLockError};

use opentelemetry::Context;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SpanData, SpanProcessor};
use spansieve_runtime::Batch;
use spansieve_runtime::batch::Span;

use crate::worker::Source;

/// Spans and resources of the SDK, and the next processor.
#[derive(Debug)]
pub(crate) struct Sdk<P> {
    /// Locked for writing only while the SDK hands over its resource.
    next: RwLock<P>,
    /// The resource as the application gave it, so that it can be passed through another policy.
    original: RwLock<Option<Resource>>,
    /// The resource as it leaves, so that plugins can read it beside each span. It was redacted already, and what they change of it is not used.
    resource: RwLock<Resource>,
}

impl<P> Sdk<P> {
    fn new(next: P) -> Self {
        Sdk { next: next.into(), original: RwLock::default(), resource: Resource::builder_empty().build().into() }
    }
}

impl<P: SpanProcessor + 'static> Source for Sdk<P> {
    type Span = SpanData;
    type Resource = Resource;

    fn trace_id(span: &SpanData) -> [u8; 16] {
        span.span_context.trace_id().to_bytes()
    }

    fn encode(&self, spans: &[SpanData], batch: &mut Batch) {
        encode::spans(spans, &self.resource.read().unwrap_or_else(PoisonError::into_inner), batch);
    }

    fn write_back(span: &mut SpanData, from: Span<'_>) {
        write_back::span(span, from);
    }

    fn encode_resource(resource: &Resource, batch: &mut Batch) {
        encode::push_resource(resource, batch);
    }

    fn decode_resource(batch: &Batch) -> Resource {
        write_back::resource(batch)
    }

    fn resource(&self) -> Option<Resource> {
        self.original.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn replace_resource(&self, resource: &Resource) -> bool {
        // The worker does not wait for whoever is in the next processor; it comes back.
        let mut next = match self.next.try_write() {
            Ok(next) => next,
            Err(TryLockError::Poisoned(next)) => next.into_inner(),
            Err(TryLockError::WouldBlock) => return false,
        };
        next.set_resource(resource);
        *self.resource.write().unwrap_or_else(PoisonError::into_inner) = resource.clone();
        true
    }

    fn forward(&self, span: SpanData) {
        self.next.read().unwrap_or_else(PoisonError::into_inner).on_end(span);
    }

    fn enter_worker() -> Box<dyn std::any::Any> {
        // What is logged or measured while spans are worked on must not become spans itself.
        Box::new(Context::enter_telemetry_suppressed_scope())
    }
}

/// Spans in their text form, as policies' tests and the command line have them: one line a span, children below their parents.
pub fn text(spans: &[SpanData]) -> String {
    let mut batch = Batch::new();
    encode::spans(spans, &Resource::builder_empty().build(), &mut batch);
    spansieve_runtime::text::print(&batch, &spansieve_runtime::text::Style::default())
}

/// For the benchmark in the command line, which measures the stages of the processor one by one. Not part of the API.
#[doc(hidden)]
pub mod bench {
    use super::{Batch, Resource, Span, SpanData};

    pub fn encode(spans: &[SpanData], batch: &mut Batch) {
        super::encode::spans(spans, &Resource::builder_empty().build(), batch);
    }

    pub fn write_back(span: &mut SpanData, from: Span<'_>) {
        super::write_back::span(span, from);
    }
}
