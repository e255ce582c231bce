//! The test vectors of `wit/vectors`: this crate writes exactly these bytes, and the layout crate reads in them what the text beside says.
//!
//! `UPDATE_VECTORS=1 cargo test -p spansieve-runtime vectors` writes them anew. A vector that changes means a new layout version.

use std::fmt::Write as _;
use std::path::Path;

use spansieve_layout::{Blob, Column, Header, Magic, NONE, TraceReason, Writer, push_text};

use super::super::{Batch, EventFields, LinkFields, ScopeFields, SpanFields};
use super::model::{Group, Tree, Val};

const NOW: u64 = 1_767_225_600_000_000_000;

/// A batch in which every column has something, every kind of value, texts that are not ASCII and one that nothing names.
fn every_field() -> Batch {
    let mut batch = Batch { now: NOW + 5_000_000, head_probability: 0.25, ..Batch::new() };
    batch.push_resource("https://opentelemetry.io/schemas/1.40.0", 1);
    batch.push_str(Some("service.name"), "shop");
    batch.end_group();
    batch.push_scope(&ScopeFields { resource: 0, name: "tower", version: "0.1", schema_url: "urn:scope", dropped_attributes: 2 });
    batch.push_bool(Some("short"), true);
    batch.end_group();
    batch.push_loose_text("named by nothing");
    batch.push_span(&SpanFields {
        trace_id: *b"\x01\x23\x45\x67\x89\xab\xcd\xef\xfe\xdc\xba\x98\x76\x54\x32\x10",
        span_id: *b"\x00\x11\x22\x33\x44\x55\x66\x77",
        parent_id: *b"\xff\xee\xdd\xcc\xbb\xaa\x99\x88",
        start: NOW,
        end: NOW + 1_234_567,
        name: "GET /caf\u{e9}",
        kind: 2,
        status: 2,
        message: "out of stock",
        tracestate: "ot=th:8,vendor=x",
        flags: 0x301,
        scope: 0,
        dropped: [3, 4, 5],
    });
    batch.push_str(Some("user.email"), "ada@example.org");
    batch.push_empty(Some("empty"));
    batch.push_bool(Some("bool"), false);
    batch.push_int(Some("int"), i64::MIN);
    batch.push_double(Some("double"), -0.0);
    batch.push_bytes(Some("bytes"), b"\x00\xff\x80");
    let array = batch.push_array(Some("array"));
    let map = batch.push_map(Some("map"));
    batch.push_str(Some("user.email"), "the same key again");
    batch.push_str(Some("cl\u{e9}"), "\u{1f600}");
    batch.push_str(Some(""), "");
    batch.end_group();
    batch.begin_value(array);
    batch.push_str(None, "a");
    batch.push_int(None, 1);
    batch.end_group();
    batch.begin_value(map);
    batch.push_double(Some("nan"), f64::NAN);
    batch.end_group();
    batch.push_event(&EventFields { name: "exception", time: NOW + 1, dropped_attributes: 6 });
    batch.push_str(Some("exception.message"), "boom");
    batch.end_group();
    batch.push_event(&EventFields { name: "retry", time: NOW + 2, dropped_attributes: 0 });
    batch.end_group();
    batch.push_link(&LinkFields { trace_id: [0xAB; 16], span_id: [0xCD; 8], tracestate: "a=b", flags: 0x101, dropped_attributes: 7 });
    batch.push_int(Some("int"), i64::MAX);
    batch.end_group();
    batch
}

/// Values in values, empty ones too. Every text is ASCII, and the head sampler's probability is not known.
fn nested() -> Batch {
    let mut batch = Batch { now: NOW, ..Batch::new() };
    batch.push_resource("", 0);
    batch.end_group();
    batch.push_scope(&ScopeFields::default());
    batch.end_group();
    for name in ["first", "second"] {
        batch.push_span(&SpanFields { span_id: [1; 8], trace_id: [2; 16], name, flags: 1, kind: 1, ..SpanFields::default() });
        let list = batch.push_array(Some("list"));
        batch.push_str(Some("plain"), name);
        let map = batch.push_map(Some("map"));
        batch.end_group();
        batch.begin_value(list);
        batch.push_int(None, 5);
        let inner = batch.push_array(None);
        let empty = batch.push_array(None);
        batch.end_group();
        batch.begin_value(inner);
        let map_in_list = batch.push_map(None);
        batch.push_empty(None);
        batch.end_group();
        batch.begin_value(map_in_list);
        batch.push_str(Some("list"), "deep");
        batch.end_group();
        batch.begin_value(empty);
        batch.end_group();
        batch.begin_value(map);
        let empty = batch.push_map(Some("empty"));
        batch.end_group();
        batch.begin_value(empty);
        batch.end_group();
    }
    batch
}

