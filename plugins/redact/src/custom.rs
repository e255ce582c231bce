//! Custom rules: regexes of the policy.
//!
//! What a match says is found are its named groups, or all of it where there are none; and only if it passes what else the rule asks for: a word before it, entropy, a
//! check, and not to be what the rule allows.
//!
//! A pattern without anchors is searched for in one pass over all texts: no match crosses the 0xFF between two of them, because patterns match
//! whole characters of UTF-8 only. One with `^`, `$` or `\b` (Unicode) depends on where its text ends, and one with `(?-u:..)` may match
//! any byte: these are searched for text by text.

use std::ops::Range;

use regex_automata::meta::{self, Regex};
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, PatternID};
use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Class, Hir, HirKind, Look, LookSet};

use crate::action::Done;
use crate::detect::{Check, Hit, near};
use crate::safe::SafeValues;
use crate::scan::{Literal, Texts};

/// Bytes that a compiled regex may take.
const REGEX_SIZE: usize = 4 << 20;

/// Bytes before what is found in which a word of the rule counts for it.
const BEFORE: usize = 48;

/// A rule of the policy's own.
pub(crate) struct CustomRule {
    regex: Regex,
    rule: u16,
    each_text: bool,
    /// Texts of which every match has one; empty where none is known.
    literals: Vec<Literal>,
    matches_placeholders: bool,
    /// The numbers of its named groups.
    groups: Vec<usize>,
    options: Options,
}

/// What a match has to pass beside the pattern.
#[derive(Default)]
pub(crate) struct Options {
    /// One of these words stands before it; none are asked for where there are none.
    pub(crate) keywords: Vec<String>,
    /// Least entropy in bits for each byte.
    pub(crate) entropy: Option<f64>,
    /// A check that it passes.
    pub(crate) check: Option<&'static Check>,
    /// What it must not be.
    pub(crate) allow: SafeValues,
}

/// Reads a pattern.
///
/// # Errors
/// With a sentence on what is wrong with it.
pub(crate) fn parse(pattern: &str) -> Result<Hir, String> {
    regex_syntax::ParserBuilder::new().utf8(false).build().parse(pattern).map_err(|error| match error {
        regex_syntax::Error::Parse(error) => format!("{} at character {}", error.kind(), error.span().start.column),
        regex_syntax::Error::Translate(error) => format!("{} at character {}", error.kind(), error.span().start.column),
        error => error.to_string(),
    })
}

/// How regexes are compiled.
pub(crate) fn settings() -> meta::Config {
    meta::Config::new().utf8_empty(false).nfa_size_limit(Some(REGEX_SIZE))
}

/// The regex, or a sentence on why there is none.
pub(crate) fn compiled(regex: Result<Regex, meta::BuildError>) -> Result<Regex, String> {
    regex.map_err(|error| match error.size_limit() {
        Some(limit) => format!("it is too large: compiled it would take more than {limit} bytes"),
        None => error.to_string(),
    })
}

impl CustomRule {
    /// Compiles a pattern; its hits will have rule number `rule`.
    ///
    /// # Errors
    /// With a sentence on what is wrong with the pattern.
    pub(crate) fn new(pattern: &str, rule: usize, options: Options) -> Result<Self, String> {
        let hir = parse(pattern)?;
        let properties = hir.properties();
        if properties.maximum_len() == Some(0) {
            return Err("it matches nothing but the empty text".into());
        }
        let ascii_borders = LookSet::singleton(Look::WordAscii).insert(Look::WordAsciiNegate);
        let each_text = !properties.is_utf8() || !properties.look_set().subtract(ascii_borders).is_empty();
        let mut builder = meta::Builder::new();
        let regex = compiled(builder.syntax(syntax::Config::new().utf8(false)).configure(settings()).build(pattern))?;
        let names = regex.group_info().pattern_names(PatternID::ZERO).enumerate();
        let groups = names.filter_map(|(group, name)| name.map(|_| group)).collect();
        Ok(CustomRule {
            regex,
            rule: rule as u16,
            each_text,
            groups,
            options,
            literals: required_literals(&hir).unwrap_or_default(),
            matches_placeholders: can_match(&hir, '?'),
        })
    }

    /// The words of which one has to stand before what is found, or in the key.
    pub(crate) fn keywords(&self) -> &[String] {
        &self.options.keywords
    }

