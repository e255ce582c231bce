//! The detectors of personal data and secrets, each a piece of data: name, pattern, source, trigger, search, cases.
//!
//! A detector never goes over a text by itself. The scanner wakes it at each of its triggers, in ascending order, and it looks at the bytes
//! around the trigger. Where it has a [`Detector::pattern`], it finds exactly what a leftmost-first regex engine would find with that pattern,
//! one match after the other, with two exceptions that its documentation names: checks that a regex cannot do.
//!
//! Patterns are meant byte by byte: `\d`, `\s`, `\b` and `\w` know ASCII only, so a letter with an accent is a border of a word.
//! Texts lie one behind the other with 0xFF between them. No class has that byte, so no match crosses a border.

mod address;
#[cfg(test)]
mod catalogue;
mod check;
mod checks;
mod coin;
pub(crate) mod context;
pub(crate) mod id;
pub(crate) mod near;
mod network;
mod number;
mod secret;
#[cfg(test)]
mod tests;
mod token;

pub(crate) use checks::{CHECKS, Check, check_by_name, check_names};

use crate::decode::{AS_IT_IS, Grade};
use crate::scan::Shape;

/// The byte outside of all texts.
const OUTSIDE: u8 = 0xFF;

/// A kind of datum that can be found in texts.
pub(crate) struct Detector {
    /// Its name in configurations and counters.
    pub(crate) name: &'static str,
    /// What it finds, as the end of the sentence "finds ..".
    pub(crate) about: &'static str,
    /// The regex that it agrees with, but for what `about` says of checks; empty where no regex says it.
    pub(crate) pattern: &'static str,
    /// Where the shape comes from: a standard, a registry, a vendor's documentation.
    pub(crate) source: &'static str,
    /// What wakes it.
    pub(crate) trigger: Trigger,
    /// Looks around a trigger, which is given by the place that [`Trigger`] says, and notes what it finds.
    pub(crate) search: fn(&mut Scan<'_>, usize),
    /// Texts, and what is found in each.
    #[cfg_attr(not(test), expect(dead_code, reason = "cases are for tests"))]
    pub(crate) finds: &'static [(&'static str, &'static [&'static str])],
    /// Texts in which nothing is found.
    #[cfg_attr(not(test), expect(dead_code, reason = "cases are for tests"))]
    pub(crate) ignores: &'static [&'static str],
}

/// What wakes a detector. Every match has it.
#[derive(Clone, Copy)]
pub(crate) enum Trigger {
    /// A shape, at its last byte.
    Shape(Shape),
    /// One of these texts, at its first byte.
    Literals(&'static [&'static [u8]]),
    /// This word in any case, at its first byte.
    Word(&'static [u8]),
    /// A shape, at its last byte; and, once all texts were searched so, this text, at its first byte.
    ShapeOrLiteral(Shape, &'static [u8]),
}

/// Every detector. Rules name them by their place here.
pub(crate) static DETECTORS: &[&Detector] = &[
    &address::EMAIL,
    &number::CARD,
    &number::SSN,
    &address::IPV4,
    &token::JWT,
    &token::AWS,
    &token::GITHUB,
    &number::IBAN,
    &number::PHONE,
    &token::BEARER,
    &number::PHONE_GROUPS,
    &address::USERINFO,
    &token::STRIPE,
    &id::ID,
    &id::PHONE_LOCAL,
    &network::IPV6,
    &network::MAC,
    &secret::TOKEN,
    &secret::PEM,
    &secret::BASIC,
    &coin::CRYPTO,
    &network::UUID,
];

/// The places of detectors that also search whole texts under keys that name what they find.
pub(crate) const ID: usize = 13;
pub(crate) const PHONE_LOCAL: usize = 14;

/// The place of e-mail addresses in [`DETECTORS`], where another detector claims an `@` for itself.
pub(crate) const EMAIL: usize = 0;

/// The place of the detector with this name.
pub(crate) fn by_name(name: &str) -> Option<usize> {
    DETECTORS.iter().position(|detector| detector.name == name)
}

/// Something that was found: bytes `start..end` by rule number `rule`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) rule: u16,
    /// Of a hit by key rules, which of their actions it takes.
    pub(crate) action: u8,
    /// How good the form is in which it was found.
    pub(crate) grade: Grade,
    /// The number of that form, from 1 on; 0 for the text itself.
    pub(crate) form: u32,
}

impl Hit {
    pub(crate) fn new(start: usize, end: usize, rule: u16) -> Self {
        Hit { start: start as u32, end: end as u32, rule, action: 0, grade: AS_IT_IS, form: 0 }
    }
}

