//! Characters that look like ASCII, or that cannot be seen: what a reader takes them for.
//!
//! This is for finding only: texts are never changed to it. It is neither NFKC nor a skeleton by the letter, but what detectors can make use of: digits,
//! letters, the signs of addresses and numbers, spaces and dashes.
//!
//! Sources: Unicode Character Database 14.0 (`Decomposition_Mapping`, `General_Category` Nd, Mn, Zs and Pd, `Default_Ignorable_Code_Point`); Unicode Technical
//! Standard 39, `confusables.txt`, for Greek and Cyrillic.

use super::Piece;

/// What a character is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    /// A digit, a letter or an `@` in another form: hides data whatever stands beside it.
    Form(u8),
    /// A sign, a space or a dash of ordinary texts: hides data only beside ASCII.
    Sign(u8),
    /// A letter of a language, with an accent or of another alphabet: hides data only beside ASCII.
    Letter(u8),
    /// Nothing.
    Nothing,
}

/// Where the ten decimal digits of a script begin, ascending.
#[rustfmt::skip]
const DIGITS: &[u32] = &[
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946,
    0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x11066,
    0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x16A60, 0x16AC0, 0x16B50,
    0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0,
];

/// U+00C0 to U+017F, letters with accents: the letter. A dot stands for a character that stays.
const LATIN: &[u8] =
    b"AAAAAAACEEEEIIIIDNOOOOO.OUUUUYTsaaaaaaaceeeeiiiidnooooo.ouuuuytyAaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlL\
    lLlNnNnNn.NnOoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";

/// U+0370 to U+052F, Greek and Cyrillic: the letter or digit that it looks like; `q` where it looks like none, so that a word stays one.
const GREEK_AND_CYRILLIC: &[u8] =
    b"qqqqq.qq..iqqq.J......A.EHI.O.YqiABqqEZHqIKqMNqOqP.qTYqXqqIYaqqiuaqyqqqqqiqqqvqoqpqoquqqqqiuouqqqqYYYqqqqqqqFqqqqqqqqqqqqqqqqqqq\
    qpcjqq.qqCMqqqqqEEqqqSIIJqqqKqYqAqBqqEq3qqKqMHOqPCTYqXqqqqqqbqqqa6qrqeqqqqqqqqoqpcqyqxqqqqqqqqqqeeqrqsiijqqqqqyqqwqqqqqqqqqqqqqq\
    qqqqVvVvqqqqqqqqqq........qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqYyqqqqqqqqqqqhqeqqlqqqqqqqqqqqqqqiAaAaqqEeqqqqqq3q3qqqqqOoqqqqqqYy\
    YyYyqqqqqqqqqqqqqdqqqqqqqqqqGqqqqqqqqqqqqqqqWwqqqqqqqqqqqqqqqqqq";

/// U+1E00 to U+1EFF, more letters with accents.
const LATIN_ADDITIONAL: &[u8] =
    b"AaBbBbBbCcDdDdDdDdDdEeEeEeEeEeFfGgHhHhHhHhHhIiIiKkKkKkLlLlLlLlMmMmMmNnNnNnNnOoOoOoOoPpPpRrRrRrRrSsSsSsSsSsTtTtTtTtUuUuUuUuUuVvVv\
    WwWwWwWwWwXxXxYyZzZzZzhtwyas....AaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEeEeEeEeEeIiIiOoOoOoOoOoOoOoOoOoOoOoOoUuUuUuUuUuUuUuYyYyYyYy......";

/// U+2100 to U+213F, letters as symbols.
const LETTERLIKE: &[u8] = b"..C.......gHHHh.IILl.N...PQRRR......Z...Z.K.BC.eEF.Mo....i......";

/// What a form, a sign or something that cannot be seen at the start of `bytes` is taken for, and its length.
#[inline]
pub(super) fn form(bytes: &[u8]) -> Option<(Piece, usize)> {
    let (char, len) = char_at(bytes)?;
    match seen(char)? {
        Seen::Form(byte) | Seen::Sign(byte) => Some((Piece::Byte(byte), len)),
        Seen::Nothing => Some((Piece::Nothing, len)),
        Seen::Letter(_) => None,
    }
}

/// What a letter at the start of `bytes` is taken for, and its length.
///
/// This is a step of its own: a number is found where a letter of another alphabet touches it, as in prose without spaces, but not beside a Latin one.
#[inline]
pub(super) fn letter(bytes: &[u8]) -> Option<(Piece, usize)> {
    let (char, len) = char_at(bytes)?;
    match seen(char)? {
        Seen::Letter(byte) => Some((Piece::Byte(byte), len)),
        _ => None,
    }
}

