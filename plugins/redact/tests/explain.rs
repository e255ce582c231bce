//! What `explain` says: which rule found what where, and what was close; never the data.

mod support;

use serde_json::{Value as Json, json};
use spansieve_plugin::log::Level;
use spansieve_plugin::test::{Batch, Value, batch, event, link, resource, scope, span, take_log};
use support::plugin;

/// The lines that are logged for a batch, as objects.
fn lines(config: Json, batch: impl Into<Batch>) -> Vec<Json> {
    let mut config = config;
    config["explain"] = true.into();
    let mut plugin = plugin(config);
    take_log();
    plugin.run(batch);
    let line = |(level, line): (Level, String)| {
        assert_eq!(level, Level::Debug);
        assert!(line.is_ascii(), "{line}");
        serde_json::from_str(line.strip_prefix("explain ").expect("it says what it is")).expect("JSON")
    };
    take_log().into_iter().map(line).collect()
}

/// The same in short: outcome, rule, field, bytes and reason.
fn told(config: Json, batch: impl Into<Batch>) -> Vec<String> {
    let short = |line: Json| {
        let text = |key: &str| line[key].as_str().expect("a text").to_owned();
        format!("{} {} {} {}..{} {}", text("outcome"), text("rule"), text("field"), line["start"], line["end"], text("why"))
    };
    lines(config, batch).into_iter().map(short).collect()
}

#[test]
fn hits_and_what_was_close_are_told_with_their_places() {
    let request = span("GET /pay")
        .attr("card", "pay 4111 1111 1111 1111")
        .attr("note", "try 4111 1111 1111 1112")
        .attr("password", "x1")
        .attr("db.system.name", "postgresql")
        .attr("db.query.text", "select 'ada'");
    assert_eq!(
        told(json!({}), request),
        [
            "hit card attributes[\"card\"] 4..23 payment cards (ISO/IEC 7812-1)",
            "near card attributes[\"note\"] 4..23 its check digit is wrong (Luhn)",
            "hit key attributes[\"password\"] 0..2 its key is named by `keys`: glob `*password*`",
            "hit sql attributes[\"db.query.text\"] 7..12 a value in a command to a database (sql)",
        ]
    );
}

#[test]
fn every_field_has_a_name_and_a_path() {
    let mail = |name: &str| format!("{name}@example.org");
    let nested = Value::Map(vec![("list".into(), Value::Array(vec!["x".into(), mail("v").into(), 4111111111111111i64.into()]))]);
    let everywhere = batch()
        .resource(resource().schema_url(&mail("a")).attr("owner", mail("b")))
        .scope(scope(&mail("c")).version(&mail("d")).schema_url(&mail("e")).attr("owner", mail("f")))
        .span(
            span(&mail("g"))
                .message(&mail("h"))
                .tracestate(&format!("crm={}", mail("i")))
                .attr(&mail("j"), "x")
                .attr("nested", nested)
                .event(event(&mail("k")).attr("m", mail("l")))
                .link(link().tracestate(&format!("crm={}", mail("n"))).attr("o", mail("p"))),
        );
    let lines = lines(json!({"keys": []}), everywhere);
    let places: Vec<_> = lines.iter().map(|line| (line["field"].as_str().unwrap(), line["path"].as_str().unwrap())).collect();
    assert_eq!(
        places,
        [
            ("name", "name"),
            ("status", "status"),
            ("tracestate", "tracestate"),
            ("attributes[#0] (key)", "attributes.0.key"),
            ("attributes[\"nested\"][\"list\"][1]", "attributes.1.0.1"),
            ("attributes[\"nested\"][\"list\"][2]", "attributes.1.0.2"),
            ("events[0].name", "events.0.name"),
            ("events[0].attributes[\"m\"]", "events.0.attributes.0"),
            ("links[0].tracestate", "links.0.tracestate"),
            ("links[0].attributes[\"o\"]", "links.0.attributes.0"),
            ("scopes[0].name", "scopes.0.name"),
            ("scopes[0].version", "scopes.0.version"),
            ("scopes[0].schema_url", "scopes.0.schema_url"),
            ("scopes[0].attributes[\"owner\"]", "scopes.0.attributes.0"),
            ("resources[0].schema_url", "resources.0.schema_url"),
            ("resources[0].attributes[\"owner\"]", "resources.0.attributes.0"),
        ]
    );
    assert!(lines.iter().all(|line| line["outcome"] == "hit"));
    assert!(lines[..10].iter().all(|line| line["span"].as_str().unwrap().len() == 49));
    assert!(lines[10..].iter().all(|line| line["span"].is_null()));
    let all = format!("{lines:?}");
    assert!(!all.contains("@example.org") && !all.contains("4111"), "{all}");
}

