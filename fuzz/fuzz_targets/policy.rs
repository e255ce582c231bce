//! Policies: any text is a policy or a mistake that has a place in it.

#![no_main]

use std::path::Path;

use libfuzzer_sys::{Corpus, fuzz_target};
use spansieve_runtime::Policy;
use spansieve_runtime::fuzzing::place;

fuzz_target!(|input: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(input) else { return Corpus::Reject };
    match Policy::parse(text, "policy.yaml", Path::new("policies")) {
        Err(error) => {
            let Some((line, column)) = place(&error) else { panic!("a mistake without a place: {error}") };
            assert!(error.to_string().starts_with(&format!("policy.yaml:{line}:{column}: ")), "{error}");
            // Lines end as YAML has it, and what is missing at the end may be missed on the line behind it.
            let text = text.replace("\r\n", "\n").replace('\r', "\n");
            let lines: Vec<&str> = text.split('\n').chain([""]).collect();
            assert!((1..=lines.len()).contains(&line), "there is no such line: {error}");
            // Columns are characters, but the scanner counts what it skips, such as directives, in bytes.
            assert!((1..=lines[line - 1].len() + 1).contains(&column), "there is no such column: {error}");
        }
        Ok(policy) => {
            assert!(policy.plugins().all(|name| !name.is_empty()));
            assert!(policy.tests().iter().all(|test| !test.name.is_empty()));
            assert!(policy.warnings().iter().all(|warning| warning.starts_with("line ")));
            assert!(policy.files().all(Path::is_file));
        }
    }
    Corpus::Keep
});
