//! The conformance behaviours in Rust. Each is a policy of its own, in `tests/cases/BEHAVIOUR/policy.rs`; the configuration says which one this is.

use schemars::JsonSchema;
use serde::Deserialize;
use spansieve_plugin::{Batch, ConfigError, Edits, Policy, Setup};

/// Which behaviour, and what it takes.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The behaviour's folder in `tests/cases`.
    pub behaviour: String,
    /// What it makes of this is its own matter.
    #[serde(default)]
    pub argument: String,
    /// The configuration of `configuration`.
    #[serde(default)]
    pub with: Option<cases::configuration::With>,
}

macro_rules! behaviours {
    ($($name:ident: $policy:ident in $file:literal,)*) => {
        #[path = "../../../cases"]
        mod cases {
            $(#[path = $file] pub mod $name;)*
        }

        fn behaviour(config: Config, setup: &mut Setup) -> Result<Box<dyn Behaviour>, ConfigError> {
            match &*config.behaviour {
                $(stringify!($name) => Ok(Box::new(cases::$name::$policy::configure(config, setup)?)),)*
                other => Err(ConfigError::at("behaviour", format!("there is no behaviour {other}"))),
            }
        }
    };
}

behaviours! {
    big_integers: BigIntegers in "big_integers/policy.rs",
    configuration: Configuration in "configuration/policy.rs",
    cost_every: CostEvery in "cost_every/policy.rs",
    cost_few: CostFew in "cost_few/policy.rs",
    counters: Counters in "counters/policy.rs",
    drop_and_keep: DropAndKeep in "drop_and_keep/policy.rs",
    edit_attributes: EditAttributes in "edit_attributes/policy.rs",
    edit_fields: EditFields in "edit_fields/policy.rs",
    errors: Errors in "errors/policy.rs",
    interest: Interest in "interest/policy.rs",
    logs: Logs in "logs/policy.rs",
    nested: Nested in "nested/policy.rs",
    raw_bytes: RawBytes in "raw_bytes/policy.rs",
    read_fields: ReadFields in "read_fields/policy.rs",
    read_values: ReadValues in "read_values/policy.rs",
    sizes: Sizes in "sizes/policy.rs",
    state: State in "state/policy.rs",
    tables: Tables in "tables/policy.rs",
    traces: Traces in "traces/policy.rs",
}

/// A policy whose type is not known.
trait Behaviour {
    fn process(&mut self, batch: &Batch<'_>, edits: &mut Edits);
    fn save(&self) -> Vec<u8>;
    fn restore(&mut self, state: &[u8]) -> Result<(), String>;
}

impl<P: Policy> Behaviour for P {
    fn process(&mut self, batch: &Batch<'_>, edits: &mut Edits) {
        Policy::process(self, batch, edits);
    }

    fn save(&self) -> Vec<u8> {
        Policy::save(self)
    }

    fn restore(&mut self, state: &[u8]) -> Result<(), String> {
        Policy::restore(self, state)
    }
}

/// The policy that its configuration names.
pub struct Conformance(Box<dyn Behaviour>);

impl Policy for Conformance {
    type Config = Config;
    const NAME: &'static str = "conformance";
    const ABOUT: &'static str = "Does what its configuration names, the same in every language";

    fn configure(config: Config, setup: &mut Setup) -> Result<Self, ConfigError> {
        behaviour(config, setup).map(Conformance)
    }

    fn process(&mut self, batch: &Batch<'_>, edits: &mut Edits) {
        self.0.process(batch, edits);
    }

    fn save(&self) -> Vec<u8> {
        self.0.save()
    }

    fn restore(&mut self, state: &[u8]) -> Result<(), String> {
        self.0.restore(state)
    }
}

spansieve_plugin::export!(Conformance);
