//! The catalogue of detectors, made from what they say of themselves: RULES.md. Its examples are the cases that the tests check.
//!
//! `UPDATE_RULES=1 cargo test -p spansieve-redact catalogue` writes it anew.

use std::fmt::Write;

use super::{DETECTORS, Detector, Trigger};
use crate::preset::Preset;
use crate::scan::Shape;

const HEAD: &str = "\
# The detectors of redact

One section for each detector that `values` can name. The examples are the detector's own cases, which `cargo test` checks: what is found in a text is
**marked**, and in the texts under *left alone* nothing is found by this detector. This file is made from the source by
`UPDATE_RULES=1 cargo test -p spansieve-redact catalogue`, in `plugins/`.

A pattern is given where a regular expression says what is found; byte by byte, so `\\b`, `\\d` and `\\w` know ASCII only. Checks that no pattern can do, such as check
digits, are named in the text. [EVALUATION.md](EVALUATION.md) has what each finds of public test material.
";

/// The text on one line, with what is found in bold, as Markdown shows it.
fn marked(text: &str, found: &[&str]) -> String {
    let code = |text: &str| {
        let text = text.replace('\n', "⏎").replace('\t', "⇥");
        // A space at either end would be lost, and a backtick would end it.
        match text.is_empty() {
            true => String::new(),
            false if text.contains('`') => format!("`` {text} ``"),
            false => format!("`{text}`"),
        }
    };
    let (mut out, mut rest) = (String::new(), text);
    for part in found {
        let (before, behind) = rest.split_once(part).expect("cases name parts of their texts, in order");
        let _ = write!(out, "{}**{}**", code(before), code(part));
        rest = behind;
    }
    out + &code(rest)
}

fn section(out: &mut String, detector: &Detector) {
    let Detector { name, about, pattern, source, trigger, finds, ignores, .. } = detector;
    let presets = [("default", Preset::Default), ("pci", Preset::Pci), ("gdpr", Preset::Gdpr), ("hipaa-ish", Preset::HipaaIsh)];
    let presets = presets.iter().filter(|(_, preset)| preset.values().any(|(known, _)| known == *name)).map(|(preset, _)| *preset);
    let _ = writeln!(out, "\n## {name}\n\nFinds {about}.\n\n- In presets: {}\n- Source: {source}", presets.collect::<Vec<_>>().join(", "));
    if !pattern.is_empty() {
        let _ = writeln!(out, "- Pattern: `{pattern}`");
    }
    let of_shape = |shape: &Shape| format!("the shape [`{shape:?}`](src/scan/shape.rs)");
    let of_text = |text: &[u8]| format!("`{}`", String::from_utf8_lossy(text));
    let wakes = match trigger {
        Trigger::Shape(shape) => of_shape(shape),
        Trigger::Literals(texts) if texts.len() > 8 => format!("one of {} prefixes", texts.len()),
        Trigger::Literals(texts) => texts.iter().map(|text| of_text(text)).collect::<Vec<_>>().join(", "),
        Trigger::ShapeOrLiteral(shape, text) => format!("{}, or {}", of_shape(shape), of_text(text)),
        Trigger::Word(word) => format!("the word {}", of_text(word)),
    };
    let _ = writeln!(out, "- Woken by: {wakes}\n\nFound:\n");
    finds.iter().for_each(|(text, found)| _ = writeln!(out, "- {}", marked(text, found)));
    let _ = writeln!(out, "\nLeft alone:\n");
    ignores.iter().for_each(|text| _ = writeln!(out, "- {}", marked(text, &[])));
}

#[test]
fn the_catalogue_says_what_the_detectors_say() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/RULES.md");
    let mut text = HEAD.to_owned();
    DETECTORS.iter().for_each(|detector| section(&mut text, detector));
    if std::env::var_os("UPDATE_RULES").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == text, "RULES.md is not what the source says: UPDATE_RULES=1 cargo test -p spansieve-redact catalogue");
}
