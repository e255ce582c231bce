//! A next processor for tests.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use opentelemetry::Context;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};

/// Keeps the spans that it gets, and takes its time if it is told to. Clones keep them in the same place.
#[derive(Clone, Debug, Default)]
pub struct Keep {
    spans: Arc<Mutex<Vec<SpanData>>>,
    pause: Duration,
}

impl Keep {
    /// One that takes so long for each span.
    pub fn slow(pause: Duration) -> Keep {
        Keep { pause, ..Keep::default() }
    }

    /// The spans so far.
    pub fn spans(&self) -> Vec<SpanData> {
        self.spans.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many there are so far.
    pub fn len(&self) -> usize {
        self.spans.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether there are none so far.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl SpanProcessor for Keep {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        if !self.pause.is_zero() {
            std::thread::sleep(self.pause);
        }
        self.spans.lock().unwrap_or_else(PoisonError::into_inner).push(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

/// Waits until something is so.
///
/// # Panics
/// When it is not so after 20 s.
pub fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < Duration::from_secs(20), "{what}: not after 20 s");
        std::thread::yield_now();
    }
}
