//! How each type looks in JSON.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;

use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use serde::de::{DeserializeSeed, Error, SeqAccess, Visitor};
use serde::{Deserializer, Serialize, Serializer};

/// How deep values may be nested: as deep as edits may nest them, so that what is written can be read.
const MAX_NESTED: usize = spansieve_layout::MAX_DEPTH + 1;

/// What is kept track of while a document is read.
#[derive(Default)]
pub(super) struct Reading {
    unknown: RefCell<BTreeSet<String>>,
    /// Values around the one that is being read.
    nested: Cell<usize>,
}

impl Reading {
    /// Notes a field that is not known.
    pub(super) fn unknown(&self, message: &str, field: &str) {
        self.unknown.borrow_mut().insert(format!("{message}.{field}"));
    }

    /// Fields that were met and are not known, each as `message.field`.
    pub(super) fn into_unknown(self) -> BTreeSet<String> {
        self.unknown.into_inner()
    }

    /// Reads a value, which may have others in it. The limit is what keeps the stack.
    pub(super) fn value<T, E: Error>(&self, read: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        if self.nested.get() >= MAX_NESTED {
            return Err(E::custom("values are nested deeper than 64"));
        }
        self.nested.set(self.nested.get() + 1);
        let value = read();
        self.nested.set(self.nested.get() - 1);
        value
    }
}

/// A type that OTLP has in JSON.
pub(super) trait Json: Default {
    fn read<'de, D: Deserializer<'de>>(deserializer: D, reading: &Reading) -> Result<Self, D::Error>;

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;

    /// Whether it is left out where it is a field.
    fn is_default(&self) -> bool;
}

/// Serializes what is [`Json`].
pub(super) struct As<'a, T>(pub(super) &'a T);

impl<T: Json> Serialize for As<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

/// Deserializes what is [`Json`]; `null` is the default.
pub(super) struct Seed<'a, T> {
    reading: &'a Reading,
    of: PhantomData<T>,
}

impl<'a, T> Seed<'a, T> {
    pub(super) fn new(reading: &'a Reading) -> Self {
        Seed { reading, of: PhantomData }
    }
}

impl<'de, T: Json> DeserializeSeed<'de> for Seed<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, T: Json> Visitor<'de> for Seed<'_, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_none<E: Error>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::read(deserializer, self.reading)
    }
}

// === messages and lists ===

impl<T: Json> Json for Option<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D, reading: &Reading) -> Result<Self, D::Error> {
        T::read(deserializer, reading).map(Some)
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Some(value) => value.write(serializer),
            None => serializer.serialize_none(),
        }
    }

    fn is_default(&self) -> bool {
        self.is_none()
    }
}

impl<T: Json> Json for Vec<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D, reading: &Reading) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(List(Seed::new(reading)))
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(As))
    }

    fn is_default(&self) -> bool {
        self.is_empty()
    }
}

struct List<'a, T>(Seed<'a, T>);

impl<'de, T: Json> Visitor<'de> for List<'_, T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = sequence.next_element_seed(Seed::new(self.0.reading))? {
            list.push(item);
        }
        Ok(list)
    }
}

// === scalars ===

impl Json for String {
    fn read<'de, D: Deserializer<'de>>(deserializer: D, _: &Reading) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = String;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
                Ok(text.to_owned())
            }
        }
        deserializer.deserialize_str(Text)
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }

    fn is_default(&self) -> bool {
        self.is_empty()
    }
}

/// An id.
impl Json for Vec<u8> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D, reading: &Reading) -> Result<Self, D::Error> {
        let digits = String::read(deserializer, reading)?;
        hex(&digits).ok_or_else(|| Error::custom(format!("invalid value: string {digits:?}, expected an id in hexadecimal digits")))
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let digits = self.iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(|digit| char::from_digit(u32::from(digit), 16));
        serializer.serialize_str(&digits.collect::<String>())
    }

    fn is_default(&self) -> bool {
        self.is_empty()
    }
}

fn hex(digits: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let digits = digits.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    digits.chunks_exact(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

/// Reads an integer of any type, also in a string.
struct Integer<T> {
    what: &'static str,
    of: PhantomData<T>,
}

impl<T> Integer<T> {
    fn new(what: &'static str) -> Self {
        Integer { what, of: PhantomData }
    }
}

impl<'de, T: TryFrom<i128>> Visitor<'de> for Integer<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
        T::try_from(i128::from(value)).map_err(|_| E::invalid_value(serde::de::Unexpected::Unsigned(value), &self))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
        T::try_from(i128::from(value)).map_err(|_| E::invalid_value(serde::de::Unexpected::Signed(value), &self))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        let code =
            || SpanKind::from_str_name(text).map(|kind| kind as i128).or_else(|| StatusCode::from_str_name(text).map(|code| code as i128));
        let value = text.parse::<i128>().ok().or_else(code).and_then(|value| T::try_from(value).ok());
        value.ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
    }
}

macro_rules! integers {
    ($($type:ty: $what:literal, $write:ident;)*) => {$(
        impl Json for $type {
            fn read<'de, D: Deserializer<'de>>(deserializer: D, _: &Reading) -> Result<Self, D::Error> {
                deserializer.deserialize_any(Integer::new($what))
            }

            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                integers!(@$write self, serializer)
            }

            fn is_default(&self) -> bool {
                *self == 0
            }
        }
    )*};
    (@number $value:expr, $serializer:expr) => { $value.serialize($serializer) };
    (@string $value:expr, $serializer:expr) => { $serializer.collect_str($value) };
}

integers! {
    i32: "an integer, 32 bits", number;
    u32: "an integer from 0, 32 bits", number;
    i64: "an integer, 64 bits", string;
    u64: "an integer from 0, 64 bits", string;
}

impl Json for bool {
    fn read<'de, D: Deserializer<'de>>(deserializer: D, _: &Reading) -> Result<Self, D::Error> {
        serde::Deserialize::deserialize(deserializer)
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(*self)
    }

    fn is_default(&self) -> bool {
        !self
    }
}

impl Json for f64 {
    fn read<'de, D: Deserializer<'de>>(deserializer: D, _: &Reading) -> Result<Self, D::Error> {
        struct Double;

        impl Visitor<'_> for Double {
            type Value = f64;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, \"NaN\", \"Infinity\" or \"-Infinity\"")
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<f64, E> {
                Ok(value)
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<f64, E> {
                Ok(value as f64)
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<f64, E> {
                Ok(value as f64)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<f64, E> {
                text.parse().map_err(|_| E::invalid_value(serde::de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_any(Double)
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            value if value.is_nan() => serializer.serialize_str("NaN"),
            f64::INFINITY => serializer.serialize_str("Infinity"),
            f64::NEG_INFINITY => serializer.serialize_str("-Infinity"),
            value => serializer.serialize_f64(value),
        }
    }

    fn is_default(&self) -> bool {
        self.to_bits() == 0
    }
}
