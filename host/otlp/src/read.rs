//! Reading documents, in whichever form they are.

use std::collections::BTreeSet;
use std::fmt;

use prost::Message;

use crate::{Request, json};

/// What was read from one file.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// The documents, in order.
    pub requests: Vec<Request>,
    /// The form that they had.
    pub form: Form,
    /// Fields that OTLP does not know, as `span.colour`. They were not read, so they are in no output.
    pub unknown: BTreeSet<String>,
}

/// A form of OTLP documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// JSON: one document, or several with any white space between them, as one a line.
    #[default]
    Json,
    /// Protobuf: one `ExportTraceServiceRequest`, or several, each behind its length.
    Protobuf,
}

/// Why a file could not be read, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// The file, as the caller named it.
    pub origin: String,
    /// Where in it.
    pub place: Place,
    /// What is wrong and what was expected.
    pub message: String,
}

/// A place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Line and column, counted from 1.
    Line(usize, usize),
    /// Offset in bytes, counted from 0.
    Byte(usize),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Place::Line(line, column) => write!(f, "{}:{line}:{column}: {}", self.origin, self.message),
            Place::Byte(at) => write!(f, "{}: byte {at}: {}", self.origin, self.message),
        }
    }
}

impl std::error::Error for ReadError {}

/// Reads the documents of a file, guessing their form from its bytes. `origin` is its name for messages.
///
/// JSON is [OTLP's own](https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding). Protobuf with several documents is
/// what the Collector's file exporter writes (each behind its length, 4 bytes, big-endian), or has each behind a varint.
/// Compressed files are not read.
///
/// # Errors
/// When the bytes are neither, or something in them is not as OTLP has it.
pub fn read(bytes: &[u8], origin: &str) -> Result<Input, ReadError> {
    let error = |place, message: String| ReadError { origin: origin.to_owned(), place, message };
    let content = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match content.trim_ascii_start() {
        [] => Ok(Input::default()),
        [b'{', ..] => match json::read(content) {
            // A protobuf document starts with a byte that is white space to JSON, and its length may look like a brace.
            Err(wrong) => protobuf(bytes)
                .filter(|_| bytes[0] == PROTOBUF_START)
                .ok_or_else(|| error(Place::Line(wrong.line, wrong.column), wrong.message)),
            Ok(input) => Ok(input),
        },
        [0x1f, 0x8b, ..] => Err(error(Place::Byte(0), "compressed with gzip; expected it decompressed".to_owned())),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Err(error(Place::Byte(0), "compressed with zstd; expected it decompressed".to_owned())),
        _ => protobuf(bytes).ok_or_else(|| error(Place::Byte(0), not_otlp(bytes))),
    }
}

/// The first byte of a request with any resource: field 1, length-delimited.
const PROTOBUF_START: u8 = 0x0a;

fn protobuf(bytes: &[u8]) -> Option<Input> {
    let requests = match document(bytes) {
        Some(request) => vec![request],
        None => framed(bytes, big_endian_length).or_else(|| framed(bytes, varint_length))?,
    };
    Some(Input { requests, form: Form::Protobuf, unknown: BTreeSet::new() })
}

/// A request. Nearly any bytes decode as one without known fields, so it must start as one does.
fn document(bytes: &[u8]) -> Option<Request> {
    match bytes.first() {
        None => Some(Request::default()),
        Some(&PROTOBUF_START) => Request::decode(bytes).ok(),
        Some(_) => None,
    }
}

/// Documents that each stand behind their length. `length` takes it off the front.
fn framed(mut bytes: &[u8], length: fn(&mut &[u8]) -> Option<usize>) -> Option<Vec<Request>> {
    let mut requests = Vec::new();
    while !bytes.is_empty() {
        let length = length(&mut bytes)?;
        requests.push(document(bytes.get(..length)?)?);
        bytes = &bytes[length..];
    }
    Some(requests)
}

fn big_endian_length(bytes: &mut &[u8]) -> Option<usize> {
    let (length, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(u32::from_be_bytes(*length) as usize)
}

fn varint_length(bytes: &mut &[u8]) -> Option<usize> {
    prost::decode_length_delimiter(bytes).ok()
}

fn not_otlp(bytes: &[u8]) -> String {
    let wrong = match bytes.first() {
        Some(&PROTOBUF_START) => Request::decode(bytes).err().map(|error| format!("; as protobuf: {error}")),
        _ => None,
    };
    let start: String = String::from_utf8_lossy(&bytes[..bytes.len().min(16)]).escape_debug().collect();
    format!(
        "found `{start}`, expected OTLP spans as JSON, which starts with `{{`, or as protobuf (ExportTraceServiceRequest){}",
        wrong.unwrap_or_default()
    )
}
