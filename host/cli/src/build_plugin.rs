//! `spansieve build`: makes a component of a plugin crate, with a Rust toolchain and no other tool.

mod cargo;
pub(crate) mod component;
mod prebuilt;
mod rustc;

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

pub(crate) use rustc::stand_in_for_rustc;

/// Build plugin crates into components.
///
/// Needs a Rust toolchain with the target wasm32-unknown-unknown and nothing else. The same sources and toolchain give the same
/// bytes, whatever folder they are in.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folders of plugin crates, each with a Cargo.toml and a library of crate type "cdylib"
    #[arg(required_unless_present = "module", value_name = "DIR")]
    dirs: Vec<PathBuf>,
    /// Wrap a core module that another toolchain made, instead of building one; its exports are named as wit-bindgen names them
    #[arg(long, value_name = "FILE", conflicts_with_all = ["dirs", "prebuilt"], requires = "out")]
    module: Option<PathBuf>,
    /// Where to write the component [default: spansieve/NAME.wasm in cargo's target folder]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write DIR's component to FOLDER/DIR.wasm and record the hash of its sources in FOLDER/sources.json
    #[arg(long, value_name = "FOLDER", conflicts_with = "out")]
    prebuilt: Option<PathBuf>,
    /// With --prebuilt: write nothing, and fail if what is there is not what the sources give
    #[arg(long, requires = "prebuilt")]
    check: bool,
    /// Fail if Cargo.lock would have to change; always so with --prebuilt
    #[arg(long)]
    locked: bool,
    /// Do not use the network
    #[arg(long)]
    offline: bool,
}

/// A component that was built.
struct Built {
    bytes: Vec<u8>,
    /// The interfaces that it imports.
    imports: Vec<String>,
    /// First line of `rustc -vV`.
    rustc: String,
    /// Where it is written if nobody says otherwise.
    default_out: PathBuf,
    took: Duration,
}

pub(crate) fn run(args: Args) -> Result<ExitCode> {
    if let (Some(module), Some(out)) = (&args.module, &args.out) {
        let bytes = std::fs::read(module).with_context(|| format!("cannot read {}", module.display()))?;
        let component = component::wrap(&bytes).with_context(|| format!("cannot wrap {}", module.display()))?;
        write(out, &component.bytes)?;
        writeln!(stdout(), "{}\n  {} bytes; imports {}", out.display(), component.bytes.len(), listed(&component.imports))?;
        return Ok(ExitCode::SUCCESS);
    }
    ensure!(args.out.is_none() || args.dirs.len() == 1, "--out names one file, but there are {} plugins to build", args.dirs.len());
    let options = cargo::Options { locked: args.locked || args.prebuilt.is_some(), offline: args.offline };
    for dir in &args.dirs {
        let built = build(dir, options).with_context(|| format!("cannot build {}", dir.display()))?;
        match &args.prebuilt {
            Some(folder) if args.check => prebuilt::check_built(folder, dir, &built)?,
            Some(folder) => report(&prebuilt::record(folder, dir, &built)?, &built)?,
            None => {
                let out = args.out.as_ref().unwrap_or(&built.default_out);
                write(out, &built.bytes)?;
                report(out, &built)?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn build(dir: &Path, options: cargo::Options) -> Result<Built> {
    let start = Instant::now();
    ensure!(dir.join("Cargo.toml").is_file(), "there is no Cargo.toml in it");
    let toolchain = cargo::Toolchain::find(dir)?;
    let package = cargo::Package::read(dir, &toolchain, options)?;
    let module = package.build(&toolchain, options)?;
    let component = component::wrap(&module)?;
    Ok(Built {
        bytes: component.bytes,
        imports: component.imports,
        rustc: toolchain.rustc_version,
        default_out: package.target_directory.join("spansieve").join(format!("{}.wasm", package.name)),
        took: start.elapsed(),
    })
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    std::fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

fn report(out: &Path, built: &Built) -> Result<()> {
    let imports = listed(&built.imports);
    let (size, took, rustc) = (built.bytes.len(), built.took.as_secs_f64(), &built.rustc);
    let mut stdout = stdout();
    writeln!(stdout, "{}\n  {size} bytes, in {took:.1} s with {rustc}", out.display())?;
    writeln!(stdout, "  imports {imports}; exports {}", component::PLUGIN)?;
    Ok(())
}

fn listed(imports: &[String]) -> String {
    if imports.is_empty() { "nothing".to_owned() } else { imports.join(", ") }
}
