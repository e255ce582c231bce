//! Lies: edits that use every column, and every way to make nonsense of them.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use spansieve_layout::{Column, ENTRY_LEN, HEADER_LEN, Kind, MAX_DEPTH, NONE};

use crate::batch::Batch;
use crate::text;

/// What the batch of these tests has, so that edits can name it.
const TEXTS: u32 = 23;
const INTS: u32 = 3;
const DOUBLES: u32 = 1;
const BYTE_STRINGS: u32 = 1;
const ROWS: u32 = 14;
const GROUPS: u32 = 9;

/// Groups of the batch.
const ATTRIBUTES: u32 = 2;
const LIST: u32 = 3;

/// Rows of the batch.
const ROW_TEXT: u32 = 2;
const ROW_INT: u32 = 3;
const ROW_LIST: u32 = 4;
const ROW_DOUBLE: u32 = 6;
const ROW_BYTES: u32 = 7;
const ROW_ELEMENT: u32 = 8;

fn batch() -> Batch {
    let mut batch = Batch::new();
    batch.push_resource("urn:r", 0);
    batch.push_str(Some("service.name"), "shop");
    batch.end_group();
    batch.push_scope(&crate::batch::ScopeFields { name: "lib", version: "1", schema_url: "urn:s", ..Default::default() });
    batch.push_bool(Some("scope"), true);
    batch.end_group();
    batch.push_span(&crate::batch::SpanFields { name: "first", message: "no", tracestate: "a=b", ..Default::default() });
    batch.push_str(Some("text"), "x");
    batch.push_int(Some("int"), 5);
    let list = batch.push_array(Some("list"));
    let map = batch.push_map(Some("map"));
    batch.push_double(Some("double"), 1.5);
    batch.push_bytes(Some("bytes"), b"raw");
    batch.end_group();
    batch.begin_value(list);
    batch.push_str(None, "element");
    batch.push_int(None, 2);
    batch.end_group();
    batch.begin_value(map);
    batch.push_str(Some("text"), "inner");
    batch.end_group();
    batch.push_event(&crate::batch::EventFields { name: "event", ..Default::default() });
    batch.push_int(Some("int"), 3);
    batch.end_group();
    batch.push_link(&crate::batch::LinkFields { tracestate: "c=d", ..Default::default() });
    batch.push_empty(Some("list"));
    batch.end_group();
    batch.push_span(&crate::batch::SpanFields { name: "second", ..Default::default() });
    batch.push_bool(Some("text"), false);
    batch.end_group();
    batch.push_span(&crate::batch::SpanFields { name: "third", ..Default::default() });
    batch.end_group();
    batch
}

/// Columns of edits, not yet joined: a place to lie in.
#[derive(Clone, Debug)]
struct Columns(Vec<(Column, Vec<u8>)>);

