//! Numbers of persons, companies and documents that countries and institutions give out: found only where a word says what they are.
//!
//! A kind is a line of a table: words, shapes, a check. What names it stands in the text not far before it, or in the key of the attribute.

use super::context::{self, Kinds};
use super::{Detector, Hit, Scan, Trigger, check, is_word, near};
use crate::scan::Shape;

/// A kind of id.
pub(super) struct Id {
    /// What says that it follows, parted by `|`, in lower case; a space is any sign that parts words, or none.
    pub(super) words: &'static str,
    /// Forms, parted by `|`: `9` a digit, `A` a letter, `*` either, other letters and `+` themselves. Spaces, dashes, dots and slashes may stand
    /// anywhere between, unless `=` is put before; where a form has dashes or slashes of its own it has no others.
    shapes: &'static str,
    /// Checks it, in upper case, without what parts it.
    check: fn(&[u8]) -> bool,
}

const fn id(words: &'static str, shapes: &'static str, check: fn(&[u8]) -> bool) -> Id {
    Id { words, shapes, check }
}

/// Telephone numbers have a form of their own; they are the first kind because their words are found the same way.
const PHONES: Kinds = 1;

/// Bank account numbers have letters in either case behind their word.
const IBANS: Kinds = 2;

/// All kinds.
#[rustfmt::skip]
pub(super) static IDS: &[Id] = &[
    id("phone|telephone|telefon|tel|mobile|mobil|cell|cellphone|fax|call me at|call me on|call us at|desk|answering at|messages to|my registered|sms|whatsapp|contact number|telefono|handy|msisdn|cep|gsm", "", check::none),
    id("iban|bank account", "", check::none),
    // Cards whose lengths are those of many other numbers
    id("card|credit card|debit card|cc|maestro|card no|card number", "999999999999|99999999999999999|999999999999999999|9999999999999999999", check::luhn),
    // United States
    id("aba|routing|rtn|bank transit", "999999999", check::aba),
    id("ssn|social security|us ssn", "999999999", check::ssn),
    id("itin|taxpayer|tax id|us itin", "999999999", check::itin),
    id("npi|national provider|provider identifier", "9999999999", check::npi),
    id("dea|medical license|dea number|prescriber", "=A*9999999", check::dea),
    id("mbi|medicare|medicare id", "9A*9A*9AA99", check::mbi),
    id("us passport|passport|travel document", "=999999999|=A99999999", check::none),
    id("driver license|drivers license|driver s license|driving license|us driver", "=A9999999|=A99999999|=99999999|=999999999|=9999999999|=99999999999|=999999999999|=9999999999999", check::none),
    // Canada, Australia
    id("sin|nas|social insurance|ca sin", "999999999", check::canada),
    id("abn|australian business", "99999999999", check::abn),
    id("acn|australian company", "999999999", check::acn),
    id("medicare|au medicare", "999999999|9999999999|99999999999", check::au_medicare),
    id("tfn|tax file", "99999999|999999999", check::au_tfn),
    // United Kingdom, Ireland
    id("nhs|national health", "9999999999", check::nhs),
    id("nino|national insurance|ni number", "AA999999A", check::nino),
    id("uk passport|passport|passports", "=AA9999999", check::none),
    id("driving licence|driver licence|driving license|dvla|uk driving", "=AAAAA999999*****|=AAAA9999999*****|=AAA99999999*****|=AA999999999*****", check::none),
    id("utr|trn|unique taxpayer|tax reference", "9999999999|9999999999999|=A9999999999|=A9999999999999|=9999999999A", check::utr),
    id("pps|ppsn|irish", "=9999999A|=9999999AA|=9999999AAA", check::ireland),
    // Germany, Austria
    id("ausweis|personalausweis|id card|identity card|german id|de id card|ausweisnummer", "=********9|=*********9|=*********9D", check::german_document),
    id("reisepass|pass nr|passnummer|passport|de passport", "=********9|=*********9", check::german_document),
    id("rvnr|svnr|sozialversicherung|sozialversicherungsausweis|rentenversicherung|social security|versicherungsnummer", "99999999A999", check::german_pension),
    id("kvnr|krankenkasse|krankenversicherung|health insurance|versichertennummer", "=A999999999", check::german_health),
    id("steuer id|idnr|steueridentifikationsnummer|identifikationsnummer|tax id|tin", "99999999999", check::mod_11_10),
    id("steuernummer|tax number|st nr|steuer nr", "9999999999999|999/999/99999|99/999/99999|99/999/9999", check::german_tax_number),
    id("ust id|ustid|ust idnr|umsatzsteuer|vat|vat id|de vat", "AA999999999", check::mod_11_10),
    id("bsnr|betriebsstättennummer|betriebsstaettennummer|betriebsstätten", "=999999999", check::none),
    id("lanr|arztnummer", "=999999999", check::lanr),
    id("führerschein|führerscheinnummer|fuehrerschein|driving licence|driver license", "=A**99999999|=A**999999A9A|=AA99999999A|=AA999999999", check::none),
    id("austrian|austria|sozialversicherungsnummer", "9999999999", check::austria),
    // France, Belgium, Netherlands, Luxembourg
    id("nif|numéro fiscal|france nif|numero fiscal|spi", "9999999999999", check::french_tax),
    id("nir|insee|sécurité sociale|securite sociale|france ssn|ssn", "999999999999999|999999*99999999", check::nir),
    id("belgium|belgian|national register|rijksregister|registre national|rrn", "99999999999", check::belgium),
    id("bsn|burgerservicenummer|dutch", "9999999|99999999|999999999", check::bsn),
    id("luxembourg|matricule", "9999999999999", check::luxembourg),
    // Italy, Spain, Portugal, Greece
    id("codice fiscale|fiscal code|italian national", "AAAAAA**A**A***A", check::fiscal_code),
    id("partita iva|p iva|it vat|vat code|iva", "=99999999999", check::luhn),
    id("passaporto|passport|it passport", "=AA9999999", check::none),
    id("patente|it driver|driver license|licenza", "=AA9999999A|=U1*******A", check::italian_licence),
    id("dni|nif|nie|spain dni|documento nacional", "=99999999A|=9999999A|99999999A|9999999A|A9999999A", check::spain),
    id("nuss|seguridad social|spanish", "999999999999", check::nuss),
    id("pasaporte|es passport|passport|passaporte", "=AAA999999", check::none),
    id("portuguese|contribuinte|nif", "999999999", check::portugal),
    id("amka|greece", "99999999999", check::amka),
    id("afm|greece tin|greece|greek", "999999999", check::greek_tax),
    // North and east of Europe
    id("hetu|henkilötunnus|henkilotunnus|personal identity|fi personal", "=999999A999*|999999-999*", check::finland),
    id("personnummer|pnr|personal identity|samordningsnummer|coordination number|sweden|se personnummer", "9999999999|999999999999|999999+9999", check::sweden),
    id("organisationsnummer|orgnummer|orgnr|organisation number|company identity", "9999999999", check::sweden),
    id("isikukood|estonia|estonian|asmens kodas|lithuanian|lithuania|personal code", "99999999999", check::baltic),
    id("personas kods|latvia|latvian", "99999999999", check::latvia),
    id("pesel", "=99999999999", check::pesel),
    id("nip|polish nip", "9999999999|=AA9999999999", check::nip),
    id("rodné číslo|rodne cislo|czech|slovak", "999999999|=AA99999999|AA99999999|AA9999999999", check::none),
    id("rodné číslo|rodne cislo|czech|slovak", "9999999999", check::birth_number),
    id("hungarian|adóazonosító|adoazonosito", "9999999999", check::hungary),
    id("oib|iso 7064", "99999999999", check::mod_11_10),
    id("egn|bulgarian|bulgaria", "9999999999", check::bulgaria),
    id("cnp|romanian|romania|cod numeric personal", "9999999999999", check::romania),
    id("slovenia tin|davčna|davcna|slovenia", "99999999", check::slovenian_tax),
    id("emšo|emso|slovenian|jmbg", "9999999999999", check::emso),
    // Asia
    id("chinese id|shenfenzheng|resident id|china|iso 7064", "=99999999999999999*", check::china),
    id("aadhaar|aadhar|uidai", "999999999999", check::aadhaar),
    id("pan|permanent account", "=AAAAA9999A", check::pan),
    id("gstin|gst|gst registration", "=99AAAAA9999A*A*", check::gstin),
    id("in passport|passport|indian passport", "=A9999999", check::indian_passport),
    id("voter|epic|in voter", "=AAA9999999", check::none),
    id("rrn|korean|resident registration", "9999999999999", check::korea),
    id("frn|korean|foreigner registration", "9999999999999", check::korea_foreign),
    id("brn|business registration|kr brn|사업자등록번호", "9999999999", check::korean_business),
    id("kr driver|driver license|license", "999999999999", check::none),
    id("kr passport|passport|여권", "=A999A9999|=A99999999", check::none),
    id("nric|fin|fin number|sg nric|singapore", "=A9999999A", check::nric),
    id("uen|sg uen|entity number", "=99999999A|=999999999A|=A99AA9999A", check::none),
    id("thai|thai id|tnin|th tnin|เลขประจำตัวประชาชน", "9999999999999", check::thailand),
    id("turkish id|tckn|tc kimlik|kimlik|tr national", "=99999999999", check::turkey),
    id("ph tin|tin|bir", "999999999|999999999999", check::none),
    // South Africa, Brazil
    id("sa id|za id|south african|permanent resident|refugee id", "=9999999999999", check::south_africa),
    id("cpf|brazilian", "99999999999", check::cpf),
    id("cnpj|brazilian", "99999999999999", check::cnpj),
];

