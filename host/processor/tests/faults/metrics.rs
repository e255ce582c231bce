//! The instruments have the values that the handle tells.

use std::collections::BTreeMap;

use opentelemetry::metrics::MeterProvider;
use opentelemetry::{KeyValue, Value};
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};
use spansieve::{BreakerState, Options};

use super::*;

/// Instruments with their values, by name and the attributes that tell them apart.
struct Metrics {
    provider: SdkMeterProvider,
    exporter: InMemoryMetricExporter,
}

type Values = BTreeMap<(String, Vec<(String, String)>), f64>;

impl Metrics {
    fn of(handle: &Handle) -> Metrics {
        let exporter = InMemoryMetricExporter::default();
        let provider = SdkMeterProvider::builder().with_reader(PeriodicReader::builder(exporter.clone()).build()).build();
        handle.register_metrics(&provider.meter("test"));
        Metrics { provider, exporter }
    }

    /// Every value at this moment; of a histogram, how often something was recorded.
    fn collect(&self) -> Values {
        self.exporter.reset();
        self.provider.force_flush().expect("metrics are collected");
        let mut values = Values::new();
        for all in self.exporter.get_finished_metrics().expect("metrics were collected") {
            for metric in all.scope_metrics().flat_map(|scope| scope.metrics()) {
                match metric.data() {
                    AggregatedMetrics::F64(data) => add(metric.name(), data, |value| value, &mut values),
                    AggregatedMetrics::U64(data) => add(metric.name(), data, |value| value as f64, &mut values),
                    AggregatedMetrics::I64(data) => add(metric.name(), data, |value| value as f64, &mut values),
                }
            }
        }
        values
    }
}

fn add<T: Copy>(name: &str, data: &MetricData<T>, number: impl Fn(T) -> f64, values: &mut Values) {
    let mut insert = |attributes: Vec<&KeyValue>, value: f64| {
        let common = ["otel.component.type", "otel.component.name"];
        assert!(common.iter().all(|key| attributes.iter().any(|kv| kv.key.as_str() == *key)), "{name}");
        let own = attributes.iter().filter(|kv| !common.contains(&kv.key.as_str()));
        let mut own: Vec<_> = own.map(|kv| (kv.key.to_string(), Value::as_str(&kv.value).into_owned())).collect();
        own.sort();
        assert!(values.insert((name.to_owned(), own), value).is_none(), "{name} is there twice");
    };
    match data {
        MetricData::Gauge(gauge) => gauge.data_points().for_each(|point| insert(point.attributes().collect(), number(point.value()))),
        MetricData::Sum(sum) => sum.data_points().for_each(|point| insert(point.attributes().collect(), number(point.value()))),
        MetricData::Histogram(histogram) => {
            histogram.data_points().for_each(|point| insert(point.attributes().collect(), point.count() as f64));
        }
        MetricData::ExponentialHistogram(_) => panic!("{name} is an exponential histogram"),
    }
}

fn key(name: &str, attributes: &[(&str, &str)]) -> (String, Vec<(String, String)>) {
    let mut attributes: Vec<_> = attributes.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    attributes.sort();
    (name.to_owned(), attributes)
}

