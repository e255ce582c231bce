//! Where rules have found something: the mark on a span, and counters for each field.
//!
//! Texts are searched once, however often they stand in a batch, so where they stand is looked up afterwards: a pass over all fields and rows of batches in which something was
//! found, and only where the policy asks for it.

use spansieve_plugin::edits::NewValue;
use spansieve_plugin::{Attributes, Batch, Column, Edits, Kind, Text, Value};

use crate::order::sort_by_number;
use crate::rows::Rows;

/// The fields that hits are counted for.
pub(crate) const FIELDS: [&str; 9] = ["name", "status", "attributes", "events", "links", "scope", "resource", "tracestate", "keys"];

const NAME: usize = 0;
const STATUS: usize = 1;
const ATTRIBUTES: usize = 2;
const EVENTS: usize = 3;
const LINKS: usize = 4;
const SCOPE: usize = 5;
const RESOURCE: usize = 6;
const TRACESTATE: usize = 7;
const KEYS: usize = 8;

/// The columns that it takes to know where texts stand.
pub(crate) const COLUMNS: &[Column] = &[
    Column::SpanName,
    Column::SpanMessage,
    Column::SpanTracestate,
    Column::SpanAttributes,
    Column::SpanEventsEnd,
    Column::SpanLinksEnd,
    Column::EventName,
    Column::EventAttributes,
    Column::LinkTraceId,
    Column::LinkTracestate,
    Column::LinkAttributes,
    Column::ScopeName,
    Column::ScopeVersion,
    Column::ScopeSchemaUrl,
    Column::ScopeAttributes,
    Column::ResourceAttributes,
    Column::ResourceSchemaUrl,
];

/// What was found in a batch, and what is to be made of it.
#[derive(Default)]
pub(crate) struct Marks {
    /// The key of the attribute on spans.
    key: Option<String>,
    /// Whether hits are counted for each field.
    counts: bool,
    /// Pairs of a text, a row or a span whose name it is, and the rule that has found something there.
    texts: Vec<(u32, u16)>,
    rows: Vec<(u32, u16)>,
    names: Vec<(u32, u16)>,
    /// For each rule and field.
    hits: Vec<[u64; FIELDS.len()]>,
}

impl Marks {
    pub(crate) fn new(key: Option<String>, counts: bool, rules: usize) -> Self {
        Marks { key, counts, hits: vec![[0; FIELDS.len()]; rules], ..Marks::default() }
    }

    /// Whether it has to be known where something is found.
    pub(crate) fn is_on(&self) -> bool {
        self.key.is_some() || self.counts
    }

    /// Texts in which rules have found something.
    pub(crate) fn note_texts(&mut self, finds: Vec<(u32, u16)>) {
        self.texts = finds;
    }

    /// A rule has found something in a row.
    pub(crate) fn note_row(&mut self, row: u32, rule: u16) {
        if self.is_on() {
            self.rows.push((row, rule));
        }
    }

    /// A rule has found something in the name of a span.
    pub(crate) fn note_name(&mut self, span: u32, rule: u16) {
        if self.is_on() {
            self.names.push((span, rule));
        }
    }

