//! Every field of a span that can carry data, one test each: what is planted there is in none of the exported bytes, and what stands beside it is as it was.
//!
//! Through the SDK, the processor, the batch processor, the real exporter and a server. The SDK's values have no maps and no bytes: those go through OTLP
//! documents, as `spansieve run` takes them. Each test runs without a policy too, and then the datum has to be found, so the search is one.

use std::fmt::Debug;
use std::path::Path;
use std::time::Duration;

use opentelemetry::baggage::BaggageExt;
use opentelemetry::trace::{
    Event, Link, Span as _, SpanBuilder, SpanContext, SpanId, Status, TraceContextExt, TraceFlags, TraceId, TraceState, Tracer,
    TracerProvider,
};
use opentelemetry::{Array, Context, InstrumentationScope, KeyValue, StringValue, Value};
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, KeyValue as ProtoKeyValue, KeyValueList};
use opentelemetry_proto::tonic::resource::v1::Resource as ProtoResource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span as ProtoSpan};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{BatchSpanProcessor, SdkTracerProvider, Span, SpanData, SpanProcessor};
use prost::Message;
use spansieve::{Policy, SieveProcessor, set_cache_directory};
use spansieve_otlp::{Request, Traces};
use spansieve_runtime::{Batch, Chain};
use spansieve_tests::secrets::percent_encoded;
use spansieve_tests::{Collector, Exported};

const R: &str = "[REDACTED]";
const MAIL: &str = "planted.ana@example.org";
const CARD: &str = "4111 1111 1111 1111";
const CARD_NUMBER: i64 = 4_111_111_111_111_111;
const PASSWORD: &str = "hunter-planted-2";
const TOKEN: &str = "ghp_plantedAda00000000000000000000000001";

fn policy(plugins: &str) -> Policy {
    set_cache_directory(Some(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("plugins")));
    Policy::parse(&format!("{{version: 1, plugins: [{plugins}]}}"), "policy.yaml", Path::new("")).expect("a policy")
}

const REDACT: &str = "{use: 'builtin:redact'}";

/// The ways in which a datum may stand in bytes.
fn spellings(datum: &str) -> Vec<Vec<u8>> {
    let mut all = vec![datum.as_bytes().to_vec(), percent_encoded(datum).into_bytes(), datum.replace(' ', "").into_bytes()];
    if let Ok(number) = datum.replace(' ', "").parse::<i64>() {
        // As protobuf has integers and doubles, without their field.
        let mut varint = Vec::new();
        prost::encoding::encode_varint(number as u64, &mut varint);
        all.push(varint);
        all.push((number as f64).to_le_bytes().to_vec());
    }
    all
}

fn holds(bytes: &[u8], datum: &str) -> bool {
    spellings(datum).iter().any(|spelling| bytes.windows(spelling.len()).any(|part| part == spelling))
}

#[track_caller]
fn check(data: &[&str], without: &[u8], with: &[u8]) {
    for datum in data {
        assert!(holds(without, datum), "{datum} was planted");
        assert!(!holds(with, datum), "{datum} is in the exported bytes");
    }
}

/// What the server gets of spans that `plant` makes, and that none of `data` is in it.
#[track_caller]
fn exported_with(data: &[&str], resource: &Resource, plant: impl Fn(&SdkTracerProvider)) -> Vec<Exported> {
    let send = |plugins: &str| {
        let collector = Collector::start();
        let sieve = SieveProcessor::new(policy(plugins), BatchSpanProcessor::builder(collector.exporter()).build()).expect("a processor");
        let provider = SdkTracerProvider::builder()
            .with_resource(resource.clone())
            .with_span_processor(BaggageToAttributes)
            .with_span_processor(sieve)
            .build();
        plant(&provider);
        provider.shutdown().expect("a shutdown");
        let bytes: Vec<u8> = collector.requests().into_iter().flat_map(|request| request.message).collect();
        (bytes, collector.spans())
    };
    let ((without, all), (with, spans)) = (send(""), send(REDACT));
    check(data, &without, &with);
    assert_eq!(spans.len(), all.len(), "no span is lost");
    spans
}

