//! Checks that rules of a policy can name.

use super::{check, coin, number};

/// A check on what a rule has found.
pub(crate) struct Check {
    /// Its name in configurations.
    pub(crate) name: &'static str,
    /// What passes, and where the check comes from.
    pub(crate) about: &'static str,
    /// Whether letters and digits without what parts them pass.
    passes: fn(&[u8]) -> bool,
}

/// Every check.
pub(crate) static CHECKS: &[Check] = &[
    Check { name: "luhn", about: "Digits whose last one checks the others, as of payment cards: ISO/IEC 7812-1, annex B.", passes: luhn },
    Check { name: "card", about: "Payment cards: Luhn, with the lengths and first digits that issuers use.", passes: card },
    Check {
        name: "iban",
        about: "Bank account numbers: ISO 13616, with the length that their country has and check digits by ISO 7064 MOD 97-10.",
        passes: |text| number::iban_at(text, 0, true) == Some(text.len()),
    },
    Check { name: "mod97", about: "Letters and digits that are 1 modulo 97: ISO 7064 MOD 97-10.", passes: mod97 },
    Check {
        name: "mod11-10",
        about: "Digits whose last one checks the others: ISO 7064 MOD 11,10.",
        passes: |text| text.len() > 1 && digits(text) && check::mod_11_10(text),
    },
    Check {
        name: "verhoeff",
        about: "Digits whose last one checks the others: J. Verhoeff, Error Detecting Decimal Codes, 1969.",
        passes: |text| text.len() > 1 && digits(text) && check::verhoeff(text),
    },
    Check {
        name: "aba",
        about: "Nine digits of the routing number of a US bank, with district and check digit.",
        passes: |text| text.len() == 9 && digits(text) && check::aba(text),
    },
    Check {
        name: "bitcoin",
        about: "Bitcoin addresses: Base58Check, BIP 173, BIP 350. What parts letters and digits is not passed over.",
        passes: coin::is_address,
    },
];

/// The check with this name.
pub(crate) fn check_by_name(name: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|check| check.name == name)
}

/// The names of all checks, for messages.
pub(crate) fn check_names() -> String {
    CHECKS.iter().map(|check| check.name).collect::<Vec<_>>().join(", ")
}

impl Check {
    /// Whether what was found passes: its letters, in upper case where that may be, and digits, without spaces, dashes and dots between them.
    pub(crate) fn passes(&self, found: &[u8]) -> bool {
        if self.name == "bitcoin" {
            return (self.passes)(found);
        }
        let bare: Vec<u8> = found.iter().filter(|b| !matches!(b, b' ' | b'-' | b'.')).map(u8::to_ascii_uppercase).collect();
        (self.passes)(&bare)
    }
}

fn digits(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_digit)
}

fn luhn(text: &[u8]) -> bool {
    text.len() > 1 && digits(text) && check::luhn(text)
}

fn card(text: &[u8]) -> bool {
    luhn(text) && number::is_issued([text[0] - b'0', text[1] - b'0'], text.len())
}

fn mod97(text: &[u8]) -> bool {
    let append = |rest: Option<u32>, byte: &u8| match byte {
        b'0'..=b'9' => Some((rest? * 10 + u32::from(byte - b'0')) % 97),
        b'A'..=b'Z' => Some((rest? * 100 + u32::from(byte - b'A') + 10) % 97),
        _ => None,
    };
    text.len() > 2 && text.iter().fold(Some(0), append) == Some(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_check_passes_what_it_should_and_nothing_else() {
        for (name, right, wrong) in [
            ("luhn", "7992 7398-713", "79927398710"),
            ("luhn", "18", "1"),
            ("card", "4111 1111 1111 1111", "9999999999999995"),
            ("iban", "gb82 west 1234 5698 7654 32", "GB82WEST1234569876543"),
            ("mod97", "794 44", "79445"),
            ("mod11-10", "7946", "7945"),
            ("verhoeff", "2363", "2364"),
            ("aba", "021000021", "021000022"),
            ("bitcoin", "16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ", "16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyY"),
        ] {
            let check = check_by_name(name).unwrap();
            assert!(check.passes(right.as_bytes()), "{name}: {right}");
            assert!(!check.passes(wrong.as_bytes()), "{name}: {wrong}");
        }
    }

    #[test]
    fn no_text_at_all_breaks_a_check() {
        for check in CHECKS {
            for text in ["", "-", "0", "é", "x", "00000000000000000000000000000000000000000000000000", "bc1", "1", "GB", "\u{0}\u{0}\u{0}"]
            {
                check.passes(text.as_bytes());
            }
            for (byte, len) in (0..=255).flat_map(|byte| (1..100).map(move |len| (byte, len))) {
                check.passes(&vec![byte; len]);
            }
        }
    }
}
