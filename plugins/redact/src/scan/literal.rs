//! Where in a run of texts do some literals stand?
//!
//! Every literal has a *window* of three bytes. One pass asks at each place, sixteen at a time, whether the three bytes there could be such a
//! window, by looking up the halves of each byte in small tables: the algorithm Teddy of Hyperscan. The few places that are left are compared with
//! the literals themselves, which a hash of the three bytes finds.

use super::block::{Block, LEN};

/// Bytes of a literal that the first pass looks at.
const WINDOW: usize = 3;

/// Bytes for which one word tells where windows may be.
const STEP: usize = 64;

/// Literals are in so many groups, a bit of a table's entries for each.
const GROUPS: usize = 8;

/// A text that wakes something where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Literal {
    /// At least three bytes, in lower case if `any_case`.
    pub(crate) text: Vec<u8>,
    /// Whether case matters.
    pub(crate) any_case: bool,
}

impl Literal {
    pub(crate) fn exact(text: &[u8]) -> Self {
        Literal { text: text.to_vec(), any_case: false }
    }

    pub(crate) fn any_case(text: &[u8]) -> Self {
        Literal { text: text.to_ascii_lowercase(), any_case: true }
    }

    /// Where its rarest window begins.
    fn window(&self) -> usize {
        let common = |at: &usize| self.text[*at..at + WINDOW].iter().map(|byte| commonness(*byte)).sum::<usize>();
        (0..=self.text.len() - WINDOW).min_by_key(common).unwrap_or_default()
    }
}

/// How common a byte is in names, paths and prose, roughly.
fn commonness(byte: u8) -> usize {
    const ORDER: &[u8] = b"zqjxkvbywgfpmuhcdl_snro-i/ta. e";
    ORDER.iter().position(|known| *known == byte.to_ascii_lowercase()).map_or(if byte.is_ascii_digit() { 20 } else { 5 }, |place| place)
}

/// Finds literals, and tells by their numbers which.
pub(super) struct Literals {
    /// For each byte of a window, the groups that have it, by its lower and its upper half.
    tables: [[[u8; LEN]; 2]; WINDOW],
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

const HEADS: usize = 256;

const NONE: u16 = u16::MAX;

/// A hash of three bytes that is the same for upper and lower case.
#[inline(always)]
fn hash(window: &[u8; WINDOW]) -> usize {
    let [a, b, c] = window.map(|byte| u32::from(byte | 0x20));
    ((a | b << 8 | c << 16).wrapping_mul(0x9E37_79B1) >> 24) as usize
}

impl Literals {
    /// A finder of these, which have their numbers by their order.
    pub(super) fn new(literals: Vec<Literal>) -> Self {
        let mut heads = Box::new([NONE; HEADS]);
        let mut entries: Vec<Entry> = Vec::new();
        for literal in literals {
            let window = literal.window();
            let head = &mut heads[hash(window_at(&literal.text, window))];
            entries.push(Entry { literal, window, next: std::mem::replace(head, entries.len() as u16) });
        }
        let mut tables = [[[0; LEN]; 2]; WINDOW];
        // Windows that are alike share a group, so that a group's tables let few others through.
        let mut order: Vec<&Entry> = entries.iter().collect();
        order.sort_by_key(|entry| window_at(&entry.literal.text, entry.window).map(|byte| byte.to_ascii_lowercase()));
        let each = order.len().div_ceil(GROUPS).max(1);
        for (place, entry) in order.iter().enumerate() {
            let group = 1 << (place / each);
            for (table, byte) in tables.iter_mut().zip(window_at(&entry.literal.text, entry.window)) {
                let cases = if entry.literal.any_case { [byte.to_ascii_lowercase(), byte.to_ascii_uppercase()] } else { [*byte; 2] };
                for byte in cases {
                    table[0][usize::from(byte & 0xF)] |= group;
                    table[1][usize::from(byte >> 4)] |= group;
                }
            }
        }
        Literals { tables, heads, entries, words: Vec::new() }
    }

    /// Calls `each` with the start of each literal that stands in `bytes`, and its number. Windows are in ascending order.
    #[inline(always)]
    pub(super) fn find(&mut self, bytes: &[u8], mut each: impl FnMut(usize, usize)) {
        if self.entries.is_empty() {
            return;
        }
        self.mark(bytes);
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
    fn mark(&mut self, bytes: &[u8]) {
        self.words.clear();
        self.words.resize(bytes.len().div_ceil(STEP), 0);
        let tables = self.tables.map(|halves| halves.map(|table| Block::load(&table)));
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
fn windows(tables: &[[Block; 2]; WINDOW], bytes: &[u8; STEP + WINDOW - 1]) -> u64 {
    let part = |from: usize| {
        let groups = |byte: usize| {
            let block = Block::load(bytes[from + byte..].first_chunk().expect("a step has four blocks and what follows"));
            tables[byte][0].look_up(block.lower_halves()).and(tables[byte][1].look_up(block.upper_halves()))
        };
        groups(0).and(groups(1)).and(groups(2)).non_zero_bits() << from
    };
    part(0) | part(LEN) | part(2 * LEN) | part(3 * LEN)
}

fn window_at(text: &[u8], at: usize) -> &[u8; WINDOW] {
    text[at..].first_chunk().expect("literals have three bytes")
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
