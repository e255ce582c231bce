//! What a plugin asks of its host while it is configured.

use spansieve_layout::Column;

/// Takes down what the plugin wants to be given. Handed to [`Policy::configure`](crate::Policy::configure).
///
/// A plugin that asks for nothing gets everything. One that asks for some [`Part`]s is not sent the others, which makes the way into the plugin cheaper.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    columns: Vec<Column>,
    keys: Vec<String>,
    by_trace: bool,
}

/// A key that the plugin declared: the host has found its row in each span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slot(pub(crate) u32);

impl Slot {
    /// Its number: the position of the key among the declared ones, from 0.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// All texts of the batch.
pub const TEXTS: &[Column] = &[Column::Texts, Column::TextEnd];

/// Rows with their keys, values and texts. Whose they are is said by other columns, such as [`Column::SpanAttributes`].
pub const ROWS: &[Column] = &[
    Column::Texts,
    Column::TextEnd,
    Column::Ints,
    Column::Doubles,
    Column::Bytes,
    Column::BytesEnd,
    Column::Keys,
    Column::RowKey,
    Column::RowKind,
    Column::RowValue,
    Column::GroupEnd,
];

/// Something of spans that a policy reads, in the place of the columns that it lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The values of declared keys.
    Declared,
    /// Trace, span and parent ids.
    Ids,
    /// Start and end.
    Times,
    /// The name.
    Name,
    /// The kind.
    Kind,
    /// Status code and message.
    Status,
    /// The tracestate.
    Tracestate,
    /// Flags: whether the span is sampled, whether its parent is remote.
    Flags,
    /// All attributes of spans. Needed too where attributes are looked for or set by a key that was not declared.
    Attributes,
    /// To add attributes to spans without looking at those that they have: [`Edits::add`](crate::Edits::add).
    Add,
    /// Events with their attributes.
    Events,
    /// Links with their attributes.
    Links,
    /// Scopes with their attributes.
    Scope,
    /// Resources with their attributes.
    Resource,
    /// What the application's SDK dropped of spans.
    Dropped,
}

impl Part {
    const ALL: [Part; 15] = [
        Part::Attributes,
        Part::Declared,
        Part::Ids,
        Part::Times,
        Part::Name,
        Part::Kind,
        Part::Status,
        Part::Tracestate,
        Part::Flags,
        Part::Add,
        Part::Events,
        Part::Links,
        Part::Scope,
        Part::Resource,
        Part::Dropped,
    ];

    /// A part that has the column.
    pub(crate) fn of(column: Column) -> Option<Part> {
        Part::ALL.into_iter().find(|part| part.columns().contains(&column))
    }
}

/// What [`Setup::read`] takes: parts, or columns for those who know them.
pub trait Readable {
    /// The columns to send.
    fn columns(&self) -> Vec<Column>;
}

impl Readable for Column {
    fn columns(&self) -> Vec<Column> {
        vec![*self]
    }
}

impl Readable for Part {
    fn columns(&self) -> Vec<Column> {
        use Column::*;
        let (own, shared): (&[Column], &[Column]) = match self {
            Part::Declared => (&[Declared, Texts, TextEnd, Ints, Doubles, Bytes, BytesEnd, RowKind, RowValue], &[]),
            Part::Ids => (&[SpanTraceId, SpanId, SpanParentId], &[]),
            Part::Times => (&[SpanStart, SpanEnd], &[]),
            Part::Name => (&[SpanName], TEXTS),
            Part::Kind => (&[SpanKind], &[]),
            Part::Status => (&[SpanStatus, SpanMessage], TEXTS),
            Part::Tracestate => (&[SpanTracestate], TEXTS),
            Part::Flags => (&[SpanFlags], &[]),
            Part::Attributes => (&[SpanAttributes], ROWS),
            Part::Add => (&[SpanAttributes], &[]),
            Part::Events => (&[SpanEventsEnd, EventName, EventTime, EventAttributes, EventDroppedAttributes], ROWS),
            Part::Links => {
                (&[SpanLinksEnd, LinkTraceId, LinkSpanId, LinkTracestate, LinkFlags, LinkAttributes, LinkDroppedAttributes], ROWS)
            }
            Part::Scope => {
                (&[SpanScope, ScopeName, ScopeVersion, ScopeSchemaUrl, ScopeAttributes, ScopeDroppedAttributes, ScopeResource], ROWS)
            }
            Part::Resource => (&[SpanScope, ScopeResource, ResourceAttributes, ResourceSchemaUrl, ResourceDroppedAttributes], ROWS),
            Part::Dropped => (&[SpanDroppedAttributes, SpanDroppedEvents, SpanDroppedLinks], &[]),
        };
        [own, shared].concat()
    }
}

/// Edits number what they bring along from where the batch ends, so these are always needed.
const NUMBERING: &[Column] = &[Column::TextEnd, Column::Ints, Column::Doubles, Column::BytesEnd, Column::GroupEnd];

impl Setup {
    /// Asks for parts of spans, or columns. May be called several times; what is asked for twice is sent once.
    pub fn read<R: Readable>(&mut self, parts: &[R]) {
        self.columns.extend(parts.iter().flat_map(Readable::columns));
    }

    /// Declares an attribute key of spans, whose rows the host finds for the plugin. The same key gives the same slot.
    pub fn key(&mut self, key: &str) -> Slot {
        let index = self.keys.iter().position(|k| k == key).unwrap_or_else(|| {
            self.keys.push(key.to_owned());
            self.keys.len() - 1
        });
        Slot(index as u32)
    }

    /// Asks the host to gather whole traces of this process before it calls `process`.
    pub fn group_by_trace(&mut self) {
        self.by_trace = true;
    }

    /// Ids of the columns that the plugin wants, ascending; empty means all.
    pub fn columns(&self) -> Vec<Column> {
        if self.columns.is_empty() {
            return Vec::new();
        }
        let mut columns = [&self.columns, NUMBERING].concat();
        if !self.keys.is_empty() {
            columns.push(Column::Declared);
        }
        if self.by_trace {
            columns.extend([Column::TraceEnd, Column::TraceReason]);
        }
        columns.sort();
        columns.dedup();
        columns
    }

    /// The declared keys, by slot.
    pub fn keys(&self) -> &[String] {
        &self.keys
    }

    /// Whether the plugin wants whole traces.
    pub fn groups_by_trace(&self) -> bool {
        self.by_trace
    }
}
