//! Addresses of crypto-currencies.

use sha2::{Digest as _, Sha256};

use super::{Detector, Scan, Trigger};
use crate::scan::Shape;

pub(super) static CRYPTO: Detector = Detector {
    name: "crypto",
    about: "Bitcoin addresses of every kind, with their checksums, and Ethereum addresses",
    pattern: "",
    source: "Base58Check; BIP 173 and BIP 350 (bech32, bech32m); the Ethereum Yellow Paper (20 bytes, hexadecimal)",
    trigger: Trigger::Shape(Shape::Word),
    search: crypto,
    finds: &[
        ("from 0x71C7656EC7ab88b098defB751B7401B5f6d8976F", &["0x71C7656EC7ab88b098defB751B7401B5f6d8976F"]),
        ("to 16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ.", &["16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ"]),
        ("3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", &["3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"]),
        (
            "bc1p5d7rjq7g6rdk2yhzks9smlaqtedr4dekq08ge8ztwac72sfr9rusxg3297",
            &["bc1p5d7rjq7g6rdk2yhzks9smlaqtedr4dekq08ge8ztwac72sfr9rusxg3297"],
        ),
    ],
    ignores: &[
        "0x71C7656EC7ab88b098defB751B7401B5f6d897",
        "0x88df016429689c079f3b2f6ad39fa052532c56795b733da78a91ebe6a713944b",
        "0x0000000000000000000000000000000000000000",
        "16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ2",
        "16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyY",
        "bc1p5d7rjq7g6rdk2yhzks9smlaqtedr4dekq08ge8ztwac72sfr9rusxg3298",
    ],
};

/// The trigger is the 16th byte of a word, so the start is known.
fn crypto(scan: &mut Scan<'_>, trigger: usize) {
    let Some(start) = trigger.checked_sub(15).filter(|start| *start >= scan.floor()) else { return };
    let starts = matches!(scan.byte(start), b'1' | b'3') || scan.has(start, b"0x") || scan.has_any_case(start, b"bc1");
    if !starts || !scan.begins(start) {
        return;
    }
    let len = scan.run_len(start, 91, |b| b.is_ascii_alphanumeric());
    if scan.ends(start + len) {
        let text = &scan.bytes[start..start + len];
        match is_address(text) || ethereum(text) {
            true => scan.found(start, start + len),
            // Base58 has no zero, and what is longer is none in bech32 either.
            false if (26..=62).contains(&len) && !(text[0] < b'9' && text.contains(&b'0')) => {
                scan.near(start, start + len, "its checksum is wrong")
            }
            false => {}
        }
    }
}

/// Whether `text` is an address, from its first to its last byte.
pub(super) fn is_address(text: &[u8]) -> bool {
    (26..=90).contains(&text.len())
        && match text {
            [b'1' | b'3', ..] => base58(text),
            [b'b' | b'B', b'c' | b'C', b'1', ..] => bech32(text),
            _ => false,
        }
}

/// 25 bytes: a version, a hash, and the first four bytes of the hash of both.
fn base58(address: &[u8]) -> bool {
    const ALPHABET: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    if address.len() > 35 {
        return false;
    }
    let mut bytes = [0u8; 25];
    for letter in address {
        let Some(digit) = ALPHABET.iter().position(|known| known == letter) else { return false };
        let mut carry = digit as u32;
        for byte in bytes.iter_mut().rev() {
            carry += u32::from(*byte) * 58;
            *byte = carry as u8;
            carry >>= 8;
        }
        if carry > 0 {
            return false;
        }
    }
    matches!(bytes[0], 0 | 5) && Sha256::digest(Sha256::digest(&bytes[..21]))[..4] == bytes[21..]
}

/// 20 bytes; what stands for nobody is none. Whether letters are upper or lower case is a checksum in some, which is not looked at.
fn ethereum(address: &[u8]) -> bool {
    let digits = address.strip_prefix(b"0x").unwrap_or_default();
    digits.len() == 40 && digits.iter().all(u8::is_ascii_hexdigit) && digits.iter().any(|digit| *digit != b'0')
}

fn bech32(address: &[u8]) -> bool {
    const ALPHABET: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    let (lower, upper) = (address.iter().any(u8::is_ascii_lowercase), address.iter().any(u8::is_ascii_uppercase));
    // What `bc` stands for, expanded.
    let mut sum = [3, 3, 0, 2, 3].into_iter().fold(1, polymod);
    for letter in &address[3..] {
        let Some(digit) = ALPHABET.iter().position(|known| *known == letter.to_ascii_lowercase()) else { return false };
        sum = polymod(sum, digit as u32);
    }
    lower != upper && matches!(sum, 1 | 0x2BC8_30A3)
}

fn polymod(sum: u32, digit: u32) -> u32 {
    let top = sum >> 25;
    [0x3B6A_57B2, 0x2650_8E6D, 0x1EA1_19FA, 0x3D42_33DD, 0x2A14_62B3]
        .into_iter()
        .enumerate()
        .filter(|(bit, _)| top >> bit & 1 == 1)
        .fold((sum & 0x1FF_FFFF) << 5 ^ digit, |sum, (_, part)| sum ^ part)
}
