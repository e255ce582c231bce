//! A next processor that panics or stands still.

use std::time::Duration;

use opentelemetry_sdk::error::OTelSdkError;
use spansieve::Options;

use super::*;

#[test]
fn a_panic_costs_the_one_span_and_is_counted() {
    let next = Next::doing(|span| assert!(!span.name.ends_with('7'), "the next processor does not like it"));
    let (provider, handle) = start(no_plugins(), next.clone(), Options::default());
    end_spans(&provider, 100);
    provider.force_flush().unwrap();
    let stats = handle.stats();
    assert_eq!((stats.received, stats.forwarded, stats.next_panics, stats.in_flight), (100, 100, 10, 0));
    assert_eq!(next.names(), (0..100).filter(|number| number % 10 != 7).map(|number| number.to_string()).collect::<Vec<_>>());
    provider.shutdown().unwrap();
}

#[test]
fn a_panic_on_every_span_costs_nothing_but_them() {
    let next = Next::doing(|_| panic!("the next processor likes nothing"));
    let (provider, handle) = start(redact(), next.clone(), Options { batch_spans: 7, ..Options::default() });
    end_spans(&provider, 50);
    provider.shutdown().unwrap();
    let stats = handle.stats();
    assert_eq!((stats.received, stats.forwarded, stats.next_panics, stats.in_flight), (50, 50, 50, 0));
}

#[test]
fn while_the_next_one_stands_still_the_queue_fills_and_every_call_comes_back_in_time() {
    let (next, gate, _end) = gated();
    let options = Options { queue_spans: 64, batch_spans: 8, flush_timeout: Duration::from_millis(100), ..Options::default() };
    let (provider, handle) = start(redact(), next.clone(), options);
    end_spans(&provider, 1);
    gate.wait_for_somebody();
    let ((), took) = timed(|| end_spans(&provider, 1000));
    assert!(took < Duration::from_secs(5), "on_end does not wait: {took:?}");
    let stats = handle.stats();
    assert_eq!((stats.queued, stats.queue_capacity), (64, 64));
    assert_eq!((stats.dropped_queue_full, stats.in_flight, sum(&stats)), (1000 - 64, 64, 1001), "{stats:?}");

    let (flushed, took) = timed(|| provider.force_flush());
    assert!(flushed.is_err() && took < Duration::from_secs(5), "{flushed:?} after {took:?}");
    let (shut_down, took) = timed(|| provider.shutdown_with_timeout(Duration::from_millis(300)));
    assert!(matches!(shut_down, Err(OTelSdkError::Timeout(_) | OTelSdkError::InternalFailure(_))), "{shut_down:?}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    // What was queued is given up; what the next processor holds is not known to be lost.
    let stats = handle.stats();
    assert_eq!((stats.queued, stats.queued_bytes, stats.dropped_shutdown), (0, 0, 64), "{stats:?}");

    gate.open();
    all_is_accounted_for(&handle, 1001);
    assert_eq!(handle.stats().forwarded, 1);
}

#[test]
fn a_flush_comes_back_under_full_load() {
    let next = Next::doing(|_| std::thread::sleep(Duration::from_micros(50)));
    let (provider, handle) = start(no_plugins(), next, Options { queue_spans: 256, batch_spans: 8, ..Options::default() });
    under_full_load(&provider, &handle, || {
        for _ in 0..3 {
            provider.force_flush().unwrap();
        }
    });
}

#[test]
fn a_policy_changes_under_full_load_and_while_others_flush() {
    let next = Next::doing(|_| std::thread::sleep(Duration::from_micros(50)));
    let (provider, handle) = start(no_plugins(), next, Options { queue_spans: 256, batch_spans: 8, ..Options::default() });
    under_full_load(&provider, &handle, || {
        std::thread::scope(|scope| {
            let flush = scope.spawn(|| (0..20).for_each(|_| drop(provider.force_flush())));
            for (policy, generation) in [(redact(), 2), (no_plugins(), 3), (redact(), 4)] {
                assert_eq!(handle.replace(policy).unwrap().generation, generation);
            }
            flush.join().unwrap();
        });
    });
}

/// Does something while there are always more spans than the processor can handle.
fn under_full_load(provider: &SdkTracerProvider, handle: &Handle, work: impl FnOnce()) {
    let over = std::sync::atomic::AtomicBool::new(false);
    let is_over = || over.load(std::sync::atomic::Ordering::Relaxed);
    struct Over<'a>(&'a std::sync::atomic::AtomicBool);
    impl Drop for Over<'_> {
        fn drop(&mut self) {
            self.0.store(true, std::sync::atomic::Ordering::Relaxed);
        }
    }
    std::thread::scope(|scope| {
        let _over = Over(&over);
        for _ in 0..2 {
            scope.spawn(|| {
                while !is_over() {
                    end_spans(provider, 100);
                    std::thread::yield_now();
                }
            });
        }
        eventually("the queue is full", || handle.stats().dropped_queue_full > 100);
        work();
    });
    provider.shutdown().unwrap();
    let received = handle.stats().received;
    all_is_accounted_for(handle, received);
}

#[test]
fn a_flush_of_the_next_one_that_takes_long_keeps_no_span_from_passing() {
    let gate = Gate::default();
    let (_end, for_next) = (OpenAtTheEnd(gate.clone()), gate.clone());
    let next = Next { on_flush: Some(Arc::new(move |()| for_next.pass())), ..Next::default() };
    let (provider, handle) = start(redact(), next.clone(), Options::default());
    std::thread::scope(|scope| {
        scope.spawn(|| provider.force_flush());
        gate.wait_for_somebody();
        end_spans(&provider, 10);
        eventually("the spans passed", || handle.stats().forwarded == 10);
        gate.open();
    });
}
