//! Every field of a span, and every type of value.

mod support;

use serde_json::json;
use spansieve_plugin::test::{Batch, Value, batch, event, link, resource, scope, span, take_counters};
use support::{plugin, standard};

const R: &str = "[REDACTED]";

/// A batch with a different address in each place that can carry text.
fn everywhere() -> Batch {
    let nested = Value::Map(vec![
        ("k8@example.org".into(), "v9@example.org".into()),
        ("list".into(), Value::Array(vec!["x".into(), Value::Array(vec!["v10@example.org".into()]), 4111111111111111i64.into()])),
    ]);
    let mut batch = batch()
        .resource(resource().schema_url("https://a1@example.org/s").attr("owner", "r2@example.org").attr("r3@example.org", "x"))
        .scope(scope("lib s4@example.org").version("1 s5@example.org").schema_url("u6@example.org").attr("owner", "s7@example.org"))
        .span(
            span("GET n11@example.org")
                .message("m12@example.org failed")
                .tracestate("crm=t13@example.org,cdn=edge-4")
                .attr("k14@example.org", "v15@example.org")
                .attr("list", vec!["v16@example.org", "y"])
                .attr("nested", nested)
                .attr("bytes", &b"raw v17@example.org"[..])
                .event(event("e18@example.org").attr("e19@example.org", "e20@example.org"))
                .link(link().tracestate("a=b,crm=l21@example.org").attr("l22@example.org", "l23@example.org")),
        );
    batch.loose_texts.push("loose 24@example.org".into());
    batch
}

#[test]
fn an_address_goes_from_every_field() {
    let before = everywhere();
    assert_eq!(format!("{before:?}").matches("@example.org").count(), 23);
    let after = standard().run(before).batch;
    let shown = format!("{after:?}");
    assert!(!shown.contains("example.org"), "{shown}");
    let span = &after.spans[0];
    assert_eq!(span.name, "GET [REDACTED]");
    assert_eq!(span.message.as_deref(), Some("[REDACTED] failed"));
    assert_eq!(span.get("list"), Some(&vec![R, "y"].into()));
    assert_eq!(span.get("bytes"), Some(&"raw [REDACTED]".into()));
    assert_eq!(span.get(R), Some(&R.into()));
    assert_eq!(span.events[0].name, R);
    assert_eq!(after.scopes[0].name, "lib [REDACTED]");
    assert_eq!(after.loose_texts, ["loose [REDACTED]"]);
}

#[test]
fn a_key_that_says_what_its_value_is_counts_for_every_type_below_it() {
    let ids = Value::Array(vec!["S2740116C".into(), 2190999991i64.into(), "see L01X00T47".into()]);
    let before = span("x")
        .attr("user.ssn", "219099999")
        .attr("ssnOfUser", 219099999i64)
        .attr("order", "219099998")
        .attr("orders", 219099998i64)
        .attr("classname", "219099998")
        .attr("nric", ids)
        .attr(
            "customer",
            Value::Map(vec![
                ("phone".into(), "0494928232".into()),
                ("fax_at".into(), 494928232i64.into()),
                ("n".into(), 494928233i64.into()),
            ]),
        );
    let mut plugin = standard();
    let once = plugin.run(before);
    let after = once.span(0);
    assert_eq!(after.get("user.ssn"), Some(&R.into()));
    assert_eq!(after.get("ssnOfUser"), Some(&R.into()));
    for key in ["order", "classname"] {
        assert_eq!(after.get(key), Some(&"219099998".into()), "{key}");
    }
    assert_eq!(after.get("orders"), Some(&219099998i64.into()));
    assert_eq!(after.get("nric"), Some(&Value::Array(vec![R.into(), 2190999991i64.into(), "see L01X00T47".into()])));
    let customer = Value::Map(vec![("phone".into(), R.into()), ("fax_at".into(), R.into()), ("n".into(), 494928233i64.into())]);
    assert_eq!(after.get("customer"), Some(&customer));
    assert_eq!(plugin.run(once.batch.clone()).edits, []);
}

#[test]
fn a_second_run_changes_nothing() {
    let mut plugin = standard();
    let once = plugin.run(everywhere());
    let twice = plugin.run(once.batch.clone());
    assert_eq!(twice.edits, []);
    assert!(twice.blob.is_empty());
}

#[test]
fn a_batch_in_which_nothing_is_found_gives_no_edits() {
    assert!(standard().run(span("GET /cart").attr("http.route", "/cart").attr("n", 3)).blob.is_empty());
    assert!(standard().run(batch()).blob.is_empty());
}

#[test]
fn nested_values_keep_their_shape() {
    let headers = Value::Map(vec![("authorization".into(), "Basic abc".into()), ("accept".into(), "text/html".into())]);
    let after = standard().run(span("x").attr("http", Value::Map(vec![("headers".into(), headers)])));
    let headers = Value::Map(vec![("authorization".into(), R.into()), ("accept".into(), "text/html".into())]);
    assert_eq!(after.span(0).get("http"), Some(&Value::Map(vec![("headers".into(), headers)])));
}

