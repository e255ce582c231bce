use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, EntityRef, InstrumentationScope, KeyValue, KeyValueList};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};
use proptest::prelude::*;
use prost::Message;
use spansieve_runtime::Batch;
use spansieve_runtime::text::{self, Style};

use crate::*;

/// Encodes everything and writes it back as if it had been edited.
fn there_and_back(requests: Vec<Request>, chunk: usize) -> Vec<Request> {
    let mut traces = Traces::new(requests).expect("ids have their lengths");
    let mut batch = Batch::new();
    for spans in traces.chunks(chunk) {
        let image = traces.encode(&spans, &mut batch);
        traces.write(&image, &batch, true);
    }
    traces.finish()
}

fn read_json(text: &str) -> Input {
    read(text.as_bytes(), "test.json").unwrap_or_else(|error| panic!("{error}"))
}

#[track_caller]
fn fails(bytes: &[u8], message: &str) {
    let error = read(bytes, "in.json").map(|input| input.requests).expect_err("it is read");
    assert_eq!(error.to_string(), message);
}

fn captures() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/captures");
    let paths = std::fs::read_dir(folder).expect("the folder of captures").map(|entry| entry.expect("an entry").path());
    let json = paths.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    json.map(|path| (path.display().to_string(), std::fs::read_to_string(&path).expect("a capture"))).collect()
}

#[test]
fn every_capture_comes_back_unchanged() {
    let captures = captures();
    assert!(captures.len() >= 4);
    for (path, text) in captures {
        let input = read_json(&text);
        assert!(input.unknown.is_empty(), "{path}: {:?}", input.unknown);
        let out = there_and_back(input.requests, 4);
        assert_eq!(out.len(), 1);
        let (before, after): (serde_json::Value, serde_json::Value) =
            (serde_json::from_str(&text).expect("JSON"), serde_json::from_str(&json::write(&out[0])).expect("JSON"));
        assert_eq!(before, after, "{path}");
        assert_eq!(json::write(&read_json(&json::write_pretty(&out[0])).requests[0]), json::write(&out[0]));
    }
}

#[test]
fn json_is_read_as_others_write_it() {
    let input = read_json(
        r#"{"resourceSpans": [{"scopeSpans": [{"spans": [{"kind": "SPAN_KIND_SERVER", "traceId": "0AF7651916CD43DD8448EB211C80319C", "spanId": null,
            "startTimeUnixNano": 5, "endTimeUnixNano": "18446744073709551615", "flags": "257", "status": {"code": "STATUS_CODE_ERROR"}, "droppedLinksCount": 0,
            "parentSpanId": "", "attributes": [{"key": "a", "value": {"intValue": 7}}, {"key": "b", "value": {"doubleValue": 1}}, {"key": "c", "value": {"arrayValue": {}}},
            {"key": "d", "value": {"doubleValue": "NaN"}}, {"key": "e", "value": {"bytesValue": "_-8"}}, {"key": "f", "value": {}}, {"key": "g"}]}]}]}]}"#,
    );
    let expected = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0af7651916cd43dd8448eb211c80319c","flags":257,"kind":2,"startTimeUnixNano":"5","endTimeUnixNano":"18446744073709551615","attributes":[{"key":"a","value":{"intValue":"7"}},{"key":"b","value":{"doubleValue":1.0}},{"key":"c","value":{"arrayValue":{}}},{"key":"d","value":{"doubleValue":"NaN"}},{"key":"e","value":{"bytesValue":"/+8="}},{"key":"f","value":{}},{"key":"g"}],"status":{"code":2}}]}]}]}"#;
    assert_eq!(json::write(&input.requests[0]), expected);
}

