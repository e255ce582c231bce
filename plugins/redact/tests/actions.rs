//! What becomes of what is found: each action in each kind of place, and finds of several rules with different actions.

mod support;

use serde_json::{Value as Json, json};
use spansieve_plugin::test::{Plugin, Value, batch, event, link, resource, scope, set_table, span, take_counters};
use spansieve_redact::Redact;
use support::redact;

const R: &str = "[REDACTED]";

/// A plugin with the key of the tests, whose id is `k1`.
fn plugin(mut config: Json) -> Plugin<Redact> {
    set_table("tests", "what do ya want for nothing key");
    config["hash"] = json!({"key": "tests", "id": "k1"});
    support::plugin(config)
}

/// What becomes of a text, which a second run does not change.
#[track_caller]
fn check(config: Json, text: &str, expected: &str) {
    let mut plugin = plugin(config.clone());
    let once = redact(&mut plugin, text);
    assert_eq!(once, expected, "from {text:?} with {config}");
    assert_eq!(redact(&mut plugin, &once), once, "a second run of {text:?} with {config}");
}

/// Only e-mail addresses, cards, addresses and a rule for orders, which all take the same action.
fn all(action: Json) -> Json {
    json!({
        "action": action, "keys": [], "values": ["email", "card", "ipv4", "ipv6", "phone"],
        "custom": [{"name": "order", "regex": r"ORD-\d{6}"}]
    })
}

// By Python: "[hmac:k1:" + hmac.new(b"what do ya want for nothing key", text, "sha256").hexdigest()[:32] + "]"
const ANA: &str = "[hmac:k1:d8b8d50e851380aff9522254a261801f]";
const CARD: &str = "[hmac:k1:c15f2810ad68e7623d0c16ec0f98161d]";
const SEVENTEEN: &str = "[hmac:k1:c43fecd76d90280157fa92c3e40a2616]";

#[test]
fn each_action_in_a_text() {
    let text = "from ana@example.org: 4111111111111111, 198.51.100.77, 2001:db8:1:2::3, +442079460018; ORD-123456!";
    check(all(json!("mask")), text, "from [REDACTED]: [REDACTED], [REDACTED], [REDACTED], [REDACTED]; [REDACTED]!");
    check(all(json!("remove")), text, "from : , , , ; !");
    check(
        all(json!({"partial": {"last": 4}})),
        text,
        "from [REDACTED].org: [REDACTED]1111, [REDACTED]0.77, [REDACTED]2::3, [REDACTED]0018; [REDACTED]3456!",
    );
    check(
        all(json!({"partial": {"first": 2}})),
        text,
        "from an[REDACTED]: 41[REDACTED], 19[REDACTED], 20[REDACTED], +4[REDACTED]; OR[REDACTED]!",
    );
    check(
        all(json!({"partial": "domain"})),
        text,
        "from [REDACTED]@example.org: [REDACTED], [REDACTED], [REDACTED], [REDACTED]; [REDACTED]!",
    );
    check(all(json!("truncate")), text, "from [REDACTED]: [REDACTED], 198.51.100.0, 2001:db8:1::, [REDACTED]; [REDACTED]!");
    check(all(json!({"truncate": 3})), text, "from ana: 411, 198.51.100.0, 2001:db8:1::, +44; ORD!");
    let hashed = redact(&mut plugin(all(json!("hash"))), text);
    assert!(hashed.starts_with(&format!("from {ANA}: {CARD}, [hmac:k1:")) && hashed.matches("[hmac:k1:").count() == 6, "{hashed}");
    check(all(json!("hash")), text, &hashed);
}

#[test]
fn a_pseudonym_is_of_the_kind_of_what_it_stands_for() {
    let config = all(json!("pseudonym"));
    let text = "ana@example.org|4111111111111111|198.51.100.77|2001:db8:1:2::3|+442079460018|ORD-123456";
    let made_up = redact(&mut plugin(config.clone()), text);
    check(config.clone(), text, &made_up);
    let parts: Vec<&str> = made_up.split('|').collect();
    assert!(parts[0].starts_with("u-") && parts[0].ends_with("@pseudonym.invalid"), "{made_up}");
    assert!(parts[1].starts_with("00") && parts[1].len() == 16, "{made_up}");
    assert!(parts[2].parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.octets()[0] >= 240), "{made_up}");
    assert!(parts[3].starts_with("2001:db8:") && parts[3].parse::<std::net::Ipv6Addr>().is_ok(), "{made_up}");
    assert!(parts[4].starts_with("+999") && parts[5].starts_with("anon-"), "{made_up}");
    let other = redact(&mut plugin(config), "cara@example.org");
    assert_ne!(other, parts[0]);
}

