//! Redaction against the same work in native code: every span is encoded, crosses into the sandbox, is searched there, and edited.

use std::path::Path;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use spansieve_runtime::{Batch, Chain, Policy};

use super::native::NativeRedactor;
use super::rounds::{REPEATS, Times, Whole};
use super::spans::{Keys, of_batch};

/// The vendors' tokens that are 100 rules.
const TOKENS: &str = include_str!("tokens.txt");

/// What one set of rules takes, in nanoseconds a span: least and median.
pub(super) struct Measured {
    pub(super) name: &'static str,
    /// Encoding, the call, and edits on the columns.
    pub(super) took: (f64, f64),
    /// What changed back into spans.
    pub(super) write_back: (f64, f64),
}

/// Measures native redaction with ten rules, and redact with these ten, with its defaults, and with 100 token rules beside them.
pub(super) fn measure(input: &Batch, quick: bool) -> Result<((f64, f64), Vec<Measured>)> {
    let spans = of_batch(input, Keys::Owned, input.len());
    let native = NativeRedactor::new()?;
    let mut chains = Vec::new();
    for (name, config) in rule_sets() {
        let policy = json!({"version": 1, "plugins": [{"use": "builtin:redact", "config": config}]});
        chains.push((name, Chain::load(&Policy::parse(&policy.to_string(), name, Path::new(""))?)?));
    }
    let (mut times, mut batch) = (Times::default(), Batch::new());
    let (warm_up, rounds) = if quick { (1, 10) } else { (20, 150) };
    for round in 0..warm_up + rounds {
        if round == warm_up {
            times = Times::default();
        }
        (0..REPEATS).for_each(|_| native.time(&spans, &mut times));
        for (name, chain) in &mut chains {
            for _ in 0..REPEATS {
                let mut whole = Whole::default();
                whole.add(chain, &mut batch, &mut spans.clone(), &[], round);
                times.add(name, whole.encode + whole.chain, spans.len());
                times.add(&format!("{name}, written back"), whole.write_back, spans.len());
            }
        }
    }
    for (name, chain) in &chains {
        let failures: u64 = chain.stats().plugins().iter().map(|plugin| plugin.failures).sum();
        ensure!(failures == 0, "redact with {name} failed on {failures} calls");
    }
    let of = |name: &str| times.of(name).unwrap_or_default();
    let measured = chains.iter().map(|(name, _)| Measured { name, took: of(name), write_back: of(&format!("{name}, written back")) });
    Ok((of("native_redact"), measured.collect()))
}

fn rule_sets() -> [(&'static str, Value); 3] {
    let ten = json!({
        "keys": [], "except": [], "commands": {"sql": false, "redis": false, "memcached": false, "json": false},
        "values": ["email", "card", "ssn", "ipv4", "jwt", "aws", "github", "iban", "phone", "bearer"],
    });
    let mut tokens = ten.clone();
    let rules = TOKENS.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(' '));
    tokens["custom"] = rules
        .enumerate()
        .map(|(number, (prefix, len))| json!({"name": format!("token-{number}"), "regex": format!(r"\b{}[A-Za-z0-9_-]{{{len}}}", prefix.replace('.', r"\."))}))
        .collect();
    [("ten rules", ten), ("the default preset", json!({})), ("ten rules and 100 token rules", tokens)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_a_hundred_token_rules_and_each_finds_its_token() {
        let [.., (_, config)] = rule_sets();
        let rules = config["custom"].as_array().expect("a list of rules");
        assert_eq!(rules.len(), 100);
        let lines = TOKENS.lines().filter(|line| !line.starts_with('#'));
        for (rule, line) in rules.iter().zip(lines) {
            let (prefix, len) = line.split_once(' ').expect("a prefix and a length");
            let token = format!("{prefix}{}", "a1".repeat(len.parse::<usize>().expect("a length").div_ceil(2)));
            let regex = regex::Regex::new(rule["regex"].as_str().expect("a pattern")).expect("a regex");
            assert!(regex.is_match(&format!("key {token}")), "{line}");
        }
    }
}
