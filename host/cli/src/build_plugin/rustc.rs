//! Standing in for rustc, so that what a crate is built into does not depend on the folder that it lies in.
//!
//! Cargo gives rustc a hash of each package with `-C metadata`, and rustc sorts functions by names that contain it. For a path
//! dependency outside the workspace (as `wit/layout` is to `plugins`) cargo hashes its absolute path. Here the hash is replaced by one of
//! what tells the crate from others: name, version and features.

use std::ffi::{OsStr, OsString};
use std::process::{Command, ExitCode};

use sha2::{Digest, Sha256};

/// Set while this program runs as cargo's rustc wrapper. Holds the wrapper that was there before, or nothing.
const STANDING_IN: &str = "SPANSIEVE_STANDS_IN_FOR_RUSTC";

/// Makes cargo call this program in the place of rustc.
pub(super) fn wrap_rustc(cargo: &mut Command) -> std::io::Result<()> {
    cargo.env(STANDING_IN, std::env::var_os("RUSTC_WRAPPER").unwrap_or_default());
    cargo.env("RUSTC_WRAPPER", std::env::current_exe()?);
    Ok(())
}

/// Where this program was called by cargo in the place of rustc: calls rustc, and answers with its exit code. To be called
/// first in `main`, before arguments are looked at.
pub(crate) fn stand_in_for_rustc() -> Option<ExitCode> {
    let before = std::env::var_os(STANDING_IN)?;
    let mut command: Vec<OsString> = Vec::new();
    if !before.is_empty() {
        command.push(before);
    }
    command.extend(with_own_metadata(std::env::args_os().skip(1).collect()));
    let Some((program, arguments)) = command.split_first() else { return Some(ExitCode::FAILURE) };
    match Command::new(program).args(arguments).env_remove(STANDING_IN).status() {
        Ok(status) => Some(ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))),
        Err(error) => {
            eprintln!("cannot run {}: {error}", program.to_string_lossy());
            Some(ExitCode::FAILURE)
        }
    }
}

/// Replaces cargo's hash where a crate is compiled for WebAssembly. Crates for the host (build scripts, macros) keep theirs.
fn with_own_metadata(mut arguments: Vec<OsString>) -> Vec<OsString> {
    if !arguments.iter().any(|argument| argument == super::cargo::TARGET) {
        return arguments;
    }
    let mut hash = Sha256::new();
    for name in ["CARGO_PKG_NAME", "CARGO_PKG_VERSION", "CARGO_CRATE_NAME"] {
        hash.update(std::env::var_os(name).unwrap_or_default().as_encoded_bytes());
        hash.update([0]);
    }
    for pair in arguments.windows(2).filter(|pair| pair[0] == OsStr::new("--cfg")) {
        hash.update(pair[1].as_encoded_bytes());
        hash.update([0]);
    }
    let hash: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    for argument in &mut arguments {
        if argument.as_encoded_bytes().starts_with(b"metadata=") {
            *argument = format!("metadata={hash}").into();
        }
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(arguments: &[&str]) -> Option<String> {
        let arguments = with_own_metadata(arguments.iter().map(OsString::from).collect());
        arguments.iter().find_map(|argument| Some(argument.to_str()?.strip_prefix("metadata=")?.to_owned()))
    }

    #[test]
    fn the_hash_of_a_guest_crate_does_not_depend_on_cargos_and_that_of_a_host_crate_is_kept() {
        let target = super::super::cargo::TARGET;
        let one = metadata(&["rustc", "-C", "metadata=1234", "--target", target]);
        assert_eq!(one, metadata(&["rustc", "-C", "metadata=5678", "--target", target]));
        assert_ne!(one, metadata(&["rustc", "-C", "metadata=1234", "--target", target, "--cfg", "feature=\"std\""]));
        assert_eq!(metadata(&["rustc", "-C", "metadata=1234"]).as_deref(), Some("1234"));
    }
}
