//! Configuration: what is accepted, and one clear message for what is not.

mod support;

use serde_json::{Value as Json, json};
use spansieve_plugin::config_schema;
use spansieve_plugin::test::Plugin;
use spansieve_redact::{Config, Redact};
use support::{plugin, redact};

fn error(config: Json) -> String {
    Plugin::<Redact>::new(config).err().expect("a wrong configuration").to_string()
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    assert_eq!(
        error(json!({"value": []})),
        "value: unknown field `value`, expected one of `replacement`, `keys`, `except`, `values`, `custom`, `decode`, `commands`"
    );
    assert_eq!(error(json!({"keys": [{"prefix": "x"}]})), "keys[0]: unknown variant `prefix`, expected one of `contains`, `exact`, `glob`");
    assert_eq!(error(json!({"keys": [{"exact": ""}]})), "keys[0]: expected a text that is not empty");
    assert_eq!(
        error(json!({"values": ["card", "emial"]})),
        "values[1]: no detector is called `emial`; there are email, card, ssn, ipv4, jwt, aws, github, iban, phone, bearer, phone-groups, userinfo, stripe, id, phone-local, ipv6, mac, token, private-key, basic, crypto"
    );
    assert_eq!(
        error(json!({"custom": [{"name": "a", "regex": "a"}, {"name": "order-number", "regex": r"ORD-(\d{6}"}]})),
        "custom[1].regex: the pattern of rule `order-number` cannot be used: unclosed group at character 5"
    );
    assert_eq!(
        error(json!({"custom": [{"name": "email", "regex": "x"}]})),
        "custom[0].name: expected a name that no other rule has, found `email`"
    );
    assert_eq!(error(json!({"custom": [{"name": "x"}]})), "custom[0]: missing field `regex`");
    assert_eq!(error(json!({"keys": "password"})), "keys: invalid type: string \"password\", expected a sequence");
}

#[test]
fn a_replacement_must_not_look_like_data() {
    for bad in ["", "x", "-", "**", "xxx", "1234567"] {
        assert!(error(json!({ "replacement": bad })).contains("could be part of the data"), "{bad}");
    }
    for bad in ["<a@b>", "[100%]", "<a=b>", "[\n]"] {
        assert!(error(json!({ "replacement": bad })).contains("expected a text without"), "{bad}");
    }
}

#[test]
fn a_list_that_is_given_takes_the_place_of_its_default() {
    let text = "ana@example.org token=abc";
    assert_eq!(redact(&mut plugin(json!({"keys": []})), text), "[REDACTED] token=abc");
    assert_eq!(redact(&mut plugin(json!({"values": []})), text), "ana@example.org token=[REDACTED]");
    assert_eq!(redact(&mut plugin(json!({"values": ["card"], "keys": [{"exact": "x"}]})), text), text);
    assert_eq!(redact(&mut plugin(Json::Null), text), "[REDACTED] token=[REDACTED]");
}

#[test]
fn the_schema_names_every_detector_and_refuses_unknown_keys() {
    let schema: Json = serde_json::from_str(&config_schema::<Config>()).unwrap();
    assert_eq!(schema["additionalProperties"], false);
    let detectors: Vec<_> =
        schema["$defs"]["DetectorName"]["oneOf"].as_array().unwrap().iter().map(|d| d["const"].as_str().unwrap()).collect();
    assert_eq!(detectors.len(), 21);
    assert!(detectors.contains(&"email") && detectors.contains(&"iban"));
    assert!(schema["properties"]["keys"]["description"].as_str().unwrap().contains("replaced whole"));
}

#[test]
fn detectors_that_look_for_words_have_to_be_asked_for() {
    let number = "my social security number is 856-45-6789";
    let id = "Steuernummer: 04152000000";
    let mut usual = support::plugin(serde_json::json!({}));
    let mut all = support::standard();
    assert!(support::redact(&mut usual, number).contains("[REDACTED]"), "what has a shape of its own is found");
    assert_eq!(support::redact(&mut usual, id), id);
    assert_eq!(support::redact(&mut all, "vat number de136695976"), "vat number [REDACTED]");
    assert_eq!(support::redact(&mut usual, "vat number de136695976"), "vat number de136695976");
}