#[test]
fn what_the_policy_leaves_alone_is_allowed() {
    let config = json!({
        "keys": [{"exact": "kept"}], "safe_keys": [{"exact": "kept"}],
        "safe_values": [{"exact": "noreply@example.org"}],
        "custom": [{"name": "order", "regex": r"ORD-\d{3}", "allow": [{"exact": "ORD-129"}], "keywords": ["purchase"], "entropy": 2.2}],
    });
    let request = span("x")
        .attr("kept", "ana@example.org")
        .attr("a", "noreply@example.org, ana@example.org")
        .attr("b", "purchase ORD-123")
        .attr("c", "ORD-123")
        .attr("d", "purchase ORD-000")
        .attr("e", "purchase ORD-129");
    assert_eq!(
        told(config, request),
        [
            "allowed key attributes[\"kept\"] 0..15 its key is one of `safe_keys`",
            "allowed email attributes[\"kept\"] 0..15 its key is one of `safe_keys`",
            "allowed email attributes[\"a\"] 0..19 it is one of `safe_values`",
            "hit email attributes[\"a\"] 21..36 e-mail addresses (the common part of RFC 5322 addr-spec)",
            "hit order attributes[\"b\"] 9..16 the rule's regex matches",
            "near order attributes[\"c\"] 0..7 none of the rule's keywords stands before it or in its key",
            "near order attributes[\"d\"] 9..16 its entropy is too low",
            "allowed order attributes[\"e\"] 9..16 the rule allows it",
        ]
    );
}

#[test]
fn checks_that_failed_are_named() {
    let cases = [
        ("4111 1111 1111 1112", "card", "its check digit is wrong (Luhn)"),
        ("9111 1111 1111 1110", "card", "no issuer gives out cards of this length with these first digits"),
        ("4111  1111  1111  1111", "card", "there is more than one space or dash between its digits"),
        ("GB83 WEST 1234 5698 7654 32", "iban", "its check digits are wrong (MOD 97)"),
        ("GB82 WEST 1234 5698 7654 3", "iban", "it has not the length that its country's numbers have"),
        ("ZZ82WEST12345698765432", "iban", "no country with this code has such numbers"),
        ("1.2.3.400", "ipv4", "its last number is larger than 255"),
        ("Chrome/131.0.0.0", "ipv4", "it is said to be a version"),
        ("16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyY", "crypto", "its checksum is wrong"),
        ("glpat-abc", "token", ""),
        ("glpat-inventedInvented x", "token", "it has a vendor's prefix, but what follows is too short or has no digit"),
        ("basic authentication", "basic", "what follows is not base64 of a name and a password"),
        ("ff:ff:ff:ff:ff:ff", "mac", "it is the address of all devices"),
        ("127.0.0.1:80", "ipv4", "it is the machine's own address, as a host"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0 x", "jwt", "it has no signature"),
        ("my NHS number is 221 395 1838", "id", "its check digits are wrong"),
        ("order 219099999", "id", "no word before it, or in its key, says what it is"),
        ("unexpected token: identifier", "key", "in prose, and it does not look like a secret"),
    ];
    for (text, rule, why) in cases {
        let lines = lines(json!({"values": support::every_detector()}), span("x").attr("n", text));
        let near: Vec<_> = lines.iter().filter(|line| line["rule"] == rule && line["outcome"] == "near").collect();
        match why {
            "" => assert!(near.is_empty(), "{text}: {near:?}"),
            why => assert!(near.iter().any(|line| line["why"] == why), "{text}: {lines:?}"),
        }
        assert!(!lines.iter().any(|line| line["rule"] == rule && line["outcome"] == "hit"), "{text}: {lines:?}");
    }
}

#[test]
fn only_what_is_asked_for_is_told_and_nothing_changes_by_it() {
    let request = || span("x").attr("a", "ana@example.org 4111 1111 1111 1112 %40 a%40example.org").attr("token", "x");
    let mut silent = plugin(json!({}));
    take_log();
    let quiet = silent.run(request());
    assert_eq!(take_log(), []);
    let counted = spansieve_plugin::test::take_counters();
    let told = plugin(json!({"explain": true})).run(request());
    assert_eq!(quiet.batch, told.batch);
    assert_eq!(counted, spansieve_plugin::test::take_counters());
    assert!(!take_log().is_empty());
}

#[test]
fn what_goes_from_urls_is_told() {
    let config = json!({"values": [], "keys": [], "urls": {"query": "drop", "paths": "ids"}});
    let request = span("x").attr("url.full", "https://shop.example/users/1234?q=1");
    assert_eq!(
        told(config, request),
        [
            "hit url-ids attributes[\"url.full\"] 27..31 a part of a URL that `urls` takes out (url-ids)",
            "hit url-drop attributes[\"url.full\"] 32..35 a part of a URL that `urls` takes out (url-drop)",
        ]
    );
}

#[test]
fn an_attribute_that_an_allow_list_does_not_name_is_told() {
    let config = json!({"values": [], "keys": [], "only_keys": {"allow": [{"exact": "a"}], "others": "remove"}});
    assert_eq!(
        told(config, span("x").attr("a", "1").attr("b", "22")),
        ["hit key attributes[\"b\"] 0..2 `only_keys` does not allow its key"]
    );
}
