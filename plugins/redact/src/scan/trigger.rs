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
    /// `=`, or `:` behind a quote or a word: an assignment, as in URLs, forms, logs, SQL, JSON and prose.
    Assignment,
    /// `%`: something may be percent-encoded.
    Percent,
    /// `\`, `&`, the first byte of a character beyond ASCII: something may be escaped, or look like something else.
    Hidden,
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
    /// `s` of `b.s` in either case.
    Basic,
    /// `-` of `Y-`.
    Pem,
    /// A colon at most five bytes behind another.
    Colons,
    /// A colon at most five bytes behind another; the last of four dashes (or spaces) three bytes apart; the second of two dots five bytes apart.
    Pairs,
    /// The sixth byte of a run of digits, spaces and dashes, once a run; the second of two dots four bytes apart that follow digits. Also the triggers of `Letters`.
    Run,
    /// The 16th byte of a run of letters, digits, `_` and `-`; once a run. Other triggers of its group too, so it must be looked whether it is one.
    Word,
}

impl Trigger {
    /// Which of the two words of a [`Step`] has it. What only newer detectors need costs nothing where none of them is in use.
    pub(super) const fn group(self) -> usize {
        matches!(self, Trigger::Colons | Trigger::Pairs | Trigger::Run | Trigger::Word | Trigger::Pem | Trigger::Basic) as usize
    }

    /// The bytes that can stand at the trigger.
    pub(crate) const fn bytes(self) -> &'static [u8] {
        match self {
            Trigger::At => b"@",
            Trigger::Assignment => b"=:",
            Trigger::Percent => b"%",
            Trigger::Hidden => &HIDDEN,
            Trigger::Digits => b"0123456789 -",
            Trigger::Dashes => b" -",
            Trigger::Dots => b".",
            Trigger::Letters | Trigger::Plus => b"0123456789",
            Trigger::Scheme => b"/",
            Trigger::Json => b"J",
            Trigger::Aws => b"I",
            Trigger::GitHub | Trigger::Stripe => b"_",
            Trigger::Bearer => b"aA",
            Trigger::Basic => b"sS",
            Trigger::Pem => b"-",
            Trigger::Colons => b":",
            Trigger::Pairs => b":- .",
            Trigger::Run => b"0123456789 -.",
            Trigger::Word => b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-",
        }
    }
}

/// `\`, `&` and 0xC2 to 0xF4.
const HIDDEN: [u8; 53] = {
    let mut bytes = [b'\\'; 53];
    bytes[1] = b'&';
    let mut byte = 0xC2;
    while byte <= 0xF4 {
        bytes[byte as usize - 0xC2 + 2] = byte;
        byte += 1;
    }
    bytes
};

/// Bytes of a step.
pub(super) const STEP: usize = 48;

/// Bytes before a step that it knows, which is more than the longest shape has.
const BEFORE: usize = LEN;

const WINDOW: usize = BEFORE + STEP;

/// Stands before and behind the bytes. It triggers nothing.
const PADDING: u8 = 0xFF;

/// Triggers of a step: those that every scanner looks for, and the others.
pub(super) type Step = [u64; 2];