/// The same for one span.
#[track_caller]
fn exported(data: &[&str], plant: impl Fn(SpanBuilder) -> SpanBuilder, edit: impl Fn(&mut opentelemetry_sdk::trace::Span)) -> Exported {
    let resource = Resource::builder_empty().with_attribute(KeyValue::new("service.name", "shop")).build();
    let mut spans = exported_with(data, &resource, |provider| {
        let tracer = provider.tracer("lib");
        let mut span = plant(tracer.span_builder("GET /cart")).start(&tracer);
        edit(&mut span);
        span.end();
    });
    spans.remove(0)
}

/// The same for attributes of a span: what became of them, in order.
#[track_caller]
fn attributes(data: &[&str], attributes: &[KeyValue]) -> Vec<(String, Any)> {
    pairs(exported(data, |span| span.with_attributes(attributes.to_vec()), |_| {}).span.attributes)
}

fn pairs(attributes: Vec<ProtoKeyValue>) -> Vec<(String, Any)> {
    attributes.into_iter().map(|kv| (kv.key, kv.value.and_then(|value| value.value).expect("a value"))).collect()
}

fn text(text: impl Into<String>) -> Any {
    Any::StringValue(text.into())
}

fn list(values: impl IntoIterator<Item = Any>) -> Any {
    Any::ArrayValue(ArrayValue { values: values.into_iter().map(|value| AnyValue { value: Some(value) }).collect() })
}

fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Any)>) -> Any {
    Any::KvlistValue(KeyValueList { values: entries.into_iter().map(|(key, value)| entry(key, value)).collect() })
}

fn entry(key: impl Into<String>, value: Any) -> ProtoKeyValue {
    ProtoKeyValue { key: key.into(), value: Some(AnyValue { value: Some(value) }), ..ProtoKeyValue::default() }
}

#[track_caller]
fn are<const N: usize>(found: &[(String, Any)], expected: [(&str, Any); N]) {
    let expected: Vec<_> = expected.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    assert_eq!(found, expected);
}

