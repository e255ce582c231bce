//! Attributes and their values, to the batch and back. Nested values wait in a list, so depth costs no stack.

use opentelemetry_proto::tonic::common::v1::any_value::Value as Source;
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, KeyValue, KeyValueList};
use spansieve_runtime::Batch;
use spansieve_runtime::batch::{Rows, Value};

/// Pushes attributes and ends their group.
pub(crate) fn push_attributes(batch: &mut Batch, attributes: &[KeyValue]) {
    let mut nested = Vec::new();
    for attribute in attributes {
        push(batch, Some(&attribute.key), source_of(&attribute.value), &mut nested);
    }
    batch.end_group();
    while let Some((row, value)) = nested.pop() {
        batch.begin_value(row);
        match value {
            Source::ArrayValue(array) => array.values.iter().for_each(|value| push(batch, None, value.value.as_ref(), &mut nested)),
            Source::KvlistValue(list) => {
                list.values.iter().for_each(|pair| push(batch, Some(&pair.key), source_of(&pair.value), &mut nested))
            }
            _ => {}
        }
        batch.end_group();
    }
}

fn push<'a>(batch: &mut Batch, key: Option<&str>, value: Option<&'a Source>, nested: &mut Vec<(usize, &'a Source)>) {
    match value {
        // References into a dictionary have no meaning in spans.
        None | Some(Source::StringValueStrindex(_)) => batch.push_empty(key),
        Some(Source::StringValue(value)) => batch.push_str(key, value),
        Some(Source::BoolValue(value)) => batch.push_bool(key, *value),
        Some(Source::IntValue(value)) => batch.push_int(key, *value),
        Some(Source::DoubleValue(value)) => batch.push_double(key, *value),
        Some(Source::BytesValue(value)) => batch.push_bytes(key, value),
        Some(value @ Source::ArrayValue(_)) => nested.push((batch.push_array(key), value)),
        Some(value @ Source::KvlistValue(_)) => nested.push((batch.push_map(key), value)),
    }
}

fn source_of(value: &Option<AnyValue>) -> Option<&Source> {
    value.as_ref()?.value.as_ref()
}

enum Target<'a> {
    Pairs(&'a mut Vec<KeyValue>),
    Items(&'a mut Vec<AnyValue>),
}

/// Makes attributes equal to rows, touching only what differs.
pub(crate) fn set_attributes(target: &mut Vec<KeyValue>, rows: Rows<'_>) {
    let mut todo = vec![(Target::Pairs(target), rows)];
    while let Some((target, rows)) = todo.pop() {
        match target {
            Target::Pairs(pairs) => {
                pairs.resize_with(rows.len(), KeyValue::default);
                for (pair, (key, value)) in pairs.iter_mut().zip(rows) {
                    if pair.key != key {
                        *pair = KeyValue { key: key.to_owned(), value: pair.value.take(), key_strindex: 0 };
                    }
                    if pair.value.is_some() || !matches!(value, Value::Empty) {
                        set(pair.value.get_or_insert_default(), value, &mut todo);
                    }
                }
            }
            Target::Items(items) => {
                items.resize_with(rows.len(), AnyValue::default);
                for (item, (_, value)) in items.iter_mut().zip(rows) {
                    set(item, value, &mut todo);
                }
            }
        }
    }
}

fn set<'a, 'b>(target: &'a mut AnyValue, value: Value<'b>, todo: &mut Vec<(Target<'a>, Rows<'b>)>) {
    let target = &mut target.value;
    match (value, target.as_ref()) {
        (Value::Empty, None | Some(Source::StringValueStrindex(_))) => {}
        (Value::Empty, _) => *target = None,
        (Value::Str(new), Some(Source::StringValue(old))) if old == new => {}
        (Value::Str(new), _) => *target = Some(Source::StringValue(new.to_owned())),
        (Value::Bool(new), _) => *target = Some(Source::BoolValue(new)),
        (Value::Int(new), _) => *target = Some(Source::IntValue(new)),
        (Value::Double(new), _) => *target = Some(Source::DoubleValue(new)),
        (Value::Bytes(new), Some(Source::BytesValue(old))) if old == new => {}
        (Value::Bytes(new), _) => *target = Some(Source::BytesValue(new.to_owned())),
        (Value::Array(rows), _) => {
            if !matches!(target, Some(Source::ArrayValue(_))) {
                *target = Some(Source::ArrayValue(ArrayValue::default()));
            }
            if let Some(Source::ArrayValue(array)) = target {
                todo.push((Target::Items(&mut array.values), rows));
            }
        }
        (Value::Map(rows), _) => {
            if !matches!(target, Some(Source::KvlistValue(_))) {
                *target = Some(Source::KvlistValue(KeyValueList::default()));
            }
            if let Some(Source::KvlistValue(list)) = target {
                todo.push((Target::Pairs(&mut list.values), rows));
            }
        }
    }
}
