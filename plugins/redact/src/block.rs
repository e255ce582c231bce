//! Sixteen bytes at a time: `simd128` in WebAssembly, plain arrays elsewhere.
//!
//! Comparisons give a block of 0xFF where they hold and 0 elsewhere; [`Block::bits`] makes a number of it, the first byte lowest.

/// Bytes of a block.
pub(crate) const LEN: usize = 16;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod imp {
    use core::arch::wasm32::{
        i8x16_lt, i8x16_swizzle, u8x16_bitmask, u8x16_eq, u8x16_shr, u8x16_splat, u8x16_sub, v128, v128_and, v128_or,
    };

    use super::LEN;

    #[derive(Clone, Copy)]
    pub(crate) struct Block(v128);

    impl Block {
        #[inline(always)]
        pub(crate) fn load(bytes: &[u8; LEN]) -> Self {
            Block(bytemuck::cast(*bytes))
        }

        #[inline(always)]
        pub(crate) fn equals(self, byte: u8) -> Self {
            Block(u8x16_eq(self.0, u8x16_splat(byte)))
        }

        #[inline(always)]
        pub(crate) fn within(self, low: u8, high: u8) -> Self {
            // Moved down to the least signed number, so that one comparison is enough.
            let moved = u8x16_sub(self.0, u8x16_splat(low.wrapping_add(0x80)));
            Block(i8x16_lt(moved, u8x16_splat((high - low + 1).wrapping_add(0x80))))
        }

        #[inline(always)]
        pub(crate) fn beyond_ascii(self) -> Self {
            // As signed numbers they are the least ones.
            Block(i8x16_lt(self.0, u8x16_splat(0xF5)))
        }

        #[inline(always)]
        pub(crate) fn folded(self) -> Self {
            Block(v128_or(self.0, u8x16_splat(0x20)))
        }

        #[inline(always)]
        pub(crate) fn or(self, other: Self) -> Self {
            Block(v128_or(self.0, other.0))
        }

        #[inline(always)]
        pub(crate) fn and(self, other: Self) -> Self {
            Block(v128_and(self.0, other.0))
        }

        #[inline(always)]
        pub(crate) fn lower_halves(self) -> Self {
            Block(v128_and(self.0, u8x16_splat(0xF)))
        }

        #[inline(always)]
        pub(crate) fn upper_halves(self) -> Self {
            Block(u8x16_shr(self.0, 4))
        }

        #[inline(always)]
        pub(crate) fn look_up(self, places: Self) -> Self {
            Block(i8x16_swizzle(self.0, places.0))
        }

        #[inline(always)]
        pub(crate) fn bits(self) -> u64 {
            u64::from(u8x16_bitmask(self.0))
        }

        #[inline(always)]
        pub(crate) fn non_zero_bits(self) -> u64 {
            u64::from(!u8x16_bitmask(u8x16_eq(self.0, u8x16_splat(0))))
        }
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod imp {
    use super::LEN;

    #[derive(Clone, Copy)]
    pub(crate) struct Block([u8; LEN]);

    impl Block {
        #[inline(always)]
        pub(crate) fn load(bytes: &[u8; LEN]) -> Self {
            Block(*bytes)
        }

        #[inline(always)]
        pub(crate) fn equals(self, byte: u8) -> Self {
            Block(self.0.map(|b| if b == byte { 0xFF } else { 0 }))
        }

        /// Bytes of `low..=high`.
        #[inline(always)]
        pub(crate) fn within(self, low: u8, high: u8) -> Self {
            Block(self.0.map(|b| if b.wrapping_sub(low) <= high - low { 0xFF } else { 0 }))
        }

        /// Bytes that characters of UTF-8 beyond ASCII have: 0x80 to 0xF4.
        #[inline(always)]
        pub(crate) fn beyond_ascii(self) -> Self {
            Block(self.0.map(|b| if (0x80..=0xF4).contains(&b) { 0xFF } else { 0 }))
        }

        /// With ASCII letters in lower case; other bytes change too, so compare with letters only.
        #[inline(always)]
        pub(crate) fn folded(self) -> Self {
            Block(self.0.map(|b| b | 0x20))
        }

        #[inline(always)]
        pub(crate) fn or(self, other: Self) -> Self {
            Block(std::array::from_fn(|i| self.0[i] | other.0[i]))
        }

        #[inline(always)]
        pub(crate) fn and(self, other: Self) -> Self {
            Block(std::array::from_fn(|i| self.0[i] & other.0[i]))
        }

        #[inline(always)]
        pub(crate) fn lower_halves(self) -> Self {
            Block(self.0.map(|b| b & 0xF))
        }

        #[inline(always)]
        pub(crate) fn upper_halves(self) -> Self {
            Block(self.0.map(|b| b >> 4))
        }

        /// For each byte of `places`, which are below 16, the byte of this block there.
        #[inline(always)]
        pub(crate) fn look_up(self, places: Self) -> Self {
            Block(places.0.map(|place| self.0[usize::from(place & 0xF)]))
        }

        /// As [`Block::bits`], of bytes that are not 0.
        #[inline(always)]
        pub(crate) fn non_zero_bits(self) -> u64 {
            Block(self.0.map(|b| if b == 0 { 0 } else { 0xFF })).bits()
        }

        #[inline(always)]
        pub(crate) fn bits(self) -> u64 {
            // The top bit of each of eight bytes, gathered by a multiplication into the top byte.
            let half = |from: usize| {
                let word = u64::from_le_bytes(std::array::from_fn(|i| self.0[from + i])) & 0x8080_8080_8080_8080;
                (word >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
            };
            half(0) | half(8) << 8
        }
    }
}

pub(crate) use imp::Block;
