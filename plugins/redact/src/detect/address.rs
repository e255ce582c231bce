//! Addresses: e-mail, IP, and who logs in at a URL.

use super::{Detector, EMAIL as EMAIL_RULE, Scan, Trigger};
use crate::scan::Shape;

pub(super) static EMAIL: Detector = Detector {
    name: "email",
    about: "e-mail addresses; at the end of a text also with one letter behind the last dot",
    pattern: r"[a-zA-Z0-9._%+-]+@(?:[a-zA-Z0-9.-]+\.(?:xn--[a-zA-Z0-9-]+|[a-zA-Z]{2,})|[a-zA-Z0-9.-]*[a-zA-Z]{2}\.[a-zA-Z]\z)",
    source: "the common part of RFC 5322 addr-spec: a dot-atom without the rare symbols, and a host name of at least two labels",
    trigger: Trigger::Shape(Shape::At),
    search: email,
    finds: &[
        ("from ana.quill+shop@mail.example.org, late", &["ana.quill+shop@mail.example.org"]),
        ("a@b.co,c@d.co", &["a@b.co", "c@d.co"]),
        ("a@b.co@c.example.com", &["a@b.co"]),
        ("x@example.com.", &["x@example.com"]),
        ("x@example.c1.org9", &["x@example.c1.org"]),
        ("mailto:x@a-b.museum?subject=y", &["x@a-b.museum"]),
        ("a@xn--d1acufc.xn--p1ai", &["a@xn--d1acufc.xn--p1ai"]),
        ("to ana@example.o", &["ana@example.o"]),
    ],
    ignores: &[
        "@example.com",
        "a@b",
        "a@b.c",
        "react@18.22.x",
        "ana@example.o x",
        "a@.com1",
        "user@host:22",
        "retry @ 5.30 pm",
        "@opentelemetry/api",
    ],
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
        if scan.has(dot + 1, b"xn--") {
            let label = scan.run_end(dot + 5, |b| b.is_ascii_alphanumeric() || b == b'-');
            if label > dot + 5 {
                return scan.found(start, label);
            }
        }
        let letters = scan.run_end(dot + 1, |b| b.is_ascii_alphabetic());
        if letters >= dot + 3 {
            return scan.found(start, letters);
        }
    }
    if end >= host + 4
        && scan.at_end(end)
        && let [a, b, b'.', c] = scan.bytes[end - 4..end]
        && [a, b, c].iter().all(u8::is_ascii_alphabetic)
    {
        scan.found(start, end);
    }
}

pub(super) static IPV4: Detector = Detector {
    name: "ipv4",
    about: "IPv4 addresses, with the length of a prefix where they have one; what is said to be a version is none, as in Chrome/131.0.0.0, and neither is a \
            machine's own address where it is a host: all of a text, or that of a URL, as in http://127.0.0.1:8080",
    pattern: r"\b(?:(?:25[0-5]|2[0-4]\d|[01]?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|[01]?\d?\d)\b(?:/\d{1,2}\b)?",
    source: "RFC 791 in the usual dotted notation of RFC 1123, section 2.1; RFC 4632, section 3.1",
    trigger: Trigger::Shape(Shape::Dots),
    search: ipv4,
    finds: &[
        ("peer 198.51.100.7:443", &["198.51.100.7"]),
        ("1.2.3.4.5.6.7.8", &["1.2.3.4", "5.6.7.8"]),
        ("1.2.3.4.5", &["1.2.3.4"]),
        ("v=1.2.3.4", &["1.2.3.4"]),
        ("1111.2.3.4.5", &["2.3.4.5"]),
        ("10.0.0.0/8 and 10.1.0.0/x", &["10.0.0.0/8", "10.1.0.0"]),
        ("/hosts/198.51.100.7", &["198.51.100.7"]),
        ("localhost 127.0.0.1", &["127.0.0.1"]),
        ("bound to 0.0.0.0:80", &["0.0.0.0"]),
        ("127.0.0.1:80 x", &["127.0.0.1"]),
    ],
    ignores: &[
        "1.2.3",
        "v1.2.3.4",
        "1.2.3.4444",
        "1..2.3.4",
        "1.2.3.x",
        "10.15.7",
        "1.2.3.4a",
        "256.1.1.1",
        "1.1.1.256",
        "Chrome/131.0.0.0 Safari",
        "version 1.2.3.4",
        "127.0.0.1",
        "127.0.0.53:5353",
        "0.0.0.0:80",
        "http://127.0.0.1:8080/x",
        "redis://REDACTED:REDACTED@127.0.0.1",
    ],
};

/// From the third dot: three groups before it, one behind it.
fn ipv4(scan: &mut Scan<'_>, third: usize) {
    let is_byte = |group: &[u8]| group.iter().fold(0, |all, digit| all * 10 + u32::from(digit - b'0')) <= 255;
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
        if start == dot || !is_byte(&scan.bytes[start..dot]) {
            return;
        }
        if group < 2 {
            if start == scan.floor() || scan.before(start) != b'.' {
                return;
            }
            dot = start - 1;
        } else if scan.begins(start) {
            let end = third + 1 + scan.run_len(third + 1, 3, |b| b.is_ascii_digit());
            let whole = end > third + 1 && scan.ends(end);
            if whole && !is_byte(&scan.bytes[third + 1..end]) {
                scan.near(start, end, "its last number is larger than 255");
            } else if whole {
                let prefix = if scan.byte(end) == b'/' { scan.run_len(end + 1, 2, |b| b.is_ascii_digit()) } else { 0 };
                let end = if prefix > 0 && scan.ends(end + 1 + prefix) { end + 1 + prefix } else { end };
                let none = match is_version(scan.bytes, start, end) {
                    true => Some("it is said to be a version"),
                    false => is_own_host(scan.bytes, start, end).then_some("it is the machine's own address, as a host"),
                };
                match none {
                    Some(why) => {
                        scan.near(start, end, why);
                        scan.resume(end);
                    }
                    None => scan.found(start, end),
                }
            }
        }
    }
}