/// What the handle tells, as the instruments have to.
fn expected(handle: &Handle) -> Values {
    let stats = handle.stats();
    let mut values = Values::new();
    let mut is = |name: &str, attributes: &[(&str, &str)], value: u64| {
        values.insert(key(name, attributes), value as f64);
    };
    let processed = "otel.sdk.processor.span.processed";
    is(processed, &[("spansieve.outcome", "forwarded")], stats.forwarded - stats.stripped);
    is(processed, &[("spansieve.outcome", "stripped"), ("error.type", "plugin_failed")], stats.stripped);
    is(processed, &[("spansieve.outcome", "sampled_out")], stats.sampled_out);
    is(processed, &[("spansieve.outcome", "withheld"), ("error.type", "plugin_failed")], stats.withheld);
    is(processed, &[("spansieve.outcome", "dropped"), ("error.type", "queue_full")], stats.dropped_queue_full);
    is(processed, &[("spansieve.outcome", "dropped"), ("error.type", "shutdown")], stats.dropped_shutdown);
    is("otel.sdk.processor.span.queue.size", &[], stats.queued);
    is("otel.sdk.processor.span.queue.capacity", &[], stats.queue_capacity);
    is("spansieve.in_flight", &[], stats.in_flight);
    is("spansieve.policy.generation", &[], handle.generation());
    for plugin in &stats.plugins {
        let name = ("spansieve.plugin.name", plugin.name.as_str());
        is("spansieve.plugin.calls", &[name], plugin.calls);
        is("spansieve.plugin.spans", &[name], plugin.spans);
        is("spansieve.plugin.edits", &[name], plugin.edits);
        is("spansieve.plugin.failed_spans", &[name], plugin.failed_spans);
        is("spansieve.plugin.replacements", &[name], plugin.replacements);
        for (state, count) in BreakerState::ALL.iter().zip(plugin.breaker_transitions) {
            is("spansieve.plugin.breaker.transitions", &[name, ("spansieve.breaker.state", state.name())], count);
        }
        if let Some(shadow) = &plugin.shadow {
            let differing = shadow.differing + shadow.only_serving + shadow.only_shadow;
            let of_each = [("differing", shadow.differing), ("only_serving", shadow.only_serving), ("only_shadow", shadow.only_shadow)];
            for (outcome, count) in of_each.into_iter().chain([("same", shadow.spans - differing)]) {
                is("spansieve.shadow.spans", &[name, ("spansieve.outcome", outcome)], count);
            }
        }
        is("spansieve.plugin.breaker.state", &[name], plugin.breaker as u64);
        is("spansieve.plugin.memory", &[name], plugin.memory);
        let known = plugin.traps + plugin.deadline_hits + plugin.limit_hits + plugin.nonsense;
        for (error, count) in [
            ("trap", plugin.traps),
            ("deadline", plugin.deadline_hits),
            ("limit", plugin.limit_hits),
            ("nonsense", plugin.nonsense),
            ("down", plugin.failures - known),
        ] {
            is("spansieve.plugin.failures", &[name, ("error.type", error)], count);
        }
        for (counter, count) in &plugin.counters {
            is("spansieve.plugin.counter", &[name, ("spansieve.counter.name", counter)], *count);
        }
    }
    values
}

/// Compares what can be compared, and answers with everything that was collected.
fn check(metrics: &Metrics, handle: &Handle) -> Values {
    let collected = metrics.collect();
    let mut told = collected.clone();
    told.retain(|(name, _), _| name != "spansieve.plugin.duration" && name != "spansieve.policy.reloads");
    assert_eq!(told, expected(handle));
    collected
}

#[test]
fn spans_plugins_and_the_queue() {
    let folder = Folder::empty();
    // Counts under a name of its own, and traps on batches of one span.
    let spans = "(i32.load offset=20 (local.get $batch))";
    let process = format!(
        "(call $count (i32.const 512) (i32.const 4) (i64.const 2)) (if (i32.eq {spans} (i32.const 1)) (then unreachable)) (i32.const 192)"
    );
    folder.write("moody.wasm", Guest::new(&process).component());
    let text = "{version: 1, plugins: [{name: moody, use: 'file:./moody.wasm', on_failure: strip}, {use: 'builtin:redact'}]}";
    let path = folder.write("policy.yaml", text);
    let (next, gate, _end) = gated();
    let options = Options { queue_spans: 32, batch_spans: 8, ..Options::default() };
    let (provider, handle) = start(Policy::from_file(path).expect("a policy"), next, options);
    let metrics = Metrics::of(&handle);
    check(&metrics, &handle);
    // A batch of one, on which the plugin fails; then more than the queue takes.
    end_spans(&provider, 1);
    gate.wait_for_somebody();
    let tracer = provider.tracer("test");
    (0..100).for_each(|_| tracer.start("planted@example.org").end());
    let collected = check(&metrics, &handle);
    assert_eq!(collected[&key("otel.sdk.processor.span.queue.size", &[])], 32.0);
    assert_eq!(
        collected[&key("otel.sdk.processor.span.processed", &[("spansieve.outcome", "dropped"), ("error.type", "queue_full")])],
        68.0
    );
    assert_eq!(
        collected[&key("otel.sdk.processor.span.processed", &[("spansieve.outcome", "stripped"), ("error.type", "plugin_failed")])],
        1.0
    );
    assert_eq!(collected[&key("spansieve.plugin.failures", &[("spansieve.plugin.name", "moody"), ("error.type", "trap")])], 1.0);
    gate.open();
    provider.force_flush().unwrap();
    let collected = check(&metrics, &handle);
    assert_eq!(collected[&key("otel.sdk.processor.span.processed", &[("spansieve.outcome", "forwarded")])], 32.0);
    let counter = key("spansieve.plugin.counter", &[("spansieve.plugin.name", "moody"), ("spansieve.counter.name", "test")]);
    assert!(collected[&counter] >= 2.0 * 4.0, "two for each batch that worked");
    // One for the batch of one span and one for each of the four behind it; the resource's is older than the instrument, or not.
    let batches = collected[&key("spansieve.plugin.duration", &[("spansieve.plugin.name", "redact")])];
    assert!((5.0..=6.0).contains(&batches), "{batches}");
    assert!(collected[&key("spansieve.plugin.edits", &[("spansieve.plugin.name", "redact")])] >= 4.0);
    provider.shutdown().unwrap();
    check(&metrics, &handle);
}

