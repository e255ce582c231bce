//! Running a case on a plugin of its own.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style as Colour};
use serde_json::Value as Json;
use similar::{ChangeTag, TextDiff};
use spansieve_layout::Column;
use spansieve_runtime::text::{self, Style, TextError};
use spansieve_runtime::{Batch, Limits, Plugin, PluginOptions};

use super::case::{Case, Expected, Interest, Step};
use crate::plugin_log::{self, Said};

const REMOVED: Colour = AnsiColor::Red.on_default();
const ADDED: Colour = AnsiColor::Green.on_default();

/// The name of the plugin in its log.
const NAME: &str = "plugin";

/// What came of a case.
pub(super) struct Verdict {
    /// What is not as it has to be, for people; empty where everything is.
    pub(super) problem: String,
    /// For each batch, the spans that came out, where it did not fail.
    pub(super) found: Vec<Option<String>>,
}

/// Runs a case. What the plugin says on the way is kept, and part of the problem where there is one.
pub(super) fn run(case: &Case, component: &[u8]) -> Verdict {
    plugin_log::take();
    let mut trial = Trial { component, case, lines: Vec::new(), counters: BTreeMap::new(), problem: String::new(), found: Vec::new() };
    trial.run();
    trial.listen();
    trial.compare_log();
    if !trial.problem.is_empty() && case.log.is_none() {
        for line in trial.lines.iter().map(shown) {
            trial.problem += &format!("it logged {line}\n");
        }
    }
    Verdict { problem: trial.problem, found: trial.found }
}

struct Trial<'c> {
    component: &'c [u8],
    case: &'c Case,
    lines: Vec<Said>,
    counters: BTreeMap<String, u64>,
    problem: String,
    found: Vec<Option<String>>,
}

