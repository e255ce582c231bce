//! As much of protobuf as the workload has: trace.proto and common.proto of OTLP 1, whose field numbers these are.

use spansieve_plugin::test::{self, Batch, Value, event, resource, scope, span};

/// A field of a message: its number, and its value as bytes or as a number.
enum Field<'b> {
    Bytes(u64, &'b [u8]),
    Number(u64, u64),
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut number = 0;
    for shift in (0..).step_by(7) {
        let (byte, rest) = bytes.split_first().expect("a byte");
        *bytes = rest;
        number |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            break;
        }
    }
    number
}

fn fields(mut bytes: &[u8]) -> Vec<Field<'_>> {
    let mut all = Vec::new();
    while !bytes.is_empty() {
        let tag = varint(&mut bytes);
        all.push(match tag & 7 {
            0 => Field::Number(tag >> 3, varint(&mut bytes)),
            2 => {
                let len = varint(&mut bytes) as usize;
                let (value, rest) = bytes.split_at(len);
                bytes = rest;
                Field::Bytes(tag >> 3, value)
            }
            kind => {
                let (value, rest) = bytes.split_at(if kind == 1 { 8 } else { 4 });
                bytes = rest;
                let mut number = [0; 8];
                number[..value.len()].copy_from_slice(value);
                Field::Number(tag >> 3, u64::from_le_bytes(number))
            }
        });
    }
    all
}

/// The messages or texts of field `number`.
fn of(bytes: &[u8], number: u64) -> impl Iterator<Item = &[u8]> {
    fields(bytes).into_iter().filter_map(move |field| match field {
        Field::Bytes(found, value) if found == number => Some(value),
        _ => None,
    })
}

fn text(bytes: &[u8], number: u64) -> &str {
    str::from_utf8(of(bytes, number).next().unwrap_or_default()).expect("a text")
}

fn attributes(bytes: &[u8], number: u64) -> impl Iterator<Item = (String, Value)> {
    of(bytes, number).map(|attribute| (text(attribute, 1).to_owned(), value(of(attribute, 2).next().unwrap_or_default())))
}

fn value(bytes: &[u8]) -> Value {
    match fields(bytes).pop() {
        Some(Field::Bytes(1, text)) => str::from_utf8(text).expect("a text").into(),
        Some(Field::Number(2, truth)) => (truth == 1).into(),
        Some(Field::Number(3, int)) => (int as i64).into(),
        Some(Field::Number(4, bits)) => f64::from_bits(bits).into(),
        _ => panic!("the workload has no other values"),
    }
}

/// The spans of an `ExportTraceServiceRequest`.
pub(super) fn batch(request: &[u8]) -> Batch {
    let mut all = test::batch();
    for of_resource in of(request, 1) {
        let described = of(of_resource, 1).next().unwrap_or_default();
        all = all.resource(attributes(described, 1).fold(resource(), |r, (key, value)| r.attr(&key, value)));
        for of_scope in of(of_resource, 2) {
            let described = of(of_scope, 1).next().unwrap_or_default();
            all = all.scope(scope(text(described, 1)).version(text(described, 2)));
            for bytes in of(of_scope, 2) {
                let status = of(bytes, 15).next().unwrap_or_default();
                let mut one = span(text(bytes, 5)).message(text(status, 2)).tracestate(text(bytes, 3));
                one.attributes = attributes(bytes, 9).collect();
                for of_event in of(bytes, 11) {
                    one = one.event(attributes(of_event, 3).fold(event(text(of_event, 2)), |e, (key, value)| e.attr(&key, value)));
                }
                all = all.span(one);
            }
        }
    }
    all
}