impl Columns {
    /// Edits that use every column and break no rule.
    fn valid() -> Columns {
        let new = |index: u32| TEXTS + index;
        let groups = [ATTRIBUTES, GROUPS, GROUPS, GROUPS + 1, LIST, ATTRIBUTES];
        let keys = [new(0), NONE, NONE, new(1), NONE, 0];
        let kinds = [Kind::Str, Kind::Int, Kind::Map, Kind::Double, Kind::Bytes, Kind::Empty];
        let values = [new(1), INTS, GROUPS + 1, DOUBLES, BYTE_STRINGS + 1, 0];
        let fields = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
        let columns = [
            (Column::Texts, b"new\xFFother\xFF".to_vec()),
            (Column::TextEnd, u32s(&[3, 9])),
            (Column::Ints, 7i64.to_le_bytes().to_vec()),
            (Column::Doubles, 2.5f64.to_le_bytes().to_vec()),
            (Column::Bytes, b"xyz".to_vec()),
            (Column::BytesEnd, u32s(&[1, 3])),
            (Column::NewGroups, u32s(&[2])),
            (Column::AddGroup, u32s(&groups)),
            (Column::AddKey, u32s(&keys)),
            (Column::AddKind, kinds.map(|kind| kind as u8).to_vec()),
            (Column::AddValue, u32s(&values)),
            (Column::SetRow, u32s(&[ROW_TEXT, ROW_INT])),
            (Column::SetKind, vec![Kind::Array as u8, Kind::Bool as u8]),
            (Column::SetValue, u32s(&[GROUPS, 1])),
            (Column::RenameRow, u32s(&[ROW_DOUBLE, ROW_INT])),
            (Column::RenameKey, u32s(&[new(0), 1])),
            (Column::RemoveRow, u32s(&[ROW_BYTES])),
            (Column::ReplaceText, u32s(&[0, 5])),
            (Column::ReplaceWith, u32s(&[new(1), new(1)])),
            (Column::DropSpan, u32s(&[1])),
            (Column::KeepSpan, u32s(&[0])),
            (Column::FieldCode, fields.to_vec()),
            (Column::FieldIndex, u32s(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])),
            (Column::FieldValue, u32s(&[new(0), NONE, 1, 2, 5, new(1), NONE, new(0), NONE, new(0), NONE])),
        ];
        Columns(columns.into())
    }

    /// No edits at all.
    fn none() -> Columns {
        Columns(Vec::new())
    }

    fn bytes(&mut self, column: Column) -> &mut Vec<u8> {
        let at = self.0.iter().position(|(other, _)| *other >= column).unwrap_or(self.0.len());
        if self.0.get(at).is_none_or(|(other, _)| *other != column) {
            self.0.insert(at, (column, Vec::new()));
        }
        &mut self.0[at].1
    }

    fn with(mut self, column: Column, elements: &[u32]) -> Columns {
        *self.bytes(column) = if column.element_size() == 1 { elements.iter().map(|code| *code as u8).collect() } else { u32s(elements) };
        self
    }

    fn and(mut self, column: Column, elements: &[u32]) -> Columns {
        let more = if column.element_size() == 1 { elements.iter().map(|code| *code as u8).collect() } else { u32s(elements) };
        self.bytes(column).extend(more);
        self
    }

    fn element(&mut self, column: Column, at: usize, value: u32) {
        self.bytes(column)[4 * at..4 * at + 4].copy_from_slice(&value.to_le_bytes());
    }

    fn join(&self) -> Vec<u8> {
        let mut out = vec![0; HEADER_LEN + self.0.len() * ENTRY_LEN];
        out[..4].copy_from_slice(b"SSVE");
        out[4] = 1;
        out[12..16].copy_from_slice(&(self.0.len() as u32).to_le_bytes());
        for (number, (column, bytes)) in self.0.iter().enumerate() {
            out.resize(out.len().next_multiple_of(8), 0);
            let entry = HEADER_LEN + number * ENTRY_LEN;
            let offset = out.len() as u32;
            out[entry..entry + 4].copy_from_slice(&(*column as u32).to_le_bytes());
            out[entry + 4..entry + 8].copy_from_slice(&offset.to_le_bytes());
            out[entry + 8..entry + 12].copy_from_slice(&(bytes.len() as u32).to_le_bytes());
            out.extend(bytes);
        }
        out.resize(out.len().next_multiple_of(8), 0);
        let len = out.len() as u32;
        out[16..20].copy_from_slice(&len.to_le_bytes());
        out
    }
}

fn u32s(elements: &[u32]) -> Vec<u8> {
    elements.iter().flat_map(|element| element.to_le_bytes()).collect()
}

/// Edits the batch. An error leaves it as it was; edits that are taken leave one that can be read and handed on.
fn edit(bytes: &[u8]) -> Result<usize, String> {
    let mut batch = batch();
    let before = batch.clone().to_blob(&[]);
    match batch.edit(bytes) {
        Ok(edited) => {
            text::print(&batch, &text::Style::FULL);
            batch.to_blob(&["text".into()]);
            text::print(&batch, &text::Style::FULL);
            batch.strip();
            Ok(edited.count)
        }
        Err(error) => {
            assert!(!batch.is_edited(), "{error}");
            assert!(batch.to_blob(&[]) == before, "the batch was changed by edits that were refused: {error}");
            Err(error.to_string())
        }
    }
}

