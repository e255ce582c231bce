//! From rules to redacted texts: search, merge, replace, and search again what came out.
//!
//! All rules see the original texts. What they find is merged, so that overlapping finds become one replacement and nothing of them is left.
//! A replacement changes what stands next to the rest of a text: a word may begin where none began. So texts that changed are searched again,
//! until nothing is found; that is what makes a second run change nothing. A text that has not settled after [`ROUNDS`] is replaced whole.
//!
//! In commands to databases the values are found by a lexer, and merged with the rest. What is found inside a value goes with it; what reaches beyond
//! one takes it along.

use memchr::memmem::Finder;

use crate::assign::Assignments;
use crate::command::{self, Lexer, System};
use crate::custom::CustomRule;
use crate::decode::{Decoding, LEVELS, Views};
use crate::detect::context::Kinds;
use crate::detect::{self, Hit};
use crate::keys::KeyRules;
use crate::scan::{KEY_RULE, Scanner, Texts, TextsBuf};

/// How often a text is searched before it is given up and replaced whole. Ordinary texts take two rounds: the second finds nothing.
const ROUNDS: usize = 8;

/// The number of the first custom rule.
pub(crate) const FIRST_CUSTOM_RULE: usize = command::FIRST + command::NAMES.len();

/// Redacts texts by its rules.
pub(crate) struct Engine {
    scanner: Scanner,
    custom: Vec<CustomRule>,
    replacement: String,
    finder: Finder<'static>,
    /// The kinds of ids that are looked for in texts whose key names them.
    kinds: Kinds,
    /// Keys in JSON commands below which values stay.
    keep: Vec<Vec<u8>>,
    /// For each rule, how often it has found something.
    counts: Vec<u64>,
    hits: Vec<Hit>,
    view_hits: Vec<Hit>,
    hidden: Vec<u32>,
    decoding: Decoding,
    views: [Views; LEVELS],
    rounds: [Round; 2],
}

/// Texts that changed in a round.
#[derive(Default)]
struct Round {
    texts: TextsBuf,
    /// For each, its number among the texts that were given.
    of: Vec<u32>,
}

/// What came of a text in which something was found.
enum Rewritten<'r> {
    /// Nothing is left but the replacement.
    Whole,
    /// This.
    Part(&'r [u8]),
}

impl Engine {
    /// An engine with the detectors at these places of the table.
    pub(crate) fn new(
        detectors: &[usize],
        keys: KeyRules,
        custom: Vec<CustomRule>,
        keep: Vec<Vec<u8>>,
        replacement: &str,
        decoding: Decoding,
    ) -> Self {
        Engine {
            kinds: detect::id::kinds_of(detectors),
            scanner: Scanner::new(detectors, Assignments::new(keys, replacement)),
            counts: vec![0; FIRST_CUSTOM_RULE + custom.len()],
            custom,
            replacement: replacement.to_owned(),
            finder: Finder::new(replacement.as_bytes()).into_owned(),
            keep,
            hits: Vec::new(),
            view_hits: Vec::new(),
            hidden: Vec::new(),
            decoding,
            views: Default::default(),
            rounds: Default::default(),
        }
    }

    /// What takes the place of what is found.
    pub(crate) fn replacement(&self) -> &str {
        &self.replacement
    }

    /// The kinds of ids that a key may name.
    pub(crate) fn kinds(&self) -> Kinds {
        self.kinds
    }

    /// Whether there are custom rules, which may match anything.
    pub(crate) fn has_custom_rules(&self) -> bool {
        !self.custom.is_empty()
    }

    /// For each rule, how often it has found something; the caller may set the counts back.
    pub(crate) fn counts(&mut self) -> &mut [u64] {
        &mut self.counts
    }

    /// Calls `changed` with the number and the redacted form of each text in which something is found, in no particular order.
    ///
    /// `named` has the numbers of texts whose keys name kinds of ids, in ascending order.
    /// The redacted form is UTF-8 if the text is.
    pub(crate) fn redact(&mut self, texts: Texts<'_>, named: &[(u32, Kinds)], mut changed: impl FnMut(u32, &[u8])) {
        self.run(texts, named, &[], &mut changed);
    }

