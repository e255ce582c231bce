//! What the tests share: redacting one text through the whole plugin.

#![allow(dead_code, reason = "not every test uses all of it")]

use serde_json::{Value as Json, json};
use spansieve_plugin::Policy;
use spansieve_plugin::test::{Plugin, Value, span};
use spansieve_redact::Redact;

/// The plugin with its defaults, and every detector but that of ids which say nothing of a person.
pub(crate) fn standard() -> Plugin<Redact> {
    let detectors: Vec<_> = every_detector().into_iter().filter(|name| name != "uuid").collect();
    plugin(json!({ "values": detectors }))
}

/// The names of all detectors, those included that a policy has to ask for.
pub(crate) fn every_detector() -> Vec<String> {
    let schema: Json = serde_json::from_str(Redact::SCHEMA.expect("it is made beforehand")).expect("JSON");
    let names = schema["$defs"]["DetectorName"]["oneOf"].as_array().expect("a list of detectors");
    names.iter().map(|name| name["const"].as_str().expect("a name").to_owned()).collect()
}

pub(crate) fn plugin(config: Json) -> Plugin<Redact> {
    Plugin::new(config).expect("the configuration is right")
}

/// The text as it comes out of the plugin as an attribute that no key rule names.
pub(crate) fn redact(plugin: &mut Plugin<Redact>, text: &str) -> String {
    match plugin.run(span("x").attr("note", text)).span(0).get("note") {
        Some(Value::Str(text)) => text.clone(),
        other => panic!("{text:?} became {other:?}"),
    }
}
