//! Writing what came out into a case, as what is expected. Everything else in the file stays as it is, comments too.

use anyhow::{Context, Result};

use super::case::{Case, Expected};

/// Writes the spans that were found, one after the other where `expect` stands. Answers whether the file changed.
pub(super) fn update(case: &Case, found: &[Option<String>]) -> Result<bool> {
    // Only batches that have to give spans have an `expect`.
    let steps = case.steps.iter().filter(|step| !matches!(step.expect, Expected::Refusal(_)));
    let spans = steps.zip(found).filter(|(step, _)| matches!(step.expect, Expected::Spans(_))).map(|(_, found)| found.as_deref());
    let before = std::fs::read_to_string(&case.path).with_context(|| format!("cannot read {}", case.path.display()))?;
    let after = rewritten(&before, spans);
    if after != before {
        std::fs::write(&case.path, after).with_context(|| format!("cannot write {}", case.path.display()))?;
        return Ok(true);
    }
    Ok(false)
}

/// Replaces the values of the entries `expect`, in order, where there is something to replace them with.
fn rewritten<'s>(text: &str, mut spans: impl Iterator<Item = Option<&'s str>>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let Some(column) = column_of_expect(line) else {
            out += line;
            continue;
        };
        let mut old = line.to_owned();
        // What is indented deeper belongs to it, and so do empty lines before that.
        while let Some(next) = lines.peek() {
            let is_blank = next.trim().is_empty();
            let indent = next.len() - next.trim_start_matches(' ').len();
            if !is_blank && indent <= column {
                break;
            }
            old += next;
            lines.next();
        }
        let end = old.trim_end().len();
        match spans.next().flatten() {
            Some(spans) => {
                out += &line[..line.find("expect:").unwrap_or_default()];
                out += &block(spans, column + 2);
                // Lines that keep it apart from what follows.
                old[end..].matches('\n').skip(1).for_each(|newline| out += newline);
            }
            None => out += &old,
        }
    }
    out
}

/// In which column `expect:` stands, if the line begins with it: as an entry, or as the first one of a list's element.
fn column_of_expect(line: &str) -> Option<usize> {
    let rest = line.trim_start_matches([' ', '-']);
    rest.starts_with("expect:").then_some(line.len() - rest.len())
}

fn block(spans: &str, indent: usize) -> String {
    if spans.trim().is_empty() {
        return "expect:\n".into();
    }
    let indent = " ".repeat(indent);
    let line = |line: &str| if line.is_empty() { "\n".to_owned() } else { format!("{indent}{line}\n") };
    format!("expect: |\n{}", spans.trim_end().lines().map(line).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_expected_is_written_anew() {
        let case = "# why\ngiven: |\n  a\nexpect: |\n  old\n\n  older\n\n# then\ncounters: {n: 1}\n";
        assert_eq!(
            rewritten(case, [Some("new  k=1\n\n  below\n")].into_iter()),
            "# why\ngiven: |\n  a\nexpect: |\n  new  k=1\n\n    below\n\n# then\ncounters: {n: 1}\n"
        );
    }

    #[test]
    fn batches_are_written_in_order_and_failures_are_left() {
        let case = "batches:\n  - given: a\n    expect:\n  - given: b\n    expect: |\n      old\n  - expect: c\n    given: c\n";
        assert_eq!(
            rewritten(case, [Some("x\n"), None, Some("")].into_iter()),
            "batches:\n  - given: a\n    expect: |\n      x\n  - given: b\n    expect: |\n      old\n  - expect:\n    given: c\n"
        );
    }
}
