//! What a plugin may use, and the limiter that holds it to that.

use std::time::Duration;

use wasmtime::ResourceLimiter;

/// What one plugin may use. Every limit has a default, can be set in the policy, and names itself in the error when it is hit.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Linear memory of the plugin's instance, in bytes; 64 MiB. Does not cover what the host holds for it: the compiled code, the blob
    /// that it is handed and the edits it returned ([`Limits::edits`]).
    pub memory: usize,
    /// Time for one batch of up to 512 spans; larger batches have proportionally more. 100 ms. It is a bound on wall-clock time, checked
    /// every millisecond: a machine that does not run the thread counts against the plugin, so keep it far above what a batch takes.
    pub deadline: Duration,
    /// Time to instantiate, describe and configure; 5 s. Compiling is the host's and is not covered.
    pub configure: Duration,
    /// Bytes that one call may return, as edits or saved state; 64 MiB.
    pub edits: usize,
    /// Elements of the plugin's tables; 100,000.
    pub table_elements: usize,
    /// Log lines a second; 100. Lines past it are dropped and counted.
    pub log_lines: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            memory: 64 << 20,
            deadline: Duration::from_millis(100),
            configure: Duration::from_secs(5),
            edits: 64 << 20,
            table_elements: 100_000,
            log_lines: 100,
        }
    }
}

impl Limits {
    /// The time that a batch of so many spans may take.
    pub(crate) fn deadline_for(&self, spans: usize) -> Duration {
        self.deadline * (spans.div_ceil(512).max(1) as u32)
    }
}

/// Holds an instance to its limits and remembers whether it ran into them, since the guest then fails in its own way.
#[derive(Debug)]
pub(crate) struct Limiter {
    memory: usize,
    table_elements: usize,
    pub(crate) memory_used: usize,
    pub(crate) refused: Option<&'static str>,
}

impl Limiter {
    pub(crate) fn new(limits: &Limits) -> Self {
        Limiter { memory: limits.memory, table_elements: limits.table_elements, memory_used: 0, refused: None }
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        // An instance may have several memories; together they have the limit.
        let used = self.memory_used.saturating_sub(current).saturating_add(desired);
        if used > self.memory {
            self.refused = Some("memory");
            return Ok(false);
        }
        self.memory_used = used;
        Ok(true)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        if desired > self.table_elements {
            self.refused = Some("table elements");
            return Ok(false);
        }
        Ok(true)
    }

    fn instances(&self) -> usize {
        64
    }

    fn tables(&self) -> usize {
        32
    }

    fn memories(&self) -> usize {
        8
    }
}
