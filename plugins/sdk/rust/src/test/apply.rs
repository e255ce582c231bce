//! Edits applied to a batch, with the rules of `wit/layout.md` checked: what the host does, written for clarity.

use std::collections::{BTreeMap, BTreeSet};

use spansieve_layout::{Blob, Column, Field, Header, Kind, MAX_DEPTH, Magic, NONE, Strings, Writer, push_text};

use super::decode::decode;
use super::model::{Batch, Value};

/// One edit, with texts and values spelt out. Indices are those of the batch before.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "as in wit/layout.md")]
pub enum Edit {
    Add { group: u32, key: String, value: Value },
    Set { row: u32, value: Value },
    Rename { row: u32, key: String },
    Remove { row: u32 },
    Replace { text: String, with: String },
    Drop { span: u32 },
    Keep { span: u32 },
    SetText { field: Field, index: u32, text: Option<String> },
    SetCode { field: Field, index: u32, code: u32 },
}

/// Applies edits to a batch that has every column. Gives the batch after them, with dropped spans still in it, and the edits.
///
/// # Panics
/// When either blob is none, or the edits break a rule.
pub fn apply(batch: &[u8], edits: &[u8]) -> (Batch, Vec<Edit>) {
    if edits.is_empty() {
        return (decode(batch), Vec::new());
    }
    let batch = Blob::parse(batch, Magic::Batch).unwrap_or_else(|error| panic!("{error}"));
    let edits = Blob::parse_known(edits, Magic::Edits).unwrap_or_else(|error| panic!("{error}"));
    let mut state = State::new(&batch, &edits);
    let listed = state.apply(&edits);
    let mut after = decode(&state.write(&batch));
    // What was loose stays so; texts that the edits leave unused are not part of the batch.
    let mut roles = Vec::new();
    crate::Batch::parse(&state.original).unwrap_or_else(|error| panic!("{error}")).roles(&mut roles);
    after.loose_texts = (0..roles.len()).filter(|i| roles[*i].is_empty()).map(|i| state.texts[i].clone()).collect();
    (after, listed)
}

#[derive(Clone, Copy)]
struct Row {
    /// A text, not a key.
    key: u32,
    kind: Kind,
    value: u32,
}

/// Batch and edits in one numbering, open to change.
struct State {
    original: Vec<u8>,
    texts: Vec<String>,
    old_texts: usize,
    ints: Vec<i64>,
    doubles: Vec<f64>,
    bytes: Vec<Vec<u8>>,
    rows: Vec<Option<Row>>,
    old_rows: usize,
    groups: Vec<Vec<usize>>,
    old_groups: usize,
    fields: BTreeMap<Column, Vec<u32>>,
    flags: Vec<u32>,
}

impl State {
    fn new(batch: &Blob<'_>, edits: &Blob<'_>) -> Self {
        let strings = |s: Strings<'_>| (0..s.len() as u32).map(|i| s.get(i).expect("ends are right").to_vec()).collect::<Vec<_>>();
        let texts = |s| strings(s).into_iter().map(|text| String::from_utf8(text).expect("texts are UTF-8")).collect::<Vec<_>>();
        let keys = batch.u32s(Column::Keys);
        let rows = (batch.u32s(Column::RowKey).iter().zip(batch.bytes(Column::RowKind)))
            .zip(batch.u32s(Column::RowValue).iter())
            .map(|((key, kind), value)| {
                Some(Row { key: keys.get(key).unwrap_or(NONE), kind: Kind::from_code(*kind).expect("a kind"), value })
            })
            .collect::<Vec<_>>();
        let mut start = 0;
        let mut groups = Vec::new();
        for end in batch.u32s(Column::GroupEnd).iter() {
            groups.push((start..end as usize).collect());
            start = end as usize;
        }
        let old_texts = batch.texts().len();
        let (old_rows, old_groups) = (rows.len(), groups.len());
        let new_groups = edits.u32s(Column::NewGroups);
        assert!(new_groups.len() <= 1, "new-groups has one element");
        groups.resize(old_groups + new_groups.get(0).unwrap_or(0) as usize, Vec::new());
        let fields = Field::ALL.iter().map(|field| column_of(*field)).chain([Column::Keys]).map(|column| {
            let values = match column.element_size() {
                1 => batch.bytes(column).iter().map(|code| u32::from(*code)).collect(),
                _ => batch.u32s(column).iter().collect(),
            };
            (column, values)
        });
        State {
            original: whole(batch),
            texts: [texts(batch.texts()), texts(edits.texts())].concat(),
            old_texts,
            ints: batch.i64s(Column::Ints).iter().chain(edits.i64s(Column::Ints).iter()).collect(),
            doubles: batch.f64s(Column::Doubles).iter().chain(edits.f64s(Column::Doubles).iter()).collect(),
            bytes: [strings(batch.byte_strings()), strings(edits.byte_strings())].concat(),
            rows,
            old_rows,
            groups,
            old_groups,
            fields: fields.collect(),
            flags: batch.u32s(Column::SpanFlags).iter().collect(),
        }
    }

