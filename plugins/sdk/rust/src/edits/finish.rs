//! Turning what was taken down into a blob.

use spansieve_layout::{Column, Header, Magic, NONE, Writer};

use super::columns::is_nested;
use super::{DROP, Edits, KEEP};

/// Columns that edits can have.
const COLUMNS: usize = 24;

impl Edits {
    /// Writes the edits as a blob into `out`, which is cleared. Nothing to change gives nothing.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        out.clear();
        if self.orphans {
            self.drop_orphans();
        }
        self.compact();
        if self.is_empty() {
            return;
        }
        out.reserve_exact(self.size_bound());
        let header = Header { magic: Magic::Edits, ..Header::default() };
        let mut writer = Writer::new(out, &header, COLUMNS);
        writer.column(Column::Texts, &self.texts.arena);
        writer.elements(Column::TextEnd, &self.texts.ends);
        writer.elements(Column::Ints, &self.ints);
        writer.elements(Column::Doubles, &self.doubles);
        writer.column(Column::Bytes, &self.bytes);
        writer.elements(Column::BytesEnd, &self.bytes_end);
        if self.new_groups > 0 {
            writer.elements(Column::NewGroups, &[self.new_groups]);
        }
        writer.elements(Column::AddGroup, &self.added.group);
        writer.elements(Column::AddKey, &self.added.key);
        writer.column(Column::AddKind, &self.added.kind);
        writer.elements(Column::AddValue, &self.added.value);
        writer.elements(Column::SetRow, &self.set.row);
        writer.column(Column::SetKind, &self.set.kind);
        writer.elements(Column::SetValue, &self.set.value);
        writer.elements(Column::RenameRow, &self.renamed.row);
        writer.elements(Column::RenameKey, &self.renamed.key);
        writer.elements(Column::RemoveRow, &self.removed);
        writer.elements(Column::ReplaceText, &self.replaced);
        writer.elements(Column::ReplaceWith, &self.replaced_with);
        for (column, decision) in [(Column::DropSpan, DROP), (Column::KeepSpan, KEEP)] {
            let spans = || self.decided.iter().filter(|span| self.decision_of.get(**span) == Some(decision));
            writer.column_from(column, spans().count() * 4, |out| {
                spans().for_each(|span| out.extend_from_slice(&span.to_le_bytes()));
            });
        }
        writer.column(Column::FieldCode, &self.fields.code);
        writer.elements(Column::FieldIndex, &self.fields.index);
        writer.elements(Column::FieldValue, &self.fields.value);
        writer.finish();
    }

    /// At least as many bytes as the blob will have, so that it is never moved while it is written.
    fn size_bound(&self) -> usize {
        const FIXED: usize = 48 + COLUMNS * (12 + 8) + 8;
        FIXED
            + self.texts.arena.len()
            + self.texts.ends.len() * 4
            + (self.ints.len() + self.doubles.len()) * 8
            + self.bytes.len()
            + self.bytes_end.len() * 4
            + self.added.group.len() * 13
            + self.set.row.len() * 9
            + (self.renamed.row.len() + self.replaced.len()) * 8
            + (self.removed.len() + self.decided.len()) * 4
            + self.fields.code.len() * 9
    }

    /// Takes out the places of rows that were removed after they had been added, set or renamed.
    fn compact(&mut self) {
        if self.added.group.contains(&NONE) {
            let live: Vec<bool> = self.added.group.iter().map(|group| *group != NONE).collect();
            retain(&mut self.added.group, &live);
            retain(&mut self.added.key, &live);
            retain(&mut self.added.kind, &live);
            retain(&mut self.added.value, &live);
        }
        if !self.removed.is_empty() && self.set.row.contains(&NONE) {
            let live: Vec<bool> = self.set.row.iter().map(|row| *row != NONE).collect();
            retain(&mut self.set.row, &live);
            retain(&mut self.set.kind, &live);
            retain(&mut self.set.value, &live);
        }
        if !self.removed.is_empty() && self.renamed.row.contains(&NONE) {
            let live: Vec<bool> = self.renamed.row.iter().map(|row| *row != NONE).collect();
            retain(&mut self.renamed.row, &live);
            retain(&mut self.renamed.key, &live);
        }
    }

    /// Takes out new groups that no row names any more, with their rows, and numbers the others anew. Rare: a nested value was put
    /// somewhere and then superseded.
    fn drop_orphans(&mut self) {
        let base = self.base.groups;
        let mut live = vec![false; self.new_groups as usize];
        for place in 0..self.set.row.len() {
            if self.set.row[place] != NONE && is_nested(self.set.kind[place]) {
                live[(self.set.value[place] - base) as usize] = true;
            }
        }
        // A nested group has a higher number than the one it stands in, but its rows may come earlier: go on until nothing changes.
        loop {
            let mut changed = false;
            for place in 0..self.added.group.len() {
                let group = self.added.group[place];
                let stands = group != NONE && (group < base || live[(group - base) as usize]);
                if stands && is_nested(self.added.kind[place]) {
                    let value = (self.added.value[place] - base) as usize;
                    changed |= !live[value];
                    live[value] = true;
                }
            }
            if !changed {
                break;
            }
        }
        let mut count = 0;
        let number: Vec<u32> = live
            .iter()
            .map(|live| {
                count += u32::from(*live);
                if *live { base + count - 1 } else { NONE }
            })
            .collect();
        for place in 0..self.added.group.len() {
            let group = self.added.group[place];
            if group != NONE && group >= base {
                self.added.group[place] = number[(group - base) as usize];
            }
            if self.added.group[place] != NONE && is_nested(self.added.kind[place]) {
                self.added.value[place] = number[(self.added.value[place] - base) as usize];
            }
        }
        for place in 0..self.set.row.len() {
            if self.set.row[place] != NONE && is_nested(self.set.kind[place]) {
                self.set.value[place] = number[(self.set.value[place] - base) as usize];
            }
        }
        self.new_groups = count;
    }
}

fn retain<T: Copy>(values: &mut Vec<T>, live: &[bool]) {
    let mut live = live.iter();
    values.retain(|_| *live.next().unwrap_or(&true));
}
