//! `spansieve build`: makes a component of a plugin's project, with its language's toolchain and no other tool.

mod cargo;
pub(crate) mod component;
mod go;
mod javascript;
mod prebuilt;
pub(crate) mod project;
mod python;
mod rustc;
mod tool;

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::inspect;
use component::Component;
use project::{Language, Project};

pub(crate) use rustc::stand_in_for_rustc;

const ABOUT: &str = "\
Languages are told by a file in the folder: Cargo.toml, go.mod, package.json (JavaScript, TypeScript), pyproject.toml, spansieve.toml (C, C++,
Zig). Each needs its own toolchain; what is missing is said, with the command to get it. The component may import spansieve's host interface
and nothing else: what a language's runtime wants of WASI is answered inside.";

/// Build plugins into components
#[derive(clap::Args)]
#[command(after_help = format!("{ABOUT}\n\n{}", crate::EXIT_CODES))]
pub(crate) struct Args {
    /// Folders of plugins [default: this one]
    #[arg(value_name = "DIR")]
    dirs: Vec<PathBuf>,
    /// Where to write the component [default: build/NAME.wasm in the plugin's folder]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Wrap a core module that another toolchain made, instead of building one; its exports are named as wit-bindgen names them
    #[arg(long, value_name = "FILE", conflicts_with_all = ["dirs", "prebuilt"], requires = "out")]
    module: Option<PathBuf>,
    /// Of plugins in Rust, write DIR's component to FOLDER/DIR.wasm and record the hash of its sources in FOLDER/sources.json
    #[arg(long, value_name = "FOLDER", conflicts_with = "out")]
    prebuilt: Option<PathBuf>,
    /// With --prebuilt: write nothing, and fail if what is there is not what the sources give
    #[arg(long, requires = "prebuilt")]
    check: bool,
    /// Fail if Cargo.lock would have to change; always so with --prebuilt
    #[arg(long)]
    locked: bool,
    /// Do not let cargo use the network
    #[arg(long)]
    offline: bool,
}

/// What a language's toolchain made.
struct Made {
    name: String,
    component: Component,
    /// Name and version of the compiler.
    toolchain: String,
}

/// A component that was built.
struct Built {
    made: Made,
    /// Where it is written if nobody says otherwise.
    default_out: PathBuf,
    took: Duration,
}

pub(crate) fn run(args: Args) -> Result<ExitCode> {
    if let (Some(module), Some(out)) = (&args.module, &args.out) {
        let bytes = std::fs::read(module).with_context(|| format!("cannot read {}", module.display()))?;
        let component = component::wrap(&bytes).with_context(|| format!("cannot wrap {}", module.display()))?;
        write(out, &component.bytes)?;
        report(out, &component, None)?;
        return Ok(ExitCode::SUCCESS);
    }
    let dirs = if args.dirs.is_empty() { vec![PathBuf::from(".")] } else { args.dirs };
    ensure!(args.out.is_none() || dirs.len() == 1, "--out names one file, but there are {} plugins to build", dirs.len());
    let options = cargo::Options { locked: args.locked || args.prebuilt.is_some(), offline: args.offline };
    for dir in &dirs {
        let project = Project::of(dir).with_context(|| format!("cannot build {}", dir.display()))?;
        let built = build(&project, options)?;
        match &args.prebuilt {
            Some(_) if project.language != Language::Rust => bail!("--prebuilt is for plugins in Rust"),
            Some(folder) if args.check => prebuilt::check_built(folder, dir, &built)?,
            Some(folder) => report(&prebuilt::record(folder, dir, &built)?, &built.made.component, Some(&built))?,
            None => {
                let out = args.out.as_ref().unwrap_or(&built.default_out);
                write(out, &built.made.component.bytes)?;
                report(out, &built.made.component, Some(&built))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Builds a project as `spansieve build` does, and answers with the component's file.
pub(crate) fn build_project(project: &Project) -> Result<PathBuf> {
    let built = build(project, cargo::Options { locked: false, offline: false })?;
    write(&built.default_out, &built.made.component.bytes)?;
    Ok(built.default_out)
}

fn build(project: &Project, options: cargo::Options) -> Result<Built> {
    let start = Instant::now();
    let dir = std::path::absolute(&project.dir)?;
    let made = match project.language {
        Language::Rust => of_rust(&dir, options),
        Language::Go => go::build(&dir),
        Language::JavaScript => javascript::build(&dir),
        Language::Python => python::build(&dir),
        Language::C => bail!("C is not there yet"),
    };
    let mut made = made.with_context(|| format!("cannot build {}", project.dir.display()))?;
    made.component.made_of(project.language.name(), &made.toolchain);
    Ok(Built { default_out: project.component(&made.name), made, took: start.elapsed() })
}

fn of_rust(dir: &Path, options: cargo::Options) -> Result<Made> {
    let toolchain = cargo::Toolchain::find(dir)?;
    let package = cargo::Package::read(dir, &toolchain, options)?;
    let module = package.build(&toolchain, options)?;
    let component = component::wrap(&module).context("a Rust plugin names its policy in `spansieve_plugin::export!(MyPolicy);`")?;
    Ok(Made { name: package.name, component, toolchain: toolchain.rustc_version })
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    std::fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

fn report(out: &Path, component: &Component, built: Option<&Built>) -> Result<()> {
    let mut text = format!("{}\n  {}", out.display(), inspect::size(component.bytes.len()));
    if let Some(built) = built {
        text += &format!(", in {:.1} s with {}", built.took.as_secs_f64(), built.made.toolchain);
    }
    let imports = if component.imports.is_empty() { "nothing".to_owned() } else { component.imports.join(", ") };
    text += &format!("\n  imports {imports}; exports {}\n", component::PLUGIN);
    text += &inspect::about(&component.bytes)?;
    write!(stdout(), "{text}")?;
    Ok(())
}
