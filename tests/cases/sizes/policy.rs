//! Works whatever the size of the batch.

use spansieve_plugin::{Batch, ConfigError, Edits, Policy, Setup};

use crate::Config;

pub struct Sizes;

impl Policy for Sizes {
    type Config = Config;
    const NAME: &'static str = "sizes";
    const ABOUT: &'static str = "Says how many spans there are";

    fn configure(_: Config, _: &mut Setup) -> Result<Self, ConfigError> {
        Ok(Sizes)
    }

    fn process(&mut self, batch: &Batch<'_>, edits: &mut Edits) {
        for span in batch.spans() {
            edits.upsert(&span, "n", batch.len() as i64);
        }
    }
}
