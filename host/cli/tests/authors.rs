//! The commands for authors of plugins, on a component that is there: `test`, `inspect`, `bench`, `new`, `build`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The conformance plugin of an earlier contract, which no toolchain has to make.
const PLUGIN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/plugins/conformance-0.1.0.wasm");

fn spansieve(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spansieve"));
    command.env("SPANSIEVE_CACHE_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/plugins"));
    command.current_dir(folder).args(arguments).output().expect("the command runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A folder of the test's own.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("authors-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

#[test]
fn a_case_that_fails_shows_what_differs_and_what_the_plugin_said() {
    let folder = folder("fails");
    std::fs::write(folder.join("x.case"), "config: {behaviour: sizes}\ngiven: |\n  a\n  b\nexpect: |\n  a  n=2\n  b  n=3\n").unwrap();
    std::fs::write(folder.join("y.case"), "config: {behaviour: logs}\ngiven: a\nexpect: b\n").unwrap();
    let output = spansieve(&folder, &["test", "--plugin", PLUGIN]);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("x.case ... FAILED") && said.contains("      a  n=2\n    - b  n=3\n    + b  n=2\n"), "{said}");
    assert!(said.contains("it logged warn: a warning") && said.ends_with("0 passed, 2 failed\n"), "{said}");
}

#[test]
fn update_writes_what_came_out_and_leaves_the_rest() {
    let folder = folder("update");
    let case = folder.join("x.case");
    std::fs::write(&case, "# why\nconfig: {behaviour: sizes}\ngiven: |\n  a\nexpect:\n# end\ncounters: {}\n").unwrap();
    assert!(said(&spansieve(&folder, &["test", "--plugin", PLUGIN, "--update"])).contains("x.case ... written"));
    let after = std::fs::read_to_string(&case).unwrap();
    assert_eq!(after, "# why\nconfig: {behaviour: sizes}\ngiven: |\n  a\nexpect: |\n  a  n=1\n# end\ncounters: {}\n");
    let output = spansieve(&folder, &["test", "--plugin", PLUGIN]);
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn nothing_to_test_and_cases_without_a_plugin_are_errors() {
    let folder = folder("nothing");
    let nothing = spansieve(&folder, &["test"]);
    assert!(!nothing.status.success() && said(&nothing).contains("there is no case and no policy.yaml in ."), "{}", said(&nothing));
    std::fs::write(folder.join("x.case"), "given: a\nexpect: a\n").unwrap();
    let alone = Command::new(env!("CARGO_BIN_EXE_spansieve"))
        .current_dir(std::env::temp_dir())
        .arg("test")
        .arg(folder.join("x.case"))
        .output()
        .unwrap();
    assert!(!alone.status.success() && said(&alone).contains("--plugin") || said(&alone).contains("cannot build"), "{}", said(&alone));
}

#[test]
fn inspect_tells_what_a_plugin_is_and_what_a_core_module_is_not() {
    let folder = folder("inspect");
    let output = said(&spansieve(&folder, &["inspect", PLUGIN, "--config", "{behaviour: traces}"]));
    for part in ["contract  spansieve:policy 0.1.0", "language  Rust", "(log, count, table)", "code: ", "whole traces", "\"behaviour\""] {
        assert!(output.contains(part), "{part} in {output}");
    }
    std::fs::write(folder.join("core.wasm"), b"\0asm\x01\0\0\0").unwrap();
    let core = spansieve(&folder, &["inspect", "core.wasm"]);
    assert!(!core.status.success() && said(&core).contains("core.wasm: this is a core module, not a component"), "{}", said(&core));
}

#[test]
fn a_budget_fails_where_it_is_not_kept() {
    let folder = folder("budget");
    let bench = |budget: &str| {
        spansieve(
            &folder,
            &["bench", PLUGIN, "--config", "{behaviour: cost_few}", "--quick", "--budget", budget, "--batches", "20", "--json", "out.json"],
        )
    };
    let (dear, cheap) = (bench("0.1ns"), bench("1ms"));
    assert_eq!(dear.status.code(), Some(1), "{}", said(&dear));
    assert!(said(&dear).contains("over the budget") && said(&cheap).contains("within the budget"), "{}{}", said(&dear), said(&cheap));
    assert!(cheap.status.success() && said(&cheap).contains("builtin:redact: call"), "{}", said(&cheap));
    let figures: serde_json::Value = serde_json::from_slice(&std::fs::read(folder.join("out.json")).unwrap()).unwrap();
    assert!(figures["plugins"]["conformance-0.1.0"]["call_ns_per_span"].as_f64().is_some_and(|nanos| nanos > 0.0), "{figures}");
}

#[test]
fn new_makes_a_folder_and_never_writes_into_one_that_holds_something() {
    let folder = folder("new");
    let made = spansieve(&folder, &["new", "go", "slow-queries"]);
    assert!(made.status.success() && said(&made).contains("  cd slow-queries\n"), "{}", said(&made));
    assert!(std::fs::read_to_string(folder.join("slow-queries/policy.go")).unwrap().contains("type SlowQueries struct"));
    let again = spansieve(&folder, &["new", "go", "slow-queries"]);
    assert!(!again.status.success() && said(&again).contains("slow-queries is there already"), "{}", said(&again));
    let name = spansieve(&folder, &["new", "go", "Slow Queries"]);
    assert_eq!(name.status.code(), Some(2));
    assert!(said(&name).contains("kebab-case"), "{}", said(&name));
}

#[test]
fn build_says_what_it_looks_for_and_what_is_wrong_with_a_manifest() {
    let folder = folder("build");
    let none = said(&spansieve(&folder, &["build"]));
    assert!(none.contains("cannot build .") && none.contains("spansieve.toml (C)"), "{none}");
    std::fs::write(folder.join("spansieve.toml"), "name = 'x'\nsource = ['policy.c']\n").unwrap();
    let unknown = said(&spansieve(&folder, &["build"]));
    assert!(unknown.contains("unknown entry source, expected name, sdk, sources, include or flags"), "{unknown}");
    std::fs::write(folder.join("spansieve.toml"), "name = 'x'\n").unwrap();
    let no_sdk = said(&spansieve(&folder, &["build"]));
    assert!(no_sdk.contains("expected include/spansieve.h in it"), "{no_sdk}");
}

#[test]
fn shells_and_man_are_told_every_command() {
    let folder = folder("manual");
    let bash = said(&spansieve(&folder, &["completions", "bash"]));
    assert!(["inspect", "--budget", "typescript"].iter().all(|word| bash.contains(word)), "{bash}");
    assert!(spansieve(&folder, &["man", "--dir", "."]).status.success());
    assert!(std::fs::read_to_string(folder.join("spansieve-test.1")).unwrap().contains("A case is a YAML file"));
}
