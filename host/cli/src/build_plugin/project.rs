//! A plugin's project: the folder, the language, and where its component goes.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, anyhow, ensure};

/// The languages that `build` knows how to build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Rust,
    Go,
    /// Or TypeScript.
    JavaScript,
    Python,
    /// With C++ and Zig.
    C,
}

impl Language {
    /// The file that says so, in a project's folder.
    const FILES: [(&str, Language); 5] = [
        ("Cargo.toml", Language::Rust),
        ("go.mod", Language::Go),
        ("package.json", Language::JavaScript),
        ("pyproject.toml", Language::Python),
        ("spansieve.toml", Language::C),
    ];
}

impl Language {
    /// As people write it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Language::Rust => "Rust",
            Language::Go => "Go",
            Language::JavaScript => "JavaScript",
            Language::Python => "Python",
            Language::C => "C",
        }
    }
}

/// A folder with a plugin's sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Project {
    pub(crate) dir: PathBuf,
    pub(crate) language: Language,
}

/// Folders that hold no sources of the project's own.
const SKIPPED: [&str; 8] = ["build", "target", "node_modules", "__pycache__", "cases", "tests", "dist", "zig-cache"];

/// Ends of the names of files that a component is not made of.
const ASIDE: [&str; 4] = [".case", ".md", "policy.yaml", "spans.txt"];

impl Project {
    /// The project in a folder.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn of(dir: &Path) -> Result<Project> {
        ensure!(dir.is_dir(), "there is no such folder");
        let found = Language::FILES.iter().find(|(file, _)| dir.join(file).is_file());
        let (_, language) = found.ok_or_else(|| {
            let files: Vec<_> = Language::FILES.iter().map(|(file, language)| format!("{file} ({})", language.name())).collect();
            anyhow!("there is no plugin's project in it: expected one of {}", files.join(", "))
        })?;
        Ok(Project { dir: dir.to_owned(), language: *language })
    }

    /// The project that a file belongs to: that of the nearest folder above it which has one.
    pub(crate) fn around(path: &Path) -> Option<Project> {
        let path = std::path::absolute(path).ok()?;
        path.ancestors().skip(1).find_map(|folder| Project::of(folder).ok())
    }

    /// Where the component of this name goes, if nobody says otherwise.
    pub(crate) fn component(&self, name: &str) -> PathBuf {
        self.dir.join("build").join(format!("{name}.wasm"))
    }

    /// The component that was built last, if it is newer than all sources.
    pub(crate) fn current_component(&self) -> Option<PathBuf> {
        let components = std::fs::read_dir(self.dir.join("build")).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
        let components = components.filter(|path| path.extension().is_some_and(|extension| extension == "wasm"));
        let (built, newest) = components.filter_map(|path| Some((modified(&path)?, path))).max()?;
        // File systems tell times in steps of some milliseconds.
        (built >= self.changed().ok()?).then_some(newest)
    }

    /// When a source was changed last.
    ///
    /// # Errors
    /// When a folder can't be read.
    pub(crate) fn changed(&self) -> Result<SystemTime> {
        newest(&self.dir).with_context(|| format!("cannot look at the sources in {}", self.dir.display()))
    }
}

fn newest(folder: &Path) -> Result<SystemTime> {
    let mut newest_of_all = modified(folder).unwrap_or(SystemTime::UNIX_EPOCH);
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') && !SKIPPED.contains(&name.as_str()) {
            newest_of_all = newest_of_all.max(newest(&path)?);
        } else if path.is_file() && !ASIDE.iter().any(|ending| name.ends_with(ending)) {
            newest_of_all = newest_of_all.max(modified(&path).unwrap_or(SystemTime::UNIX_EPOCH));
        }
    }
    Ok(newest_of_all)
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|metadata| metadata.modified()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn a_project_is_told_by_its_file_and_found_from_below() {
        let scratch = Scratch::new("project").unwrap();
        std::fs::create_dir_all(scratch.path("mine/cases")).unwrap();
        assert!(Project::of(&scratch.path("mine")).unwrap_err().to_string().contains("go.mod (Go)"));
        scratch.write("mine/go.mod", "module mine").unwrap();
        let project = Project::around(&scratch.path("mine/cases/x.case")).unwrap();
        assert_eq!((project.language, project.dir.file_name().unwrap()), (Language::Go, "mine".as_ref()));
    }

    #[test]
    fn a_component_is_current_until_a_source_changes() {
        let scratch = Scratch::new("current").unwrap();
        scratch.write("go.mod", "module mine").unwrap();
        let project = Project::of(scratch.folder()).unwrap();
        assert_eq!(project.current_component(), None);
        std::fs::create_dir(scratch.path("build")).unwrap();
        let component = scratch.write("build/mine.wasm", "").unwrap();
        let later = |seconds| SystemTime::now() + std::time::Duration::from_secs(seconds);
        std::fs::File::options().write(true).open(&component).unwrap().set_modified(later(10)).unwrap();
        assert_eq!(project.current_component(), Some(component));
        let source = scratch.write("policy.go", "").unwrap();
        std::fs::File::options().write(true).open(source).unwrap().set_modified(later(20)).unwrap();
        assert_eq!(project.current_component(), None);
    }
}
