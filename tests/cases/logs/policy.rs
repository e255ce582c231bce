//! Logs a line of each level.

use spansieve_plugin::{Batch, ConfigError, Edits, Policy, Setup, log};

use crate::Config;

pub struct Logs;

impl Policy for Logs {
    type Config = Config;
    const NAME: &'static str = "logs";
    const ABOUT: &'static str = "Logs";

    fn configure(_: Config, _: &mut Setup) -> Result<Self, ConfigError> {
        Ok(Logs)
    }

    fn process(&mut self, _: &Batch<'_>, _: &mut Edits) {
        log::error("an error");
        log::warn("a warning");
        log::info("an info");
        log::debug("a debug");
    }
}
