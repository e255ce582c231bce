//! Laws, on random texts.

mod support;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value as Json, json};
use spansieve_plugin::test::{Batch, Plugin, Value, batch, event, set_table, span};
use spansieve_redact::Redact;
use support::{plugin, redact, standard};

/// Data that the standard rules find wherever no letter or digit touches them.
const SECRETS: &[&str] = &[
    "ana.quill@mail.invalid",
    "4111 1111 1111 1111",
    "5555-5555-5555-4444",
    "378282246310005",
    "987-65-4321",
    "198.51.100.77",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJxdWlsbCJ9.c2lnbmF0dXJl",
    "AKIAINVENTED0000ADA1",
    "ghp_inventedAda0000000000000000000000001",
    "GB82WEST12345698765432",
    "+442079460018",
    "+44-20-7946-0018",
    "Bearer hunter-two.three",
    "tok_invented_456",
    "token=correct-horse",
    "\"password\":\"battery, staple\"",
    "2001:db8::8a2e:370:7334",
    "01:23:45:67:89:ab",
    "xoxb-123456789012-inventedInvented",
    "16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ",
    "GB82 WEST 1234 5698 7654 32",
    "(415) 555-0132",
];

/// What stands between them; nothing of it may look like a part of them.
const GLUE: &[&str] = &[" ", ", ", "|", "\n", "/", " <", ">: ", "; ", "&", " so ", "?", "é ", "(", ") "];

/// Pieces that make trouble: parts of data, signs that mean something, replacements.
const PIECES: &[&str] = &[
    "@",
    "ana",
    ".org",
    "ana@example.org",
    "x@y.zz",
    "4111",
    "4111111111111111",
    " 1111",
    "-",
    ".",
    "1.2.3.4",
    "5.6",
    "987-65-4321",
    "12-34-",
    "eyJ",
    "a.b.c",
    "+",
    "+1",
    "+44 2079460018",
    "bearer ",
    "Bearer x",
    "AKIA",
    "GB82",
    "WEST12345698765432",
    "token=",
    "=",
    "&",
    "%",
    "%40",
    "%2540",
    "%3D",
    "%74oken",
    "\"",
    "\"password\":",
    "'",
    "\\",
    "://",
    "a:b@",
    "[REDACTED]",
    "[RED",
    "ACTED]",
    "é",
    "日",
    "_",
    "x",
    "ab",
    "abab",
    "\u{0}",
    "\n",
    "tok_invented_456",
    "ssn ",
    "phone: ",
    "219099999",
    " 219 09 9999",
    "415-555-0132",
    "nhs",
    "221 395 1837",
    "::",
    ":1",
    "2001:db8::1",
    "01:23:45:67:89:ab",
    "password: ",
    "a1b2c3d4",
    "Basic YTpi",
    "-----BEGIN PRIVATE KEY-----",
    "-----END",
    "xoxb-123456789012-inventedInvented",
    "16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ",
    "GB82 WEST 1234 5698 7654 32",
    "/8",
    "x45",
    "\\u0040",
    "\\n",
    "\\/",
    "\\\\",
    "&#64;",
    "&amp;",
    "&quot;",
    "＠",
    "４１１１",
    "١٢٣",
    "\u{200B}",
    "\u{301}",
    "\u{A0}",
    "–",
    "а",
    "раss",
    "word",
    "ü",
    "YW5hQGV4YW1wbGUub3Jn",
    "%EF%BC%A0",
];

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(select(PIECES), 0..14).prop_map(|pieces| pieces.concat())
}

fn glued() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    prop::collection::vec((select(SECRETS), select(GLUE)), 1..6)
}

fn percent_encoded(text: &str, all: bool) -> String {
    text.bytes().map(|b| if all || !b.is_ascii_alphanumeric() { format!("%{b:02x}") } else { char::from(b).to_string() }).collect()
}

/// Parts of four bytes of the secret, but for those that names of keys and schemes have.
fn fragments(secret: &str) -> impl Iterator<Item = &str> {
    secret
        .as_bytes()
        .windows(4)
        .map(|part| str::from_utf8(part).unwrap())
        .filter(|part| !["token=", "\"password\":\""].iter().any(|name| name.contains(part)))
}

