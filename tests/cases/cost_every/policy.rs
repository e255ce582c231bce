//! What it costs to add an attribute to every span.

use spansieve_plugin::{Batch, ConfigError, Edits, Part, Policy, Setup};

use crate::Config;

pub struct CostEvery;

impl Policy for CostEvery {
    type Config = Config;
    const NAME: &'static str = "cost-every";
    const ABOUT: &'static str = "Adds an attribute to every span";

    fn configure(_: Config, setup: &mut Setup) -> Result<Self, ConfigError> {
        setup.read(&[Part::Add]);
        Ok(CostEvery)
    }

    fn process(&mut self, batch: &Batch<'_>, edits: &mut Edits) {
        for span in batch.spans() {
            edits.add(&span, "team", "payments");
        }
    }
}
