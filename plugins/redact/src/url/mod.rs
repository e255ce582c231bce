//! URLs: where query and path lie in them, and what of that goes.
//!
//! Without options nothing here runs: parameters that key rules name and data that detectors find go wherever they stand. With options a reader goes
//! over the texts that are URLs by their key ([`rows`]) once, from front to back, and notes values of parameters, the query, or segments of
//! the path. It never fails: what is no URL is read as a path.
//!
//! What takes a place ([`put`]) is nothing to take away for the reader, so a second run finds nothing.

mod rows;
mod segment;

pub(crate) use rows::UrlRows;

use std::ops::Range;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::action::Done;
use crate::command;
use crate::detect::Hit;

/// What rules of URLs are called in counters; the first has number [`FIRST`].
pub(crate) const NAMES: &[&str] = &["url-values", "url-drop", "url-digits", "url-ids"];

/// The rule number of the first of [`NAMES`].
pub(crate) const FIRST: usize = command::FIRST + command::NAMES.len();

/// The numbers of all of them.
pub(crate) const RULES: Range<usize> = FIRST..FIRST + NAMES.len();

const VALUES: usize = FIRST;
const DROP: usize = FIRST + 1;
const DIGITS: usize = FIRST + 2;
const IDS: usize = FIRST + 3;

/// URLs: in attributes that hold one by the semantic conventions, old and new, and in names of HTTP spans. `url.template` and `http.route` stay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Urls {
    /// What becomes of queries.
    pub(crate) query: Query,
    /// What becomes of paths.
    pub(crate) paths: Paths,
}

/// What becomes of the query of a URL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Query {
    /// Parameters that `keys` name lose their values.
    #[default]
    Listed,
    /// Every parameter loses its value; names stay.
    Values,
    /// The query goes; its `?` stays and says that there was one.
    Drop,
}

/// What becomes of the path of a URL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Paths {
    /// It stays.
    #[default]
    Keep,
    /// Segments with a digit become `?`.
    Digits,
    /// Segments that are ids, such as numbers and UUIDs, become `{id}`.
    Ids,
}

/// Which part of a URL a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    /// A URL, or a path, perhaps with a query.
    Url,
    /// A query, with its `?` or without.
    Query,
    /// A fragment without its `#`.
    Fragment,
    /// A span's name: methods, a URL or a path, and anything behind. Methods may be missing where it is that of a `call`.
    Name { call: bool },
}

/// What takes the place of what a rule of URLs has found, where that is not the replacement.
pub(crate) fn put(rule: u16) -> Option<&'static [u8]> {
    match usize::from(rule) {
        DROP => Some(b""),
        DIGITS => Some(b"?"),
        IDS => Some(b"{id}"),
        _ => None,
    }
}

impl Urls {
    /// Whether there is anything to do that key rules and detectors do not do.
    pub(crate) fn is_active(self) -> bool {
        self != Urls::default()
    }

    /// Notes what has to go of `text`, which begins at `offset` among all texts. What other rules put there, `done`, is
    /// passed over wherever it stands.
    pub(crate) fn find(self, form: Form, text: &[u8], done: &Done, offset: usize, hits: &mut Vec<Hit>) {
        Reader { urls: self, text, end: text.len(), done, offset, hits }.read(form);
    }
}

/// Reads one text.
struct Reader<'r> {
    urls: Urls,
    text: &'r [u8],
    /// Where the URL ends.
    end: usize,
    done: &'r Done,
    offset: usize,
    hits: &'r mut Vec<Hit>,
}

