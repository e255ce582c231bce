//! The rounds: each stage of a span's way once, timed.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use opentelemetry_sdk::trace::SpanData;
use spansieve::bench::{encode, write_back};
use spansieve_runtime::{Batch, Chain, Outcome, Policy, TraceReason};

use super::native::NativeRedactor;
use super::parts::Parts;
use super::spans::{Keys, of_batch, renew_trace_ids};
use crate::build_plugin::component;

/// Spans a batch, as the processor gathers them.
const BATCH_SPANS: usize = 512;

/// Yardsticks, the crossing and redaction alone are short, so a round does them so many times, one behind the other; each time counts for itself.
pub(super) const REPEATS: usize = 4;

/// Times of each stage, in nanoseconds a span.
#[derive(Default)]
pub(super) struct Times(BTreeMap<String, Vec<f64>>);

impl Times {
    /// The least and the median.
    pub(super) fn of(&self, name: &str) -> Option<(f64, f64)> {
        let mut times = self.0.get(name)?.clone();
        times.sort_by(f64::total_cmp);
        Some((*times.first()?, times[times.len() / 2]))
    }
}

/// What is measured, made ready.
pub(super) struct Rounds {
    /// Batches of whole traces: the spans, and where each trace ends.
    batches: Vec<(Vec<SpanData>, Vec<usize>)>,
    static_keys: Vec<SpanData>,
    pub(super) spans: usize,
    pub(super) traces: usize,
    native: NativeRedactor,
    /// A plugin that reads every column and does nothing.
    empty: Chain,
    /// The policy's plugins, each on its own.
    alone: Vec<(String, Chain)>,
    chain: Chain,
    /// The same plugins with `redact` before the others, where the policy has it elsewhere.
    redact_first: Option<Chain>,
    pub(super) plugins: Vec<String>,
    pub(super) outcome: Outcome,
    batch: Batch,
    passes: u64,
}

impl Rounds {
    pub(super) fn new(policy: &Policy, parts: &Parts, input: &Batch) -> Result<Self> {
        let plugins: Vec<String> = policy.plugins().map(str::to_owned).collect();
        let alone =
            plugins.iter().enumerate().map(|(i, name)| Ok((name.clone(), Chain::load(&parts.policy(&[i])?)?))).collect::<Result<_>>()?;
        let redact = plugins.iter().position(|name| name == "redact").filter(|redact| *redact > 0);
        let redact_first = redact.map(|redact| {
            let others = (0..plugins.len()).filter(|number| *number != redact);
            Ok::<_, anyhow::Error>(Chain::load(&parts.policy(&std::iter::once(redact).chain(others).collect::<Vec<_>>())?)?)
        });
        let owned = of_batch(input, Keys::Owned, BATCH_SPANS);
        let (spans, mut traces, mut batches) = (owned.len(), 0, Vec::new());
        let mut gathered: (Vec<SpanData>, Vec<usize>) = Default::default();
        for trace in owned.chunk_by(|a, b| a.span_context.trace_id() == b.span_context.trace_id()) {
            gathered.0.extend_from_slice(trace);
            gathered.1.push(gathered.0.len());
            traces += 1;
            if gathered.0.len() >= BATCH_SPANS {
                batches.push(std::mem::take(&mut gathered));
            }
        }
        if !gathered.0.is_empty() {
            batches.push(gathered);
        }
        let mut batch = Batch::new();
        batch.head_probability = 1.0;
        Ok(Rounds {
            batches,
            static_keys: of_batch(input, Keys::Static, BATCH_SPANS),
            spans,
            traces,
            native: NativeRedactor::new()?,
            empty: empty_chain()?,
            alone,
            chain: Chain::load(policy)?,
            redact_first: redact_first.transpose()?,
            plugins,
            outcome: Outcome::default(),
            batch,
            passes: 0,
        })
    }

    /// Number of batches.
    pub(super) fn batches(&self) -> usize {
        self.batches.len()
    }

    /// Calls that failed, of all plugins in all stages. What failed was measured, but is not what it says.
    pub(super) fn failures(&self) -> u64 {
        let chains = self.alone.iter().map(|(_, chain)| chain).chain([&self.empty, &self.chain]).chain(&self.redact_first);
        chains.flat_map(|chain| chain.stats().plugins()).map(|plugin| plugin.failures).sum()
    }

    /// Does every stage once.
    pub(super) fn round(&mut self, times: &mut Times) {
        self.yardsticks(times);
        self.crossing(times);
        self.alone(times);
        let mut whole = Whole::default();
        let mut outcome = Outcome::default();
        for (spans, ends) in &mut self.batches {
            self.passes += 1;
            let of_batch = whole.add(&mut self.chain, &mut self.batch, spans, ends, self.passes);
            outcome.forwarded += of_batch.forwarded;
            outcome.sampled_out += of_batch.sampled_out;
            outcome.withheld += of_batch.withheld;
            outcome.stripped += of_batch.stripped;
        }
        self.outcome = outcome;
        times.add("call", whole.call, self.spans);
        times.add("edits", whole.edits, self.spans);
        times.add("chain", whole.chain, self.spans);
        times.add("write_back", whole.write_back, self.spans);
        times.add("policy", whole.encode + whole.chain + whole.write_back, self.spans);
        if let Some(chain) = &mut self.redact_first {
            let mut whole = Whole::default();
            for (spans, ends) in &mut self.batches {
                self.passes += 1;
                whole.add(chain, &mut self.batch, spans, ends, self.passes);
            }
            times.add("policy_redact_first", whole.encode + whole.chain + whole.write_back, self.spans);
        }
    }

