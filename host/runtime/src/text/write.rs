//! Writing names, keys, values and durations.

use std::fmt::Write;

use super::{is_bare_key, is_bare_name, is_bare_word, is_hidden};
use crate::batch::{Rows, RowsIter, Value};

/// Writes the name of a span or event.
pub(super) fn name(out: &mut String, name: &str) {
    if is_bare_name(name) { out.push_str(name) } else { string(out, name) }
}

/// Writes the name or version of a scope.
pub(super) fn word(out: &mut String, word: &str) {
    if is_bare_word(word) { out.push_str(word) } else { string(out, word) }
}

/// Writes a string in JSON's notation.
pub(super) fn string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_hidden(c) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    put(out, format_args!("\\u{unit:04x}"));
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Writes bytes as hexadecimal digits.
pub(super) fn hex(out: &mut String, bytes: &[u8]) {
    for byte in bytes {
        put(out, format_args!("{byte:02x}"));
    }
}

/// Writes a duration in the largest unit that keeps it above 1, with as many decimals as it needs.
pub(super) fn duration(out: &mut String, nanos: i128) {
    let (unit, digits) = match nanos.unsigned_abs() {
        0..1_000 => ("ns", 0),
        1_000..1_000_000 => ("us", 3),
        1_000_000..1_000_000_000 => ("ms", 6),
        _ => ("s", 9),
    };
    let scale = 10u128.pow(digits);
    let (whole, part) = (nanos.unsigned_abs() / scale, nanos.unsigned_abs() % scale);
    if nanos < 0 {
        out.push('-');
    }
    put(out, format_args!("{whole}"));
    if part > 0 {
        let part = format!("{part:0width$}", width = digits as usize);
        put(out, format_args!(".{}", part.trim_end_matches('0')));
    }
    out.push_str(unit);
}

/// Writes attributes as fields, each behind two spaces. `reserved` are keys that mean something else on this line.
pub(super) fn attributes(out: &mut String, rows: Rows<'_>, reserved: &[&str]) {
    for (name, content) in rows {
        out.push_str("  ");
        key(out, name, reserved);
        out.push('=');
        value(out, content);
    }
}

fn key(out: &mut String, key: &str, reserved: &[&str]) {
    if is_bare_key(key, reserved) { out.push_str(key) } else { string(out, key) }
}

/// Writes a value. Nested values wait in `open`, so depth costs no stack.
fn value(out: &mut String, value: Value<'_>) {
    let mut open: Vec<(RowsIter<'_>, bool, bool)> = Vec::new();
    let mut next = Some(value);
    while let Some(value) = next.take() {
        match value {
            Value::Empty => out.push_str("null"),
            Value::Str(value) => string(out, value),
            Value::Bool(value) => put(out, format_args!("{value}")),
            Value::Int(value) => put(out, format_args!("{value}")),
            Value::Double(value) => put(out, format_args!("{value:?}")),
            Value::Bytes(value) => {
                out.push_str("0x");
                hex(out, value);
            }
            Value::Array(rows) => {
                out.push('[');
                open.push((rows.iter(), true, true));
            }
            Value::Map(rows) => {
                out.push('{');
                open.push((rows.iter(), false, true));
            }
        }
        while let Some((rows, is_array, first)) = open.last_mut() {
            let Some((name, value)) = rows.next() else {
                out.push(if *is_array { ']' } else { '}' });
                open.pop();
                continue;
            };
            if !std::mem::take(first) {
                out.push_str(", ");
            }
            if !*is_array {
                key(out, name, &[]);
                out.push('=');
            }
            next = Some(value);
            break;
        }
    }
}

/// Appends what is formatted. Writing to a `String` cannot fail.
pub(super) fn put(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(arguments);
}
