//! Patterns of Go's package `regexp`, whose syntax is RE2's, as patterns of the Rust crate `regex`.
//!
//! Both mean much the same, but not always by the same letters. In Go `\d`, `\w`, `\s` and `\b` know ASCII only, a brace that begins no repetition is a
//! brace, `[` and `&&` in a class are characters, `\<` is a `<`, and there are `\Q..\E` and octal escapes. Sources: the package documentation
//! of `regexp/syntax`, and that of the crate.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::Hir;

/// Bytes that a compiled pattern may take in redact.
const COMPILED_SIZE: usize = 4 << 20;

/// What becomes of a pattern's groups.
#[derive(Clone, Copy)]
pub(super) enum Groups<'g> {
    /// They stay, without names.
    Keep,
    /// These, counted from 1, are named, so that redact replaces them and nothing else; the others capture nothing.
    Name(&'g [usize]),
}

/// The pattern in Rust's syntax.
///
/// # Errors
/// With a sentence on why there is none.
pub(super) fn translate(pattern: &str, groups: Groups<'_>) -> Result<String, String> {
    let mut to = Translation { rest: pattern.chars().collect(), at: 0, out: String::with_capacity(pattern.len()), groups, group: 0 };
    to.run()?;
    Ok(to.out)
}

/// A pattern in Rust's syntax, taken apart; what redact could not use is an error.
///
/// # Errors
/// With a sentence on what is wrong with the pattern.
pub(super) fn parse(pattern: &str) -> Result<Hir, String> {
    let hir = ParserBuilder::new().utf8(false).build().parse(pattern).map_err(|error| match error {
        regex_syntax::Error::Parse(error) => format!("{} at character {} of `{pattern}`", error.kind(), error.span().start.column),
        regex_syntax::Error::Translate(error) => format!("{} at character {} of `{pattern}`", error.kind(), error.span().start.column),
        error => error.to_string(),
    })?;
    if hir.properties().maximum_len() == Some(0) {
        return Err("it matches nothing but the empty text".into());
    }
    // As redact compiles it, with its limit.
    regex::bytes::RegexBuilder::new(pattern).size_limit(COMPILED_SIZE).build().map_err(|error| match error {
        regex::Error::CompiledTooBig(limit) => format!("it is too large: compiled it would take more than {limit} bytes"),
        error => error.to_string(),
    })?;
    Ok(hir)
}

/// Bytes of `\d`, `\w` and `\s` in Go, as the inside of a class.
fn perl_class(letter: char) -> Option<&'static str> {
    match letter.to_ascii_lowercase() {
        'd' => Some("0-9"),
        'w' => Some("0-9A-Za-z_"),
        's' => Some(r"\t\n\f\r "),
        _ => None,
    }
}

struct Translation<'g> {
    rest: Vec<char>,
    at: usize,
    out: String,
    groups: Groups<'g>,
    /// How many groups that capture have begun.
    group: usize,
}