    /// Marks spans, and calls `count` for each rule and field in which it has found something.
    pub(crate) fn finish(
        &mut self,
        batch: &Batch<'_>,
        rows: &Rows,
        names: &[String],
        edits: &mut Edits,
        mut count: impl FnMut(&str, &str, u64),
    ) {
        if !self.is_on() || (self.texts.is_empty() && self.rows.is_empty() && self.names.is_empty()) {
            return;
        }
        for finds in [&mut self.texts, &mut self.rows, &mut self.names] {
            sort_by_number(finds, |(of, rule)| u128::from(*of) << 16 | u128::from(*rule));
            finds.dedup();
        }
        let mut hits = std::mem::take(&mut self.hits);
        let mut look = Look { marks: self, batch, rows, hits: &mut hits, rules: Vec::new(), place: Vec::new() };
        for span in batch.spans() {
            look.rules.clear();
            look.text(NAME, Some(span.name()), &self.names, span.index());
            look.text(STATUS, span.message(), &[], 0);
            look.text(TRACESTATE, span.tracestate(), &[], 0);
            look.attributes(ATTRIBUTES, span.attributes());
            for event in span.events() {
                look.text(EVENTS, Some(event.name()), &[], 0);
                look.attributes(EVENTS, event.attributes());
            }
            for link in span.links() {
                look.text(LINKS, link.tracestate(), &[], 0);
                look.attributes(LINKS, link.attributes());
            }
            if let Some(key) = &self.key
                && !look.rules.is_empty()
            {
                mark(&span.attributes(), key, &look.rules, names, edits);
            }
        }
        for scope in batch.scopes() {
            look.text(SCOPE, Some(scope.name()), &[], 0);
            look.text(SCOPE, scope.version(), &[], 0);
            look.text(SCOPE, scope.schema_url(), &[], 0);
            look.attributes(SCOPE, scope.attributes());
        }
        for resource in batch.resources() {
            look.text(RESOURCE, resource.schema_url(), &[], 0);
            look.attributes(RESOURCE, resource.attributes());
        }
        for (name, fields) in names.iter().zip(&mut hits) {
            for (field, hits) in FIELDS.iter().zip(std::mem::take(fields)) {
                if self.counts && hits > 0 {
                    count(name, field, hits);
                }
            }
        }
        self.hits = hits;
        self.texts.clear();
        self.rows.clear();
        self.names.clear();
    }
}

/// One pass over a batch.
struct Look<'l, 'b> {
    marks: &'l Marks,
    batch: &'b Batch<'b>,
    rows: &'l Rows,
    hits: &'l mut Vec<[u64; FIELDS.len()]>,
    /// What has found something in the span so far.
    rules: Vec<u16>,
    /// What has found something in the place that is looked at.
    place: Vec<u16>,
}

impl<'b> Look<'_, 'b> {
    /// A text, which may also be number `index` among what rules were noted for in another way.
    fn text(&mut self, field: usize, text: Option<Text<'b>>, others: &[(u32, u16)], index: u32) {
        let Some(text) = text else { return };
        self.place.extend(of(&self.marks.texts, text.index()).chain(of(others, index)));
        self.take(field);
    }

    fn attributes(&mut self, field: usize, attributes: Attributes<'b>) {
        for row in attributes {
            if self.rows.is_safe(row.row()) {
                continue;
            }
            if row.key_index().is_some() {
                self.text(KEYS, Some(row.key()), &[], 0);
            }
            self.place
                .extend(of(&self.marks.rows, row.row()).chain(row.text().into_iter().flat_map(|text| of(&self.marks.texts, text.index()))));
            self.take(field);
            if let Kind::Array | Kind::Map = row.kind() {
                self.attributes(field, self.batch.group(row.raw_value()));
            }
        }
    }

    /// Takes what was found in one place.
    fn take(&mut self, field: usize) {
        sort_by_number(&mut self.place, |rule| u128::from(*rule));
        self.place.dedup();
        for rule in self.place.drain(..) {
            self.hits[usize::from(rule)][field] += 1;
            self.rules.push(rule);
        }
    }
}

/// The rules that were noted for number `index`.
fn of(finds: &[(u32, u16)], index: u32) -> impl Iterator<Item = u16> {
    let from = if finds.is_empty() { 0 } else { finds.partition_point(|(known, _)| *known < index) };
    finds[from..].iter().take_while(move |(known, _)| *known == index).map(|(_, rule)| *rule)
}

/// Writes the names of rules into the mark, beside those that are in it already.
fn mark(attributes: &Attributes<'_>, key: &str, rules: &[u16], names: &[String], edits: &mut Edits) {
    let present = attributes.find(key);
    let mut all: Vec<&str> = Vec::new();
    let mut add = |name| {
        if let Err(place) = all.binary_search(&name) {
            all.insert(place, name);
        }
    };
    rules.iter().for_each(|rule| add(&names[usize::from(*rule)]));
    if let Some(Value::Array(before)) = present.map(|row| row.value()) {
        before.iter().filter_map(|row| row.text()).for_each(|text| add(text.as_str()));
    }
    let all: Vec<_> = all.into_iter().map(NewValue::Str).collect();
    match present {
        Some(row) => edits.set(row, &all[..]),
        None => edits.add_to_group(attributes.group(), key, &all[..]),
    }
}
