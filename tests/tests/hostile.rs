//! Guests that do what no guest should: none takes the process down or holds it up, none makes it say what it must not, no span is lost.
//!
//! Each file in `tests/hostile` is one of them; `spansieve_tests::hostile` says how they are written.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use spansieve_runtime::set_cache_directory;
use spansieve_tests::hostile::{Case, Expectation, check};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("hostile")
}

fn cases() -> Vec<Case> {
    let mut files: Vec<_> = std::fs::read_dir(folder()).expect("the suite's folder").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    let read = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
        let name = name.strip_suffix(".wat").unwrap_or_else(|| panic!("{name} is not picked up: it does not end in .wat"));
        let file = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"));
        Case::parse(name, &file).unwrap_or_else(|error| panic!("{error}"))
    };
    files.iter().map(read).collect()
}

fn check_all(belongs: impl Fn(&Expectation) -> bool) {
    set_cache_directory(Some(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("plugins")));
    let wrong: Vec<_> = cases().iter().filter(|case| belongs(&case.expectation)).filter_map(|case| check(case).err()).flatten().collect();
    assert!(wrong.is_empty(), "{} complaints:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn every_file_is_picked_up_and_says_what_has_to_come_of_it() {
    let cases = cases();
    assert!(cases.len() >= 40, "only {} files", cases.len());
    let guests: BTreeSet<_> = cases.iter().map(Case::guest).collect();
    assert_eq!(guests.len(), cases.len(), "two files are the same guest");
}

#[test]
fn guests_that_fail_take_their_failure_rule_and_nothing_else_with_them() {
    check_all(|expectation| matches!(expectation, Expectation::Fails(_)));
}

#[test]
fn guests_that_can_not_be_plugins_are_refused_with_a_message_that_says_why() {
    check_all(|expectation| matches!(expectation, Expectation::Refused(_)));
}

#[test]
fn guests_that_only_misbehave_neither_fail_nor_hurt() {
    check_all(|expectation| matches!(expectation, Expectation::Survives));
}
