use std::time::Duration;

use serde_json::json;
use spansieve_plugin::test::{Plugin, Span, batch, resource, scope, span, take_counters};
use spansieve_plugin::{SpanKind, Status};

use super::SloTagging;

fn plugin() -> Plugin<SloTagging> {
    let config = json!({"objectives": [
        {"name": "checkout", "route": "/checkout/*", "latency": "300ms"},
        {"name": "reports", "span_name": "report *", "service": "shop", "latency": "1m", "errors": false},
        {"name": "search", "route": "/search"},
    ]});
    Plugin::new(config).unwrap()
}

fn request(route: &str, millis: u64) -> Span {
    span("GET").kind(SpanKind::Server).remote_parent([1; 8]).lasting(Duration::from_millis(millis)).attr("http.route", route)
}

/// What the policy says of a request: name, whether it was met, and what it was missed by.
fn said(of: Span) -> String {
    let after = plugin().run(batch().resource(resource().attr("service.name", "shop")).scope(scope("test")).span(of));
    let text = |key: &str| after.span(0).get(key).map_or("-".to_owned(), |value| format!("{value:?}"));
    format!("{} {} {}", text("slo.name"), text("slo.met"), text("slo.missed_by"))
}

#[test]
fn a_request_meets_its_objective_or_says_what_it_missed_it_by() {
    assert_eq!(said(request("/checkout/pay", 300)), r#"Str("checkout") Bool(true) -"#);
    assert_eq!(said(request("/checkout/pay", 301)), r#"Str("checkout") Bool(false) Str("latency")"#);
    assert_eq!(said(request("/checkout/pay", 301).status(Status::Error)), r#"Str("checkout") Bool(false) Str("error")"#);
    assert_eq!(said(request("/checkout/pay", 1).attr("http.response.status_code", 503)), r#"Str("checkout") Bool(false) Str("error")"#);
    assert_eq!(said(request("/checkout/pay", 1).attr("http.response.status_code", 404)), r#"Str("checkout") Bool(true) -"#);
    assert_eq!(said(request("/search", 60_000)), r#"Str("search") Bool(true) -"#);
    assert_eq!(said(request("/about", 1)), "- - -");
}

#[test]
fn jobs_have_objectives_too_but_what_is_inside_of_them_has_none() {
    let job = span("report sales").status(Status::Error).lasting(Duration::from_secs(60));
    assert_eq!(said(job.clone()), r#"Str("reports") Bool(true) -"#);
    assert_eq!(said(job.parent([1; 8])), "- - -");
}

#[test]
fn requests_are_counted_whatever_becomes_of_them() {
    take_counters();
    let mut plugin = plugin();
    plugin.run(batch().span(request("/checkout/pay", 1)).span(request("/checkout/pay", 500).not_sampled()).span(request("/search", 1)));
    plugin.run(batch().span(request("/search", 1)));
    let counters = take_counters().into_iter().map(|(name, count)| format!("{name}={count}")).collect::<Vec<_>>().join(" ");
    assert_eq!(counters, "checkout.good=1 checkout.total=2 search.good=2 search.total=2");
}

#[test]
fn configurations_that_promise_nothing_are_refused() {
    for (objectives, message) in [
        (json!([]), "objectives: expected one at least"),
        (json!([{"name": "a"}]), "objectives[0]: expected one of route, span_name and service"),
        (json!([{"name": "", "route": "/"}]), "objectives[0].name: expected a name"),
        (json!([{"name": "a", "route": "/"}, {"name": "a", "route": "/b"}]), "objectives[1].name: another objective has this name already"),
        (
            json!([{"name": "a", "route": "/", "errors": false}]),
            "objectives[0]: expected a latency, or `errors: true`: nothing is promised",
        ),
        (
            json!([{"name": "a", "route": "/", "latency": "300"}]),
            "objectives[0].latency: expected a length of time with its unit, such as 300ms or 1.5s, found \"300\"",
        ),
        (
            json!([{"name": "a", "route": "/", "latency": "-1s"}]),
            "objectives[0].latency: expected a length of time with its unit, such as 300ms or 1.5s, found \"-1s\"",
        ),
    ] {
        let error = Plugin::<SloTagging>::new(json!({ "objectives": objectives })).err().unwrap();
        assert_eq!(error.to_string(), message);
    }
}
