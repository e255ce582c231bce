//! Calling the compilers of other languages.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// Runs a step of a build. What it prints goes to standard error, as it comes.
pub(super) fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.stdin(Stdio::null()).stdout(std::io::stderr()).stderr(Stdio::inherit()).status();
    let status = status.with_context(|| format!("cannot run {name}"))?;
    ensure!(status.success(), "{name} failed ({status}); what it says stands above");
    Ok(())
}

/// What a command prints on standard output, if it can be run and succeeds.
pub(super) fn output(program: impl AsRef<OsStr>, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The interpreter of the project's own environment where it has one, else the one on the path that answers.
pub(super) fn python(dir: &std::path::Path) -> Option<PathBuf> {
    let own = [dir.join(".venv/bin/python"), dir.join(".venv/Scripts/python.exe")];
    let own = own.into_iter().find(|path| path.is_file());
    own.or_else(|| ["python3", "python"].map(PathBuf::from).into_iter().find(|python| output(python, &["--version"]).is_some()))
}
