//! Applying checked edits to the columns.
//!
//! New texts and numbers are appended, values, names and fields change in place; rows are laid out anew only when some were
//! added or removed, and the whole batch only when spans were dropped (`retain`).

use spansieve_layout::{Column, FLAG_SAMPLED, Field, Kind, NONE};

use super::{Batch, RowColumns, kind_of};
use crate::edits::{EditBounds, Edits, EditsError, Extent};

impl Batch {
    /// [`Batch::edit_within`] with the bounds that plugins have by default.
    #[cfg(test)]
    pub(crate) fn edit(&mut self, bytes: &[u8]) -> Result<Edited, EditsError> {
        self.edit_within(bytes, &EditBounds { items: 1_000_000, nesting: spansieve_layout::MAX_DEPTH })
    }

    /// Checks the edits that a plugin gave for this batch and applies them. Answers with how many there were, and which
    /// spans (by their [source](super::Span::source)) were dropped.
    ///
    /// # Errors
    /// When the edits break a rule; the batch is then as it was.
    pub(crate) fn edit_within(&mut self, bytes: &[u8], bounds: &EditBounds) -> Result<Edited, EditsError> {
        if bytes.is_empty() {
            return Ok(Edited::default());
        }
        let group_end = &self.rows.group_end;
        let extent = Extent {
            texts: self.texts.len(),
            ints: self.pools.ints.len(),
            doubles: self.pools.doubles.len(),
            byte_strings: self.pools.bytes_end.len(),
            rows: self.rows.key.len(),
            row_group: &|row| group_end.partition_point(|end| *end as usize <= row) as u32,
            group_is_array: &self.rows.group_is_array,
            depths: &|| self.rows.depths(),
            spans: self.len(),
            events: self.events.name.len(),
            links: self.links.span_id.len(),
            scopes: self.scopes.name.len(),
            resources: self.resources.attributes.len(),
        };
        let edits = Edits::check(bytes, &extent, bounds)?;
        self.check_expansion(&edits)?;
        let count = edits.len();
        self.edited |= count > 0;
        self.append_pools(&edits);
        self.replace_texts(&edits);
        self.set_rows(&edits);
        self.set_fields(&edits);
        self.lay_out_rows(&edits);
        for span in edits.u32s(Column::KeepSpan).iter() {
            self.spans.flags[span as usize] |= FLAG_SAMPLED;
        }
        let mut dropped = Vec::new();
        if edits.blob.has(Column::DropSpan) {
            let mut keep = vec![true; self.len()];
            for span in edits.u32s(Column::DropSpan).iter() {
                keep[span as usize] = false;
                dropped.push(self.spans.source[span as usize]);
            }
            self.retain(&keep);
        }
        Ok(Edited { count, dropped })
    }

    fn append_pools(&mut self, edits: &Edits<'_>) {
        let texts = edits.blob.texts();
        for index in 0..texts.len() as u32 {
            self.texts.push(texts.text(index).unwrap_or_default());
        }
        self.pools.ints.extend(edits.blob.i64s(Column::Ints).iter());
        self.pools.doubles.extend(edits.blob.f64s(Column::Doubles).iter());
        let strings = edits.blob.byte_strings();
        for index in 0..strings.len() as u32 {
            self.pools.push_bytes(&mut self.texts, strings.get(index).unwrap_or_default());
        }
    }

    fn replace_texts(&mut self, edits: &Edits<'_>) {
        for (text, with) in edits.u32s(Column::ReplaceText).iter().zip(edits.u32s(Column::ReplaceWith).iter()) {
            self.texts.replace(text, with);
        }
    }

    fn set_rows(&mut self, edits: &Edits<'_>) {
        let values = edits.u8s(Column::SetKind).iter().zip(edits.u32s(Column::SetValue).iter());
        for (row, (kind, value)) in edits.u32s(Column::SetRow).iter().zip(values) {
            self.rows.kind[row as usize] = *kind;
            self.rows.value[row as usize] = value;
        }
        if edits.blob.has(Column::RenameRow) {
            let mut key_of_text = KeyOfText::default();
            for (row, text) in edits.u32s(Column::RenameRow).iter().zip(edits.u32s(Column::RenameKey).iter()) {
                self.rows.key[row as usize] = key_of_text.key(self, text);
            }
        }
    }

