//! Valid edits of every kind, drawn at random: as a blob, and done to a tree.

use std::collections::HashMap;

use spansieve_layout::{Blob, Column, FLAG_SAMPLED, Field, Header, Kind, Magic, NONE, Writer, push_text};

use super::draw::Draw;
use super::model::{Group, Row, Text, Tree, Val};

#[derive(Debug, Default)]
pub(super) struct Plan {
    /// What the batch has; [`Plan::new_texts`] and so on come behind it.
    texts: Vec<String>,
    ints: Vec<i64>,
    doubles: Vec<f64>,
    bytes: Vec<Vec<u8>>,
    old: [usize; 4],
    groups: u32,
    new_groups: u32,
    /// Group, text of the key, kind, value.
    add: Vec<(u32, u32, Kind, u32)>,
    set: Vec<(u32, Kind, u32)>,
    rename: Vec<(u32, u32)>,
    remove: Vec<u32>,
    replace: Vec<(u32, u32)>,
    drop: Vec<u32>,
    keep: Vec<u32>,
    fields: Vec<(Field, u32, u32)>,
}

impl Plan {
    pub(super) fn draw(draw: &mut Draw<'_>, blob: &Blob<'_>, tree: &Tree) -> Plan {
        let (texts, bytes) = (blob.texts(), blob.byte_strings());
        let mut plan = Plan {
            texts: (0..texts.len() as u32).map(|text| texts.text(text).expect("a text").to_owned()).collect(),
            ints: blob.i64s(Column::Ints).iter().collect(),
            doubles: blob.f64s(Column::Doubles).iter().collect(),
            bytes: (0..bytes.len() as u32).map(|at| bytes.get(at).expect("a byte string").to_vec()).collect(),
            groups: blob.u32s(Column::GroupEnd).len() as u32,
            ..Plan::default()
        };
        plan.old = [plan.texts.len(), plan.ints.len(), plan.doubles.len(), plan.bytes.len()];
        plan.draw_pools(draw);
        let mut open = Vec::new();
        plan.draw_rows(draw, blob, tree, &mut open);
        // Rows of new groups may open further ones, which have higher numbers.
        let mut at = 0;
        while let Some(&(group, is_array)) = open.get(at) {
            for _ in 0..draw.below(4) {
                plan.draw_added(draw, group, is_array, &mut open);
            }
            at += 1;
        }
        plan.draw_texts_and_fields(draw, tree);
        draw.shuffle(&mut plan.add);
        draw.shuffle(&mut plan.set);
        draw.shuffle(&mut plan.remove);
        draw.shuffle(&mut plan.replace);
        draw.shuffle(&mut plan.drop);
        draw.shuffle(&mut plan.fields);
        plan
    }

    fn draw_pools(&mut self, draw: &mut Draw<'_>) {
        for _ in 0..draw.below(4) {
            // New texts may be keys, and equal to texts that there are.
            let text = if draw.once_in(2) { draw.text() } else { draw.key() };
            self.texts.push(text);
        }
        (0..draw.below(2)).for_each(|_| self.ints.push(draw.number()));
        (0..draw.below(2)).for_each(|_| self.doubles.push(draw.double()));
        (0..draw.below(2)).for_each(|_| self.bytes.push(draw.bytes()));
    }

    fn draw_rows(&mut self, draw: &mut Draw<'_>, blob: &Blob<'_>, tree: &Tree, open: &mut Vec<(u32, bool)>) {
        for (row, key) in blob.u32s(Column::RowKey).iter().enumerate() {
            let row = row as u32;
            match draw.below(12) {
                9 => self.remove.push(row),
                10 => {
                    let (kind, value) = self.draw_value(draw, open);
                    self.set.push((row, kind, value));
                    if key != NONE && draw.once_in(3) {
                        self.draw_renamed(draw, row);
                    }
                }
                11 if key != NONE => self.draw_renamed(draw, row),
                _ => {}
            }
        }
        let mut groups = Vec::new();
        tree.groups().iter().for_each(|group| collect(group, false, &mut groups));
        for (group, is_array) in groups {
            while draw.once_in(8) {
                self.draw_added(draw, group, is_array, open);
            }
        }
    }

    fn draw_renamed(&mut self, draw: &mut Draw<'_>, row: u32) {
        self.rename.push((row, draw.below(self.texts.len()) as u32));
    }

