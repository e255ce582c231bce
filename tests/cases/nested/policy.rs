//! Adds a value in which others are nested.

use spansieve_plugin::{Batch, ConfigError, Edits, NewValue, Policy, Setup};

use crate::Config;

pub struct Nested;

impl Policy for Nested {
    type Config = Config;
    const NAME: &'static str = "nested";
    const ABOUT: &'static str = "Adds a nested value";

    fn configure(_: Config, _: &mut Setup) -> Result<Self, ConfigError> {
        Ok(Nested)
    }

    fn process(&mut self, batch: &Batch<'_>, edits: &mut Edits) {
        use NewValue::{Array, Bool, Bytes, Double, Empty, Int, Map, Str};
        let value = Map(&[
            ("a", Array(&[Int(1), Map(&[("b", Array(&[]))]), Empty, Bytes(&[0x00, 0xff])])),
            ("c", Map(&[])),
            ("", Str("empty key")),
            ("d", Double(2.5)),
            ("e", Bool(false)),
        ]);
        for span in batch.spans() {
            edits.upsert(&span, "nested", value);
        }
    }
}
