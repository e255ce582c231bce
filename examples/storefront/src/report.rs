//! The report: some traces before and after, what was sampled out and why, where personal data stood, and the accounting.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::sync::PoisonError;
use std::time::Duration;

use opentelemetry::Value;
use opentelemetry::trace::{Status, TraceId};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SpanData;
use prost::Message;
use spansieve::Stats;

use crate::load::{AT_ONCE, Answers, ROUND};
use crate::paint::{Paint, wrap};
use crate::personal::{Field, Findings, Kind, Secret, search, search_bytes, secrets};
use crate::telemetry::{Logs, Telemetry};

/// So many leaked secrets are named.
const MOST_LEAKS: usize = 8;
/// What the built-in policy calls slow.
const SLOW: Duration = Duration::from_millis(250);

/// A trace as the application recorded it and as it reached the exporter.
#[derive(Debug)]
struct Trace {
    id: TraceId,
    recorded: Vec<SpanData>,
    exported: Vec<SpanData>,
}

/// Everything that the report says.
#[derive(Debug)]
pub(crate) struct Report {
    requests: usize,
    answers: Answers,
    endpoint: Option<String>,
    unsent: Option<(usize, String)>,
    traces: Vec<Trace>,
    resources: [Vec<(String, Value)>; 2],
    /// What was found in the exported spans as they were recorded, and as they were exported.
    found: [Findings; 2],
    /// Which secrets stand in the exported bytes, and how many bytes there are.
    leaked: Vec<&'static str>,
    bytes: usize,
    /// How many secrets, and how many fields, the application never recorded: a search for them would prove nothing.
    unplanted: (usize, usize),
    stats: Stats,
    logs: Logs,
    paint: Paint,
}

impl Report {
    /// Gathers and searches. The provider has been shut down.
    pub(crate) fn new(telemetry: &Telemetry, requests: usize, answers: Answers) -> Self {
        let (recorded, exported) = (telemetry.recorded.spans(), telemetry.exported.spans());
        let resources = [&telemetry.recorded, &telemetry.exported].map(|collected| attributes(collected.resource().as_ref()));
        let secrets = secrets();
        let (bytes, leaked) = search_encoded(&secrets, &exported, telemetry.exported.resource());

        let planted = search(&secrets, &recorded, resources[0].clone());
        let missing = (0..secrets.len()).filter(|&index| !planted.has(index)).count();
        let unused = Field::ALL.iter().filter(|&&field| planted.in_field(field) == 0).count();

        let ids: Vec<_> = exported.iter().map(|span| (span.span_context.trace_id(), span.span_context.span_id())).collect();
        let ids: std::collections::HashSet<_> = ids.into_iter().collect();
        let kept = recorded.iter().filter(|span| ids.contains(&(span.span_context.trace_id(), span.span_context.span_id())));
        let before = search(&secrets, kept, resources[0].clone());
        let after = search(&secrets, &exported, resources[1].clone());
        Self {
            requests,
            answers,
            endpoint: telemetry.endpoint.clone(),
            unsent: telemetry.unsent.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            traces: traces(recorded, exported),
            resources,
            found: [before, after],
            leaked,
            bytes,
            unplanted: if requests < ROUND { (0, 0) } else { (missing, unused) },
            stats: telemetry.handle.stats(),
            logs: telemetry.logs.clone(),
            paint: Paint::new(secrets),
        }
    }

    /// Whether nothing personal was exported, the search for it meant something, and every span is accounted for.
    pub(crate) fn is_well(&self) -> bool {
        self.found[1].total() == 0 && self.leaked.is_empty() && self.unplanted == (0, 0) && self.counts_agree()
    }

    /// Prints all of it.
    pub(crate) fn print(&self) {
        self.print_load();
        let failed = self.example(|trace| trace.has_error() && !trace.head_sampled(), |trace| trace.recorded.len());
        self.print_trace("A trace with an error, which the head sampler had not sampled", failed);
        let slow = self.example(|trace| trace.is_slow() && !trace.has_error() && !trace.head_sampled(), |trace| trace.recorded.len());
        self.print_trace("A slow trace, which the head sampler had not sampled", slow);
        let plain = |trace: &Trace| !trace.is_slow() && !trace.has_error() && trace.head_sampled();
        let telling = |trace: &Trace| usize::from(trace.recorded.iter().any(|span| span.name == "GET /account"));
        self.print_trace("An ordinary trace, which the head sampler or the caller sampled", self.example(plain, telling));
        self.print_resource();
        self.print_sampling();
        self.print_findings();
        self.paint.heading("Every span accounted for");
        println!("{}", accounting(&self.stats));
        self.print_verdict();
    }