/// Whether the character at `place` could hide something, by what it is and what stands beside it.
pub(super) fn hides(bytes: &[u8], place: usize) -> bool {
    let Some((char, len)) = char_at(&bytes[place..]) else { return false };
    let beside = |place: Option<usize>| {
        let byte = place.and_then(|place| bytes.get(place));
        byte.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'@' | b'=' | b'_' | b'+'))
    };
    match seen(char) {
        None => false,
        Some(Seen::Form(_)) => true,
        Some(Seen::Sign(_) | Seen::Letter(_) | Seen::Nothing) => beside(place.checked_sub(1)) || beside(Some(place + len)),
    }
}

/// The character beyond ASCII at the start of `bytes`, which need not be UTF-8.
fn char_at(bytes: &[u8]) -> Option<(u32, usize)> {
    let next = |place: usize| bytes.get(place).filter(|b| **b & 0xC0 == 0x80).map(|b| u32::from(b & 0x3F));
    let first = u32::from(*bytes.first()?);
    match first {
        0xC2..=0xDF => Some(((first & 0x1F) << 6 | next(1)?, 2)),
        0xE0..=0xEF => Some(((first & 0xF) << 12 | next(1)? << 6 | next(2)?, 3)),
        0xF0..=0xF4 => Some(((first & 7) << 18 | next(1)? << 12 | next(2)? << 6 | next(3)?, 4)),
        _ => None,
    }
}