#[track_caller]
fn refused(what: &str, bytes: &[u8], names: &str) {
    match edit(bytes) {
        Ok(_) => panic!("{what}: taken, expected an error that names {names}"),
        Err(message) => assert!(message.contains(names), "{what}: {message:?} does not name {names}"),
    }
}

#[test]
fn the_numbers_of_these_tests_are_those_of_their_batch() {
    let blob = batch().to_blob(&[]);
    let blob = spansieve_layout::Blob::parse(&blob, spansieve_layout::Magic::Batch).unwrap();
    let pools = [blob.texts().len(), blob.i64s(Column::Ints).len(), blob.f64s(Column::Doubles).len(), blob.byte_strings().len()];
    assert_eq!(pools, [TEXTS, INTS, DOUBLES, BYTE_STRINGS].map(|count| count as usize));
    assert_eq!([blob.bytes(Column::RowKind).len(), blob.u32s(Column::GroupEnd).len()], [ROWS as usize, GROUPS as usize]);
    let kinds = blob.bytes(Column::RowKind);
    let rows = [ROW_TEXT, ROW_INT, ROW_LIST, ROW_DOUBLE, ROW_BYTES, ROW_ELEMENT].map(|row| kinds[row as usize]);
    assert_eq!(rows, [Kind::Str, Kind::Int, Kind::Array, Kind::Double, Kind::Bytes, Kind::Str].map(|kind| kind as u8));
    assert_eq!(blob.u32s(Column::SpanAttributes).get(0), Some(ATTRIBUTES));
    assert_eq!(blob.u32s(Column::RowValue).get(ROW_LIST), Some(LIST));
}

#[test]
fn the_edits_that_the_lies_start_from_are_no_lies() {
    let edits = Columns::valid();
    assert_eq!(edit(&edits.join()), Ok(6 + 2 + 2 + 1 + 2 + 1 + 1 + 11));
    let used: Vec<Column> = edits.0.iter().map(|(column, _)| *column).collect();
    let all = Column::ALL.iter().filter(|column| !(7..100).contains(&(**column as u32)));
    assert!(all.eq(&used), "every column that edits have is used");
    assert_eq!(edit(&Columns::none().join()), Ok(0));
    assert_eq!(edit(&[]), Ok(0));
}

#[test]
fn each_field_of_the_header_is_checked_or_does_not_matter() {
    let valid = Columns::valid().join();
    let with = |at: usize, bytes: &[u8]| {
        let mut lie = valid.clone();
        lie[at..at + bytes.len()].copy_from_slice(bytes);
        lie
    };
    refused("the magic of a batch", &with(0, b"SSVB"), "magic");
    refused("no magic", &with(0, b"\0\0\0\0"), "magic");
    for version in [0u16, 2, u16::MAX] {
        refused("another version", &with(4, &version.to_le_bytes()), "layout version");
    }
    let columns = Columns::valid().0.len() as u32;
    refused("a column more than the directory has", &with(12, &(columns + 1).to_le_bytes()), "column");
    refused("as many columns as there can be", &with(12, &u32::MAX.to_le_bytes()), "directory");
    refused("a column fewer", &with(12, &(columns - 1).to_le_bytes()), "field-code");
    refused("half the columns", &with(12, &(columns / 2).to_le_bytes()), "set-row");
    let length = valid.len() as u32;
    for lie in [0, 1, length - 1, length + 1, length - 8, u32::MAX] {
        refused("another length", &with(16, &lie.to_le_bytes()), "header says");
    }
    // Flags, number of spans, time and probability say nothing in edits.
    for (at, len) in [(6, 2), (8, 4), (20, 4), (24, 8), (32, 8), (40, 8)] {
        assert_eq!(edit(&with(at, &[0xFF; 8][..len])), edit(&valid), "at {at}");
    }
    for len in 0..valid.len() {
        refused("cut", &valid[..len.max(1)], "");
    }
}

