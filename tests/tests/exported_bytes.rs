//! Nothing personal in the exported bytes: the SDK, the processor, the batch processor, the real exporter, and a server that searches what it got.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use opentelemetry::trace::{
    Event, Link, Span as _, SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags, TraceId, TraceState, Tracer, TracerProvider,
};
use opentelemetry::{Array, Context, InstrumentationScope, KeyValue, StringValue, Value};
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{BatchSpanProcessor, SdkTracerProvider};
use spansieve::{Handle, Policy, SieveProcessor, set_cache_directory};
use spansieve_tests::secrets::{Kind, Secrets, percent_encoded};
use spansieve_tests::{Collector, Exported, Folder, Guest, policy};

/// What must arrive of each span whatever fails, by span id.
#[derive(Debug, PartialEq)]
struct Skeleton {
    trace_id: Vec<u8>,
    parent_id: Vec<u8>,
    times: (u64, u64),
    kind: i32,
    status: i32,
    links: Vec<(Vec<u8>, Vec<u8>)>,
}

fn cache() {
    set_cache_directory(Some(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("plugins")));
}

fn redact() -> Policy {
    Policy::parse("{version: 1, plugins: [{use: 'builtin:redact'}]}", "policy.yaml", Path::new("")).expect("a policy")
}

/// Sends spans with secrets in every field the whole way and back: what was planted, what the server got, and what the processor counted.
fn send(policy: Policy) -> (Secrets, Collector, Handle, BTreeMap<Vec<u8>, Skeleton>) {
    cache();
    let collector = Collector::start();
    let batch = BatchSpanProcessor::builder(collector.exporter()).build();
    let sieve = SieveProcessor::new(policy, batch).unwrap_or_else(|error| panic!("{error}"));
    let handle = sieve.handle();
    let mut secrets = Secrets::default();
    let provider = SdkTracerProvider::builder().with_resource(resource(&mut secrets)).with_span_processor(sieve).build();
    let sent = plant(&provider, &mut secrets);
    provider.shutdown().unwrap_or_else(|error| panic!("{error}"));
    (secrets, collector, handle, sent)
}

fn resource(secrets: &mut Secrets) -> Resource {
    let attributes = [
        KeyValue::new("service.name", "shop"),
        KeyValue::new("host.contact", secrets.all("a resource attribute")),
        KeyValue::new(format!("key {}", secrets.all("a resource attribute's key")), 1),
        KeyValue::new("owner.list", strings(secrets, "an array of a resource")),
        KeyValue::new("db.password", secrets.password("a resource attribute")),
    ];
    Resource::builder_empty().with_schema_url(attributes, format!("https://example.com/{}", secrets.all("a resource's schema url"))).build()
}

fn strings(secrets: &mut Secrets, place: &str) -> Value {
    Value::Array(Array::String(Kind::ALL.iter().map(|kind| StringValue::from(secrets.text(*kind, place))).collect()))
}

/// A tracestate with a secret of each kind that can stand in one.
fn tracestate(secrets: &mut Secrets, place: &str) -> TraceState {
    let members: Vec<_> = Kind::ALL.iter().map(|kind| (format!("{kind:?}").to_lowercase(), secrets.text(*kind, place))).collect();
    TraceState::from_key_value(members.iter().map(|(key, value)| (key.as_str(), value.as_str()))).expect("a tracestate")
}

fn context(number: u8, state: TraceState) -> SpanContext {
    SpanContext::new(TraceId::from_bytes([number; 16]), SpanId::from_bytes([number; 8]), TraceFlags::SAMPLED, true, state)
}