    fn print_load(&self) {
        let of = |hundreds: u16| -> usize {
            self.answers.statuses.iter().filter(|(status, _)| **status / 100 == hundreds).map(|(_, n)| n).sum()
        };
        let load = format!(
            "The shop answered {} requests in {:.1} s, {AT_ONCE} at a time: {} well, {} were the customer's fault, {} failed.",
            number(self.requests),
            self.answers.elapsed.as_secs_f64(),
            number(of(2)),
            number(of(4)),
            number(of(5)),
        );
        wrap(&load, " ", 2).iter().for_each(|line| println!("{line}"));
        if let Some(endpoint) = &self.endpoint {
            let sent = match &self.unsent {
                None => format!("Spans were exported by OTLP gRPC to {endpoint}."),
                Some((spans, error)) => format!("{} spans could not be exported to {endpoint}: {error}", number(*spans)),
            };
            wrap(&sent, " ", 2).iter().for_each(|line| println!("{line}"));
        }
    }

    /// Of the traces that qualify, the one that is worth most, preferably exported whole.
    fn example(&self, qualifies: impl Fn(&Trace) -> bool, worth: impl Fn(&Trace) -> usize) -> Option<&Trace> {
        self.traces.iter().rev().filter(|trace| qualifies(trace)).max_by_key(|trace| (trace.is_whole(), worth(trace)))
    }

    fn print_trace(&self, title: &str, trace: Option<&Trace>) {
        self.paint.heading(title);
        let Some(trace) = trace else {
            println!("There was none this time.");
            return;
        };
        println!("{}", self.paint.bold("As the shop recorded it:"));
        self.paint.print_spans(&trace.recorded);
        println!("{}", self.paint.bold("As it reached the exporter:"));
        self.paint.print_spans(&trace.exported);
        let lines = self.logs.with(&trace.id.to_string());
        if !lines.is_empty() {
            println!("{}", self.paint.bold("Its lines in the log:"));
        }
        for line in lines {
            wrap(&format!("  {line}"), " ", 6).iter().for_each(|line| println!("{line}"));
        }
    }

    fn print_resource(&self) {
        self.paint.heading("The resource, which goes with every batch");
        for (what, resource) in ["As the shop sets it up:", "As it reached the exporter:"].iter().zip(&self.resources) {
            let mut line = String::new();
            for (key, value) in resource.iter().filter(|(key, _)| !key.starts_with("telemetry.")) {
                let _ = write!(line, "  {key}={value}");
            }
            println!("{}", self.paint.bold(what));
            wrap(&line, "  ", 4).iter().for_each(|line| println!("{}", self.paint.marked(line)));
        }
    }

    fn print_sampling(&self) {
        self.paint.heading("What was sampled out, and why");
        let why = |trace: &Trace| match (trace.head_sampled(), trace.has_error(), trace.is_slow()) {
            (true, _, _) => "sampled by the head sampler (one in ten) or by the caller",
            (false, true, _) => "not sampled, but with an error",
            (false, false, true) => "not sampled, but slow (250 ms and more)",
            (false, false, false) => "not sampled, and nothing of note",
        };
        let mut rows = BTreeMap::<&str, (usize, usize, usize)>::new();
        for trace in &self.traces {
            let row = rows.entry(why(trace)).or_default();
            row.0 += 1;
            row.1 += usize::from(!trace.exported.is_empty());
            row.2 += usize::from(trace.is_whole());
        }
        println!("  {:<60} {:>9} {:>9} {:>9}", "traces", "recorded", "kept", "whole");
        let mut all = (0, 0, 0);
        for (what, row) in rows.into_iter().rev() {
            println!("  {what:<60} {:>9} {:>9} {:>9}", number(row.0), number(row.1), number(row.2));
            all = (all.0 + row.0, all.1 + row.1, all.2 + row.2);
        }
        println!("  {:<60} {:>9} {:>9} {:>9}", "in all", number(all.0), number(all.1), number(all.2));
        for plugin in &self.stats.plugins {
            if !plugin.counters.is_empty() {
                let counted: Vec<String> = plugin.counters.iter().map(|(name, n)| format!("{name} {}", number(*n as usize))).collect();
                wrap(&format!("  the plugin {} counted: {}", plugin.name, counted.join(", ")), " ", 4)
                    .iter()
                    .for_each(|line| println!("{line}"));
            }
        }
    }

