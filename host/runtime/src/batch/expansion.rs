//! How much text edits make.
//!
//! One long text is cheap to send and may be named any number of times, but each use of it becomes a copy when columns are laid out anew
//! or spans are written back. So what counts is not what a plugin returned but what it stands for.

use spansieve_layout::{Column, Field, Kind, NONE};

use super::Batch;
use crate::edits::{Edits, EditsError};

/// Bytes of text that the edits of one batch may stand for; 64 MiB.
pub(super) const MAX_EDITED_BYTES: u64 = 64 << 20;

impl Batch {
    /// Adds up what checked edits stand for.
    ///
    /// # Errors
    /// When it is more than [`MAX_EDITED_BYTES`].
    pub(super) fn check_expansion(&self, edits: &Edits<'_>) -> Result<(), EditsError> {
        let mut used = Vec::new();
        let mut bytes = 0;
        let mut value = |kind: u8, value: u32| match Kind::from_code(kind) {
            Some(Kind::Str) => used.push(value),
            Some(Kind::Bytes) => bytes += self.bytes_len(edits, value),
            _ => {}
        };
        edits.u8s(Column::SetKind).iter().zip(edits.u32s(Column::SetValue).iter()).for_each(|(kind, of)| value(*kind, of));
        edits.u8s(Column::AddKind).iter().zip(edits.u32s(Column::AddValue).iter()).for_each(|(kind, of)| value(*kind, of));
        used.extend(edits.u32s(Column::AddKey).iter().chain(edits.u32s(Column::RenameKey).iter()));
        for (code, value) in edits.u8s(Column::FieldCode).iter().zip(edits.u32s(Column::FieldValue).iter()) {
            if !matches!(Field::from_code(*code), Some(Field::SpanStatus | Field::SpanKind)) {
                used.push(value);
            }
        }
        used.retain(|text| *text != NONE);
        bytes += used.iter().map(|text| self.text_len(edits, *text)).sum::<u64>();

        let longest = edits.u32s(Column::ReplaceWith).iter().map(|with| self.text_len(edits, with)).max().unwrap_or(0);
        // What replaced texts stand for is counted one by one only where it could be too much.
        if bytes + longest * (self.text_uses() + used.len() as u64) > MAX_EDITED_BYTES && longest > 0 {
            let uses = self.uses_of_texts(&used);
            let replaced = edits.u32s(Column::ReplaceText).iter().zip(edits.u32s(Column::ReplaceWith).iter());
            // A text that nothing refers to is still laid out once.
            bytes += replaced.map(|(text, with)| uses[text as usize].max(1) * self.text_len(edits, with)).sum::<u64>();
        }
        if bytes > MAX_EDITED_BYTES { Err(EditsError::Expansion { bytes, limit: MAX_EDITED_BYTES }) } else { Ok(()) }
    }

    fn text_len(&self, edits: &Edits<'_>, text: u32) -> u64 {
        match (text as usize).checked_sub(self.texts.len()) {
            None => self.texts.bytes_of(text).len() as u64,
            Some(new) => edits.blob.texts().range(new as u32).map_or(0, |range| range.len() as u64),
        }
    }

    fn bytes_len(&self, edits: &Edits<'_>, string: u32) -> u64 {
        match (string as usize).checked_sub(self.pools.bytes_end.len()) {
            None => super::run(&self.pools.bytes_end, string as usize).len() as u64,
            Some(new) => edits.blob.byte_strings().range(new as u32).map_or(0, |range| range.len() as u64),
        }
    }

    /// At least as many as there are places that refer to a text.
    fn text_uses(&self) -> u64 {
        let fields = 3 * self.len() + self.events.name.len() + self.links.tracestate.len() + 3 * self.scopes.name.len();
        (2 * self.rows.key.len() + fields + self.resources.schema_url.len() + self.loose.len() + self.texts.len()) as u64
    }