impl Translation<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.rest.get(self.at + ahead).copied()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek(0)?;
        self.at += 1;
        Some(next)
    }

    /// Takes characters up to `last`, which is taken too.
    fn until(&mut self, last: char) -> Result<String, String> {
        let end = self.rest[self.at..]
            .iter()
            .position(|c| *c == last)
            .ok_or_else(|| format!("there is no `{last}` behind character {}", self.at))?;
        let text = self.rest[self.at..self.at + end].iter().collect();
        self.at += end + 1;
        Ok(text)
    }

    fn run(&mut self) -> Result<(), String> {
        while let Some(c) = self.next() {
            match c {
                '\\' if self.peek(0) == Some('Q') => self.quoted(),
                '\\' => {
                    let (text, _) = self.escape(false)?;
                    self.out.push_str(&text);
                }
                '[' => self.class()?,
                '(' => self.open()?,
                '{' => match self.repetition() {
                    Some(len) => {
                        self.out.push('{');
                        self.out.extend(&self.rest[self.at..self.at + len]);
                        self.at += len;
                    }
                    None => self.out.push_str(r"\{"),
                },
                c => self.out.push(c),
            }
        }
        Ok(())
    }

    /// What stands behind `\`, and whether it is one character.
    fn escape(&mut self, in_class: bool) -> Result<(String, bool), String> {
        let c = self.next().ok_or("it ends with a backslash")?;
        if let Some(inside) = perl_class(c) {
            return Ok((
                match (in_class, c.is_ascii_uppercase()) {
                    (true, false) => inside.to_owned(),
                    (false, false) => format!("[{inside}]"),
                    (_, true) => format!("[^{inside}]"),
                },
                false,
            ));
        }
        Ok(match c {
            'b' | 'B' if !in_class => (format!(r"(?-u:\{c})"), false),
            'p' | 'P' => return Err(format!(r"redact has no tables for Unicode properties such as \{c}{{..}}")),
            'C' => return Err(r"\C stands for one byte of a character".into()),
            'x' if self.peek(0) == Some('{') => (format!(r"\x{}}}", self.until('}')?), true),
            'x' => {
                let digits: String = self.rest[self.at..].iter().take(2).collect();
                self.at += digits.chars().count();
                (format!(r"\x{digits}"), true)
            }
            '0'..='7' => {
                let octal = |c: &char| c.is_digit(8);
                let more = self.rest[self.at..].iter().take(2).take_while(|c| octal(c)).count();
                if c != '0' && more == 0 {
                    return Err(format!(r"\{c} refers back to a group"));
                }
                let digits: String = self.rest[self.at - 1..self.at + more].iter().collect();
                self.at += more;
                (format!(r"\x{{{:x}}}", u32::from_str_radix(&digits, 8).unwrap_or_default()), true)
            }
            // Borders of words in Rust, themselves in Go.
            '<' | '>' => (c.to_string(), true),
            c => (format!(r"\{c}"), !matches!(c, 'A' | 'z')),
        })
    }

    /// `\Q..\E`: what stands between is meant literally.
    fn quoted(&mut self) {
        self.at += 1;
        while let Some(c) = self.next() {
            if c == '\\' && self.peek(0) == Some('E') {
                self.at += 1;
                return;
            }
            self.out.push_str(&regex_syntax::escape(&c.to_string()));
        }
    }

    /// The length of `2}`, `2,}` or `2,3}` if that follows.
    fn repetition(&self) -> Option<usize> {
        let end = self.rest[self.at..].iter().position(|c| *c == '}')?;
        let inside: String = self.rest[self.at..self.at + end].iter().collect();
        let (least, most) = inside.split_once(',').unwrap_or((&inside, ""));
        let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
        (!least.is_empty() && digits(least) && digits(most)).then_some(end + 1)
    }

    /// What stands behind `(`.
    fn open(&mut self) -> Result<(), String> {
        if self.peek(0) == Some('?') {
            let is_name = self.peek(1) == Some('<') || (self.peek(1) == Some('P') && self.peek(2) == Some('<'));
            if !is_name {
                let flags = self.rest[self.at..].iter().position(|c| matches!(c, ':' | ')')).ok_or("a group does not end")?;
                let flags: String = self.rest[self.at..=self.at + flags].iter().collect();
                if let Some(unknown) = flags.trim_matches(['?', ':', ')']).chars().find(|c| !matches!(c, 'i' | 'm' | 's' | 'U' | '-')) {
                    return Err(format!("there is no group `(?{unknown}`"));
                }
                self.at += flags.chars().count();
                self.out.push('(');
                self.out.push_str(&flags);
                return Ok(());
            }
            self.until('>')?;
        }
        self.group += 1;
        match self.groups {
            Groups::Keep => self.out.push('('),
            Groups::Name(named) => match named.iter().position(|group| *group == self.group) {
                Some(0) => self.out.push_str("(?<secret>"),
                Some(place) => self.out.push_str(&format!("(?<secret{}>", place + 1)),
                None => self.out.push_str("(?:"),
            },
        }
        Ok(())
    }

    /// What stands behind `[`, to the bracket that closes it.
    fn class(&mut self) -> Result<(), String> {
        self.out.push('[');
        if self.peek(0) == Some('^') {
            self.at += 1;
            self.out.push('^');
        }
        let mut first = true;
        loop {
            let c = self.peek(0).ok_or("a class in brackets does not end")?;
            if c == ']' && !first {
                self.at += 1;
                self.out.push(']');
                return Ok(());
            }
            first = false;
            if c == '[' && self.peek(1) == Some(':') {
                let name: String = self.rest[self.at + 2..].iter().take_while(|c| c.is_ascii_alphabetic() || **c == '^').collect();
                let end = self.at + 2 + name.len();
                if self.rest.get(end) == Some(&':') && self.rest.get(end + 1) == Some(&']') {
                    self.at = end + 2;
                    self.out.push_str(&format!("[:{name}:]"));
                    continue;
                }
            }
            let (text, is_char) = self.element()?;
            self.out.push_str(&text);
            if is_char && self.peek(0) == Some('-') && self.peek(1).is_some_and(|c| c != ']') {
                self.at += 1;
                self.out.push('-');
                let (text, _) = self.element()?;
                self.out.push_str(&text);
            }
        }
    }

    /// One character of a class, or `\d` and its like.
    fn element(&mut self) -> Result<(String, bool), String> {
        match self.next().ok_or("a class in brackets does not end")? {
            '\\' => self.escape(true),
            c @ ('[' | ']' | '-' | '^') => Ok((format!(r"\{c}"), true)),
            // Twice they are operators in Rust.
            c @ ('&' | '~') => Ok((format!(r"\{c}"), true)),
            c => Ok((c.to_string(), true)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rust(pattern: &str) -> String {
        let rust = translate(pattern, Groups::Keep).unwrap();
        parse(&rust).unwrap_or_else(|error| panic!("{pattern} became {rust}: {error}"));
        rust
    }

    fn matches(pattern: &str, text: &str) -> bool {
        regex::bytes::Regex::new(&rust(pattern)).unwrap().is_match(text.as_bytes())
    }

    #[test]
    fn classes_and_borders_know_ascii_only() {
        assert_eq!(
            rust(r"\b\d+\w\s[\w.-]\W[^\S]\B"),
            r"(?-u:\b)[0-9]+[0-9A-Za-z_][\t\n\f\r ][0-9A-Za-z_.\-][^0-9A-Za-z_][^[^\t\n\f\r ]](?-u:\B)"
        );
        assert!(!matches(r"^\d$", "٣"));
        assert!(matches(r"\bx\b", "éxé"));
        assert!(!matches(r"^\s$", "\u{b}"));
    }

    #[test]
    fn a_brace_that_repeats_nothing_is_a_brace() {
        assert_eq!(rust(r"a{2}b{2,}c{2,3}"), r"a{2}b{2,}c{2,3}");
        assert!(matches(r"^\$(?:\d+|{\d+})$", "${12}"));
        assert!(matches(r"^{{[^}]+}}$", "{{ x }}"));
        assert!(matches("^x{,2}$", "x{,2}"));
    }

    #[test]
    fn brackets_and_operators_in_a_class_are_characters() {
        for (pattern, yes, no) in [
            ("^[[a]+$", "[a", "]"),
            ("^[]a]+$", "]a", "["),
            ("^[^]]$", "x", "]"),
            ("^[a&&b]+$", "a&b", "c"),
            ("^[+--]+$", "+,-", "."),
            (r"^[\w-.]+$", "a-.", "/"),
            ("^[a~~z]+$", "~", "b"),
            ("^[[:alpha:][:^digit:]]+$", "ab.", "1"),
            (r"^[a-c-e]+$", "abc-e", "d"),
        ] {
            assert!(matches(pattern, yes), "{pattern}");
            assert!(!matches(pattern, no), "{pattern}");
        }
    }

    #[test]
    fn escapes_mean_what_they_mean_in_go() {
        assert!(matches(r"^\<a\>\_\/\x60\x{1F600}\101\0$", "<a>_/`\u{1F600}A\0"));
        assert!(matches(r"^\Qa.b(\E+$", "a.b(("));
        assert_eq!(translate(r"(a)\1", Groups::Keep), Err(r"\1 refers back to a group".into()));
        assert!(translate(r"\p{Greek}", Groups::Keep).unwrap_err().contains("Unicode properties"));
        assert!(translate("(?=x)", Groups::Keep).is_err());
        assert!(translate("[a", Groups::Keep).is_err());
    }

    #[test]
    fn groups_are_named_and_the_others_capture_nothing() {
        let named = |pattern, groups: &[usize]| translate(pattern, Groups::Name(groups)).unwrap();
        assert_eq!(named(r"(a)(?P<x>b)\((?:c)((?i)d)", &[2]), r"(?:a)(?<secret>b)\((?:c)(?:(?i)d)");
        assert_eq!(named("(a)|(b)", &[1, 2]), "(?<secret>a)|(?<secret2>b)");
        assert_eq!(named("[(](a)", &[]), "[(](?:a)");
    }

    #[test]
    fn what_redact_would_refuse_is_refused_here() {
        assert!(parse("(a{1000}){1000}").unwrap_err().contains("too large"));
        assert!(parse("^$").unwrap_err().contains("empty text"));
        assert!(parse("a(").unwrap_err().contains("unclosed group"));
    }
}
