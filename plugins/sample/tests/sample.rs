//! What is kept and what is dropped.

use std::time::Duration;

use serde_json::{Value as Json, json};
use spansieve_plugin::test::{Outcome, Plugin, Span, batch, event, resource, span, take_counters};
use spansieve_plugin::{Status, TraceReason};
use spansieve_sample::Sample;

fn plugin(config: Json) -> Plugin<Sample> {
    Plugin::new(config).unwrap()
}

/// Runs one trace, of which the head sampler samples nothing.
fn run(plugin: &mut Plugin<Sample>, id: u8, reason: TraceReason, spans: Vec<Span>) -> Outcome {
    plugin.run(batch().head_probability(0.0).trace([id; 16], reason, spans.into_iter().map(Span::not_sampled)))
}

/// Whether a trace of these unsampled spans is kept; all of its spans must share its fate.
fn keeps(keep: Json, spans: Vec<Span>) -> bool {
    let count = spans.len();
    let after = run(&mut plugin(json!({"keep": keep})), 1, TraceReason::RootEnded, spans);
    let kept = after.is_kept(0);
    assert!((0..count).all(|i| after.is_kept(i) == kept && after.is_dropped(i) != kept));
    kept
}

fn error(name: &str) -> Span {
    span(name).status(Status::Error)
}

#[test]
fn a_trace_with_an_error_anywhere_is_kept_whole() {
    assert!(keeps(json!(["errors"]), vec![span("root"), span("child"), error("sql")]));
    assert!(!keeps(json!(["errors"]), vec![span("root").status(Status::Ok), span("child")]));
}

#[test]
fn a_trace_with_an_exception_event_is_kept_where_that_is_a_rule() {
    let caught = span("child").event(event("log")).event(event("exception"));
    assert!(keeps(json!(["exceptions"]), vec![span("root"), caught.clone()]));
    assert!(!keeps(json!(["errors"]), vec![span("root"), caught]));
    assert!(!keeps(json!(["exceptions"]), vec![error("root").event(event("log"))]));
}

#[test]
fn a_slow_span_keeps_its_trace() {
    let lasting = |ms| vec![span("root").lasting(Duration::from_millis(ms))];
    assert!(keeps(json!([{"slow": "5s"}]), lasting(5000)), "just as long counts as slow");
    assert!(!keeps(json!([{"slow": "5s"}]), lasting(4999)));
}

#[test]
fn an_attribute_keeps_its_trace_by_key_or_by_value() {
    let with = |value: spansieve_plugin::test::Value| vec![span("root"), span("child").attr("sampling.priority", value)];
    let rule = |equals: Json| json!([{"attribute": {"key": "sampling.priority", "equals": equals}}]);
    assert!(keeps(rule(json!(1)), with(1.into())));
    assert!(!keeps(rule(json!(1)), with(0.into())));
    assert!(!keeps(rule(json!(1)), with("1".into())), "a string is no number");
    assert!(keeps(rule(json!("1")), with("1".into())));
    assert!(keeps(rule(json!(true)), with(true.into())));
    assert!(keeps(rule(json!(0.5)), with(0.5.into())));
    assert!(keeps(json!([{"attribute": {"key": "sampling.priority"}}]), with(0.into())));
    assert!(!keeps(json!([{"attribute": {"key": "other"}}]), with(0.into())));
}

#[test]
fn the_rest_is_what_the_head_sampler_sampled() {
    let given = batch().trace([1; 16], TraceReason::RootEnded, [span("a"), span("b")]).trace(
        [2; 16],
        TraceReason::RootEnded,
        [span("c").not_sampled(), span("d").not_sampled()],
    );
    let after = plugin(json!({})).run(given);
    assert_eq!([0, 1, 2, 3].map(|i| after.is_dropped(i)), [false, false, true, true]);
    assert!(after.edits.len() == 2, "nothing is said of how many the others stand for, since nobody knows: {:?}", after.edits);
}

#[test]
fn a_ratio_of_zero_drops_all_the_rest() {
    let after = plugin(json!({"keep": ["errors"], "rest": {"ratio": 0}})).run(batch().span(span("a")).span(error("b").trace_id([2; 16])));
    assert!(after.is_dropped(0) && !after.is_dropped(1));
}

#[test]
fn a_kept_trace_says_that_it_stands_for_itself() {
    let mut plugin = plugin(json!({"keep": ["errors"], "reason_attribute": "sampling.rule"}));
    let after = run(&mut plugin, 1, TraceReason::RootEnded, vec![error("root").tracestate("vendor=1"), span("child")]);
    assert_eq!(after.span(0).tracestate.as_deref(), Some("ot=th:0,vendor=1"));
    assert_eq!(after.span(1).tracestate.as_deref(), Some("ot=th:0"));
    assert_eq!(after.span(0).get("sampling.rule"), Some(&"errors".into()));
    assert_eq!(after.span(1).get("sampling.rule"), None, "only the local root says why");
}

#[test]
fn the_first_rule_that_matches_is_the_reason() {
    let config = json!({"keep": [{"slow": "1s"}, "errors", {"attribute": {"key": "vip"}}], "reason_attribute": "why"});
    let reason = |root: Span| run(&mut plugin(config.clone()), 1, TraceReason::RootEnded, vec![root]).span(0).get("why").cloned();
    assert_eq!(reason(error("a").lasting(Duration::from_secs(2))), Some("slow".into()));
    assert_eq!(reason(error("a").attr("why", "?").attr("vip", 1)), Some("errors".into()));
    assert_eq!(reason(span("a").attr("vip", 1)), Some("attribute.vip".into()));
    let after = plugin(config.clone()).run(span("a"));
    assert_eq!(after.span(0).get("why"), Some(&"rest".into()));
}

