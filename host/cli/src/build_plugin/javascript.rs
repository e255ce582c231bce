//! Building a plugin that is written in JavaScript or TypeScript: the SDK's own script bundles it and puts it into QuickJS.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::component::{Component, write_wit};
use super::{Made, tool};
use crate::scratch::Scratch;

/// The script, in the SDK's folder.
const SCRIPT: &str = "bin/build.mjs";

pub(super) fn build(dir: &Path) -> Result<Made> {
    let Some(version) = tool::output("node", &["--version"]) else {
        bail!("no Node.js was found: install Node.js 20 or later from https://nodejs.org, or with your system's packages (nodejs, npm)");
    };
    let manifest = std::fs::read_to_string(dir.join("package.json")).context("cannot read package.json")?;
    let manifest: Value = serde_json::from_str(&manifest).context("package.json is not JSON")?;
    let name = manifest["name"].as_str().context("package.json has no \"name\"")?;
    let name = name.rsplit('/').next().unwrap_or(name).to_owned();
    let Some(sdk) = sdk(dir) else {
        bail!("the SDK, @spansieve/plugin, is not installed; in {} run\n    npm install", dir.display());
    };
    ensure!(
        dir.join("node_modules").is_dir() || sdk.join("node_modules").is_dir(),
        "its packages are not installed; in {} run\n    npm install",
        dir.display()
    );
    let scratch = Scratch::new("javascript")?;
    write_wit(&scratch)?;
    let out = scratch.path("component.wasm");
    let mut command = Command::new("node");
    tool::run(command.current_dir(dir).arg(sdk.join(SCRIPT)).arg(".").arg("--wit").arg(scratch.folder()).arg("--out").arg(&out))?;
    let component = Component::of(std::fs::read(&out).context("the SDK's build script made no component")?)?;
    Ok(Made { name, component, toolchain: format!("node {}", version.trim_start_matches('v')) })
}

/// The SDK's folder: in the project, or where npm has put it.
fn sdk(dir: &Path) -> Option<PathBuf> {
    let beside = dir.join("spansieve-sdk");
    let installed = dir.ancestors().map(|folder| folder.join("node_modules/@spansieve/plugin"));
    std::iter::once(beside).chain(installed).find(|folder| folder.join(SCRIPT).is_file())
}
