//! What becomes of texts, case by case.

mod support;

use serde_json::json;
use support::{plugin, redact, standard};

#[track_caller]
fn check(text: &str, expected: &str) {
    let mut plugin = standard();
    let once = redact(&mut plugin, text);
    assert_eq!(once, expected, "from {text:?}");
    assert_eq!(redact(&mut plugin, &once), once, "a second run of {text:?}");
}

#[test]
fn data_go_and_the_text_around_them_stays() {
    check("no account for mia.fern@example.com (card 4111 1111 1111 1111)", "no account for [REDACTED] (card [REDACTED])");
    check(
        "select id from users where email = 'ana.quill@example.net' and id > ?",
        "select id from users where email = '[REDACTED]' and id > ?",
    );
    check("sent eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln.", "sent [REDACTED].");
    check("4111 1111 1111 1111 5555 5555 5555 4444", "[REDACTED] [REDACTED]");
    check("4111111111111111 123", "[REDACTED] 123");
}

#[test]
fn percent_encoded_data_are_found_at_up_to_three_levels() {
    check("?email=leo.marsh%40example.org&x=1", "?email=[REDACTED]&x=1");
    check("?q=leo.marsh%2540example.org", "?q=[REDACTED]");
    check("?q=leo.marsh%252540example.org", "?q=[REDACTED]");
    check("?phone=%2B44-20-7946-0018&x", "?phone=[REDACTED]&x");
    check("?phone=%2B44+20+7946+0018&x", "?phone=[REDACTED]&x");
    check("?card=4111+1111+1111+1111&x", "?card=[REDACTED]&x");
    check("?card=4111%201111%201111%201111&x", "?card=[REDACTED]&x");
    check("?x=%34111111111111111&y", "?x=[REDACTED]&y");
    check("?h=Bearer%20abc.def", "?h=[REDACTED]");
    check("100% sure, 5%25 off, %zz %4", "100% sure, 5%25 off, %zz %4");
}

