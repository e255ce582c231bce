//! How much of public test material the defaults find, as a table with bars.
//!
//! The table is committed as EVALUATION.md; `UPDATE_EVALUATION=1 cargo test -p spansieve-redact --test eval` writes it anew. A case that is to be
//! found must lose every part that it names and nothing else; one that is not to be found must stay as it is.

mod excluded;
mod support;

use std::collections::BTreeMap;
use std::fmt::Write;

use excluded::{EXCLUDED, NOT_OFFERED};
use spansieve_plugin::test::{Plugin, Value, span};
use spansieve_redact::Redact;
use support::standard;

/// What has a check digit or a full grammar, what has a fixed form, and what has neither.
#[derive(Clone, Copy, PartialEq)]
enum Class {
    Checked,
    Formed,
    Loose,
}

use Class::{Checked, Formed, Loose};

/// Case kind, detector, class, and the key of the attribute, which holds a word that says what it is where the digits alone do not.
const KINDS: &[(&str, &str, Class, &str)] = &include!("cases/kinds.in");

/// A case of a file: its kind, its text, what has to go.
struct Case {
    kind: String,
    text: String,
    goes: Vec<String>,
}

fn cases(set: &str) -> Vec<Case> {
    let path = format!("{}/tests/cases/{set}.txt", env!("CARGO_MANIFEST_DIR"));
    let unescaped = |field: &str| {
        let mut out = String::new();
        let mut chars = field.chars();
        while let Some(char) = chars.next() {
            out.push(match char {
                '\\' => match chars.next() {
                    Some('n') => '\n',
                    Some('t') => '\t',
                    Some('r') => '\r',
                    other => other.unwrap_or('\\'),
                },
                char => char,
            });
        }
        out
    };
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let mut fields = line.split('\t').map(unescaped);
            Case { kind: fields.next().unwrap(), text: fields.next().unwrap(), goes: fields.collect() }
        })
        .collect()
}

#[derive(Default)]
struct Line {
    cases: usize,
    found: usize,
    missed: usize,
    wrong: usize,
}

impl Line {
    fn recall(&self) -> f64 {
        share(self.found, self.missed)
    }

    fn precision(&self) -> f64 {
        share(self.found, self.wrong)
    }
}

fn share(good: usize, bad: usize) -> f64 {
    if good + bad == 0 { 1.0 } else { good as f64 / (good + bad) as f64 }
}

fn redacted(plugin: &mut Plugin<Redact>, key: &str, text: &str) -> String {
    match plugin.run(span("x").attr(key, text)).span(0).get(key) {
        Some(Value::Str(text)) => text.clone(),
        other => panic!("{text:?} became {other:?}"),
    }
}

/// The text without what has to go; replacements beside each other are one.
fn wanted(text: &str, goes: &[String]) -> String {
    let text = goes.iter().fold(text.to_owned(), |text, part| text.replace(part.as_str(), "[REDACTED]"));
    merged(&text)
}

fn merged(text: &str) -> String {
    let mut text = text.to_owned();
    while text.contains("[REDACTED][REDACTED]") {
        text = text.replace("[REDACTED][REDACTED]", "[REDACTED]");
    }
    text
}

fn is_excluded(set: &str, kind: &str, text: &str) -> bool {
    EXCLUDED.iter().any(|(s, k, t, _)| *s == set && *k == kind && *t == text)
}

