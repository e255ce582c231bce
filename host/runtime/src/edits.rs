//! Edits from a plugin: every length and index in them is hostile until it was checked here.
//!
//! [`Edits::check`] tells nonsense from edits by the rules of `wit/layout.md`; applying them (`batch/apply.rs`) then trusts them.

use std::collections::HashSet;
use std::fmt;

use spansieve_layout::{Blob, Column, Field, Kind, LayoutError, MAX_DEPTH, Magic, NONE, U32s};

/// What the batch has, so that indices can be checked against it.
#[derive(Clone, Copy)]
pub(crate) struct Extent<'a> {
    pub(crate) texts: usize,
    pub(crate) ints: usize,
    pub(crate) doubles: usize,
    pub(crate) byte_strings: usize,
    pub(crate) rows: usize,
    pub(crate) row_group: &'a dyn Fn(usize) -> u32,
    pub(crate) group_is_array: &'a [bool],
    /// How deep each group is nested: 0 for attributes. Asked for only when edits create groups.
    pub(crate) depths: &'a dyn Fn() -> Vec<u8>,
    pub(crate) spans: usize,
    pub(crate) events: usize,
    pub(crate) links: usize,
    pub(crate) scopes: usize,
    pub(crate) resources: usize,
}

/// How much edits may be, besides what the layout allows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EditBounds {
    /// Edits, new texts and numbers, together.
    pub(crate) items: usize,
    /// How deep values may be nested.
    pub(crate) nesting: usize,
}

/// Edits that obey the rules. Indices of new texts, numbers and groups continue after the batch's.
pub(crate) struct Edits<'a> {
    pub(crate) blob: Blob<'a>,
    pub(crate) new_groups: u32,
}

/// Why edits are nonsense. The guest is to blame.
#[derive(Debug)]
pub(crate) enum EditsError {
    Layout(LayoutError),
    /// Parallel columns differ in length.
    Parallel(Column, Column),
    /// An index points past the end.
    Range {
        column: Column,
        at: usize,
        value: u32,
        limit: usize,
    },
    /// A code that does not exist.
    Code {
        column: Column,
        at: usize,
        value: u8,
    },
    /// The same thing is edited twice, or in ways that contradict each other.
    Twice {
        column: Column,
        value: u32,
    },
    /// What the edits stand for, each use of a text counted, is too much.
    Expansion {
        bytes: u64,
        limit: u64,
    },
    /// A new text that is not UTF-8, or ends of texts or byte strings that are not in order.
    Text {
        column: Column,
        at: usize,
    },
    /// More than the plugin's limits allow.
    Items {
        items: usize,
        limit: usize,
    },
    /// Another rule is broken.
    Rule {
        column: Column,
        at: usize,
        what: &'static str,
    },
}

impl<'a> Edits<'a> {
    /// Checks edits against the batch that the plugin was given.
    ///
    /// # Errors
    /// When they break a rule; none of them must be applied then.
    pub(crate) fn check(bytes: &'a [u8], batch: &Extent<'_>, bounds: &EditBounds) -> Result<Self, EditsError> {
        let blob = Blob::parse_known(bytes, Magic::Edits).map_err(EditsError::Layout)?;
        if let Some(column) = Column::ALL.iter().find(|c| (7..100).contains(&(**c as u32)) && blob.has(**c)) {
            return Err(EditsError::Layout(LayoutError::Unknown { id: *column as u32 }));
        }
        let new_groups = match blob.u32s(Column::NewGroups) {
            none if none.is_empty() => 0,
            one if one.len() == 1 => one.get(0).unwrap_or(0),
            more => return Err(range(Column::NewGroups, 1, more.len() as u32, 1)),
        };
        let edits = Edits { blob, new_groups };
        let items = edits.items();
        if items > bounds.items {
            return Err(EditsError::Items { items, limit: bounds.items });
        }
        let values = edits.check_pools(batch)?;
        edits.check_rows(batch, &values, bounds.nesting)?;
        edits.check_texts_and_spans(batch, &values)?;
        edits.check_fields(batch, &values)?;
        Ok(edits)
    }

