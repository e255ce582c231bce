//! Reasons to keep a trace.

use std::ops::Range;

use serde_json::Value as Json;
use spansieve_plugin::{Batch, Column, ConfigError, ROWS, Setup, Slot, Status, TEXTS, Value};

use crate::config::Keep;

/// A reason to keep a trace, made ready.
#[derive(Debug)]
pub(crate) enum Rule {
    Errors,
    Exceptions,
    /// In nanoseconds.
    Slow(u64),
    Attribute(Slot, Option<Json>),
}

impl Rule {
    /// Makes a rule ready and asks the host for what it reads. Gives its name too, for counters and for the reason attribute.
    pub(crate) fn new(keep: &Keep, setup: &mut Setup) -> Result<(Self, String), ConfigError> {
        Ok(match keep {
            Keep::Errors => {
                setup.read(&[Column::SpanStatus]);
                (Rule::Errors, "errors".into())
            }
            Keep::Exceptions => {
                setup.read(&[Column::SpanEventsEnd, Column::EventName]);
                setup.read(TEXTS);
                (Rule::Exceptions, "exceptions".into())
            }
            Keep::Slow(time) => {
                setup.read(&[Column::SpanStart, Column::SpanEnd]);
                (Rule::Slow(time.nanos), "slow".into())
            }
            Keep::Attribute(attribute) => {
                if attribute.key.is_empty() {
                    return Err(ConfigError::at("attribute.key", "expected the key of an attribute, found nothing"));
                }
                if let Some(Json::Null | Json::Array(_) | Json::Object(_)) = &attribute.equals {
                    return Err(ConfigError::at("attribute.equals", "expected a string, a number or a boolean"));
                }
                setup.read(ROWS);
                (Rule::Attribute(setup.key(&attribute.key), attribute.equals.clone()), format!("attribute.{}", attribute.key))
            }
        })
    }

    /// Whether one of these spans gives the reason.
    pub(crate) fn matches(&self, batch: &Batch<'_>, spans: Range<usize>) -> bool {
        let columns = batch.columns();
        match self {
            Rule::Errors => columns.bytes(Column::SpanStatus)[spans].contains(&(Status::Error as u8)),
            Rule::Slow(nanos) => {
                let (start, end) = (columns.u64s(Column::SpanStart), columns.u64s(Column::SpanEnd));
                spans.into_iter().any(|span| {
                    let (start, end) = (start.get(span as u32).unwrap_or(0), end.get(span as u32).unwrap_or(0));
                    end.saturating_sub(start) >= *nanos
                })
            }
            Rule::Exceptions => spans.into_iter().any(|span| batch.span(span).events().any(|event| event.name() == "exception")),
            Rule::Attribute(slot, expected) => spans.into_iter().filter_map(|span| batch.span(span).attribute(*slot)).any(|attribute| {
                expected.as_ref().is_none_or(|expected| match (attribute.value(), expected) {
                    (Value::Str(text), Json::String(expected)) => text == expected.as_str(),
                    (Value::Bool(b), Json::Bool(expected)) => b == *expected,
                    (Value::Int(n), Json::Number(expected)) => {
                        expected.as_i64().map_or(expected.as_f64() == Some(n as f64), |expected| n == expected)
                    }
                    (Value::Double(n), Json::Number(expected)) => expected.as_f64() == Some(n),
                    _ => false,
                })
            }),
        }
    }
}
