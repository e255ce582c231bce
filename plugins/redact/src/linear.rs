//! The work that texts take grows no faster than they do, whatever is in them: bytes looked at are counted, not time.
//!
//! `cargo run --release -p spansieve-redact --example linear` measures the same inputs with a clock.

use crate::action::{Done, Writer};
use crate::assign::Assignments;
use crate::command::{self, Lexer, System, languages};
use crate::decode::{self, Decoding};
use crate::detect::context::Kinds;
use crate::detect::{DETECTORS, steps};
use crate::engine::{Clues, Engine, Reading};
use crate::keys::{KeyPattern, KeyRules};
use crate::safe::SafeValues;
use crate::scan::{Found, Scanner, TextsBuf};

const HOSTILE: (&[&str], &[&str], &[&str]) = include!("../tests/cases/hostile.in");

fn keys() -> KeyRules {
    let glob = |text: &str| KeyPattern::Glob(text.into());
    let rules = [
        KeyPattern::Contains("token".into()),
        glob("*pass*word*"),
        glob("*a*a*a*b"),
        glob("http.request.header.*"),
        KeyPattern::Exact("user.id".into()),
    ];
    KeyRules::new(&rules, &[glob("*tokens")])
}

/// Everything that there is, base64 included.
fn engine() -> Engine {
    let all: Vec<usize> = (0..DETECTORS.len()).collect();
    let writer = Writer::new("[REDACTED]", Vec::new(), Vec::new(), None);
    Engine::new(&all, keys(), Vec::new(), Vec::new(), writer, SafeValues::default(), Decoding::new("[REDACTED]", true))
}

/// Bytes looked at for each byte of `piece`, repeated up to this size.
fn steps_a_byte(piece: &str, size: usize, work: &mut impl FnMut(&[u8])) -> f64 {
    let text = piece.repeat(size / piece.len() + 1);
    steps::take();
    work(text.as_bytes());
    steps::take() as f64 / text.len() as f64
}

/// In texts of a kilobyte what happens once counts too; beyond that the work for a byte must not grow.
#[track_caller]
fn is_linear(what: &str, most: f64, sizes: &[usize], piece: &str, mut work: impl FnMut(&[u8])) {
    let small = steps_a_byte(piece, 1_000, &mut work);
    for size in sizes {
        let large = steps_a_byte(piece, *size, &mut work);
        assert!(large <= small * 1.5 + 1.0, "{what}, {piece:?}: {small} steps a byte in 1 kB, {large} in {size} bytes");
        assert!(large < most, "{what}, {piece:?}: {large} steps a byte in {size} bytes");
    }
}

fn one(text: &[u8]) -> TextsBuf {
    let mut texts = TextsBuf::default();
    texts.push(text);
    texts
}

#[test]
fn all_rules_and_all_views_together() {
    let mut engine = engine();
    for piece in HOSTILE.0.iter().chain(HOSTILE.1) {
        is_linear("all rules", 300.0, &[1_000_000], piece, |text| {
            engine.redact(one(text).as_texts(), Clues { named: &[], has_word: &mut |_, _| false }, |_, _| {})
        });
    }
}

#[test]
fn each_detector_by_itself() {
    for (place, detector) in DETECTORS.iter().enumerate() {
        let mut scanner = Scanner::new(&[place], Assignments::new(KeyRules::new(&[], &[]), b"[REDACTED]"), &[]);
        for piece in HOSTILE.0 {
            let mut found = Found::default();
            is_linear(detector.name, 100.0, &[30_000], piece, |text| {
                found.clear();
                scanner.scan(one(text).as_texts(), &mut found);
            });
        }
    }
}

#[test]
fn texts_under_a_key_that_names_every_kind_of_id() {
    let mut engine = engine();
    for piece in HOSTILE.0 {
        is_linear("named", 600.0, &[30_000], piece, |text| {
            engine.redact(one(text).as_texts(), Clues { named: &[(0, Kinds::MAX)], has_word: &mut |_, _| false }, |_, _| {});
        });
    }
}

#[test]
fn commands_in_every_language() {
    for language in languages() {
        for piece in HOSTILE.0.iter().chain(HOSTILE.1) {
            let mut hits = Vec::new();
            is_linear(&format!("{language:?}"), 100.0, &[30_000], piece, |text| {
                hits.clear();
                Lexer::new(text, &Done::new("[REDACTED]"), 0, &mut hits).values(language, &[b"keep".to_vec()]);
            });
        }
    }
}

#[test]
fn commands_with_all_rules() {
    let mut engine = engine();
    for piece in HOSTILE.1 {
        for system in [None, Some("mysql"), Some("postgresql"), Some("redis"), Some("memcached"), Some("mongodb")] {
            is_linear(&format!("{system:?}"), 300.0, &[30_000], piece, |text| {
                let clues = Clues { named: &[], has_word: &mut |_, _| false };
                engine.redact_read(one(text).as_texts(), clues, &[Reading::Command(System::of(system))], command::RULES, |_, _| {});
            });
        }
    }
}

#[test]
fn names_of_keys() {
    let rules = keys();
    for piece in HOSTILE.2 {
        is_linear("keys", 100.0, &[1_000_000], piece, |key| {
            rules.find_as_meant(key);
        });
        is_linear("kinds", 100.0, &[30_000], piece, |key| {
            crate::detect::context::of_key(key);
        });
        is_linear("plain", 100.0, &[30_000], piece, |key| {
            decode::plain(key);
        });
    }
}