/// Custom rules that depend on their surroundings in every way.
const CUSTOM: &[&str] =
    &[r"\bab", r"\Bab", "^x", "x$", "(?m)^ana", "RED", r"x.*x", r"(?-u:\B)1", "b+", r"(?-u:[\x80-\xFF])", "a.", r"\d{3}\b"];

/// Every action, as it is written.
fn actions() -> Vec<Json> {
    [
        r#""mask""#,
        r#""remove""#,
        r#""hash""#,
        r#""pseudonym""#,
        r#"{"truncate": 3}"#,
        r#"{"partial": {"last": 4}}"#,
        r#"{"partial": {"last": 2}}"#,
        r#"{"partial": {"first": 3}}"#,
        r#"{"partial": "domain"}"#,
    ]
    .map(|action| serde_json::from_str(action).unwrap())
    .into()
}

fn action() -> impl Strategy<Value = Json> {
    select(actions())
}

/// A plugin with a key for hashes.
fn keyed(mut config: Json) -> Plugin<Redact> {
    set_table("k", "sixteen bytes and more");
    config["hash"] = json!({"key": "k"});
    plugin(config)
}

/// Rules, each with an action out of `actions`, in turn.
struct Rules {
    keys: Vec<Json>,
    values: Vec<Json>,
    custom: Vec<Json>,
}

/// Detectors that do not find credentials, of which nothing may stay.
const VALUES: &[&str] = &["email", "card", "ssn", "ipv4", "iban", "phone", "phone-groups", "id", "phone-local", "ipv6", "mac", "crypto"];

impl Rules {
    fn new(actions: &[Json], custom: &[&str]) -> Self {
        let mut actions = actions.iter().cycle().cloned();
        let mut action = || actions.next().expect("there are actions");
        let names = ["password", "token", "ssn", "tok"];
        Rules {
            keys: names.map(|name| json!({"contains": name, "action": action()})).into(),
            values: VALUES
                .iter()
                .map(|name| json!({"use": name, "action": action()}))
                .chain([json!("bearer"), json!("userinfo")])
                .collect(),
            custom: custom.iter().map(|regex| json!({"name": regex, "regex": regex, "action": action()})).collect(),
        }
    }

    /// The rules in another order.
    fn rotated(&self, by: &Index) -> Self {
        let rotated = |list: &[Json]| {
            let middle = if list.is_empty() { 0 } else { by.index(list.len()) };
            [&list[middle..], &list[..middle]].concat()
        };
        Rules { keys: rotated(&self.keys), values: rotated(&self.values), custom: rotated(&self.custom) }
    }

    fn plugin(&self) -> Plugin<Redact> {
        keyed(json!({"keys": self.keys, "values": self.values, "custom": self.custom}))
    }
}

