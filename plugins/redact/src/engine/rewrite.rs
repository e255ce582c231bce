//! From hits to texts: which of them count, which are one find, and what takes its place.

use super::forms::Forms;
use super::{Engine, FIRST_CUSTOM_RULE};
use crate::action::{Action, Writer, is_phone};
use crate::command;
use crate::decode;
use crate::detect::{self, Hit};
use crate::safe::SafeValues;
use crate::scan::Texts;
use crate::url;

/// What came of a text in which something was found.
pub(super) enum Rewritten<'r> {
    /// The replacement: nothing else is left.
    Whole(&'r [u8]),
    /// This, in which more may be found.
    Part(&'r [u8]),
}

impl Engine {
    /// Drops hits that do not count: of what was put there, of what is left alone, and of rules that ask for a word which stands nowhere.
    pub(super) fn excuse(&mut self, texts: Texts<'_>, has_word: &mut dyn FnMut(u32, &[String]) -> bool) {
        if !self.excuses || self.hits.is_empty() {
            return;
        }
        let Engine { hits, writer, safe, custom, forms, .. } = self;
        let mut index = 0;
        // What was put into a text, from the first place on that matters.
        let (mut of, mut made) = (usize::MAX, Vec::new());
        hits.retain(|hit| {
            if command::is_command_rule(hit.rule) {
                return true;
            }
            index = texts.index_at(hit.start as usize, index);
            let range = texts.range(index);
            if of != index {
                of = index;
                let text = &texts.bytes[..range.end];
                made.clear();
                made.extend(std::iter::successors(writer.done().find_made(text, range.start), |last| {
                    writer.done().find_made(text, last.end)
                }));
            }
            let (start, end) = (hit.start as usize, hit.end as usize);
            // An address is where its `@` is: what stands before that of a pseudonym, as `%2C` may, is no part of one.
            let key = (usize::from(hit.rule) == detect::EMAIL).then(|| memchr::memchr(b'@', &texts.bytes[start..end])).flatten();
            let (first, last) = key.map_or((start, end), |at| (start + at, start + at + 1));
            let is_made = made.iter().any(|made| made.start <= first && last <= made.end);
            let unsure = usize::from(hit.rule).checked_sub(FIRST_CUSTOM_RULE).filter(|_| hit.action > 0);
            !is_made
                && unsure.is_none_or(|rule| has_word(index as u32, custom[rule].keywords()))
                && (safe.is_empty() || !is_safe(safe, forms, texts.bytes, hit))
        });
    }

    /// Merges `hits`, and calls `each` for each text that they change, in order. The texts are those with the numbers `of`, where there are any.
    pub(super) fn rewrite(&mut self, texts: Texts<'_>, of: Option<&[u32]>, each: &mut dyn FnMut(usize, Rewritten<'_>)) {
        let replacement = self.writer.done().replacement();
        let mut out = std::mem::take(&mut self.out);
        let mut next = 0;
        let mut index = 0;
        while let Some(first) = self.hits.get(next) {
            index = texts.index_at(first.start as usize, index);
            let range = texts.range(index);
            let text = &texts.bytes[..range.end];
            let mut written = range.start;
            let mut changed = false;
            out.clear();
            // An empty value may lie where the text ends.
            while let Some(hit) = self.hits.get(next).filter(|hit| hit.start as usize <= range.end) {
                let from = next;
                let mut find = Find::new(*hit);
                next += 1;
                while let Some(hit) = self.hits.get(next).filter(|hit| find.meets(hit) && hit.start as usize <= range.end) {
                    find.join(*hit);
                    next += 1;
                }
                let (start, mut end) = whole_characters(text, find.start as usize, find.end as usize);
                let start = start.max(written);
                let is_empty = find.start == find.end;
                if end < start || (end == start && !is_empty) || text[start..end] == *replacement {
                    continue;
                }
                let hits = &self.hits[from..next];
                let (action, hit) = if self.writer.only_masks() { (Action::Mask, None) } else { decide(&self.writer, hits, start, end) };
                if action != Action::Mask && self.writer.is_kept(action, text, start, end) {
                    continue;
                }
                out.extend_from_slice(&text[written..start]);
                let put_from = out.len();
                match (find.own, hit) {
                    (Some(rule), _) => out.extend_from_slice(url::put(rule).unwrap_or_else(|| command::put(rule, text, start, end))),
                    (None, Some(hit)) => {
                        let phone = hits.iter().any(is_phone);
                        self.writer.write(action, self.forms.of(hit, &text[start..end]), phone, &mut out);
                    }
                    (None, None) => {
                        // Replacements that touch are one.
                        while text[end..].starts_with(replacement) {
                            end += replacement.len();
                        }
                        self.writer.write(Action::Mask, &[], false, &mut out);
                    }
                }
                written = end;
                // An address may have been truncated before.
                if out[put_from.min(out.len())..] == text[start..end] {
                    continue;
                }
                changed = true;
                for hit in hits {
                    self.counts[usize::from(hit.rule)] += 1;
                    self.finds.iter_mut().for_each(|finds| finds.push((of.map_or(index as u32, |of| of[index]), hit.rule)));
                }
            }
            if changed {
                out.extend_from_slice(&text[written..]);
                each(index, if out == replacement { Rewritten::Whole(&out) } else { Rewritten::Part(&out) });
            }
        }
        self.out = out;
    }
}

