//! What is not text: values under keys that rules name, numbers, bytes.

use spansieve_plugin::{Batch, Column, Edits, Kind};

use crate::detect::context::{self, Kinds};
use crate::engine::Engine;
use crate::keys::KeyRules;
use crate::scan::TextsBuf;

/// Memory for looking at rows.
#[derive(Default)]
pub(crate) struct Rows {
    /// For each key of the batch, whether its values must not be seen.
    secret_keys: Vec<bool>,
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

/// An element of one of the pools of the batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    Int(u32),
    Double(u32),
    Bytes(u32),
}

/// Numbers below have fewer digits than any that a detector finds: a payment card has 13.
const SMALLEST_CARD: f64 = 1e12;

impl Rows {
    /// Replaces every value under a key that `keys` match. Says how many.
    pub(crate) fn redact_keys(&mut self, batch: &Batch<'_>, keys: &KeyRules, replacement: &str, edits: &mut Edits) -> u64 {
        self.secret_keys.clear();
        self.secret_keys.extend(batch.keys().map(|key| keys.matches_as_meant(key.text().as_bytes())));
        if !self.secret_keys.contains(&true) {
            return 0;
        }
        let mut count = 0;
        for (row, key) in (0..).zip(batch.columns().u32s(Column::RowKey).iter()) {
            if self.secret_keys.get(key as usize).copied().unwrap_or(false) {
                redact_row(batch, row, replacement, edits, &mut count);
            }
        }
        count
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
            named.sort_unstable_by_key(|(index, _)| *index);
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

    /// Searches numbers and byte strings as texts. Those in which something is found become texts: a number the replacement, bytes that are UTF-8
    /// what is left of them.
    pub(crate) fn redact_other_kinds(&mut self, batch: &Batch<'_>, engine: &mut Engine, edits: &mut Edits) {
        self.gather(batch, engine.has_custom_rules());
        if self.of.is_empty() {
            return;
        }
        let Rows { texts, of, found, named_ints, .. } = self;
        found.clear();
        let kinds_of = |source: &Source| match source {
            Source::Int(int) => named_ints.binary_search_by_key(int, |(index, _)| *index).ok().map(|place| named_ints[place].1),
            _ => None,
        };
        let named: Vec<_> = (0..).zip(of.iter()).filter_map(|(index, source)| Some((index, kinds_of(source)?))).collect();
        engine.redact(texts.as_texts(), &named, |index, text| {
            let source = of[index as usize];
            let rest = matches!(source, Source::Bytes(_)).then(|| String::from_utf8(text.to_vec()).ok()).flatten();
            found.push((source, rest));
        });
        if found.is_empty() {
            return;
        }
        found.sort_unstable_by_key(|(source, _)| *source);
        for row in batch.rows() {
            let source = match row.kind() {
                Kind::Int => Source::Int(row.raw_value()),
                Kind::Double => Source::Double(row.raw_value()),
                Kind::Bytes => Source::Bytes(row.raw_value()),
                _ => continue,
            };
            if let Ok(place) = found.binary_search_by_key(&source, |(source, _)| *source) {
                edits.set(row, found[place].1.as_deref().unwrap_or(engine.replacement()));
            }
        }
    }

    /// Writes down as texts what could hold something.
    fn gather(&mut self, batch: &Batch<'_>, all_numbers: bool) {
        use std::io::Write;

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

/// Replaces the value of a row, or every value nested in it. Values that are not set stay, and so does what is replaced already.
fn redact_row(batch: &Batch<'_>, row: u32, replacement: &str, edits: &mut Edits, count: &mut u64) {
    let row = batch.row(row);
    match row.kind() {
        Kind::Empty => return,
        Kind::Array | Kind::Map => {
            for nested in batch.group(row.raw_value()).rows() {
                redact_row(batch, nested, replacement, edits, count);
            }
            return;
        }
        Kind::Str if row.text().is_some_and(|text| text.as_bytes().is_empty() || text.as_bytes() == replacement.as_bytes()) => return,
        _ => {}
    }
    edits.set(row, replacement);
    *count += 1;
}
