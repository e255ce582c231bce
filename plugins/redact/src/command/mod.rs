//! Commands to databases: which language a text is in, and where the values in it lie.
//!
//! Each language has a lexer that goes over a text once, from front to back, and tells where values lie. What is left are the names: commands,
//! tables, columns, keys. Lexers are tolerant, because texts are cut off by length limits and come in dialects: what they do not understand they
//! take for a value. They are pure functions over bytes, and know one thing of the outside: what other rules put into texts, which they pass over.
//!
//! What takes a value's place ([`put`]) is no value for the lexer, so a second run finds nothing.

mod dialect;
mod json;
mod memcached;
mod redis;
mod rows;
mod simple;
mod sql;

#[cfg(test)]
pub(crate) use dialect::tests::languages;
pub(crate) use dialect::{Language, System};
pub(crate) use rows::Statements;

use std::ops::Range;

use crate::action::Done;
use crate::assign;
use crate::detect::{self, Hit};
use crate::scan::KEY_RULE;

/// What rules of commands are called in counters; the first has number [`FIRST`].
pub(crate) const NAMES: &[&str] = &["sql", "comment", "redis", "memcached", "json"];

/// The rule number of the first of [`NAMES`].
pub(crate) const FIRST: usize = KEY_RULE + 1;

/// The numbers of all of them.
pub(crate) const RULES: Range<usize> = FIRST..FIRST + NAMES.len();

const SQL: usize = FIRST;
const COMMENT: usize = FIRST + 1;
const REDIS: usize = FIRST + 2;
const MEMCACHED: usize = FIRST + 3;
const JSON: usize = FIRST + 4;

/// Whether `rule` is one of commands.
pub(crate) fn is_command_rule(rule: u16) -> bool {
    RULES.contains(&usize::from(rule))
}

/// What takes the place of what a rule of commands has found at `start..end` of `text`.
pub(crate) fn put(rule: u16, text: &[u8], start: usize, end: usize) -> &'static [u8] {
    match usize::from(rule) {
        JSON => b"\"?\"",
        // Words that only a comment parts stay apart.
        COMMENT => {
            let is_gap = |byte: Option<&u8>| byte.is_none_or(|b| b.is_ascii_whitespace() || *b == 0xFF);
            match is_gap(start.checked_sub(1).and_then(|before| text.get(before))) || is_gap(text.get(end)) {
                true => b"",
                false => b" ",
            }
        }
        _ => b"?",
    }
}

/// Whether other rules may find something where a value is gone: a word has a border that had none, or what stands beside it can be read as a part of the
/// value of an assignment, as a replacement can.
pub(crate) fn unsettles(hit: &Hit, text: &[u8], replacement: &[u8]) -> bool {
    let (start, end) = (hit.start as usize, hit.end as usize);
    let before = start.checked_sub(1).map(|before| text[before]);
    let cuts_a_word = before.is_some_and(detect::is_word) && detect::is_word(text[start]);
    let goes_on = |byte: u8| assign::is_value(byte) && byte != b'=';
    let follows = before.is_some_and(goes_on) || text[..start].ends_with(replacement);
    let is_followed = text.get(end).copied().is_some_and(assign::is_value) || text[end..].starts_with(replacement);
    usize::from(hit.rule) == COMMENT || cuts_a_word || follows || is_followed
}

/// What a lexer reads and notes.
pub(crate) struct Lexer<'l> {
    text: &'l [u8],
    /// What other rules put there: no value wherever it stands.
    done: &'l Done,
    /// Where the text begins among all texts.
    offset: usize,
    hits: &'l mut Vec<Hit>,
}

impl<'l> Lexer<'l> {
    pub(crate) fn new(text: &'l [u8], done: &'l Done, offset: usize, hits: &'l mut Vec<Hit>) -> Self {
        Lexer { text, done, offset, hits }
    }

    /// Notes where the values of a command in this language lie. In JSON those below keys that `keep` names are none.
    pub(crate) fn values(&mut self, language: Language, keep: &[Vec<u8>]) {
        match language {
            Language::Sql(dialect) => sql::values(self, dialect),
            Language::Redis => redis::values(self),
            Language::Memcached => memcached::values(self),
            Language::Json => json::values(self, keep),
        }
    }