    /// Each plugin on its own.
    pub(super) fn alone(&mut self, times: &mut Times) {
        for (name, chain) in &mut self.alone {
            let mut took = Duration::ZERO;
            for (spans, ends) in &mut self.batches {
                self.passes += 1;
                renew_trace_ids(spans, self.passes);
                fill(&mut self.batch, spans, ends, chain);
                let before = time_in(chain);
                chain.run(&mut self.batch);
                took += time_in(chain).saturating_sub(before);
            }
            times.add(name, took, self.spans);
        }
    }

    fn yardsticks(&mut self, times: &mut Times) {
        for _ in 0..REPEATS {
            self.yardsticks_once(times);
        }
    }

    fn yardsticks_once(&self, times: &mut Times) {
        let (mut owned, mut native) = (Duration::ZERO, Duration::ZERO);
        for (spans, _) in &self.batches {
            let start = Instant::now();
            let mut copies = spans.clone();
            owned += start.elapsed();
            let start = Instant::now();
            copies.iter_mut().for_each(|span| self.native.span(span));
            native += start.elapsed();
        }
        let start = Instant::now();
        let copies = self.static_keys.clone();
        times.add("span_data_clone_static_keys", start.elapsed(), self.spans);
        drop(copies);
        times.add("span_data_clone", owned, self.spans);
        times.add("native_redact", native, self.spans);
    }

    pub(super) fn crossing(&mut self, times: &mut Times) {
        for _ in 0..REPEATS {
            self.crossing_once(times);
        }
    }

    fn crossing_once(&mut self, times: &mut Times) {
        let (mut encoding, mut crossing) = (Duration::ZERO, Duration::ZERO);
        for (spans, _) in &self.batches {
            let start = Instant::now();
            self.batch.clear();
            encode(spans, &mut self.batch);
            encoding += start.elapsed();
            self.empty.run(&mut self.batch);
            crossing += start.elapsed();
        }
        times.add("encode", encoding, self.spans);
        times.add("crossing", crossing, self.spans);
    }
}

impl Times {
    pub(super) fn add(&mut self, name: &str, time: Duration, spans: usize) {
        self.0.entry(name.to_owned()).or_default().push(time.as_nanos() as f64 / spans as f64);
    }
}

/// The way of a batch through a processor, but for the queue before and the next processor behind it. Freeing the spans that were sampled
/// out is not counted: somebody has to free every span.
#[derive(Default)]
pub(super) struct Whole {
    pub(super) encode: Duration,
    call: Duration,
    edits: Duration,
    pub(super) chain: Duration,
    pub(super) write_back: Duration,
}

impl Whole {
    pub(super) fn add(&mut self, chain: &mut Chain, batch: &mut Batch, spans: &mut [SpanData], ends: &[usize], pass: u64) -> Outcome {
        // A sampler remembers what it decided for a trace, so each pass has traces of its own.
        renew_trace_ids(spans, pass);
        let mut spans = spans.to_vec();
        let start = Instant::now();
        fill(batch, &spans, ends, chain);
        self.encode += start.elapsed();
        let before = inside(chain);
        let start = Instant::now();
        let outcome = chain.run(batch);
        self.chain += start.elapsed();
        let after = inside(chain);
        self.call += after.0 - before.0;
        self.edits += after.1 - before.1;
        let start = Instant::now();
        if batch.is_edited() {
            for view in batch.spans() {
                write_back(&mut spans[view.source()], view);
            }
        }
        self.write_back += start.elapsed();
        outcome
    }
}

fn fill(batch: &mut Batch, spans: &[SpanData], ends: &[usize], chain: &Chain) {
    batch.clear();
    encode(spans, batch);
    if chain.groups_traces() {
        ends.iter().for_each(|end| batch.end_trace_at(*end, TraceReason::RootEnded));
    }
}

/// Time that a chain's plugins have spent so far in calls, and for checking and applying edits.
fn inside(chain: &Chain) -> (Duration, Duration) {
    let plugins = chain.stats().plugins();
    (plugins.iter().map(|plugin| plugin.call).sum(), plugins.iter().map(|plugin| plugin.applying).sum())
}

/// Time that a chain of one plugin has spent on it so far: joining columns, the call, applying edits.
fn time_in(chain: &Chain) -> Duration {
    chain.stats().plugins().iter().map(|plugin| plugin.time).sum()
}

fn empty_chain() -> Result<Chain> {
    let module = wat::parse_str(include_str!("empty.wat"))?;
    let component = component::wrap(&module)?;
    let folder = std::env::temp_dir().join(format!("spansieve-bench-{}", std::process::id()));
    let load = || {
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("empty.wasm"), &component.bytes)?;
        let policy =
            Policy::parse("{version: 1, plugins: [{name: empty, use: 'file:empty.wasm'}]}", "the empty policy", Path::new(&folder))?;
        let mut chain = Chain::load(&policy)?;
        let mut batch = Batch::new();
        chain.run(&mut batch);
        let failures: u64 = chain.stats().plugins().iter().map(|plugin| plugin.failures).sum();
        ensure!(failures == 0, "the empty plugin failed");
        Ok(chain)
    };
    let chain = load().context("cannot load the empty plugin");
    // It is loaded, or it is not; in either case nobody needs the file any more.
    let _ = std::fs::remove_dir_all(&folder);
    chain
}
