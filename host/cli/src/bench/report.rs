//! The figures, as a table and as JSON.

use std::fmt;

use serde_json::{Map, Value, json};

use super::rounds::{Rounds, Times};

const YARDSTICKS: [&str; 3] = ["span_data_clone", "span_data_clone_static_keys", "native_redact"];

/// One line of a table: name, least, median.
type Line = (String, f64, f64);

pub(super) struct Report {
    head: String,
    yardsticks: Vec<Line>,
    stages: Vec<Line>,
    ratios: Vec<(&'static str, f64)>,
    tail: String,
}

impl Report {
    pub(super) fn new(rounds: &Rounds, times: &Times, count: usize) -> Self {
        let line = |name: &str| times.of(name).map(|(least, median)| (name.to_owned(), least, median));
        let yardsticks: Vec<Line> = YARDSTICKS.into_iter().filter_map(line).collect();
        let before = ["encode", "crossing"];
        let after = ["call", "edits", "chain", "write_back", "policy", "policy_redact_first"];
        let plugins = rounds.plugins.iter().map(String::as_str);
        let stages: Vec<Line> = before.into_iter().chain(plugins).chain(after).filter_map(line).collect();

        let least = |name: &str| times.of(name).map(|(least, _)| least);
        let ratio = |key, a: &str, b: &str| Some((key, least(a)? / least(b)?));
        let ratios = [
            ratio("crossing_to_clone", "crossing", "span_data_clone"),
            ratio("redact_to_native", "redact", "native_redact"),
            ratio("policy_to_native", "policy", "native_redact"),
        ];
        let head =
            format!("{} spans of {} traces in {} batches; {count} rounds, one thread", rounds.spans, rounds.traces, rounds.batches());
        let outcome = rounds.outcome;
        let mut tail = format!(
            "policy: {}, in this order; of {} spans {} are forwarded, {} sampled out",
            rounds.plugins.join(", "),
            rounds.spans,
            outcome.forwarded,
            outcome.sampled_out
        );
        if rounds.failures() > 0 {
            tail.push_str(&format!("\nNOT VALID: plugins failed on {} calls", rounds.failures()));
        }
        for (name, what) in [("policy", "policy"), ("policy_redact_first", "with redact first")] {
            if let Some(nanos) = least(name) {
                tail.push_str(&format!("\n{what}: {:.2} million spans/s on one core", 1e3 / nanos));
            }
        }
        Report { head, yardsticks, stages, ratios: ratios.into_iter().flatten().collect(), tail }
    }

    /// The figures, under keys that stay as they are.
    pub(super) fn json(&self) -> String {
        let stages: Map<String, Value> = self
            .stages
            .iter()
            .map(|(name, least, median)| (name.clone(), json!({ "ns_per_span": rounded(*least), "median_ns_per_span": rounded(*median) })))
            .collect();
        let yardsticks: Map<String, Value> = self.yardsticks.iter().map(|(name, least, _)| (name.clone(), rounded(*least))).collect();
        let ratios: Map<String, Value> = self.ratios.iter().map(|(name, ratio)| ((*name).to_owned(), rounded(*ratio))).collect();
        let mut text = format!("{:#}", json!({ "stages": stages, "yardsticks": yardsticks, "ratios": ratios }));
        text.push('\n');
        text
    }
}

fn rounded(figure: f64) -> Value {
    json!((figure * 1000.0).round() / 1000.0)
}

/// What a line stands for.
fn meaning(name: &str) -> &str {
    match name {
        "span_data_clone" => "cloning the SDK's span, its keys being owned strings",
        "span_data_clone_static_keys" => "the same, its keys being constants",
        "native_redact" => "ten rules natively: RegexSet, then replace_all of those that hit",
        "encode" => "spans into columns",
        "crossing" => "encode, and an empty plugin that is handed every column",
        "call" => "of the chain, handing over and the guests",
        "edits" => "of the chain, checking and applying edits",
        "chain" => "all plugins, one after the other",
        "write_back" => "changed columns into spans",
        "policy" => "encode, chain and write_back",
        "policy_redact_first" => "the same with redact before the others, so that it sees every span",
        "crossing_to_clone" => "crossing / span_data_clone",
        "redact_to_native" => "redact / native_redact",
        "policy_to_native" => "policy / native_redact",
        _ => "this plugin alone, on every span: columns handed over, call, edits applied",
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n\n{:<30}{:>9}{:>9}", self.head, "ns a span", "minimum", "median")?;
        for (name, least, median) in self.yardsticks.iter().chain(&self.stages) {
            writeln!(f, "{name:<30}{least:>9.1}{median:>9.1}   {}", meaning(name))?;
        }
        writeln!(f, "\n{:<30}{:>9}", "ratio of minima", "")?;
        for (name, ratio) in &self.ratios {
            writeln!(f, "{name:<30}{ratio:>9.3}{:>9}   {}", "", meaning(name))?;
        }
        writeln!(f, "\n{}", self.tail)
    }
}