impl Reader<'_> {
    fn read(&mut self, form: Form) {
        match form {
            Form::Url => self.url(0),
            Form::Query => self.query(usize::from(self.text.first() == Some(&b'?'))),
            Form::Fragment => self.fragment(0),
            Form::Name { call } => {
                let Some(start) = in_name(self.text).filter(|start| call || *start > 0) else { return };
                self.end = self.next(start, |byte| byte.is_ascii_whitespace());
                self.url(start);
            }
        }
    }

    fn url(&mut self, start: usize) {
        let path = match scheme_end(&self.text[start..self.end]) {
            Some(authority) => self.next(start + authority, |byte| matches!(byte, b'/' | b'?' | b'#')),
            None => start,
        };
        let mut segment = path;
        loop {
            let end = self.next(segment, |byte| matches!(byte, b'/' | b'?' | b'#'));
            self.segment(segment, end);
            if self.byte(end) == b'/' || (end == segment && end > path && self.is_placeholder(end)) {
                segment = end + 1;
                continue;
            }
            return match self.byte(end) {
                b'?' => self.query(end + 1),
                b'#' => self.fragment(end + 1),
                _ => {}
            };
        }
    }

    /// Whether the `?` at `place`, where a segment begins, is one that took a segment's place, and begins no query. It is nothing but a segment then;
    /// what looks like parameters behind it is taken for a query all the same.
    fn is_placeholder(&self, place: usize) -> bool {
        if self.urls.paths != Paths::Digits || self.byte(place) != b'?' {
            return false;
        }
        match self.text.get(place + 1).filter(|_| place + 1 < self.end) {
            None | Some(b'?' | b'#') => true,
            Some(b'/') => {
                let sign = self.next(place + 1, |byte| matches!(byte, b'=' | b'&' | b'?' | b'#'));
                !matches!(self.byte(sign), b'=' | b'&')
            }
            Some(_) => false,
        }
    }

    fn segment(&mut self, start: usize, end: usize) {
        let text = &self.text[start..end];
        let goes = match self.urls.paths {
            Paths::Keep => None,
            Paths::Digits => segment::has_digit(text, self.done).then_some(DIGITS),
            Paths::Ids => segment::is_id(text, self.done).then_some(IDS),
        };
        if let Some(rule) = goes {
            self.found(rule, start, end);
        }
    }

    fn query(&mut self, start: usize) {
        let end = self.next(start, |byte| byte == b'#');
        match self.urls.query {
            Query::Listed => {}
            Query::Values => self.parameters(start, end),
            Query::Drop if start < end && !self.is_done(start, end) => self.found(DROP, start, end),
            Query::Drop => {}
        }
        if end < self.end {
            self.fragment(end + 1);
        }
    }

    /// What stands behind `#` may hold parameters too: tokens of OAuth, routes of applications in the browser.
    fn fragment(&mut self, start: usize) {
        if self.urls.query != Query::Listed {
            self.parameters(start, self.end);
        }
    }

    /// Notes the values of `name=value` parted by `&`. One that is empty is a value too: whether it is empty says something.
    fn parameters(&mut self, start: usize, end: usize) {
        let mut start = start;
        while start < end {
            let sign = self.next(start, |byte| matches!(byte, b'=' | b'&' | b'#'));
            let mut next = sign;
            if self.byte(sign) == b'=' {
                next = self.next(sign + 1, |byte| byte == b'&').min(end);
                if !self.is_done(sign + 1, next) {
                    self.found(VALUES, sign + 1, next);
                }
            }
            start = next + 1;
        }
    }

    /// The byte at `place`; 0 beyond the end.
    fn byte(&self, place: usize) -> u8 {
        self.text[..self.end].get(place).copied().unwrap_or(0)
    }

    /// Whether a part is what another rule put there.
    fn is_done(&self, start: usize, end: usize) -> bool {
        start < end && self.done.end_at(&self.text[..end], start) == Some(end)
    }

    /// Where the next byte of a class stands that no other rule put there, or the end.
    fn next(&self, from: usize, class: impl Fn(u8) -> bool) -> usize {
        let mut place = from;
        while place < self.end {
            #[cfg(test)]
            crate::detect::steps::count();
            if let Some(end) = self.done.end_at(&self.text[..self.end], place) {
                place = end;
            } else if class(self.text[place]) {
                return place;
            } else {
                place += 1;
            }
        }
        self.end
    }

    fn found(&mut self, rule: usize, start: usize, end: usize) {
        self.hits.push(Hit::new(self.offset + start, self.offset + end, rule as u16));
    }
}

/// Behind the `://` of a scheme, if the text begins with one.
fn scheme_end(text: &[u8]) -> Option<usize> {
    let len = text.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')).count();
    (len > 0 && text[len..].starts_with(b"://")).then_some(len + 3)
}