/// Fills `words` with the triggers of `bytes`: bit `i` of word `w` stands for byte `48 * w + i`. The second words are 0 unless `ALL`.
pub(super) fn find<const ALL: bool>(bytes: &[u8], words: &mut Vec<Step>) {
    words.clear();
    words.resize(bytes.len().div_ceil(STEP), [0; 2]);
    let mut masks = Masks::default();
    let mut edge = [PADDING; WINDOW];
    let last = words.len().saturating_sub(1);
    for (step, word) in words.iter_mut().enumerate() {
        let from = step * STEP;
        // The first and the last step would reach beyond the bytes.
        *word = match from.checked_sub(BEFORE).and_then(|start| bytes.get(start..)?.first_chunk::<WINDOW>()) {
            Some(window) if step != last => masks.step::<ALL>(window),
            _ => {
                let start = from.saturating_sub(BEFORE);
                let part = &bytes[start..bytes.len().min(from + STEP)];
                let into = BEFORE - (from - start);
                edge.fill(PADDING);
                edge[into..into + part.len()].copy_from_slice(part);
                masks.step::<ALL>(&edge)
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
    colon: u64,
    /// Letter, digit, `_` or `-`.
    word: u64,
}

impl Masks {
    #[inline(always)]
    fn step<const ALL: bool>(&mut self, window: &[u8; WINDOW]) -> Step {
        let (mut digit, mut dot, mut gap, mut upper, mut colon, mut word, mut rare, mut more) = (0, 0, 0, 0, 0, 0, 0, 0);
        for part in 0..3 {
            let at = BEFORE + part * LEN;
            let load = |back: usize| Block::load(window[at - back..].first_chunk().expect("the window reaches that far"));
            let (byte, before, before2) = (load(0), load(1), load(2));
            let is_digit = byte.within(b'0', b'9');
            let (is_dash, is_colon) = (byte.equals(b'-'), byte.equals(b':'));
            let (folded, before2_is_b) = (byte.folded(), before2.folded().equals(b'b'));
            let is_rare = byte
                .equals(b'@')
                .or(byte.equals(b'='))
                .or(byte.within(b'%', b'&'))
                .or(byte.equals(b'\\'))
                .or(byte.within(0xC2, 0xF4))
                .or(before.equals(b'+').and(is_digit))
                .or(before.equals(b':').and(byte.equals(b'/')))
                .or(before.equals(b'"').or(before.equals(b'\'')).and(is_colon))
                .or(before.equals(b'y').and(byte.equals(b'J')))
                .or(before.equals(b'K').and(byte.equals(b'I')))
                .or(before.equals(b'k').or(before2.equals(b'h')).and(byte.equals(b'_')))
                .or(before2_is_b.and(folded.equals(b'a')))
                .or(before.folded().within(b'a', b'z').and(is_colon));
            let shift = part * LEN;
            digit |= is_digit.bits() << shift;
            dot |= byte.equals(b'.').bits() << shift;
            gap |= byte.equals(b' ').or(is_dash).bits() << shift;
            upper |= byte.within(b'A', b'Z').bits() << shift;
            if ALL {
                more |= before2_is_b.and(folded.equals(b's')).or(before.equals(b'Y').and(is_dash)).bits() << shift;
                colon |= is_colon.bits() << shift;
                word |= folded.within(b'a', b'z').or(is_digit).or(is_dash).or(byte.equals(b'_')).bits() << shift;
            }
            rare |= is_rare.bits() << shift;
        }
        self.digit = self.digit >> STEP | digit << BEFORE;
        self.dot = self.dot >> STEP | dot << BEFORE;
        self.gap = self.gap >> STEP | gap << BEFORE;
        self.upper = self.upper >> STEP | upper << BEFORE;
        self.colon = self.colon >> STEP | colon << BEFORE;
        self.word = self.word >> STEP | word << BEFORE;
        let [all, others] = self.shapes::<ALL>();
        [all >> BEFORE | rare, others >> BEFORE | more]
    }

    /// Triggers that are shapes of classes. `mask << n` asks about the byte `n` before.
    #[inline(always)]
    fn shapes<const ALL: bool>(&self) -> Step {
        let Masks { digit, dot, gap, upper, colon, word } = *self;
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
        let all = dashes | dot3 | letters | run13 & !(run13 << 1);
        if !ALL {
            return [all, 0];
        }
        let run6 = run4 & run2 << 4;
        let colons = colon & (colon << 1 | colon << 2 | colon << 3 | colon << 4 | colon << 5);
        let gap2 = gap & gap << 3;
        let pairs = gap2 & gap2 << 6 | dot & dot << 5 | dot1 & dot1 << 4;
        let word2 = word & word << 1;
        let word4 = word2 & word2 << 2;
        let word8 = word4 & word4 << 4;
        let word16 = word8 & word8 << 8;
        [all, letters | colons | pairs | run6 & !(run6 << 1) | word16 & !(word16 << 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn triggers(text: &str) -> Vec<usize> {
        let mut words = Vec::new();
        find::<true>(text.as_bytes(), &mut words);
        let mut some = Vec::new();
        find::<false>(text.as_bytes(), &mut some);
        assert!(words.iter().zip(&some).all(|(all, some)| *some == [all[0], 0]));
        (0..text.len()).filter(|i| (words[i / STEP][0] | words[i / STEP][1]) >> (i % STEP) & 1 == 1).collect()
    }

    #[test]
    fn each_shape_triggers_at_its_last_byte_wherever_a_step_ends() {
        let shapes: &[(&str, &[usize])] = &[
            ("ana@", &[3]),
            ("x=", &[1]),
            ("%", &[0]),
            ("4111 1111 1111", &[5, 12]),
            ("12-34-", &[5]),
            ("1.22.333.", &[8]),
            ("GB82", &[3]),
            ("+4", &[1]),
            ("s://", &[1, 2]),
            ("\":", &[1]),
            ("':", &[1]),
            ("x:", &[1]),
            ("::", &[1]),
            (":abcd:", &[5]),
            ("eyJ", &[2]),
            ("AKI", &[2]),
            ("ghp_", &[3]),
            ("Bea", &[2]),
            ("Bas", &[2]),
            ("tok_", &[3]),
            ("KEY-", &[3]),
            ("-ab-cd-ef-", &[9]),
            (".abcd.", &[5]),
            ("1.234.", &[5]),
            ("abcdEFGH-123_xyz", &[15]),
        ];
        for (shape, at) in shapes {
            for before in 0..130 {
                for after in [0, 1, 20, 100] {
                    let text = format!("{}{shape}{}", "~".repeat(before), "~".repeat(after));
                    let at: Vec<_> = at.iter().map(|at| before + at).collect();
                    assert_eq!(triggers(&text), at, "{shape} behind {before} bytes, before {after}");
                }
            }
        }
    }

    #[test]
    fn prose_and_identifiers_trigger_nothing() {
        let text = "reserved by agent promo 2024/01 v1.2 span_id 17 of 42, Mozilla/5.0 (X11; Linux x86_64) {id} +x c/o";
        assert_eq!(triggers(text), [0; 0]);
    }

    #[test]
    fn a_long_run_of_digits_triggers_once_for_each_length() {
        assert_eq!(triggers(&"4".repeat(1000)), [5, 12, 15]);
    }
}
