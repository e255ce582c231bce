//! Personal data and secrets that nobody has: each is made once, is found again by its own number, and looks real to a detector.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

/// How many bytes of a secret's spelling are looked at first.
const START: usize = 8;

/// What a secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An e-mail address.
    Email,
    /// A payment card number, with its check digit.
    Card,
    /// A social security number.
    Ssn,
    /// An IPv4 address.
    Ipv4,
    /// A JSON web token.
    Jwt,
    /// An access key of AWS.
    Aws,
    /// A token of GitHub.
    GitHub,
    /// A bank account number, with its check digits.
    Iban,
    /// A phone number.
    Phone,
    /// A bearer token; the secret is what follows the word.
    Bearer,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 10] =
        [Kind::Email, Kind::Card, Kind::Ssn, Kind::Ipv4, Kind::Jwt, Kind::Aws, Kind::GitHub, Kind::Iban, Kind::Phone, Kind::Bearer];

    /// The secret of this kind with this number, below 10,000.
    pub fn secret(self, number: u32) -> String {
        match self {
            Kind::Email => format!("planted.{number:04}@example.org"),
            Kind::Card => with_check_digit(&format!("41111111{number:07}")),
            Kind::Ssn => format!("2{:02}-45-{:04}", number / 100, 1000 + number % 100),
            Kind::Ipv4 => format!("203.{}.{}.17", number / 200, number % 200),
            Kind::Jwt => format!("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJwbGFudGVk{number:04}In0.c2lnbmF0dXJlLXBsYW50ZWQ{number:04}"),
            Kind::Aws => format!("AKIAPLANTED0{number:08}"),
            Kind::GitHub => format!("ghp_planted{number:029}"),
            Kind::Iban => iban(&format!("WEST{:014}", 40_000_000 + number)),
            Kind::Phone => format!("+4420794{number:05}"),
            Kind::Bearer => format!("sess-planted-{number:04}-7f3a9c51d2"),
        }
    }

    /// A piece of text in which the secret stands as it does in the world.
    pub fn in_text(self, secret: &str) -> String {
        if self == Kind::Bearer { format!("Bearer {secret}") } else { secret.to_owned() }
    }
}

/// Makes secrets, each a new one, and remembers them.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    made: Vec<(String, String)>,
}

impl Secrets {
    /// A new secret of this kind, in a text, for the field that is called `place`.
    pub fn text(&mut self, kind: Kind, place: &str) -> String {
        let secret = kind.secret(self.made.len() as u32);
        let text = kind.in_text(&secret);
        self.made.push((format!("{kind:?} in {place}"), secret));
        text
    }

    /// New secrets of every kind, in one text.
    pub fn all(&mut self, place: &str) -> String {
        let texts = Kind::ALL.map(|kind| format!("<{}>", self.text(kind, place)));
        texts.join(" ")
    }

    /// A new secret that only the key it stands under gives away.
    pub fn password(&mut self, place: &str) -> String {
        let secret = format!("hunter-{:04}-planted", self.made.len());
        self.made.push((format!("password in {place}"), secret.clone()));
        secret
    }

    /// A new card number, as a number.
    ///
    /// # Panics
    /// Never: it has 16 digits.
    pub fn card_number(&mut self, place: &str) -> i64 {
        self.text(Kind::Card, place).parse().expect("digits")
    }

    /// The secrets of which anything is found in these bytes, as [`Search::found_in`].
    ///
    /// # Panics
    /// As [`Secrets::search`].
    pub fn found_in(&self, bytes: &[u8]) -> Vec<String> {
        self.search().found_in(bytes)
    }

    /// A search for the secrets that were made so far.
    ///
    /// # Panics
    /// When a secret is too short to be looked for.
    pub fn search(&self) -> Search {
        let mut search = Search { made: self.made.clone(), by_start: HashMap::new(), starts: vec![0; SLOTS / 64] };
        for (number, (_, secret)) in self.made.iter().enumerate() {
            for (spelling, spelt) in spellings(secret) {
                let start = u64::from_le_bytes(*spelt.first_chunk().expect("a secret is long enough"));
                search.starts[slot(start) / 64] |= 1 << (slot(start) % 64);
                search.by_start.entry(start).or_default().push((number, spelling, spelt));
            }
        }
        search
    }

    /// How many were made.
    pub fn len(&self) -> usize {
        self.made.len()
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.made.is_empty()
    }
}

/// A search for secrets that was prepared once, for much that is to be searched.
#[derive(Clone, Debug)]
pub struct Search {
    made: Vec<(String, String)>,
    /// Spellings by their first bytes, so that one pass is enough.
    by_start: HashMap<u64, Vec<Spelling>>,
    /// A bit for each slot that the start of a spelling has: nearly every place that is looked at has none.
    starts: Vec<u64>,
}