#[test]
fn counters_never_fall_while_spans_pass() {
    let (_folder, policy) = guest(&Guest::trapping(), "on_failure: strip");
    let (provider, handle) = start(policy, Next::default(), Options::default());
    let metrics = Metrics::of(&handle);
    let mut before = Values::new();
    std::thread::scope(|scope| {
        let application = scope.spawn(|| (0..20).for_each(|_| end_spans(&provider, 1000)));
        while !application.is_finished() {
            let now = metrics.collect();
            for (name, value) in now.iter().filter(|((name, _), _)| name == "otel.sdk.processor.span.processed") {
                assert!(before.get(name).is_none_or(|before| before <= value), "{name:?} fell from {:?} to {value}", before.get(name));
            }
            before = now;
        }
    });
    provider.shutdown().unwrap();
    check(&metrics, &handle);
}

#[test]
fn reloads_and_breakers() {
    let (_folder, policy) = guest(&Guest::trapping(), "on_failure: withhold");
    let (provider, handle) = start(policy, Next::default(), Options { batch_spans: 1, ..Options::default() });
    let metrics = Metrics::of(&handle);
    eventually("the breaker opens", || {
        end_spans(&provider, 10);
        handle.stats().plugins[0].breaker_transitions[BreakerState::Open as usize] > 0
    });
    provider.force_flush().unwrap();
    let collected = check(&metrics, &handle);
    let open = [BreakerState::Open as u64 as f64, BreakerState::HalfOpen as u64 as f64];
    assert!(open.contains(&collected[&key("spansieve.plugin.breaker.state", &[("spansieve.plugin.name", "a")])]));

    assert!(handle.reload().is_ok() && handle.replace(redact()).is_ok());
    assert!(handle.replace(parse("{version: 1, plugins: [{use: 'builtin:enrich', config: {actions: 5}}]}")).is_err());
    let untrue = "{version: 1, plugins: [], tests: [{name: untrue, given: \"a\\n\", expect: \"b\\n\"}]}";
    assert!(handle.replace(parse(untrue)).is_err());
    let collected = check(&metrics, &handle);
    let reloads = |outcome: &str, error: Option<&str>| {
        let attributes = [("spansieve.outcome", outcome), ("error.type", error.unwrap_or_default())];
        collected[&key("spansieve.policy.reloads", if error.is_some() { &attributes } else { &attributes[..1] })]
    };
    assert_eq!((reloads("reloaded", None), reloads("rolled_back", None)), (1.0, 0.0), "where nothing differs, nothing was reloaded");
    let refused = ["read", "compile", "configure", "test", "swap"].map(|step| reloads("refused", Some(step)));
    assert_eq!(refused, [0.0, 0.0, 1.0, 1.0, 0.0]);
    assert_eq!(collected[&key("spansieve.policy.generation", &[])], 2.0);
    let of_a = collected.keys().filter(|(_, attributes)| attributes.iter().any(|(_, value)| value == "a"));
    let of_a: Vec<_> = of_a.map(|(name, _)| name.as_str()).collect();
    assert_eq!(of_a, ["spansieve.plugin.duration"], "it is not in service any more; what was recorded stays");
    provider.shutdown().unwrap();
}

#[test]
fn a_processor_that_is_gone_has_no_figures() {
    let (provider, handle) = start(no_plugins(), Next::default(), Options::default());
    let metrics = Metrics::of(&handle);
    assert!(!metrics.collect().is_empty());
    drop((provider, handle));
    assert!(metrics.collect().is_empty());
}
