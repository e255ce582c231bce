//! A policy taken apart, to measure its plugins one by one and in another order.

use std::path::PathBuf;

use anyhow::{Context, Result};
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
        let policy = crate::node::yaml(text).context("the policy is not YAML")?.json();
        let plugins = policy["plugins"].as_array().cloned().unwrap_or_default();
        Ok(Parts { origin: origin.to_owned(), base, plugins })
    }

    /// A policy of some of the plugins, by their numbers, in the order in which they are named.
    pub(super) fn policy(&self, numbers: &[usize]) -> Result<Policy> {
        let plugins: Vec<&Value> = numbers.iter().filter_map(|number| self.plugins.get(*number)).collect();
        Ok(Policy::parse(&json!({ "version": 1, "plugins": plugins }).to_string(), &self.origin, &self.base)?)
    }
}
