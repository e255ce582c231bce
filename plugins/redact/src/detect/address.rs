//! Addresses: e-mail, IP, and who logs in at a URL.

use super::{Detector, EMAIL as EMAIL_RULE, Scan};
use crate::scan::Trigger;

pub(super) static EMAIL: Detector = Detector {
    name: "email",
    about: "e-mail addresses",
    pattern: r"[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}",
    source: "the common part of RFC 5322 addr-spec: a dot-atom without the rare symbols, and a host name of at least two labels",
    trigger: Trigger::At,
    search: email,
    finds: &[
        ("from ana.quill+shop@mail.example.org, late", &["ana.quill+shop@mail.example.org"]),
        ("a@b.co,c@d.co", &["a@b.co", "c@d.co"]),
        ("a@b.co@c.example.com", &["a@b.co"]),
        ("x@example.com.", &["x@example.com"]),
        ("x@example.c1.org9", &["x@example.c1.org"]),
        ("mailto:x@a-b.museum?subject=y", &["x@a-b.museum"]),
    ],
    ignores: &["@example.com", "a@b", "a@b.c", "a@.com1", "user@host:22", "retry @ 5.30 pm", "@opentelemetry/api"],
};

/// The run before the `@` is greedy and holds no `@`; so is the run behind it, from whose end the last dot with two letters is looked for.
fn email(scan: &mut Scan<'_>, at: usize) {
    let start = scan.run_start(at, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'%' | b'+' | b'-'));
    if start == at {
        return;
    }
    let host = at + 1;
    let end = scan.run_end(host, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    for dot in (host + 1..end).rev().filter(|place| scan.byte(*place) == b'.') {
        let letters = scan.run_end(dot + 1, |b| b.is_ascii_alphabetic());
        if letters >= dot + 3 {
            return scan.found(start, letters);
        }
    }
}

pub(super) static IPV4: Detector = Detector {
    name: "ipv4",
    about: "IPv4 addresses, and version numbers of that shape",
    pattern: r"\b(?:\d{1,3}\.){3}\d{1,3}\b",
    source: "RFC 791 in the usual dotted notation of RFC 1123, section 2.1",
    trigger: Trigger::Dots,
    search: ipv4,
    finds: &[
        ("peer 198.51.100.7:443", &["198.51.100.7"]),
        ("1.2.3.4.5.6.7.8", &["1.2.3.4", "5.6.7.8"]),
        ("1.2.3.4.5", &["1.2.3.4"]),
        ("v=1.2.3.4", &["1.2.3.4"]),
        ("1111.2.3.4.5", &["2.3.4.5"]),
    ],
    ignores: &["1.2.3", "v1.2.3.4", "1.2.3.4444", "1..2.3.4", "1.2.3.x", "10.15.7", "1.2.3.4a"],
};

/// From the third dot: three groups before it, one behind it.
fn ipv4(scan: &mut Scan<'_>, third: usize) {
    let mut dot = third;
    for group in 0..3 {
        let start = {
            let floor = scan.floor();
            let mut start = dot;
            while start > floor && dot - start < 3 && scan.byte(start - 1).is_ascii_digit() {
                start -= 1;
            }
            start
        };
        if start == dot {
            return;
        }
        if group < 2 {
            if start == scan.floor() || scan.before(start) != b'.' {
                return;
            }
            dot = start - 1;
        } else if scan.begins(start) {
            let end = third + 1 + scan.run_len(third + 1, 3, |b| b.is_ascii_digit());
            if end > third + 1 && scan.ends(end) {
                scan.found(start, end);
            }
        }
    }
}

pub(super) static USERINFO: Detector = Detector {
    name: "userinfo",
    about: "user and password before the host of a URL",
    pattern: "",
    source: "RFC 3986, section 3.2.1; OpenTelemetry semantic conventions on url.full",
    trigger: Trigger::Scheme,
    search: userinfo,
    finds: &[
        ("postgres://shop:hunter2@db.example.org:5432/shop", &["shop:hunter2"]),
        ("GET https://a:b@c@host/x@y", &["a:b@c"]),
        ("redis://:hunter2@cache", &[":hunter2"]),
        ("smtp://ana.quill@example.org:hunter2@mail", &["ana.quill@example.org:hunter2"]),
    ],
    ignores: &[
        "https://example.org/@ana:x",
        "ssh://git@github.example/x",
        "http://REDACTED:REDACTED@127.0.0.1/",
        "see http://x, a:b@c",
        "a:/b:c@d",
        "http://[::1]:80/",
    ],
};

/// What instrumentations write themselves, by the semantic conventions.
const ALREADY: &[u8] = b"REDACTED:REDACTED";

/// A name without a password is left to other rules. An e-mail address that would begin inside is not looked for, so that the host stays.
fn userinfo(scan: &mut Scan<'_>, slash: usize) {
    if scan.byte(slash + 1) != b'/' {
        return;
    }
    let start = slash + 2;
    // The last `@` counts, and a colon before it.
    let (mut at, mut colon) = (None, None);
    let mut place = start;
    loop {
        match scan.byte(place) {
            b'@' => at = Some(place),
            b':' => colon = colon.or(Some(place)),
            b'/' | b'?' | b'#' | b'"' | b'\'' | b'<' | b'>' | b'`' | b'\\' | 0..=b' ' | 0xFF => break,
            _ => {}
        }
        place += 1;
    }
    if let Some(at) = at.filter(|at| colon.is_some_and(|colon| colon < *at) && scan.bytes[start..*at] != *ALREADY) {
        scan.found(start, at);
        scan.floors[EMAIL_RULE] = scan.floors[EMAIL_RULE].max(at + 1);
    }
}
