//! `spansieve new`: a plugin's project that builds and passes its tests at once.
//!
//! Templates lie in `new/templates`: what all languages share in `common`, and one folder for each. The SDK is put beside the policy, in
//! `spansieve-sdk/`, so that a project needs no registry to have it, and has the one that this command speaks.

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use clap::ValueEnum;
use include_dir::{Dir, DirEntry, include_dir};

use crate::EXIT_CODES;

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/new/templates");
static SDKS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../plugins/sdk");
/// The Rust SDK is built on it.
static LAYOUT: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../wit/layout");

/// Where the SDK goes in a project.
const SDK: &str = "spansieve-sdk";

/// What of an SDK's folder a project has no use for: tests that need the repository, and what tools leave behind.
const LEFT_OUT: [&str; 7] = ["tests", "target", "node_modules", "__pycache__", ".zig-cache", "zig-out", "build"];

const EXAMPLES: &str = "\
Examples:
  spansieve new go owners && cd owners && spansieve build && spansieve test";

/// Make a plugin's project: a policy, its tests, and what builds it
#[derive(clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
pub(crate) struct Args {
    /// The language
    language: Language,
    /// The plugin's name in kebab-case, which is also the folder's
    #[arg(value_parser = name)]
    name: String,
    /// The folder to make [default: NAME]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Language {
    Rust,
    Go,
    #[value(name = "javascript")]
    JavaScript,
    #[value(name = "typescript")]
    TypeScript,
    Python,
    C,
}

impl Language {
    /// Folder of its SDK.
    fn sdk(self) -> &'static str {
        match self {
            Language::Rust => "rust",
            Language::Go => "go",
            Language::JavaScript | Language::TypeScript => "javascript",
            Language::Python => "python",
            Language::C => "c",
        }
    }

    /// What has to be there besides the language itself, once for each project, and how to get it.
    fn needs(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Language::Rust => &[("rustup target add wasm32-unknown-unknown", "what Rust compiles components with")],
            Language::Go => &[],
            Language::JavaScript | Language::TypeScript => &[("npm install", "what bundles the policy, and QuickJS")],
            Language::Python => &[
                ("python3 -m venv .venv", "a place for packages"),
                (".venv/bin/pip install componentize-py==0.25.1", "what puts the policy beside an interpreter"),
            ],
            Language::C => &[
                ("python3 -m venv .venv", "a place for a compiler, where there is no zig or clang"),
                (".venv/bin/pip install ziglang==0.17.0", "the compiler"),
            ],
        }
    }

    /// What its author runs to test without a sandbox.
    fn unit_tests(self) -> &'static str {
        match self {
            Language::Rust => "cargo test",
            Language::Go => "go test ./...",
            Language::JavaScript | Language::TypeScript => "npm test",
            Language::Python => ".venv/bin/python -m unittest",
            Language::C => "make test",
        }
    }
}