    /// How many places refer to each text of the batch, those that edits add included.
    fn uses_of_texts(&self, used_by_edits: &[u32]) -> Vec<u64> {
        let mut uses = vec![0; self.texts.len()];
        let mut count = |text: &u32| {
            if let Some(uses) = uses.get_mut(*text as usize) {
                *uses += 1;
            }
        };
        let (spans, scopes) = (&self.spans, &self.scopes);
        let fields = [&spans.name, &spans.message, &spans.tracestate, &self.events.name, &self.links.tracestate];
        fields.into_iter().flatten().for_each(&mut count);
        [&scopes.name, &scopes.version, &scopes.schema_url, &self.resources.schema_url, &self.loose]
            .into_iter()
            .flatten()
            .for_each(&mut count);
        used_by_edits.iter().for_each(&mut count);
        for (kind, value) in self.rows.kind.iter().zip(&self.rows.value) {
            if *kind == Kind::Str as u8 {
                count(value);
            }
        }
        self.rows.key.iter().filter_map(|key| self.keys.text.get(*key as usize)).for_each(count);
        uses
    }
}

#[cfg(test)]
mod tests {
    use spansieve_layout::{Header, Magic, Writer, push_text};

    use super::*;
    use crate::batch::SpanFields;

    const MIB: usize = 1 << 20;

    fn batch(spans: usize) -> Batch {
        let mut batch = Batch::new();
        for i in 0..spans {
            batch.push_span(&SpanFields { name: &format!("span {i}"), ..SpanFields::default() });
            batch.push_str(Some("key"), "value");
            batch.end_group();
        }
        batch
    }

    /// Edits with one new text of 1 MiB, and what `columns` adds.
    fn edits(columns: impl FnOnce(&mut Writer<'_>)) -> Vec<u8> {
        let (mut arena, mut ends, mut out) = (Vec::new(), Vec::new(), Vec::new());
        push_text(&mut arena, &mut ends, &"x".repeat(MIB));
        let mut writer = Writer::new(&mut out, &Header { magic: Magic::Edits, ..Header::default() }, Column::ALL.len());
        writer.elements(Column::Texts, &arena);
        writer.elements(Column::TextEnd, &ends);
        columns(&mut writer);
        writer.finish();
        out
    }

    fn replaced(batch: &Batch, texts: &[u32]) -> Vec<u8> {
        let new = batch.texts.len() as u32;
        edits(|writer| {
            writer.elements(Column::ReplaceText, texts);
            writer.elements(Column::ReplaceWith, &vec![new; texts.len()]);
        })
    }

    #[test]
    fn a_long_text_may_take_the_place_of_a_few_texts_but_not_of_hundreds() {
        let mut batch = batch(100);
        let names = batch.spans.name.clone();
        let few = replaced(&batch, &names[..60]);
        let many = replaced(&batch, &names[..65]);
        let before = batch.to_blob(&[]);
        assert!(batch.edit(&many).unwrap_err().to_string().contains("64 MiB"));
        assert!(batch.to_blob(&[]) == before, "the batch is as it was");
        batch.edit(&few).unwrap();
        assert!(batch.to_blob(&[]).len() > 60 * MIB);
    }

    #[test]
    fn a_key_counts_for_every_row_that_has_it() {
        let mut batch = batch(100);
        let key = batch.keys.text[0];
        let one = replaced(&batch, &[key]);
        assert!(batch.edit(&one).is_err());
    }

    #[test]
    fn values_and_fields_that_name_the_same_text_count_each() {
        let mut batch = batch(100);
        let new = batch.texts.len() as u32;
        let rows: Vec<u32> = (0..100).collect();
        let set = edits(|writer| {
            writer.elements(Column::SetRow, &rows);
            writer.elements(Column::SetKind, &[Kind::Str as u8; 100]);
            writer.elements(Column::SetValue, &[new; 100]);
        });
        assert!(batch.edit(&set).is_err());
        let named = edits(|writer| {
            writer.elements(Column::FieldCode, &[Field::SpanName as u8; 100]);
            writer.elements(Column::FieldIndex, &rows);
            writer.elements(Column::FieldValue, &[new; 100]);
        });
        assert!(batch.edit(&named).is_err());
    }
}