/// The number of a secret, how it is spelt, and the bytes of that.
type Spelling = (usize, &'static str, Vec<u8>);

/// Slots that starts are told apart by at first.
const SLOTS: usize = 1 << 20;

fn slot(start: u64) -> usize {
    (start.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 44) as usize
}

impl Search {
    /// The secrets of which anything is found in these bytes: plain, in base64, percent-encoded, or, where they are numbers, as protobuf
    /// has numbers. Each with what it was planted as, the secret, and the spelling.
    pub fn found_in(&self, bytes: &[u8]) -> Vec<String> {
        let mut found = BTreeSet::new();
        let mut start = 0;
        for (end, byte) in bytes.iter().enumerate() {
            start = start >> 8 | u64::from(*byte) << 56;
            if self.starts[slot(start) / 64] >> (slot(start) % 64) & 1 == 0 || end + 1 < START {
                continue;
            }
            for (number, spelling, spelt) in self.by_start.get(&start).into_iter().flatten() {
                if bytes[end + 1 - START..].starts_with(spelt) {
                    found.insert((*number, *spelling));
                }
            }
        }
        found.into_iter().map(|(number, spelling)| format!("{}: {}, {spelling}", self.made[number].0, self.made[number].1)).collect()
    }
}

/// A text with every byte percent-encoded that is neither letter nor digit.
pub fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() {
            out.push(byte.into());
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

fn spellings(secret: &str) -> Vec<(&'static str, Vec<u8>)> {
    let lower = percent_encoded(secret).replace("%2B", "%2b").replace("%2D", "%2d").replace("%2E", "%2e");
    let mut spellings = vec![
        ("plain", secret.as_bytes().to_vec()),
        ("percent-encoded", percent_encoded(secret).into_bytes()),
        ("percent-encoded in lower case", lower.into_bytes()),
    ];
    // What stands in front decides how the same bytes are spelt; the characters at the borders depend on the neighbours.
    for (name, before) in [("base64", 0), ("base64 after one byte", 1), ("base64 after two bytes", 2)] {
        let padded = [vec![0; before], secret.as_bytes().to_vec()].concat();
        let whole = padded.len() / 3 * 4;
        let skip = if before == 0 { 0 } else { 4 };
        spellings.push((name, base64(&padded)[skip..whole].to_vec()));
    }
    if secret.bytes().all(|byte| byte.is_ascii_digit())
        && let Ok(mut number) = secret.parse::<u64>()
    {
        let mut varint = Vec::new();
        while number > 0x7f {
            varint.push(number as u8 | 0x80);
            number >>= 7;
        }
        varint.push(number as u8);
        spellings.push(("as a number", varint));
    }
    spellings
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = Vec::new();
    for chunk in bytes.chunks(3) {
        let number = chunk.iter().chain([&0, &0]).take(3).fold(0u32, |number, byte| number << 8 | u32::from(*byte));
        out.extend((0..4).map(|at| DIGITS[(number >> (18 - 6 * at)) as usize & 63]));
    }
    out
}

/// Appends the check digit of ISO/IEC 7812 (Luhn).
fn with_check_digit(digits: &str) -> String {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, digit)| {
            let digit = u32::from(digit - b'0') * if at % 2 == 0 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// A British IBAN with its check digits (ISO 13616, modulo 97).
fn iban(account: &str) -> String {
    let digits =
        |text: &str| -> String { text.chars().map(|c| c.to_digit(36).map_or_else(String::new, |value| value.to_string())).collect() };
    let rest = digits(&format!("{account}GB00")).bytes().fold(0u32, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97);
    format!("GB{:02}{account}", 98 - rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_however_it_is_spelt() {
        let mut secrets = Secrets::default();
        let text = secrets.text(Kind::Email, "here");
        assert_eq!(secrets.found_in(format!("x{text}y").as_bytes()).len(), 1);
        assert!(!secrets.found_in(percent_encoded(&text).as_bytes()).is_empty());
        for before in ["", "1", "22", "333"] {
            assert_eq!(secrets.found_in(&base64(format!("{before}{text} behind").as_bytes())).len(), 1, "{before}");
        }
        assert!(secrets.found_in(b"planted.0001@example.org").is_empty());
    }

    #[test]
    fn secrets_look_real() {
        assert_eq!(with_check_digit("411111111111111"), "4111111111111111");
        assert_eq!(iban("WEST12345698765432"), "GB82WEST12345698765432");
        assert_eq!(Kind::GitHub.secret(7).len(), 40);
        assert_eq!(Kind::Aws.secret(7).len(), 20);
        for kind in Kind::ALL {
            assert_ne!(kind.secret(7), kind.secret(8));
        }
    }

    #[test]
    fn base64_is_that_of_rfc_4648() {
        assert_eq!(base64(b"foobar"), b"Zm9vYmFy");
    }
}
