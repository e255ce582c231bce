//! In which order and how far indented things are printed: spans as a tree below their parents, trace by trace.

use std::collections::{HashMap, HashSet};

use spansieve_layout::TraceReason;

use super::{Style, print};
use crate::batch::Batch;

/// Deeper than this a span is not indented; a chain of thousands of spans would else take megabytes of spaces.
const MAX_DEPTH: usize = 100;

/// A line of the text form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// How many levels it is indented.
    pub depth: usize,
    /// What stands in it.
    pub item: Item,
}

/// What stands in a line, by indices of the batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// Nothing: the border of two traces.
    Blank,
    /// The id of a trace and why it is here; printed where that says something.
    Trace([u8; 16], TraceReason),
    /// A resource.
    Resource(u32),
    /// A scope.
    Scope(u32),
    /// A span.
    Span {
        /// Which.
        span: usize,
        /// Whether its parent is the span above that stands one level further left.
        below_parent: bool,
    },
    /// An event: the span, and which of its events.
    Event(usize, usize),
    /// A link: the span, and which of its links.
    Link(usize, usize),
}

/// The lines of a batch. Siblings stand by start; resources and scopes stand where they change;
/// those that no span has stand last, in full style or where there are no spans at all.
pub fn layout(batch: &Batch, style: &Style) -> Vec<Line> {
    let mut layout = Layout { batch, lines: Vec::new(), headers: Headers::new(batch), state: vec![(0, 0)] };
    for (spans, trace, reason) in traces(batch) {
        layout.blank();
        if style.full || reason != TraceReason::RootEnded {
            layout.push(0, Item::Trace(trace, reason));
        }
        layout.trace(&spans);
    }
    if style.full || batch.is_empty() {
        layout.unused();
    }
    layout.lines
}

struct Layout<'a> {
    batch: &'a Batch,
    lines: Vec<Line>,
    headers: Headers,
    /// For each level, which resource and scope hold there, by number of [`Headers`].
    state: Vec<(usize, usize)>,
}

/// Resources and scopes by what is printed of them: equal ones have the same number. Number 0 is the empty one.
struct Headers {
    resource: Vec<usize>,
    scope: Vec<usize>,
    /// Resources and scopes that stand somewhere already.
    used: HashSet<(usize, Option<usize>)>,
}

impl Headers {
    fn new(batch: &Batch) -> Headers {
        let mut numbers = HashMap::from([((0, print::resource_line(None)), 0), ((0, print::scope_line(None)), 0)]);
        let mut number = |around: usize, line: String| {
            let next = numbers.len();
            *numbers.entry((around, line)).or_insert(next)
        };
        let resource: Vec<_> = batch.resources().map(|resource| number(0, print::resource_line(Some(resource)))).collect();
        let empty = print::scope_line(None);
        let scope = batch
            .scopes()
            .map(|scope| match print::scope_line(Some(scope)) {
                line if line == empty => 0,
                line => number(1 + resource[scope.resource_index() as usize], line),
            })
            .collect();
        Headers { resource, scope, used: HashSet::new() }
    }
}

