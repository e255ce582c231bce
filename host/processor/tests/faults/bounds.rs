//! What the processor holds is bounded in spans and in bytes.

use std::time::Duration;

use opentelemetry::trace::{Status, TraceContextExt};
use opentelemetry::{Array, KeyValue, StringValue, Value};
use spansieve::{GroupLimits, Options};

use super::*;

fn end_big_span(provider: &SdkTracerProvider, bytes: usize) {
    let tracer = provider.tracer("test");
    tracer.span_builder("big").with_attributes([KeyValue::new("big", "x".repeat(bytes))]).start(&tracer).end();
}

#[test]
fn the_queue_holds_no_more_bytes_than_it_may() {
    let (next, gate, _end) = gated();
    let options = Options { queue_bytes: 1 << 20, batch_spans: 1, ..Options::default() };
    let (provider, handle) = start(no_plugins(), next, options);
    end_spans(&provider, 1);
    gate.wait_for_somebody();
    for _ in 0..100 {
        end_big_span(&provider, 100_000);
        let stats = handle.stats();
        assert!(stats.queued_bytes <= 1 << 20 && stats.queued <= 10, "{stats:?}");
    }
    let stats = handle.stats();
    assert_eq!((stats.queued, stats.dropped_queue_full), (10, 90), "{stats:?}");
    // There is no room for a big one, but for a small one.
    end_spans(&provider, 1);
    assert_eq!(handle.stats().queued, 11);
    gate.open();
    provider.shutdown().unwrap();
    all_is_accounted_for(&handle, 102);
    assert_eq!((handle.stats().forwarded, handle.stats().queued_bytes), (12, 0));
}

#[test]
fn a_span_that_is_larger_than_the_queue_is_dropped_and_the_next_one_is_not() {
    for when_full in [spansieve::WhenFull::Drop, spansieve::WhenFull::Block(LONG)] {
        let next = Next::default();
        let (provider, handle) = start(no_plugins(), next.clone(), Options { queue_bytes: 10_000, when_full, ..Options::default() });
        let ((), took) = timed(|| end_big_span(&provider, 20_000));
        assert!(took < Duration::from_secs(5), "it waits for no space that there can't be");
        end_spans(&provider, 1);
        provider.shutdown().unwrap();
        all_is_accounted_for(&handle, 2);
        assert_eq!((handle.stats().dropped_queue_full, next.names()), (1, vec!["0".to_owned()]));
    }
}

#[test]
fn every_part_of_a_span_counts_for_its_bytes() {
    let (next, gate, _end) = gated();
    let (provider, handle) = start(no_plugins(), next, Options { batch_spans: 1, ..Options::default() });
    end_spans(&provider, 1);
    gate.wait_for_somebody();
    let tracer = provider.tracer("test");
    let text = || "x".repeat(100_000);
    let list = || Value::Array(Array::String(vec![StringValue::from(text())]));
    let mut before = handle.stats().queued_bytes;
    let mut check = |what: &str| {
        let after = handle.stats().queued_bytes;
        assert!((100_000..110_000).contains(&(after - before)), "{what}: {} bytes", after - before);
        before = after;
    };
    tracer.start(text()).end();
    check("name");
    let mut span = tracer.start("s");
    span.set_status(Status::error(text()));
    span.end();
    check("status message");
    tracer.span_builder("s").with_attributes([KeyValue::new(text(), 1)]).start(&tracer).end();
    check("key");
    tracer.span_builder("s").with_attributes([KeyValue::new("list", list())]).start(&tracer).end();
    check("array");
    let mut span = tracer.start("s");
    span.add_event(text(), vec![]);
    span.end();
    check("event's name");
    let mut span = tracer.start("s");
    span.add_event("e", vec![KeyValue::new("a", text())]);
    span.end();
    check("event's attribute");
    let mut span = tracer.start("s");
    let other = tracer.start("other");
    span.add_link(other.span_context().clone(), vec![KeyValue::new("a", text())]);
    span.end();
    check("link's attribute");
    gate.open();
}

