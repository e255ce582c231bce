//! A small web shop that is traced the way services are, with spansieve between its spans and their exporter.
//!
//! Run it and it drives itself with a few hundred requests, shuts down, and reports what spansieve did with the spans.

#![forbid(unsafe_code)]

mod db;
mod jobs;
mod load;
mod paint;
mod payments;
mod personal;
mod report;
mod services;
mod shop;
mod telemetry;
mod watch;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use spansieve::Policy;

use crate::services::Services;
use crate::telemetry::{Mode, Telemetry};

const HELP: &str = "\
A small web shop that is traced, with spansieve between its spans and their exporter.

Usage: storefront [OPTIONS]

Options:
  --requests N   how many requests the built-in load sends, 1 to 10000 [300]
  --policy F     the policy file, instead of the built-in policy.yaml
  --serve        keep running, and print spans as they are exported, until Ctrl-C
  --port P       with --serve: where the shop listens [8080]
  --watch        keep the shop busy, and print a trace as it leaves every few seconds, until Ctrl-C: edit the policy file, and
                 see what changes [the file: the storefront's policy.yaml in the repository, else policy.yaml here]
  --for TIME     with --watch: end after so long, such as 10s or 2m
  --help         print this

Environment:
  OTEL_EXPORTER_OTLP_ENDPOINT   export by OTLP gRPC too, for example to http://localhost:4317
  RUST_LOG                      which logs go to standard error
  NO_COLOR                      no colours, even on a terminal

Exit code: 0 when nothing personal was exported and every span is accounted for, 1 when not, 2 when it could not run.
";

/// Every span is kept twice for the report, so there is a limit.
const MOST_REQUESTS: usize = 10_000;

#[derive(Debug)]
struct Args {
    requests: usize,
    policy: Option<PathBuf>,
    serve: bool,
    port: u16,
    watch: bool,
    /// How long to watch.
    length: Option<Duration>,
}

fn main() -> ExitCode {
    let args = match Args::parse() {
        Ok(Some(args)) => args,
        Ok(None) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("storefront: {error}\nTry --help.");
            return ExitCode::from(2);
        }
    };
    match run(args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("storefront: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Runs the shop. Says whether all was well.
#[tokio::main]
async fn run(args: Args) -> anyhow::Result<bool> {
    if args.watch {
        return watch(args).await;
    }
    let policy = match &args.policy {
        Some(file) => Policy::from_file(file)?,
        None => Policy::parse(include_str!("../policy.yaml"), "policy.yaml", Path::new("."))?,
    };
    let telemetry = telemetry::start(policy, if args.serve { Mode::Serve } else { Mode::Report })?;
    if args.serve { serve(telemetry, args.port).await } else { drive(telemetry, args.requests).await }
}

/// Sends the load, shuts down and reports.
async fn drive(telemetry: Telemetry, requests: usize) -> anyhow::Result<bool> {
    let services = Services::start(telemetry.worker_tracer(), 0).await?;
    let answers = load::run(services.shop, requests).await.context("driving the shop")?;
    services.stop().await;
    let telemetry = shut_down(telemetry).await?;
    let report = report::Report::new(&telemetry, requests, answers);
    report.print();
    Ok(report.is_well())
}

/// Serves until Ctrl-C.
async fn serve(telemetry: Telemetry, port: u16) -> anyhow::Result<bool> {
    let services = Services::start(telemetry.worker_tracer(), port).await?;
    let interrupted = tokio::spawn(tokio::signal::ctrl_c());
    println!("{}", include_str!("welcome.txt").replace("localhost:8080", &format!("localhost:{}", services.shop.port())));
    println!("Ctrl-C ends it. Spans are exported every five seconds, and printed as they are then.\n");
    interrupted.await??;
    println!("\nshutting down");
    services.stop().await;
    let telemetry = shut_down(telemetry).await?;
    let stats = telemetry.handle.stats();
    println!("\n{}", report::accounting(&stats));
    Ok(report::balances(&stats))
}

/// Keeps the shop busy while the policy is edited, until Ctrl-C or for so long.
async fn watch(args: Args) -> anyhow::Result<bool> {
    let file = args.policy.map_or_else(watch::policy_file, Ok)?;
    let telemetry = telemetry::start(Policy::from_file(&file)?, Mode::Watch)?;
    let services = Services::start(telemetry.worker_tracer(), 0).await?;
    let watched = watch::run(&telemetry, services.shop, &file, args.length).await;
    services.stop().await;
    let telemetry = shut_down(telemetry).await?;
    watched?;
    let stats = telemetry.handle.stats();
    println!("\n{}", report::accounting(&stats));
    Ok(report::balances(&stats))
}

/// Shuts the provider down. The call blocks, so it has a thread to itself: the exporter needs the runtime to send what is left.
async fn shut_down(telemetry: Telemetry) -> anyhow::Result<Telemetry> {
    let (telemetry, done) = tokio::task::spawn_blocking(move || {
        let done = telemetry.shutdown();
        (telemetry, done)
    })
    .await?;
    if let Err(error) = done {
        eprintln!("storefront: shutting down the tracer provider: {error}");
    }
    Ok(telemetry)
}

impl Args {
    /// Reads the command line; none when help is wanted.
    fn parse() -> anyhow::Result<Option<Self>> {
        use lexopt::prelude::*;

        let mut args = Self { requests: 300, policy: None, serve: false, port: 8080, watch: false, length: None };
        let mut parser = lexopt::Parser::from_env();
        while let Some(arg) = parser.next()? {
            match arg {
                Long("requests") => args.requests = parser.value()?.parse()?,
                Long("policy") => args.policy = Some(parser.value()?.into()),
                Long("serve") => args.serve = true,
                Long("watch") => args.watch = true,
                Long("for") => args.length = Some(watch::length(&parser.value()?.string()?)?),
                Long("port") => args.port = parser.value()?.parse()?,
                Short('h') | Long("help") => return Ok(None),
                _ => return Err(arg.unexpected().into()),
            }
        }
        if !(1..=MOST_REQUESTS).contains(&args.requests) {
            bail!("--requests {}: expected 1 to {MOST_REQUESTS}", args.requests);
        }
        if args.watch && args.serve {
            bail!("--watch and --serve: expected one of them");
        }
        if args.length.is_some() && !args.watch {
            bail!("--for: expected together with --watch");
        }
        Ok(Some(args))
    }
}
