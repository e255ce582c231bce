//! Whole values, because of their keys: deny-list and allow-list.
//!
//! A key rule names the data itself, so its action alone decides what becomes of an attribute's value; what is kept of it must hold nothing that another rule finds, or it is masked.

use std::borrow::Cow;

use spansieve_plugin::{Attribute, Batch, Column, Edits, NONE, Value};

use crate::action::Action;
use crate::config::Others;
use crate::engine::{Clues, Engine};
use crate::keys::KeyRules;
use crate::marks::Marks;
use crate::rows::{Rows, each_leaf};
use crate::scan::{KEY_RULE, TextsBuf};

/// Groups of what can have attributes.
pub(crate) const CARRIERS: &[Column] =
    &[Column::SpanAttributes, Column::EventAttributes, Column::LinkAttributes, Column::ScopeAttributes, Column::ResourceAttributes];

/// Memory for looking at attributes.
#[derive(Default)]
pub(crate) struct Values {
    known: Known,
    /// For each key of the batch, what becomes of its values.
    actions: Vec<Option<Action>>,
    /// Values that stay, or of which a part does.
    kept: TextsBuf,
    /// The rows that have them.
    kept_of: Vec<u32>,
}

/// What the rules said of the keys of the batch before: batches of one application have the same keys, nearly in the same order.
#[derive(Default)]
struct Known(Vec<(Vec<u8>, Option<Action>)>);

impl Known {
    /// No more keys than this are remembered.
    const MOST: usize = 1024;

    /// What becomes of values under the key with this number in its batch.
    fn action_of(&mut self, number: usize, key: &[u8], keys: &KeyRules) -> Option<Action> {
        if let Some((known, action)) = self.0.get(number)
            && known == key
        {
            return *action;
        }
        let action = keys.find_as_meant(key).map(|place| keys.actions()[usize::from(place)]);
        match self.0.get_mut(number) {
            Some(place) => *place = (key.to_vec(), action),
            None if number < Known::MOST => self.0.push((key.to_vec(), action)),
            None => {}
        }
        action
    }
}

impl Values {
    /// Carries out the rules on keys. Says of how many values.
    pub(crate) fn redact(
        &mut self,
        batch: &Batch<'_>,
        keys: &KeyRules,
        rows: &Rows,
        engine: &mut Engine,
        marks: &mut Marks,
        edits: &mut Edits,
    ) -> u64 {
        self.actions.clear();
        for (number, key) in batch.keys().enumerate() {
            let action = self.known.action_of(number, key.text().as_bytes(), keys);
            self.actions.push(action);
        }
        if self.actions.iter().all(Option::is_none) {
            return 0;
        }
        let mut count = 0;
        self.kept.clear();
        self.kept_of.clear();
        for (row, key) in (0..).zip(batch.columns().u32s(Column::RowKey).iter()) {
            if let Some(action) = self.actions.get(key as usize).copied().flatten()
                && !rows.is_safe(row)
            {
                count += self.redact_row(batch, row, action, engine, marks, edits);
            }
        }
        self.check_kept(batch, engine, edits);
        count
    }

    /// Masks or removes the attributes whose keys `allow` does not match. Says how many values.
    pub(crate) fn keep_only(
        &mut self,
        batch: &Batch<'_>,
        (allow, others): (&KeyRules, Others),
        engine: &mut Engine,
        marks: &mut Marks,
        edits: &mut Edits,
    ) -> u64 {
        let action = match others {
            Others::Mask => Action::Mask,
            Others::Remove => Action::Remove,
        };
        let allowed: Vec<_> = batch.keys().map(|key| allow.matches(key.text().as_bytes())).collect();
        if !allowed.contains(&false) {
            return 0;
        }
        let keys = batch.columns().u32s(Column::RowKey);
        let mut count = 0;
        for group in CARRIERS.iter().flat_map(|column| batch.columns().u32s(*column).iter()).filter(|group| *group != NONE) {
            for row in batch.group(group).rows() {
                if keys.get(row).is_some_and(|key| !allowed[key as usize]) {
                    count += self.redact_row(batch, row, action, engine, marks, edits);
                }
            }
        }
        count
    }

