//! What hides data, and what becomes of it: the cases behind the table in the README.

mod support;

use serde_json::json;
use spansieve_plugin::test::{Value, span};
use support::{plugin, redact, standard};

const R: &str = "[REDACTED]";

#[track_caller]
fn check(text: &str, expected: &str) {
    let mut plugin = standard();
    let once = redact(&mut plugin, text);
    assert_eq!(once, expected, "from {text:?}");
    assert_eq!(redact(&mut plugin, &once), once, "a second run of {text:?}");
}

#[track_caller]
fn stays(text: &str) {
    check(text, text);
}

/// `text` with this after each character.
fn with(text: &str, between: &str) -> String {
    text.chars().map(|char| format!("{char}{between}")).collect()
}

/// `text` with its visible characters in the form of full width.
fn full_width(text: &str) -> String {
    text.chars().map(|char| if char.is_ascii_graphic() { char::from_u32(char as u32 + 0xFEE0).unwrap() } else { char }).collect()
}

fn digits_from(zero: u32, text: &str) -> String {
    text.chars().map(|char| char.to_digit(10).map_or(char, |digit| char::from_u32(zero + digit).unwrap())).collect()
}

const CARD: &str = "4111 1111 1111 1111";

#[test]
fn full_width_forms_are_read() {
    for datum in [
        CARD,
        "ana.quill@example.org",
        "987-65-4321",
        "198.51.100.77",
        "GB82WEST12345698765432",
        "+44-20-7946-0018",
        "AKIAINVENTED0000ADA1",
    ] {
        check(&format!("お客様：{}、確認", full_width(datum)), "お客様：[REDACTED]、確認");
    }
    check("ana＠example．org さん", "[REDACTED] さん");
    check("ｐａｓｓｗｏｒｄ＝ｈｕｎｔｅｒ２", "ｐａｓｓｗｏｒｄ＝[REDACTED]");
}

#[test]
fn digits_of_other_scripts_are_read() {
    for zero in [0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0x1040, 0x17E0, 0xFF10, 0x1D7CE, 0x1D7F6] {
        check(&format!("card {}.", digits_from(zero, CARD)), "card [REDACTED].");
        check(&format!("({})", digits_from(zero, "987-65-4321")), "([REDACTED])");
    }
    check("هاتف: +٩٦٦ ٥٠ ١٢٣ ٤٥٦٧", "هاتف: [REDACTED]");
    check("card 4111 ١١١١ 1111 １１１１", "card [REDACTED]");
    check("④①①① ①①①① ①①①① ①①①①", R);
}

#[test]
fn characters_that_cannot_be_seen_hide_nothing() {
    for unseen in [
        "\u{200B}",
        "\u{200D}",
        "\u{AD}",
        "\u{2060}",
        "\u{FEFF}",
        "\u{202E}",
        "\u{301}",
        "\u{336}",
        "\u{FE0F}\u{20E3}",
        "\u{E0061}",
        "\u{200B}\u{AD}\u{200C}",
    ] {
        check(&format!("card {} x", with("4111111111111111", unseen)), "card [REDACTED] x");
        check(&format!("<{}>", with("ana.quill@example.org", unseen)), "<[REDACTED]>");
        check(&format!("<{}>", with("AKIAINVENTED0000ADA1", unseen)), "<[REDACTED]>");
    }
    check("pass\u{AD}word=hunter2&x", "pass\u{AD}word=[REDACTED]&x");
}

#[test]
fn other_spaces_and_dashes_are_gaps() {
    for gap in ["\u{A0}", "\u{202F}", "\u{2009}", "\u{3000}", "\u{2010}", "\u{2011}", "\u{2013}", "\u{2212}", "－"] {
        check(&format!("({})", CARD.replace(' ', gap)), "([REDACTED])");
    }
    check("987–65–4321", R);
    check("+44\u{2011}20\u{2011}7946\u{2011}0018", R);
    check("GB82\u{A0}WEST\u{A0}1234\u{A0}5698\u{A0}7654\u{A0}32", R);
    check("Authorization: Bearer\u{A0}abc.def", "Authorization: [REDACTED]");
}

