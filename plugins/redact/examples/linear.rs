//! How long hostile texts take natively, in nanoseconds a byte, from 1 kB to 1 MB: the time must grow with the text only.
//!
//! `cargo run --release -p spansieve-redact --example linear` prints the slowest inputs as a table; with `-- --all` every one. `src/linear.rs` is the test.

use std::time::{Duration, Instant};

use serde_json::json;
use spansieve_plugin::test::{Plugin, Span, encode, span};
use spansieve_redact::Redact;

const HOSTILE: (&[&str], &[&str], &[&str]) = include!("../tests/cases/hostile.in");

const SIZES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];

/// Rows of the table.
const SHOWN: usize = 15;

/// How often a size is measured at least, and for how long.
const ROUNDS: u32 = 2;
const LONG: Duration = Duration::from_millis(10);

/// What a field is called, the pieces for it, and a span with a text in it.
type Field = (&'static str, &'static [&'static str], fn(&str) -> Span);

struct Line {
    field: &'static str,
    piece: &'static str,
    ns: [f64; SIZES.len()],
}

fn measure(plugin: &mut Plugin<Redact>, piece: &str, size: usize, span_of: fn(&str) -> Span) -> f64 {
    let text = piece.repeat(size / piece.len() + 1);
    let blob = encode(&span_of(&text).into(), plugin.setup()).asked;
    let (mut best, mut rounds, start) = (f64::MAX, 0, Instant::now());
    while rounds < ROUNDS || start.elapsed() < LONG {
        let round = Instant::now();
        std::hint::black_box(plugin.process(&blob));
        best = best.min(round.elapsed().as_nanos() as f64 / text.len() as f64);
        rounds += 1;
    }
    best
}

fn main() {
    let fields: [Field; 6] = [
        ("attribute", HOSTILE.0, |text| span("x").attr("note", text)),
        ("under `ssn`", HOSTILE.0, |text| span("x").attr("ssn", text)),
        ("statement", HOSTILE.1, |text| span("x").attr("db.system.name", "mysql").attr("db.query.text", text)),
        ("Redis", HOSTILE.1, |text| span("x").attr("db.system.name", "redis").attr("db.query.text", text)),
        ("JSON", HOSTILE.1, |text| span("x").attr("db.system.name", "mongodb").attr("db.query.text", text)),
        ("key", HOSTILE.2, |text| span("x").attr(text, "x")),
    ];
    for (name, config) in
        [("the defaults", json!({})), ("every detector and base64", json!({"values": every_detector(), "decode": ["base64"]}))]
    {
        let mut plugin: Plugin<Redact> = Plugin::new(config).expect("the configuration is right");
        let mut lines = Vec::new();
        for (field, pieces, span_of) in &fields {
            for piece in *pieces {
                let ns = SIZES.map(|size| measure(&mut plugin, piece, size, *span_of));
                lines.push(Line { field, piece, ns });
            }
        }
        let of = lines.len();
        lines.sort_by(|a, b| b.ns[SIZES.len() - 1].total_cmp(&a.ns[SIZES.len() - 1]));
        let growth = lines.iter().map(|line| line.ns[3] / line.ns[1]).fold(0.0, f64::max);
        if !std::env::args().any(|arg| arg == "--all") {
            lines.truncate(SHOWN);
        }
        println!(
            "With {name}, the {} slowest of {of} inputs; the most that a byte takes longer in 1 MB than in 10 kB: {growth:.1} times.\n",
            lines.len()
        );
        println!("| where | repeated | 1 kB | 10 kB | 100 kB | 1 MB |\n|---|---|---|---|---|---|");
        for Line { field, piece, ns: [a, b, c, d] } in lines {
            println!("| {field} | `{}` | {a:.0} | {b:.0} | {c:.0} | {d:.0} |", piece.escape_debug().to_string().replace('|', "\\|"));
        }
        println!();
    }
}

fn every_detector() -> Vec<String> {
    use spansieve_plugin::Policy;

    let schema: serde_json::Value = serde_json::from_str(Redact::SCHEMA.expect("it is made beforehand")).expect("JSON");
    let names = schema["$defs"]["DetectorName"]["oneOf"].as_array().expect("a list of detectors");
    names.iter().map(|name| name["const"].as_str().expect("a name").to_owned()).collect()
}
