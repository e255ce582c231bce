//! `spansieve bench`: what a policy costs for each span, and what that is in terms of things whose cost one knows.
//!
//! Everything is measured in one thread and in the same run, in rounds: each round does every stage and every yardstick once, so that a noisy
//! neighbour hits all alike. Ratios are those of the minima.

mod component;
mod faults;
mod native;
mod parts;
mod redaction;
mod reload;
mod report;
mod rounds;
mod service;
mod spans;
mod startup;

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use spansieve_runtime::{Batch, Policy};

use parts::Parts;
use rounds::{Rounds, Times};

const EXAMPLES: &str = "\
Examples:
  spansieve bench                                                      the benchmark's policy, and what it is made of
  spansieve bench build/owners.wasm --config '{team: x}' --budget 2us   one plugin beside the standard ones; fails a CI when it is dear";

/// Measure what a policy or a plugin costs for each span
///
/// Prints nanoseconds a span for each stage, and ratios to yardsticks that are measured in the same run: cloning a span, and redacting it with
/// regular expressions in native code. Of a plugin: its calls, and applying its edits, beside those of the standard plugins.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// A component to measure, instead of a policy
    #[arg(value_name = "PLUGIN", conflicts_with_all = ["policy", "startup", "reload", "faults", "redact"])]
    plugin: Option<PathBuf>,
    /// The plugin's configuration, as YAML or JSON
    #[arg(long, value_name = "YAML", requires = "plugin")]
    config: Option<String>,
    /// A look-up table or a secret that the plugin wants
    #[arg(long = "table", value_name = "NAME=FILE", requires = "plugin", value_parser = crate::inspect::table)]
    tables: Vec<crate::inspect::Table>,
    /// Fail if the plugin takes longer for a span, its edits included: 150ns, 2us
    #[arg(long, value_name = "TIME", requires = "plugin", value_parser = component::duration)]
    budget: Option<Duration>,
    /// Pass so many further batches through the plugin, and tell how much memory it took
    #[arg(long, value_name = "N", requires = "plugin", default_value_t = 0, hide_default_value = true)]
    batches: u64,
    /// The policy [default: redaction with ten value rules, four enrichments, errors and 10 % of the other traces]
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Spans to measure with: OTLP, JSON or protobuf, repeated where they do not fill a batch [default: an invented web shop's, 512 spans in 64 traces]
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// Also write the figures to FILE, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Measure for a fraction of a second only
    #[arg(long)]
    quick: bool,
    /// Instead measure starting: from nothing to the first span that has passed the standard policy, with an empty cache and a full one
    #[arg(long, conflicts_with_all = ["policy", "input"])]
    startup: bool,
    /// Instead measure changing a policy: from saving a file to its being in service, and what that does to the application's threads
    #[arg(long, conflicts_with_all = ["policy", "input"])]
    reload: bool,
    /// Instead measure a plugin that fails on one span in 10,000
    #[arg(long, conflicts_with_all = ["policy", "input"])]
    faults: bool,
    /// Instead measure redaction with ten rules, with the default preset and with 100 token rules, against ten rules in native code
    #[arg(long, conflicts_with_all = ["policy", "input"])]
    redact: bool,
    /// One start, in milliseconds: what --startup runs
    #[arg(long, hide = true)]
    start_once: bool,
    /// Only the crossing, or this plugin alone, over and over, and no report: something for a profiler to look at
    #[arg(long, hide = true, value_name = "STAGE")]
    only: Option<String>,
}

/// Made by the comparison with the OpenTelemetry Collector: 64 traces of 8 spans with ten attributes each, some with e-mail addresses, card
/// numbers and tokens. All of it is invented.
const WORKLOAD: &[u8] = include_bytes!("bench/batch-512.otlp.pb");

/// Does what the Collector's chain does in that comparison.
const POLICY: &str = include_str!("bench/policy.yaml");

