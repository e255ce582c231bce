//! Numbers: payment cards, social security, bank accounts, telephones.

use super::{Detector, Scan, Trigger, near};
use crate::scan::Shape;

pub(super) static CARD: Detector = Detector {
    name: "card",
    about: "payment cards: 13 to 16 digits, single spaces or dashes between them, with the first digits that issuers use at that length, checked by \
            Luhn; every stretch of whole groups of digits that passes is found, so a number beside a card does not hide it",
    pattern: r"\b(?:\d[ -]?){13,16}\b",
    source: "ISO/IEC 7812-1: length, major industry identifiers of payment cards, check digit",
    trigger: Trigger::Shape(Shape::Digits),
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
    if near::is_wanted() {
        near_card(scan, start, end);
    }
    for group in start..end {
        if scan.byte(group).is_ascii_digit()
            && scan.begins(group)
            && matches!(scan.byte(group), b'1'..=b'6')
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

/// Says why a run of as many digits as a card has is none.
fn near_card(scan: &Scan<'_>, start: usize, end: usize) {
    let digits: Vec<_> = (start..end).filter(|place| scan.byte(*place).is_ascii_digit()).collect();
    let [first, .., last] = digits[..] else { return };
    let number: Vec<_> = digits.iter().map(|place| scan.byte(*place)).collect();
    if !CARD_DIGITS.contains(&number.len()) || !scan.begins(first) || !scan.ends(last + 1) || card_from(scan, first) == Some(last + 1) {
        return;
    }
    let head = [number[0] - b'0', number[1] - b'0'];
    let spaced = (first..last).any(|place| is_gap(scan.byte(place)) && is_gap(scan.byte(place + 1)));
    scan.near(
        first,
        last + 1,
        match (super::check::luhn(&number), is_issued(head, number.len())) {
            (false, _) => "its check digit is wrong (Luhn)",
            (true, false) => "no issuer gives out cards of this length with these first digits",
            (true, true) if spaced => "there is more than one space or dash between its digits",
            (true, true) => "no whole group of its digits begins a card",
        },
    );
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
    let mut head = [0; 2];
    let (mut place, mut digits) = (start, 0);
    loop {
        let digit = u32::from(scan.byte(place).wrapping_sub(b'0'));
        if digit > 9 {
            return found;
        }
        sums[digits % 2] += if digit < 5 { digit * 2 } else { digit * 2 - 9 };
        sums[1 - digits % 2] += digit;
        if digits < 2 {
            head[digits] = digit as u8;
        }
        digits += 1;
        place += 1;
        if digits > *CARD_DIGITS.end() {
            return found;
        }
        if CARD_DIGITS.contains(&digits) && scan.ends(place) && sums[digits % 2].is_multiple_of(10) && is_issued(head, digits) {
            found = Some(place);
        }
        if is_gap(scan.byte(place)) {
            place += 1;
        }
    }
}

/// Whether issuers give out cards of this length that begin with these digits.
pub(super) fn is_issued(head: [u8; 2], digits: usize) -> bool {
    matches!(
        (head, digits),
        ([4, _], 13 | 16)
            | ([5, 0 | 6..=9] | [6, _], 13..=16)
            | ([5, _], 16)
            | ([3, 0 | 6 | 8 | 9], 14 | 16)
            | ([3, 4 | 7], 15)
            | ([3, 5], 16)
            | ([2, 2..=7], 16)
            | ([1, _] | [2, 1], 15)
    )
}

pub(super) static SSN: Detector = Detector {
    name: "ssn",
    about: "US social security numbers with dashes, also from ranges that are not given out",
    pattern: r"\b\d{3}-\d{2}-\d{4}\b",
    source: "US Social Security Administration, the number's three parts",
    trigger: Trigger::Shape(Shape::Dashes),
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
    about: "bank account numbers in one piece or in groups, of the length that their country has, with their check digits",
    pattern: "",
    source: "ISO 13616: country, check digits by ISO 7064 MOD 97-10, length by the registry of SWIFT",
    trigger: Trigger::Shape(Shape::Letters),
    search: iban,
    finds: &[
        ("to GB82WEST12345698765432.", &["GB82WEST12345698765432"]),
        ("NO9386011117947", &["NO9386011117947"]),
        ("GB82 WEST 1234 5698 7654 32 AND", &["GB82 WEST 1234 5698 7654 32"]),
        ("DE4450-0105-1754-0732-4931", &["DE4450-0105-1754-0732-4931"]),
    ],
    ignores: &[
        "GB82WEST123456",
        "XGB82WEST12345698765432",
        "GB82WEST12345698765432x",
        "gb82west12345698765432",
        "GB83WEST12345698765432",
        "ZZ82WEST12345698765432",
    ],
};

/// Countries and the lengths of their numbers.
const IBAN_LENGTHS: &[u8] = b"AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22GE22GI23\
    GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29\
    PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";

fn iban(scan: &mut Scan<'_>, digit: usize) {
    let Some(start) = digit.checked_sub(3).filter(|start| *start >= scan.floor()) else { return };
    if !scan.begins(start) {
        return;
    }
    match iban_at(scan.bytes, start, false) {
        Some(end) => scan.found(start, end),
        None if near::is_wanted() => near_iban(scan, start),
        None => {}
    }
}

/// Says why what begins as a bank account number does is none.
fn near_iban(scan: &Scan<'_>, start: usize) {
    let part = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    let head = scan
        .bytes
        .get(start..start + 4)
        .filter(|head| head[..2].iter().all(u8::is_ascii_uppercase) && head[2..].iter().all(u8::is_ascii_digit));
    let Some(head) = head else { return };
    // Groups go on as long as they have digits; words behind the number have none.
    let mut end = scan.run_end(start, part);
    while is_gap(scan.byte(end)) {
        let next = scan.run_end(end + 1, part);
        // Letters may stand in the middle, for the bank.
        if next == end + 1 || (end > start + 10 && !scan.bytes[end + 1..next].iter().any(u8::is_ascii_digit)) {
            break;
        }
        end = next;
    }
    let characters = scan.bytes[start..end].iter().filter(|byte| !is_gap(**byte)).count();
    let known = IBAN_LENGTHS.chunks(4).find(|entry| entry[..2] == head[..2]);
    let length = known.map(|entry| usize::from(entry[2] - b'0') * 10 + usize::from(entry[3] - b'0'));
    match length {
        _ if characters < 15 => {}
        None => scan.near(start, end, "no country with this code has such numbers"),
        Some(length) if length != characters => scan.near(start, end, "it has not the length that its country's numbers have"),
        Some(_) => scan.near(start, end, "its check digits are wrong (MOD 97)"),
    }
}

/// Where the bank account number that begins at `start` ends.
pub(super) fn iban_at(bytes: &[u8], start: usize, any_case: bool) -> Option<usize> {
    let byte = |place: usize| match bytes.get(place).copied().unwrap_or(super::OUTSIDE) {
        byte if any_case => byte.to_ascii_uppercase(),
        byte => byte,
    };
    let country = [byte(start), byte(start + 1)];
    let length = IBAN_LENGTHS.chunks(4).find(|entry| entry[..2] == country)?;
    let length = usize::from(length[2] - b'0') * 10 + usize::from(length[3] - b'0');
    let mut place = start;
    // The first four characters count last.
    let (mut first, mut rest) = ([0; 4], 0u32);
    let append = |rest: u32, byte: u8| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
    };
    let mut count = 0;
    while count < length {
        if is_gap(byte(place)) && count > 3 {
            place += 1;
        }
        match byte(place) {
            byte @ (b'0'..=b'9' | b'A'..=b'Z') if count < 4 => first[count] = byte,
            byte @ (b'0'..=b'9' | b'A'..=b'Z') => rest = append(rest, byte),
            _ => return None,
        }
        place += 1;
        count += 1;
    }
    let ends = !super::is_word(byte(place)) && first[2..].iter().all(u8::is_ascii_digit);
    (ends && first.into_iter().fold(rest, append) == 1).then_some(place)
}

pub(super) static PHONE: Detector = Detector {
    name: "phone",
    about: "international telephone numbers in one piece or with one space or dash behind the country code",
    pattern: r"\+\d{1,3}[ -]?\d{6,12}\b",
    source: "ITU-T E.164, with the notation of E.123",
    trigger: Trigger::Shape(Shape::Plus),
    search: phone,
    finds: &[("+442079460018", &["+442079460018"]), ("tel:+49 3055501234;", &["+49 3055501234"]), ("x+1234567", &["+1234567"])],
    ignores: &["+44 20 7946 0018", "442079460018", "+123456", "+12345678901234567", "+44 207946001x", "+1 12345", "+4420 79460018"],
};

/// Either all digits in one run, of 1 to 3 and 6 to 12: 7 to 15; or a run of 1 to 3, a gap, a run of 6 to 12.
fn phone(scan: &mut Scan<'_>, plus: usize) {
    let (start, digit) = (plus, plus + 1);
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
    trigger: Trigger::Shape(Shape::Plus),
    search: phone_groups,
    finds: &[
        ("+44-20-7946-0018", &["+44-20-7946-0018"]),
        ("call +1 (555) 010-0199 now", &["+1 (555) 010-0199"]),
        ("+1(555)0100199", &["+1(555)0100199"]),
        ("+33 6 12 34 56 78.", &["+33 6 12 34 56 78"]),
        ("phone +1-555-0177\nexpire", &["+1-555-0177"]),
        ("+1-555-0177-x", &["+1-555-0177"]),
        ("+447700 921 916", &["+447700 921 916"]),
        ("+1-903-140-4508x769", &["+1-903-140-4508x769"]),
        ("+41 (0)85 806 98 67", &["+41 (0)85 806 98 67"]),
    ],
    ignores: &["at 10:00 +0200 2024-01-01", "m=+12.345678901", "+1 2 3", "+1000 2024-01-01", "+44 20", "1+1 -2"],
};

fn phone_groups(scan: &mut Scan<'_>, plus: usize) {
    let (start, digit) = (plus, plus + 1);
    if !matches!(scan.byte(digit), b'1'..=b'9') {
        return;
    }
    let mut total = scan.run_len(digit, 10, |b| b.is_ascii_digit());
    // Some write the area code, or all of the network's, behind the country code without a gap.
    let glued = total > 4;
    if total == 4 || total > 9 {
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
        let extension = if scan.byte(place) == b'x' { scan.run_len(place + 1, 6, |b| b.is_ascii_digit()) } else { 0 };
        let end = if extension > 0 { place + 1 + extension } else { place };
        if total >= if glued { 10 } else { 8 } && groups >= 2 && scan.ends(end) {
            found = Some(end);
        }
    }
    if let Some(end) = found {
        scan.found(start, end);
    }
}
