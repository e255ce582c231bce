//! Building a plugin that is written in C, C++ or Zig: everything is compiled together with the SDK's sources, into a WASI reactor without a
//! command line. Zig's compiler does it alone; clang needs wasi-libc and lld beside it.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use toml::Table;

use super::{Made, tool};
use crate::scratch::Scratch;

/// The project's file.
const MANIFEST: &str = "spansieve.toml";

/// The stack that grows in linear memory. A compiler's own choice may be 16 MiB, which every instance would start with.
const STACK: &str = "65536";

/// What is built, as the project's file says it.
struct Manifest {
    name: String,
    /// The SDK's folder.
    sdk: PathBuf,
    /// Files of each language, seen from the project's folder.
    c: Vec<PathBuf>,
    cpp: Vec<PathBuf>,
    zig: Vec<PathBuf>,
    /// Folders with headers, beside the SDK's.
    include: Vec<PathBuf>,
    /// Further arguments for the compiler of C and C++.
    flags: Vec<String>,
}

pub(super) fn build(dir: &Path) -> Result<Made> {
    let manifest = Manifest::read(dir)?;
    let compiler = Compiler::find(dir, !manifest.zig.is_empty(), !manifest.cpp.is_empty())?;
    let scratch = Scratch::new("c")?;
    let core = scratch.path("core.wasm");
    if manifest.zig.is_empty() {
        compiler.build(dir, &manifest, &core)?;
    } else {
        compiler.build_zig(dir, &manifest, &scratch, &core)?;
    }
    let module = std::fs::read(&core).context("the compiler made no module")?;
    let component = super::component::wrap(&module).context("a plugin in C names its policy once with SSV_EXPORT(policy);")?;
    Ok(Made { name: manifest.name, component, toolchain: compiler.version })
}

impl Manifest {
    fn read(dir: &Path) -> Result<Manifest> {
        let text = std::fs::read_to_string(dir.join(MANIFEST)).with_context(|| format!("cannot read {MANIFEST}"))?;
        let table: Table = text.parse().with_context(|| format!("{MANIFEST} is not TOML"))?;
        if let Some(unknown) = table.keys().find(|key| !["name", "sdk", "sources", "include", "flags"].contains(&key.as_str())) {
            bail!("{MANIFEST}: unknown entry {unknown}, expected name, sdk, sources, include or flags");
        }
        let text = |key: &str| match table.get(key) {
            None => Ok(None),
            Some(value) => value.as_str().map(Some).with_context(|| format!("{MANIFEST}: {key}: expected a text")),
        };
        let texts = |key: &str| -> Result<Option<Vec<&str>>> {
            let Some(value) = table.get(key) else { return Ok(None) };
            let list = value.as_array().map(|list| list.iter().map(|item| item.as_str()).collect::<Option<Vec<_>>>());
            list.flatten().map(Some).with_context(|| format!("{MANIFEST}: {key}: expected a list of texts"))
        };
        let name = text("name")?.with_context(|| format!("{MANIFEST}: expected the plugin's name"))?.to_owned();
        let sdk = PathBuf::from(text("sdk")?.unwrap_or("spansieve-sdk"));
        ensure!(
            dir.join(&sdk).join("include/spansieve.h").is_file(),
            "there is no SDK in {}: expected include/spansieve.h in it",
            dir.join(&sdk).display()
        );
        let sources = match texts("sources")? {
            Some(patterns) => {
                let found: Vec<_> = patterns.into_iter().map(|pattern| files(dir, pattern)).collect::<Result<_>>()?;
                found.concat()
            }
            None => sources_in(dir)?,
        };
        let of = |endings: &[&str]| -> Vec<PathBuf> {
            let is_one = |path: &&PathBuf| path.extension().is_some_and(|extension| endings.iter().any(|ending| extension == *ending));
            sources.iter().filter(is_one).cloned().collect()
        };
        let (c, cpp, zig) = (of(&["c"]), of(&["cc", "cpp", "cxx"]), of(&["zig"]));
        if let Some(other) = sources.iter().find(|path| ![&c, &cpp, &zig].iter().any(|known| known.contains(path))) {
            bail!("{MANIFEST}: {}: expected a file of C, C++ or Zig", other.display());
        }
        ensure!(!sources.is_empty(), "there is no source: expected files that end in .c, .cpp or .zig");
        ensure!(zig.len() <= 1, "expected one file of Zig, which imports the others; name it in {MANIFEST}: sources = [..]");
        let flags = texts("flags")?.unwrap_or_default().into_iter().map(str::to_owned).collect();
        let include = texts("include")?.unwrap_or_else(|| vec!["."]).into_iter().map(PathBuf::from).collect();
        Ok(Manifest { name, sdk, c, cpp, zig, include, flags })
    }

