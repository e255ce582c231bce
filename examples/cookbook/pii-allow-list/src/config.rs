//! The configuration, as it stands in a policy file.

use schemars::JsonSchema;
use serde::Deserialize;

/// What becomes of attributes that are not as the table `schema` says.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Whether to change spans, or only to count what would change.
    pub mode: Mode,
    /// What becomes of an attribute whose key is not listed.
    pub unlisted: Action,
    /// What becomes of a value that is not as its rule says.
    pub invalid: Action,
    /// What stands in the place of masked values.
    pub mask: String,
    /// How long a string may be, in bytes, whose rule gives no `max_length`.
    pub max_length: usize,
    /// What becomes of the messages of statuses, which are free text as `exception.message` is.
    pub status_messages: Messages,
    /// How many keys are counted by name, as `unlisted.KEY` and `invalid.KEY`.
    pub named_keys: usize,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            mode: Mode::Enforce,
            unlisted: Action::Remove,
            invalid: Action::Mask,
            mask: "[NOT ALLOWED]".into(),
            max_length: 256,
            status_messages: Messages::Remove,
            named_keys: 100,
        }
    }
}

/// Whether spans change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// They do.
    Enforce,
    /// They do not: what would change is counted.
    Report,
}

/// What becomes of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It is removed.
    Remove,
    /// Its value is replaced, and its key stays.
    Mask,
}

/// What becomes of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Messages {
    /// They stay.
    Keep,
    /// They are removed.
    Remove,
}
