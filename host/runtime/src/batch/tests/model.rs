//! Spans as trees. Where a tree was read from a blob, texts, rows and groups know the numbers that edits name them by; these do not count
//! when trees are compared.

use spansieve_layout::{Blob, Column, Kind, NONE, TraceReason};

use super::super::{Batch, EventFields, LinkFields, Rows, ScopeFields, SpanFields, Value};
use super::draw::Draw;

#[derive(Clone, Debug, Default)]
pub(super) struct Text {
    pub(super) index: u32,
    pub(super) content: String,
}

#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) index: u32,
    /// Empty in an array.
    pub(super) key: Text,
    pub(super) value: Val,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    pub(super) index: u32,
    pub(super) rows: Vec<Row>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Val {
    Empty,
    Str(Text),
    Bool(bool),
    Int(i64),
    /// Bits, so that every NaN is itself.
    Double(u64),
    Bytes(Vec<u8>),
    Array(Group),
    Map(Group),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Tree {
    pub(super) resources: Vec<Resource>,
    pub(super) scopes: Vec<Scope>,
    pub(super) spans: Vec<Span>,
    /// How many spans each trace has, and the code of its reason.
    pub(super) traces: Vec<(usize, u8)>,
    pub(super) loose: Vec<Text>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Resource {
    pub(super) attributes: Group,
    pub(super) schema_url: Text,
    pub(super) dropped: u32,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Scope {
    pub(super) name: Text,
    pub(super) version: Text,
    pub(super) schema_url: Text,
    pub(super) attributes: Group,
    pub(super) dropped: u32,
    pub(super) resource: u32,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Span {
    pub(super) source: u32,
    pub(super) ids: ([u8; 16], [u8; 8], [u8; 8]),
    pub(super) times: (u64, u64),
    pub(super) name: Text,
    pub(super) kind: u8,
    pub(super) status: u8,
    pub(super) message: Text,
    pub(super) tracestate: Text,
    pub(super) flags: u32,
    pub(super) scope: u32,
    pub(super) attributes: Group,
    pub(super) events: Vec<Event>,
    pub(super) links: Vec<Link>,
    pub(super) dropped: [u32; 3],
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Event {
    pub(super) name: Text,
    pub(super) time: u64,
    pub(super) attributes: Group,
    pub(super) dropped: u32,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Link {
    pub(super) ids: ([u8; 16], [u8; 8]),
    pub(super) tracestate: Text,
    pub(super) flags: u32,
    pub(super) attributes: Group,
    pub(super) dropped: u32,
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.content == other.content
    }
}

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key && self.value == other.value
    }
}

impl PartialEq for Group {
    fn eq(&self, other: &Self) -> bool {
        self.rows == other.rows
    }
}

impl From<&str> for Text {
    fn from(content: &str) -> Self {
        Text { index: NONE, content: content.to_owned() }
    }
}

impl From<String> for Text {
    fn from(content: String) -> Self {
        Text { index: NONE, content }
    }
}

impl Group {
    fn draw(draw: &mut Draw<'_>, depth: usize, is_array: bool) -> Group {
        let length = draw.below(5);
        let rows = (0..length).map(|_| {
            let key = if is_array { String::new() } else { draw.key() };
            Row { index: NONE, key: key.into(), value: Val::draw(draw, depth) }
        });
        Group { index: NONE, rows: rows.collect() }
    }

    fn push_to(&self, batch: &mut Batch, is_array: bool) {
        let mut nested = Vec::new();
        for row in &self.rows {
            let key = (!is_array).then_some(row.key.content.as_str());
            match &row.value {
                Val::Empty => batch.push_empty(key),
                Val::Str(text) => batch.push_str(key, &text.content),
                Val::Bool(value) => batch.push_bool(key, *value),
                Val::Int(value) => batch.push_int(key, *value),
                Val::Double(bits) => batch.push_double(key, f64::from_bits(*bits)),
                Val::Bytes(value) => batch.push_bytes(key, value),
                Val::Array(group) => nested.push((batch.push_array(key), group, true)),
                Val::Map(group) => nested.push((batch.push_map(key), group, false)),
            }
        }
        batch.end_group();
        for (row, group, is_array) in nested {
            batch.begin_value(row);
            group.push_to(batch, is_array);
        }
    }

    fn from_rows(rows: Rows<'_>) -> Group {
        let row = |(key, value): (&str, Value<'_>)| {
            let value = match value {
                Value::Empty => Val::Empty,
                Value::Str(text) => Val::Str(text.into()),
                Value::Bool(value) => Val::Bool(value),
                Value::Int(value) => Val::Int(value),
                Value::Double(value) => Val::Double(value.to_bits()),
                Value::Bytes(value) => Val::Bytes(value.to_vec()),
                Value::Array(rows) => {
                    assert!(rows.is_array());
                    Val::Array(Group::from_rows(rows))
                }
                Value::Map(rows) => {
                    assert!(!rows.is_array());
                    Val::Map(Group::from_rows(rows))
                }
            };
            Row { index: NONE, key: key.into(), value }
        };
        Group { index: NONE, rows: rows.iter().map(row).collect() }
    }
}

impl Val {
    fn draw(draw: &mut Draw<'_>, depth: usize) -> Val {
        match draw.below(if depth < 3 { 10 } else { 7 }) {
            0 => Val::Empty,
            1 => Val::Bool(draw.once_in(2)),
            2 => Val::Int(draw.number()),
            3 => Val::Double(draw.double().to_bits()),
            4 => Val::Bytes(draw.bytes()),
            7 => Val::Array(Group::draw(draw, depth + 1, true)),
            8 => Val::Map(Group::draw(draw, depth + 1, false)),
            _ => Val::Str(draw.text().into()),
        }
    }
}

impl Tree {
    pub(super) fn draw(draw: &mut Draw<'_>) -> Tree {
        let mut tree = Tree::default();
        for _ in 0..1 + draw.below(2) {
            tree.resources.push(Resource { attributes: Group::draw(draw, 0, false), schema_url: draw.text().into(), dropped: draw.u32() });
        }
        for _ in 0..1 + draw.below(3) {
            let resource = draw.below(tree.resources.len()) as u32;
            let attributes = Group::draw(draw, 0, false);
            let (name, version, schema_url) = (draw.text().into(), draw.text().into(), draw.text().into());
            tree.scopes.push(Scope { name, version, schema_url, attributes, dropped: draw.u32(), resource });
        }
        let is_grouped = draw.once_in(2);
        for source in 0..draw.below(7) as u32 {
            let span = Span::draw(draw, source, tree.scopes.len());
            tree.spans.push(span);
            match tree.traces.last_mut() {
                Some((spans, _)) if is_grouped && !draw.once_in(2) => *spans += 1,
                _ if is_grouped => tree.traces.push((1, draw.below(5) as u8)),
                _ => {}
            }
        }
        tree.loose = (0..draw.below(3)).map(|_| draw.text().into()).collect();
        tree
    }

    pub(super) fn to_batch(&self) -> Batch {
        let mut batch = Batch::new();
        self.push_to(&mut batch);
        batch
    }

    pub(super) fn push_to(&self, batch: &mut Batch) {
        for resource in &self.resources {
            batch.push_resource(&resource.schema_url.content, resource.dropped);
            resource.attributes.push_to(batch, false);
        }
        for scope in &self.scopes {
            batch.push_scope(&ScopeFields {
                resource: scope.resource,
                name: &scope.name.content,
                version: &scope.version.content,
                schema_url: &scope.schema_url.content,
                dropped_attributes: scope.dropped,
            });
            scope.attributes.push_to(batch, false);
        }
        for text in &self.loose {
            batch.push_loose_text(&text.content);
        }
        let mut traces = self.traces.iter();
        let mut left = 0;
        let mut reason = 0;
        for span in &self.spans {
            if left == 0
                && let Some((spans, code)) = traces.next()
            {
                (left, reason) = (*spans, *code);
            }
            span.push_to(batch);
            if left > 0 {
                left -= 1;
                if left == 0 {
                    batch.end_trace(TraceReason::from_code(reason).expect("a reason"));
                }
            }
        }
    }

    pub(super) fn from_views(batch: &Batch) -> Tree {
        let resource = |resource: super::super::Resource<'_>| Resource {
            attributes: Group::from_rows(resource.attributes()),
            schema_url: resource.schema_url().into(),
            dropped: resource.dropped_attributes(),
        };
        let scope = |scope: super::super::Scope<'_>| Scope {
            name: scope.name().into(),
            version: scope.version().into(),
            schema_url: scope.schema_url().into(),
            attributes: Group::from_rows(scope.attributes()),
            dropped: scope.dropped_attributes(),
            resource: scope.resource_index(),
        };
        let event = |event: super::super::Event<'_>| Event {
            name: event.name().into(),
            time: event.time(),
            attributes: Group::from_rows(event.attributes()),
            dropped: event.dropped_attributes(),
        };
        let link = |link: super::super::Link<'_>| Link {
            ids: (link.trace_id(), link.span_id()),
            tracestate: link.tracestate().into(),
            flags: link.flags(),
            attributes: Group::from_rows(link.attributes()),
            dropped: link.dropped_attributes(),
        };
        let span = |span: super::super::Span<'_>| Span {
            source: span.source() as u32,
            ids: (span.trace_id(), span.span_id(), span.parent_id()),
            times: (span.start(), span.end()),
            name: span.name().into(),
            kind: span.kind(),
            status: span.status(),
            message: span.message().into(),
            tracestate: span.tracestate().into(),
            flags: span.flags(),
            scope: span.scope_index(),
            attributes: Group::from_rows(span.attributes()),
            events: span.events().map(event).collect(),
            links: span.links().map(link).collect(),
            dropped: span.dropped(),
        };
        Tree {
            resources: batch.resources().map(resource).collect(),
            scopes: batch.scopes().map(scope).collect(),
            spans: batch.spans().map(span).collect(),
            traces: batch.traces().map(|(spans, reason)| (spans.len(), reason as u8)).collect(),
            loose: (0..batch.loose.len()).map(|number| batch.loose_text(number).into()).collect(),
        }
    }

    /// Reads a blob as a plugin does. `loose` are texts that nothing names, by index.
    pub(super) fn from_blob(blob: &Blob<'_>, loose: &[u32]) -> Tree {
        let read = Reader(blob);
        let count = |column| blob.u32s(column).len() as u32;
        Tree {
            resources: (0..count(Column::ResourceAttributes)).map(|at| read.resource(at)).collect(),
            scopes: (0..count(Column::ScopeName)).map(|at| read.scope(at)).collect(),
            spans: (0..blob.header().spans).map(|at| read.span(at)).collect(),
            traces: (0..count(Column::TraceEnd))
                .map(|at| (read.run(Column::TraceEnd, at).len(), blob.bytes(Column::TraceReason)[at as usize]))
                .collect(),
            loose: loose.iter().map(|text| read.text(*text)).collect(),
        }
    }

    /// Leaves skeletons only.
    pub(super) fn strip(&mut self, name: &str) {
        for resource in &mut self.resources {
            *resource = Resource { dropped: resource.dropped, ..Resource::default() };
        }
        for scope in &mut self.scopes {
            *scope = Scope { resource: scope.resource, ..Scope::default() };
        }
        for span in &mut self.spans {
            span.name = name.into();
            (span.message, span.tracestate) = (Text::default(), Text::default());
            span.attributes.rows.clear();
            span.events.clear();
            for link in &mut span.links {
                *link = Link { ids: link.ids, flags: link.flags, ..Link::default() };
            }
        }
        self.loose.iter_mut().for_each(|text| *text = Text::default());
    }
}