    /// The SDK's sources, those of its test helper left out. They come first: else the C library's `abort`, which says nothing, is taken.
    fn sdk_sources(&self, dir: &Path) -> Result<Vec<PathBuf>> {
        let sources = self.sdk.join("src");
        Ok(sources_in(&dir.join(&sources))?.into_iter().map(|file| sources.join(file)).collect())
    }

    fn include(&self) -> impl Iterator<Item = OsString> {
        let folders = self.include.iter().cloned().chain([self.sdk.join("include")]);
        folders.map(|folder| {
            let mut include = OsString::from("-I");
            include.push(folder);
            include
        })
    }
}

/// The files that a pattern stands for, seen from the project's folder; `*` is anything within a name.
fn files(dir: &Path, pattern: &str) -> Result<Vec<PathBuf>> {
    let whole = dir.join(pattern);
    let paths = glob::glob(&whole.to_string_lossy()).with_context(|| format!("{MANIFEST}: {pattern}"))?;
    // As it was written, so that messages do not name the folder that the project happens to lie in.
    let up = Path::new(pattern).components().take_while(|part| *part == Component::ParentDir).count();
    let base: PathBuf = dir.ancestors().nth(up).unwrap_or(dir).to_owned();
    let relative = |path: PathBuf| {
        let inside = path.components().collect::<Vec<_>>();
        let resolved = resolve(&inside);
        resolved.strip_prefix(&base).map(|inside| Path::new(&"../".repeat(up)).join(inside)).unwrap_or(path)
    };
    let found: Vec<PathBuf> = paths.map(|path| Ok(relative(path?))).collect::<Result<_>>()?;
    ensure!(!found.is_empty(), "{MANIFEST}: no file is called {pattern}");
    Ok(found)
}

/// A path without `..` in it.
fn resolve(parts: &[Component<'_>]) -> PathBuf {
    let mut path = PathBuf::new();
    for part in parts {
        match part {
            Component::ParentDir => drop(path.pop()),
            Component::CurDir => {}
            other => path.push(other),
        }
    }
    path
}

/// The files of C, C++ and Zig in a folder, but for tests.
fn sources_in(dir: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))?;
    let mut sources = Vec::new();
    for entry in entries {
        let name = entry?.file_name();
        let Some((stem, ending)) = name.to_str().and_then(|name| name.rsplit_once('.')) else { continue };
        if ["c", "cc", "cpp", "cxx", "zig"].contains(&ending) && !stem.ends_with("_test") && stem != "build" {
            sources.push(PathBuf::from(name));
        }
    }
    sources.sort();
    Ok(sources)
}

// === Compilers ===

struct Compiler {
    /// The program and its first arguments.
    zig: Vec<OsString>,
    /// Clang, where there is no Zig.
    clang: Option<OsString>,
    version: String,
}

impl Compiler {
    /// Zig of the path, or the one that the project's Python has as a package; else clang with what it needs.
    fn find(dir: &Path, needs_zig: bool, needs_cpp: bool) -> Result<Compiler> {
        let python = tool::python(dir).map(|python| vec![python.into_os_string(), "-m".into(), "ziglang".into()]);
        for zig in std::iter::once(vec![OsString::from("zig")]).chain(python) {
            let arguments: Vec<&str> = zig[1..].iter().filter_map(|argument| argument.to_str()).chain(["version"]).collect();
            if let Some(version) = tool::output(&zig[0], &arguments) {
                return Ok(Compiler { zig, clang: None, version: format!("zig {version}") });
            }
        }
        let clangs = ["clang".to_owned()].into_iter().chain((15..40).rev().map(|version| format!("clang-{version}")));
        let clang = clangs.into_iter().find(|clang| compiles(clang));
        match clang {
            Some(clang) if !needs_zig && !needs_cpp => {
                let version = tool::output(&clang, &["--version"]).unwrap_or_default();
                let version =
                    version.lines().next().and_then(|line| line.split(' ').find(|word| word.starts_with(|c: char| c.is_ascii_digit())));
                let version = format!("clang {}", version.unwrap_or("of unknown version"));
                Ok(Compiler { zig: Vec::new(), clang: Some(clang.into()), version })
            }
            _ => {
                let or = "or, for C alone, on Debian\n    apt-get install --no-install-recommends clang-22 lld-22 wasi-libc libclang-rt-22-dev-wasm32";
                bail!(
                    "no compiler for WebAssembly was found. The quickest way to one is Zig's, in an environment of the project:\n    \
                     python3 -m venv .venv && .venv/bin/pip install ziglang==0.17.0\n{or}"
                )
            }
        }
    }