#[test]
fn doubles_are_read_to_the_last_bit() {
    // Digits that a sum of powers of ten misses by one bit.
    for value in [1.5000000013242245, 9.007199254740993e15, 5e-324, f64::MAX, -1.2345678901234567e-250] {
        let text = format!(r#"{{"resourceSpans":[{{"resource":{{"attributes":[{{"key":"d","value":{{"doubleValue":{value:?}}}}}]}}}}]}}"#);
        let resource = read_json(&text).requests[0].resource_spans[0].resource.clone().expect("a resource");
        let read = resource.attributes[0].value.as_ref().and_then(|value| value.value.clone());
        assert_eq!(read, Some(Value::DoubleValue(value)));
    }
}

#[test]
fn values_nested_as_deep_as_plugins_may_nest_them_are_read_and_deeper_ones_are_refused() {
    let document = |depth: usize| {
        let value = (0..depth).fold(AnyValue { value: Some(Value::IntValue(1)) }, |value, _| {
            let values = vec![KeyValue { key: "k".to_owned(), value: Some(value), key_strindex: 0 }];
            AnyValue { value: Some(Value::KvlistValue(KeyValueList { values })) }
        });
        let attributes = vec![KeyValue { key: "k".to_owned(), value: Some(value), key_strindex: 0 }];
        let resource = Some(Resource { attributes, ..Resource::default() });
        Request { resource_spans: vec![ResourceSpans { resource, ..ResourceSpans::default() }] }
    };
    assert_eq!(read_json(&json::write(&document(64))).requests, [document(64)]);
    for depth in [65, 200] {
        let error = read(json::write(&document(depth)).as_bytes(), "deep").expect_err("it is read");
        assert!(error.to_string().ends_with("values are nested deeper than 64"), "{error}");
    }
    let bottomless = format!(
        r#"{{"resourceSpans":[{{"resource":{{"attributes":[{}"#,
        r#"{"value":{"arrayValue":{"values":[{"arrayValue":{"values":["#.repeat(50_000)
    );
    assert!(read(bottomless.as_bytes(), "deep").is_err());
    let unknown = format!(r#"{{"x":{}{}}}"#, "[".repeat(200_000), "]".repeat(200_000));
    assert_eq!(read_json(&unknown).unknown.len(), 1);
}

#[test]
fn what_otlp_does_not_know_is_not_carried_on_and_named() {
    let input = read_json(
        r#"{"resourceSpans": [{"scopeSpans": [{"spans": [{"name": "a", "email": ["ada@example.org"], "attributes": [{"key": "k", "value": {"secret": {"x": 1}}}]}]}], "x": 1}]}"#,
    );
    assert_eq!(input.unknown.into_iter().collect::<Vec<_>>(), ["resourceSpans.x", "span.email", "value.secret"]);
    assert_eq!(
        json::write(&input.requests[0]),
        r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a","attributes":[{"key":"k","value":{}}]}]}]}]}"#
    );
}

#[test]
fn documents_stand_one_a_line_or_as_they_like() {
    let one = r#"{"resourceSpans":[{"schemaUrl":"a"}]}"#;
    for text in [
        format!("{one}\n{one}\n"),
        format!("{one}{one}"),
        format!("\u{feff}\n {one}\r\n\r\n{one}"),
        one.replace(':', ": \n") + &one.replace(',', ",\n"),
    ] {
        assert_eq!(read_json(&text).requests.len(), 2, "{text}");
    }
    assert_eq!(read_json("").requests.len(), 0);
}

#[test]
fn errors_name_file_place_and_what_was_expected() {
    fails(b"{\"resourceSpans\": 5}", "in.json:1:19: invalid type: integer `5`, expected an array");
    fails(
        b"{}\n{\"resourceSpans\": [{\"scopeSpans\": [{\"spans\": [{\"kind\": \"server\"}]}]}]}",
        "in.json:2:63: invalid value: string \"server\", expected an integer, 32 bits",
    );
    fails(b"{}\n{\"resourceSpans\": [}", "in.json:2:20: expected value");
    fails(
        b"{\"resourceSpans\": [{\"scopeSpans\": [{\"spans\": [{\"traceId\": \"xyz\"}]}]}]}",
        "in.json:1:64: invalid value: string \"xyz\", expected an id in hexadecimal digits",
    );
    fails(b"{}\n {\"resourceLogs\": []}", "in.json:2:2: found resourceLogs, expected a document of spans: resourceSpans");
    fails(b"{\"resourceSpans\"", "in.json:1:16: EOF while parsing an object");
    fails(
        b"<xml>",
        "in.json: byte 0: found `<xml>`, expected OTLP spans as JSON, which starts with `{`, or as protobuf (ExportTraceServiceRequest)",
    );
    fails(b"\x1f\x8b\x08", "in.json: byte 0: compressed with gzip; expected it decompressed");
    fails(
        b"\x0a\x05ab",
        "in.json: byte 0: found `\\n\\u{5}ab`, expected OTLP spans as JSON, which starts with `{`, or as protobuf (ExportTraceServiceRequest); as protobuf: failed to decode Protobuf message: ExportTraceServiceRequest.resource_spans: buffer underflow",
    );
}

#[test]
fn ids_of_a_wrong_length_are_refused() {
    let input =
        read_json(r#"{"resourceSpans": [{"scopeSpans": [{"spans": [{"spanId": "0102030405060708", "links": [{"traceId": "01"}]}]}]}]}"#);
    let error = Traces::new(input.requests).expect_err("a short id");
    assert_eq!(error.to_string(), "document 1: resourceSpans[0].scopeSpans[0].spans[0].links[0].traceId: found 1 bytes, expected 16");
}

#[test]
fn protobuf_is_read_alone_and_behind_lengths() {
    let (_, text) = captures().remove(0);
    let request = read_json(&text).requests.remove(0);
    let bytes = request.encode_to_vec();
    let alone = read(&bytes, "a.pb").expect("protobuf");
    assert_eq!((alone.form, &alone.requests), (Form::Protobuf, &vec![request.clone()]));

    let mut big_endian = Vec::new();
    let mut varint = Vec::new();
    for _ in 0..2 {
        big_endian.extend((bytes.len() as u32).to_be_bytes());
        big_endian.extend(&bytes);
        request.encode_length_delimited(&mut varint).expect("room");
    }
    for framed in [big_endian, varint] {
        assert_eq!(read(&framed, "a.pb").expect("framed").requests, [request.clone(), request.clone()]);
    }
}

#[test]
fn protobuf_that_looks_like_json_is_still_protobuf() {
    // The length of the only resource is 123, the code of a brace.
    let request = Request { resource_spans: vec![ResourceSpans { schema_url: "u".repeat(121), ..ResourceSpans::default() }] };
    let bytes = request.encode_to_vec();
    assert_eq!(bytes[..2], *b"\n{");
    assert_eq!(read(&bytes, "a.pb").expect("protobuf").requests, [request]);
}

#[test]
fn chunks_hold_whole_traces() {
    let span = |trace: u8| Span { trace_id: vec![trace; 16], ..Span::default() };
    let document = |traces: &[u8]| Request {
        resource_spans: vec![ResourceSpans {
            scope_spans: vec![ScopeSpans { spans: traces.iter().map(|trace| span(*trace)).collect(), ..ScopeSpans::default() }],
            ..ResourceSpans::default()
        }],
    };
    let mut traces = Traces::new(vec![document(&[1, 2, 1]), document(&[3, 2, 1])]).expect("good ids");
    assert_eq!(traces.chunks(2), [vec![0, 2, 5], vec![1, 4], vec![3]]);
    assert_eq!(traces.chunks(4), [vec![0, 2, 5, 1, 4], vec![3]]);
    let mut batch = Batch::new();
    traces.encode(&[0, 2, 5, 1, 4], &mut batch);
    assert_eq!(batch.traces().map(|(spans, _)| spans).collect::<Vec<_>>(), [0..3, 3..5]);
}

#[test]
fn what_no_plugin_has_seen_does_not_leave() {
    let text = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"01010101010101010101010101010101"}]},{"scope":{"name":"b"},"spans":[{"traceId":"02020202020202020202020202020202"}]}]}]}"#;
    let mut traces = Traces::new(read_json(text).requests).expect("good ids");
    let mut batch = Batch::new();
    let image = traces.encode(&[0], &mut batch);
    traces.write_back(&image, &batch).expect("small");
    let left = traces.finish();
    assert_eq!(json::write(&left[0]), r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"01010101010101010101010101010101"}]}]}]}"#);

    let traces = Traces::new(read_json(text).requests).expect("good ids");
    assert!(traces.finish().is_empty(), "a document of which nothing is left is left out");
}

