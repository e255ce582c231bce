//! Reading: conditions, sources and templates.

use std::io::Write;

use serde_json::Value as Json;
use spansieve_plugin::{NONE, Span, TextId, U32s, Value as Is};

use crate::cells::Value;
use crate::plan::{Cell, Condition, Piece, Place, Supply, Test};
use crate::work::Work;

/// Says what an attribute is, by the number of its key.
pub(crate) trait Attributes {
    fn get(&self, cell: Cell) -> Option<Value>;
}

/// The attributes of a span as they came, by their declared rows.
pub(crate) struct AsTheyCame<'b> {
    pub(crate) declared: U32s<'b>,
    /// How many spans there are.
    pub(crate) spans: u32,
    /// Which one it is.
    pub(crate) index: u32,
}

impl AsTheyCame<'_> {
    /// The row that has a key, or none.
    #[inline]
    pub(crate) fn row(&self, cell: Cell) -> u32 {
        self.declared.get(cell as u32 * self.spans + self.index).unwrap_or(NONE)
    }
}

impl Attributes for AsTheyCame<'_> {
    #[inline]
    fn get(&self, cell: Cell) -> Option<Value> {
        let row = self.row(cell);
        (row != NONE).then_some(Value::Row(row))
    }
}

/// A span or a resource, as it is before an action.
pub(crate) struct View<'v, A> {
    pub(crate) attributes: &'v A,
    /// The span, where it is one.
    pub(crate) span: Option<Span<'v>>,
    /// The span's name, where it was set.
    pub(crate) name: Option<TextId>,
}

impl Work<'_> {
    /// Whether all conditions hold.
    #[inline]
    pub(crate) fn hold<A: Attributes>(&self, view: &View<'_, A>, conditions: &[Condition]) -> bool {
        conditions.iter().all(|condition| self.holds(view, condition))
    }

    fn holds<A: Attributes>(&self, view: &View<'_, A>, condition: &Condition) -> bool {
        if let Condition::Attribute(cell, test) = condition {
            return self.passes(view.attributes.get(*cell), test);
        }
        let Some(span) = view.span else { return false };
        match condition {
            Condition::Attribute(cell, test) => self.passes(view.attributes.get(*cell), test),
            Condition::Resource(cell, test) => self.passes(self.resource_value(span, *cell), test),
            Condition::Kind(bits) => bits & 1 << span.kind() as u8 != 0,
            Condition::Status(bits) => bits & 1 << span.status() as u8 != 0,
            Condition::Name(glob) => match view.name.and_then(|name| self.edits.new_text(name)) {
                Some(name) => glob.matches(name),
                None => glob.matches(span.name().as_str()),
            },
            Condition::Scope(glob) => glob.matches(span.scope().name().as_str()),
        }
    }

    /// The value that an action puts; `None` where a source is absent.
    #[inline]
    pub(crate) fn supply<A: Attributes>(&mut self, view: &View<'_, A>, supply: &Supply) -> Option<Value> {
        match supply {
            Supply::Constant(number) => Some(Value::Constant(*number)),
            Supply::Place(place) => self.value(view, *place),
            Supply::Template(pieces) => self.put_together(view, pieces).map(Value::Text),
        }
    }

    /// The text that a template gives, unless a part of it is absent and has no default.
    pub(crate) fn put_together<A: Attributes>(&mut self, view: &View<'_, A>, pieces: &[Piece]) -> Option<TextId> {
        self.scratch.clear();
        for piece in pieces {
            match piece {
                Piece::Text(text) => self.scratch.extend_from_slice(text.as_bytes()),
                Piece::Place(place, default) => match (self.value(view, *place), default) {
                    (Some(value), _) => self.print(value),
                    (None, Some(default)) => self.scratch.extend_from_slice(default.as_bytes()),
                    (None, None) => return None,
                },
            }
        }
        Some(self.edits.text_utf8(self.scratch).id())
    }

    /// What stands at a place.
    #[inline]
    fn value<A: Attributes>(&mut self, view: &View<'_, A>, place: Place) -> Option<Value> {
        if let Place::Attribute(cell) = place {
            return view.attributes.get(cell);
        }
        // The plan lets actions on resources name nothing else.
        let span = view.span?;
        Some(match place {
            Place::Attribute(cell) => return view.attributes.get(cell),
            Place::Resource(cell) => return self.resource_value(span, cell),
            Place::ScopeName => Value::Text(Some(span.scope().name()).filter(|name| !name.as_bytes().is_empty())?.into()),
            Place::ScopeVersion => Value::Text(span.scope().version()?.into()),
            Place::Name => Value::Text(view.name.unwrap_or_else(|| span.name().into())),
            Place::Kind => Value::Text(self.edits.text(span.kind().name()).id()),
            Place::Status => Value::Text(self.edits.text(span.status().name()).id()),
            Place::DurationMs => Value::Double(span.duration().as_nanos() as f64 / 1e6),
        })
    }

    fn resource_value(&self, span: Span<'_>, cell: usize) -> Option<Value> {
        self.resources[span.resource().index() as usize * self.resource_keys + cell]
    }

    fn print(&mut self, value: Value) {
        // Writing to memory does not fail.
        match value {
            Value::Row(row) => match self.batch.row(row).value() {
                Is::Str(text) => self.scratch.extend_from_slice(text.as_bytes()),
                other => _ = write!(self.scratch, "{other}"),
            },
            Value::Text(id) => match self.edits.new_text(id) {
                Some(text) => self.scratch.extend_from_slice(text.as_bytes()),
                None => self.scratch.extend_from_slice(self.batch.text(id.index()).as_bytes()),
            },
            Value::Double(n) => _ = write!(self.scratch, "{n}"),
            Value::Constant(number) => match &self.constants[number] {
                Json::String(text) => self.scratch.extend_from_slice(text.as_bytes()),
                Json::Null => {}
                other => _ = write!(self.scratch, "{other}"),
            },
        }
    }

    fn passes(&self, value: Option<Value>, test: &Test) -> bool {
        let Some(value) = value else { return matches!(test, Test::Absent) };
        match test {
            Test::Present => true,
            Test::Absent => false,
            Test::Equals(expected) => self.equals(value, expected),
            Test::Glob(glob) => self.text(value).is_some_and(|text| glob.matches(text)),
        }
    }

    fn equals(&self, value: Value, expected: &Json) -> bool {
        match value {
            Value::Row(row) => match (self.batch.row(row).value(), expected) {
                (Is::Str(text), Json::String(expected)) => text == expected.as_str(),
                (Is::Bool(b), Json::Bool(expected)) => b == *expected,
                (Is::Int(n), Json::Number(expected)) => expected.as_i64().map_or_else(|| expected.as_f64() == Some(n as f64), |e| e == n),
                (Is::Double(n), Json::Number(expected)) => expected.as_f64() == Some(n),
                _ => false,
            },
            Value::Text(_) => self.text(value) == expected.as_str(),
            Value::Double(n) => expected.as_f64() == Some(n),
            Value::Constant(number) => match (&self.constants[number], expected) {
                (Json::Number(is), Json::Number(expected)) => is == expected || is.as_f64() == expected.as_f64(),
                (is, expected) => is == expected,
            },
        }
    }

    /// The value, where it is a string.
    fn text(&self, value: Value) -> Option<&str> {
        match value {
            Value::Row(row) => self.batch.row(row).text().map(|text| text.as_str()),
            Value::Text(id) => self.edits.new_text(id).or_else(|| Some(self.batch.text(id.index()).as_str())),
            Value::Double(_) => None,
            Value::Constant(number) => self.constants[number].as_str(),
        }
    }
}