    /// How many single edits there are.
    pub(crate) fn len(&self) -> usize {
        [Column::AddGroup, Column::SetRow, Column::RenameRow, Column::RemoveRow, Column::ReplaceText, Column::DropSpan, Column::KeepSpan]
            .iter()
            .map(|column| self.u32s(*column).len())
            .sum::<usize>()
            + self.blob.bytes(Column::FieldCode).len()
    }

    /// How much there is to check and to keep: edits, new texts and numbers. Groups are no more than edits.
    fn items(&self) -> usize {
        let numbers = self.blob.i64s(Column::Ints).len() + self.blob.f64s(Column::Doubles).len();
        self.len() + self.blob.texts().len() + self.blob.byte_strings().len() + numbers
    }

    pub(crate) fn u32s(&self, column: Column) -> U32s<'a> {
        self.blob.u32s(column)
    }

    pub(crate) fn u8s(&self, column: Column) -> &'a [u8] {
        self.blob.bytes(column)
    }

    fn check_pools(&self, batch: &Extent<'_>) -> Result<Values, EditsError> {
        let texts = self.blob.texts();
        let mut before = 0;
        for at in 0..texts.len() {
            let wrong = EditsError::Text { column: Column::Texts, at };
            let Some(range) = texts.range(at as u32).filter(|range| range.start == before) else { return Err(wrong) };
            let separator = texts.arena().get(range.end) == Some(&spansieve_layout::SEPARATOR);
            if !separator || std::str::from_utf8(&texts.arena()[range.clone()]).is_err() {
                return Err(wrong);
            }
            before = range.end + 1;
        }
        if texts.arena().len() != before {
            return Err(EditsError::Text { column: Column::Texts, at: texts.len() });
        }
        let strings = self.blob.byte_strings();
        let mut before = 0;
        for at in 0..strings.len() {
            before = strings.range(at as u32).ok_or(EditsError::Text { column: Column::Bytes, at })?.end;
        }
        if strings.arena().len() != before {
            return Err(EditsError::Text { column: Column::Bytes, at: strings.len() });
        }
        Ok(Values {
            texts: batch.texts + texts.len(),
            ints: batch.ints + self.blob.i64s(Column::Ints).len(),
            doubles: batch.doubles + self.blob.f64s(Column::Doubles).len(),
            byte_strings: batch.byte_strings + strings.len(),
        })
    }

    fn check_rows(&self, batch: &Extent<'_>, values: &Values, nesting: usize) -> Result<(), EditsError> {
        let groups = batch.group_is_array.len();
        let naming = self.u32s(Column::AddGroup).len() + self.u32s(Column::SetRow).len();
        let mut new = NewGroups::new(self.new_groups, groups, naming, batch, nesting)?;

        // Values first: they say which new groups are arrays, and so which added rows have keys.
        let (set, kinds, set_values) = (self.u32s(Column::SetRow), self.u8s(Column::SetKind), self.u32s(Column::SetValue));
        parallel(Column::SetRow, set.len(), Column::SetKind, kinds.len())?;
        parallel(Column::SetRow, set.len(), Column::SetValue, set_values.len())?;
        let mut touched = vec![0u8; batch.rows];
        for (at, row) in set.iter().enumerate() {
            mark(&mut touched, Column::SetRow, at, row, SET, SET)?;
            let kind = values.check((Column::SetKind, Column::SetValue), at, kinds[at], set_values.get(at as u32).unwrap_or(NONE))?;
            new.name((Column::SetValue, at), kind, set_values.get(at as u32).unwrap_or(NONE), (batch.row_group)(row as usize))?;
        }
        for (at, row) in self.u32s(Column::RemoveRow).iter().enumerate() {
            mark(&mut touched, Column::RemoveRow, at, row, REMOVED, SET | REMOVED)?;
        }
        let (rename, rename_key) = (self.u32s(Column::RenameRow), self.u32s(Column::RenameKey));
        parallel(Column::RenameRow, rename.len(), Column::RenameKey, rename_key.len())?;
        for (at, (row, key)) in rename.iter().zip(rename_key.iter()).enumerate() {
            mark(&mut touched, Column::RenameRow, at, row, RENAMED, RENAMED | REMOVED)?;
            below(Column::RenameKey, at, key, values.texts)?;
            if batch.group_is_array[(batch.row_group)(row as usize) as usize] {
                return Err(EditsError::Rule { column: Column::RenameRow, at, what: "an element of an array has no key to rename" });
            }
        }

        let add = self.u32s(Column::AddGroup);
        let (keys, kinds, add_values) = (self.u32s(Column::AddKey), self.u8s(Column::AddKind), self.u32s(Column::AddValue));
        parallel(Column::AddGroup, add.len(), Column::AddKey, keys.len())?;
        parallel(Column::AddGroup, add.len(), Column::AddKind, kinds.len())?;
        parallel(Column::AddGroup, add.len(), Column::AddValue, add_values.len())?;
        // In ascending order of groups, so that a group's kind and depth are known before its rows are looked at.
        let mut order: Vec<u32> = (0..add.len() as u32).collect();
        order.sort_by_key(|at| add.get(*at));
        for at in order {
            let (group, value, index) = (add.get(at).unwrap_or(NONE), add_values.get(at).unwrap_or(NONE), at as usize);
            below(Column::AddGroup, index, group, groups + self.new_groups as usize)?;
            let kind = values.check((Column::AddKind, Column::AddValue), index, kinds[index], value)?;
            new.name((Column::AddValue, index), kind, value, group)?;
            match (new.is_array(group), keys.get(at).unwrap_or(NONE)) {
                (None, _) => {
                    return Err(EditsError::Rule {
                        column: Column::AddGroup,
                        at: index,
                        what: "no row of a lower group has this new group as its value",
                    });
                }
                (Some(true), NONE) => {}
                (Some(true), _) => {
                    return Err(EditsError::Rule { column: Column::AddKey, at: index, what: "an element of an array has a key" });
                }
                (Some(false), key) => below(Column::AddKey, index, key, values.texts)?,
            }
        }
        new.all_named()
    }

    fn check_texts_and_spans(&self, batch: &Extent<'_>, values: &Values) -> Result<(), EditsError> {
        let (replace, with) = (self.u32s(Column::ReplaceText), self.u32s(Column::ReplaceWith));
        parallel(Column::ReplaceText, replace.len(), Column::ReplaceWith, with.len())?;
        if !replace.is_empty() {
            let mut touched = vec![0u8; batch.texts];
            for (at, (text, with)) in replace.iter().zip(with.iter()).enumerate() {
                mark(&mut touched, Column::ReplaceText, at, text, SET, SET)?;
                below(Column::ReplaceWith, at, with, values.texts)?;
                if (with as usize) < batch.texts {
                    return Err(EditsError::Rule { column: Column::ReplaceWith, at, what: "only a new text takes the place of another" });
                }
            }
        }
        let mut touched = vec![0u8; batch.spans];
        for column in [Column::DropSpan, Column::KeepSpan] {
            for (at, span) in self.u32s(column).iter().enumerate() {
                mark(&mut touched, column, at, span, SET, SET)?;
            }
        }
        Ok(())
    }

    fn check_fields(&self, batch: &Extent<'_>, values: &Values) -> Result<(), EditsError> {
        let (codes, indices, set) = (self.u8s(Column::FieldCode), self.u32s(Column::FieldIndex), self.u32s(Column::FieldValue));
        parallel(Column::FieldCode, codes.len(), Column::FieldIndex, indices.len())?;
        parallel(Column::FieldCode, codes.len(), Column::FieldValue, set.len())?;
        let mut seen = HashSet::with_capacity(codes.len());
        for (at, ((code, index), value)) in codes.iter().zip(indices.iter()).zip(set.iter()).enumerate() {
            let field = Field::from_code(*code).ok_or(EditsError::Code { column: Column::FieldCode, at, value: *code })?;
            let (limit, allowed) = match field {
                Field::SpanName => (batch.spans, Allowed::Text),
                Field::SpanMessage | Field::SpanTracestate => (batch.spans, Allowed::TextOrNone),
                Field::SpanStatus => (batch.spans, Allowed::Below(3)),
                Field::SpanKind => (batch.spans, Allowed::Below(6)),
                Field::EventName => (batch.events, Allowed::Text),
                Field::LinkTracestate => (batch.links, Allowed::TextOrNone),
                Field::ScopeName => (batch.scopes, Allowed::Text),
                Field::ScopeVersion | Field::ScopeSchemaUrl => (batch.scopes, Allowed::TextOrNone),
                Field::ResourceSchemaUrl => (batch.resources, Allowed::TextOrNone),
            };
            below(Column::FieldIndex, at, index, limit)?;
            match allowed {
                Allowed::TextOrNone if value == NONE => {}
                Allowed::Text | Allowed::TextOrNone => below(Column::FieldValue, at, value, values.texts)?,
                Allowed::Below(limit) => below(Column::FieldValue, at, value, limit)?,
            }
            if !seen.insert((field, index)) {
                return Err(EditsError::Twice { column: Column::FieldIndex, value: index });
            }
        }
        Ok(())
    }
}