impl Span {
    fn draw(draw: &mut Draw<'_>, source: u32, scopes: usize) -> Span {
        let event = |draw: &mut Draw<'_>| Event {
            name: draw.text().into(),
            time: u64::from(draw.u32()) << 20,
            attributes: Group::draw(draw, 0, false),
            dropped: draw.u32(),
        };
        let link = |draw: &mut Draw<'_>| Link {
            ids: (draw.id(), draw.id()),
            tracestate: draw.text().into(),
            flags: draw.u32(),
            attributes: Group::draw(draw, 0, false),
            dropped: draw.u32(),
        };
        Span {
            source,
            ids: (draw.id(), draw.id(), draw.id()),
            times: (u64::from(draw.u32()), u64::MAX - u64::from(draw.u32())),
            name: draw.text().into(),
            kind: draw.below(6) as u8,
            status: draw.below(3) as u8,
            message: draw.text().into(),
            tracestate: draw.text().into(),
            flags: draw.u32(),
            scope: draw.below(scopes) as u32,
            attributes: Group::draw(draw, 0, false),
            events: (0..draw.below(3)).map(|_| event(draw)).collect(),
            links: (0..draw.below(3)).map(|_| link(draw)).collect(),
            dropped: [draw.u32(), draw.u32(), draw.u32()],
        }
    }

    fn push_to(&self, batch: &mut Batch) {
        batch.push_span(&SpanFields {
            trace_id: self.ids.0,
            span_id: self.ids.1,
            parent_id: self.ids.2,
            start: self.times.0,
            end: self.times.1,
            name: &self.name.content,
            kind: self.kind,
            status: self.status,
            message: &self.message.content,
            tracestate: &self.tracestate.content,
            flags: self.flags,
            scope: self.scope,
            dropped: self.dropped,
        });
        self.attributes.push_to(batch, false);
        for event in &self.events {
            batch.push_event(&EventFields { name: &event.name.content, time: event.time, dropped_attributes: event.dropped });
            event.attributes.push_to(batch, false);
        }
        for link in &self.links {
            batch.push_link(&LinkFields {
                trace_id: link.ids.0,
                span_id: link.ids.1,
                tracestate: &link.tracestate.content,
                flags: link.flags,
                dropped_attributes: link.dropped,
            });
            link.attributes.push_to(batch, false);
        }
    }
}

