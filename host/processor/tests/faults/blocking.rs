//! `WhenFull::Block`: the application waits for space rather than losing spans, but not for ever.

use std::time::Duration;

use spansieve::{Options, WhenFull};

use super::*;

fn options(longest: Duration) -> Options {
    Options { when_full: WhenFull::Block(longest), queue_spans: 4, batch_spans: 1, ..Options::default() }
}

#[test]
fn threads_wait_for_space_and_nothing_is_lost() {
    let next = Next::doing(|_| std::thread::sleep(Duration::from_micros(100)));
    let (provider, handle) = start(redact(), next.clone(), options(LONG));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| end_spans(&provider, 500));
        }
    });
    provider.shutdown().unwrap();
    all_is_accounted_for(&handle, 2000);
    let stats = handle.stats();
    assert_eq!((stats.forwarded, stats.dropped_queue_full, next.names().len()), (2000, 0, 2000));
}

#[test]
fn a_thread_waits_until_there_is_space() {
    let (next, gate, _end) = gated();
    let (provider, handle) = start(no_plugins(), next, options(LONG));
    end_spans(&provider, 1);
    gate.wait_for_somebody();
    end_spans(&provider, 4);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| end_spans(&provider, 1));
        eventually("it has come", || handle.stats().received == 6);
        assert_eq!((handle.stats().queued, handle.stats().dropped_queue_full, waiting.is_finished()), (4, 0, false));
        gate.open();
    });
    provider.shutdown().unwrap();
    all_is_accounted_for(&handle, 6);
    assert_eq!(handle.stats().forwarded, 6);
}

#[test]
fn it_gives_up_at_its_deadline() {
    let (next, gate, _end) = gated();
    let (provider, handle) = start(no_plugins(), next, options(Duration::from_millis(50)));
    end_spans(&provider, 1);
    gate.wait_for_somebody();
    end_spans(&provider, 4);
    let ((), took) = timed(|| end_spans(&provider, 3));
    assert!(took >= Duration::from_millis(150) && took < Duration::from_secs(10), "{took:?}");
    assert_eq!(handle.stats().dropped_queue_full, 3);
    gate.open();
    provider.shutdown().unwrap();
    all_is_accounted_for(&handle, 8);
}

#[test]
fn shutdown_lets_go_those_who_wait() {
    let (next, gate, _end) = gated();
    cache();
    let sieve = SieveProcessor::builder(no_plugins(), next).with_options(options(Duration::from_secs(3600))).build().expect("a processor");
    let handle = sieve.handle();
    let keep = Next::default();
    let provider = SdkTracerProvider::builder().with_span_processor(keep.clone()).build();
    end_spans(&provider, 1);
    let span = keep.spans.lock().unwrap().remove(0);
    sieve.on_end(span.clone());
    gate.wait_for_somebody();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| (0..10).for_each(|_| sieve.on_end(span.clone())));
        }
        eventually("they wait", || handle.stats().received == 8);
        let (_, took) = timed(|| sieve.shutdown_with_timeout(Duration::from_millis(100)));
        assert!(took < Duration::from_secs(5), "{took:?}");
    });
    gate.open();
    all_is_accounted_for(&handle, 31);
}

#[test]
fn a_span_that_ends_in_the_workers_own_thread_does_not_wait_for_the_worker() {
    let provider: Arc<Mutex<Option<SdkTracerProvider>>> = Arc::default();
    let for_next = Arc::clone(&provider);
    let next = Next::doing(move |span| {
        if span.name != "inner"
            && let Some(provider) = &*for_next.lock().unwrap()
        {
            // More than the queue holds. An empty context, so that the SDK does not know where it is.
            let tracer = provider.tracer("inner");
            (0..10).for_each(|_| tracer.start_with_context("inner", &Context::new()).end());
        }
    });
    let (built, handle) = start(no_plugins(), next.clone(), options(Duration::from_secs(3600)));
    *provider.lock().unwrap() = Some(built.clone());
    let ((), took) = timed(|| {
        end_spans(&built, 20);
        built.force_flush().unwrap();
    });
    assert!(took < LONG, "{took:?}");
    *provider.lock().unwrap() = None;
    built.shutdown().unwrap();
    all_is_accounted_for(&handle, 20 * 11);
    assert!(handle.stats().dropped_queue_full >= 20, "those that found no space");
    assert_eq!(next.names().iter().filter(|name| *name != "inner").count(), 20);
}
