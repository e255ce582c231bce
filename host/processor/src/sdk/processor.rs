//! [`SieveProcessor`]: the span processor that applications install.

use std::fmt;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use opentelemetry::Context;
use opentelemetry::trace::{Span as _, SpanId, TraceContextExt};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};
use spansieve_runtime::Policy;

use super::{Sdk, encode, roots::OpenRoots};
use crate::options::LONGEST;
use crate::queue::{Item, Shared};
use crate::{BuildError, Handle, Options, worker};

/// Passes ended spans through the plugins of a policy, and what is left of them to the next processor.
///
/// It wraps the next processor rather than standing beside it: processors that are registered side by side each get their own copy
/// of a span, and would export what a policy removed.
///
/// `on_end` puts the span into a bounded queue and returns; a thread of the processor's own does the rest. A span that finds the queue full is
/// dropped and counted. Every span that comes in goes on, or is counted in [`Stats`](crate::Stats).
///
/// ```
/// use opentelemetry_sdk::trace::{BatchSpanProcessor, InMemorySpanExporter, SdkTracerProvider};
/// use spansieve::{Policy, SieveProcessor};
///
/// let batch = BatchSpanProcessor::builder(InMemorySpanExporter::default()).build();
/// let sieve = SieveProcessor::new(Policy::standard(), batch)?;
/// let handle = sieve.handle();
/// let provider = SdkTracerProvider::builder().with_span_processor(sieve).build();
/// // ... spans ...
/// provider.shutdown()?;
/// assert_eq!(handle.stats().in_flight, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SieveProcessor<P: SpanProcessor + 'static> {
    shared: Arc<Shared<Sdk<P>>>,
    source: Arc<Sdk<P>>,
    roots: OpenRoots,
    handle: Handle,
    flush_timeout: Duration,
}

impl<P: SpanProcessor + 'static> SieveProcessor<P> {
    /// Loads the policy's plugins and starts working, with the default [`Options`].
    ///
    /// # Errors
    /// When a plugin of the policy can't be loaded, or the processor's thread not be started. The error says what and where.
    pub fn new(policy: Policy, next: P) -> Result<Self, BuildError> {
        Self::builder(policy, next).build()
    }

    /// Begins a processor in front of `next`, with options of one's own.
    pub fn builder(policy: Policy, next: P) -> SieveProcessorBuilder<P> {
        SieveProcessorBuilder { policy, next, options: Options::default() }
    }

    /// What an application keeps to look at the processor after it was given to the SDK.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }
}

/// A [`SieveProcessor`] before it is built.
#[derive(Debug)]
pub struct SieveProcessorBuilder<P> {
    policy: Policy,
    next: P,
    options: Options,
}

impl<P: SpanProcessor + 'static> SieveProcessorBuilder<P> {
    /// Replaces all options.
    #[must_use]
    pub fn with_options(self, options: Options) -> Self {
        SieveProcessorBuilder { options, ..self }
    }

    /// Says with which probability the head sampler samples a root; [`Options::head_probability`].
    #[must_use]
    pub fn with_head_probability(mut self, probability: f64) -> Self {
        self.options.head_probability = Some(probability);
        self
    }

    /// Loads the policy's plugins and starts working.
    ///
    /// # Errors
    /// As [`SieveProcessor::new`].
    pub fn build(self) -> Result<SieveProcessor<P>, BuildError> {
        let SieveProcessorBuilder { policy, next, options } = self;
        let options = options.bounded();
        let shared = Shared::new(&options);
        let worker = Arc::downgrade(&shared);
        let wake = move || {
            if let Some(shared) = worker.upgrade() {
                shared.rouse();
            }
        };
        let (mut serving, reloads) = spansieve_runtime::serve(policy, options.reload.clone(), wake).map_err(BuildError::Policy)?;
        let (source, durations) = (Arc::new(Sdk::new(next)), Arc::default());
        let handle = Handle::new(&shared, serving.chain().stats(), reloads, Arc::clone(&durations));
        worker::start(&shared, Arc::clone(&source), serving, durations, &options).map_err(BuildError::Thread)?;
        handle.register_metrics(&opentelemetry::global::meter("spansieve"));
        Ok(SieveProcessor { shared, source, roots: OpenRoots::default(), handle, flush_timeout: options.flush_timeout })
    }
}

fn is_local_root(span: &SpanData) -> bool {
    span.parent_span_id == SpanId::INVALID || span.parent_span_is_remote
}

impl<P: SpanProcessor + 'static> SpanProcessor for SieveProcessor<P> {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.source.next.read().unwrap_or_else(PoisonError::into_inner).on_start(span, context);
        let parent = context.span().span_context().clone();
        // A span of another trace is no parent: a root was started below it.
        let trace = span.span_context().trace_id();
        if !parent.is_valid() || parent.is_remote() || parent.trace_id() != trace {
            self.roots.started(trace);
        }
    }

    fn on_end(&self, span: SpanData) {
        let closes = is_local_root(&span) && self.roots.ended(span.span_context.trace_id());
        let bytes = encode::bytes(&span);
        self.shared.push(Item { span, bytes, closes });
    }

    fn force_flush(&self) -> OTelSdkResult {
        if !self.shared.flush(self.flush_timeout) {
            return Err(OTelSdkError::Timeout(self.flush_timeout));
        }
        self.source.next.read().unwrap_or_else(PoisonError::into_inner).force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        let timeout = timeout.min(LONGEST);
        let deadline = Instant::now() + timeout;
        // The next processor is shut down in any case, so something is left for it even if a plugin uses up the time.
        let finished = self.shared.shut_down(timeout * 4 / 5);
        let left = deadline.saturating_duration_since(Instant::now());
        let next = match self.source.next.try_read() {
            Ok(next) => next.shutdown_with_timeout(left),
            Err(std::sync::TryLockError::Poisoned(next)) => next.into_inner().shutdown_with_timeout(left),
            Err(std::sync::TryLockError::WouldBlock) => Err(OTelSdkError::Timeout(timeout)),
        };
        if finished { next } else { Err(OTelSdkError::Timeout(timeout)) }
    }

    fn set_resource(&mut self, resource: &Resource) {
        *self.source.original.write().unwrap_or_else(PoisonError::into_inner) = Some(resource.clone());
        // What the plugins could not look at must not leave, not even if they are late.
        let resource = self.shared.resource(resource.clone(), self.flush_timeout).unwrap_or_else(|| {
            tracing::error!("the resource could not be passed through the policy in time; spans are exported without it");
            Resource::builder_empty().build()
        });
        self.source.next.write().unwrap_or_else(PoisonError::into_inner).set_resource(&resource);
        *self.source.resource.write().unwrap_or_else(PoisonError::into_inner) = resource;
    }
}

impl<P: SpanProcessor + 'static> fmt::Debug for SieveProcessor<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SieveProcessor").field("next", &self.source.next).field("handle", &self.handle).finish_non_exhaustive()
    }
}

impl<P: SpanProcessor + 'static> Drop for SieveProcessor<P> {
    fn drop(&mut self) {
        self.shared.abandon(self.flush_timeout);
    }
}
