//! From rules to redacted texts: search, merge, replace, and search again what came out.
//!
//! All rules see the original texts. What they find is merged, so that overlapping finds become one replacement and nothing of them is left.
//! A replacement changes what stands next to the rest of a text: a word may begin where none began. So texts that changed are searched again,
//! until nothing is found; that is what makes a second run change nothing. A text that has not settled after [`ROUNDS`] is replaced whole.
//!
//! In commands to databases the values are found by a lexer, and merged with the rest. What is found inside a value goes with it; what reaches beyond
//! one takes it along. So with URLs whose query or path has to go.
//!
//! What takes the place of a find is up to the [action](crate::action) of the rule that found it. Where hits of several rules were merged the strictest of their actions counts,
//! if a hit that has it covers the whole find; otherwise it is masked: half a hash says nothing, and a part that is kept must not be another rule's.

mod forms;
mod rewrite;

use std::cmp::Reverse;
use std::ops::Range;

use crate::action::Writer;
use crate::assign::Assignments;
use crate::command::{self, Language, Lexer, System};
use crate::custom::CustomRule;
use crate::decode::{self, Decoding, LEVELS};
use crate::detect::context::Kinds;
use crate::detect::near::{self, Near};
use crate::detect::{self, Hit};
use crate::explain::{Finding, Outcome};
use crate::keys::KeyRules;
use crate::order::sort_by_number;
use crate::safe::SafeValues;
use crate::scan::{Found, KEY_RULE, Scanner, Texts, TextsBuf};
use crate::url::{self, Form, Urls};
use forms::Forms;
use rewrite::Rewritten;

/// How often a text is searched before it is given up and replaced whole. Ordinary texts take two rounds: the second finds nothing.
const ROUNDS: usize = 8;

/// The number of the first custom rule.
pub(crate) const FIRST_CUSTOM_RULE: usize = url::FIRST + url::NAMES.len();

/// Redacts texts by its rules.
pub(crate) struct Engine {
    scanner: Scanner,
    custom: Vec<CustomRule>,
    writer: Writer,
    /// What is left alone whichever rule finds it.
    safe: SafeValues,
    /// Some hits may have to be dropped again: what is left alone, what was put there, what has no word before it.
    excuses: bool,
    /// A custom rule may match what takes the place of values in commands.
    custom_placeholders: bool,
    /// The kinds of ids that are looked for in texts whose key names them.
    kinds: Kinds,
    /// Keys in JSON commands below which values stay.
    keep: Vec<Vec<u8>>,
    /// For each rule, how often it has found something.
    counts: Vec<u64>,
    /// Which rules have found something in which texts, if that is noted.
    finds: Option<Vec<(u32, u16)>>,
    /// What was close, while that is wanted.
    nears: Vec<Near>,
    hits: Vec<Hit>,
    /// What becomes of a text while it is made.
    out: Vec<u8>,
    found: Found,
    decoding: Decoding,
    forms: Forms,
    rounds: [Round; 2],
}

/// What a text is, beside a text: read by its grammar as well.
#[derive(Clone, Copy)]
pub(crate) enum Reading {
    Command(System),
    Url(Urls, Form),
}

/// What is known of texts beside what they hold.
pub(crate) struct Clues<'c> {
    /// The numbers of texts whose keys name kinds of ids, in ascending order.
    pub(crate) named: &'c [(u32, Kinds)],
    /// Whether one of the words stands in a key of the text with this number.
    pub(crate) has_word: &'c mut dyn FnMut(u32, &[String]) -> bool,
}

/// Texts that changed in a round.
#[derive(Default)]
struct Round {
    texts: TextsBuf,
    /// For each, its number among the texts that were given.
    of: Vec<u32>,
}

