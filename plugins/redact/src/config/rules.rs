//! How rules are written.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor, value::MapAccessDeserializer};

use crate::action::Action;
use crate::detect::DETECTORS;

/// Names keys. Case does not matter.
#[derive(Clone, Debug)]
pub enum KeyName {
    /// Keys that contain this text.
    Contains(String),
    /// The key that is this text.
    Exact(String),
    /// Keys of this form, where `*` stands for any text and `?` for one byte.
    Glob(String),
    /// Keys in which this regular expression matches.
    Regex(String),
}

/// Names keys, and may say what becomes of their values.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "RuleFields")]
pub struct KeyRule {
    pub(super) name: KeyName,
    pub(super) action: Option<Action>,
}

/// Exactly one way to name keys.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = one_way()))]
struct NameFields {
    /// Keys that contain this text.
    #[schemars(length(min = 1))]
    contains: Option<String>,
    /// The key that is this text.
    #[schemars(length(min = 1))]
    exact: Option<String>,
    /// Keys of this form, where `*` stands for any text and `?` for one byte.
    #[schemars(length(min = 1))]
    glob: Option<String>,
    /// Keys in which this regular expression matches, in the syntax of the Rust crate `regex` without `\p{..}`.
    #[schemars(length(min = 1))]
    regex: Option<String>,
}

/// Exactly one way to name keys, and perhaps an action.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = one_way()))]
struct RuleFields {
    /// Keys that contain this text.
    #[schemars(length(min = 1))]
    contains: Option<String>,
    /// The key that is this text.
    #[schemars(length(min = 1))]
    exact: Option<String>,
    /// Keys of this form, where `*` stands for any text and `?` for one byte.
    #[schemars(length(min = 1))]
    glob: Option<String>,
    /// Keys in which this regular expression matches, in the syntax of the Rust crate `regex` without `\p{..}`.
    #[schemars(length(min = 1))]
    regex: Option<String>,
    /// What becomes of the values. Without it what `action` of the whole configuration says.
    action: Option<Action>,
}

fn one_way() -> serde_json::Value {
    ["contains", "exact", "glob", "regex"].map(|way| serde_json::json!({ "required": [way] })).into_iter().collect()
}

impl TryFrom<NameFields> for KeyName {
    type Error = &'static str;

    fn try_from(NameFields { contains, exact, glob, regex }: NameFields) -> Result<Self, Self::Error> {
        let ways =
            [contains.map(KeyName::Contains), exact.map(KeyName::Exact), glob.map(KeyName::Glob), regex.map(KeyName::Regex)].into_iter();
        let mut ways = ways.flatten();
        match (ways.next(), ways.next()) {
            (Some(name), None) => Ok(name),
            (None, _) => Err("expected one of `contains`, `exact`, `glob`, `regex`"),
            (Some(_), Some(_)) => Err("expected only one of `contains`, `exact`, `glob`, `regex`"),
        }
    }
}

impl TryFrom<RuleFields> for KeyRule {
    type Error = &'static str;

    fn try_from(RuleFields { contains, exact, glob, regex, action }: RuleFields) -> Result<Self, Self::Error> {
        Ok(KeyRule { name: NameFields { contains, exact, glob, regex }.try_into()?, action })
    }
}

impl<'de> Deserialize<'de> for KeyName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        NameFields::deserialize(deserializer)?.try_into().map_err(D::Error::custom)
    }
}

impl JsonSchema for KeyName {
    fn schema_name() -> Cow<'static, str> {
        "KeyName".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        NameFields::json_schema(generator)
    }
}

impl JsonSchema for KeyRule {
    fn schema_name() -> Cow<'static, str> {
        "KeyRule".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        RuleFields::json_schema(generator)
    }
}

/// Allow-list mode: attributes with any other key are not passed on as they are.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OnlyKeys {
    /// Keys of attributes that may stay. What lies nested in them may stay too.
    pub(super) allow: Vec<KeyName>,
    /// What becomes of all other attributes.
    #[serde(default)]
    pub(super) others: Others,
}