const _: () = assert!(IDS.len() <= Kinds::BITS as usize);

/// The kinds that detectors, by their places, look for under keys that name them.
pub(crate) fn kinds_of(detectors: &[usize]) -> Kinds {
    let all = (1 << IDS.len()) - 1;
    let of = |place: usize, kinds: Kinds| if detectors.contains(&place) { kinds & all } else { 0 };
    of(super::ID, !PHONES) | of(super::PHONE_LOCAL, PHONES)
}

/// Finds ids of the kinds that a text's key names.
pub(crate) fn search_named(bytes: &[u8], text: std::ops::Range<usize>, kinds: Kinds, hits: &mut Vec<Hit>) {
    if kinds & !PHONES != 0 {
        search(bytes, text.start, text.end, kinds & !PHONES, super::ID as u16, hits);
    }
    if kinds & PHONES != 0 {
        phones(bytes, text.start, text.end, kinds, super::PHONE_LOCAL as u16, hits);
    }
}

pub(super) static ID: Detector = Detector {
    name: "id",
    about: "national, tax, health and bank ids, passports and licences of some thirty countries, with their check digits where they have any, behind a \
            word that says what they are, or under a key that does",
    pattern: "",
    source: "the rules of those who give them out, as published: ISO 7064, ICAO 9303, national authorities",
    trigger: Trigger::Shape(Shape::Run),
    search: ids,
    finds: &[
        ("my NHS number is 221 395 1837.", &["221 395 1837"]),
        ("SSN 219-09 9999 and ssn: 219099999", &["219-09 9999", "219099999"]),
        ("NRIC S2740116C was processed", &["S2740116C"]),
        ("nino: PR 123612C", &["PR 123612C"]),
        ("routing=121042882", &["121042882"]),
    ],
    ignores: &[
        "my NHS number is 221 395 1838",
        "221 395 1837",
        "order 219099999",
        "ssn 2190999991",
        "ssn 000-12-3456",
        "routing 121042881",
    ],
};

