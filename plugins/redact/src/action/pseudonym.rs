//! Made-up values: of the same kind as what they stand for, the same for the same data and key, and recognised as made up.
//!
//! | of | is |
//! |---|---|
//! | an e-mail address | `u-` and 12 hexadecimal digits `@pseudonym.invalid` (RFC 2606 keeps `.invalid` free) |
//! | an IPv4 address | one of 240.0.0.0/4, which RFC 1112 keeps free; of a network too |
//! | an IPv6 address | one of 2001:db8::/32, the documentation range of RFC 3849, with eight groups |
//! | a telephone number | `+999` and 12 digits, a country code that ITU-T E.164 keeps free |
//! | 13 digits and more | as many digits: `00`, by which no payment card begins, and at the end four by which it is recognised |
//! | anything else | `anon-` and 16 hexadecimal digits |

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::secret::{Secret, is_hex, push_hex};

/// Digits of a number that keeps its length. Of fewer, too few would be left to tell numbers apart.
const DIGITS: usize = 13;

/// The last digits of such a number, which depend on the others and the key.
const CHECK_DIGITS: usize = 4;

const MAIL: (&[u8], usize, &[u8]) = (b"u-", 12, b"@pseudonym.invalid");
const OTHER: (&[u8], usize) = (b"anon-", 16);
const PHONE: (&[u8], usize) = (b"+999", 12);
const IPV6: &[u8] = b"2001:db8:";

/// Writes the pseudonym of what was found.
pub(super) fn write(secret: &Secret, found: &[u8], is_phone: bool, out: &mut Vec<u8>) {
    if let Some((address, _)) = address(found) {
        let code = secret.pseudonym(address.to_string().as_bytes());
        let part = |place: usize| u16::from_be_bytes([code[2 * place], code[2 * place + 1]]);
        let made_up = match address {
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::new(code[0] | 0xF0, code[1], code[2], code[3])),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::new(0x2001, 0xDB8, part(0), part(1), part(2), part(3), part(4), part(5))),
        };
        return match made_up {
            // Always with eight groups, and never with zeros left out.
            IpAddr::V6(made_up) => {
                let groups = made_up.segments().map(|group| format!("{group:x}"));
                out.extend_from_slice(groups.join(":").as_bytes());
            }
            made_up @ IpAddr::V4(_) => out.extend_from_slice(made_up.to_string().as_bytes()),
        };
    }
    let code = secret.pseudonym(found);
    // Decimal digits of 31 bits each, so that none is much more frequent than others.
    let digit = |place: usize| {
        let at = place % 7 * 4;
        let word = u32::from_be_bytes([code[at], code[at + 1], code[at + 2], code[at + 3]]);
        b'0' + (word / 10u32.pow((place / 7) as u32 % 9) % 10) as u8
    };
    if domain(found).is_some() {
        out.extend_from_slice(MAIL.0);
        push_hex(&code[..MAIL.1 / 2], out);
        out.extend_from_slice(MAIL.2);
    } else if is_phone {
        out.extend_from_slice(PHONE.0);
        out.extend((0..PHONE.1).map(digit));
    } else if found.len() >= DIGITS && found.iter().all(u8::is_ascii_digit) {
        let from = out.len();
        out.extend_from_slice(b"00");
        out.extend((0..found.len() - 2 - CHECK_DIGITS).map(digit));
        let check = secret.check(&out[from..]) % 10u32.pow(CHECK_DIGITS as u32);
        out.extend_from_slice(format!("{check:0CHECK_DIGITS$}").as_bytes());
    } else {
        out.extend_from_slice(OTHER.0);
        push_hex(&code[..OTHER.1 / 2], out);
    }
}