#[test]
fn each_entry_of_the_directory_is_checked() {
    let valid = Columns::valid().join();
    let count = Columns::valid().0.len();
    for number in 0..count {
        let entry = HEADER_LEN + number * ENTRY_LEN;
        let read = |at: usize| u32::from_le_bytes(valid[entry + at..entry + at + 4].try_into().unwrap());
        let lie = |at: usize, value: u32| {
            let mut lie = valid.clone();
            lie[entry + at..entry + at + 4].copy_from_slice(&value.to_le_bytes());
            lie
        };
        let (id, offset, length) = (read(0), read(4), read(8));
        let name = format!("column {id}");
        for value in [0, id - 1, 13, 50, 99, 133, u32::MAX] {
            // Another id can only be taken where it stands in order and nothing depends on the column that is gone.
            if let Ok(count) = edit(&lie(0, value)) {
                assert!(count < edit(&valid).unwrap(), "{name} as {value}");
            }
        }
        refused("an id that comes again", &lie(0, if number == 0 { 0 } else { read_id(&valid, number - 1) }), "column id");
        refused("an id that nothing has", &lie(0, u32::MAX), "column");
        for value in [0, 8, offset + 1, offset + 4, u32::MAX - 7, u32::MAX] {
            refused("a column somewhere else", &lie(4, value), &name);
        }
        refused("a column at the end", &lie(4, valid.len() as u32), &name);
        for value in [u32::MAX, valid.len() as u32 * 2, (valid.len() as u32 - offset).next_multiple_of(8) + 8] {
            refused("a column that ends outside", &lie(8, value), &name);
        }
        if Column::from_id(id).is_some_and(|column| column.element_size() > 1) {
            for value in [length - 1, length + 1] {
                refused("half an element", &lie(8, value), Column::from_id(id).unwrap().name());
            }
        }
    }
}

fn read_id(blob: &[u8], number: usize) -> u32 {
    let entry = HEADER_LEN + number * ENTRY_LEN;
    u32::from_le_bytes(blob[entry..entry + 4].try_into().unwrap())
}

#[test]
fn columns_of_a_batch_and_unknown_ones_are_no_edits() {
    for column in Column::ALL.iter().filter(|column| (7..100).contains(&(**column as u32))) {
        let lie = Columns::none().with(*column, &[0; 4]);
        refused(column.name(), &lie.join(), &format!("unknown column {}", *column as u32));
    }
}

