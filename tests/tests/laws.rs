//! Laws: a batch encoded and decoded is the same span, and redacting twice is redacting once.

use std::path::Path;

use opentelemetry::trace::{SpanContext, Status, TraceFlags, TraceState};
use opentelemetry::{Array, InstrumentationScope, KeyValue, Value};
use opentelemetry_sdk::trace::SpanData;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use spansieve::{Policy, bench, set_cache_directory};
use spansieve_runtime::{Batch, Chain, text};
use spansieve_tests::secrets::{Kind, percent_encoded};
use spansieve_tests::{Draw, Folder, Guest, policy, span};

const TEXTS: [&str; 8] = ["", "a", "GET /cart", "ada@example.org", "\u{fffd}\u{10ffff}", "tab\tand\nline", "\u{7f}\u{80}", "urn:x"];

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, rng_seed: RngSeed::Fixed(0x4c41_5753), failure_persistence: None, ..ProptestConfig::default() }
}

fn choices(length: usize) -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(any::<u32>(), 0..length)
}

fn spans(choices: &[u32], texts: &[&str]) -> Vec<SpanData> {
    let mut draw = Draw::new(choices);
    (0..1 + draw.below(5)).map(|_| span(&mut draw, texts)).collect()
}

/// Writes what the batch holds into spans.
fn write_back(spans: &mut [SpanData], batch: &Batch) {
    assert_eq!(spans.len(), batch.len());
    for (span, from) in spans.iter_mut().zip(batch.spans()) {
        bench::write_back(span, from);
    }
}

/// Makes everything another that a batch can give back. What a batch cannot change stays: ids, times, counts, how many events and links there are.
fn scramble(span: &mut SpanData) {
    let context = |context: &SpanContext| {
        let state = TraceState::from_key_value([("other", "one")]).expect("a tracestate");
        SpanContext::new(context.trace_id(), context.span_id(), TraceFlags::new(!context.trace_flags().to_u8()), context.is_remote(), state)
    };
    let attributes = |attributes: &mut Vec<KeyValue>| {
        attributes.reverse();
        attributes.retain(|kv| kv.key.as_str() != "a");
        attributes.iter_mut().for_each(|kv| kv.value = "scrambled".into());
        attributes.insert(0, KeyValue::new("other", 5));
    };
    span.span_context = context(&span.span_context);
    span.name = "scrambled".into();
    span.status = match span.status {
        Status::Ok => Status::error("scrambled"),
        _ => Status::Ok,
    };
    span.instrumentation_scope = InstrumentationScope::builder("scrambled").with_version("0").build();
    attributes(&mut span.attributes);
    for event in &mut span.events.events {
        event.name = "scrambled".into();
        attributes(&mut event.attributes);
    }
    for link in &mut span.links.links {
        link.span_context = context(&link.span_context);
        attributes(&mut link.attributes);
    }
}

/// The span as text with every bit of its doubles, since a NaN is not equal to itself. An array with nothing in it has no type.
fn shown(span: &SpanData) -> String {
    let mut span = span.clone();
    let exact = |attributes: &mut Vec<KeyValue>| {
        for kv in attributes {
            kv.value = match &kv.value {
                Value::F64(value) => format!("double {:016x}", value.to_bits()).into(),
                Value::Array(Array::F64(values)) if !values.is_empty() => {
                    format!("doubles {:x?}", values.iter().map(|value| value.to_bits()).collect::<Vec<_>>()).into()
                }
                Value::Array(Array::Bool(values)) if values.is_empty() => "[]".into(),
                Value::Array(Array::I64(values)) if values.is_empty() => "[]".into(),
                Value::Array(Array::F64(values)) if values.is_empty() => "[]".into(),
                Value::Array(Array::String(values)) if values.is_empty() => "[]".into(),
                other => other.clone(),
            };
        }
    };
    exact(&mut span.attributes);
    span.events.events.iter_mut().for_each(|event| exact(&mut event.attributes));
    span.links.links.iter_mut().for_each(|link| exact(&mut link.attributes));
    let scope = &span.instrumentation_scope;
    let mut attributes: Vec<KeyValue> = scope.attributes().cloned().collect();
    exact(&mut attributes);
    let mut shown = InstrumentationScope::builder(scope.name().to_owned()).with_attributes(attributes);
    if let Some(version) = scope.version() {
        shown = shown.with_version(version.to_owned());
    }
    if let Some(url) = scope.schema_url() {
        shown = shown.with_schema_url(url.to_owned());
    }
    span.instrumentation_scope = shown.build();
    format!("{span:#?}")
}

