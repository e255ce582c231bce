//! Cases as they are written: what a plugin is given, and what has to come of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value as Json;

use crate::node::{self, Node, Value};

/// One case file.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) path: PathBuf,
    pub(super) config: Json,
    /// Look-up tables by name.
    pub(super) tables: BTreeMap<String, Vec<u8>>,
    /// Part of the message with which the plugin has to refuse its configuration.
    pub(super) refused: Option<String>,
    /// What the configured plugin has to ask for.
    pub(super) interest: Option<Interest>,
    pub(super) steps: Vec<Step>,
    /// All that the plugin has to count.
    pub(super) counters: Option<BTreeMap<String, u64>>,
    /// All that the plugin has to log, each line as `LEVEL: TEXT`.
    pub(super) log: Option<Vec<String>>,
}

/// What a plugin asks for. What is not given is not looked at.
#[derive(Debug)]
pub(super) struct Interest {
    pub(super) columns: Option<Vec<String>>,
    pub(super) keys: Option<Vec<String>>,
    pub(super) whole_traces: Option<bool>,
}

/// One batch.
#[derive(Debug)]
pub(super) struct Step {
    /// Spans in their text form.
    pub(super) given: String,
    /// The given spans, and the expected ones, stand so many times in the batch.
    pub(super) times: usize,
    /// The time of the batch in Unix nanoseconds, where it is not that of the text form's spans.
    pub(super) now: Option<u64>,
    /// The probability with which the head sampler sampled.
    pub(super) head_probability: Option<f64>,
    /// Before this batch the plugin is replaced by a new instance, which takes over its state.
    pub(super) renew: bool,
    pub(super) expect: Expected,
}

#[derive(Debug)]
pub(super) enum Expected {
    /// These spans leave, in their text form.
    Spans(String),
    /// The call fails, and this is part of the message or of what the plugin logged before.
    Failure(String),
    /// The new instance refuses the state, with a message of which this is a part.
    Refusal(String),
}

/// What a batch has; a case with one batch has it beside its own entries.
const STEP: &[&str] = &["given", "times", "now", "head_probability", "renew", "expect", "fails", "refused"];
const CASE: &[&str] = &["config", "tables", "refused", "interest", "batches", "counters", "log"];

impl Case {
    pub(super) fn read(path: &Path) -> Result<Case> {
        let read = || {
            let text = std::fs::read_to_string(path).context("cannot read it")?;
            Case::parse(path, &node::yaml(&text)?)
        };
        read().with_context(|| path.display().to_string())
    }

    fn parse(path: &Path, file: &Node) -> Result<Case> {
        let of_step = STEP.iter().filter(|key| !["renew", "refused"].contains(key));
        only(file, &CASE.iter().chain(of_step).copied().collect::<Vec<_>>())?;
        let steps = match file.get("batches") {
            Some(batches) => {
                if let Some(other) = ["given", "times", "now", "head_probability", "expect", "fails"].iter().find_map(|key| file.get(key)) {
                    bail!("line {}: {} belongs into one of the batches", other.line, other.way);
                }
                batches.list()?.iter().map(step).collect::<Result<_>>()?
            }
            None if file.get("given").is_some() => vec![step(file)?],
            None => Vec::new(),
        };
        let case = Case {
            path: path.to_owned(),
            config: file.get("config").map_or(Json::Null, Node::json),
            tables: match file.get("tables") {
                Some(tables) => {
                    tables.entries()?.iter().map(|(name, table)| Ok((name.clone(), table.text()?.into()))).collect::<Result<_>>()?
                }
                None => BTreeMap::new(),
            },
            // With `given` it says what becomes of the batch.
            refused: text(file, "refused")?.filter(|_| file.get("given").is_none()),
            interest: file.get("interest").map(interest).transpose()?,
            steps,
            counters: file.get("counters").map(counters).transpose()?,
            log: file.get("log").map(|log| Ok::<_, anyhow::Error>(owned(log.texts()?))).transpose()?,
        };
        ensure!(
            case.refused.is_some() || case.interest.is_some() || !case.steps.is_empty(),
            "line {}: a case has `given`, `batches`, `refused` or `interest`, or it shows nothing",
            file.line
        );
        Ok(case)
    }
}

