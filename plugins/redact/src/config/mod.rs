//! What the policy says: configuration as it is written. What it means, and the checks that need more than types, are in [`build`].

mod action;
mod build;
mod defaults;
mod rules;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::action::Action;
use crate::preset::Preset;
use crate::url::Urls;

pub(crate) use build::Built;
pub use rules::{Allowed, CheckName, Custom, DetectorName, HashKey, KeyName, KeyRule, OnlyKeys, Others, ValueRule};

/// What to look for and what becomes of it. A list that is given takes the place of that of the preset; an empty list switches it off.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// What holds for each of `keys`, `except`, `values`, `commands` and `urls` that is not given.
    preset: Preset,
    /// What takes the place of what is found and masked. At least 3 bytes with one of `[]<>{}()*#?!|~^` or a character beyond ASCII, or at least 8
    /// bytes, so that data are not mistaken for it; none of `%`, `+`, `=`, `@`.
    replacement: String,
    /// What becomes of what is found, for every rule that says nothing else.
    action: Action,
    /// Keys whose values are replaced whole, whatever their type; of a list or a map every value in it. Case does not matter. They count for
    /// attributes of spans, events, links, scopes and resources, for entries of maps at any depth, and inside texts for parameters (`key=value`) and
    /// members of JSON objects.
    keys: Option<Vec<KeyRule>>,
    /// Keys that the rules in `keys` and `only_keys` do not count for, such as counters of tokens. Values under them are still searched.
    except: Option<Vec<KeyName>>,
    /// Keys of attributes whose values are left alone entirely: no rule sees them, whatever they hold.
    safe_keys: Vec<KeyName>,
    /// Allow-list mode: attributes whose keys are not listed are masked or removed.
    only_keys: Option<OnlyKeys>,
    /// Detectors to search all texts with.
    values: Option<Vec<ValueRule>>,
    /// Rules of your own to search all texts with.
    custom: Vec<Custom>,
    /// Encodings besides those that are always looked into (percent-encoding, escapes of JSON, references of HTML): texts are decoded, and where
    /// something is found inside, all of the encoded run goes. Every byte of every text is looked at for that.
    decode: Vec<Encoding>,
    /// What is left alone though a rule finds it, whichever rule it is. It excuses only itself, not what stands around it.
    safe_values: Vec<Allowed>,
    /// In which commands to databases values become `?`.
    commands: Option<Commands>,
    /// What becomes of queries and paths of URLs.
    urls: Option<Urls>,
    /// The key of hashes and pseudonyms, needed where an action is one of these.
    hash: Option<HashKey>,
    /// The key of an attribute that each span gets in which something was found: the names of the rules that found it.
    mark: Option<String>,
    /// Whether to count in which fields rules have found something, in counters `hits.RULE.FIELD`. Takes a look at every place of every text in batches
    /// in which something is found.
    count_fields: bool,
    /// Whether to tell in the log, at level debug, which rule finds what where and why, and what was close: for `spansieve explain`. The lines hold no data, but each batch
    /// is searched twice.
    explain: bool,
}

/// An encoding of data in texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// Runs of at least 16 characters of base64 or base64url that stand for a text.
    Base64,
}

/// Commands to databases: the attributes `db.query.text` and `db.statement` of spans, and names of spans that hold such a text. The language is known by
/// `db.system.name` or `db.system`, else by how the text begins.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Commands {
    /// Literals in SQL, and in other languages with literals like it, become `?`; comments go.
    pub(crate) sql: bool,
    /// Values in commands to Redis and Valkey become `?`; commands, keys and fields stay.
    pub(crate) redis: bool,
    /// Data in commands to memcached become `?`; commands and keys stay.
    pub(crate) memcached: bool,
    /// Values in JSON for MongoDB, Elasticsearch and OpenSearch become `"?"`; keys stay.
    pub(crate) json: bool,
    /// Keys in that JSON below which values stay. Detectors search them all the same.
    pub(crate) json_keep: Vec<String>,
}

impl Default for Commands {
    fn default() -> Self {
        Commands { sql: true, redis: true, memcached: true, json: true, json_keep: Vec::new() }
    }
}
