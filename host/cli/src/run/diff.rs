//! Before and after, line by line of the text form.
//!
//! Plugins change lines and take spans away; they move nothing. So each line has its counterpart, and no search for the
//! shortest difference is needed.

use std::collections::HashMap;

use anstyle::{AnsiColor, Style as Colour};
use spansieve_runtime::Batch;
use spansieve_runtime::text::{Item, Line, Style, layout, line};

const REMOVED: Colour = AnsiColor::Red.on_default();
const ADDED: Colour = AnsiColor::Green.on_default();

/// The traces that are not the same in two batches, `before` and `after`, that were made of the spans in `given`; in them, each line that is
/// the same, or as it was (-) and as it is (+).
pub(crate) fn changes(given: &Batch, before: &Batch, after: &Batch, style: &Style) -> String {
    let (was_at, is_at) = (places(before), places(after));
    let mut out = String::new();
    for lines in layout(given, style).split(|line| line.item == Item::Blank) {
        let versions = |at: &Line| (at.depth, version(at, before, &was_at, style), version(at, after, &is_at, style));
        let lines: Vec<_> = lines.iter().map(versions).collect();
        if lines.iter().all(|(_, old, new)| old == new) {
            continue;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        for (depth, old, new) in lines {
            let indent = "  ".repeat(depth);
            match (old, new) {
                (Some(old), Some(new)) if old == new => out += &format!("  {indent}{old}\n"),
                (old, new) => {
                    out.extend(old.map(|old| format!("{REMOVED}- {indent}{old}{REMOVED:#}\n")));
                    out.extend(new.map(|new| format!("{ADDED}+ {indent}{new}{ADDED:#}\n")));
                }
            }
        }
    }
    out
}

/// Where each span stands, by which of the given ones it is.
pub(crate) fn places(batch: &Batch) -> HashMap<usize, usize> {
    batch.spans().enumerate().map(|(index, span)| (span.source(), index)).collect()
}

/// What a line of the given spans is in a batch that was made of them; `None` if its span is gone.
pub(crate) fn version(at: &Line, batch: &Batch, places: &HashMap<usize, usize>, style: &Style) -> Option<String> {
    let item = match at.item {
        Item::Blank | Item::Trace(..) | Item::Resource(_) | Item::Scope(_) => at.item,
        Item::Span { span, below_parent } => Item::Span { span: *places.get(&span)?, below_parent },
        Item::Event(span, event) => Item::Event(*places.get(&span).filter(|span| event < batch.span(**span).events().len())?, event),
        Item::Link(span, link) => Item::Link(*places.get(&span).filter(|span| link < batch.span(**span).links().len())?, link),
    };
    Some(line(batch, item, style))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use spansieve_runtime::{Chain, Policy, text};

    use super::*;

    fn batch(spans: &str) -> Batch {
        let mut batch = Batch::new();
        text::parse(spans, &mut batch).expect("spans");
        batch
    }

    fn plain(before: &str, after: &str) -> String {
        stripped(&changes(&batch(before), &batch(before), &batch(after), &Style::TERSE))
    }

    fn stripped(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn changed_lines_stand_below_each_other_and_same_traces_are_left_out() {
        let before = "a  user=\"ada\"\n  b\n    ! e  x=\"ada\"\n\nsame\n\nd\n";
        let after = "a  user=\"[REDACTED]\"\n  b\n    ! e  x=\"[REDACTED]\"\n\nsame\n";
        let changes = plain(before, after);
        assert_eq!(
            changes,
            "- a  user=\"ada\"\n+ a  user=\"[REDACTED]\"\n    b\n-     ! e  x=\"ada\"\n+     ! e  x=\"[REDACTED]\"\n\n- d\n"
        );
    }

    #[test]
    fn a_resource_changes_in_front_of_the_first_span_that_has_it() {
        assert_eq!(plain("resource a=1\nx\n", "resource a=2\nx\n"), "- resource a=1\n+ resource a=2\n  x\n");
    }

    #[test]
    fn two_results_are_compared_though_neither_has_all_spans() {
        let given = "resource a=1\nx\n\ny\n\nz\n";
        // Without plugins, spans that the head sampler did not sample are what does not come out.
        let policy = Policy::parse("{version: 1, plugins: []}", "test", Path::new("")).expect("a policy");
        let without = |gone: &str| {
            let mut result = batch(&given.replace(gone, &format!("{gone}  unsampled")));
            Chain::load(&policy).expect("no plugins").run(&mut result);
            result
        };
        let changes = changes(&batch(given), &without("x"), &without("y"), &Style::TERSE);
        assert_eq!(stripped(&changes), "  resource a=1\n+ x\n\n- y\n");
    }

    #[test]
    fn nothing_changed_is_nothing() {
        assert_eq!(plain("resource a=1\nx\n", "resource a=1\nx\n"), "");
    }
}