/// Ends children of so many traces whose roots do not end.
fn end_orphans(provider: &SdkTracerProvider, traces: usize, mut look: impl FnMut()) -> Vec<Context> {
    let tracer = provider.tracer("test");
    let mut roots = Vec::new();
    for _ in 0..traces {
        let root = Context::new().with_span(tracer.start_with_context("root", &Context::new()));
        tracer.start_with_context("child", &root).end();
        roots.push(root);
        look();
    }
    roots
}

#[test]
fn traces_whose_roots_never_end_are_held_up_to_a_number_of_spans() {
    let (_folder, policy) = guest(&Guest { whole_traces: true, ..Guest::idle() }, "");
    let next = Next::default();
    let grouping = GroupLimits { spans: 200, remembered: 1000, ..GroupLimits::default() };
    let options = Options { queue_spans: 128, batch_spans: 32, grouping, ..Options::default() };
    // Grouped, taken from the queue in one go, queued, in work.
    let most = 200 + 128 + 128 + 32;
    let (provider, handle) = start(policy, next.clone(), options);
    let roots = end_orphans(&provider, 5000, || {
        let held = handle.stats().in_flight;
        assert!(held <= most, "{held} spans are held");
    });
    eventually("the oldest were let go", || handle.stats().in_flight <= 200);
    let stats = handle.stats();
    assert!(stats.forwarded >= 5000 - 200 - stats.dropped_queue_full, "{stats:?}");
    drop(roots);
    provider.shutdown().unwrap();
    all_is_accounted_for(&handle, 10_000);
}

#[test]
fn traces_whose_roots_never_end_are_held_up_to_a_number_of_bytes() {
    let (_folder, policy) = guest(&Guest { whole_traces: true, ..Guest::idle() }, "");
    let next = Next::default();
    let grouping = GroupLimits { bytes: 100_000, remembered: 1000, ..GroupLimits::default() };
    let (provider, handle) = start(policy, next.clone(), Options { grouping, ..Options::default() });
    let tracer = provider.tracer("test");
    let mut roots = Vec::new();
    for number in 0..200 {
        let root = Context::new().with_span(tracer.start_with_context("root", &Context::new()));
        let child = tracer.span_builder(number.to_string()).with_attributes([KeyValue::new("big", "x".repeat(9000))]);
        child.start_with_context(&tracer, &root).end();
        roots.push(root);
    }
    eventually("the oldest were let go", || handle.stats().in_flight <= 11);
    eventually("they arrived", || next.names().len() >= 189);
    assert_eq!(next.names()[..100], (0..100).map(|number| number.to_string()).collect::<Vec<_>>(), "the oldest first");
    assert!(handle.stats().in_flight >= 5, "and the youngest are still held");
    drop(roots);
    provider.shutdown().unwrap();
    all_is_accounted_for(&handle, 400);
}

#[test]
fn times_for_ever_do_not_overflow_a_clock() {
    let (_folder, policy) = guest(&Guest { whole_traces: true, ..Guest::idle() }, "");
    let next = Next::default();
    let grouping = GroupLimits { timeout: Duration::MAX, delay: Duration::MAX, ..GroupLimits::default() };
    let reload = spansieve::ReloadOptions { probation: Duration::MAX, patience: Duration::MAX, ..spansieve::ReloadOptions::default() };
    let options = Options {
        batch_delay: Duration::MAX,
        flush_timeout: Duration::MAX,
        when_full: spansieve::WhenFull::Block(Duration::MAX),
        queue_spans: 4,
        grouping,
        reload,
        ..Options::default()
    };
    let (provider, handle) = start(policy, next.clone(), options);
    end_spans(&provider, 100);
    provider.force_flush().unwrap();
    handle.replace(redact()).unwrap();
    let tracer = provider.tracer("test");
    tracer.start("planted@example.org").end();
    provider.shutdown().unwrap();
    all_is_accounted_for(&handle, 101);
    assert_eq!((next.names().len(), next.has("planted@example.org")), (101, false));
}