/// Attributes with secrets in keys and values of every type.
fn attributes(secrets: &mut Secrets, place: &str) -> Vec<KeyValue> {
    let at = |what: &str| format!("{what} of {place}");
    let url = format!("https://shop.example/pay?to={}&n=1", secrets.all(&at("a URL's query")).replace(' ', "+"));
    let encoded = Kind::ALL.map(|kind| percent_encoded(&secrets.text(kind, &at("a URL's query, percent-encoded"))));
    let sql = Kind::ALL.map(|kind| format!("c = '{}'", secrets.text(kind, &at("an SQL literal")))).join(" AND ");
    let json = Kind::ALL.map(|kind| format!("{{\"v\": [\"{}\"]}}", secrets.text(kind, &at("JSON in a text")))).join(", ");
    vec![
        KeyValue::new("http.route", "/pay"),
        KeyValue::new("note", secrets.all(&at("a string"))),
        KeyValue::new("one", secrets.text(Kind::Email, &at("a string that is nothing else"))),
        KeyValue::new("list", strings(secrets, &at("an array"))),
        KeyValue::new(format!("key {}", secrets.all(&at("a key"))), "value"),
        KeyValue::new(format!("list {}", secrets.all(&at("a key of an array"))), Value::Array(Array::I64(vec![1, 2]))),
        KeyValue::new("number", secrets.card_number(&at("an integer"))),
        KeyValue::new("numbers", Value::Array(Array::I64(vec![5, secrets.card_number(&at("an array of integers"))]))),
        KeyValue::new("url.full", url),
        KeyValue::new("url.query", format!("a={}&b=2", encoded.join("&c="))),
        KeyValue::new("url.path", format!("/login?password={}&page=2", secrets.password(&at("a URL's parameter")))),
        KeyValue::new("db.query.text", format!("SELECT * FROM users WHERE {sql} AND n = 5")),
        KeyValue::new("body", format!("[{json}, {{\"password\": \"{}\"}}]", secrets.password(&at("JSON in a text")))),
        KeyValue::new("server.url", format!("postgres://ada:{}@db.example/shop", secrets.password(&at("a URL's user information")))),
        KeyValue::new("user.password", secrets.password(&at("an attribute"))),
        KeyValue::new("http.request.header.authorization", Value::Array(Array::String(vec![secrets.password(&at("a header")).into()]))),
        KeyValue::new(
            "unicode",
            format!("\u{fc}n\u{ef}c\u{f6}de \u{1f600}{}\u{e9}", secrets.text(Kind::Email, &at("a text that is not ASCII"))),
        ),
    ]
}

/// Two traces, one below a remote parent, with spans of several kinds.
fn plant(provider: &SdkTracerProvider, secrets: &mut Secrets) -> BTreeMap<Vec<u8>, Skeleton> {
    let scope = InstrumentationScope::builder(format!("scope {}", secrets.all("a scope's name")))
        .with_version(format!("1 {}", secrets.all("a scope's version")))
        .with_schema_url(format!("https://example.com/{}", secrets.all("a scope's schema url")))
        .with_attributes(attributes(secrets, "a scope"))
        .build();
    let tracer = provider.tracer_with_scope(scope);
    let mut sent = BTreeMap::new();
    let mut parent = Context::new().with_remote_span_context(context(7, tracestate(secrets, "a tracestate")));
    let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let kinds = [(SpanKind::Server, 2), (SpanKind::Internal, 1), (SpanKind::Client, 3), (SpanKind::Producer, 4), (SpanKind::Consumer, 5)];
    for (number, (kind, code)) in kinds.into_iter().enumerate() {
        let links = vec![
            Link::new(context(9, tracestate(secrets, "a link's tracestate")), attributes(secrets, "a link"), 0),
            Link::with_context(context(10, TraceState::NONE)),
        ];
        let parent_id = parent.span().span_context().span_id();
        let times = (start + Duration::from_millis(number as u64), start + Duration::from_millis(100 - number as u64));
        let mut span = tracer
            .span_builder(format!("GET /users/{}", secrets.all("a span's name")))
            .with_kind(kind)
            .with_start_time(times.0)
            .with_attributes(attributes(secrets, "a span"))
            .with_links(links.clone())
            .with_events(vec![Event::new(format!("event {}", secrets.all("an event's name")), times.0, attributes(secrets, "an event"), 0)])
            .start_with_context(&tracer, &parent);
        let status = match number {
            0 => 0,
            1 => {
                span.set_status(Status::Ok);
                1
            }
            _ => {
                span.set_status(Status::error(format!("no such user: {}", secrets.all("a status message"))));
                2
            }
        };
        span.record_error(&std::io::Error::other(format!("while asking {}", secrets.all("a recorded error"))));
        let stack = format!("at main.rs:5\n  at {}\n  at lib.rs:7", secrets.all("a stack trace"));
        let exception = secrets.all("an exception's message");
        span.add_event("exception", vec![KeyValue::new("exception.message", exception), KeyValue::new("exception.stacktrace", stack)]);
        let own = span.span_context().clone();
        span.end_with_timestamp(times.1);
        let skeleton = Skeleton {
            trace_id: own.trace_id().to_bytes().to_vec(),
            parent_id: if parent_id == SpanId::INVALID { Vec::new() } else { parent_id.to_bytes().to_vec() },
            times: (nanos(times.0), nanos(times.1)),
            kind: code,
            status,
            links: links.iter().map(|link| ids(&link.span_context)).collect(),
        };
        sent.insert(own.span_id().to_bytes().to_vec(), skeleton);
        // The next one but one is a root.
        parent = if number == 2 { Context::new() } else { Context::new().with_remote_span_context(own) };
    }
    sent
}

