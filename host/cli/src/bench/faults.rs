//! `spansieve bench --faults`: what a plugin costs that fails on one span in 10,000.
//!
//! The same policy, the benchmark's with such a plugin in front, works on the same spans twice: without and with the spans on which it fails, in turns.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use opentelemetry_sdk::trace::SpanData;
use spansieve::bench::{encode, write_back};
use spansieve_runtime::{Batch, Chain, Policy, TraceReason};

use super::spans::{Keys, of_batch, renew_trace_ids};
use super::startup::least_and_median;
use crate::build_plugin::component;
use crate::scratch::Scratch;

/// One span in so many is one on which the plugin fails.
pub(super) const ONE_IN: usize = 10_000;

/// The number of dropped links on which the plugin fails.
const POISON: u32 = 0x0bad_f00d;

const BATCH: usize = 512;

pub(super) struct Faults {
    /// Nanoseconds a span, least and median, without and with failures.
    pub(super) without: (f64, f64),
    pub(super) with: (f64, f64),
    /// Spans on which the plugin failed, and those that took its failure rule.
    pub(super) poisoned: u64,
    pub(super) failed: u64,
}

pub(super) fn measure(policy: &str, input: &Batch, quick: bool) -> Result<Faults> {
    let folder = Scratch::new("faults")?;
    let module = wat::parse_str(include_str!("poison.wat"))?;
    folder.write("poison.wasm", component::wrap(&module)?.bytes)?;
    let poison = "plugins:\n  - {name: poison, use: 'file:poison.wasm', on_failure: strip}\n";
    let policy = Policy::parse(&policy.replacen("plugins:\n", poison, 1), "the benchmark's policy", folder.folder())?;
    let mut chain = Chain::load(&policy)?;
    ensure!(chain.plugins().len() > 1, "expected the plugin beside others");

    let mut spans = of_batch(input, Keys::Owned, BATCH);
    spans.truncate(BATCH);
    let mut batch = Batch::new();
    batch.head_probability = 1.0;
    let (mut without, mut with, mut pass, mut poisoned) = (Vec::new(), Vec::new(), 0, 0);
    for _ in 0..if quick { 2 } else { 30 } {
        for (times, failing) in [(&mut without, false), (&mut with, true)] {
            // As many batches as have one failing span.
            let (mut took, mut seen) = (Duration::ZERO, 0);
            while seen < ONE_IN {
                pass += 1;
                renew_trace_ids(&mut spans, pass);
                let mut spans = spans.clone();
                if failing && seen == 0 {
                    let at = pass as usize * 7 % spans.len();
                    spans[at].links.dropped_count = POISON;
                    poisoned += 1;
                }
                took += one(&mut chain, &mut batch, &mut spans);
                seen += spans.len();
            }
            times.push(took.as_nanos() as f64 / seen as f64);
        }
    }
    let stats = chain.stats().plugins().remove(0);
    Ok(Faults { without: least_and_median(without), with: least_and_median(with), poisoned, failed: stats.failed_spans })
}

/// The way of a batch through a processor, but for the queue before and the next processor behind it.
fn one(chain: &mut Chain, batch: &mut Batch, spans: &mut [SpanData]) -> Duration {
    let start = Instant::now();
    batch.clear();
    encode(spans, batch);
    if chain.groups_traces() {
        let mut end = 0;
        for trace in spans.chunk_by(|a, b| a.span_context.trace_id() == b.span_context.trace_id()) {
            end += trace.len();
            batch.end_trace_at(end, TraceReason::RootEnded);
        }
    }
    chain.run(batch);
    if batch.is_edited() {
        for view in batch.spans() {
            write_back(&mut spans[view.source()], view);
        }
    }
    start.elapsed()
}
