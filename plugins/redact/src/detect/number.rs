//! Numbers: payment cards, social security, bank accounts, telephones.

use super::{Detector, Scan};
use crate::scan::Trigger;

pub(super) static CARD: Detector = Detector {
    name: "card",
    about: "payment cards: 13 to 16 digits, single spaces or dashes between them, first digit 2 to 6, checked by Luhn; every stretch of \
            whole groups of digits that passes is found, so a number beside a card does not hide it",
    pattern: r"\b(?:\d[ -]?){13,16}\b",
    source: "ISO/IEC 7812-1: length, major industry identifiers of payment cards, check digit",
    trigger: Trigger::Digits,
    search: card,
    finds: &[
        ("card 4111 1111 1111 1111 declined", &["4111 1111 1111 1111"]),
        ("4111-1111-1111-1111", &["4111-1111-1111-1111"]),
        ("378282246310005,4222222222222", &["378282246310005", "4222222222222"]),
        ("3782 822463 10005", &["3782 822463 10005"]),
        ("12 4111 1111 1111 1111 123", &["4111 1111 1111 1111"]),
        ("4111 1111 1111 1111 5555 5555 5555 4444", &["4111 1111 1111 1111", "5555 5555 5555 4444"]),
        ("0 - 4532015112830366", &["4532015112830366"]),
    ],
    ignores: &[
        "4111 1111 1111 1112",
        "4111  1111  1111  1111",
        "x4111111111111111",
        "4111111111111111x",
        "41111111111111111111",
        "1732187654322",
        "0000000000000000",
        "37828224631000521389798",
    ],
};

/// Most and fewest digits of a card number.
const CARD_DIGITS: std::ops::RangeInclusive<usize> = 13..=16;

/// Goes over the whole run of digits, spaces and dashes around the trigger. A number can begin at each group of digits before which no word
/// stands; from there at most 16 digits are looked at, so the time grows with the run only.
fn card(scan: &mut Scan<'_>, trigger: usize) {
    let in_run = |b: u8| b.is_ascii_digit() || is_gap(b);
    let start = scan.run_start(trigger + 1, in_run);
    let end = scan.run_end(trigger + 1, in_run);
    if !in_run(scan.byte(trigger)) {
        return;
    }
    let mut covered = start;
    for group in start..end {
        if scan.byte(group).is_ascii_digit()
            && scan.begins(group)
            && matches!(scan.byte(group), b'2'..=b'6')
            && let Some(last) = card_from(scan, group)
            && last > covered
        {
            // Numbers that overlap are one hit.
            match scan.hits.last_mut().filter(|hit| hit.rule as usize == scan.rule && covered > start && group < hit.end as usize) {
                Some(hit) => hit.end = last as u32,
                None => scan.found(group, last),
            }
            covered = last;
        }
    }
    scan.resume(end);
}

fn is_gap(byte: u8) -> bool {
    matches!(byte, b' ' | b'-')
}

/// Where the longest card number that begins at `start` ends.
fn card_from(scan: &Scan<'_>, start: usize) -> Option<usize> {
    let mut found = None;
    // Luhn doubles every second digit from the right. Until the last digit is known both sums are kept: with the first, third, ..
    // digit doubled, and with the second, fourth, ..
    let mut sums = [0u32; 2];
    let (mut place, mut digits) = (start, 0);
    loop {
        let digit = u32::from(scan.byte(place).wrapping_sub(b'0'));
        if digit > 9 {
            return found;
        }
        sums[digits % 2] += if digit < 5 { digit * 2 } else { digit * 2 - 9 };
        sums[1 - digits % 2] += digit;
        digits += 1;
        place += 1;
        if digits > *CARD_DIGITS.end() {
            return found;
        }
        if CARD_DIGITS.contains(&digits) && scan.ends(place) && sums[digits % 2].is_multiple_of(10) {
            found = Some(place);
        }
        if is_gap(scan.byte(place)) {
            place += 1;
        }
    }
}

pub(super) static SSN: Detector = Detector {
    name: "ssn",
    about: "US social security numbers with dashes, also from ranges that are not given out",
    pattern: r"\b\d{3}-\d{2}-\d{4}\b",
    source: "US Social Security Administration, the number's three parts",
    trigger: Trigger::Dashes,
    search: ssn,
    finds: &[("ssn='987-65-4321'", &["987-65-4321"]), ("123-45-6789 123-45-6780", &["123-45-6789", "123-45-6780"])],
    ignores: &["2024-01-1512", "1987-65-4321", "987-65-43210", "987 65 4321", "987-65-432", "x987-65-4321", "2024-01-15 987-65"],
};

fn ssn(scan: &mut Scan<'_>, dash: usize) {
    let Some(start) = dash.checked_sub(6).filter(|start| *start >= scan.floor()) else { return };
    let Some(text) = scan.bytes.get(start..start + 11) else { return };
    let shaped = text.iter().enumerate().all(|(i, b)| if matches!(i, 3 | 6) { *b == b'-' } else { b.is_ascii_digit() });
    if shaped && scan.begins(start) && scan.ends(start + 11) {
        scan.found(start, start + 11);
    }
}

