//! Phase one: where in a run of texts could anything begin to be of interest?
//!
//! One pass without calls or branches goes over the bytes in steps of 48 and writes a word for each step, in which a bit is set at each
//! *trigger*: a place at which some detector has to look. Triggers are necessary, not sufficient: every match of a detector has one, at the
//! place that [`Trigger`] says, and most texts have none.
//!
//! Each step also knows the 16 bytes before it, so that a trigger that is a shape of several bytes is found across the border of two steps.

use super::block::{Block, LEN};

/// What wakes a detector, and where: the last byte of the shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trigger {
    /// `@`
    At,
    /// `=`, or `:` behind a quote: an assignment, as in URLs, forms, logs, SQL and JSON.
    Assignment,
    /// `%`: something may be percent-encoded.
    Percent,
    /// The 13th byte of a run of digits, spaces and dashes; once a run.
    Digits,
    /// The second dash (or space) of `dd-dd-`.
    Dashes,
    /// The third of three dots that each follow a digit, with two to four bytes from dot to dot.
    Dots,
    /// The second digit of two upper-case letters and two digits.
    Letters,
    /// A digit behind `+`.
    Plus,
    /// The first `/` of `:/`.
    Scheme,
    /// `J` of `yJ`: base64 of JSON that begins with `{"`.
    Json,
    /// `I` of `KI`.
    Aws,
    /// `_` of `h._`, with any byte for the dot.
    GitHub,
    /// `a` of `b.a` in either case.
    Bearer,
    /// `_` of `k_`.
    Stripe,
}

impl Trigger {
    /// The bytes that can stand at the trigger.
    pub(crate) const fn bytes(self) -> &'static [u8] {
        match self {
            Trigger::At => b"@",
            Trigger::Assignment => b"=:",
            Trigger::Percent => b"%",
            Trigger::Digits => b"0123456789 -",
            Trigger::Dashes => b" -",
            Trigger::Dots => b".",
            Trigger::Letters | Trigger::Plus => b"0123456789",
            Trigger::Scheme => b"/",
            Trigger::Json => b"J",
            Trigger::Aws => b"I",
            Trigger::GitHub | Trigger::Stripe => b"_",
            Trigger::Bearer => b"aA",
        }
    }
}

/// Bytes of a step.
pub(super) const STEP: usize = 48;

/// Bytes before a step that it knows, which is more than the longest shape has.
const BEFORE: usize = LEN;

const WINDOW: usize = BEFORE + STEP;

/// Stands before and behind the bytes. It triggers nothing.
const PADDING: u8 = 0xFF;

/// Fills `words` with the triggers of `bytes`: bit `i` of word `w` stands for byte `48 * w + i`.
pub(super) fn find(bytes: &[u8], words: &mut Vec<u64>) {
    words.clear();
    words.resize(bytes.len().div_ceil(STEP), 0);
    let mut masks = Masks::default();
    let mut edge = [PADDING; WINDOW];
    let last = words.len().saturating_sub(1);
    for (step, word) in words.iter_mut().enumerate() {
        let from = step * STEP;
        // The first and the last step would reach beyond the bytes.
        *word = match from.checked_sub(BEFORE).and_then(|start| bytes.get(start..)?.first_chunk::<WINDOW>()) {
            Some(window) if step != last => masks.step(window),
            _ => {
                let start = from.saturating_sub(BEFORE);
                let part = &bytes[start..bytes.len().min(from + STEP)];
                let into = BEFORE - (from - start);
                edge.fill(PADDING);
                edge[into..into + part.len()].copy_from_slice(part);
                masks.step(&edge)
            }
        };
    }
}

/// Classes of bytes in a window, a bit for each byte: the lowest 16 are of the bytes before.
#[derive(Default)]
struct Masks {
    digit: u64,
    dot: u64,
    /// Space or dash.
    gap: u64,
    upper: u64,
}