#[test]
fn nothing_is_kept_where_it_would_be_more_than_half() {
    let config = |keep: Json| json!({"keys": [], "values": [], "custom": [{"name": "x", "regex": r"X\S*", "action": {"partial": keep}}]});
    check(config(json!({"last": 3})), "Xbcdef Xbcde Xb Xédéfé", "[REDACTED]def [REDACTED] [REDACTED] [REDACTED]éfé");
    check(config(json!({"first": 1})), "Xb X", "X[REDACTED] [REDACTED]");
    check(config(json!("domain")), "Xna@example.org Xna@ X@a@b.c", "[REDACTED]@example.org [REDACTED] [REDACTED]");
}

#[test]
fn what_was_found_percent_encoded_is_hashed_and_kept_by_what_it_says() {
    let email = |action: Json| json!({"keys": [], "values": [{"use": "email", "action": action}]});
    check(email(json!("hash")), "?q=ana%40example.org&x=1", &format!("?q={ANA}&x=1"));
    check(email(json!("hash")), "?q=%61na%2540example.org", &format!("?q={ANA}"));
    check(email(json!({"partial": "domain"})), "?q=ana%40example.org&x=1", "?q=[REDACTED]@example.org&x=1");
    let card = |action: Json| json!({"keys": [], "values": [{"use": "card", "action": action}]});
    check(card(json!({"partial": {"last": 4}})), "?c=4111+1111%201111+1111&x", "?c=[REDACTED]1111&x");
}

#[test]
fn what_was_hidden_otherwise_is_hashed_and_kept_by_what_it_says() {
    let email = |action: Json| json!({"keys": [], "decode": ["base64"], "values": [{"use": "email", "action": action}]});
    for hidden in [
        "ana\\u0040example.org",
        "ana\\x40example\\u{2e}org",
        "ana&#64;example&period;org",
        "ana＠example.org",
        "ana%EF%BC%A0example.org",
        "a\u{200B}na@exam\u{AD}ple.org",
        "аna@example.org",
        // "to ana@example.org, now": of what goes only the address is hashed.
        "dG8gYW5hQGV4YW1wbGUub3JnLCBub3c=",
    ] {
        check(email(json!("hash")), &format!("<{hidden}>"), &format!("<{ANA}>"));
        check(email(json!({"partial": "domain"})), &format!("<{hidden}>"), "<[REDACTED]@example.org>");
    }
    // What is found as it is stays as it is, whatever hides beside it.
    let value = |text: &str| redact(&mut plugin(json!({"values": [], "keys": [{"exact": "x", "action": "hash"}]})), text);
    let alone = value("x=\"señor привет\"");
    assert!(alone.starts_with("x=\"[hmac:k1:"), "{alone}");
    assert_eq!(value("x=\"señor привет\" ４"), format!("{alone} ４"));
}

#[test]
fn addresses_lose_their_host_part_once() {
    let config = json!({"keys": [], "values": [{"use": "ipv4", "action": "truncate"}, {"use": "ipv6", "action": "truncate"}]});
    for (text, expected) in [
        ("198.51.100.7/30", "198.51.100.0"),
        ("198.51.100.7/24", "198.51.100.0/24"),
        ("10.1.2.3/8", "10.1.2.0/8"),
        ("198.51.100.0", "198.51.100.0"),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.0"),
        ("2001:db8:1:2::3/64", "2001:db8:1::"),
        ("[2001:db8:1:2::3]:443", "[2001:db8:1::]:443"),
    ] {
        check(config.clone(), text, expected);
    }
}

