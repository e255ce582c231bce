//! Finding a Rust toolchain that compiles to WebAssembly, and calling its cargo.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde_json::Value;

/// What a plugin is compiled for.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

#[derive(Clone, Copy)]
pub(super) struct Options {
    pub(super) locked: bool,
    pub(super) offline: bool,
}

impl Options {
    fn arguments(self) -> impl Iterator<Item = &'static str> {
        [(self.locked, "--locked"), (self.offline, "--offline")].into_iter().filter_map(|(is_set, argument)| is_set.then_some(argument))
    }
}

// === Toolchain ===

/// A cargo and a rustc with a standard library for [`TARGET`], or its sources.
pub(super) struct Toolchain {
    cargo: OsString,
    /// First line of `rustc -vV`.
    pub(super) rustc_version: String,
    /// Hash of the commit that rustc was built from, as in the paths of its prebuilt standard library.
    commit: String,
    sysroot: PathBuf,
    /// Set for a compiler without a prebuilt library: cargo then builds it from the sources, for which it needs a linker by name.
    build_std_with: Option<PathBuf>,
}

impl Toolchain {
    /// Looks at the toolchain that is in force in `dir`, then at Debian's.
    pub(super) fn find(dir: &Path) -> Result<Toolchain> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let first = Self::probe(dir, cargo, &rustc);
        if let Ok(toolchain) = &first
            && toolchain.has_library()
        {
            return first;
        }
        let debian = Path::new("/usr/bin");
        if let Ok(mut toolchain) = Self::probe(dir, debian.join("cargo").into(), debian.join("rustc").as_os_str()) {
            if toolchain.has_library() {
                return Ok(toolchain);
            }
            if toolchain.sysroot.join("lib/rustlib/src/rust/library/std/Cargo.toml").is_file()
                && let Some(linker) = wasm_linker(debian)
            {
                toolchain.build_std_with = Some(linker);
                return Ok(toolchain);
            }
        }
        Err(Self::missing(first.ok()))
    }

    fn probe(dir: &Path, cargo: OsString, rustc: &OsStr) -> Result<Toolchain> {
        let ask = |argument: &[&str]| output(Command::new(rustc).args(argument).current_dir(dir));
        let sysroot = PathBuf::from(ask(&["--print", "sysroot"])?.trim_end());
        let version = ask(&["-vV"])?;
        let commit = version.lines().find_map(|line| line.strip_prefix("commit-hash: ")).unwrap_or("unknown").to_owned();
        output(Command::new(&cargo).arg("--version").current_dir(dir))?;
        let rustc_version = version.lines().next().unwrap_or_default().to_owned();
        Ok(Toolchain { cargo, rustc_version, commit, sysroot, build_std_with: None })
    }

    fn has_library(&self) -> bool {
        self.sysroot.join("lib/rustlib").join(TARGET).join("lib").is_dir()
    }

    fn missing(found: Option<Toolchain>) -> anyhow::Error {
        let Some(found) = found else {
            return anyhow!("no Rust toolchain was found: install one from https://rustup.rs, then run\n    rustup target add {TARGET}");
        };
        let version = found.rustc_version;
        if output(Command::new("rustup").arg("--version")).is_ok() {
            return anyhow!("{version} has no standard library for {TARGET}; add it with\n    rustup target add {TARGET}");
        }
        anyhow!(
            "{version} has no standard library for {TARGET}. With rustup (https://rustup.rs) the command is\n    rustup target add {TARGET}\n\
             and on Debian, without rustup,\n    apt-get install --no-install-recommends rustc-web cargo-web rust-web-src lld-22"
        )
    }

    fn cargo(&self, dir: &Path) -> Command {
        let mut command = Command::new(&self.cargo);
        command.current_dir(dir);
        if let Some(linker) = &self.build_std_with {
            // Debian's own cargo and rustc, whatever else is on the path. Building the library is not a stable feature of cargo's.
            command.env("PATH", "/usr/bin:/bin").env("RUSTC", "/usr/bin/rustc").env("RUSTC_BOOTSTRAP", "1");
            command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
        command
    }
}

/// Debian names its linkers by version: the newest `wasm-ld-NN`, or `wasm-ld`.
fn wasm_linker(folder: &Path) -> Option<PathBuf> {
    let names = std::fs::read_dir(folder).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let version = |name: &str| match name.strip_prefix("wasm-ld")? {
        "" => Some(0),
        version => version.strip_prefix('-')?.parse::<u32>().ok(),
    };
    let newest = names.filter_map(|name| Some((version(&name)?, name))).max()?;
    Some(folder.join(newest.1))
}

