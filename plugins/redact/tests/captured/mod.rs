//! Batches of real applications and of the workload that benchmarks use, read from OTLP in JSON and in protobuf.

#![allow(dead_code, reason = "not every test uses all of it")]

mod protobuf;

use serde_json::Value as Json;
use spansieve_plugin::test::{Batch, Event, Link, Span, Value, batch, event, link, resource, scope, span};

/// The captures of `tests/captures`.
pub(crate) const CAPTURES: &[&str] =
    &["go-http-sql-redis.json", "node-express-proto.json", "py-flask-newsemconv.json", "telemetrygen-http.json"];

/// The workload of `spansieve bench`, from its folder.
const WORKLOAD: &str = "../../host/cli/src/bench/batch-512.otlp.pb";

/// All of them, with their names.
pub(crate) fn all() -> Vec<(&'static str, Batch)> {
    let mut all: Vec<_> = CAPTURES.iter().map(|file| (*file, read(file))).collect();
    let workload = std::fs::read(format!("{}/{WORKLOAD}", env!("CARGO_MANIFEST_DIR"))).expect("the workload");
    all.push(("batch-512.otlp.pb", protobuf::batch(&workload)));
    all
}

/// A capture.
pub(crate) fn read(file: &str) -> Batch {
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

/// The attributes of everything in a batch, in the same order for every batch of the same shape.
pub(crate) fn values(batch: &Batch) -> Vec<(String, Value)> {
    let of_spans = batch.spans.iter().flat_map(|span| {
        let of_events = span.events.iter().flat_map(|event| &event.attributes);
        span.attributes.iter().chain(of_events).chain(span.links.iter().flat_map(|link| &link.attributes))
    });
    let of_scopes = batch.scopes.iter().flat_map(|scope| &scope.attributes);
    of_spans.chain(batch.resources.iter().flat_map(|resource| &resource.attributes)).chain(of_scopes).cloned().collect()
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
