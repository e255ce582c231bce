//! How actions are written: `mask`, `{partial: {last: 4}}`.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use crate::action::{Action, Keep};

const EXPECTED: &str = "one of mask, partial, hash, pseudonym, truncate, remove";

/// One word, or a map with one entry.
impl<'de> Deserialize<'de> for Action {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOf;

        impl<'de> Visitor<'de> for OneOf {
            type Value = Action;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(EXPECTED)
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Action, E> {
                Ok(match word {
                    "mask" => Action::Mask,
                    "remove" => Action::Remove,
                    "hash" => Action::Hash,
                    "pseudonym" => Action::Pseudonym,
                    "truncate" => Action::Truncate(None),
                    "partial" => return Err(E::custom("`partial` needs to know what to keep, as in `partial: {last: 4}`")),
                    _ => return Err(E::custom(format!("there is no action `{word}`, expected {EXPECTED}"))),
                })
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Action, A::Error> {
                let action = match map.next_key::<String>()?.as_deref() {
                    Some("partial") => Action::Partial(map.next_value()?),
                    Some("truncate") => Action::Truncate(Some(map.next_value::<Characters>()?.0)),
                    Some(word) => {
                        self.visit_str(word).and_then(|_| Err(A::Error::custom(format!("`{word}` takes no value, expected it alone"))))?
                    }
                    None => return Err(A::Error::custom(format!("an empty map, expected {EXPECTED}"))),
                };
                match map.next_key::<String>()? {
                    None => Ok(action),
                    Some(_) => Err(A::Error::custom("more than one action, expected one")),
                }
            }
        }

        deserializer.deserialize_any(OneOf)
    }
}

/// `domain`, or a map with one entry.
impl<'de> Deserialize<'de> for Keep {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOf;

        const EXPECTED: &str = "what to keep: `first: n`, `last: n` or `domain`";

        impl<'de> Visitor<'de> for OneOf {
            type Value = Keep;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(EXPECTED)
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Keep, E> {
                match word {
                    "domain" => Ok(Keep::Domain),
                    _ => Err(E::custom(format!("found `{word}`, expected {EXPECTED}"))),
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keep, A::Error> {
                let keep = match map.next_key::<String>()?.as_deref() {
                    Some("first") => Keep::First(map.next_value::<Characters>()?.0),
                    Some("last") => Keep::Last(map.next_value::<Characters>()?.0),
                    _ => return Err(A::Error::custom(format!("expected {EXPECTED}"))),
                };
                match map.next_key::<String>()? {
                    None => Ok(keep),
                    Some(_) => Err(A::Error::custom("more than one part to keep, expected one")),
                }
            }
        }

        deserializer.deserialize_any(OneOf)
    }
}

/// A number of characters from 1 on.
struct Characters(u16);

impl<'de> Deserialize<'de> for Characters {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u64::deserialize(deserializer)? {
            number @ 1..=1000 => Ok(Characters(number as u16)),
            number => Err(D::Error::custom(format!("found {number}, expected a number of characters from 1 to 1000"))),
        }
    }
}

impl JsonSchema for Action {
    fn schema_name() -> Cow<'static, str> {
        "Action".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let word = |word: &str, description: &str| json_schema!({ "const": word, "description": description });
        let characters = json_schema!({ "type": "integer", "minimum": 1, "maximum": 1000 });
        let entry = |name: &str, schema: Schema, description: &str| {
            json_schema!({
                "type": "object", "properties": { name: schema }, "required": [name], "additionalProperties": false, "description": description
            })
        };
        let keep = json_schema!({ "oneOf": [
            entry("first", characters.clone(), "So many characters at the start stay."),
            entry("last", characters.clone(), "So many characters at the end stay."),
            word("domain", "Of an e-mail address `@` and the domain stay."),
        ] });
        json_schema!({
            "description": "What becomes of what is found.",
            "oneOf": [
                word("mask", "The replacement takes its place."),
                word("remove", "It goes; found by the key of an attribute, the attribute goes."),
                word("hash", "`[hmac:ID:HEX]` takes its place: the first 32 hexadecimal digits of its HMAC-SHA-256. Needs `hash`."),
                word("pseudonym", "A made-up value of the same kind takes its place, the same for the same data and key. Needs `hash`."),
                word("truncate", "An IP address loses its host part: IPv4 all but 24 bits, IPv6 all but 48. Anything else is masked."),
                entry("truncate", characters, "So many characters at the start stay, of an IP address the network. Not for detectors of credentials."),
                entry(
                    "partial",
                    keep,
                    "The replacement takes the place of all but a part. Nothing stays where `first` or `last` would be more than half."
                ),
            ]
        })
    }
}