#[test]
fn texts_of_entities_and_of_bare_scopes_are_seen() {
    let text = r#"{"resourceSpans":[{"resource":{"entityRefs":[{"schemaUrl":"u","type":"t","idKeys":["i","j"],"descriptionKeys":["d"]}]}},{"scopeSpans":[{"scope":{"name":"bare"}}]}]}"#;
    let mut traces = Traces::new(read_json(text).requests).expect("good ids");
    let mut batch = Batch::new();
    let chunks = traces.chunks(512);
    let image = traces.encode(&chunks[0], &mut batch);
    assert_eq!((0..5).map(|number| batch.loose_text(number)).collect::<Vec<_>>(), ["u", "t", "i", "j", "d"]);
    assert!(text::print(&batch, &Style::TERSE).contains("scope bare"));
    traces.write(&image, &batch, true);
    assert_eq!(json::write(&traces.finish()[0]), text);
}

#[test]
fn a_resource_that_two_batches_have_is_seen_as_it_was_and_written_once() {
    let document = |name: &str| {
        let spans = ["01", "02"].map(|id| format!(r#"{{"traceId":"{}"}}"#, id.repeat(16))).join(",");
        format!(
            r#"{{"resourceSpans":[{{"resource":{{"attributes":[{{"key":"host","value":{{"stringValue":"{name}"}}}}]}},"scopeSpans":[{{"spans":[{spans}]}}]}}]}}"#
        )
    };
    let mut traces = Traces::new(read_json(&document("ada")).requests).expect("good ids");
    let mut edited = Batch::new();
    Traces::new(read_json(&document("[REDACTED]")).requests).expect("good ids").encode(&[0], &mut edited);

    let image = traces.encode(&[0], &mut Batch::new());
    traces.write(&image, &edited, true);
    let mut batch = Batch::new();
    let image = traces.encode(&[1], &mut batch);
    assert!(text::print(&batch, &Style::TERSE).contains("host=\"ada\""), "plugins see what came in, not what they made of it");
    traces.write(&image, &batch, false);
    assert_eq!(json::write(&traces.finish()[0]), document("[REDACTED]"));
}

// === laws ===

fn text_() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[a-c]{1,3}", any::<String>()]
}

fn any_value() -> impl Strategy<Value = AnyValue> {
    let leaf = prop_oneof![
        Just(None),
        text_().prop_map(|value| Some(Value::StringValue(value))),
        any::<bool>().prop_map(|value| Some(Value::BoolValue(value))),
        any::<i64>().prop_map(|value| Some(Value::IntValue(value))),
        prop_oneof![
            any::<f64>().prop_filter("finite", |value| value.is_finite()),
            Just(f64::INFINITY),
            Just(f64::NEG_INFINITY),
            Just(-0.0)
        ]
        .prop_map(|value| Some(Value::DoubleValue(value))),
        prop::collection::vec(any::<u8>(), 0..5).prop_map(|value| Some(Value::BytesValue(value))),
    ]
    .prop_map(|value| AnyValue { value });
    leaf.prop_recursive(5, 16, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|values| Value::ArrayValue(ArrayValue { values })),
            pairs(inner).prop_map(|values| Value::KvlistValue(KeyValueList { values })),
        ]
        .prop_map(|value| AnyValue { value: Some(value) })
    })
}