/// What a command prints on standard output.
fn output(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stderr(Stdio::null()).output().with_context(|| format!("cannot run {name}"))?;
    ensure!(output.status.success(), "{name} failed ({})", output.status);
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

// === Package ===

/// A plugin's crate, as cargo sees it.
pub(super) struct Package {
    pub(super) name: String,
    dir: PathBuf,
    id: String,
    /// Folders of path dependencies outside the workspace.
    outside: Vec<PathBuf>,
    /// What paths in messages of panics begin with, and what they are to begin with. Of several that fit the last counts.
    remap: Vec<(PathBuf, String)>,
}

impl Package {
    pub(super) fn read(dir: &Path, toolchain: &Toolchain, options: Options) -> Result<Package> {
        let dir = std::path::absolute(dir)?;
        let manifest = dir.join("Cargo.toml");
        let mut command = toolchain.cargo(&dir);
        command.args(["metadata", "--format-version", "1", "--filter-platform", TARGET]).args(options.arguments());
        let output = command.stderr(Stdio::inherit()).output().context("cannot run cargo metadata")?;
        ensure!(output.status.success(), "cargo metadata failed ({})", output.status);
        let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata gave no JSON")?;

        let path = |value: &Value| PathBuf::from(value.as_str().unwrap_or_default());
        let workspace = path(&metadata["workspace_root"]);
        let target_directory = path(&metadata["target_directory"]);
        let mut found = None;
        let mut outside = Vec::new();
        let mut remap = vec![
            (workspace.clone(), ".".to_owned()),
            (target_directory, "target".to_owned()),
            (toolchain.sysroot.join("lib/rustlib/src/rust"), format!("/rustc/{}", toolchain.commit)),
        ];
        for package in metadata["packages"].as_array().into_iter().flatten() {
            let name = package["name"].as_str().unwrap_or_default();
            let manifest_path = path(&package["manifest_path"]);
            let Some(folder) = manifest_path.parent().map(Path::to_owned) else { continue };
            if is_same_file(&manifest_path, &manifest) {
                found = Some((package, name.to_owned()));
            }
            if package["source"].is_null() && !folder.starts_with(&workspace) {
                remap.push((folder.clone(), name.to_owned()));
                outside.push(folder);
            } else if !package["source"].is_null()
                && let Some(crates) = folder.parent()
                && !remap.iter().any(|(from, _)| from == crates)
            {
                remap.push((crates.to_owned(), "crates".to_owned()));
            }
        }
        let (package, name) = found.with_context(|| format!("{} is a workspace, not a package", manifest.display()))?;
        let is_cdylib = |target: &Value| target["crate_types"].as_array().is_some_and(|types| types.iter().any(|kind| kind == "cdylib"));
        ensure!(
            package["targets"].as_array().is_some_and(|targets| targets.iter().any(is_cdylib)),
            "package {name} has no library that can become a component: its Cargo.toml needs\n    [lib]\n    crate-type = [\"cdylib\", \"rlib\"]"
        );
        let id = package["id"].as_str().unwrap_or_default().to_owned();
        Ok(Package { name, dir, id, outside, remap })
    }

    /// Compiles the library and answers with the core module's bytes. Cargo's own progress and messages go to standard error.
    pub(super) fn build(&self, toolchain: &Toolchain, options: Options) -> Result<Vec<u8>> {
        let mut command = toolchain.cargo(&self.dir);
        command.args(["build", "--release", "--lib", "--target", TARGET, "--message-format", "json-render-diagnostics"]);
        command.args(options.arguments());
        if toolchain.build_std_with.is_some() {
            command.arg("-Zbuild-std=std,panic_abort");
        }
        self.rustflags(&mut command);
        // A plugin is small and runs for every span: it gets the best code. Function names stay, so that a trap says where.
        command.env("CARGO_PROFILE_RELEASE_LTO", "true").env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1");
        command.env("CARGO_PROFILE_RELEASE_PANIC", "abort").env("CARGO_PROFILE_RELEASE_STRIP", "debuginfo");
        if !self.outside.is_empty() {
            super::rustc::wrap_rustc(&mut command)?;
        }
        let output = command.stderr(Stdio::inherit()).output().context("cannot run cargo build")?;
        if !output.status.success() {
            bail!("cargo build failed ({})", output.status);
        }
        let module = self.module(&output.stdout).context("cargo build made no module")?;
        std::fs::read(&module).with_context(|| format!("cannot read {}", module.display()))
    }

    /// Adds to the flags that the user has set, in the variable or else in cargo's configuration files.
    fn rustflags(&self, command: &mut Command) {
        let mut flags = vec!["-Ctarget-feature=+simd128".to_owned()];
        flags.extend(self.remap.iter().map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display())));
        if let Ok(encoded) = std::env::var("CARGO_ENCODED_RUSTFLAGS") {
            let before = encoded.split('\x1f').filter(|flag| !flag.is_empty()).map(str::to_owned);
            command.env("CARGO_ENCODED_RUSTFLAGS", before.chain(flags).collect::<Vec<_>>().join("\x1f"));
        } else if let Ok(plain) = std::env::var("RUSTFLAGS") {
            let before = plain.split_whitespace().map(str::to_owned);
            command.env("CARGO_ENCODED_RUSTFLAGS", before.chain(flags).collect::<Vec<_>>().join("\x1f"));
        } else {
            // JSON strings are TOML strings. Cargo joins this list with those of the configuration files.
            command.arg("--config").arg(format!("target.{TARGET}.rustflags={}", Value::from(flags)));
        }
    }

    /// The file that cargo says it made for this package.
    fn module(&self, messages: &[u8]) -> Option<PathBuf> {
        let messages = messages.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Value>(line).ok());
        let files = messages.filter(|message| message["reason"] == "compiler-artifact" && message["package_id"] == *self.id);
        files
            .flat_map(|message| message["filenames"].as_array().cloned().unwrap_or_default())
            .filter_map(|file| file.as_str().map(PathBuf::from))
            .find(|file| file.extension() == Some(OsStr::new("wasm")))
    }
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    one == other || matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}
