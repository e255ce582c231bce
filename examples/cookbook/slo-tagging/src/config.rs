//! The configuration, as it stands in a policy file.

use std::borrow::Cow;
use std::collections::HashSet;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use spansieve_plugin::ConfigError;

use crate::pattern::Pattern;

/// What is promised of which requests.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The objectives. The first that a request falls under counts.
    pub objectives: Vec<Objective>,
}

/// What is promised of some requests. Where several patterns are given, all have to match.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Objective {
    /// Its name, which becomes the attribute `slo.name` and the counters `NAME.total` and `NAME.good`.
    pub name: String,
    /// Pattern for `http.route`.
    pub route: Option<Pattern>,
    /// Pattern for the name of the span, such as `orders.Orders/*` of gRPC or `nightly bill` of a job.
    pub span_name: Option<Pattern>,
    /// Pattern for the resource's `service.name`.
    pub service: Option<Pattern>,
    /// How long a request may take, such as 300ms.
    pub latency: Option<Time>,
    /// Whether a request that fails misses the objective: one with the status error, or an HTTP status code of 500 or more.
    #[serde(default = "yes")]
    pub errors: bool,
}

fn yes() -> bool {
    true
}

impl Config {
    /// Finds what serde does not: objectives that say nothing, or are called the same.
    pub fn check(&self) -> Result<(), ConfigError> {
        if self.objectives.is_empty() {
            return Err(ConfigError::at("objectives", "expected one at least"));
        }
        let mut names = HashSet::new();
        for (number, objective) in self.objectives.iter().enumerate() {
            let wrong = |key: &str, message: &str| Err(ConfigError::at(format!("objectives[{number}]{key}"), message));
            if objective.name.is_empty() {
                return wrong(".name", "expected a name");
            }
            if !names.insert(&objective.name) {
                return wrong(".name", "another objective has this name already");
            }
            if objective.route.is_none() && objective.span_name.is_none() && objective.service.is_none() {
                return wrong("", "expected one of route, span_name and service");
            }
            if objective.latency.is_none() && !objective.errors {
                return wrong("", "expected a latency, or `errors: true`: nothing is promised");
            }
        }
        Ok(())
    }
}

/// A length of time, such as `300ms`.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub struct Time(pub Duration);

impl TryFrom<String> for Time {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let units = [("ms", 1e-3), ("us", 1e-6), ("s", 1.0), ("m", 60.0)];
        let seconds = units.iter().find_map(|(unit, factor)| Some(text.strip_suffix(unit)?.parse::<f64>().ok()? * factor));
        seconds
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .map(Time)
            .ok_or_else(|| format!("expected a length of time with its unit, such as 300ms or 1.5s, found {text:?}"))
    }
}

impl JsonSchema for Time {
    fn schema_name() -> Cow<'static, str> {
        "Time".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "description": "A length of time with its unit: us, ms, s or m.", "pattern": r"^[0-9]+(\.[0-9]+)?(us|ms|s|m)$"})
    }
}