#[test]
fn parameters_go_by_name_wherever_they_stand() {
    check("https://h.example/cb?token=abc&x=1#f", "https://h.example/cb?token=[REDACTED]&x=1#f");
    check("?api%5Fkey=abc&x=1", "?api%5Fkey=[REDACTED]&x=1");
    check("/login?next=%2Fcb%3Ftoken%3Dabc%26x%3D1", "/login?next=%2Fcb%3Ftoken%3D[REDACTED]%26x%3D1");
    check(r#"{"user":"ana","password":"hunter2","n":1}"#, r#"{"user":"ana","password":"[REDACTED]","n":1}"#);
    check("update t set password = 'it''s' where id = 7", "update t set password = '[REDACTED]' where id = 7");
    check(
        "https://h/?X-Amz-Signature=abc&X-Amz-Credential=d%2Fe&sig=f&g=h",
        "https://h/?X-Amz-Signature=[REDACTED]&X-Amz-Credential=[REDACTED]&sig=[REDACTED]&g=h",
    );
    check("page=2&sort=asc&ref=banner-take&lang=en", "page=2&sort=asc&ref=banner-take&lang=en");
    check(r#"{"usage":{"input_tokens":42}}"#, r#"{"usage":{"input_tokens":42}}"#);
}

#[test]
fn credentials_in_urls_go_and_the_host_stays() {
    check("postgres://shop:hunter2@db.example.org:5432/shop", "postgres://[REDACTED]@db.example.org:5432/shop");
    check("https://REDACTED:REDACTED@198.51.100.7:15001/x", "https://REDACTED:REDACTED@[REDACTED]:15001/x");
    check("https://shop:hunter2@127.0.0.1:15001/x", "https://[REDACTED]@127.0.0.1:15001/x");
}

#[test]
fn ids_go_where_a_word_says_what_they_are() {
    check("my NHS number is 221 395 1837, thanks", "my NHS number is [REDACTED], thanks");
    check("order 221 395 1837, thanks", "order 221 395 1837, thanks");
    check("please fax 0494 92 82 32 or 781 1704 office", "please fax [REDACTED] or [REDACTED] office");
    check("?ssn=219-09-9999&tel=0494928232&n=0494928232", "?ssn=[REDACTED]&tel=[REDACTED]&n=0494928232");
    check("?ssn=219+09+9999&x", "?ssn=[REDACTED]&x");
    check("iban gb82west12345698765432 ok", "iban [REDACTED] ok");
}

#[test]
fn addresses_of_machines_go_and_versions_stay() {
    check("from [2001:db8::8a2e:370:7334]:443 (01:23:45:67:89:ab)", "from [[REDACTED]]:443 ([REDACTED])");
    check(
        "Mozilla/5.0 Chrome/131.0.0.0 Safari/537.36 at 12:30:01, std::vec",
        "Mozilla/5.0 Chrome/131.0.0.0 Safari/537.36 at 12:30:01, std::vec",
    );
    check("10.0.0.0/8 via /hosts/10.1.2.3", "[REDACTED] via /hosts/[REDACTED]");
}

#[test]
fn secrets_in_prose_go() {
    check("login with password: hunter2 failed", "login with password: [REDACTED] failed");
    check("SyntaxError: unexpected token: end of file", "SyntaxError: unexpected token: end of file");
    check("key -----BEGIN PRIVATE KEY-----\nMIIa\n-----END PRIVATE KEY-----\nx", "key [REDACTED]\nx");
    check("slack xoxb-123456789012-inventedInvented.", "slack [REDACTED].");
    check("Authorization: Basic dXNlcjpwYXNz, x", "Authorization: [REDACTED], x");
}

#[test]
fn finds_that_overlap_or_touch_become_one_replacement() {
    check("token=ana@example.org", "token=[REDACTED]");
    check("Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "[REDACTED]");
    check("://ana.quill@example.org:hunter2@h/", "://[REDACTED]@h/");
    let mut plugin = plugin(json!({"keys": [], "values": ["email"], "custom": [{"name": "tail", "regex": r"\.org(/\w+)+"}]}));
    assert_eq!(redact(&mut plugin, "see ana@example.org/a/b/c d"), "see [REDACTED] d");
}

#[test]
fn what_a_replacement_lays_bare_goes_too() {
    // The digits are no word of their own before the address is gone.
    check("x@example.com4111111111111111 y", "[REDACTED] y");
}

#[test]
fn a_rule_does_not_see_what_another_puts_in() {
    let mut plugin = plugin(
        json!({"custom": [{"name": "a", "regex": "RED.*"}, {"name": "b", "regex": r"\[.*\]"}, {"name": "c", "regex": "from .* to"}]}),
    );
    assert_eq!(redact(&mut plugin, "mail from ana@example.org done"), "mail from [REDACTED] done");
    assert_eq!(redact(&mut plugin, "mail from ana@example.org to x"), "mail [REDACTED] x");
    assert_eq!(redact(&mut plugin, "[x] REDUCED"), "[REDACTED] [REDACTED]");
}

#[test]
fn a_text_that_does_not_settle_is_replaced_whole() {
    // Each replacement lays the next match bare.
    let mut plugin = plugin(json!({"keys": [], "values": [], "custom": [{"name": "x", "regex": r"\bab"}]}));
    assert_eq!(redact(&mut plugin, &format!("{} c", "ab".repeat(100))), "[REDACTED]");
    assert_eq!(redact(&mut plugin, "ababab c"), "[REDACTED] c");
}

#[test]
fn other_replacements_work_the_same() {
    for replacement in ["****", "<gone>", "REDACTED", "█"] {
        let mut plugin = plugin(json!({ "replacement": replacement }));
        let once = redact(&mut plugin, "ana@example.org token=abc 4111111111111111|+442079460018");
        assert_eq!(once, "R token=R R|R".replace('R', replacement));
        assert_eq!(redact(&mut plugin, &once), once);
    }
}

#[test]
fn texts_in_any_script_stay_texts() {
    check("Grüße an ana@example.org und 日本4111111111111111語", "Grüße an [REDACTED] und 日本[REDACTED]語");
    let mut plugin = plugin(json!({"custom": [{"name": "bytes", "regex": r"(?-u:[\x80-\xFF])"}]}));
    assert_eq!(redact(&mut plugin, "aéb日c"), "a[REDACTED]b[REDACTED]c");
}
