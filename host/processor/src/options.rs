//! What can be chosen about a processor, and why it can't be built.

use std::fmt;
use std::time::Duration;

use spansieve_runtime::{GroupLimits, PolicyError};

/// What can be chosen about a processor. Every field has a default.
#[derive(Clone, Debug)]
pub struct Options {
    /// Spans that wait for the worker; 4,096. The queue's memory is taken at once, about 400 bytes a span, besides what the spans hold.
    pub queue_spans: usize,
    /// Spans in one batch; 512. A trace that has more is a batch of its own where a plugin asks for whole traces.
    pub batch_spans: usize,
    /// How long the first span of a batch waits for others; 5 ms.
    pub batch_delay: Duration,
    /// How traces are gathered, where a plugin asks for whole traces.
    pub grouping: GroupLimits,
    /// The probability with which the head sampler samples a root, so that a sampling plugin can state honest weights. Unknown by default.
    pub head_probability: Option<f64>,
    /// How long `force_flush` waits, and `set_resource` for the plugins' answer; 10 s.
    pub flush_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            queue_spans: 4096,
            batch_spans: 512,
            batch_delay: Duration::from_millis(5),
            grouping: GroupLimits::default(),
            head_probability: None,
            flush_timeout: Duration::from_secs(10),
        }
    }
}

/// Why a processor can't be built.
#[derive(Debug)]
#[non_exhaustive]
pub enum BuildError {
    /// A plugin of the policy can't be loaded.
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
