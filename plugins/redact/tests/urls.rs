//! URLs: public sets of cases, and what becomes of spans.

mod support;

use serde_json::{Value as Json, json};
use spansieve_plugin::SpanKind;
use spansieve_plugin::test::{Plugin, Span, Value, event, resource, set_table, span, take_counters};
use spansieve_redact::Redact;
use support::{plugin, standard};

/// Without detectors and key rules, which would find some of the data too.
fn alone(query: &str, paths: &str) -> Plugin<Redact> {
    plugin(json!({"keys": [], "values": [], "urls": {"query": query, "paths": paths}}))
}

/// What becomes of a text under a key, by itself and in a second run.
#[track_caller]
fn under(plugin: &mut Plugin<Redact>, key: &str, text: &str) -> String {
    let mut run = |text: &str| match plugin.run(span("x").attr(key, text)).span(0).get(key) {
        Some(Value::Str(text)) => text.clone(),
        other => panic!("{text:?} became {other:?}"),
    };
    let once = run(text);
    assert_eq!(run(&once), once, "a second run of {text:?}");
    once
}

const ENCODES: &str = "theirs writes invalid URLs anew, percent-encoded; nothing is written anew here that does not have to go";
const NO_URL: &str = "theirs replaces what Go refuses as a URL; here it is read as a path without digits";
const EMPTY: &str = "theirs drops what says nothing; nothing goes here that does not have to";
const MARK: &str = "the `?` stays, as Datadog has it: it says that there was a query";
const USERINFO: &str = "user and password go as one: that there was a password, and that there was none, does not show";

/// Set, input, what becomes of it here, and why that is something else than in `cases/urls.json`. Nothing else differs.
#[rustfmt::skip]
const DIFFERENT: &[(&str, &str, &str, &str)] = &[
    ("datadog_http", "\u{10}ჸ", "\u{10}ჸ", NO_URL),
    ("datadog_http", "#", "#", EMPTY),
    ("datadog_http", "ჸ", "ჸ", ENCODES),
    ("datadog_http", "!ჸ", "!ჸ", ENCODES),
    ("datadog_http", ":", ":", NO_URL),
    ("datadog_http", "#ჸ", "#ჸ", ENCODES),
    ("datadog_http", "\\", "\\", ENCODES),
    ("datadog_http", "[ჸ", "[ჸ", ENCODES),
    ("datadog_http", "\\ჸ", "\\ჸ", ENCODES),
    ("datadog_http", "!#ჸ", "!#ჸ", ENCODES),
    ("datadog_http", "##", "##", ENCODES),
    ("datadog_http", "ჸ#\u{10}", "ჸ#\u{10}", ENCODES),
    ("datadog_http", "ჸ#!", "ჸ#!", ENCODES),
    ("datadog_http", "#%", "#%", NO_URL),
    ("datadog_http", "#'ჸ", "#'ჸ", ENCODES),
    ("datadog_http", "ჸ#'ჸ", "ჸ#'ჸ", ENCODES),
    ("datadog_http", "#!ჸ", "#!ჸ", ENCODES),
    ("datadog_http", "<!", "<!", ENCODES),
    ("datadog_http", "\"!", "\"!", ENCODES),
    ("datadog_http", ".#ჸ", ".#ჸ", ENCODES),
    ("datadog_http", ".#", ".#", EMPTY),
    ("datadog_http", "ჸ#0", "ჸ#0", ENCODES),
    ("datadog_http", "C:#", "C:#", EMPTY),
    ("datadog_http", "../ჸ", "../ჸ", ENCODES),
    ("datadog_http", " ჸ", " ჸ", ENCODES),
    ("datadog_http", "ჸ?%", "ჸ?", ENCODES),
    ("datadog_http", "this is not a valid url", "this is not a valid url", ENCODES),
    ("datadog_http", "this is not a valid url", "this is not a valid url", ENCODES),
    ("datadog_http", "ჸ#{ჸ", "ჸ#{ჸ", ENCODES),
    ("datadog_http", "\u{91cb8}\u{9232f}झ\u{44db0}#\u{3}\n\u{5bb50}\u{925d9}\u{925d5}\u{925d5}\u{925d5}\u{925d5}䕞\u{9a70d}\u{3d2ff}\u{10ef4f}\u{87307}\u{6}\u{10ef0a}\u{10ffff}\u{ad7e5}\u{33f}筚\u{361}➑\u{2}{\u{10de13}\u{10ffff}\u{10ffff}'", "\u{91cb8}\u{9232f}झ\u{44db0}#\u{3}\n\u{5bb50}\u{925d9}\u{925d5}\u{925d5}\u{925d5}\u{925d5}䕞\u{9a70d}\u{3d2ff}\u{10ef4f}\u{87307}\u{6}\u{10ef0a}\u{10ffff}\u{ad7e5}\u{33f}筚\u{361}➑\u{2}{\u{10de13}\u{10ffff}\u{10ffff}'", ENCODES),
    ("otel_java_semconv_defaults", "https://user1:secret@github.com", "https://REDACTED@github.com", USERINFO),
    ("otel_java_semconv_defaults", "https://user1:secret@github.com/p@th?foo=b@r", "https://REDACTED@github.com/p@th?foo=b@r", USERINFO),
    ("otelcol_url_sanitizer_path", "/api/users?id=123&name=john", "/api/users?", MARK),
];

