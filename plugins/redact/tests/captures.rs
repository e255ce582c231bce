//! Captures of real instrumented applications: what was planted in them does not survive, and the rest does.

mod support;

use serde_json::Value as Json;
use spansieve_plugin::test::{Batch, Event, Link, Span, Value, batch, event, link, resource, scope, span};
use support::standard;

/// File, and what is planted in it (percent-decoded).
const CAPTURES: &[(&str, &[&str])] = &[
    ("go-http-sql-redis.json", &["ana.quill", "987-65-4321", "tok_invented_456", "555-0177", "sig=invented"]),
    ("node-express-proto.json", &["leo.marsh", "tok_invented_123", "44-20-7946-0018"]),
    ("py-flask-newsemconv.json", &["mia.fern", "4111 1111 1111 1111", "AKIAINVENTED0000EXMPL", "1-555-0142", "987-65-4321"]),
    ("telemetrygen-http.json", &["mia.fern"]),
];

fn read(file: &str) -> Batch {
    let path = format!("{}/tests/captures/{file}", env!("CARGO_MANIFEST_DIR"));
    let json: Json = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut batch = batch();
    for of_resource in list(&json, "resourceSpans") {
        batch = batch.resource(attributes(&of_resource["resource"]).fold(resource(), |r, (k, v)| r.attr(&k, v)));
        for of_scope in list(of_resource, "scopeSpans") {
            batch = batch.scope(scope(text(&of_scope["scope"], "name")).version(text(&of_scope["scope"], "version")));
            for json in list(of_scope, "spans") {
                let mut one: Span = span(text(json, "name")).message(text(&json["status"], "message")).tracestate(text(json, "traceState"));
                one.attributes = attributes(json).collect();
                one.events = list(json, "events")
                    .map(|json| Event { attributes: attributes(json).collect(), ..event(text(json, "name")) })
                    .collect();
                one.links = list(json, "links").map(|json| Link { attributes: attributes(json).collect(), ..link() }).collect();
                batch = batch.span(one);
            }
        }
    }
    batch
}

fn list<'j>(json: &'j Json, field: &str) -> impl Iterator<Item = &'j Json> {
    json[field].as_array().into_iter().flatten()
}

fn text<'j>(json: &'j Json, field: &str) -> &'j str {
    json[field].as_str().unwrap_or_default()
}

fn attributes(json: &Json) -> impl Iterator<Item = (String, Value)> {
    list(json, "attributes").map(|attribute| (text(attribute, "key").to_owned(), value(&attribute["value"])))
}

fn value(json: &Json) -> Value {
    let (kind, value) = json.as_object().and_then(|value| value.iter().next()).expect("a value");
    match kind.as_str() {
        "stringValue" => value.as_str().unwrap().into(),
        "intValue" => value.as_str().map_or_else(|| value.as_i64().unwrap(), |int| int.parse().unwrap()).into(),
        "boolValue" => value.as_bool().unwrap().into(),
        "doubleValue" => value.as_f64().unwrap().into(),
        "arrayValue" => Value::Array(list(value, "values").map(self::value).collect()),
        kind => panic!("no capture has a {kind}"),
    }
}

#[test]
fn nothing_that_was_planted_survives() {
    for (file, planted) in CAPTURES {
        let before = read(file);
        let shown = format!("{before:?}").replace("%40", "@").replace("%2B", "+");
        let after = format!("{:?}", standard().run(before).batch);
        for planted in *planted {
            assert!(shown.contains(planted), "{planted} is planted in {file}");
            let name = planted.split('=').next_back().unwrap();
            assert!(!after.contains(name), "{planted} is left in {file}");
        }
    }
}

/// `captures/changed.txt` lists every value that changes.
#[test]
fn the_rest_stays() {
    let mut changes = std::collections::BTreeSet::new();
    for (file, _) in CAPTURES {
        let before = read(file);
        let after = standard().run(before.clone()).batch;
        let pairs = |batch: &Batch| {
            let of_spans = batch.spans.iter().flat_map(|s| s.attributes.iter().chain(s.events.iter().flat_map(|e| &e.attributes)));
            of_spans.chain(batch.resources.iter().flat_map(|r| &r.attributes)).cloned().collect::<Vec<_>>()
        };
        for ((key, before), (_, after)) in pairs(&before).into_iter().zip(pairs(&after)) {
            if before != after {
                changes.insert(format!("{key}: {after:?}"));
            }
        }
    }
    let shown: String = changes.iter().map(|change| format!("{change}\n")).collect();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/captures/changed.txt");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(path, &shown).unwrap();
    }
    assert_eq!(shown, std::fs::read_to_string(path).unwrap(), "after a look at the difference: UPDATE_EXPECT=1 cargo test");
}