    /// Adds what is found to `hits`. No match takes in what an earlier run, or another rule, has put in a text: it is not part of the data.
    pub(crate) fn scan(&self, texts: Texts<'_>, done: &Done, hits: &mut Vec<Hit>) {
        if self.each_text {
            for index in 0..texts.ends.len() {
                let range = texts.range(index);
                self.scan_text(&texts.bytes[range.clone()], range.start, done, hits);
            }
            return;
        }
        let mut place = 0;
        let mut index = 0;
        // The text that ends here is known to hold nothing that was put there.
        let mut clear = 0;
        while let Some(found) = self.next(texts.bytes, place, texts.bytes.len()) {
            index = texts.index_at(found.start, index);
            let text = texts.range(index);
            if clear != text.end && done.find(&texts.bytes[text.clone()], 0).is_some() {
                self.scan_text(&texts.bytes[text.clone()], text.start, done, hits);
                place = text.end;
            } else {
                clear = text.end;
                place = found.end;
                self.note(texts.bytes, found, texts.bytes.len(), text.start, 0, hits);
            }
        }
    }

    /// Texts of which every match has one: the rule need not be asked where none of them stands. Empty where no such texts are known.
    pub(crate) fn literals(&self) -> &[Literal] {
        &self.literals
    }

    /// Whether it may match a number as it is written: not where every match has a literal with something else in it.
    pub(crate) fn may_match_numbers(&self) -> bool {
        let is_numeric =
            |literal: &Literal| literal.text.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E'));
        self.literals.is_empty() || self.literals.iter().any(is_numeric)
    }

    /// Whether a match may have a `?` in it, which takes the place of values in commands.
    pub(crate) fn matches_placeholders(&self) -> bool {
        self.matches_placeholders
    }

    /// As [`CustomRule::scan`] for one text, which begins at `offset`.
    pub(crate) fn scan_text(&self, text: &[u8], offset: usize, done: &Done, hits: &mut Vec<Hit>) {
        let mut place = 0;
        while place < text.len() {
            let gap = done.find(text, place).unwrap_or(text.len()..text.len());
            while let Some(found) = self.next(text, place, gap.start) {
                place = found.end;
                self.note(text, found, gap.start, 0, offset, hits);
            }
            place = gap.end;
        }
    }

    /// The next match in `from..to` that is not empty.
    fn next(&self, bytes: &[u8], from: usize, to: usize) -> Option<Range<usize>> {
        let mut from = from;
        while from < to {
            let found = self.regex.find(Input::new(bytes).span(from..to).anchored(Anchored::No))?;
            if !found.is_empty() {
                return Some(found.range());
            }
            from = found.end() + 1;
        }
        None
    }

    /// Notes what a match, which may reach to `to`, says is found. The text begins at `text` of the bytes, and these at `offset`.
    fn note(&self, bytes: &[u8], matched: Range<usize>, to: usize, text: usize, offset: usize, hits: &mut Vec<Hit>) {
        if self.groups.is_empty() {
            return self.note_part(bytes, &matched, &matched, text, offset, hits);
        }
        let mut groups = self.regex.create_captures();
        // From where it begins the same match is found again, now with its groups.
        self.regex.search_captures(&Input::new(bytes).span(matched.start..to).anchored(Anchored::Yes), &mut groups);
        for part in self.groups.iter().filter_map(|group| groups.get_group(*group)) {
            self.note_part(bytes, &matched, &part.range(), text, offset, hits);
        }
    }

    fn note_part(&self, bytes: &[u8], matched: &Range<usize>, part: &Range<usize>, text: usize, offset: usize, hits: &mut Vec<Hit>) {
        let Options { keywords, entropy, check, allow } = &self.options;
        let found = &bytes[part.clone()];
        if found.is_empty() {
            return;
        }
        let why = if entropy.is_some_and(|least| self::entropy(found) < least) {
            "its entropy is too low"
        } else if check.is_some_and(|check| !check.passes(found)) {
            "it does not pass the rule's check"
        } else if allow.has(found) {
            near::ALLOWED
        } else {
            ""
        };
        if !why.is_empty() {
            return near::note(self.rule, offset + part.start, offset + part.end, why);
        }
        let before = &bytes[text.max(matched.start.saturating_sub(BEFORE))..part.start];
        let unsure = !keywords.is_empty() && !has_word(before, keywords);
        hits.push(Hit { action: unsure.into(), ..Hit::new(offset + part.start, offset + part.end, self.rule) });
    }
}

/// Whether one of the words stands in the text, in any case.
pub(crate) fn has_word(text: &[u8], words: &[String]) -> bool {
    words.iter().any(|word| text.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes())))
}

/// Shannon's entropy of the bytes, in bits for each.
fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    bytes.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    let all = bytes.len() as f64;
    counts.iter().filter(|count| **count > 0).map(|count| f64::from(*count) / all).map(|part| -part * part.log2()).sum()
}

