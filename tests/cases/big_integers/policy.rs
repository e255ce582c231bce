//! Integers past what a double holds exactly: each is set to the one that follows it.

use spansieve_plugin::{Batch, ConfigError, Edits, Policy, Setup, Value};

use crate::Config;

pub struct BigIntegers;

impl Policy for BigIntegers {
    type Config = Config;
    const NAME: &'static str = "big-integers";
    const ABOUT: &'static str = "Adds one to every integer";

    fn configure(_: Config, _: &mut Setup) -> Result<Self, ConfigError> {
        Ok(BigIntegers)
    }

    fn process(&mut self, batch: &Batch<'_>, edits: &mut Edits) {
        for span in batch.spans() {
            for attribute in span.attributes() {
                if let Value::Int(n) = attribute.value() {
                    edits.set(attribute, n.wrapping_add(1));
                }
            }
        }
    }
}