fn pairs(value: impl Strategy<Value = AnyValue>) -> impl Strategy<Value = Vec<KeyValue>> {
    let pair = (text_(), prop::option::weighted(0.9, value)).prop_map(|(key, value)| KeyValue { key, value, key_strindex: 0 });
    prop::collection::vec(pair, 0..3)
}

fn attributes() -> impl Strategy<Value = Vec<KeyValue>> {
    pairs(any_value())
}

fn id(length: usize) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![Just(Vec::new()), (0u8..4).prop_map(move |byte| vec![byte; length])]
}

prop_compose! {
    fn span()(
        ids in (id(16), id(8), id(8)), texts in (text_(), text_()), numbers in (any::<u32>(), -1..7i32, any::<u64>(), any::<u64>()), dropped in any::<[u32; 3]>(),
        attributes in attributes(),
        events in prop::collection::vec((any::<u64>(), text_(), attributes(), any::<u32>()), 0..3),
        links in prop::collection::vec((id(16), id(8), text_(), attributes(), any::<u32>(), any::<u32>()), 0..3),
        status in prop::option::of((text_(), -1..4i32)),
    ) -> Span {
        let events = events.into_iter().map(|(time_unix_nano, name, attributes, dropped_attributes_count)| Event { time_unix_nano, name, attributes, dropped_attributes_count });
        let links = links.into_iter().map(|(trace_id, span_id, trace_state, attributes, dropped_attributes_count, flags)|
            Link { trace_id, span_id, trace_state, attributes, dropped_attributes_count, flags });
        Span {
            trace_id: ids.0, span_id: ids.1, parent_span_id: ids.2, name: texts.0, trace_state: texts.1, flags: numbers.0, kind: numbers.1,
            start_time_unix_nano: numbers.2, end_time_unix_nano: numbers.3, attributes, events: events.collect(), links: links.collect(),
            dropped_attributes_count: dropped[0], dropped_events_count: dropped[1], dropped_links_count: dropped[2],
            status: status.map(|(message, code)| Status { message, code }),
        }
    }
}

