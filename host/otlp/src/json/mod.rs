//! OTLP in JSON, read and written as [its specification](https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding)
//! has it: names in lowerCamelCase, ids in hexadecimal, 64-bit integers as strings, what has its default left out.
//!
//! Reading takes what others write besides: numbers as strings and strings as numbers, names of kinds and status codes, `null`,
//! and fields that are not known, which are not carried on.

mod codec;
mod messages;
mod value;

use codec::{As, Reading, Seed};
use serde::de::DeserializeSeed;
use serde::{Deserialize, Deserializer};

use crate::{Form, Input, Request};

/// A document as JSON in one line, without a newline.
pub fn write(request: &Request) -> String {
    // Neither a map with keys that are not strings nor a failing writer is involved, so this cannot fail.
    serde_json::to_string(&As(request)).unwrap_or_default()
}

/// A document as JSON that people can read.
pub fn write_pretty(request: &Request) -> String {
    serde_json::to_string_pretty(&As(request)).unwrap_or_default()
}

/// What is wrong with a JSON text, and where.
#[derive(Debug)]
pub(crate) struct Wrong {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) message: String,
}

/// Reads all documents of a text.
pub(crate) fn read(bytes: &[u8]) -> Result<Input, Wrong> {
    let mut input = Input { form: Form::Json, ..Input::default() };
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    // Its limit of 128 brackets is less than 64 values in each other; `Reading` counts these. Unknown fields are skipped without recursion.
    deserializer.disable_recursion_limit();
    let mut documents = deserializer.into_iter::<Document>();
    loop {
        let start = documents.byte_offset();
        let Some(document) = documents.next() else { return Ok(input) };
        let Document { request, mut unknown } = document.map_err(wrong)?;
        let other =
            ["resourceLogs", "resourceMetrics", "resourceProfiles"].into_iter().find(|name| unknown.contains(&format!("document.{name}")));
        if let (Some(other), true) = (other, request.resource_spans.is_empty()) {
            let (line, column) = place(bytes, start);
            return Err(Wrong { line, column, message: format!("found {other}, expected a document of spans: resourceSpans") });
        }
        input.requests.push(request);
        input.unknown.append(&mut unknown);
    }
}

/// Line and column of the first byte from `start` on that is not white space.
fn place(bytes: &[u8], start: usize) -> (usize, usize) {
    let start = start + bytes[start..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let line_start = bytes[..start].iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    let lines = bytes[..start].iter().filter(|byte| **byte == b'\n').count();
    (lines + 1, start - line_start + 1)
}

fn wrong(error: serde_json::Error) -> Wrong {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    Wrong { line: error.line(), column: error.column(), message: text.strip_suffix(&place).unwrap_or(&text).to_owned() }
}

struct Document {
    request: Request,
    unknown: std::collections::BTreeSet<String>,
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let reading = Reading::default();
        let request: Request = Seed::new(&reading).deserialize(deserializer)?;
        Ok(Document { request, unknown: reading.into_unknown() })
    }
}
