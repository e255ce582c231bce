//! The processor with no plugins: what it owes to the SDK and to the next processor.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use opentelemetry::trace::{Span as _, TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{InMemorySpanExporter, Sampler, SdkTracerProvider, SimpleSpanProcessor, Span, SpanData, SpanProcessor};
use spansieve::{Options, Policy, RecordAll, SieveProcessor};

fn no_plugins() -> Policy {
    Policy::parse("{version: 1, plugins: []}", "test", Path::new("")).expect("a policy")
}

/// A next processor that keeps what it gets, and waits for a permit for each span if it is given permits.
#[derive(Debug, Default, Clone)]
struct Next {
    spans: Arc<Mutex<Vec<SpanData>>>,
    resource: Arc<Mutex<Option<Resource>>>,
    permits: Arc<Mutex<Option<Receiver<()>>>>,
}

impl Next {
    fn gated() -> (Next, Sender<()>) {
        let (sender, receiver) = channel();
        let next = Next::default();
        *next.permits.lock().unwrap() = Some(receiver);
        (next, sender)
    }

    fn names(&self) -> Vec<String> {
        self.spans.lock().unwrap().iter().map(|span| span.name.to_string()).collect()
    }
}

impl SpanProcessor for Next {
    fn on_start(&self, _span: &mut Span, _context: &Context) {}