#[test]
fn merged_finds_take_the_strictest_action_that_covers_them() {
    let config = |email: Json, custom: Json| json!({"keys": [], "values": [{"use": "email", "action": email}], "custom": [{"name": "x", "regex": r"@\S+", "action": custom}]});
    // The stricter one does not cover the whole find.
    check(config(json!({"partial": "domain"}), json!("hash")), "to ana@example.org", "to [REDACTED]");
    check(config(json!({"partial": "domain"}), json!("mask")), "to ana@example.org", "to [REDACTED]");
    check(config(json!("hash"), json!({"partial": {"last": 3}})), "to ana@example.org", &format!("to {ANA}"));
    // It reaches beyond what is hashed.
    check(config(json!("hash"), json!({"partial": {"last": 3}})), "to ana@example.org/x", "to [REDACTED]");
    check(config(json!("remove"), json!("hash")), "to ana@example.org", "to ");
    let same = |one: Json, other: Json| {
        json!({"keys": [], "values": [], "custom": [
            {"name": "one", "regex": r"ORD-\d+", "action": one}, {"name": "other", "regex": r"ORD-\w+", "action": other}
        ]})
    };
    check(same(json!({"truncate": 4}), json!({"truncate": 5})), "ORD-123456", R);
    check(same(json!({"partial": {"last": 2}}), json!({"partial": {"first": 2}})), "ORD-123456", R);
    check(same(json!({"partial": {"last": 2}}), json!({"partial": {"last": 2}})), "ORD-123456", "[REDACTED]56");
    check(same(json!("mask"), json!("remove")), "ORD-123456", R);
}

#[test]
fn values_in_commands_go_whatever_the_action_of_what_is_found_in_them() {
    let mut plugin = plugin(json!({"keys": [], "values": [{"use": "email", "action": "hash"}]}));
    let sql = "select * from ana@example.org where mail = 'ana@example.org' and n = 5";
    let statement = |text: &str| span("x").attr("db.system.name", "postgresql").attr("db.query.text", text);
    let once = plugin.run(statement(sql));
    let expected = format!("select * from {ANA} where mail = ? and n = ?");
    assert_eq!(once.span(0).get("db.query.text"), Some(&expected.as_str().into()));
    assert_eq!(plugin.run(once.batch.clone()).edits, []);
}

#[test]
fn a_key_rule_hashes_values_of_every_type() {
    let mut plugin = plugin(json!({"keys": [{"exact": "user.id", "action": "hash"}]}));
    let nested = Value::Array(vec![17.into(), "ana@example.org".into(), Value::Empty, "".into()]);
    let before = || {
        span("x")
            .attr("user.id", 17)
            .attr("map", Value::Map(vec![("user.id".into(), "17".into())]))
            .event(event("e").attr("user.id", nested.clone()))
            .link(link().attr("user.id", &b"17"[..]))
    };
    let once =
        plugin.run(batch().resource(resource().attr("user.id", "ana@example.org")).scope(scope("s").attr("user.id", 17.0)).span(before()));
    let span = once.span(0);
    assert_eq!(span.get("user.id"), Some(&SEVENTEEN.into()));
    assert_eq!(span.get("map"), Some(&Value::Map(vec![("user.id".into(), SEVENTEEN.into())])));
    assert_eq!(span.events[0].get("user.id"), Some(&Value::Array(vec![SEVENTEEN.into(), ANA.into(), Value::Empty, "".into()])));
    assert_eq!(span.links[0].get("user.id"), Some(&SEVENTEEN.into()));
    assert_eq!(once.batch.resources[0].get("user.id"), Some(&ANA.into()));
    assert_eq!(once.batch.scopes[0].get("user.id"), Some(&SEVENTEEN.into()));
    assert_eq!(plugin.run(once.batch.clone()).edits, []);
}