fn ids(context: &SpanContext) -> (Vec<u8>, Vec<u8>) {
    (context.trace_id().to_bytes().to_vec(), context.span_id().to_bytes().to_vec())
}

fn nanos(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_nanos() as u64)
}

fn skeleton(span: &Span) -> Skeleton {
    Skeleton {
        trace_id: span.trace_id.clone(),
        parent_id: span.parent_span_id.clone(),
        times: (span.start_time_unix_nano, span.end_time_unix_nano),
        kind: span.kind,
        status: span.status.as_ref().map_or(0, |status| status.code),
        links: span.links.iter().map(|link| (link.trace_id.clone(), link.span_id.clone())).collect(),
    }
}

/// The traces kept their shape, and no secret is in any byte that the server got.
fn check(secrets: &Secrets, collector: &Collector, sent: &BTreeMap<Vec<u8>, Skeleton>) {
    let spans = collector.spans();
    let arrived: BTreeMap<_, _> = spans.iter().map(|span| (span.span.span_id.clone(), skeleton(&span.span))).collect();
    assert_eq!(spans.len(), sent.len());
    assert_eq!(&arrived, sent);
    assert!(spans.iter().all(|span| span.span.flags & 1 == 1), "every span is sampled");

    assert!(secrets.len() > 1000, "{} secrets were planted", secrets.len());
    let requests = collector.requests();
    assert!(!requests.is_empty());
    let mut found = Vec::new();
    for request in &requests {
        found.extend(secrets.found_in(&request.message));
        found.extend(secrets.found_in(request.metadata.as_bytes()));
    }
    assert!(found.is_empty(), "{} of {} secrets left:\n{}", found.len(), secrets.len(), found.join("\n"));
}

#[test]
fn without_a_policy_every_secret_is_found_so_the_search_is_one() {
    let nothing = Policy::parse("{version: 1, plugins: []}", "policy.yaml", Path::new("")).expect("a policy");
    let (secrets, collector, handle, sent) = send(nothing);
    let bytes: Vec<u8> = collector.requests().into_iter().flat_map(|request| request.message).collect();
    let found = secrets.found_in(&bytes);
    let places: HashSet<_> = found.iter().filter_map(|found| found.rsplit_once(", ")).map(|(secret, _)| secret).collect();
    assert_eq!(places.len(), secrets.len());
    assert_eq!((collector.spans().len(), handle.stats().forwarded), (sent.len(), sent.len() as u64));
}

#[test]
fn redact_leaves_nothing_personal_in_the_bytes_and_the_rest_as_it_was() {
    let (secrets, collector, handle, sent) = send(redact());
    check(&secrets, &collector, &sent);
    let stats = handle.stats();
    assert_eq!((stats.forwarded, stats.stripped, stats.plugins[0].failures), (sent.len() as u64, 0, 0));
    for Exported { resource, span, .. } in collector.spans() {
        assert!(span.name.starts_with("GET /users/") && span.name.contains("[REDACTED]"), "{}", span.name);
        let has = |attributes: &[opentelemetry_proto::tonic::common::v1::KeyValue], key: &str, text: &str| {
            attributes.iter().any(|kv| kv.key == key && format!("{:?}", kv.value).contains(text))
        };
        assert!(has(&span.attributes, "http.route", "/pay") && has(&span.attributes, "db.query.text", "SELECT * FROM users WHERE c = ?"));
        assert!(has(&resource.attributes, "service.name", "shop"));
        assert_eq!((span.events.len(), span.links.len()), (3, 2));
    }
}

#[test]
fn the_standard_policy_leaves_nothing_personal_in_the_bytes() {
    let (secrets, collector, handle, sent) = send(Policy::standard());
    check(&secrets, &collector, &sent);
    let stats = handle.stats();
    assert_eq!((stats.forwarded, stats.stripped), (sent.len() as u64, 0));
    assert!(stats.plugins.iter().all(|plugin| plugin.failures == 0));
}

/// A policy whose redactor is this guest.
fn in_the_place_of_redact(guest: &Guest, rest: &str) -> (Folder, PathBuf) {
    let folder = Folder::empty();
    let path = policy(&folder, &[(guest, rest)]);
    (folder, path)
}

