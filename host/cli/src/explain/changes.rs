//! What a plugin changed in a span.

use std::collections::HashSet;

use spansieve_runtime::Batch;
use spansieve_runtime::batch::{Rows, Span};
use spansieve_runtime::text::{Item, Style, line};

use super::Step;

/// What a plugin did to a span, in words. Keys are named only if they leave.
pub(super) fn of(source: usize, step: &Step, keys: &HashSet<String>) -> Vec<String> {
    let (before, after) = (find(&step.before, source), find(&step.after, source));
    let (before, after) = match (before, after) {
        (Some(before), Some(after)) => (fields(&before, keys), fields(&after, keys)),
        (Some(_), None) => return vec!["takes the span out".to_owned()],
        (None, _) => return Vec::new(),
    };
    let names = |of: &[(String, String)], pick: &dyn Fn(&(String, String)) -> bool| {
        of.iter().filter(|field| pick(field)).map(|(name, _)| name.clone()).collect::<Vec<_>>()
    };
    let value = |of: &[(String, String)], name: &str| of.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let mut done = Vec::new();
    for (word, fields) in [
        ("changes", names(&after, &|(name, now)| value(&before, name).is_some_and(|was| was != *now))),
        ("adds", names(&after, &|(name, _)| value(&before, name).is_none())),
        ("removes", names(&before, &|(name, _)| value(&after, name).is_none())),
    ] {
        if !fields.is_empty() {
            done.push(format!("{word}  {}", fields.join(", ")));
        }
    }
    done
}

/// The lines of the span that the plugin changed, as they were (-) and as they are (+).
pub(super) fn lines(source: usize, step: &Step) -> Vec<String> {
    let lines = |batch: &Batch| {
        let Some(span) = batch.spans().position(|span| span.source() == source) else { return Vec::new() };
        let (events, links) = (batch.span(span).events().len(), batch.span(span).links().len());
        let items = [Item::Span { span, below_parent: true }].into_iter();
        let items = items.chain((0..events).map(|event| Item::Event(span, event))).chain((0..links).map(|link| Item::Link(span, link)));
        items.map(|item| line(batch, item, &Style::TERSE)).collect()
    };
    let (before, after) = (lines(&step.before), lines(&step.after));
    let mut out = Vec::new();
    for place in 0..before.len().max(after.len()) {
        let (was, is) = (before.get(place), after.get(place));
        if was != is {
            out.extend(was.map(|was| format!("- {was}")));
            out.extend(is.map(|is| format!("+ {is}")));
        }
    }
    out
}

fn find(batch: &Batch, source: usize) -> Option<Span<'_>> {
    batch.spans().find(|span| span.source() == source)
}

/// The fields of a span by names that may be printed, with all that they hold.
fn fields(span: &Span<'_>, keys: &HashSet<String>) -> Vec<(String, String)> {
    let mut fields = vec![
        ("name".to_owned(), span.name().to_owned()),
        ("kind".to_owned(), span.kind().to_string()),
        ("status".to_owned(), format!("{} {}", span.status(), span.message())),
        ("tracestate".to_owned(), span.tracestate().to_owned()),
        ("flags".to_owned(), span.flags().to_string()),
        ("times".to_owned(), format!("{} {}", span.start(), span.end())),
    ];
    attributes("attributes", span.attributes(), keys, &mut fields);
    for (index, event) in span.events().enumerate() {
        fields.push((format!("events[{index}].name"), event.name().to_owned()));
        attributes(&format!("events[{index}].attributes"), event.attributes(), keys, &mut fields);
    }
    for (index, link) in span.links().enumerate() {
        fields.push((format!("links[{index}].tracestate"), link.tracestate().to_owned()));
        attributes(&format!("links[{index}].attributes"), link.attributes(), keys, &mut fields);
    }
    fields
}

fn attributes(of: &str, rows: Rows<'_>, keys: &HashSet<String>, fields: &mut Vec<(String, String)>) {
    for (index, (key, value)) in rows.iter().enumerate() {
        let name = if keys.contains(key) { format!("{of}[{key:?}]") } else { format!("{of}[#{index}]") };
        fields.push((name, value.to_json().to_string()));
    }
}
