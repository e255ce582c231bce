//! `spansieve explain`: which rule of a policy did what to a span, and why.
//!
//! Plugins whose configuration has a boolean `explain` are told to say in their log what they find ([`log`]); of the others it is seen what they changed
//! ([`changes`]). What is printed is what leaves, and of what does not leave only where it stood: unless values are asked for.

mod changes;
mod log;
mod place;

use std::collections::HashSet;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use spansieve_runtime::text::{Item, Line, Style, layout};
use spansieve_runtime::{Batch, Chain, Policy};
use tracing::Level;

use crate::plugin_log::{self, Said};
use crate::run::diff::{self, places};
use crate::run::input;
use crate::run::summary::Summary;
use crate::{EXIT_CODES, warn};
use log::Finding;

const EXAMPLES: &str = "\
Examples:
  spansieve explain --policy policy.yaml traces.json
  echo 'GET /pay  server  note=\"card 4111 1111 1111 1112\"' | spansieve explain --policy policy.yaml";

const ABOUT: &str = "\
Below each span as it leaves stands what plugins changed in it, and what redact says of its texts: `hit`, a rule found it; `near`, it has the
shape that a rule looks for, but did not pass a check; `allowed`, a rule found it and the policy leaves it alone. What was found is not
printed, only its length; with --show-values it is, and so are spans before each plugin (-) and after it (+), and what plugins log at level debug.
Spans are OTLP as for `run`, or in their text form.";

/// Tell which rule of a policy finds what in spans, and why, and what was close
#[derive(clap::Args)]
#[command(after_help = format!("{ABOUT}\n\n{EXAMPLES}\n\n{EXIT_CODES}"))]
pub(crate) struct Args {
    /// The policy [default: the standard policy]
    #[arg(long, short, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Spans; `-` is standard input, as is no file at all
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Print what was found, and spans as they were: personal data and secrets
    #[arg(long)]
    show_values: bool,
}

