//! Rejection thresholds of OpenTelemetry's consistent probability sampling.
//!
//! A trace has a random number R of 56 bits, and a sampler with threshold T keeps it where R >= T: with probability `1 - T / 2^56`. A span that
//! was kept so stands for `2^56 / (2^56 - T)` spans. See "TraceState: Probability Sampling" in the OpenTelemetry specification.

/// 2^56: thresholds and random numbers lie below it.
pub const ALL: u64 = 1 << 56;

/// Hexadecimal digits of a threshold.
const DIGITS: i32 = 14;

/// Probabilities below this are none.
pub const LEAST: f64 = 1.0 / ALL as f64;

/// The threshold of a probability from [`LEAST`] to 1, rounded to `precision` significant hexadecimal digits, of 1 to 14: leading `f`s, or
/// leading zeros, do not count, so that small probabilities, and those near 1, are still told apart.
pub fn from_probability(probability: f64, precision: u32) -> u64 {
    if probability >= 1.0 {
        return 0;
    }
    let scaled = (probability * ALL as f64).round() as u64;
    round(ALL - scaled.clamp(1, ALL), digits(probability, precision), true)
}

/// As [`from_probability`], but never above the exact threshold: whatever passed that passes this.
pub fn from_probability_down(probability: f64, precision: u32) -> u64 {
    if probability >= 1.0 {
        return 0;
    }
    let scaled = (probability * ALL as f64).ceil() as u64;
    round(ALL - scaled.clamp(1, ALL), digits(probability, precision), false)
}

/// The probability with which a threshold keeps.
pub fn to_probability(threshold: u64) -> f64 {
    (ALL - threshold) as f64 / ALL as f64
}

/// Reads a threshold as it stands in tracestate: 1 to 14 hexadecimal digits, trailing zeros left out.
pub fn parse(digits: &str) -> Option<u64> {
    if digits.is_empty() || digits.len() > DIGITS as usize || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let value = u64::from_str_radix(digits, 16).ok()?;
    Some(value << (4 * (DIGITS as usize - digits.len())))
}

/// Writes a threshold as it stands in tracestate.
pub fn push(threshold: u64, out: &mut String) {
    let digits = format!("{threshold:014x}");
    let digits = digits.trim_end_matches('0');
    out.push_str(if digits.is_empty() { "0" } else { digits });
}

/// Digits to keep: `precision` behind those that do not count.
fn digits(probability: f64, precision: u32) -> i32 {
    let precision = precision.clamp(1, DIGITS as u32) as i32;
    let skipped = (-exponent(probability) / 4).max(-exponent(1.0 - probability) / 4).max(0);
    (precision + skipped).min(DIGITS)
}

fn round(threshold: u64, digits: i32, nearest: bool) -> u64 {
    let shift = 4 * (DIGITS - digits) as u32;
    if shift == 0 {
        return threshold;
    }
    let half = if nearest { 1 << (shift - 1) } else { 0 };
    ((threshold + half) >> shift << shift).min(ALL - 1)
}

/// The `e` of `m * 2^e` with `m` from 0.5 to 1; 0 for 0.
fn exponent(x: f64) -> i32 {
    if x == 0.0 { 0 } else { ((x.to_bits() >> 52) & 0x7FF) as i32 - 1022 }
}