impl Engine {
    /// An engine with the detectors at these places of the table.
    pub(crate) fn new(
        detectors: &[usize],
        keys: KeyRules,
        custom: Vec<CustomRule>,
        keep: Vec<Vec<u8>>,
        writer: Writer,
        safe: SafeValues,
        decoding: Decoding,
    ) -> Self {
        let with_words = custom.iter().any(|rule| !rule.keywords().is_empty());
        Engine {
            kinds: detect::id::kinds_of(detectors),
            scanner: Scanner::new(
                detectors,
                Assignments::new(keys, writer.done().replacement()),
                &custom.iter().map(CustomRule::literals).collect::<Vec<_>>(),
            ),
            counts: vec![0; FIRST_CUSTOM_RULE + custom.len()],
            finds: None,
            nears: Vec::new(),
            excuses: with_words || !safe.is_empty() || writer.done().secret().is_some(),
            custom_placeholders: custom.iter().any(CustomRule::matches_placeholders),
            custom,
            writer,
            safe,
            keep,
            hits: Vec::new(),
            out: Vec::new(),
            found: Found::default(),
            decoding,
            forms: Forms::default(),
            rounds: Default::default(),
        }
    }

    /// What takes the place of what is found.
    pub(crate) fn writer(&self) -> &Writer {
        &self.writer
    }

    /// What is left alone whichever rule finds it.
    pub(crate) fn safe(&self) -> &SafeValues {
        &self.safe
    }

    /// Notes from now on which rules find something in which texts.
    pub(crate) fn note_finds(&mut self) {
        self.finds = Some(Vec::new());
    }

