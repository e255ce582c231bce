//! The key of hashes and pseudonyms, and what is made with it.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// A key, ready to hash with. It has no `Debug`.
#[derive(Clone)]
pub(crate) struct Secret {
    keyed: Hmac<Sha256>,
    id: String,
}

impl Secret {
    /// Bytes that a key must have.
    pub(crate) const SHORTEST: usize = 16;

    pub(crate) fn new(key: &[u8], id: &str) -> Self {
        // A key of any length is one.
        let keyed = Hmac::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&Default::default()));
        Secret { keyed, id: id.to_owned() }
    }

    /// Whether `id` can stand in a hash and be recognised there.
    pub(crate) fn is_id(id: &str) -> bool {
        (1..=ID).contains(&id.len()) && id.bytes().all(is_id_byte)
    }

    /// HMAC-SHA-256 of the parts, one behind the other.
    fn code(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut code = self.keyed.clone();
        parts.iter().for_each(|part| code.update(part));
        code.finalize().into_bytes().into()
    }

    /// The hash of what was found, as `[hmac:ID:HEX]`.
    pub(crate) fn hash(&self, found: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(HASH);
        out.extend_from_slice(self.id.as_bytes());
        out.push(b':');
        push_hex(&self.code(&[found])[..HASH_DIGITS / 2], out);
        out.push(b']');
    }

    /// Bytes that follow from what was found, for a pseudonym: others than those of its hash.
    pub(super) fn pseudonym(&self, found: &[u8]) -> [u8; 32] {
        self.code(&[b"pseudonym:", found])
    }

    /// The last digits of a pseudonym of digits, by which it is recognised.
    pub(super) fn check(&self, digits: &[u8]) -> u32 {
        let [a, b, c, d, ..] = self.code(&[b"check:", digits]);
        u32::from_be_bytes([a, b, c, d])
    }
}

/// What a hash begins with.
const HASH: &[u8] = b"[hmac:";

/// Hexadecimal digits of a hash.
const HASH_DIGITS: usize = 32;

/// Most bytes of a key's id.
const ID: usize = 32;

fn is_id_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')
}

/// The length of the hash at the start of `text`, by whichever key.
pub(super) fn hash_len(text: &[u8]) -> Option<usize> {
    let rest = text.strip_prefix(HASH)?;
    let id = rest.iter().take(ID + 1).take_while(|byte| is_id_byte(**byte)).count();
    let hex = rest.get(id + 1..id + 1 + HASH_DIGITS)?;
    let whole = (1..=ID).contains(&id) && rest[id] == b':' && is_hex(hex) && rest.get(id + 1 + HASH_DIGITS) == Some(&b']');
    whole.then_some(HASH.len() + id + 1 + HASH_DIGITS + 1)
}

/// Whether all are hexadecimal digits as we write them.
pub(super) fn is_hex(text: &[u8]) -> bool {
    text.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

pub(super) fn push_hex(bytes: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.extend(bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_one_that_anyone_with_the_key_can_make() {
        // By Python: hmac.new(b"what do ya want for nothing key", b"ana@example.org", "sha256").hexdigest()[:32]
        let mut out = Vec::new();
        Secret::new(b"what do ya want for nothing key", "k-1").hash(b"ana@example.org", &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), "[hmac:k-1:d8b8d50e851380aff9522254a261801f]");
    }

    #[test]
    fn a_hash_is_recognised_whichever_key_made_it() {
        let mut out = Vec::new();
        Secret::new(b"0123456789abcdef", "2026-11.x_Y").hash(b"x", &mut out);
        assert_eq!(hash_len(&out), Some(out.len()));
        out.extend_from_slice(b" and more");
        assert_eq!(hash_len(&out), Some(out.len() - 9));
        let hex = "0123456789abcdef0123456789abcdef";
        for other in [
            format!("[hmac::{hex}]"),
            format!("[hmac:a b:{hex}]"),
            format!("[hmac:{}:{hex}]", "x".repeat(33)),
            format!("[hmac:a:{}]", &hex[1..]),
            format!("[hmac:a:{hex}0]"),
            format!("[hmac:a:{}]", hex.to_uppercase()),
            "[hmac:a:".into(),
            "[hmac:".into(),
        ] {
            assert_eq!(hash_len(other.as_bytes()), None, "{other}");
        }
    }
}