#[test]
fn public_sets_come_out_exactly_but_for_listed_cases() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/urls.json");
    let file: Json = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut different = Vec::new();
    for case in file["cases"].as_array().unwrap() {
        let [set, options, input, theirs] = case.as_array().unwrap().as_slice() else { panic!("{case}") };
        let (set, input, theirs) = (set.as_str().unwrap(), input.as_str().unwrap(), theirs.as_str().unwrap());
        let (mut plugin, key) = match set {
            "datadog_http" => (plugin(json!({"keys": [], "values": [], "urls": options})), "http.url"),
            "otel_dotnet_redact_all_query_values" => {
                (plugin(json!({"keys": [], "values": [], "urls": options, "replacement": "Redacted"})), "url.query")
            }
            "otelcol_url_sanitizer_path" => (plugin(json!({"keys": [], "values": [], "urls": options})), "url.path"),
            // The defaults; the options say so.
            _ => (plugin(json!({ "urls": options })), "url.full"),
        };
        let mut out = under(&mut plugin, key, input);
        // Their masks, in the place of ours.
        out = match set {
            "otelcol_url_sanitizer_path" => out.replace("{id}", "*"),
            _ => out.replace("[REDACTED]", "REDACTED"),
        };
        if out != theirs {
            different.push((set, input, out));
        }
    }
    let listed: Vec<_> = DIFFERENT.iter().map(|(set, input, ours, _)| (*set, *input, (*ours).to_owned())).collect();
    let missing: Vec<_> = different.iter().filter(|case| !listed.contains(case)).collect();
    assert!(missing.is_empty(), "after a look at the difference: {missing:?}");
    assert_eq!(listed, different, "what is listed differs no more");
}

/// The README has this table.
#[test]
fn each_option_takes_its_part_and_no_more() {
    let url = "/users/42/v2/7f3a9c20?page=2&q=ana#top";
    let check = |query: &str, paths: &str, expected: &str| assert_eq!(under(&mut alone(query, paths), "url.full", url), expected);
    check("listed", "keep", url);
    check("values", "keep", "/users/42/v2/7f3a9c20?page=[REDACTED]&q=[REDACTED]#top");
    check("drop", "keep", "/users/42/v2/7f3a9c20?#top");
    check("listed", "digits", "/users/?/?/??page=2&q=ana#top");
    check("listed", "ids", "/users/{id}/v2/{id}?page=2&q=ana#top");
    check("drop", "digits", "/users/?/?/??#top");
}

#[test]
fn versions_and_names_in_paths_stay_with_ids_and_go_with_digits() {
    let path = "/api/v2/oauth2/users/ana/files/report.pdf";
    assert_eq!(under(&mut alone("listed", "ids"), "url.path", path), path);
    assert_eq!(under(&mut alone("listed", "digits"), "url.path", path), "/api/?/?/users/ana/files/report.pdf");
}

