//! What one plugin costs, beside the standard ones: for its author, and for a CI that holds it to a budget.

use std::fmt::Write as _;
use std::io::{Write as _, stdout};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value, json};
use spansieve::bench::encode;
use spansieve_runtime::{Batch, Chain, Limits, Plugin, PluginOptions, Policy, TraceReason};

use super::parts::Parts;
use super::rounds::Times;
use super::spans::{Keys, of_batch, renew_trace_ids};
use super::{Args, POLICY};
use crate::inspect::size;

/// Spans a batch.
const BATCH: usize = 512;

/// A plugin that is measured: either the one in question, or a standard one for comparison.
enum Contestant {
    Own(Box<Plugin>),
    Standard(String, Box<Chain>),
}

impl Contestant {
    fn name(&self) -> &str {
        match self {
            Contestant::Own(plugin) => plugin.name(),
            Contestant::Standard(name, _) => name,
        }
    }

    fn groups_traces(&self) -> bool {
        match self {
            Contestant::Own(plugin) => plugin.interest().whole_traces,
            Contestant::Standard(_, chain) => chain.groups_traces(),
        }
    }

    /// Runs it, and answers with the time in the call and the time for edits.
    fn run(&mut self, batch: &mut Batch) -> Result<(Duration, Duration)> {
        let spent = |plugin: &spansieve_runtime::PluginStats| (plugin.call, plugin.applying);
        let of = |(call, applying): (Duration, Duration), before: (Duration, Duration)| (call - before.0, applying - before.1);
        match self {
            Contestant::Own(plugin) => {
                let before = spent(&plugin.stats());
                plugin.try_on(batch).with_context(|| format!("{} failed on the benchmark's spans", plugin.name()))?;
                Ok(of(spent(&plugin.stats()), before))
            }
            Contestant::Standard(_, chain) => {
                let spent = |chain: &Chain| chain.stats().plugins().first().map(spent).unwrap_or_default();
                let before = spent(chain);
                chain.run(batch);
                Ok(of(spent(chain), before))
            }
        }
    }
}