    /// The same for commands to databases, whose values go too. `systems` has the database of each text.
    pub(crate) fn redact_commands(&mut self, texts: Texts<'_>, systems: &[System], mut changed: impl FnMut(u32, &[u8])) {
        self.run(texts, &[], systems, &mut changed);
    }

    /// Whether there are values in a command, and not only placeholders.
    pub(crate) fn has_values(&mut self, command: &[u8], system: System) -> bool {
        self.hits.clear();
        Lexer::new(command, self.replacement.as_bytes(), 0, &mut self.hits).values(system, &self.keep);
        !self.hits.is_empty()
    }

    /// `changed` is no type parameter: this is large, and has several callers.
    fn run(&mut self, texts: Texts<'_>, named: &[(u32, Kinds)], systems: &[System], changed: &mut dyn FnMut(u32, &[u8])) {
        let replacement = self.replacement.clone();
        let [mut now, mut next] = std::mem::take(&mut self.rounds);
        now.clear();
        self.search(texts, named, &mut systems.iter().copied());
        self.rewrite(texts, &mut |index, rewritten| match rewritten {
            Rewritten::Whole => changed(index as u32, replacement.as_bytes()),
            Rewritten::Part(text) => now.push(text, index as u32),
        });
        for round in 1.. {
            if now.of.is_empty() {
                break;
            }
            if round == ROUNDS {
                now.of.iter().for_each(|of| changed(*of, replacement.as_bytes()));
                break;
            }
            next.clear();
            let texts = now.texts.as_texts();
            let kinds_of = |of: &u32| named.binary_search_by_key(of, |(index, _)| *index).ok().map(|place| named[place].1);
            let named: Vec<_> = (0..).zip(&now.of).filter_map(|(index, of)| Some((index, kinds_of(of)?))).collect();
            self.search(texts, &named, &mut now.of.iter().filter_map(|of| systems.get(*of as usize).copied()));
            let mut settled = 0;
            self.rewrite(texts, &mut |index, rewritten| {
                (settled..index).for_each(|index| changed(now.of[index], texts.get(index)));
                settled = index + 1;
                match rewritten {
                    Rewritten::Whole => changed(now.of[index], replacement.as_bytes()),
                    Rewritten::Part(text) => next.push(text, now.of[index]),
                }
            });
            (settled..now.of.len()).for_each(|index| changed(now.of[index], texts.get(index)));
            std::mem::swap(&mut now, &mut next);
        }
        self.rounds = [now, next];
    }

    /// Fills `hits` with what all rules find in the texts and in their views, in the order in which it stands there. Texts of commands come
    /// with their databases, others without any.
    fn search(&mut self, texts: Texts<'_>, named: &[(u32, Kinds)], systems: &mut dyn Iterator<Item = System>) {
        self.hits.clear();
        self.hidden.clear();
        self.scanner.scan(texts, &mut self.hits, &mut self.hidden);
        for (index, kinds) in named {
            detect::id::search_named(texts.bytes, texts.range(*index as usize), *kinds & self.kinds, &mut self.hits);
        }
        for rule in &self.custom {
            rule.scan(texts, &self.finder, &mut self.hits);
        }
        for level in 0..LEVELS {
            let (above, here) = self.views.split_at_mut(level);
            let view = &mut here[0];
            match above.last() {
                None => view.show(texts, &self.hidden, &self.decoding),
                Some(above) => view.show_views(above, &self.hidden, &self.decoding),
            }
            if view.of.is_empty() {
                break;
            }
            self.hidden.clear();
            self.view_hits.clear();
            let shown = view.texts.as_texts();
            self.scanner.scan(shown, &mut self.view_hits, &mut self.hidden);
            for rule in &self.custom {
                rule.scan(shown, &self.finder, &mut self.view_hits);
            }
            if !named.is_empty() {
                for (index, of) in view.of.iter().enumerate() {
                    if let Ok(place) = named.binary_search_by_key(of, |(index, _)| *index) {
                        detect::id::search_named(shown.bytes, shown.range(index), named[place].1 & self.kinds, &mut self.view_hits);
                    }
                }
            }
            self.hits.extend(self.view_hits.iter().map(|hit| {
                let (start, end) = view.original(hit.start, hit.end);
                Hit { start, end, ..*hit }
            }));
        }
        for (index, system) in systems.enumerate() {
            if index == 0 {
                let bytes = texts.bytes;
                let is_found =
                    |hit: &Hit| usize::from(hit.rule) != KEY_RULE || !command::is_placeholder(&bytes[hit.start as usize..hit.end as usize]);
                self.hits.retain(is_found);
            }
            let start = texts.range(index).start;
            Lexer::new(texts.get(index), self.replacement.as_bytes(), start, &mut self.hits).values(system, &self.keep);
        }
        self.hits.sort_unstable_by_key(|hit| (hit.start, hit.end, hit.rule));
    }