    fn draw_added(&mut self, draw: &mut Draw<'_>, group: u32, is_array: bool, open: &mut Vec<(u32, bool)>) {
        if self.texts.is_empty() && !is_array {
            return;
        }
        let key = if is_array { NONE } else { draw.below(self.texts.len()) as u32 };
        let (kind, value) = self.draw_value(draw, open);
        self.add.push((group, key, kind, value));
    }

    fn draw_value(&mut self, draw: &mut Draw<'_>, open: &mut Vec<(u32, bool)>) -> (Kind, u32) {
        let kind = Kind::ALL[draw.below(Kind::ALL.len())];
        let pool = match kind {
            Kind::Empty => return (kind, 0),
            Kind::Bool => return (kind, draw.below(2) as u32),
            Kind::Str => self.texts.len(),
            Kind::Int => self.ints.len(),
            Kind::Double => self.doubles.len(),
            Kind::Bytes => self.bytes.len(),
            Kind::Array | Kind::Map if open.len() < 12 => {
                let group = self.groups + self.new_groups;
                self.new_groups += 1;
                open.push((group, kind == Kind::Array));
                return (kind, group);
            }
            Kind::Array | Kind::Map => 0,
        };
        if pool == 0 { (Kind::Empty, 0) } else { (kind, draw.below(pool) as u32) }
    }

    fn draw_texts_and_fields(&mut self, draw: &mut Draw<'_>, tree: &Tree) {
        let (old, new) = (self.old[0] as u32, self.texts.len() - self.old[0]);
        if new > 0 {
            for text in 0..old {
                if draw.once_in(10) {
                    self.replace.push((text, old + draw.below(new) as u32));
                }
            }
        }
        for span in 0..tree.spans.len() as u32 {
            match draw.below(8) {
                6 => self.keep.push(span),
                7 => self.drop.push(span),
                _ => {}
            }
        }
        let events: usize = tree.spans.iter().map(|span| span.events.len()).sum();
        let links: usize = tree.spans.iter().map(|span| span.links.len()).sum();
        for field in Field::ALL {
            let (count, allows_none) = match field {
                Field::SpanName => (tree.spans.len(), false),
                Field::SpanMessage | Field::SpanTracestate | Field::SpanStatus | Field::SpanKind => (tree.spans.len(), true),
                Field::EventName => (events, false),
                Field::LinkTracestate => (links, true),
                Field::ScopeName => (tree.scopes.len(), false),
                Field::ScopeVersion | Field::ScopeSchemaUrl => (tree.scopes.len(), true),
                Field::ResourceSchemaUrl => (tree.resources.len(), true),
            };
            for index in 0..count as u32 {
                if !draw.once_in(6) {
                    continue;
                }
                let value = match field {
                    Field::SpanStatus => draw.below(3) as u32,
                    Field::SpanKind => draw.below(6) as u32,
                    _ if self.texts.is_empty() || allows_none && draw.once_in(3) => NONE,
                    _ => draw.below(self.texts.len()) as u32,
                };
                if value != NONE || allows_none {
                    self.fields.push((*field, index, value));
                }
            }
        }
    }

