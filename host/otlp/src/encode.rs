//! Encoding spans of documents into a batch.

use std::collections::HashMap;

use opentelemetry_proto::tonic::trace::v1::Span;
use spansieve_layout::{FLAG_SAMPLED, TraceReason};
use spansieve_runtime::Batch;
use spansieve_runtime::batch::{EventFields, LinkFields, ScopeFields, SpanFields};

use crate::traces::Traces;
use crate::values::push_attributes;

/// Which spans, scopes and resources of the documents a batch was made from: what is at an index of the batch.
#[derive(Clone, Debug, Default)]
pub struct Image {
    pub(crate) spans: Vec<u32>,
    pub(crate) scopes: Vec<u32>,
    /// With the number of the first loose text of each.
    pub(crate) resources: Vec<(u32, usize)>,
}

impl Traces {
    /// Encodes spans in place of what the batch held. Traces become groups of the batch where all spans of a trace stand next to
    /// each other, as in [`Traces::chunks`]. The first call also encodes resources and scopes without spans.
    ///
    /// # Panics
    /// When there is no span of such a number.
    pub fn encode(&mut self, spans: &[u32], batch: &mut Batch) -> Image {
        batch.clear();
        let mut encoder = Encoder {
            traces: self,
            batch,
            image: Image { spans: spans.to_vec(), ..Image::default() },
            scopes: HashMap::new(),
            resources: HashMap::new(),
            loose: 0,
        };
        if !encoder.traces.bare_are_encoded {
            encoder.bare();
        }
        for (at, number) in spans.iter().enumerate() {
            encoder.span(*number);
            let span = encoder.traces.span(*number);
            if spans.get(at + 1).is_none_or(|next| encoder.traces.span(*next).trace_id != span.trace_id) {
                encoder.batch.end_trace(TraceReason::RootEnded);
            }
        }
        let image = encoder.image;
        self.bare_are_encoded = true;
        image
    }
}

struct Encoder<'a> {
    traces: &'a Traces,
    batch: &'a mut Batch,
    image: Image,
    /// Indices of the batch by number.
    scopes: HashMap<u32, u32>,
    resources: HashMap<u32, u32>,
    /// How many loose texts were pushed.
    loose: usize,
}

impl Encoder<'_> {
    fn bare(&mut self) {
        for number in 0..self.traces.resources.len() as u32 {
            if self.traces.resource(number).scope_spans.is_empty() {
                self.resource(number);
            }
        }
        for number in 0..self.traces.scopes.len() as u32 {
            if self.traces.scope(number).spans.is_empty() {
                self.scope(number);
            }
        }
    }

    fn resource(&mut self, number: u32) -> u32 {
        if let Some(index) = self.resources.get(&number) {
            return *index;
        }
        let source = self.traces.resource(number);
        let resource = source.resource.as_ref();
        let index = self.batch.push_resource(&source.schema_url, resource.map_or(0, |resource| resource.dropped_attributes_count));
        push_attributes(self.batch, resource.map_or(&[], |resource| &resource.attributes));
        self.image.resources.push((number, self.loose));
        for entity in resource.map_or(&[][..], |resource| &resource.entity_refs) {
            let keys = entity.id_keys.iter().chain(&entity.description_keys);
            for text in [&entity.schema_url, &entity.r#type].into_iter().chain(keys) {
                self.batch.push_loose_text(text);
                self.loose += 1;
            }
        }
        self.resources.insert(number, index);
        index
    }

    fn scope(&mut self, number: u32) -> u32 {
        if let Some(index) = self.scopes.get(&number) {
            return *index;
        }
        let resource = self.resource(self.traces.scopes[number as usize].0);
        let source = self.traces.scope(number);
        let scope = source.scope.as_ref();
        let index = self.batch.push_scope(&ScopeFields {
            resource,
            name: scope.map_or("", |scope| &scope.name),
            version: scope.map_or("", |scope| &scope.version),
            schema_url: &source.schema_url,
            dropped_attributes: scope.map_or(0, |scope| scope.dropped_attributes_count),
        });
        push_attributes(self.batch, scope.map_or(&[], |scope| &scope.attributes));
        self.image.scopes.push(number);
        self.scopes.insert(number, index);
        index
    }

    fn span(&mut self, number: u32) {
        let scope = self.scope(self.traces.spans[number as usize].0);
        let span = self.traces.span(number);
        let batch = &mut *self.batch;
        batch.push_span(&SpanFields {
            trace_id: id(&span.trace_id),
            span_id: id(&span.span_id),
            parent_id: id(&span.parent_span_id),
            start: span.start_time_unix_nano,
            end: span.end_time_unix_nano,
            name: &span.name,
            kind: kind(span),
            status: status(span),
            message: message(span),
            tracestate: &span.trace_state,
            flags: flags(span),
            scope,
            dropped: [span.dropped_attributes_count, span.dropped_events_count, span.dropped_links_count],
        });
        push_attributes(batch, &span.attributes);
        for event in &span.events {
            batch.push_event(&EventFields {
                name: &event.name,
                time: event.time_unix_nano,
                dropped_attributes: event.dropped_attributes_count,
            });
            push_attributes(batch, &event.attributes);
        }
        for link in &span.links {
            batch.push_link(&LinkFields {
                trace_id: id(&link.trace_id),
                span_id: id(&link.span_id),
                tracestate: &link.trace_state,
                flags: link.flags,
                dropped_attributes: link.dropped_attributes_count,
            });
            push_attributes(batch, &link.attributes);
        }
    }
}

/// The flags as the batch has them. A span in a document was exported, so it was sampled, though many SDKs leave flags out.
pub(crate) fn flags(span: &Span) -> u32 {
    span.flags | FLAG_SAMPLED
}

/// The kind as the batch has it: a code that OTLP does not define counts as unspecified.
pub(crate) fn kind(span: &Span) -> u8 {
    u8::try_from(span.kind).ok().filter(|kind| *kind <= 5).unwrap_or(0)
}

/// The status code as the batch has it: a code that OTLP does not define counts as unset.
pub(crate) fn status(span: &Span) -> u8 {
    let code = span.status.as_ref().map_or(0, |status| status.code);
    u8::try_from(code).ok().filter(|code| *code <= 2).unwrap_or(0)
}

pub(crate) fn message(span: &Span) -> &str {
    span.status.as_ref().map_or("", |status| &status.message)
}

/// Lengths were checked: an id has all of its bytes or none.
fn id<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().unwrap_or([0; N])
}