fn strings(values: &[&'static str]) -> Value {
    Value::Array(Array::String(values.iter().map(|value| StringValue::from(*value)).collect()))
}

fn remote(state: &str) -> SpanContext {
    let members = state.split(',').map(|member| member.split_once('=').expect("a member"));
    let state = TraceState::from_key_value(members).expect("a tracestate");
    SpanContext::new(TraceId::from_bytes([7; 16]), SpanId::from_bytes([7; 8]), TraceFlags::SAMPLED, true, state)
}

/// Copies baggage to attributes when a span starts, as services do by themselves.
#[derive(Debug)]
struct BaggageToAttributes;

impl SpanProcessor for BaggageToAttributes {
    fn on_start(&self, span: &mut Span, context: &Context) {
        for (key, (value, _)) in context.baggage() {
            span.set_attribute(KeyValue::new(format!("baggage.{key}"), value.clone()));
        }
    }

    fn on_end(&self, _: SpanData) {}

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

#[test]
fn span_name() {
    let resource = Resource::builder_empty().build();
    let spans = exported_with(&[MAIL, TOKEN], &resource, |provider| {
        let tracer = provider.tracer("lib");
        for name in [format!("GET /users/{MAIL}/cart"), format!("login {TOKEN}"), "GET /cart/{id}".to_owned()] {
            tracer.span_builder(name).start(&tracer).end();
        }
    });
    let names: Vec<_> = spans.iter().map(|exported| exported.span.name.as_str()).collect();
    assert_eq!(names, ["GET /users/[REDACTED]/cart", "login [REDACTED]", "GET /cart/{id}"]);
}

#[test]
fn span_name_that_is_a_statement() {
    let one = exported(
        &[PASSWORD],
        |_| {
            let statement = format!("SELECT id FROM users WHERE name = '{PASSWORD}'");
            SpanBuilder::from_name(statement.clone())
                .with_attributes([KeyValue::new("db.system.name", "postgresql"), KeyValue::new("db.query.text", statement)])
        },
        |_| {},
    );
    assert_eq!(one.span.name, "SELECT id FROM users WHERE name = ?");
    are(
        &pairs(one.span.attributes),
        [("db.system.name", text("postgresql")), ("db.query.text", text("SELECT id FROM users WHERE name = ?"))],
    );
}

#[test]
fn status_message() {
    let one = exported(&[CARD], |span| span, |span| span.set_status(Status::error(format!("no account (card {CARD})"))));
    let status = one.span.status.expect("a status");
    assert_eq!((status.code, status.message.as_str()), (2, "no account (card [REDACTED])"));
}

#[test]
fn string_attribute() {
    let found = attributes(
        &[MAIL, TOKEN],
        &[
            KeyValue::new("http.route", "/cart/{id}"),
            KeyValue::new("note", format!("sent to {MAIL}, twice")),
            KeyValue::new("key", TOKEN),
            KeyValue::new("empty", ""),
        ],
    );
    are(&found, [("http.route", text("/cart/{id}")), ("note", text("sent to [REDACTED], twice")), ("key", text(R)), ("empty", text(""))]);
}

#[test]
fn string_attribute_that_is_a_url() {
    let found = attributes(
        &[MAIL, PASSWORD],
        &[KeyValue::new("url.full", format!("https://shop.example/a?to={}&token={PASSWORD}&page=2", percent_encoded(MAIL)))],
    );
    are(&found, [("url.full", text("https://shop.example/a?to=[REDACTED]&token=[REDACTED]&page=2"))]);
}

#[test]
fn int_attribute() {
    let found = attributes(
        &[CARD],
        &[KeyValue::new("card", CARD_NUMBER), KeyValue::new("http.response.status_code", 200), KeyValue::new("at", 1_732_187_654_321_i64)],
    );
    are(&found, [("card", text(R)), ("http.response.status_code", Any::IntValue(200)), ("at", Any::IntValue(1_732_187_654_321))]);
}

#[test]
fn double_attribute() {
    let found = attributes(&[CARD], &[KeyValue::new("amount", CARD_NUMBER as f64), KeyValue::new("ratio", 0.25)]);
    are(&found, [("amount", text(R)), ("ratio", Any::DoubleValue(0.25))]);
}

/// A truth value says something only by its key.
#[test]
fn bool_attribute_under_a_key_rule() {
    let found = attributes(
        &[],
        &[KeyValue::new("user.password_is_default", true), KeyValue::new("cache.hit", true), KeyValue::new("retried", false)],
    );
    are(&found, [("user.password_is_default", text(R)), ("cache.hit", Any::BoolValue(true)), ("retried", Any::BoolValue(false))]);
}

#[test]
fn numbers_under_a_key_rule() {
    let found = attributes(
        &["4711471147114711"],
        &[KeyValue::new("api_key", 4_711_471_147_114_711_i64), KeyValue::new("secret", 4_711_471_147_114_711.0)],
    );
    are(&found, [("api_key", text(R)), ("secret", text(R))]);
}

#[test]
fn array_of_strings() {
    let found = attributes(
        &[MAIL, PASSWORD],
        &[
            KeyValue::new("recipients", strings(&["first", MAIL, "last"])),
            KeyValue::new("http.request.header.authorization", strings(&[PASSWORD, "x"])),
            KeyValue::new("plain", strings(&["a", "b"])),
        ],
    );
    are(
        &found,
        [
            ("recipients", list([text("first"), text(R), text("last")])),
            ("http.request.header.authorization", list([text(R), text(R)])),
            ("plain", list([text("a"), text("b")])),
        ],
    );
}

#[test]
fn array_of_integers() {
    let found = attributes(&[CARD], &[KeyValue::new("numbers", Value::Array(Array::I64(vec![5, CARD_NUMBER, 7])))]);
    // The SDK has no arrays of several types.
    are(&found, [("numbers", list([text("5"), text(R), text("7")]))]);
}

#[test]
fn array_of_doubles_and_of_truth_values() {
    let found = attributes(
        &[CARD],
        &[
            KeyValue::new("doubles", Value::Array(Array::F64(vec![0.5, CARD_NUMBER as f64]))),
            KeyValue::new("flags", Value::Array(Array::Bool(vec![true, false]))),
        ],
    );
    are(&found, [("doubles", list([text("0.5"), text(R)])), ("flags", list([Any::BoolValue(true), Any::BoolValue(false)]))]);
}

/// What a policy makes of one span of an OTLP document, as bytes.
fn through_otlp(attributes: &[ProtoKeyValue], plugins: &str) -> Vec<u8> {
    let span = ProtoSpan {
        trace_id: vec![7; 16],
        span_id: vec![7; 8],
        name: "GET /cart".into(),
        attributes: attributes.to_vec(),
        ..ProtoSpan::default()
    };
    let of_scope = ScopeSpans { spans: vec![span], ..ScopeSpans::default() };
    let of_resource = ResourceSpans { resource: Some(ProtoResource::default()), scope_spans: vec![of_scope], ..ResourceSpans::default() };
    let mut traces = Traces::new(vec![Request { resource_spans: vec![of_resource] }]).expect("spans");
    let mut chain = Chain::load(&policy(plugins)).expect("a chain");
    let mut batch = Batch::new();
    for spans in traces.chunks(512) {
        let image = traces.encode(&spans, &mut batch);
        let _ = chain.run(&mut batch);
        traces.write_back(&image, &batch).expect("it is written back");
    }
    traces.finish().iter().flat_map(Message::encode_to_vec).collect()
}

#[track_caller]
fn attributes_through_otlp(data: &[&str], attributes: &[ProtoKeyValue]) -> Vec<(String, Any)> {
    let (without, with) = (through_otlp(attributes, ""), through_otlp(attributes, REDACT));
    check(data, &without, &with);
    let mut request = Request::decode(&*with).expect("a request");
    pairs(request.resource_spans.remove(0).scope_spans.remove(0).spans.remove(0).attributes)
}

#[test]
fn array_of_several_types() {
    let found =
        attributes_through_otlp(&[CARD], &[entry("numbers", list([Any::IntValue(5), Any::IntValue(CARD_NUMBER), Any::BoolValue(true)]))]);
    are(&found, [("numbers", list([Any::IntValue(5), text(R), Any::BoolValue(true)]))]);
}

#[test]
fn nested_map() {
    let customer = map([
        ("mail", text(MAIL)),
        ("password", text(PASSWORD)),
        (CARD, text("a key")),
        ("cards", list([Any::IntValue(CARD_NUMBER), map([("of", text(MAIL))])])),
        ("n", Any::IntValue(3)),
        ("vip", Any::BoolValue(true)),
        ("ratio", Any::DoubleValue(0.5)),
    ]);
    let found = attributes_through_otlp(&[MAIL, PASSWORD, CARD], &[entry("customer", customer), entry("after", text("x"))]);
    let customer = map([
        ("mail", text(R)),
        ("password", text(R)),
        (R, text("a key")),
        ("cards", list([text(R), map([("of", text(R))])])),
        ("n", Any::IntValue(3)),
        ("vip", Any::BoolValue(true)),
        ("ratio", Any::DoubleValue(0.5)),
    ]);
    are(&found, [("customer", customer), ("after", text("x"))]);
}

#[test]
fn nested_map_under_a_key_rule() {
    let found = attributes_through_otlp(
        &[PASSWORD],
        &[entry("credentials", map([("user", text(PASSWORD)), ("deep", list([text(PASSWORD), map([("x", Any::BoolValue(true))])]))]))],
    );
    are(&found, [("credentials", map([("user", text(R)), ("deep", list([text(R), map([("x", text(R))])]))]))]);
}

#[test]
fn bytes() {
    let found = attributes_through_otlp(
        &[MAIL],
        &[entry("raw", Any::BytesValue(format!("to {MAIL}").into_bytes())), entry("binary", Any::BytesValue(vec![0xFF, 0, 0x80]))],
    );
    are(&found, [("raw", text("to [REDACTED]")), ("binary", Any::BytesValue(vec![0xFF, 0, 0x80]))]);
}

#[test]
fn json_in_a_string() {
    let body = format!(r#"{{"to":"{MAIL}","password":"{PASSWORD}","n":1,"inner":"{{\"token\":\"{TOKEN}\"}}"}}"#);
    let found = attributes(&[MAIL, PASSWORD, TOKEN], &[KeyValue::new("body", body), KeyValue::new("shape", r#"{"a":[1,true,null]}"#)]);
    are(
        &found,
        [
            ("body", text(r#"{"to":"[REDACTED]","password":"[REDACTED]","n":1,"inner":"{\"token\":\"[REDACTED]\"}"}"#)),
            ("shape", text(r#"{"a":[1,true,null]}"#)),
        ],
    );
}

#[test]
fn attribute_key_with_data_in_it() {
    let found = attributes(
        &[MAIL, CARD],
        &[
            KeyValue::new(format!("seen <{MAIL}>"), 1),
            KeyValue::new(format!("list {CARD}"), strings(&["a"])),
            KeyValue::new("http.request.method", "GET"),
        ],
    );
    are(&found, [("seen <[REDACTED]>", Any::IntValue(1)), ("list [REDACTED]", list([text("a")])), ("http.request.method", text("GET"))]);
}

#[test]
fn attribute_key_of_a_query_parameter() {
    let found = attributes(
        &[PASSWORD, MAIL],
        &[
            KeyValue::new("db.query.parameter.name", PASSWORD),
            KeyValue::new("db.query.parameter.0", 17),
            KeyValue::new(format!("db.query.parameter.<{MAIL}>"), "x"),
            KeyValue::new("db.query.summary", "SELECT users"),
        ],
    );
    are(
        &found,
        [
            ("db.query.parameter.name", text(R)),
            ("db.query.parameter.0", text(R)),
            ("db.query.parameter.<[REDACTED]>", text(R)),
            ("db.query.summary", text("SELECT users")),
        ],
    );
}

#[test]
fn attribute_key_of_a_header() {
    let found = attributes(
        &[PASSWORD, MAIL, TOKEN],
        &[
            KeyValue::new("http.request.header.authorization", strings(&[PASSWORD])),
            KeyValue::new("http.request.header.x-api-key", strings(&[PASSWORD])),
            KeyValue::new("http.response.header.set-cookie", strings(&[PASSWORD])),
            KeyValue::new("http.request.header.x-forwarded-user", strings(&[MAIL])),
            KeyValue::new(format!("http.request.header. {TOKEN}"), strings(&["x"])),
            KeyValue::new("http.request.header.accept", strings(&["text/html"])),
        ],
    );
    are(
        &found,
        [
            ("http.request.header.authorization", list([text(R)])),
            ("http.request.header.x-api-key", list([text(R)])),
            ("http.response.header.set-cookie", list([text(R)])),
            ("http.request.header.x-forwarded-user", list([text(R)])),
            ("http.request.header. [REDACTED]", list([text("x")])),
            ("http.request.header.accept", list([text("text/html")])),
        ],
    );
}

#[test]
fn event_name() {
    let one = exported(
        &[MAIL],
        |span| span,
        |span| {
            span.add_event(format!("mail to {MAIL} sent"), vec![]);
            span.add_event("done", vec![]);
        },
    );
    let names: Vec<_> = one.span.events.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, ["mail to [REDACTED] sent", "done"]);
}

#[test]
fn event_attributes() {
    let one = exported(
        &[MAIL, CARD],
        |span| span,
        |span| span.add_event("charged", vec![KeyValue::new("to", MAIL), KeyValue::new("card", CARD_NUMBER), KeyValue::new("attempt", 2)]),
    );
    are(&pairs(one.span.events[0].attributes.clone()), [("to", text(R)), ("card", text(R)), ("attempt", Any::IntValue(2))]);
}

#[test]
fn exception_message_and_stacktrace() {
    let stack =
        format!("ValueError: no account for {MAIL}\n    at charge (/srv/shop/app.js:8:32)\n    card={CARD}\n    at next (route.js:163:13)");
    let one = exported(
        &[MAIL, CARD],
        |span| span,
        |span| {
            span.record_error(&std::io::Error::other(format!("while asking {MAIL}")));
            let exception = [
                KeyValue::new("exception.type", "ValueError"),
                KeyValue::new("exception.message", format!("no account for {MAIL} (card {CARD})")),
                KeyValue::new("exception.stacktrace", stack.clone()),
            ];
            span.add_event("exception", exception.to_vec());
        },
    );
    assert!(pairs(one.span.events[0].attributes.clone()).contains(&("exception.message".into(), text("while asking [REDACTED]"))));
    are(
        &pairs(one.span.events[1].attributes.clone()),
        [
            ("exception.type", text("ValueError")),
            ("exception.message", text("no account for [REDACTED] (card [REDACTED])")),
            ("exception.stacktrace", text(stack.replace(MAIL, R).replace(CARD, R))),
        ],
    );
}

#[test]
fn link_attributes() {
    let link =
        || Link::new(remote("a=b"), vec![KeyValue::new("from", MAIL), KeyValue::new("password", PASSWORD), KeyValue::new("n", 3)], 0);
    let one = exported(&[MAIL, PASSWORD], |span| span.with_links(vec![link()]), |_| {});
    let link = &one.span.links[0];
    are(&pairs(link.attributes.clone()), [("from", text(R)), ("password", text(R)), ("n", Any::IntValue(3))]);
    assert_eq!((link.trace_id.as_slice(), link.span_id.as_slice(), link.trace_state.as_str()), (&[7; 16][..], &[7; 8][..], "a=b"));
}

#[test]
fn resource_attributes() {
    let resource = Resource::builder_empty()
        .with_attributes([
            KeyValue::new("service.name", "shop"),
            KeyValue::new("process.command_args", strings(&["--password", "--to", MAIL])),
            KeyValue::new("db.password", PASSWORD),
            KeyValue::new("process.pid", 4711),
        ])
        .build();
    let spans = exported_with(&[MAIL, PASSWORD], &resource, |provider| {
        let tracer = provider.tracer("lib");
        for _ in 0..3 {
            tracer.span_builder("GET /cart").start(&tracer).end();
            provider.force_flush().expect("a flush");
        }
    });
    assert_eq!(spans.len(), 3);
    for exported in spans {
        let mut found = pairs(exported.resource.attributes);
        found.sort_by(|a, b| a.0.cmp(&b.0));
        are(
            &found,
            [
                ("db.password", text(R)),
                ("process.command_args", list([text("--password"), text("--to"), text(R)])),
                ("process.pid", Any::IntValue(4711)),
                ("service.name", text("shop")),
            ],
        );
    }
}

/// Not with every batch again.
#[test]
fn resource_attributes_are_redacted_once() {
    let collector = Collector::start();
    let sieve = SieveProcessor::new(policy(REDACT), BatchSpanProcessor::builder(collector.exporter()).build()).expect("a processor");
    let handle = sieve.handle();
    let resource = Resource::builder_empty().with_attribute(KeyValue::new("owner", MAIL)).build();
    let provider = SdkTracerProvider::builder().with_resource(resource).with_span_processor(sieve).build();
    let tracer = provider.tracer("lib");
    for _ in 0..3 {
        tracer.span_builder("GET /cart").start(&tracer).end();
        provider.force_flush().expect("a flush");
    }
    provider.shutdown().expect("a shutdown");
    assert_eq!(collector.spans().len(), 3);
    let stats = handle.stats();
    assert!(stats.plugins[0].calls > 3);
    assert_eq!(stats.plugins[0].counters.get("hits.email"), Some(&1));
}

#[test]
fn scope_name_version_and_attributes() {
    let resource = Resource::builder_empty().build();
    let spans = exported_with(&[MAIL, CARD, PASSWORD], &resource, |provider| {
        let scope = InstrumentationScope::builder(format!("lib of {MAIL}"))
            .with_version(format!("1.2 ({CARD})"))
            .with_attributes([KeyValue::new("owner", MAIL), KeyValue::new("password", PASSWORD), KeyValue::new("n", 3)])
            .build();
        let tracer = provider.tracer_with_scope(scope);
        tracer.span_builder("GET /cart").start(&tracer).end();
    });
    let scope = spans[0].scope.clone();
    assert_eq!((scope.name.as_str(), scope.version.as_str()), ("lib of [REDACTED]", "1.2 ([REDACTED])"));
    are(&pairs(scope.attributes), [("owner", text(R)), ("password", text(R)), ("n", Any::IntValue(3))]);
}

/// A member in which something is found goes as a whole, so that the list stays valid; that of OpenTelemetry keeps what sampling needs.
#[test]
fn tracestate() {
    let resource = Resource::builder_empty().build();
    let spans = exported_with(&[MAIL, TOKEN], &resource, |provider| {
        let tracer = provider.tracer("lib");
        for state in
            [format!("ot=th:fd70a;rv:41111111111114,crm={MAIL},cdn=edge-4,x={TOKEN}"), format!("crm={MAIL}"), "cdn=edge-4,ot=th:8".into()]
        {
            let parent = Context::new().with_remote_span_context(remote(&state));
            tracer.span_builder("GET /cart").start_with_context(&tracer, &parent).end();
        }
    });
    let states: Vec<_> = spans.iter().map(|exported| exported.span.trace_state.as_str()).collect();
    assert_eq!(states, ["ot=th:fd70a;rv:41111111111114,cdn=edge-4", "", "cdn=edge-4,ot=th:8"]);
}

#[test]
fn tracestate_of_a_link() {
    let state = format!("ot=th:fd70a,crm={MAIL},cdn=edge-4");
    let one = exported(
        &[MAIL],
        |span| span.with_links(vec![Link::new(remote(&state), vec![], 0), Link::new(remote("a=1,b=2"), vec![], 0)]),
        |_| {},
    );
    let states: Vec<_> = one.span.links.iter().map(|link| link.trace_state.as_str()).collect();
    assert_eq!(states, ["ot=th:fd70a,cdn=edge-4", "a=1,b=2"]);
}

#[test]
fn baggage_copied_to_attributes() {
    let resource = Resource::builder_empty().build();
    let spans = exported_with(&[MAIL, PASSWORD], &resource, |provider| {
        let tracer = provider.tracer("lib");
        let baggage = [KeyValue::new("user", MAIL), KeyValue::new("session_token", PASSWORD), KeyValue::new("tenant", "blue")];
        tracer.span_builder("GET /cart").start_with_context(&tracer, &Context::new().with_baggage(baggage)).end();
    });
    let mut found = pairs(spans[0].span.attributes.clone());
    found.sort_by(|a, b| a.0.cmp(&b.0));
    are(&found, [("baggage.session_token", text(R)), ("baggage.tenant", text("blue")), ("baggage.user", text(R))]);
}

/// Events that came with the builder take the same way.
#[test]
fn events_from_the_start_and_times() {
    let at = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let event = || Event::new(format!("to {MAIL}"), at, vec![KeyValue::new("to", MAIL)], 0);
    let one = exported(&[MAIL], |span| span.with_events(vec![event()]), |_| {});
    assert_eq!((one.span.events[0].name.as_str(), one.span.events[0].time_unix_nano), ("to [REDACTED]", 1_700_000_000_000_000_000));
    are(&pairs(one.span.events[0].attributes.clone()), [("to", text(R))]);
}