/// Lines by detector and set.
type Lines = BTreeMap<(&'static str, String), (Class, Line)>;

/// The lines, and what went wrong.
fn evaluate() -> (Lines, String) {
    let mut lines = Lines::new();
    let mut failures = String::new();
    let mut plugin = standard();
    for set in ["credit_cards", "checksums_sds", "pii_presidio", "url_sanitize", "edge_cases"] {
        for Case { kind, text, goes } in cases(set) {
            if NOT_OFFERED.iter().any(|(of, kinds, _)| *of == set && kinds.contains(&kind.as_str())) || is_excluded(set, &kind, &text) {
                continue;
            }
            let (_, detector, class, key) =
                *KINDS.iter().find(|(of, ..)| *of == kind).unwrap_or_else(|| panic!("{set}: {kind} is neither offered nor excluded"));
            let (_, line) = &mut *lines.entry((detector, set.to_owned())).or_insert((class, Line::default()));
            line.cases += 1;
            let given = if set == "checksums_sds" { format!("ref {text} end") } else { text.clone() };
            // What has neither a form of its own nor a check is not to be found without its word.
            let key = if goes.is_empty() && class == Loose { "text" } else { key };
            let after = redacted(&mut plugin, key, &given);
            let missed = goes.iter().filter(|part| after.contains(part.as_str())).count();
            line.missed += missed;
            line.found += goes.len() - missed;
            let changed_more = if goes.is_empty() { after != given } else { missed == 0 && merged(&after) != wanted(&given, &goes) };
            line.wrong += usize::from(changed_more);
            if missed > 0 || changed_more {
                let what = if missed > 0 { "missed" } else { "wrong" };
                let _ = writeln!(failures, "{what}\t{set}\t{kind}\t{key}\t{given:?} -> {after:?}, to go: {goes:?}");
            }
        }
    }
    let set = "sentences_presidio_research";
    for Case { kind, text, goes } in cases(set) {
        if is_excluded(set, &kind, &text) {
            continue;
        }
        let goes: Vec<(&str, &str)> = goes.iter().filter_map(|part| part.split_once('=')).collect();
        let after = redacted(&mut plugin, "user.message", &text);
        let offered: Vec<_> = goes.iter().filter(|(kind, _)| *kind != "DOMAIN_NAME").collect();
        for (kind, part) in &offered {
            let (_, detector, class, _) = *KINDS.iter().find(|(of, ..)| of == kind).unwrap();
            let (_, line) = &mut *lines.entry((detector, set.to_owned())).or_insert((class, Line::default()));
            line.cases += 1;
            let missed = after.contains(part);
            line.missed += usize::from(missed);
            line.found += usize::from(!missed);
            if missed {
                let _ = writeln!(failures, "missed\t{set}\t{kind}\t{part:?} in {after:?}");
            }
        }
        let parts: Vec<String> = offered.iter().map(|(_, part)| (*part).to_owned()).collect();
        if parts.iter().all(|part| !after.contains(part)) && merged(&after) != wanted(&text, &parts) {
            let (detector, class) = KINDS.iter().find(|(of, ..)| *of == kind).map_or(("(nothing to find)", Formed), |k| (k.1, k.2));
            lines.entry((detector, set.to_owned())).or_insert((class, Line::default())).1.wrong += 1;
            let _ = writeln!(failures, "wrong\t{set}\t{kind}\t{text:?} -> {after:?}");
        }
        if offered.is_empty() {
            lines.entry(("(nothing to find)", set.to_owned())).or_insert((Formed, Line::default())).1.cases += 1;
        }
    }
    (lines, failures)
}

#[test]
fn the_defaults_pass_their_bars_on_public_test_material() {
    let (lines, failures) = evaluate();
    let mut table = String::from(
        "# What the detectors find\n\nMade by `UPDATE_EVALUATION=1 cargo test -p spansieve-redact --test eval` from the public test material in \
         [`tests/cases`](tests/cases), each file of which names its source and licence. Kinds that digits alone do not tell apart are tested under a key \
         that says what they are; what has no check digits either is then looked for under that key, and must stay under another.\n\nBars, for recall and precision of each line: 0.99 for what has a check digit (checked), 0.98 for what has a form of its own (formed), 0.9 for the rest \
         (loose).\n\n| detector | set | class | cases | true positives | false negatives | false positives | precision | recall |\n\
         |---|---|---|---|---|---|---|---|---|\n",
    );
    let mut below = String::new();
    for ((detector, set), (class, line)) in &lines {
        let (name, bar) = match class {
            Checked => ("checked", 0.99),
            Formed => ("formed", 0.98),
            Loose => ("loose", 0.9),
        };
        let (precision, recall) = (line.precision(), line.recall());
        let _ = writeln!(
            table,
            "| {detector} | {set} | {name} | {} | {} | {} | {} | {precision:.3} | {recall:.3} |",
            line.cases, line.found, line.missed, line.wrong
        );
        if *detector != "(nothing to find)" && (precision < bar || recall < bar) {
            let _ = writeln!(below, "{detector} on {set}: precision {precision:.3}, recall {recall:.3}, the bar is {bar}");
        }
    }
    table.push_str("\n## Left out\n\n");
    for (set, kinds, reason) in NOT_OFFERED {
        let count = |kind: &&str| cases(set).iter().filter(|case| case.kind == **kind).count();
        let kinds: Vec<_> = kinds.iter().map(|kind| format!("{kind} ({})", count(kind))).collect();
        let _ = writeln!(table, "- {set}, {reason}: {}.", kinds.join(", "));
    }
    for (set, kind, text, reason) in EXCLUDED {
        let _ = writeln!(table, "- {set}, {kind}, `{}`: {reason}.", text.replace('\n', "\\n"));
        assert!(cases(set).iter().any(|case| case.kind == *kind && case.text == *text), "no case of {set} is {text:?}");
    }
    println!("{table}\n{failures}");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/EVALUATION.md");
    if std::env::var_os("UPDATE_EVALUATION").is_some() {
        std::fs::write(path, &table).unwrap();
    }
    assert!(below.is_empty(), "below the bar:\n{below}\n{failures}");
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), table, "after a look: UPDATE_EVALUATION=1 cargo test --test eval");
}
