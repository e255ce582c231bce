//! Custom rules: regexes of the policy.
//!
//! A pattern without anchors is searched for in one pass over all texts: no match crosses the 0xFF between two of them, because patterns match
//! whole characters of UTF-8 only. One with `^`, `$` or `\b` (Unicode) depends on where its text ends, and one with `(?-u:..)` may match
//! any byte: these are searched for text by text.

use regex_automata::meta::{self, Regex};
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};
use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Hir, HirKind, Look, LookSet};

use crate::detect::Hit;
use crate::scan::{Literal, Texts};

/// Bytes that a compiled regex may take.
const REGEX_SIZE: usize = 4 << 20;

/// A rule of the policy's own.
pub(crate) struct CustomRule {
    regex: Regex,
    rule: u16,
    each_text: bool,
    /// Texts of which every match has one; empty where none is known.
    literals: Vec<Literal>,
}

impl CustomRule {
    /// Compiles a pattern; its hits will have rule number `rule`.
    ///
    /// # Errors
    /// With a sentence on what is wrong with the pattern.
    pub(crate) fn new(pattern: &str, rule: usize) -> Result<Self, String> {
        let hir = regex_syntax::ParserBuilder::new().utf8(false).build().parse(pattern).map_err(|error| match error {
            regex_syntax::Error::Parse(error) => format!("{} at character {}", error.kind(), error.span().start.column),
            regex_syntax::Error::Translate(error) => format!("{} at character {}", error.kind(), error.span().start.column),
            error => error.to_string(),
        })?;
        let properties = hir.properties();
        if properties.maximum_len() == Some(0) {
            return Err("it matches nothing but the empty text".into());
        }
        let ascii_borders = LookSet::singleton(Look::WordAscii).insert(Look::WordAsciiNegate);
        let each_text = !properties.is_utf8() || !properties.look_set().subtract(ascii_borders).is_empty();
        let regex = meta::Builder::new()
            .syntax(syntax::Config::new().utf8(false))
            .configure(meta::Config::new().utf8_empty(false).nfa_size_limit(Some(REGEX_SIZE)))
            .build(pattern)
            .map_err(|error| match error.size_limit() {
                Some(limit) => format!("it is too large: compiled it would take more than {limit} bytes"),
                None => error.to_string(),
            })?;
        Ok(CustomRule { regex, rule: rule as u16, each_text, literals: required_literals(&hir).unwrap_or_default() })
    }

    /// Adds what is found to `hits`. No match takes in the replacement where it stands in a text already: a rule does not see what other
    /// rules, or an earlier run, have put there.
    pub(crate) fn scan(&self, texts: Texts<'_>, replacement: &memchr::memmem::Finder<'_>, hits: &mut Vec<Hit>) {
        if self.each_text {
            for index in 0..texts.ends.len() {
                self.scan_text(texts, index, replacement, hits);
            }
            return;
        }
        let mut place = 0;
        let mut index = 0;
        // The text that ends here is known to hold no replacement.
        let mut clear = 0;
        while let Some(found) = self.next(texts.bytes, place, texts.bytes.len()) {
            index = texts.index_at(found.start, index);
            let text = texts.range(index);
            if clear != text.end && replacement.find(&texts.bytes[text.clone()]).is_some() {
                self.scan_text(texts, index, replacement, hits);
                place = text.end;
            } else {
                clear = text.end;
                self.push(found.start, found.end, hits);
                place = found.end;
            }
        }
    }

    /// Texts of which every match has one: the rule need not be asked where none of them stands. Empty where no such texts are known.
    pub(crate) fn literals(&self) -> &[Literal] {
        &self.literals
    }

    /// As [`CustomRule::scan`], in one text.
    pub(crate) fn scan_text(&self, texts: Texts<'_>, index: usize, replacement: &memchr::memmem::Finder<'_>, hits: &mut Vec<Hit>) {
        let range = texts.range(index);
        let text = &texts.bytes[range.clone()];
        let mut place = 0;
        while place < text.len() {
            let gap_end = replacement.find(&text[place..]).map_or(text.len(), |found| place + found);
            while let Some(found) = self.next(text, place, gap_end) {
                self.push(range.start + found.start, range.start + found.end, hits);
                place = found.end;
            }
            place = gap_end + replacement.needle().len();
        }
    }

    /// The next match in `from..to` that is not empty.
    fn next(&self, bytes: &[u8], from: usize, to: usize) -> Option<std::ops::Range<usize>> {
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

    fn push(&self, start: usize, end: usize, hits: &mut Vec<Hit>) {
        hits.push(Hit { start: start as u32, end: end as u32, rule: self.rule });
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
        let mut texts = TextsBuf::default();
        all.iter().for_each(|text| texts.push(text.as_bytes()));
        let mut hits = Vec::new();
        let finder = memchr::memmem::Finder::new("[REDACTED]");
        CustomRule::new(pattern, 20).unwrap().scan(texts.as_texts(), &finder, &mut hits);
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
            let rule = CustomRule::new(pattern, 20).unwrap();
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
    fn a_bad_pattern_gives_a_reason_in_one_line() {
        let reason = |pattern| CustomRule::new(pattern, 20).err().unwrap();
        assert_eq!(reason("a(b"), "unclosed group at character 2");
        assert_eq!(reason("x{2,1}"), "invalid repetition count range, the start must be <= the end at character 2");
        assert_eq!(reason("^$"), "it matches nothing but the empty text");
        assert_eq!(reason(r"(\w{500}){500}"), "it is too large: compiled it would take more than 4194304 bytes");
        assert!(reason(r"(?=x)").starts_with("look-around"), "{}", reason(r"(?=x)"));
    }
}
