//! Reads values of every kind, and writes each again under another key.

use spansieve_plugin::{Batch, ConfigError, Edits, NewValue, Policy, Setup, Value};

use crate::Config;

pub struct ReadValues;

impl Policy for ReadValues {
    type Config = Config;
    const NAME: &'static str = "read-values";
    const ABOUT: &'static str = "Copies every attribute";

    fn configure(_: Config, _: &mut Setup) -> Result<Self, ConfigError> {
        Ok(ReadValues)
    }

    fn process(&mut self, batch: &Batch<'_>, edits: &mut Edits) {
        for span in batch.spans() {
            for attribute in span.attributes() {
                let copy = match attribute.value() {
                    Value::Empty => NewValue::Empty,
                    Value::Str(text) => NewValue::Str(text.as_str()),
                    Value::Bool(flag) => NewValue::Bool(flag),
                    Value::Int(n) => NewValue::Int(n),
                    Value::Double(n) => NewValue::Double(n),
                    Value::Bytes(bytes) => NewValue::Bytes(bytes),
                    Value::Array(_) | Value::Map(_) => NewValue::Copy(attribute),
                };
                edits.add(&span, &format!("copy.{}", attribute.key()), copy);
            }
        }
    }
}