/// Spans of several traces, each here for another reason; of two scopes and resources.
fn traces() -> Batch {
    let mut batch = Batch { now: NOW, head_probability: 1.0, ..Batch::new() };
    for (resource, name) in ["shop", "bank"].into_iter().enumerate() {
        batch.push_resource("", 0);
        batch.push_str(Some("service.name"), name);
        batch.end_group();
        batch.push_scope(&ScopeFields { resource: resource as u32, name, ..ScopeFields::default() });
        batch.end_group();
    }
    for (trace, reason) in TraceReason::ALL.iter().enumerate() {
        for number in 0..1 + trace % 2 {
            let parent_id = if number == 0 { [0; 8] } else { [1; 8] };
            let (scope, flags) = (trace as u32 % 2, if trace == 2 { 0x100 } else { 0x101 });
            let (trace_id, span_id, name) = ([trace as u8 + 1; 16], [number as u8 + 1; 8], ["root", "child"][number]);
            batch.push_span(&SpanFields { trace_id, span_id, parent_id, name, scope, flags, ..SpanFields::default() });
            batch.end_group();
        }
        batch.end_trace(*reason);
    }
    batch
}

/// A resource alone, as a plugin sees it when the SDK hands it over once.
fn resource() -> Batch {
    let mut batch = Batch { now: NOW, ..Batch::new() };
    batch.push_resource("https://opentelemetry.io/schemas/1.40.0", 0);
    batch.push_str(Some("service.name"), "shop");
    let arguments = batch.push_array(Some("process.command_args"));
    batch.end_group();
    batch.begin_value(arguments);
    batch.push_str(None, "--serve");
    batch.end_group();
    batch
}

/// What the edits below are for.
fn before_edits() -> Batch {
    let mut batch = Batch { now: NOW, head_probability: 0.5, ..Batch::new() };
    batch.push_resource("urn:resource", 0);
    batch.push_str(Some("service.name"), "shop");
    batch.end_group();
    batch.push_scope(&ScopeFields { name: "lib", version: "1", schema_url: "urn:scope", ..ScopeFields::default() });
    batch.end_group();
    for (id, name) in [(1, "first"), (2, "second"), (3, "third")] {
        batch.push_span(&SpanFields {
            trace_id: [7; 16],
            span_id: [id; 8],
            name,
            message: "no",
            tracestate: "a=b",
            scope: 0,
            ..SpanFields::default()
        });
        batch.push_str(Some("email"), "ada@example.org");
        batch.push_int(Some("count"), 5);
        batch.push_bool(Some("gone"), true);
        let list = batch.push_array(Some("list"));
        batch.end_group();
        batch.begin_value(list);
        batch.push_str(None, "element");
        batch.end_group();
    }
    batch.push_event(&EventFields { name: "event", time: NOW, dropped_attributes: 0 });
    batch.end_group();
    batch.push_link(&LinkFields { tracestate: "c=d", ..LinkFields::default() });
    batch.end_group();
    batch
}

