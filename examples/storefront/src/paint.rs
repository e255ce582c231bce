//! How the storefront prints: lines that are not too wide, and colours for what is personal and for what took its place.

use std::io::{IsTerminal, stdout};

use opentelemetry_sdk::trace::SpanData;

use crate::personal::Secret;

/// No line is wider.
const WIDTH: usize = 110;
/// Codes of a terminal's attributes.
const BOLD: &str = "1";
const RED: &str = "31";
const GREEN: &str = "32";

/// Prints in colours, where there is a terminal that shows them.
#[derive(Debug)]
pub(crate) struct Paint {
    /// What is personal.
    pub(crate) secrets: Vec<Secret>,
    is_on: bool,
}

impl Paint {
    /// Colours on a terminal, unless `NO_COLOR` is set.
    pub(crate) fn new(secrets: Vec<Secret>) -> Self {
        Self { secrets, is_on: stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() }
    }

    /// Prints a title, after a blank line.
    pub(crate) fn heading(&self, title: &str) {
        println!("\n{}", self.bold(&format!("== {title}")));
    }

    /// Prints spans as text, broken to lines.
    pub(crate) fn print_spans(&self, spans: &[SpanData]) {
        if spans.is_empty() {
            println!("  It did not.");
        }
        for line in spansieve::text(spans).lines() {
            wrap(&format!("  {line}"), "  ", 6).iter().for_each(|line| println!("{}", self.marked(line)));
        }
    }

    /// `line` with what is personal in it, and what took its place, coloured.
    pub(crate) fn marked(&self, line: &str) -> String {
        if !self.is_on {
            return line.to_owned();
        }
        let mut marks: Vec<_> = line.match_indices("[REDACTED]").map(|(at, text)| (at, text, GREEN)).collect();
        for form in self.secrets.iter().flat_map(Secret::forms) {
            marks.extend(line.match_indices(form).map(|(at, text)| (at, text, RED)));
        }
        marks.sort_by_key(|(at, text, _)| (*at, std::cmp::Reverse(text.len())));
        let (mut painted, mut done) = (String::new(), 0);
        for (at, text, code) in marks {
            if at >= done {
                painted.push_str(&line[done..at]);
                painted.push_str(&self.painted(code, text));
                done = at + text.len();
            }
        }
        painted + &line[done..]
    }

    pub(crate) fn bold(&self, text: &str) -> String {
        self.painted(BOLD, text)
    }

    pub(crate) fn red(&self, text: &str) -> String {
        self.painted(RED, text)
    }

    pub(crate) fn green(&self, text: &str) -> String {
        self.painted(GREEN, text)
    }

    fn painted(&self, code: &str, text: &str) -> String {
        if self.is_on { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// Breaks a line to [`WIDTH`]: at `separator` outside of quotes where it can, else inside of a part where something ends.
/// Further lines are indented by `indent` more than the first.
pub(crate) fn wrap(line: &str, separator: &str, indent: usize) -> Vec<String> {
    let margin = line.len() - line.trim_start().len();
    let fresh = " ".repeat((margin + indent).min(WIDTH / 2));
    let (mut lines, mut current) = (Vec::new(), " ".repeat(margin));
    for (index, part) in parts(line.trim(), separator).into_iter().enumerate() {
        if index > 0 && current.chars().count() + separator.len() + part.chars().count() > WIDTH {
            lines.push(std::mem::replace(&mut current, fresh.clone()));
        } else if index > 0 {
            current.push_str(separator);
        }
        current.push_str(part);
        while let Some((end, _)) = current.char_indices().nth(WIDTH) {
            let least = fresh.len() + (end - fresh.len()) / 2;
            let at = current[..end].rfind([' ', '&', ',', ';', '?', '/']).map_or(end, |at| at + 1);
            let rest = current.split_off(if at > least { at } else { end });
            lines.push(std::mem::replace(&mut current, format!("{fresh}{}", rest.trim_start())));
        }
    }
    lines.push(current);
    lines.iter_mut().for_each(|line| line.truncate(line.trim_end().len()));
    lines
}

/// The parts of a line between separators that are not inside double quotes.
fn parts<'a>(line: &'a str, separator: &str) -> Vec<&'a str> {
    let (mut parts, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, character) in line.char_indices() {
        if character == '"' && !escaped {
            quoted = !quoted;
        } else if !quoted && at >= start && line[at..].starts_with(separator) {
            parts.push(&line[start..at]);
            start = at + separator.len();
        }
        escaped = character == '\\' && !escaped;
    }
    parts.push(&line[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_broken_between_words_and_long_words_anywhere() {
        let line = format!("  GET /a b=\"{}\" c=\"{}\"", "x y ".repeat(20), "z".repeat(150));
        let lines = wrap(&line, "  ", 4);
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH), "{lines:#?}");
        assert!(lines[1].starts_with("      c=\"zzz"), "{lines:#?}");
        assert_eq!(lines.concat().replace(' ', ""), line.replace(' ', ""));
        assert_eq!(wrap("  short", "  ", 4), ["  short"]);
    }
}