#[test]
fn a_column_that_is_shorter_or_longer_than_its_fellows_is_an_error() {
    // What names the trouble when the column is gone, has an element fewer, and has an element more.
    let cases = [
        (Column::Texts, "texts", "texts", "texts"),
        (Column::TextEnd, "texts", "texts", "texts"),
        (Column::Ints, "add-value", "add-value", ""),
        (Column::Doubles, "add-value", "add-value", ""),
        (Column::Bytes, "bytes", "bytes", "bytes"),
        (Column::BytesEnd, "bytes", "bytes", "bytes"),
        (Column::NewGroups, "set-value", "set-value", "new-groups"),
        (Column::AddGroup, "add-group", "add-group", "add-group"),
        (Column::AddKey, "add-key", "add-key", "add-key"),
        (Column::AddKind, "add-kind", "add-kind", "add-kind"),
        (Column::AddValue, "add-value", "add-value", "add-value"),
        (Column::SetRow, "set-row", "set-row", "set-row"),
        (Column::SetKind, "set-kind", "set-kind", "set-kind"),
        (Column::SetValue, "set-value", "set-value", "set-value"),
        (Column::RenameRow, "rename-row", "rename-row", "rename-row"),
        (Column::RenameKey, "rename-key", "rename-key", "rename-key"),
        (Column::RemoveRow, "", "", ""),
        (Column::ReplaceText, "replace-text", "replace-text", "replace-text"),
        (Column::ReplaceWith, "replace-with", "replace-with", "replace-with"),
        (Column::DropSpan, "", "", "keep-span"),
        (Column::KeepSpan, "", "", "keep-span"),
        (Column::FieldCode, "field-code", "field-code", "field-code"),
        (Column::FieldIndex, "field-index", "field-index", "field-index"),
        (Column::FieldValue, "field-value", "field-value", "field-value"),
    ];
    for (column, gone, fewer, more) in cases {
        let size = column.element_size();
        let mut edits = [Columns::valid(), Columns::valid(), Columns::valid()];
        edits[0].bytes(column).clear();
        let len = edits[1].bytes(column).len();
        edits[1].bytes(column).truncate(len - size);
        edits[2].bytes(column).extend(vec![0; size]);
        for (edits, names, what) in
            [(&edits[0], gone, "gone"), (&edits[1], fewer, "an element fewer"), (&edits[2], more, "an element more")]
        {
            match (edit(&edits.join()), names) {
                (Ok(_), "") => {}
                (Ok(_), names) => panic!("{} {what}: taken, expected an error that names {names}", column.name()),
                (Err(message), names) => assert!(!names.is_empty() && message.contains(names), "{} {what}: {message}", column.name()),
            }
        }
    }
}

#[test]
fn each_index_is_checked_against_its_limit() {
    let texts = TEXTS + 2;
    // Column, element, the first value that is out of range, and whether none is a value too.
    let mut cases = vec![];
    let mut all =
        |column: Column, limits: &[(u32, bool)]| cases.extend(limits.iter().enumerate().map(|(at, limit)| (column, at, limit.0, limit.1)));
    let plain = |limit: u32, count: usize| vec![(limit, false); count];
    all(Column::AddGroup, &plain(GROUPS + 2, 6));
    all(Column::AddKey, &[(texts, false), (0, true), (0, true), (texts, false), (0, true), (texts, false)]);
    let values = [texts, INTS + 1, GROUPS + 2, DOUBLES + 1, BYTE_STRINGS + 2, 1];
    all(Column::AddValue, &values.map(|limit| (limit, false)));
    all(Column::SetRow, &plain(ROWS, 2));
    all(Column::SetValue, &[(GROUPS + 2, false), (2, false)]);
    all(Column::RenameRow, &plain(ROWS, 2));
    all(Column::RenameKey, &plain(texts, 2));
    all(Column::RemoveRow, &plain(ROWS, 1));
    all(Column::ReplaceText, &plain(TEXTS, 2));
    all(Column::ReplaceWith, &plain(texts, 2));
    all(Column::DropSpan, &plain(3, 1));
    all(Column::KeepSpan, &plain(3, 1));
    all(Column::FieldIndex, &[3, 3, 3, 3, 3, 1, 1, 1, 1, 1, 1].map(|limit| (limit, false)));
    let fields = [(texts, false), (texts, true), (texts, true), (3, false), (6, false), (texts, false)];
    all(Column::FieldValue, &fields);
    for (at, limit) in [(6, (texts, true)), (7, (texts, false)), (8, (texts, true)), (9, (texts, true)), (10, (texts, true))] {
        cases.push((Column::FieldValue, at, limit.0, limit.1));
    }
    for (column, at, limit, none_too) in cases {
        let with = |value: u32| {
            let mut edits = Columns::valid();
            edits.element(column, at, value);
            edits.join()
        };
        refused(&format!("{} {at}: the limit", column.name()), &with(limit), column.name());
        let none = edit(&with(NONE));
        assert_eq!(none.is_ok(), none_too, "{} {at}: none: {none:?}", column.name());
        if let Err(message) = none {
            assert!(message.contains(column.name()), "{message}");
        }
        refused(&format!("{} {at}: nearly none", column.name()), &with(NONE - 1), column.name());
        if let Some(last) = limit.checked_sub(1) {
            // In range; it may still contradict another edit.
            if let Err(message) = edit(&with(last)) {
                let here = format!("column {}, element {at}: {last} is out of range", column.name());
                assert!(!message.contains(&here), "{message}");
            }
        }
    }
    // A text is replaced by a new text only.
    let mut edits = Columns::valid();
    edits.element(Column::ReplaceWith, 0, TEXTS - 1);
    refused("an old text", &edits.join(), "replace-with");
}

