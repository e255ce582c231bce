//! What a plugin wants changed.

mod columns;
mod finish;
mod stamps;
mod text;
mod value;

use spansieve_layout::{Field, Kind, NONE};

pub use text::{IntoNewText, IntoText, NewText, TextId, TextWriter};
pub use value::NewValue;

use crate::batch::Batch;
use crate::span::{Carrier, Event, Link, Resource, Scope, Span, SpanKind, Status};
use crate::value::{Attribute, Attributes};
use columns::{Added, Base, Fields, Renames, Sets, is_nested};
use stamps::Stamps;
use text::Texts;

/// Takes down what is to change in a batch. Whatever is called in whatever order, what comes out obeys the rules of `wit/layout.md`:
/// of two edits of the same thing the later one counts, and a removed row stays removed.
///
/// Views of the batch show it as it came; edits do not change them. The same builder serves every batch, so a batch that changes
/// nothing allocates nothing.
#[derive(Debug, Default)]
pub struct Edits {
    base: Base,
    texts: Texts,
    ints: Vec<i64>,
    doubles: Vec<f64>,
    bytes: Vec<u8>,
    bytes_end: Vec<u32>,
    new_groups: u32,
    added: Added,
    set: Sets,
    renamed: Renames,
    removed: Vec<u32>,
    is_removed: Stamps,
    replaced: Vec<u32>,
    replaced_with: Vec<u32>,
    replacement_of: Stamps,
    /// Spans that were dropped or kept, each once, and which of the two was said last.
    decided: Vec<u32>,
    decision_of: Stamps,
    fields: Fields,
    /// A value that names new groups was superseded: they have to go before the edits are written.
    orphans: bool,
}

const DROP: u32 = 0;
const KEEP: u32 = 1;

/// Where a key was found among the attributes of something, edits so far included.
enum Found<'a> {
    Row(Attribute<'a>),
    Added(usize),
    Nowhere,
}

impl Edits {
    /// Begins the edits of a batch; whatever was taken down before is forgotten.
    pub fn begin(&mut self, batch: &Batch<'_>) {
        let columns = batch.columns();
        use spansieve_layout::Column::{BytesEnd, Doubles, Ints};
        self.base = Base {
            texts: batch.text_count(),
            ints: columns.i64s(Ints).len() as u32,
            doubles: columns.f64s(Doubles).len() as u32,
            bytes: columns.u32s(BytesEnd).len() as u32,
            rows: batch.row_count(),
            groups: batch.group_count(),
            spans: batch.len() as u32,
        };
        self.texts.begin(self.base.texts);
        self.ints.clear();
        self.doubles.clear();
        self.bytes.clear();
        self.bytes_end.clear();
        self.new_groups = 0;
        self.added.clear();
        self.set.clear();
        self.renamed.clear();
        self.removed.clear();
        self.is_removed.clear();
        self.replaced.clear();
        self.replaced_with.clear();
        self.replacement_of.clear();
        self.decided.clear();
        self.decision_of.clear();
        self.fields.clear();
        self.orphans = false;
    }

    /// Whether nothing is to change.
    pub fn is_empty(&self) -> bool {
        self.added.group.is_empty()
            && self.set.row.is_empty()
            && self.renamed.row.is_empty()
            && self.removed.is_empty()
            && self.replaced.is_empty()
            && self.decided.is_empty()
            && self.fields.code.is_empty()
    }

    // === attributes, by key ===

    /// Adds an attribute, whether or not there is one with this key. The cheapest way, where the plugin knows that there is none.
    #[inline]
    pub fn add<'a, 'v>(&mut self, on: &impl Carrier<'a>, key: impl IntoText, value: impl Into<NewValue<'v>>) {
        self.add_to_group(on.attributes().group(), key, value);
    }

    /// Adds an attribute if there is none with this key. Says whether it did.
    pub fn insert<'a, 'v>(&mut self, on: &impl Carrier<'a>, key: &str, value: impl Into<NewValue<'v>>) -> bool {
        let attributes = on.attributes();
        let absent = matches!(self.find(attributes, key), Found::Nowhere);
        if absent {
            self.add_to_group(attributes.group(), key, value);
        }
        absent
    }

