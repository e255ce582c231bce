//! `spansieve import`: rules that were written for another tool, as a policy.
//!
//! What is read becomes a tree ([`Node`]), a module for each tool makes rules of redact of it, and [`policy`] writes them. What can't be carried over is
//! never left out silently: each such thing is a [`Notes`] entry with its line.

mod analysis;
mod collector;
mod gitleaks;
mod go_regex;
mod policy;
mod rules;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use anyhow::{Context, Result};
use clap::Subcommand;

use crate::node::{self, Node};
use crate::{EXIT_CODES, WARNING, say};

const NOTE: Style = AnsiColor::Cyan.on_default();

const STRICT: &str = "With --strict: 1 also if something could not be carried over.";

const EXAMPLES: &str = "\
Examples:
  spansieve import collector otelcol.yaml --out policy.yaml && spansieve check policy.yaml
  spansieve import gitleaks .gitleaks.toml > policy.yaml";

/// Read rules that were written for another tool, and print them as a policy.
///
/// What could not be carried over is said on standard error, with its place and why, and so is what means something else here.
#[derive(clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{EXIT_CODES}\n{STRICT}"))]
pub(crate) struct Args {
    #[command(subcommand)]
    from: From,
}

#[derive(Subcommand)]
enum From {
    /// The redaction processors of an OpenTelemetry Collector
    ///
    /// FILE is the Collector's configuration, or only the map of one such processor. Each processor becomes a plugin of the policy. The Collector looks
    /// at attributes; the policy at every text of a span.
    #[command(after_help = format!("{EXIT_CODES}\n{STRICT}"))]
    Collector {
        #[command(flatten)]
        files: Files,
        /// Only the processor of this name: `redaction/x`, or `x`
        #[arg(long)]
        name: Option<String>,
    },
    /// The rules of gitleaks
    ///
    /// FILE is a configuration of gitleaks in TOML. Its rules become custom rules beside redact's own. Rules that are extended (`[extend]`) have to be imported
    /// from their own file.
    #[command(after_help = format!("{EXIT_CODES}\n{STRICT}"))]
    Gitleaks {
        #[command(flatten)]
        files: Files,
    },
}

#[derive(clap::Args)]
struct Files {
    /// The file to read
    file: PathBuf,
    /// Write the policy to this file, not to standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Fail if something could not be carried over
    #[arg(long)]
    strict: bool,
}

pub(crate) fn run(args: Args) -> Result<ExitCode> {
    match args.from {
        From::Collector { files, name } => write(&files, |text, notes| collector::import(&node::yaml(text)?, name.as_deref(), notes)),
        From::Gitleaks { files } => write(&files, |text, notes| gitleaks::import(&node::toml(text)?, notes)),
    }
}

fn write(files: &Files, import: impl FnOnce(&str, &mut Notes) -> Result<String>) -> Result<ExitCode> {
    let origin = files.file.display().to_string();
    let text = std::fs::read_to_string(&files.file).with_context(|| format!("cannot read {origin}"))?;
    let mut notes = Notes::default();
    let policy = import(&text, &mut notes).with_context(|| origin.clone())?;
    match &files.out {
        Some(path) => std::fs::write(path, policy).with_context(|| format!("cannot write {}", path.display()))?,
        None => anstream::stdout().lock().write_all(policy.as_bytes()).context("cannot write to standard output")?,
    }
    let notes = notes.print(&files.file);
    Ok(if files.strict && notes.has_losses() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// What is to be said of what was read.
#[derive(Debug, Default)]
struct Notes {
    notes: Vec<Note>,
    /// How many rules there are in the policy.
    carried: usize,
}

#[derive(Debug, PartialEq, Eq)]
struct Note {
    line: usize,
    message: String,
    is_loss: bool,
}

impl Notes {
    /// Something is not in the policy.
    fn lost(&mut self, node: &Node, why: impl AsRef<str>) {
        self.add(node, &format!("not carried over: {}", why.as_ref()), true);
    }

    /// Something is in the policy, and means something else there.
    fn differs(&mut self, node: &Node, how: impl AsRef<str>) {
        self.add(node, how.as_ref(), false);
    }

    fn add(&mut self, node: &Node, message: &str, is_loss: bool) {
        let message = if node.way.is_empty() { message.to_owned() } else { format!("{}: {message}", node.way) };
        self.notes.push(Note { line: node.line, message, is_loss });
    }

    fn has_losses(&self) -> bool {
        self.notes.iter().any(|note| note.is_loss)
    }

    /// Prints all on standard error, in the order of the file.
    fn print(mut self, file: &Path) -> Self {
        self.notes.sort_by_key(|note| note.line);
        for Note { line, message, is_loss } in &self.notes {
            let (what, style) = if *is_loss { ("warning", WARNING) } else { ("note", NOTE) };
            say(what, style, &format!("{}:{line}: {message}", file.display()));
        }
        let lost = self.notes.iter().filter(|note| note.is_loss).count();
        let rules = if self.carried == 1 { "1 rule".to_owned() } else { format!("{} rules", self.carried) };
        let things = if lost == 1 { "1 thing".to_owned() } else { format!("{lost} things") };
        anstream::eprintln!("{rules} carried over, {things} not");
        self
    }
}