/// Whether `start..end` is said to be a version: by the word before it, or as the version of a product that ends with zeros.
pub(super) fn is_version(bytes: &[u8], start: usize, end: usize) -> bool {
    let before = &bytes[start.saturating_sub(8)..start];
    let product = matches!(before, [.., letter, b'/'] if letter.is_ascii_alphabetic()) && bytes[start..end].ends_with(b".0.0");
    product || before.eq_ignore_ascii_case(b"version ")
}

/// Whether `start..end` is where a host stands and no address but the machine's own, which says nothing of anybody: loopback or unspecified (RFC 1122,
/// section 3.2.1.3).
pub(super) fn is_own_host(bytes: &[u8], start: usize, end: usize) -> bool {
    let text = &bytes[start..end];
    (text.starts_with(b"127.") || text == b"0.0.0.0") && is_host(bytes, start, end)
}

/// Whether `start..end` is all of a text, but for a port, or stands in a URL where its host does.
pub(super) fn is_host(bytes: &[u8], start: usize, end: usize) -> bool {
    let outside = |place: Option<usize>| place.and_then(|place| bytes.get(place)).is_none_or(|byte| *byte == super::OUTSIDE);
    let in_url = bytes[..start].ends_with(b"//") || bytes[..start].ends_with(b"@");
    let port = match bytes.get(end) {
        Some(b':') => 1 + bytes[end + 1..].iter().take(5).take_while(|byte| byte.is_ascii_digit()).count(),
        _ => 0,
    };
    in_url || (outside(start.checked_sub(1)) && outside(Some(end + port)))
}

pub(super) static USERINFO: Detector = Detector {
    name: "userinfo",
    about: "user and password before the host of a URL; at the end of a text also without what follows them",
    pattern: "",
    source: "RFC 3986, section 3.2.1; OpenTelemetry semantic conventions on url.full",
    trigger: Trigger::ShapeOrLiteral(Shape::At, b"://"),
    search: userinfo,
    finds: &[
        ("postgres://shop:hunter2@db.example.org:5432/shop", &["shop:hunter2"]),
        ("GET https://a:b@c@host/x@y", &["a:b@c"]),
        ("redis://:hunter2@cache", &[":hunter2"]),
        ("smtp://ana.quill@example.org:hunter2@mail", &["ana.quill@example.org:hunter2"]),
        ("cut postgres://shop:hunter2", &["shop:hunter2"]),
    ],
    ignores: &[
        "https://example.org/@ana:x",
        "ssh://git@github.example/x",
        "http://REDACTED:REDACTED@127.0.0.1/",
        "see http://x, a:b@c",
        "a:/b:c@d",
        "http://[::1]:80/",
        "http://db.example.org:5432",
        "(http://db.example.org:5432)",
        "http://host:port",
        "http://{host}:{port}",
        "mongodb://a.example:1,b.example:2",
        "http://[fe80::1]",
    ],
};

/// What instrumentations write themselves, by the semantic conventions.
const ALREADY: &[u8] = b"REDACTED:REDACTED";

/// A name without a password is left to other rules. An e-mail address that would begin inside is not looked for, so that the host stays.
fn userinfo(scan: &mut Scan<'_>, at: usize) {
    if scan.byte(at) == b':' {
        return userinfo_cut_off(scan, at + b"://".len());
    }
    let start = scan.run_start(at, |b| !ends_authority(b));
    if !scan.bytes[..start].ends_with(b"://") {
        return scan.resume(at + 1);
    }
    // The last `@` counts, and a colon before it.
    let end = scan.run_end(at, |b| !ends_authority(b));
    let last = scan.bytes[at..end].iter().rposition(|b| *b == b'@').map_or(at, |last| at + last);
    if scan.bytes[start..last].contains(&b':') && scan.bytes[start..last] != *ALREADY {
        scan.found(start, last);
        scan.floors[EMAIL_RULE] = scan.floors[EMAIL_RULE].max(last + 1);
    }
    scan.resume(end);
}

/// What begins at `start`, behind `://`, has no `@` where the text was cut off before it. Nearly every URL goes on behind its host, and is done with there.
fn userinfo_cut_off(scan: &mut Scan<'_>, start: usize) {
    let end = scan.run_end(start, |b| b != b'@' && !ends_authority(b));
    if scan.at_end(end)
        && scan.byte(start) != b'['
        && let Some(colon) = scan.bytes[start..end].iter().position(|b| *b == b':')
        && is_no_port(&scan.bytes[start + colon + 1..end])
    {
        scan.found(start, end);
    }
}

/// Whether a byte ends the part of a URL in which user, password and host are.
#[inline(always)]
fn ends_authority(byte: u8) -> bool {
    ENDS_AUTHORITY[usize::from(byte)]
}

static ENDS_AUTHORITY: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < table.len() {
        table[byte] = matches!(byte as u8, b'/' | b'?' | b'#' | b'"' | b'\'' | b'<' | b'>' | b'`' | b'\\' | 0..=b' ' | 0xFF);
        byte += 1;
    }
    table
};

/// Whether what stands behind the name of a host or user, before the end of the text, must be a password: no number, no placeholder, no list of hosts.
fn is_no_port(text: &[u8]) -> bool {
    let sign = |byte: &u8| matches!(byte, b',' | b'{' | b'}' | b'$' | b'%' | b'[' | b']' | b'*');
    text.iter().any(u8::is_ascii_alphabetic) && !text.iter().any(sign) && !text.eq_ignore_ascii_case(b"port")
}