#[test]
fn a_key_rule_keeps_a_part_or_takes_the_attribute() {
    let mut plugin = plugin(json!({
        "keys": [
            {"exact": "phone", "action": {"partial": {"last": 4}}},
            {"exact": "mail", "action": {"partial": "domain"}},
            {"exact": "client", "action": "truncate"},
            {"exact": "agent", "action": {"truncate": 7}},
            {"regex": "^x-.*-id$", "action": "remove"},
            {"exact": "note", "action": {"partial": {"last": 15}}},
        ],
        "values": ["email", {"use": "ipv4", "action": "truncate"}]
    }));
    let once = plugin.run(
        span("x")
            .attr("phone", 442079460018i64)
            .attr("mail", vec!["ana@example.org", "nobody"])
            .attr("client", "198.51.100.77")
            .attr("agent", "Mozilla/5.0")
            .attr("X-Request-Id", Value::Map(vec![("a".into(), "ana@example.org".into())]))
            .attr("other", Value::Map(vec![("x-y-id".into(), 1.into()), ("y".into(), 2.into())]))
            .attr("note", "a text that ends with ana@example.org"),
    );
    let span = once.span(0);
    assert_eq!(span.get("phone"), Some(&"[REDACTED]0018".into()));
    assert_eq!(span.get("mail"), Some(&vec!["[REDACTED]@example.org", R].into()));
    assert_eq!(span.get("client"), Some(&"198.51.100.0".into()));
    assert_eq!(span.get("agent"), Some(&"Mozilla".into()));
    assert_eq!(span.get("X-Request-Id"), None);
    assert_eq!(span.get("other"), Some(&Value::Map(vec![("y".into(), 2.into())])));
    assert_eq!(span.get("note"), Some(&R.into()), "what would be kept is found by another rule");
    assert_eq!(plugin.run(once.batch.clone()).edits, []);
}

