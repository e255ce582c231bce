//! `AnyValue`: an object with at most one field, which says the value's type.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use opentelemetry_proto::tonic::common::v1::AnyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use serde::de::{Error, IgnoredAny, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserializer, Serializer};

use super::codec::{As, Json, Reading, Seed};

impl Json for AnyValue {
    fn read<'de, D: Deserializer<'de>>(deserializer: D, reading: &Reading) -> Result<Self, D::Error> {
        reading.value(|| deserializer.deserialize_map(Field(reading)))
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match &self.value {
            // References into a dictionary have no meaning in spans.
            None | Some(Value::StringValueStrindex(_)) => {}
            Some(Value::StringValue(value)) => map.serialize_entry("stringValue", value)?,
            Some(Value::BoolValue(value)) => map.serialize_entry("boolValue", value)?,
            Some(Value::IntValue(value)) => map.serialize_entry("intValue", &As(value))?,
            Some(Value::DoubleValue(value)) => map.serialize_entry("doubleValue", &As(value))?,
            Some(Value::ArrayValue(value)) => map.serialize_entry("arrayValue", &As(value))?,
            Some(Value::KvlistValue(value)) => map.serialize_entry("kvlistValue", &As(value))?,
            Some(Value::BytesValue(value)) => map.serialize_entry("bytesValue", &STANDARD.encode(value))?,
        }
        map.end()
    }

    fn is_default(&self) -> bool {
        self.value.is_none()
    }
}

struct Field<'a>(&'a Reading);

impl<'de> Visitor<'de> for Field<'_> {
    type Value = AnyValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object: a value such as {\"stringValue\": \"..\"}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<AnyValue, A::Error> {
        let mut value = None;
        while let Some(key) = map.next_key::<std::borrow::Cow<'_, str>>()? {
            value = Some(match &*key {
                "stringValue" => Value::StringValue(map.next_value_seed(Seed::new(self.0))?),
                "boolValue" => Value::BoolValue(map.next_value_seed(Seed::new(self.0))?),
                "intValue" => Value::IntValue(map.next_value_seed(Seed::new(self.0))?),
                "doubleValue" => Value::DoubleValue(map.next_value_seed(Seed::new(self.0))?),
                "arrayValue" => Value::ArrayValue(map.next_value_seed(Seed::new(self.0))?),
                "kvlistValue" => Value::KvlistValue(map.next_value_seed(Seed::new(self.0))?),
                "bytesValue" => Value::BytesValue(bytes(&map.next_value_seed::<Seed<'_, String>>(Seed::new(self.0))?)?),
                _ => {
                    self.0.unknown("value", &key);
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            });
        }
        Ok(AnyValue { value })
    }
}

/// Base64 of either alphabet, with or without padding.
fn bytes<E: Error>(text: &str) -> Result<Vec<u8>, E> {
    let standard: String = text
        .trim_end_matches('=')
        .chars()
        .map(|c| {
            if c == '-' {
                '+'
            } else if c == '_' {
                '/'
            } else {
                c
            }
        })
        .collect();
    let decoded = base64::engine::general_purpose::STANDARD_NO_PAD.decode(standard);
    decoded.map_err(|_| E::custom(format!("invalid value: string {text:?}, expected bytes in base64")))
}
