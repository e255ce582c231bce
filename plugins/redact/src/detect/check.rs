//! Check digits, on letters in upper case and digits without what parts them.

/// The value of a digit, or of a letter from ten on.
fn value(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        _ => u32::from(byte.wrapping_sub(b'A')) + 10,
    }
}

/// The sum of values times weights, over as many as there are weights.
fn sum(id: &[u8], weights: &[u8]) -> u32 {
    id.iter().zip(weights).map(|(byte, weight)| value(*byte) * u32::from(*weight)).sum()
}

/// The number that the digits say, modulo another one.
fn rest(digits: &[u8], modulus: u32) -> u32 {
    digits.iter().fold(0, |rest, byte| (rest * 10 + value(*byte)) % modulus)
}

fn number(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |all, byte| all.wrapping_mul(10).wrapping_add(value(*byte)))
}

/// The digit that `sum % 11` leads to, where 10 counts as 0.
fn mod11(sum: u32) -> u32 {
    (11 - sum % 11) % 11 % 10
}

pub(super) fn none(_: &[u8]) -> bool {
    true
}

pub(super) fn luhn(id: &[u8]) -> bool {
    let doubled = |(place, byte): (usize, &u8)| match value(*byte) {
        digit if place % 2 == 0 => digit,
        digit => digit * 2 / 10 + digit * 2 % 10,
    };
    id.iter().rev().enumerate().map(doubled).sum::<u32>().is_multiple_of(10) && id.iter().any(|b| *b != b'0')
}

/// Routing numbers of US banks; the first two digits are a district.
pub(super) fn aba(id: &[u8]) -> bool {
    sum(id, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10)
        && matches!(number(&id[..2]), 0..=12 | 21..=32 | 61..=72 | 80)
        && number(id) > 0
}