fn step(node: &Node) -> Result<Step> {
    // A case with one batch is that batch, with other entries beside it.
    if node.way.starts_with("batches") {
        only(node, STEP)?;
    }
    let Some(given) = node.get("given") else { bail!("line {}: {}: expected `given`", node.line, node.way) };
    let expect = match (node.get("expect"), text(node, "fails")?, text(node, "refused")?) {
        (Some(spans), None, None) => Expected::Spans(spans_of(spans)?),
        (None, Some(message), None) => Expected::Failure(message),
        (None, None, Some(message)) => Expected::Refusal(message),
        _ => bail!("line {}: expected one of `expect`, `fails` and `refused`", node.line),
    };
    let times = match node.get("times") {
        Some(times) => match times.number()? {
            number if number >= 0.0 && number.fract() == 0.0 && number <= 1e6 => number as usize,
            _ => return Err(times.expected("a number of times up to 1,000,000")),
        },
        None => 1,
    };
    let now = node.get("now").map(count).transpose()?;
    let head_probability = match node.get("head_probability") {
        Some(probability) => match probability.number()? {
            number if (0.0..=1.0).contains(&number) => Some(number),
            _ => return Err(probability.expected("a probability from 0 to 1")),
        },
        None => None,
    };
    let renew = node.get("renew").map(Node::flag).transpose()?.unwrap_or(false);
    if matches!(expect, Expected::Refusal(_)) && !renew {
        bail!("line {}: a state can only be refused where there is `renew: true`", node.line);
    }
    Ok(Step { given: spans_of(given)?, times, now, head_probability, renew, expect })
}

/// Spans; nothing at all for none.
fn spans_of(node: &Node) -> Result<String> {
    match node.value {
        Value::Null => Ok(String::new()),
        _ => Ok(node.text()?.to_owned()),
    }
}

fn interest(node: &Node) -> Result<Interest> {
    only(node, &["columns", "keys", "whole_traces"])?;
    let texts = |key| node.get(key).map(|list| Ok::<_, anyhow::Error>(owned(list.texts()?))).transpose();
    Ok(Interest { columns: texts("columns")?, keys: texts("keys")?, whole_traces: node.get("whole_traces").map(Node::flag).transpose()? })
}

fn counters(node: &Node) -> Result<BTreeMap<String, u64>> {
    node.entries()?.iter().map(|(name, node)| Ok((name.clone(), count(node)?))).collect()
}

fn count(node: &Node) -> Result<u64> {
    match &node.value {
        Value::Number(number) => number.as_u64().ok_or_else(|| node.expected("a whole number that is not negative")),
        _ => Err(node.expected("a whole number that is not negative")),
    }
}

fn owned(texts: Vec<(&Node, &str)>) -> Vec<String> {
    texts.into_iter().map(|(_, text)| text.to_owned()).collect()
}

fn text(node: &Node, key: &str) -> Result<Option<String>> {
    node.get(key).map(|text| Ok(text.text()?.to_owned())).transpose()
}

fn only(node: &Node, known: &[&str]) -> Result<()> {
    for (key, entry) in node.entries()? {
        ensure!(known.contains(&key.as_str()), "line {}: unknown entry {key}, expected one of {}", entry.line, known.join(", "));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Case> {
        Case::parse(Path::new("x.case"), &node::yaml(text)?)
    }

    #[test]
    fn a_case_with_one_batch_needs_no_list() {
        let case = read("config: {team: x, big: 9007199254740993}\ngiven: |\n  a\nexpect: |\n  a  team=\"x\"\ncounters: {n: 1}\n").unwrap();
        assert_eq!(case.config["big"], 9_007_199_254_740_993_i64);
        assert_eq!((case.steps.len(), case.steps[0].given.as_str(), case.steps[0].times), (1, "a\n", 1));
        assert_eq!(case.counters.unwrap()["n"], 1);
    }

    #[test]
    fn spans_that_do_not_leave_are_an_empty_expectation() {
        let case = read("given: a\nexpect:\n").unwrap();
        assert!(matches!(&case.steps[0].expect, Expected::Spans(spans) if spans.is_empty()));
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        for (text, message) in [
            ("given: a\nexpect: b\nexpects: c", "line 3: unknown entry expects"),
            ("given: a", "line 1: expected one of `expect`, `fails` and `refused`"),
            ("batches:\n- {given: a, expect: b, renews: true}", "line 2: unknown entry renews"),
            ("given: a\nexpect: b\nbatches: []", "line 1: given belongs into one of the batches"),
            ("config: {}", "line 1: a case has"),
            ("given: a\nexpect: b\ntimes: -1", "line 3: times: expected a number of times"),
            ("given: a\nrefused: b", "line 1: a state can only be refused"),
            ("given: a\nexpect: b\ncounters: {n: -1}", "line 3: counters.n: expected a whole number"),
            ("given: [a]\nexpect: b", "line 1: given: expected a text"),
            ("given: a\nexpect: b\nhead_probability: 2", "line 3: head_probability: expected a probability"),
            ("given: a\nexpect: b\nrenew: true", "line 3: unknown entry renew"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.starts_with(message), "{text}: {error}");
        }
    }
}