enum Allowed {
    Text,
    TextOrNone,
    Below(usize),
}

const SET: u8 = 1;
const REMOVED: u8 = 2;
const RENAMED: u8 = 4;

/// Sizes of the pools, the edits' own additions included.
struct Values {
    texts: usize,
    ints: usize,
    doubles: usize,
    byte_strings: usize,
}

impl Values {
    /// Checks a row's value by its kind; groups are checked by [`NewGroups`].
    fn check(&self, (kinds, values): (Column, Column), at: usize, kind: u8, value: u32) -> Result<Kind, EditsError> {
        let kind = Kind::from_code(kind).ok_or(EditsError::Code { column: kinds, at, value: kind })?;
        let limit = match kind {
            Kind::Empty => 1,
            Kind::Str => self.texts,
            Kind::Bool => 2,
            Kind::Int => self.ints,
            Kind::Double => self.doubles,
            Kind::Bytes => self.byte_strings,
            Kind::Array | Kind::Map => return Ok(kind),
        };
        below(values, at, value, limit)?;
        Ok(kind)
    }
}

/// The groups that edits create: each named once, by a row that stands in a group with a lower number.
struct NewGroups<'a> {
    /// The batch's groups: new ones continue after them.
    first: usize,
    group_is_array: &'a [bool],
    /// For each new group: whether it is an array and how deep it is, once a row named it.
    named: Vec<Option<(bool, u8)>>,
    depths: Vec<u8>,
    /// How deep they may be.
    nesting: usize,
}

