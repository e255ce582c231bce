//! What is not text: numbers and bytes; and which values have keys that say something of them.

use std::io::Write as _;

use spansieve_plugin::{Batch, Column, Edits, Kind};

use crate::above::KeysAbove;
use crate::detect::context::{self, Kinds};
use crate::engine::{Clues, Engine};
use crate::explain::Finding;
use crate::keys::KeyRules;
use crate::marks::Marks;
use crate::order::sort_by_number;
use crate::scan::TextsBuf;

/// Memory for looking at rows.
#[derive(Default)]
pub(crate) struct Rows {
    /// For each row, whether it is left alone; empty where none is.
    safe: Vec<bool>,
    /// For each key of the batch, the kinds of ids that it names.
    key_kinds: Vec<Kinds>,
    /// Texts under such keys, in ascending order.
    named: Vec<(u32, Kinds)>,
    /// Integers under such keys, in ascending order.
    named_ints: Vec<(u32, Kinds)>,
    /// Numbers and byte strings as texts.
    texts: TextsBuf,
    /// For each of them, where it is from.
    of: Vec<Source>,
    /// What has to become a text.
    found: Vec<(Source, Option<String>)>,
}

/// A text, or an element of one of the other pools of the batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    Text(u32),
    Int(u32),
    Double(u32),
    Bytes(u32),
}

impl Source {
    /// Sorts as the value itself does.
    pub(crate) fn number(self) -> u64 {
        let (pool, index) = match self {
            Source::Text(index) => (0, index),
            Source::Int(index) => (1, index),
            Source::Double(index) => (2, index),
            Source::Bytes(index) => (3, index),
        };
        pool << 32 | u64::from(index)
    }

    /// What a row of this kind names, if it is in a pool.
    pub(crate) fn of(kind: Kind, value: u32) -> Option<Self> {
        match kind {
            Kind::Str => Some(Source::Text(value)),
            Kind::Int => Some(Source::Int(value)),
            Kind::Double => Some(Source::Double(value)),
            Kind::Bytes => Some(Source::Bytes(value)),
            _ => None,
        }
    }
}

/// Numbers below have fewer digits than any that a detector finds: a payment card has 13.
const SMALLEST_CARD: f64 = 1e12;

impl Rows {
    /// Finds the rows under keys that `keys` match: they are left alone.
    pub(crate) fn find_safe(&mut self, batch: &Batch<'_>, keys: &KeyRules) {
        self.safe.clear();
        if keys.is_empty() {
            return;
        }
        let safe_keys: Vec<_> = batch.keys().map(|key| keys.matches(key.text().as_bytes())).collect();
        if !safe_keys.contains(&true) {
            return;
        }
        self.safe.resize(batch.row_count() as usize, false);
        for (row, key) in (0..).zip(batch.columns().u32s(Column::RowKey).iter()) {
            if safe_keys.get(key as usize).copied().unwrap_or(false) {
                each_leaf(batch, row, &mut |leaf| self.safe[leaf as usize] = true);
                self.safe[row as usize] = true;
            }
        }
    }

    /// Whether a row is left alone.
    pub(crate) fn is_safe(&self, row: u32) -> bool {
        self.safe.get(row as usize).copied().unwrap_or(false)
    }

    /// Gives rows that are left alone their texts back, of which those among `changed`, which ascend, were replaced wherever they stand.
    pub(crate) fn restore_safe(&self, batch: &Batch<'_>, changed: &[u32], edits: &mut Edits) {
        for row in (0..).zip(&self.safe).filter(|(_, safe)| **safe).map(|(row, _)| batch.row(row)) {
            if let Some(text) = row.text().filter(|text| changed.binary_search(&text.index()).is_ok()) {
                edits.set(row, text.as_str());
            }
        }
    }

    /// Finds the texts and integers under keys that name kinds of ids.
    pub(crate) fn find_named(&mut self, batch: &Batch<'_>, wanted: Kinds) {
        self.named.clear();
        self.named_ints.clear();
        self.key_kinds.clear();
        if wanted == 0 {
            return;
        }
        self.key_kinds.extend(batch.keys().map(|key| context::of_key(key.text().as_bytes()) & wanted));
        if self.key_kinds.iter().all(|kinds| *kinds == 0) {
            return;
        }
        for (row, key) in (0..).zip(batch.columns().u32s(Column::RowKey).iter()) {
            match self.key_kinds.get(key as usize) {
                Some(kinds) if *kinds != 0 => self.note_named(batch, row, *kinds),
                _ => {}
            }
        }
        for named in [&mut self.named, &mut self.named_ints] {
            sort_by_number(named, |(index, _)| u128::from(*index));
            named.dedup_by(|same, first| {
                first.1 |= if same.0 == first.0 { same.1 } else { 0 };
                same.0 == first.0
            });
        }
    }

    fn note_named(&mut self, batch: &Batch<'_>, row: u32, kinds: Kinds) {
        let row = batch.row(row);
        match row.kind() {
            Kind::Str => self.named.extend(row.text().map(|text| (text.index(), kinds))),
            Kind::Int => self.named_ints.push((row.raw_value(), kinds)),
            Kind::Array | Kind::Map => batch.group(row.raw_value()).rows().for_each(|nested| self.note_named(batch, nested, kinds)),
            _ => {}
        }
    }

    /// The texts under keys that name kinds of ids.
    pub(crate) fn named(&self) -> &[(u32, Kinds)] {
        &self.named
    }