/// Where a URL or a path begins in a span's name, with or without methods before it: `GET /a`, `HTTP GET /a`, `/a`, `GET http://h/a`.
fn in_name(name: &[u8]) -> Option<usize> {
    let mut start = 0;
    loop {
        let rest = &name[start..];
        if rest.first() == Some(&b'/') || scheme_end(rest).is_some() {
            return Some(start);
        }
        let word = rest.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
        if word == 0 || rest.get(word) != Some(&b' ') {
            return None;
        }
        start += word + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES_AND_DIGITS: Urls = Urls { query: Query::Values, paths: Paths::Digits };

    fn found(urls: Urls, form: Form, text: &str) -> Vec<&str> {
        let mut hits = Vec::new();
        urls.find(form, text.as_bytes(), &Done::new("[REDACTED]"), 0, &mut hits);
        hits.iter().map(|hit| &text[hit.start as usize..hit.end as usize]).collect()
    }

    #[test]
    fn a_url_is_read_part_by_part() {
        let all = |text| found(VALUES_AND_DIGITS, Form::Url, text);
        assert_eq!(all("https://u1:p2@h3:80/a/4/b5?c=6&d&e=7#f8"), ["4", "b5", "6", "7"]);
        assert_eq!(all("/a/4?x=1#access_token=5&y=z"), ["4", "1", "5", "z"]);
        assert_eq!(all("http://h1?a=2"), ["2"]);
        assert_eq!(all("http://h1#a2"), [""; 0]);
        assert_eq!(all("a/1=2&3?4"), ["1=2&3"]);
        assert_eq!(all(""), [""; 0]);
        assert_eq!(all("tel:123"), ["tel:123"]);
    }

    #[test]
    fn a_query_may_come_with_its_sign() {
        for text in ["?a=1&b=&c&=2", "a=1&b=&c&=2"] {
            assert_eq!(found(VALUES_AND_DIGITS, Form::Query, text), ["1", "", "2"]);
        }
        let drop = Urls { query: Query::Drop, paths: Paths::Keep };
        assert_eq!(found(drop, Form::Query, "?a=1#b"), ["a=1"]);
        assert_eq!(found(drop, Form::Query, "?"), [""; 0]);
        assert_eq!(found(drop, Form::Fragment, "top"), [""; 0]);
    }

    #[test]
    fn what_took_a_place_is_passed_over() {
        let all = |text| found(VALUES_AND_DIGITS, Form::Url, text);
        assert_eq!(all("/a/?/b/??c=[REDACTED]&d=[REDACTED]#e"), [""; 0]);
        assert_eq!(all("/a/[REDACTED]/?"), [""; 0]);
        assert_eq!(all("/a/?/b"), [""; 0]);
        // A query that begins with a slash, and one that looks like a path.
        assert_eq!(all("/a/?/b=1"), ["1"]);
        assert_eq!(all("/a/?/b/2"), ["2"]);
        let mut hits = Vec::new();
        VALUES_AND_DIGITS.find(Form::Url, b"/a/<#1?&=>?b=<#1?&=>&c=1", &Done::new("<#1?&=>"), 0, &mut hits);
        assert_eq!(hits.iter().map(|hit| (hit.start, hit.end)).collect::<Vec<_>>(), [(23, 24)]);
    }

    #[test]
    fn names_of_spans_hold_urls_behind_their_methods() {
        let in_name = |text| found(VALUES_AND_DIGITS, Form::Name { call: true }, text);
        assert_eq!(in_name("GET /users/1?a=b 200"), ["1", "b"]);
        assert_eq!(in_name("HTTP GET https://h1/2"), ["2"]);
        assert_eq!(in_name("/users/1"), ["1"]);
        for other in ["get user 1", "GET", "Get /users/1", "users/1", "", "GET 1 /x2"] {
            assert_eq!(in_name(other), [""; 0], "{other}");
        }
        let of_no_call = |text| found(VALUES_AND_DIGITS, Form::Name { call: false }, text);
        assert_eq!(of_no_call("/users/1"), [""; 0]);
        assert_eq!(of_no_call("GET /users/1"), ["1"]);
    }

    #[test]
    fn the_work_does_not_grow_faster_than_the_text() {
        for piece in ["?", "/?", "/?/", "#", "&", "=", "a=", "/1", "[", "[REDACTED]", "%31", "/?/a?", "A ", "://"] {
            for query in [Query::Values, Query::Drop] {
                for paths in [Paths::Keep, Paths::Digits, Paths::Ids] {
                    for form in [Form::Url, Form::Query, Form::Fragment, Form::Name { call: true }] {
                        let steps = |times: usize| {
                            let text = piece.repeat(times);
                            crate::detect::steps::take();
                            Urls { query, paths }.find(form, text.as_bytes(), &Done::new("[REDACTED]"), 0, &mut Vec::new());
                            crate::detect::steps::take()
                        };
                        let (small, large) = (steps(500), steps(4_000));
                        assert!(large <= small * 9 + 1_000, "{piece:?}: {small} steps, {large} for eight times the text");
                    }
                }
            }
        }
    }
}
