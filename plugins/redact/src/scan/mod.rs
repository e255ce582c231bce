//! The scanner: all texts of a run, all rules, in one go.
//!
//! Phase one marks the places at which a rule has to look: [`shape`]s, such as three dots behind digits, and [`literal`]s, such as `eyJ`. Phase two
//! walks the marks and wakes the detectors whose trigger can be there. Detectors check everything themselves, so waking one for nothing costs time
//! only. Three more are woken like detectors: the search for assignments such as `token=..`, the note that a text hides something and has to be looked
//! at in another form, and the note that a custom rule may match in a text.

mod groups;
mod literal;
mod shape;
mod texts;

pub(crate) use literal::Literal;
pub(crate) use shape::Shape;
pub(crate) use texts::{Texts, TextsBuf};

use std::ops::Range;

use crate::assign::Assignments;
use crate::decode;
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
    /// Detectors that shapes and literals wake: they go over the texts twice.
    twice: Vec<usize>,
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
    /// Texts that have to be looked at in other forms, in ascending order.
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
        let (mut all, mut literals, mut of_literal, mut twice) = (false, Vec::new(), Vec::new(), Vec::new());
        for place in detectors {
            match DETECTORS[*place].trigger {
                Trigger::Shape(shape) => all |= wake(shape, *place),
                Trigger::Literals(texts) => literals.extend(texts.iter().map(|text| Literal::exact(text))),
                Trigger::Word(word) => literals.push(Literal::any_case(word)),
                Trigger::ShapeOrLiteral(shape, text) => {
                    all |= wake(shape, *place);
                    literals.push(Literal::exact(text));
                    twice.push(*place);
                }
            }
            of_literal.resize(literals.len(), Wake::Detector(*place));
        }
        wake(Shape::Hidden, ENCODED);
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
            twice,
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
        for rule in &self.twice {
            self.rules.floors[*rule] = 0;
        }
        self.wake_by_literal(texts, found);
        self.rules.search_names(texts, &found.encoded, &mut found.hits);
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
                        } else if at >= encoded_until && decode::hides(texts.bytes, at) {
                            index = texts.index_at(at, index);
                            encoded_until = texts.range(index).end;
                            found.encoded.push(index as u32);
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
    /// Looks at the names in which no literal stands: every name where some rule has no literal, else those in texts that hide something, as the name may
    /// be hidden itself. The value stands as it is there, in a view it may end earlier.
    fn search_names(&mut self, texts: Texts<'_>, encoded: &[u32], hits: &mut Vec<Hit>) {
        if self.assignments.is_empty() {
            return;
        }
        // What was found so far stands anywhere.
        self.floors[KEY_RULE] = 0;
        if self.assignments.needs_every_sign() {
            return self.search_every_name(texts.bytes, 0..texts.bytes.len(), hits);
        }
        for index in encoded {
            self.search_every_name(texts.bytes, texts.range(*index as usize), hits);
        }
    }

    fn search_every_name(&mut self, bytes: &[u8], range: Range<usize>, hits: &mut Vec<Hit>) {
        for sign in memchr::memchr2_iter(b'=', b':', &bytes[range.clone()]) {
            self.wake(KEY_RULE, bytes, range.start + sign, hits);
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
