//! Printing a batch line by line.

use spansieve_layout::{FLAG_SAMPLED, TraceReason};

use super::write::{attributes, duration, hex, name, put, string, word};
use super::{Item, KINDS, LINK_KEYS, REASONS, REMOTE, SPAN_KEYS, STATUSES, Style, TRACESTATE, layout};
use crate::batch::{Batch, Event, Link, Resource, Scope, Span};

/// The text of a batch; it ends with a newline unless it is empty.
pub fn print(batch: &Batch, style: &Style) -> String {
    let mut out = String::new();
    for at in layout(batch, style) {
        for _ in 0..at.depth {
            out.push_str("  ");
        }
        out.push_str(&line(batch, at.item, style));
        out.push('\n');
    }
    out
}

/// The text of one line, without indentation and newline.
///
/// # Panics
/// When the item is none of the batch.
pub fn line(batch: &Batch, item: Item, style: &Style) -> String {
    match item {
        Item::Blank => String::new(),
        Item::Trace(id, reason) => trace_line(id, reason, style),
        Item::Resource(index) => resource_line(Some(batch.resource(index))),
        Item::Scope(index) => scope_line(Some(batch.scope(index))),
        Item::Span { span, below_parent } => span_line(&batch.span(span), below_parent, style),
        Item::Event(span, index) => batch.span(span).events().nth(index).map_or_else(String::new, |event| event_line(&event, style)),
        Item::Link(span, index) => batch.span(span).links().nth(index).map_or_else(String::new, |link| link_line(&link, style)),
    }
}

fn trace_line(id: [u8; 16], reason: TraceReason, style: &Style) -> String {
    let mut out = String::from("trace");
    if style.full {
        out.push(' ');
        hex(&mut out, &id);
    }
    if reason != TraceReason::RootEnded {
        put(&mut out, format_args!("{}{}", if style.full { "  " } else { " " }, REASONS[reason as usize]));
    }
    out
}

pub(super) fn resource_line(resource: Option<Resource<'_>>) -> String {
    let mut out = String::new();
    if let Some(resource) = resource {
        attributes(&mut out, resource.attributes(), &[]);
        schema_and_dropped(&mut out, resource.schema_url(), resource.dropped_attributes());
    }
    match out.strip_prefix("  ") {
        Some(fields) => format!("resource {fields}"),
        None => "resource".to_owned(),
    }
}

pub(super) fn scope_line(scope: Option<Scope<'_>>) -> String {
    let mut out = String::from("scope");
    let Some(scope) = scope else { return out };
    let mut fields = String::new();
    attributes(&mut fields, scope.attributes(), &[]);
    schema_and_dropped(&mut fields, scope.schema_url(), scope.dropped_attributes());
    if !scope.name().is_empty() || !scope.version().is_empty() || !fields.is_empty() {
        out.push(' ');
        word(&mut out, scope.name());
    }
    if !scope.version().is_empty() {
        out.push(' ');
        word(&mut out, scope.version());
    }
    out + &fields
}

fn schema_and_dropped(out: &mut String, schema_url: &str, dropped: u32) {
    if !schema_url.is_empty() {
        out.push_str("  @schema=");
        string(out, schema_url);
    }
    if dropped > 0 {
        put(out, format_args!("  @dropped={dropped}"));
    }
}

fn span_line(span: &Span<'_>, below_parent: bool, style: &Style) -> String {
    let mut out = String::new();
    name(&mut out, span.name());
    if span.kind() != 1 {
        put(&mut out, format_args!("  {}", KINDS.get(span.kind() as usize).unwrap_or(&KINDS[0])));
    }
    let nanos = i128::from(span.end()) - i128::from(span.start());
    if nanos != 0 {
        out.push_str("  ");
        duration(&mut out, nanos);
    }
    if span.status() != 0 || !span.message().is_empty() {
        put(&mut out, format_args!("  {}", STATUSES.get(span.status() as usize).unwrap_or(&STATUSES[0])));
    }
    if !span.message().is_empty() {
        out.push('=');
        string(&mut out, span.message());
    }
    flag_words(&mut out, span, below_parent, style);
    tracestate(&mut out, span.tracestate());
    if style.full {
        ids_and_start(&mut out, span, below_parent);
    }
    if span.dropped() != [0; 3] {
        let [attributes, events, links] = span.dropped();
        put(&mut out, format_args!("  @dropped={attributes},{events},{links}"));
    }
    attributes(&mut out, span.attributes(), &SPAN_KEYS);
    out
}

fn flag_words(out: &mut String, span: &Span<'_>, below_parent: bool, style: &Style) {
    let has_parent = span.parent_id() != [0; 8];
    let is_remote = span.flags() & REMOTE == REMOTE && has_parent;
    if !span.is_sampled() {
        out.push_str("  unsampled");
    }
    if is_remote {
        out.push_str("  remote");
    } else if has_parent && !below_parent && !style.full {
        out.push_str("  orphan");
    }
    let said = if span.is_sampled() { FLAG_SAMPLED } else { 0 } | if is_remote { REMOTE } else { 0 };
    if style.full && said != span.flags() {
        put(out, format_args!("  @flags={:#x}", span.flags()));
    }
}

fn ids_and_start(out: &mut String, span: &Span<'_>, below_parent: bool) {
    out.push_str("  @id=");
    hex(out, &span.span_id());
    if !below_parent && span.parent_id() != [0; 8] {
        out.push_str("  @parent=");
        hex(out, &span.parent_id());
    }
    put(out, format_args!("  @start={}", span.start()));
}

fn event_line(event: &Event<'_>, style: &Style) -> String {
    let mut out = String::from("! ");
    name(&mut out, event.name());
    if style.full {
        put(&mut out, format_args!("  @time={}", event.time()));
    }
    schema_and_dropped(&mut out, "", event.dropped_attributes());
    attributes(&mut out, event.attributes(), &[]);
    out
}

fn link_line(link: &Link<'_>, style: &Style) -> String {
    let mut out = String::from("~ ");
    hex(&mut out, &link.trace_id());
    out.push(':');
    hex(&mut out, &link.span_id());
    tracestate(&mut out, link.tracestate());
    if style.full && link.flags() != 0 {
        put(&mut out, format_args!("  @flags={:#x}", link.flags()));
    }
    schema_and_dropped(&mut out, "", link.dropped_attributes());
    attributes(&mut out, link.attributes(), &LINK_KEYS);
    out
}

fn tracestate(out: &mut String, content: &str) {
    if !content.is_empty() {
        put(out, format_args!("  {TRACESTATE}="));
        string(out, content);
    }
}
