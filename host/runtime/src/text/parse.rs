//! Parsing a text into a batch, line by line.

use std::collections::HashMap;

use spansieve_layout::TraceReason;

use super::REASONS;
use super::error::TextError;
use super::fields::{OtherLine, SpanLine, trace_id};
use super::ids::Ids;
use super::scan::{Groups, Node, Scan};
use crate::batch::{Batch, EventFields, LinkFields, ScopeFields, SpanFields};

/// Parses a text into a batch, in place of what it held. Each trace of the text becomes a group of the batch.
///
/// # Errors
/// When the text does not follow the [grammar](crate::text); the batch is then empty.
pub fn parse(text: &str, batch: &mut Batch) -> Result<(), TextError> {
    batch.clear();
    let mut parser = Parser {
        batch,
        ids: Ids::default(),
        state: vec![State::default()],
        headers: HashMap::new(),
        trace: Trace::default(),
        spans: Vec::new(),
    };
    for (number, line) in text.lines().enumerate() {
        let scan = Scan::new(line, number + 1);
        if let Err(error) = parser.line(scan) {
            parser.batch.clear();
            return Err(error);
        }
    }
    parser.end_trace();
    Ok(())
}

struct Parser<'a> {
    batch: &'a mut Batch,
    ids: Ids,
    /// For each level, which resource and scope hold there.
    state: Vec<State>,
    /// Resources by what is written, and scopes by their resource and what is written.
    headers: HashMap<(Option<u32>, String), u32>,
    trace: Trace,
    /// The spans that the next one can stand below, by level.
    spans: Vec<Above>,
}

#[derive(Clone, Copy, Default)]
struct State {
    resource: Option<u32>,
    scope: Option<u32>,
}

#[derive(Default)]
struct Trace {
    id: Option<[u8; 16]>,
    reason: Option<TraceReason>,
    spans: usize,
}

#[derive(Clone, Copy)]
struct Above {
    id: [u8; 8],
    start: u64,
}