/// Longest form with what may stand between.
const LONGEST: usize = 20;

/// Word begins further behind the start of the run are too far from any word.
const REACH: usize = 64;

/// Words are looked for once, before the run of digits around the trigger and what is glued to it; then an id may begin at each word there.
fn ids(scan: &mut Scan<'_>, trigger: usize) {
    let Some((start, end, kinds)) = run(scan, trigger, !PHONES) else { return };
    let (bytes, rule) = (scan.bytes, scan.rule as u16);
    let text_end = end + scan.run_len(end, LONGEST, is_word);
    search(bytes, start, text_end, kinds, rule, scan.hits);
    scan.resume(end.max(scan.hits.last().filter(|hit| hit.rule == rule).map_or(0, |hit| hit.end as usize)));
}

/// The run around a trigger, and the kinds among `wanted` that are named before it; skips it if there are none.
fn run(scan: &mut Scan<'_>, trigger: usize, wanted: Kinds) -> Option<(usize, usize, Kinds)> {
    let in_run = |b: u8| b.is_ascii_digit() || matches!(b, b' ' | b'-');
    if !in_run(scan.byte(trigger)) || scan.run_len(trigger.saturating_sub(5), 6, |b| matches!(b, b' ' | b'-')) == 6 {
        return None;
    }
    let end = trigger + scan.run_len(trigger, REACH, in_run);
    let floor = scan.floor();
    let mut start = trigger;
    let least = floor.max(trigger.saturating_sub(12));
    while start > least && in_run(scan.byte(start - 1)) {
        start -= 1;
    }
    let least = floor.max(start.saturating_sub(12));
    while start > least && scan.byte(start - 1).is_ascii_alphanumeric() {
        start -= 1;
    }
    if is_date(&scan.bytes[start..end]) {
        scan.resume(end);
        return None;
    }
    let kinds = context::before(scan.bytes, (trigger + 1).min(scan.bytes.len())) & wanted;
    if kinds == 0 {
        if near::is_wanted() && scan.bytes[start..end].iter().filter(|byte| byte.is_ascii_digit()).count() >= 7 {
            scan.near(start, end, "no word before it, or in its key, says what it is");
        }
        scan.resume(end);
        return None;
    }
    Some((start, end, kinds))
}

