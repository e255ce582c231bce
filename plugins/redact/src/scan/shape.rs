//! Where in a run of texts could anything begin that is known by its shape?
//!
//! One pass without calls or branches goes over the bytes in steps of 48 and writes a word for each step, in which a bit is set at each
//! *trigger*: a place at which some detector has to look. Triggers are necessary, not sufficient: every match of a detector has one, at the
//! place that [`Shape`] says, and most texts have none.
//!
//! Each step also knows the 16 bytes before it, so that a shape of several bytes is found across the border of two steps.

use crate::block::{Block, LEN};

/// What wakes a detector, and where: at the last byte of the shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `@`
    At,
    /// `%`, `&`, `\\`, a byte beyond ASCII: something may be escaped, or look like something else.
    Hidden,
    /// `+`
    Plus,
    /// The 13th byte of a run of digits, spaces and dashes; once a run.
    Digits,
    /// The second dash (or space) of `dd-dd-`.
    Dashes,
    /// The third of three dots that each follow a digit, with two to four bytes from dot to dot.
    Dots,
    /// The second digit of two upper-case letters and two digits.
    Letters,
    /// A colon at most five bytes behind another.
    Colons,
    /// A colon at most five bytes behind another; the last of four dashes (or spaces) three bytes apart; the second of two dots five bytes apart.
    Pairs,
    /// The sixth byte of a run of digits, spaces and dashes, once a run; the second of two dots four bytes apart that follow digits. Also the triggers of `Letters`.
    Run,
    /// The 16th byte of a run of letters and digits; once a run.
    Word,
    /// The last of three dashes (or spaces) five bytes apart.
    Fives,
}

impl Shape {
    /// Which of the two words of a [`Step`] has it. What only some detectors need costs nothing where none of them is in use.
    pub(super) const fn group(self) -> usize {
        matches!(self, Shape::Colons | Shape::Pairs | Shape::Run | Shape::Word | Shape::Fives) as usize
    }

    /// The bytes that can stand at the trigger.
    pub(super) const fn bytes(self) -> &'static [u8] {
        match self {
            Shape::At => b"@",
            Shape::Hidden => &HIDDEN,
            Shape::Plus => b"+",
            Shape::Digits => b"0123456789 -",
            Shape::Dashes | Shape::Fives => b" -",
            Shape::Dots => b".",
            Shape::Letters => b"0123456789",
            Shape::Colons => b":",
            Shape::Pairs => b":- .",
            Shape::Run => b"0123456789 -.",
            Shape::Word => b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        }
    }
}

/// `%`, `&`, `\\`, and the bytes with which characters beyond ASCII begin. Those with which they go on trigger too, but wake nobody.
const HIDDEN: [u8; 54] = {
    let mut bytes = [b'%'; 54];
    bytes[1] = b'&';
    bytes[2] = b'\\';
    let mut byte = 0xC2;
    while byte <= 0xF4 {
        bytes[byte as usize - 0xC2 + 3] = byte;
        byte += 1;
    }
    bytes
};

/// Bytes of a step.
pub(super) const STEP: usize = 48;

/// Bytes before a step that it knows, which is more than the longest shape has.
const BEFORE: usize = LEN;

/// Stands before and behind the bytes. It triggers nothing.
const PADDING: u8 = 0xFF;

/// Triggers of a step: those that every scanner looks for, and the others.
pub(super) type Step = [u64; 2];

/// Fills `words` with the triggers of `bytes`: bit `i` of word `w` stands for byte `48 * w + i`. The second words are 0 unless `ALL`.
pub(super) fn find<const ALL: bool>(bytes: &[u8], words: &mut Vec<Step>) {
    words.clear();
    words.resize(bytes.len().div_ceil(STEP), [0; 2]);
    let Some((last, whole)) = words.split_last_mut() else { return };
    let mut masks = Masks::default();
    for (word, step) in whole.iter_mut().zip(bytes.as_chunks::<STEP>().0) {
        *word = masks.step::<ALL>(step);
    }
    // The last step would reach beyond the bytes.
    let rest = &bytes[whole.len() * STEP..];
    let mut edge = [PADDING; STEP];
    edge[..rest.len()].copy_from_slice(rest);
    *last = masks.step::<ALL>(&edge);
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
    /// Letter or digit.
    word: u64,
}

impl Masks {
    #[inline(always)]
    fn step<const ALL: bool>(&mut self, step: &[u8; STEP]) -> Step {
        let [a, b, c] = [0, 1, 2].map(|part| Block::load(step[part * LEN..].first_chunk().expect("a step has three blocks")));
        let bits = |class: fn(Block) -> Block| class(a).bits() | class(b).bits() << LEN | class(c).bits() << (2 * LEN);
        let next = |mask: u64, bits: u64| mask >> STEP | bits << BEFORE;
        self.digit = next(self.digit, bits(|byte| byte.within(b'0', b'9')));
        self.dot = next(self.dot, bits(|byte| byte.equals(b'.')));
        self.gap = next(self.gap, bits(|byte| byte.equals(b' ').or(byte.equals(b'-'))));
        self.upper = next(self.upper, bits(|byte| byte.within(b'A', b'Z')));
        let rare = bits(|byte| {
            let signs = byte.equals(b'@').or(byte.within(b'%', b'&')).or(byte.equals(b'+')).or(byte.equals(b'\\'));
            signs.or(byte.beyond_ascii())
        });
        if ALL {
            self.colon = next(self.colon, bits(|byte| byte.equals(b':')));
            self.word = next(self.word, bits(|byte| byte.folded().within(b'a', b'z'))) | self.digit;
        }
        let [all, others] = self.shapes::<ALL>();
        [all >> BEFORE | rare, others >> BEFORE]
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
        let fives = gap & gap << 5 & gap << 10;
        let word2 = word & word << 1;
        let word4 = word2 & word2 << 2;
        let word8 = word4 & word4 << 4;
        let word16 = word8 & word8 << 8;
        [all, letters | colons | pairs | fives | run6 & !(run6 << 1) | word16 & !(word16 << 1)]
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
            ("%", &[0]),
            ("&\\", &[0, 1]),
            ("é４", &[0, 1, 2, 3, 4]),
            ("+", &[0]),
            ("4111 1111 1111", &[5, 12]),
            ("12-34-", &[5]),
            ("1.22.333.", &[8]),
            ("GB82", &[3]),
            ("::", &[1]),
            (":abcd:", &[5]),
            ("-ab-cd-ef-", &[9]),
            ("-abcd-efgh-", &[10]),
            (".abcd.", &[5]),
            ("1.234.", &[5]),
            ("abcdEFGH-ijklmno", &[]),
            ("abcdEFGHij30xyzu", &[15]),
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
        let text = "reserved by agent promo 2024/01 v1.2 span_id 17 of 42, Mozilla/5.0 (X11; Linux x86_64) {id} token=x c/o";
        assert_eq!(triggers(text), [0; 0]);
    }

    #[test]
    fn a_long_run_of_digits_triggers_once_for_each_length() {
        assert_eq!(triggers(&"4".repeat(1000)), [5, 12, 15]);
    }
}