impl Masks {
    #[inline(always)]
    fn step(&mut self, window: &[u8; WINDOW]) -> u64 {
        let (mut digit, mut dot, mut gap, mut upper, mut rare) = (0, 0, 0, 0, 0);
        for part in 0..3 {
            let at = BEFORE + part * LEN;
            let load = |back: usize| Block::load(window[at - back..].first_chunk().expect("the window reaches that far"));
            let (byte, before, before2) = (load(0), load(1), load(2));
            let is_digit = byte.within(b'0', b'9');
            let is_rare = byte
                .equals(b'@')
                .or(byte.equals(b'='))
                .or(byte.equals(b'%'))
                .or(before.equals(b'+').and(is_digit))
                .or(before.equals(b':').and(byte.equals(b'/')))
                .or(before.equals(b'"').or(before.equals(b'\'')).and(byte.equals(b':')))
                .or(before.equals(b'y').and(byte.equals(b'J')))
                .or(before.equals(b'K').and(byte.equals(b'I')))
                .or(before.equals(b'k').or(before2.equals(b'h')).and(byte.equals(b'_')))
                .or(before2.folded().equals(b'b').and(byte.folded().equals(b'a')));
            let shift = part * LEN;
            digit |= is_digit.bits() << shift;
            dot |= byte.equals(b'.').bits() << shift;
            gap |= byte.equals(b' ').or(byte.equals(b'-')).bits() << shift;
            upper |= byte.within(b'A', b'Z').bits() << shift;
            rare |= is_rare.bits() << shift;
        }
        self.digit = self.digit >> STEP | digit << BEFORE;
        self.dot = self.dot >> STEP | dot << BEFORE;
        self.gap = self.gap >> STEP | gap << BEFORE;
        self.upper = self.upper >> STEP | upper << BEFORE;
        self.shapes() >> BEFORE | rare
    }

    /// Triggers that are shapes of classes. `mask << n` asks about the byte `n` before.
    #[inline(always)]
    fn shapes(&self) -> u64 {
        let Masks { digit, dot, gap, upper } = *self;
        let digits2 = digit & digit << 1;
        let dashes = gap & digits2 << 1 & gap << 3 & digits2 << 4;
        let dot1 = dot & digit << 1;
        let dot2 = dot1 & (dot1 << 2 | dot1 << 3 | dot1 << 4);
        let dot3 = dot1 & (dot2 << 2 | dot2 << 3 | dot2 << 4);
        let letters = digits2 & (upper & upper << 1) << 2;
        let run = digit | gap;
        let run2 = run & run << 1;
        let run4 = run2 & run2 << 2;
        let run8 = run4 & run4 << 4;
        let run13 = run8 & run8 << 5;
        dashes | dot3 | letters | run13 & !(run13 << 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn triggers(text: &str) -> Vec<usize> {
        let mut words = Vec::new();
        find(text.as_bytes(), &mut words);
        (0..text.len()).filter(|i| words[i / STEP] >> (i % STEP) & 1 == 1).collect()
    }

    #[test]
    fn each_shape_triggers_at_its_last_byte_wherever_a_step_ends() {
        let shapes = [
            ("ana@", 3),
            ("x=", 1),
            ("%", 0),
            ("4111 1111 1111", 12),
            ("12-34-", 5),
            ("1.22.333.", 8),
            ("GB82", 3),
            ("+4", 1),
            ("s://", 2),
            ("\":", 1),
            ("':", 1),
            ("eyJ", 2),
            ("AKI", 2),
            ("ghp_", 3),
            ("Bea", 2),
            ("tok_", 3),
        ];
        for (shape, at) in shapes {
            for before in 0..130 {
                for after in [0, 1, 20, 100] {
                    let text = format!("{}{shape}{}", "x".repeat(before), "x".repeat(after));
                    assert_eq!(triggers(&text), [before + at], "{shape} behind {before} bytes, before {after}");
                }
            }
        }
    }

    #[test]
    fn prose_and_identifiers_trigger_nothing() {
        let text = "reserved by agent promo 2024/01 v1.2 span_id 17 of 42, Mozilla/5.0 (X11; Linux x86_64) {id} 12:30:01Z +x c/o http:x";
        assert_eq!(triggers(text), [0; 0]);
    }

    #[test]
    fn a_long_run_of_digits_triggers_once() {
        assert_eq!(triggers(&"4".repeat(1000)), [12]);
    }
}