    fn apply(&mut self, edits: &Blob<'_>) -> Vec<Edit> {
        let u32s = |column| edits.u32s(column).iter().collect::<Vec<u32>>();
        let kinds = |column| edits.bytes(column).iter().map(|kind| Kind::from_code(*kind).expect("a kind")).collect::<Vec<_>>();
        let (add_group, add_key, add_kind, add_value) =
            (u32s(Column::AddGroup), u32s(Column::AddKey), kinds(Column::AddKind), u32s(Column::AddValue));
        let (set_row, set_kind, set_value) = (u32s(Column::SetRow), kinds(Column::SetKind), u32s(Column::SetValue));
        let (rename_row, rename_key, remove) = (u32s(Column::RenameRow), u32s(Column::RenameKey), u32s(Column::RemoveRow));
        let (replace, with) = (u32s(Column::ReplaceText), u32s(Column::ReplaceWith));
        let (drop, keep) = (u32s(Column::DropSpan), u32s(Column::KeepSpan));
        let (code, index, value) = (edits.bytes(Column::FieldCode).to_vec(), u32s(Column::FieldIndex), u32s(Column::FieldValue));

        // Rule 1: parallel columns.
        assert!(
            add_group.len() == add_key.len() && add_key.len() == add_kind.len() && add_kind.len() == add_value.len(),
            "columns 101 to 104"
        );
        assert!(set_row.len() == set_kind.len() && set_kind.len() == set_value.len(), "columns 110 to 112");
        assert_eq!(rename_row.len(), rename_key.len(), "columns 115 and 116");
        assert_eq!(replace.len(), with.len(), "columns 120 and 121");
        assert!(code.len() == index.len() && index.len() == value.len(), "columns 130 to 132");
        // Rule 2: once, and not both.
        assert_once("a row is set", &set_row);
        assert_once("a row is renamed", &rename_row);
        assert_once("a row is removed", &remove);
        assert_once("a removed row is neither set nor", &[&remove[..], &set_row].concat());
        assert_once("a removed row is neither renamed nor", &[&remove[..], &rename_row].concat());
        assert_once("a text is replaced", &replace);
        assert_once("a span is dropped or kept", &[&drop[..], &keep].concat());
        assert_once("a field is set", &code.iter().zip(&index).collect::<Vec<_>>());

        let mut named = vec![0; self.groups.len()];
        let mut put = |state: &Self, inside: u32, kind: Kind, value: u32| {
            state.check_value(kind, value);
            if matches!(kind, Kind::Array | Kind::Map) {
                assert!(value as usize >= state.old_groups, "rule 3: a nested value names a new group, not {value}");
                assert!((inside as usize) < state.old_groups || value > inside, "rule 3: group {value} in group {inside}");
                named[value as usize] += 1;
            }
        };
        for (i, row) in set_row.iter().enumerate() {
            put(self, 0, set_kind[i], set_value[i]);
            let row = self.rows[..self.old_rows].get_mut(*row as usize).expect("set-row is a row of the batch");
            *row = row.map(|row| Row { kind: set_kind[i], value: set_value[i], ..row });
        }
        for (row, key) in rename_row.iter().zip(&rename_key) {
            assert!((*key as usize) < self.texts.len(), "rename-key is a text");
            let row = self.rows[..self.old_rows].get_mut(*row as usize).expect("rename-row is a row of the batch");
            assert!(row.is_none_or(|row| row.key != NONE), "rule 4: an element of an array has no key");
            *row = row.map(|row| Row { key: *key, ..row });
        }
        for (i, group) in add_group.iter().enumerate() {
            assert!(add_key[i] == NONE || (add_key[i] as usize) < self.texts.len(), "add-key is a text or none");
            put(self, *group, add_kind[i], add_value[i]);
            self.rows.push(Some(Row { key: add_key[i], kind: add_kind[i], value: add_value[i] }));
            self.groups.get_mut(*group as usize).expect("add-group is a group").push(self.rows.len() - 1);
        }
        assert!(named[self.old_groups..].iter().all(|times| *times == 1), "rule 3: each new group is named once: {named:?}");
        let listed = self.list(&(&add_group, &set_row, &rename_row, &remove), (&replace, &with), (&drop, &keep), (&code, &index, &value));
        for row in remove {
            *self.rows[..self.old_rows].get_mut(row as usize).expect("remove-row is a row of the batch") = None;
        }
        for ((code, index), value) in code.iter().zip(&index).zip(&value) {
            let field = Field::from_code(*code).expect("a field code");
            match field {
                Field::SpanStatus => assert!(*value <= 2, "a status"),
                Field::SpanKind => assert!(*value <= 5, "a kind"),
                Field::SpanName | Field::EventName | Field::ScopeName => {
                    assert!((*value as usize) < self.texts.len(), "{field:?} is a text")
                }
                _ => assert!(*value == NONE || (*value as usize) < self.texts.len(), "{field:?} is a text or none"),
            }
            *self.fields.get_mut(&column_of(field)).expect("every field").get_mut(*index as usize).expect("field-index") = *value;
        }
        for (text, with) in replace.iter().zip(&with) {
            assert!((*text as usize) < self.old_texts && *with as usize >= self.old_texts, "rule 2: text {text} is replaced with {with}");
            self.texts[*text as usize] = self.texts[*with as usize].clone();
        }
        for span in drop {
            assert!((span as usize) < self.flags.len(), "drop-span is a span");
        }
        for span in keep {
            *self.flags.get_mut(span as usize).expect("keep-span is a span") |= spansieve_layout::FLAG_SAMPLED;
        }
        listed
    }

