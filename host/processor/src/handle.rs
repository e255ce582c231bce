//! What an application keeps of a processor that it gave to the SDK.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::Receiver;

use opentelemetry::metrics::Meter;
use spansieve_runtime::{ChainStats, Policy, ReloadError, ReloadEvent, ReloadStep, Reloaded, Reloads};

use crate::Stats;
use crate::metrics::{self, Durations};
use crate::queue::Shared;
use crate::worker::Source;

/// Looks at a processor from outside, and changes its policy. Clones look at the same one; it may outlive the processor.
#[derive(Clone)]
pub struct Handle(Arc<Inner>);

struct Inner {
    counting: Box<dyn Fn() -> Stats + Send + Sync>,
    plugins: ChainStats,
    reloads: Reloads,
    durations: Arc<Durations>,
    /// Which of the process's processors it is.
    number: u32,
}

impl Handle {
    pub(crate) fn new<S: Source>(shared: &Arc<Shared<S>>, plugins: ChainStats, reloads: Reloads, durations: Arc<Durations>) -> Self {
        let shared = Arc::clone(shared);
        let counting = Box::new(move || {
            let (queued, capacity) = shared.occupancy();
            Stats {
                queued: queued as u64,
                queue_capacity: capacity as u64,
                queued_bytes: shared.queued_bytes() as u64,
                ..shared.accounting.stats()
            }
        });
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Handle(Arc::new(Inner { counting, plugins, reloads, durations, number }))
    }

    /// What became of the spans so far.
    pub fn stats(&self) -> Stats {
        Stats { plugins: self.0.plugins.plugins(), ..(self.0.counting)() }
    }

    /// Reads the policy's file again and puts it into service. Waits until it is, or was refused.
    ///
    /// # Errors
    /// Why it was refused; the policy in service stays.
    pub fn reload(&self) -> Result<Reloaded, ReloadError> {
        self.0.reloads.reload()
    }

    /// Puts another policy into service, and watches its files from then on. Waits until it is, or was refused.
    ///
    /// # Errors
    /// Why it was refused; the policy in service stays.
    pub fn replace(&self, policy: Policy) -> Result<Reloaded, ReloadError> {
        self.0.reloads.replace(policy)
    }

    /// The number of the policy in service: the first one is 1, each that goes into service has the next. One that is put back has its old number again.
    pub fn generation(&self) -> u64 {
        self.0.reloads.generation()
    }

    /// What happens to the policy from now on. A receiver that is far behind loses events; dropping it ends the subscription.
    pub fn events(&self) -> Receiver<ReloadEvent> {
        self.0.reloads.events()
    }

    /// Does not look at the policy's files any more, until [`Handle::resume_watching`]. [`Handle::reload`] still does.
    pub fn pause_watching(&self) {
        self.0.reloads.set_watching(false);
    }

    /// Looks at the policy's files again. What changed in between goes into service.
    pub fn resume_watching(&self) {
        self.0.reloads.set_watching(true);
    }

    /// Why the last candidate was refused; none if the last one went into service.
    pub fn refusal(&self) -> Option<ReloadError> {
        self.0.reloads.refusal()
    }

    /// Makes the processor's metrics instruments of this meter. Building the processor does it with the global meter; call this where the global meter
    /// provider is set later, or with a meter of your own.
    pub fn register_metrics(&self, meter: &Meter) {
        metrics::register(meter, self);
    }

    pub(crate) fn number(&self) -> u32 {
        self.0.number
    }

    pub(crate) fn durations(&self) -> &Durations {
        &self.0.durations
    }

    pub(crate) fn reload_counts(&self) -> ReloadCounts {
        let reloads = &self.0.reloads;
        ReloadCounts { reloaded: reloads.reloaded(), refused: reloads.refused().to_vec(), rolled_back: reloads.rolled_back() }
    }

    /// A look that does not keep the processor's figures alive.
    pub(crate) fn downgrade(&self) -> impl Fn() -> Option<Handle> + Clone + Send + Sync + 'static {
        let weak = Arc::downgrade(&self.0);
        move || weak.upgrade().map(Handle)
    }
}

/// How reloads ended.
pub(crate) struct ReloadCounts {
    pub(crate) reloaded: u64,
    pub(crate) refused: Vec<(ReloadStep, u64)>,
    pub(crate) rolled_back: u64,
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("generation", &self.generation()).field("stats", &self.stats()).finish()
    }
}