/// Whether it is a day as ISO 8601 writes it, of these times: the most frequent run of digits.
fn is_date(run: &[u8]) -> bool {
    matches!(run, [b'1' | b'2', b'0' | b'9', _, _, b'-', _, _, b'-', _, _])
}

/// Finds ids of some kinds in a whole text that is known to be of them.
fn search(bytes: &[u8], start: usize, end: usize, kinds: Kinds, rule: u16, hits: &mut Vec<Hit>) {
    let byte = |place: usize| bytes.get(place).copied().unwrap_or(super::OUTSIDE);
    let mut place = start;
    while place < end {
        let before = place.checked_sub(1).map_or(super::OUTSIDE, byte);
        if !byte(place).is_ascii_alphanumeric() || is_word(before) {
            place += 1;
            continue;
        }
        let joined = matches!(before, b'-' | b'.' | b'/' | b':') && place >= 2 && byte(place - 2).is_ascii_digit();
        match (!joined).then(|| id_at(bytes, place, kinds)).flatten() {
            Some(last) => {
                hits.push(Hit::new(place, last, rule));
                place = last;
            }
            None => place += 1,
        }
    }
}

/// Where the longest id that begins at `start` ends.
fn id_at(bytes: &[u8], start: usize, kinds: Kinds) -> Option<usize> {
    let byte = |place: usize| bytes.get(place).copied().unwrap_or(super::OUTSIDE);
    // The id in upper case, without what parts it, and for each of its characters where it stands.
    let (mut text, mut places, mut len) = ([0; LONGEST], [0; LONGEST], 0);
    let mut place = start;
    while len < LONGEST {
        let signs = (0..5).take_while(|i| is_separator(byte(place + i)) && (*i == 0 || byte(place + i) != b' ')).count();
        if len > 0 && byte(place + signs).is_ascii_alphanumeric() {
            place += signs;
        }
        // A plus counts.
        if !(byte(place).is_ascii_alphanumeric() || (byte(place) == b'+' && byte(place + 1).is_ascii_digit())) {
            break;
        }
        (text[len], places[len]) = (byte(place).to_ascii_uppercase(), place);
        (len, place) = (len + 1, place + 1);
    }
    let ends_at = |end: usize| {
        let next = byte(end);
        !(is_word(next) || matches!(next, b'-' | b'.' | b'/' | b':' | b'+') && byte(end + 1).is_ascii_digit())
    };
    let mut failed = None;
    let mut found = if kinds & IBANS != 0 { super::number::iban_at(bytes, start, true) } else { None };
    for (_, id) in IDS.iter().enumerate().filter(|(kind, _)| kinds >> kind & 1 == 1) {
        for shape in id.shapes.split('|') {
            let (glued, shape) = match shape.strip_prefix('=') {
                Some(shape) => (true, shape),
                None => (false, shape),
            };
            let is_sign = |class: &u8| matches!(class, b'/' | b'-');
            let classes = shape.bytes().filter(|class| !is_sign(class));
            let size = classes.clone().count();
            if size == 0 || size > len {
                continue;
            }
            let end = places[size - 1] + 1;
            let fits = classes.zip(&text).all(|(class, byte)| match class {
                b'9' => byte.is_ascii_digit(),
                b'A' => byte.is_ascii_alphabetic(),
                b'*' => byte.is_ascii_alphanumeric(),
                _ => *byte == class,
            });
            let parted = end - start > size;
            // A form with signs of its own has these and no others.
            let own = shape.bytes().any(|class| is_sign(&class));
            let signs = !own
                || shape.len() == end - start && shape.bytes().zip(start..).all(|(class, place)| !is_sign(&class) || byte(place) == class);
            if fits && signs && !(glued && parted) && ends_at(end) && found.is_none_or(|found| found < end) {
                match (id.check)(&text[..size]) {
                    true => found = Some(end),
                    false => failed = failed.max(Some(end)),
                }
            }
        }
    }
    if let (None, Some(end)) = (found, failed) {
        near::note(super::ID as u16, start, end, "its check digits are wrong");
    }
    found
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b' ' | b'-' | b'.' | b'/' | b':' | b'_')
}

