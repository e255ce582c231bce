//! `spansieve bench --reload`: how long a change takes from saving a file to being in service, and what reloads do to the application's threads.
//!
//! One thread ends spans at a steady rate, as an application would, and times each `on_end`, first in quiet and then while the policy changes all the time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use opentelemetry_sdk::trace::{SpanData, SpanProcessor};
use spansieve::{Policy, ReloadEvent, SieveProcessor};
use spansieve_runtime::Batch;

use super::spans::{Keys, of_batch, renew_trace_ids};
use super::startup::{Nowhere, least_and_median};
use crate::scratch::Scratch;

/// A standard plugin's component, to be changed.
const COMPONENT: &[u8] = include_bytes!("../../../../plugins/prebuilt/enrich.wasm");

/// The pause between two spans that end: 20,000 spans a second.
const PAUSE: Duration = Duration::from_micros(50);

pub(super) struct Reload {
    /// Milliseconds from saving a configuration, or a component that was never compiled before, to its being in service: least and median.
    pub(super) config: (f64, f64),
    pub(super) component: (f64, f64),
    /// Nanoseconds of `on_end`, in quiet and while the policy changes: median and 99th percentile.
    pub(super) quiet: (f64, f64),
    pub(super) reloading: (f64, f64),
    /// Changes in the time that `reloading` was measured in.
    pub(super) changes: u64,
}

pub(super) fn measure(input: &Batch, quick: bool) -> Result<Reload> {
    let folder = Scratch::new("reload")?;
    folder.write("enrich.wasm", COMPONENT)?;
    let path = folder.write("policy.yaml", policy(0))?;
    let sieve = SieveProcessor::new(Policy::from_file(&path)?, Nowhere)?;
    let (handle, events) = (sieve.handle(), sieve.handle().events());

    let repeats = if quick { 2 } else { 15 };
    let (mut config, mut component) = (Vec::new(), Vec::new());
    for number in 1..=repeats {
        config.push(saved(&events, || folder.write("policy.yaml", policy(number)).map(drop))?);
    }
    for number in 1..=repeats.min(5) {
        component.push(saved(&events, || folder.write("enrich.wasm", changed_component(number)).map(drop))?);
    }

    let spans = of_batch(input, Keys::Owned, 512);
    let long = Duration::from_millis(if quick { 100 } else { 2_500 });
    let (mut quiet, mut reloading) = (Vec::new(), Vec::new());
    let before = handle.generation();
    // In turns, so that a noisy neighbour hits both alike.
    for turn in 0..2 {
        end_spans(&sieve, &spans, long, 2 * turn, &mut quiet);
        let ending = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let changing = scope.spawn(|| keep_changing(&folder, &ending, 1000 * (turn + 1)));
            end_spans(&sieve, &spans, long, 2 * turn + 1, &mut reloading);
            ending.store(true, Ordering::Relaxed);
            changing.join().unwrap_or_else(|_| bail!("changing the policy panicked"))
        })?;
    }
    let stats = handle.stats();
    ensure!(stats.plugins.iter().all(|plugin| plugin.failures == 0), "a plugin failed: {stats:?}");
    Ok(Reload {
        config: least_and_median(config),
        component: least_and_median(component),
        quiet: median_and_99th(quiet),
        reloading: median_and_99th(reloading),
        changes: handle.generation() - before,
    })
}

/// The benchmark's chain, with something that changes in its first plugin.
fn policy(number: u64) -> String {
    format!(
        "version: 1
plugins:
  - {{name: enrich, use: 'file:enrich.wasm', config: {{actions: [{{insert: {{key: number, value: {number}}}}}]}}}}
  - {{name: redact, use: 'builtin:redact'}}
"
    )
}

/// The component with a custom section behind it: it does the same, but was never compiled.
fn changed_component(number: u64) -> Vec<u8> {
    let name = format!("bench-{}-{number}", std::process::id());
    let mut component = COMPONENT.to_vec();
    // A custom section: id 0, its size, the length of its name, its name, no content. All lengths are below 128, so each is one byte.
    component.extend([0, name.len() as u8 + 1, name.len() as u8]);
    component.extend(name.as_bytes());
    component
}

/// Milliseconds from before `save` until what it saved is in service.
fn saved(events: &Receiver<ReloadEvent>, save: impl FnOnce() -> Result<()>) -> Result<f64> {
    let start = Instant::now();
    save()?;
    match events.recv_timeout(Duration::from_secs(30)).context("nothing happened after a file was saved")? {
        ReloadEvent::Reloaded(_) => Ok(start.elapsed().as_secs_f64() * 1e3),
        other => bail!("expected the changed policy to go into service: {other}"),
    }
}

fn keep_changing(folder: &Scratch, ending: &AtomicBool, from: u64) -> Result<()> {
    for number in from.. {
        if ending.load(Ordering::Relaxed) {
            break;
        }
        folder.write("policy.yaml", policy(number))?;
        std::thread::sleep(Duration::from_millis(200));
    }
    Ok(())
}

/// Ends spans at a steady rate and notes how long each `on_end` took, in nanoseconds.
fn end_spans(sieve: &SieveProcessor<Nowhere>, spans: &[SpanData], long: Duration, turn: u64, times: &mut Vec<f64>) {
    let start = Instant::now();
    let mut next = start;
    for (pass, batch) in std::iter::repeat(spans).enumerate() {
        let mut batch = batch.to_vec();
        renew_trace_ids(&mut batch, (turn << 32) + pass as u64);
        for span in batch {
            while Instant::now() < next {
                std::hint::spin_loop();
            }
            let before = Instant::now();
            if before - start > long {
                return;
            }
            sieve.on_end(span);
            times.push(before.elapsed().as_nanos() as f64);
            next = before + PAUSE;
        }
    }
}

fn median_and_99th(mut figures: Vec<f64>) -> (f64, f64) {
    figures.sort_by(f64::total_cmp);
    let at = |share: f64| figures.get((figures.len() as f64 * share) as usize).copied().unwrap_or(f64::NAN);
    (at(0.5), at(0.99))
}
