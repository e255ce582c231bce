//! Making documents equal to what a batch says after plugins edited it.

use std::fmt;

use opentelemetry_proto::tonic::common::v1::{EntityRef, InstrumentationScope};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{Span, span};
use spansieve_runtime::batch::{self, Batch};

use crate::encode::{Image, flags, kind, message, status};
use crate::traces::{Head, Traces};
use crate::values::set_attributes;

/// The batch was too small for its texts, so it is not an image of the documents and nothing was written back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overflowed;

impl fmt::Display for Overflowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the texts of a batch are larger than 1 GiB")
    }
}

impl std::error::Error for Overflowed {}

impl Traces {
    /// Makes the spans that the batch still has, and the scopes and resources of its image, equal to what it says. Spans that it does
    /// not have any more are left out by [`Traces::finish`]. A resource or scope that several batches have is written once.
    ///
    /// # Errors
    /// When the batch is not a whole image, see [`Batch::has_overflowed`]; its spans are then left out.
    pub fn write_back(&mut self, image: &Image, batch: &Batch) -> Result<(), Overflowed> {
        if batch.has_overflowed() {
            return Err(Overflowed);
        }
        self.write(image, batch, batch.is_edited());
        Ok(())
    }

    /// Writes back; where nothing was `edited` the documents are known to be equal already.
    pub(crate) fn write(&mut self, image: &Image, batch: &Batch, edited: bool) {
        for ((number, loose), view) in image.resources.iter().zip(batch.resources()) {
            if !matches!(self.resource_heads[*number as usize], Head::Unseen) {
                continue;
            }
            self.resource_heads[*number as usize] = Head::Same;
            if edited {
                let mut content = self.resource(*number).resource.clone();
                set_resource(&mut content, &view);
                set_entities(&mut content, batch, *loose);
                self.resource_heads[*number as usize] = Head::New(content, view.schema_url().to_owned());
            }
        }
        for (number, view) in image.scopes.iter().zip(batch.scopes()) {
            if !matches!(self.scope_heads[*number as usize], Head::Unseen) {
                continue;
            }
            self.scope_heads[*number as usize] = Head::Same;
            if edited {
                let mut content = self.scope(*number).scope.clone();
                set_scope(&mut content, &view);
                self.scope_heads[*number as usize] = Head::New(content, view.schema_url().to_owned());
            }
        }
        for view in batch.spans() {
            let number = image.spans[view.source()];
            self.written[number as usize] = true;
            if edited {
                set_span(self.span_mut(number), &view);
            }
        }
    }
}

fn set_resource(target: &mut Option<Resource>, view: &batch::Resource<'_>) {
    if target.is_some() || !view.attributes().is_empty() {
        set_attributes(&mut target.get_or_insert_default().attributes, view.attributes());
    }
}

/// Writes the texts of entity references back, which the batch carries as loose texts in the order in which they were pushed.
fn set_entities(target: &mut Option<Resource>, batch: &Batch, mut loose: usize) {
    let Some(resource) = target else { return };
    resource.entity_refs.retain_mut(|entity| {
        let mut changed = false;
        let keys = entity.id_keys.iter_mut().chain(&mut entity.description_keys);
        for text in [&mut entity.schema_url, &mut entity.r#type].into_iter().chain(keys) {
            changed |= set_text(text, batch.loose_text(loose));
            loose += 1;
        }
        !changed || !is_blank(entity)
    });
}

fn is_blank(entity: &EntityRef) -> bool {
    let keys = entity.id_keys.iter().chain(&entity.description_keys);
    [&entity.schema_url, &entity.r#type].into_iter().chain(keys).all(String::is_empty)
}

fn set_scope(target: &mut Option<InstrumentationScope>, view: &batch::Scope<'_>) {
    let is_empty = view.name().is_empty() && view.version().is_empty() && view.attributes().is_empty();
    if target.is_none() && is_empty {
        return;
    }
    let target = target.get_or_insert_default();
    set_text(&mut target.name, view.name());
    set_text(&mut target.version, view.version());
    set_attributes(&mut target.attributes, view.attributes());
}

fn set_span(target: &mut Span, view: &batch::Span<'_>) {
    set_text(&mut target.name, view.name());
    set_text(&mut target.trace_state, view.tracestate());
    if flags(target) != view.flags() {
        target.flags = view.flags();
    }
    if kind(target) != view.kind() {
        target.kind = i32::from(view.kind());
    }
    if status(target) != view.status() {
        target.status.get_or_insert_default().code = i32::from(view.status());
    }
    if message(target) != view.message() {
        view.message().clone_into(&mut target.status.get_or_insert_default().message);
    }
    set_attributes(&mut target.attributes, view.attributes());
    target.events.resize_with(view.events().len(), span::Event::default);
    for (target, view) in target.events.iter_mut().zip(view.events()) {
        target.time_unix_nano = view.time();
        set_text(&mut target.name, view.name());
        set_attributes(&mut target.attributes, view.attributes());
    }
    target.links.resize_with(view.links().len(), span::Link::default);
    for (target, view) in target.links.iter_mut().zip(view.links()) {
        set_text(&mut target.trace_state, view.tracestate());
        set_attributes(&mut target.attributes, view.attributes());
    }
}

/// Makes a text equal to another and answers whether it was not.
fn set_text(target: &mut String, text: &str) -> bool {
    let differs = target != text;
    if differs {
        text.clone_into(target);
    }
    differs
}
