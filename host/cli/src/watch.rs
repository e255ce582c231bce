//! `spansieve watch`: puts a policy into service and tells what becomes of it while it is edited.

mod service;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use anyhow::{Context, Result};
use spansieve_runtime::text::Style as TextStyle;
use spansieve_runtime::{Batch, Policy, ReloadEvent};

use crate::run::{diff, input};
use crate::{ERROR, EXIT_CODES, warn};
use service::{Results, Service};

const EXAMPLES: &str = "\
Examples:
  spansieve watch policy.yaml                    tell whether each edit would go into service
  spansieve watch policy.yaml traces.json        and what it changes in these spans
  spansieve watch --once policy.yaml && deploy   wait for one edit, and go on if it is good";

const ABOUT: &str = "\
The policy is watched as in an application: its file, and the components and tables that it names. An edit is read, checked, compiled,
configured and tested beside the policy in service; a bad one is refused, and the policy stays. Files of spans, if there are any, are OTLP as
for `run` and are read once. Whenever another policy is in service they are passed through it, and what comes out is compared with what came
out before: as it was (-) and as it is (+). A policy is taken back because its plugins fail only where there are spans to fail on.
Ctrl-C ends it.";

const ONCE: &str = "With --once: 0, the first edit went into service; 1, it was refused.";

/// Put a policy into service with nothing to do, and tell what happens to it while it is edited.
#[derive(clap::Args)]
#[command(after_help = format!("{ABOUT}\n\n{EXAMPLES}\n\n{EXIT_CODES}\n{ONCE}"))]
pub(crate) struct Args {
    /// The policy file
    policy: PathBuf,
    /// Files of spans, to see what each edit makes of them; `-` is standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// End after the first edit went into service or was refused
    #[arg(long)]
    once: bool,
}

/// What of the log is shown: not what is printed anyway.
pub(crate) const LOG: &str = "warn,spansieve_runtime::reload::serving=off,spansieve_runtime::policy=off";

const GOOD: Style = AnsiColor::Green.on_default();

pub(crate) fn run(args: Args) -> Result<ExitCode> {
    let spans = if args.files.is_empty() { Vec::new() } else { batches(&args.files)? };
    let policy = Policy::from_file(&args.policy)?;
    let service = Service::start(&policy, &args.policy.display().to_string(), spans)?;
    let mut watcher = Watcher { path: args.policy, service, warned: BTreeSet::new(), files: BTreeSet::new(), results: None };
    watcher.begin(&policy)?;
    // Nobody was listening before, so nothing is missed: what changed since the policy was read is noticed now.
    let events = watcher.service.reloads.events();
    watcher.service.reloads.set_watching(true);
    for event in events {
        watcher.tell(&event)?;
        match event {
            ReloadEvent::Reloaded(_) if args.once => return Ok(ExitCode::SUCCESS),
            ReloadEvent::Refused { .. } if args.once => return Ok(ExitCode::FAILURE),
            _ => {}
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The spans of files, as an application would pass them.
fn batches(files: &[PathBuf]) -> Result<Vec<Batch>> {
    Ok(input::read(files)?.batches())
}

struct Watcher {
    path: PathBuf,
    service: Service,
    /// Warnings about the policy that were printed.
    warned: BTreeSet<String>,
    /// Files that are watched, as they were printed last.
    files: BTreeSet<PathBuf>,
    /// What the last generation made of the spans.
    results: Option<Results>,
}

impl Watcher {
    fn begin(&mut self, policy: &Policy) -> Result<()> {
        print(&self.service.headline)?;
        self.look_at(policy)?;
        self.pass_spans()
    }

    /// Prints an event as it happened, and what follows from it.
    fn tell(&mut self, event: &ReloadEvent) -> Result<()> {
        let time = jiff::Zoned::now().strftime("%H:%M:%S").to_string();
        let (style, is_other) = match event {
            ReloadEvent::Reloaded(reloaded) => (GOOD, !reloaded.plugins.is_empty()),
            ReloadEvent::Refused { .. } => (ERROR, false),
            ReloadEvent::RolledBack { .. } => (ERROR, true),
            // Nobody but this command pauses it.
            ReloadEvent::Watching(_) => return Ok(()),
            _ => (Style::new(), false),
        };
        // Further lines, such as those of a test that fails, stand below the first one.
        let text = describe(event).trim_end().replace('\n', &format!("\n{}", " ".repeat(time.len() + 1)));
        print(&format!("{time} {style}{text}{style:#}"))?;
        if let ReloadEvent::Reloaded(_) | ReloadEvent::Refused { .. } = event
            // It may have been edited once more since, of which there will be another event.
            && let Ok(policy) = Policy::from_file(&self.path)
        {
            self.look_at(&policy)?;
        }
        if is_other { self.pass_spans() } else { Ok(()) }
    }

    /// Prints what is new: warnings, and which files are watched.
    fn look_at(&mut self, policy: &Policy) -> Result<()> {
        for warning in policy.warnings() {
            if self.warned.insert(warning.clone()) {
                warn(&format!("{}: {warning}", self.path.display()));
            }
        }
        let files: BTreeSet<_> = policy.files().map(Path::to_owned).collect();
        if files != self.files {
            let names: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
            print(&format!("watching {}", names.join(", ")))?;
            self.files = files;
        }
        Ok(())
    }

    /// Passes the spans through the policy in service, and prints what is not as it was with the one before.
    fn pass_spans(&mut self) -> Result<()> {
        let Some(results) = self.service.pass_spans() else { return Ok(()) };
        if let Some(before) = &self.results {
            let batches = self.service.spans.iter().zip(before.batches.iter().zip(&results.batches));
            let changes = batches.map(|(given, (before, after))| diff::changes(given, before, after, &TextStyle::default()));
            let changes: Vec<_> = changes.filter(|changes| !changes.is_empty()).collect();
            let changes = changes.join("\n");
            print(if changes.is_empty() { "The spans come out as before." } else { changes.trim_end() })?;
        }
        print(&results.summary.to_string())?;
        self.results = Some(results);
        Ok(())
    }
}

/// The event in words, with the plugin and the file that it is about where the message does not name them itself.
fn describe(event: &ReloadEvent) -> String {
    let mut text = event.to_string();
    if let ReloadEvent::Refused { error, .. } = event {
        let (plugin, file) = (error.plugin().map(str::to_owned), error.file().map(|file| file.display().to_string()));
        for (what, name) in [("plugin", plugin), ("file", file)] {
            text.extend(name.filter(|name| !text.contains(name)).map(|name| format!(" ({what} {name})")));
        }
    }
    text
}

fn print(text: &str) -> Result<()> {
    writeln!(anstream::stdout(), "{text}").context("cannot write to standard output")
}
