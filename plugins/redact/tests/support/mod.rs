//! What the tests share: redacting one text through the whole plugin.

#![allow(dead_code, reason = "not every test uses all of it")]

use serde_json::{Value as Json, json};
use spansieve_plugin::test::{Plugin, Value, span};
use spansieve_redact::Redact;

/// The plugin with its defaults.
pub(crate) fn standard() -> Plugin<Redact> {
    plugin(json!({}))
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
