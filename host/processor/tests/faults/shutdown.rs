//! Shutdown, whatever holds it up; and what comes after.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry_sdk::error::OTelSdkError;
use spansieve::Options;

use super::*;

const SECRET: &str = "planted@example.org";

/// A plugin that never ends on batches with at least so many spans, in front of redact.
fn looping_before_redact(rule: &str, spans: u32) -> (Folder, Policy) {
    let folder = Folder::empty();
    let has_spans = format!("(i32.ge_u (i32.load offset=20 (local.get $batch)) (i32.const {spans}))");
    folder.write("loop.wasm", Guest::new(&format!("(if {has_spans} (then (loop $on (br $on)))) (i32.const 192)")).component());
    let text = format!(
        "{{version: 1, plugins: [{{name: loop, use: 'file:./loop.wasm', on_failure: {rule}, limits: {{deadline: 1s}}}}, {{use: 'builtin:redact'}}]}}"
    );
    let path = folder.write("policy.yaml", text);
    (folder, Policy::from_file(path).expect("a policy"))
}

#[test]
fn while_a_plugin_loops_it_keeps_the_callers_deadline_and_nothing_unredacted_leaves() {
    for rule in ["pass", "strip", "withhold"] {
        let (_folder, policy) = looping_before_redact(rule, 1);
        let next = Next::default();
        let (provider, handle) = start(policy, next.clone(), Options { batch_spans: 1, ..Options::default() });
        let tracer = provider.tracer("test");
        for _ in 0..5 {
            tracer.span_builder(format!("GET /{SECRET}")).with_attributes([KeyValue::new("user", SECRET)]).start(&tracer).end();
        }
        eventually("a span is in work", || handle.stats().queued < 5);
        let (result, took) = timed(|| provider.shutdown_with_timeout(Duration::from_millis(100)));
        assert!(matches!(result, Err(OTelSdkError::Timeout(_) | OTelSdkError::InternalFailure(_))), "{rule}: {result:?}");
        assert!(took < Duration::from_millis(900), "{rule}: {took:?}, though the plugin takes a second");
        // The plugin comes to its own deadline later.
        all_is_accounted_for(&handle, 5);
        assert!(!next.has(SECRET), "{rule}: {:?}", next.names());
        assert!(handle.stats().dropped_shutdown >= 3, "{rule}: {:?}", handle.stats());
    }
}

#[test]
fn a_resource_that_a_plugin_loops_on_does_not_leave() {
    let (_folder, policy) = looping_before_redact("pass", 0);
    let next = Next::default();
    cache();
    let options = Options { flush_timeout: Duration::from_millis(50), ..Options::default() };
    let sieve = SieveProcessor::builder(policy, next.clone()).with_options(options).build().expect("a processor");
    let resource = Resource::builder_empty().with_attribute(KeyValue::new("owner", SECRET)).build();
    let (provider, took) = timed(|| SdkTracerProvider::builder().with_resource(resource).with_span_processor(sieve).build());
    assert!(took < Duration::from_millis(900), "{took:?}");
    assert!(!next.has(SECRET) && next.resources.lock().unwrap().len() == 1);
    let _ = provider.shutdown_with_timeout(Duration::from_millis(10));
}

#[test]
fn without_any_time_it_counts_what_is_left() {
    let (next, gate, _end) = gated();
    let (provider, handle) = start(no_plugins(), next, Options { batch_spans: 4, ..Options::default() });
    end_spans(&provider, 100);
    gate.wait_for_somebody();
    let (_, took) = timed(|| provider.shutdown_with_timeout(Duration::ZERO));
    assert!(took < Duration::from_secs(5));
    gate.open();
    all_is_accounted_for(&handle, 100);
    assert!(handle.stats().dropped_shutdown >= 90);
}

#[test]
fn for_ever_is_a_deadline_too() {
    let next = Next::default();
    let options = Options { flush_timeout: Duration::MAX, batch_delay: Duration::from_millis(1), ..Options::default() };
    let (provider, handle) = start(no_plugins(), next.clone(), options);
    end_spans(&provider, 10);
    provider.force_flush().unwrap();
    provider.shutdown_with_timeout(Duration::MAX).unwrap();
    assert_eq!((next.names().len(), handle.stats().in_flight), (10, 0));
}

#[test]
fn a_second_shutdown_and_a_flush_afterwards_come_back_at_once() {
    let next = Next::default();
    cache();
    let sieve = SieveProcessor::new(no_plugins(), next).expect("a processor");
    let handle = sieve.handle();
    sieve.shutdown_with_timeout(LONG).unwrap();
    let ((), took) = timed(|| {
        sieve.force_flush().unwrap();
        sieve.shutdown_with_timeout(LONG).unwrap();
        assert!(handle.reload().is_err() && handle.replace(redact()).is_err());
    });
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[test]
fn who_changes_the_policy_meanwhile_is_told_and_not_left_waiting() {
    for _ in 0..20 {
        let (provider, handle) = start(no_plugins(), Next::default(), Options::default());
        let (over, answers) = (AtomicBool::new(false), AtomicU32::new(0));
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !over.load(Ordering::Relaxed) {
                        let _ = handle.replace(no_plugins());
                        answers.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
            eventually("policies are handed in", || answers.load(Ordering::Relaxed) > 2);
            provider.shutdown().unwrap();
            over.store(true, Ordering::Relaxed);
        });
    }
}

#[test]
fn dropped_without_it_the_processor_finishes_what_it_has() {
    let next = Next::doing(|_| std::thread::sleep(Duration::from_millis(1)));
    cache();
    let sieve = SieveProcessor::new(redact(), next.clone()).expect("a processor");
    let handle = sieve.handle();
    // Spans from a provider that knows nothing of the processor's end.
    let keep = Next::default();
    let provider = SdkTracerProvider::builder().with_span_processor(keep.clone()).build();
    end_spans(&provider, 100);
    keep.spans.lock().unwrap().drain(..).for_each(|span| sieve.on_end(span));
    let ((), took) = timed(|| drop(sieve));
    assert!(took < Duration::from_secs(5), "drop waits for nothing: {took:?}");
    all_is_accounted_for(&handle, 100);
    eventually("they arrived", || next.names().len() == 100);
}

#[test]
fn spans_that_end_while_it_goes_on_are_forwarded_or_counted() {
    let next = Next::default();
    cache();
    let sieve = SieveProcessor::builder(redact(), next.clone()).with_options(Options { queue_spans: 128, ..Options::default() });
    let sieve = sieve.build().expect("a processor");
    let handle = sieve.handle();
    let keep = Next::default();
    let provider = SdkTracerProvider::builder().with_span_processor(keep.clone()).build();
    end_spans(&provider, 1);
    let span = keep.spans.lock().unwrap().remove(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..2000).for_each(|_| sieve.on_end(span.clone())));
        }
        sieve.shutdown_with_timeout(LONG).unwrap();
    });
    all_is_accounted_for(&handle, 8000);
    eventually("they arrived", || handle.stats().forwarded == next.names().len() as u64);
}
