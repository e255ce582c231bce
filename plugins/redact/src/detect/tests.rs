//! Every detector against its cases, and against the regex crate.

use std::ops::Range;

use regex::bytes::{Regex, RegexBuilder};

use super::{DETECTORS, Detector};
use crate::assign::Assignments;
use crate::keys::KeyRules;
use crate::scan::{Found, Scanner, TextsBuf};

/// A scanner with one detector.
fn scanner(name: &str) -> Scanner {
    Scanner::new(&[super::by_name(name).unwrap()], Assignments::new(KeyRules::new(&[], &[]), b"[REDACTED]"), &[])
}

fn ranges(scanner: &mut Scanner, texts: &TextsBuf) -> Vec<Range<usize>> {
    let mut found = Found::default();
    scanner.scan(texts.as_texts(), &mut found);
    found.hits.iter().map(|hit| hit.start as usize..hit.end as usize).collect()
}

/// What a detector finds in each text when it is scanned between others.
fn found<'t>(scanner: &mut Scanner, text: &'t str) -> Vec<&'t str> {
    let mut texts = TextsBuf::default();
    ["1", text, ".1"].iter().for_each(|text| texts.push(text.as_bytes()));
    ranges(scanner, &texts).into_iter().map(|range| &text[range.start - 2..range.end - 2]).collect()
}

#[test]
fn every_detector_finds_what_its_cases_say() {
    for detector in DETECTORS {
        let mut scanner = scanner(detector.name);
        for (text, expected) in detector.finds {
            assert_eq!(found(&mut scanner, text), *expected, "{} in {text:?}", detector.name);
        }
        for text in detector.ignores {
            assert_eq!(found(&mut scanner, text), [""; 0], "{} in {text:?}", detector.name);
        }
    }
}

#[test]
fn every_detector_says_what_it_finds_and_where_that_is_from() {
    for detector in DETECTORS {
        assert!(!detector.about.is_empty() && !detector.source.is_empty() && !detector.finds.is_empty() && !detector.ignores.is_empty());
    }
}

/// Patterns are meant byte by byte.
fn oracle(detector: &Detector) -> Regex {
    RegexBuilder::new(detector.pattern).unicode(false).build().unwrap()
}

/// A small deterministic generator (xorshift64*).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % n
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// Pieces of cases, glued together and mutated in some places, in some bytes that matter.
fn mutated(random: &mut Random, cases: &[&str]) -> Vec<u8> {
    const BYTES: &[u8] = b"0123456789 --..@@+__AZKIJaefghkpyzRr\t\n/:%=\xC3\xA9";
    let mut text = Vec::new();
    for _ in 0..=random.below(3) {
        let case = random.pick(cases).as_bytes();
        let (from, to) = (random.below(case.len() + 1), random.below(case.len() + 1));
        text.extend_from_slice(if random.below(3) > 0 { case } else { &case[from.min(to)..from.max(to)] });
        if random.below(2) > 0 {
            text.push(*random.pick(BYTES));
        }
    }
    for _ in 0..random.below(4) {
        if text.is_empty() {
            break;
        }
        let place = random.below(text.len());
        match random.below(4) {
            0 => _ = text.remove(place),
            1 => text.insert(place, *random.pick(BYTES)),
            2 => text.insert(place, text[place]),
            _ => text[place] = *random.pick(BYTES),
        }
    }
    text
}

fn all_cases() -> Vec<&'static str> {
    DETECTORS.iter().flat_map(|detector| detector.finds.iter().map(|(text, _)| *text).chain(detector.ignores.iter().copied())).collect()
}

/// Many mutated texts at a time, so that they lie across the steps of the scanner in every way.
fn mutated_texts(seed: u64, mut check: impl FnMut(&TextsBuf)) {
    let cases = all_cases();
    let mut random = Random(seed);
    for _ in 0..2_000 {
        let mut texts = TextsBuf::default();
        (0..50).for_each(|_| texts.push(&mutated(&mut random, &cases)));
        check(&texts);
    }
}

