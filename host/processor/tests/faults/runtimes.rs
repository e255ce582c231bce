//! With no async runtime, and with one whose only thread waits for the processor.

use std::time::Duration;

use spansieve::Options;

use super::*;

fn spans_pass_flush_and_shut_down() {
    provider_that_flushes().shutdown_with_timeout(LONG).unwrap();
}

fn provider_that_flushes() -> SdkTracerProvider {
    let next = Next::default();
    let (provider, handle) = start(redact(), next.clone(), Options::default());
    end_spans(&provider, 1000);
    provider.force_flush().unwrap();
    all_is_accounted_for(&handle, 1000);
    assert_eq!(next.names().len(), 1000);
    handle.replace(no_plugins()).unwrap();
    end_spans(&provider, 10);
    provider.force_flush().unwrap();
    assert_eq!(next.names().len(), 1010);
    provider
}

#[test]
fn without_a_runtime() {
    assert!(tokio::runtime::Handle::try_current().is_err());
    spans_pass_flush_and_shut_down();
}

#[test]
fn inside_the_only_thread_of_a_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async { spans_pass_flush_and_shut_down() });
}

#[test]
fn inside_a_task_of_a_runtime_with_one_worker() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().expect("a runtime");
    runtime.block_on(async { tokio::spawn(async { spans_pass_flush_and_shut_down() }).await.expect("no panic") });
}

#[test]
fn dropped_inside_a_runtime_and_with_it() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let (provider, took) = timed(|| runtime.block_on(async { provider_that_flushes() }));
    runtime.block_on(async move { drop(provider) });
    drop(runtime);
    assert!(took < 2 * LONG);
}

#[test]
fn the_processors_thread_is_in_no_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let next = Next::doing(|_| assert!(tokio::runtime::Handle::try_current().is_err()));
        let (provider, handle) = start(no_plugins(), next, Options { batch_delay: Duration::ZERO, ..Options::default() });
        end_spans(&provider, 10);
        provider.shutdown().unwrap();
        assert_eq!(handle.stats().next_panics, 0);
    });
}
