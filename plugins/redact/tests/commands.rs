//! Commands to databases: public sets of cases, and what becomes of spans.

mod support;

use serde_json::{Value as Json, json};
use spansieve_plugin::SpanKind;
use spansieve_plugin::test::{Plugin, Span, Value, event, span, take_counters};
use spansieve_redact::Redact;
use support::{plugin, standard};

/// Without detectors and key rules, which would find some of the data too.
fn alone() -> Plugin<Redact> {
    plugin(json!({"keys": [], "values": []}))
}

fn query(system: &str, text: &str) -> Span {
    span("query").kind(SpanKind::Client).attr("db.system.name", system).attr("db.query.text", text)
}

fn text<'s>(span: &'s Span, key: &str) -> &'s str {
    match span.get(key) {
        Some(Value::Str(text)) => text,
        other => panic!("{key} became {other:?}"),
    }
}

/// What becomes of a command, by itself and in a second run.
#[track_caller]
fn sanitized(plugin: &mut Plugin<Redact>, system: &str, command: &str) -> String {
    let once = text(plugin.run(query(system, command)).span(0), "db.query.text").to_owned();
    let twice = plugin.run(query(system, &once));
    assert_eq!(text(twice.span(0), "db.query.text"), once, "a second run of {command:?}");
    once
}

fn cases(file: &str) -> Vec<Json> {
    let path = format!("{}/tests/cases/{file}", env!("CARGO_MANIFEST_DIR"));
    let mut json: Json = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    match json["cases"].take() {
        Json::Array(cases) => cases,
        other => panic!("{file} has {other}"),
    }
}

fn strings(list: &Json) -> impl Iterator<Item = &str> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap())
}

#[test]
fn every_statement_of_the_semantic_conventions_becomes_one_of_what_they_expect() {
    for mut plugin in [alone(), standard()] {
        for case in cases("sql_semconv.json") {
            let (system, statement) = (case[0].as_str().unwrap(), case[1].as_str().unwrap());
            let out = sanitized(&mut plugin, system, statement);
            assert!(strings(&case[2]).any(|expected| expected == out), "{statement:?} became {out:?}, expected {}", case[2]);
        }
    }
}

#[track_caller]
fn no_literal_survives(system: Option<&str>, statement: &str, literals: &Json) {
    let mut plugin = alone();
    let mut query = query(system.unwrap_or_default(), statement);
    if system.is_none() {
        query.attributes.remove(0);
    }
    let out = plugin.run(query);
    let out = text(out.span(0), "db.query.text");
    for literal in strings(literals) {
        // Some stand in identifiers too: `'Customer'` and `CustomerName`.
        let is_part_of_a_word = |place: usize| {
            let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
            is_word(out[..place].chars().next_back()) || is_word(out[place + literal.len()..].chars().next())
        };
        let is_left = out.match_indices(literal).any(|(place, _)| !is_part_of_a_word(place));
        assert!(!is_left, "{literal:?} of {statement:?} is left in {out:?}, for {system:?}");
    }
}

#[test]
fn no_literal_of_datadogs_statements_survives() {
    for case in cases("sql_datadog.json") {
        for system in [Some("other_sql"), None] {
            no_literal_survives(system, case[0].as_str().unwrap(), &case[1]);
        }
    }
}

#[test]
fn no_literal_of_go_sqllexers_statements_survives_in_any_dialect() {
    for case in cases("sql_gosqllexer.json") {
        let new_name = match case[0].as_str().unwrap() {
            "mssql" => "microsoft.sql_server",
            "oracle" => "oracle.db",
            same => same,
        };
        for system in [case[0].as_str(), Some(new_name), Some("other_sql"), None] {
            no_literal_survives(system, case[1].as_str().unwrap(), &case[2]);
        }
    }
}

/// `cases/db_commands.json`: kind, keys to keep, command, what its source makes of it, and what becomes of it here where that is something else.
#[test]
fn commands_of_other_databases_keep_their_names_and_lose_their_values() {
    let mut changed = Vec::new();
    for case in cases("db_commands.json") {
        let (kind, command) = (case[0].as_str().unwrap(), case[2].as_str().unwrap());
        let system = match kind {
            kind if kind.starts_with("redis") => "redis",
            "memcached" => "memcached",
            _ => "elasticsearch",
        };
        let mut plugin = plugin(json!({"keys": [], "values": [], "commands": {"json_keep": case[1]}}));
        let out = sanitized(&mut plugin, system, command);
        if system == "redis" {
            for value in ["value", "member", "password", "pivot", "v1", "v2", "v3", "hash"] {
                let is_left = out.split_whitespace().any(|word| word.contains(value));
                assert!(!is_left || out.starts_with("CONFIG"), "{value:?} of {command:?} is left in {out:?}");
            }
        }
        if case.get(4).unwrap_or(&case[3]).as_str() != Some(&out) {
            changed.push(json!([kind, case[1], command, case[3], out]).to_string());
        }
    }
    assert!(changed.is_empty(), "after a look at the difference:\n{}", changed.join(",\n"));
}

