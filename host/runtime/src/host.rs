//! What a guest may call: the `host` interface of the contract, and nothing else.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::batch::Batch;
use crate::limits::{Limiter, Limits};

/// Generated from `wit/`; nothing of it leaves this crate.
pub(crate) mod bindings {
    wasmtime::component::bindgen!({ path: "../../wit", world: "policy" });
}

use bindings::spansieve::policy::host::{Host, Level};

/// Counter names of one plugin past which further ones are dropped: a guest chooses them.
pub(crate) const MAX_COUNTERS: usize = 1024;

/// Bytes of one log line that are kept.
const MAX_LOG_LINE: usize = 4096;

/// The host's side of one instance.
pub(crate) struct HostState {
    plugin: Arc<str>,
    tables: Arc<HashMap<String, Vec<u8>>>,
    pub(crate) limiter: Limiter,
    pub(crate) counters: BTreeMap<String, u64>,
    /// The blob that the guest is working on, for `texts`.
    pub(crate) blob: Arc<Vec<u8>>,
    log: LogBudget,
}

impl HostState {
    pub(crate) fn new(plugin: Arc<str>, tables: Arc<HashMap<String, Vec<u8>>>, limits: &Limits) -> Self {
        HostState {
            plugin,
            tables,
            limiter: Limiter::new(limits),
            counters: BTreeMap::new(),
            blob: Arc::default(),
            log: LogBudget { lines: limits.log_lines, left: limits.log_lines, since: Instant::now(), dropped: 0 },
        }
    }
}

impl Host for HostState {
    fn log(&mut self, level: Level, message: String) {
        let plugin = &*self.plugin;
        let Some(dropped) = self.log.take() else { return };
        if dropped > 0 {
            tracing::warn!(target: "spansieve::plugin", plugin, dropped, "log lines over the plugin's limit were dropped");
        }
        // Control characters could forge lines in the host's log.
        let line: String = message.chars().take(MAX_LOG_LINE).map(|c| if c.is_control() { ' ' } else { c }).collect();
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
        } else if self.counters.len() < MAX_COUNTERS && name.len() <= 256 {
            self.counters.insert(name, delta);
        }
    }

    fn table(&mut self, name: String) -> Option<Vec<u8>> {
        self.tables.get(&name).cloned()
    }

    fn texts(&mut self) -> String {
        Batch::texts_as_string(&self.blob)
    }
}

/// So many log lines a second.
struct LogBudget {
    lines: u32,
    left: u32,
    since: Instant,
    dropped: u64,
}

impl LogBudget {
    /// Takes one line; `None` when there is none left. The number is that of lines dropped since the last one taken.
    fn take(&mut self) -> Option<u64> {
        if self.since.elapsed() >= Duration::from_secs(1) {
            (self.left, self.since) = (self.lines, Instant::now());
        }
        if self.left == 0 {
            self.dropped += 1;
            return None;
        }
        self.left -= 1;
        Some(std::mem::take(&mut self.dropped))
    }
}