pub(crate) fn run(args: Args) -> Result<ExitCode> {
    let dir = args.dir.unwrap_or_else(|| PathBuf::from(&args.name));
    if dir.exists() {
        let is_empty = dir.is_dir() && std::fs::read_dir(&dir)?.next().is_none();
        ensure!(is_empty, "{} is there already; expected a folder that is not, or is empty", dir.display());
    }
    make(args.language, &args.name, &dir)?;
    let mut out = stdout();
    writeln!(out, "made {}\n", dir.display())?;
    writeln!(out, "  cd {}", dir.display())?;
    let steps = [
        (args.language.unit_tests(), "unit tests, natively"),
        ("spansieve build", "makes the component; says what is missing"),
        ("spansieve test", "cases and the policy's tests, in the sandbox"),
        ("spansieve run --policy policy.yaml --diff spans.txt", "what it does to spans"),
    ];
    for (command, what) in args.language.needs().iter().copied().chain(steps) {
        writeln!(out, "  {command:<53}{what}")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes a project.
fn make(language: Language, name: &str, dir: &Path) -> Result<()> {
    let template = language.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    for folder in ["common", &template] {
        let folder = TEMPLATES.get_dir(folder).with_context(|| format!("there is no template for {folder}"))?;
        write(folder, folder.path(), dir, &|text| filled(text, name))?;
    }
    let sdk = SDKS.get_dir(language.sdk()).with_context(|| format!("there is no SDK for {template}"))?;
    let as_it_is = |text: &str| text.replace(r#"path = "../../../wit/layout""#, r#"path = "layout""#);
    write(sdk, sdk.path(), &dir.join(SDK), &as_it_is)?;
    if language == Language::Rust {
        write(&LAYOUT, LAYOUT.path(), &dir.join(SDK).join("layout"), &as_it_is)?;
    }
    Ok(())
}

/// Writes the files of a folder, with their texts changed, to another.
fn write(folder: &Dir<'_>, base: &Path, to: &Path, change: &dyn Fn(&str) -> String) -> Result<()> {
    for entry in folder.entries() {
        let relative = entry.path().strip_prefix(base).unwrap_or(entry.path());
        let name = relative.file_name().unwrap_or_default().to_string_lossy();
        if LEFT_OUT.contains(&&*name) {
            continue;
        }
        match entry {
            DirEntry::Dir(folder) => write(folder, base, to, change)?,
            DirEntry::File(file) => {
                // As they are called here they would hold for this repository too.
                let path: PathBuf = relative
                    .components()
                    .map(|part| match change(&part.as_os_str().to_string_lossy()).as_str() {
                        "gitignore" => ".gitignore".to_owned(),
                        "github" => ".github".to_owned(),
                        name => name.to_owned(),
                    })
                    .collect();
                let path = to.join(path);
                let content = match str::from_utf8(file.contents()) {
                    Ok(text) => change(text).into_bytes(),
                    Err(_) => file.contents().to_owned(),
                };
                let parent = path.parent().unwrap_or(to);
                std::fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
                std::fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
            }
        }
    }
    Ok(())
}

/// Puts the name into a template: `{{name}}` in kebab-case, `{{name_snake}}`, `{{Name}}` in Pascal case.
fn filled(text: &str, name: &str) -> String {
    let pascal: String = name.split('-').map(|word| word[..1].to_uppercase() + &word[1..]).collect();
    text.replace("{{name}}", name).replace("{{name_snake}}", &name.replace('-', "_")).replace("{{Name}}", &pascal)
}

fn name(text: &str) -> Result<String> {
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase()) && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    if !text.split('-').all(is_word) {
        bail!("expected a name in kebab-case, such as slow-queries");
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn names_are_in_kebab_case() {
        assert_eq!(name("slow-queries2").unwrap(), "slow-queries2");
        for wrong in ["", "-", "Slow", "slow_queries", "slow--q", "2slow", "slow/../q", "é"] {
            assert!(name(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_language_makes_a_project_without_anything_left_to_fill_in() {
        for language in Language::value_variants() {
            let scratch = Scratch::new(&format!("new-{language:?}")).unwrap();
            make(*language, "slow-queries", scratch.folder()).unwrap();
            for file in ["policy.yaml", "spans.txt", "cases/others.case", "README.md", ".gitignore", ".github/workflows/ci.yml"] {
                assert!(scratch.path(file).is_file(), "{language:?}: {file}");
            }
            assert!(scratch.path(SDK).join("README.md").is_file(), "{language:?}: the SDK");
            assert!(!scratch.path(SDK).join("tests").exists(), "{language:?}: the SDK's own tests");
            no_gaps(scratch.folder());
        }
    }

    fn no_gaps(folder: &Path) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            assert!(!path.to_string_lossy().contains("{{"), "{}", path.display());
            match path.is_dir() {
                true if path.ends_with(SDK) => {}
                true => no_gaps(&path),
                false => {
                    let text = std::fs::read_to_string(&path).unwrap().replace("${{", "");
                    assert!(!text.contains("{{name") && !text.contains("{{Name"), "{}", path.display());
                }
            }
        }
    }
}
