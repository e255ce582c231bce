//! What a guest may call: the `host` interface of the contract, and nothing else.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::batch::Batch;
use crate::error::one_line;
use crate::limits::{Limiter, Limits};
use crate::secret::Given;

/// Generated from `wit/`; nothing of it leaves this crate.
pub(crate) mod bindings {
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "policy",
        imports: { "spansieve:policy/host.fail": trappable },
    });
}

use bindings::spansieve::policy::host::{Host, Level};

/// Characters of one log line that are kept.
const MAX_LOG_LINE: usize = 4096;

/// Bytes of a counter's name.
const MAX_COUNTER_NAME: usize = 256;

/// A guest called `fail`.
#[derive(Debug)]
pub(crate) struct GaveUp(String);

impl fmt::Display for GaveUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for GaveUp {}

/// The host's side of one instance.
pub(crate) struct HostState {
    plugin: Arc<str>,
    given: Arc<Given>,
    pub(crate) limiter: Limiter,
    pub(crate) counters: BTreeMap<String, u64>,
    max_counters: usize,
    /// The blob that the guest is working on, for `texts`.
    pub(crate) blob: Arc<Vec<u8>>,
    log: Arc<Mutex<LogBudget>>,
}

impl HostState {
    pub(crate) fn new(plugin: Arc<str>, given: Arc<Given>, limits: &Limits, log: Arc<Mutex<LogBudget>>) -> Self {
        HostState {
            plugin,
            given,
            limiter: Limiter::new(limits),
            counters: BTreeMap::new(),
            max_counters: limits.counters,
            blob: Arc::default(),
            log,
        }
    }
}

impl Host for HostState {
    fn log(&mut self, level: Level, message: String) {
        let plugin = &*self.plugin;
        let line = one_line(&message, MAX_LOG_LINE);
        let Some(dropped) = self.log.lock().unwrap_or_else(PoisonError::into_inner).take(line.len()) else { return };
        if dropped > 0 {
            tracing::warn!(target: "spansieve::plugin", plugin, dropped, "log lines over the plugin's limit were dropped");
        }
        match level {
            Level::Error => tracing::error!(target: "spansieve::plugin", plugin, "{line}"),
            Level::Warn => tracing::warn!(target: "spansieve::plugin", plugin, "{line}"),
            Level::Info => tracing::info!(target: "spansieve::plugin", plugin, "{line}"),
            Level::Debug => tracing::debug!(target: "spansieve::plugin", plugin, "{line}"),
        }
    }

    fn count(&mut self, name: String, delta: u64) {
        if let Some(counter) = self.counters.get_mut(&name) {
            *counter = counter.saturating_add(delta);
        } else if self.counters.len() < self.max_counters && name.len() <= MAX_COUNTER_NAME {
            let counter = self.counters.entry(one_line(&name, MAX_COUNTER_NAME)).or_default();
            *counter = counter.saturating_add(delta);
        }
    }

    fn table(&mut self, name: String) -> Option<Vec<u8>> {
        self.given.find(&name)
    }

    fn texts(&mut self) -> String {
        Batch::texts_as_string(&self.blob)
    }

    fn fail(&mut self, message: String) -> wasmtime::Result<()> {
        Err(GaveUp(message).into())
    }
}

/// So many log lines and bytes a second. All instances of a plugin share one, or each new one could log anew.
pub(crate) struct LogBudget {
    lines: u32,
    bytes: usize,
    left: (u32, usize),
    since: Instant,
    dropped: u64,
}

impl LogBudget {
    pub(crate) fn new(limits: &Limits) -> Self {
        let (lines, bytes) = (limits.log_lines, limits.log_bytes);
        LogBudget { lines, bytes, left: (lines, bytes), since: Instant::now(), dropped: 0 }
    }

    /// Takes one line; `None` when there is no room left for it. The number is that of lines dropped since the last one taken.
    fn take(&mut self, bytes: usize) -> Option<u64> {
        if self.since.elapsed() >= Duration::from_secs(1) {
            (self.left, self.since) = ((self.lines, self.bytes), Instant::now());
        }
        if self.left.0 == 0 || self.left.1 < bytes {
            self.dropped += 1;
            return None;
        }
        self.left = (self.left.0 - 1, self.left.1 - bytes);
        Some(std::mem::take(&mut self.dropped))
    }
}