    /// Sets the attribute with this key, or adds it.
    pub fn upsert<'a, 'v>(&mut self, on: &impl Carrier<'a>, key: &str, value: impl Into<NewValue<'v>>) {
        let attributes = on.attributes();
        match self.find(attributes, key) {
            Found::Nowhere => self.add_to_group(attributes.group(), key, value),
            found => self.set_found(found, value.into()),
        }
    }

    /// Sets the attribute with this key, if there is one. Says whether it did.
    pub fn update<'a, 'v>(&mut self, on: &impl Carrier<'a>, key: &str, value: impl Into<NewValue<'v>>) -> bool {
        match self.find(on.attributes(), key) {
            Found::Nowhere => false,
            found => {
                self.set_found(found, value.into());
                true
            }
        }
    }

    /// Removes every attribute with this key. Says whether there was one.
    pub fn remove_key<'a>(&mut self, on: &impl Carrier<'a>, key: &str) -> bool {
        let attributes = on.attributes();
        let mut any = false;
        loop {
            match self.find(attributes, key) {
                Found::Row(row) => self.remove(row),
                Found::Added(place) => {
                    self.orphans |= is_nested(self.added.kind[place]);
                    self.added.group[place] = NONE;
                }
                Found::Nowhere => return any,
            }
            any = true;
        }
    }

    // === rows ===

    /// Changes the value of a row: an attribute or an element of a nested value.
    #[inline]
    pub fn set<'v>(&mut self, row: Attribute<'_>, value: impl Into<NewValue<'v>>) {
        let (kind, value) = self.value(value.into());
        self.set_raw(row.row(), kind, value);
    }

    /// Changes the key of a row, which must not be an element of an array.
    #[inline]
    pub fn rename(&mut self, row: Attribute<'_>, key: impl IntoText) {
        let key = key.into_text(self).0;
        self.rename_raw(row.row(), key);
    }

    /// Removes a row, and what is nested in its value.
    #[inline]
    pub fn remove(&mut self, row: Attribute<'_>) {
        self.remove_raw(row.row());
    }

    // === texts ===

    /// A new text, equal to `text`. Short texts that were brought along before are found again rather than copied.
    #[inline]
    pub fn text(&mut self, text: &str) -> NewText {
        self.texts.intern(text.as_bytes())
    }

    /// As [`Edits::text`], of bytes of UTF-8 that come from texts. Not checked here: the host refuses edits with a text that is not UTF-8.
    #[inline]
    pub fn text_utf8(&mut self, text: &[u8]) -> NewText {
        self.texts.intern(text)
    }

    /// A new text, written piece by piece.
    #[inline]
    pub fn write_text(&mut self, write: impl FnOnce(&mut TextWriter<'_>)) -> NewText {
        self.texts.write(write)
    }

    /// Replaces a text of the batch wherever it stands: as a key, a value, a name, anywhere.
    #[inline]
    pub fn replace_text(&mut self, text: impl Into<TextId>, with: impl IntoNewText) {
        let (text, with) = (text.into().0, with.into_new_text(self).id().0);
        assert!(text < self.base.texts, "text {text} is not one of the batch");
        match self.replacement_of.get(text) {
            Some(place) => self.replaced_with[place as usize] = with,
            None => {
                self.replacement_of.put(text, self.replaced.len() as u32);
                self.replaced.push(text);
                self.replaced_with.push(with);
            }
        }
    }

    // === spans ===

    /// Drops a span: it is sampled out.
    #[inline]
    pub fn drop_span(&mut self, span: &Span<'_>) {
        self.decide(span.index(), DROP);
    }

    /// Marks a span as sampled. One that was only recorded is exported only so.
    #[inline]
    pub fn keep_span(&mut self, span: &Span<'_>) {
        self.decide(span.index(), KEEP);
    }

    // === fields ===

    /// Sets a span's name.
    pub fn set_name(&mut self, span: &Span<'_>, name: impl IntoText) {
        self.set_text(Field::SpanName, span.index(), name);
    }

    /// Sets the message of a span's status.
    pub fn set_message(&mut self, span: &Span<'_>, message: impl IntoText) {
        self.set_text(Field::SpanMessage, span.index(), message);
    }

    /// Sets a span's tracestate, in W3C form.
    pub fn set_tracestate(&mut self, span: &Span<'_>, tracestate: impl IntoText) {
        self.set_text(Field::SpanTracestate, span.index(), tracestate);
    }

    /// Sets a span's status code.
    pub fn set_status(&mut self, span: &Span<'_>, status: Status) {
        self.set_field(Field::SpanStatus, span.index(), status as u32);
    }

    /// Sets a span's kind.
    pub fn set_kind(&mut self, span: &Span<'_>, kind: SpanKind) {
        self.set_field(Field::SpanKind, span.index(), kind as u32);
    }

    /// Sets an event's name.
    pub fn set_event_name(&mut self, event: &Event<'_>, name: impl IntoText) {
        self.set_text(Field::EventName, event.index(), name);
    }

    /// Sets a link's tracestate, in W3C form.
    pub fn set_link_tracestate(&mut self, link: &Link<'_>, tracestate: impl IntoText) {
        self.set_text(Field::LinkTracestate, link.index(), tracestate);
    }

    /// Sets a scope's name.
    pub fn set_scope_name(&mut self, scope: &Scope<'_>, name: impl IntoText) {
        self.set_text(Field::ScopeName, scope.index(), name);
    }

    /// Sets a scope's version.
    pub fn set_scope_version(&mut self, scope: &Scope<'_>, version: impl IntoText) {
        self.set_text(Field::ScopeVersion, scope.index(), version);
    }

    /// Sets a scope's schema URL.
    pub fn set_scope_schema_url(&mut self, scope: &Scope<'_>, url: impl IntoText) {
        self.set_text(Field::ScopeSchemaUrl, scope.index(), url);
    }

    /// Sets a resource's schema URL.
    pub fn set_resource_schema_url(&mut self, resource: &Resource<'_>, url: impl IntoText) {
        self.set_text(Field::ResourceSchemaUrl, resource.index(), url);
    }

    /// Takes a span's status message away.
    pub fn clear_message(&mut self, span: &Span<'_>) {
        self.clear(Field::SpanMessage, span.index());
    }

    /// Takes a span's tracestate away.
    pub fn clear_tracestate(&mut self, span: &Span<'_>) {
        self.clear(Field::SpanTracestate, span.index());
    }

    /// Takes a link's tracestate away.
    pub fn clear_link_tracestate(&mut self, link: &Link<'_>) {
        self.clear(Field::LinkTracestate, link.index());
    }

    /// Takes a scope's version away.
    pub fn clear_scope_version(&mut self, scope: &Scope<'_>) {
        self.clear(Field::ScopeVersion, scope.index());
    }

    /// Takes a scope's schema URL away.
    pub fn clear_scope_schema_url(&mut self, scope: &Scope<'_>) {
        self.clear(Field::ScopeSchemaUrl, scope.index());
    }

    /// Takes a resource's schema URL away.
    pub fn clear_resource_schema_url(&mut self, resource: &Resource<'_>) {
        self.clear(Field::ResourceSchemaUrl, resource.index());
    }

    /// Clears a field that may be absent, by its code and the index of what it belongs to.
    pub fn clear(&mut self, field: Field, index: u32) {
        self.set_field(field, index, NONE);
    }

    /// Sets a field that is a text. `index` is that of the span, event, link, scope or resource.
    pub fn set_text(&mut self, field: Field, index: u32, text: impl IntoText) {
        let text = text.into_text(self).0;
        self.set_field(field, index, text);
    }

    // === by numbers, as in `wit/layout.md` ===

    /// Sets a field. The value is a text index, a code, or [`NONE`] to clear it.
    pub fn set_field(&mut self, field: Field, index: u32, value: u32) {
        let fields = &mut self.fields;
        match fields.place_of[field as usize].get(index) {
            Some(place) => fields.value[place as usize] = value,
            None => {
                fields.place_of[field as usize].put(index, fields.code.len() as u32);
                fields.code.push(field as u8);
                fields.index.push(index);
                fields.value.push(value);
            }
        }
    }

    /// Adds a row to a group of the batch.
    #[inline]
    pub fn add_to_group<'v>(&mut self, group: u32, key: impl IntoText, value: impl Into<NewValue<'v>>) {
        let key = key.into_text(self).0;
        let (kind, value) = self.value(value.into());
        self.added.push(group, key, kind, value);
    }

    /// Adds a row to a group of the batch; the key is a text index, kind and value are what [`Edits::value`] gave.
    #[inline]
    pub fn add_raw(&mut self, group: u32, key: u32, kind: Kind, value: u32) {
        debug_assert!(group < self.base.groups);
        self.added.push(group, key, kind, value);
    }

    /// A text that was brought along, by its index; `None` for a text of the batch.
    pub fn new_text(&self, text: TextId) -> Option<&str> {
        self.texts.get(text.0).and_then(|bytes| std::str::from_utf8(bytes).ok())
    }

    /// Turns a value into kind and `row-value`. A nested value must then be used for exactly one row.
    #[inline]
    pub fn value(&mut self, value: NewValue<'_>) -> (Kind, u32) {
        value.bring(self, 0)
    }

    /// Changes the value of row `row` to what [`Edits::value`] gave.
    #[inline]
    pub fn set_raw(&mut self, row: u32, kind: Kind, value: u32) {
        self.check_row(row);
        if self.is_removed.get(row).is_some() {
            self.orphans |= is_nested(kind as u8);
            return;
        }
        match self.set.place_of.get(row) {
            Some(place) => {
                self.orphans |= is_nested(self.set.kind[place as usize]);
                self.set.kind[place as usize] = kind as u8;
                self.set.value[place as usize] = value;
            }
            None => self.set.push(row, kind, value),
        }
    }

    /// Changes the key of row `row` to a text by its index.
    #[inline]
    pub fn rename_raw(&mut self, row: u32, key: u32) {
        self.check_row(row);
        if self.is_removed.get(row).is_some() {
            return;
        }
        match self.renamed.place_of.get(row) {
            Some(place) => self.renamed.key[place as usize] = key,
            None => {
                self.renamed.place_of.put(row, self.renamed.row.len() as u32);
                self.renamed.row.push(row);
                self.renamed.key.push(key);
            }
        }
    }

    /// Removes row `row`, and what is nested in its value.
    #[inline]
    pub fn remove_raw(&mut self, row: u32) {
        self.check_row(row);
        if self.is_removed.get(row).is_some() {
            return;
        }
        self.is_removed.put(row, 1);
        self.removed.push(row);
        if let Some(place) = self.set.place_of.get(row) {
            self.orphans |= is_nested(self.set.kind[place as usize]);
            self.set.row[place as usize] = NONE;
        }
        if let Some(place) = self.renamed.place_of.get(row) {
            self.renamed.row[place as usize] = NONE;
        }
    }

    // === private ===

    fn check_row(&self, row: u32) {
        assert!(row < self.base.rows, "row {row} is not one of the batch");
    }

    fn decide(&mut self, span: u32, decision: u32) {
        debug_assert!(span < self.base.spans);
        if self.decision_of.get(span).is_none() {
            self.decided.push(span);
        }
        self.decision_of.put(span, decision);
    }

    /// Looks for a key as it would stand after the edits so far.
    fn find<'a>(&mut self, attributes: Attributes<'a>, key: &str) -> Found<'a> {
        for row in attributes {
            if self.is_removed.get(row.row()).is_some() {
                continue;
            }
            let found = match self.renamed.place_of.get(row.row()) {
                None => row.key() == key,
                Some(place) => {
                    let id = self.renamed.key[place as usize];
                    match self.texts.get(id) {
                        Some(text) => text == key.as_bytes(),
                        None => row.batch().text(id) == key,
                    }
                }
            };
            if found {
                return Found::Row(row);
            }
        }
        self.added.chain();
        let mut next = self.added.last_of_group.get(attributes.group());
        while let Some(place) = next {
            let place = place as usize;
            if self.added.group[place] == attributes.group() {
                let id = self.added.key[place];
                let equal = match self.texts.get(id) {
                    Some(text) => text == key.as_bytes(),
                    None => attributes.batch().text(id) == key,
                };
                if equal {
                    return Found::Added(place);
                }
            }
            next = Some(self.added.previous[place]).filter(|place| *place != NONE);
        }
        Found::Nowhere
    }

    fn set_found(&mut self, found: Found<'_>, value: NewValue<'_>) {
        let (kind, value) = self.value(value);
        match found {
            Found::Row(row) => self.set_raw(row.row(), kind, value),
            Found::Added(place) => {
                self.orphans |= is_nested(self.added.kind[place]);
                self.added.kind[place] = kind as u8;
                self.added.value[place] = value;
            }
            Found::Nowhere => {}
        }
    }
}
