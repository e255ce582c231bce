//! What each preset takes, and what it leaves.

mod support;

use serde_json::{Value as Json, json};
use spansieve_plugin::SpanKind;
use spansieve_plugin::test::{Plugin, Value, span};
use spansieve_redact::Redact;
use support::{plugin, redact};

const R: &str = "[REDACTED]";

fn of(preset: &str) -> Plugin<Redact> {
    plugin(json!({ "preset": preset }))
}

/// What each of some texts, as an attribute that no key rule names, becomes.
#[track_caller]
fn check(preset: &str, texts: &[(&str, &str)]) {
    let mut plugin = of(preset);
    for (text, expected) in texts {
        let once = redact(&mut plugin, text);
        assert_eq!(once, *expected, "{preset}: from {text:?}");
        assert_eq!(redact(&mut plugin, &once), once, "{preset}: a second run of {text:?}");
    }
}

/// The keys whose values a preset replaces, of some keys.
fn taken<'k>(preset: &str, keys: &[&'k str]) -> Vec<&'k str> {
    let all = keys.iter().fold(span("x"), |span, key| span.attr(key, "gold"));
    let out = of(preset).run(all);
    keys.iter().copied().filter(|key| out.span(0).get(key) == Some(&R.into())).collect()
}

/// One text of each kind.
const CARD: &str = "paid with 4111 1111 1111 1111";
const TOKEN: &str = "slack xoxb-123456789012-inventedInvented";
const EMAIL: &str = "mail to ana@example.org";
const PHONE: &str = "call me at 0494 92 82 32";
const NATIONAL: &str = "my NHS number is 221 395 1837";
const QUERY: &str = "/orders?password=a&card_number=b&customer_id=c&mrn=d&page=e";

#[test]
fn default_takes_credentials_and_what_has_a_shape() {
    check(
        "default",
        &[
            (CARD, "paid with [REDACTED]"),
            (TOKEN, "slack [REDACTED]"),
            (EMAIL, "mail to [REDACTED]"),
            (PHONE, PHONE),
            (NATIONAL, NATIONAL),
            ("from 198.51.100.7", "from [REDACTED]"),
            (QUERY, "/orders?password=[REDACTED]&card_number=b&customer_id=c&mrn=d&page=e"),
        ],
    );
    assert_eq!(taken("default", &["db.password", "card.cvc", "user.name", "mrn", "http.route"]), ["db.password"]);
}

