//! What an application keeps of a processor that it gave to the SDK.

use std::fmt;
use std::sync::Arc;

use crate::Stats;

/// Looks at a processor from outside. Clones look at the same one; it may outlive the processor.
#[derive(Clone)]
pub struct Handle {
    stats: Arc<dyn Fn() -> Stats + Send + Sync>,
}

impl Handle {
    pub(crate) fn new(stats: impl Fn() -> Stats + Send + Sync + 'static) -> Self {
        Handle { stats: Arc::new(stats) }
    }

    /// What became of the spans so far.
    pub fn stats(&self) -> Stats {
        (self.stats)()
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("stats", &self.stats()).finish()
    }
}