pub(super) static IBAN: Detector = Detector {
    name: "iban",
    about: "bank account numbers in one piece; the check digits are not checked",
    pattern: r"\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b",
    source: "ISO 13616: country, check digits, at most 30 letters and digits",
    trigger: Trigger::Letters,
    search: iban,
    finds: &[("to GB82WEST12345698765432.", &["GB82WEST12345698765432"]), ("NO9386011117947", &["NO9386011117947"])],
    ignores: &[
        "GB82WEST123456",
        "XGB82WEST12345698765432",
        "GB82WEST12345698765432x",
        "gb82west12345698765432",
        "GB82 WEST 1234 5698 7654 32",
    ],
};

fn iban(scan: &mut Scan<'_>, digit: usize) {
    let Some(start) = digit.checked_sub(3).filter(|start| *start >= scan.floor()) else { return };
    let head = &scan.bytes[start..=digit];
    if !(head[..2].iter().all(u8::is_ascii_uppercase) && head[2..].iter().all(u8::is_ascii_digit) && scan.begins(start)) {
        return;
    }
    let len = scan.run_len(digit + 1, 31, |b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if (11..=30).contains(&len) && scan.ends(digit + 1 + len) {
        scan.found(start, digit + 1 + len);
    }
}

pub(super) static PHONE: Detector = Detector {
    name: "phone",
    about: "international telephone numbers in one piece or with one space or dash behind the country code",
    pattern: r"\+\d{1,3}[ -]?\d{6,12}\b",
    source: "ITU-T E.164, with the notation of E.123",
    trigger: Trigger::Plus,
    search: phone,
    finds: &[("+442079460018", &["+442079460018"]), ("tel:+49 3055501234;", &["+49 3055501234"]), ("x+1234567", &["+1234567"])],
    ignores: &["+44 20 7946 0018", "442079460018", "+123456", "+12345678901234567", "+44 207946001x", "+1 12345", "+4420 79460018"],
};

/// Either all digits in one run, of 1 to 3 and 6 to 12: 7 to 15; or a run of 1 to 3, a gap, a run of 6 to 12.
fn phone(scan: &mut Scan<'_>, digit: usize) {
    let Some(start) = digit.checked_sub(1).filter(|start| *start >= scan.floor() && scan.byte(*start) == b'+') else { return };
    let code = scan.run_len(digit, 16, |b| b.is_ascii_digit());
    let gap = digit + code;
    if (7..=15).contains(&code) {
        if scan.ends(gap) {
            scan.found(start, gap);
        }
    } else if (1..=3).contains(&code) && is_gap(scan.byte(gap)) {
        let rest = scan.run_len(gap + 1, 13, |b| b.is_ascii_digit());
        if (6..=12).contains(&rest) && scan.ends(gap + 1 + rest) {
            scan.found(start, gap + 1 + rest);
        }
    }
}

pub(super) static PHONE_GROUPS: Detector = Detector {
    name: "phone-groups",
    about: "international telephone numbers in groups: a country code and at least two groups of digits, 8 to 15 digits in all, with single \
            spaces or dashes between them or round brackets around them",
    pattern: "",
    source: "ITU-T E.164 (at most 15 digits, no country code begins with 0), with the notation of E.123",
    trigger: Trigger::Plus,
    search: phone_groups,
    finds: &[
        ("+44-20-7946-0018", &["+44-20-7946-0018"]),
        ("call +1 (555) 010-0199 now", &["+1 (555) 010-0199"]),
        ("+1(555)0100199", &["+1(555)0100199"]),
        ("+33 6 12 34 56 78.", &["+33 6 12 34 56 78"]),
        ("phone +1-555-0177\nexpire", &["+1-555-0177"]),
        ("+1-555-0177-x", &["+1-555-0177"]),
    ],
    ignores: &["at 10:00 +0200 2024-01-01", "m=+12.345678901", "+1 2 3", "+1000 2024-01-01", "+44 20", "1+1 -2"],
};

fn phone_groups(scan: &mut Scan<'_>, digit: usize) {
    let Some(start) = digit.checked_sub(1).filter(|start| *start >= scan.floor() && scan.byte(*start) == b'+') else { return };
    if scan.byte(digit) == b'0' {
        return;
    }
    let mut total = scan.run_len(digit, 4, |b| b.is_ascii_digit());
    if total > 3 {
        return;
    }
    let (mut place, mut groups, mut found) = (digit + total, 0, None);
    loop {
        let gap = scan.run_len(place, 2, |b| matches!(b, b' ' | b'-' | b'(' | b')'));
        let len = scan.run_len(place + gap, 13, |b| b.is_ascii_digit());
        if gap == 0 || len == 0 || (gap == 2 && scan.byte(place) == scan.byte(place + 1)) {
            break;
        }
        total += len;
        groups += 1;
        place += gap + len;
        if total > 15 {
            break;
        }
        if total >= 8 && groups >= 2 && scan.ends(place) {
            found = Some(place);
        }
    }
    if let Some(end) = found {
        scan.found(start, end);
    }
}