pub(crate) fn run(args: Args) -> Result<ExitCode> {
    if args.start_once {
        writeln!(stdout(), "{}", startup::start_once()?)?;
        return Ok(ExitCode::SUCCESS);
    }
    if args.startup || args.reload || args.faults || args.redact {
        return service::run(&args);
    }
    let batch = match &args.input {
        Some(path) => {
            let document = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            decode(&document, &path.display().to_string())?
        }
        None => decode(WORKLOAD, "the benchmark's spans")?,
    };
    ensure!(!batch.is_empty(), "there are no spans in the input");
    if let Some(plugin) = &args.plugin {
        return component::run(plugin, &args, &batch);
    }
    let (text, origin, base) = match &args.policy {
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            (text, path.display().to_string(), path.parent().unwrap_or(Path::new("")))
        }
        None => (POLICY.to_owned(), "the benchmark's policy".to_owned(), Path::new("")),
    };
    let policy = Policy::parse(&text, &origin, base)?;
    let parts = Parts::of(&text, &origin, base.to_owned())?;
    let mut rounds = Rounds::new(&policy, &parts, &batch)?;
    let count = if args.quick { 30 } else { 600 };
    let mut times = Times::default();
    if let Some(stage) = &args.only {
        ensure!(stage == "crossing" || policy.plugins().any(|name| name == stage), "there is no stage {stage}");
        for _ in 0..20 * count {
            match stage.as_str() {
                "crossing" => rounds.crossing(&mut times),
                _ => rounds.alone(&mut times),
            }
        }
        let (least, median) = times.of(stage).unwrap_or_default();
        writeln!(stdout(), "{stage}: {least:.0} ns a span, median {median:.0}")?;
        return Ok(ExitCode::SUCCESS);
    }
    for _ in 0..count / 10 {
        rounds.round(&mut Times::default()); // warm-up: caches, branch predictors, buffers that grow to their size
    }
    for _ in 0..count {
        rounds.round(&mut times);
    }
    let report = report::Report::new(&rounds, &times, count);
    write!(stdout(), "{report}")?;
    if let Some(path) = &args.json {
        std::fs::write(path, report.json()).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn decode(document: &[u8], origin: &str) -> Result<Batch> {
    let input = spansieve_otlp::read(document, origin)?;
    let mut traces = spansieve_otlp::Traces::new(input.requests)?;
    let mut batch = Batch::new();
    let all: Vec<u32> = traces.chunks(usize::MAX).into_iter().flatten().collect();
    traces.encode(&all, &mut batch);
    Ok(batch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_have_the_keys_that_others_read_and_no_plugin_fails() {
        let policy = Policy::parse(POLICY, "policy.yaml", Path::new("")).expect("it is a policy");
        let parts = Parts::of(POLICY, "policy.yaml", PathBuf::new()).expect("it can be taken apart");
        let batch = decode(WORKLOAD, "the workload").expect("it is OTLP");
        let mut rounds = Rounds::new(&policy, &parts, &batch).expect("everything loads");
        let mut times = Times::default();
        rounds.round(&mut times);

        assert_eq!((rounds.spans, rounds.traces, rounds.failures()), (512, 64, 0));
        // The error's trace and about a tenth of the others.
        assert!((16..128).contains(&rounds.outcome.forwarded), "{:?}", rounds.outcome);
        assert_eq!(rounds.outcome.forwarded + rounds.outcome.sampled_out, 512);

        let json: serde_json::Value = serde_json::from_str(&report::Report::new(&rounds, &times, 1).json()).expect("it is JSON");
        for stage in ["encode", "crossing", "enrich", "sample", "redact", "chain", "write_back", "policy"] {
            assert!(json["stages"][stage]["ns_per_span"].as_f64().is_some_and(|nanos| nanos > 0.0), "{stage}: {json}");
        }
        for (group, keys) in [
            ("yardsticks", &["span_data_clone", "native_redact"][..]),
            ("ratios", &["crossing_to_clone", "redact_to_native", "policy_to_native"]),
        ] {
            for key in keys {
                assert!(json[group][key].as_f64().is_some_and(|figure| figure > 0.0), "{group}.{key}: {json}");
            }
        }
    }
}
