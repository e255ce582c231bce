//! Faults around the processor: next processors that panic, block or call back, plugins that never end, queues that overflow, deadlines that pass.
//! Whatever happens, calls come back in time, spans are counted, and what redact has not seen does not leave.

mod blocking;
mod bounds;
mod metrics;
mod next;
mod policies;
mod reentry;
mod runtimes;
mod shutdown;
#[path = "../../../runtime/tests/support/mod.rs"]
mod support;

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use opentelemetry::Context;
use opentelemetry::trace::{Span as _, Tracer, TracerProvider};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, Span, SpanData, SpanProcessor};
use spansieve::{Handle, Options, Policy, SieveProcessor, Stats, set_cache_directory};
use support::{Folder, Guest};

/// What no test should come near to, however slow the machine.
const LONG: Duration = Duration::from_secs(30);

/// A next processor that keeps what it gets, and does besides what a test wants.
#[derive(Clone, Default)]
struct Next {
    spans: Arc<Mutex<Vec<SpanData>>>,
    resources: Arc<Mutex<Vec<Resource>>>,
    on_end: Option<Hook<SpanData>>,
    on_resource: Option<Hook<Resource>>,
    on_flush: Option<Hook<()>>,
}

type Hook<T> = Arc<dyn Fn(&T) + Send + Sync>;

impl Next {
    /// One that does this with each span before it keeps it.
    fn doing(on_end: impl Fn(&SpanData) + Send + Sync + 'static) -> Next {
        Next { on_end: Some(Arc::new(on_end)), ..Next::default() }
    }

    fn names(&self) -> Vec<String> {
        self.spans.lock().unwrap().iter().map(|span| span.name.to_string()).collect()
    }

    /// How often the value stands anywhere in what it got.
    fn has(&self, text: &str) -> bool {
        format!("{:?} {:?}", self.spans.lock().unwrap(), self.resources.lock().unwrap()).contains(text)
    }
}

impl fmt::Debug for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Next")
    }
}

impl SpanProcessor for Next {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        if let Some(hook) = &self.on_end {
            hook(&span);
        }
        self.spans.lock().unwrap().push(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        if let Some(hook) = &self.on_flush {
            hook(&());
        }
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn set_resource(&mut self, resource: &Resource) {
        if let Some(hook) = &self.on_resource {
            hook(resource);
        }
        self.resources.lock().unwrap().push(resource.clone());
    }
}

/// Holds up whoever comes, until it is opened. Opens by itself when the test ends, however it ends.
#[derive(Clone, Default)]
struct Gate(Arc<(Mutex<(bool, usize)>, Condvar)>);

impl Gate {
    fn pass(&self) {
        let (state, changed) = &*self.0;
        let mut state = state.lock().unwrap();
        state.1 += 1;
        changed.notify_all();
        drop(changed.wait_while(state, |(is_open, _)| !*is_open).unwrap());
    }

    fn open(&self) {
        let (state, changed) = &*self.0;
        state.lock().unwrap().0 = true;
        changed.notify_all();
    }

    /// Waits until somebody stands before it.
    fn wait_for_somebody(&self) {
        let (state, changed) = &*self.0;
        let (state, _) = changed.wait_timeout_while(state.lock().unwrap(), LONG, |(_, came)| *came == 0).unwrap();
        assert!(state.1 > 0, "nobody came to the gate");
    }
}

/// Opens a gate when the test ends, so that no thread is left behind it.
struct OpenAtTheEnd(Gate);

impl Drop for OpenAtTheEnd {
    fn drop(&mut self) {
        self.0.open();
    }
}

/// A next processor that stands still until the gate is opened.
fn gated() -> (Next, Gate, OpenAtTheEnd) {
    let gate = Gate::default();
    let for_next = gate.clone();
    (Next::doing(move |_| for_next.pass()), gate.clone(), OpenAtTheEnd(gate))
}

fn cache() {
    set_cache_directory(Some(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("plugins")));
}

fn parse(policy: &str) -> Policy {
    Policy::parse(policy, "test", Path::new("")).expect("a policy")
}

fn no_plugins() -> Policy {
    parse("{version: 1, plugins: []}")
}

fn redact() -> Policy {
    parse("{version: 1, plugins: [{use: 'builtin:redact'}]}")
}

/// A policy of one guest.
fn guest(guest: &Guest, rest: &str) -> (Folder, Policy) {
    let folder = Folder::empty();
    let path = support::policy(&folder, &[(guest, rest)]);
    (folder, Policy::from_file(path).expect("a policy"))
}

fn start(policy: Policy, next: Next, options: Options) -> (SdkTracerProvider, Handle) {
    cache();
    let sieve = SieveProcessor::builder(policy, next).with_options(options).build().unwrap_or_else(|error| panic!("{error}"));
    let handle = sieve.handle();
    (SdkTracerProvider::builder().with_span_processor(sieve).build(), handle)
}

/// Ends spans of their own, named by number.
fn end_spans(provider: &SdkTracerProvider, count: usize) {
    let tracer = provider.tracer("test");
    (0..count).for_each(|number| tracer.start(number.to_string()).end());
}

fn sum(stats: &Stats) -> u64 {
    stats.forwarded + stats.sampled_out + stats.withheld + stats.dropped_queue_full + stats.dropped_shutdown + stats.in_flight
}

/// Everything came to an end, and nothing was forgotten.
fn all_is_accounted_for(handle: &Handle, received: u64) {
    eventually("nothing is in flight", || handle.stats().in_flight == 0);
    let stats = handle.stats();
    assert_eq!((stats.received, sum(&stats)), (received, received), "{stats:?}");
}

fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < LONG, "{what}: not after {LONG:?}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Does something, and answers with how long it took.
fn timed<R>(work: impl FnOnce() -> R) -> (R, Duration) {
    let started = Instant::now();
    let result = work();
    (result, started.elapsed())
}