#[test]
fn pci_takes_cards_and_credentials_and_leaves_persons() {
    check(
        "pci",
        &[
            (CARD, "paid with [REDACTED]"),
            (TOKEN, "slack [REDACTED]"),
            (EMAIL, EMAIL),
            (PHONE, PHONE),
            (NATIONAL, NATIONAL),
            ("from 198.51.100.7", "from 198.51.100.7"),
            ("order 4111 1111 1111 1112", "order 4111 1111 1111 1112"),
            (r#"{"cvv": 123, "expMonth": "07", "amount": 5}"#, r#"{"cvv": [REDACTED], "expMonth": "[REDACTED]", "amount": 5}"#),
            (QUERY, "/orders?password=[REDACTED]&card_number=[REDACTED]&customer_id=c&mrn=d&page=e"),
        ],
    );
    assert_eq!(taken("pci", &["db.password", "card.cvc", "user.name", "mrn", "http.route"]), ["db.password", "card.cvc"]);
}

#[test]
fn gdpr_takes_persons_by_their_shapes_and_keys() {
    check(
        "gdpr",
        &[
            (CARD, "paid with [REDACTED]"),
            (TOKEN, "slack [REDACTED]"),
            (EMAIL, "mail to [REDACTED]"),
            (PHONE, "call me at [REDACTED]"),
            (NATIONAL, "my NHS number is [REDACTED]"),
            (r#"{"firstName": "Ana", "city": "Bern"}"#, r#"{"firstName": "[REDACTED]", "city": "Bern"}"#),
            ("from 198.51.100.7 or 2001:db8:1:2::7334", "from 198.51.100.0 or 2001:db8:1::"),
            // Names and places in prose have no shape.
            ("Ana Quill of 5 Mill Lane", "Ana Quill of 5 Mill Lane"),
            (QUERY, "/orders?password=[REDACTED]&card_number=[REDACTED]&customer_id=[REDACTED]&mrn=d&page=e"),
        ],
    );
    assert_eq!(
        taken("gdpr", &["db.password", "card.cvc", "user.name", "user.roles", "geo.country.iso_code", "mrn", "http.route"]),
        ["db.password", "card.cvc", "user.name"]
    );
}

#[test]
fn gdpr_keeps_the_network_of_an_address_and_no_name_of_a_client() {
    let before = span("x")
        .attr("client.address", "198.51.100.7")
        .attr("http.client_ip", "2001:db8:1:2::7334")
        .attr("source.address", "anas-laptop.example")
        .attr("network.peer.address", "198.51.100.8")
        .attr("http.request.header.x-forwarded-for", vec!["198.51.100.9, 203.0.113.4"]);
    let mut plugin = of("gdpr");
    let out = plugin.run(before);
    let after = out.span(0);
    assert_eq!(after.get("client.address"), Some(&"198.51.100.0".into()));
    assert_eq!(after.get("http.client_ip"), Some(&"2001:db8:1::".into()));
    assert_eq!(after.get("source.address"), Some(&R.into()));
    assert_eq!(after.get("network.peer.address"), Some(&"198.51.100.0".into()));
    assert_eq!(after.get("http.request.header.x-forwarded-for"), Some(&vec!["198.51.100.0, 203.0.113.0"].into()));
    assert_eq!(plugin.run(out.batch.clone()).edits, []);
}

#[test]
fn hipaa_takes_records_dates_and_places_too() {
    check(
        "hipaa-ish",
        &[
            (CARD, "paid with [REDACTED]"),
            (TOKEN, "slack [REDACTED]"),
            (EMAIL, "mail to [REDACTED]"),
            (PHONE, "call me at [REDACTED]"),
            (NATIONAL, "my NHS number is [REDACTED]"),
            ("from 198.51.100.7 or 2001:db8::8a2e:370:7334", "from [REDACTED] or [REDACTED]"),
            (r#"{"firstName": "Ana", "city": "Bern"}"#, r#"{"firstName": "[REDACTED]", "city": "[REDACTED]"}"#),
            ("admitted on 2024-01-31 to ward 7", "admitted on 2024-01-31 to ward 7"),
            (QUERY, "/orders?password=[REDACTED]&card_number=[REDACTED]&customer_id=[REDACTED]&mrn=[REDACTED]&page=e"),
        ],
    );
    assert_eq!(
        taken("hipaa-ish", &["db.password", "card.cvc", "user.name", "user.roles", "geo.country.iso_code", "mrn", "http.route"]),
        ["db.password", "card.cvc", "user.name", "mrn"]
    );
}

#[test]
fn none_takes_nothing() {
    let before = span("GET /users/1?token=a")
        .kind(SpanKind::Client)
        .attr("password", EMAIL)
        .attr("url.full", "https://h.example/?token=a&card=4111111111111111")
        .attr("db.system.name", "mysql")
        .attr("db.query.text", "SELECT 1");
    assert_eq!(of("none").run(before).edits, []);
}

#[test]
fn presets_say_what_becomes_of_urls_and_commands() {
    let url = "https://h.example/users/42/v2?name=ana#top";
    let command = "SELECT a FROM t WHERE b = 'Ana'";
    for (preset, expected, statement) in [
        ("default", url, "SELECT a FROM t WHERE b = ?"),
        ("pci", url, "SELECT a FROM t WHERE b = ?"),
        ("gdpr", "https://h.example/users/{id}/v2?name=[REDACTED]#top", "SELECT a FROM t WHERE b = ?"),
        ("hipaa-ish", "https://h.example/users/?/??#top", "SELECT a FROM t WHERE b = ?"),
        ("none", url, command),
    ] {
        let before = span("x").attr("url.full", url).attr("db.system.name", "postgresql").attr("db.query.text", command);
        let out = of(preset).run(before);
        assert_eq!(out.span(0).get("url.full"), Some(&expected.into()), "{preset}");
        assert_eq!(out.span(0).get("db.query.text"), Some(&statement.into()), "{preset}");
    }
}

#[test]
fn a_list_that_is_given_takes_the_place_of_that_of_the_preset_and_no_other() {
    let out = |config: Json| {
        let before = span("x").attr("user.name", "Ana").attr("mine", "a").attr("note", EMAIL).attr("url.query", "a=b");
        let out = plugin(config).run(before);
        ["user.name", "mine", "note", "url.query"].map(|key| match out.span(0).get(key) {
            Some(Value::Str(text)) => text.clone(),
            other => panic!("{key} became {other:?}"),
        })
    };
    let gone = "mail to [REDACTED]";
    assert_eq!(out(json!({"preset": "gdpr"})), [R, "a", gone, "a=[REDACTED]"]);
    assert_eq!(out(json!({"preset": "gdpr", "keys": [{"exact": "mine"}]})), ["Ana", R, gone, "a=[REDACTED]"]);
    assert_eq!(out(json!({"preset": "gdpr", "values": []})), [R, "a", EMAIL, "a=[REDACTED]"]);
    assert_eq!(out(json!({"preset": "gdpr", "urls": {"paths": "ids"}})), [R, "a", gone, "a=b"]);
    assert_eq!(out(json!({"preset": "gdpr", "except": [{"glob": "user.*"}]})), ["Ana", "a", gone, "a=[REDACTED]"]);
    assert_eq!(out(json!({"preset": "none", "values": ["email"]})), ["Ana", "a", gone, "a=b"]);
}

#[test]
fn a_preset_that_does_not_exist_is_refused() {
    let error = Plugin::<Redact>::new(json!({"preset": "hipaa"})).err().expect("a wrong configuration").to_string();
    assert_eq!(error, "preset: unknown variant `hipaa`, expected one of `default`, `pci`, `gdpr`, `hipaa-ish`, `none`");
}
