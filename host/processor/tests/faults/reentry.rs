//! What is called from inside the processor's own thread, and calls it in turn.

use std::sync::OnceLock;
use std::time::Duration;

use spansieve::Options;

use super::*;

/// A next processor that can reach the provider that it belongs to.
fn inside(work: impl Fn(&SdkTracerProvider, &SpanData) + Send + Sync + 'static, options: Options) -> (Next, SdkTracerProvider, Handle) {
    let provider: Arc<OnceLock<SdkTracerProvider>> = Arc::default();
    let for_next = Arc::clone(&provider);
    let next = Next::doing(move |span| {
        if let Some(provider) = for_next.get() {
            work(provider, span);
        }
    });
    let (built, handle) = start(no_plugins(), next.clone(), options);
    provider.set(built.clone()).expect("it is set once");
    (next, built, handle)
}

#[test]
fn spans_that_the_next_one_makes_in_passing_are_none() {
    let (next, provider, handle) = inside(
        |provider, _| {
            let tracer = provider.tracer("inner");
            tracer.in_span("inner", |_| tracer.start("inner child").end());
        },
        Options::default(),
    );
    end_spans(&provider, 100);
    provider.shutdown().unwrap();
    all_is_accounted_for(&handle, 100);
    assert_eq!(next.names().len(), 100);
}

#[test]
fn spans_that_it_insists_on_pass_like_any_others() {
    let (next, provider, handle) = inside(
        |provider, span| {
            if span.name != "inner" {
                provider.tracer("inner").start_with_context("inner", &Context::new()).end();
            }
        },
        Options::default(),
    );
    end_spans(&provider, 100);
    provider.force_flush().unwrap();
    provider.shutdown().unwrap();
    all_is_accounted_for(&handle, 200);
    assert_eq!(next.names().iter().filter(|name| *name == "inner").count(), 100);
}

#[test]
fn a_flush_from_inside_does_not_wait_for_itself() {
    let options = Options { flush_timeout: Duration::from_secs(3600), ..Options::default() };
    let (_, provider, handle) = inside(|provider, _| assert!(provider.force_flush().is_err(), "it can't be done"), options);
    end_spans(&provider, 20);
    let (flushed, took) = timed(|| provider.force_flush());
    flushed.unwrap();
    assert!(took < LONG, "{took:?}");
    provider.shutdown().unwrap();
    all_is_accounted_for(&handle, 20);
    assert_eq!(handle.stats().next_panics, 0);
}

#[test]
fn a_shutdown_from_inside_does_not_wait_for_itself() {
    let work = |provider: &SdkTracerProvider, _: &SpanData| drop(provider.shutdown_with_timeout(Duration::from_secs(3600)));
    let (_, provider, handle) = inside(work, Options { batch_spans: 1, ..Options::default() });
    let ((), took) = timed(|| {
        end_spans(&provider, 20);
        eventually("everything is over", || handle.stats().received > 0 && handle.stats().in_flight == 0);
    });
    assert!(took < LONG, "{took:?}");
    let stats = handle.stats();
    assert_eq!(stats.received, sum(&stats), "{stats:?}");
}

/// What the subscriber makes spans with.
static TRACER: OnceLock<SdkTracerProvider> = OnceLock::new();

/// Makes a span of each line that the plugin `chatty` logs, as bridges from logs to spans do.
struct SpanOfEachLine;

impl tracing::Subscriber for SpanOfEachLine {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target() == "spansieve::plugin"
    }

    fn event(&self, event: &tracing::Event<'_>) {
        struct IsChatty(bool);
        impl tracing::field::Visit for IsChatty {
            fn record_str(&mut self, field: &tracing::field::Field, value: &str) {
                self.0 |= field.name() == "plugin" && value == "chatty";
            }
            fn record_debug(&mut self, _: &tracing::field::Field, _: &dyn fmt::Debug) {}
        }
        let mut is_chatty = IsChatty(false);
        event.record(&mut is_chatty);
        if let (true, Some(provider)) = (is_chatty.0, TRACER.get()) {
            LINES.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            provider.tracer("log").start("a line").end();
        }
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

static LINES: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);

#[test]
fn spans_that_a_log_subscriber_makes_of_a_plugins_lines_do_not_go_round() {
    tracing::subscriber::set_global_default(SpanOfEachLine).expect("no other test has one");
    let folder = Folder::empty();
    let chatty = Guest::new("(call $log (i32.const 1) (i32.const 512) (i32.const 4)) (i32.const 192)");
    folder.write("chatty.wasm", chatty.component());
    let path = folder.write("policy.yaml", "{version: 1, plugins: [{name: chatty, use: 'file:./chatty.wasm'}]}");
    let next = Next::default();
    let options = Options { batch_spans: 1, ..Options::default() };
    let (provider, handle) = start(Policy::from_file(path).expect("a policy"), next.clone(), options);
    TRACER.set(provider.clone()).expect("it is set once");
    end_spans(&provider, 50);
    provider.shutdown().unwrap();
    all_is_accounted_for(&handle, 50);
    assert!(LINES.load(std::sync::atomic::Ordering::Relaxed) >= 10, "lines were logged");
    assert_eq!(next.names().len(), 50);
}