    fn on_end(&self, span: SpanData) {
        if let Some(permits) = &*self.permits.lock().unwrap() {
            let _ = permits.recv();
        }
        assert!(span.name != "explode", "the next processor panics");
        self.spans.lock().unwrap().push(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn set_resource(&mut self, resource: &Resource) {
        *self.resource.lock().unwrap() = Some(resource.clone());
    }
}

fn provider(next: Next, options: Options) -> (SdkTracerProvider, spansieve::Handle) {
    let sieve = SieveProcessor::builder(no_plugins(), next).with_options(options).build().expect("a processor");
    let handle = sieve.handle();
    (SdkTracerProvider::builder().with_span_processor(sieve).build(), handle)
}

#[test]
fn spans_arrive_in_order_and_flush_waits_for_them() {
    let next = Next::default();
    let (provider, handle) = provider(next.clone(), Options::default());
    let tracer = provider.tracer("test");
    for i in 0..1000 {
        tracer.start(format!("span {i}")).end();
    }
    provider.force_flush().unwrap();
    assert_eq!(next.names(), (0..1000).map(|i| format!("span {i}")).collect::<Vec<_>>());
    let stats = handle.stats();
    assert_eq!((stats.received, stats.forwarded, stats.in_flight), (1000, 1000, 0));
}

#[test]
fn a_full_queue_drops_the_newest_and_counts_them() {
    let (next, permits) = Next::gated();
    let (provider, handle) = provider(next.clone(), Options { queue_spans: 8, batch_spans: 1, ..Options::default() });
    let tracer = provider.tracer("test");
    for i in 0..100 {
        tracer.start(format!("span {i}")).end();
    }
    let stats = handle.stats();
    assert!(stats.dropped_queue_full >= 80, "{stats:?}");
    drop(permits);
    provider.shutdown().unwrap();
    let stats = handle.stats();
    assert_eq!(stats.in_flight, 0);
    assert_eq!(stats.received, stats.forwarded + stats.dropped_queue_full);
    assert_eq!(next.names().len() as u64, stats.forwarded);
}

#[test]
fn shutdown_keeps_the_callers_deadline_when_the_next_processor_blocks() {
    let (next, permits) = Next::gated();
    let (provider, handle) = provider(next, Options::default());
    provider.tracer("test").start("span").end();
    let started = Instant::now();
    let result = provider.shutdown_with_timeout(Duration::from_millis(100));
    assert!(started.elapsed() < Duration::from_secs(2));
    assert!(matches!(result, Err(OTelSdkError::Timeout(_) | OTelSdkError::InternalFailure(_))), "{result:?}");
    drop(permits);
    assert_eq!(handle.stats().received, 1);
}

#[test]
fn spans_after_shutdown_are_counted() {
    let next = Next::default();
    let mut sieve = SieveProcessor::new(no_plugins(), next.clone()).unwrap();
    let handle = sieve.handle();
    let exporter = InMemorySpanExporter::default();
    sieve.set_resource(&Resource::builder_empty().build());
    let provider = SdkTracerProvider::builder().with_span_processor(SimpleSpanProcessor::new(exporter.clone())).build();
    provider.tracer("test").start("span").end();
    let span = exporter.get_finished_spans().unwrap().remove(0);
    sieve.on_end(span.clone());
    sieve.shutdown().unwrap();
    sieve.on_end(span);
    let stats = handle.stats();
    assert_eq!((stats.received, stats.forwarded, stats.dropped_shutdown, stats.in_flight), (2, 1, 1, 0));
}

#[test]
fn spans_that_were_only_recorded_do_not_leave() {
    let next = Next::default();
    let sieve = SieveProcessor::new(no_plugins(), next.clone()).unwrap();
    let handle = sieve.handle();
    let sampler = RecordAll::new(Sampler::AlwaysOff);
    let provider = SdkTracerProvider::builder().with_sampler(sampler).with_span_processor(sieve).build();
    let tracer = provider.tracer("test");
    tracer.in_span("parent", |context| {
        assert!(context.span().is_recording() && !context.span().span_context().is_sampled());
        tracer.start("child").end();
    });
    provider.shutdown().unwrap();
    assert!(next.names().is_empty());
    assert_eq!(handle.stats().sampled_out, 2);
}

#[test]
fn a_panic_in_the_next_processor_costs_no_other_span() {
    let next = Next::default();
    let (provider, handle) = provider(next.clone(), Options::default());
    let tracer = provider.tracer("test");
    tracer.start("explode").end();
    provider.force_flush().unwrap();
    tracer.start("after").end();
    provider.shutdown().unwrap();
    assert_eq!(next.names(), ["after"]);
    let stats = handle.stats();
    assert_eq!((stats.received, stats.in_flight), (2, 0));
}

#[test]
fn the_resource_reaches_the_next_processor() {
    let next = Next::default();
    let sieve = SieveProcessor::new(no_plugins(), next.clone()).unwrap();
    let resource = Resource::builder_empty()
        .with_schema_url([KeyValue::new("service.name", "shop"), KeyValue::new("n", 5)], "https://example.org/1")
        .build();
    let provider = SdkTracerProvider::builder().with_resource(resource.clone()).with_span_processor(sieve).build();
    assert_eq!(next.resource.lock().unwrap().as_ref(), Some(&resource));
    provider.shutdown().unwrap();
}

#[test]
fn a_lone_span_does_not_wait_for_a_batch() {
    let next = Next::default();
    let (provider, handle) = provider(next, Options::default());
    provider.tracer("test").start("span").end();
    let started = Instant::now();
    while handle.stats().forwarded == 0 {
        assert!(started.elapsed() < Duration::from_secs(5), "the span did not arrive by itself");
        std::thread::yield_now();
    }
}

#[test]
fn dropping_the_provider_finishes_what_there_is() {
    let next = Next::default();
    let (provider, handle) = provider(next.clone(), Options::default());
    provider.tracer("test").start("span").end();
    drop(provider);
    let started = Instant::now();
    while handle.stats().in_flight > 0 {
        assert!(started.elapsed() < Duration::from_secs(5));
        std::thread::yield_now();
    }
    assert_eq!(next.names(), ["span"]);
}

#[test]
fn plugins_read_the_resource_beside_each_span() {
    let next = Next::default();
    let policy =
        "{version: 1, plugins: [{use: 'builtin:enrich', config: {actions: [{upsert: {key: by, from: 'resource:service.name'}}]}}]}";
    let sieve = SieveProcessor::new(Policy::parse(policy, "test", Path::new("")).unwrap(), next.clone()).unwrap();
    let resource = Resource::builder_empty().with_attribute(KeyValue::new("service.name", "shop")).build();
    let provider = SdkTracerProvider::builder().with_resource(resource).with_span_processor(sieve).build();
    provider.tracer("test").start("span").end();
    provider.shutdown().unwrap();
    let spans = next.spans.lock().unwrap();
    assert_eq!(spans[0].attributes, [KeyValue::new("by", "shop")]);
}
