//! The documents that are worked on, and how their spans are dealt out to batches.

use std::collections::HashMap;
use std::fmt;

use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};

use crate::Request;

/// Documents of spans on their way through batches.
///
/// Spans are numbered through all documents, from 0. Each is encoded at most once ([`Traces::encode`]), and written back
/// ([`Traces::write_back`]) or gone.
#[derive(Clone, Debug)]
pub struct Traces {
    pub(crate) requests: Vec<Request>,
    /// For each resource: the document, and which of its resources.
    pub(crate) resources: Vec<(u32, u32)>,
    /// For each scope: the resource, and which of its scopes.
    pub(crate) scopes: Vec<(u32, u32)>,
    /// For each span: the scope, and which of its spans.
    pub(crate) spans: Vec<(u32, u32)>,
    /// What became of each resource and scope. Other batches are still encoded from what they were, so this is put in place at the end.
    pub(crate) resource_heads: Vec<Head<Resource>>,
    pub(crate) scope_heads: Vec<Head<InstrumentationScope>>,
    /// For each span, whether it was written back.
    pub(crate) written: Vec<bool>,
    /// Whether resources and scopes without spans have been encoded.
    pub(crate) bare_are_encoded: bool,
}

/// What became of a resource or scope.
#[derive(Clone, Debug)]
pub(crate) enum Head<T> {
    /// No plugin has seen it.
    Unseen,
    /// It is what it was.
    Same,
    /// It changed; with its schema URL.
    New(Option<T>, String),
}

impl<T> Head<T> {
    /// Puts the change in place and answers whether plugins have seen it at all.
    fn put(self, content: &mut Option<T>, schema_url: &mut String) -> bool {
        match self {
            Head::Unseen => return false,
            Head::Same => {}
            Head::New(new, url) => (*content, *schema_url) = (new, url),
        }
        true
    }
}

/// An id that has neither no bytes nor as many as it must have. It cannot be encoded, and what it holds would not be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadId {
    /// In which of the documents, counted from 0.
    pub document: usize,
    /// Where it stands there, as `resourceSpans[0].scopeSpans[0].spans[3].traceId`.
    pub path: String,
    /// Its length in bytes.
    pub found: usize,
    /// The length that it should have.
    pub expected: usize,
}

impl fmt::Display for BadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "document {}: {}: found {} bytes, expected {}", self.document + 1, self.path, self.found, self.expected)
    }
}

impl std::error::Error for BadId {}

impl Traces {
    /// Takes documents over.
    ///
    /// # Errors
    /// When an id has a wrong length.
    pub fn new(requests: Vec<Request>) -> Result<Traces, BadId> {
        let mut traces = Traces {
            requests,
            resources: Vec::new(),
            scopes: Vec::new(),
            spans: Vec::new(),
            resource_heads: Vec::new(),
            scope_heads: Vec::new(),
            written: Vec::new(),
            bare_are_encoded: false,
        };
        for (at, request) in (0..).zip(&traces.requests) {
            for (r, resource) in (0..).zip(&request.resource_spans) {
                for (s, scope) in (0..).zip(&resource.scope_spans) {
                    for (number, span) in (0..).zip(&scope.spans) {
                        check_ids(span).map_err(|bad| {
                            let path = format!("resourceSpans[{r}].scopeSpans[{s}].spans[{number}].{}", bad.path);
                            BadId { document: at as usize, path, ..bad }
                        })?;
                        traces.spans.push((traces.scopes.len() as u32, number));
                    }
                    traces.scopes.push((traces.resources.len() as u32, s));
                }
                traces.resources.push((at, r));
            }
        }
        traces.resource_heads = vec![Head::Unseen; traces.resources.len()];
        traces.scope_heads = vec![Head::Unseen; traces.scopes.len()];
        traces.written = vec![false; traces.spans.len()];
        Ok(traces)
    }

    /// Number of spans.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there are no spans.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Deals the spans out: whole traces, in order of first appearance, until a chunk has at least `min` spans.
    /// There is at least one chunk, though it may have no spans, so that resources without spans are encoded too.
    pub fn chunks(&self, min: usize) -> Vec<Vec<u32>> {
        let mut trace_of = HashMap::new();
        let mut traces: Vec<Vec<u32>> = Vec::new();
        for number in 0..self.spans.len() as u32 {
            let trace = *trace_of.entry(self.span(number).trace_id.as_slice()).or_insert_with(|| {
                traces.push(Vec::new());
                traces.len() - 1
            });
            traces[trace].push(number);
        }
        let mut chunks = vec![Vec::new()];
        for trace in traces {
            let at = chunks.len() - 1;
            if chunks[at].len() >= min.max(1) {
                chunks.push(trace);
            } else {
                chunks[at].extend(trace);
            }
        }
        chunks
    }

    /// What is left: without the spans that were not written back, the scopes and resources that are left without spans by
    /// that, and documents that are left without resources.
    pub fn finish(self) -> Vec<Request> {
        let mut written = self.written.into_iter();
        let mut scopes = self.scope_heads.into_iter();
        let mut resources = self.resource_heads.into_iter();
        let mut requests = self.requests;
        requests.retain_mut(|request| {
            let was_empty = request.resource_spans.is_empty();
            request.resource_spans.retain_mut(|resource| {
                let had_no_scopes = resource.scope_spans.is_empty();
                resource.scope_spans.retain_mut(|scope| {
                    let had_no_spans = scope.spans.is_empty();
                    scope.spans.retain(|_| written.next().unwrap_or(false));
                    let head = scopes.next().unwrap_or(Head::Unseen);
                    head.put(&mut scope.scope, &mut scope.schema_url) && (had_no_spans || !scope.spans.is_empty())
                });
                let head = resources.next().unwrap_or(Head::Unseen);
                head.put(&mut resource.resource, &mut resource.schema_url) && (had_no_scopes || !resource.scope_spans.is_empty())
            });
            was_empty || !request.resource_spans.is_empty()
        });
        requests
    }

    pub(crate) fn resource(&self, number: u32) -> &ResourceSpans {
        let (request, at) = self.resources[number as usize];
        &self.requests[request as usize].resource_spans[at as usize]
    }

    pub(crate) fn scope(&self, number: u32) -> &ScopeSpans {
        let (resource, at) = self.scopes[number as usize];
        &self.resource(resource).scope_spans[at as usize]
    }

    pub(crate) fn span(&self, number: u32) -> &Span {
        let (scope, at) = self.spans[number as usize];
        &self.scope(scope).spans[at as usize]
    }

    pub(crate) fn span_mut(&mut self, number: u32) -> &mut Span {
        let (scope, span) = self.spans[number as usize];
        let (resource, scope) = self.scopes[scope as usize];
        let (request, resource) = self.resources[resource as usize];
        let resource = &mut self.requests[request as usize].resource_spans[resource as usize];
        &mut resource.scope_spans[scope as usize].spans[span as usize]
    }
}

fn check_ids(span: &Span) -> Result<(), BadId> {
    let check = |path: String, id: &[u8], expected: usize| match id.len() {
        0 => Ok(()),
        found if found == expected => Ok(()),
        found => Err(BadId { document: 0, path, found, expected }),
    };
    check("traceId".to_owned(), &span.trace_id, 16)?;
    check("spanId".to_owned(), &span.span_id, 8)?;
    check("parentSpanId".to_owned(), &span.parent_span_id, 8)?;
    for (at, link) in span.links.iter().enumerate() {
        check(format!("links[{at}].traceId"), &link.trace_id, 16)?;
        check(format!("links[{at}].spanId"), &link.span_id, 8)?;
    }
    Ok(())
}