#[test]
fn each_code_is_checked() {
    for (column, count) in [(Column::AddKind, 6), (Column::SetKind, 2), (Column::FieldCode, 11)] {
        for at in 0..count {
            for code in [if column == Column::FieldCode { 0 } else { 8 }, 12, 200, 255] {
                let mut edits = Columns::valid();
                edits.bytes(column)[at] = code;
                refused(&format!("{} {at} is {code}", column.name()), &edits.join(), column.name());
            }
        }
    }
}

#[test]
fn nothing_is_edited_twice_or_in_ways_that_contradict() {
    let none = Columns::none;
    let set = |rows: &[u32]| {
        none().with(Column::SetRow, rows).with(Column::SetKind, &vec![0; rows.len()]).with(Column::SetValue, &vec![0; rows.len()])
    };
    let rename = |edits: Columns, rows: &[u32]| edits.with(Column::RenameRow, rows).with(Column::RenameKey, &vec![0; rows.len()]);
    let field = |codes: &[u32], indices: &[u32]| {
        none().with(Column::FieldCode, codes).with(Column::FieldIndex, indices).with(Column::FieldValue, &vec![0; codes.len()])
    };
    let replace = none().with(Column::Texts, b"n\xFF".map(u32::from).as_slice()).with(Column::TextEnd, &[1]);
    let taken = [
        set(&[1, 2]),
        rename(set(&[1, 2]), &[2, 1]),
        none().with(Column::RemoveRow, &[ROW_LIST, ROW_ELEMENT]),
        set(&[ROW_ELEMENT]).with(Column::RemoveRow, &[ROW_LIST]),
        field(&[1, 1, 2], &[0, 1, 1]),
        none().with(Column::DropSpan, &[1]).with(Column::KeepSpan, &[0, 2]),
    ];
    for edits in taken {
        edit(&edits.join()).unwrap_or_else(|error| panic!("{error}: {edits:?}"));
    }
    let refusals = [
        (set(&[1, 2, 1]), "set-row"),
        (rename(none(), &[2, 2]), "rename-row"),
        (none().with(Column::RemoveRow, &[5, 5]), "remove-row"),
        (set(&[5]).with(Column::RemoveRow, &[5]), "remove-row"),
        (rename(none(), &[5]).with(Column::RemoveRow, &[5]), "rename-row"),
        (replace.with(Column::ReplaceText, &[3, 3]).with(Column::ReplaceWith, &[TEXTS, TEXTS]), "replace-text"),
        (none().with(Column::DropSpan, &[1, 1]), "drop-span"),
        (none().with(Column::KeepSpan, &[1, 1]), "keep-span"),
        (none().with(Column::DropSpan, &[1]).with(Column::KeepSpan, &[1]), "keep-span"),
        (field(&[4, 4], &[1, 1]), "field-index"),
    ];
    for (edits, names) in refusals {
        refused("twice", &edits.join(), names);
    }
}

/// Adds rows without the texts, keys and values that do not matter: `(group, kind, value)`, with a key or none.
fn add(edits: Columns, rows: &[(u32, Kind, u32)], key: u32) -> Columns {
    let column = |of: fn(&(u32, Kind, u32)) -> u32| rows.iter().map(of).collect::<Vec<u32>>();
    edits
        .and(Column::AddGroup, &column(|row| row.0))
        .and(Column::AddKey, &vec![key; rows.len()])
        .and(Column::AddKind, &column(|row| row.1 as u32))
        .and(Column::AddValue, &column(|row| row.2))
}