/// Whether a match may hold this character, as far as its parts tell.
fn can_match(hir: &Hir, wanted: char) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => false,
        HirKind::Literal(literal) => literal.0.contains(&(wanted as u8)),
        HirKind::Class(Class::Unicode(class)) => class.iter().any(|range| (range.start()..=range.end()).contains(&wanted)),
        HirKind::Class(Class::Bytes(class)) => class.iter().any(|range| (range.start()..=range.end()).contains(&(wanted as u8))),
        HirKind::Repetition(repetition) => can_match(&repetition.sub, wanted),
        HirKind::Capture(capture) => can_match(&capture.sub, wanted),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(|part| can_match(part, wanted)),
    }
}

/// Literals of at least three bytes of which every match has one, be it at its start, at its end or at a part in between that must be there.
fn required_literals(hir: &Hir) -> Option<Vec<Literal>> {
    let of = |hir: &Hir, kind: ExtractKind| {
        let literals = Extractor::new().kind(kind).extract(hir);
        let literals = literals.literals().filter(|all| !all.is_empty() && all.iter().all(|literal| literal.len() >= 3))?;
        let mut known: Vec<Literal> = Vec::new();
        for literal in literals {
            // Variants in case are one.
            let literal = match literal.as_bytes() {
                text if text.is_ascii() && literals.len() > 1 => Literal::any_case(text),
                text => Literal::exact(text),
            };
            if !known.contains(&literal) {
                known.push(literal);
            }
        }
        Some(known)
    };
    let of_whole = of(hir, ExtractKind::Prefix).or_else(|| of(hir, ExtractKind::Suffix));
    let of_part = || match hir.kind() {
        HirKind::Concat(parts) => {
            let least = |literals: &Vec<Literal>| literals.iter().map(|literal| literal.text.len()).min();
            // Where case does not matter every letter is a part.
            let behind = (1..parts.len()).filter_map(|from| of(&Hir::concat(parts[from..].to_vec()), ExtractKind::Prefix));
            behind.chain(parts.iter().filter_map(required_literals)).max_by_key(least)
        }
        HirKind::Capture(capture) => required_literals(&capture.sub),
        _ => None,
    };
    of_whole.or_else(of_part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::TextsBuf;

    fn found(pattern: &str, all: &[&str]) -> Vec<String> {
        found_with(pattern, Options::default(), all)
    }

    fn found_with(pattern: &str, options: Options, all: &[&str]) -> Vec<String> {
        let mut texts = TextsBuf::default();
        all.iter().for_each(|text| texts.push(text.as_bytes()));
        let mut hits = Vec::new();
        CustomRule::new(pattern, 20, options).unwrap().scan(texts.as_texts(), &Done::new("[REDACTED]"), &mut hits);
        hits.retain(|hit| hit.action == 0);
        hits.iter().map(|hit| String::from_utf8_lossy(&texts.bytes[hit.start as usize..hit.end as usize]).into_owned()).collect()
    }

    #[test]
    fn one_pass_finds_the_matches_of_every_text() {
        assert_eq!(
            found(r"ORD-\d{6}", &["ORD-123456 and ORD-654321", "ORD-12", "3456", "xORD-000000x"]),
            ["ORD-123456", "ORD-654321", "ORD-000000"]
        );
    }

    #[test]
    fn no_match_crosses_from_one_text_into_the_next() {
        for pattern in ["[^x]+", "(?s).+", r"\W+", "(?s-u:.)+", r"(?-u:[^\x00])+"] {
            assert_eq!(found(pattern, &["...", "!!!"]), ["...", "!!!"], "{pattern}");
        }
    }

    #[test]
    fn anchors_and_word_borders_are_those_of_each_text() {
        assert_eq!(found(r"^\d+$", &["123", "x1", "45"]), ["123", "45"]);
        assert_eq!(found(r"\bé+\b", &["é", "xé", "éé x"]), ["é", "éé"]);
        assert_eq!(found(r"(?-u:\b)ab(?-u:\b)", &["ab", "xab", "ab-ab"]), ["ab", "ab", "ab"]);
        assert_eq!(found("(?m)^b$", &["a\nb\nc", "b"]), ["b", "b"]);
    }

    #[test]
    fn empty_matches_are_passed_over() {
        assert_eq!(found("a*", &["baab", "a"]), ["aa", "a"]);
    }

    #[test]
    fn a_replacement_is_a_border() {
        assert_eq!(found("x.*y", &["x [REDACTED] y", "xay"]), ["xay"]);
        assert_eq!(found("k: .*", &["k: abc [REDACTED] k: d"]), ["k: abc ", "k: d"]);
        assert_eq!(found("^k: .*$", &["k: abc [REDACTED]"]), [""; 0]);
        assert_eq!(found("RED", &["a RED [REDACTED]"]), ["RED"]);
    }

    #[test]
    fn literals_that_every_match_has_are_known() {
        let literals = |pattern| {
            let rule = CustomRule::new(pattern, 20, Options::default()).unwrap();
            let mut texts: Vec<_> = rule.literals().iter().map(|literal| String::from_utf8(literal.text.clone()).unwrap()).collect();
            texts.sort_unstable();
            texts.join(" ")
        };
        assert_eq!(literals(r"ORD-\d{6}"), "ORD-");
        assert_eq!(literals(r"\b(?:ghp|gho)_[A-Za-z0-9]{36}\b"), "gho_ ghp_");
        assert_eq!(literals(r"(?i)[a-z]{0,20}adobe[a-z]{2}\d"), "adobe");
        assert_eq!(literals(r"\d+-suffix$"), "-suffix");
        assert_eq!(literals(r"[a-z]{2}\d+|KEY-\d+"), "");
        assert_eq!(literals(r"ab?\d+"), "");
    }

    #[test]
    fn named_groups_say_what_is_found() {
        assert_eq!(found(r"ORD-(?<id>\d{3})", &["ORD-123 ORD-456", "ORD-12"]), ["123", "456"]);
        assert_eq!(found(r"(a)(?<x>b)?(c)(?<y>d*)", &["abcdd ac", "acd"]), ["b", "dd", "d"]);
        assert_eq!(found(r"^(?<first>\w).*(?<last>\w)$", &["abc", "de"]), ["a", "c", "d", "e"]);
        assert_eq!(found(r"\b(?<x>a+)b", &["ab", "xab aab"]), ["a", "aa"]);
        assert_eq!(found(r"k=(?<v>.*)", &["k=x [REDACTED] k=y"]), ["x ", "y"]);
    }

    #[test]
    fn a_match_must_pass_what_else_the_rule_asks_for() {
        let keywords = || Options { keywords: vec!["Order".into(), "purchase".into()], ..Options::default() };
        assert_eq!(found_with(r"\d{4}", keywords(), &["ORDER no 1234, 5678", "1234 order", "order", "1234"]), ["1234", "5678"]);
        let far = format!("order{}1234", " ".repeat(44));
        assert_eq!(found_with(r"\d{4}", keywords(), &[&far]), [""; 0]);
        assert_eq!(found_with(r"\d{4}", keywords(), &[&far[1..]]), [""; 0]);
        assert_eq!(found_with(r" \d{4}", keywords(), &[&far]), [" 1234"]);
        assert_eq!(found_with(r"order=(?<n>\d{4})", keywords(), &["order=1234"]), ["1234"]);
        let entropy = Options { entropy: Some(3.0), ..Options::default() };
        assert_eq!(found_with(r"\w+", entropy, &["abcdefgh aaaaaaaa abababab", "abcdefg"]), ["abcdefgh"]);
        let check = Options { check: crate::detect::check_by_name("luhn"), ..Options::default() };
        assert_eq!(found_with(r"\d{4}", check, &["1230 1231"]), ["1230"]);
        let allow = Options { allow: SafeValues::new(vec![crate::safe::Value::Exact(b"1234".to_vec())]), ..Options::default() };
        assert_eq!(found_with(r"\d{4}", allow, &["1234 5678"]), ["5678"]);
    }

    #[test]
    fn rules_that_may_match_numbers_are_known() {
        let matches = |pattern| CustomRule::new(pattern, 20, Options::default()).unwrap().may_match_numbers();
        assert!([r"\d{6}", "^1234", "12-?34", "(?:404|ORD-)", "."].into_iter().all(matches));
        assert!(![r"ORD-\d{6}", r"\d+ pieces", "(?:ghp_|gho_)[0-9]+"].into_iter().any(matches));
    }

    #[test]
    fn rules_that_may_match_what_takes_the_place_of_values_are_known() {
        let matches = |pattern| CustomRule::new(pattern, 20, Options::default()).unwrap().matches_placeholders();
        assert!([r"x\?", "[^a]b", ".*", "(a|[?x]){2}", "(?-u:.)b", "(?<x>a.)"].into_iter().all(matches));
        assert!(![r"ORD-\d{6}", r"\bab?\w+$", "[a-z0-9_-]{20,}", "(?i)key"].into_iter().any(matches));
    }

    #[test]
    fn a_bad_pattern_gives_a_reason_in_one_line() {
        let reason = |pattern| CustomRule::new(pattern, 20, Options::default()).err().unwrap();
        assert_eq!(reason("a(b"), "unclosed group at character 2");
        assert_eq!(reason("x{2,1}"), "invalid repetition count range, the start must be <= the end at character 2");
        assert_eq!(reason("^$"), "it matches nothing but the empty text");
        assert_eq!(reason(r"(\w{500}){500}"), "it is too large: compiled it would take more than 4194304 bytes");
        assert!(reason(r"(?=x)").starts_with("look-around"), "{}", reason(r"(?=x)"));
    }
}