impl Layout<'_> {
    fn push(&mut self, depth: usize, item: Item) {
        self.lines.push(Line { depth, item });
    }

    fn blank(&mut self) {
        if !self.lines.is_empty() {
            self.push(0, Item::Blank);
        }
        self.state.truncate(1);
    }

    /// Puts resource and scope in front of what follows at `depth`, where they are not those that hold there already.
    fn header(&mut self, depth: usize, resource: u32, scope: Option<u32>) {
        self.state.truncate(depth + 1);
        while self.state.len() <= depth {
            self.state.push(self.state[self.state.len() - 1]);
        }
        let wanted = self.headers.resource[resource as usize];
        if self.state[depth].0 != wanted {
            self.push(depth, Item::Resource(resource));
            self.state[depth] = (wanted, 0);
        }
        self.headers.used.insert((wanted, None));
        let Some(scope) = scope else { return };
        let around = wanted;
        let wanted = self.headers.scope[scope as usize];
        self.headers.used.insert((around, Some(wanted)));
        if self.state[depth].1 != wanted {
            self.push(depth, Item::Scope(scope));
            self.state[depth].1 = wanted;
        }
    }

    fn trace(&mut self, spans: &[usize]) {
        let batch = self.batch;
        let mut order = spans.to_vec();
        order.sort_by_key(|span| batch.span(*span).start()); // stable: equal ones stay as they are
        let mut by_id = HashMap::new();
        for &span in &order {
            by_id.entry(batch.span(span).span_id()).or_insert(span);
        }
        let parent_of = |span: usize| match batch.span(span).parent_id() {
            [0, 0, 0, 0, 0, 0, 0, 0] => None,
            parent => by_id.get(&parent).copied().filter(|parent| *parent != span),
        };
        let mut children: HashMap<usize, Vec<usize>> = HashMap::new();
        for &span in &order {
            if let Some(parent) = parent_of(span) {
                children.entry(parent).or_default().push(span);
            }
        }
        // Spans without a parent here, and then one of each ring of spans that are each other's ancestors.
        let roots: Vec<_> = order.iter().copied().filter(|span| parent_of(*span).is_none()).collect();
        let mut done = HashSet::new();
        for root in roots.into_iter().chain(order) {
            let mut todo = vec![(root, 0, false)];
            while let Some((span, depth, below_parent)) = todo.pop() {
                if !done.insert(span) {
                    continue;
                }
                self.span(span, depth, below_parent);
                let below = (depth + 1).min(MAX_DEPTH);
                let children = children.get(&span).into_iter().flatten().rev();
                todo.extend(children.map(|child| (*child, below, below == depth + 1)));
            }
        }
    }

    fn span(&mut self, index: usize, depth: usize, below_parent: bool) {
        let span = self.batch.span(index);
        self.header(depth, span.scope().resource_index(), Some(span.scope_index()));
        self.push(depth, Item::Span { span: index, below_parent });
        for event in 0..span.events().len() {
            self.push(depth + 1, Item::Event(index, event));
        }
        for link in 0..span.links().len() {
            self.push(depth + 1, Item::Link(index, link));
        }
    }

    /// Resources and scopes that no span has: such a batch is how plugins see a resource that is handed over once. Of equal ones the first stands for all.
    fn unused(&mut self) {
        self.blank();
        for (index, scope) in (0..).zip(self.batch.scopes()) {
            let resource = scope.resource_index();
            let scope = self.headers.scope[index as usize];
            // The empty one says no more than its resource.
            if scope != 0 && !self.headers.used.contains(&(self.headers.resource[resource as usize], Some(scope))) {
                self.header(0, resource, Some(index));
            }
        }
        for index in 0..self.headers.resource.len() {
            if !self.headers.used.contains(&(self.headers.resource[index], None)) {
                self.header(0, index as u32, None);
            }
        }
        if self.lines.last().is_some_and(|line| line.item == Item::Blank) {
            self.lines.pop();
        }
    }
}

/// The spans of each trace with its id: by group where spans are grouped, else in order of first appearance.
fn traces(batch: &Batch) -> Vec<(Vec<usize>, [u8; 16], TraceReason)> {
    let groups = match batch.is_grouped() {
        true => batch.traces().collect(),
        false => vec![(0..batch.len(), TraceReason::RootEnded)],
    };
    let mut traces: Vec<(Vec<usize>, [u8; 16], TraceReason)> = Vec::new();
    for (spans, reason) in groups {
        let mut by_id = HashMap::new();
        for span in spans {
            let id = batch.span(span).trace_id();
            let at = *by_id.entry(id).or_insert_with(|| {
                traces.push((Vec::new(), id, reason));
                traces.len() - 1
            });
            traces[at].0.push(span);
        }
    }
    traces
}
