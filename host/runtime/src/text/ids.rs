//! Ids for spans whose text has none. The same text gets the same ids every time, and they look random, as sampling by
//! trace id needs it.

/// Makes ids up, one after the other.
#[derive(Debug, Default)]
pub(super) struct Ids {
    given: u64,
}

impl Ids {
    /// A trace id that was not given yet.
    pub(super) fn trace(&mut self) -> [u8; 16] {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&self.span());
        id[8..].copy_from_slice(&self.span());
        id
    }

    /// A span id that was not given yet.
    pub(super) fn span(&mut self) -> [u8; 8] {
        self.given += 1;
        mix(self.given).to_be_bytes()
    }
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014): a bijection that
/// leaves 0 only for 0.
fn mix(n: u64) -> u64 {
    let n = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}
