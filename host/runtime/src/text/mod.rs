//! The text form of spans: what policy tests, the command line, failure messages and the documentation show.
//!
//! One span a line, children indented by two spaces below their parent, events and links marked below their span:
//!
//! ```text
//! resource service.name="shop"
//! scope tower 0.1
//! GET /login  server  12ms  error="boom"  user.email="ada@example.org"  http.response.status_code=200
//!   ! exception  exception.message="boom"
//!   SELECT users  client  3.25ms  db.query.text="select 1"  tags=["a", "b"]  nested={k="v", n=1}  raw=0x0102  nothing=null
//!     ~ 5279afd2ca50cd9835bebcf7f28eeb14:6d847d14fb028119  reason="retry"
//! ```
//!
//! [`print()`] writes it, [`parse`] reads it. Printed with [`Style::FULL`] and parsed again, spans are the same in every field;
//! [`Style::TERSE`] leaves out ids and absolute times, which parsing then makes up.
//!
//! # Grammar
//!
//! Fields of a line are separated by two spaces. Indentation is two spaces a level. A line that starts with `#` is a comment.
//! A blank line ends a trace.
//!
//! | line | |
//! |---|---|
//! | `NAME  FIELD  ...` | a span; its parent is the span above that stands one level further left |
//! | `! NAME  FIELD  ...` | an event of the span above, one level further right |
//! | `~ TRACE-ID:SPAN-ID  FIELD  ...` | a link of the span above, one level further right; the ids may be left out |
//! | `resource FIELD  ...` | the resource of the spans that follow at this level, and of what is below them |
//! | `scope NAME VERSION  FIELD  ...` | the scope of the spans that follow at this level, and of what is below them; `scope` alone is the empty one |
//! | `trace TRACE-ID  REASON` | starts a trace. Both may be left out. Reasons: `root-ended` (where none is given), `timed-out`, `limit`, `flush`, `late` |
//!
//! A **name** stands as it is, or quoted: when it is empty, contains `=`, `"`, two spaces in a row or a character that is
//! not visible, starts or ends with a space, starts with `!`, `~`, `#` or `@`, or its first word is `resource`, `scope` or `trace`.
//! The name and version of a scope are quoted when they contain any space.
//!
//! Fields of a span, in any order; what is left out has the value in brackets:
//!
//! | field | |
//! |---|---|
//! | `server` | kind: `unspecified`, `internal` (this), `server`, `client`, `producer`, `consumer` |
//! | `12ms` | duration in `ns`, `us`, `ms` or `s`, exact to the nanosecond (0) |
//! | `ok`, `error`, `error="boom"` | status with or without message; `unset="..."` is a message without status (unset) |
//! | `unsampled` | the sampled flag is not set (it is set) |
//! | `remote` | the parent is in another process |
//! | `orphan` | there is a parent, but not in this batch (no parent at the left margin) |
//! | `tracestate="..."` | (empty) |
//! | `@id=`, `@parent=` | 16 hexadecimal digits (made up; by indentation) |
//! | `@start=` | Unix nanoseconds (2026-01-01T00:00:00Z) |
//! | `@flags=0x101` | all flags, as in OTLP (as the words above say) |
//! | `@dropped=1,2,3` | attributes, events and links that the SDK dropped (none) |
//! | `key=VALUE` | an attribute |
//!
//! Events have `@time=` (the span's start), links `tracestate=` and `@flags=` (0), resources and scopes `@schema="URL"`, and all of
//! them `@dropped=1` and attributes. A **key** is quoted when it is empty, starts with `@`, has a name from the tables above that is
//! followed by `=`, or contains a space, one of `"=,{}[]` or a character that is not visible.
//!
//! A **value** is a string in JSON's notation, an integer, a double (always with `.` or `e`, or `NaN`, `inf`, `-inf`), `true`,
//! `false`, `null` (a value that is not set), bytes as `0x0102`, an array `[1, "a"]` or a map `{k="v", n=1}`, nested as deep as one likes.
//! Control characters and such as reorder or hide text are always escaped.
//!
//! # What it does not carry
//!
//! The time of the batch, the head sampler's probability, texts that no column names, the order of spans where it differs from the
//! tree's, and which of several equal resources or scopes a span refers to. A parsed batch is always grouped by trace.

mod error;
mod fields;
mod ids;
mod layout;
mod parse;
mod print;
mod scan;
#[cfg(test)]
mod tests;
mod write;

pub use error::TextError;
pub use layout::{Item, Line, layout};
pub use parse::parse;
pub use print::{line, print};

/// How much of spans is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Whether ids, absolute times and uncommon flags are printed, so that nothing is lost.
    pub full: bool,
}

impl Style {
    /// Without ids and absolute times: what people and tests want to look at.
    pub const TERSE: Style = Style { full: false };
    /// With everything.
    pub const FULL: Style = Style { full: true };
}

/// When spans start whose text does not say it: 2026-01-01T00:00:00Z in Unix nanoseconds.
pub const DEFAULT_START: u64 = 1_767_225_600_000_000_000;

/// Words of kinds, by their code in OTLP.
const KINDS: [&str; 6] = ["unspecified", "internal", "server", "client", "producer", "consumer"];

/// Words of status codes, by their code in OTLP.
const STATUSES: [&str; 3] = ["unset", "ok", "error"];

/// Words of trace reasons, by their code.
const REASONS: [&str; 5] = ["root-ended", "timed-out", "limit", "flush", "late"];

/// Keys that mean a field of a span, so that attributes of these names are quoted.
const SPAN_KEYS: [&str; 4] = ["unset", "ok", "error", TRACESTATE];

/// Keys that mean a field of a link.
const LINK_KEYS: [&str; 1] = [TRACESTATE];

const TRACESTATE: &str = "tracestate";

/// Both flags that say: the parent is known to be remote.
const REMOTE: u32 = spansieve_layout::FLAG_HAS_IS_REMOTE | spansieve_layout::FLAG_IS_REMOTE;

/// Words that start a line which is not a span.
const HEADERS: [&str; 3] = ["resource", "scope", "trace"];

/// Whether a character must be escaped because a person would not see it, or see something else: controls, and what
/// Unicode has to join, hide and reorder text.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether a name can stand without quotes at the start of a span or event.
fn is_bare_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with([' ', '!', '~', '#', '@'])
        && !name.ends_with(' ')
        && !name.contains(['=', '"'])
        && !name.contains("  ")
        && !name.contains(is_hidden)
        && !HEADERS.contains(&name.split(' ').next().unwrap_or_default())
}

/// Whether a key can stand without quotes, given which keys have a meaning of their own there.
fn is_bare_key(key: &str, reserved: &[&str]) -> bool {
    !key.is_empty() && !key.starts_with('@') && !key.contains(|c| !is_key_char(c)) && !reserved.contains(&key)
}

/// Whether a key without quotes can contain the character.
fn is_key_char(c: char) -> bool {
    !c.is_whitespace() && !matches!(c, '"' | '=' | ',' | '{' | '}' | '[' | ']') && !is_hidden(c)
}

/// Whether a scope's name or version can stand without quotes.
fn is_bare_word(word: &str) -> bool {
    !word.is_empty() && !word.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '=') || is_hidden(c))
}
