//! The scanner: all texts of a run, all rules, in one go.
//!
//! Phase one marks the places at which a rule has to look: [`shape`]s, such as three dots behind digits, and [`literal`]s, such as `eyJ`. Phase two
//! walks the marks and wakes the detectors whose trigger can be there. Detectors check everything themselves, so waking one for nothing costs time
//! only. Three more are woken like detectors: the search for assignments such as `token=..`, the note that a text holds percent-encoding, and the note
//! that a custom rule may match in a text.

mod groups;
mod literal;
mod shape;
mod texts;

pub(crate) use literal::Literal;
pub(crate) use shape::Shape;
pub(crate) use texts::{Texts, TextsBuf};

use crate::assign::Assignments;
use crate::detect::{DETECTORS, Hit, Scan, Trigger};
use literal::Literals;

/// The rule number of hits by key rules inside texts; detectors have their place in [`DETECTORS`], custom rules come behind.
pub(crate) const KEY_RULE: usize = DETECTORS.len();

/// Stands behind all rules in the sets of those to wake.
const ENCODED: usize = KEY_RULE + 1;

/// Rules as bits.
type RuleSet = u64;

const _: () = assert!(ENCODED < RuleSet::BITS as usize);

/// Which rules are in use, and memory for scanning.
pub(crate) struct Scanner {
    /// For each group of shapes and each byte, the rules whose trigger it can be.
    wakes: [Box<[RuleSet; 256]>; 2],
    /// Whether any rule has a trigger of the second group.
    all: bool,
    literals: Literals,
    /// For each literal, what it wakes.
    of_literal: Vec<Wake>,
    rules: Rules,
    words: Vec<shape::Step>,
    /// For each custom rule, where the text ends that was noted for it last.
    noted: Vec<usize>,
}

/// What is woken.
struct Rules {
    assignments: Assignments,
    floors: [usize; ENCODED],
}

/// What a literal wakes.
#[derive(Clone, Copy)]
enum Wake {
    /// A detector, by its place.
    Detector(usize),
    /// Key rules: it may be a part of a name.
    Name,
    /// A custom rule, by its number among them.
    Custom(usize),
}

/// What a scan finds.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) hits: Vec<Hit>,
    /// Texts that have to be looked at in decoded form.
    pub(crate) encoded: Vec<u32>,
    /// Custom rules, by their number among them, and texts in which they may match.
    pub(crate) asked: Vec<(u32, u32)>,
}

impl Found {
    pub(crate) fn clear(&mut self) {
        self.hits.clear();
        self.encoded.clear();
        self.asked.clear();
    }
}

impl Scanner {
    /// A scanner with the detectors at these places of [`DETECTORS`], and custom rules that match only where one of their literals stands.
    pub(crate) fn new(detectors: &[usize], assignments: Assignments, custom: &[&[Literal]]) -> Self {
        let mut wakes = [Box::new([0; 256]), Box::new([0; 256])];
        let mut wake = |shape: Shape, rule: usize| {
            shape.bytes().iter().for_each(|byte| wakes[shape.group()][usize::from(*byte)] |= 1 << rule);
            shape.group() > 0
        };
        let (mut all, mut literals, mut of_literal) = (false, Vec::new(), Vec::new());
        for place in detectors {
            match DETECTORS[*place].trigger {
                Trigger::Shape(shape) => all |= wake(shape, *place),
                Trigger::Literals(texts) => literals.extend(texts.iter().map(|text| Literal::exact(text))),
                Trigger::Word(word) => literals.push(Literal::any_case(word)),
            }
            of_literal.resize(literals.len(), Wake::Detector(*place));
        }
        wake(Shape::Percent, ENCODED);
        wake(Shape::Plus, ENCODED);
        literals.extend(assignments.literals());
        of_literal.resize(literals.len(), Wake::Name);
        for (number, texts) in custom.iter().enumerate() {
            literals.extend_from_slice(texts);
            of_literal.resize(literals.len(), Wake::Custom(number));
        }
        Scanner {
            wakes,
            all,
            literals: Literals::new(literals),
            of_literal,
            rules: Rules { assignments, floors: [0; ENCODED] },
            words: Vec::new(),
            noted: vec![0; custom.len()],
        }
    }