    /// Which rules have found something in which of the texts since this was taken the last time, if that is noted.
    pub(crate) fn take_finds(&mut self) -> Vec<(u32, u16)> {
        self.finds.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// The kinds of ids that a key may name.
    pub(crate) fn kinds(&self) -> Kinds {
        self.kinds
    }

    /// Whether a custom rule may match a number.
    pub(crate) fn asks_for_numbers(&self) -> bool {
        self.custom.iter().any(CustomRule::may_match_numbers)
    }

    /// For each rule, how often it has found something; the caller may set the counts back.
    pub(crate) fn counts(&mut self) -> &mut [u64] {
        &mut self.counts
    }

    /// Calls `changed` with the number and the redacted form of each text in which something is found, in no particular order.
    ///
    /// The redacted form is UTF-8 if the text is.
    pub(crate) fn redact(&mut self, texts: Texts<'_>, clues: Clues<'_>, mut changed: impl FnMut(u32, &[u8])) {
        self.run(texts, clues, &[], &mut changed);
    }

    /// The same for texts that are read by their grammar as well, by rules with the numbers `own`. Only these are counted: what others find was counted when
    /// all texts were searched.
    pub(crate) fn redact_read(
        &mut self,
        texts: Texts<'_>,
        clues: Clues<'_>,
        readings: &[Reading],
        own: Range<usize>,
        mut changed: impl FnMut(u32, &[u8]),
    ) {
        let counts = self.counts.clone();
        self.run(texts, clues, readings, &mut changed);
        for (rule, count) in self.counts.iter_mut().enumerate().filter(|(rule, _)| !own.contains(rule)) {
            *count = counts[rule];
        }
    }

    /// Takes the values out of a command in which the other rules find nothing.
    ///
    /// `redacted` gets what is left of it, where there are values. Says no, and does nothing, where other rules may find something in what would
    /// be left: then the command has to take the long way of [`Engine::redact_read`].
    pub(crate) fn redact_clean_command(
        &mut self,
        command: &[u8],
        (system, language): (System, Language),
        redacted: &mut dyn FnMut(&[u8]),
    ) -> bool {
        self.hits.clear();
        Lexer::new(command, self.writer.done(), 0, &mut self.hits).values(language, &self.keep);
        if self.hits.is_empty() {
            return true;
        }
        let unsettled = self.hits.iter().any(|hit| command::unsettles(hit, command, self.writer.done().replacement()));
        if unsettled || self.custom_placeholders || !system.keeps_language(command, &self.hits) {
            return false;
        }
        self.sort_hits();
        if decode::may_hide(command) && self.hides_beside_values(command) {
            return false;
        }
        let texts = Texts { bytes: command, ends: &[command.len() as u32] };
        self.rewrite(texts, None, &mut |_, (Rewritten::Whole(text) | Rewritten::Part(text))| redacted(text));
        true
    }

    /// Whether a command hides something beside the values in `hits`: then what is left of it has views too, in which other rules may find something.
    fn hides_beside_values(&self, command: &[u8]) -> bool {
        let mut from = 0;
        let ends = self.hits.iter().map(|hit| (hit.start as usize, hit.end as usize)).chain([(command.len(), 0)]);
        for (start, end) in ends {
            if (from..start).any(|place| decode::hides(command, place)) {
                return true;
            }
            from = from.max(end);
        }
        false
    }

    /// `changed` is no type parameter: this is large, and has several callers.
    fn run(&mut self, texts: Texts<'_>, clues: Clues<'_>, readings: &[Reading], changed: &mut dyn FnMut(u32, &[u8])) {
        let Clues { named, has_word } = clues;
        let [mut now, mut next] = std::mem::take(&mut self.rounds);
        now.clear();
        self.search(texts, named, &mut readings.iter().copied());
        self.excuse(texts, has_word);
        self.rewrite(texts, None, &mut |index, rewritten| match rewritten {
            Rewritten::Whole(text) => changed(index as u32, text),
            Rewritten::Part(text) => now.push(text, index as u32),
        });
        for round in 1.. {
            if now.of.is_empty() {
                break;
            }
            if round == ROUNDS {
                now.of.iter().for_each(|of| changed(*of, self.writer.done().replacement()));
                break;
            }
            next.clear();
            let texts = now.texts.as_texts();
            let kinds_of = |of: &u32| named.binary_search_by_key(of, |(index, _)| *index).ok().map(|place| named[place].1);
            let named: Vec<_> = (0..).zip(&now.of).filter_map(|(index, of)| Some((index, kinds_of(of)?))).collect();
            self.search(texts, &named, &mut now.of.iter().filter_map(|of| readings.get(*of as usize).copied()));
            self.excuse(texts, &mut |index, words| has_word(now.of[index as usize], words));
            let mut settled = 0;
            self.rewrite(texts, Some(&now.of), &mut |index, rewritten| {
                (settled..index).for_each(|index| changed(now.of[index], texts.get(index)));
                settled = index + 1;
                match rewritten {
                    Rewritten::Whole(text) => changed(now.of[index], text),
                    Rewritten::Part(text) => next.push(text, now.of[index]),
                }
            });
            (settled..now.of.len()).for_each(|index| changed(now.of[index], texts.get(index)));
            std::mem::swap(&mut now, &mut next);
        }
        self.rounds = [now, next];
    }

    /// Fills `hits` with what all rules find in the texts and in their views, in the order in which it stands there. Commands and URLs come with
    /// what they are, others without any.
    fn search(&mut self, texts: Texts<'_>, named: &[(u32, Kinds)], readings: &mut dyn Iterator<Item = Reading>) {
        self.hits.clear();
        self.forms.begin();
        self.search_plain(texts);
        self.hits.append(&mut self.found.hits);
        for (index, kinds) in named {
            detect::id::search_named(texts.bytes, texts.range(*index as usize), *kinds & self.kinds, &mut self.hits);
        }
        self.nears.extend(near::take());
        for level in 0..LEVELS {
            let (above, here) = self.forms.views.split_at_mut(level);
            let view = &mut here[0];
            match above.last() {
                None => view.show(texts, &self.found.encoded, &self.decoding),
                Some(above) => view.show_views(above, &self.found.encoded, &self.decoding),
            }
            if view.of.is_empty() {
                break;
            }
            let view = std::mem::take(view);
            let shown = view.texts.as_texts();
            self.search_plain(shown);
            if !named.is_empty() {
                for (index, of) in view.of.iter().enumerate() {
                    if let Ok(place) = named.binary_search_by_key(of, |(index, _)| *index) {
                        detect::id::search_named(shown.bytes, shown.range(index), named[place].1 & self.kinds, &mut self.found.hits);
                    }
                }
            }
            self.nears.extend(near::take().into_iter().map(|near| {
                let (start, end) = view.original(near.start, near.end);
                Near { start, end, ..near }
            }));
            self.hits.extend(self.found.hits.iter().map(|hit| self.forms.note(&view, level, hit)));
            self.forms.views[level] = view;
        }
        for (index, reading) in readings.enumerate() {
            let system = match reading {
                Reading::Command(system) => system,
                Reading::Url(urls, form) => {
                    urls.find(form, texts.get(index), self.writer.done(), texts.range(index).start, &mut self.hits);
                    continue;
                }
            };
            if index == 0 {
                let bytes = texts.bytes;
                let is_found =
                    |hit: &Hit| usize::from(hit.rule) != KEY_RULE || !command::is_placeholder(&bytes[hit.start as usize..hit.end as usize]);
                self.hits.retain(is_found);
            }
            let start = texts.range(index).start;
            let command = texts.get(index);
            Lexer::new(command, self.writer.done(), start, &mut self.hits).values(system.language(command), &self.keep);
        }
        self.sort_hits();
        // What was found in several forms is one, in the best of them.
        self.hits.dedup_by_key(|hit| (hit.start, hit.end, hit.rule, hit.action));
    }

    /// By their places, then by their rules; of several forms of one find the best comes first.
    fn sort_hits(&mut self) {
        let rest = |hit: &Hit| (hit.end, hit.rule, hit.action, Reverse(hit.grade), hit.form);
        let order = |a: &Hit, b: &Hit| a.start.cmp(&b.start).then_with(|| rest(a).cmp(&rest(b)));
        // They are in order where only shapes or only a lexer found something.
        if !self.hits.is_sorted_by(|a, b| order(a, b).is_le()) {
            self.hits.sort_unstable_by(order);
        }
    }

    /// Fills `found` with what all rules find in texts as they are.
    fn search_plain(&mut self, texts: Texts<'_>) {
        self.found.clear();
        self.scanner.scan(texts, &mut self.found);
        let Found { hits, asked, .. } = &mut self.found;
        for (rule, index) in asked.iter() {
            let text = texts.range(*index as usize);
            self.custom[*rule as usize].scan_text(&texts.bytes[text.clone()], text.start, self.writer.done(), hits);
        }
        for rule in self.custom.iter().filter(|rule| rule.literals().is_empty()) {
            rule.scan(texts, self.writer.done(), hits);
        }
    }

    /// What all rules find in the texts, which have these readings or none, and what was close. A pass of its own, which changes and counts nothing.
    pub(crate) fn explain(&mut self, texts: Texts<'_>, clues: Clues<'_>, readings: &[Reading]) -> Vec<Finding> {
        let Clues { named, has_word } = clues;
        near::want(true);
        self.search(texts, named, &mut readings.iter().copied());
        near::want(false);
        let all = self.hits.clone();
        self.excuse(texts, has_word);
        let mut index = 0;
        let mut findings = Vec::new();
        for hit in all {
            index = texts.index_at(hit.start as usize, index);
            let custom = usize::from(hit.rule).checked_sub(FIRST_CUSTOM_RULE).filter(|_| hit.action > 0);
            let (outcome, why) = if self.hits.contains(&hit) {
                (Outcome::Hit, "")
            } else if custom.is_some_and(|rule| !has_word(index as u32, self.custom[rule].keywords())) {
                (Outcome::Near, "none of the rule's keywords stands before it or in its key")
            } else if rewrite::is_safe(&self.safe, &self.forms, texts.bytes, &hit) {
                (Outcome::Allowed, "it is one of `safe_values`")
            } else {
                // It was put there by a run before.
                continue;
            };
            findings.push(Finding::new(texts, index, (hit.start, hit.end, hit.rule), outcome, why));
        }
        let mut nears = std::mem::take(&mut self.nears);
        sort_by_number(&mut nears, |near| u128::from(near.start));
        let mut index = 0;
        for Near { start, end, rule, why } in nears {
            index = texts.index_at(start as usize, index);
            let outcome = if why == near::ALLOWED { Outcome::Allowed } else { Outcome::Near };
            findings.push(Finding::new(texts, index, (start, end, rule), outcome, why));
        }
        sort_by_number(&mut findings, Finding::number);
        // The same may be found in the text and in its decoded form.
        findings.dedup();
        findings
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
