use proptest::prelude::*;
use spansieve_layout::TraceReason;

use super::*;
use crate::batch::{Batch, EventFields, LinkFields, Rows, ScopeFields, SpanFields, Value};

const EXAMPLE: &str = r#"resource service.name="shop"
scope tower 0.1
GET /login  server  12ms  error="boom"  user.email="ada@example.org"  http.response.status_code=200
  ! exception  exception.message="boom"
  SELECT users  client  3.25ms  db.query.text="select 1"  tags=["a", "b"]  nested={k="v", n=1}  raw=0x0102  nothing=null
    ~ 5279afd2ca50cd9835bebcf7f28eeb14:6d847d14fb028119  reason="retry"
  scope sqlx 0.2  @schema="https://opentelemetry.io/schemas/1.37.0"
  ping  1us
    pool.get
  scope tower 0.1
  render  ratio=0.5  big=1e300  no=false  deep=[[], {}, [{a=[null]}]]

trace late
job  consumer  unsampled  remote  tracestate="ot=th:8"  "error"=true  "odd key"=1  "@id"=2
"#;

fn parsed(text: &str) -> Batch {
    let mut batch = Batch::new();
    parse(text, &mut batch).unwrap_or_else(|error| panic!("{error}\n{text}"));
    batch
}

#[track_caller]
fn fails(text: &str, message: &str) {
    let mut batch = parsed("something");
    let error = parse(text, &mut batch).expect_err("the text is accepted");
    assert_eq!(error.to_string(), message);
    assert!(batch.is_empty(), "a text that fails leaves nothing behind");
}

#[test]
fn what_is_printed_is_what_was_parsed() {
    assert_eq!(print(&parsed(EXAMPLE), &Style::TERSE), EXAMPLE);
}

#[test]
fn the_example_means_what_it_says() {
    let batch = parsed(EXAMPLE);
    let spans: Vec<_> = batch.spans().collect();
    let login = spans[0];
    assert_eq!((login.name(), login.kind(), login.status(), login.message()), ("GET /login", 2, 2, "boom"));
    assert_eq!((login.parent_id(), login.end() - login.start(), login.flags()), ([0; 8], 12_000_000, 1));
    assert!(matches!(login.attributes().get("http.response.status_code"), Some(Value::Int(200))));
    assert_eq!(login.events().next().map(|event| event.name()), Some("exception"));
    assert_eq!(login.scope().resource().attributes().len(), 1);

    let select = spans[1];
    assert_eq!((select.parent_id(), select.trace_id()), (login.span_id(), login.trace_id()));
    assert!(matches!(select.attributes().get("raw"), Some(Value::Bytes([1, 2]))));
    assert!(matches!(select.attributes().get("nothing"), Some(Value::Empty)));
    assert_eq!(select.links().next().map(|link| link.span_id()), Some([0x6d, 0x84, 0x7d, 0x14, 0xfb, 0x02, 0x81, 0x19]));

    let scopes: Vec<_> = spans.iter().map(|span| span.scope().name()).collect();
    assert_eq!(scopes, ["tower", "tower", "sqlx", "sqlx", "tower", "tower"], "a scope holds below its span, and until the next");

    let job = spans[5];
    assert_eq!((job.flags(), job.is_sampled(), job.tracestate()), (0x300, false, "ot=th:8"));
    assert_ne!(job.parent_id(), [0; 8], "a remote parent has an id");
    assert_ne!(job.trace_id(), login.trace_id());
    assert_eq!(batch.traces().collect::<Vec<_>>(), [(0..5, TraceReason::RootEnded), (5..6, TraceReason::Late)]);
}

#[test]
fn made_up_ids_are_the_same_every_time_and_differ_from_each_other() {
    let (one, two) = (parsed(EXAMPLE), parsed(EXAMPLE));
    assert_eq!(print(&one, &Style::FULL), print(&two, &Style::FULL));
    let mut ids: Vec<_> = one.spans().map(|span| span.span_id()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), one.len());
}

