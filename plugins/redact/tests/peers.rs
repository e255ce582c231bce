//! Whole spans out of the tests of other redactors, and out of reports on them.

mod support;

use serde_json::{Map, Value as Json, json};
use spansieve_plugin::SpanKind;
use spansieve_plugin::test::{Batch, Event, Span, Value, batch, event, scope, set_table, span};
use support::plugin;

#[test]
fn spans_come_out_as_elsewhere_or_otherwise_for_a_reason() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/spans_peers.json");
    let file: Json = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    set_table("HASH", *b"invented-key-of-32-bytes-for-tests");
    let mut wrong = Vec::new();
    for case in file["cases"].as_array().unwrap() {
        let name = &case["name"];
        let mut plugin = plugin(case["config"].clone());
        let once = plugin.run(written(&case["input"])).batch;
        let out = shown(&once, &case["input"]);
        if out != *case.get("ours").unwrap_or(&case["theirs"]) {
            wrong.push(format!("{name} became {out}"));
        }
        assert_eq!(plugin.run(once.clone()).batch, once, "a second run of {name}");
        if let Some(ours) = case.get("ours") {
            assert_ne!(*ours, case["theirs"], "{name} differs no more");
            assert!(case["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{name} differs without a reason");
        }
    }
    assert!(wrong.is_empty(), "after a look at the difference:\n{}", wrong.join("\n"));
}

/// A batch with the one span, or scope, that a case has.
fn written(case: &Json) -> Batch {
    let mut one = span(case["name"].as_str().unwrap_or("x")).kind(match case["kind"].as_str() {
        Some("client") => SpanKind::Client,
        Some("server") => SpanKind::Server,
        _ => SpanKind::Internal,
    });
    one.attributes = attributes(&case["attributes"]);
    let events = case["events"].as_array().into_iter().flatten();
    one.events =
        events.map(|case| Event { attributes: attributes(&case["attributes"]), ..event(case["name"].as_str().unwrap()) }).collect();
    let mut around = scope("lib");
    around.attributes = attributes(&case["scope"]);
    batch().scope(around).span(one)
}

/// The parts of a batch that a case has.
fn shown(batch: &Batch, case: &Json) -> Json {
    let one: &Span = &batch.spans[0];
    let mut out = Map::new();
    let mut add = |key: &str, value: Json, is_there: bool| {
        if is_there {
            out.insert(key.into(), value);
        }
    };
    add("name", json!(one.name), case.get("name").is_some());
    add("kind", case["kind"].clone(), case.get("kind").is_some());
    add("attributes", json_of(&one.attributes), !one.attributes.is_empty());
    let events: Vec<_> = one.events.iter().map(|event| json!({"name": event.name, "attributes": json_of(&event.attributes)})).collect();
    add("events", json!(events), !events.is_empty());
    let around = &batch.scopes[one.scope].attributes;
    add("scope", json_of(around), !around.is_empty());
    Json::Object(out)
}

fn attributes(case: &Json) -> Vec<(String, Value)> {
    case.as_object().into_iter().flatten().map(|(key, value)| (key.clone(), value_of(value))).collect()
}

fn value_of(json: &Json) -> Value {
    match json {
        Json::String(text) => text.as_str().into(),
        Json::Bool(flag) => (*flag).into(),
        Json::Number(number) => match number.as_i64() {
            Some(int) => int.into(),
            None => number.as_f64().unwrap().into(),
        },
        Json::Array(list) => Value::Array(list.iter().map(value_of).collect()),
        Json::Object(_) => Value::Map(attributes(json)),
        Json::Null => panic!("no attribute is null"),
    }
}

fn json_of(attributes: &[(String, Value)]) -> Json {
    fn value(of: &Value) -> Json {
        match of {
            Value::Str(text) => json!(text),
            Value::Bool(flag) => json!(flag),
            Value::Int(int) => json!(int),
            Value::Double(double) => json!(double),
            Value::Array(list) => list.iter().map(value).collect(),
            Value::Map(entries) => json_of(entries),
            other => panic!("no case has {other:?}"),
        }
    }
    Json::Object(attributes.iter().map(|(key, of)| (key.clone(), value(of))).collect())
}
