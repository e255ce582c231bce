//! The text that a finding is about.

use spansieve_runtime::Batch;
use spansieve_runtime::batch::{Rows, Value};

use super::log::Finding;

/// What stands at the finding's place in a batch.
pub(super) fn text(batch: &Batch, finding: &Finding) -> Option<String> {
    let mut path = finding.path.split('.');
    let whole = match finding.span_in(batch) {
        Some(span) => of_span(batch, span, &mut path)?,
        None => of_head(batch, &mut path)?,
    };
    let part = whole.get(finding.start..finding.end.min(whole.len()))?;
    Some(String::from_utf8_lossy(part).into_owned())
}

fn of_span<'p>(batch: &Batch, span: usize, path: &mut impl Iterator<Item = &'p str>) -> Option<Vec<u8>> {
    let span = batch.span(span);
    let plain = |text: &str| Some(text.as_bytes().to_vec());
    match path.next()? {
        "name" => plain(span.name()),
        "status" => plain(span.message()),
        "tracestate" => plain(span.tracestate()),
        "attributes" => of_rows(span.attributes(), path),
        "events" => {
            let event = span.events().nth(path.next()?.parse().ok()?)?;
            if path.next()? == "name" { plain(event.name()) } else { of_rows(event.attributes(), path) }
        }
        "links" => {
            let link = span.links().nth(path.next()?.parse().ok()?)?;
            if path.next()? == "tracestate" { plain(link.tracestate()) } else { of_rows(link.attributes(), path) }
        }
        _ => None,
    }
}

fn of_head<'p>(batch: &Batch, path: &mut impl Iterator<Item = &'p str>) -> Option<Vec<u8>> {
    let list = path.next()?;
    let index = path.next()?.parse().ok()?;
    let plain = |text: &str| Some(text.as_bytes().to_vec());
    if list == "scopes" {
        let scope = batch.scopes().nth(index)?;
        return match path.next()? {
            "name" => plain(scope.name()),
            "version" => plain(scope.version()),
            "schema_url" => plain(scope.schema_url()),
            _ => of_rows(scope.attributes(), path),
        };
    }
    let resource = batch.resources().nth(index)?;
    if path.next()? == "schema_url" { plain(resource.schema_url()) } else { of_rows(resource.attributes(), path) }
}

/// The value at the way through rows and what is nested in them, or a key.
fn of_rows<'p>(rows: Rows<'_>, path: &mut impl Iterator<Item = &'p str>) -> Option<Vec<u8>> {
    let (mut key, mut value) = rows.iter().nth(path.next()?.parse().ok()?)?;
    for part in path {
        match value {
            _ if part == "key" => return Some(key.as_bytes().to_vec()),
            Value::Array(rows) | Value::Map(rows) => (key, value) = rows.iter().nth(part.parse().ok()?)?,
            _ => return None,
        }
    }
    Some(match value {
        Value::Str(text) => text.as_bytes().to_vec(),
        Value::Bytes(bytes) => bytes.to_vec(),
        Value::Bool(value) => value.to_string().into_bytes(),
        Value::Int(value) => value.to_string().into_bytes(),
        Value::Double(value) => value.to_string().into_bytes(),
        Value::Empty | Value::Array(_) | Value::Map(_) => return None,
    })
}
