//! Addresses of crypto-currencies, by their checksums.

use super::{Detector, Scan, Trigger};
use crate::scan::Shape;

pub(super) static CRYPTO: Detector = Detector {
    name: "crypto",
    about: "Bitcoin addresses of every kind, with their checksums",
    pattern: "",
    source: "Base58Check; BIP 173 and BIP 350 (bech32, bech32m)",
    trigger: Trigger::Shape(Shape::Word),
    search: crypto,
    finds: &[
        ("to 16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ.", &["16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ"]),
        ("3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", &["3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"]),
        (
            "bc1p5d7rjq7g6rdk2yhzks9smlaqtedr4dekq08ge8ztwac72sfr9rusxg3297",
            &["bc1p5d7rjq7g6rdk2yhzks9smlaqtedr4dekq08ge8ztwac72sfr9rusxg3297"],
        ),
    ],
    ignores: &[
        "16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ2",
        "16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyY",
        "bc1p5d7rjq7g6rdk2yhzks9smlaqtedr4dekq08ge8ztwac72sfr9rusxg3298",
    ],
};

/// The trigger is the 16th byte of a word, so the start is known.
fn crypto(scan: &mut Scan<'_>, trigger: usize) {
    let Some(start) = trigger.checked_sub(15).filter(|start| *start >= scan.floor()) else { return };
    let check: fn(&[u8]) -> bool = match scan.byte(start) {
        b'1' | b'3' => base58,
        b'b' | b'B' if scan.has_any_case(start, b"bc1") => bech32,
        _ => return,
    };
    if !scan.begins(start) {
        return;
    }
    let len = scan.run_len(start, 91, |b| b.is_ascii_alphanumeric());
    if (26..=90).contains(&len) && scan.ends(start + len) && check(&scan.bytes[start..start + len]) {
        scan.found(start, start + len);
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
    matches!(bytes[0], 0 | 5) && sha256(&sha256(&bytes[..21]))[..4] == bytes[21..]
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

/// SHA-256 of at most 55 bytes. Its constants are the fractional parts of the roots of primes, which are made here.
fn sha256(message: &[u8]) -> [u8; 32] {
    let mut primes = (2u64..).filter(|n| (2..*n).all(|d| !n.is_multiple_of(d)));
    let primes: [u64; 64] = std::array::from_fn(|_| primes.next().unwrap_or_default());
    let mut state: [u32; 8] = std::array::from_fn(|i| root(primes[i], 2));
    let mut block = [0; 64];
    block[..message.len()].copy_from_slice(message);
    block[message.len()] = 0x80;
    block[56..].copy_from_slice(&(message.len() as u64 * 8).to_be_bytes());
    let mut w = [0u32; 64];
    for (word, bytes) in w.iter_mut().zip(block.chunks_exact(4)) {
        *word = bytes.iter().fold(0, |word, byte| word << 8 | u32::from(*byte));
    }
    for i in 16..64 {
        let s0 = w[i - 15].rotate_right(7) ^ w[i - 15].rotate_right(18) ^ w[i - 15] >> 3;
        let s1 = w[i - 2].rotate_right(17) ^ w[i - 2].rotate_right(19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16].wrapping_add(s0).wrapping_add(w[i - 7]).wrapping_add(s1);
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = state;
    for i in 0..64 {
        let s1 = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let one = h.wrapping_add(s1).wrapping_add(e & f ^ !e & g).wrapping_add(root(primes[i], 3)).wrapping_add(w[i]);
        let s0 = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        let two = s0.wrapping_add(a & b ^ a & c ^ b & c);
        (h, g, f, e, d, c, b, a) = (g, f, e, d.wrapping_add(one), c, b, a, one.wrapping_add(two));
    }
    for (sum, part) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *sum = sum.wrapping_add(part);
    }
    std::array::from_fn(|i| (state[i / 4] >> (24 - i % 4 * 8)) as u8)
}

/// The first 32 bits of the fractional part of a root of a small number.
fn root(number: u64, power: u32) -> u32 {
    let wanted = u128::from(number) << (32 * power);
    let mut root = 0u128;
    for bit in (0..38).rev() {
        let next = root | 1 << bit;
        if next.pow(power) <= wanted {
            root = next;
        }
    }
    root as u32
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_hash_is_that_of_the_standard() {
        let hex: String = super::sha256(b"abc").iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