impl Trial<'_> {
    fn run(&mut self) {
        let mut plugin = match (self.load(), &self.case.refused) {
            (Ok(plugin), None) => plugin,
            (Ok(_), Some(part)) => {
                return self.complain(format!("expected that the configuration is refused with `{part}`, but it is taken"));
            }
            (Err(message), Some(part)) if message.contains(part) => return,
            (Err(message), Some(part)) => return self.complain(format!("expected that it is refused with `{part}`\n{message}")),
            (Err(message), None) => return self.complain(message),
        };
        if let Some(interest) = &self.case.interest {
            self.compare_interest(interest, &plugin);
        }
        for (number, step) in self.case.steps.iter().enumerate() {
            let problem_before = self.problem.len();
            if step.renew {
                match self.renewed(&mut plugin, &step.expect) {
                    Some(new) => plugin = new,
                    None => return,
                }
            }
            if !matches!(step.expect, Expected::Refusal(_)) {
                self.step(step, &mut plugin);
            }
            if self.problem.len() > problem_before && self.case.steps.len() > 1 {
                self.problem.insert_str(problem_before, &format!("batch {}:\n", number + 1));
            }
        }
        self.add_counters(&plugin);
        if let Some(expected) = &self.case.counters
            && *expected != self.counters
        {
            self.complain(format!("expected the counters {expected:?}, found {:?}", self.counters));
        }
    }

    fn load(&self) -> Result<Plugin, String> {
        // A test may say as much as it likes, and takes its time on a busy machine.
        let defaults = Limits::default();
        let limits =
            Limits { log_lines: u32::MAX, log_bytes: usize::MAX, deadline: defaults.deadline * 20, save: defaults.save * 20, ..defaults };
        let tables = self.case.tables.clone().into_iter().collect();
        let options = PluginOptions { name: NAME.into(), config: self.case.config.clone(), limits, tables, ..PluginOptions::default() };
        Plugin::load(self.component, options).map_err(|error| error.to_string())
    }

    /// A new instance with the old one's state; none where the case ends with that.
    fn renewed(&mut self, plugin: &mut Plugin, expect: &Expected) -> Option<Plugin> {
        self.add_counters(plugin);
        let renewed = plugin.save().map_err(|error| format!("saving: it {error}")).and_then(|state| {
            let mut new = self.load()?;
            new.restore(&state).map_err(|error| format!("restoring: {error}")).map(|()| new)
        });
        match (renewed, expect) {
            (Ok(_), Expected::Refusal(part)) => self.complain(format!("expected that the state is refused with `{part}`, but it is taken")),
            (Ok(new), _) => return Some(new),
            (Err(message), Expected::Refusal(part)) if message.contains(part) => {}
            (Err(message), _) => self.complain(message),
        }
        None
    }

    fn step(&mut self, step: &Step, plugin: &mut Plugin) {
        let mut batch = match read(&step.given, step.times) {
            Ok(batch) => batch,
            Err(error) => return self.complain(format!("given: {error}")),
        };
        batch.now = step.now.unwrap_or(batch.now);
        batch.head_probability = step.head_probability.unwrap_or(batch.head_probability);
        let result = plugin.try_on(&mut batch);
        self.listen();
        match (result, &step.expect) {
            (Ok(()), Expected::Spans(expected)) => {
                let found = print(&batch);
                match read(expected, step.times) {
                    Ok(expected) => self.compare(&print(&expected), &found),
                    Err(error) => self.complain(format!("expect: {error}")),
                }
                // Of a batch that is repeated, what is written is one repetition.
                self.found.push((step.times == 1).then_some(found));
            }
            (Ok(()), Expected::Failure(part)) => self.complain(format!("expected that it fails with `{part}`, but it does not")),
            (Err(error), Expected::Failure(part)) => {
                let message = format!("it {error}");
                if !message.contains(part) && !self.lines.iter().any(|line| line.message.contains(part)) {
                    self.complain(format!("expected that it fails with `{part}`\n{message}"));
                }
                self.found.push(None);
            }
            (Err(error), _) => {
                self.complain(format!("it {error}"));
                self.found.push(None);
            }
            (Ok(()), Expected::Refusal(_)) => self.found.push(None),
        }
    }

    fn compare(&mut self, expected: &str, found: &str) {
        if expected != found {
            self.problem += &difference(expected, found);
        }
    }

    fn compare_interest(&mut self, expected: &Interest, plugin: &Plugin) {
        let found = plugin.interest();
        let name = |id: &u32| Column::from_id(*id).map_or_else(|| id.to_string(), |column| column.name().to_owned());
        let mut columns: Vec<String> = found.columns.iter().map(name).collect();
        columns.sort();
        let sorted = |mut names: Vec<String>| {
            names.sort();
            names
        };
        if let Some(expected) = expected.columns.clone().map(sorted)
            && expected != columns
        {
            self.complain(format!("expected that it asks for the columns {}, found {}", expected.join(", "), columns.join(", ")));
        }
        if let Some(expected) = &expected.keys
            && *expected != found.keys
        {
            self.complain(format!("expected that it declares the keys {expected:?}, found {:?}", found.keys));
        }
        if let Some(expected) = expected.whole_traces
            && expected != found.whole_traces
        {
            self.complain(format!("expected whole_traces: {expected}, found {}", found.whole_traces));
        }
    }

    fn compare_log(&mut self) {
        let Some(expected) = &self.case.log else { return };
        let found: Vec<String> = self.lines.iter().map(shown).collect();
        if *expected != found {
            self.complain(format!("expected the log lines {}\nfound {}", Json::from(expected.clone()), Json::from(found)));
        }
    }

    fn listen(&mut self) {
        self.lines.extend(plugin_log::take().into_iter().filter(|line| line.plugin == NAME));
    }

    fn add_counters(&mut self, plugin: &Plugin) {
        for (name, count) in plugin.stats().counters {
            *self.counters.entry(name).or_default() += count;
        }
    }

    fn complain(&mut self, message: String) {
        self.problem += &message;
        self.problem.push('\n');
    }
}

/// How two texts differ, line by line.
pub(super) fn difference(expected: &str, found: &str) -> String {
    let mut text = String::from("the spans are not what is expected (-), but (+)\n");
    let diff = TextDiff::from_lines(expected, found);
    for group in diff.grouped_ops(3) {
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let line = change.value().trim_end_matches('\n');
            let _ = match change.tag() {
                ChangeTag::Delete => writeln!(text, "{REMOVED}- {line}{REMOVED:#}"),
                ChangeTag::Insert => writeln!(text, "{ADDED}+ {line}{ADDED:#}"),
                ChangeTag::Equal => writeln!(text, "  {line}"),
            };
        }
    }
    text
}

fn read(spans: &str, times: usize) -> Result<Batch, TextError> {
    let mut batch = Batch::new();
    // An empty line ends a trace. A mistake is told of the first time.
    text::parse(&vec![spans; times].join("\n\n"), &mut batch)?;
    batch.now = text::DEFAULT_START;
    Ok(batch)
}

/// A resource or a scope without spans is shown too.
fn print(batch: &Batch) -> String {
    text::print(batch, &Style::TERSE)
}

fn shown(line: &Said) -> String {
    format!("{}: {}", line.level.as_str().to_lowercase(), line.message)
}
