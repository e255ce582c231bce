//! A head sampler that throws nothing away.

use opentelemetry::trace::{Link, SpanKind, TraceId};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{SamplingDecision, SamplingResult, ShouldSample};

/// Wraps a head sampler and turns its "drop" into "record only", so that a policy sees every span and can keep those of traces with errors.
///
/// The wrapped sampler's choice still decides the sampled flag that is propagated, and which spans leave if no plugin keeps others. A span
/// that is only recorded costs as much as a sampled one until it has ended; it never reaches the exporter unless a plugin keeps it.
///
/// ```
/// use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
/// use spansieve::RecordAll;
///
/// let head = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(0.1)));
/// let provider = SdkTracerProvider::builder().with_sampler(RecordAll::new(head)).build();
/// # drop(provider);
/// ```
#[derive(Clone, Debug)]
pub struct RecordAll<S>(S);

impl<S> RecordAll<S> {
    /// Wraps `head`.
    pub fn new(head: S) -> Self {
        RecordAll(head)
    }
}

impl<S: ShouldSample + Clone + 'static> ShouldSample for RecordAll<S> {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace_id: TraceId,
        name: &str,
        kind: &SpanKind,
        attributes: &[KeyValue],
        links: &[Link],
    ) -> SamplingResult {
        let mut result = self.0.should_sample(parent, trace_id, name, kind, attributes, links);
        if result.decision == SamplingDecision::Drop {
            result.decision = SamplingDecision::RecordOnly;
        }
        result
    }
}