    fn set_fields(&mut self, edits: &Edits<'_>) {
        let set = edits.u32s(Column::FieldIndex).iter().zip(edits.u32s(Column::FieldValue).iter());
        for (code, (index, value)) in edits.u8s(Column::FieldCode).iter().zip(set) {
            let index = index as usize;
            match Field::from_code(*code) {
                Some(Field::SpanName) => self.spans.name[index] = value,
                Some(Field::SpanMessage) => self.spans.message[index] = value,
                Some(Field::SpanTracestate) => self.spans.tracestate[index] = value,
                Some(Field::SpanStatus) => self.spans.status[index] = value as u8,
                Some(Field::SpanKind) => self.spans.kind[index] = value as u8,
                Some(Field::EventName) => self.events.name[index] = value,
                Some(Field::LinkTracestate) => self.links.tracestate[index] = value,
                Some(Field::ScopeName) => self.scopes.name[index] = value,
                Some(Field::ScopeVersion) => self.scopes.version[index] = value,
                Some(Field::ScopeSchemaUrl) => self.scopes.schema_url[index] = value,
                Some(Field::ResourceSchemaUrl) => self.resources.schema_url[index] = value,
                None => {}
            }
        }
    }

    /// Takes out removed rows, puts in added ones and appends new groups. Existing groups keep their numbers.
    fn lay_out_rows(&mut self, edits: &Edits<'_>) {
        let add = edits.u32s(Column::AddGroup);
        if add.is_empty() && edits.new_groups == 0 && !edits.blob.has(Column::RemoveRow) {
            return;
        }
        let mut removed = vec![false; self.rows.key.len()];
        for row in edits.u32s(Column::RemoveRow).iter() {
            removed[row as usize] = true;
        }
        let mut order: Vec<u32> = (0..add.len() as u32).collect();
        if !add.iter().is_sorted() {
            order.sort_by_key(|at| add.get(*at)); // stable: rows of a group keep the order in which they were given
        }
        let mut added = order.into_iter().peekable();

        let old = std::mem::take(&mut self.rows);
        let mut rows = RowColumns::default();
        rows.key.reserve(old.key.len() + add.len());
        rows.kind.reserve(old.key.len() + add.len());
        rows.value.reserve(old.key.len() + add.len());
        let (keys, kinds, values) = (edits.u32s(Column::AddKey), edits.u8s(Column::AddKind), edits.u32s(Column::AddValue));
        let mut key_of_text = KeyOfText::default();
        let mut arrays = old.group_is_array.clone();
        arrays.resize(old.group_end.len() + edits.new_groups as usize, false);
        for group in 0..arrays.len() as u32 {
            let there = if (group as usize) < old.group_end.len() { old.group(group) } else { 0..0 };
            for row in there {
                if !removed[row] {
                    rows.push(old.key[row], old.kind[row], old.value[row]);
                }
            }
            while let Some(at) = added.next_if(|at| add.get(*at) == Some(group)) {
                let key = match keys.get(at) {
                    None | Some(NONE) => NONE,
                    Some(text) => key_of_text.key(self, text),
                };
                rows.push(key, kinds[at as usize], values.get(at).unwrap_or(0));
            }
            rows.group_end.push(rows.key.len() as u32);
        }
        for row in 0..rows.key.len() {
            if rows.kind[row] == Kind::Array as u8 {
                arrays[rows.value[row] as usize] = true;
            }
        }
        rows.group_is_array = arrays;
        self.rows = rows;
    }
}

/// What applying edits did.
#[derive(Debug, Default)]
pub(crate) struct Edited {
    pub(crate) count: usize,
    pub(crate) dropped: Vec<u32>,
}

/// Finds the key with a text. Edits name keys by text, and few different ones: each is looked up once.
#[derive(Default)]
struct KeyOfText(Vec<(u32, u32)>);

impl KeyOfText {
    fn key(&mut self, batch: &mut Batch, text: u32) -> u32 {
        if let Some((_, key)) = self.0.iter().find(|(known, _)| *known == text) {
            return *key;
        }
        let content = batch.texts.get(text).to_owned();
        batch.keys.start_group();
        let key = batch.keys.intern(&mut batch.texts, &content);
        // A guest may name a new key for every row; the list has to stay short to be worth a look.
        if self.0.len() < 32 {
            self.0.push((text, key));
        }
        key
    }
}

impl RowColumns {
    fn push(&mut self, key: u32, kind: u8, value: u32) {
        self.key.push(key);
        self.kind.push(kind);
        self.value.push(value);
    }

    /// How deep each group is nested. A nested group has a higher number than the one around it.
    fn depths(&self) -> Vec<u8> {
        let mut depths = vec![0u8; self.group_end.len()];
        for group in 0..self.group_end.len() as u32 {
            for row in self.group(group) {
                if matches!(kind_of(self.kind[row]), Kind::Array | Kind::Map) {
                    depths[self.value[row] as usize] = depths[group as usize].saturating_add(1);
                }
            }
        }
        depths
    }
}
