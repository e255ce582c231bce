//! Words that say what a number is: in the text before it, or in the key of the attribute.

use std::sync::OnceLock;

use super::id::IDS;

/// Kinds of ids as bits, by their place in [`IDS`].
pub(crate) type Kinds = u128;

/// Bytes before a number in which a word counts for it.
const BEFORE: usize = 48;

const TRIGRAMS: usize = 4096;

/// All words of all kinds.
struct Words {
    /// Hashed trigrams with which words begin: most places are done with at that.
    starts: [u64; TRIGRAMS / 64],
    words: Vec<(&'static [u8], Kinds)>,
}

fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| {
        let mut all = Words { starts: [0; TRIGRAMS / 64], words: Vec::new() };
        for (kind, id) in IDS.iter().enumerate() {
            for word in id.words.split('|') {
                let word = word.as_bytes();
                let place = trigram(word);
                all.starts[place / 64] |= 1 << (place % 64);
                match all.words.iter_mut().find(|(known, _)| *known == word) {
                    Some((_, kinds)) => *kinds |= 1 << kind,
                    None => all.words.push((word, 1 << kind)),
                }
            }
        }
        all
    })
}

/// A hash of the first three letters that is the same for upper and lower case; what is no letter counts as none, and so does the end.
fn trigram(bytes: &[u8]) -> usize {
    let letter = |place: usize| bytes.get(place).filter(|byte| is_letter(**byte)).map_or(0, |byte| u32::from(byte | 0x20));
    ((letter(0) | letter(1) << 8 | letter(2) << 16).wrapping_mul(0x9E37_79B1) >> 20) as usize
}

fn parts_words(byte: u8) -> bool {
    matches!(byte, b' ' | b'-' | b'_' | b'.' | b':' | b'/')
}

/// The kinds that a key names.
pub(crate) fn of_key(key: &[u8]) -> Kinds {
    within(key)
}

/// The kinds that are named before `place`, not further away than a few words: in the same parameter, list element or member.
pub(crate) fn before(bytes: &[u8], place: usize) -> Kinds {
    let window = &bytes[place.saturating_sub(BEFORE)..place];
    let text =
        window.iter().rposition(|byte| matches!(byte, b'&' | b',' | b';' | b'|' | b'{' | b'}' | &super::OUTSIDE)).map_or(0, |end| end + 1);
    within(&window[text..])
}

fn within(text: &[u8]) -> Kinds {
    let words = words();
    let mut kinds = 0;
    for place in 0..text.len() {
        #[cfg(test)]
        super::steps::count();
        let begins =
            place == 0 || !is_letter(text[place - 1]) || (text[place - 1].is_ascii_lowercase() && text[place].is_ascii_uppercase());
        if begins && is_letter(text[place]) && contains(&words.starts, trigram(&text[place..])) {
            for (word, of) in &words.words {
                if kinds & of != *of && stands_at(&text[place..], word) {
                    kinds |= of;
                }
            }
        }
    }
    kinds
}

fn contains(set: &[u64], place: usize) -> bool {
    set[place / 64] >> (place % 64) & 1 == 1
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || (0x80..0xFF).contains(&byte)
}

/// Whether the word stands at the start: its spaces may be any sign that parts words, or none, and it may have a plural's `s`.
fn stands_at(text: &[u8], word: &[u8]) -> bool {
    let mut place = 0;
    for byte in word {
        match text.get(place) {
            Some(found) if *byte == b' ' => place += usize::from(parts_words(*found)),
            Some(found) if found.eq_ignore_ascii_case(byte) => place += 1,
            _ => return false,
        }
    }
    let next = |place: usize| text.get(place).copied().unwrap_or(b' ');
    let camel = text[place - 1].is_ascii_lowercase() && next(place).is_ascii_uppercase();
    camel || !is_letter(next(place)) || (next(place) == b's' && !is_letter(next(place + 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_count_in_any_notation_but_not_inside_others() {
        let ssn = of_key(b"ssn");
        assert_ne!(ssn, 0);
        for key in ["user.ssn", "userSsn", "SSN_of_user", "customer.social_security_number", "socialSecurityNumber", "ssns"] {
            assert_ne!(of_key(key.as_bytes()) & ssn, 0, "{key}");
        }
        for key in ["classname", "lesson", "", "ss", "session"] {
            assert_eq!(of_key(key.as_bytes()), 0, "{key}");
        }
    }

    #[test]
    fn words_of_another_text_or_far_away_do_not_count() {
        assert_ne!(before(b"my ssn is ", 10), 0);
        assert_eq!(before(b"my ssn\xFFis ", 10), 0);
        assert_eq!(before(b"ssn=1&n=2", 8), 0);
        let far = format!("ssn {}", "x ".repeat(40));
        assert_eq!(before(far.as_bytes(), far.len()), 0);
    }
}