pub(super) static PHONE_LOCAL: Detector = Detector {
    name: "phone-local",
    about: "telephone numbers without a country code: of North American form, or in any groups of 7 to 13 digits behind a word such as phone, call or fax, or \
            under such a key",
    pattern: "",
    source: "ITU-T E.123, national notation; North American Numbering Plan",
    trigger: Trigger::Shape(Shape::Run),
    search: phone_local,
    finds: &[
        ("call me at 0494 92 82 32 please", &["0494 92 82 32"]),
        ("(415) 555-0132", &["(415) 555-0132"]),
        ("fax: 345-899-3560x4587", &["345-899-3560x4587"]),
        ("415-555-0132", &["415-555-0132"]),
        ("930.167.3943 fax, 781 1704 office", &["930.167.3943", "781 1704"]),
    ],
    ignores: &["order 0494 92 82 32", "2024-01-15 10:00", "call 12345", "115-555-0132", "phone at 2024-01-15"],
};

fn phone_local(scan: &mut Scan<'_>, trigger: usize) {
    let end = trigger + scan.run_len(trigger, REACH, |b| b.is_ascii_digit() || matches!(b, b' ' | b'-' | b'.'));
    let floor = scan.floor();
    let least = floor.max(trigger.saturating_sub(16));
    let mut start = trigger;
    while start > least && is_phone(scan.byte(start - 1)) {
        start -= 1;
    }
    if start == least || is_word(scan.before(start)) || scan.before(start) == b'+' {
        // Not the start of what it belongs to: go to the next word.
        while start < end && !(scan.begins(start) && scan.before(start) != b'+') {
            start += 1;
        }
    }
    let (rule, before) = (scan.rule as u16, scan.hits.len());
    // Most runs of digits have no form of a telephone number; only then it matters what they are called.
    phones(scan.bytes, start, end, PHONES, rule, scan.hits);
    if scan.hits.len() > before && context::before(scan.bytes, (trigger + 1).min(scan.bytes.len())) & PHONES == 0 {
        scan.hits.truncate(before);
        phones(scan.bytes, start, end, 0, rule, scan.hits);
    }
    scan.resume(end.max(scan.hits.last().filter(|hit| hit.rule == rule).map_or(0, |hit| hit.end as usize)));
}

