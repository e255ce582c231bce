//! The keys that stand above values: of their attributes, and of the entries of maps around them.

use spansieve_plugin::{Batch, Column, Kind};

use crate::custom::has_word;
use crate::order::sort_by_number;
use crate::rows::Source;

/// For each value the keys above it. Looked up only once it is asked for, which it is where a rule has found something that no word stands before.
pub(crate) struct KeysAbove<'b> {
    batch: &'b Batch<'b>,
    /// Values with the numbers of keys, in ascending order.
    keys: Option<Vec<(Source, u32)>>,
}

impl<'b> KeysAbove<'b> {
    pub(crate) fn new(batch: &'b Batch<'b>) -> Self {
        KeysAbove { batch, keys: None }
    }

    /// Whether one of the words stands in a key above the value.
    pub(crate) fn have_word(&mut self, value: Source, words: &[String]) -> bool {
        let batch = self.batch;
        let keys = self.keys.get_or_insert_with(|| all(batch));
        let from = keys.partition_point(|(known, _)| *known < value);
        let texts = batch.columns().u32s(Column::Keys);
        let above = keys[from..].iter().take_while(|(known, _)| *known == value).filter_map(|(_, key)| texts.get(*key));
        above.into_iter().any(|key| has_word(batch.text(key).as_bytes(), words))
    }
}

fn all(batch: &Batch<'_>) -> Vec<(Source, u32)> {
    let mut keys = Vec::new();
    let named = batch.keys().len() as u32;
    for (row, key) in (0..).zip(batch.columns().u32s(Column::RowKey).iter()) {
        // Elements of arrays have no key of their own.
        if key < named {
            below(batch, row, key, &mut keys);
        }
    }
    sort_by_number(&mut keys, |(source, key)| u128::from(source.number()) << 32 | u128::from(*key));
    keys.dedup();
    keys
}

fn below(batch: &Batch<'_>, row: u32, key: u32, keys: &mut Vec<(Source, u32)>) {
    let row = batch.row(row);
    match row.kind() {
        Kind::Array | Kind::Map => batch.group(row.raw_value()).rows().for_each(|nested| below(batch, nested, key, keys)),
        kind => keys.extend(Source::of(kind, row.raw_value()).map(|source| (source, key))),
    }
}
