//! Changing a policy while it is in service.
//!
//! A *generation* is a policy whose plugins were loaded; it never changes. [`serve`] puts the first one into service and starts the keeper, a thread
//! that watches the policy's files. On a change the keeper makes a candidate (`candidate`): read, check, compile, configure, test, all off the path of spans.
//! Only a candidate that passed all of it reaches the inbox of [`Serving`], which takes it between two batches. A candidate that fails changes nothing but
//! the events and the log.

mod candidate;
mod events;
mod keeper;
#[cfg(test)]
mod races;
mod serving;
mod watch;

use std::time::Duration;

pub use events::{PluginChange, PluginFate, PluginState, ReloadError, ReloadEvent, ReloadStep, Reloaded};
pub use keeper::Reloads;
pub use serving::Serving;

use crate::chain::Chain;
use crate::policy::{Policy, PolicyError};
use crate::policy_tests::run_tests;

/// What can be chosen about changing policies.
#[derive(Clone, Debug)]
pub struct ReloadOptions {
    /// Whether the files of a policy that was read from a file are watched; true.
    pub watch: bool,
    /// How long a new generation may be taken back because its plugins fail; 30 s.
    pub probation: Duration,
    /// The share of a new plugin's spans that may take its failure rule during probation, in three batches at least; 0.01. Past it the generation before is put back.
    pub failed_spans: f64,
    /// How long a candidate that is ready waits for the end of the batch that is being worked on; 10 s. Then it is refused.
    pub patience: Duration,
}

impl Default for ReloadOptions {
    fn default() -> Self {
        ReloadOptions { watch: true, probation: Duration::from_secs(30), failed_spans: 0.01, patience: Duration::from_secs(10) }
    }
}

/// Loads a policy, runs its tests, and starts the keeper. `wake` is called when the owner of [`Serving`], who may sleep, should call [`Serving::turn`].
///
/// # Errors
/// When the policy's plugins can't be loaded or one of its tests fails. Where the keeper's thread can't be started, policies stay as they are.
pub fn serve(policy: Policy, options: ReloadOptions, wake: impl Fn() + Send + Sync + 'static) -> Result<(Serving, Reloads), PolicyError> {
    policy.log_warnings();
    let chain = Chain::load(&policy)?;
    if let Some(failure) = run_tests(&policy)?.first() {
        return Err(policy.test_failed(failure));
    }
    let serving = Serving::new(chain, &options, Box::new(wake));
    let reloads = keeper::start(policy, options, serving.post());
    Ok((serving, reloads))
}

#[cfg(test)]
mod tests;