    /// The edits, one by one, as the rows now stand and the texts stood.
    fn list(
        &self,
        rows: &(&[u32], &[u32], &[u32], &[u32]),
        replaced: (&[u32], &[u32]),
        spans: (&[u32], &[u32]),
        fields: (&[u8], &[u32], &[u32]),
    ) -> Vec<Edit> {
        let (added, set, renamed, removed) = rows;
        let row = |index: usize| self.rows[index].expect("only removing takes rows away");
        let text = |index: u32| self.texts[index as usize].clone();
        let key = |key: u32| if key == NONE { String::new() } else { text(key) };
        let mut out = Vec::new();
        for (i, group) in added.iter().enumerate().filter(|(_, group)| (**group as usize) < self.old_groups) {
            let row = row(self.old_rows + i);
            out.push(Edit::Add { group: *group, key: key(row.key), value: self.value(row, 0) });
        }
        out.extend(set.iter().map(|index| Edit::Set { row: *index, value: self.value(row(*index as usize), 0) }));
        out.extend(renamed.iter().map(|index| Edit::Rename { row: *index, key: key(row(*index as usize).key) }));
        out.extend(removed.iter().map(|row| Edit::Remove { row: *row }));
        out.extend(replaced.0.iter().zip(replaced.1).map(|(old, new)| Edit::Replace { text: text(*old), with: text(*new) }));
        out.extend(spans.0.iter().map(|span| Edit::Drop { span: *span }));
        out.extend(spans.1.iter().map(|span| Edit::Keep { span: *span }));
        for ((code, index), value) in fields.0.iter().zip(fields.1).zip(fields.2) {
            let (field, index) = (Field::from_code(*code).expect("a field code"), *index);
            out.push(match field {
                Field::SpanStatus | Field::SpanKind => Edit::SetCode { field, index, code: *value },
                _ => Edit::SetText { field, index, text: (*value != NONE).then(|| text(*value)) },
            });
        }
        out
    }

    fn value(&self, row: Row, depth: usize) -> Value {
        assert!(depth <= MAX_DEPTH, "rule 3: nothing is nested deeper than {MAX_DEPTH}");
        let rows = || self.groups[row.value as usize].iter().filter_map(|row| self.rows[*row]);
        let value = row.value as usize;
        match row.kind {
            Kind::Empty => Value::Empty,
            Kind::Str => Value::Str(self.texts[value].clone()),
            Kind::Bool => Value::Bool(value != 0),
            Kind::Int => Value::Int(self.ints[value]),
            Kind::Double => Value::Double(self.doubles[value]),
            Kind::Bytes => Value::Bytes(self.bytes[value].clone()),
            Kind::Array => Value::Array(
                rows()
                    .inspect(|row| assert_eq!(row.key, NONE, "rule 4: no keys in an array"))
                    .map(|row| self.value(row, depth + 1))
                    .collect(),
            ),
            Kind::Map => Value::Map(rows().map(|row| (self.texts[row.key as usize].clone(), self.value(row, depth + 1))).collect()),
        }
    }

