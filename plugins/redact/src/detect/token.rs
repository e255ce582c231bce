//! Secrets with a shape of their own.

use super::{Detector, Scan, Trigger, is_word};

pub(super) static JWT: Detector = Detector {
    name: "jwt",
    about: "JSON web tokens with a signature; at the end of a text also those that were cut off behind their header",
    pattern: r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\b|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+\.{0,3}\z",
    source: "RFC 7519 in the compact form of RFC 7515; `eyJ` is base64url of `{\"`",
    trigger: Trigger::Literals(&[b"eyJ"]),
    search: jwt,
    finds: &[
        ("sent eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln, ok", &["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"]),
        ("eyJa.b.c--", &["eyJa.b.c"]),
        ("-eyJa-.-.-c-", &["eyJa-.-.-c"]),
        ("/groups/eyJa.b.c/x", &["eyJa.b.c"]),
        ("sent eyJhbGciOiJIUzI1NiJ9.eyJzdW", &["eyJhbGciOiJIUzI1NiJ9.eyJzdW"]),
        ("eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", &["eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."]),
    ],
    ignores: &[
        "eyJ.b.c",
        "eyJa.b",
        "eyJa..c",
        "xeyJa.b.c",
        "eyJa.b.---",
        "eyja.b.c",
        "eyJa.b. c",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdW x",
        "eyJhbGciOiJIUzI1NiJ9.",
    ],
};

/// Three runs with dots between them. The last ends at the border of a word, so dashes at its end do not belong to it.
///
/// Where it fails, triggers in the same first run fail too: without that, `-eyJ-eyJ-eyJ..` would take quadratic time.
fn jwt(scan: &mut Scan<'_>, start: usize) {
    if !scan.begins(start) {
        return;
    }
    let class = |b: u8| is_word(b) || b == b'-';
    let rest = start + b"eyJ".len();
    let header = scan.run_end(rest, class);
    let claims = scan.run_end(header + 1, class);
    if header == rest {
        return;
    }
    if header >= rest + 10 && scan.byte(header) == b'.' && claims > header + 1 {
        let dots = claims + scan.run_len(claims, 3, |b| b == b'.');
        if scan.at_end(dots) {
            return scan.found(start, dots);
        }
    }
    if scan.byte(header) != b'.' || claims == header + 1 || scan.byte(claims) != b'.' {
        if claims > header + 1 && scan.byte(header) == b'.' {
            scan.near(start, claims, "it has no signature");
        }
        return scan.resume(header);
    }
    let signature = scan.run_end(claims + 1, class);
    let dashes = scan.bytes[claims + 1..signature].iter().rev().take_while(|b| **b == b'-').count();
    match signature - dashes {
        end if end > claims + 1 => scan.found(start, end),
        _ => scan.resume(header),
    }
}

pub(super) static AWS: Detector = Detector {
    name: "aws",
    about: "AWS access key ids; at the end of a text at least half of one",
    pattern: r"\bAKIA[0-9A-Z]{16}\b|\bAKIA[0-9A-Z]{8,15}\z",
    source: "AWS IAM, unique identifiers: prefix AKIA",
    trigger: Trigger::Literals(&[b"AKIA"]),
    search: aws,
    finds: &[("key=AKIAINVENTED0000ADA1;", &["AKIAINVENTED0000ADA1"]), ("cut AKIAINVENTED", &["AKIAINVENTED"])],
    ignores: &[
        "AKIAINVENTED0000ADA x",
        "AKIAINVENTE",
        "AKIAINVENTED0000EXMPL",
        "XAKIAINVENTED0000ADA1",
        "akiainvented0000ada1",
        "KIA 2020",
    ],
};

fn aws(scan: &mut Scan<'_>, start: usize) {
    fixed(scan, start, b"AKIA".len(), 16, 8, |b| b.is_ascii_uppercase() || b.is_ascii_digit());
}

