//! The test vectors of `wit/vectors`, read through this SDK's views: they have to say what the text beside each says.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use spansieve_plugin::test::{Edit, apply, encode};
use spansieve_plugin::{Attributes, Batch, Column, Setup, Text, Value};

fn file(name: &str, ending: &str) -> String {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../../wit/vectors/{name}.{ending}"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn blob(name: &str) -> Vec<u8> {
    let digits: Vec<u8> = file(name, "hex").bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).expect("digits"), 16).expect("two digits");
    digits.chunks(2).map(byte).collect()
}

fn meaning_of(name: &str) -> String {
    file(name, "txt").split_once("\nmeaning\n").expect("a meaning").1.to_owned()
}

#[test]
fn every_batch_says_what_its_text_says() {
    for name in ["empty", "every-field", "nested", "traces", "resource", "before-edits"] {
        let blob = blob(name);
        assert_eq!(meaning(&Batch::parse(&blob).expect("a batch")), meaning_of(name), "{name}");
    }
}

#[test]
fn the_header_and_declared_keys_say_what_the_text_says() {
    let blob = blob("every-field");
    let batch = Batch::parse(&blob).expect("a batch");
    assert_eq!((batch.now(), batch.head_probability(), batch.is_ascii(), batch.len()), (1_767_225_600_005_000_000, Some(0.25), false, 1));
    let declared: Vec<u32> = batch.columns().u32s(Column::Declared).iter().collect();
    assert_eq!(batch.row(declared[0]).key(), "user.email");
    assert_eq!((declared.len(), declared[1]), (2, u32::MAX));
    assert!((0..batch.text_count()).any(|text| batch.text(text) == "named by nothing"));
}

#[test]
fn the_edits_mean_what_their_text_says() {
    let (mut after, edits) = apply(&blob("before-edits"), &blob("edits"));
    for edit in edits {
        if let Edit::Drop { span } = edit {
            after.spans.remove(span as usize);
        }
    }
    let after = encode(&after, &Setup::default()).all;
    assert_eq!(meaning(&Batch::parse(&after).expect("a batch")), meaning_of("edits"));
}

/// What the batch says, in the words of the vectors.
fn meaning(batch: &Batch<'_>) -> String {
    let mut out = String::new();
    for resource in batch.resources() {
        let dropped = dropped(batch, Column::ResourceDroppedAttributes, resource.index());
        put(&mut out, format_args!("  resource {}: schema-url {}, dropped {dropped}\n", resource.index(), optional(resource.schema_url())));
        attributes(&mut out, "    ", resource.attributes());
    }
    for scope in batch.scopes() {
        let (version, url) = (optional(scope.version()), optional(scope.schema_url()));
        let dropped = dropped(batch, Column::ScopeDroppedAttributes, scope.index());
        put(&mut out, format_args!("  scope {}: resource {}, ", scope.index(), scope.resource().index()));
        put(&mut out, format_args!("name {}, version {version}, schema-url {url}, dropped {dropped}\n", json(&scope.name())));
        attributes(&mut out, "    ", scope.attributes());
    }
    for span in batch.spans() {
        let (trace, id, parent) = (hex(span.trace_id()), hex(span.id()), hex(span.parent_id().unwrap_or(&[0; 8])));
        put(&mut out, format_args!("  span {}: trace {trace}, id {id}, parent {parent}, ", span.index()));
        put(&mut out, format_args!("start {}, end {},\n", span.start(), span.end()));
        put(&mut out, format_args!("    name {}, kind {}, status {}, ", json(&span.name()), span.kind() as u8, span.status() as u8));
        put(&mut out, format_args!("message {}, tracestate {},\n", optional(span.message()), optional(span.tracestate())));
        let (attributes_dropped, events, links) = span.dropped();
        let dropped_all = [attributes_dropped, events, links];
        put(&mut out, format_args!("    flags {:#x}, scope {}, dropped {dropped_all:?}\n", span.flags(), span.scope().index()));
        attributes(&mut out, "    ", span.attributes());
        for event in span.events() {
            let dropped = dropped(batch, Column::EventDroppedAttributes, event.index());
            put(&mut out, format_args!("    event: name {}, time {}, dropped {dropped}\n", json(&event.name()), event.time()));
            attributes(&mut out, "      ", event.attributes());
        }
        for link in span.links() {
            let dropped = dropped(batch, Column::LinkDroppedAttributes, link.index());
            let (trace, id, state) = (hex(link.trace_id()), hex(link.span_id()), optional(link.tracestate()));
            put(
                &mut out,
                format_args!("    link: trace {trace}, id {id}, tracestate {state}, flags {:#x}, dropped {dropped}\n", link.flags()),
            );
            attributes(&mut out, "      ", link.attributes());
        }
    }
    for trace in batch.traces() {
        put(&mut out, format_args!("  trace {}: {} spans, reason {}\n", trace.index(), trace.spans().len(), trace.reason() as u8));
    }
    out
}

fn dropped(batch: &Batch<'_>, column: spansieve_plugin::Column, index: u32) -> u32 {
    batch.columns().u32s(column).get(index).expect("the column has the element")
}

fn attributes(out: &mut String, indent: &str, attributes: Attributes<'_>) {
    attributes.iter().for_each(|row| put(out, format_args!("{indent}{} = {}\n", json(&row.key()), value(row.value()))));
}

fn value(of: Value<'_>) -> String {
    match of {
        Value::Empty => "null".to_owned(),
        Value::Str(text) => json(&text),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Double(value) => format!("{value:?}"),
        Value::Bytes(bytes) => hex(bytes),
        Value::Array(rows) => format!("[{}]", rows.iter().map(|row| value(row.value())).collect::<Vec<_>>().join(", ")),
        Value::Map(rows) => {
            let entries: Vec<String> = rows.iter().map(|row| format!("{}: {}", json(&row.key()), value(row.value()))).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::from("0x"), |mut out, byte| {
        put(&mut out, format_args!("{byte:02x}"));
        out
    })
}

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn optional(text: Option<Text<'_>>) -> String {
    json(text.as_ref().map_or("", |text| text))
}
