//! Where in a run of texts do some literals stand?
//!
//! Every literal has a *window* of two to four bytes. One pass asks at each place, sixteen at a time, whether the bytes there could be such a
//! window, by looking up the halves of each byte in small tables: the algorithm Teddy of Hyperscan. The few places that are left are compared with
//! the literals themselves, which a hash of three bytes finds. The more literals there are the wider their windows have to be, so that few
//! places are left.

use super::groups::{Halves, WINDOW, chance, groups_of};
use crate::block::{Block, LEN};

/// The fewest bytes of a literal. Any byte may stand behind one that is shorter than a window.
const SHORTEST: usize = 3;

/// Bytes for which one word tells where windows may be.
const STEP: usize = 64;

/// A text that wakes something where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Literal {
    /// At least three bytes, in lower case if `any_case`.
    pub(crate) text: Vec<u8>,
    /// Whether case does not matter.
    pub(crate) any_case: bool,
}

impl Literal {
    pub(crate) fn exact(text: &[u8]) -> Self {
        Literal { text: text.to_vec(), any_case: false }
    }

    pub(crate) fn any_case(text: &[u8]) -> Self {
        Literal { text: text.to_ascii_lowercase(), any_case: true }
    }

    /// The halves of the bytes of the window of so many bytes at this place of the text.
    fn halves(&self, window: usize, width: usize) -> Halves {
        std::array::from_fn(|place| match self.text.get(window + place) {
            None => [u16::MAX; 2],
            Some(_) if place >= width => [u16::MAX; 2],
            Some(byte) if self.any_case => {
                let (lower, upper) = (byte.to_ascii_lowercase(), byte.to_ascii_uppercase());
                [1 << (lower & 0xF) | 1 << (upper & 0xF), 1 << (lower >> 4) | 1 << (upper >> 4)]
            }
            Some(byte) => [1 << (byte & 0xF), 1 << (byte >> 4)],
        })
    }

    /// Where its rarest window of so many bytes begins. Three bytes are there to be hashed.
    fn window(&self, width: usize) -> usize {
        let last = self.text.len().saturating_sub(width.max(SHORTEST));
        let chance = |window: &usize| chance(&self.halves(*window, width));
        (0..=last).min_by(|a, b| chance(a).total_cmp(&chance(b))).unwrap_or_default()
    }
}

/// Nanoseconds that a byte more of the windows takes for each byte of text, and that a place takes which has to be looked at: about, and only
/// their ratio matters.
const COSTS: (f64, f64) = (0.08, 5.0);

/// Finds literals, and tells by their numbers which.
pub(super) struct Literals {
    /// For each byte of a window, the groups that have it, by its lower and its upper half.
    tables: [[[u8; LEN]; 2]; WINDOW],
    /// How many bytes of windows are looked at.
    width: usize,
    /// For each hash of a window, the first of its entries.
    heads: Box<[u16; HEADS]>,
    entries: Vec<Entry>,
    words: Vec<u64>,
}

struct Entry {
    literal: Literal,
    window: usize,
    /// The next entry whose window has the same hash.
    next: u16,
}

/// So many that most places which a window lets through for nothing have none.
const HEADS: usize = 2048;

const NONE: u16 = u16::MAX;

/// A hash of the first three bytes that is the same for upper and lower case.
#[inline(always)]
fn hash(window: &[u8; SHORTEST]) -> usize {
    let [a, b, c] = window.map(|byte| u32::from(byte | 0x20));
    ((a | b << 8 | c << 16).wrapping_mul(0x9E37_79B1) >> 21) as usize
}

impl Literals {
    /// A finder of these, which have their numbers by their order.
    pub(super) fn new(literals: Vec<Literal>) -> Self {
        let grouped = |width: usize| {
            let windows: Vec<Halves> = literals.iter().map(|literal| literal.halves(literal.window(width), width)).collect();
            let (groups, chance) = groups_of(&windows);
            (windows, groups, COSTS.0 * width as f64 + COSTS.1 * chance)
        };
        let widths = (2..=WINDOW).map(|width| (width, grouped(width)));
        let best = widths.min_by(|(_, (.., a)), (_, (.., b))| a.total_cmp(b));
        let (width, (windows, groups, _)) = best.unwrap_or_default();
        let mut tables = [[[0; LEN]; 2]; WINDOW];
        for (halves, group) in windows.iter().zip(groups) {
            for (table, bytes) in tables.iter_mut().flatten().zip(halves.iter().flatten()) {
                (0..LEN).filter(|half| bytes >> half & 1 == 1).for_each(|half| table[half] |= 1 << group);
            }
        }
        let mut heads = Box::new([NONE; HEADS]);
        let mut entries: Vec<Entry> = Vec::new();
        for literal in literals {
            let window = literal.window(width);
            let start = literal.text[window..].first_chunk().expect("literals have three bytes");
            let next = std::mem::replace(&mut heads[hash(start)], entries.len() as u16);
            entries.push(Entry { literal, window, next });
        }
        Literals { tables, width, heads, entries, words: Vec::new() }
    }