    /// C and C++, in one go. Zig would take assertions out of what is optimised.
    fn build(&self, dir: &Path, manifest: &Manifest, core: &Path) -> Result<()> {
        let (mut command, is_cpp) = (self.cc(dir, manifest), !manifest.cpp.is_empty());
        if is_cpp {
            // The files of C are told apart: the driver of C++ would take all for C++.
            command.args(["-fno-exceptions", "-fno-rtti"]).args(["-x", "c"]).args(manifest.sdk_sources(dir)?).args(&manifest.c);
            command.args(["-x", "c++"]).args(&manifest.cpp);
        } else {
            command.arg("-std=c11").args(manifest.sdk_sources(dir)?).args(&manifest.c);
        }
        tool::run(command.arg("-o").arg(core))
    }

    fn cc(&self, dir: &Path, manifest: &Manifest) -> Command {
        let is_cpp = !manifest.cpp.is_empty();
        let mut command = match &self.clang {
            Some(clang) => {
                let mut command = Command::new(clang);
                command.args(["--sysroot=/usr", "-Wno-deprecated"]);
                command
            }
            None => self.zig(if is_cpp { "c++" } else { "cc" }),
        };
        command.current_dir(dir).args(["--target=wasm32-wasi", "-mexec-model=reactor", "-O2", "-UNDEBUG", "-Wl,--strip-all"]);
        command.arg(format!("-Wl,-z,stack-size={STACK}")).args(manifest.include()).args(&manifest.flags);
        command
    }

    /// Zig gets the SDK's header translated, and compiles the SDK's sources beside.
    fn build_zig(&self, dir: &Path, manifest: &Manifest, scratch: &Scratch, core: &Path) -> Result<()> {
        let mut command = self.zig("translate-c");
        command
            .current_dir(dir)
            .args(["-target", "wasm32-wasi", "-lc"])
            .args(manifest.include())
            .arg(manifest.sdk.join("include/spansieve.h"));
        let header = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().context("cannot run zig translate-c")?;
        ensure!(header.status.success(), "zig translate-c failed ({}); what it says stands above", header.status);
        let header = scratch.write("spansieve.zig", header.stdout)?;
        let module = |name: &str, path: &Path| format!("-M{name}={}", path.display());
        let mut command = self.zig("build-exe");
        command.current_dir(dir).args([
            "-target",
            "wasm32-wasi",
            "-mexec-model=reactor",
            "--stack",
            STACK,
            "-lc",
            "-OReleaseFast",
            "-fstrip",
        ]);
        command
            .args(manifest.include())
            .args(["-cflags", "-std=c11"])
            .args(&manifest.flags)
            .arg("--")
            .args(manifest.sdk_sources(dir)?)
            .args(&manifest.c);
        command.args(["--dep", "spansieve"]).args(manifest.zig.iter().map(|root| module("root", root)));
        command.args(["--dep", "c"]).arg(module("spansieve", &manifest.sdk.join("zig/spansieve.zig"))).arg(module("c", &header));
        let mut out = OsString::from("-femit-bin=");
        out.push(core);
        tool::run(command.arg(out))
    }

    fn zig(&self, what: &str) -> Command {
        let mut command = Command::new(&self.zig[0]);
        command.args(&self.zig[1..]).arg(what);
        command
    }
}

/// Whether this clang makes WebAssembly of C: it has the target, a C library for it, and a linker.
fn compiles(clang: &str) -> bool {
    let has_target = tool::output(clang, &["--print-targets"]).is_some_and(|targets| targets.contains("wasm32"));
    has_target
        && Path::new("/usr/lib/wasm32-wasi/libc.a").is_file()
        && tool::output(clang, &["--target=wasm32-wasi", "--print-prog-name=wasm-ld"]).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_keep_the_names_that_they_have_from_the_projects_folder() {
        let scratch = Scratch::new("sources").unwrap();
        for folder in ["project", "cases/one", "cases/two"] {
            std::fs::create_dir_all(scratch.path(folder)).unwrap();
        }
        for file in ["project/main.c", "project/main_test.c", "project/notes.txt", "cases/one/policy.c", "cases/two/policy.c"] {
            scratch.write(file, "").unwrap();
        }
        let dir = scratch.path("project");
        let names = |files: Vec<PathBuf>| files.iter().map(|path| path.display().to_string()).collect::<Vec<_>>();
        assert_eq!(names(files(&dir, "../cases/*/policy.c").unwrap()), ["../cases/one/policy.c", "../cases/two/policy.c"]);
        assert_eq!(names(files(&dir, "*.c").unwrap()), ["main.c", "main_test.c"]);
        assert_eq!(names(sources_in(&dir).unwrap()), ["main.c"]);
        assert!(files(&dir, "no*.c").unwrap_err().to_string().contains("no file is called no*.c"));
    }
}
