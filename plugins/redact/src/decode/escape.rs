//! Characters that are written in ASCII by another notation: percent-encoding, escapes of JSON and programming languages, character references of HTML.

use super::Piece;

/// Named references that stand for signs which parts of data are made of, or that part data.
const NAMED: &[(&[u8], char)] = &[
    (b"commat;", '@'),
    (b"period;", '.'),
    (b"plus;", '+'),
    (b"colon;", ':'),
    (b"equals;", '='),
    (b"lowbar;", '_'),
    (b"sol;", '/'),
    (b"percnt;", '%'),
    (b"quot;", '"'),
    (b"apos;", '\''),
    (b"amp;", '&'),
    (b"lt;", '<'),
    (b"gt;", '>'),
    (b"nbsp;", '\u{A0}'),
    (b"shy;", '\u{AD}'),
];

/// What the notation at the start of `bytes` stands for, and its length.
///
/// Sources: RFC 3986, section 2.1; `%uXXXX` of ECMAScript's `escape`; RFC 8259, section 7; `\x40` and `\u{40}` of C, Python, ECMAScript and Rust; HTML, section
/// 13.2.5.72 and what follows.
#[inline]
pub(super) fn at(bytes: &[u8]) -> Option<(Piece, usize)> {
    match bytes.first()? {
        b'%' => percent(bytes),
        b'\\' => backslash(bytes),
        b'&' => reference(bytes),
        _ => None,
    }
}

/// Whether something is hidden by the notation at the start of `bytes`: not a quote or an angle bracket, which hide nothing, and a line break only
/// where a word is next, which it would seem to belong to.
pub(super) fn hides(bytes: &[u8]) -> bool {
    match bytes {
        [b'\\', b'n' | b'r' | b't', next, ..] => next.is_ascii_alphanumeric(),
        [b'\\', b'/' | b'u' | b'x', ..] | [b'&', b'#' | b'a'..=b'f' | b'h'..=b'k' | b'm'..=b'z', ..] | [b'%', ..] => at(bytes).is_some(),
        _ => false,
    }
}

fn percent(bytes: &[u8]) -> Option<(Piece, usize)> {
    if bytes.get(1)? == &b'u' {
        return units(bytes, b"%u");
    }
    Some((Piece::Byte(hex(bytes.get(1..3)?)? as u8), 3))
}

fn backslash(bytes: &[u8]) -> Option<(Piece, usize)> {
    let byte = match bytes.get(1)? {
        b'u' if bytes.get(2)? == &b'{' => {
            let len = bytes[3..].iter().take(7).position(|b| *b == b'}')?;
            return Some((Piece::Char(char::from_u32(hex(&bytes[3..3 + len])?)?), len + 4));
        }
        b'u' => return units(bytes, b"\\u"),
        b'x' => return Some((Piece::Byte(hex(bytes.get(2..4)?)? as u8), 4)),
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        byte @ (b'/' | b'"' | b'\'' | b'\\') => *byte,
        _ => return None,
    };
    Some((Piece::Byte(byte), 2))
}

/// One or two units of UTF-16 in four hexadecimal digits each.
fn units(bytes: &[u8], mark: &[u8]) -> Option<(Piece, usize)> {
    let unit = |place: usize| bytes.get(place..)?.strip_prefix(mark).and_then(|rest| hex(rest.get(..4)?));
    let first = unit(0)?;
    if let (0xD800..=0xDBFF, Some(second @ 0xDC00..=0xDFFF)) = (first, unit(6)) {
        let char = char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00))?;
        return Some((Piece::Char(char), 12));
    }
    Some((Piece::Char(char::from_u32(first)?), 6))
}

fn reference(bytes: &[u8]) -> Option<(Piece, usize)> {
    let name = &bytes[1..];
    if name.first()? != &b'#' {
        // Parameters of URLs begin so too; two letters settle it for most of them.
        let two: &[u8; 2] = name.first_chunk()?;
        let (name, char) = NAMED.iter().find(|(known, _)| known.first_chunk() == Some(two) && name.starts_with(known))?;
        return Some((Piece::Char(*char), name.len() + 1));
    }
    let (start, radix) = if matches!(name.get(1)?, b'x' | b'X') { (3, 16) } else { (2, 10) };
    let len = bytes[start..].iter().take(8).take_while(|b| char::from(**b).is_digit(radix)).count();
    let digits = str::from_utf8(&bytes[start..start + len]).ok()?;
    let char = char::from_u32(u32::from_str_radix(digits, radix).ok()?)?;
    let end = start + len;
    Some((Piece::Char(char), end + usize::from(bytes.get(end) == Some(&b';'))))
}

/// The number that hexadecimal digits stand for.
fn hex(digits: &[u8]) -> Option<u32> {
    let digit = |all: u32, byte: &u8| Some(all << 4 | char::from(*byte).to_digit(16)?);
    (!digits.is_empty()).then(|| digits.iter().try_fold(0, digit))?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<(String, usize)> {
        at(text.as_bytes()).map(|(piece, len)| match piece {
            Piece::Byte(byte) => (char::from(byte).to_string(), len),
            Piece::Char(char) => (char.to_string(), len),
            Piece::Nothing => (String::new(), len),
        })
    }

    #[test]
    fn every_notation_of_an_at_sign_is_read() {
        for text in ["%40", "%u0040", "\\u0040", "\\u{40}", "\\x40", "&#64;", "&#x40;", "&#064", "&commat;"] {
            assert_eq!(shown(&format!("{text} x")), Some(("@".into(), text.len())), "{text}");
            assert!(hides(text.as_bytes()), "{text}");
        }
        assert_eq!(shown("\\ud835\\udfd2"), Some(("\u{1D7D2}".into(), 12)));
    }

    #[test]
    fn what_is_cut_off_or_means_nothing_is_no_notation() {
        for text in [
            "%", "%4", "%zz", "%u004", "\\", "\\u", "\\u00", "\\u{}", "\\u{40", "\\u{zz}", "\\ud835", "\\d", "&", "&#", "&#x", "&#;",
            "&x=1", "a",
        ] {
            assert_eq!(shown(text), None, "{text}");
            assert!(!hides(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn ordinary_escapes_hide_nothing() {
        for text in ["\\\"x", "\\n    at", "\\\\server", "&lt;b", "&gt;", "\\d+"] {
            assert!(!hides(text.as_bytes()), "{text}");
        }
        assert!(hides(b"\\nx") && hides(b"\\/x") && hides(b"&quot;"));
    }
}