impl<'a> NewGroups<'a> {
    fn new(count: u32, first: usize, rows: usize, batch: &Extent<'a>, nesting: usize) -> Result<Self, EditsError> {
        // Each is named by a row of its own, so more groups than rows are nonsense, and must not cost memory.
        if count as usize > rows {
            return Err(range(Column::NewGroups, 0, count, rows));
        }
        let depths = if count == 0 { Vec::new() } else { (batch.depths)() };
        Ok(NewGroups {
            first,
            group_is_array: batch.group_is_array,
            named: vec![None; count as usize],
            depths,
            nesting: nesting.min(MAX_DEPTH),
        })
    }

    fn name(&mut self, (column, at): (Column, usize), kind: Kind, value: u32, around: u32) -> Result<(), EditsError> {
        if !matches!(kind, Kind::Array | Kind::Map) {
            return Ok(());
        }
        let wrong = |what| EditsError::Rule { column, at, what };
        let group = (value as usize).checked_sub(self.first).filter(|group| *group < self.named.len());
        let group = group.ok_or(wrong("the value of an array or map is not a new group"))?;
        if self.named[group].is_some() {
            return Err(wrong("a new group is the value of two rows"));
        }
        let depth = match (around as usize).checked_sub(self.first) {
            None => self.depths[around as usize],
            Some(new) if new >= group => return Err(wrong("a row names a group that is not above its own")),
            Some(new) => self.named[new].map_or(0, |(_, depth)| depth),
        };
        if depth as usize >= self.nesting {
            return Err(wrong("a value is nested too deep"));
        }
        self.named[group] = Some((kind == Kind::Array, depth + 1));
        Ok(())
    }

