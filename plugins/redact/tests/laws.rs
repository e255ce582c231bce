//! Laws, on random texts.

mod support;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::json;
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
