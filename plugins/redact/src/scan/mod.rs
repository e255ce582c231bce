//! The scanner: all texts of a run, all detectors, in one go.
//!
//! Phase one ([`trigger`]) marks the places at which any detector has to look; phase two walks the marks and wakes the detectors whose trigger
//! can be there. Detectors check everything themselves, so waking one for nothing costs time only. Two more are woken like detectors: the search
//! for assignments such as `token=..`, and the note that a text hides something and has to be looked at in another form.

mod block;
mod texts;
mod trigger;

pub(crate) use texts::{Texts, TextsBuf};
pub(crate) use trigger::Trigger;

use crate::assign::Assignments;
use crate::decode;
use crate::detect::{DETECTORS, Hit, Scan};

/// The rule number of hits by key rules inside texts; detectors have their place in [`DETECTORS`], custom rules come behind.
pub(crate) const KEY_RULE: usize = DETECTORS.len();

/// Stands behind all rules in the sets of those to wake.
const ENCODED: usize = KEY_RULE + 1;

/// Rules as bits.
type RuleSet = u64;

const _: () = assert!(ENCODED < RuleSet::BITS as usize);

/// Which detectors are in use, and memory for scanning.
pub(crate) struct Scanner {
    /// For each group of triggers and each byte, the rules whose trigger it can be.
    wakes: [Box<[RuleSet; 256]>; 2],
    /// Whether any rule has a trigger of the second group.
    all: bool,
    assignments: Assignments,
    words: Vec<trigger::Step>,
    floors: [usize; ENCODED],
}

impl Scanner {
    /// A scanner with the detectors at these places of [`DETECTORS`].
    pub(crate) fn new(detectors: &[usize], assignments: Assignments) -> Self {
        let mut wakes = [Box::new([0; 256]), Box::new([0; 256])];
        let mut wake = |trigger: Trigger, rule: usize| {
            trigger.bytes().iter().for_each(|byte| wakes[trigger.group()][*byte as usize] |= 1 << rule);
        };
        for place in detectors {
            wake(DETECTORS[*place].trigger, *place);
        }
        if !assignments.is_empty() {
            wake(Trigger::Assignment, KEY_RULE);
        }
        wake(Trigger::Percent, ENCODED);
        wake(Trigger::Hidden, ENCODED);
        wake(Trigger::Plus, ENCODED);
        wake(Trigger::Bearer, ENCODED);
        let all = detectors.iter().any(|place| DETECTORS[*place].trigger.group() > 0);
        Scanner { wakes, all, assignments, words: Vec::new(), floors: [0; ENCODED] }
    }

    /// Notes in `hits` what stands in the texts, and in `encoded` the texts that have to be looked at in other forms. Both are appended to.
    pub(crate) fn scan(&mut self, texts: Texts<'_>, hits: &mut Vec<Hit>, encoded: &mut Vec<u32>) {
        match self.all {
            true => trigger::find::<true>(texts.bytes, &mut self.words),
            false => trigger::find::<false>(texts.bytes, &mut self.words),
        }
        self.floors.fill(0);
        let mut encoded_until = 0;
        let mut index = 0;
        for (step, groups) in self.words.iter().enumerate() {
            for (group, wakes) in groups.iter().zip(&self.wakes) {
                let mut rest = *group;
                while rest != 0 {
                    let at = step * trigger::STEP + rest.trailing_zeros() as usize;
                    rest &= rest - 1;
                    let mut rules = wakes[texts.bytes[at] as usize];
                    while rules != 0 {
                        let rule = rules.trailing_zeros() as usize;
                        rules &= rules - 1;
                        if rule == ENCODED {
                            if at >= encoded_until && decode::hides(texts.bytes, at) {
                                index = texts.index_at(at, index);
                                encoded_until = texts.range(index).end;
                                encoded.push(index as u32);
                            }
                            continue;
                        }
                        if at < self.floors[rule] {
                            continue;
                        }
                        let mut scan = Scan { bytes: texts.bytes, hits: &mut *hits, floors: &mut self.floors, rule };
                        match DETECTORS.get(rule) {
                            Some(detector) => (detector.search)(&mut scan, at),
                            None => self.assignments.search(&mut scan, at),
                        }
                    }
                }
            }
        }
    }
}