#[test]
fn full_style_shows_ids_times_and_flags() {
    let text = r#"trace 0102030405060708090a0b0c0d0e0f10  flush
a  server  5ns  remote  @flags=0x303  @id=0000000000000001  @parent=0000000000000009  @start=7  @dropped=1,2,3
  ! e  @time=8  @dropped=4  k=1
  ~ 0102030405060708090a0b0c0d0e0f10:0000000000000002  @flags=0x101  @dropped=5
  b  -2ns  @id=0000000000000002  @start=7
"#;
    assert_eq!(print(&parsed(text), &Style::FULL), text);
    let terse = "trace flush\na  server  5ns  remote  @dropped=1,2,3\n  ! e  @dropped=4  k=1\n  ~ 0102030405060708090a0b0c0d0e0f10:0000000000000002  @dropped=5\n  b  -2ns\n";
    assert_eq!(print(&parsed(text), &Style::TERSE), terse);
}

#[test]
fn names_that_would_be_ambiguous_are_quoted() {
    for name in
        ["", " x", "x ", "a  b", "a=b", "say \"x\"", "! x", "~", "# x", "resource", "scope x", "trace a b", "line\nbreak", "\u{202e}gnp"]
    {
        let mut batch = Batch::new();
        batch.push_resource("", 0);
        batch.end_group();
        batch.push_scope(&ScopeFields { name, version: name, ..ScopeFields::default() });
        batch.end_group();
        batch.push_span(&SpanFields { name, ..SpanFields::default() });
        batch.end_group();
        let text = print(&batch, &Style::TERSE);
        assert!(!text.contains(is_hidden_but_newline), "{text}");
        let again = parsed(&text);
        assert_eq!((again.span(0).name(), again.span(0).scope().name(), again.span(0).scope().version()), (name, name, name), "{text}");
    }
    assert_eq!(print(&parsed("GET /x y/{id} - resource \u{fc}"), &Style::TERSE), "GET /x y/{id} - resource \u{fc}\n");
}

fn is_hidden_but_newline(c: char) -> bool {
    c != '\n' && is_hidden(c)
}

#[test]
fn durations_are_exact_to_the_nanosecond() {
    for (text, nanos) in
        [("1ns", 1), ("999ns", 999), ("1us", 1_000), ("12.345678ms", 12_345_678), ("1.5s", 1_500_000_000), ("86400s", 86_400_000_000_000)]
    {
        let batch = parsed(&format!("x  {text}"));
        assert_eq!(batch.span(0).end() - batch.span(0).start(), nanos);
        assert_eq!(print(&batch, &Style::TERSE), format!("x  {text}\n"));
    }
}

#[test]
fn resources_without_spans_are_printed_and_parsed() {
    let text = "resource user.email=\"ada@example.org\"\nscope a 1  k=[1]\nresource x=1\n";
    let batch = parsed(text);
    assert_eq!((batch.len(), batch.resources().len(), batch.scopes().len()), (0, 2, 1));
    assert_eq!(print(&batch, &Style::TERSE), text);
    let with_span = parsed(&format!("{text}span"));
    assert_eq!(print(&with_span, &Style::TERSE), "resource x=1\nspan\n", "terse style shows what spans have");
    assert!(print(&with_span, &Style::FULL).contains("scope a 1  k=[1]"));
}

#[test]
fn resources_and_scopes_that_no_span_has_are_printed_once() {
    let mut batch = Batch::new();
    for name in ["", "shop", "bank", "shop", ""] {
        let resource = batch.push_resource(name, 0);
        batch.end_group();
        for name in ["", "lib", "lib"] {
            batch.push_scope(&ScopeFields { resource, name, ..ScopeFields::default() });
            batch.end_group();
        }
    }
    batch.push_resource("alone", 0);
    batch.end_group();
    let full = print(&batch, &Style::FULL);
    assert_eq!((full.matches("shop").count(), full.matches("bank").count(), full.matches("alone").count()), (1, 1, 1), "{full}");
    assert_eq!(print(&parsed(&full), &Style::FULL), full);

    // One span, of the bank and an empty scope.
    batch.push_span(&SpanFields { name: "a", scope: 6, ..SpanFields::default() });
    batch.end_group();
    let full = print(&batch, &Style::FULL);
    assert_eq!(print(&parsed(&full), &Style::FULL), full);
}

