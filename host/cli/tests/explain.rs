//! `spansieve explain` prints what was found only where values are asked for.

use std::process::Command;

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cmd/explain.in");

/// What is planted in the spans, and goes by the policy.
const PLANTED: [&str; 9] = [
    "ana.quill@example.org",
    "leo.marsh",
    "4111 1111 1111 1111",
    "4111111111111111",
    "hunter2",
    "ORD-123456",
    "token=abc",
    "'mia'",
    "id = 77",
];

fn explained(file: &str, more: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spansieve"));
    command.env("SPANSIEVE_CACHE_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/plugins"));
    let output = command.args(["explain", "--policy", &format!("{CASES}/policy.yaml"), &format!("{CASES}/{file}")]).args(more).output();
    let output = output.expect("the command runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn what_was_found_is_printed_only_if_values_are_asked_for() {
    let files = ["spans.txt", "spans.json"];
    let (quiet, open) = (files.map(|file| explained(file, &[])), files.map(|file| explained(file, &["--show-values"])));
    for planted in PLANTED {
        assert!(quiet.iter().all(|said| !said.contains(planted)), "{planted} in {quiet:#?}");
        assert!(open.iter().any(|said| said.contains(planted)), "{planted} is nowhere");
    }
}
