//! Reading the fields of a line.

use super::error::TextError;
use super::scan::{Groups, Scan, hex};
use super::{DEFAULT_START, KINDS, LINK_KEYS, REMOTE, SPAN_KEYS, STATUSES, TRACESTATE, is_bare_name, is_key_char};

/// A field as it starts: what is behind a key is not read yet.
#[derive(Clone, Copy)]
enum Start<'a> {
    /// A word that no `=` follows.
    Word(&'a str),
    /// A key with a meaning of its own; its `=` has been read.
    Key(&'a str),
}

/// The fields of a span's line.
#[derive(Default)]
pub(super) struct SpanLine {
    pub(super) name: String,
    pub(super) kind: Option<u8>,
    pub(super) nanos: i128,
    pub(super) status: u8,
    pub(super) message: String,
    pub(super) unsampled: bool,
    pub(super) remote: bool,
    pub(super) orphan: bool,
    pub(super) tracestate: String,
    pub(super) id: Option<[u8; 8]>,
    pub(super) parent: Option<[u8; 8]>,
    pub(super) start: Option<u64>,
    pub(super) flags: Option<u32>,
    pub(super) dropped: [u32; 3],
    pub(super) attributes: Groups,
}

/// The fields of an event's, a link's, a resource's or a scope's line.
#[derive(Default)]
pub(super) struct OtherLine {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) tracestate: String,
    pub(super) schema_url: String,
    pub(super) ids: Option<([u8; 16], [u8; 8])>,
    pub(super) time: Option<u64>,
    pub(super) flags: u32,
    pub(super) dropped: u32,
    pub(super) attributes: Groups,
}

impl SpanLine {
    pub(super) fn read(scan: &mut Scan<'_>) -> Result<SpanLine, TextError> {
        let mut line = SpanLine { name: name(scan)?, ..SpanLine::default() };
        line.attributes = fields(scan, &SPAN_KEYS, WORDS, |scan, field| line.field(scan, field))?;
        Ok(line)
    }

    fn field(&mut self, scan: &mut Scan<'_>, field: Start<'_>) -> Result<bool, TextError> {
        match field {
            Start::Word("unsampled") => self.unsampled = true,
            Start::Word("remote") => self.remote = true,
            Start::Word("orphan") => self.orphan = true,
            Start::Word(word) => {
                if let Some(kind) = KINDS.iter().position(|kind| *kind == word) {
                    self.kind = Some(kind as u8);
                } else if let Some(status) = STATUSES.iter().position(|status| *status == word) {
                    self.status = status as u8;
                } else if let Some(nanos) = duration(word) {
                    self.nanos = nanos;
                } else {
                    return Ok(false);
                }
            }
            Start::Key(TRACESTATE) => self.tracestate = scan.string()?,
            Start::Key("@id") => self.id = Some(id(scan)?),
            Start::Key("@parent") => self.parent = Some(id(scan)?),
            Start::Key("@start") => self.start = Some(time(scan)?),
            Start::Key("@flags") => self.flags = Some(flags(scan)?),
            Start::Key("@dropped") => self.dropped = dropped(scan)?,
            Start::Key(key) => match STATUSES.iter().position(|status| *status == key) {
                Some(status) if scan.peek() == Some('"') => (self.status, self.message) = (status as u8, scan.string()?),
                Some(_) => return scan.fail(format!("the status message as a string; an attribute of this name is written \"{key}\"=..")),
                None => return Ok(false),
            },
        }
        Ok(true)
    }

    /// Start and end in Unix nanoseconds, or `None` where they are out of range. A start that is not given makes room for the duration.
    pub(super) fn times(&self) -> Option<(u64, u64)> {
        let start = match self.start {
            Some(start) => i128::from(start),
            // There is no room at all for some durations: what is then out of range is seen below.
            None => i128::from(DEFAULT_START).min(i128::from(u64::MAX) - self.nanos.max(0)).max((-self.nanos).max(0)),
        };
        Some((u64::try_from(start).ok()?, u64::try_from(start + self.nanos).ok()?))
    }

    /// The flags that the words say, or those that are given.
    pub(super) fn all_flags(&self) -> u32 {
        self.flags.unwrap_or(u32::from(!self.unsampled) | if self.remote { REMOTE } else { 0 })
    }
}

