//! A policy taken apart, to measure its plugins one by one and in another order.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Value, json};
use spansieve_runtime::Policy;

/// The plugins of a policy as the file has them. An environment variable that stands for a number becomes text in the parts.
pub(super) struct Parts {
    origin: String,
    /// Where relative paths start.
    base: PathBuf,
    plugins: Vec<Value>,
}

impl Parts {
    /// Takes a policy apart that [`Policy::parse`] has accepted.
    pub(super) fn of(text: &str, origin: &str, base: PathBuf) -> Result<Self> {
        let documents = Yaml::load_from_str(text).context("the policy is not YAML")?;
        let policy = documents.first().map_or(Ok(Value::Null), json)?;
        let plugins = policy["plugins"].as_array().cloned().unwrap_or_default();
        Ok(Parts { origin: origin.to_owned(), base, plugins })
    }

    /// A policy of some of the plugins, by their numbers, in the order in which they are named.
    pub(super) fn policy(&self, numbers: &[usize]) -> Result<Policy> {
        let plugins: Vec<&Value> = numbers.iter().filter_map(|number| self.plugins.get(*number)).collect();
        Ok(Policy::parse(&json!({ "version": 1, "plugins": plugins }).to_string(), &self.origin, &self.base)?)
    }
}

fn json(yaml: &Yaml<'_>) -> Result<Value> {
    Ok(match yaml {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(value)) => (*value).into(),
        Yaml::Value(Scalar::Integer(value)) => (*value).into(),
        Yaml::Value(Scalar::FloatingPoint(value)) => value.into_inner().into(),
        Yaml::Value(Scalar::String(text)) => text.as_ref().into(),
        Yaml::Sequence(items) => Value::Array(items.iter().map(json).collect::<Result<_>>()?),
        Yaml::Mapping(entries) => {
            let entry = |(key, value): (&Yaml<'_>, &Yaml<'_>)| {
                Ok((key.as_str().context("a key of the policy is not text")?.to_owned(), json(value)?))
            };
            Value::Object(entries.iter().map(entry).collect::<Result<_>>()?)
        }
        _ => bail!("the policy has tags or anchors, with which it can't be taken apart"),
    })
}