#[test]
fn letters_that_look_like_latin_are_read_as_they_look() {
    // Cyrillic а, о, е, р, с, х and Greek ο, ν, Α.
    check("to аnа.quill@ехаmрlе.оrg!", "to [REDACTED]!");
    check("to anα.quill@exαmple.οrg!", "to [REDACTED]!");
    check("раsswоrd=hunter2", "раsswоrd=[REDACTED]");
    check("ΑΚΙΑINVENTED0000ADA1", R);
    check("Вearer abc.def", R);
    check("GВ82WЕSТ12345698765432", R);
    check("\"tоken\":\"abc\"", "\"tоken\":\"[REDACTED]\"");
    check("𝒂𝒏𝒂@𝚎𝚡𝚊𝚖𝚙𝚕𝚎.𝐨𝐫𝐠", R);
}

#[test]
fn addresses_with_letters_beyond_ascii_go_as_a_whole() {
    check("von jürgen.müller@bücher.example, gestern", "von [REDACTED], gestern");
    check("от иван.петров@пример.рф сегодня", "от [REDACTED] сегодня");
    check("请联系ana@example.org谢谢", "请联系[REDACTED]谢谢");
}

#[test]
fn a_key_in_other_letters_is_the_same_key() {
    let mut plugin = standard();
    for key in ["раssword", "ｐａｓｓｗｏｒｄ", "pass\u{200B}word", "api%5Fkey", "user.pass\\u0077ord"] {
        let after = plugin.run(span("x").attr(key, "hunter2"));
        assert_eq!(after.span(0).attributes[0].1, R.into(), "{key}");
    }
    let after = plugin.run(span("x").attr("заказ", "5").attr("ПАРОВОЗ", "x"));
    assert_eq!(after.edits, []);
}

#[test]
fn percent_encoding_is_read_up_to_three_levels_with_whatever_it_hides() {
    check("?to=ana%40example.org&x", "?to=[REDACTED]&x");
    check("?to=ana%2540example.org&x", "?to=[REDACTED]&x");
    check("?to=ana%252540example.org&x", "?to=[REDACTED]&x");
    check("?to=ana%u0040example.org&x", "?to=[REDACTED]&x");
    // Full width, a zero-width space, a Cyrillic а.
    check("?to=ana%EF%BC%A0example.org&x", "?to=[REDACTED]&x");
    check("?card=4111%E2%80%8B1111%E2%80%8B1111%E2%80%8B1111&x", "?card=[REDACTED]&x");
    check("?to=%D0%B0na%40example.org&x", "?to=[REDACTED]&x");
    check("?to=ana%25EF%25BC%25A0example.org&x", "?to=[REDACTED]&x");
    // Four levels are not: nothing in the world does that by accident.
    stays("?to=ana%25252540example.org&x");
}