impl OtherLine {
    pub(super) fn event(scan: &mut Scan<'_>) -> Result<OtherLine, TextError> {
        let mut line = OtherLine { name: name(scan)?, ..OtherLine::default() };
        line.attributes = fields(scan, &[], "@time=, @dropped= or key=value", |scan, field| match field {
            Start::Key("@time") => read(&mut line.time, time(scan).map(Some)),
            Start::Key("@dropped") => read(&mut line.dropped, number(scan)),
            _ => Ok(false),
        })?;
        Ok(line)
    }

    pub(super) fn link(scan: &mut Scan<'_>) -> Result<OtherLine, TextError> {
        let mut line = OtherLine::default();
        if scan.rest().starts_with(' ') && !scan.rest().starts_with("  ") {
            scan.at += 1;
            let expected = "32 hexadecimal digits, `:` and 16 more: trace id and span id";
            let at = *scan;
            let ids = scan.take(|c| c != ' ').split_once(':').map(|(trace, span)| (fixed(trace), fixed(span)));
            let Some((Some(trace), Some(span))) = ids else { return at.fail(expected) };
            line.ids = Some((trace, span));
        }
        line.attributes = fields(scan, &LINK_KEYS, "tracestate=, @flags=, @dropped= or key=value", |scan, field| match field {
            Start::Key(TRACESTATE) => read(&mut line.tracestate, scan.string()),
            Start::Key("@flags") => read(&mut line.flags, flags(scan)),
            Start::Key("@dropped") => read(&mut line.dropped, number(scan)),
            _ => Ok(false),
        })?;
        Ok(line)
    }

    pub(super) fn resource(scan: &mut Scan<'_>) -> Result<OtherLine, TextError> {
        OtherLine::default().with_schema(scan, 0)
    }

    pub(super) fn scope(scan: &mut Scan<'_>) -> Result<OtherLine, TextError> {
        let mut line = OtherLine::default();
        if scan.rest().starts_with(' ') && !scan.rest().starts_with("  ") {
            scan.at += 1;
            line.name = word(scan)?;
        }
        if scan.rest().starts_with(' ') && !scan.rest().starts_with("  ") {
            scan.at += 1;
            line.version = word(scan)?;
        }
        line.with_schema(scan, 2)
    }

    fn with_schema(mut self, scan: &mut Scan<'_>, spaces: usize) -> Result<OtherLine, TextError> {
        self.attributes = fields_behind(scan, spaces, &[], "@schema=, @dropped= or key=value", |scan, field| match field {
            Start::Key("@schema") => read(&mut self.schema_url, scan.string()),
            Start::Key("@dropped") => read(&mut self.dropped, number(scan)),
            _ => Ok(false),
        })?;
        Ok(self)
    }
}

/// What a span's line can have; for messages.
const WORDS: &str = "a kind (internal, server, client, producer, consumer, unspecified), a duration (12ms), a status (ok, error, error=\"message\"), \
                     unsampled, remote, orphan, tracestate=, @id=, @parent=, @start=, @flags=, @dropped= or an attribute key=value";

fn read<T>(into: &mut T, value: Result<T, TextError>) -> Result<bool, TextError> {
    *into = value?;
    Ok(true)
}

/// Reads fields until the end of the line and answers with the attributes. `field` is handed those that are none: words, and keys that
/// start with `@` or are `reserved`; it answers whether it knows them.
fn fields<'a>(
    scan: &mut Scan<'a>,
    reserved: &[&str],
    expected: &str,
    field: impl FnMut(&mut Scan<'a>, Start<'a>) -> Result<bool, TextError>,
) -> Result<Groups, TextError> {
    fields_behind(scan, 2, reserved, expected, field)
}

/// [`fields`], the first of which stands behind at least so many spaces.
fn fields_behind<'a>(
    scan: &mut Scan<'a>,
    mut spaces: usize,
    reserved: &[&str],
    expected: &str,
    mut field: impl FnMut(&mut Scan<'a>, Start<'a>) -> Result<bool, TextError>,
) -> Result<Groups, TextError> {
    let mut attributes = vec![Vec::new()];
    loop {
        let found = scan.spaces();
        if scan.is_at_end() {
            return Ok(attributes);
        }
        if found < std::mem::replace(&mut spaces, 2) {
            return scan.fail("two spaces before the next field");
        }
        let start = *scan;
        let key = if scan.peek() == Some('"') {
            scan.string()?
        } else {
            let word = scan.take(is_key_char);
            let is_key = scan.eat("=");
            let is_special = word.starts_with('@') || reserved.contains(&word);
            let is_known = match is_key {
                true if is_special => field(scan, Start::Key(word))?,
                true => false,
                false => field(scan, Start::Word(word))?,
            };
            match (is_known, is_key) {
                (true, _) => continue,
                (false, true) if !is_special && !word.is_empty() => {
                    let value = scan.value(&mut attributes)?;
                    attributes[0].push((Some(word.to_owned()), value));
                    continue;
                }
                _ => return start.fail(expected),
            }
        };
        if !scan.eat("=") {
            return scan.fail("`=` and a value");
        }
        let value = scan.value(&mut attributes)?;
        attributes[0].push((Some(key), value));
    }
}

