//! Comparing what a plugin in service made of a batch with what its shadow made of the same one.
//!
//! What is told of the differences goes to logs and dashboards, where spans' values have no business: values are told by their kind and length,
//! and keys and names only where the plugin in service let them through.

use std::fmt::Write as _;

use crate::batch::{Batch, Rows, Span, Value};

/// Descriptions of differences that are kept, of the newest batch that had some.
const SAMPLES: usize = 5;

/// Single differences that one description names.
const DETAILS: usize = 8;

/// How a shadow's results differ from those of the plugin in service, since it was loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShadowStats {
    /// Batches that were compared.
    pub batches: u64,
    /// Spans that at least one of the two let through.
    pub spans: u64,
    /// Spans that only the plugin in service let through.
    pub only_serving: u64,
    /// Spans that only the shadow let through.
    pub only_shadow: u64,
    /// Spans that both let through, and that are not the same.
    pub differing: u64,
    /// What differs, of a few spans, values hidden.
    pub samples: Vec<String>,
}

impl ShadowStats {
    /// Adds the comparison of one batch.
    pub(crate) fn compare(&mut self, serving: &Batch, shadow: &Batch) {
        let mut samples = Vec::new();
        let mut sample = |describe: &dyn Fn() -> String| {
            if samples.len() < SAMPLES {
                samples.push(describe());
            }
        };
        self.batches += 1;
        let (mut left, mut right) = (serving.spans().peekable(), shadow.spans().peekable());
        loop {
            let order = match (left.peek(), right.peek()) {
                (Some(a), Some(b)) => a.source().cmp(&b.source()),
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (None, None) => break,
            };
            self.spans += 1;
            let (a, b) = (left.next_if(|_| order.is_le()), right.next_if(|_| order.is_ge()));
            match (a, b) {
                (Some(a), Some(b)) => {
                    let differences = differences(&a, &b);
                    if !differences.is_empty() {
                        self.differing += 1;
                        sample(&|| format!("{}: {}", a.name(), differences.join("; ")));
                    }
                }
                (Some(a), None) => {
                    self.only_serving += 1;
                    sample(&|| format!("{}: dropped by the shadow only", a.name()));
                }
                (None, Some(_)) => {
                    self.only_shadow += 1;
                    sample(&|| "a span: dropped by the plugin in service only".to_owned());
                }
                (None, None) => {}
            }
        }
        if !samples.is_empty() {
            self.samples = samples;
        }
    }
}

/// What differs between two versions of a span, serving first.
fn differences(a: &Span<'_>, b: &Span<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let mut field = |name: &str, a: &str, b: &str| {
        if a != b {
            found.push(format!("{name}: {} -> {}", hidden(Value::Str(a)), hidden(Value::Str(b))));
        }
    };
    field("name", a.name(), b.name());
    field("message", a.message(), b.message());
    field("tracestate", a.tracestate(), b.tracestate());
    field("scope name", a.scope().name(), b.scope().name());
    for (what, a, b) in
        [("kind", a.kind().into(), b.kind().into()), ("status", a.status().into(), b.status().into()), ("flags", a.flags(), b.flags())]
    {
        if a != b {
            found.push(format!("{what}: {a} -> {b}"));
        }
    }
    rows("", a.attributes(), b.attributes(), &mut found);
    rows("scope ", a.scope().attributes(), b.scope().attributes(), &mut found);
    for (number, (a, b)) in a.events().zip(b.events()).enumerate() {
        if a.name() != b.name() {
            found.push(format!("event {number} name: {} -> {}", hidden(Value::Str(a.name())), hidden(Value::Str(b.name()))));
        }
        rows(&format!("event {number} "), a.attributes(), b.attributes(), &mut found);
    }
    for (number, (a, b)) in a.links().zip(b.links()).enumerate() {
        if a.tracestate() != b.tracestate() {
            found.push(format!("link {number} tracestate"));
        }
        rows(&format!("link {number} "), a.attributes(), b.attributes(), &mut found);
    }
    if a.events().len() != b.events().len() || a.links().len() != b.links().len() {
        found.push("number of events or links".into());
    }
    if found.len() > DETAILS {
        let more = found.len() - DETAILS;
        found.truncate(DETAILS);
        found.push(format!("{more} more"));
    }
    found
}

fn rows(of: &str, a: Rows<'_>, b: Rows<'_>, found: &mut Vec<String>) {
    for (key, value) in a.iter() {
        match b.get(key) {
            None => found.push(format!("{of}{key}: {} -> nothing", hidden(value))),
            Some(other) if !same(value, other) => found.push(format!("{of}{key}: {} -> {}", hidden(value), hidden(other))),
            Some(_) => {}
        }
    }
    for (_, value) in b.iter().filter(|(key, _)| a.get(key).is_none()) {
        found.push(format!("{of}(a key that the plugin in service does not let through): nothing -> {}", hidden(value)));
    }
}

fn same(a: Value<'_>, b: Value<'_>) -> bool {
    match (a, b) {
        (Value::Double(a), Value::Double(b)) => a.to_bits() == b.to_bits(),
        (Value::Str(a), Value::Str(b)) => a == b,
        (a, b) => std::mem::discriminant(&a) == std::mem::discriminant(&b) && a.to_json() == b.to_json(),
    }
}

/// What kind of value it is and how long, and nothing else.
fn hidden(value: Value<'_>) -> String {
    let mut text = String::new();
    let _ = match value {
        Value::Empty => write!(text, "empty"),
        Value::Str(value) => write!(text, "text({})", value.chars().count()),
        Value::Bool(_) => write!(text, "bool"),
        Value::Int(_) => write!(text, "int"),
        Value::Double(_) => write!(text, "double"),
        Value::Bytes(value) => write!(text, "bytes({})", value.len()),
        Value::Array(rows) => write!(text, "array({})", rows.len()),
        Value::Map(rows) => write!(text, "map({})", rows.len()),
    };
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text;

    fn batch(spans: &str) -> Batch {
        let mut batch = Batch::new();
        text::parse(spans, &mut batch).unwrap();
        batch
    }

    #[test]
    fn differences_are_counted_and_told_without_values() {
        let serving = batch("a  server  user=\"[REDACTED]\"  n=1\nb  k=1\nc\n");
        let mut shadow = batch("a  server  user=\"ada@example.org\"  secret.key=\"s3cret\"  n=1\nb  k=1\nc\n");
        shadow.retain(&(0..shadow.len()).map(|span| span != 2).collect::<Vec<_>>());
        let mut stats = ShadowStats::default();
        stats.compare(&serving, &shadow);
        assert_eq!((stats.batches, stats.spans, stats.only_serving, stats.only_shadow, stats.differing), (1, 3, 1, 0, 1));
        assert_eq!(
            stats.samples,
            [
                "a: user: text(10) -> text(15); (a key that the plugin in service does not let through): nothing -> text(6)",
                "c: dropped by the shadow only"
            ]
        );
    }

    #[test]
    fn equal_results_are_no_difference() {
        let mut stats = ShadowStats::default();
        let spans = "a  server  list=[1, \"x\", {k=2.5}]\n  ! event  k=\"v\"\n";
        stats.compare(&batch(spans), &batch(spans));
        assert_eq!(stats, ShadowStats { batches: 1, spans: 1, ..ShadowStats::default() });
    }
}