#[test]
fn escapes_of_json_and_of_languages_are_read() {
    check(r#"{"to":"ana\u0040example.org"}"#, r#"{"to":"[REDACTED]"}"#);
    check(r"to ana\x40example.org", "to [REDACTED]");
    check(r"to ana\u{40}example.org", "to [REDACTED]");
    check(r"card \u0034\u0031\u0031\u0031 1111 1111 1111.", "card [REDACTED].");
    check(r#"{"\u0070assword":"hunter2"}"#, r#"{"\u0070assword":"[REDACTED]"}"#);
    check(r"line\n198.51.100.77\tx", r"line\n[REDACTED]\tx");
    check(r"line\n4111111111111111", r"line\n[REDACTED]");
    check(r"postgres:\/\/shop:hunter2@db\/shop", r"postgres:\/\/[REDACTED]@db\/shop");
    check(r"a\\u0040 ana\\u0040example.org", r"a\\u0040 [REDACTED]");
    check("ana\\ud83d\\udc4d\\uFF20example.org", "ana\\ud83d\\udc4d\\uFF20example.org");
    stays(r"C:\temp\new\users\x40 in \d+\.\w{3} and \\server\share");
}

#[test]
fn references_of_html_are_read() {
    for at in ["&#64;", "&#x40;", "&#0064;", "&#x0040;", "&commat;", "&amp;#64;"] {
        check(&format!("<b>ana{at}example.org</b>"), "<b>[REDACTED]</b>");
    }
    check("{&quot;password&quot;:&quot;hunter2&quot;}", "{&quot;password&quot;:&quot;[REDACTED]&quot;}");
    check("4111&nbsp;1111&nbsp;1111&nbsp;1111", R);
    check("4111&#8203;111111&shy;111111", R);
    stays("<p>a &amp; b &lt; c&#39;s &quot;d&quot; &nbsp; ?x=1&amp;y=2&sort=asc&lt=3</p>");
}

#[test]
fn base64_is_read_where_a_policy_asks_for_it() {
    let encoded = "YW5hLnF1aWxsQGV4YW1wbGUub3Jn";
    let mut on = plugin(json!({"decode": ["base64"]}));
    let mut check = |text: String, expected: &str| {
        let once = redact(&mut on, &text);
        assert_eq!(once, expected, "from {text:?}");
        assert_eq!(redact(&mut on, &once), once);
    };
    check(format!("cursor={encoded}&n=1"), "cursor=[REDACTED]&n=1");
    check(format!("/cb/{encoded}/x"), "/cb/[REDACTED]/x");
    // {"card":"4111 1111 1111 1111"}, in both alphabets and percent-encoded.
    check("x eyJjYXJkIjoiNDExMSAxMTExIDExMTEgMTExMSJ9.".into(), "x [REDACTED].");
    check("x eyJjYXJkIjoiNDExMSAxMTExIDExMTEgMTExMSIsIm4iOjF9Cg==.".into(), "x [REDACTED].");
    check("?q=eyJjYXJkIjoiNDExMSAxMTExIDExMTEgMTExMSIsIm4iOjF9Cg%3D%3D&x".into(), "?q=[REDACTED]&x");
    // Base64 of base64, of percent-encoding, of full width.
    check("WVc1aExuRjFhV3hzUUdWNFlXMXdiR1V1YjNKbg==".into(), R);
    check("YW5hJTQwZXhhbXBsZS5vcmc=".into(), R);
    check("YW5h77ygZXhhbXBsZS5vcmc=".into(), R);
    // {"password":"hunter2"}: a key rule.
    check("eyJwYXNzd29yZCI6Imh1bnRlcjIifQ".into(), R);
    for useful in [
        "7f3a9c51d2e84b06a1c9f0e2d4b6a8c0",
        "3f2b8c1e-7d4a-4e6b-9c0d-1a2b3c4d5e6f",
        "com/example/shop/CartController",
        "aGVsbG8gd29ybGQhIQ==",
    ] {
        check(useful.into(), useful);
    }
    let mut off = standard();
    assert_eq!(redact(&mut off, encoded), encoded);
}

#[test]
fn json_in_json_is_read_at_any_depth() {
    let mut text = r#"{"password":"hunter2","to":"ana@example.org","n":1}"#.to_owned();
    let mut expected = r#"{"password":"[REDACTED]","to":"[REDACTED]","n":1}"#.to_owned();
    for _ in 0..4 {
        check(&text, &expected);
        text = json!({"body": text, "k": "v"}).to_string();
        expected = json!({"body": expected, "k": "v"}).to_string();
    }
}

#[test]
fn rules_that_overlap_leave_nothing_between_them() {
    check("token=ana@example.org", "token=[REDACTED]");
    check("Bearer ana.quill@example.org", R);
    check("user 4111111111111111@example.org", "user [REDACTED]");
    check("https://ana:4111111111111111@198.51.100.77/x", "https://[REDACTED]@[REDACTED]/x");
    let mut plugin = plugin(json!({"custom": [{"name": "a", "regex": "quill@exam"}, {"name": "b", "regex": "org and \\d+"}]}));
    assert_eq!(redact(&mut plugin, "ana.quill@example.org and 17 x"), "[REDACTED] x");
}

#[test]
fn digit_soup_is_no_card_and_a_card_beside_numbers_is() {
    stays(&"41111111111111111111".repeat(20));
    stays("4111111111111111000000000000");
    check("17 4111 1111 1111 1111 2024 9", "17 [REDACTED] 2024 9");
    check("1-4111111111111111-1", "1-[REDACTED]-1");
    let soup: String = (0..40_000u32).map(|i| char::from(b'0' + (i.wrapping_mul(2_654_435_761) >> 28) as u8 % 10)).collect();
    stays(&soup);
}

#[test]
fn very_long_values_are_searched_to_their_end() {
    let prose = "reserved in cart, ".repeat(60_000);
    let cyrillic = "заказ принят – ждём ".repeat(30_000);
    let mut plugin = standard();
    for filler in [prose, cyrillic] {
        for address in ["ana@example.org", "аnа@example.org", "ana%40example.org"] {
            let redacted = redact(&mut plugin, &format!("{filler}{address} {filler}{address}"));
            assert!(redacted == format!("{filler}[REDACTED] {filler}[REDACTED]"), "{address} is left, or more than it went");
        }
    }
}

#[test]
fn data_that_are_split_over_values_are_not_put_together() {
    let list = Value::Array(vec!["4111 1111".into(), "1111 1111".into()]);
    let before = span("x").attr("a", "ana.quill").attr("b", "@example.org").attr("list", list);
    assert_eq!(standard().run(before).edits, []);
    // In one text, one sign between groups is read, more are not.
    check("4111-1111 1111-1111", R);
    stays("4111 - 1111 - 1111 - 1111");
    stays("4111.1111.1111.1111");
}

#[test]
fn texts_in_other_languages_stay() {
    for text in [
        "Заказ № 4521 от 15.01.2024 принят: доставка 2–3 дня, сумма 12 500,00 ₽ (скидка 10%)",
        "Η παραγγελία 4521 της 15/01/2024 ολοκληρώθηκε σε 2–3 ημέρες: 12.500,00 €",
        "注文番号４５２１、２０２４年１月１５日に受付。合計１２，５００円（税込）です。電話対応：９時〜１８時",
        "订单号：45210098，二〇二四年一月十五日（星期一）下单，共３件，合计￥１２，５００．００。",
        "주문 번호 4521, 2024년 1월 15일 접수되었습니다. 합계 12,500원",
        "تم استلام الطلب رقم ٤٥٢١ بتاريخ ٢٠٢٤-٠١-١٥ الساعة ١٠:١١:١٢ والمجموع ١٢٥٠٠٫٠٠",
        "ऑर्डर संख्या ४५२१, १५ जनवरी २०२४ को प्राप्त हुआ: कुल ₹१२,५००",
        "คำสั่งซื้อ ๔๕๒๑ วันที่ ๑๕ มกราคม ๒๕๖๗ เวลา ๑๐:๑๑ น.",
        "הזמנה 4521 מתאריך 15.01.2024 התקבלה – סה״כ 12,500 ₪",
        "Bestellung 4521 für Müller & Söhne – Lieferung in 2–3 Tagen, Straße 12, größer als 1 000 m²",
        "Passwort: geändert; mot de passe : réinitialisé; пароль: изменён",
        "SyntaxError: unexpected token: ‘конец’ – 文末",
        "❤️ 👩‍🔧 1️⃣ 2️⃣ ½ ① ™ x² 10 µs…",
        "2020–2021, 10:00–18:30, 3.14159−2.71828, 1 234 567,89",
        "e\u{301}te\u{301} a\u{300} l’hôtel, naïve café",
    ] {
        stays(text);
    }
}

#[test]
fn data_that_are_cut_off_at_the_end_of_a_value_go_where_they_can_be_told() {
    check("sent eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJxdWlsbCJ9", "sent [REDACTED]");
    check("sent eyJhbGciOiJIUzI1NiJ9.eyJzd", "sent [REDACTED]");
    check("key -----BEGIN PRIVATE KEY-----\nMIIEvQIBADAN", "key [REDACTED]");
    check("key ghp_inventedAda000000", "key [REDACTED]");
    check("key AKIAINVENTED0000", "key [REDACTED]");
    check("key xoxb-123456789012-inve", "key [REDACTED]");
    check("mail ana.quill@example.o", "mail [REDACTED]");
    check("mail ana.quill%40example.o", "mail [REDACTED]");
    check("postgres://shop:hunt", "postgres://[REDACTED]");
    check("Authorization: Bearer ab", "Authorization: [REDACTED]");
    check("Authorization: Basic dXNlcjpwYX", "Authorization: [REDACTED]");
    check("{\"password\":\"hunt", "{\"password\":\"[REDACTED]");
    check("call +442079460", "call [REDACTED]");
    // These say nothing any more that tells them from other texts.
    for text in ["card 4111 1111 1111", "GB82WEST1234569876", "ssn=987-65-4", "from 198.51.100", "mail ana.quill@exam", "from 2001:db8:0:0"]
    {
        stays(text);
    }
}
