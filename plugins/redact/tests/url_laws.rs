//! Laws of URLs, on random ones.

mod support;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value as Json, json};
use spansieve_plugin::SpanKind;
use spansieve_plugin::test::{Plugin, Value, set_table, span};
use spansieve_redact::Redact;
use support::plugin;

/// Pieces that make trouble: signs that part, placeholders, digits, replacements, data.
const PIECES: &[&str] = &[
    "/",
    "//",
    "?",
    "/?",
    "/?/",
    "#",
    "&",
    "=",
    "a=",
    "b",
    "c=d",
    ";",
    "1",
    "42",
    "v1",
    "123456",
    "507f1f77bcf86cd799439011",
    "{id}",
    "%3F",
    "%31",
    "%2531",
    "%2F",
    "%",
    "https://",
    "h.example",
    "ana:hunter2@",
    "ana@example.org",
    "leo%40example.org",
    "198.51.100.7",
    "4111111111111111",
    "token=",
    "[REDACTED]",
    "[RED",
    "ACTED]",
    "GET ",
    " ",
    "+",
    "é",
    "日",
    ":",
    ".",
    "-",
    "\n",
    "[hmac:K:00112233445566778899aabbccddeeff]",
    "u-00112233aabb@pseudonym.invalid",
];

const CUSTOM: &[&str] = &["/.", r"\?", "=", "b.*d", "^/", "é", r"\d", "&"];

const KEYS: &[&str] = &["url.full", "url.query", "url.fragment"];

const ACTIONS: &[&str] = &[
    r#""mask""#,
    r#""remove""#,
    r#""hash""#,
    r#""pseudonym""#,
    r#"{"truncate": 2}"#,
    r#"{"partial": {"last": 2}}"#,
    r#"{"partial": {"first": 2}}"#,
    r#"{"partial": "domain"}"#,
];

/// Options of URLs, custom rules, and the action of these and of the detector of addresses.
fn configured() -> impl Strategy<Value = Json> {
    let urls = (select(&["listed", "values", "drop"][..]), select(&["keep", "digits", "ids"][..]));
    (urls, prop::sample::subsequence(CUSTOM, 0..3), select(ACTIONS)).prop_map(|((query, paths), custom, action)| {
        let action: Json = serde_json::from_str(action).unwrap();
        let rule = |(i, regex)| json!({"name": format!("custom-{i}"), "regex": regex, "action": action});
        let custom: Vec<_> = custom.iter().enumerate().map(rule).collect();
        let values = json!([{"use": "email", "action": action}, "card", {"use": "ipv4", "action": "truncate"}]);
        json!({"urls": {"query": query, "paths": paths}, "custom": custom, "values": values, "hash": {"key": "K"}})
    })
}

fn with(configured: &Json, replacement: &str) -> Plugin<Redact> {
    set_table("K", *b"invented-key-of-32-bytes-for-tests");
    let mut config = configured.clone();
    config["replacement"] = json!(replacement);
    plugin(config)
}

fn redact(plugin: &mut Plugin<Redact>, key: &str, text: &str) -> (String, String) {
    let out = plugin.run(span(text).kind(SpanKind::Server).attr(key, text));
    match out.span(0).get(key) {
        Some(Value::Str(text)) => (text.clone(), out.span(0).name.clone()),
        other => panic!("{text:?} became {other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn redacting_twice_is_redacting_once(
        pieces in prop::collection::vec(select(PIECES), 0..12),
        configured in configured(),
        key in select(KEYS),
        replacement in select(&["[REDACTED]", "<1/2?&#>", "********"][..]),
    ) {
        let mut plugin = with(&configured, replacement);
        let (once, name) = redact(&mut plugin, key, &pieces.concat());
        prop_assert_eq!(&redact(&mut plugin, key, &once).0, &once);
        prop_assert_eq!(redact(&mut plugin, key, &name).1, name);
    }

    #[test]
    fn any_text_at_all_stays_a_text(text in any::<String>(), configured in configured(), key in select(KEYS)) {
        let mut plugin = with(&configured, "[REDACTED]");
        let once = redact(&mut plugin, key, &text).0;
        prop_assert_eq!(redact(&mut plugin, key, &once).0, once);
    }

    #[test]
    fn of_a_url_goes_what_the_options_say_and_everything_else_stays(
        segments in prop::collection::vec(select(&["users", "v", "a-b", "caf%C3%A9", "7", "123456", "7f3a9c20e1b4", "%37"][..]), 0..6),
        parameters in prop::collection::vec((select(&["page", "q", "", "a.b"][..]), select(&["zq", "", "zq/zq?zq", "zq=zq", "%7Aq"][..])), 0..4),
        has_fragment in any::<bool>(),
    ) {
        let join = |query: &dyn Fn(&str) -> String, path: &dyn Fn(&str) -> String| {
            let path: String = segments.iter().map(|segment| format!("/{}", path(segment))).collect();
            let query: Vec<_> = parameters.iter().map(|(name, value)| format!("{name}={}", query(value))).collect();
            let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
            format!("https://h1.example{path}{query}{}", if has_fragment { "#top1" } else { "" })
        };
        let same = |text: &str| text.to_owned();
        let gone = |with: &'static str| move |segment: &str| match segment.contains(['7', '6']) {
            true => with.to_owned(),
            false => segment.to_owned(),
        };
        let url = join(&same, &same);
        let check = |query: &str, paths: &str, expected: &str| {
            let mut plugin = plugin(json!({"keys": [], "values": [], "urls": {"query": query, "paths": paths}}));
            prop_assert_eq!(redact(&mut plugin, "url.full", &url).0, expected);
            Ok(())
        };
        check("listed", "keep", &url)?;
        check("values", "keep", &join(&|_| "[REDACTED]".into(), &same))?;
        check("listed", "digits", &join(&same, &gone("?")))?;
        check("listed", "ids", &join(&same, &gone("{id}")))?;
        let values = join(&same, &same);
        let query = values.find('?').map_or(String::new(), |sign| values[sign + 1..].split('#').next().unwrap().to_owned());
        check("drop", "keep", &if query.is_empty() { url.clone() } else { url.replacen(&query, "", 1) })?;
    }
}
