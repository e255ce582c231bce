//! Building a plugin that is written in Python: the SDK's own module looks at the policy and has componentize-py put it beside an interpreter.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use toml::{Table, Value};

use super::component::{Component, write_wit};
use super::{Made, tool};
use crate::scratch::Scratch;

pub(super) fn build(dir: &Path) -> Result<Made> {
    let Some(python) = tool::python(dir) else {
        bail!(
            "no Python was found: install Python 3.11 or later from https://python.org, or with your system's packages (python3, python3-venv)"
        );
    };
    let version = tool::output(&python, &["--version"]).unwrap_or_default();
    let manifest = std::fs::read_to_string(dir.join("pyproject.toml")).context("cannot read pyproject.toml")?;
    let manifest: Table = manifest.parse().context("pyproject.toml is not TOML")?;
    let text = |path: [&str; 2]| manifest.get(path[0])?.get(path[1])?.as_str();
    let name = text(["project", "name"]).context("pyproject.toml has no name in [project]")?.to_owned();
    // The module, and where it has several policies the class.
    let own = |key: &str| manifest.get("tool").and_then(|tool| tool.get("spansieve")?.get(key));
    let named = own("policy").and_then(Value::as_str);
    let policy = named.map_or_else(|| name.replace('-', "_"), str::to_owned);
    let scratch = Scratch::new("python")?;
    write_wit(&scratch)?;
    let out = scratch.path("component.wasm");
    let mut command = Command::new(&python);
    command.current_dir(dir).args(["-m", "spansieve_plugin.build", &policy, "--wit"]).arg(scratch.folder()).arg("--out").arg(&out);
    for path in own("paths").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        command.args(["--path", path]);
    }
    let sdk = own("sdk").and_then(Value::as_str).unwrap_or("spansieve-sdk");
    let beside = dir.join(sdk).join("src");
    if beside.is_dir() {
        let before = std::env::var_os("PYTHONPATH").unwrap_or_default();
        let paths = std::iter::once(beside).chain(std::env::split_paths(&before).filter(|path| !path.as_os_str().is_empty()));
        command.env("PYTHONPATH", std::env::join_paths(paths)?);
    } else {
        let is_there = tool::output(&python, &["-c", "import spansieve_plugin"]).is_some();
        ensure!(is_there, "the SDK is not installed; run\n    {} -m pip install spansieve-plugin", python.display());
    }
    tool::run(&mut command)?;
    let component = Component::of(std::fs::read(&out).context("the SDK's build module made no component")?)?;
    Ok(Made { name, component, toolchain: version })
}