pub(super) fn abn(id: &[u8]) -> bool {
    id[0] != b'0' && (sum(id, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10).is_multiple_of(89)
}

pub(super) fn acn(id: &[u8]) -> bool {
    (10 - sum(id, &[8, 7, 6, 5, 4, 3, 2, 1]) % 10) % 10 == value(id[8])
}

pub(super) fn au_medicare(id: &[u8]) -> bool {
    matches!(id[0], b'2'..=b'6') && sum(id, &[1, 3, 7, 9, 1, 3, 7, 9]) % 10 == value(id[8])
}

pub(super) fn au_tfn(id: &[u8]) -> bool {
    sum(id, if id.len() == 9 { &[1, 4, 3, 7, 5, 8, 6, 9, 10] } else { &[10, 7, 8, 4, 6, 3, 5, 1] }).is_multiple_of(11) && number(id) > 0
}

pub(super) fn austria(id: &[u8]) -> bool {
    id[0] != b'0' && sum(id, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 == value(id[3])
}

pub(super) fn belgium(id: &[u8]) -> bool {
    let (born, check) = (number(&id[..9]) % 97, number(&id[9..]));
    // From 2000 on a 2 is put before.
    check == 97 - born || check == 97 - (born + 2_000_000_000 % 97) % 97
}

pub(super) fn cnpj(id: &[u8]) -> bool {
    mod11(sum(id, &[5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])) == value(id[12])
        && mod11(sum(id, &[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])) == value(id[13])
}

pub(super) fn cpf(id: &[u8]) -> bool {
    mod11(sum(id, &[10, 9, 8, 7, 6, 5, 4, 3, 2])) == value(id[9])
        && mod11(sum(id, &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2])) == value(id[10])
        && id.iter().any(|b| *b != id[0])
}

pub(super) fn bulgaria(id: &[u8]) -> bool {
    sum(id, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == value(id[9]) && matches!(number(&id[2..4]), 1..=12 | 21..=32 | 41..=52)
}

/// ISO 7064, MOD 11-2.
pub(super) fn china(id: &[u8]) -> bool {
    let rest = id[..17].iter().fold(0, |rest, byte| (rest + value(*byte)) * 2 % 11);
    let check = if id[17] == b'X' { 10 } else { value(id[17]) };
    (rest + check) % 11 == 1
}

/// Czech and Slovak numbers of birth; those of nine digits have no check.
pub(super) fn birth_number(id: &[u8]) -> bool {
    rest(&id[..9], 11) % 10 == value(id[9])
}

pub(super) fn bsn(id: &[u8]) -> bool {
    let (last, rest) = (value(id[id.len() - 1]), &id[..id.len() - 1]);
    let weighted: u32 = rest.iter().rev().zip(2..).map(|(byte, weight)| value(*byte) * weight).sum();
    number(id) > 0 && weighted % 11 == last
}

/// Estonia and Lithuania.
pub(super) fn baltic(id: &[u8]) -> bool {
    let first = sum(id, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
    let check = if first == 10 { sum(id, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 % 10 } else { first };
    check == value(id[10]) && matches!(number(&id[3..5]), 1..=12) && matches!(number(&id[5..7]), 1..=31)
}

pub(super) fn finland(id: &[u8]) -> bool {
    let (born, rest) = id.split_at(6);
    let digits = &rest[rest.len() - 4..rest.len() - 1];
    let check = b"0123456789ABCDEFHJKLMNPRSTUVWXY"[((number(born) * 1000 + number(digits)) % 31) as usize];
    let century = rest.len() == 4 || matches!(rest[0], b'A'..=b'F' | b'U'..=b'Y');
    check == id[id.len() - 1] && century && number(digits) >= 2 && is_day(number(&born[..2]), number(&born[2..4]))
}

fn is_day(day: u32, month: u32) -> bool {
    let last = match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=last).contains(&day)
}

pub(super) fn french_tax(id: &[u8]) -> bool {
    rest(&id[..10], 511) == number(&id[10..])
}

/// The French NIR: Corsica's departments 2A and 2B count as 19 and 18.
pub(super) fn nir(id: &[u8]) -> bool {
    let mut digits = [0; 15];
    digits.copy_from_slice(id);
    match &id[5..7] {
        b"2A" => digits[5..7].copy_from_slice(b"19"),
        b"2B" => digits[5..7].copy_from_slice(b"18"),
        _ => {}
    }
    digits.iter().all(u8::is_ascii_digit) && 97 - rest(&digits[..13], 97) == number(&digits[13..])
}

/// German documents by ICAO 9303: the last digit is a check on all before, and `D` may follow. A serial number that begins with `T` may stand alone.
pub(super) fn german_document(id: &[u8]) -> bool {
    let id = if id.len() == 11 { &id[..10] } else { id };
    let (last, serial) = (id[id.len() - 1], &id[..id.len() - 1]);
    let digits = |id: &[u8]| id.iter().all(u8::is_ascii_digit);
    let checked = last.is_ascii_digit() && sum(serial, &[7, 3, 1, 7, 3, 1, 7, 3, 1]) % 10 == value(last);
    (checked && (serial.len() == 9 || !digits(serial))) || (id.len() == 9 && id[0] == b'T' && digits(&id[1..]))
}

/// Numbers of the German pension insurance.
pub(super) fn german_pension(id: &[u8]) -> bool {
    let letter = value(id[8]) - 9;
    let all = [&id[..8], &[b'0' + (letter / 10) as u8, b'0' + (letter % 10) as u8], &id[9..11]].concat();
    let digits = all.iter().zip([2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]).map(|(byte, weight)| value(*byte) * weight);
    digits.map(|n| n / 10 + n % 10).sum::<u32>() % 10 == value(id[11])
        && matches!(number(&id[4..6]), 1..=12)
        && matches!(number(&id[2..4]), 1..=31 | 51..=81)
}

pub(super) fn german_health(id: &[u8]) -> bool {
    let letter = value(id[0]) - 9;
    let all = [&[b'0' + (letter / 10) as u8, b'0' + (letter % 10) as u8], &id[1..9]].concat();
    let digits = all.iter().zip([1, 2].iter().cycle()).map(|(byte, weight)| value(*byte) * weight);
    digits.map(|n| n / 10 + n % 10).sum::<u32>() % 10 == value(id[9])
}

pub(super) fn lanr(id: &[u8]) -> bool {
    (10 - sum(id, &[4, 9, 4, 9, 4, 9]) % 10) % 10 == value(id[6])
}

/// ISO 7064, MOD 11,10, over the digits.
pub(super) fn mod_11_10(id: &[u8]) -> bool {
    let digits = &id[id.iter().take_while(|b| b.is_ascii_alphabetic()).count()..];
    let (last, all) = (digits[digits.len() - 1], &digits[..digits.len() - 1]);
    let product = all.iter().fold(10, |product, byte| {
        let sum = (product + value(*byte)) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10 == value(last) && digits[0] != b'0'
}

pub(super) fn greek_tax(id: &[u8]) -> bool {
    let weighted: u32 = id[..8].iter().rev().zip(1..).map(|(byte, shift)| value(*byte) << shift).sum();
    number(id) > 0 && weighted % 11 % 10 == value(id[8])
}

pub(super) fn hungary(id: &[u8]) -> bool {
    sum(id, &[1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11 == value(id[9])
}

pub(super) fn ireland(id: &[u8]) -> bool {
    let second = id.get(8).map_or(0, |letter| if *letter == b'W' { 0 } else { value(*letter) - 9 });
    (sum(id, &[8, 7, 6, 5, 4, 3, 2]) + 9 * second) % 23 == (value(id[7]) - 9) % 23
}

/// The Italian fiscal code; letters may stand for digits.
pub(super) fn fiscal_code(id: &[u8]) -> bool {
    const ODD: [u8; 26] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let value = |byte: u8| usize::from(if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' });
    let part = |(place, byte): (usize, &u8)| if place % 2 == 0 { usize::from(ODD[value(*byte)]) } else { value(*byte) };
    id[..15].iter().enumerate().map(part).sum::<usize>() % 26 == value(id[15])
}

pub(super) fn latvia(id: &[u8]) -> bool {
    id.starts_with(b"32") || (1101 - sum(id, &[1, 6, 3, 7, 9, 10, 5, 8, 4, 2])) % 11 == value(id[10])
}

pub(super) fn luxembourg(id: &[u8]) -> bool {
    luhn(&id[..12]) && verhoeff(&[&id[..11], &id[12..]].concat())
}

pub(super) fn nhs(id: &[u8]) -> bool {
    let check = 11 - sum(id, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    check % 11 == value(id[9]) && check != 10
}

pub(super) fn pesel(id: &[u8]) -> bool {
    sum(id, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]).is_multiple_of(10) && number(&id[2..4]) % 20 <= 12 && id.iter().any(|b| *b != b'0')
}

pub(super) fn nip(id: &[u8]) -> bool {
    let id = &id[id.len() - 10..];
    sum(id, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == value(id[9])
}

pub(super) fn portugal(id: &[u8]) -> bool {
    mod11(sum(id, &[9, 8, 7, 6, 5, 4, 3, 2])) == value(id[8]) && id[0] != b'0'
}

pub(super) fn romania(id: &[u8]) -> bool {
    let check = sum(id, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    (if check == 10 { 1 } else { check }) == value(id[12]) && id[0] != b'0'
}

pub(super) fn nric(id: &[u8]) -> bool {
    let all = sum(&id[1..], &[2, 7, 6, 5, 4, 3, 2]);
    let (offset, letters) = match id[0] {
        b'S' => (0, b"JZIHGFEDCBA"),
        b'T' => (4, b"JZIHGFEDCBA"),
        b'F' => (0, b"XWUTRQPNMLK"),
        b'G' => (4, b"XWUTRQPNMLK"),
        b'M' => (3, b"XWUTRQPNJLK"),
        _ => return false,
    };
    letters[((all + offset) % 11) as usize] == id[8]
}

pub(super) fn slovenian_tax(id: &[u8]) -> bool {
    let check = 11 - sum(id, &[8, 7, 6, 5, 4, 3, 2]) % 11;
    id[0] != b'0' && check != 11 && check % 10 == value(id[7])
}

pub(super) fn emso(id: &[u8]) -> bool {
    mod11(sum(id, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2])) == value(id[12]) && matches!(number(&id[2..4]), 1..=12)
}

/// The Spanish DNI and NIE.
pub(super) fn spain(id: &[u8]) -> bool {
    let (last, digits) = (id[id.len() - 1], &id[..id.len() - 1]);
    let rest = match digits[0] {
        first @ b'X'..=b'Z' => (u32::from(first - b'X') * 10_000_000 + number(&digits[1..])) % 23,
        _ => number(digits) % 23,
    };
    b"TRWAGMYFPDXBNJZSQVHLCKE"[rest as usize] == last
}

pub(super) fn nuss(id: &[u8]) -> bool {
    rest(&id[..10], 97) == number(&id[10..])
}

/// The last ten digits by Luhn, of Swedish persons and companies; persons of a hundred years have a `+`.
pub(super) fn sweden(id: &[u8]) -> bool {
    let digits: Vec<u8> = id.iter().copied().filter(u8::is_ascii_digit).collect();
    luhn(&digits[digits.len() - 10..])
}

pub(super) fn utr(id: &[u8]) -> bool {
    // A `K` stands on one side, the number of a tax office may stand before.
    if id.iter().any(|b| !b.is_ascii_digit() && *b != b'K') {
        return false;
    }
    let id = id.strip_suffix(b"K").unwrap_or(id);
    let id = &id[id.len() - 10..];
    b"21987654321"[(sum(&id[1..], &[6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11) as usize] == id[0]
}

pub(super) fn nino(id: &[u8]) -> bool {
    let barred = |letter: &u8| matches!(letter, b'D' | b'F' | b'I' | b'Q' | b'U' | b'V');
    !id[..2].iter().any(barred)
        && id[1] != b'O'
        && !matches!(&id[..2], b"BG" | b"GB" | b"KN" | b"NK" | b"NT" | b"TN" | b"ZZ")
        && matches!(id[8], b'A'..=b'D')
}

pub(super) fn dea(id: &[u8]) -> bool {
    sum(&id[2..], &[1, 2, 1, 2, 1, 2]) % 10 == value(id[8])
}

pub(super) fn npi(id: &[u8]) -> bool {
    matches!(id[0], b'1' | b'2') && luhn(&[b"80840", id].concat())
}

pub(super) fn canada(id: &[u8]) -> bool {
    !matches!(id[0], b'0' | b'8') && luhn(id)
}

/// Aadhaar's check.
pub(super) fn verhoeff(id: &[u8]) -> bool {
    // The dihedral group of ten elements, and the permutation, by arithmetic.
    let times = |a: u32, b: u32| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b) % 5 + 5,
        (false, true) => (a + 5 - b) % 5 + 5,
        (false, false) => (a + 5 - b) % 5,
    };
    const PERMUTED: [u32; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let digit = |(place, byte): (usize, &u8)| (0..place % 8).fold(value(*byte), |digit, _| PERMUTED[digit as usize]);
    id.iter().rev().enumerate().map(digit).fold(0, times) == 0
}

pub(super) fn aadhaar(id: &[u8]) -> bool {
    id[0] >= b'2' && verhoeff(id)
}

/// Korean resident registration: a day of birth, and a digit for century and sex.
pub(super) fn korea(id: &[u8]) -> bool {
    is_day(number(&id[4..6]), number(&id[2..4])) && matches!(id[6], b'1'..=b'4')
}

/// The same of foreigners.
pub(super) fn korea_foreign(id: &[u8]) -> bool {
    is_day(number(&id[4..6]), number(&id[2..4])) && matches!(id[6], b'5'..=b'8')
}

pub(super) fn korean_business(id: &[u8]) -> bool {
    (sum(id, &[1, 3, 7, 1, 3, 7, 1, 3, 5]) + value(id[8]) * 5 / 10 + value(id[9])).is_multiple_of(10)
}

pub(super) fn thailand(id: &[u8]) -> bool {
    matches!(id[0], b'1'..=b'8')
        && matches!(number(&id[1..3]), 10..=96)
        && (11 - sum(id, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 10 == value(id[12])
}

pub(super) fn turkey(id: &[u8]) -> bool {
    let (odd, even) = (sum(id, &[1, 0, 1, 0, 1, 0, 1, 0, 1]), sum(id, &[0, 1, 0, 1, 0, 1, 0, 1]));
    id[0] != b'0' && (odd * 7 + 10 * 9 - even) % 10 == value(id[9]) && sum(id, &[1; 10]) % 10 == value(id[10])
}

/// South Africa: a day of birth, citizenship, Luhn.
pub(super) fn south_africa(id: &[u8]) -> bool {
    matches!(number(&id[2..4]), 1..=12) && matches!(number(&id[4..6]), 1..=31) && matches!(id[10], b'0'..=b'2') && luhn(id)
}

/// Beneficiaries of US Medicare: no letters that look like digits.
pub(super) fn mbi(id: &[u8]) -> bool {
    id[0] != b'0' && !id.iter().any(|b| matches!(b, b'S' | b'L' | b'O' | b'I' | b'B' | b'Z'))
}

pub(super) fn ssn(id: &[u8]) -> bool {
    let area = number(&id[..3]);
    area != 0
        && area != 666
        && area < 900
        && number(&id[3..5]) != 0
        && number(&id[5..]) != 0
        && !matches!(id, b"078051120" | b"123456789" | b"987654320")
}

pub(super) fn itin(id: &[u8]) -> bool {
    id[0] == b'9' && matches!(number(&id[3..5]), 50..=65 | 70..=88 | 90..=92 | 94..=99)
}

/// The first letter says nothing but that it is a passport; Indian ones have no zero behind it.
pub(super) fn indian_passport(id: &[u8]) -> bool {
    id[1] != b'0'
}

/// Permanent account numbers: the fourth letter is the kind of holder.
pub(super) fn pan(id: &[u8]) -> bool {
    b"ABCFGHJLPTK".contains(&id[3]) || id[3] == b'N'
}

/// Numbers of Indian tax payers: a state, a PAN, an entity, Z, a check that is not checked.
pub(super) fn gstin(id: &[u8]) -> bool {
    matches!(number(&id[..2]), 1..=37) && id[13] == b'Z'
}

/// By Luhn, and by the same with the other digits doubled, which both are in use.
pub(super) fn amka(id: &[u8]) -> bool {
    let doubled = |(place, byte): (usize, &u8)| match value(*byte) {
        digit if place % 2 == 1 => digit,
        digit => digit * 2 / 10 + digit * 2 % 10,
    };
    let other = id[..10].iter().enumerate().map(doubled).sum::<u32>() + value(id[10]);
    is_day(number(&id[..2]), number(&id[2..4])) | is_day(number(&id[4..6]), number(&id[2..4])) && (luhn(id) || other.is_multiple_of(10))
}

/// The first two digits of a German tax number in the form of all states are the state.
pub(super) fn german_tax_number(id: &[u8]) -> bool {
    id.len() != 13 || matches!(number(&id[..2]), 1..=16)
}

/// Italian licences of the newer form have neither vowels nor letters that look like other signs.
pub(super) fn italian_licence(id: &[u8]) -> bool {
    !id[..2].starts_with(b"U1") || !id[2..9].iter().any(|b| b"AEIOQV".contains(b))
}
