//! Plugins that were built for earlier versions of the contract go on working: see `wit/COMPATIBILITY.md`.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The components of earlier versions, byte for byte as they were built then, each beside the list of the cases that it passed.
fn plugins() -> Vec<PathBuf> {
    let folder = root().join("tests/plugins");
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.filter(|path| path.extension().is_some_and(|extension| extension == "wasm")).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("host/cli lies in the project")
}

#[test]
fn plugins_of_earlier_versions_do_what_they_did() {
    let plugins = plugins();
    assert!(!plugins.is_empty(), "there was a version before this one");
    for plugin in plugins {
        let cases = std::fs::read_to_string(plugin.with_extension("txt")).expect("a list of cases");
        let cases: Vec<_> = cases.lines().map(|case| root().join("tests/cases").join(case)).collect();
        assert!(cases.len() > 30, "{}: {} cases", plugin.display(), cases.len());
        let output = Command::new(env!("CARGO_BIN_EXE_spansieve")).arg("test").arg("--plugin").arg(&plugin).args(&cases).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains(&format!("{} passed, 0 failed", cases.len())), "{}:\n{said}", plugin.display());
    }
}

#[test]
fn they_are_of_other_versions_than_this_one() {
    for plugin in plugins() {
        let output = Command::new(env!("CARGO_BIN_EXE_spansieve")).arg("inspect").arg(&plugin).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains("this version of spansieve has"), "{}:\n{said}", plugin.display());
    }
}