fn seen(char: u32) -> Option<Seen> {
    let listed = |table: &[u8], from: u32| match table[(char - from) as usize] {
        b'.' => None,
        byte => Some(byte),
    };
    let counted = |from: u32, first: u8| Some(Seen::Form(first + (char - from) as u8));
    match char {
        // Soft hyphen, combining marks, joiners, directions, variation selectors, tags.
        0xAD | 0x300..=0x36F | 0x61C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF => {
            Some(Seen::Nothing)
        }
        0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0x20D0..=0x20FF | 0x3164 | 0xFE00..=0xFE0F | 0xFE20..=0xFE2F => {
            Some(Seen::Nothing)
        }
        0xFEFF | 0xFFA0 | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF => Some(Seen::Nothing),
        0xA0 | 0x1680 | 0x2000..=0x200A | 0x202F | 0x205F | 0x3000 => Some(Seen::Sign(b' ')),
        0x58A | 0x5BE | 0x2010..=0x2015 | 0x2043 | 0x2212 | 0xFE58 | 0xFE63 => Some(Seen::Sign(b'-')),
        0x2024 | 0x3002 | 0xFE52 | 0xFF61 => Some(Seen::Sign(b'.')),
        0x2236 | 0xA789 | 0xFE55 => Some(Seen::Sign(b':')),
        0x2044 | 0x2215 => Some(Seen::Sign(b'/')),
        0x207A | 0x2795 | 0xFE62 => Some(Seen::Sign(b'+')),
        0xFE4D..=0xFE4F => Some(Seen::Sign(b'_')),
        0xFE66 => Some(Seen::Sign(b'=')),
        0xFE6A => Some(Seen::Sign(b'%')),
        0xFE6B | 0xFF20 => Some(Seen::Form(b'@')),
        0xFF21..=0xFF3A => counted(0xFF21, b'A'),
        0xFF41..=0xFF5A => counted(0xFF41, b'a'),
        0xFF01..=0xFF0F | 0xFF1A..=0xFF1F | 0xFF3B..=0xFF40 | 0xFF5B..=0xFF5E => Some(Seen::Sign((char - 0xFEE0) as u8)),
        0xC0..=0x17F => listed(LATIN, 0xC0).map(Seen::Letter),
        0x370..=0x52F => listed(GREEK_AND_CYRILLIC, 0x370).map(Seen::Letter),
        0x1E00..=0x1EFF => listed(LATIN_ADDITIONAL, 0x1E00).map(Seen::Letter),
        0x2100..=0x213F => listed(LETTERLIKE, 0x2100).map(Seen::Form),
        0xB2 | 0xB3 => counted(0xB0, b'0'),
        0xB9 => Some(Seen::Form(b'1')),
        0x2070 | 0x2074..=0x2079 => counted(0x2070, b'0'),
        0x2080..=0x2089 => counted(0x2080, b'0'),
        // Digits and letters in circles and squares.
        0x24EA | 0x24FF => Some(Seen::Form(b'0')),
        0x2460..=0x2468 => counted(0x2460, b'1'),
        0x24B6..=0x24CF => counted(0x24B6, b'A'),
        0x24D0..=0x24E9 => counted(0x24D0, b'a'),
        0x24F5..=0x24FD => counted(0x24F5, b'1'),
        0x2776..=0x277E => counted(0x2776, b'1'),
        0x2780..=0x2788 => counted(0x2780, b'1'),
        0x278A..=0x2792 => counted(0x278A, b'1'),
        0x1F130..=0x1F149 => counted(0x1F130, b'A'),
        0x1F150..=0x1F169 => counted(0x1F150, b'A'),
        0x1F170..=0x1F189 => counted(0x1F170, b'A'),
        // Thirteen alphabets and five sets of digits of mathematics.
        0x1D400..=0x1D6A3 => {
            let letter = ((char - 0x1D400) % 52) as u8;
            Some(Seen::Form(if letter < 26 { b'A' + letter } else { b'a' + letter - 26 }))
        }
        0x1D7CE..=0x1D7FF => Some(Seen::Form(b'0' + ((char - 0x1D7CE) % 10) as u8)),
        _ => {
            let script = DIGITS.partition_point(|first| *first <= char).checked_sub(1)?;
            let digit = char - DIGITS[script];
            (digit < 10).then(|| Seen::Form(b'0' + digit as u8))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        let at = |char: char| form(char.to_string().as_bytes()).or(letter(char.to_string().as_bytes()));
        let fold = |char: char| match at(char) {
            Some((Piece::Byte(byte), _)) => char::from(byte).to_string(),
            Some((Piece::Nothing, _)) => String::new(),
            _ => char.to_string(),
        };
        text.chars().map(fold).collect()
    }

    #[test]
    fn forms_and_look_alikes_become_ascii() {
        for (text, expected) in [
            ("ａｎａ．Ｑ＠ｘ－１：９", "ana.Q@x-1:9"),
            ("٠١٢٩ ۰۹ ०९ ๐๙ ０９ 𝟎𝟗𝟘𝟡 ⁰²³⁹₀₉ ①⑨⓪", "0129 09 09 09 09 0909 023909 190"),
            ("𝐀𝐳𝒜𝓏𝚣 ⒶⓏⓐⓩ ℓ", "AzAzz AZaz l"),
            ("раураl АВС ѕсоре Ζ", "paypal ABC scope Z"),
            ("jürgen Łódź Nguyễn", "jurgen Lodz Nguyen"),
            ("a\u{200B}b\u{AD}c\u{301}d\u{FE0F}e", "abcde"),
            ("1\u{A0}2\u{2009}3–4‑5−6", "1 2 3-4-5-6"),
            ("日本語 한국어 العربية עברית हिन्दी × ÷ €", "日本語 한국어 العربية עברית हिन्दी × ÷ €"),
        ] {
            assert_eq!(folded(text), expected, "{text}");
        }
    }

    #[test]
    fn what_comes_out_is_not_folded_again() {
        for char in (0x80..=0x10FFFF).filter_map(char::from_u32) {
            let bytes = char.to_string().into_bytes();
            if let Some((piece, len)) = form(&bytes).or(letter(&bytes)) {
                assert_eq!(len, char.len_utf8());
                assert!(matches!(piece, Piece::Nothing) || matches!(piece, Piece::Byte(b' '..=b'~')), "{char:?}");
            }
        }
    }

    #[test]
    fn ordinary_texts_hide_nothing() {
        for text in ["заказ принят", "η παραγγελία", "注文を受け付けました。", "已下单，谢谢！", "주문 완료", "طلبك جاهز", "👩‍🔧 ❤️"]
        {
            assert!(!text.char_indices().any(|(place, _)| hides(text.as_bytes(), place)), "{text}");
        }
        for text in ["раssword", "４", "a\u{200B}b", "12–34", "почта@x", "\u{AD}1"] {
            assert!(text.char_indices().any(|(place, _)| hides(text.as_bytes(), place)), "{text}");
        }
    }

    #[test]
    fn what_is_no_utf_8_is_nothing() {
        for bytes in [&b"\xD0"[..], b"\xE2\x80", b"\xF0\x9D\x9F", b"\xE2a\x80", b"\xFF", b"\x80", b"a", b""] {
            assert!(form(bytes).or(letter(bytes)).is_none() && !hides(&[bytes, b"1"].concat(), 0), "{bytes:?}");
        }
    }
}