pub(crate) fn run(args: Args) -> Result<ExitCode> {
    let mut policy = match &args.policy {
        Some(path) => Policy::from_file(path)?,
        None => Policy::standard(),
    };
    let origin = args.policy.as_ref().map_or_else(|| "the standard policy".to_owned(), |path| path.display().to_string());
    for warning in policy.warnings() {
        warn(&format!("{origin}: {warning}"));
    }
    ask_to_explain(&mut policy)?;
    let mut chain = Chain::load(&policy)?;
    plugin_log::take();
    let mut out = BufWriter::new(anstream::stdout().lock());
    let mut summary = Summary::default();
    for given in input::read(&args.file.into_iter().collect::<Vec<_>>())?.batches() {
        let (steps, last, outcome) = pass(&mut chain, &given);
        summary.add(given.len(), outcome);
        summary.separate(&mut out)?;
        let told = Told { given: &given, steps: &steps, keys: keys(&last), last, show_values: args.show_values };
        out.write_all(told.text().as_bytes()).context("cannot write to standard output")?;
        for step in &steps {
            let lines = step.lines.iter().filter(|line| args.show_values || line.level != Level::DEBUG);
            lines.for_each(|line| anstream::eprintln!("{}: {}", step.plugin, line.message));
        }
    }
    out.flush().context("cannot write to standard output")?;
    summary.print(&chain.stats().plugins());
    Ok(if summary.has_failures(&chain.stats().plugins()) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Switches `explain` on where a plugin has that, and lets all say as much as they like.
fn ask_to_explain(policy: &mut Policy) -> Result<()> {
    let chain = Chain::load(policy)?;
    for plugin in chain.plugins() {
        let schema: serde_json::Value = serde_json::from_str(&plugin.description().schema).unwrap_or_default();
        if schema["properties"]["explain"]["type"] == "boolean" {
            policy.set_config(plugin.name(), "explain", true.into());
        }
        if let Some(limits) = policy.limits_mut(plugin.name()) {
            (limits.log_lines, limits.log_bytes) = (u32::MAX, usize::MAX);
            // Saying all that takes time, and nobody waits for the span.
            limits.deadline *= 20;
        }
    }
    Ok(())
}

/// What a plugin did.
struct Step {
    plugin: String,
    /// The batch as the plugin was given it, and as it left it.
    before: Batch,
    after: Batch,
    findings: Vec<Finding>,
    /// What else it said.
    lines: Vec<Said>,
}

fn pass(chain: &mut Chain, given: &Batch) -> (Vec<Step>, Batch, spansieve_runtime::Outcome) {
    let (mut steps, mut before, mut batch) = (Vec::new(), given.clone(), given.clone());
    let outcome = chain.run_observed(&mut batch, &mut |plugin, after| {
        let (findings, lines) = log::split(plugin_log::take(), plugin);
        let before = std::mem::replace(&mut before, after.clone());
        steps.push(Step { plugin: plugin.to_owned(), before, after: after.clone(), findings, lines });
    });
    (steps, batch, outcome)
}

/// All keys of a batch, which leave and so may be printed.
fn keys(batch: &Batch) -> HashSet<String> {
    let mut keys = HashSet::new();
    let events = batch.spans().flat_map(|span| span.events().map(|event| event.attributes()).collect::<Vec<_>>());
    let links = batch.spans().flat_map(|span| span.links().map(|link| link.attributes()).collect::<Vec<_>>());
    let heads = batch.scopes().map(|scope| scope.attributes()).chain(batch.resources().map(|resource| resource.attributes()));
    for rows in batch.spans().map(|span| span.attributes()).chain(events).chain(links).chain(heads) {
        keys.extend(rows.iter().map(|(key, _)| key.to_owned()));
    }
    keys
}

/// What is to be told of a batch.
struct Told<'t> {
    given: &'t Batch,
    steps: &'t [Step],
    last: Batch,
    keys: HashSet<String>,
    show_values: bool,
}

impl Told<'_> {
    fn text(&self) -> String {
        let last_at = places(&self.last);
        let mut out = String::new();
        let lines = layout(self.given, &Style::TERSE);
        let mut rest = lines.as_slice();
        while let Some((first, _)) = rest.split_first() {
            // A span with its events and links, or a single line.
            let more = rest[1..].iter().take_while(|line| matches!(line.item, Item::Event(..) | Item::Link(..))).count();
            let (these, others) = rest.split_at(1 + more);
            rest = others;
            for line in these {
                match diff::version(line, &self.last, &last_at, &Style::TERSE) {
                    Some(text) => out += &format!("{}{text}", "  ".repeat(line.depth)),
                    None if line == first => out += &format!("{}(a span that does not leave)", "  ".repeat(line.depth)),
                    None => continue,
                }
                out.push('\n');
            }
            self.below(first, &mut out);
        }
        out
    }

    /// What is said of a span, a scope or a resource.
    fn below(&self, line: &Line, out: &mut String) {
        let indent = "  ".repeat(line.depth + 2);
        for step in self.steps {
            if let Item::Span { span, .. } = line.item {
                let source = self.given.span(span).source();
                for change in changes::of(source, step, &self.keys) {
                    *out += &format!("{indent}{}  {change}\n", step.plugin);
                }
                if self.show_values {
                    for changed in changes::lines(source, step) {
                        *out += &format!("{indent}  {changed}\n");
                    }
                }
            }
            for finding in step.findings.iter().filter(|finding| finding.belongs_to(line.item, self.given)) {
                let Finding { rule, field, outcome, why, .. } = finding;
                let what = match place::text(&step.before, finding).filter(|_| self.show_values) {
                    Some(text) => format!("{text:?}"),
                    None if finding.end - finding.start == 1 => "1 byte".to_owned(),
                    None => format!("{} bytes", finding.end - finding.start),
                };
                *out += &format!("{indent}{}  {outcome}  {rule}  {field}  {what}: {why}\n", step.plugin);
            }
        }
    }
}
