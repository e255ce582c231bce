//! Secrets that are known by a prefix, a frame or a scheme.

use super::{Detector, Scan, Trigger, is_word};

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
    trigger: Trigger::Literals(&TOKENS),
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

/// What is shorter is no token of anybody.
const SHORTEST: usize = 12;

/// The prefixes alone.
static TOKENS: [&[u8]; PREFIXES.len()] = {
    let mut prefixes: [&[u8]; PREFIXES.len()] = [b""; PREFIXES.len()];
    let mut place = 0;
    while place < PREFIXES.len() {
        prefixes[place] = PREFIXES[place].0;
        place += 1;
    }
    prefixes
};

/// A token begins where nothing stands before it that could be a part of it.
fn token(scan: &mut Scan<'_>, start: usize) {
    if !scan.begins(start) || scan.before(start) == b'-' {
        return;
    }
    // A word may begin with several prefixes, such as `sk-` and `sk-ant-`; of these the first that fits counts.
    let (mut known, mut behind) = (false, start);
    for (prefix, least) in PREFIXES.iter().filter(|(prefix, _)| scan.has(start, prefix)) {
        let (rest, dotted) = (start + prefix.len(), prefix.ends_with(b"."));
        let mut end = scan.run_end(rest, |b| is_word(b) || b == b'-' || (b == b'.' && dotted));
        // Atlassian's have base64 and a checksum at their end.
        if scan.byte(end) == b'=' && prefix[0] == b'A' {
            end = scan.run_end(end + 1, is_word);
        }
        let signs = scan.bytes[rest..end].iter().rev().take_while(|b| matches!(b, b'.' | b'-')).count();
        // At the end of the text it may have been cut off; prefixes of two or three signs are too short for saying so.
        let may_be_cut = scan.at_end(end) && prefix.len() > 3 && scan.bytes[rest..end].iter().any(u8::is_ascii_digit);
        let least = if may_be_cut { (least / 2).clamp(16.min(*least), *least) } else { *least };
        (known, behind) = (known || end - signs >= rest + least, behind.max(end - signs));
    }
    // Words in words have no digits.
    if known && scan.bytes[start..behind].iter().any(u8::is_ascii_digit) {
        scan.found(start, behind);
    } else {
        if behind >= start + SHORTEST {
            scan.near(start, behind, "it has a vendor's prefix, but what follows is too short or has no digit");
        }
        // The run may be long, and hold many prefixes.
        scan.resume(behind);
    }
}

pub(super) static PEM: Detector = Detector {
    name: "private-key",
    about: "private keys in PEM, from the line that begins them to the one that ends them, or to where they were cut off",
    pattern: "",
    source: "RFC 7468",
    trigger: Trigger::Literals(&[b"PRIVATE KEY-----"]),
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

fn pem(scan: &mut Scan<'_>, kind: usize) {
    const BEGIN: &[u8] = b"-----BEGIN";
    let least = scan.floor().max(kind.saturating_sub(32));
    let Some(start) = (least..kind).rev().find(|start| scan.has(*start, BEGIN)) else { return };
    let body = kind + b"PRIVATE KEY-----".len();
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
    trigger: Trigger::Word(b"basic"),
    search: basic,
    finds: &[("Authorization: Basic dXNlcjpwYXNz, x", &["Basic dXNlcjpwYXNz"]), ("basic YTpi", &["basic YTpi"])],
    ignores: &["basic authentication", "Basic realm", "basic abcdefgh", "basically", "BASIC 8"],
};

fn basic(scan: &mut Scan<'_>, start: usize) {
    if !scan.begins(start) {
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
        if end >= token + 8 {
            scan.near(start, end, "what follows is not base64 of a name and a password");
        }
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
