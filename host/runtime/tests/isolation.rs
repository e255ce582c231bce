//! Spans on which a plugin fails are found, and they alone take its failure rule.

mod support;

use std::path::Path;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use spansieve_runtime::batch::SpanFields;
use spansieve_runtime::{Batch, BreakerState, Chain, Outcome, Policy, TraceReason, set_cache_directory};
use support::log::log_of;
use support::{Folder, Guest, policy};

/// Fails on every batch in which the text `poison` stands.
fn fails_on_poison(how: &str) -> Guest {
    let process = format!(
        "(local $at i32) (local $end i32)
         (local.set $at (local.get $batch))
         (local.set $end (i32.sub (i32.add (local.get $batch) (local.get $len)) (i32.const 6)))
         (loop $on
           (if (i32.and (i32.eq (i32.load (local.get $at)) (i32.const 0x73696f70))
                        (i32.eq (i32.load16_u offset=4 (local.get $at)) (i32.const 0x6e6f)))
             (then {how}))
           (local.set $at (i32.add (local.get $at) (i32.const 1)))
           (br_if $on (i32.lt_u (local.get $at) (local.get $end))))
         (i32.const 192)"
    );
    Guest::new(&process)
}

fn chain(guest: &Guest, rest: &str) -> Chain {
    set_cache_directory(Some(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("plugins")));
    let folder = Folder::empty();
    Chain::load(&Policy::from_file(policy(&folder, &[(guest, rest)])).expect("the policy is right"))
        .unwrap_or_else(|error| panic!("{error}"))
}

/// Spans of a resource and two scopes, called by their number; those in `poisoned` carry the poison. Traces have three spans each, where they are grouped.
fn batch(spans: usize, poisoned: &[usize], grouped: bool) -> Batch {
    let mut batch = Batch::new();
    batch.push_resource("", 0);
    batch.push_str(Some("service.name"), "shop");
    batch.end_group();
    for scope in ["one", "two"] {
        batch.push_scope(&spansieve_runtime::batch::ScopeFields { name: scope, ..Default::default() });
        batch.end_group();
    }
    for number in 0..spans {
        let name = number.to_string();
        batch.push_span(&SpanFields {
            name: &name,
            scope: number as u32 % 2,
            flags: 1,
            span_id: [1; 8],
            trace_id: [1; 16],
            ..SpanFields::default()
        });
        batch.push_str(Some("value"), if poisoned.contains(&number) { "poison" } else { "wholesome" });
        batch.end_group();
        if grouped && (number % 3 == 2 || number + 1 == spans) {
            batch.end_trace(TraceReason::RootEnded);
        }
    }
    batch
}

