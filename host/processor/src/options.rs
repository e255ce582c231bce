//! What can be chosen about a processor, and why it can't be built.

use std::fmt;
use std::time::Duration;

use spansieve_runtime::{GroupLimits, PolicyError, ReloadOptions};

/// What can be chosen about a processor. Every field has a default.
///
/// Memory is bounded by the sum of: [`queue_bytes`](Options::queue_bytes), [`GroupLimits::bytes`] where a plugin asks for whole traces, and for the one batch that is in
/// work about eight times [`batch_bytes`](Options::batch_bytes) or of the largest trace (the spans, their columns twice, what a plugin is handed, its edits), with at most 64 MiB
/// of text that edits stand for; then [`Limits::memory`](crate::Limits::memory) and the compiled code of each plugin, twice while the policy changes and during probation. The estimates leave
/// out what allocators need besides.
#[derive(Clone, Debug)]
pub struct Options {
    /// Spans that wait for the worker; 4,096. The queue's memory is taken at once, about 400 bytes a span, besides what the spans hold.
    pub queue_spans: usize,
    /// Bytes that the waiting spans may hold, as they are estimated; 64 MiB. A span that alone holds more is dropped.
    pub queue_bytes: usize,
    /// What happens to a span that finds the queue full; it is dropped.
    pub when_full: WhenFull,
    /// Spans in one batch; 512. A trace that has more is a batch of its own where a plugin asks for whole traces.
    pub batch_spans: usize,
    /// Bytes past which a batch takes no further spans or traces; 8 MiB.
    pub batch_bytes: usize,
    /// How long the first span of a batch waits for others; 5 ms.
    pub batch_delay: Duration,
    /// How traces are gathered, where a plugin asks for whole traces.
    pub grouping: GroupLimits,
    /// The probability with which the head sampler samples a root, so that a sampling plugin can state honest weights. Unknown by default.
    pub head_probability: Option<f64>,
    /// How long `force_flush` waits, and `set_resource` for the plugins' answer; 10 s.
    pub flush_timeout: Duration,
    /// How the policy may change while it is in service.
    pub reload: ReloadOptions,
}

/// What happens to a span that finds the queue full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenFull {
    /// It is dropped and counted: `on_end` never waits.
    #[default]
    Drop,
    /// The application's thread waits for space, no longer than this; then the span is dropped and counted.
    Block(Duration),
}

/// The longest time that anything is waited for: "for ever" in options is this, and does not overflow what it is added to.
pub(crate) const LONGEST: Duration = Duration::from_secs(366 * 86_400);

impl Options {
    /// With no time longer than [`LONGEST`].
    pub(crate) fn bounded(mut self) -> Options {
        if let WhenFull::Block(longest) = &mut self.when_full {
            *longest = LONGEST.min(*longest);
        }
        for time in [&mut self.batch_delay, &mut self.grouping.delay, &mut self.grouping.timeout, &mut self.flush_timeout] {
            *time = LONGEST.min(*time);
        }
        self
    }
}

impl Default for Options {
    fn default() -> Self {
        Options {
            queue_spans: 4096,
            queue_bytes: 64 << 20,
            when_full: WhenFull::Drop,
            batch_spans: 512,
            batch_bytes: 8 << 20,
            batch_delay: Duration::from_millis(5),
            grouping: GroupLimits::default(),
            head_probability: None,
            flush_timeout: Duration::from_secs(10),
            reload: ReloadOptions::default(),
        }
    }
}

/// Why a processor can't be built.
#[derive(Debug)]
#[non_exhaustive]
pub enum BuildError {
    /// A plugin of the policy can't be loaded, or one of the policy's tests fails.
    Policy(PolicyError),
    /// The operating system gave no thread.
    Thread(std::io::Error),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BuildError::Policy(error) => error.fmt(f),
            BuildError::Thread(error) => write!(f, "can't start the processor's thread: {error}"),
        }
    }
}

impl std::error::Error for BuildError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            // What it says is already this error's own message.
            BuildError::Policy(error) => error.source(),
            BuildError::Thread(error) => Some(error),
        }
    }
}