pub(super) fn run(file: &Path, args: &Args, input: &Batch) -> Result<ExitCode> {
    let component = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let config = args.config.as_deref().map(crate::node::yaml).transpose().context("--config")?.map_or(Value::Null, |config| config.json());
    let start = Instant::now();
    let tables = crate::inspect::by_name(args.tables.clone());
    // Many batches on a busy machine: one that the machine holds up is no failure of the plugin.
    let limits = Limits { deadline: Limits::default().deadline * 20, ..Limits::default() };
    let options = PluginOptions { name: name.clone(), config, limits, tables, ..PluginOptions::default() };
    let own = Plugin::load(&component, options).with_context(|| file.display().to_string())?;
    let loaded = start.elapsed();

    let mut contestants = vec![Contestant::Own(Box::new(own))];
    let parts = Parts::of(POLICY, "the benchmark's policy", Path::new("").to_owned())?;
    let policy = Policy::parse(POLICY, "the benchmark's policy", Path::new(""))?;
    for (number, standard) in policy.plugins().enumerate() {
        contestants.push(Contestant::Standard(format!("builtin:{standard}"), Box::new(Chain::load(&parts.policy(&[number])?)?)));
    }

    let mut spans = of_batch(input, Keys::Owned, BATCH);
    spans.truncate(BATCH);
    let ends = trace_ends(&spans);
    let (mut times, mut batch) = (Times::default(), Batch::new());
    let (warm_up, rounds) = if args.quick { (5, 30) } else { (60, 600) };
    for round in 0..warm_up + rounds {
        if round == warm_up {
            times = Times::default();
        }
        // A sampler remembers what it decided for a trace, so each pass has traces of its own.
        renew_trace_ids(&mut spans, round);
        for contestant in &mut contestants {
            batch.clear();
            encode(&spans, &mut batch);
            if contestant.groups_traces() {
                ends.iter().for_each(|end| batch.end_trace_at(*end, TraceReason::RootEnded));
            }
            let (call, edits) = contestant.run(&mut batch)?;
            times.add(&format!("{} call", contestant.name()), call, spans.len());
            times.add(&format!("{} edits", contestant.name()), edits, spans.len());
        }
    }
    let Some(Contestant::Own(own)) = contestants.first_mut() else { unreachable!("it was put there first") };
    let peak = soak(own, args.batches, &spans, &ends)?;
    let memory = own.stats().memory;

    let of = |name: &str, stage: &str| times.of(&format!("{name} {stage}")).unwrap_or_default();
    let (call, edits) = (of(&name, "call"), of(&name, "edits"));
    let total = call.0 + edits.0;
    let mut text = format!("{}: {}, loaded in {:.0} ms\n", file.display(), size(component.len()), loaded.as_secs_f64() * 1e3);
    let _ = writeln!(text, "{:<30}{:>9}{:>9}", format!("{} spans, ns a span", spans.len()), "minimum", "median");
    for contestant in &contestants {
        let (name, mut line) = (contestant.name(), |what: &str, (least, median): (f64, f64)| {
            let _ = writeln!(text, "{what:<30}{least:>9.1}{median:>9.1}");
        });
        line(&format!("{name}: call"), of(name, "call"));
        line("  and edits applied", of(name, "edits"));
    }
    let mebibytes = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    let _ = writeln!(
        text,
        "memory after {} batches: {:.1} MiB, at most {:.1} MiB",
        args.batches.max(warm_up + rounds),
        mebibytes(memory),
        mebibytes(peak)
    );
    let is_over = args.budget.is_some_and(|budget| total > budget.as_nanos() as f64);
    if let Some(budget) = args.budget {
        let verdict = if is_over { "over" } else { "within" };
        let _ = writeln!(text, "{total:.1} ns a span for call and edits: {verdict} the budget of {budget:?}");
    }
    write!(stdout(), "{text}")?;
    if let Some(path) = &args.json {
        let figures: Map<String, Value> = contestants
            .iter()
            .map(|contestant| {
                let (call, edits) = (of(contestant.name(), "call"), of(contestant.name(), "edits"));
                (
                    contestant.name().to_owned(),
                    json!({"call_ns_per_span": call.0, "edits_ns_per_span": edits.0, "call_median_ns_per_span": call.1}),
                )
            })
            .collect();
        let document = json!({"plugins": figures, "bytes": component.len(), "memory_bytes": memory, "most_memory_bytes": peak});
        std::fs::write(path, format!("{document:#}\n")).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(if is_over { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Passes so many batches through the plugin, and answers with the most memory that it had.
fn soak(plugin: &mut Plugin, batches: u64, spans: &[opentelemetry_sdk::trace::SpanData], ends: &[usize]) -> Result<u64> {
    let mut batch = Batch::new();
    let mut most = plugin.stats().memory;
    let grouped = plugin.interest().whole_traces;
    for _ in 0..batches {
        batch.clear();
        encode(spans, &mut batch);
        if grouped {
            ends.iter().for_each(|end| batch.end_trace_at(*end, TraceReason::RootEnded));
        }
        plugin.try_on(&mut batch)?;
        most = most.max(plugin.stats().memory);
    }
    ensure!(plugin.stats().failures == 0, "it failed on {} calls", plugin.stats().failures);
    Ok(most)
}

fn trace_ends(spans: &[opentelemetry_sdk::trace::SpanData]) -> Vec<usize> {
    let mut end = 0;
    let traces = spans.chunk_by(|a, b| a.span_context.trace_id() == b.span_context.trace_id());
    traces
        .map(|trace| {
            end += trace.len();
            end
        })
        .collect()
}

/// Reads a time such as `2us` or `150ns`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number: f64 = text[..digits].parse().map_err(|_| format!("{text}: expected a time such as 2us"))?;
    let unit = match &text[digits..] {
        "ns" => 1.0,
        "us" | "µs" => 1e3,
        "ms" => 1e6,
        other => return Err(format!("unknown unit {other:?}, expected ns, us or ms")),
    };
    Ok(Duration::from_nanos((number * unit) as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_have_units() {
        assert_eq!(duration("2us"), Ok(Duration::from_micros(2)));
        assert_eq!(duration("1.5us"), Ok(Duration::from_nanos(1500)));
        assert!(duration("2").unwrap_err().contains("expected ns, us or ms"));
        assert!(duration("fast").unwrap_err().contains("a time such as 2us"));
    }
}