#[test]
fn detectors_agree_with_the_regex_crate_on_mutated_texts() {
    let detectors: Vec<_> = DETECTORS.iter().filter(|d| !d.pattern.is_empty() && d.name != "card").collect();
    let mut all: Vec<_> = detectors.iter().map(|detector| (detector.name, oracle(detector), scanner(detector.name), 0)).collect();
    mutated_texts(0x5EED, |texts| {
        for (name, regex, scanner, matches) in &mut all {
            let found = ranges(scanner, texts);
            let mut expected = Vec::new();
            for index in 0..texts.ends.len() {
                let range = texts.as_texts().range(index);
                let matches = regex.find_iter(&texts.bytes[range.clone()]).map(|m| range.start + m.start()..range.start + m.end());
                let is_none = |m: &Range<usize>| {
                    super::address::is_version(&texts.bytes, m.start, m.end) || super::address::is_own_host(&texts.bytes, m.start, m.end)
                };
                expected.extend(matches.filter(|m| *name != "ipv4" || !is_none(m)));
            }
            *matches += expected.len();
            if found != expected {
                let odd = found.iter().find(|f| !expected.contains(f)).or(expected.iter().find(|e| !found.contains(e))).unwrap();
                let index = texts.as_texts().index_at(odd.start, 0);
                let text = String::from_utf8_lossy(texts.as_texts().get(index)).into_owned();
                panic!("{name} in {text:?}: found {found:?}, expected {expected:?}, differs at {odd:?}");
            }
        }
    });
    for (name, _, _, matches) in all {
        assert!(matches > 200, "{name} was matched only {matches} times");
    }
}

/// Card numbers by brute force: every stretch of the text, tried in full.
fn cards(text: &[u8], covered: &mut [bool]) {
    let word = |place: Option<usize>| place.and_then(|p| text.get(p)).is_some_and(|b| super::is_word(*b));
    for start in (0..text.len()).filter(|start| matches!(text[*start], b'1'..=b'6') && !word(start.checked_sub(1))) {
        for end in start + 13..=text.len().min(start + 31) {
            let stretch = &text[start..end];
            let digits: Vec<u32> = stretch.iter().filter(|b| b.is_ascii_digit()).map(|b| u32::from(b - b'0')).collect();
            let gaps = |b: &u8| matches!(b, b' ' | b'-');
            let shaped = stretch.iter().all(|b| b.is_ascii_digit() || gaps(b))
                && !stretch.windows(2).any(|two| two.iter().all(gaps))
                && !gaps(&stretch[stretch.len() - 1])
                && (13..=16).contains(&digits.len())
                && !word(Some(end));
            let luhn = |digits: &[u32]| {
                digits.iter().rev().enumerate().map(|(i, d)| if i % 2 == 1 { d * 2 / 10 + d * 2 % 10 } else { *d }).sum::<u32>()
            };
            if shaped && luhn(&digits) % 10 == 0 && super::number::is_issued([digits[0] as u8, digits[1] as u8], digits.len()) {
                covered[start..end].fill(true);
            }
        }
    }
}

#[test]
fn cards_agree_with_brute_force_on_mutated_texts() {
    let mut scanner = scanner("card");
    let pattern = oracle(DETECTORS[super::by_name("card").unwrap()]);
    let mut total = 0;
    mutated_texts(0xCA4D, |texts| {
        let mut covered = vec![false; texts.bytes.len()];
        for range in ranges(&mut scanner, texts) {
            assert!(pattern.is_match(&texts.bytes[range.clone()]));
            covered[range].fill(true);
            total += 1;
        }
        for index in 0..texts.ends.len() {
            let range = texts.as_texts().range(index);
            let mut expected = vec![false; range.len()];
            cards(&texts.bytes[range.clone()], &mut expected);
            assert_eq!(covered[range.clone()], expected, "{:?}", String::from_utf8_lossy(&texts.bytes[range]));
        }
    });
    assert!(total > 1_000, "only {total} cards");
}