/// The length of the pseudonym that begins at `place` of `text`.
pub(super) fn len_at(secret: &Secret, text: &[u8], place: usize) -> Option<usize> {
    let rest = &text[place..];
    let before = place.checked_sub(1).map(|before| text[before]);
    let begins = !before.is_some_and(|byte| byte.is_ascii_alphanumeric());
    let digits = || rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    match rest[0] {
        b'u' => {
            let len = MAIL.0.len() + MAIL.1;
            let whole = rest.starts_with(MAIL.0) && is_hex(rest.get(MAIL.0.len()..len)?) && rest[len..].starts_with(MAIL.2);
            whole.then_some(len + MAIL.2.len())
        }
        b'a' => {
            let len = OTHER.0.len() + OTHER.1;
            (rest.starts_with(OTHER.0) && is_hex(rest.get(OTHER.0.len()..len)?)).then_some(len)
        }
        b'+' => {
            let digits = rest[1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            (rest.starts_with(PHONE.0) && digits == PHONE.0.len() - 1 + PHONE.1).then_some(1 + digits)
        }
        b'2' if begins && rest.starts_with(IPV6) => {
            let len = rest.iter().take_while(|byte| byte.is_ascii_hexdigit() || **byte == b':').count();
            let groups = rest[..len].split(|byte| *byte == b':');
            (groups.clone().count() == 8 && groups.into_iter().all(|group| (1..=4).contains(&group.len()))).then_some(len)
        }
        b'2' if begins => {
            let mut len = 0;
            for part in 0..4 {
                let digits = rest[len..].iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
                let number = rest[len..len + digits].iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
                len += digits;
                let parted = part == 3 || rest.get(len) == Some(&b'.');
                if digits == 0 || number > 255 || (part == 0 && number < 240) || !parted {
                    return None;
                }
                len += usize::from(part < 3);
            }
            rest.get(len).is_none_or(|byte| !byte.is_ascii_alphanumeric()).then_some(len)
        }
        b'0' if !before.is_some_and(|byte| byte.is_ascii_digit()) && rest.starts_with(b"00") && digits() >= DIGITS => {
            let (number, check) = rest[..digits()].split_at(digits() - CHECK_DIGITS);
            let is = check.iter().fold(0, |check, digit| check * 10 + u32::from(digit - b'0'));
            (secret.check(number) % 10u32.pow(CHECK_DIGITS as u32) == is).then_some(digits())
        }
        _ => None,
    }
}

/// Where the domain of an e-mail address begins, with its `@`, if `found` is one.
pub(super) fn domain(found: &[u8]) -> Option<usize> {
    let at = found.iter().position(|byte| *byte == b'@')?;
    let host = &found[at + 1..];
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-') || *byte >= 0x80;
    let local = found[..at].iter().all(|byte| byte.is_ascii_graphic() || *byte >= 0x80);
    (at > 0 && local && host.contains(&b'.') && host.iter().all(plain)).then_some(at)
}

/// The address that `found` is, and the length of its prefix if it has one.
pub(super) fn address(found: &[u8]) -> Option<(IpAddr, Option<u8>)> {
    let text = str::from_utf8(found).ok()?;
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix.parse().ok()?)),
        None => (text, None),
    };
    Some((address.parse().ok()?, prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made_up(found: &str, is_phone: bool) -> String {
        let mut out = Vec::new();
        write(&Secret::new(b"0123456789abcdef", "k"), found.as_bytes(), is_phone, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_pseudonym_is_of_the_kind_of_what_it_stands_for_and_is_recognised() {
        let secret = Secret::new(b"0123456789abcdef", "k");
        for (found, is_phone, begins, len) in [
            ("ana@example.org", false, "u-", 32),
            ("198.51.100.7", false, "2", 0),
            ("2001:db8::1", false, "2001:db8:", 0),
            ("+44 20 7946 0018", true, "+999", 16),
            ("(415) 555-0132", true, "+999", 16),
            ("4111111111111111", false, "00", 16),
            ("4222222222222", false, "00", 13),
            ("4111 1111 1111 1111", false, "anon-", 21),
            ("123456789012", false, "anon-", 21),
            ("Ana Quill", false, "anon-", 21),
        ] {
            let made_up = made_up(found, is_phone);
            assert!(made_up.starts_with(begins) && (len == 0 || made_up.len() == len), "{found} became {made_up}");
            for (before, after) in [("", ""), ("x ", "."), ("(", ")"), ("=", "&x")] {
                let text = format!("{before}{made_up}{after}");
                assert_eq!(len_at(&secret, text.as_bytes(), before.len()), Some(made_up.len()), "in {text}");
            }
        }
        assert_ne!(made_up("ana@example.org", false), made_up("ana@example.com", false));
        assert_eq!(made_up("198.51.100.7/24", false), made_up("198.51.100.7", false));
    }

    #[test]
    fn what_only_looks_made_up_is_data() {
        let secret = Secret::new(b"0123456789abcdef", "k");
        for text in [
            "u-0123456789ab@example.org",
            "u-0123456789aX@pseudonym.invalid",
            "anon-0123",
            "+9991234",
            "+9991234567890123",
            "239.1.1.1",
            "240.1.1",
            "240.1.1.256",
            "2001:db8::1",
            "0012345678901",
            "00",
            "2",
            "+",
            "u",
            "a",
        ] {
            assert_eq!(len_at(&secret, text.as_bytes(), 0), None, "{text}");
        }
    }
}