    fn check_value(&self, kind: Kind, value: u32) {
        let bound = match kind {
            Kind::Empty => 1,
            Kind::Str => self.texts.len(),
            Kind::Bool => 2,
            Kind::Int => self.ints.len(),
            Kind::Double => self.doubles.len(),
            Kind::Bytes => self.bytes.len(),
            Kind::Array | Kind::Map => self.groups.len(),
        };
        assert!((value as usize) < bound, "rule 1: {kind:?} {value} of {bound}");
    }

    /// Writes the batch as it stands.
    fn write(&self, batch: &Blob<'_>) -> Vec<u8> {
        let (mut arena, mut ends) = (Vec::new(), Vec::new());
        self.texts.iter().for_each(|text| push_text(&mut arena, &mut ends, text));
        let mut bytes_end = Vec::new();
        let bytes = self.bytes.iter().fold(Vec::new(), |mut all, bytes| {
            all.extend_from_slice(bytes);
            bytes_end.push(all.len() as u32);
            all
        });
        let (mut keys, mut row_key, mut row_kind, mut row_value, mut group_end) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for group in &self.groups {
            for row in group.iter().filter_map(|row| self.rows[*row]) {
                row_key.push(if row.key == NONE {
                    NONE
                } else {
                    keys.push(row.key);
                    keys.len() as u32 - 1
                });
                row_kind.push(row.kind as u8);
                row_value.push(row.value);
            }
            group_end.push(row_kind.len() as u32);
        }
        let mut out = Vec::new();
        let header = Header { ascii: false, ..*batch.header() };
        let mut writer = Writer::new(&mut out, &header, Column::ALL.len());
        for column in Column::ALL {
            match column {
                Column::Texts => writer.column(*column, &arena),
                Column::TextEnd => writer.elements(*column, &ends),
                Column::Ints => writer.elements(*column, &self.ints),
                Column::Doubles => writer.elements(*column, &self.doubles),
                Column::Bytes => writer.column(*column, &bytes),
                Column::BytesEnd => writer.elements(*column, &bytes_end),
                Column::Keys => writer.elements(*column, &keys),
                Column::RowKey => writer.elements(*column, &row_key),
                Column::RowKind => writer.column(*column, &row_kind),
                Column::RowValue => writer.elements(*column, &row_value),
                Column::GroupEnd => writer.elements(*column, &group_end),
                Column::SpanFlags => writer.elements(*column, &self.flags),
                Column::Declared => {}
                _ => match self.fields.get(column) {
                    Some(values) if column.element_size() == 1 => {
                        writer.column(*column, &values.iter().map(|code| *code as u8).collect::<Vec<_>>());
                    }
                    Some(values) => writer.elements(*column, values),
                    None => writer.column(*column, batch.bytes(*column)),
                },
            }
        }
        writer.finish();
        out
    }
}

fn assert_once<T: Ord>(what: &str, values: &[T]) {
    assert_eq!(values.iter().collect::<BTreeSet<_>>().len(), values.len(), "rule 2: {what} at most once");
}

/// The same batch as bytes again.
fn whole(batch: &Blob<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = Writer::new(&mut out, batch.header(), Column::ALL.len());
    Column::ALL.iter().for_each(|column| writer.column(*column, batch.bytes(*column)));
    writer.finish();
    out
}

fn column_of(field: Field) -> Column {
    match field {
        Field::SpanName => Column::SpanName,
        Field::SpanMessage => Column::SpanMessage,
        Field::SpanTracestate => Column::SpanTracestate,
        Field::SpanStatus => Column::SpanStatus,
        Field::SpanKind => Column::SpanKind,
        Field::EventName => Column::EventName,
        Field::LinkTracestate => Column::LinkTracestate,
        Field::ScopeName => Column::ScopeName,
        Field::ScopeVersion => Column::ScopeVersion,
        Field::ScopeSchemaUrl => Column::ScopeSchemaUrl,
        Field::ResourceSchemaUrl => Column::ResourceSchemaUrl,
    }
}
