//! One plugin in a chain: how a batch on which it fails comes through.
//!
//! The batch comes apart into smaller and smaller parts, until those spans are found on which the plugin fails; they alone take its failure
//! rule. What can't be told apart in [`BUDGET`] deadlines, or before the breaker lets the plugin rest, takes the rule together.

use std::ops::Range;
use std::time::{Duration, Instant};

use crate::batch::Batch;
use crate::breaker::{Admission, Breaker, BreakerState};
use crate::error::CallError;
use crate::plugin::Plugin;
use crate::policy::OnFailure;
use crate::recipe::Digest;

/// Parts that a failing run of spans is split into. Each failure costs an instance, each part a call: with eight, one span of 512 is
/// found with four failing calls, that on the whole batch included, of 26 in all.
const PARTS: usize = 8;

/// Deadlines of a batch that calls on a batch and its parts may take in all.
const BUDGET: u32 = 5;

/// How often one plugin's failures are written to the log.
const WARNING_PERIOD: Duration = Duration::from_secs(10);

/// A plugin with its failure rule.
pub(crate) struct Link {
    pub(crate) plugin: Plugin,
    pub(crate) on_failure: OnFailure,
    /// It runs beside the plugin before it; what it makes of a batch is compared and thrown away.
    shadow: bool,
    /// What the plugin is made of.
    pub(crate) digest: Digest,
    breaker: Breaker,
    /// When a failure was last written to the log, so that a plugin that fails on every batch does not flood it, and how many were not.
    last_warning: Option<Instant>,
    unsaid: u64,
    /// Time that calls took since it was last asked for.
    time: Duration,
    record: Record,
}

/// How a plugin has done since it was loaded.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Record {
    pub(crate) spans: u64,
    /// Spans that took the failure rule, and batches in which there were some.
    pub(crate) failed_spans: u64,
    pub(crate) failed_batches: u64,
}

/// What became of spans that are not in the batch any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Gone {
    pub(crate) sampled_out: usize,
    pub(crate) withheld: usize,
}

/// The search for the units of a batch on which a plugin fails.
struct Search<'a> {
    whole: &'a Batch,
    /// Where each unit, a span or a trace, ends among the batch's spans.
    units: &'a [usize],
    give_up: Instant,
}

impl Search<'_> {
    fn spans(&self, units: &Range<usize>) -> Range<usize> {
        let start = if units.start == 0 { 0 } else { self.units[units.start - 1] };
        start..self.units[units.end - 1]
    }
}

impl Link {
    pub(crate) fn new(plugin: Plugin, on_failure: OnFailure, shadow: bool, digest: Digest) -> Self {
        Link {
            plugin,
            on_failure,
            shadow,
            digest,
            breaker: Breaker::new(Instant::now()),
            last_warning: None,
            unsaid: 0,
            time: Duration::ZERO,
            record: Record::default(),
        }
    }

    pub(crate) fn is_shadow(&self) -> bool {
        self.shadow
    }

    pub(crate) fn record(&self) -> Record {
        self.record
    }

    /// Passes a batch through the plugin.
    pub(crate) fn run(&mut self, batch: &mut Batch) -> Gone {
        let failed_before = self.record.failed_spans;
        self.record.spans += batch.len() as u64;
        let gone = self.pass(batch);
        self.record.failed_batches += u64::from(self.record.failed_spans > failed_before);
        gone
    }

    fn pass(&mut self, batch: &mut Batch) -> Gone {
        let mut gone = Gone::default();
        let started = Instant::now();
        let before = self.breaker.state();
        let admission = self.breaker.admit(started);
        self.note_transition(before);
        if admission == Admission::Refused {
            self.give_up_on(batch, &mut gone);
            return gone;
        }
        match self.call(batch) {
            Ok(dropped) => gone.sampled_out += dropped,
            Err(_) => {
                let units = if admission == Admission::Granted { units(batch, self.plugin.interest().whole_traces) } else { Vec::new() };
                if units.len() > 1 {
                    let give_up = started + self.plugin.deadline_for(batch.len()) * BUDGET;
                    self.isolate(batch, &units, give_up, &mut gone);
                } else {
                    self.give_up_on(batch, &mut gone);
                }
            }
        }
        gone
    }

    /// Time that calls took since this was last asked.
    pub(crate) fn take_time(&mut self) -> Duration {
        std::mem::take(&mut self.time)
    }