prop_compose! {
    fn scope_spans(spans: std::ops::Range<usize>)(
        scope in prop::option::of((text_(), text_(), attributes(), any::<u32>())), schema_url in text_(), spans in prop::collection::vec(span(), spans),
    ) -> ScopeSpans {
        let scope = scope.map(|(name, version, attributes, dropped_attributes_count)| InstrumentationScope { name, version, attributes, dropped_attributes_count });
        ScopeSpans { scope, spans, schema_url }
    }
}

prop_compose! {
    fn resource_spans(scopes: std::ops::Range<usize>, spans: std::ops::Range<usize>)(
        resource in prop::option::of((attributes(), any::<u32>(), prop::collection::vec((text_(), text_(), prop::collection::vec(text_(), 0..2)), 0..2))),
        schema_url in text_(), scope_spans in prop::collection::vec(scope_spans(spans), scopes),
    ) -> ResourceSpans {
        let resource = resource.map(|(attributes, dropped_attributes_count, entities)| {
            let entity_refs = entities.into_iter().map(|(schema_url, r#type, keys)| EntityRef { schema_url, r#type, description_keys: keys.clone(), id_keys: keys }).collect();
            Resource { attributes, dropped_attributes_count, entity_refs }
        });
        ResourceSpans { resource, scope_spans, schema_url }
    }
}

fn documents() -> impl Strategy<Value = Vec<Request>> {
    let request = prop::collection::vec(resource_spans(0..3, 0..4), 0..3).prop_map(|resource_spans| Request { resource_spans });
    prop::collection::vec(request, 0..3)
}

/// Gives `to` what edits cannot change from `from`, and no more events, links and entities than `to` has.
fn keep_what_edits_cannot_change(to: &mut ResourceSpans, from: &ResourceSpans) {
    let no_entities = |resource: &mut Option<Resource>| resource.as_mut().into_iter().for_each(|resource| resource.entity_refs.clear());
    no_entities(&mut to.resource);
    if from.resource.is_some() {
        to.resource.get_or_insert_default();
    }
    if let Some(resource) = &mut to.resource {
        resource.dropped_attributes_count = from.resource.as_ref().map_or(0, |resource| resource.dropped_attributes_count);
    }
    let (to, from) = (&mut to.scope_spans[0], &from.scope_spans[0]);
    if from.scope.is_some() {
        to.scope.get_or_insert_default();
    }
    if let Some(scope) = &mut to.scope {
        scope.dropped_attributes_count = from.scope.as_ref().map_or(0, |scope| scope.dropped_attributes_count);
    }
    for (to, from) in to.spans.iter_mut().zip(&from.spans) {
        (to.trace_id, to.span_id, to.parent_span_id) = (from.trace_id.clone(), from.span_id.clone(), from.parent_span_id.clone());
        (to.start_time_unix_nano, to.end_time_unix_nano) = (from.start_time_unix_nano, from.end_time_unix_nano);
        (to.dropped_attributes_count, to.dropped_events_count, to.dropped_links_count) =
            (from.dropped_attributes_count, from.dropped_events_count, from.dropped_links_count);
        to.kind = to.kind.rem_euclid(6);
        to.status.iter_mut().for_each(|status| status.code = status.code.rem_euclid(3));
        to.events.truncate(from.events.len());
        to.links.truncate(from.links.len());
        for (to, from) in to.events.iter_mut().zip(&from.events) {
            (to.time_unix_nano, to.dropped_attributes_count) = (from.time_unix_nano, from.dropped_attributes_count);
        }
        for (to, from) in to.links.iter_mut().zip(&from.links) {
            (to.trace_id, to.span_id) = (from.trace_id.clone(), from.span_id.clone());
            (to.flags, to.dropped_attributes_count) = (from.flags, from.dropped_attributes_count);
        }
    }
}

fn full_text(request: &Request) -> String {
    let mut batch = Batch::new();
    let mut traces = Traces::new(vec![request.clone()]).expect("good ids");
    let chunks = traces.chunks(usize::MAX);
    traces.encode(&chunks[0], &mut batch);
    text::print(&batch, &Style::FULL)
}

proptest! {
    #[test]
    fn encoded_and_written_back_without_edits_documents_are_the_same(documents in documents(), chunk in 0usize..5) {
        prop_assert_eq!(there_and_back(documents.clone(), chunk), documents);
    }

    #[test]
    fn documents_written_as_json_and_read_are_the_same(documents in documents()) {
        for pretty in [false, true] {
            let write = if pretty { json::write_pretty } else { json::write };
            let text: String = documents.iter().map(|document| write(document) + "\n").collect();
            let input = read_json(&text);
            prop_assert!(input.unknown.is_empty());
            prop_assert_eq!(&input.requests, &documents);
        }
    }

    #[test]
    fn any_document_becomes_equal_to_what_a_batch_says(from in resource_spans(1..2, 2..3), mut to in resource_spans(1..2, 2..3)) {
        keep_what_edits_cannot_change(&mut to, &from);
        let to = Request { resource_spans: vec![to] };
        let mut batch = Batch::new();
        let mut wanted = Traces::new(vec![to.clone()]).expect("good ids");
        wanted.encode(&[0, 1], &mut batch);

        let mut from = from;
        from.resource.iter_mut().for_each(|resource| resource.entity_refs.clear());
        let mut traces = Traces::new(vec![Request { resource_spans: vec![from] }]).expect("good ids");
        let image = traces.encode(&[0, 1], &mut Batch::new());
        traces.write(&image, &batch, true);
        prop_assert_eq!(full_text(&traces.finish()[0]), full_text(&to));
    }

    #[test]
    fn no_bytes_make_reading_panic(bytes in any::<Vec<u8>>(), text in "(\\{|\\}|\\[|\\]|\"[a-z]*\"|:|,|\"resourceSpans\":|\"spans\":|\"value\":|\"stringValue\":|1|null| )*") {
        let _ = read(&bytes, "any");
        let _ = read(text.as_bytes(), "any");
    }
}