/// Edits that use every column that edits have.
fn edits() -> Vec<u8> {
    let blob = before_edits().to_blob(&[]);
    let before = Blob::parse(&blob, Magic::Batch).expect("a blob");
    let text = |content: &str| (0..).find(|text| before.texts().text(*text) == Some(content)).expect("the batch has the text");
    let new_text = |number: usize| (before.texts().len() + number) as u32;
    let (new_int, groups) = (before.i64s(Column::Ints).len() as u32, before.u32s(Column::GroupEnd).len() as u32);
    let attributes: Vec<u32> = before.u32s(Column::SpanAttributes).iter().collect();
    // Rows of the first span are 1 to 4: its e-mail address, count, what goes, list; 5 is the list's element.
    let texts = ["team", "payments", "renamed", "[REDACTED]", "a", "b", "n"];
    let (mut arena, mut ends) = (Vec::new(), Vec::new());
    texts.iter().for_each(|text| push_text(&mut arena, &mut ends, text));

    let mut out = Vec::new();
    let mut writer = Writer::new(&mut out, &Header { magic: Magic::Edits, ..Header::default() }, Column::ALL.len());
    writer.column(Column::Texts, &arena);
    writer.elements(Column::TextEnd, &ends);
    writer.elements(Column::Ints, &[42i64]);
    writer.elements(Column::Doubles, &[2.5f64]);
    writer.column(Column::Bytes, b"\x01\x02\x03");
    writer.elements(Column::BytesEnd, &[1u32, 3]);
    writer.elements(Column::NewGroups, &[2u32]);
    // The first new group is the array that takes the count's place; the second a map in it.
    writer.elements(Column::AddGroup, &[attributes[0], groups, groups, groups + 1, attributes[1] + 1, attributes[0]]);
    writer.elements(Column::AddKey, &[new_text(0), NONE, NONE, new_text(6), NONE, text("gone")]);
    writer.column(Column::AddKind, &[1, 3, 7, 4, 5, 0]);
    writer.elements(Column::AddValue, &[new_text(1), new_int, groups + 1, 0, 1, 0]);
    writer.elements(Column::SetRow, &[2u32, 5]);
    writer.column(Column::SetKind, &[6, 2]);
    writer.elements(Column::SetValue, &[groups, 1]);
    writer.elements(Column::RenameRow, &[1u32]);
    writer.elements(Column::RenameKey, &[text("email")]);
    writer.elements(Column::RemoveRow, &[3u32]);
    writer.elements(Column::ReplaceText, &[text("ada@example.org"), text("email")]);
    writer.elements(Column::ReplaceWith, &[new_text(3), new_text(2)]);
    writer.elements(Column::DropSpan, &[1u32]);
    writer.elements(Column::KeepSpan, &[0u32]);
    writer.column(Column::FieldCode, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    writer.elements(Column::FieldIndex, &[0u32; 11]);
    let (a, b) = (new_text(4), new_text(5));
    writer.elements(Column::FieldValue, &[a, NONE, b, 2, 3, a, NONE, b, NONE, b, NONE]);
    writer.finish();
    out
}

#[test]
fn the_vectors_are_what_is_written_and_what_is_read() {
    let declared = ["user.email".to_owned(), "absent".to_owned()];
    let batches = [
        ("empty", "Nothing at all.", Batch::new(), &[][..]),
        ("every-field", "Every column of a batch, every kind of value. Declared keys: user.email, absent.", every_field(), &declared[..]),
        ("nested", "Values in values. The blob says that its texts are ASCII.", nested(), &[]),
        ("traces", "Spans grouped by trace, each trace here for another reason.", traces(), &[]),
        ("resource", "A resource and no spans.", resource(), &[]),
        ("before-edits", "The batch that the vector `edits` edits.", before_edits(), &[]),
    ];
    for (name, about, mut batch, keys) in batches {
        let bytes = batch.to_blob(keys);
        let blob = Blob::parse_known(&bytes, Magic::Batch).expect("a blob");
        check(name, &bytes, &format!("# {about}\n\n{}\nmeaning\n{}", columns(&blob), meaning(&blob)));
    }
    let bytes = edits();
    let blob = Blob::parse_known(&bytes, Magic::Edits).expect("a blob");
    let used = Column::ALL.iter().filter(|column| blob.has(**column)).count();
    assert_eq!(used, Column::ALL.iter().filter(|column| !(7..100).contains(&(**column as u32))).count(), "every column is used");
    let mut batch = before_edits();
    batch.edit(&bytes).unwrap_or_else(|error| panic!("{error}"));
    let after = batch.to_blob(&[]);
    let about =
        "# Every column of edits. They are for the batch of the vector `before-edits`; the meaning is that of the batch after them.";
    let meaning = meaning(&Blob::parse_known(&after, Magic::Batch).expect("a blob"));
    check("edits", &bytes, &format!("{about}\n\n{}\nmeaning\n{meaning}", columns(&blob)));
}

#[test]
fn the_vectors_together_use_every_column() {
    let blobs = [every_field().to_blob(&["int".to_owned()]), traces().to_blob(&[]), edits()];
    let [fields, traces, edits] =
        [0, 1, 2].map(|at| Blob::parse_known(&blobs[at], if at == 2 { Magic::Edits } else { Magic::Batch }).expect("a blob"));
    assert!(Column::ALL.iter().all(|column| [&fields, &traces, &edits].iter().any(|blob| blob.has(*column))));
}

/// Compares with the files, or writes them where that is asked for.
fn check(name: &str, bytes: &[u8], text: &str) {
    let hex = bytes.chunks(32).fold(String::new(), |mut out, line| {
        line.iter().for_each(|byte| put(&mut out, format_args!("{byte:02x}")));
        out + "\n"
    });
    for (ending, content) in [("hex", &hex[..]), ("txt", text)] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../wit/vectors/{name}.{ending}"));
        if std::env::var_os("UPDATE_VECTORS").is_some() {
            std::fs::write(&path, content).expect("the vector can be written");
        }
        let file = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(content, file, "{name}.{ending} is another one now; a change of the layout is a new version");
    }
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}