fn groups(count: u32) -> Columns {
    Columns::none().with(Column::NewGroups, &[count])
}

#[test]
fn new_groups_are_trees_and_each_is_named_once() {
    const A: u32 = GROUPS;
    const B: u32 = GROUPS + 1;
    let map = |inside: u32, group: u32| (inside, Kind::Map, group);
    let taken = [
        add(groups(1), &[map(ATTRIBUTES, A)], 0),
        add(groups(2), &[map(A, B), map(ATTRIBUTES, A)], 0),
        add(add(groups(1), &[(ATTRIBUTES, Kind::Array, A)], 0), &[(A, Kind::Empty, 0)], NONE),
        groups(1).with(Column::SetRow, &[ROW_TEXT]).with(Column::SetKind, &[Kind::Array as u32]).with(Column::SetValue, &[A]),
        groups(1).with(Column::SetRow, &[ROW_LIST]).with(Column::SetKind, &[Kind::Map as u32]).with(Column::SetValue, &[A]),
        groups(0),
    ];
    for edits in taken {
        edit(&edits.join()).unwrap_or_else(|error| panic!("{error}: {edits:?}"));
    }
    let refusals = [
        ("named twice", add(groups(1), &[map(ATTRIBUTES, A), map(ATTRIBUTES, A)], 0), "add-value"),
        ("not named", add(groups(2), &[map(ATTRIBUTES, A), (ATTRIBUTES, Kind::Empty, 0)], 0), "new-groups"),
        ("names itself", add(groups(1), &[map(A, A)], 0), "add-value"),
        ("a cycle of two", add(groups(2), &[map(A, B), map(B, A)], 0), "add-group"),
        ("names a lower one", add(groups(2), &[map(ATTRIBUTES, B), map(B, A)], 0), "add-value"),
        ("a group of the batch", add(groups(0), &[map(ATTRIBUTES, LIST)], 0), "add-value"),
        ("more groups than rows", add(groups(u32::MAX - GROUPS), &[map(ATTRIBUTES, A)], 0), "new-groups"),
        ("as many groups as there can be", groups(u32::MAX), "new-groups"),
        ("two counts", Columns::none().with(Column::NewGroups, &[0, 0]), "new-groups"),
        ("a row in a group that nothing names", add(groups(1), &[(A, Kind::Empty, 0)], 0), "add-group"),
        ("an element with a key", add(add(groups(1), &[(ATTRIBUTES, Kind::Array, A)], 0), &[(A, Kind::Empty, 0)], 0), "add-key"),
        ("an element of the batch's array with a key", add(groups(0), &[(LIST, Kind::Empty, 0)], 0), "add-key"),
        ("an attribute without a key", add(groups(0), &[(ATTRIBUTES, Kind::Empty, 0)], NONE), "add-key"),
        ("an entry of a map without a key", add(add(groups(1), &[map(ATTRIBUTES, A)], 0), &[(A, Kind::Empty, 0)], NONE), "add-key"),
        ("an element that gets a key", groups(0).with(Column::RenameRow, &[ROW_ELEMENT]).with(Column::RenameKey, &[0]), "rename-row"),
    ];
    for (what, edits, names) in refusals {
        refused(what, &edits.join(), names);
    }
}