/// What is left of spans: number, and whether it was stripped.
fn left(batch: &Batch) -> Vec<(usize, bool)> {
    batch
        .spans()
        .map(|span| {
            if span.is_stripped() {
                assert_eq!((span.name(), span.attributes().len()), ("[stripped]", 0));
            } else {
                assert_eq!(span.name(), span.source().to_string());
                assert_eq!(span.scope().name(), ["one", "two"][span.source() % 2]);
                assert_eq!(span.scope().resource().attributes().len(), 1);
            }
            (span.source(), span.is_stripped())
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn only_poisoned_spans_take_the_failure_rule(spans in 2..700_usize, draws in prop::collection::vec(any::<prop::sample::Index>(), 0..6), grouped: bool) {
        let poisoned: Vec<usize> = draws.iter().map(|draw| draw.index(spans)).collect();
        for rule in ["strip", "pass", "withhold"] {
            let mut chain = chain(&fails_on_poison("unreachable"), &format!("on_failure: {rule}"));
            let mut batch = batch(spans, &poisoned, grouped);
            let traces: Vec<_> = batch.traces().collect();
            let outcome = chain.run(&mut batch);
            let is_poisoned = |number: &usize| poisoned.contains(number);
            let failed = (0..spans).filter(is_poisoned).count();
            let expected: Vec<_> = match rule {
                "strip" => (0..spans).map(|number| (number, is_poisoned(&number))).collect(),
                "pass" => (0..spans).map(|number| (number, false)).collect(),
                _ => (0..spans).filter(|number| !is_poisoned(number)).map(|number| (number, false)).collect(),
            };
            prop_assert_eq!(left(&batch), expected);
            let withheld = if rule == "withhold" { failed } else { 0 };
            let stripped = if rule == "strip" { failed } else { 0 };
            prop_assert_eq!(outcome, Outcome { forwarded: spans - withheld, withheld, stripped, sampled_out: 0 });
            prop_assert_eq!(chain.stats().plugins()[0].failed_spans, failed as u64);
            if grouped {
                let of = |spans: &std::ops::Range<usize>| spans.clone().filter(|number| withheld == 0 || !is_poisoned(number)).count();
                let sizes: Vec<_> = traces.iter().map(|(spans, _)| of(spans)).filter(|size| *size > 0).collect();
                prop_assert_eq!(batch.traces().map(|(spans, _)| spans.len()).collect::<Vec<_>>(), sizes);
            }
        }
    }
}

#[test]
fn a_plugin_that_asked_for_whole_traces_is_never_given_a_part_of_one() {
    let guest = Guest { whole_traces: true, ..fails_on_poison("unreachable") };
    let mut chain = chain(&guest, "on_failure: withhold");
    let mut batch = batch(300, &[100, 101, 250], true);
    let outcome = chain.run(&mut batch);
    // Spans 99 to 101 are a trace, and 249 to 251 are one.
    assert_eq!(outcome, Outcome { forwarded: 294, withheld: 6, ..Outcome::default() });
    assert!(left(&batch).iter().all(|(number, _)| !(99..=101).contains(number) && !(249..=251).contains(number)));
}

#[test]
fn one_poisoned_span_of_512_costs_few_calls_and_instances() {
    let mut chain = chain(&fails_on_poison("unreachable"), "on_failure: strip");
    chain.run(&mut batch(512, &[77], false));
    let stats = chain.stats().plugins().remove(0);
    assert!(stats.calls <= 26 && stats.failures == 4 && stats.replacements == 4, "{stats:?}");
    assert_eq!((stats.breaker, stats.traps), (BreakerState::Closed, 4));
}

#[test]
fn a_poisoned_span_that_never_ends_costs_no_more_than_five_deadlines() {
    let mut chain = chain(&fails_on_poison("(loop $for_ever (br $for_ever))"), "on_failure: strip, limits: {deadline: 30ms}");
    let started = Instant::now();
    let mut spans = batch(512, &[3, 500], false);
    let outcome = chain.run(&mut spans);
    let took = started.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert_eq!(outcome.forwarded, 512);
    assert!(outcome.stripped >= 2 && spans.span(3).is_stripped() && spans.span(500).is_stripped(), "{outcome:?}");
}

#[test]
fn a_plugin_that_fails_on_everything_is_let_rest_and_every_span_takes_the_rule() {
    let mut chain = chain(&Guest::trapping(), "on_failure: strip");
    for _ in 0..50 {
        let outcome = chain.run(&mut batch(512, &[], false));
        assert_eq!(outcome, Outcome { forwarded: 512, stripped: 512, ..Outcome::default() });
    }
    let stats = chain.stats().plugins().remove(0);
    assert_ne!(stats.breaker, BreakerState::Closed);
    assert_eq!(stats.failed_spans, 50 * 512);
    assert!(stats.calls < 200, "{stats:?}");
}

#[test]
fn a_poisoned_resource_means_that_every_span_takes_the_rule() {
    let mut chain = chain(&fails_on_poison("unreachable"), "on_failure: strip");
    let mut spans = Batch::new();
    spansieve_runtime::text::parse("resource k=\"poison\"\na  server\nb  server\n", &mut spans).unwrap();
    let outcome = chain.run(&mut spans);
    assert_eq!(outcome, Outcome { forwarded: 2, stripped: 2, ..Outcome::default() });
    assert!(spans.resources().all(|resource| resource.attributes().is_empty()));
}

#[test]
fn a_failure_says_how_often_in_what_function_and_under_which_function_it_happened() {
    let guest = Guest {
        process: "(call $outer) (i32.const 192)".into(),
        fields: "(func $inner unreachable) (func $outer (call $inner) (call $inner))".into(),
        ..Guest::idle()
    };
    let log = log_of(|| {
        chain(&guest, "on_failure: strip").run(&mut batch(1, &[], false));
    });
    assert!(log.contains("trapped: wasm trap: wasm `unreachable` instruction executed; in inner < outer < "), "{log}");
    assert!(log.contains("plugin=a") || log.contains("plugin=\"a\""), "{log}");
}

#[test]
fn a_plugin_that_always_needs_most_of_its_memory_is_renewed_less_and_less_often() {
    // 32 pages from the start, which are 2 MiB.
    let log = log_of(|| {
        let mut chain = chain(&Guest::idle(), "limits: {memory: 2560KiB}");
        (0..300).for_each(|_| assert_eq!(chain.run(&mut batch(1, &[], false)).forwarded, 1));
    });
    // After 1, 2, 4 and so on up to 128 calls, which are 255.
    assert_eq!(log.matches("was replaced").count(), 8, "{log}");
}