/// What a detector sees and notes while it searches.
pub(crate) struct Scan<'s> {
    pub(crate) bytes: &'s [u8],
    pub(crate) hits: &'s mut Vec<Hit>,
    /// For each rule, where it goes on: behind what it found, or behind what it knows to hold nothing.
    pub(crate) floors: &'s mut [usize],
    /// The rule that searches.
    pub(crate) rule: usize,
}

impl<'s> Scan<'s> {
    /// The byte at `place`; one that is in no class beyond the ends.
    #[inline(always)]
    pub(crate) fn byte(&self, place: usize) -> u8 {
        #[cfg(test)]
        steps::count();
        self.bytes.get(place).copied().unwrap_or(OUTSIDE)
    }

    /// The byte before `place`.
    #[inline(always)]
    pub(crate) fn before(&self, place: usize) -> u8 {
        place.checked_sub(1).map_or(OUTSIDE, |before| self.byte(before))
    }

    /// Whether a word may begin at `place`: the byte before is none of a word.
    #[inline(always)]
    pub(crate) fn begins(&self, place: usize) -> bool {
        !is_word(self.before(place))
    }

    /// Whether a word may end before `place`: the byte there is none of a word.
    #[inline(always)]
    pub(crate) fn ends(&self, place: usize) -> bool {
        !is_word(self.byte(place))
    }

    /// Whether the text ends before `place`: what stands there may have been cut off by a length limit.
    #[inline(always)]
    pub(crate) fn at_end(&self, place: usize) -> bool {
        self.byte(place) == OUTSIDE
    }

    /// The first place where this rule may find something.
    #[inline(always)]
    pub(crate) fn floor(&self) -> usize {
        self.floors[self.rule]
    }

    /// Notes that `start..end` was found. The rule goes on behind it.
    pub(crate) fn found(&mut self, start: usize, end: usize) {
        debug_assert!(start < end && end <= self.bytes.len());
        self.hits.push(Hit::new(start, end, self.rule as u16));
        self.resume(end);
    }

    /// Notes that `start..end` has the shape but did not pass a check, where somebody wants to know that.
    #[cold]
    pub(crate) fn near(&self, start: usize, end: usize, why: &'static str) {
        near::note(self.rule as u16, start, end, why);
    }

    /// The rule finds nothing before `place`.
    #[inline(always)]
    pub(crate) fn resume(&mut self, place: usize) {
        let floor = &mut self.floors[self.rule];
        *floor = place.max(*floor);
    }

    /// Where the run of bytes of a class that begins at `from` ends.
    #[inline(always)]
    pub(crate) fn run_end(&self, from: usize, class: impl Fn(u8) -> bool) -> usize {
        let mut end = from;
        while class(self.byte(end)) {
            end += 1;
        }
        end
    }

    /// As [`Scan::run_end`], but goes no further than `most` bytes.
    #[inline(always)]
    pub(crate) fn run_len(&self, from: usize, most: usize, class: impl Fn(u8) -> bool) -> usize {
        let mut len = 0;
        while len < most && class(self.byte(from + len)) {
            len += 1;
        }
        len
    }

    /// Where the run of bytes of a class that ends before `to` begins, but not before the rule's floor.
    #[inline(always)]
    pub(crate) fn run_start(&self, to: usize, class: impl Fn(u8) -> bool) -> usize {
        let floor = self.floor();
        let mut start = to;
        while start > floor && class(self.byte(start - 1)) {
            start -= 1;
        }
        start
    }

    /// Whether `literal` stands at `place`.
    #[inline(always)]
    pub(crate) fn has(&self, place: usize, literal: &[u8]) -> bool {
        self.bytes.get(place..).is_some_and(|rest| rest.starts_with(literal))
    }

    /// Whether `literal`, which is in lower case, stands at `place` in any case.
    #[inline(always)]
    pub(crate) fn has_any_case(&self, place: usize, literal: &[u8]) -> bool {
        self.bytes.get(place..place + literal.len()).is_some_and(|part| part.eq_ignore_ascii_case(literal))
    }
}

/// `\w`
#[inline(always)]
pub(crate) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The names of all detectors, for messages.
pub(crate) fn names() -> String {
    DETECTORS.iter().map(|detector| detector.name).collect::<Vec<_>>().join(", ")
}

/// Counts how often a byte is looked at, so that tests can tell whether the work grows faster than the text.
#[cfg(test)]
pub(crate) mod steps {
    use std::cell::Cell;

    std::thread_local!(static STEPS: Cell<u64> = const { Cell::new(0) });

    pub(crate) fn count() {
        STEPS.set(STEPS.get() + 1);
    }

    /// The count since the last time.
    pub(crate) fn take() -> u64 {
        STEPS.replace(0)
    }
}
