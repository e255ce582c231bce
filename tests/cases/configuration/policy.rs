//! Takes a configuration of every type, with defaults.

use schemars::JsonSchema;
use serde::Deserialize;
use spansieve_plugin::{Batch, ConfigError, Edits, NewValue, Policy, Setup};

use crate::Config;

/// A value of every type.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct With {
    /// A text, which has to be given.
    text: String,
    /// A whole number.
    #[serde(default = "seven")]
    number: i64,
    /// A number.
    #[serde(default = "half")]
    ratio: f64,
    /// Some texts.
    #[serde(default)]
    list: Vec<String>,
    /// Yes or no.
    #[serde(default)]
    flag: bool,
    /// One of two.
    #[serde(default)]
    choice: Choice,
}

/// One of two.
#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Choice {
    #[default]
    One,
    Two,
}

fn seven() -> i64 {
    7
}

fn half() -> f64 {
    0.5
}

pub struct Configuration(With);

impl Policy for Configuration {
    type Config = Config;
    const NAME: &'static str = "configuration";
    const ABOUT: &'static str = "Writes its configuration into spans";

    fn configure(config: Config, _: &mut Setup) -> Result<Self, ConfigError> {
        config.with.map(Configuration).ok_or_else(|| ConfigError::at("with", "expected a configuration"))
    }

    fn process(&mut self, batch: &Batch<'_>, edits: &mut Edits) {
        let Configuration(with) = self;
        let list: Vec<_> = with.list.iter().map(|text| NewValue::Str(text)).collect();
        for span in batch.spans() {
            edits.upsert(&span, "text", &with.text);
            edits.upsert(&span, "number", with.number);
            edits.upsert(&span, "ratio", with.ratio);
            edits.upsert(&span, "list", list.as_slice());
            edits.upsert(&span, "flag", with.flag);
            edits.upsert(&span, "choice", if matches!(with.choice, Choice::One) { "one" } else { "two" });
        }
    }
}
