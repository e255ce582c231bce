//! Configuration: what is accepted, and one clear message for what is not.

mod support;

use serde_json::{Value as Json, json};
use spansieve_plugin::config_schema;
use spansieve_plugin::test::{Plugin, set_table};
use spansieve_redact::{Config, Redact};
use support::{plugin, redact};

fn error(config: Json) -> String {
    Plugin::<Redact>::new(config).err().expect("a wrong configuration").to_string()
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    assert_eq!(
        error(json!({"value": []})),
        "value: unknown field `value`, expected one of `preset`, `replacement`, `action`, `keys`, `except`, `safe_keys`, `only_keys`, `values`, `custom`, `decode`, `safe_values`, `commands`, `urls`, `hash`, `mark`, `count_fields`, `explain`"
    );
    assert_eq!(
        error(json!({"keys": [{"prefix": "x"}]})),
        "keys[0].prefix: unknown field `prefix`, expected one of `contains`, `exact`, `glob`, `regex`, `action`"
    );
    assert_eq!(error(json!({"keys": [{"exact": ""}]})), "keys[0]: expected a text that is not empty");
    assert_eq!(
        error(json!({"values": ["card", "emial"]})),
        "values[1]: no detector is called `emial`; there are email, card, ssn, ipv4, jwt, aws, github, iban, phone, bearer, phone-groups, userinfo, stripe, id, phone-local, ipv6, mac, token, private-key, basic, crypto, uuid"
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
fn what_is_wrong_with_actions_and_what_goes_with_them_is_said_with_its_place() {
    set_table("short", "fifteen bytes..");
    set_table("good", "sixteen bytes and more");
    let expected = "one of mask, partial, hash, pseudonym, truncate, remove";
    for (config, message) in [
        (json!({"action": "hide"}), format!("action: there is no action `hide`, expected {expected}")),
        (json!({"action": {"hash": 1}}), "action: `hash` takes no value, expected it alone".into()),
        (json!({"action": "partial"}), "action: `partial` needs to know what to keep, as in `partial: {last: 4}`".into()),
        (json!({"action": {"partial": {"last": 0}}}), "action.partial.last: found 0, expected a number of characters from 1 to 1000".into()),
        (json!({"action": {"partial": "host"}}), "action.partial: found `host`, expected what to keep: `first: n`, `last: n` or `domain`".into()),
        (json!({"action": 4}), format!("action: invalid type: integer `4`, expected {expected}")),
        (json!({"keys": [{"exact": "a", "glob": "b"}]}), "keys[0]: expected only one of `contains`, `exact`, `glob`, `regex`".into()),
        (json!({"keys": [{"action": "mask"}]}), "keys[0]: expected one of `contains`, `exact`, `glob`, `regex`".into()),
        (json!({"keys": [{"regex": "a(b"}]}), "keys[0].regex: the pattern cannot be used: unclosed group at character 2".into()),
        (
            json!({"except": [{"exact": "a", "action": "mask"}]}),
            "except[0].action: unknown field `action`, expected one of `contains`, `exact`, `glob`, `regex`".into(),
        ),
        (json!({"safe_keys": [{"exact": ""}]}), "safe_keys[0]: expected a text that is not empty".into()),
        (json!({"only_keys": {"allow": [{"exact": ""}]}}), "only_keys.allow[0]: expected a text that is not empty".into()),
        (
            json!({"only_keys": {"allow": [], "others": "hide"}}),
            "only_keys.others: unknown variant `hide`, expected `mask` or `remove`".into(),
        ),
        (json!({"values": [{"use": "card", "do": 1}]}), "values[0].do: unknown field `do`, expected `use` or `action`".into()),
        (json!({"values": ["card", "card"]}), "values[1]: `card` is named twice, expected each detector once".into()),
        (
            json!({"values": [{"use": "jwt", "action": {"truncate": 4}}]}),
            "values[0].action: `jwt` finds credentials, of which nothing may stay; expected another action than truncate".into(),
        ),
        (
            json!({"values": [{"use": "email", "action": "truncate"}]}),
            "values[0].action: `truncate` without a number is for ipv4 and ipv6, `email` finds no addresses; expected `truncate: n` or another action"
                .into(),
        ),
        (
            json!({"custom": [{"name": "a", "regex": "a", "validate": "crc"}]}),
            "custom[0].validate: no check is called `crc`; there are luhn, card, iban, mod97, mod11-10, verhoeff, aba, bitcoin".into(),
        ),
        (json!({"custom": [{"name": "a", "regex": "a", "entropy": 9}]}), "custom[0].entropy: expected a number of bits for each byte, from 0 to 8".into()),
        (json!({"custom": [{"name": "a", "regex": "a", "keywords": [""]}]}), "custom[0].keywords[0]: expected a word that is not empty".into()),
        (
            json!({"custom": [{"name": "a", "regex": "a", "allow": [{"regex": "["}]}]}),
            "custom[0].allow[0].regex: the pattern cannot be used: unclosed character class at character 1".into(),
        ),
        (json!({"safe_values": [{"exact": ""}]}), "safe_values[0].exact: expected a text that is not empty".into()),
        (json!({"mark": ""}), "mark: expected a key that is not empty".into()),
        (
            json!({"action": "hash"}),
            "hash: missing, expected `hash: {key: NAME}`: an action is hash or pseudonym, which need a key".into(),
        ),
        (
            json!({"hash": {"key": "gone"}}),
            "hash.key: the plugin has no secret `gone`; expected one in the policy, beside `config`: `secrets: {gone: env:VARIABLE}`".into(),
        ),
        (json!({"hash": {"key": "short"}}), "hash.key: the secret `short` is too short, expected at least 16 bytes".into()),
        (
            json!({"hash": {"key": "good", "id": "a:b"}}),
            "hash.id: found `a:b`, expected 1 to 32 letters, digits, `.`, `_` or `-`, which are written into every hash".into(),
        ),
    ] {
        assert_eq!(error(config.clone()), message, "{config}");
    }
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
    assert_eq!(detectors.len(), 22);
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