    /// How many single edits there are.
    pub(super) fn len(&self) -> usize {
        let rows = self.add.len() + self.set.len() + self.rename.len() + self.remove.len();
        rows + self.replace.len() + self.drop.len() + self.keep.len() + self.fields.len()
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let (mut arena, mut text_end, mut bytes_end) = (Vec::new(), Vec::new(), Vec::new());
        self.texts[self.old[0]..].iter().for_each(|text| push_text(&mut arena, &mut text_end, text));
        let bytes = self.bytes[self.old[3]..].iter().fold(Vec::new(), |mut all: Vec<u8>, bytes| {
            all.extend_from_slice(bytes);
            bytes_end.push(all.len() as u32);
            all
        });
        let mut out = Vec::new();
        let mut writer = Writer::new(&mut out, &Header { magic: Magic::Edits, ..Header::default() }, Column::ALL.len());
        writer.column(Column::Texts, &arena);
        writer.elements(Column::TextEnd, &text_end);
        writer.elements(Column::Ints, &self.ints[self.old[1]..]);
        writer.elements(Column::Doubles, &self.doubles[self.old[2]..]);
        writer.column(Column::Bytes, &bytes);
        writer.elements(Column::BytesEnd, &bytes_end);
        if self.new_groups > 0 {
            writer.elements(Column::NewGroups, &[self.new_groups]);
        }
        writer.elements(Column::AddGroup, &list(&self.add, |add| add.0));
        writer.elements(Column::AddKey, &list(&self.add, |add| add.1));
        writer.elements(Column::AddKind, &list(&self.add, |add| add.2 as u8));
        writer.elements(Column::AddValue, &list(&self.add, |add| add.3));
        writer.elements(Column::SetRow, &list(&self.set, |set| set.0));
        writer.elements(Column::SetKind, &list(&self.set, |set| set.1 as u8));
        writer.elements(Column::SetValue, &list(&self.set, |set| set.2));
        writer.elements(Column::RenameRow, &list(&self.rename, |rename| rename.0));
        writer.elements(Column::RenameKey, &list(&self.rename, |rename| rename.1));
        writer.elements(Column::RemoveRow, &self.remove);
        writer.elements(Column::ReplaceText, &list(&self.replace, |replace| replace.0));
        writer.elements(Column::ReplaceWith, &list(&self.replace, |replace| replace.1));
        writer.elements(Column::DropSpan, &self.drop);
        writer.elements(Column::KeepSpan, &self.keep);
        writer.elements(Column::FieldCode, &list(&self.fields, |field| field.0 as u8));
        writer.elements(Column::FieldIndex, &list(&self.fields, |field| field.1));
        writer.elements(Column::FieldValue, &list(&self.fields, |field| field.2));
        writer.finish();
        out
    }

    /// Does the edits to a tree. Answers with the sources of the spans that were dropped.
    pub(super) fn apply(&self, tree: &mut Tree) -> Vec<u32> {
        let set: HashMap<u32, (Kind, u32)> = self.set.iter().map(|(row, kind, value)| (*row, (*kind, *value))).collect();
        let rename: HashMap<u32, u32> = self.rename.iter().copied().collect();
        tree.each_group(&mut |group| {
            for row in &mut group.rows {
                if let Some((kind, value)) = set.get(&row.index) {
                    row.value = self.value(*kind, *value);
                }
                if let Some(key) = rename.get(&row.index) {
                    row.key = self.text(*key);
                }
            }
        });
        tree.each_group(&mut |group| group.rows.retain(|row| !self.remove.contains(&row.index)));
        // A row can go where its group already is; each pass adds the rows of the groups that the pass before brought.
        let mut left = self.add.clone();
        loop {
            let mut there = Vec::new();
            tree.each_group(&mut |group| there.push(group.index));
            let (now, later): (Vec<_>, Vec<_>) = left.into_iter().partition(|add| there.contains(&add.0));
            if now.is_empty() {
                break;
            }
            tree.each_group(&mut |group| {
                for (_, key, kind, value) in now.iter().filter(|add| add.0 == group.index) {
                    group.rows.push(Row { index: NONE, key: self.text(*key), value: self.value(*kind, *value) });
                }
            });
            left = later;
        }
        for (field, index, value) in &self.fields {
            self.set_field(tree, *field, *index as usize, *value);
        }
        let replace: HashMap<u32, u32> = self.replace.iter().copied().collect();
        tree.each_text(&mut |text| {
            if let Some(with) = replace.get(&text.index) {
                text.content.clone_from(&self.texts[*with as usize]);
            }
        });
        self.keep.iter().for_each(|span| tree.spans[*span as usize].flags |= FLAG_SAMPLED);
        self.drop_spans(tree)
    }

    fn drop_spans(&self, tree: &mut Tree) -> Vec<u32> {
        let dropped = self.drop.iter().map(|span| tree.spans[*span as usize].source).collect();
        let mut first = 0;
        for (spans, _) in &mut tree.traces {
            let trace = first..first + *spans;
            first = trace.end;
            *spans -= self.drop.iter().filter(|span| trace.contains(&(**span as usize))).count();
        }
        tree.traces.retain(|(spans, _)| *spans > 0);
        let mut number = 0;
        tree.spans.retain(|_| {
            number += 1;
            !self.drop.contains(&(number - 1))
        });
        dropped
    }

