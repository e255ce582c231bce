//! Configuration: from JSON text to the policy's type, with errors that say where.

use std::fmt;

use schemars::generate::SchemaSettings;
use serde::de::DeserializeOwned;

/// Why a configuration cannot be used: where in it, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    path: String,
    message: String,
}

impl ConfigError {
    /// About the place `path` of the configuration, such as `actions[2].key`; empty for the whole.
    pub fn at(path: impl Into<String>, message: impl Into<String>) -> Self {
        ConfigError { path: path.into(), message: message.into() }
    }

    /// The place in the configuration; empty for the whole.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong there.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The same, of a configuration that stands at `prefix` in a larger one.
    pub fn within(mut self, prefix: &str) -> Self {
        self.path = match (prefix.is_empty(), self.path.is_empty()) {
            (_, true) => prefix.to_owned(),
            (true, false) => self.path,
            (false, false) => format!("{prefix}.{}", self.path),
        };
        self
    }
}

impl From<String> for ConfigError {
    fn from(message: String) -> Self {
        ConfigError::at("", message)
    }
}

impl From<&str> for ConfigError {
    fn from(message: &str) -> Self {
        ConfigError::at("", message)
    }
}

/// `actions[2].key: what is wrong`, or only what is wrong.
impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for ConfigError {}

/// Reads a configuration from JSON text. `null` counts as `{}` where the type takes no `null`.
///
/// # Errors
/// When the text is not JSON or not of this type; the path leads to the place.
pub fn parse<C: DeserializeOwned>(json: &str) -> Result<C, ConfigError> {
    match tracked(json) {
        Err(_) if json.trim() == "null" => tracked("{}"),
        parsed => parsed,
    }
}

/// The one place that makes a configuration of JSON: another would have the compiler make all its code twice.
fn tracked<C: DeserializeOwned>(json: &str) -> Result<C, ConfigError> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let config = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        ConfigError::at(if path == "." { "" } else { &path }, without_position(&error.into_inner().to_string()))
    })?;
    deserializer.end().map_err(|error| ConfigError::from(error.to_string()))?;
    Ok(config)
}

/// The JSON Schema (2020-12) of a configuration type as JSON text.
pub fn schema<C: schemars::JsonSchema>() -> String {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<C>().to_value().to_string()
}

/// Cuts off ` at line 1 column 42`: the operator wrote YAML, and never sees the JSON.
fn without_position(message: &str) -> &str {
    match message.rsplit_once(" at line ") {
        Some((message, position)) if position.contains(" column ") => message,
        _ => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Config {
        /// What to do, in order.
        #[serde(default)]
        steps: Vec<Step>,
    }

    #[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "read by nobody but serde")]
    struct Step {
        key: String,
        #[serde(default)]
        times: u32,
    }

    fn error(json: &str) -> String {
        parse::<Config>(json).unwrap_err().to_string()
    }

    #[test]
    fn errors_name_the_path_and_what_was_expected() {
        assert_eq!(error(r#"{"steps": [{"key": "a"}, {"key": 3}]}"#), "steps[1].key: invalid type: integer `3`, expected a string");
        assert_eq!(error(r#"{"steps": [{"kee": "a"}]}"#), "steps[0].kee: unknown field `kee`, expected `key` or `times`");
        assert_eq!(error(r#"{"steps": [{}]}"#), "steps[0]: missing field `key`");
        assert_eq!(error(r#"{"step": []}"#), "step: unknown field `step`, expected `steps`");
        assert_eq!(error("3"), "invalid type: integer `3`, expected struct Config");
    }

    #[test]
    fn no_configuration_counts_as_an_empty_one() {
        assert!(parse::<Config>("null").unwrap().steps.is_empty());
        parse::<()>("null").unwrap();
    }

    #[test]
    fn the_schema_carries_descriptions_and_refuses_unknown_keys() {
        let schema: serde_json::Value = serde_json::from_str(&schema::<Config>()).unwrap();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(schema["properties"]["steps"]["description"], "What to do, in order.");
        assert_eq!(schema["additionalProperties"], false);
    }
}