/// The name of a span or event: up to two spaces or the end, or quoted.
fn name(scan: &mut Scan<'_>) -> Result<String, TextError> {
    if scan.peek() == Some('"') {
        return scan.string();
    }
    let rest = scan.rest();
    let name = &rest[..rest.find("  ").unwrap_or(rest.len())];
    if !is_bare_name(name) {
        return scan.fail("a name; quote it where it is empty or contains `=`, quotes or characters that one cannot see");
    }
    scan.at += name.len();
    Ok(name.to_owned())
}

/// The name or version of a scope.
fn word(scan: &mut Scan<'_>) -> Result<String, TextError> {
    if scan.peek() == Some('"') {
        return scan.string();
    }
    let start = *scan;
    let word = scan.take(|c| c != ' ');
    if super::is_bare_word(word) {
        Ok(word.to_owned())
    } else {
        start.fail("the scope's name and version; attributes follow behind two spaces")
    }
}

/// Nanoseconds of a duration such as `12ms` or `-1.5s`.
fn duration(word: &str) -> Option<i128> {
    let (sign, word) = word.strip_prefix('-').map_or((1, word), |word| (-1, word));
    let unit_at = word.find(|c: char| c.is_ascii_alphabetic())?;
    let digits: usize = match &word[unit_at..] {
        "ns" => 0,
        "us" => 3,
        "ms" => 6,
        "s" => 9,
        _ => return None,
    };
    let (whole, part) = word[..unit_at].split_once('.').unwrap_or((&word[..unit_at], ""));
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 20 || part.len() > digits || !all_digits(whole) || !all_digits(part) {
        return None;
    }
    let nanos: i128 = format!("{whole}{part:0<digits$}").parse().ok()?;
    Some(sign * nanos)
}

fn fixed<const N: usize>(digits: &str) -> Option<[u8; N]> {
    hex(digits)?.try_into().ok()
}

fn id(scan: &mut Scan<'_>) -> Result<[u8; 8], TextError> {
    let start = *scan;
    fixed(scan.take(is_key_char)).map_or_else(|| start.fail("16 hexadecimal digits"), Ok)
}

/// A trace id, if one stands here.
pub(super) fn trace_id(scan: &mut Scan<'_>) -> Option<[u8; 16]> {
    let mut ahead = *scan;
    let id = fixed(ahead.take(|c| c != ' '))?;
    *scan = ahead;
    Some(id)
}

fn time(scan: &mut Scan<'_>) -> Result<u64, TextError> {
    let start = *scan;
    scan.take(is_key_char).parse().map_or_else(|_| start.fail("Unix nanoseconds: an integer"), Ok)
}

fn flags(scan: &mut Scan<'_>) -> Result<u32, TextError> {
    let start = *scan;
    let flags = scan.take(is_key_char).strip_prefix("0x").and_then(|digits| u32::from_str_radix(digits, 16).ok());
    flags.map_or_else(|| start.fail("flags in hexadecimal, as 0x101"), Ok)
}

fn number(scan: &mut Scan<'_>) -> Result<u32, TextError> {
    let start = *scan;
    scan.take(|c| c.is_ascii_digit()).parse().map_or_else(|_| start.fail("a count"), Ok)
}

fn dropped(scan: &mut Scan<'_>) -> Result<[u32; 3], TextError> {
    let mut counts = [0; 3];
    for (at, count) in counts.iter_mut().enumerate() {
        if at > 0 && !scan.eat(",") {
            return scan.fail("`,`: the number of dropped attributes, events and links is given as 1,2,3");
        }
        *count = number(scan)?;
    }
    Ok(counts)
}
