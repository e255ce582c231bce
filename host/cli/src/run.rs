//! `spansieve run`: what a policy makes of spans in files.

pub(crate) mod diff;
pub(crate) mod input;
pub(crate) mod summary;

use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use spansieve_otlp::{Traces, json};
use spansieve_runtime::text::{self, Style};
use spansieve_runtime::{Batch, Chain, Policy};

use crate::progress::Progress;
use crate::{EXIT_CODES, warn};
use input::Given;
use summary::Summary;

const EXAMPLES: &str = "\
Examples:
  spansieve run traces.json                                      the standard policy, spans as text
  spansieve run traces.json --policy policy.yaml --diff          only what the policy changes
  spansieve run - --format otlp-json < in.json > out.json        OTLP to OTLP, one document a line
  kubectl exec collector -- cat traces.json | spansieve run      from a pipe";

const INPUT: &str = "\
Files are OTLP: JSON, one document or one a line as the Collector's file exporter writes them, or protobuf. All files together are taken as
complete traces. One file may also hold spans in their text form, as `run` prints them. Spans go to standard output, the account of them to standard error. Colours only on a terminal, and not with NO_COLOR.";

/// Pass spans from files through a policy and print what comes out.
#[derive(clap::Args)]
#[command(after_help = format!("{INPUT}\n\n{EXAMPLES}\n\n{EXIT_CODES}"))]
pub(crate) struct Args {
    /// Files of spans; `-` is standard input, as is no file at all
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The policy [default: the standard policy: errors, slow traces and what was sampled, redacted]
    #[arg(long, short, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Print what changed: spans before (-) and after (+), in the traces that are not the same
    #[arg(long)]
    diff: bool,
    /// How to print spans
    #[arg(long, value_enum, default_value_t = Format::Text, conflicts_with = "diff")]
    format: Format,
    /// Print ids, absolute times and flags too, as text
    #[arg(long)]
    full: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// The text form of spans, a tree for each trace
    Text,
    /// OTLP JSON, one document a line
    OtlpJson,
}

/// Spans in a batch, unless a trace has more: what the processor in an application passes too.
const CHUNK: usize = 512;

pub(crate) fn run(args: Args) -> Result<ExitCode> {
    let policy = match &args.policy {
        Some(path) => Policy::from_file(path)?,
        None => Policy::standard(),
    };
    let origin = args.policy.as_ref().map_or_else(|| "the standard policy".to_owned(), |path| path.display().to_string());
    for warning in policy.warnings() {
        warn(&format!("{origin}: {warning}"));
    }
    let mut sieve = Sieve { chain: Chain::load(&policy)?, summary: Summary::default(), before: Batch::new(), args: &args };
    let mut out = BufWriter::new(anstream::stdout().lock());
    match input::read(&args.files)? {
        Given::Text(mut batch) => {
            ensure!(args.format == Format::Text, "spans in their text form go out as text; what they do not say can't be made up");
            if let Some(text) = sieve.pass(&mut batch) {
                out.write_all(text.as_bytes()).context(WRITE)?;
            }
        }
        Given::Otlp(mut traces) => {
            let mut progress = Progress::new("spans", traces.len());
            let mut batch = Batch::new();
            for chunk in traces.chunks(CHUNK) {
                let image = traces.encode(&chunk, &mut batch);
                batch.now = now_of(&batch);
                let text = sieve.pass(&mut batch);
                progress.advance(chunk.len());
                if args.format == Format::OtlpJson {
                    traces.write_back(&image, &batch)?;
                } else if let Some(text) = text {
                    progress.clear();
                    sieve.summary.separate(&mut out)?;
                    out.write_all(text.as_bytes()).context(WRITE)?;
                }
            }
            drop(progress);
            if args.format == Format::OtlpJson {
                write_json(&mut out, traces)?;
            }
        }
    }
    out.flush().context(WRITE)?;
    let stats = sieve.chain.stats().plugins();
    sieve.summary.print(&stats);
    Ok(if sieve.summary.has_failures(&stats) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The policy, and what became of the spans so far.
struct Sieve<'a> {
    chain: Chain,
    summary: Summary,
    before: Batch,
    args: &'a Args,
}

impl Sieve<'_> {
    /// Passes a batch through the policy. Answers with what there is to print.
    fn pass(&mut self, batch: &mut Batch) -> Option<String> {
        let spans = batch.len();
        if self.args.diff {
            self.before.clone_from(batch);
        }
        self.summary.add(spans, self.chain.run(batch));
        let style = Style { full: self.args.full };
        let text = match self.args.format {
            Format::OtlpJson => return None,
            Format::Text if self.args.diff => diff::changes(&self.before, &self.before, batch, &style),
            Format::Text => text::print(batch, &style),
        };
        (!text.is_empty()).then_some(text)
    }
}

/// The clock of plugins is that of the spans, so that a file gives the same today and tomorrow.
pub(crate) fn now_of(batch: &Batch) -> u64 {
    batch.spans().map(|span| span.end()).max().unwrap_or(0)
}

const WRITE: &str = "cannot write to standard output";

fn write_json(out: &mut impl Write, traces: Traces) -> Result<()> {
    for request in traces.finish() {
        writeln!(out, "{}", json::write(&request)).context(WRITE)?;
    }
    Ok(())
}