#[test]
fn a_redactor_that_fails_lets_nothing_out_but_skeletons() {
    let nonsense = {
        let mut edits = b"SSVE\x01\0".to_vec();
        edits.resize(48, 0xFF);
        edits
    };
    let wrong_span = {
        use spansieve_layout::{Column, Header, Magic, Writer};
        let mut edits = Vec::new();
        let mut writer = Writer::new(&mut edits, &Header { magic: Magic::Edits, ..Header::default() }, 1);
        writer.elements(Column::KeepSpan, &[1_000_000u32]);
        writer.finish();
        edits
    };
    for (what, guest, rest) in [
        ("it traps", Guest::trapping(), ""),
        ("it takes for ever", Guest::looping(), ", limits: {deadline: 10ms}"),
        ("it returns nonsense", Guest::answering(nonsense), ""),
        ("it names a span that is not there", Guest::answering(wrong_span), ""),
    ] {
        let (_folder, path) = in_the_place_of_redact(&guest, &format!("on_failure: strip{rest}"));
        let (secrets, collector, handle, sent) = send(Policy::from_file(path).expect("a policy"));
        check(&secrets, &collector, &sent);
        let stats = handle.stats();
        let spans = sent.len() as u64;
        assert_eq!((stats.received, stats.forwarded, stats.stripped, stats.in_flight), (spans, spans, spans, 0), "{what}");
        for Exported { resource, scope, span } in collector.spans() {
            assert_eq!(span.name, "[stripped]", "{what}");
            assert!(span.attributes.is_empty() && span.events.is_empty() && resource.attributes.is_empty(), "{what}");
            assert!(
                scope.name.is_empty() && scope.version.is_empty() && scope.attributes.is_empty() && span.trace_state.is_empty(),
                "{what}"
            );
            assert!(span.status.is_none_or(|status| status.message.is_empty()), "{what}");
        }
    }
}

#[test]
fn a_redactor_that_fails_may_withhold_and_then_nothing_leaves_at_all() {
    let (_folder, path) = in_the_place_of_redact(&Guest::trapping(), "on_failure: withhold");
    let (secrets, collector, handle, sent) = send(Policy::from_file(path).expect("a policy"));
    assert!(!secrets.is_empty() && collector.requests().is_empty());
    let stats = handle.stats();
    assert_eq!((stats.withheld, stats.forwarded, stats.in_flight), (sent.len() as u64, 0, 0));
}

#[test]
fn a_redactor_that_fails_when_the_spans_are_many_strips_them_all() {
    cache();
    let (_folder, path) = in_the_place_of_redact(&Guest::trapping(), "on_failure: strip");
    let collector = Collector::start();
    let sieve = SieveProcessor::new(Policy::from_file(path).expect("a policy"), BatchSpanProcessor::builder(collector.exporter()).build())
        .expect("a processor");
    let handle = sieve.handle();
    let provider = SdkTracerProvider::builder().with_span_processor(sieve).build();
    let tracer = provider.tracer("test");
    let secret: Arc<str> = Kind::Email.secret(5).into();
    for _ in 0..1500 {
        tracer.span_builder(format!("GET {secret}")).start(&tracer).end();
    }
    provider.shutdown().expect("a shutdown");
    assert_eq!(handle.stats().stripped, 1500);
    assert_eq!(collector.spans().iter().filter(|span| span.span.name == "[stripped]").count(), 1500);
}

/// A configuration that is wrong means that there is no processor, and so no way out.
#[test]
fn a_redactor_whose_configuration_is_wrong_is_an_error_at_the_start_and_nothing_leaves() {
    cache();
    let schema = r#"{"type": "object", "properties": {"values": {"type": "array"}}, "additionalProperties": false}"#;
    let guest = Guest { schema: schema.into(), ..Guest::idle() };
    let (_folder, path) = in_the_place_of_redact(&guest, "on_failure: strip, config: {valeus: [email]}");
    let own = Policy::from_file(&path).expect("a policy");
    let builtin = |config: &str| {
        let text = format!("version: 1\nplugins:\n  - use: builtin:redact\n    config: {config}\n");
        Policy::parse(&text, "policy.yaml", Path::new("")).expect("a policy")
    };
    for (policy, place, says) in [
        (own, "policy.yaml:3:", "'valeus' was unexpected"),
        (builtin("{valeus: [email]}"), "policy.yaml:4:", "valeus"),
        (builtin("{values: [emial]}"), "policy.yaml:4:", "emial"),
        (builtin("{values: 5}"), "policy.yaml:4:", "5"),
        (builtin("{custom: [{name: mine, regex: '('}]}"), "policy.yaml:4:", "unclosed group"),
    ] {
        let collector = Collector::start();
        let error = match SieveProcessor::new(policy, BatchSpanProcessor::builder(collector.exporter()).build()) {
            Ok(_) => panic!("it was built, though {says}"),
            Err(error) => error.to_string(),
        };
        assert!(error.contains(place) && error.contains("plugins[0]") && error.contains(says), "{error:?} does not say {place} {says}");
        assert!(!error.contains('\n'), "one line: {error:?}");
        assert!(collector.requests().is_empty());
    }
}
