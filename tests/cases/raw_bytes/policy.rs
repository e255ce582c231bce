//! Bytes that are no text: each value is turned around, and ends in 0xFF.

use spansieve_plugin::{Batch, ConfigError, Edits, Policy, Setup, Value};

use crate::Config;

pub struct RawBytes;

impl Policy for RawBytes {
    type Config = Config;
    const NAME: &'static str = "raw-bytes";
    const ABOUT: &'static str = "Turns bytes around";

    fn configure(_: Config, _: &mut Setup) -> Result<Self, ConfigError> {
        Ok(RawBytes)
    }

    fn process(&mut self, batch: &Batch<'_>, edits: &mut Edits) {
        for span in batch.spans() {
            for attribute in span.attributes() {
                if let Value::Bytes(bytes) = attribute.value() {
                    let turned: Vec<u8> = bytes.iter().rev().copied().chain([0xff]).collect();
                    edits.set(attribute, turned.as_slice());
                }
            }
        }
    }
}