#[test]
fn comments_trailing_spaces_and_line_ends_of_windows_do_not_matter() {
    let text = "# a login\r\nGET /login  server  \r\n  # below it\r\n  SELECT\r\n\r\n\r\nother\r\n";
    assert_eq!(print(&parsed(text), &Style::TERSE), "GET /login  server\n  SELECT\n\nother\n");
}

#[test]
fn an_orphan_stands_at_the_margin_and_says_so() {
    let batch = parsed("a  orphan\n  b");
    assert_ne!(batch.span(0).parent_id(), [0; 8]);
    assert_eq!(print(&batch, &Style::TERSE), "a  orphan\n  b\n");
}

#[test]
fn a_chain_of_spans_is_not_indented_without_end() {
    let mut text = String::new();
    for depth in 0..100 {
        text += &format!("{}s\n", "  ".repeat(depth));
    }
    let mut batch = parsed(&text);
    for id in 1000..3000u64 {
        let parent_id = batch.span(batch.len() - 1).span_id();
        let trace_id = batch.span(0).trace_id();
        batch.push_span(&SpanFields {
            trace_id,
            span_id: id.to_be_bytes(),
            parent_id,
            name: "s",
            kind: 1,
            flags: 1,
            ..SpanFields::default()
        });
        batch.end_group();
    }
    batch.end_trace(TraceReason::RootEnded);
    let full = print(&batch, &Style::FULL);
    assert!(full.lines().all(|line| line.len() < 400));
    assert_eq!(print(&parsed(&full), &Style::FULL), full);
}

