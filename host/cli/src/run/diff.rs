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

/// The traces that are not the same in both batches; in them, each line that is the same, or as it was (-) and as it is (+).
pub(super) fn changes(before: &Batch, after: &Batch, style: &Style) -> String {
    let now_at: HashMap<usize, usize> = after.spans().enumerate().map(|(index, span)| (span.source(), index)).collect();
    let mut out = String::new();
    for lines in layout(before, style).split(|line| line.item == Item::Blank) {
        let lines: Vec<_> =
            lines.iter().map(|at| (at.depth, line(before, at.item, style), counterpart(at, after, &now_at, style))).collect();
        if lines.iter().all(|(_, old, new)| Some(old) == new.as_ref()) {
            continue;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        for (depth, old, new) in lines {
            let indent = "  ".repeat(depth);
            if Some(&old) == new.as_ref() {
                out += &format!("  {indent}{old}\n");
                continue;
            }
            out += &format!("{REMOVED}- {indent}{old}{REMOVED:#}\n");
            if let Some(new) = new {
                out += &format!("{ADDED}+ {indent}{new}{ADDED:#}\n");
            }
        }
    }
    out
}

/// What has become of a line; `None` if its span is gone.
fn counterpart(at: &Line, after: &Batch, now_at: &HashMap<usize, usize>, style: &Style) -> Option<String> {
    let item = match at.item {
        Item::Blank | Item::Trace(..) | Item::Resource(_) | Item::Scope(_) => at.item,
        Item::Span { span, below_parent } => Item::Span { span: *now_at.get(&span)?, below_parent },
        Item::Event(span, event) => Item::Event(*now_at.get(&span).filter(|span| event < after.span(**span).events().len())?, event),
        Item::Link(span, link) => Item::Link(*now_at.get(&span).filter(|span| link < after.span(**span).links().len())?, link),
    };
    Some(line(after, item, style))
}

#[cfg(test)]
mod tests {
    use super::*;
    use spansieve_runtime::text;

    fn batch(spans: &str) -> Batch {
        let mut batch = Batch::new();
        text::parse(spans, &mut batch).expect("spans");
        batch
    }

    fn plain(before: &str, after: &str) -> String {
        anstream::adapter::strip_str(&changes(&batch(before), &batch(after), &Style::TERSE)).to_string()
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
    fn nothing_changed_is_nothing() {
        assert_eq!(plain("resource a=1\nx\n", "resource a=1\nx\n"), "");
    }
}
