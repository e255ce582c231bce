//! `spansieve test`: runs cases against a plugin, and the tests that policies carry.

mod case;
mod trial;
mod update;

use std::collections::HashMap;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use anstyle::{AnsiColor, Style};
use anyhow::{Context, Result, bail, ensure};
use spansieve_runtime::{Policy, run_tests};

use crate::build_plugin::build_project;
use crate::build_plugin::project::Project;
use crate::{ERROR, EXIT_CODES};
use case::Case;

const OK: Style = AnsiColor::Green.on_default();

/// How long a look at the sources may be old, with --watch.
const LOOK: Duration = Duration::from_millis(300);

const ABOUT: &str = "\
A case is a YAML file NAME.case:
  config: {team: payments}            # the plugin's configuration
  given: |                            # spans as they go in, in the text form that `spansieve run` prints
    GET /cart  server  error  http.route=\"/cart\"
  expect: |                           # and as they have to come out; those that do not are left out
    GET /cart  server  error  http.route=\"/cart\"  team=\"payments\"
It may also have: `tables: {NAME: TEXT}`; `times: N`, so often the spans are repeated; `now:`, the batch's\ntime in Unix nanoseconds; `head_probability:`; `counters: {NAME: N}`, all that the plugin counts; `log:`, a
list of all lines that it logs, as \"LEVEL: TEXT\"; `interest: {keys, columns, whole_traces}`, what it asks for; in the place of `expect`, `fails:` or
`refused:` with a part of the message; and in the place of `given`, `batches:`, a list of `given` and `expect`, where `renew: true` puts a new instance
in the plugin's place, which takes over its state.

A folder is searched for cases and for policy.yaml. A case is run against the component of the project around it, which is built first if a source
is newer.";

const EXAMPLES: &str = "\
Examples:
  spansieve test                                   the project in this folder
  spansieve test --watch                           again with each change
  spansieve test --update cases/new.case           write what comes out as what is expected
  spansieve test --plugin mine.wasm cases          cases against a component";

/// Run cases against a plugin, and the tests that policies carry
#[derive(clap::Args)]
#[command(after_help = format!("{ABOUT}\n\n{EXAMPLES}\n\n{EXIT_CODES}"))]
pub(crate) struct Args {
    /// Cases, policies with `tests:`, and folders of them [default: this folder]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The component to run cases against
    #[arg(long, value_name = "FILE")]
    plugin: Option<PathBuf>,
    /// Only cases whose path contains this
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Write the spans that come out into the cases, as what is expected
    #[arg(long)]
    update: bool,
    /// Stay, and run all again when a file changes
    #[arg(long)]
    watch: bool,
}