/// What becomes of hits that were merged to `start..end`, and the hit whose action that is. Without one it is masked.
fn decide<'h>(writer: &Writer, hits: &'h [Hit], start: usize, end: usize) -> (Action, Option<&'h Hit>) {
    let strictest = hits.iter().map(|hit| writer.action(hit)).reduce(Action::stricter).unwrap_or_default();
    let whole = |hit: &&Hit| writer.action(hit) == strictest && hit.start as usize <= start && end <= hit.end as usize;
    let hit = hits.iter().filter(whole).max_by_key(|hit| hit.grade);
    match (strictest, hit) {
        (Action::Mask, _) | (_, None) => (Action::Mask, None),
        (action, hit) => (action, hit),
    }
}

/// Whether what was found is to be left alone, in the form in which it was found or wholly decoded.
pub(super) fn is_safe(safe: &SafeValues, forms: &Forms, bytes: &[u8], hit: &Hit) -> bool {
    let own = &bytes[hit.start as usize..hit.end as usize];
    safe.has(forms.of(hit, own)) || decode::plain(own).is_some_and(|own| safe.has(&own))
}

/// Hits that are replaced as one.
struct Find {
    start: u32,
    end: u32,
    /// The rule of commands or URLs that all of it was found by, if any, and that says what takes its place.
    own: Option<u16>,
}

impl Find {
    fn new(hit: Hit) -> Self {
        Find { start: hit.start, end: hit.end, own: Self::own(hit) }
    }

    fn own(hit: Hit) -> Option<u16> {
        (command::is_command_rule(hit.rule) || url::put(hit.rule).is_some()).then_some(hit.rule)
    }

    /// Whether a hit, which does not begin before, belongs to it. Values that touch stay apart, others do not.
    fn meets(&self, hit: &Hit) -> bool {
        hit.start < self.end || (hit.start == self.end && self.own.is_none() && Self::own(*hit).is_none())
    }

    /// Takes in a hit that meets it. A value covers what lies inside it.
    fn join(&mut self, hit: Hit) {
        let own = Self::own(hit);
        if hit.start == self.start && (hit.end > self.end || (hit.end == self.end && own.is_some())) {
            self.own = own;
        } else if hit.end > self.end {
            // Two readings of the same statement: whatever it is, it is a value.
            self.own = self.own.and(own).map(|_| command::FIRST as u16);
        }
        self.end = self.end.max(hit.end);
    }
}

/// `start..end`, widened to where characters of UTF-8 begin and end: a custom rule may match single bytes.
fn whole_characters(text: &[u8], mut start: usize, mut end: usize) -> (usize, usize) {
    let continues = |place: usize| text.get(place).is_some_and(|byte| byte & 0xC0 == 0x80);
    while start > 0 && continues(start) {
        start -= 1;
    }
    while continues(end) {
        end += 1;
    }
    (start, end)
}
