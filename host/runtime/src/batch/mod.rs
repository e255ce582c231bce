//! A batch of spans in columns: what a source encodes into, plugins read from and edit, and results are read back from.
//!
//! The columns are those of `wit/layout.md`, kept in one `Vec` each. A plugin is handed those it asked for, joined into one
//! blob ([`Batch::blob`]); its checked edits change the columns in place or rebuild them (`apply`). The source is made equal to the batch at
//! the end ([`Batch::spans`]), so that what leaves is what the last plugin left behind.

mod apply;
mod blob;
mod build;
mod expansion;
mod retain;
mod split;
mod texts;
mod view;

pub use build::{EventFields, LinkFields, ScopeFields, SpanFields};
pub use retain::STRIPPED_NAME;
pub use view::{Event, Link, Resource, Rows, RowsIter, Scope, Span, Value};

use spansieve_layout::{Kind, NONE, TraceReason};
use texts::{Keys, Texts};

pub(crate) use crate::edits::EditBounds;
pub(crate) use apply::Edited;
pub(crate) use blob::ColumnSet;

/// Spans in columns, with everything that they refer to.
///
/// Buffers are kept when the batch is [cleared](Batch::clear), so one batch serves a worker for good.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The time that plugins see, Unix nanoseconds.
    pub now: u64,
    /// The probability with which the head sampler sampled, 0 to 1; NaN where unknown.
    pub head_probability: f64,
    texts: Texts,
    keys: Keys,
    pools: Pools,
    rows: RowColumns,
    spans: SpanColumns,
    events: EventColumns,
    links: LinkColumns,
    scopes: ScopeColumns,
    resources: ResourceColumns,
    traces: TraceColumns,
    /// Texts that no column names, in the order in which the source pushed them.
    loose: Vec<u32>,
    edited: bool,
    /// The batch that the surviving spans are copied to when some are dropped; the two then change places.
    spare: Option<Box<Batch>>,
}

#[derive(Clone, Debug, Default)]
struct Pools {
    ints: Vec<i64>,
    doubles: Vec<f64>,
    bytes: Vec<u8>,
    bytes_end: Vec<u32>,
}

#[derive(Clone, Debug, Default)]
struct RowColumns {
    key: Vec<u32>,
    kind: Vec<u8>,
    value: Vec<u32>,
    group_end: Vec<u32>,
    /// Whether the group is the value of an array, so that its rows have no key. The host's own; not in the blob.
    group_is_array: Vec<bool>,
}

#[derive(Clone, Debug, Default)]
struct SpanColumns {
    /// Which of the source's spans it is, counted from 0. The host's own; not in the blob.
    source: Vec<u32>,
    /// Whether only its skeleton is left. The host's own; not in the blob.
    stripped: Vec<bool>,
    trace_id: Vec<[u8; 16]>,
    id: Vec<[u8; 8]>,
    parent_id: Vec<[u8; 8]>,
    start: Vec<u64>,
    end: Vec<u64>,
    name: Vec<u32>,
    kind: Vec<u8>,
    status: Vec<u8>,
    message: Vec<u32>,
    tracestate: Vec<u32>,
    flags: Vec<u32>,
    scope: Vec<u32>,
    attributes: Vec<u32>,
    events_end: Vec<u32>,
    links_end: Vec<u32>,
    dropped_attributes: Vec<u32>,
    dropped_events: Vec<u32>,
    dropped_links: Vec<u32>,
}

#[derive(Clone, Debug, Default)]
struct EventColumns {
    name: Vec<u32>,
    time: Vec<u64>,
    attributes: Vec<u32>,
    dropped_attributes: Vec<u32>,
}

#[derive(Clone, Debug, Default)]
struct LinkColumns {
    trace_id: Vec<[u8; 16]>,
    span_id: Vec<[u8; 8]>,
    tracestate: Vec<u32>,
    flags: Vec<u32>,
    attributes: Vec<u32>,
    dropped_attributes: Vec<u32>,
}

#[derive(Clone, Debug, Default)]
struct ScopeColumns {
    name: Vec<u32>,
    version: Vec<u32>,
    schema_url: Vec<u32>,
    attributes: Vec<u32>,
    dropped_attributes: Vec<u32>,
    resource: Vec<u32>,
}

#[derive(Clone, Debug, Default)]
struct ResourceColumns {
    attributes: Vec<u32>,
    schema_url: Vec<u32>,
    dropped_attributes: Vec<u32>,
}

#[derive(Clone, Debug, Default)]
struct TraceColumns {
    end: Vec<u32>,
    reason: Vec<u8>,
}

impl Default for Batch {
    fn default() -> Self {
        Batch {
            now: 0,
            head_probability: f64::NAN,
            texts: Texts::default(),
            keys: Keys::default(),
            pools: Pools::default(),
            rows: RowColumns::default(),
            spans: SpanColumns::default(),
            events: EventColumns::default(),
            links: LinkColumns::default(),
            scopes: ScopeColumns::default(),
            resources: ResourceColumns::default(),
            traces: TraceColumns::default(),
            loose: Vec::new(),
            edited: false,
            spare: None,
        }
    }
}

impl Batch {
    /// An empty batch.
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of spans.
    pub fn len(&self) -> usize {
        self.spans.id.len()
    }

    /// Whether there are no spans. There may be resources and scopes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of texts and byte strings: what a batch is mostly made of.
    pub fn text_bytes(&self) -> usize {
        self.texts.bytes() + self.pools.bytes.len()
    }

    /// Whether spans are grouped by trace.
    pub fn is_grouped(&self) -> bool {
        !self.traces.end.is_empty()
    }

    /// Whether any edit was applied. If not, the source already is what the batch says.
    pub fn is_edited(&self) -> bool {
        self.edited
    }

    /// Whether a text had to be left out because the batch would have grown past 1 GiB. Such a batch is not the source's
    /// image any more, and must not be written back.
    pub fn has_overflowed(&self) -> bool {
        self.texts.overflowed
    }
}

impl RowColumns {
    fn group(&self, group: u32) -> std::ops::Range<usize> {
        let end = self.group_end[group as usize] as usize;
        let start = if group == 0 { 0 } else { self.group_end[group as usize - 1] as usize };
        start..end
    }
}

/// The run of `index` where `ends` holds the end of each run.
fn run(ends: &[u32], index: usize) -> std::ops::Range<usize> {
    let start = if index == 0 { 0 } else { ends[index - 1] as usize };
    start..ends[index] as usize
}

/// The kind that a row of the host's own columns has; they hold nothing but known codes.
fn kind_of(code: u8) -> Kind {
    Kind::from_code(code).unwrap_or(Kind::Empty)
}

fn reason_of(code: u8) -> TraceReason {
    TraceReason::from_code(code).unwrap_or(TraceReason::RootEnded)
}

/// `None` where an index says that there is nothing.
fn some(index: u32) -> Option<u32> {
    (index != NONE).then_some(index)
}

#[cfg(test)]
mod tests;
