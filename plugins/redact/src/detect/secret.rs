//! Secrets that are known by a prefix, a frame or a scheme.

use super::{Detector, Scan, is_word};
use crate::scan::Trigger;

/// Prefixes of vendors' tokens, and the least length of what follows. Only letters, digits, `_` and `-` do, and dots where the prefix ends with one.
#[rustfmt::skip]
const PREFIXES: &[(&[u8], usize)] = &[
    (b"xoxb-", 20), (b"xoxp-", 20), (b"xoxa-", 20), (b"xoxr-", 20), (b"xoxs-", 20), (b"xoxe-", 20), (b"xapp-", 20),
    (b"AIza", 35), (b"GOCSPX-", 28), (b"ya29.", 20), (b"ASIA", 16), (b"github_pat_", 22), (b"glpat-", 20), (b"gldt-", 20), (b"glrt-", 20),
    (b"npm_", 36), (b"pypi-", 50), (b"rubygems_", 48), (b"dckr_pat_", 27), (b"dop_v1_", 64), (b"doo_v1_", 64), (b"shpat_", 32), (b"shpss_", 32),
    (b"shpca_", 32), (b"shppa_", 32), (b"sk-ant-", 20), (b"sk-proj-", 20), (b"sk-", 32), (b"hf_", 30), (b"gsk_", 40), (b"r8_", 30), (b"xai-", 40),
    (b"SG.", 60), (b"hvs.", 24), (b"ATATT3", 60), (b"ATCTT3", 60), (b"whsec_", 24), (b"glsa_", 32), (b"lin_api_", 32), (b"sq0atp-", 22),
    (b"sq0csp-", 40), (b"NRAK-", 27), (b"figd_", 40), (b"PMAK-", 50), (b"ntn_", 40), (b"xkeysib-", 64), (b"tskey-", 20), (b"sbp_", 40),
    (b"AGE-SECRET-KEY-1", 50), (b"dapi", 32), (b"sntrys_", 40), (b"EAACEdEose0cBA", 10), (b"AKCp", 60),
];

pub(super) static TOKEN: Detector = Detector {
    name: "token",
    about: "tokens and keys of Slack, Google, GitHub, GitLab, npm, PyPI, Docker, DigitalOcean, Shopify, OpenAI, Anthropic, Hugging Face, SendGrid, Vault, \
            Atlassian, Square and others that are known by a fixed prefix; at the end of a text at least half of one, and 16 characters",
    pattern: "",
    source: "the vendors' documentation of the forms of their tokens",
    trigger: Trigger::Word,
    search: token,
    finds: &[
        ("use xoxb-123456789012-inventedInvented now", &["xoxb-123456789012-inventedInvented"]),
        ("key=AIzaInventedInventedInventedInvented000", &["AIzaInventedInventedInventedInvented000"]),
        ("glpat-inventedInvented00000.", &["glpat-inventedInvented00000"]),
        ("hvs.inventedInventedInvented00", &["hvs.inventedInventedInvented00"]),
        ("github_pat_11INVENTED0_inventedInvented", &["github_pat_11INVENTED0_inventedInvented"]),
        ("cut glpat-inventedInvent00", &["glpat-inventedInvent00"]),
    ],
    ignores: &[
        "xoxb-short",
        "glpat-inventedInvent00 x",
        "sk-learn-release-2024-1",
        "task-xoxb-inventedinventedinvented",
        "AIzaInvented",
        "sk-learn-is-a-library-of-sorts",
        "npm_config_registry_url",
    ],
};

/// The trigger is the 16th byte of a word, dashes included, so the start is known; a prefix that ends with a dot stands before it.
fn token(scan: &mut Scan<'_>, trigger: usize) {
    let Some(word) = trigger.checked_sub(15) else { return };
    let first = scan.byte(word);
    let dotted = scan.before(word) == b'.';
    for (prefix, least) in PREFIXES {
        let start = match (prefix.ends_with(b"."), dotted) {
            (true, true) => word.checked_sub(prefix.len()),
            (false, _) if prefix[0] == first => Some(word),
            _ => None,
        };
        let Some(start) = start.filter(|start| *start >= scan.floor() && scan.has(*start, prefix) && scan.begins(*start)) else { continue };
        let rest = start + prefix.len();
        let end = scan.run_end(rest, |b| is_word(b) || b == b'-' || (b == b'.' && prefix.ends_with(b".")));
        // Atlassian's have base64 and a checksum at their end.
        let end = if scan.byte(end) == b'=' && prefix[0] == b'A' { scan.run_end(end + 1, is_word) } else { end };
        let run_end = end;
        let end = end - scan.bytes[rest..end].iter().rev().take_while(|b| matches!(b, b'.' | b'-')).count();
        // At the end of the text it may have been cut off; prefixes of two or three signs are too short for saying so.
        let least = if scan.at_end(run_end) && prefix.len() > 3 { (least / 2).clamp(16.min(*least), *least) } else { *least };
        // Words in words have no digits.
        if end >= rest + least && scan.bytes[rest..end].iter().any(u8::is_ascii_digit) {
            return scan.found(start, end);
        }
        // The run may be long, and begin with many prefixes.
        return scan.resume(end);
    }
}