#[test]
fn a_key_rule_takes_values_of_every_type_and_everything_below() {
    let mut plugin = plugin(
        json!({"keys": [{"contains": "secret"}, {"exact": "user.id"}, {"glob": "http.request.header.*"}], "except": [{"exact": "secret.count"}]}),
    );
    let below = Value::Array(vec![1.into(), Value::Map(vec![("x".into(), 1.5.into()), ("y".into(), Value::Empty)])]);
    let after = plugin.run(
        span("x")
            .attr("a.SECRET", "s")
            .attr("secret.count", 5)
            .attr("user.id", 17)
            .attr("user.ids", 17)
            .attr("http.request.header.accept", vec!["a", "b"])
            .attr("secret.flag", true)
            .attr("secret.bytes", &b"x"[..])
            .attr("secret.empty", "")
            .attr("secrets", below)
            .event(event("e").attr("secret", "s"))
            .link(link().attr("secret", "s")),
    );
    let span = after.span(0);
    for key in ["a.SECRET", "user.id", "secret.flag", "secret.bytes"] {
        assert_eq!(span.get(key), Some(&R.into()), "{key}");
    }
    assert_eq!(span.get("secret.count"), Some(&5.into()));
    assert_eq!(span.get("user.ids"), Some(&17.into()));
    assert_eq!(span.get("http.request.header.accept"), Some(&vec![R, R].into()));
    assert_eq!(span.get("secret.empty"), Some(&"".into()));
    assert_eq!(
        span.get("secrets"),
        Some(&Value::Array(vec![R.into(), Value::Map(vec![("x".into(), R.into()), ("y".into(), Value::Empty)])]))
    );
    assert_eq!(span.events[0].get("secret"), Some(&R.into()));
    assert_eq!(span.links[0].get("secret"), Some(&R.into()));
}

#[test]
fn the_same_text_under_another_key_stays() {
    let after = standard().run(span("x").attr("password", "open").attr("state", "open"));
    assert_eq!(after.span(0).get("password"), Some(&R.into()));
    assert_eq!(after.span(0).get("state"), Some(&"open".into()));
}

#[test]
fn numbers_that_are_data_become_texts() {
    let mut plugin = plugin(json!({"values": ["card"], "keys": [], "custom": [{"name": "badge", "regex": r"\b77\d{4}\b"}]}));
    let after = plugin.run(
        span("x")
            .attr("card", 4111111111111111i64)
            .attr("double", 4111111111111111.0)
            .attr("millis", 1732187654321i64)
            .attr("badge", 771234)
            .attr("port", 8443)
            .attr("ratio", 0.25),
    );
    for key in ["card", "double", "badge"] {
        assert_eq!(after.span(0).get(key), Some(&R.into()), "{key}");
    }
    assert_eq!(after.span(0).get("millis"), Some(&1732187654321i64.into()));
    assert_eq!(after.span(0).get("port"), Some(&8443.into()));
    assert_eq!(after.span(0).get("ratio"), Some(&0.25.into()));
}

#[test]
fn bytes_that_are_no_text_become_the_replacement() {
    let after = standard().run(span("x").attr("a", &b"\xFF\xFEana@example.org"[..]).attr("b", &b"\xFF\xFE\x00"[..]));
    assert_eq!(after.span(0).get("a"), Some(&R.into()));
    assert_eq!(after.span(0).get("b"), Some(&(&b"\xFF\xFE\x00"[..]).into()));
}

#[test]
fn a_tracestate_loses_members_and_stays_valid() {
    let mut plugin = standard();
    let mut after = |tracestate: &str| plugin.run(span("x").tracestate(tracestate)).span(0).tracestate.clone();
    assert_eq!(after("crm=ana@example.org,cdn=edge-4").as_deref(), Some("cdn=edge-4"));
    assert_eq!(after("cdn=edge-4 , token=abc").as_deref(), Some("cdn=edge-4"));
    assert_eq!(after("crm=ana%40example.org"), None);
    assert_eq!(after("a=1,b=2").as_deref(), Some("a=1,b=2"));
}

#[test]
fn sampling_survives_in_a_tracestate() {
    let mut plugin = standard();
    let mut after = |tracestate: &str| plugin.run(span("x").tracestate(tracestate)).span(0).tracestate.clone();
    assert_eq!(after("ot=th:fd70a;rv:41111111111114,crm=ana@example.org").as_deref(), Some("ot=th:fd70a;rv:41111111111114"));
    assert_eq!(after("ot=th:4222222222222").as_deref(), Some("ot=th:4222222222222"));
    assert_eq!(after("ot=th:0;x:987-65-4321,a=b").as_deref(), Some("ot=th:0,a=b"));
    assert_eq!(after("ot=x:987-65-4321,a=b").as_deref(), Some("a=b"));
}

#[test]
fn a_tracestate_that_is_also_an_attribute_is_redacted_in_both_ways() {
    let after = standard().run(span("x").tracestate("crm=ana@example.org,a=b").attr("header", "crm=ana@example.org,a=b"));
    assert_eq!(after.span(0).tracestate.as_deref(), Some("a=b"));
    assert_eq!(after.span(0).get("header"), Some(&"crm=[REDACTED],a=b".into()));
}

#[test]
fn hits_are_counted_by_rule() {
    take_counters();
    let mut plugin = plugin(json!({"custom": [{"name": "order", "regex": r"ORD-\d{6}"}]}));
    plugin.run(span("a@b.org c@d.org").attr("password", "x").attr("note", "ORD-123456 token=y").tracestate("m=t@example.org"));
    let counters: Vec<_> = take_counters().into_iter().collect();
    assert_eq!(counters, [("hits.email".into(), 3), ("hits.key".into(), 2), ("hits.order".into(), 1)]);
}
