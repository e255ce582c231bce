//! The member `ot` of a W3C tracestate: random number `rv` and threshold `th`, beside what others put there.

use crate::threshold;

/// W3C allows no more members.
const MEMBERS: usize = 32;

/// The specification allows no longer value of `ot`.
const LENGTH: usize = 256;

/// What `ot` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ot<'a> {
    /// Random number, as it was written.
    pub rv: Option<&'a str>,
    /// Rejection threshold.
    pub th: Option<u64>,
    /// The whole value.
    value: &'a str,
}

/// What is to stand in `ot` of the spans of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// What stands there.
    Leave,
    /// No threshold: how many spans each stands for is not known.
    Unknown,
    /// This threshold and, where it is given, this random number in the place of the one that stands there or that is the trace id's.
    Threshold {
        /// The threshold.
        th: u64,
        /// The random number, where one is to be written.
        rv: Option<u64>,
    },
}

impl<'a> Ot<'a> {
    /// Reads the value of `ot`. `None` where it is malformed.
    pub fn parse(value: &'a str) -> Option<Self> {
        if value.is_empty() || value.len() > LENGTH {
            return None;
        }
        let mut ot = Ot { value, ..Ot::default() };
        for field in value.split(';') {
            let (key, text) = field.split_once(':')?;
            let key_is_right =
                key.starts_with(|c: char| c.is_ascii_lowercase()) && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
            if !key_is_right || !text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)) {
                return None;
            }
            match key {
                "th" => ot.th = Some(threshold::parse(text)?),
                "rv" if text.len() == 14 && threshold::parse(text).is_some() => ot.rv = Some(text),
                "rv" => return None,
                _ => {}
            }
        }
        Some(ot)
    }

    /// Finds `ot` in a tracestate. Absent and malformed are the same: nothing is known.
    pub fn find(tracestate: &'a str) -> Self {
        members(tracestate).find_map(value_of).and_then(Ot::parse).unwrap_or_default()
    }

    /// The random number, where it is given.
    pub fn random(&self) -> Option<u64> {
        threshold::parse(self.rv?)
    }
}

/// Writes the tracestate that spans get into `out`, which is cleared: `ot` first, as W3C wants it of a member that was changed, then the members of
/// others as they stand. It may end up empty.
pub fn rewrite(tracestate: &str, weight: Weight, out: &mut String) {
    out.clear();
    let ot = Ot::find(tracestate);
    out.push_str("ot=");
    match (weight, ot.rv) {
        (Weight::Threshold { rv: Some(rv), .. }, _) => push_field("rv", out, |out| out.push_str(&format!("{rv:014x}"))),
        (_, Some(rv)) => push_field("rv", out, |out| out.push_str(rv)),
        _ => {}
    }
    if let Weight::Threshold { th, .. } = weight {
        push_field("th", out, |out| threshold::push(th, out));
    }
    for field in ot.value.split(';').filter(|field| !field.is_empty() && !field.starts_with("th:") && !field.starts_with("rv:")) {
        if out.len() + 1 + field.len() <= "ot=".len() + LENGTH {
            separate(out);
            out.push_str(field);
        }
    }
    let mut count = 1;
    if out == "ot=" {
        out.clear();
        count = 0;
    }
    for member in members(tracestate).filter(|member| value_of(member).is_none()).take(MEMBERS - count) {
        if !out.is_empty() {
            out.push(',');
        }
        out.push_str(member);
    }
}

fn members(tracestate: &str) -> impl Iterator<Item = &str> {
    tracestate.split(',').map(|member| member.trim_matches([' ', '\t'])).filter(|member| !member.is_empty())
}

/// The member's value, if it is `ot`.
fn value_of(member: &str) -> Option<&str> {
    member.strip_prefix("ot=")
}

fn push_field(key: &str, out: &mut String, value: impl FnOnce(&mut String)) {
    separate(out);
    out.push_str(key);
    out.push(':');
    value(out);
}

fn separate(out: &mut String) {
    if !out.ends_with('=') {
        out.push(';');
    }
}