pub(crate) fn run(args: Args) -> Result<ExitCode> {
    if !args.watch {
        return Ok(if once(&args)? { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    loop {
        let seen = changed(&args);
        if let Err(error) = once(&args) {
            crate::say("error", ERROR, &format!("{error:#}"));
        }
        writeln!(stdout(), "waiting for a change; stop with Ctrl-C")?;
        while changed(&args) == seen {
            std::thread::sleep(LOOK);
        }
    }
}

/// Answers whether all passes.
fn once(args: &Args) -> Result<bool> {
    let mut found = Found::default();
    let paths = if args.paths.is_empty() { vec![PathBuf::from(".")] } else { args.paths.clone() };
    for path in &paths {
        found.add(path).with_context(|| path.display().to_string())?;
    }
    if let Some(filter) = &args.filter {
        let is_meant = |path: &PathBuf| path.to_string_lossy().contains(filter.as_str());
        found.cases.retain(is_meant);
        found.policies.retain(is_meant);
    }
    ensure!(!found.cases.is_empty() || !found.policies.is_empty(), "there is no case and no policy.yaml in {}", listed(&paths));
    let mut components = Components { given: args.plugin.clone(), of_projects: HashMap::new() };
    let (mut passed, mut failed) = (0, 0);
    let mut tell = |name: &str, problem: &str| -> Result<()> {
        if problem.is_empty() {
            passed += 1;
            anstream::println!("{name} ... {OK}ok{OK:#}");
        } else {
            failed += 1;
            anstream::println!("{name} ... {ERROR}FAILED{ERROR:#}");
            problem.lines().for_each(|line| anstream::println!("    {line}"));
        }
        Ok(())
    };
    for path in &found.cases {
        let name = path.display().to_string();
        let case = match Case::read(path) {
            Ok(case) => case,
            Err(error) => {
                tell(&name, &format!("{:#}", error.root_cause()))?;
                continue;
            }
        };
        let verdict = trial::run(&case, components.of(path)?);
        if args.update && !verdict.problem.is_empty() && update::update(&case, &verdict.found)? {
            anstream::println!("{name} ... written");
            continue;
        }
        tell(&name, &verdict.problem)?;
    }
    for path in &found.policies {
        // Their plugins are files that have to be there.
        components.build_around(path)?;
        let policy = Policy::from_file(path)?;
        let failures = run_tests(&policy)?;
        for test in policy.tests() {
            let failure = failures.iter().find(|failure| failure.name == test.name);
            let problem = failure.map(|failure| trial::difference(&failure.expected, &failure.found)).unwrap_or_default();
            tell(&format!("{}: {}", path.display(), test.name), &problem)?;
        }
    }
    writeln!(stdout(), "\n{passed} passed, {failed} failed")?;
    Ok(failed == 0)
}

fn listed(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

/// When anything was changed last that the outcome may depend on.
fn changed(args: &Args) -> Option<SystemTime> {
    let modified = |path: &Path| path.metadata().and_then(|metadata| metadata.modified()).ok();
    let mut found = Found::default();
    let paths = if args.paths.is_empty() { vec![PathBuf::from(".")] } else { args.paths.clone() };
    paths.iter().for_each(|path| drop(found.add(path)));
    let projects = found.cases.iter().chain(&found.policies).filter_map(|path| Project::around(path)?.changed().ok());
    let files = found.cases.iter().chain(&found.policies).chain(&args.plugin).filter_map(|path| modified(path));
    files.chain(projects).max()
}

/// What there is to run.
#[derive(Default)]
struct Found {
    cases: Vec<PathBuf>,
    policies: Vec<PathBuf>,
}

/// Folders that hold no cases of the project's own.
const SKIPPED: [&str; 5] = ["build", "target", "node_modules", "spansieve-sdk", "dist"];

impl Found {
    fn add(&mut self, path: &Path) -> Result<()> {
        if !path.is_dir() {
            ensure!(path.is_file(), "there is no such file or folder");
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("case") => self.cases.push(path.to_owned()),
                Some("yaml" | "yml") => self.policies.push(path.to_owned()),
                _ => bail!("expected a file NAME.case, a policy NAME.yaml, or a folder"),
            }
            return Ok(());
        }
        // Without `./` in front of each.
        let shown = |entry: PathBuf| entry.strip_prefix(".").map_or(entry.clone(), Path::to_owned);
        let mut entries: Vec<_> = std::fs::read_dir(path)?.map(|entry| Ok(shown(entry?.path()))).collect::<Result<_>>()?;
        entries.sort();
        for entry in entries {
            let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if entry.is_dir() {
                if !name.starts_with('.') && !SKIPPED.contains(&name.as_str()) {
                    self.add(&entry)?;
                }
            } else if name == "policy.yaml" || name.ends_with(".case") {
                self.add(&entry)?;
            }
        }
        Ok(())
    }
}

/// Components by the projects that they are built of.
struct Components {
    given: Option<PathBuf>,
    of_projects: HashMap<PathBuf, Vec<u8>>,
}

impl Components {
    /// The component that a case is run against.
    fn of(&mut self, case: &Path) -> Result<&[u8]> {
        let read = |path: &Path| std::fs::read(path).with_context(|| format!("cannot read {}", path.display()));
        let (key, file) = match &self.given {
            Some(file) => (file.clone(), Some(file.clone())),
            None => (
                Project::around(case)
                    .with_context(|| format!("{} lies in no plugin's project; give the component with --plugin", case.display()))?
                    .dir,
                None,
            ),
        };
        if !self.of_projects.contains_key(&key) {
            let file = match file {
                Some(file) => file,
                None => current(&Project::of(&key)?)?,
            };
            self.of_projects.insert(key.clone(), read(&file)?);
        }
        Ok(&self.of_projects[&key])
    }

    fn build_around(&self, policy: &Path) -> Result<()> {
        if let Some(project) = Project::around(policy) {
            current(&project)?;
        }
        Ok(())
    }
}

/// A project's component, built anew if a source is newer.
fn current(project: &Project) -> Result<PathBuf> {
    if let Some(component) = project.current_component() {
        return Ok(component);
    }
    crate::note(&format!("building {}", project.dir.display()));
    build_project(project)
}