#[test]
fn errors_say_where_and_what_was_expected() {
    fails("a\n    b", "line 2, column 5: found `b`, expected at most 2 spaces before it: one level below the span above");
    fails("  a", "line 1, column 3: found `a`, expected the first line of a trace at the left margin");
    fails("a\n b", "line 2, column 2: found `b`, expected one space more or less before it: two for each level");
    fails("a\n\tb", "line 2, column 1: found `\\tb`, expected spaces: two for each level");
    fails(
        "x=1",
        "line 1, column 1: found `x=1`, expected a name; quote it where it is empty or contains `=`, quotes or characters that one cannot see",
    );
    fails("\u{fc}  k=\"a", "line 1, column 8: found the end of the line, expected a closing quote");
    fails("a  k=\"\\q\"", r#"line 1, column 7: found `\\q\"`, expected an escape: \" \\ \/ \b \f \n \r \t or \u0000"#);
    fails("a  k=ada", "line 1, column 6: found `ada`, expected a value: \"text\", 1, 1.5, true, null, 0x0102, [..] or {key=value}");
    fails("a  k=[1 2]", "line 1, column 9: found `2]`, expected `,` or `]`");
    fails("a  k={x}", "line 1, column 8: found `}`, expected `=` and a value");
    fails("a  k=1 l=2", "line 1, column 8: found `l=2`, expected two spaces before the next field");
    fails(
        "a  error=true",
        "line 1, column 10: found `true`, expected the status message as a string; an attribute of this name is written \"error\"=..",
    );
    fails("a  @id=12", "line 1, column 8: found `12`, expected 16 hexadecimal digits");
    fails(
        "! e",
        "line 1, column 1: found `!`, expected a span above it, one level further left: events and links stand directly below theirs",
    );
    fails(
        "a\n  b\n  ! e",
        "line 3, column 3: found `!`, expected a span above it, one level further left: events and links stand directly below theirs",
    );
    fails("a\n  ~ 12:34", "line 2, column 5: found `12:34`, expected 32 hexadecimal digits, `:` and 16 more: trace id and span id");
    fails(
        "trace tomorrow",
        "line 1, column 7: found `tomorrow`, expected a trace id of 32 hexadecimal digits, or a reason: root-ended, timed-out, limit, flush, late",
    );
    fails("scope a b c", "line 1, column 11: found `c`, expected two spaces before the next field");
    fails(
        "a  1ns  @start=18446744073709551615",
        "line 1, column 1: found `a`, expected a start and a duration that end within 64 bits of nanoseconds",
    );
    for too_long in ["18446744074s", "-18446744074s", "99999999999999999999s", "-99999999999999999999s"] {
        fails(
            &format!("a  {too_long}"),
            "line 1, column 1: found `a`, expected a start and a duration that end within 64 bits of nanoseconds",
        );
    }
    let mut batch = Batch::new();
    let error = parse("a  srever", &mut batch).unwrap_err();
    assert_eq!((error.line, error.column, error.found.as_str()), (1, 4, "`srever`"));
    assert!(error.expected.starts_with("a kind (internal, server,"), "{error}");
}

// === the law: printed in full and parsed again, a batch is the same ===

#[derive(Clone, Debug)]
enum Tree {
    Empty,
    Str(String),
    Bool(bool),
    Int(i64),
    Double(f64),
    Bytes(Vec<u8>),
    Array(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

type Attributes = Vec<(String, Tree)>;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-z./]{0,6}",
        2 => any::<String>(),
        1 => prop::sample::select(vec!["error", "ok", "unset", "tracestate", "resource", "scope x", "trace", "@id", "a  b", " a", "a ", "# a", "! a", "~", "\"", "\\", "null", "12ms",
            "server", "\u{202e}", "\u{e0041}", "a=b", "\r", "\n", "\t", "-1", "0x", "[", "}", "x,y", "\u{a0}", "\u{3000}x"]).prop_map(str::to_owned),
    ]
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        Just(Tree::Empty),
        text().prop_map(Tree::Str),
        any::<bool>().prop_map(Tree::Bool),
        any::<i64>().prop_map(Tree::Int),
        prop_oneof![any::<f64>(), Just(f64::NAN), Just(-0.0), Just(f64::INFINITY), Just(f64::NEG_INFINITY), Just(1e300), Just(5.0)]
            .prop_map(Tree::Double),
        prop::collection::vec(any::<u8>(), 0..4).prop_map(Tree::Bytes),
    ];
    leaf.prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Tree::Array),
            prop::collection::vec((text(), inner), 0..3).prop_map(Tree::Map),
        ]
    })
}

fn attributes() -> impl Strategy<Value = Attributes> {
    prop::collection::vec((text(), tree()), 0..4)
}

fn count() -> impl Strategy<Value = u32> {
    prop_oneof![4 => Just(0), 1 => any::<u32>()]
}

/// Few different ids, so that spans are each other's parents, ancestors of themselves, and share ids.
fn id() -> impl Strategy<Value = [u8; 8]> {
    (0u64..6).prop_map(u64::to_be_bytes)
}

fn trace_id() -> impl Strategy<Value = [u8; 16]> {
    (0u128..3).prop_map(u128::to_be_bytes)
}

/// Ids, tracestate, flags, dropped attributes, attributes.
type LinkTree = ([u8; 16], [u8; 8], String, u32, u32, Attributes);

#[derive(Clone, Debug)]
struct SpanTree {
    ids: ([u8; 16], [u8; 8], [u8; 8]),
    times: (u64, u64),
    texts: (String, String, String),
    codes: (u8, u8, u32),
    scope: usize,
    dropped: [u32; 3],
    attributes: Attributes,
    events: Vec<(String, u64, u32, Attributes)>,
    links: Vec<LinkTree>,
}