/// A batch with the text in several kinds of places.
fn spread(text: &str) -> Batch {
    let nested = Value::Map(vec![("password".into(), text.into()), ("list".into(), Value::Array(vec![text.into(), 17.into()]))]);
    batch().span(span("x").attr("note", text).attr("token", text).attr("nested", nested).event(event(text).attr("ssn", text)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn redacting_twice_is_redacting_once(
        text in text(), custom in prop::sample::subsequence(CUSTOM, 0..4), base64 in any::<bool>(), replacement in select(&["[REDACTED]", "«УДАЛЕНО»", "［＆］"][..]),
    ) {
        let custom: Vec<_> = custom.iter().enumerate().map(|(i, regex)| json!({"name": format!("custom-{i}"), "regex": regex})).collect();
        let decode = if base64 { json!(["base64"]) } else { json!([]) };
        let mut plugin = plugin(json!({ "custom": custom, "decode": decode, "replacement": replacement }));
        let once = redact(&mut plugin, &text);
        prop_assert_eq!(redact(&mut plugin, &once), once);
    }

    #[test]
    fn the_order_of_rules_does_not_matter(text in text(), rotation in any::<Index>()) {
        let rotated = |list: &[&'static str]| {
            let middle = rotation.index(list.len());
            [&list[middle..], &list[..middle]].concat()
        };
        let values = ["email", "card", "ssn", "ipv4", "jwt", "aws", "github", "iban", "phone", "bearer", "userinfo", "id", "phone-local", "ipv6", "mac", "token"];
        let custom = ["a.", "x+", r"\b1\w*", "é.?"];
        let mut outputs = [(values.to_vec(), custom.to_vec()), (rotated(&values), rotated(&custom))].map(|(values, custom)| {
            let custom: Vec<_> = custom.into_iter().map(|regex| json!({"name": regex, "regex": regex})).collect();
            redact(&mut plugin(json!({ "values": values, "custom": custom })), &text)
        }).into_iter();
        prop_assert_eq!(outputs.next(), outputs.next());
    }

    #[test]
    fn with_any_actions_redacting_twice_is_redacting_once(
        text in text(),
        actions in prop::collection::vec(action(), 1..6),
        custom in prop::sample::subsequence(CUSTOM, 0..4),
    ) {
        let mut plugin = Rules::new(&actions, &custom).plugin();
        let once = plugin.run(spread(&text)).batch;
        let twice = plugin.run(once.clone()).batch;
        prop_assert_eq!(format!("{twice:?}"), format!("{once:?}"));
    }

    #[test]
    fn with_any_actions_the_order_of_rules_does_not_matter(
        text in text(),
        actions in prop::collection::vec(action(), 1..6),
        custom in prop::sample::subsequence(CUSTOM, 0..4),
        rotation in any::<Index>(),
    ) {
        let rules = Rules::new(&actions, &custom);
        let [one, other] = [&rules, &rules.rotated(&rotation)].map(|rules| rules.plugin().run(spread(&text)).batch);
        prop_assert_eq!(format!("{one:?}"), format!("{other:?}"));
    }

    #[test]
    fn no_rule_sees_what_another_puts_in(text in text(), action in select(vec!["mask", "hash", "pseudonym"]), encode in 0..3) {
        // Nothing but what the e-mail rule puts there has these.
        let custom = ["hmac", "pseudonym", "REDACTED", "anon-"].map(|regex| json!({"name": regex, "regex": regex, "action": "remove"}));
        let config = |custom: &[Json]| json!({"keys": [], "values": [{"use": "email", "action": action}], "custom": custom});
        let text = if encode == 0 && !text.contains("[REDACTED]") { percent_encoded(&text, false) } else { text };
        prop_assert_eq!(redact(&mut keyed(config(&custom)), &text), redact(&mut keyed(config(&[])), &text));
    }

    #[test]
    fn nothing_of_a_planted_secret_is_left_but_what_an_action_keeps(parts in glued(), actions in prop::collection::vec(action(), 1..6), encode in 0..3) {
        let text: String = parts.iter().map(|(secret, glue)| format!("{secret}{glue}")).collect();
        let text = if encode == 0 { percent_encoded(&text, false) } else { text };
        // A national number is not found where digits follow soon, and digits of it look like those of others.
        prop_assume!(!parts.iter().any(|(secret, _)| secret.starts_with("(415)")));
        let mut redacted = urldecoded(&redact(&mut Rules::new(&actions, &[]).plugin(), &text));
        // What actions keep at the end stands behind the replacement.
        for (secret, _) in &parts {
            for kept in [4, 2] {
                redacted = redacted.replace(&format!("[REDACTED]{}", &secret[secret.len() - kept..]), "[REDACTED]");
            }
        }
        for (secret, _) in parts.iter().filter(|(secret, _)| found_by_rules(secret)) {
            let network = |part: &str| "198.51.100.".contains(part) || "2001:db8::".contains(part);
            let domain = |part: &str| actions.contains(&json!({"partial": "domain"})) && "@mail.invalid".contains(part);
            for part in (4..=secret.len()).map(|end| &secret[end - 4..end]) {
                let excused = network(part) || domain(part) || redacted_by_chance(part);
                prop_assert!(excused || !redacted.contains(part), "{part:?} of {secret:?} is left in {redacted:?}, from {text:?}");
            }
        }
    }

    #[test]
    fn what_is_safe_excuses_only_itself(before in glued(), after in glued(), actions in prop::collection::vec(action(), 1..6)) {
        let joined = |parts: &[(&str, &str)]| parts.iter().map(|(secret, glue)| format!("{secret}{glue}")).collect::<String>();
        let (before, after) = (joined(&before), joined(&after));
        let rules = Rules::new(&actions, &[]);
        let safe = "noreply@safe.invalid";
        let with_safe = || keyed(json!({"keys": rules.keys, "values": rules.values, "safe_values": [{"exact": safe}]}));
        // Texts are looked at as a whole: where one letter may hide something, all of them are read as what they look like. So all texts have such a letter.
        let whole = redact(&mut with_safe(), &format!("{before} # {safe} # {after} # xé"));
        let [before, after] = [before, after].map(|part| redact(&mut with_safe(), &format!("{part} # xé")));
        let before = before.strip_suffix(" # xé").expect("nothing is found there");
        prop_assert_eq!(whole, format!("{before} # {safe} # {after}"));
    }

    #[test]
    fn nothing_of_a_planted_secret_is_left(parts in glued(), encode in 0..8) {
        let text: String = parts.iter().map(|(secret, glue)| format!("{secret}{glue}")).collect();
        let text = match encode {
            0 => text,
            1 => percent_encoded(&text, false),
            2 => percent_encoded(&percent_encoded(&text, false), false),
            3 => percent_encoded(&text, true),
            4 => text.chars().map(|c| format!("\\u{:04x}", c as u32)).collect(),
            5 => text.chars().map(|c| format!("&#{};", c as u32)).collect(),
            6 => full_width(&text),
            _ => text.chars().map(|c| format!("{c}\u{200B}")).collect(),
        };
        let redacted = redact(&mut standard(), &text);
        let shown = match encode {
            0..4 => urldecoded(&redacted),
            4 => SECRETS.iter().flat_map(|s| s.chars()).chain("é".chars()).fold(redacted.clone(), |all, c| all.replace(&format!("\\u{:04x}", c as u32), &c.to_string())),
            5 => SECRETS.iter().flat_map(|s| s.chars()).chain("é".chars()).fold(redacted.clone(), |all, c| all.replace(&format!("&#{};", c as u32), &c.to_string())),
            6 => redacted.chars().map(|c| if ('！'..='～').contains(&c) { char::from_u32(c as u32 - 0xFEE0).unwrap() } else { c }).collect(),
            _ => redacted.replace('\u{200B}', ""),
        };
        for (secret, _) in &parts {
            for fragment in fragments(secret) {
                prop_assert!(!shown.contains(fragment), "{fragment:?} of {secret:?} is left in {redacted:?}, from {text:?}");
            }
        }
    }

    #[test]
    fn any_text_at_all_stays_a_text(text in any::<String>()) {
        let mut plugin = standard();
        let once = redact(&mut plugin, &text);
        prop_assert_eq!(redact(&mut plugin, &once), once);
    }
}

fn full_width(text: &str) -> String {
    text.chars().map(|char| if char.is_ascii_graphic() { char::from_u32(char as u32 + 0xFEE0).unwrap() } else { char }).collect()
}

/// Whether the rules of [`Rules`] find it: not tokens of vendors.
fn found_by_rules(secret: &str) -> bool {
    !["eyJ", "AKIA", "ghp_", "tok_", "xoxb"].iter().any(|begin| secret.starts_with(begin))
        && !secret.starts_with("token=")
        && !secret.starts_with('"')
}

/// Whether a part can well stand in what is put in.
fn redacted_by_chance(part: &str) -> bool {
    "@pseudonym.invalid".contains(part)
        || "2001:db8:".contains(part)
        || "+999".contains(part)
        || part.bytes().all(|b| b.is_ascii_hexdigit())
}

fn urldecoded(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..3 {
        let mut out = Vec::new();
        let mut i = 0;
        while i < bytes.len() {
            let hex = bytes.get(i + 1..i + 3).and_then(|h| str::from_utf8(h).ok()).and_then(|h| u8::from_str_radix(h, 16).ok());
            match hex.filter(|_| bytes[i] == b'%') {
                Some(byte) => {
                    out.push(byte);
                    i += 3;
                }
                None => {
                    out.push(bytes[i]);
                    i += 1;
                }
            }
        }
        bytes = out;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