#[test]
fn a_key_rule_takes_its_action_inside_texts_too() {
    let config =
        json!({"keys": [{"exact": "user", "action": "hash"}, {"exact": "pin", "action": "remove"}, {"contains": "token"}], "values": []});
    check(
        config.clone(),
        "?user=ana%40example.org&pin=1234&token=x#user=17",
        &format!("?user={ANA}&pin=&token=[REDACTED]#user={SEVENTEEN}"),
    );
    check(config, r#"{"user":"ana@example.org","pin":"1"}"#, &format!(r#"{{"user":"{ANA}","pin":""}}"#));
}

#[test]
fn numbers_in_which_something_is_found_take_the_action_too() {
    let number = |action: Json| {
        let mut plugin = plugin(all(action));
        let once = plugin.run(span("x").attr("n", 4111111111111111i64));
        assert_eq!(plugin.run(once.batch.clone()).edits, []);
        once.span(0).get("n").cloned()
    };
    assert_eq!(number(json!("hash")), Some(CARD.into()));
    assert_eq!(number(json!({"partial": {"last": 4}})), Some("[REDACTED]1111".into()));
    assert_eq!(number(json!("mask")), Some(R.into()));
}

#[test]
fn names_and_keys_are_never_empty() {
    let mut plugin = plugin(all(json!("remove")));
    let once = plugin.run(span("ana@example.org").attr("cara@example.org", "leo@example.org"));
    assert_eq!(once.span(0).name, R);
    assert_eq!(once.span(0).get(R), Some(&"".into()));
}

#[test]
fn services_with_the_same_key_make_the_same_hash_and_keys_can_be_changed() {
    let config = all(json!("hash"));
    let [one, other] = [(); 2].map(|()| redact(&mut plugin(config.clone()), "ana@example.org"));
    assert_eq!(one, other);
    // Another key, another hash; what the key before has made stays.
    set_table("new", "a key of another month");
    let mut rotated = config;
    rotated["hash"] = json!({"key": "new"});
    let mut plugin = support::plugin(rotated);
    let text = redact(&mut plugin, &format!("{one} ana@example.org"));
    assert!(text.starts_with(&format!("{one} [hmac:new:")) && !text.ends_with(one.rsplit(':').next().unwrap()), "{text}");
}

#[test]
fn what_an_action_put_in_is_no_data_for_other_rules() {
    let config = |action: &str| {
        json!({
            "keys": [], "values": [{"use": "email", "action": action}],
            "custom": [{"name": "a", "regex": r"[0-9a-f]{4}"}, {"name": "b", "regex": "hmac|invalid"}, {"name": "c", "regex": "from .* to"}]
        })
    };
    check(config("hash"), "mail ana@example.org", &format!("mail {ANA}"));
    let made_up = redact(&mut plugin(config("pseudonym")), "mail ana@example.org");
    assert!(made_up.starts_with("mail u-") && made_up.ends_with("@pseudonym.invalid"), "{made_up}");
    check(config("hash"), "hmac from ana@example.org to x", "[REDACTED] [REDACTED] x");
}

#[test]
fn values_that_are_safe_excuse_only_themselves() {
    let config = json!({
        "keys": [{"exact": "user"}],
        "values": ["email", "card"],
        "safe_values": [{"exact": "noreply@example.com"}, {"regex": r".*@example\.org"}]
    });
    check(
        config.clone(),
        "noreply@example.com paid with 4111111111111111 for ana@example.org and bob@example.com",
        "noreply@example.com paid with [REDACTED] for ana@example.org and [REDACTED]",
    );
    check(config.clone(), "?user=noreply%40example.com&user=x", "?user=noreply%40example.com&user=[REDACTED]");
    check(config.clone(), "?user='noreply@example.com,x'", "?user='[REDACTED]'");
    let mut plugin = plugin(config);
    let after = plugin.run(span("x").attr("user", vec!["noreply@example.com", "bob"]));
    assert_eq!(after.span(0).get("user"), Some(&vec!["noreply@example.com", R].into()));
}

#[test]
fn safe_keys_are_left_alone_and_the_same_text_elsewhere_is_not() {
    let mut plugin = plugin(json!({"keys": [{"contains": "id"}], "safe_keys": [{"exact": "build.id"}, {"exact": "db.query.text"}]}));
    let before = span("x")
        .attr("build.id", "ana@example.org")
        .attr("note", "ana@example.org")
        .attr("db.system.name", "mysql")
        .attr("db.query.text", "select 'x'")
        .event(event("e").attr("build.id", Value::Array(vec!["ana@example.org".into(), 4111111111111111i64.into()])));
    let once = plugin.run(before);
    let span = once.span(0);
    assert_eq!(span.get("build.id"), Some(&"ana@example.org".into()));
    assert_eq!(span.get("note"), Some(&R.into()));
    assert_eq!(span.get("db.query.text"), Some(&"select 'x'".into()));
    assert_eq!(span.events[0].get("build.id"), Some(&Value::Array(vec!["ana@example.org".into(), 4111111111111111i64.into()])));
    assert_eq!(format!("{:?}", plugin.run(once.batch.clone()).batch), format!("{:?}", once.batch));
}

#[test]
fn an_allow_list_masks_or_removes_what_it_does_not_name() {
    let config = |others: &str| {
        json!({
            "only_keys": {"allow": [{"glob": "http.*"}, {"regex": "^n$"}, {"exact": "service.name"}], "others": others},
            "except": [{"exact": "count"}], "mark": "redacted"
        })
    };
    let before = || {
        batch().resource(resource().attr("service.name", "shop").attr("host", "a")).scope(scope("lib").attr("owner", "b")).span(
            span("x")
                .attr("http.route", "/c")
                .attr("n", Value::Map(vec![("any".into(), 1.into())]))
                .attr("count", 3)
                .attr("other", Value::Array(vec![1.into(), "d".into()]))
                .event(event("e").attr("f", "g"))
                .link(link().attr("h", true)),
        )
    };
    let mut masking = plugin(config("mask"));
    let once = masking.run(before());
    let span = once.span(0);
    assert_eq!(span.get("http.route"), Some(&"/c".into()));
    assert_eq!(span.get("n"), Some(&Value::Map(vec![("any".into(), 1.into())])));
    assert_eq!(span.get("count"), Some(&3.into()));
    assert_eq!(span.get("other"), Some(&vec![R, R].into()));
    assert_eq!((span.events[0].get("f"), span.links[0].get("h")), (Some(&R.into()), Some(&R.into())));
    assert_eq!(once.batch.resources[0].get("service.name"), Some(&"shop".into()));
    assert_eq!((once.batch.resources[0].get("host"), once.batch.scopes[0].get("owner")), (Some(&R.into()), Some(&R.into())));
    assert_eq!(span.get("redacted"), Some(&vec!["key"].into()));
    assert_eq!(masking.run(once.batch.clone()).edits, []);
    let removed = plugin(config("remove")).run(before());
    let span = removed.span(0);
    assert_eq!((span.get("other"), span.events[0].get("f"), span.links[0].get("h")), (None, None, None));
    assert_eq!((removed.batch.resources[0].get("host"), removed.batch.scopes[0].get("owner")), (None, None));
    assert_eq!(span.get("n"), Some(&Value::Map(vec![("any".into(), 1.into())])));
}

#[test]
fn spans_are_marked_with_the_rules_that_found_something_in_them() {
    let mut plugin = plugin(json!({"mark": "redacted", "values": ["email", "card"], "custom": [{"name": "order", "regex": r"ORD-\d{6}"}]}));
    let before = batch()
        .resource(resource().attr("owner", "ana@example.org"))
        .scope(scope("lib"))
        .span(span("clean").attr("x", 1))
        .span(span("ORD-123456").message("ana@example.org").attr("token", "x").attr("redacted", vec!["earlier"]))
        .span(span("x").event(event("e").attr("list", vec!["ana@example.org"])).link(link().attr("n", 4111111111111111i64)));
    let once = plugin.run(before);
    assert_eq!(once.span(0).get("redacted"), None);
    assert_eq!(once.span(1).get("redacted"), Some(&vec!["earlier", "email", "key", "order"].into()));
    assert_eq!(once.span(2).get("redacted"), Some(&vec!["card", "email"].into()));
    assert_eq!(plugin.run(once.batch.clone()).edits, []);
}

#[test]
fn hits_are_counted_by_field_where_that_is_asked_for() {
    take_counters();
    let mut plugin = plugin(json!({"count_fields": true, "values": ["email"]}));
    plugin.run(
        batch().resource(resource().attr("owner", "ana@example.org")).scope(scope("lib ana@example.org")).span(
            span("GET ana@example.org")
                .message("ana@example.org")
                .tracestate("a=b@example.org")
                .attr("ana@example.org", vec!["ana@example.org", "x", "ana@example.org"])
                .attr("password", "x")
                .event(event("ana@example.org"))
                .link(link().attr("x", "ana@example.org")),
        ),
    );
    let by_field: Vec<_> = take_counters().into_iter().filter(|(name, _)| name.matches('.').count() == 2).collect();
    let expected = [
        ("hits.email.attributes", 2),
        ("hits.email.events", 1),
        ("hits.email.keys", 1),
        ("hits.email.links", 1),
        ("hits.email.name", 1),
        ("hits.email.resource", 1),
        ("hits.email.scope", 1),
        ("hits.email.status", 1),
        ("hits.email.tracestate", 1),
        ("hits.key.attributes", 1),
    ];
    assert_eq!(by_field, expected.map(|(name, hits)| (name.to_owned(), hits)));
}

#[test]
fn rules_of_a_policy_can_ask_for_words_entropy_and_checks() {
    let config = json!({"keys": [], "values": [], "custom": [
        {"name": "member", "regex": r"\b(?<no>\d{4})(?<check>\d)\b", "keywords": ["member"], "validate": "luhn", "action": "hash"},
        {"name": "random", "regex": r"\b[A-Za-z0-9]{16}\b", "entropy": 3.5},
        {"name": "order", "regex": r"ORD-(?<id>\d{6})", "allow": [{"exact": "000000"}, {"regex": "^9.*"}]},
    ]});
    check(config.clone(), "ORD-123456 ORD-000000 ORD-912345", "ORD-[REDACTED] ORD-000000 ORD-912345");
    check(config.clone(), "aaaaaaaabbbbbbbb q7Zx2Lp9Kd4Wm8Rt", "aaaaaaaabbbbbbbb [REDACTED]");
    let mut plugin = plugin(json!({"keys": [], "values": [], "custom": [
        {"name": "member", "regex": r"\b\d{5}\b", "keywords": ["member", "CUSTOMER"]},
    ]}));
    let after = plugin.run(
        span("member 12345, order 12345")
            .message("order 12345")
            .attr("x.member_no", 12345)
            .attr("order", 12345)
            .attr("customer", Value::Map(vec![("no".into(), Value::Array(vec!["12345".into(), "n 54321".into()]))]))
            .attr("note", "n 54322"),
    );
    let span = after.span(0);
    assert_eq!(span.name, "member [REDACTED], order [REDACTED]");
    assert_eq!(span.message.as_deref(), Some("order 12345"));
    assert_eq!(span.get("customer"), Some(&Value::Map(vec![("no".into(), vec![R, "n [REDACTED]"].into())])));
    assert_eq!(span.get("note"), Some(&"n 54322".into()));
    assert_eq!(span.get("x.member_no"), Some(&R.into()));
}
