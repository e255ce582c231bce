//! Fails: when it is configured, on spans, or when it takes over a state.

use spansieve_plugin::{Batch, ConfigError, Edits, Policy, Setup};

use crate::Config;

pub struct Errors {
    argument: String,
}

impl Policy for Errors {
    type Config = Config;
    const NAME: &'static str = "errors";
    const ABOUT: &'static str = "Fails where it is told to";

    fn configure(config: Config, _: &mut Setup) -> Result<Self, ConfigError> {
        if config.argument == "configure" {
            return Err(ConfigError::at("argument", "not this one"));
        }
        Ok(Errors { argument: config.argument })
    }

    fn process(&mut self, _: &Batch<'_>, _: &mut Edits) {
        if self.argument == "process" {
            panic!("failed on purpose");
        }
    }

    fn save(&self) -> Vec<u8> {
        if self.argument == "restore" { b"x".to_vec() } else { Vec::new() }
    }

    fn restore(&mut self, _: &[u8]) -> Result<(), String> {
        Err("state: not this one".into())
    }
}
