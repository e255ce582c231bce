//! `spansieve bench --startup`: the time from nothing to the first span that has passed the standard policy.
//!
//! What is compiled stays compiled as long as a process lives, so each start is a process of its own: this command again, told to start once.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanProcessor};
use spansieve::{Policy, SieveProcessor};

use super::spans::{Keys, of_batch};
use super::{WORKLOAD, decode};
use crate::scratch::Scratch;

/// Starts with an empty cache, and with one that holds everything.
const COLD: usize = 3;
const WARM: usize = 10;

pub(super) struct Startup {
    /// Milliseconds, least and median.
    pub(super) cold: (f64, f64),
    pub(super) warm: (f64, f64),
}

pub(super) fn measure(quick: bool) -> Result<Startup> {
    let folder = Scratch::new("startup")?;
    let mut cold = Vec::new();
    for number in 0..if quick { 1 } else { COLD } {
        cold.push(start_process(&folder.path(&format!("cold-{number}")))?);
    }
    let warm = (0..if quick { 2 } else { WARM }).map(|_| start_process(&folder.path("cold-0"))).collect::<Result<_>>()?;
    Ok(Startup { cold: least_and_median(cold), warm: least_and_median(warm) })
}

fn start_process(cache: &std::path::Path) -> Result<f64> {
    let program = std::env::current_exe().context("cannot find this program")?;
    let output = Command::new(program).args(["bench", "--start-once"]).env("SPANSIEVE_CACHE_DIR", cache).output();
    let output = output.context("cannot start this program once more")?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "starting once failed: {}", String::from_utf8_lossy(&output.stderr));
    said.trim().parse().with_context(|| format!("starting once said {said:?}, expected milliseconds"))
}

/// Answers with milliseconds from here until a span was handed on.
pub(super) fn start_once() -> Result<f64> {
    let span = of_batch(&decode(WORKLOAD, "the benchmark's spans")?, Keys::Static, 1).swap_remove(0);
    let start = Instant::now();
    let sieve = SieveProcessor::new(Policy::standard(), Nowhere)?;
    sieve.on_end(span);
    sieve.force_flush()?;
    let took = start.elapsed();
    let stats = sieve.handle().stats();
    ensure!(stats.forwarded + stats.sampled_out == 1 && stats.stripped == 0, "the span was not worked on: {stats:?}");
    Ok(took.as_secs_f64() * 1e3)
}

/// The next processor: spans end here.
#[derive(Debug)]
pub(super) struct Nowhere;

impl SpanProcessor for Nowhere {
    fn on_start(&self, _: &mut opentelemetry_sdk::trace::Span, _: &opentelemetry::Context) {}
    fn on_end(&self, span: SpanData) {
        drop(span);
    }
    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }
    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

pub(super) fn least_and_median(mut figures: Vec<f64>) -> (f64, f64) {
    figures.sort_by(f64::total_cmp);
    (figures.first().copied().unwrap_or(f64::NAN), figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN))
}
