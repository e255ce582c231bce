//! The standard plugin `sample`: keeps or drops whole traces of this process.
//!
//! ```yaml
//! keep:                      # the first that matches decides, and keeps the trace whole
//!   - errors
//!   - slow: 500ms
//!   - attribute: {key: sampling.priority, equals: 1}
//! rest: {ratio: 0.1}         # of the others that the head sampler sampled
//! ```
//!
//! A trace that a rule keeps is exported whole, sampled or not. Of the others, those that the head sampler did not sample are dropped, and the rest is
//! thinned by consistent probability sampling. How many spans each kept one stands for is written to tracestate (`ot=th:`), so that counts
//! of kept spans can be scaled up honestly; `weigh.rs` has the reasoning.
//!
//! # Late spans
//! Spans of a trace that was decided before follow that decision, which is remembered for some time. But where the late spans themselves match a
//! rule, they are kept by it even if the trace was dropped, and so is what comes after them: an error is worth more than a whole trace. They are then
//! written as standing for themselves only, and counted as `late.rescued`.
//!
//! # Counters
//! Traces: `kept.RULE` for each rule, `kept.rest`, `dropped.head` (not sampled by the head sampler), `dropped.ratio`. Late parts of traces: `late.kept`,
//! `late.dropped`, `late.rescued`; a further local root of a trace that was kept before counts as `late.kept` too.

pub mod config;
mod memory;
mod rule;
pub mod threshold;
pub mod tracestate;
mod weigh;

use std::ops::Range;

use spansieve_plugin::{Batch, Column, ConfigError, Edits, Field, NONE, Policy, Setup, Slot, Span, TEXTS, TextId, TraceReason, count};

use config::{Config, DEFAULT_PRECISION, DEFAULT_REMEMBER};
use memory::{Decision, Memory};
use rule::Rule;
use tracestate::Weight;
use weigh::{Arrival, Origin};

/// The policy.
#[derive(Debug)]
pub struct Sample {
    rules: Vec<Rule>,
    /// Of each rule, then of the rest.
    names: Vec<String>,
    config: Config,
    reason: Option<Slot>,
    memory: Memory,
    counters: Counters,
    scratch: String,
    /// The tracestate of the span before: what it was, what it was to say, and what came out. Spans of a trace mostly share it, and so do traces
    /// that have none.
    last: Option<(u32, Weight, TextId)>,
}

/// Traces, or late parts of them.
#[derive(Debug, Default)]
struct Counters {
    /// By rule, and of the rest.
    kept: Vec<u64>,
    dropped_head: u64,
    dropped_ratio: u64,
    late_kept: u64,
    late_dropped: u64,
    late_rescued: u64,
}

impl Policy for Sample {
    type Config = Config;
    const NAME: &'static str = "sample";
    const ABOUT: &'static str = "Keeps or drops whole traces: errors, slow ones, and a fair share of the rest";
    const SCHEMA: Option<&'static str> = Some(include_str!("schema.json"));

    fn configure(config: Config, setup: &mut Setup) -> Result<Self, ConfigError> {
        setup.group_by_trace();
        setup.read(&[Column::SpanTraceId, Column::SpanParentId, Column::SpanFlags, Column::SpanTracestate]);
        setup.read(TEXTS);
        let (mut rules, mut names) = (Vec::new(), Vec::new());
        for (index, keep) in config.keep.iter().enumerate() {
            let (rule, name) = Rule::new(keep, setup).map_err(|error| error.within(&format!("keep[{index}]")))?;
            rules.push(rule);
            names.push(name);
        }
        names.push("rest".into());
        let reason = config.reason_attribute.as_deref().map(|key| {
            setup.read(&[Column::SpanAttributes]);
            setup.key(key)
        });
        let counters = Counters { kept: vec![0; names.len()], ..Counters::default() };
        let memory = Memory::new(config.remember.unwrap_or(DEFAULT_REMEMBER) as usize);
        Ok(Sample { rules, names, config, reason, memory, counters, scratch: String::new(), last: None })
    }

    fn process(&mut self, batch: &Batch<'_>, edits: &mut Edits) {
        // Texts are numbered anew in each batch.
        self.last = None;
        if batch.traces().len() > 0 {
            let mut start = 0;
            for trace in batch.traces() {
                let end = start + trace.spans().len();
                self.trace(batch, start..end, trace.reason(), edits);
                start = end;
            }
        } else {
            // A host that does not group gives what it has: runs of spans of one trace.
            let ids = batch.columns().ids16(Column::SpanTraceId);
            let mut start = 0;
            for run in ids.chunk_by(|a, b| a == b) {
                self.trace(batch, start..start + run.len(), TraceReason::Flush, edits);
                start += run.len();
            }
        }
        self.report();
    }

    fn save(&self) -> Vec<u8> {
        self.memory.save(&self.names)
    }

    fn restore(&mut self, state: &[u8]) -> Result<(), String> {
        self.memory.restore(state, &self.names)
    }
}