/// Compares spans and names the first lines that differ.
#[track_caller]
fn assert_same(after: &[SpanData], before: &[SpanData]) {
    assert_eq!(after.len(), before.len());
    for (after, before) in after.iter().zip(before) {
        let (after, before) = (shown(after), shown(before));
        if let Some((after, before)) = after.lines().zip(before.lines()).find(|(after, before)| after != before) {
            panic!("found {after:?}, expected {before:?}");
        }
        assert_eq!(after, before);
    }
}

/// A chain of two plugins that look at everything and edit nothing.
fn idle() -> Chain {
    set_cache_directory(Some(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("plugins")));
    let folder = Folder::empty();
    let path = policy(&folder, &[(&Guest::idle(), ""), (&Guest::idle(), "")]);
    Chain::load(&Policy::from_file(path).expect("a policy")).expect("a chain")
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn a_span_that_is_encoded_and_decoded_is_the_same_span(choices in choices(400)) {
        let original = spans(&choices, &TEXTS);
        let mut batch = Batch::new();
        bench::encode(&original, &mut batch);
        let mut same = original.clone();
        write_back(&mut same, &batch);
        assert_same(&same, &original);
        let mut scrambled = original.clone();
        scrambled.iter_mut().for_each(scramble);
        write_back(&mut scrambled, &batch);
        assert_same(&scrambled, &original);
    }
}

#[test]
fn a_span_that_passed_plugins_without_edits_is_the_same_span() {
    let chain = std::cell::RefCell::new(idle());
    let mut runner = proptest::test_runner::TestRunner::new(config(100));
    let law = |choices: Vec<u32>| {
        let mut original = spans(&choices, &TEXTS);
        // Unsampled ones do not pass.
        for span in &mut original {
            let context = &span.span_context;
            let flags = context.trace_flags() | TraceFlags::SAMPLED;
            span.span_context =
                SpanContext::new(context.trace_id(), context.span_id(), flags, context.is_remote(), context.trace_state().clone());
        }
        let mut batch = Batch::new();
        bench::encode(&original, &mut batch);
        let outcome = chain.borrow_mut().run(&mut batch);
        prop_assert_eq!(outcome.forwarded, original.len());
        prop_assert!(!batch.is_edited());
        let mut after = original.clone();
        after.iter_mut().for_each(scramble);
        write_back(&mut after, &batch);
        assert_same(&after, &original);
        Ok(())
    };
    runner.run(&choices(400), law).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn redacting_twice_is_redacting_once() {
    set_cache_directory(Some(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("plugins")));
    let redact = Policy::parse("{version: 1, plugins: [{use: 'builtin:redact'}]}", "policy.yaml", Path::new("")).expect("a policy");
    let chain = std::cell::RefCell::new(Chain::load(&redact).unwrap_or_else(|error| panic!("{error}")));
    let mut texts: Vec<String> = TEXTS.iter().map(|text| (*text).to_owned()).collect();
    for (number, kind) in Kind::ALL.into_iter().enumerate() {
        let secret = kind.in_text(&kind.secret(number as u32));
        texts.extend([
            format!("{secret}{secret}"),
            format!("for {secret}, {secret}"),
            format!("https://example.com/?q={}&password=x", percent_encoded(&secret)),
            format!("{{\"password\": \"{secret}\", \"n\": 5}}"),
            secret,
        ]);
    }
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let mut runner = proptest::test_runner::TestRunner::new(config(150));
    let law = |choices: Vec<u32>| {
        let mut chain = chain.borrow_mut();
        let original = spans(&choices, &texts);
        let mut batch = Batch::new();
        bench::encode(&original, &mut batch);
        for _ in 0..original.len() {
            batch.push_loose_text(texts[choices.first().map_or(0, |first| *first as usize % texts.len())]);
        }
        chain.run(&mut batch);
        let once = text::print(&batch, &text::Style::FULL);
        let loose: Vec<String> = (0..original.len()).map(|number| batch.loose_text(number).to_owned()).collect();
        let edits = chain.stats().plugins()[0].edits;
        chain.run(&mut batch);
        prop_assert_eq!(text::print(&batch, &text::Style::FULL), once);
        prop_assert_eq!((0..original.len()).map(|number| batch.loose_text(number).to_owned()).collect::<Vec<_>>(), loose);
        prop_assert_eq!(chain.stats().plugins()[0].edits, edits, "the second time there is nothing to edit");
        prop_assert_eq!(chain.stats().plugins()[0].failures, 0);
        Ok(())
    };
    runner.run(&choices(500), law).unwrap_or_else(|error| panic!("{error}"));
    let stats = chain.borrow().stats().plugins().remove(0);
    assert!(stats.edits > 1000, "there was something to redact: {stats:?}");
}
