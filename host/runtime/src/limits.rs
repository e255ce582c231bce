//! What a plugin may use, and the limiter that holds it to that.

use std::time::Duration;

use spansieve_layout::MAX_DEPTH;
#[cfg(feature = "engine")]
use wasmtime::ResourceLimiter;

/// Stacks that guests can have, in bytes, smallest and largest. The stack is the calling thread's, which has 2 MiB by default.
pub(crate) const STACK: std::ops::RangeInclusive<usize> = 64 << 10..=1 << 20;

/// What one plugin may use. Every limit has a default, can be set in the policy, and names itself in the error when it is hit.
///
/// The defaults leave the standard plugins ten times and more of what they take.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Linear memory of the plugin's instance, in bytes; 64 MiB. Does not cover what the host holds for it: the compiled code, the blob
    /// that it is handed and the edits it returned ([`Limits::edits`]).
    pub memory: usize,
    /// Stack of the plugin's calls, in bytes; 512 KiB, from 64 KiB to 1 MiB, rounded up to a power of two. Does not cover the shadow stack that compilers
    /// keep in linear memory: that is the guest's own, and part of [`Limits::memory`].
    pub stack: usize,
    /// Elements of each of the plugin's tables; 100,000. Does not cover how many tables (32), memories (8) and core instances (64) it may have.
    pub table_elements: usize,
    /// Time for one batch of up to 512 spans; larger batches have proportionally more. 100 ms. It is a bound on wall-clock time, checked
    /// every millisecond: a machine that does not run the thread counts against the plugin, so keep it far above what a batch takes. Does not cover
    /// checking and applying the edits, which [`Limits::edits`] and [`Limits::edit_items`] bound. While poisoned spans are searched for, a batch may take five times as
    /// long in all.
    pub deadline: Duration,
    /// Time to instantiate, describe and configure; 5 s.
    pub configure: Duration,
    /// Time to save the plugin's state or to restore it, when the policy changes; 100 ms. Spans wait for it.
    pub save: Duration,
    /// Bytes of the component; 64 MiB.
    pub component: usize,
    /// Time to compile the component, off the path of spans; 60 s. The compiler can't be interrupted: past that the plugin is refused, but a thread goes on until
    /// it is done.
    pub compile: Duration,
    /// Bytes that one call may return, as edits or saved state; 64 MiB.
    pub edits: usize,
    /// Edits, new texts and numbers that one call may return, together; 1,000,000.
    pub edit_items: usize,
    /// How deep values in edits may be nested; 64, which is also the most.
    pub edit_nesting: usize,
    /// Log lines a second; 100. Lines past it are dropped and counted.
    pub log_lines: u32,
    /// Bytes of log lines a second; 64 KiB. A line is cut at 4,096 characters before that.
    pub log_bytes: usize,
    /// Different names of the plugin's own counters; 1,024. Further ones are dropped, as are names longer than 256 bytes.
    pub counters: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            memory: 64 << 20,
            stack: 512 << 10,
            table_elements: 100_000,
            deadline: Duration::from_millis(100),
            configure: Duration::from_secs(5),
            save: Duration::from_millis(100),
            component: 64 << 20,
            compile: Duration::from_secs(60),
            edits: 64 << 20,
            edit_items: 1_000_000,
            edit_nesting: MAX_DEPTH,
            log_lines: 100,
            log_bytes: 64 << 10,
            counters: 1024,
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

#[cfg(feature = "engine")]
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
