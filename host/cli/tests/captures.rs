//! Captures of real services through the command: nothing planted in them comes out, and without plugins they come out unchanged.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// What was planted in the captures, as `tests/captures/README.md` lists it; compared in lower case and without percent-encoding.
const PLANTED: [&str; 10] = [
    "ana.quill",
    "leo.marsh",
    "mia.fern",
    "987-65-4321",
    "tok_invented_456",
    "tok_invented_123",
    "4111 1111 1111 1111",
    "akiainvented0000exmpl",
    "+44-20-7946-0018",
    "+1-555-0142",
];

fn captures() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(Path::new(ROOT).join("tests/captures")).expect("the folder of captures");
    let mut paths: Vec<_> =
        entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.extension().is_some_and(|e| e == "json")).collect();
    paths.sort();
    assert!(paths.len() >= 4);
    paths
}

fn spansieve(arguments: &[&str], capture: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spansieve"));
    command.env("SPANSIEVE_CACHE_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/plugins"));
    let output = command.args(arguments).arg(capture).output().expect("the command runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// Percent-encoding taken off, and all in lower case.
fn plain(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = || std::str::from_utf8(tail.get(..2)?).ok().and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (first, code()) {
            (b'%', Some(code)) => {
                bytes.push(code);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).to_lowercase()
}

#[test]
fn nothing_planted_in_a_capture_comes_out_of_the_standard_policy() {
    for capture in captures() {
        let given = plain(&std::fs::read_to_string(&capture).expect("a capture"));
        assert!(PLANTED.iter().any(|planted| given.contains(planted)), "nothing is planted in {}", capture.display());
        for arguments in [&["run", "--full"][..], &["run", "--format", "otlp-json"], &["explain"]] {
            let output = spansieve(arguments, &capture);
            let printed = plain(&String::from_utf8_lossy(&output.stdout)) + &plain(&String::from_utf8_lossy(&output.stderr));
            for planted in PLANTED {
                assert!(!printed.contains(planted), "{planted} in {arguments:?} {}", capture.display());
            }
            assert!(!output.stdout.is_empty());
        }
    }
}

#[test]
fn without_plugins_a_capture_comes_out_unchanged() {
    let policy = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cmd/run.in/none.yaml");
    for capture in captures() {
        let output = spansieve(&["run", "--policy", policy, "--format", "otlp-json"], &capture);
        let given: serde_json::Value = serde_json::from_slice(&std::fs::read(&capture).expect("a capture")).expect("JSON");
        let printed: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(given, printed, "{}", capture.display());
    }
}