fn span(times: impl Strategy<Value = (u64, u64)>) -> impl Strategy<Value = SpanTree> {
    let flags = prop_oneof![Just(1u32), Just(0), Just(0x101), Just(0x301), any::<u32>()];
    let event = (text(), any::<u64>(), count(), attributes());
    let link = (trace_id(), id(), text(), flags.clone(), count(), attributes());
    (
        (trace_id(), id(), id()),
        times,
        (text(), text(), text()),
        (0u8..6, 0u8..3, flags),
        0usize..4,
        [count(), count(), count()],
        attributes(),
        prop::collection::vec(event, 0..2),
        prop::collection::vec(link, 0..2),
    )
        .prop_map(|(ids, times, texts, codes, scope, dropped, attributes, events, links)| SpanTree {
            ids,
            times,
            texts,
            codes,
            scope,
            dropped,
            attributes,
            events,
            links,
        })
}

fn batch(times: impl Strategy<Value = (u64, u64)>) -> impl Strategy<Value = Batch> {
    let resource = (text(), count(), attributes());
    let scope = (0usize..2, text(), text(), text(), count(), attributes());
    let parts = (
        prop::collection::vec(resource, 2),
        prop::collection::vec(scope, 4),
        prop::collection::vec(span(times), 0..8),
        prop::option::of(prop::collection::vec((any::<bool>(), 0u8..5), 8)),
    );
    parts.prop_map(|(resources, scopes, spans, groups)| {
        let mut batch = Batch::new();
        for (schema, dropped, attributes) in &resources {
            batch.push_resource(schema, *dropped);
            push_all(&mut batch, attributes);
        }
        for (resource, name, version, schema_url, dropped, attributes) in &scopes {
            batch.push_scope(&ScopeFields { resource: *resource as u32, name, version, schema_url, dropped_attributes: *dropped });
            push_all(&mut batch, attributes);
        }
        for (at, span) in spans.iter().enumerate() {
            push_span(&mut batch, span);
            if let Some(groups) = &groups {
                let (ends, reason) = groups[at];
                if ends || at + 1 == spans.len() {
                    batch.end_trace(TraceReason::from_code(reason).expect("five reasons"));
                }
            }
        }
        batch
    })
}

fn push_span(batch: &mut Batch, span: &SpanTree) {
    batch.push_span(&SpanFields {
        trace_id: span.ids.0,
        span_id: span.ids.1,
        parent_id: span.ids.2,
        start: span.times.0,
        end: span.times.1,
        name: &span.texts.0,
        message: &span.texts.1,
        tracestate: &span.texts.2,
        kind: span.codes.0,
        status: span.codes.1,
        flags: span.codes.2,
        scope: span.scope as u32,
        dropped: span.dropped,
    });
    push_all(batch, &span.attributes);
    for (name, time, dropped, attributes) in &span.events {
        batch.push_event(&EventFields { name, time: *time, dropped_attributes: *dropped });
        push_all(batch, attributes);
    }
    for (trace_id, span_id, tracestate, flags, dropped, attributes) in &span.links {
        batch.push_link(&LinkFields { trace_id: *trace_id, span_id: *span_id, tracestate, flags: *flags, dropped_attributes: *dropped });
        push_all(batch, attributes);
    }
}

fn push_all(batch: &mut Batch, attributes: &Attributes) {
    let mut nested = Vec::new();
    for (key, value) in attributes {
        push_tree(batch, Some(key), value, &mut nested);
    }
    batch.end_group();
    while let Some((row, tree)) = nested.pop() {
        batch.begin_value(row);
        match tree {
            Tree::Array(items) => items.iter().for_each(|value| push_tree(batch, None, value, &mut nested)),
            Tree::Map(items) => items.iter().for_each(|(key, value)| push_tree(batch, Some(key), value, &mut nested)),
            _ => {}
        }
        batch.end_group();
    }
}

fn push_tree<'a>(batch: &mut Batch, key: Option<&str>, value: &'a Tree, nested: &mut Vec<(usize, &'a Tree)>) {
    match value {
        Tree::Empty => batch.push_empty(key),
        Tree::Str(value) => batch.push_str(key, value),
        Tree::Bool(value) => batch.push_bool(key, *value),
        Tree::Int(value) => batch.push_int(key, *value),
        Tree::Double(value) => batch.push_double(key, *value),
        Tree::Bytes(value) => batch.push_bytes(key, value),
        Tree::Array(_) => nested.push((batch.push_array(key), value)),
        Tree::Map(_) => nested.push((batch.push_map(key), value)),
    }
}

