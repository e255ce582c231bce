//! Every span that comes in comes out or is counted.

use std::sync::atomic::{AtomicU64, Ordering};

use spansieve_runtime::{Outcome, PluginStats};

/// What became of the spans of one processor, at one moment. `received` is always the sum of the others that count spans.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Spans that were handed to the processor.
    pub received: u64,
    /// Spans that went on to the next processor.
    pub forwarded: u64,
    /// Spans that a plugin dropped, or that were only recorded and that no plugin kept.
    pub sampled_out: u64,
    /// Spans that were held back because a plugin failed, or because of a fault in the host.
    pub withheld: u64,
    /// Spans that came while the queue was full.
    pub dropped_queue_full: u64,
    /// Spans that came after shutdown, or that shutdown could not finish in its time.
    pub dropped_shutdown: u64,
    /// Spans that are queued, grouped or in work.
    pub in_flight: u64,
    /// Of the forwarded spans, those of which only the skeleton was left.
    pub stripped: u64,
    /// Of the forwarded spans, those on which the next processor panicked.
    pub next_panics: u64,
    /// Spans in the queue.
    pub queued: u64,
    /// Bytes of the spans in the queue, as they are estimated.
    pub queued_bytes: u64,
    /// Spans that the queue has room for.
    pub queue_capacity: u64,
    /// Figures of each plugin, in order.
    pub plugins: Vec<PluginStats>,
}

#[derive(Debug, Default)]
pub(crate) struct Accounting {
    received: AtomicU64,
    /// Forwarded spans that are more than a skeleton, and those that are not. Both counts only ever grow, which what is left of a difference does not.
    whole: AtomicU64,
    stripped: AtomicU64,
    sampled_out: AtomicU64,
    withheld: AtomicU64,
    queue_full: AtomicU64,
    shutdown: AtomicU64,
    next_panics: AtomicU64,
}

impl Accounting {
    pub(crate) fn received(&self) {
        self.received.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn dropped_queue_full(&self) {
        self.queue_full.fetch_add(1, Ordering::Release);
    }

    pub(crate) fn dropped_shutdown(&self, spans: usize) {
        self.shutdown.fetch_add(spans as u64, Ordering::Release);
    }

    /// What the chain did not let through. Forwarded spans are counted one by one as they go.
    pub(crate) fn processed(&self, outcome: &Outcome) {
        self.sampled_out.fetch_add(outcome.sampled_out as u64, Ordering::Release);
        self.withheld.fetch_add(outcome.withheld as u64, Ordering::Release);
    }

    pub(crate) fn withheld(&self, spans: usize) {
        self.withheld.fetch_add(spans as u64, Ordering::Release);
    }

    pub(crate) fn forwarded(&self, is_stripped: bool) {
        let count = if is_stripped { &self.stripped } else { &self.whole };
        count.fetch_add(1, Ordering::Release);
    }

    /// The next processor panicked on a span. The first time is told.
    pub(crate) fn next_panicked(&self) {
        if self.next_panics.fetch_add(1, Ordering::Relaxed) == 0 {
            tracing::error!("the processor behind spansieve panicked on a span; further panics are only counted");
        }
    }

    /// The counters at this moment. What came out is read before what came in, so that nothing is in flight less than zero times.
    pub(crate) fn stats(&self) -> Stats {
        let stripped = self.stripped.load(Ordering::Acquire);
        let forwarded = self.whole.load(Ordering::Acquire) + stripped;
        let sampled_out = self.sampled_out.load(Ordering::Acquire);
        let withheld = self.withheld.load(Ordering::Acquire);
        let dropped_queue_full = self.queue_full.load(Ordering::Acquire);
        let dropped_shutdown = self.shutdown.load(Ordering::Acquire);
        let received = self.received.load(Ordering::Acquire);
        let out = forwarded + sampled_out + withheld + dropped_queue_full + dropped_shutdown;
        Stats {
            received,
            forwarded,
            sampled_out,
            withheld,
            dropped_queue_full,
            dropped_shutdown,
            in_flight: received.saturating_sub(out),
            stripped,
            next_panics: self.next_panics.load(Ordering::Relaxed),
            ..Stats::default()
        }
    }
}