#[test]
fn nothing_is_nested_deeper_than_the_layout_allows() {
    let nested = |depth: u32| {
        let rows: Vec<_> = (0..depth).map(|at| (if at == 0 { ATTRIBUTES } else { GROUPS + at - 1 }, Kind::Map, GROUPS + at)).collect();
        add(groups(depth), &rows, 0).join()
    };
    let deepest = MAX_DEPTH as u32;
    assert_eq!(edit(&nested(deepest)), Ok(MAX_DEPTH));
    refused("one too many", &nested(deepest + 1), "deep");
    refused("a thousand", &nested(1000), "deep");

    // What is there already counts.
    let mut batch = batch();
    batch.edit(&nested(deepest)).unwrap();
    let blob = batch.to_blob(&[]);
    let innermost = GROUPS + deepest - 1;
    let one_more = add(groups(1), &[(innermost, Kind::Array, GROUPS + deepest)], 0).join();
    assert!(batch.edit(&one_more).is_err_and(|error| error.to_string().contains("deep")));
    assert_eq!(batch.to_blob(&[]), blob);
}

#[test]
fn new_texts_and_byte_strings_lie_where_their_ends_say() {
    let texts = |arena: &[u8], ends: &[u32]| {
        let mut edits = Columns::none().with(Column::TextEnd, ends);
        *edits.bytes(Column::Texts) = arena.to_vec();
        edits.join()
    };
    assert_eq!(edit(&texts(b"a\xFF\xFF\xC3\xA9\xFF", &[1, 2, 5])), Ok(0));
    for (what, arena, ends) in [
        ("not UTF-8", &b"\xC3\xFF"[..], &[1][..]),
        ("a separator inside", b"a\xFFb\xFF", &[3]),
        ("no separator", b"ab", &[1]),
        ("cut before the separator", b"ab", &[2]),
        ("half a character", b"\xC3\xFF\xA9\xFF", &[1, 3]),
        ("an end that goes back", b"ab\xFFc\xFF", &[2, 1]),
        ("two ends at one place", b"a\xFF", &[1, 1]),
        ("an end outside", b"a\xFF", &[5]),
        ("an end far outside", b"a\xFF", &[u32::MAX]),
        ("bytes behind the last", b"a\xFFb\xFF", &[1]),
        ("texts without ends", b"a\xFF", &[]),
        ("ends without texts", b"", &[0]),
    ] {
        refused(what, &texts(arena, ends), "texts");
    }
    let bytes = |arena: &[u8], ends: &[u32]| {
        let mut edits = Columns::none().with(Column::BytesEnd, ends);
        *edits.bytes(Column::Bytes) = arena.to_vec();
        edits.join()
    };
    assert_eq!(edit(&bytes(b"\xFFa", &[0, 2, 2])), Ok(0));
    for (what, arena, ends) in [
        ("an end that goes back", &b"ab"[..], &[2, 1][..]),
        ("an end outside", b"ab", &[3]),
        ("an end far outside", b"ab", &[1, u32::MAX]),
        ("bytes behind the last", b"ab", &[1]),
        ("bytes without ends", b"ab", &[]),
    ] {
        refused(what, &bytes(arena, ends), "bytes");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, rng_seed: RngSeed::Fixed(0x4c49_4553), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn flipped_bytes_are_never_more_than_an_error(flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = Columns::valid().join();
        for (at, with) in flips {
            *at.get_mut(&mut bytes) ^= with;
        }
        let _ = edit(&bytes);
    }

    #[test]
    fn small_numbers_in_the_place_of_others_are_never_more_than_an_error(lies in prop::collection::vec((any::<prop::sample::Index>(), 0u32..30), 1..6)) {
        let mut edits = Columns::valid();
        for (at, value) in lies {
            let (column, bytes) = at.get_mut(&mut edits.0);
            match column.element_size() {
                1 => *at.get_mut(bytes) = value as u8,
                _ => *at.get_mut(bytes.as_chunks_mut::<4>().0) = value.to_le_bytes(),
            }
        }
        let _ = edit(&edits.join());
    }

    #[test]
    fn columns_cut_anywhere_are_never_more_than_an_error(cuts in prop::collection::vec((any::<prop::sample::Index>(), 0usize..50), 1..4)) {
        let mut edits = Columns::valid();
        for (at, len) in cuts {
            at.get_mut(&mut edits.0).1.truncate(len);
        }
        let _ = edit(&edits.join());
    }
}
