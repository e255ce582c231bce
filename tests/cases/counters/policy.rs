//! Counts spans, and those that failed.

use spansieve_plugin::{Batch, ConfigError, Edits, Policy, Setup, Status, count};

use crate::Config;

pub struct Counters;

impl Policy for Counters {
    type Config = Config;
    const NAME: &'static str = "counters";
    const ABOUT: &'static str = "Counts spans and errors";

    fn configure(_: Config, _: &mut Setup) -> Result<Self, ConfigError> {
        Ok(Counters)
    }

    fn process(&mut self, batch: &Batch<'_>, _: &mut Edits) {
        count("spans", batch.len() as u64);
        let errors = batch.spans().filter(|span| span.status() == Status::Error).count();
        if errors > 0 {
            count("errors", errors as u64);
        }
    }
}