    /// Splits a batch on which the plugin failed.
    fn isolate(&mut self, batch: &mut Batch, units: &[usize], give_up: Instant, gone: &mut Gone) {
        let whole = std::mem::take(batch);
        *batch = whole.frame();
        // Resources and scopes are looked at without spans, once: what is changed of them beside a part of the spans is not used.
        if self.try_part(batch, give_up).is_none() {
            self.give_up_on(batch, gone);
        }
        self.search(&Search { whole: &whole, units, give_up }, 0..units.len(), batch, gone);
        batch.join_traces(&whole);
    }

    /// Splits a run of units on which the plugin failed, and joins what comes through.
    fn search(&mut self, search: &Search<'_>, run: Range<usize>, joined: &mut Batch, gone: &mut Gone) {
        let size = run.len().div_ceil(PARTS);
        for start in run.clone().step_by(size) {
            let units = start..(start + size).min(run.end);
            let mut part = search.whole.part(search.spans(&units));
            match self.try_part(&mut part, search.give_up) {
                Some(dropped) => gone.sampled_out += dropped,
                None if units.len() > 1 && self.may_go_on(search.give_up) => {
                    self.search(search, units, joined, gone);
                    continue;
                }
                None => self.give_up_on(&mut part, gone),
            }
            joined.join(&part);
        }
    }

    fn may_go_on(&self, give_up: Instant) -> bool {
        Instant::now() < give_up && self.breaker.state() == BreakerState::Closed
    }

    /// Answers with the number of spans that were dropped; `None` where the plugin failed, or the time for that is over.
    fn try_part(&mut self, part: &mut Batch, give_up: Instant) -> Option<usize> {
        if self.may_go_on(give_up) { self.call(part).ok() } else { None }
    }

    /// The failure rule.
    fn give_up_on(&mut self, batch: &mut Batch, gone: &mut Gone) {
        self.plugin.metrics.gave_up_on(batch.len());
        self.record.failed_spans += batch.len() as u64;
        match self.on_failure {
            OnFailure::Pass => {}
            OnFailure::Strip => batch.strip(),
            OnFailure::Withhold => {
                gone.withheld += batch.len();
                // Resources and scopes stay, but nothing of what is in them.
                batch.strip();
                batch.retain(&vec![false; batch.len()]);
            }
        }
    }

    fn call(&mut self, batch: &mut Batch) -> Result<usize, CallError> {
        let started = Instant::now();
        let result = self.plugin.process(batch);
        let now = Instant::now();
        self.time += now - started;
        let before = self.breaker.state();
        match &result {
            Ok(_) => self.breaker.succeeded(),
            Err(error) => {
                self.breaker.failed(now, now - started);
                self.warn(now, error);
            }
        }
        self.note_transition(before);
        result.map(|edited| edited.dropped.len())
    }

    fn warn(&mut self, now: Instant, error: &CallError) {
        if self.last_warning.is_some_and(|last| now.saturating_duration_since(last) < WARNING_PERIOD) {
            self.unsaid += 1;
            return;
        }
        self.last_warning = Some(now);
        let unsaid = std::mem::take(&mut self.unsaid);
        tracing::warn!(plugin = self.plugin.name(), on_failure = ?self.on_failure, unsaid, "plugin failed on a batch: it {error}");
    }

    fn note_transition(&self, before: BreakerState) {
        let (plugin, state) = (self.plugin.name(), self.breaker.state());
        if state == before {
            return;
        }
        self.plugin.metrics.set_breaker(state);
        let on_failure = self.on_failure;
        match state {
            BreakerState::Closed => tracing::info!(plugin, "plugin works again and is given batches as ever"),
            BreakerState::Backoff => tracing::warn!(plugin, ?on_failure, "plugin failed several times in a row and rests for a moment"),
            BreakerState::Open => tracing::error!(plugin, ?on_failure, "plugin fails too much and is given no batches for a while"),
            BreakerState::HalfOpen => tracing::info!(plugin, "plugin is given a batch on trial"),
        }
    }
}

/// Where the parts end that can't be split further: spans, or traces where the plugin asked for whole ones.
fn units(batch: &Batch, whole_traces: bool) -> Vec<usize> {
    if whole_traces && batch.is_grouped() {
        return batch.traces().map(|(spans, _)| spans.end).collect();
    }
    (1..=batch.len()).collect()
}