    /// Whether a group is an array; `None` for a new group that no row has named yet.
    fn is_array(&self, group: u32) -> Option<bool> {
        match (group as usize).checked_sub(self.first) {
            None => Some(self.group_is_array[group as usize]),
            Some(new) => self.named[new].map(|(is_array, _)| is_array),
        }
    }

    fn all_named(&self) -> Result<(), EditsError> {
        match self.named.iter().position(Option::is_none) {
            Some(at) => Err(EditsError::Rule { column: Column::NewGroups, at, what: "a new group is the value of no row" }),
            None => Ok(()),
        }
    }
}

fn range(column: Column, at: usize, value: u32, limit: usize) -> EditsError {
    EditsError::Range { column, at, value, limit }
}

fn below(column: Column, at: usize, value: u32, limit: usize) -> Result<(), EditsError> {
    if (value as usize) < limit { Ok(()) } else { Err(range(column, at, value, limit)) }
}

fn parallel(first: Column, len: usize, other: Column, other_len: usize) -> Result<(), EditsError> {
    if len == other_len { Ok(()) } else { Err(EditsError::Parallel(first, other)) }
}

/// Notes that `index` is edited; an error when it is out of range or one of `excluded` was noted before.
fn mark(touched: &mut [u8], column: Column, at: usize, index: u32, bit: u8, excluded: u8) -> Result<(), EditsError> {
    let limit = touched.len();
    let marks = touched.get_mut(index as usize).ok_or(range(column, at, index, limit))?;
    if *marks & excluded != 0 {
        return Err(EditsError::Twice { column, value: index });
    }
    *marks |= bit;
    Ok(())
}

impl fmt::Display for EditsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EditsError::Expansion { bytes, limit } => {
                write!(f, "the edits stand for {} MiB of text, each use counted, expected at most {} MiB", bytes >> 20, limit >> 20)
            }
            EditsError::Items { items, limit } => {
                write!(f, "{items} edits, new texts and numbers, expected at most {limit} (limits.edit_items)")
            }
            EditsError::Layout(error) => write!(f, "{error}"),
            EditsError::Parallel(a, b) => write!(f, "columns {} and {} differ in length", a.name(), b.name()),
            EditsError::Range { column, at, value, limit } => {
                write!(f, "column {}, element {at}: {value} is out of range, expected less than {limit}", column.name())
            }
            EditsError::Code { column, at, value } => write!(f, "column {}, element {at}: no such code as {value}", column.name()),
            EditsError::Twice { column, value } => {
                write!(f, "column {}: {value} is edited twice, or in ways that contradict", column.name())
            }
            EditsError::Text { column, at } => {
                write!(f, "column {}, element {at}: it is not UTF-8, or does not end where it should", column.name())
            }
            EditsError::Rule { column, at, what } => write!(f, "column {}, element {at}: {what}", column.name()),
        }
    }
}

#[cfg(test)]
mod tests;