    fn print_findings(&self) {
        self.paint.heading("Where personal data stood in the exported spans, times found");
        let [before, after] = &self.found;
        let left: Vec<_> = Field::ALL.iter().map(|&f| (f.to_string(), before.in_field(f), after.in_field(f))).collect();
        let mut right: Vec<_> = Kind::ALL.iter().map(|&k| (k.to_string(), before.of_kind(k), after.of_kind(k))).collect();
        right.push(("in all".to_owned(), before.total(), after.total()));
        println!("  {:<23} {:>9} {:>9}      {:<22} {:>9} {:>9}", "where", "recorded", "exported", "what", "recorded", "exported");
        for row in 0..left.len().max(right.len()) {
            let cells = |rows: &[(String, usize, usize)], width: usize| match rows.get(row) {
                Some((what, before, after)) => format!("{what:<width$} {:>9} {:>9}", number(*before), number(*after)),
                None => " ".repeat(width + 20),
            };
            println!("{}", format!("  {}      {}", cells(&left, 23), cells(&right, 22)).trim_end());
        }
    }

    fn print_verdict(&self) {
        self.paint.heading("Checked");
        let (recorded, exported) = self.spans();
        let after = &self.found[1];
        self.check(
            self.leaked.is_empty() && after.total() == 0,
            format!(
                "{} planted secrets, plain and encoded, searched for in {} exported spans ({} bytes of OTLP): {}",
                self.paint.secrets.len(),
                number(exported),
                number(self.bytes),
                if self.leaked.is_empty() && after.total() == 0 { "none found" } else { "FOUND" },
            ),
        );
        let mut leaked: Vec<String> = self.leaked.iter().map(|text| (*text).to_owned()).collect();
        if leaked.is_empty() {
            leaked.extend(Field::ALL.iter().filter(|&&f| after.in_field(f) > 0).map(|field| format!("in: {field}")));
        }
        for leak in leaked.iter().take(MOST_LEAKS) {
            println!("         {}", self.paint.red(leak));
        }
        if leaked.len() > MOST_LEAKS {
            println!("         and {} more", leaked.len() - MOST_LEAKS);
        }
        if self.requests < ROUND {
            println!("  note   fewer than {ROUND} requests do not plant every secret");
        } else {
            let (missing, unused) = self.unplanted;
            let (secrets, fields) = (self.paint.secrets.len(), Field::ALL.len());
            self.check(
                self.unplanted == (0, 0),
                format!(
                    "the shop had recorded {} of {secrets} secrets, in {} of {fields} kinds of field",
                    secrets - missing,
                    fields - unused
                ),
            );
        }
        self.check(balances(&self.stats), "received = forwarded + sampled out + withheld + dropped + in flight".to_owned());
        self.check(
            self.counts_agree(),
            format!("recorded by the shop {}, received by spansieve {}", number(recorded), number(self.stats.received as usize)),
        );
        if exported as u64 != self.stats.forwarded {
            println!("  note   of {} spans forwarded {} were exported: the batch queue was full", self.stats.forwarded, exported);
        }
    }

    fn check(&self, good: bool, what: String) {
        let mark = if good { self.paint.green("ok    ") } else { self.paint.red("FAILED") };
        for (index, line) in wrap(&format!("         {what}"), " ", 0).iter().enumerate() {
            println!("{}", if index == 0 { format!("  {mark} {}", line.trim_start()) } else { line.clone() });
        }
    }

    fn counts_agree(&self) -> bool {
        balances(&self.stats) && self.spans().0 as u64 == self.stats.received
    }

    /// How many spans were recorded, and exported.
    fn spans(&self) -> (usize, usize) {
        self.traces.iter().fold((0, 0), |(r, e), trace| (r + trace.recorded.len(), e + trace.exported.len()))
    }
}

// === impl Trace ===

impl Trace {
    fn head_sampled(&self) -> bool {
        self.recorded.iter().any(|span| span.span_context.is_sampled())
    }

