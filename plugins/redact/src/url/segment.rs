//! Segments of paths: which of them tell one thing from others of its kind.

use crate::action::Done;
use crate::decode;

/// Whether a segment has a digit, plain or percent-encoded, beside what is replaced already.
pub(super) fn has_digit(segment: &[u8], done: &Done) -> bool {
    any_part(segment, done, |part| part.iter().any(u8::is_ascii_digit))
}

/// Whether a segment is an id, beside what is replaced already.
///
/// It is one if it has a digit and is no version, and, without the extension of a file's name, either is made of digits and what parts them; or of
/// at least eight hexadecimal digits and dashes; or has four digits in a row; or has a run of letters and digits that no one would write: of at
/// least eight, changing between upper case, lower case and digits at every second sign, or of at least sixteen with digits in two places.
pub(super) fn is_id(segment: &[u8], done: &Done) -> bool {
    any_part(segment, done, |part| {
        let name = without_extension(part);
        name.iter().any(u8::is_ascii_digit)
            && !is_version(name)
            && (name.iter().all(|byte| !byte.is_ascii_alphabetic() && byte.is_ascii())
                || (name.len() >= 8 && name.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-'))
                || name.windows(4).any(|four| four.iter().all(u8::is_ascii_digit))
                || name.split(|byte| !byte.is_ascii_alphanumeric()).any(is_random))
    })
}

/// Whether any part of a segment between what other rules put there is what `is` says, decoded if it is percent-encoded.
fn any_part(segment: &[u8], done: &Done, is: impl Fn(&[u8]) -> bool) -> bool {
    let mut start = 0;
    loop {
        let put = done.find(segment, start);
        let part = &segment[start..put.as_ref().map_or(segment.len(), |put| put.start)];
        if is(decode::plain(part).as_deref().unwrap_or(part)) {
            return true;
        }
        match put {
            Some(put) => start = put.end,
            None => return false,
        }
    }
}

/// `report.pdf` without `.pdf`.
fn without_extension(name: &[u8]) -> &[u8] {
    let Some(dot) = memchr::memrchr(b'.', name) else { return name };
    let extension = &name[dot + 1..];
    let is_extension =
        extension.len() <= 5 && extension.iter().all(u8::is_ascii_alphanumeric) && extension.iter().any(u8::is_ascii_alphabetic) && dot > 0;
    if is_extension { &name[..dot] } else { name }
}

/// `v1`, `v2beta1`, `v1.2`, `1.0`, `3.7.1`: the digits of one number are at most three.
fn is_version(name: &[u8]) -> bool {
    let (marked, number) = match name {
        [b'v' | b'V', number @ ..] => (true, number),
        number => (false, number),
    };
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut rest = number;
    let mut numbers = 0;
    loop {
        let len = digits(rest);
        if !(1..=3).contains(&len) {
            return false;
        }
        numbers += 1;
        rest = &rest[len..];
        match rest {
            [b'.', next @ ..] => rest = next,
            _ => break,
        }
    }
    let word = rest.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
    let after = &rest[word..];
    (if marked { numbers <= 4 } else { (2..=3).contains(&numbers) })
        && after.len() <= 2
        && (rest.is_empty() || (1..=5).contains(&word))
        && digits(after) == after.len()
}

/// Whether letters and digits are in no order that a word has.
fn is_random(run: &[u8]) -> bool {
    let class = |byte: &u8| (byte.is_ascii_digit(), byte.is_ascii_uppercase());
    let has_digit = run.iter().any(u8::is_ascii_digit);
    let changes = run.windows(2).filter(|two| class(&two[0]) != class(&two[1])).count();
    let numbers = run.split(|byte| !byte.is_ascii_digit()).filter(|digits| !digits.is_empty()).count();
    has_digit && (run.len() >= 8 && changes * 2 >= run.len() || run.len() >= 16 && numbers >= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done() -> Done {
        Done::new("[REDACTED]")
    }

    #[test]
    fn ids_of_all_kinds_are_ids() {
        for id in [
            "1",
            "42",
            "123456",
            "-7",
            "123-456",
            "12,13",
            "2024-01-31",
            "12%2C13",
            "%34%32",
            "10.1.2.3",
            "123e4567-e89b-12d3-a456-426614174000",
            "123E4567E89B12D3A456426614174000",
            "507f1f77bcf86cd799439011",
            "9d6b2ffb",
            "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "0ujtsYcgvSTl8PAuAdqWYSMnLOv",
            "cus_NffrFeUfNV2Hib",
            "V1StGXR8_Z5jdHi6B-myT",
            "dQw4w9WgXcQ",
            "ORD-123456",
            "user-12345",
            "user12345",
            "42.pdf",
            "report-20240131.csv",
            "app.9d6b2ffb1c.js",
            "v12345",
            "[REDACTED]-123456",
            "123456[REDACTED]",
        ] {
            assert!(is_id(id.as_bytes(), &done()), "{id}");
        }
    }

    #[test]
    fn names_and_versions_are_none() {
        for name in [
            "",
            "users",
            "v1",
            "V2",
            "v2beta1",
            "v1.2",
            "v1alpha",
            "1.0",
            "3.7.1",
            "v1.0b",
            "oauth2",
            "s3",
            "k8s",
            "utf8",
            "utf-16",
            "base64",
            "sha256",
            "mp3",
            "2fa",
            "page2",
            "http-500",
            "index.html",
            "logo@2x.png",
            "jquery-3.7.1.min.js",
            "getUser2FaStatus",
            "top-10",
            "favicon.ico",
            "grpc.health.v1.Health",
            "[REDACTED]",
            "user-[REDACTED]",
            "{id}",
            ":id",
            "?",
            "caf%C3%A9",
            "日本",
        ] {
            assert!(!is_id(name.as_bytes(), &done()), "{name}");
        }
    }

    #[test]
    fn digits_count_decoded_and_beside_replacements() {
        for with in ["1", "a1", "1%3F3", "%31", "%2531", "v1", "[REDACTED]1", "1[REDACTED]"] {
            assert!(has_digit(with.as_bytes(), &done()), "{with}");
        }
        for without in ["", "a", "nam%3Fe", "%zz", "[REDACTED]", "a[REDACTED]b", "é"] {
            assert!(!has_digit(without.as_bytes(), &done()), "{without}");
        }
        assert!(!has_digit(b"<gone-1>", &Done::new("<gone-1>")));
    }
}