/// What becomes of attributes that an allow-list does not name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Others {
    /// Every value in them becomes the replacement.
    #[default]
    Mask,
    /// They go.
    Remove,
}

/// A detector by its name, or with what becomes of what it finds.
#[derive(Clone, Debug)]
pub struct ValueRule {
    pub(super) detector: DetectorName,
    pub(super) action: Option<Action>,
}

/// A detector, and what becomes of what it finds.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ValueFields {
    /// The detector.
    r#use: DetectorName,
    /// What becomes of what it finds. Without it what `action` of the whole configuration says.
    action: Option<Action>,
}

impl<'de> Deserialize<'de> for ValueRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameOrMap;

        impl<'de> Visitor<'de> for NameOrMap {
            type Value = ValueRule;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("the name of a detector, or a map with `use` and `action`")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<ValueRule, E> {
                Ok(ValueRule { detector: DetectorName(name.to_owned()), action: None })
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<ValueRule, A::Error> {
                let ValueFields { r#use, action } = ValueFields::deserialize(MapAccessDeserializer::new(map))?;
                Ok(ValueRule { detector: r#use, action })
            }
        }

        deserializer.deserialize_any(NameOrMap)
    }
}

impl JsonSchema for ValueRule {
    fn schema_name() -> Cow<'static, str> {
        "ValueRule".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (name, fields) = (generator.subschema_for::<DetectorName>(), ValueFields::json_schema(generator));
        json_schema!({ "description": "A detector, perhaps with what becomes of what it finds.", "anyOf": [name, fields] })
    }
}

/// The name of a detector.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct DetectorName(pub(super) String);

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

/// A rule of the policy's own.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Custom {
    /// What it is called in counters: `hits.NAME`.
    pub(super) name: String,
    /// A regular expression in the syntax of the Rust crate `regex`, without the Unicode properties `\p{..}`. What its named groups match is found; without
    /// named groups all that it matches. A pattern that begins with literal text is searched for much faster than one that does not.
    pub(super) regex: String,
    /// What it finds counts only where one of these words stands in the 48 bytes before the match, or in the attribute's key. Case does not matter.
    #[serde(default)]
    pub(super) keywords: Vec<String>,
    /// What is found counts only if its letters and signs are at least so varied: Shannon's entropy in bits for each byte. English prose has about 4, random base64 of
    /// 32 bytes about 4.5, and no text of so many bytes more than the logarithm of their number.
    #[serde(default)]
    pub(super) entropy: Option<f64>,
    /// What is found counts only if it passes this check. What parts digits (spaces, dashes, dots) does not matter.
    #[serde(default)]
    pub(super) validate: Option<CheckName>,
    /// What is found and is one of these does not count.
    #[serde(default)]
    pub(super) allow: Vec<Allowed>,
    /// What becomes of what is found. Without it what `action` of the whole configuration says.
    #[serde(default)]
    pub(super) action: Option<Action>,
}

/// The name of a check.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct CheckName(pub(super) String);

impl JsonSchema for CheckName {
    fn schema_name() -> Cow<'static, str> {
        "CheckName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let each: Vec<_> =
            crate::detect::CHECKS.iter().map(|check| json_schema!({ "const": check.name, "description": check.about })).collect();
        json_schema!({ "description": "The name of a check.", "oneOf": each })
    }
}

/// Names what is left alone though a rule finds it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Allowed {
    /// What is this text.
    Exact(#[schemars(length(min = 1))] String),
    /// What this regular expression matches from the first to the last character.
    Regex(#[schemars(length(min = 1))] String),
}

/// The key of hashes and pseudonyms.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HashKey {
    /// The name of one of the plugin's `secrets` in the policy, never the key itself.
    pub(super) key: String,
    /// Written into every hash, so that it can be told which key made it when keys are changed: letters, digits, `.`, `_`, `-`. Without it the name.
    #[serde(default)]
    pub(super) id: Option<String>,
}
