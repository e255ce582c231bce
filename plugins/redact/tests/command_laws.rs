//! Laws of commands, on random ones.

mod support;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::json;
use spansieve_plugin::test::{Plugin, Value, span};
use spansieve_redact::Redact;
use support::{plugin, standard};

const SYSTEMS: &[&str] = &[
    "other_sql",
    "mysql",
    "postgresql",
    "microsoft.sql_server",
    "oracle.db",
    "sqlite",
    "neo4j",
    "redis",
    "memcached",
    "mongodb",
    "opensearch",
    "acme",
    "",
];

/// Pieces that make trouble: quotes, comments, prefixes, numbers, placeholders, replacements, data.
const PIECES: &[&str] = &[
    "SELECT ",
    "select",
    " FROM t",
    " WHERE a = ",
    "IN (",
    ")",
    "VALUES ",
    "CREATE USER ",
    "IDENTIFIED BY ",
    "'",
    "''",
    "\"",
    "`",
    "[",
    "]",
    "\\",
    "\\'",
    "$",
    "$$",
    "$a$",
    "$1",
    "?",
    ":1",
    ":name",
    "@p1",
    "@",
    "%s",
    "--",
    "-",
    "+",
    "#",
    "/*",
    "*/",
    "/*+",
    "/*!",
    "//",
    "1",
    "1.5",
    ".5",
    "e+5",
    "0xF",
    "E'",
    "q'[",
    "]'",
    "N'x'",
    "U&'",
    "x",
    "é",
    "日",
    "_",
    " ",
    "\n",
    "\r\n",
    ",",
    ";",
    "(",
    "{",
    "}",
    ":",
    "{\"a\":",
    "\"b\"",
    "true",
    "SET k ",
    "HSET h f ",
    "ex 5",
    "set k 0 0 ",
    "[REDACTED]",
    "[RED",
    "ana@example.org",
    "4111111111111111",
    "password = ",
    "bearer ",
    "token=",
    "%40",
    "\\u0040",
    "&#64;",
    "＠",
    "%27",
    "::text",
    "\u{0}",
    "|",
    "<",
    ">",
    ".",
];

const CUSTOM: &[&str] = &["'", "\"", r"\[", "[?]", r"\$", "--", r"x.*x", "^S", "é", r"\d", "a "];

fn redact(plugin: &mut Plugin<Redact>, system: &str, text: &str) -> String {
    let mut span = span("x").attr("db.query.text", text);
    if !system.is_empty() {
        span = span.attr("db.system.name", system);
    }
    match plugin.run(span).span(0).get("db.query.text") {
        Some(Value::Str(text)) => text.clone(),
        other => panic!("{text:?} became {other:?}"),
    }
}

fn with_custom(custom: &[&str]) -> Plugin<Redact> {
    let custom: Vec<_> = custom.iter().enumerate().map(|(i, regex)| json!({"name": format!("custom-{i}"), "regex": regex})).collect();
    plugin(json!({ "custom": custom }))
}

/// What stays in a statement, whatever its dialect.
const NAMES: &[&str] = &[
    "SELECT",
    "FROM users",
    "a.b_2",
    "WHERE x =",
    "(",
    ")",
    ",",
    "IN (",
    "AND",
    "?",
    ":name",
    "@p1",
    "NULL",
    "TRUE",
    "c3po",
    "<>",
    "||",
    "*",
];

/// Literals of the standard; what they hold begins with `zq`.
const LITERALS: &[&str] =
    &["'zq'", "'zq''zq'", "''", "N'zq'", "X'zq'", "17", "-1.5", "+3e-7", ".5", "0xDEADBEEF", "'zq -- zq'", "'zq /* zq'", "'zq\nzq \"zq'"];

fn token() -> impl Strategy<Value = (&'static str, bool)> {
    prop_oneof![select(NAMES).prop_map(|name| (name, false)), select(LITERALS).prop_map(|literal| (literal, true))]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn redacting_twice_is_redacting_once(
        pieces in prop::collection::vec(select(PIECES), 0..12),
        system in select(SYSTEMS),
        custom in prop::sample::subsequence(CUSTOM, 0..3),
    ) {
        let mut plugin = with_custom(&custom);
        let once = redact(&mut plugin, system, &pieces.concat());
        prop_assert_eq!(redact(&mut plugin, system, &once), once);
    }

    #[test]
    fn any_text_at_all_stays_a_text(text in any::<String>(), system in select(SYSTEMS)) {
        let mut plugin = standard();
        let once = redact(&mut plugin, system, &text);
        prop_assert_eq!(redact(&mut plugin, system, &once), once);
    }

    #[test]
    fn literals_go_and_everything_else_stays(tokens in prop::collection::vec(token(), 0..20), system in select(&SYSTEMS[..6]), cut in any::<Index>()) {
        let statement: String = tokens.iter().map(|(token, _)| format!("{token} ")).collect();
        let expected: String = tokens.iter().map(|(token, literal)| format!("{} ", if *literal { "?" } else { token })).collect();
        let mut plugin = plugin(json!({"keys": [], "values": []}));
        prop_assert_eq!(redact(&mut plugin, system, &statement), expected);
        let cut = &statement[..cut.index(statement.len() + 1)];
        let cut_out = redact(&mut plugin, system, cut);
        prop_assert!(!cut_out.contains('z'), "{cut:?} became {cut_out:?}");
    }

    #[test]
    fn values_of_json_go_and_it_stays_json(shape in json_value()) {
        let (text, keys) = (shape.to_string(), shape.to_string().matches("key").count());
        let out = redact(&mut plugin(json!({"keys": [], "values": []})), "opensearch", &text);
        prop_assert!(!out.contains("zq"), "{text} became {out}");
        prop_assert_eq!(out.matches("key").count(), keys);
        prop_assert!(serde_json::from_str::<serde_json::Value>(&out).is_ok(), "{out}");
    }

    #[test]
    fn values_in_redis_go(key in "k[a-y0-9:]{0,8}", values in prop::collection::vec("zq[a-d ]{0,5}", 1..5), command in select(&["SET", "lpush", "SADD", "NEW.CMD", "PUBLISH"][..])) {
        let quoted: Vec<String> = values.iter().map(|value| format!("\"{value}\"")).collect();
        for arguments in [values.join(" "), quoted.join(" ")] {
            let out = redact(&mut plugin(json!({"keys": [], "values": []})), "redis", &format!("{command} {key} {arguments}"));
            prop_assert_eq!(out.trim_end(), format!("{command} {key} ?"));
        }
    }
}

fn json_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(|b| json!(b)),
        any::<i64>().prop_map(|n| json!(n)),
        "zq\\PC{0,8}".prop_map(|text| json!(text)),
        Just(json!("zq\"\\\n")),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| json!(items)),
            prop::collection::btree_map("key[a-c\"{]{0,2}", inner, 0..4).prop_map(|entries| json!(entries)),
        ]
    })
}
