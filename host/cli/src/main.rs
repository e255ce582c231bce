//! The command `spansieve`.

#![forbid(unsafe_code)]

mod bench;
mod build_plugin;
mod check;
mod explain;
mod import;
mod inspect;
mod manual;
mod new;
mod node;
mod plugin_log;
mod progress;
mod run;
mod scratch;
mod test;
mod watch;

use std::io::ErrorKind;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use clap::{Parser, Subcommand};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// Sandboxed WebAssembly policies over OpenTelemetry spans: redact, sample and enrich.
#[derive(Parser)]
#[command(name = "spansieve", version, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run(run::Args),
    Check(check::Args),
    Explain(explain::Args),
    Import(import::Args),
    Watch(watch::Args),
    New(new::Args),
    Build(build_plugin::Args),
    Test(test::Args),
    Inspect(inspect::Args),
    Bench(bench::Args),
    Completions(manual::Completions),
    Man(manual::Man),
}

/// What every subcommand's help ends with.
const EXIT_CODES: &str = "Exit codes: 0, it worked; 1, the policy, a plugin or the input is bad; 2, the command line is.";

fn main() -> ExitCode {
    if let Some(code) = build_plugin::stand_in_for_rustc() {
        return code;
    }
    let cli = Cli::parse();
    match cli.command {
        Command::Watch(_) => log_to_stderr(watch::LOG, false),
        Command::Explain(_) | Command::Test(_) => log_to_stderr(plugin_log::NOT_TO_STDERR, true),
        _ => log_to_stderr("warn", false),
    }
    let result = match cli.command {
        Command::Run(args) => run::run(args),
        Command::Check(args) => check::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Import(args) => import::run(args),
        Command::Watch(args) => watch::run(args),
        Command::New(args) => new::run(args),
        Command::Build(args) => build_plugin::run(args),
        Command::Test(args) => test::run(args),
        Command::Inspect(args) => inspect::run(args),
        Command::Bench(args) => bench::run(args),
        Command::Completions(args) => manual::completions(args),
        Command::Man(args) => manual::man(args),
    };
    result.unwrap_or_else(|error| {
        if is_broken_pipe(&error) {
            return ExitCode::SUCCESS; // Whoever read our output has seen enough, as `head` does.
        }
        say("error", ERROR, &format!("{error:#}"));
        ExitCode::FAILURE
    })
}

/// Prints a message on standard error.
fn say(what: &str, style: Style, message: &str) {
    anstream::eprintln!("{style}{what}:{style:#} {message}");
}

/// Tells on standard error what goes on.
fn note(message: &str) {
    anstream::eprintln!("{message}");
}

fn warn(message: &str) {
    say("warning", WARNING, message);
}

/// The runtime's own log, such as why a plugin failed. `RUST_LOG` chooses what of it; else it is what `default` says.
fn log_to_stderr(default: &str, keep: bool) {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| default.into());
    let lines = tracing_subscriber::fmt::layer().with_writer(anstream::stderr).with_target(false).without_time().with_filter(filter);
    // What plugins say is kept for those who show it themselves; for others that costs nothing.
    let kept = keep.then(plugin_log::capture);
    tracing_subscriber::registry().with(lines).with(kept).init();
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| cause.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe))
}