    /// Carries out an action on a row, or on every value nested in it. Values that are not set stay, and so does what is done already.
    fn redact_row(&mut self, batch: &Batch<'_>, row: u32, action: Action, engine: &Engine, marks: &mut Marks, edits: &mut Edits) -> u64 {
        let mut count = 0;
        let mut done = |row| {
            count += 1;
            marks.note_row(row, KEY_RULE as u16);
        };
        if action == Action::Remove {
            edits.remove(batch.row(row));
            done(row);
            return count;
        }
        let mut out = Vec::new();
        each_leaf(batch, row, &mut |row| {
            let view = batch.row(row);
            let Some(value) = bytes(&view) else { return };
            let is_text = matches!(view.value(), Value::Str(_));
            let writer = engine.writer();
            if value.is_empty() && is_text || *value == *writer.done().replacement() || writer.done().end_at(&value, 0) == Some(value.len())
            {
                return;
            }
            let stays = writer.is_kept(action, &value, 0, value.len()) || engine.safe().has(&value);
            out.clear();
            if stays {
                out.extend_from_slice(&value);
            } else {
                writer.write(action, &value, false, &mut out);
            }
            // A network is all that may stay of an address, whatever else its digits look like.
            if stays || (action.keeps_some() && action != Action::Truncate(None)) {
                self.kept.push(&out);
                self.kept_of.push(row);
            }
            let changes = !stays && (!is_text || out != *value);
            if changes {
                done(row);
                edits.set(view, str::from_utf8(&out).unwrap_or_default());
            }
        });
        count
    }

    /// Masks values in which, or in whose kept parts, something is found: what would be left of them were another value for the rule on their key.
    fn check_kept(&mut self, batch: &Batch<'_>, engine: &mut Engine, edits: &mut Edits) {
        if self.kept_of.is_empty() {
            return;
        }
        let counts = engine.counts().to_vec();
        let mut masked = Vec::new();
        // As if every key said every thing: what would be found under some key must not stay under any.
        let named: Vec<_> = (0..self.kept_of.len() as u32).map(|index| (index, engine.kinds())).collect();
        engine.redact(self.kept.as_texts(), Clues { named: &named, has_word: &mut |_, _| true }, |index, _| masked.push(index));
        engine.counts().copy_from_slice(&counts);
        engine.take_finds();
        let replacement = String::from_utf8_lossy(engine.writer().done().replacement()).into_owned();
        masked.into_iter().for_each(|index| edits.set(batch.row(self.kept_of[index as usize]), replacement.as_str()));
    }
}

/// A value as what actions take; none for one that is not set.
fn bytes<'b>(row: &Attribute<'b>) -> Option<Cow<'b, [u8]>> {
    Some(match row.value() {
        Value::Str(text) => Cow::Borrowed(text.as_bytes()),
        Value::Bytes(bytes) => Cow::Borrowed(bytes),
        Value::Bool(value) => Cow::Owned(value.to_string().into_bytes()),
        Value::Int(value) => Cow::Owned(value.to_string().into_bytes()),
        Value::Double(value) => Cow::Owned(value.to_string().into_bytes()),
        Value::Empty | Value::Array(_) | Value::Map(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::KeyPattern;

    #[test]
    fn what_is_remembered_of_a_key_counts_for_that_key_only() {
        let keys = KeyRules::new(&[KeyPattern::Contains("token".into())], &[]);
        let mut known = Known::default();
        let mut marked = |batch: &[&str]| -> Vec<bool> {
            batch.iter().enumerate().map(|(number, key)| known.action_of(number, key.as_bytes(), &keys).is_some()).collect()
        };
        assert_eq!(marked(&["a", "token", "b"]), [false, true, false]);
        assert_eq!(marked(&["a", "token", "b"]), [false, true, false]);
        assert_eq!(marked(&["token", "a", "b", "x_token"]), [true, false, false, true]);
        assert_eq!(marked(&["b"]), [false]);
        let many: Vec<String> = (0..2000).map(|number| format!("{}{number}", if number % 2 == 0 { "token" } else { "key" })).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        (0..2).for_each(|_| assert!(marked(&many).iter().enumerate().all(|(number, marked)| *marked == (number % 2 == 0))));
        assert!(known.0.len() <= Known::MOST);
    }
}