    /// Adds to `found` what stands in the texts.
    pub(crate) fn scan(&mut self, texts: Texts<'_>, found: &mut Found) {
        self.rules.floors.fill(0);
        self.noted.fill(0);
        self.rules.assignments.begin();
        self.wake_by_shape(texts, found);
        self.wake_by_literal(texts, found);
        if self.rules.assignments.needs_every_sign() {
            for sign in memchr::memchr2_iter(b'=', b':', texts.bytes) {
                self.rules.wake(KEY_RULE, texts.bytes, sign, &mut found.hits);
            }
        }
    }

    fn wake_by_shape(&mut self, texts: Texts<'_>, found: &mut Found) {
        match self.all {
            true => shape::find::<true>(texts.bytes, &mut self.words),
            false => shape::find::<false>(texts.bytes, &mut self.words),
        }
        let (mut encoded_until, mut index) = (0, 0);
        for (step, groups) in self.words.iter().enumerate() {
            for (group, word) in groups.iter().enumerate() {
                let mut rest = *word;
                while rest != 0 {
                    let at = step * shape::STEP + rest.trailing_zeros() as usize;
                    rest &= rest - 1;
                    let mut rules = self.wakes[group][usize::from(texts.bytes[at])];
                    // The last rules first: user and password of a URL are looked for before e-mail addresses, which they may look like.
                    while rules != 0 {
                        let rule = rules.ilog2() as usize;
                        rules ^= 1 << rule;
                        if rule != ENCODED {
                            self.rules.wake(rule, texts.bytes, at, &mut found.hits);
                        } else if at >= encoded_until && is_encoded(texts.bytes, at) {
                            index = texts.index_at(at, index);
                            encoded_until = texts.range(index).end;
                            found.encoded.push(index as u32);
                            self.rules.search_encoded_names(texts.bytes, at, encoded_until, &mut found.hits);
                        }
                    }
                }
            }
        }
    }

    fn wake_by_literal(&mut self, texts: Texts<'_>, found: &mut Found) {
        let mut index = 0;
        let Scanner { literals, of_literal, rules, noted, .. } = self;
        literals.find(texts.bytes, |start, number| match of_literal[number] {
            Wake::Detector(rule) => rules.wake(rule, texts.bytes, start, &mut found.hits),
            Wake::Name => {
                if let Some(sign) = rules.assignments.sign_behind(texts.bytes, start) {
                    rules.wake(KEY_RULE, texts.bytes, sign, &mut found.hits);
                }
            }
            Wake::Custom(number) => {
                if start >= noted[number] {
                    // No literal crosses the border of two texts, so their order is that of the texts.
                    index = texts.index_at(start, index);
                    noted[number] = texts.range(index).end;
                    found.asked.push((number as u32, index as u32));
                }
            }
        });
    }
}

impl Rules {
    /// A name that is percent-encoded itself holds no literal: every name in such a text is looked at.
    fn search_encoded_names(&mut self, bytes: &[u8], from: usize, to: usize, hits: &mut Vec<Hit>) {
        if self.assignments.is_empty() {
            return;
        }
        for percent in memchr::memchr_iter(b'%', &bytes[from..to]) {
            if let Some(sign) = self.assignments.sign_behind(bytes, from + percent) {
                self.wake(KEY_RULE, bytes, sign, hits);
            }
        }
    }

    #[inline(always)]
    fn wake(&mut self, rule: usize, bytes: &[u8], at: usize, hits: &mut Vec<Hit>) {
        if at < self.floors[rule] {
            return;
        }
        let mut scan = Scan { bytes, hits, floors: &mut self.floors, rule };
        match DETECTORS.get(rule) {
            Some(detector) => (detector.search)(&mut scan, at),
            None => self.assignments.search(&mut scan, at),
        }
    }
}

/// Whether a percent-encoded byte begins at `at`, or a `+` there may stand for a space: between a letter or digit and a digit, or behind the word bearer.
fn is_encoded(bytes: &[u8], at: usize) -> bool {
    match bytes[at] {
        b'%' => bytes.get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)),
        _ => {
            let behind_a_word = at >= 1 && bytes[at - 1].is_ascii_alphanumeric();
            let before_a_digit = bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
            behind_a_word && (before_a_digit || bytes[..at].last_chunk().is_some_and(|word: &[u8; 6]| word.eq_ignore_ascii_case(b"bearer")))
        }
    }
}
