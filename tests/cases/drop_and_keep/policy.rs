//! Drops spans, and marks others as sampled.

use spansieve_plugin::{Batch, ConfigError, Edits, Policy, Setup, Span, Value};

use crate::Config;

pub struct DropAndKeep;

impl Policy for DropAndKeep {
    type Config = Config;
    const NAME: &'static str = "drop-and-keep";
    const ABOUT: &'static str = "Drops and keeps spans that say so";

    fn configure(_: Config, _: &mut Setup) -> Result<Self, ConfigError> {
        Ok(DropAndKeep)
    }

    fn process(&mut self, batch: &Batch<'_>, edits: &mut Edits) {
        let says = |span: &Span<'_>, key: &str| span.attribute(key).is_some_and(|attribute| matches!(attribute.value(), Value::Bool(true)));
        for span in batch.spans() {
            if says(&span, "drop") {
                edits.drop_span(&span);
            } else if says(&span, "keep") {
                edits.keep_span(&span);
            }
        }
    }
}
