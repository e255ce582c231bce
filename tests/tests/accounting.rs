//! Accounting: whatever the load, the faults and the moment of shutdown, every span that comes in is counted exactly once.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry::trace::{Span as _, TraceContextExt, Tracer, TracerProvider};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider, Span, SpanData, SpanProcessor};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use spansieve::{GroupLimits, Options, Policy, RecordAll, SieveProcessor, Stats, set_cache_directory};
use spansieve_layout::{Column, Header, Magic, Writer};
use spansieve_tests::{Folder, Guest, Keep, eventually, policy};

/// What a plugin of the chain does wrong, or right.
#[derive(Clone, Copy, Debug)]
enum Fault {
    Idle,
    /// Asks for whole traces.
    WholeTraces,
    TrapsAlways,
    /// On batches of an odd number of spans.
    TrapsNowAndThen,
    /// On every third number of spans.
    LoopsNowAndThen,
    DropsTheFirstSpan,
    KeepsTheFirstSpan,
    TalksNonsense,
}

#[derive(Clone, Debug)]
struct Case {
    plugins: Vec<(Fault, &'static str)>,
    threads: usize,
    /// Traces of each thread, and spans of each trace.
    traces: usize,
    spans: usize,
    head: f64,
    queue: usize,
    batch: usize,
    delay: Duration,
    next: Duration,
    trace_spans: usize,
    /// After so many ended spans.
    shutdown_after: u64,
    shutdown_timeout: Duration,
    flushes: usize,
}

fn cases() -> impl Strategy<Value = Case> {
    let fault = prop::sample::select(vec![
        Fault::Idle,
        Fault::WholeTraces,
        Fault::TrapsAlways,
        Fault::TrapsNowAndThen,
        Fault::LoopsNowAndThen,
        Fault::DropsTheFirstSpan,
        Fault::KeepsTheFirstSpan,
        Fault::TalksNonsense,
    ]);
    let plugins = prop::collection::vec((fault, prop::sample::select(vec!["strip", "pass", "withhold"])), 0..4);
    let load = (1..4usize, 1..40usize, 1..6usize, prop::sample::select(vec![0.0, 0.5, 1.0]));
    let micros = |of: &[u64]| prop::sample::select(of.iter().map(|micros| Duration::from_micros(*micros)).collect::<Vec<_>>());
    let options = (prop::sample::select(vec![1, 20, 300, 4096]), 1..20usize, micros(&[0, 500, 5000]), 1..8usize);
    let next = micros(&[0, 0, 100]);
    let shutdown = (0..300u64, micros(&[0, 0, 1000, 30_000, 5_000_000]), 0..3usize);
    (plugins, load, options, next, shutdown).prop_map(|(plugins, load, options, next, shutdown)| Case {
        plugins,
        threads: load.0,
        traces: load.1,
        spans: load.2,
        head: load.3,
        queue: options.0,
        batch: options.1,
        delay: options.2,
        trace_spans: options.3,
        next,
        shutdown_after: shutdown.0,
        shutdown_timeout: shutdown.1,
        flushes: shutdown.2,
    })
}

fn guest(fault: Fault) -> Guest {
    let spans = "(i32.load offset=20 (local.get $batch))";
    let first = |column| {
        let mut edits = Vec::new();
        let mut writer = Writer::new(&mut edits, &Header { magic: Magic::Edits, ..Header::default() }, 1);
        writer.elements(column, &[0u32]);
        writer.finish();
        let mut guest = Guest::answering(edits);
        // A batch of a resource alone has no first span.
        guest.process = format!("(if (i32.eqz {spans}) (then (return (i32.const 192)))) {}", guest.process);
        guest
    };
    match fault {
        Fault::Idle => Guest::idle(),
        Fault::WholeTraces => Guest { whole_traces: true, ..Guest::idle() },
        Fault::TrapsAlways => Guest::trapping(),
        Fault::TrapsNowAndThen => Guest::new(&format!("(if (i32.and {spans} (i32.const 1)) (then unreachable)) (i32.const 192)")),
        Fault::LoopsNowAndThen => {
            Guest::new(&format!("(if (i32.eqz (i32.rem_u {spans} (i32.const 3))) (then (loop $for_ever (br $for_ever)))) (i32.const 192)"))
        }
        Fault::DropsTheFirstSpan => first(Column::DropSpan),
        Fault::KeepsTheFirstSpan => first(Column::KeepSpan),
        Fault::TalksNonsense => Guest::answering(*b"nonsense"),
    }
}

/// Counts the spans that the application ended, and hands them to a processor that outlives the provider.
#[derive(Debug, Clone)]
struct Ended(Arc<(SieveProcessor<Keep>, AtomicU64)>);

impl SpanProcessor for Ended {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.0.0.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        self.0.1.fetch_add(1, Ordering::SeqCst);
        self.0.0.on_end(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.0.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.0.shutdown_with_timeout(timeout)
    }
}

fn accounted(stats: &Stats) -> u64 {
    stats.forwarded + stats.sampled_out + stats.withheld + stats.dropped_queue_full + stats.dropped_shutdown + stats.in_flight
}

fn run(case: &Case) {
    set_cache_directory(Some(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("plugins")));
    let folder = Folder::empty();
    let guests: Vec<(Guest, String)> =
        case.plugins.iter().map(|(fault, rule)| (guest(*fault), format!("on_failure: {rule}, limits: {{deadline: 1ms}}"))).collect();
    let guests: Vec<(&Guest, &str)> = guests.iter().map(|(guest, rest)| (guest, rest.as_str())).collect();
    let policy = Policy::from_file(policy(&folder, &guests)).expect("a policy");
    let options = Options {
        queue_spans: case.queue,
        batch_spans: case.batch,
        batch_delay: case.delay,
        grouping: GroupLimits {
            delay: Duration::from_millis(2),
            timeout: Duration::from_millis(20),
            spans: 50,
            trace_spans: case.trace_spans,
            remembered: 10,
            ..GroupLimits::default()
        },
        ..Options::default()
    };
    let next = Keep::slow(case.next);
    let sieve = SieveProcessor::builder(policy, next.clone()).with_options(options).build().unwrap_or_else(|error| panic!("{error}"));
    let handle = sieve.handle();
    let ended = Ended(Arc::new((sieve, AtomicU64::new(0))));
    let provider = SdkTracerProvider::builder()
        .with_sampler(RecordAll::new(Sampler::TraceIdRatioBased(case.head)))
        .with_span_processor(ended.clone())
        .build();

    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::SeqCst) {
                let stats = handle.stats();
                assert_eq!(stats.received, accounted(&stats), "{stats:?}");
                std::thread::yield_now();
            }
        });
        let application: Vec<_> = (0..case.threads)
            .map(|_| {
                let tracer = provider.tracer("test");
                scope.spawn(move || {
                    for _ in 0..case.traces {
                        let root = Context::new().with_span(tracer.start_with_context("root", &Context::new()));
                        for _ in 1..case.spans {
                            tracer.start_with_context("child", &root).end();
                        }
                        root.span().end();
                    }
                })
            })
            .collect();
        for _ in 0..case.flushes {
            let _ = ended.force_flush();
        }
        // The application may end before that many spans did.
        while ended.0.1.load(Ordering::SeqCst) < case.shutdown_after && application.iter().any(|thread| !thread.is_finished()) {
            std::thread::yield_now();
        }
        let _ = ended.shutdown_with_timeout(case.shutdown_timeout);
        application.into_iter().for_each(|thread| thread.join().expect("the application does not panic"));
        // Shutdown with no time at all leaves the batch that is in work.
        eventually("nothing is in flight", || handle.stats().in_flight == 0);
        // A span counts as forwarded from the moment at which the next processor is called with it.
        eventually("the next processor has what was forwarded", || handle.stats().forwarded == next.len() as u64);
        over.store(true, Ordering::SeqCst);
    });

    let stats = handle.stats();
    assert_eq!(stats.received, accounted(&stats), "{stats:?}");
    assert_eq!(stats.received, ended.0.1.load(Ordering::SeqCst), "what the application ended: {stats:?}");
    assert_eq!(stats.received, (case.threads * case.traces * case.spans) as u64, "{stats:?}");
    assert_eq!(stats.forwarded, next.len() as u64, "what the next processor saw: {stats:?}");
    assert!(next.spans().iter().all(|span| span.span_context.is_sampled()));
    assert!(stats.stripped <= stats.forwarded, "{stats:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, rng_seed: RngSeed::Fixed(0x434f_554e), failure_persistence: None, max_shrink_iters: 30, ..ProptestConfig::default() })]

    #[test]
    fn every_span_that_comes_in_is_counted_exactly_once(case in cases()) {
        run(&case);
    }
}