#[test]
fn what_detectors_and_key_rules_find_is_merged_with_what_the_options_take() {
    let with = |query: &str, paths: &str| plugin(json!({"urls": {"query": query, "paths": paths}}));
    let url = "https://ana:hunter2@h.example/u/ana@example.org/198.51.100.7/cart?to=leo%40example.org,x&token=abc#access_token=d";
    let check = |query: &str, paths: &str, expected: &str| assert_eq!(under(&mut with(query, paths), "http.url", url), expected);
    check(
        "listed",
        "keep",
        "https://[REDACTED]@h.example/u/[REDACTED]/[REDACTED]/cart?to=[REDACTED],x&token=[REDACTED]#access_token=[REDACTED]",
    );
    check("values", "digits", "https://[REDACTED]@h.example/u/[REDACTED]/?/cart?to=[REDACTED]&token=[REDACTED]#access_token=[REDACTED]");
    check("drop", "ids", "https://[REDACTED]@h.example/u/[REDACTED]/{id}/cart?#access_token=[REDACTED]");
    // A find that reaches beyond takes the rest along.
    let mut custom = plugin(json!({"urls": {"query": "drop", "paths": "ids"}, "custom": [{"name": "x", "regex": r"t/4.*=5"}]}));
    assert_eq!(under(&mut custom, "url.full", "/cart/42?a=5&b=6#c"), "/car[REDACTED]#c");
}

#[test]
fn what_other_actions_put_into_urls_stays_there() {
    set_table("K", *b"invented-key-of-32-bytes-for-tests");
    let config = json!({
        "values": [{"use": "email", "action": "hash"}, {"use": "ipv4", "action": "truncate"}],
        "hash": {"key": "K"},
        "urls": {"query": "values", "paths": "digits"},
    });
    let mut plugin = plugin(config);
    let out = under(&mut plugin, "url.full", "https://198.51.100.7/ana@example.org/7?to=ana@example.org");
    let (path, query) = out.split_once("/?").unwrap();
    assert!(path.starts_with("https://198.51.100.0/[hmac:K:"), "{out}");
    assert_eq!(query, "?to=[REDACTED]");
    // Another service with the same key has put it there.
    let theirs = format!("https://h.example/7?to={}&n=1", &path["https://198.51.100.0/".len()..]);
    let expected = theirs.replace("/7?", "/??").replace("n=1", "n=[REDACTED]");
    assert_eq!(under(&mut plugin, "url.full", &theirs), expected);
}

#[test]
fn safe_values_and_safe_keys_are_safe_from_options_too() {
    let config = json!({
        "safe_values": [{"exact": "asc"}, {"regex": "v[0-9]"}],
        "safe_keys": [{"exact": "url.original"}],
        "urls": {"query": "values", "paths": "digits"},
    });
    let url = "/v2/users/7?sort=asc&by=name";
    let out = plugin(config).run(span("x").attr("url.full", url).attr("url.original", url));
    assert_eq!(out.span(0).get("url.full"), Some(&"/v2/users/??sort=asc&by=[REDACTED]".into()));
    assert_eq!(out.span(0).get("url.original"), Some(&url.into()));
}

#[test]
fn spans_are_marked_with_the_options_that_took_something() {
    let mut plugin = plugin(json!({"mark": "redacted", "urls": {"query": "values", "paths": "ids"}}));
    let out = plugin.run(span("GET /users/7").attr("url.query", "q=ana"));
    assert_eq!(out.span(0).get("redacted"), Some(&vec!["url-ids", "url-values"].into()));
}

#[test]
fn urls_are_known_by_their_keys_wherever_they_stand() {
    let url = "/a/1?b=2";
    let before = span("x")
        .attr("url.full", url)
        .attr("url.original", url)
        .attr("url.path", "/a/1")
        .attr("url.query", "b=2")
        .attr("url.fragment", "b=2")
        .attr("http.target", url)
        .attr("http.request.header.referer", vec![url, "/c"])
        .attr("nested", Value::Map(vec![("http.url".into(), url.into()), ("n".into(), url.into())]))
        .attr("url.template", "/a/1")
        .attr("http.route", "/a/1")
        .attr("note", url)
        .event(event("retry").attr("url.full", url));
    let mut plugin = alone("values", "digits");
    let out = plugin.run(spansieve_plugin::test::batch().resource(resource().attr("url.full", url)).span(before));
    let after = out.span(0);
    let gone = Value::from("/a/??b=[REDACTED]");
    for key in ["url.full", "url.original", "http.target"] {
        assert_eq!(after.get(key), Some(&gone), "{key}");
    }
    assert_eq!(after.get("url.path"), Some(&"/a/?".into()));
    assert_eq!(after.get("url.query"), Some(&"b=[REDACTED]".into()));
    assert_eq!(after.get("url.fragment"), Some(&"b=[REDACTED]".into()));
    assert_eq!(after.get("http.request.header.referer"), Some(&Value::Array(vec![gone.clone(), "/c".into()])));
    assert_eq!(after.get("nested"), Some(&Value::Map(vec![("http.url".into(), gone.clone()), ("n".into(), url.into())])));
    for (key, same) in [("url.template", "/a/1"), ("http.route", "/a/1"), ("note", url)] {
        assert_eq!(after.get(key), Some(&same.into()), "{key}");
    }
    assert_eq!(after.events[0].get("url.full"), Some(&gone));
    assert_eq!(out.batch.resources[0].get("url.full"), Some(&gone));
    assert_eq!(plugin.run(out.batch.clone()).edits, []);
}

