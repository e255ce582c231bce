//! The configuration as it stands in a policy file.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};
use serde_json::Value as Json;

/// Which traces are kept.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The first of these that a trace matches keeps it, whole.
    pub keep: Vec<Keep>,
    /// What becomes of the other traces.
    pub rest: Rest,
    /// Significant hexadecimal digits of written thresholds, 1 to 14.
    #[serde(deserialize_with = "precision")]
    #[schemars(range(min = 1, max = 14), default = "default_precision")]
    pub precision: Option<u32>,
    /// Key of an attribute that says on the local root which rule kept the trace: `errors`, `slow`, ..., or `rest`. Not written by default.
    pub reason_attribute: Option<String>,
    /// How many decisions are remembered for spans that come late, by default 20000. Each takes about 100 bytes.
    pub remember: Option<u32>,
}

fn default_precision() -> u32 {
    DEFAULT_PRECISION
}

/// Digits of a threshold that the specification recommends.
pub const DEFAULT_PRECISION: u32 = 4;

/// Decisions that are remembered at least, where the configuration does not say.
pub const DEFAULT_REMEMBER: u32 = 20_000;

/// A reason to keep a trace.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Keep {
    /// A span has the status error.
    Errors,
    /// A span has an event `exception`, whatever its status: one that was caught and handled counts too.
    Exceptions,
    /// A span took at least so long.
    Slow(Time),
    /// A span has this attribute.
    Attribute(Attribute),
}

/// An attribute that a span must have: with any value, or with the one that is given.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attribute {
    /// Its key.
    pub key: String,
    /// Its value: a string, a number or a boolean.
    pub equals: Option<Json>,
}

/// What becomes of traces that match no rule: those that the head sampler did not sample are dropped, the others are thinned.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Rest {
    /// Probability with which a trace is kept, 0 to 1.
    #[serde(deserialize_with = "ratio")]
    #[schemars(range(min = 0, max = 1))]
    pub ratio: f64,
    /// Of what it is the probability.
    pub of: Of,
}

impl Default for Rest {
    fn default() -> Self {
        Rest { ratio: 1.0, of: Of::Sampled }
    }
}

/// What the ratio refers to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Of {
    /// Of the traces that arrive sampled, so many are kept. The Collector calls this proportional.
    #[default]
    Sampled,
    /// Of all traces that there were, so many are kept: those that were thinned before are thinned less, or not at all. The Collector calls this
    /// equalizing.
    All,
}

/// A length of time, such as `500ms` or `1.5s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    /// In nanoseconds.
    pub nanos: u64,
}

impl Time {
    /// Reads a number and a unit: ns, us, ms, s, m or h.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let unit_at = text.find(|c: char| c.is_ascii_alphabetic())?;
        let (number, unit) = text.split_at(unit_at);
        let factor = match unit {
            "ns" => 1.0,
            "us" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 60e9,
            "h" => 3600e9,
            _ => return None,
        };
        let number: f64 = number.trim().parse().ok()?;
        (number >= 0.0).then(|| Time { nanos: (number * factor).round() as u64 })
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl serde::de::Visitor<'_> for Visitor {
            type Value = Time;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a length of time with its unit, such as 500ms, 1.5s or 2m")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Time, E> {
                Time::parse(text).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_str(Visitor)
    }
}

impl JsonSchema for Time {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Time".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A length of time with its unit, such as 500ms, 1.5s or 2m.",
            "pattern": r"^\s*[0-9]+(\.[0-9]+)?\s*(ns|us|ms|s|m|h)\s*$",
        })
    }
}

fn ratio<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let ratio = f64::deserialize(deserializer)?;
    if (0.0..=1.0).contains(&ratio) {
        Ok(ratio)
    } else {
        Err(serde::de::Error::custom(format!("expected a ratio from 0 to 1, found {ratio}")))
    }
}

fn precision<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let digits = Option::<u32>::deserialize(deserializer)?;
    match digits {
        Some(0 | 15..) => Err(serde::de::Error::custom("expected 1 to 14 digits")),
        digits => Ok(digits),
    }
}

#[cfg(test)]
mod tests {
    use super::Time;

    #[test]
    fn lengths_of_time_have_a_number_and_a_unit() {
        let nanos = |text| Time::parse(text).map(|time| time.nanos);
        assert_eq!(nanos("500ms"), Some(500_000_000));
        assert_eq!(nanos("1.5s"), Some(1_500_000_000));
        assert_eq!(nanos(" 2 m "), Some(120_000_000_000));
        assert_eq!(nanos("3us"), Some(3_000));
        for wrong in ["", "5", "ms", "-1s", "5 minutes", "1e3x"] {
            assert_eq!(nanos(wrong), None, "{wrong}");
        }
    }
}