pub(super) static PEM: Detector = Detector {
    name: "private-key",
    about: "private keys in PEM, from the line that begins them to the one that ends them, or to where they were cut off",
    pattern: "",
    source: "RFC 7468",
    trigger: Trigger::Pem,
    search: pem,
    finds: &[
        (
            "key -----BEGIN RSA PRIVATE KEY-----\nMIIinvented\nAA==\n-----END RSA PRIVATE KEY----- x",
            &["-----BEGIN RSA PRIVATE KEY-----\nMIIinvented\nAA==\n-----END RSA PRIVATE KEY-----"],
        ),
        ("-----BEGIN PRIVATE KEY-----\\nMIIinvented", &["-----BEGIN PRIVATE KEY-----\\nMIIinvented"]),
    ],
    ignores: &["-----BEGIN PUBLIC KEY-----\nMIIinvented", "PRIVATE KEY-----", "KEY-1"],
};

fn pem(scan: &mut Scan<'_>, dash: usize) {
    const KEY: &[u8] = b"PRIVATE KEY";
    const BEGIN: &[u8] = b"-----BEGIN";
    let Some(kind) = dash.checked_sub(KEY.len()) else { return };
    if !(scan.has(kind, KEY) && scan.has(dash, b"-----")) {
        return;
    }
    let least = scan.floor().max(kind.saturating_sub(32));
    let Some(start) = (least..kind).rev().find(|start| scan.has(*start, BEGIN)) else { return };
    let body = dash + 5;
    let end = scan.run_end(body, |b| {
        b.is_ascii_alphanumeric() || b.is_ascii_whitespace() || matches!(b, b'+' | b'/' | b'=' | b'\\' | b':' | b',' | b'.')
    });
    let mut last = end;
    if scan.has(end, b"-----END") {
        let words = end + 5;
        let closing = words + scan.run_len(words, 40, |b| b.is_ascii_uppercase() || b == b' ');
        last = closing + scan.run_len(closing, 5, |b| b == b'-');
    } else {
        // Cut off: text behind it goes too, but not the space at its end.
        last -= scan.bytes[body..end].iter().rev().take_while(|b| b.is_ascii_whitespace()).count();
    }
    scan.found(start, last);
}

pub(super) static BASIC: Detector = Detector {
    name: "basic",
    about: "what follows the word basic where it is base64 of a name and a password, with the word",
    pattern: "",
    source: "RFC 7617, section 2",
    trigger: Trigger::Basic,
    search: basic,
    finds: &[("Authorization: Basic dXNlcjpwYXNz, x", &["Basic dXNlcjpwYXNz"]), ("basic YTpi", &["basic YTpi"])],
    ignores: &["basic authentication", "Basic realm", "basic abcdefgh", "basically", "BASIC 8"],
};

fn basic(scan: &mut Scan<'_>, trigger: usize) {
    let Some(start) = trigger.checked_sub(2).filter(|start| *start >= scan.floor()) else { return };
    if !scan.has_any_case(start, b"basic") || !scan.begins(start) {
        return;
    }
    let space = start + b"basic".len();
    let token = space + scan.run_len(space, 4, |b| b == b' ');
    if token == space {
        return;
    }
    let end = scan.run_end(token, |b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='));
    if is_credentials(&scan.bytes[token..end]) {
        scan.found(start, end);
    } else {
        scan.resume(token);
    }
}

/// Whether base64 stands for printable text with a colon, as far as the first hundred bytes go.
fn is_credentials(base64: &[u8]) -> bool {
    let text = base64.iter().take(100).take_while(|b| **b != b'=');
    let (mut bits, mut have, mut colon, mut len) = (0u32, 0, false, 0);
    for byte in text {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            _ => 63,
        };
        (bits, have) = (bits << 6 | u32::from(six), have + 6);
        if have >= 8 {
            have -= 8;
            let byte = (bits >> have) as u8;
            if byte < b' ' || byte == 0x7F {
                return false;
            }
            colon |= byte == b':';
            len += 1;
        }
    }
    colon && len >= 3
}