pub(super) static GITHUB: Detector = Detector {
    name: "github",
    about: "GitHub tokens of the classic form; at the end of a text at least 16 characters of one",
    pattern: "",
    source: "GitHub, formats of authentication tokens",
    trigger: Trigger::Literals(&[b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_"]),
    search: github,
    finds: &[
        ("ghp_inventedAda0000000000000000000000001 x", &["ghp_inventedAda0000000000000000000000001"]),
        ("ci_ghp_inventedAda0000000000000000000000001", &["ghp_inventedAda0000000000000000000000001"]),
        ("cut ghp_inventedAda000000", &["ghp_inventedAda000000"]),
    ],
    ignores: &[
        "ghp_short",
        "ghp_inventedAda000000 x",
        "ghx_inventedAda0000000000000000000000001",
        "ghp_inventedAda00000000000000000000000012",
        "xghp_inventedAda0000000000000000000000001",
        "gh_inventedAda0000000000000000000000001",
    ],
};

/// A word of its own, or behind `_` as in names of variables.
fn github(scan: &mut Scan<'_>, start: usize) {
    fixed(scan, start, b"ghp_".len(), 36, 16, |b| b.is_ascii_alphanumeric());
}

/// A word of a prefix, which is there, and `len` bytes of a class, or of at least `cut` bytes where the text ends behind them.
fn fixed(scan: &mut Scan<'_>, start: usize, prefix: usize, len: usize, cut: usize, class: impl Fn(u8) -> bool) {
    let rest = start + prefix;
    let begins = scan.begins(start) || (scan.byte(start) == b'g' && scan.before(start) == b'_');
    if !begins {
        return;
    }
    let found = scan.run_len(rest, len, class);
    let end = rest + found;
    if (found == len && scan.ends(end)) || (found >= cut && scan.at_end(end)) {
        scan.found(start, end);
    }
}

pub(super) static BEARER: Detector = Detector {
    name: "bearer",
    about: "what follows the word bearer, with the word",
    pattern: r"(?i)bearer\s+[a-z0-9._-]+",
    source: "RFC 6750, section 2.1, without the rare symbols",
    trigger: Trigger::Word(b"bearer"),
    search: bearer,
    finds: &[
        ("Authorization: Bearer abc.DEF-1, x", &["Bearer abc.DEF-1"]),
        ("BEARER\t\n x", &["BEARER\t\n x"]),
        ("bearer bearer x", &["bearer bearer"]),
    ],
    ignores: &["bearer", "bearer ", "bearer: x", "bear market", "bearer  ,"],
};

fn bearer(scan: &mut Scan<'_>, start: usize) {
    let space = start + b"bearer".len();
    let token = scan.run_end(space, |b| matches!(b, b' ' | b'\t'..=b'\r'));
    let end = scan.run_end(token, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
    if token > space && end > token {
        scan.found(start, end);
    }
}

pub(super) static STRIPE: Detector = Detector {
    name: "stripe",
    about: "Stripe's secret and restricted keys, and tokens",
    pattern: r"\b(?:[sr]k_(?:live|test)|tok)_[A-Za-z0-9_]{8,}\b",
    source: "Stripe, API keys and tokens",
    trigger: Trigger::Literals(STRIPE_PREFIXES),
    search: stripe,
    finds: &[
        ("charge tok_invented_456 ex 60", &["tok_invented_456"]),
        ("sk_live_inventedKey0001", &["sk_live_inventedKey0001"]),
        ("rk_test_inventedKey0002.", &["rk_test_inventedKey0002"]),
    ],
    ignores: &["tok_short", "sk_customer_id_of_x", "pk_live_inventedKey0001", "xtok_invented_456", "task_invented_456"],
};

const STRIPE_PREFIXES: &[&[u8]] = &[b"tok_", b"sk_live_", b"sk_test_", b"rk_live_", b"rk_test_"];

fn stripe(scan: &mut Scan<'_>, start: usize) {
    let prefix = if scan.byte(start) == b't' { b"tok_".len() } else { b"sk_live_".len() };
    let rest = start + prefix;
    let end = scan.run_end(rest, is_word);
    if !scan.begins(start) {
        return;
    }
    match end >= rest + 8 {
        true => scan.found(start, end),
        // What else begins in this word does not begin a word.
        false => scan.resume(end),
    }
}