    /// Calls `each` with the start of each literal that stands in `bytes`, and its number. Windows are in ascending order.
    #[inline(always)]
    pub(super) fn find(&mut self, bytes: &[u8], mut each: impl FnMut(usize, usize)) {
        if self.entries.is_empty() {
            return;
        }
        match self.width {
            2 => self.mark::<2>(bytes),
            3 => self.mark::<3>(bytes),
            _ => self.mark::<WINDOW>(bytes),
        }
        for (step, word) in self.words.iter().enumerate() {
            let mut rest = *word;
            while rest != 0 {
                let at = step * STEP + rest.trailing_zeros() as usize;
                rest &= rest - 1;
                let Some(window) = bytes.get(at..).and_then(<[u8]>::first_chunk) else { continue };
                let mut next = self.heads[hash(window)];
                while let Some(entry) = self.entries.get(usize::from(next)) {
                    if let Some(start) = at.checked_sub(entry.window)
                        && entry.literal.stands_at(bytes, start)
                    {
                        each(start, usize::from(next));
                    }
                    next = entry.next;
                }
            }
        }
    }

    /// Sets a bit at each place where a window may begin. Like a [shape](super::shape), a loop without calls.
    fn mark<const WIDTH: usize>(&mut self, bytes: &[u8]) {
        self.words.clear();
        self.words.resize(bytes.len().div_ceil(STEP), 0);
        let tables: [_; WIDTH] = std::array::from_fn(|place| self.tables[place].map(|table| Block::load(&table)));
        for (step, word) in self.words.iter_mut().enumerate() {
            // Windows that begin in a step may end behind it.
            if let Some(bytes) = bytes[step * STEP..].first_chunk::<{ STEP + WINDOW - 1 }>() {
                *word = windows(&tables, bytes);
            } else {
                let rest = &bytes[step * STEP..];
                let mut edge = [0; STEP + WINDOW - 1];
                edge[..rest.len()].copy_from_slice(rest);
                *word = windows(&tables, &edge);
            }
        }
    }
}

/// The places in a step at which a window may begin.
#[inline(always)]
fn windows<const WIDTH: usize>(tables: &[[Block; 2]; WIDTH], bytes: &[u8; STEP + WINDOW - 1]) -> u64 {
    let part = |from: usize| {
        let groups = |byte: usize| {
            let block = Block::load(bytes[from + byte..].first_chunk().expect("a step has four blocks and what follows"));
            tables[byte][0].look_up(block.lower_halves()).and(tables[byte][1].look_up(block.upper_halves()))
        };
        (1..WIDTH).fold(groups(0), |all, byte| all.and(groups(byte))).non_zero_bits() << from
    };
    part(0) | part(LEN) | part(2 * LEN) | part(3 * LEN)
}

impl Literal {
    #[inline(always)]
    fn stands_at(&self, bytes: &[u8], start: usize) -> bool {
        bytes.get(start..start + self.text.len()).is_some_and(|part| match self.any_case {
            true => part.eq_ignore_ascii_case(&self.text),
            false => part == self.text,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(literals: &[Literal], text: &[u8]) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        Literals::new(literals.to_vec()).find(text, |start, number| found.push((start, number)));
        found.sort_unstable();
        found
    }

    #[test]
    fn literals_are_found_wherever_a_step_ends_and_nothing_else_is() {
        let literals: Vec<_> = ["eyJ", "AKIA", "ghp_", "-----BEGIN", "tok_", "xkeysib-"].map(|text| Literal::exact(text.as_bytes())).into();
        for (number, literal) in literals.iter().enumerate() {
            for before in 0..200 {
                for after in [0, 1, 2, 3, 70] {
                    let text = [&vec![b'~'; before], &literal.text[..], &vec![b'.'; after]].concat();
                    assert_eq!(found(&literals, &text), [(before, number)], "{before} {after}");
                }
            }
        }
        assert_eq!(found(&literals, b"eyj aKIA ghp- -----BEGI tok xkeysib_ e"), []);
        assert_eq!(found(&[], b"eyJ"), []);
    }

    #[test]
    fn case_matters_or_does_not() {
        let literals = [Literal::any_case(b"Bearer"), Literal::exact(b"Bea"), Literal::any_case(b"arer")];
        assert_eq!(found(&literals, b"bEARER Bearer beare"), [(0, 0), (2, 2), (7, 0), (7, 1), (9, 2)]);
    }

    #[test]
    fn they_are_where_a_naive_search_finds_them() {
        let mut state = 7u32;
        let mut random = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % below
        };
        for _ in 0..200 {
            let literals: Vec<_> = (0..random(40))
                .map(|_| {
                    let text: Vec<u8> = (0..3 + random(4)).map(|_| b"abAB_\xC3"[random(6) as usize]).collect();
                    if random(2) == 0 { Literal::exact(&text) } else { Literal::any_case(&text) }
                })
                .collect();
            let text: Vec<u8> = (0..random(300)).map(|_| b"abAB_\xC3"[random(6) as usize]).collect();
            let naive = (0..text.len()).flat_map(|start| {
                let (text, literals) = (&text, &literals);
                (0..literals.len()).filter(move |number| literals[*number].stands_at(text, start)).map(move |number| (start, number))
            });
            assert_eq!(found(&literals, &text), naive.collect::<Vec<_>>());
        }
    }
}