/// Reads a blob by `wit/layout.md` alone.
struct Reader<'a>(&'a Blob<'a>);

impl Reader<'_> {
    fn u32(&self, column: Column, at: u32) -> u32 {
        self.0.u32s(column).get(at).expect("the column has the element")
    }

    fn run(&self, column: Column, at: u32) -> std::ops::Range<u32> {
        let start = if at == 0 { 0 } else { self.u32(column, at - 1) };
        start..self.u32(column, at)
    }

    fn text(&self, index: u32) -> Text {
        let content = if index == NONE { "" } else { self.0.texts().text(index).expect("a text") };
        Text { index, content: content.to_owned() }
    }

    fn text_of(&self, column: Column, at: u32) -> Text {
        self.text(self.u32(column, at))
    }

    fn group_of(&self, column: Column, at: u32) -> Group {
        self.group(self.u32(column, at), false)
    }

    fn group(&self, index: u32, is_array: bool) -> Group {
        let row = |index: u32| {
            let key = self.u32(Column::RowKey, index);
            assert_eq!(key == NONE, is_array, "a row has a key exactly when its group is not that of an array");
            let key = if key == NONE { self.text(NONE) } else { self.text_of(Column::Keys, key) };
            let value = self.u32(Column::RowValue, index);
            let value = match Kind::from_code(self.0.bytes(Column::RowKind)[index as usize]).expect("a kind") {
                Kind::Empty => Val::Empty,
                Kind::Str => Val::Str(self.text(value)),
                Kind::Bool => Val::Bool(value == 1),
                Kind::Int => Val::Int(self.0.i64s(Column::Ints).get(value).expect("an integer")),
                Kind::Double => Val::Double(self.0.f64s(Column::Doubles).get(value).expect("a double").to_bits()),
                Kind::Bytes => Val::Bytes(self.0.byte_strings().get(value).expect("a byte string").to_vec()),
                Kind::Array => Val::Array(self.group(value, true)),
                Kind::Map => Val::Map(self.group(value, false)),
            };
            Row { index, key, value }
        };
        Group { index, rows: self.run(Column::GroupEnd, index).map(row).collect() }
    }

    fn resource(&self, at: u32) -> Resource {
        Resource {
            attributes: self.group_of(Column::ResourceAttributes, at),
            schema_url: self.text_of(Column::ResourceSchemaUrl, at),
            dropped: self.u32(Column::ResourceDroppedAttributes, at),
        }
    }

    fn scope(&self, at: u32) -> Scope {
        Scope {
            name: self.text_of(Column::ScopeName, at),
            version: self.text_of(Column::ScopeVersion, at),
            schema_url: self.text_of(Column::ScopeSchemaUrl, at),
            attributes: self.group_of(Column::ScopeAttributes, at),
            dropped: self.u32(Column::ScopeDroppedAttributes, at),
            resource: self.u32(Column::ScopeResource, at),
        }
    }

    fn span(&self, at: u32) -> Span {
        let index = at as usize;
        let event = |at: u32| Event {
            name: self.text_of(Column::EventName, at),
            time: self.0.u64s(Column::EventTime).get(at).expect("a time"),
            attributes: self.group_of(Column::EventAttributes, at),
            dropped: self.u32(Column::EventDroppedAttributes, at),
        };
        let link = |at: u32| Link {
            ids: (self.0.ids16(Column::LinkTraceId)[at as usize], self.0.ids8(Column::LinkSpanId)[at as usize]),
            tracestate: self.text_of(Column::LinkTracestate, at),
            flags: self.u32(Column::LinkFlags, at),
            attributes: self.group_of(Column::LinkAttributes, at),
            dropped: self.u32(Column::LinkDroppedAttributes, at),
        };
        let blob = self.0;
        Span {
            source: at,
            ids: (blob.ids16(Column::SpanTraceId)[index], blob.ids8(Column::SpanId)[index], blob.ids8(Column::SpanParentId)[index]),
            times: (blob.u64s(Column::SpanStart).get(at).expect("a time"), blob.u64s(Column::SpanEnd).get(at).expect("a time")),
            name: self.text_of(Column::SpanName, at),
            kind: blob.bytes(Column::SpanKind)[index],
            status: blob.bytes(Column::SpanStatus)[index],
            message: self.text_of(Column::SpanMessage, at),
            tracestate: self.text_of(Column::SpanTracestate, at),
            flags: self.u32(Column::SpanFlags, at),
            scope: self.u32(Column::SpanScope, at),
            attributes: self.group_of(Column::SpanAttributes, at),
            events: self.run(Column::SpanEventsEnd, at).map(event).collect(),
            links: self.run(Column::SpanLinksEnd, at).map(link).collect(),
            dropped: [Column::SpanDroppedAttributes, Column::SpanDroppedEvents, Column::SpanDroppedLinks]
                .map(|column| self.u32(column, at)),
        }
    }
}