#[test]
fn late_spans_follow_the_decision() {
    let mut plugin = plugin(json!({"keep": ["errors"]}));
    run(&mut plugin, 1, TraceReason::RootEnded, vec![error("root")]);
    run(&mut plugin, 2, TraceReason::RootEnded, vec![span("root")]);
    let late = |plugin: &mut _, id| run(plugin, id, TraceReason::Late, vec![span("late").parent([9; 8])]);
    let after = late(&mut plugin, 1);
    assert!(after.is_kept(0));
    assert_eq!(after.span(0).tracestate.as_deref(), Some("ot=th:0"));
    assert!(late(&mut plugin, 2).is_dropped(0));
    assert!(late(&mut plugin, 3).is_dropped(0), "nothing is remembered, and it is not sampled");
}

#[test]
fn a_late_error_is_kept_even_if_its_trace_was_dropped() {
    take_counters();
    let mut plugin = plugin(json!({"keep": ["errors"]}));
    run(&mut plugin, 1, TraceReason::RootEnded, vec![span("root")]);
    let after = run(&mut plugin, 1, TraceReason::Late, vec![error("late").parent([9; 8])]);
    assert!(after.is_kept(0));
    assert_eq!(after.span(0).tracestate.as_deref(), Some("ot=th:0"));
    assert!(run(&mut plugin, 1, TraceReason::Late, vec![span("later").parent([9; 8])]).is_kept(0));
    let counters = take_counters();
    assert_eq!((counters["dropped.head"], counters["late.rescued"], counters["late.kept"]), (1, 1, 1));
}

#[test]
fn a_late_error_of_a_thinned_trace_stands_for_itself_only() {
    let mut plugin = plugin(json!({"keep": ["errors"], "rest": {"ratio": 0.25}}));
    let id = [0xFF; 16];
    let first = plugin.run(batch().head_probability(1.0).trace(id, TraceReason::RootEnded, [span("root")]));
    assert_eq!(first.span(0).tracestate.as_deref(), Some("ot=th:c"));
    let late = |span: Span| batch().head_probability(1.0).trace(id, TraceReason::Late, [span.parent([9; 8])]);
    assert_eq!(plugin.run(late(span("late"))).span(0).tracestate.as_deref(), Some("ot=th:c"));
    assert_eq!(plugin.run(late(error("late"))).span(0).tracestate.as_deref(), Some("ot=th:0"));
}

#[test]
fn the_memory_moves_to_the_next_instance() {
    let config = json!({"keep": ["errors"]});
    let mut first = plugin(config.clone());
    run(&mut first, 1, TraceReason::RootEnded, vec![error("root")]);
    let mut second = plugin(config.clone());
    second.restore(&first.save()).unwrap();
    assert!(run(&mut second, 1, TraceReason::Late, vec![span("late").parent([9; 8])]).is_kept(0));
    assert!(plugin(config).restore(b"\x07").unwrap_err().contains("version 7"));
}

#[test]
fn traces_are_counted_by_what_became_of_them() {
    take_counters();
    let given = batch()
        .head_probability(1.0)
        .trace([1; 16], TraceReason::RootEnded, [error("a"), span("b")])
        .trace([0xFF; 16], TraceReason::RootEnded, [span("c")])
        .trace([0; 16], TraceReason::RootEnded, [span("d")])
        .trace([2; 16], TraceReason::TimedOut, [span("e").not_sampled()]);
    plugin(json!({"keep": ["errors"], "rest": {"ratio": 0.5}})).run(given);
    let counters: Vec<_> = take_counters().into_iter().collect();
    let expected = [("dropped.head", 1), ("dropped.ratio", 1), ("kept.errors", 1), ("kept.rest", 1)];
    assert_eq!(counters, expected.map(|(name, n)| (name.to_owned(), n)));
}

#[test]
fn a_batch_without_spans_is_left_alone() {
    assert!(plugin(json!({"keep": ["errors"]})).run(batch().resource(resource().attr("a", 1))).blob.is_empty());
}

#[test]
fn errors_say_where_and_what_was_expected() {
    let error = |config: Json| match Plugin::<Sample>::new(config) {
        Ok(_) => panic!("it should not have been accepted"),
        Err(error) => error.to_string(),
    };
    assert_eq!(
        error(json!({"keep": ["errors", {"slow": "500"}]})),
        r#"keep[1].slow: invalid value: string "500", expected a length of time with its unit, such as 500ms, 1.5s or 2m"#
    );
    assert!(error(json!({"keep": ["error"]})).starts_with("keep[0]: unknown variant `error`, expected one of `errors`"));
    assert_eq!(error(json!({"rest": {"ratio": 2}})), "rest.ratio: expected a ratio from 0 to 1, found 2");
    assert!(error(json!({"rest": {"ration": 1}})).starts_with("rest.ration: unknown field `ration`"));
    assert_eq!(error(json!({"precision": 15})), "precision: expected 1 to 14 digits");
    assert_eq!(
        error(json!({"keep": [{"attribute": {"key": "a", "equals": []}}]})),
        "keep[0].attribute.equals: expected a string, a number or a boolean"
    );
}