    fn set_field(&self, tree: &mut Tree, field: Field, index: usize, value: u32) {
        let text = match field {
            Field::SpanStatus => return tree.spans[index].status = value as u8,
            Field::SpanKind => return tree.spans[index].kind = value as u8,
            Field::SpanName => &mut tree.spans[index].name,
            Field::SpanMessage => &mut tree.spans[index].message,
            Field::SpanTracestate => &mut tree.spans[index].tracestate,
            Field::EventName => &mut tree.spans.iter_mut().flat_map(|span| &mut span.events).nth(index).expect("an event").name,
            Field::LinkTracestate => &mut tree.spans.iter_mut().flat_map(|span| &mut span.links).nth(index).expect("a link").tracestate,
            Field::ScopeName => &mut tree.scopes[index].name,
            Field::ScopeVersion => &mut tree.scopes[index].version,
            Field::ScopeSchemaUrl => &mut tree.scopes[index].schema_url,
            Field::ResourceSchemaUrl => &mut tree.resources[index].schema_url,
        };
        *text = self.text(value);
    }

    fn text(&self, index: u32) -> Text {
        let content = if index == NONE { String::new() } else { self.texts[index as usize].clone() };
        Text { index, content }
    }

    fn value(&self, kind: Kind, value: u32) -> Val {
        let group = Group { index: value, rows: Vec::new() };
        let at = value as usize;
        match kind {
            Kind::Empty => Val::Empty,
            Kind::Str => Val::Str(self.text(value)),
            Kind::Bool => Val::Bool(value == 1),
            Kind::Int => Val::Int(self.ints[at]),
            Kind::Double => Val::Double(self.doubles[at].to_bits()),
            Kind::Bytes => Val::Bytes(self.bytes[at].clone()),
            Kind::Array => Val::Array(group),
            Kind::Map => Val::Map(group),
        }
    }
}

impl Tree {
    /// The attributes of everything.
    fn groups(&self) -> Vec<&Group> {
        let mut groups: Vec<&Group> = self.resources.iter().map(|resource| &resource.attributes).collect();
        groups.extend(self.scopes.iter().map(|scope| &scope.attributes));
        for span in &self.spans {
            groups.push(&span.attributes);
            groups.extend(span.events.iter().map(|event| &event.attributes));
            groups.extend(span.links.iter().map(|link| &link.attributes));
        }
        groups
    }

    /// Every group, nested ones included, the outer before the inner.
    fn each_group(&mut self, visit: &mut impl FnMut(&mut Group)) {
        self.resources.iter_mut().for_each(|resource| each_below(&mut resource.attributes, visit));
        self.scopes.iter_mut().for_each(|scope| each_below(&mut scope.attributes, visit));
        for span in &mut self.spans {
            each_below(&mut span.attributes, visit);
            span.events.iter_mut().for_each(|event| each_below(&mut event.attributes, visit));
            span.links.iter_mut().for_each(|link| each_below(&mut link.attributes, visit));
        }
    }

    fn each_text(&mut self, visit: &mut impl FnMut(&mut Text)) {
        self.each_group(&mut |group| {
            for row in &mut group.rows {
                visit(&mut row.key);
                if let Val::Str(text) = &mut row.value {
                    visit(text);
                }
            }
        });
        self.loose.iter_mut().for_each(&mut *visit);
        self.resources.iter_mut().for_each(|resource| visit(&mut resource.schema_url));
        for scope in &mut self.scopes {
            [&mut scope.name, &mut scope.version, &mut scope.schema_url].into_iter().for_each(&mut *visit);
        }
        for span in &mut self.spans {
            [&mut span.name, &mut span.message, &mut span.tracestate].into_iter().for_each(&mut *visit);
            span.events.iter_mut().for_each(|event| visit(&mut event.name));
            span.links.iter_mut().for_each(|link| visit(&mut link.tracestate));
        }
    }
}

fn each_below(group: &mut Group, visit: &mut impl FnMut(&mut Group)) {
    visit(group);
    for row in &mut group.rows {
        if let Val::Array(group) | Val::Map(group) = &mut row.value {
            each_below(group, visit);
        }
    }
}

/// A group and those nested in it: index, and whether it is an array.
fn collect(group: &Group, is_array: bool, out: &mut Vec<(u32, bool)>) {
    out.push((group.index, is_array));
    for row in &group.rows {
        match &row.value {
            Val::Array(group) => collect(group, true, out),
            Val::Map(group) => collect(group, false, out),
            _ => {}
        }
    }
}

fn list<T, U>(edits: &[T], of: impl Fn(&T) -> U) -> Vec<U> {
    edits.iter().map(of).collect()
}