/// The header, and the elements of each column.
fn columns(blob: &Blob<'_>) -> String {
    let header = blob.header();
    let magic = header.magic.bytes().escape_ascii().to_string();
    let mut out = format!(
        "header\n  magic {magic}\n  ascii {}\n  grouped {}\n  spans {}\n  now {}\n  head-probability {:?}\n\ncolumns\n",
        header.ascii, header.grouped, header.spans, header.now, header.head_probability
    );
    for column in Column::ALL.iter().filter(|column| blob.has(**column)) {
        let elements = match column {
            Column::Texts => (0..blob.texts().len() as u32).map(|at| json(blob.texts().text(at).expect("a text"))).collect(),
            Column::Bytes => vec![hex(blob.bytes(*column))],
            Column::Ints => blob.i64s(*column).iter().map(|value| value.to_string()).collect(),
            Column::Doubles => blob.f64s(*column).iter().map(|value| format!("{value:?}")).collect(),
            _ => match column.element_size() {
                1 => blob.bytes(*column).iter().map(u8::to_string).collect(),
                4 => blob.u32s(*column).iter().map(|value| if value == NONE { "none".to_owned() } else { value.to_string() }).collect(),
                8 if matches!(column, Column::SpanId | Column::SpanParentId | Column::LinkSpanId) => {
                    blob.ids8(*column).iter().map(|id| hex(id)).collect()
                }
                8 => blob.u64s(*column).iter().map(|value| value.to_string()).collect(),
                _ => blob.ids16(*column).iter().map(|id| hex(id)).collect::<Vec<_>>(),
            },
        };
        put(&mut out, format_args!("  {} {}: {}\n", *column as u32, column.name(), elements.join(" ")));
    }
    out
}

/// What the batch says, without the numbers by which columns refer to each other.
fn meaning(blob: &Blob<'_>) -> String {
    let tree = Tree::from_blob(blob, &[]);
    let mut out = String::new();
    for (at, resource) in tree.resources.iter().enumerate() {
        put(&mut out, format_args!("  resource {at}: schema-url {}, dropped {}\n", json(&resource.schema_url.content), resource.dropped));
        attributes(&mut out, "    ", &resource.attributes);
    }
    for (at, scope) in tree.scopes.iter().enumerate() {
        let [name, version, url] = [&scope.name, &scope.version, &scope.schema_url].map(|text| json(&text.content));
        put(
            &mut out,
            format_args!(
                "  scope {at}: resource {}, name {name}, version {version}, schema-url {url}, dropped {}\n",
                scope.resource, scope.dropped
            ),
        );
        attributes(&mut out, "    ", &scope.attributes);
    }
    for (at, span) in tree.spans.iter().enumerate() {
        let (trace, id, parent) = (hex(&span.ids.0), hex(&span.ids.1), hex(&span.ids.2));
        let [name, message, tracestate] = [&span.name, &span.message, &span.tracestate].map(|text| json(&text.content));
        put(
            &mut out,
            format_args!("  span {at}: trace {trace}, id {id}, parent {parent}, start {}, end {},\n", span.times.0, span.times.1),
        );
        put(
            &mut out,
            format_args!("    name {name}, kind {}, status {}, message {message}, tracestate {tracestate},\n", span.kind, span.status),
        );
        put(&mut out, format_args!("    flags {:#x}, scope {}, dropped {:?}\n", span.flags, span.scope, span.dropped));
        attributes(&mut out, "    ", &span.attributes);
        for event in &span.events {
            put(&mut out, format_args!("    event: name {}, time {}, dropped {}\n", json(&event.name.content), event.time, event.dropped));
            attributes(&mut out, "      ", &event.attributes);
        }
        for link in &span.links {
            let (trace, id, tracestate) = (hex(&link.ids.0), hex(&link.ids.1), json(&link.tracestate.content));
            put(
                &mut out,
                format_args!(
                    "    link: trace {trace}, id {id}, tracestate {tracestate}, flags {:#x}, dropped {}\n",
                    link.flags, link.dropped
                ),
            );
            attributes(&mut out, "      ", &link.attributes);
        }
    }
    for (at, (spans, reason)) in tree.traces.iter().enumerate() {
        put(&mut out, format_args!("  trace {at}: {spans} spans, reason {reason}\n"));
    }
    out
}

fn attributes(out: &mut String, indent: &str, group: &Group) {
    group.rows.iter().for_each(|row| put(out, format_args!("{indent}{} = {}\n", json(&row.key.content), value(&row.value))));
}

fn value(of: &Val) -> String {
    let list = |group: &Group, row: fn(&super::model::Row) -> String| group.rows.iter().map(row).collect::<Vec<_>>().join(", ");
    match of {
        Val::Empty => "null".to_owned(),
        Val::Str(text) => json(&text.content),
        Val::Bool(value) => value.to_string(),
        Val::Int(value) => value.to_string(),
        Val::Double(bits) => format!("{:?}", f64::from_bits(*bits)),
        Val::Bytes(bytes) => hex(bytes),
        Val::Array(group) => format!("[{}]", list(group, |row| value(&row.value))),
        Val::Map(group) => format!("{{{}}}", list(group, |row| format!("{}: {}", json(&row.key.content), value(&row.value)))),
    }
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