impl Sample {
    /// Decides a trace, or a part of one.
    fn trace(&mut self, batch: &Batch<'_>, spans: Range<usize>, reason: TraceReason, edits: &mut Edits) {
        let all = || spans.clone().map(|index| batch.span(index));
        let Some(first) = all().next() else { return };
        let root = all().find(Span::is_local_root);
        let speaker = root.unwrap_or(first);
        let id = *speaker.trace_id();
        let before = self.memory.get(&id);
        let tracestate = speaker.tracestate();
        let arrival = Arrival {
            trace_id: &id,
            tracestate: tracestate.as_ref().map_or("", |text| text.as_str()),
            origin: match root {
                None => Origin::Unknown,
                Some(root) if root.has_remote_parent() => Origin::Elsewhere,
                Some(_) => Origin::Here,
            },
            sampled: all().any(|span| span.is_sampled()),
            head: batch.head_probability(),
        };
        let late = reason == TraceReason::Late;
        let matched = self.rules.iter().position(|rule| rule.matches(batch, spans.clone()));
        let decision = match (matched, before) {
            // What was kept stays kept under the rule that kept it first.
            (_, Some(kept @ Decision::Kept { rule: Some(_), .. })) => kept,
            (Some(rule), _) => Decision::Kept { rule: Some(rule as u16), weight: arrival.weight_of_rule() },
            (None, Some(kept @ Decision::Kept { .. })) => kept,
            (None, Some(Decision::Dropped)) if late => Decision::Dropped,
            (None, _) => self.rest(&arrival),
        };
        self.tally(matched.is_some(), before, late, &arrival, decision);
        self.memory.put(id, decision);
        match decision {
            Decision::Dropped => all().for_each(|span| edits.drop_span(&span)),
            Decision::Kept { rule, weight } => {
                let whole = matched.is_some() || rule.is_some();
                for span in all() {
                    if span.is_sampled() || whole {
                        self.keep(&span, weight, edits);
                    } else {
                        edits.drop_span(&span);
                    }
                }
                if let Some(slot) = self.reason {
                    let name = &self.names[rule.map_or(self.rules.len(), usize::from)];
                    match speaker.attribute(slot) {
                        Some(attribute) => edits.set(attribute, name),
                        None => edits.add(&speaker, self.config.reason_attribute.as_deref().unwrap_or_default(), name),
                    }
                }
            }
        }
    }

    fn rest(&self, arrival: &Arrival<'_>) -> Decision {
        let rest = &self.config.rest;
        let precision = self.config.precision.unwrap_or(DEFAULT_PRECISION);
        match arrival.sampled.then(|| arrival.thin(rest.ratio, rest.of, precision)).flatten() {
            Some(weight) => Decision::Kept { rule: None, weight },
            None => Decision::Dropped,
        }
    }

    fn keep(&mut self, span: &Span<'_>, weight: Weight, edits: &mut Edits) {
        if !span.is_sampled() {
            edits.keep_span(span);
        }
        if weight == Weight::Leave {
            return;
        }
        let old = span.tracestate();
        let index = old.map_or(NONE, |text| text.index());
        if let Some((last, last_weight, text)) = self.last
            && (last, last_weight) == (index, weight)
        {
            set(edits, span, index, text);
            return;
        }
        let old = old.as_ref().map_or("", |text| text.as_str());
        tracestate::rewrite(old, weight, &mut self.scratch);
        let text = match &self.scratch {
            same if same == old => TextId::from_index(index),
            empty if empty.is_empty() => TextId::from_index(NONE),
            new => edits.text(new).id(),
        };
        self.last = Some((index, weight, text));
        set(edits, span, index, text);

        fn set(edits: &mut Edits, span: &Span<'_>, old: u32, text: TextId) {
            if text.index() != old {
                edits.set_field(Field::SpanTracestate, span.index(), text.index());
            }
        }
    }

    fn tally(&mut self, matched: bool, before: Option<Decision>, late: bool, arrival: &Arrival<'_>, decision: Decision) {
        let counters = &mut self.counters;
        match (decision, before) {
            (Decision::Kept { .. }, Some(Decision::Dropped)) if matched && late => counters.late_rescued += 1,
            (Decision::Kept { .. }, Some(Decision::Kept { .. })) => counters.late_kept += 1,
            (Decision::Dropped, Some(_)) if late => counters.late_dropped += 1,
            (Decision::Kept { rule, .. }, _) => counters.kept[rule.map_or(self.rules.len(), usize::from)] += 1,
            (Decision::Dropped, _) if arrival.sampled => counters.dropped_ratio += 1,
            (Decision::Dropped, _) => counters.dropped_head += 1,
        }
    }

    /// Hands the host what was counted in this batch.
    fn report(&mut self) {
        let counters = &mut self.counters;
        for (kept, name) in counters.kept.iter_mut().zip(&self.names) {
            if *kept > 0 {
                count(&format!("kept.{name}"), std::mem::take(kept));
            }
        }
        count("dropped.head", std::mem::take(&mut counters.dropped_head));
        count("dropped.ratio", std::mem::take(&mut counters.dropped_ratio));
        count("late.kept", std::mem::take(&mut counters.late_kept));
        count("late.dropped", std::mem::take(&mut counters.late_dropped));
        count("late.rescued", std::mem::take(&mut counters.late_rescued));
    }
}

spansieve_plugin::export!(Sample);
