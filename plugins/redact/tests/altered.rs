//! Useful telemetry stays: of the values in captures and in the workload that hold nothing personal, at most one in a hundred is altered by the defaults.
//!
//! ALTERED.md has every altered value; `UPDATE_ALTERED=1 cargo test -p spansieve-redact --test altered` writes it anew. What holds something personal or
//! secret is listed here by hand, so a value that is altered without reason is seen.

mod captured;
mod support;

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::json;
use spansieve_plugin::test::Value;
use support::plugin;

/// What is personal or secret: in which source (all where it is empty), under which key (any where it is empty), a part of such values,
/// percent-decoded, and what it is.
const PERSONAL: &[(&str, &str, &str, &str)] = &[
    ("go-http-sql-redis.json", "", "ana.quill", "e-mail address"),
    ("go-http-sql-redis.json", "", "987-65-4321", "social security number"),
    ("go-http-sql-redis.json", "", "tok_invented_456", "token"),
    ("go-http-sql-redis.json", "", "555-0177", "telephone number"),
    ("node-express-proto.json", "", "leo.marsh", "e-mail address"),
    ("node-express-proto.json", "", "tok_invented_123", "token"),
    ("node-express-proto.json", "", "44-20-7946-0018", "telephone number"),
    ("py-flask-newsemconv.json", "", "mia.fern", "e-mail address"),
    ("py-flask-newsemconv.json", "", "987-65-4321", "social security number"),
    ("telemetrygen-http.json", "", "mia.fern", "e-mail address"),
    ("telemetrygen-http.json", "network.peer.address", "1.2.3.4", "address of a peer"),
    ("batch-512.otlp.pb", "client.address", "198.51.", "address of a client"),
    ("batch-512.otlp.pb", "db.query.text", "owner_id = ", "id of a customer in a literal"),
    ("batch-512.otlp.pb", "note", "@", "e-mail address"),
    ("batch-512.otlp.pb", "exception.message", "@", "e-mail address"),
    ("batch-512.otlp.pb", "note", " card 4", "payment card"),
    ("batch-512.otlp.pb", "note", "sent eyJ", "token"),
    ("batch-512.otlp.pb", "url.full", "contact=", "e-mail address"),
    ("batch-512.otlp.pb", "url.full", "token=", "token"),
];

/// What may be altered of what is useful, in parts of what holds nothing personal.
const BAR: f64 = 0.01;

fn shown(value: &Value) -> String {
    match value {
        Value::Str(text) => text.clone(),
        other => format!("{other:?}"),
    }
}

fn personal(source: &str, key: &str, value: &str) -> Option<&'static str> {
    let value = value.replace("%40", "@").replace("%2B", "+");
    let is_it =
        |(of, under, part, _): &&(&str, &str, &str, &str)| *of == source && (under.is_empty() || *under == key) && value.contains(part);
    PERSONAL.iter().find(is_it).map(|(_, _, _, what)| *what)
}

/// Counts for a source.
#[derive(Default)]
struct Line {
    values: usize,
    personal: usize,
    left: usize,
    altered: usize,
}

#[test]
fn of_what_is_useful_hardly_anything_is_altered() {
    let mut plugin = plugin(json!({}));
    let mut lines = Vec::new();
    let mut altered: BTreeMap<_, usize> = BTreeMap::new();
    for (source, batch) in captured::all() {
        let before = captured::values(&batch);
        let after = captured::values(&plugin.run(batch).batch);
        assert_eq!(before.len(), after.len());
        let mut line = Line { values: before.len(), ..Line::default() };
        for ((key, before), (_, after)) in before.iter().zip(&after) {
            let what = personal(source, key, &shown(before));
            let changed = shown(before) != shown(after);
            match what {
                Some(_) => {
                    line.personal += 1;
                    line.left += usize::from(!changed);
                }
                None => line.altered += usize::from(changed),
            }
            if changed {
                let mut after = shown(after);
                if after.len() > 160 {
                    let end = (0..=160).rev().find(|end| after.is_char_boundary(*end)).unwrap_or(0);
                    after.truncate(end);
                    after.push('…');
                }
                *altered.entry((source, what.unwrap_or("**useful**"), key.clone(), after)).or_default() += 1;
            }
        }
        lines.push((source, line));
    }
    let all = lines.iter().fold(Line::default(), |all, (_, line)| Line {
        values: all.values + line.values,
        personal: all.personal + line.personal,
        left: all.left + line.left,
        altered: all.altered + line.altered,
    });

    let mut out = String::from(
        "# What the defaults alter\n\nMade by `UPDATE_ALTERED=1 cargo test -p spansieve-redact --test altered` from the captures of real applications in \
         [`tests/captures`](captures) and from the workload of `spansieve bench`. What is personal or secret is listed by hand in \
         [`altered.rs`](altered.rs); everything else is useful, and at most 1 % of it may be altered. What is: the number of the protocol in `HELLO 2` of Redis, \
         which the public set of commands wants masked.\n\n\
         | source | attribute values | hold something personal or secret | of these left | hold nothing of the kind | of these altered | share |\n\
         |---|---|---|---|---|---|---|\n",
    );
    lines.push(("**all**", all));
    for (source, line) in &lines {
        let useful = line.values - line.personal;
        let share = 100.0 * line.altered as f64 / useful as f64;
        writeln!(out, "| {source} | {} | {} | {} | {useful} | {} | {share:.2} % |", line.values, line.personal, line.left, line.altered)
            .unwrap();
    }
    out.push_str("\nEvery altered value, as it came out:\n\n| source | what it held | key | how often | now |\n|---|---|---|---|---|\n");
    for ((source, what, key, after), times) in &altered {
        let after = after.replace('\n', "\\n").replace('|', "\\|");
        writeln!(out, "| {source} | {what} | `{key}` | {times} | `{after}` |").unwrap();
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/ALTERED.md");
    if std::env::var_os("UPDATE_ALTERED").is_some() {
        std::fs::write(path, &out).unwrap();
    }
    assert!(out == std::fs::read_to_string(path).unwrap_or_default(), "after a look at the difference: UPDATE_ALTERED=1 cargo test");

    for (source, line) in &lines {
        assert_eq!(line.left, 0, "something personal is left in {source}");
        // A small source may have more than its part.
        let bar = if *source == "**all**" { BAR } else { 2.0 * BAR };
        assert!(
            line.altered as f64 <= bar * (line.values - line.personal) as f64,
            "{} useful values of {source} are altered",
            line.altered
        );
    }
}