impl Parser<'_> {
    fn line(&mut self, mut scan: Scan<'_>) -> Result<(), TextError> {
        let spaces = scan.spaces();
        match scan.peek() {
            None => {
                self.end_trace();
                return Ok(());
            }
            Some('#') => return Ok(()),
            Some('\t') => return scan.fail("spaces: two for each level"),
            _ if !spaces.is_multiple_of(2) => return scan.fail("one space more or less before it: two for each level"),
            _ => {}
        }
        let depth = spaces / 2;
        if depth > self.spans.len() {
            let expected = match self.spans.len() {
                0 => "the first line of a trace at the left margin".to_owned(),
                most => format!("at most {} spaces before it: one level below the span above", 2 * most),
            };
            return scan.fail(expected);
        }
        if scan.eat("! ") {
            let start = self.span_above(&scan, depth)?.start;
            return self.event(scan, start);
        }
        if scan.eat("~") {
            self.span_above(&scan, depth)?;
            return self.link(scan);
        }
        self.spans.truncate(depth);
        self.state.truncate(depth + 1);
        while self.state.len() <= depth {
            self.state.push(self.state[self.state.len() - 1]);
        }
        let mut header = scan;
        match header.take(|c| c != ' ') {
            "trace" => self.trace(header, depth),
            "resource" => self.resource(header),
            "scope" => self.scope(header),
            _ => self.span(scan),
        }
    }

    fn end_trace(&mut self) {
        let trace = std::mem::take(&mut self.trace);
        if trace.spans > 0 {
            self.batch.end_trace(trace.reason.unwrap_or(TraceReason::RootEnded));
        }
        self.spans.clear();
        self.state.truncate(1);
    }

    fn trace(&mut self, mut scan: Scan<'_>, depth: usize) -> Result<(), TextError> {
        if depth > 0 {
            return scan.back_to(2 * depth).fail("a trace at the left margin");
        }
        self.end_trace();
        scan.spaces();
        self.trace.id = trace_id(&mut scan);
        scan.spaces();
        if scan.is_at_end() {
            return Ok(());
        }
        let start = scan;
        let word = scan.take(|c| c != ' ');
        match REASONS.iter().position(|reason| *reason == word) {
            Some(code) if scan.is_at_end() => self.trace.reason = TraceReason::from_code(code as u8),
            _ => return start.fail(format!("a trace id of 32 hexadecimal digits, or a reason: {}", REASONS.join(", "))),
        }
        Ok(())
    }

    fn resource(&mut self, mut scan: Scan<'_>) -> Result<(), TextError> {
        scan.spaces();
        let written = scan.rest().to_owned();
        let line = OtherLine::resource(&mut scan)?;
        let (batch, at) = (&mut *self.batch, self.state.len() - 1);
        let index = *self.headers.entry((None, written)).or_insert_with(|| {
            let index = batch.push_resource(&line.schema_url, line.dropped);
            push(batch, &line.attributes);
            index
        });
        self.state[at] = State { resource: Some(index), scope: None };
        Ok(())
    }

    fn scope(&mut self, mut scan: Scan<'_>) -> Result<(), TextError> {
        let written = scan.rest().to_owned();
        let line = OtherLine::scope(&mut scan)?;
        let resource = self.resource_here();
        let at = self.state.len() - 1;
        self.state[at].scope = Some(self.push_scope(resource, written, &line));
        Ok(())
    }

    /// The resource that holds here; the empty one, where none was given.
    fn resource_here(&mut self) -> u32 {
        let (batch, at) = (&mut *self.batch, self.state.len() - 1);
        let index = self.state[at].resource.unwrap_or_else(|| {
            *self.headers.entry((None, String::new())).or_insert_with(|| {
                let index = batch.push_resource("", 0);
                batch.end_group();
                index
            })
        });
        self.state[at].resource = Some(index);
        index
    }

    fn push_scope(&mut self, resource: u32, written: String, line: &OtherLine) -> u32 {
        let batch = &mut *self.batch;
        *self.headers.entry((Some(resource), written)).or_insert_with(|| {
            let index = batch.push_scope(&ScopeFields {
                resource,
                name: &line.name,
                version: &line.version,
                schema_url: &line.schema_url,
                dropped_attributes: line.dropped,
            });
            push(batch, &line.attributes);
            index
        })
    }

    fn span(&mut self, mut scan: Scan<'_>) -> Result<(), TextError> {
        let start_of_line = scan;
        let line = SpanLine::read(&mut scan)?;
        let Some((start, end)) = line.times() else {
            return start_of_line.fail("a start and a duration that end within 64 bits of nanoseconds");
        };
        let resource = self.resource_here();
        let scope = match self.state[self.state.len() - 1].scope {
            Some(scope) => scope,
            None => self.push_scope(resource, String::new(), &OtherLine { attributes: vec![Vec::new()], ..OtherLine::default() }),
        };
        let at = self.state.len() - 1;
        self.state[at].scope = Some(scope);

        let trace_id = *self.trace.id.get_or_insert_with(|| self.ids.trace());
        let id = line.id.unwrap_or_else(|| self.ids.span());
        let parent_id = match (line.parent, self.spans.last()) {
            (Some(parent), _) => parent,
            (None, Some(above)) if !line.orphan => above.id,
            _ if line.orphan || line.remote => self.ids.span(),
            _ => [0; 8],
        };
        self.trace.spans += 1;
        self.batch.push_span(&SpanFields {
            trace_id,
            span_id: id,
            parent_id,
            start,
            end,
            name: &line.name,
            kind: line.kind.unwrap_or(1),
            status: line.status,
            message: &line.message,
            tracestate: &line.tracestate,
            flags: line.all_flags(),
            scope,
            dropped: line.dropped,
        });
        push(self.batch, &line.attributes);
        self.spans.push(Above { id, start });
        Ok(())
    }

    /// The span that an event or link at `depth` belongs to: the one in the line above, but for other events and links.
    fn span_above(&self, scan: &Scan<'_>, depth: usize) -> Result<Above, TextError> {
        match self.spans.last() {
            Some(above) if self.spans.len() == depth && self.state.len() == depth => Ok(*above),
            _ => scan.back_to(2 * depth).fail("a span above it, one level further left: events and links stand directly below theirs"),
        }
    }

    fn event(&mut self, mut scan: Scan<'_>, start: u64) -> Result<(), TextError> {
        let line = OtherLine::event(&mut scan)?;
        self.batch.push_event(&EventFields { name: &line.name, time: line.time.unwrap_or(start), dropped_attributes: line.dropped });
        push(self.batch, &line.attributes);
        Ok(())
    }

    fn link(&mut self, mut scan: Scan<'_>) -> Result<(), TextError> {
        let line = OtherLine::link(&mut scan)?;
        let (trace_id, span_id) = line.ids.unwrap_or_else(|| (self.ids.trace(), self.ids.span()));
        self.batch.push_link(&LinkFields {
            trace_id,
            span_id,
            tracestate: &line.tracestate,
            flags: line.flags,
            dropped_attributes: line.dropped,
        });
        push(self.batch, &line.attributes);
        Ok(())
    }
}

/// Pushes run 0 of `groups` into the group that was begun, and after it what is nested.
fn push(batch: &mut Batch, groups: &Groups) {
    let mut todo = vec![(None, 0)];
    while let Some((row, group)) = todo.pop() {
        if let Some(row) = row {
            batch.begin_value(row);
        }
        for (key, node) in &groups[group] {
            let key = key.as_deref();
            match node {
                Node::Empty => batch.push_empty(key),
                Node::Str(value) => batch.push_str(key, value),
                Node::Bool(value) => batch.push_bool(key, *value),
                Node::Int(value) => batch.push_int(key, *value),
                Node::Double(value) => batch.push_double(key, *value),
                Node::Bytes(value) => batch.push_bytes(key, value),
                Node::Array(group) => todo.push((Some(batch.push_array(key)), *group)),
                Node::Map(group) => todo.push((Some(batch.push_map(key)), *group)),
            }
        }
        batch.end_group();
    }
}