fn is_phone(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b' ' | b'-' | b'.' | b'(' | b')' | b'/')
}

/// Finds telephone numbers in a text, those of any form if it is known to be of them.
fn phones(bytes: &[u8], start: usize, end: usize, kinds: Kinds, rule: u16, hits: &mut Vec<Hit>) {
    let byte = |place: usize| bytes.get(place).copied().unwrap_or(super::OUTSIDE);
    let mut place = start;
    while place < end {
        let before = place.checked_sub(1).map_or(super::OUTSIDE, byte);
        let begins = (byte(place).is_ascii_digit() && !matches!(before, b'(' | b'+') || byte(place) == b'(') && !is_word(before);
        match begins.then(|| phone_at(bytes, place, kinds & PHONES != 0)).flatten() {
            Some(last) => {
                hits.push(Hit::new(place, last, rule));
                place = last;
            }
            None if begins => {
                // A shorter stretch of a number that is none is none either.
                place += 1;
                while place < end
                    && (byte(place).is_ascii_digit() || (matches!(byte(place), b'-' | b'.') && byte(place + 1).is_ascii_digit()))
                {
                    place += 1;
                }
            }
            None => place += 1,
        }
    }
}

/// Whether a word that says what it is follows, as in lists of numbers of a person.
fn is_named_behind(bytes: &[u8], end: usize) -> bool {
    let Some([b' ' | b'-', word @ ..]) = bytes.get(end..) else { return false };
    [&b"office"[..], b"fax", b"mobile", b"phone", b"home", b"cell", b"work"].iter().any(|known| {
        word.get(..known.len()).is_some_and(|part| part.eq_ignore_ascii_case(known))
            && !word.get(known.len()).is_some_and(u8::is_ascii_alphabetic)
    })
}

fn phone_at(bytes: &[u8], start: usize, named: bool) -> Option<usize> {
    let byte = |place: usize| bytes.get(place).copied().unwrap_or(super::OUTSIDE);
    let (mut place, mut digits, mut groups, mut found) = (start, 0, [0usize; 8], None);
    for group in 0..groups.len() {
        let open = usize::from(byte(place) == b'(');
        let len = (0..16).take_while(|i| byte(place + open + i).is_ascii_digit()).count();
        if len == 0 || len > 13 {
            break;
        }
        let close = usize::from(open == 1 && byte(place + open + len) == b')');
        if open != close {
            break;
        }
        groups[group] = len;
        digits += len;
        place += open + len + close;
        let date = matches!(groups[..3], [4, 2, 2] | [2, 2, 4]) && matches!(byte(start + groups[0]), b'-' | b'.' | b'/');
        let american = matches!(groups[..4], [3, 3, 4, 0])
            && bytes[start..].iter().find(|b| b.is_ascii_digit()).is_some_and(|b| *b >= b'2')
            && byte(place - 8) >= b'2'
            && bytes[start..place].iter().any(|b| matches!(b, b'-' | b'('));
        let extension = if byte(place) == b'x' { (1..7).take_while(|i| byte(place + i).is_ascii_digit()).count() } else { 0 };
        let end = if extension > 0 { place + 1 + extension } else { place };
        let next_joined = matches!(byte(end), b'-' | b'.' | b'/') && byte(end + 1).is_ascii_digit();
        if (american || (!date && (named || is_named_behind(bytes, end))))
            && (7..=13).contains(&digits)
            && !is_word(byte(end))
            && !next_joined
        {
            found = Some(end);
        }
        let gap = match (byte(place), byte(place + 1)) {
            (b' ' | b'-', b'(') => 1,
            (b')' | b'(', _) => 0,
            (b' ' | b'-' | b'.' | b'/', next) if next.is_ascii_digit() => 1,
            (next, _) if close == 1 && next.is_ascii_digit() => 0,
            _ => break,
        };
        place += gap;
    }
    found
}