#[test]
fn values_and_what_detectors_find_are_merged() {
    let mut plugin = standard();
    let mut check = |system: &str, command: &str, expected: &str| assert_eq!(sanitized(&mut plugin, system, command), expected);
    check("postgresql", "SELECT a FROM t WHERE email = 'ana@example.org' AND id = 5", "SELECT a FROM t WHERE email = ? AND id = ?");
    check("postgresql", "SELECT \"ana@example.org\", 4111 1111 1111 1111, 'x'", "SELECT \"[REDACTED]\", [REDACTED], ?");
    check("postgresql", "SELECT 1 WHERE x = ana@example.org", "SELECT ? WHERE x = [REDACTED]");
    check(
        "postgresql",
        "SELECT a WHERE password = 'x' AND token = 'y'::text -- ana@example.org",
        "SELECT a WHERE password = ? AND token = ?::text ",
    );
    check("redis", "SET mail:ana@example.org 'x' EX 5", "SET mail:[REDACTED] ? EX 5");
    check("mongodb", r#"{"ana@example.org": 1, "password": "y"}"#, r#"{"[REDACTED]": "?", "password": "?"}"#);
}

#[test]
fn parameterised_statements_stay_byte_for_byte() {
    for statement in [
        "SELECT * FROM t WHERE password = ? AND token = $1::text",
        "UPDATE t SET password = :password, token=@token, secret = %(secret)s WHERE  id IN ($2, $3)",
    ] {
        for system in ["postgresql", "mysql", "oracle", "other_sql", "acme"] {
            assert_eq!(sanitized(&mut standard(), system, statement), statement);
        }
    }
}

#[test]
fn a_text_is_a_command_only_where_it_stands_as_one() {
    let statement = "SELECT 1 FROM t WHERE a = 'ana@example.org'";
    let out = standard().run(query("mysql", statement).attr("note", statement).event(event("e").attr("db.query.text", statement)));
    assert_eq!(text(out.span(0), "db.query.text"), "SELECT ? FROM t WHERE a = ?");
    assert_eq!(text(out.span(0), "note"), "SELECT 1 FROM t WHERE a = '[REDACTED]'");
}

#[test]
fn old_keys_and_missing_systems_count_too() {
    let mut plugin = standard();
    let mut run = |span: Span| plugin.run(span).span(0).clone();
    let old = run(span("x").attr("db.statement", "SELECT \"x\"").attr("db.system", "mysql"));
    assert_eq!(text(&old, "db.statement"), "SELECT ?");
    let both = run(span("x").attr("db.system", "postgresql").attr("db.system.name", "mysql").attr("db.query.text", "SELECT \"x\""));
    assert_eq!(text(&both, "db.query.text"), "SELECT ?");
    for (command, expected) in [
        ("SELECT 'x' FROM \"t\"", "SELECT ? FROM \"t\""),
        ("select `a` from b where c = \"x\"", "select `a` from b where c = ?"),
        ("{\"find\": \"users\", \"filter\": {\"name\": \"Ana\"}}", "{\"find\": \"?\", \"filter\": {\"name\": \"?\"}}"),
        ("MATCH (p:Person {name: \"Ana\"}) RETURN p // Ana", "MATCH (p:Person {name: ?}) RETURN p "),
    ] {
        assert_eq!(text(&run(span("x").attr("db.query.text", command)), "db.query.text"), expected);
    }
}

#[test]
fn a_name_that_holds_the_statement_loses_the_values_too() {
    let statement = "SELECT a FROM t WHERE b = 'Ana'";
    let mut plugin = alone();
    let mut name = |name: &str, statement: &str| {
        let mut span = query("postgresql", statement);
        span.name = name.into();
        plugin.run(span).span(0).name.clone()
    };
    assert_eq!(name(statement, statement), "SELECT a FROM t WHERE b = ?");
    assert_eq!(name("pg.query: SELECT a FROM t WHERE b = 'Ana'", statement), "pg.query: SELECT a FROM t WHERE b = ?");
    assert_eq!(name("SELECT a FROM t WHERE b = 'A", statement), "SELECT a FROM t WHERE b = ?");
    assert_eq!(name("insert into t values ('Ana', 5)", "SELECT ?"), "insert into t values (?, ?)");
    assert_eq!(name("SELECT shop.orders_2", statement), "SELECT shop.orders_2");
    assert_eq!(name("query 5", "SELECT 5"), "query 5");
}

#[test]
fn what_detectors_find_in_a_name_goes_with_the_values() {
    let statement = "SELECT a FROM t WHERE b = 'Ana' AND \"ana@example.org\" = 5";
    let mut before = query("postgresql", statement);
    before.name = statement.into();
    let out = standard().run(before);
    assert_eq!(out.span(0).name, "SELECT a FROM t WHERE b = ? AND \"[REDACTED]\" = ?");
    assert_eq!(standard().run(out.batch.clone()).batch, out.batch);
}

#[test]
fn parameters_of_queries_are_replaced_whole() {
    let span = query("mysql", "SELECT ?").attr("db.query.parameter.0", "Ana").attr("db.query.parameter.id", 5);
    let out = standard().run(span);
    assert_eq!(text(out.span(0), "db.query.parameter.0"), "[REDACTED]");
    assert_eq!(text(out.span(0), "db.query.parameter.id"), "[REDACTED]");
}

#[test]
fn each_language_can_be_switched_off() {
    let commands = [
        ("sql", "mysql", "SELECT 'x'"),
        ("redis", "valkey", "SET a x"),
        ("memcached", "memcached", "set a 0 0 1\r\nx"),
        ("json", "opensearch", "{\"a\":\"x\"}"),
    ];
    for (switch, system, command) in commands {
        assert_ne!(sanitized(&mut standard(), system, command), command);
        assert_eq!(sanitized(&mut plugin(json!({"commands": {switch: false}})), system, command), command);
    }
}

#[test]
fn values_are_counted_by_language() {
    take_counters();
    standard().run(query("mysql", "SELECT 1, 'ana@example.org' /* c */").attr("db.statement", "SELECT ?"));
    standard().run(query("redis", "SET a x"));
    let counters: Vec<_> = take_counters().into_iter().filter(|(_, count)| *count > 0).collect();
    assert_eq!(counters, [("hits.comment".into(), 1), ("hits.email".into(), 1), ("hits.redis".into(), 1), ("hits.sql".into(), 2)]);
}

#[test]
fn what_was_cut_off_holds_nothing_at_any_length() {
    let statement = r#"INSERT INTO users (name, "E mail", n) VALUES ('Secret', E'Sec\'ret', $$Secret$$, N'Secret', q'[Secret]') -- Secret"#;
    for system in ["postgresql", "other_sql", "oracle", "mysql", "mssql", "acme"] {
        let statement = if system == "postgresql" || system == "other_sql" {
            statement.to_owned()
        } else {
            statement.replace("E'Sec\\'ret'", "'S'").replace("$$Secret$$", "5")
        };
        let statement = if system == "oracle" || system.starts_with("other") { statement } else { statement.replace("q'[Secret]'", "6") };
        for end in 0..=statement.len() {
            let out = sanitized(&mut alone(), system, &statement[..end]);
            assert!(!out.contains("Sec") && !out.contains("ret"), "{:?} became {out:?} for {system}", &statement[..end]);
        }
    }
}

#[test]
fn what_other_rules_find_in_a_statement_goes_whatever_the_lexer_makes_of_it() {
    let statement = "SELECT name FROM orders WHERE id = 7";
    // A key rule replaces the whole value, also where it holds values of its own.
    for key in ["db.query.text", "db.statement"] {
        let mut by_key = plugin(json!({"keys": [{"exact": key}]}));
        let out = by_key.run(span("q").attr("db.system.name", "mysql").attr(key, statement));
        assert_eq!(text(out.span(0), key), "[REDACTED]");
    }
    // Nothing but names for the lexer, but something for the other rules.
    let mut custom = plugin(json!({"custom": [{"name": "order", "regex": "ORD_[0-9]+"}]}));
    assert_eq!(sanitized(&mut custom, "mysql", "SELECT ORD_123456 FROM t"), "SELECT [REDACTED] FROM t");
    assert_eq!(sanitized(&mut standard(), "mysql", "SELECT ana%40example.org FROM t"), "SELECT [REDACTED] FROM t");
    // The same text under a key that names it, and as a statement: each row by its own key.
    let ssn = "856456789";
    let out = standard().run(span("q").attr("user.ssn", ssn).attr("db.system.name", "mysql").attr("db.statement", ssn));
    assert!(!format!("{:?}", out.batch).contains(ssn), "{:?}", out.batch);
}
