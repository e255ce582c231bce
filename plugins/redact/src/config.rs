//! What the policy says: configuration, its defaults, and the checks that need more than types.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use spansieve_plugin::ConfigError;

use crate::command;
use crate::custom::CustomRule;
use crate::decode::Decoding;
use crate::detect::{self, DETECTORS, Detector};
use crate::engine::{Engine, FIRST_CUSTOM_RULE};
use crate::keys::{KeyPattern, KeyRules};

/// What to look for and what to put in its place. A list that is given takes the place of its default; an empty list switches it off.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// What takes the place of everything that is found. At least 3 bytes with one of `[]<>{}()*#?!|~^` or a character beyond ASCII, or at least 8
    /// bytes, so that data are not mistaken for it; none of `%`, `+`, `=`, `@`.
    replacement: String,
    /// Keys whose values are replaced whole, whatever their type; of a list or a map every value in it. Case does not matter. They count for
    /// attributes of spans, events, links, scopes and resources, for entries of maps at any depth, and inside texts for parameters (`key=value`) and
    /// members of JSON objects.
    keys: Vec<KeyRule>,
    /// Keys that the rules in `keys` do not count for, such as counters of tokens. Values under them are still searched.
    except: Vec<KeyRule>,
    /// Detectors to search all texts with, by name. Without it all of them but `id` and `phone-local`, which look for words around every number.
    values: Vec<DetectorName>,
    /// Rules of your own to search all texts with.
    custom: Vec<Custom>,
    /// Encodings besides those that are always looked into (percent-encoding, escapes of JSON, references of HTML): texts are decoded, and where
    /// something is found inside, all of the encoded run goes. Every byte of every text is looked at for that.
    decode: Vec<Encoding>,
    /// In which commands to databases values become `?`.
    pub(crate) commands: Commands,
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

/// An encoding of data in texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// Runs of at least 16 characters of base64 or base64url that stand for a text.
    Base64,
}

/// Names keys.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyRule {
    /// Keys that contain this text.
    Contains(#[schemars(length(min = 1))] String),
    /// The key that is this text.
    Exact(#[schemars(length(min = 1))] String),
    /// Keys of this form, where `*` stands for any text and `?` for one byte.
    Glob(#[schemars(length(min = 1))] String),
}

/// The name of a detector.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct DetectorName(String);

/// A rule of the policy's own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Custom {
    /// What it is called in counters: `hits.NAME`.
    name: String,
    /// A regular expression in the syntax of the Rust crate `regex`, without the Unicode properties `\p{..}`. What it matches is replaced. A pattern
    /// that begins with literal text is searched for much faster than one that does not.
    regex: String,
}

impl JsonSchema for DetectorName {
    fn schema_name() -> Cow<'static, str> {
        "DetectorName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let each: Vec<_> = DETECTORS
            .iter()
            .map(|detector| {
                let mut description = format!("Finds {}. Source: {}.", detector.about, detector.source);
                if !detector.pattern.is_empty() {
                    description.push_str(&format!(" Pattern: `{}`", detector.pattern));
                }
                json_schema!({ "const": detector.name, "description": description })
            })
            .collect();
        json_schema!({ "description": "The name of a detector.", "oneOf": each })
    }
}

/// Keys of credentials and sessions, and of parameters of queries, which would say again what is taken out of the statements. The seven parameters of signed URLs are those that OpenTelemetry's semantic conventions name for `url.full`.
const KEYS: &[&str] = &[
    "*password*",
    "*passwd*",
    "*passphrase*",
    "*secret*",
    "*token*",
    "*authorization*",
    "*api_key*",
    "*api-key*",
    "*apikey*",
    "*access_key*",
    "*access-key*",
    "*accesskey*",
    "*private_key*",
    "*private-key*",
    "*credential*",
    "*signature*",
    "*session_id*",
    "*session-id*",
    "*sessionid*",
    "*csrf*",
    "*xsrf*",
    "pwd",
    "pass",
    "sig",
    "sid",
    "jwt",
    "auth",
    "cookie",
    "*.cookie",
    "set-cookie",
    "*.set-cookie",
    "db.query.parameter.*",
    "db.operation.parameter.*",
];

/// Keys that only look like those: numbers of tokens that language models take.
const EXCEPT: &[&str] = &[
    "gen_ai.usage.*",
    "gen_ai.token.type",
    "*input_tokens",
    "*output_tokens",
    "*prompt_tokens",
    "*completion_tokens",
    "*total_tokens",
    "*max_tokens",
    "*cached_tokens",
    "*reasoning_tokens",
    "*token_count*",
];

