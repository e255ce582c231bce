use serde_json::json;
use spansieve_plugin::Status;
use spansieve_plugin::test::{Plugin, Span, Value, batch, event, link, resource, scope, set_table, span, take_counters, take_log};

use super::PiiAllowList;

fn plugin(config: serde_json::Value, schema: serde_json::Value) -> Plugin<PiiAllowList> {
    set_table("schema", schema.to_string());
    Plugin::new(config).unwrap()
}

/// What is left of a span's attributes.
fn left(of: Span, schema: serde_json::Value) -> Vec<(String, Value)> {
    plugin(json!({"max_length": 8}), schema).run(of).span(0).attributes.clone()
}

fn attributes<const N: usize>(of: [(&str, Value); N]) -> Vec<(String, Value)> {
    of.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

const MASK: &str = "[NOT ALLOWED]";

#[test]
fn values_are_held_to_their_rules() {
    let schema = json!({
        "short": {"type": "string"}, "long": {"type": "string", "max_length": 9}, "method": {"type": "string", "one_of": ["GET"]},
        "code": {"type": "int", "min": 100, "max": 599}, "shard": {"type": "int", "one_of": [1, 2]}, "share": {"type": "double", "max": 1.0},
        "flag": {"type": "bool"}, "raw": {"type": "bytes", "max_length": 2},
    });
    for (key, value, fits) in [
        ("short", Value::from("12345678"), true),
        ("short", "123456789".into(), false),
        ("short", 1.into(), false),
        ("short", Value::Empty, true),
        ("long", "123456789".into(), true),
        ("method", "GET".into(), true),
        ("method", "get".into(), false),
        ("code", 599.into(), true),
        ("code", 4_111_111_111_111_111_i64.into(), false),
        ("code", "200".into(), false),
        ("shard", 2.into(), true),
        ("shard", 3.into(), false),
        ("share", 1.into(), true),
        ("share", 1.5.into(), false),
        ("share", f64::NAN.into(), false),
        ("flag", true.into(), true),
        ("flag", "true".into(), false),
        ("raw", (&[1_u8, 2][..]).into(), true),
        ("raw", (&[1_u8, 2, 3][..]).into(), false),
        ("short", vec!["a"].into(), false),
    ] {
        let expected = if fits { value.clone() } else { MASK.into() };
        assert_eq!(left(span("a").attr(key, value.clone()), schema.clone()), attributes([(key, expected)]), "{key} {value:?}");
    }
}

#[test]
fn keys_are_listed_exactly_or_by_how_they_begin() {
    let schema = json!({"a": {"type": "bool"}, "pod.*": {"type": "string"}, "pod.secret.*": {"type": "int"}});
    let given = span("x").attr("a", true).attr("ab", true).attr("A", true).attr("pod.", "1").attr("pod.secret.x", "2").attr("a", 1);
    let expected = attributes([("a", true.into()), ("pod.", "1".into()), ("pod.secret.x", MASK.into()), ("a", MASK.into())]);
    assert_eq!(left(given, schema), expected);
}

#[test]
fn nested_values_are_looked_through() {
    let schema = json!({
        "tags": {"type": "array", "items": {"type": "string"}},
        "cart": {"type": "map", "entries": {
            "lines": {"type": "array", "items": {"type": "map", "entries": {"sku": {"type": "string"}}}},
        }},
    });
    let line = |sku: &str| Value::from(vec![("sku", Value::from(sku)), ("gift note", "for Ana".into())]);
    let lines = Value::from(vec![line("a-1"), line("far too long"), "no map".into()]);
    let given = span("x").attr("tags", vec!["ok", "far too long"]).attr("cart", vec![("lines", lines), ("owner", "Ana".into())]);
    let line = |sku: &str| Value::from(vec![("sku", Value::from(sku))]);
    let lines = Value::from(vec![line("a-1"), line(MASK), MASK.into()]);
    assert_eq!(left(given, schema), attributes([("tags", vec!["ok", MASK].into()), ("cart", vec![("lines", lines)].into())]));
}

#[test]
fn everything_that_has_attributes_is_looked_at() {
    let mut plugin = plugin(json!({}), json!({"ok": {"type": "bool"}}));
    let both = |span: Span| span.attr("ok", true).attr("note", "Ana");
    let given = batch()
        .resource(resource().attr("ok", true).attr("note", "Ana"))
        .scope(scope("test").attr("ok", true).attr("note", "Ana"))
        .span(both(span("x")).event(event("e").attr("note", "Ana").attr("ok", true)).link(link().attr("ok", true).attr("note", "Ana")));
    let after = plugin.run(given).batch;
    let expected = attributes([("ok", true.into())]);
    assert_eq!(after.resources[0].attributes, expected);
    assert_eq!(after.scopes[0].attributes, expected);
    assert_eq!(after.spans[0].attributes, expected);
    assert_eq!(after.spans[0].events[0].attributes, expected);
    assert_eq!(after.spans[0].links[0].attributes, expected);
}

#[test]
fn messages_of_statuses_go_unless_they_may_stay() {
    let failed = || span("x").status(Status::Error).message("no user Ana");
    assert_eq!(plugin(json!({}), json!({})).run(failed()).span(0).message, None);
    assert_eq!(plugin(json!({"status_messages": "keep"}), json!({})).run(failed()).span(0).message.as_deref(), Some("no user Ana"));
}

#[test]
fn counters_name_keys_but_nothing_that_may_be_data() {
    let schema = json!({"code": {"type": "int"}});
    let mut plugin = plugin(json!({"mode": "report", "named_keys": 2}), schema);
    take_counters();
    let given = span("x").attr("code", "Ana").attr("note", "Ana").attr("ana@example.org", 1).attr("user.4711", 1).attr("third", 1);
    assert!(plugin.run(given).edits.is_empty(), "it only reports");
    let counters: Vec<_> = take_counters().into_iter().map(|(name, count)| format!("{name}={count}")).collect();
    assert_eq!(counters, ["invalid=1", "invalid.code=1", "unlisted=4", "unlisted.(other)=3", "unlisted.note=1"]);
}

#[test]
fn schemas_that_make_no_sense_are_refused() {
    for (schema, message) in [
        (r#"{"a": {"type": "text"}}"#, "table schema.a.type: unknown variant `text`"),
        (r#"{"a": {"type": "int", "max_length": 3}}"#, "table schema.a: unknown field `max_length`"),
        (r#"{"a": {"type": "array"}}"#, "table schema.a: missing field `items`"),
        (r#"{"*": {"type": "int"}}"#, "table schema: \"*\": expected a key, or the beginning of keys"),
        (r#"{"a.*.b": {"type": "int"}}"#, "table schema: \"a.*.b\": expected a key, or the beginning of keys"),
        ("[", "table schema: "),
    ] {
        set_table("schema", schema);
        let error = Plugin::<PiiAllowList>::new(json!({})).err().unwrap().to_string();
        assert!(error.starts_with(message), "{error}");
    }
}

#[test]
fn it_is_said_when_nobody_will_know_the_service() {
    take_log();
    plugin(json!({}), json!({"service.name": {"type": "string"}}));
    assert!(take_log().is_empty());
    plugin(json!({}), json!({}));
    assert_eq!(take_log().len(), 1);
}