    fn has_error(&self) -> bool {
        self.recorded.iter().any(|span| matches!(span.status, Status::Error { .. }))
    }

    fn is_slow(&self) -> bool {
        self.recorded.iter().any(|span| span.end_time.duration_since(span.start_time).unwrap_or_default() >= SLOW)
    }

    fn is_whole(&self) -> bool {
        self.exported.len() == self.recorded.len()
    }
}

/// What spansieve did with the spans, and what each plugin did.
pub(crate) fn accounting(stats: &Stats) -> String {
    let n = |count: u64| number(count as usize);
    let dropped = stats.dropped_queue_full + stats.dropped_shutdown;
    let mut text = format!(
        "  received {} = forwarded {} + sampled out {} + withheld {} + dropped {} + in flight {}\n",
        n(stats.received),
        n(stats.forwarded),
        n(stats.sampled_out),
        n(stats.withheld),
        n(dropped),
        n(stats.in_flight),
    );
    if stats.stripped > 0 {
        let _ = writeln!(text, "  of those forwarded {} were stripped to the skeleton, because a plugin failed on them", n(stats.stripped));
    }
    if !stats.plugins.is_empty() {
        let _ = writeln!(text, "\n  {:<12} {:>9} {:>9} {:>12} {:>9} {:>9}", "plugin", "batches", "spans", "ns a span", "edits", "failures");
    }
    for plugin in &stats.plugins {
        let each = plugin.time.as_nanos() as u64 / plugin.spans.max(1);
        let (calls, spans, edits) = (n(plugin.calls), n(plugin.spans), n(plugin.edits));
        let _ = writeln!(text, "  {:<12} {calls:>9} {spans:>9} {:>12} {edits:>9} {:>9}", plugin.name, n(each), n(plugin.failures));
    }
    text.truncate(text.trim_end().len());
    text
}

/// Whether every span that came in went somewhere.
pub(crate) fn balances(stats: &Stats) -> bool {
    let out = stats.forwarded + stats.sampled_out + stats.withheld + stats.dropped_queue_full + stats.dropped_shutdown;
    stats.received == out + stats.in_flight
}

fn attributes(resource: Option<&Resource>) -> Vec<(String, Value)> {
    let mut all: Vec<_> = resource.into_iter().flat_map(Resource::iter).map(|(key, value)| (key.to_string(), value.clone())).collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

/// Groups spans by trace, in the order in which traces began.
fn traces(recorded: Vec<SpanData>, exported: Vec<SpanData>) -> Vec<Trace> {
    let (mut traces, mut index) = (Vec::<Trace>::new(), HashMap::new());
    for (span, out) in recorded.into_iter().map(|span| (span, false)).chain(exported.into_iter().map(|span| (span, true))) {
        let id = span.span_context.trace_id();
        let at = *index.entry(id).or_insert_with(|| {
            traces.push(Trace { id, recorded: Vec::new(), exported: Vec::new() });
            traces.len() - 1
        });
        let trace = &mut traces[at];
        if out { trace.exported.push(span) } else { trace.recorded.push(span) }
    }
    for trace in &mut traces {
        trace.recorded.sort_by_key(|span| span.start_time);
        trace.exported.sort_by_key(|span| span.start_time);
    }
    traces.sort_by_key(|trace| trace.recorded.first().map(|span| span.start_time));
    traces
}

/// The spans as the OTLP exporter would encode them: how many bytes, and which secrets stand in them.
fn search_encoded(secrets: &[Secret], spans: &[SpanData], resource: Option<Resource>) -> (usize, Vec<&'static str>) {
    let resource = ResourceAttributesWithSchema::from(&resource.unwrap_or_else(|| Resource::builder_empty().build()));
    let resource_spans = group_spans_by_resource_and_scope(spans.to_vec(), &resource);
    let bytes = ExportTraceServiceRequest { resource_spans }.encode_to_vec();
    (bytes.len(), search_bytes(secrets, &bytes).iter().map(|secret| secret.text).collect())
}

/// 12345 as 12,345.
fn number(n: usize) -> String {
    let digits = n.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap_or_default()).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_separators() {
        assert_eq!([0, 999, 1000, 1234567].map(number), ["0", "999", "1,000", "1,234,567"]);
    }
}
