//! Unit tests of policies, natively and without a host: build a batch, run the policy, look at the batch after its edits.
//!
//! ```
//! use spansieve_plugin::test::{batch, event, span};
//! use spansieve_plugin::{SpanKind, Status};
//!
//! let request = span("GET /cart").kind(SpanKind::Server).status(Status::Error).attr("http.route", "/cart").attr("items", 3)
//!     .event(event("exception").attr("exception.message", "out of stock"));
//! let one = batch().span(request);
//! assert_eq!(one.spans[0].get("items"), Some(&3.into()));
//! ```
//!
//! [`Plugin::run`] sends only the columns that the policy asked for, applies the edits, and panics where they break a rule of `wit/layout.md`.

mod apply;
mod decode;
mod encode;
mod model;

use std::collections::BTreeMap;

pub use apply::{Edit, apply};
pub use decode::decode;
pub use encode::encode;
pub use model::{Batch, Event, Link, Resource, Scope, Span, Trace, Value, batch, event, link, resource, scope, span};

use crate::guest::Instance;
use crate::host::fake::HOST;
use crate::log::Level;
use crate::{ConfigError, Policy, Setup};

/// A configured policy.
pub struct Plugin<P: Policy> {
    instance: Instance<P>,
    setup: Setup,
}

/// What came of a batch.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The batch after the edits. Dropped spans are still in it; see [`Outcome::is_dropped`].
    pub batch: Batch,
    /// The edits, one by one. They are empty where the policy changed nothing.
    pub edits: Vec<Edit>,
    /// The edits as the host gets them.
    pub blob: Vec<u8>,
}

/// Checks that the file which a policy includes as its [`Policy::SCHEMA`] is the schema of its configuration's type. With the environment variable
/// `UPDATE_SCHEMA` set the file is written instead.
///
/// # Panics
/// When it is another one, or the file can't be written.
pub fn schema_is_current<P: Policy>(file: impl AsRef<std::path::Path>) {
    let file = file.as_ref();
    let current = crate::config_schema::<P::Config>();
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(file, &current).unwrap_or_else(|error| panic!("can't write {}: {error}", file.display()));
    } else {
        assert_eq!(P::SCHEMA, Some(&*current), "run the test with UPDATE_SCHEMA=1, and build the plugin again");
    }
}

impl<P: Policy> Plugin<P> {
    /// Configures a policy, from the configuration as it would stand in a policy file.
    ///
    /// # Errors
    /// When it cannot be configured so.
    pub fn new(config: serde_json::Value) -> Result<Self, ConfigError> {
        let mut instance = Instance::new();
        let setup = instance.configure(&config.to_string())?;
        Ok(Plugin { instance, setup })
    }

    /// Runs the policy over a batch and applies its edits.
    ///
    /// # Panics
    /// When the edits break a rule of the layout.
    pub fn run(&mut self, batch: impl Into<Batch>) -> Outcome {
        let before = encode(&batch.into(), &self.setup);
        let blob = self.instance.process(&before.asked);
        let (batch, edits) = apply(&before.all, &blob);
        Outcome { batch, edits, blob }
    }

    /// What the policy asked for when it was configured.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The policy itself.
    pub fn policy(&self) -> &P {
        self.instance.policy().expect("a `Plugin` is configured")
    }

    /// The policy's state.
    pub fn save(&self) -> Vec<u8> {
        self.instance.save()
    }

    /// Hands the policy a state.
    ///
    /// # Errors
    /// When the policy cannot use it.
    pub fn restore(&mut self, state: &[u8]) -> Result<(), String> {
        self.instance.restore(state)
    }

    /// Calls the policy with a batch blob as it is and gives the edits blob: for test vectors and for measuring.
    pub fn process(&mut self, batch: &[u8]) -> Vec<u8> {
        self.instance.process(batch)
    }
}

impl Outcome {
    /// The span that had this index, after the edits.
    pub fn span(&self, index: usize) -> &Span {
        &self.batch.spans[index]
    }

    /// Whether the span with this index is dropped.
    pub fn is_dropped(&self, index: usize) -> bool {
        self.edits.contains(&Edit::Drop { span: index as u32 })
    }

    /// Whether the policy marked the span with this index as sampled.
    pub fn is_kept(&self, index: usize) -> bool {
        self.edits.contains(&Edit::Keep { span: index as u32 })
    }
}

/// The lines that policies of this thread have logged, which are then forgotten.
pub fn take_log() -> Vec<(Level, String)> {
    HOST.with_borrow_mut(|host| std::mem::take(&mut host.lines))
}

/// What policies of this thread have counted, which is then forgotten.
pub fn take_counters() -> BTreeMap<String, u64> {
    HOST.with_borrow_mut(|host| std::mem::take(&mut host.counters))
}

/// Gives policies of this thread a look-up table.
pub fn set_table(name: &str, table: impl Into<Vec<u8>>) {
    HOST.with_borrow_mut(|host| host.tables.insert(name.to_owned(), table.into()));
}