    /// Searches numbers and byte strings as texts. Those in which something is found become texts: what is left of them, but of numbers of which a part was masked
    /// the replacement, as of bytes that are no UTF-8.
    pub(crate) fn redact_other_kinds(
        &mut self,
        batch: &Batch<'_>,
        above: &mut KeysAbove<'_>,
        engine: &mut Engine,
        marks: &mut Marks,
        edits: &mut Edits,
    ) {
        self.gather(batch, engine.asks_for_numbers());
        if self.of.is_empty() {
            return;
        }
        let Rows { texts, of, found, named_ints, safe, .. } = self;
        found.clear();
        let kinds_of = |source: &Source| match source {
            Source::Int(int) => named_ints.binary_search_by_key(int, |(index, _)| *index).ok().map(|place| named_ints[place].1),
            _ => None,
        };
        let named: Vec<_> = (0..).zip(of.iter()).filter_map(|(index, source)| Some((index, kinds_of(source)?))).collect();
        let clues = Clues { named: &named, has_word: &mut |index, words| above.have_word(of[index as usize], words) };
        let replacement = String::from_utf8_lossy(engine.writer().done().replacement()).into_owned();
        let keeps_parts = engine.writer().keeps_parts();
        engine.redact(texts.as_texts(), clues, |index, text| {
            let source = of[index as usize];
            let is_part = || text.windows(replacement.len()).any(|part| part == replacement.as_bytes());
            let rest = match source {
                Source::Bytes(_) => String::from_utf8(text.to_vec()).ok(),
                _ if !keeps_parts && is_part() => None,
                _ => String::from_utf8(text.to_vec()).ok(),
            };
            found.push((source, rest));
        });
        if found.is_empty() {
            return;
        }
        sort_by_number(found, |(source, _)| u128::from(source.number()));
        let mut finds: Vec<_> = engine.take_finds().into_iter().map(|(index, rule)| (of[index as usize], rule)).collect();
        sort_by_number(&mut finds, |(source, rule)| u128::from(source.number()) << 16 | u128::from(*rule));
        for row in batch.rows() {
            let source = match row.kind() {
                Kind::Str => continue,
                kind => Source::of(kind, row.raw_value()),
            };
            let Some(source) = source.filter(|_| !safe.get(row.row() as usize).copied().unwrap_or(false)) else { continue };
            if let Ok(place) = found.binary_search_by_key(&source, |(source, _)| *source) {
                edits.set(row, found[place].1.as_deref().unwrap_or(&replacement));
                let of_source = &finds[finds.partition_point(|(known, _)| *known < source)..];
                of_source.iter().take_while(|(known, _)| *known == source).for_each(|(_, rule)| marks.note_row(row.row(), *rule));
            }
        }
    }

    /// What rules find in numbers and byte strings, and what was close.
    pub(crate) fn explain_other_kinds(
        &mut self,
        batch: &Batch<'_>,
        above: &mut KeysAbove<'_>,
        engine: &mut Engine,
    ) -> Vec<(Source, Finding)> {
        self.gather(batch, engine.asks_for_numbers());
        let Rows { texts, of, named_ints, .. } = self;
        let kinds_of = |source: &Source| match source {
            Source::Int(int) => named_ints.binary_search_by_key(int, |(index, _)| *index).ok().map(|place| named_ints[place].1),
            _ => None,
        };
        let named: Vec<_> = (0..).zip(of.iter()).filter_map(|(index, source)| Some((index, kinds_of(source)?))).collect();
        let clues = Clues { named: &named, has_word: &mut |index, words| above.have_word(of[index as usize], words) };
        let findings = engine.explain(texts.as_texts(), clues, &[]);
        findings.into_iter().map(|finding| (of[finding.text as usize], finding)).collect()
    }

    /// Writes down as texts what could hold something.
    fn gather(&mut self, batch: &Batch<'_>, all_numbers: bool) {
        self.texts.clear();
        self.of.clear();
        let columns = batch.columns();
        for (index, int) in (0..).zip(columns.i64s(Column::Ints).iter()) {
            let named = || self.named_ints.binary_search_by_key(&index, |(index, _)| *index).is_ok();
            if all_numbers || int.unsigned_abs() >= SMALLEST_CARD as u64 || named() {
                // Writing to a vector does not fail.
                let _ = write!(self.texts.bytes, "{int}");
                self.texts.end_text();
                self.of.push(Source::Int(index));
            }
        }
        for (index, double) in (0..).zip(columns.f64s(Column::Doubles).iter()) {
            if double.is_finite() && (all_numbers || double.abs() >= SMALLEST_CARD) {
                let _ = write!(self.texts.bytes, "{double}");
                self.texts.end_text();
                self.of.push(Source::Double(index));
            }
        }
        let bytes = columns.byte_strings();
        for index in 0..bytes.len() as u32 {
            if let Some(bytes) = bytes.get(index) {
                self.texts.push(bytes);
                self.of.push(Source::Bytes(index));
            }
        }
    }
}

/// Calls `each` with the row, or with all that are nested in it however deep, but for those that are lists and maps.
pub(crate) fn each_leaf(batch: &Batch<'_>, row: u32, each: &mut dyn FnMut(u32)) {
    let view = batch.row(row);
    match view.kind() {
        Kind::Array | Kind::Map => batch.group(view.raw_value()).rows().for_each(|nested| each_leaf(batch, nested, each)),
        _ => each(row),
    }
}
