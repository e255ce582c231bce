//! Errors rescued: the head sampler samples nothing, and every trace with an error still arrives, whole and sampled; no other does.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use opentelemetry::trace::{
    Span as _, SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags, TraceId, TraceState, Tracer, TracerProvider,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{BatchSpanProcessor, InMemorySpanExporter, Sampler, SdkTracer, SdkTracerProvider};
use spansieve::{GroupLimits, Handle, Options, Policy, RecordAll, SieveProcessor, set_cache_directory};
use spansieve_tests::eventually;

/// Where a trace has its error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Error {
    None,
    Root,
    Middle,
    Leaf,
    /// A child that ends after its root.
    LateChild,
    /// A second local root, of a call that the process made to itself.
    OtherRoot,
}

const ERRORS: [Error; 6] = [Error::None, Error::Root, Error::Middle, Error::Leaf, Error::LateChild, Error::OtherRoot];

/// The span ids of each trace that was made, and whether one of them has an error.
type Made = Mutex<HashMap<TraceId, (HashSet<SpanId>, bool)>>;

fn provider(delay: Duration) -> (SdkTracerProvider, InMemorySpanExporter, Handle) {
    set_cache_directory(Some(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("plugins")));
    let exporter = InMemorySpanExporter::default();
    let options = Options { grouping: GroupLimits { delay, ..GroupLimits::default() }, head_probability: Some(0.0), ..Options::default() };
    let sieve = SieveProcessor::builder(Policy::standard(), BatchSpanProcessor::builder(exporter.clone()).build())
        .with_options(options)
        .build()
        .unwrap_or_else(|error| panic!("{error}"));
    let handle = sieve.handle();
    let provider =
        SdkTracerProvider::builder().with_sampler(RecordAll::new(Sampler::TraceIdRatioBased(0.0))).with_span_processor(sieve).build();
    (provider, exporter, handle)
}

/// A context below a span of another process, which may have been sampled there or not.
fn remote(number: u64, sampled: bool) -> Context {
    let flags = if sampled { TraceFlags::SAMPLED } else { TraceFlags::NOT_SAMPLED };
    let trace = TraceId::from_bytes((u128::from(number) << 32 | 0xFEED).to_be_bytes());
    let state = TraceState::from_key_value([("vendor", "x")]).expect("a tracestate");
    Context::new().with_remote_span_context(SpanContext::new(
        trace,
        SpanId::from_bytes((number | 1 << 40).to_be_bytes()),
        flags,
        true,
        state,
    ))
}

/// Makes one trace: a root, a child with a grandchild, a late child, and sometimes a second local root.
fn make(tracer: &SdkTracer, parent: &Context, error: Error, made: &Made) {
    let start = |name: &'static str, kind: SpanKind, context: &Context, fails: bool| {
        let mut span = tracer
            .span_builder(name)
            .with_kind(kind)
            .with_attributes([KeyValue::new("http.route", "/")])
            .start_with_context(tracer, context);
        if fails {
            span.set_status(Status::error("out of stock"));
        }
        context.with_span(span)
    };
    let root = start("root", SpanKind::Server, parent, error == Error::Root);
    let middle = start("middle", SpanKind::Internal, &root, error == Error::Middle);
    let leaf = start("leaf", SpanKind::Client, &middle, error == Error::Leaf);
    let late = start("late", SpanKind::Internal, &root, error == Error::LateChild);
    // The call arrives as headers, so its context is remote.
    let other = Context::new().with_remote_span_context({
        let leaf = leaf.span().span_context().clone();
        SpanContext::new(leaf.trace_id(), leaf.span_id(), leaf.trace_flags(), true, leaf.trace_state().clone())
    });
    let other = start("other root", SpanKind::Server, &other, error == Error::OtherRoot);
    let spans = [&root, &middle, &leaf, &late, &other].map(|context| context.span().span_context().clone());
    assert!(spans.iter().all(|span| !span.is_sampled()), "the head sampler samples nothing");
    made.lock()
        .expect("nobody panicked")
        .insert(spans[0].trace_id(), (spans.iter().map(SpanContext::span_id).collect(), error != Error::None));
    for context in [&other, &leaf, &middle, &root, &late] {
        context.span().end();
    }
}

fn load(provider: &SdkTracerProvider, threads: u64, traces: u64) -> HashMap<TraceId, (HashSet<SpanId>, bool)> {
    let made = Made::default();
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (made, tracer) = (&made, provider.tracer("test"));
            scope.spawn(move || {
                for number in 0..traces {
                    let parent = match number % 3 {
                        0 => Context::new(),
                        parent => remote(thread * traces + number, parent == 1),
                    };
                    make(&tracer, &parent, ERRORS[((number / 3 + thread) % 6) as usize], made);
                }
            });
        }
    });
    made.into_inner().expect("nobody panicked")
}

fn check(exporter: &InMemorySpanExporter, handle: &Handle, made: &HashMap<TraceId, (HashSet<SpanId>, bool)>) {
    let mut arrived: HashMap<TraceId, HashSet<SpanId>> = HashMap::new();
    let spans = exporter.get_finished_spans().expect("spans");
    for span in &spans {
        assert!(span.span_context.is_sampled(), "{span:?}");
        assert!(arrived.entry(span.span_context.trace_id()).or_default().insert(span.span_context.span_id()), "it came twice: {span:?}");
    }
    let expected: HashMap<_, _> = made.iter().filter(|(_, (_, error))| *error).map(|(trace, (spans, _))| (*trace, spans.clone())).collect();
    assert_eq!(arrived, expected);
    let stats = handle.stats();
    let all: usize = made.values().map(|(spans, _)| spans.len()).sum();
    assert_eq!((stats.received, stats.forwarded, stats.in_flight), (all as u64, spans.len() as u64, 0), "{stats:?}");
    assert_eq!(stats.sampled_out, stats.received - stats.forwarded);
    assert!(stats.plugins.iter().all(|plugin| plugin.failures == 0));
}

#[test]
fn every_trace_with_an_error_arrives_whole_and_sampled_and_no_other_does() {
    // Far longer than the test takes, so that shutdown hands the traces out, however the threads run.
    let (provider, exporter, handle) = provider(Duration::from_secs(60));
    let made = load(&provider, 4, 60);
    provider.force_flush().expect("a flush");
    check(&exporter, &handle, &made);
    provider.shutdown().expect("a shutdown");
}

#[test]
fn traces_with_errors_arrive_by_themselves() {
    let (provider, exporter, handle) = provider(Duration::from_millis(500));
    let made = load(&provider, 2, 30);
    eventually("every trace was decided on", || handle.stats().in_flight == 0);
    // What the batch processor still holds.
    provider.force_flush().expect("a flush");
    check(&exporter, &handle, &made);
    provider.shutdown().expect("a shutdown");
}
