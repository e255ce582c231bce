//! The documentation keeps up: policies that stand in it load, and docs/operations.md names everything that an operator meets.

use std::path::{Path, PathBuf};

use spansieve::{BreakerState, Limits, ReloadStep};
use spansieve_runtime::{Chain, Policy};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the project's folder")
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// That docs/operations.md contains all of these.
fn is_on_the_page(what: &str, texts: impl IntoIterator<Item = String>) -> usize {
    let page = read("docs/operations.md");
    let texts: Vec<_> = texts.into_iter().collect();
    let missing: Vec<_> = texts.iter().filter(|text| !page.contains(*text)).collect();
    assert!(missing.is_empty(), "docs/operations.md does not have these {what}: {missing:#?}");
    texts.len()
}

#[test]
fn every_policy_in_a_readme_loads() {
    let mut found = 0;
    for file in ["README.md", "plugins/redact/README.md", "plugins/sample/README.md", "plugins/enrich/README.md"] {
        for policy in read(file).split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()) {
            // Cargo sets this variable for tests.
            let policy = &policy.replace("env:REDACT_KEY", "env:CARGO_MANIFEST_DIR");
            let loaded = Policy::parse(policy, file, root()).and_then(|policy| Chain::load(&policy));
            if let Err(error) = loaded {
                panic!("{error}\n{policy}");
            }
            found += 1;
        }
    }
    assert!(found >= 4, "{found} policies were found");
}

#[test]
fn every_example_policy_loads() {
    for entry in std::fs::read_dir(root().join("examples/policies")).expect("examples/policies") {
        let path = entry.expect("an entry").path();
        if let Err(error) = Policy::from_file(&path).and_then(|policy| Chain::load(&policy)) {
            panic!("{error}");
        }
    }
}

#[test]
fn operators_find_every_metric_and_attribute() {
    let source = read("host/processor/src/metrics.rs");
    let is_name = |text: &&str| {
        let is_ours = ["otel.", "spansieve.", "error."].iter().any(|prefix| text.starts_with(prefix));
        is_ours && text.chars().all(|c| c.is_ascii_lowercase() || c == '.' || c == '_')
    };
    let names = source.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(literals).filter(is_name);
    let found = is_on_the_page("names of metrics", names.map(|name| format!("`{name}`")));
    assert!(found >= 20, "{found} names were found");
}

#[test]
fn operators_find_every_line_of_the_log() {
    let mut files = Vec::new();
    for folder in ["host/runtime/src", "host/processor/src"] {
        sources(&root().join(folder), &mut files);
    }
    let texts: Vec<_> = files.iter().map(read).collect();
    let messages = texts.iter().flat_map(|text| logged(text));
    // What is put in for `{..}` is not on the page.
    let pieces =
        messages.flat_map(|message| message.split('{').map(|piece| piece.rsplit('}').next().unwrap_or_default().trim().to_owned()));
    let found = is_on_the_page("lines of the log", pieces.filter(|piece| !piece.is_empty()));
    assert!(found >= 15, "{found} messages were found");
}

#[test]
fn operators_find_every_limit_step_and_state() {
    let limits = format!("{:?}", Limits::default());
    let limits = limits.split_once('{').expect("fields").1.split(", ").map(|field| field.split(':').next().unwrap_or_default().trim());
    assert!(is_on_the_page("limits", limits.map(|name| format!("`{name}`"))) >= 14);
    is_on_the_page("steps", ReloadStep::ALL.map(|step| format!("`{step}`")));
    let states = [BreakerState::Closed, BreakerState::Backoff, BreakerState::Open, BreakerState::HalfOpen];
    is_on_the_page("states", states.map(|state| format!("{} `{state}`", state as u8)));
}

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The string literals in a piece of code that has no other quotes.
fn literals(code: &str) -> Vec<&str> {
    code.split('"').skip(1).step_by(2).collect()
}

/// The messages of a source's log statements: the last literal of each.
fn logged(source: &str) -> Vec<&str> {
    let starts = ["error", "warn", "info", "debug", "trace"].map(|level| format!("tracing::{level}!("));
    let statements = starts.iter().flat_map(|start| source.split(start.as_str()).skip(1));
    statements.filter_map(|rest| literals(arguments(rest)).pop()).collect()
}

/// What stands before the parenthesis that closes the one just opened.
fn arguments(code: &str) -> &str {
    let (mut depth, mut quoted) = (1, false);
    for (at, c) in code.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &code[..at];
        }
    }
    code
}