#[test]
fn names_of_http_spans_lose_the_same() {
    let mut plugin = alone("drop", "ids");
    let mut name = |span: Span| plugin.run(span).span(0).name.clone();
    assert_eq!(name(span("GET /users/123?q=ana")), "GET /users/{id}?");
    assert_eq!(name(span("HTTP POST https://h2.example/users/123 -> 200")), "HTTP POST https://h2.example/users/{id} -> 200");
    assert_eq!(name(span("/users/123").kind(SpanKind::Server)), "/users/{id}");
    assert_eq!(name(span("/users/123").attr("http.url", "http://h/users/123")), "/users/{id}");
    assert_eq!(name(span("GET /users/123").kind(SpanKind::Internal)), "GET /users/{id}");
    for same in [
        span("/users/123").kind(SpanKind::Internal),
        span("/acme.v1.Orders/Get20241").kind(SpanKind::Client).attr("rpc.system", "grpc"),
        span("GET /users/{id}"),
        span("load file 123456"),
    ] {
        let before = same.name.clone();
        assert_eq!(name(same), before);
    }
}

#[test]
fn without_options_nothing_happens_to_urls() {
    let url = "/a/1?b=2";
    for config in [json!({"keys": [], "values": []}), json!({"keys": [], "values": [], "urls": {"query": "listed", "paths": "keep"}})] {
        let mut plugin = plugin(config);
        assert_eq!(plugin.run(span("GET /a/1").attr("url.full", url).attr("url.query", "a=1")).edits, []);
    }
}

#[test]
fn the_parameters_of_the_semantic_conventions_are_in_the_defaults() {
    let names = ["AWSAccessKeyId", "Signature", "sig", "X-Goog-Signature", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-Security-Token"];
    for name in names {
        for name in [name.to_owned(), name.to_lowercase(), name.to_uppercase()] {
            let url = |value: &str| format!("https://h.example/o?a=b&{name}={value}&c=d");
            assert_eq!(under(&mut standard(), "url.full", &url("x1")), url("[REDACTED]"));
        }
    }
}

#[test]
fn what_goes_from_urls_is_counted_once() {
    take_counters();
    let before = span("GET /a/1?x=1").attr("url.full", "/a/1?to=ana@example.org&x=1").attr("http.target", "/a/1?to=ana@example.org&x=1");
    plugin(json!({"urls": {"query": "values", "paths": "digits"}})).run(before);
    let counters: Vec<_> = take_counters().into_iter().filter(|(_, count)| *count > 0).collect();
    // The attributes share one text, the name is another.
    assert_eq!(counters, [("hits.email".into(), 1), ("hits.url-digits".into(), 2), ("hits.url-values".into(), 3)]);
}

#[test]
fn options_that_do_not_exist_are_refused() {
    let error = |urls: Json| Plugin::<Redact>::new(json!({ "urls": urls })).err().expect("a wrong configuration").to_string();
    assert_eq!(error(json!({"query": "some"})), "urls.query: unknown variant `some`, expected one of `listed`, `values`, `drop`");
    assert_eq!(error(json!({"paths": "id"})), "urls.paths: unknown variant `id`, expected one of `keep`, `digits`, `ids`");
    assert_eq!(error(json!({"path": "ids"})), "urls.path: unknown field `path`, expected `query` or `paths`");
}
