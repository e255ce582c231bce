//! What stands between the exported functions and a [`Policy`]. Public only for [`export!`](crate::export).

use crate::{Batch, ConfigError, Edits, Policy, Setup, config};

/// The one instance of the policy in this component.
pub struct Instance<P> {
    policy: Option<P>,
    edits: Option<Box<Edits>>,
}

impl<P: Policy> Default for Instance<P> {
    fn default() -> Self {
        Self::new()
    }
}

impl<P: Policy> Instance<P> {
    /// One that is not configured yet.
    pub const fn new() -> Self {
        Instance { policy: None, edits: None }
    }

    /// Configures the policy from JSON text.
    ///
    /// # Errors
    /// When the policy cannot be configured so.
    pub fn configure(&mut self, json: &str) -> Result<Setup, ConfigError> {
        let mut setup = Setup::default();
        self.policy = Some(P::configure(config::parse(json)?, &mut setup)?);
        self.edits = Some(Box::default());
        Ok(setup)
    }

    /// Runs the policy over a batch and gives the edits as a blob.
    ///
    /// # Panics
    /// When the host breaks the contract: the batch is of another layout version, or `configure` has not succeeded.
    pub fn process(&mut self, batch: &[u8]) -> Vec<u8> {
        // In a component the host is told of the panic: see `report_panics`.
        let batch = Batch::parse(batch).unwrap_or_else(|error| panic!("cannot read the batch: {error}"));
        let (Some(policy), Some(edits)) = (&mut self.policy, &mut self.edits) else {
            panic!("`process` was called before `configure` had succeeded");
        };
        edits.begin(&batch);
        policy.process(&batch, edits);
        let mut out = Vec::new();
        edits.finish(&mut out);
        out
    }

    /// The policy's state.
    pub fn save(&self) -> Vec<u8> {
        self.policy.as_ref().map(P::save).unwrap_or_default()
    }

    /// Hands the policy a state.
    ///
    /// # Errors
    /// When the policy cannot use it, or is not configured.
    pub fn restore(&mut self, state: &[u8]) -> Result<(), String> {
        self.policy.as_mut().ok_or("`restore` was called before `configure` had succeeded")?.restore(state)
    }

    /// The policy, once it is configured.
    pub fn policy(&self) -> Option<&P> {
        self.policy.as_ref()
    }
}

#[cfg(target_arch = "wasm32")]
mod exports {
    use super::{Instance, Policy, config};
    use crate::bindings::exports::spansieve::policy::plugin::{Description, Grouping, Interest};
    use crate::bindings::spansieve::policy::host;

    /// Answers `describe`.
    pub fn describe<P: Policy>(version: &str) -> Description {
        report_panics();
        // A configuration of `()` is none, and has no schema to speak of.
        let none = std::any::TypeId::of::<P::Config>() == std::any::TypeId::of::<()>();
        Description {
            name: P::NAME.into(),
            version: version.into(),
            about: P::ABOUT.into(),
            layout: u32::from(spansieve_layout::VERSION),
            schema: match P::SCHEMA {
                Some(schema) => schema.into(),
                None if none => String::new(),
                None => config::schema::<P::Config>(),
            },
        }
    }

    /// Answers `configure`.
    pub fn configure<P: Policy>(instance: &mut Instance<P>, json: &str) -> Result<Interest, String> {
        report_panics();
        let setup = instance.configure(json).map_err(|error| error.to_string())?;
        Ok(Interest {
            columns: setup.columns().into_iter().map(|column| column as u32).collect(),
            keys: setup.keys().to_vec(),
            grouping: if setup.groups_by_trace() { Grouping::Trace } else { Grouping::Span },
        })
    }

    /// A panic becomes a trap, which carries no message: the host is told first, as compilers tell of mistakes.
    fn report_panics() {
        std::panic::set_hook(Box::new(|info| {
            let message = info.payload_as_str().unwrap_or("panicked");
            match info.location() {
                Some(place) => host::fail(&format!("{place}: {message}")),
                None => host::fail(message),
            }
        }));
    }
}

#[cfg(target_arch = "wasm32")]
pub use exports::{configure, describe};
