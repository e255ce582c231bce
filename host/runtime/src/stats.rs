//! What is counted for each plugin.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::error::CallErrorKind;
use crate::host::MAX_COUNTERS;

/// A plugin's figures at one moment, since it was loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PluginStats {
    /// Its name in the policy.
    pub name: String,
    /// Batches that it was given.
    pub calls: u64,
    /// Spans that it was given.
    pub spans: u64,
    /// Time in it and for it: joining columns, the call, applying edits.
    pub time: Duration,
    /// Of that, time in the call: handing the blob over, the guest, taking its answer.
    pub call: Duration,
    /// Of that, time for checking and applying edits.
    pub applying: Duration,
    /// Calls that failed, in any way.
    pub failures: u64,
    /// Of these, calls that took too long.
    pub deadline_hits: u64,
    /// Single edits that were applied.
    pub edits: u64,
    /// Linear memory of its instance, in bytes.
    pub memory: u64,
    /// The counters that the plugin itself keeps.
    pub counters: BTreeMap<String, u64>,
}

/// The same, shared between the thread that runs the plugin and those who look.
#[derive(Debug)]
pub(crate) struct PluginMetrics {
    name: String,
    calls: AtomicU64,
    spans: AtomicU64,
    nanos: AtomicU64,
    call_nanos: AtomicU64,
    applying_nanos: AtomicU64,
    failures: AtomicU64,
    deadline_hits: AtomicU64,
    edits: AtomicU64,
    memory: AtomicU64,
    counters: Mutex<BTreeMap<String, u64>>,
}

impl PluginMetrics {
    pub(crate) fn new(name: &str) -> Self {
        PluginMetrics {
            name: name.to_owned(),
            calls: AtomicU64::default(),
            spans: AtomicU64::default(),
            nanos: AtomicU64::default(),
            call_nanos: AtomicU64::default(),
            applying_nanos: AtomicU64::default(),
            failures: AtomicU64::default(),
            deadline_hits: AtomicU64::default(),
            edits: AtomicU64::default(),
            memory: AtomicU64::default(),
            counters: Mutex::default(),
        }
    }

    pub(crate) fn called(&self, spans: usize, time: Duration, edits: usize, failure: Option<CallErrorKind>) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.spans.fetch_add(spans as u64, Ordering::Relaxed);
        self.nanos.fetch_add(time.as_nanos() as u64, Ordering::Relaxed);
        self.edits.fetch_add(edits as u64, Ordering::Relaxed);
        self.failures.fetch_add(u64::from(failure.is_some()), Ordering::Relaxed);
        self.deadline_hits.fetch_add(u64::from(failure == Some(CallErrorKind::Deadline)), Ordering::Relaxed);
    }

    pub(crate) fn spent(&self, call: Duration, applying: Duration) {
        self.call_nanos.fetch_add(call.as_nanos() as u64, Ordering::Relaxed);
        self.applying_nanos.fetch_add(applying.as_nanos() as u64, Ordering::Relaxed);
    }

    /// Adds up what an instance counted in one call, and empties it.
    pub(crate) fn add_counters(&self, counted: &mut BTreeMap<String, u64>) {
        if counted.is_empty() {
            return;
        }
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, delta) in std::mem::take(counted) {
            if counters.len() >= MAX_COUNTERS && !counters.contains_key(&name) {
                continue;
            }
            let counter = counters.entry(name).or_default();
            *counter = counter.saturating_add(delta);
        }
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
            deadline_hits: self.deadline_hits.load(Ordering::Relaxed),
            edits: self.edits.load(Ordering::Relaxed),
            memory: self.memory.load(Ordering::Relaxed),
            counters: self.counters.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}
