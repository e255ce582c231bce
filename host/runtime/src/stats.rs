//! What is counted for each plugin.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::batch::Batch;
use crate::breaker::BreakerState;
use crate::error::CallErrorKind;
use crate::shadow::ShadowStats;

/// A plugin's figures at one moment, since it was loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PluginStats {
    /// Its name in the policy.
    pub name: String,
    /// Batches that it was given, parts of failed ones included.
    pub calls: u64,
    /// Spans that it was given; those of parts of failed batches are counted again.
    pub spans: u64,
    /// Time in it and for it: joining columns, the call, applying edits.
    pub time: Duration,
    /// Of that, time in the call: handing the blob over, the guest, taking its answer.
    pub call: Duration,
    /// Of that, time for checking and applying edits.
    pub applying: Duration,
    /// Calls that failed, in any way.
    pub failures: u64,
    /// Of these, calls in which the guest trapped.
    pub traps: u64,
    /// Of these, calls that took too long.
    pub deadline_hits: u64,
    /// Of these, calls that ran into the memory limit or another one of that kind.
    pub limit_hits: u64,
    /// Of these, calls whose edits broke a rule.
    pub nonsense: u64,
    /// Spans that took its failure rule.
    pub failed_spans: u64,
    /// Instances that took the place of failed ones.
    pub replacements: u64,
    /// Whether it is given batches.
    pub breaker: BreakerState,
    /// How often the breaker came to each state, in the order of [`BreakerState::ALL`].
    pub breaker_transitions: [u64; BreakerState::ALL.len()],
    /// Single edits that were applied.
    pub edits: u64,
    /// Linear memory of its instance, in bytes.
    pub memory: u64,
    /// The counters that the plugin itself keeps.
    pub counters: BTreeMap<String, u64>,
    /// How its results differ from those of the plugin that it runs beside, where it is a shadow.
    pub shadow: Option<ShadowStats>,
}

/// The same, shared between the thread that runs the plugin and those who look.
#[derive(Debug, Default)]
pub(crate) struct PluginMetrics {
    name: String,
    calls: AtomicU64,
    spans: AtomicU64,
    nanos: AtomicU64,
    call_nanos: AtomicU64,
    applying_nanos: AtomicU64,
    failures: AtomicU64,
    traps: AtomicU64,
    deadline_hits: AtomicU64,
    limit_hits: AtomicU64,
    nonsense: AtomicU64,
    failed_spans: AtomicU64,
    replacements: AtomicU64,
    breaker: AtomicU8,
    breaker_transitions: [AtomicU64; BreakerState::ALL.len()],
    edits: AtomicU64,
    memory: AtomicU64,
    counters: Mutex<BTreeMap<String, u64>>,
    shadow: Mutex<Option<ShadowStats>>,
}

impl PluginMetrics {
    pub(crate) fn new(name: &str) -> Self {
        PluginMetrics { name: name.to_owned(), ..PluginMetrics::default() }
    }

    pub(crate) fn called(&self, spans: usize, time: Duration, edits: usize, failure: Option<CallErrorKind>) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.spans.fetch_add(spans as u64, Ordering::Relaxed);
        self.nanos.fetch_add(time.as_nanos() as u64, Ordering::Relaxed);
        self.edits.fetch_add(edits as u64, Ordering::Relaxed);
        let Some(kind) = failure else { return };
        self.failures.fetch_add(1, Ordering::Relaxed);
        let of_its_kind = match kind {
            CallErrorKind::Trap => &self.traps,
            CallErrorKind::Deadline => &self.deadline_hits,
            CallErrorKind::Limit => &self.limit_hits,
            CallErrorKind::Nonsense => &self.nonsense,
            CallErrorKind::Down => return,
        };
        of_its_kind.fetch_add(1, Ordering::Relaxed);
    }

    /// So many spans took the failure rule.
    pub(crate) fn gave_up_on(&self, spans: usize) {
        self.failed_spans.fetch_add(spans as u64, Ordering::Relaxed);
    }

    /// A new instance took the place of a failed one.
    pub(crate) fn replaced(&self) {
        self.replacements.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn set_breaker(&self, state: BreakerState) {
        self.breaker.store(state.code(), Ordering::Relaxed);
        self.breaker_transitions[state as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn spent(&self, call: Duration, applying: Duration) {
        self.call_nanos.fetch_add(call.as_nanos() as u64, Ordering::Relaxed);
        self.applying_nanos.fetch_add(applying.as_nanos() as u64, Ordering::Relaxed);
    }

    /// Adds up what an instance counted in one call, and empties it.
    pub(crate) fn add_counters(&self, counted: &mut BTreeMap<String, u64>, most: usize) {
        if counted.is_empty() {
            return;
        }
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, delta) in std::mem::take(counted) {
            if counters.len() >= most && !counters.contains_key(&name) {
                continue;
            }
            let counter = counters.entry(name).or_default();
            *counter = counter.saturating_add(delta);
        }
    }

    /// Compares what the plugin in service made of a batch with what this one, its shadow, did.
    pub(crate) fn compare(&self, serving: &Batch, shadow: &Batch) {
        self.shadow.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default().compare(serving, shadow);
    }

    pub(crate) fn set_memory(&self, bytes: usize) {
        self.memory.store(bytes as u64, Ordering::Relaxed);
    }

    pub(crate) fn stats(&self) -> PluginStats {
        PluginStats {
            name: self.name.clone(),
            calls: self.calls.load(Ordering::Relaxed),
            spans: self.spans.load(Ordering::Relaxed),
            time: Duration::from_nanos(self.nanos.load(Ordering::Relaxed)),
            call: Duration::from_nanos(self.call_nanos.load(Ordering::Relaxed)),
            applying: Duration::from_nanos(self.applying_nanos.load(Ordering::Relaxed)),
            failures: self.failures.load(Ordering::Relaxed),
            traps: self.traps.load(Ordering::Relaxed),
            deadline_hits: self.deadline_hits.load(Ordering::Relaxed),
            limit_hits: self.limit_hits.load(Ordering::Relaxed),
            nonsense: self.nonsense.load(Ordering::Relaxed),
            failed_spans: self.failed_spans.load(Ordering::Relaxed),
            replacements: self.replacements.load(Ordering::Relaxed),
            breaker: BreakerState::from_code(self.breaker.load(Ordering::Relaxed)),
            breaker_transitions: BreakerState::ALL.map(|state| self.breaker_transitions[state as usize].load(Ordering::Relaxed)),
            edits: self.edits.load(Ordering::Relaxed),
            memory: self.memory.load(Ordering::Relaxed),
            counters: self.counters.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            shadow: self.shadow.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}