    /// The byte at `place`; 0 beyond the end.
    #[inline(always)]
    fn byte(&self, place: usize) -> u8 {
        #[cfg(test)]
        crate::detect::steps::count();
        self.text.get(place).copied().unwrap_or(0)
    }

    /// Whether `literal` stands at `place`.
    #[inline(always)]
    fn has(&self, place: usize, literal: &[u8]) -> bool {
        self.text.get(place..).is_some_and(|rest| rest.starts_with(literal))
    }

    /// Where what other rules put at `place` ends.
    #[inline(always)]
    fn replaced(&self, place: usize) -> Option<usize> {
        self.done.end_at(self.text, place)
    }

    /// Where the run of bytes of a class that begins at `from` ends.
    #[inline(always)]
    fn run_end(&self, from: usize, class: impl Fn(u8) -> bool) -> usize {
        let mut end = from;
        while end < self.text.len() && class(self.byte(end)) {
            end += 1;
        }
        end
    }

    /// Where the quoted text ends whose first quote is at `start`: behind its last one, or where the text was cut off. `doubled` quotes and, if
    /// there are `escapes`, what follows a backslash belong to it.
    fn quoted_end(&self, start: usize, quote: u8, doubled: bool, escapes: bool) -> Option<usize> {
        let mut place = start + 1;
        while place < self.text.len() {
            match self.byte(place) {
                b'\\' if escapes => place += 1,
                byte if byte == quote => match doubled && self.byte(place + 1) == quote {
                    true => place += 1,
                    false => return Some(place + 1),
                },
                _ => {}
            }
            place += 1;
        }
        None
    }

    /// Notes a value, unless it is gone already.
    fn found(&mut self, rule: usize, start: usize, end: usize) {
        let end = end.min(self.text.len());
        let value = &self.text[start..end];
        let rule = rule as u16;
        if start < end && value != put(rule, self.text, start, end) && self.done.end_at(self.text, start) != Some(end) {
            self.hits.push(Hit::new(self.offset + start, self.offset + end, rule));
        }
    }
}

/// Bytes of a word: of identifiers and keywords. Every byte beyond ASCII is a letter.
#[inline(always)]
fn is_word(byte: u8) -> bool {
    IS_WORD[usize::from(byte)]
}

static IS_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < table.len() {
        let b = byte as u8;
        table[byte] = b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80;
        byte += 1;
    }
    table
};

/// Whether `value` is what stands for a value in parameterised queries: `?`, `$1`, `:name`, `@p1`, `%s`, `%(name)s`, perhaps with a cast of PostgreSQL.
///
/// Key rules take them for values: nothing in `token=@x` says that it is SQL, unless a command is known to be.
pub(crate) fn is_placeholder(value: &[u8]) -> bool {
    let Some((sign, rest)) = value.split_first() else { return false };
    if !matches!(sign, b'?' | b'$' | b':' | b'@' | b'%') {
        return false;
    }
    let is_name = |byte: &u8| is_word(*byte) || matches!(byte, b'(' | b')' | b':' | b'[' | b']' | b'@' | b'?' | b'.');
    rest.iter().all(is_name)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The text without its values.
    pub(crate) fn sanitized(text: &str, language: Language) -> String {
        let mut hits = Vec::new();
        Lexer::new(text.as_bytes(), &Done::new("[REDACTED]"), 0, &mut hits).values(language, &[]);
        hits.sort_by_key(|hit| (hit.start, std::cmp::Reverse(hit.end)));
        let mut out = Vec::new();
        let mut written = 0;
        for hit in hits {
            let (start, end) = (hit.start as usize, hit.end as usize);
            if end <= written {
                continue;
            }
            assert!(written <= start, "values of {text:?} overlap");
            out.extend_from_slice(&text.as_bytes()[written..start]);
            out.extend_from_slice(put(hit.rule, text.as_bytes(), start, end));
            written = end;
        }
        out.extend_from_slice(&text.as_bytes()[written..]);
        String::from_utf8(out).expect("values are whole characters")
    }
}