/// Detectors that look for words around every number: policies that need them ask for them, and bear what that takes.
const ON_REQUEST: &[&str] = &["id", "phone-local"];

fn by_default() -> impl Iterator<Item = &'static Detector> {
    DETECTORS.iter().copied().filter(|detector| !ON_REQUEST.contains(&detector.name))
}

impl Default for Config {
    fn default() -> Self {
        let globs = |keys: &[&str]| keys.iter().map(|key| KeyRule::Glob((*key).to_owned())).collect();
        Config {
            replacement: "[REDACTED]".into(),
            keys: globs(KEYS),
            except: globs(EXCEPT),
            values: by_default().map(|detector| DetectorName(detector.name.into())).collect(),
            custom: Vec::new(),
            decode: Vec::new(),
            commands: Commands::default(),
        }
    }
}

impl Config {
    /// Checks everything and makes an engine of it, with the key rules once more for attributes, and the names of all rules.
    ///
    /// # Errors
    /// With the place in the configuration and what was expected there.
    pub(crate) fn build(self) -> Result<(Engine, KeyRules, Vec<String>), ConfigError> {
        check_replacement(&self.replacement)?;
        let keys = patterns("keys", &self.keys)?;
        let except = patterns("except", &self.except)?;
        let mut detectors = Vec::new();
        for (place, DetectorName(name)) in self.values.iter().enumerate() {
            detectors.push(detect::by_name(name).ok_or_else(|| {
                ConfigError::at(format!("values[{place}]"), format!("no detector is called `{name}`; there are {}", detect::names()))
            })?);
        }
        let mut names: Vec<String> = DETECTORS.iter().map(|detector| detector.name.to_owned()).collect();
        names.push("key".into());
        names.extend(command::NAMES.iter().map(|name| (*name).to_owned()));
        let mut custom = Vec::new();
        for (place, Custom { name, regex }) in self.custom.into_iter().enumerate() {
            let at = |field: &str| format!("custom[{place}].{field}");
            if name.is_empty() || names.contains(&name) {
                return Err(ConfigError::at(at("name"), format!("expected a name that no other rule has, found `{name}`")));
            }
            let rule = CustomRule::new(&regex, FIRST_CUSTOM_RULE + place)
                .map_err(|reason| ConfigError::at(at("regex"), format!("the pattern of rule `{name}` cannot be used: {reason}")))?;
            custom.push(rule);
            names.push(name);
        }
        let keep = self.commands.json_keep.into_iter().map(String::into_bytes).collect();
        let rules = || KeyRules::new(&keys, &except);
        let decoding = Decoding::new(&self.replacement, self.decode.contains(&Encoding::Base64));
        Ok((Engine::new(&detectors, rules(), custom, keep, &self.replacement, decoding), rules(), names))
    }
}

fn patterns(field: &str, rules: &[KeyRule]) -> Result<Vec<KeyPattern>, ConfigError> {
    let pattern = |(place, rule): (usize, &KeyRule)| {
        let (pattern, text) = match rule.clone() {
            KeyRule::Contains(text) => (KeyPattern::Contains(text.clone()), text),
            KeyRule::Exact(text) => (KeyPattern::Exact(text.clone()), text),
            KeyRule::Glob(text) => (KeyPattern::Glob(text.clone()), text),
        };
        if text.is_empty() {
            return Err(ConfigError::at(format!("{field}[{place}]"), "expected a text that is not empty"));
        }
        Ok(pattern)
    };
    rules.iter().enumerate().map(pattern).collect()
}

/// A replacement that could be part of data would be taken for a border between them, and one that means something to decoding or to a detector
/// would be found again.
fn check_replacement(text: &str) -> Result<(), ConfigError> {
    let error = |message: &str| Err(ConfigError::at("replacement", message));
    if text.contains(['%', '+', '=', '@']) || text.chars().any(char::is_control) {
        return error("expected a text without `%`, `+`, `=`, `@` and control characters, which belong to what is searched for");
    }
    let marked = text.chars().any(|c| !c.is_ascii() || "[]<>{}()*#?!|~^".contains(c));
    if text.len() < if marked { 3 } else { 8 } {
        return error(
            "expected at least 3 bytes with one of `[]<>{}()*#?!|~^`, or at least 8 bytes: a shorter text could be part of the data",
        );
    }
    Ok(())
}