fn seen(rows: Rows<'_>) -> Vec<String> {
    rows.iter()
        .map(|(key, value)| match value {
            Value::Empty => format!("{key:?} empty"),
            Value::Str(value) => format!("{key:?} str {value:?}"),
            Value::Bool(value) => format!("{key:?} {value}"),
            Value::Int(value) => format!("{key:?} int {value}"),
            Value::Double(value) => format!("{key:?} double {value:?}"),
            Value::Bytes(value) => format!("{key:?} bytes {value:?}"),
            Value::Array(rows) => format!("{key:?} array {:?}", seen(rows)),
            Value::Map(rows) => format!("{key:?} map {:?}", seen(rows)),
        })
        .collect()
}

/// Everything that can be seen of a span.
fn everything(batch: &Batch, index: usize) -> String {
    let span = batch.span(index);
    let (scope, resource) = (span.scope(), span.scope().resource());
    let events: Vec<_> =
        span.events().map(|e| format!("{:?}", (e.name(), e.time(), e.dropped_attributes(), seen(e.attributes())))).collect();
    let links = span
        .links()
        .map(|l| format!("{:?}", (l.trace_id(), l.span_id(), l.tracestate(), l.flags(), l.dropped_attributes(), seen(l.attributes()))));
    let links: Vec<_> = links.collect();
    format!(
        "{:?}\n{:?}\n{:?}\n{:?}\n{:?}",
        (span.trace_id(), span.span_id(), span.parent_id(), span.start(), span.end(), span.name(), span.message(), span.tracestate()),
        (span.kind(), span.status(), span.flags(), span.dropped(), seen(span.attributes())),
        (events, links),
        (scope.name(), scope.version(), scope.schema_url(), scope.dropped_attributes(), seen(scope.attributes())),
        (resource.schema_url(), resource.dropped_attributes(), seen(resource.attributes())),
    )
}

fn in_printed_order(batch: &Batch) -> Vec<usize> {
    let spans = layout(batch, &Style::FULL).into_iter().filter_map(|line| match line.item {
        Item::Span { span, .. } => Some(span),
        _ => None,
    });
    spans.collect()
}

proptest! {
    #[test]
    fn printed_in_full_and_parsed_again_a_batch_is_the_same(batch in batch((any::<u64>(), any::<u64>()))) {
        let text = print(&batch, &Style::FULL);
        let mut again = Batch::new();
        parse(&text, &mut again).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        prop_assert_eq!(&print(&again, &Style::FULL), &text);
        let order = in_printed_order(&batch);
        prop_assert_eq!(order.len(), batch.len(), "every span is printed once");
        prop_assert_eq!(again.len(), batch.len());
        for (at, index) in order.into_iter().enumerate() {
            prop_assert_eq!(everything(&again, at), everything(&batch, index), "\n{}", text);
        }
    }

    #[test]
    fn printed_tersely_and_parsed_again_a_batch_prints_the_same(batch in batch((0u64..1 << 60, 0u64..1 << 60).prop_map(|(start, nanos)| (start, start + nanos)))) {
        let text = print(&batch, &Style::TERSE);
        let mut again = Batch::new();
        parse(&text, &mut again).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        prop_assert_eq!(print(&again, &Style::TERSE), text);
    }

    #[test]
    fn no_text_makes_parsing_panic(text in any::<String>(), line in "(a  |  |! |~ |[a-z]=|\\[|\\{|\"|\\\\u|@[a-z]*=|[0-9a-f]|trace |scope |resource |\n)*") {
        let mut batch = Batch::new();
        let _ = parse(&text, &mut batch);
        let _ = parse(&line, &mut batch);
    }
}