    /// Merges `hits`, and calls `each` for each text that they change, in order.
    fn rewrite(&mut self, texts: Texts<'_>, each: &mut dyn FnMut(usize, Rewritten<'_>)) {
        let replacement = self.replacement.as_bytes();
        let mut out = Vec::new();
        let mut hits = self.hits.iter().copied().peekable();
        let mut index = 0;
        while let Some(first) = hits.peek() {
            index = texts.index_at(first.start as usize, index);
            let range = texts.range(index);
            let text = &texts.bytes[..range.end];
            let mut written = range.start;
            let mut changed = false;
            out.clear();
            while let Some(hit) = hits.next_if(|hit| (hit.start as usize) < range.end) {
                let mut find = Find::new(hit);
                self.counts[hit.rule as usize] += 1;
                while let Some(hit) = hits.next_if(|hit| find.meets(hit) && (hit.start as usize) < range.end) {
                    find.join(hit);
                    self.counts[hit.rule as usize] += 1;
                }
                let (start, mut end) = whole_characters(text, find.start as usize, find.end as usize);
                let start = start.max(written);
                if end <= start || text[start..end] == *replacement {
                    continue;
                }
                if let Some(rule) = find.command {
                    out.extend_from_slice(&text[written..start]);
                    out.extend_from_slice(command::put(rule, text, start, end));
                    written = end;
                    changed = true;
                    continue;
                }
                // Replacements that touch are one.
                while text[end..].starts_with(replacement) {
                    end += replacement.len();
                }
                out.extend_from_slice(&text[written..start]);
                if !out.ends_with(replacement) {
                    out.extend_from_slice(replacement);
                }
                written = end;
                changed = true;
            }
            if changed {
                out.extend_from_slice(&text[written..]);
                each(index, if out == replacement { Rewritten::Whole } else { Rewritten::Part(&out) });
            }
        }
    }
}

/// Hits that are replaced as one.
struct Find {
    start: u32,
    end: u32,
    /// The rule of commands that all of it was found by, if any: with what takes its place.
    command: Option<u16>,
}

impl Find {
    fn new(hit: Hit) -> Self {
        Find { start: hit.start, end: hit.end, command: Self::command(hit) }
    }

    fn command(hit: Hit) -> Option<u16> {
        command::is_command_rule(hit.rule).then_some(hit.rule)
    }

    /// Whether a hit, which does not begin before, belongs to it. Values that touch stay apart, others do not.
    fn meets(&self, hit: &Hit) -> bool {
        hit.start < self.end || (hit.start == self.end && self.command.is_none() && Self::command(*hit).is_none())
    }

    /// Takes in a hit that meets it. A value covers what lies inside it.
    fn join(&mut self, hit: Hit) {
        let command = Self::command(hit);
        if hit.start == self.start && (hit.end > self.end || (hit.end == self.end && command.is_some())) {
            self.command = command;
        } else if hit.end > self.end {
            // Two readings of the same statement: whatever it is, it is a value.
            self.command = self.command.and(command).map(|_| command::FIRST as u16);
        }
        self.end = self.end.max(hit.end);
    }
}

impl Round {
    fn clear(&mut self) {
        self.texts.clear();
        self.of.clear();
    }

    fn push(&mut self, text: &[u8], of: u32) {
        self.texts.push(text);
        self.of.push(of);
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
