//! The processor's figures as OpenTelemetry metrics.
//!
//! Names are those of the semantic conventions for the SDK's own metrics (<https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/>) where there are
//! some, else they begin with `spansieve.`; docs/operations.md says what each means and what to do.

use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Histogram, Meter};
use spansieve_runtime::{BreakerState, Chain, PluginStats};

use crate::{Handle, Stats};

/// The type of component that the conventions ask for: the full name of the class.
const TYPE: &str = "spansieve::SieveProcessor";

const PLUGIN: &str = "spansieve.plugin.name";

/// Bounds of the histogram of a plugin's time for a batch, in seconds: it takes between microseconds and its deadline.
const BOUNDS: [f64; 13] = [0.000_01, 0.000_03, 0.000_1, 0.000_2, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.03, 0.1, 0.3, 1.0];

/// A figure that is read off: name, unit, description, and how.
type Figure<T> = (&'static str, &'static str, &'static str, fn(&T) -> u64);

/// The time that plugins take for batches: the only figure that can't be read off when somebody asks.
#[derive(Default)]
pub(crate) struct Durations(RwLock<Vec<(Histogram<f64>, Vec<KeyValue>)>>);

impl Durations {
    /// Takes note of the calls since the last time.
    pub(crate) fn record(&self, chain: &mut Chain) {
        let histograms = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let times = chain.take_times();
        if !histograms.is_empty() {
            times.for_each(|(plugin, time): (&str, Duration)| {
                for (histogram, common) in histograms.iter() {
                    histogram.record(time.as_secs_f64(), &with(common, [KeyValue::new(PLUGIN, plugin.to_owned())]));
                }
            });
        }
    }
}

/// Makes instruments that read the figures when they are collected.
pub(crate) fn register(meter: &Meter, handle: &Handle) {
    let name = format!("{TYPE}/{}", handle.number());
    let common = vec![KeyValue::new("otel.component.name", name), KeyValue::new("otel.component.type", TYPE)];
    spans(meter, handle, &common);
    plugins(meter, handle, &common);
    policy(meter, handle, &common);
    let histogram = meter
        .f64_histogram("spansieve.plugin.duration")
        .with_unit("s")
        .with_description("Time that a plugin took for a batch, calls on parts of it included")
        .with_boundaries(BOUNDS.to_vec());
    handle.durations().0.write().unwrap_or_else(PoisonError::into_inner).push((histogram.build(), common));
}

fn with(common: &[KeyValue], more: impl IntoIterator<Item = KeyValue>) -> Vec<KeyValue> {
    common.iter().cloned().chain(more).collect()
}

fn spans(meter: &Meter, handle: &Handle, common: &[KeyValue]) {
    let (look, common_here) = (handle.downgrade(), common.to_vec());
    let _ = meter
        .u64_observable_counter("otel.sdk.processor.span.processed")
        .with_unit("{span}")
        .with_description("Spans for which processing has finished: spansieve.outcome says how, error.type why not as it should")
        .with_callback(move |counter| {
            let Some(stats) = look().map(|handle| handle.stats()) else { return };
            for (outcome, error, count) in outcomes(&stats) {
                let error = error.map(|error| KeyValue::new("error.type", error));
                counter.observe(count, &with(&common_here, error.into_iter().chain([KeyValue::new("spansieve.outcome", outcome)])));
            }
        })
        .build();
    let figures: [Figure<Stats>; 3] = [
        ("otel.sdk.processor.span.queue.size", "{span}", "Spans in the queue", |stats| stats.queued),
        ("otel.sdk.processor.span.queue.capacity", "{span}", "Spans that the queue has room for", |stats| stats.queue_capacity),
        ("spansieve.in_flight", "{span}", "Spans that are queued, grouped by trace or in work", |stats| stats.in_flight),
    ];
    for (name, unit, description, figure) in figures {
        let (look, common) = (handle.downgrade(), common.to_vec());
        let _ = meter
            .i64_observable_up_down_counter(name)
            .with_unit(unit)
            .with_description(description)
            .with_callback(move |counter| {
                if let Some(stats) = look().map(|handle| handle.stats()) {
                    counter.observe(figure(&stats) as i64, &common);
                }
            })
            .build();
    }
}

/// How spans ended, why that is an error if it is one, and how many.
fn outcomes(stats: &Stats) -> [(&'static str, Option<&'static str>, u64); 6] {
    [
        ("forwarded", None, stats.forwarded - stats.stripped),
        ("stripped", Some("plugin_failed"), stats.stripped),
        ("sampled_out", None, stats.sampled_out),
        ("withheld", Some("plugin_failed"), stats.withheld),
        ("dropped", Some("queue_full"), stats.dropped_queue_full),
        ("dropped", Some("shutdown"), stats.dropped_shutdown),
    ]
}

fn plugins(meter: &Meter, handle: &Handle, common: &[KeyValue]) {
    let counters: [Figure<PluginStats>; 5] = [
        ("spansieve.plugin.calls", "{call}", "Batches and parts of batches that the plugin was given", |plugin| plugin.calls),
        ("spansieve.plugin.spans", "{span}", "Spans that the plugin was given", |plugin| plugin.spans),
        ("spansieve.plugin.edits", "{edit}", "Edits of the plugin that were applied", |plugin| plugin.edits),
        ("spansieve.plugin.failed_spans", "{span}", "Spans that took the plugin's failure rule", |plugin| plugin.failed_spans),
        ("spansieve.plugin.replacements", "{instance}", "Instances that took the place of failed ones", |plugin| plugin.replacements),
    ];
    for (name, unit, description, figure) in counters {
        let (look, common) = (handle.downgrade(), common.to_vec());
        let _ = meter
            .u64_observable_counter(name)
            .with_unit(unit)
            .with_description(description)
            .with_callback(move |counter| each_plugin(&look, &common, |plugin, attributes| counter.observe(figure(plugin), &attributes)))
            .build();
    }
    let gauges: [Figure<PluginStats>; 2] = [
        ("spansieve.plugin.memory", "By", "Linear memory of the plugin's instance", |plugin| plugin.memory),
        ("spansieve.plugin.breaker.state", "1", "0 closed, 1 backoff, 2 open, 3 half open", |plugin| plugin.breaker as u64),
    ];
    for (name, unit, description, figure) in gauges {
        let (look, common) = (handle.downgrade(), common.to_vec());
        let _ = meter
            .u64_observable_gauge(name)
            .with_unit(unit)
            .with_description(description)
            .with_callback(move |gauge| each_plugin(&look, &common, |plugin, attributes| gauge.observe(figure(plugin), &attributes)))
            .build();
    }
    let (look, common_here) = (handle.downgrade(), common.to_vec());
    let _ = meter
        .u64_observable_counter("spansieve.plugin.failures")
        .with_unit("{call}")
        .with_description("Calls that failed; error.type says how")
        .with_callback(move |counter| {
            each_plugin(&look, &common_here, |plugin, attributes| {
                let known = [
                    ("trap", plugin.traps),
                    ("deadline", plugin.deadline_hits),
                    ("limit", plugin.limit_hits),
                    ("nonsense", plugin.nonsense),
                ];
                let other = plugin.failures.saturating_sub(known.iter().map(|(_, count)| count).sum());
                for (error, count) in known.into_iter().chain([("down", other)]) {
                    counter.observe(count, &with(&attributes, [KeyValue::new("error.type", error)]));
                }
            });
        })
        .build();
    let (look, common_here) = (handle.downgrade(), common.to_vec());
    let _ = meter
        .u64_observable_counter("spansieve.plugin.breaker.transitions")
        .with_unit("{transition}")
        .with_description("Times that the plugin's breaker came to a state; spansieve.breaker.state says which")
        .with_callback(move |counter| {
            each_plugin(&look, &common_here, |plugin, attributes| {
                for (state, count) in BreakerState::ALL.iter().zip(plugin.breaker_transitions) {
                    counter.observe(count, &with(&attributes, [KeyValue::new("spansieve.breaker.state", state.name())]));
                }
            });
        })
        .build();
    let (look, common_here) = (handle.downgrade(), common.to_vec());
    let _ = meter
        .u64_observable_counter("spansieve.shadow.spans")
        .with_unit("{span}")
        .with_description(
            "Spans that a shadow was compared on; spansieve.outcome says how its result differs from that of the plugin in service",
        )
        .with_callback(move |counter| {
            each_plugin(&look, &common_here, |plugin, attributes| {
                let Some(shadow) = &plugin.shadow else { return };
                let differing =
                    [("only_serving", shadow.only_serving), ("only_shadow", shadow.only_shadow), ("differing", shadow.differing)];
                let same = shadow.spans - differing.iter().map(|(_, count)| count).sum::<u64>();
                for (outcome, count) in differing.into_iter().chain([("same", same)]) {
                    counter.observe(count, &with(&attributes, [KeyValue::new("spansieve.outcome", outcome)]));
                }
            });
        })
        .build();
    let (look, common) = (handle.downgrade(), common.to_vec());
    let _ = meter
        .u64_observable_counter("spansieve.plugin.counter")
        .with_description("The counters that plugins keep themselves; spansieve.counter.name says which")
        .with_callback(move |counter| {
            each_plugin(&look, &common, |plugin, attributes| {
                for (name, count) in &plugin.counters {
                    counter.observe(*count, &with(&attributes, [KeyValue::new("spansieve.counter.name", name.clone())]));
                }
            });
        })
        .build();
}

fn each_plugin(look: &impl Fn() -> Option<Handle>, common: &[KeyValue], mut observe: impl FnMut(&PluginStats, Vec<KeyValue>)) {
    let Some(handle) = look() else { return };
    for plugin in handle.stats().plugins {
        let attributes = with(common, [KeyValue::new(PLUGIN, plugin.name.clone())]);
        observe(&plugin, attributes);
    }
}

fn policy(meter: &Meter, handle: &Handle, common: &[KeyValue]) {
    let (look, common_here) = (handle.downgrade(), common.to_vec());
    let _ = meter
        .u64_observable_gauge("spansieve.policy.generation")
        .with_unit("1")
        .with_description("Number of the policy in service")
        .with_callback(move |gauge| {
            if let Some(handle) = look() {
                gauge.observe(handle.generation(), &common_here);
            }
        })
        .build();
    let (look, common) = (handle.downgrade(), common.to_vec());
    let _ = meter
        .u64_observable_counter("spansieve.policy.reloads")
        .with_unit("{reload}")
        .with_description("Candidates for service by spansieve.outcome; error.type is the step at which one was refused")
        .with_callback(move |counter| {
            let Some(counts) = look().map(|handle| handle.reload_counts()) else { return };
            let outcome = |outcome: &'static str| KeyValue::new("spansieve.outcome", outcome);
            counter.observe(counts.reloaded, &with(&common, [outcome("reloaded")]));
            counter.observe(counts.rolled_back, &with(&common, [outcome("rolled_back")]));
            for (step, count) in counts.refused {
                counter.observe(count, &with(&common, [outcome("refused"), KeyValue::new("error.type", step.name())]));
            }
        })
        .build();
}
