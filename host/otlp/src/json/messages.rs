//! OTLP's messages, each as a table of its fields.

use std::fmt;

use opentelemetry_proto::tonic::common::v1::{ArrayValue, EntityRef, InstrumentationScope, KeyValue, KeyValueList};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserializer, Serializer};

use super::codec::{As, Json, Reading, Seed};
use crate::Request;

macro_rules! messages {
    ($($type:ty = $name:literal { $($json:literal => $field:ident,)* })*) => {$(
        impl Json for $type {
            fn read<'de, D: Deserializer<'de>>(deserializer: D, reading: &Reading) -> Result<Self, D::Error> {
                struct Fields<'a>(&'a Reading);

                impl<'de> Visitor<'de> for Fields<'_> {
                    type Value = $type;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str(concat!("an object: ", $name))
                    }

                    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<$type, A::Error> {
                        let mut message = <$type>::default();
                        while let Some(key) = map.next_key::<std::borrow::Cow<'_, str>>()? {
                            match &*key {
                                $($json => message.$field = map.next_value_seed(Seed::new(self.0))?,)*
                                _ => {
                                    self.0.unknown($name, &key);
                                    map.next_value::<IgnoredAny>()?;
                                }
                            }
                        }
                        Ok(message)
                    }
                }
                deserializer.deserialize_map(Fields(reading))
            }

            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                $(if !self.$field.is_default() {
                    map.serialize_entry($json, &As(&self.$field))?;
                })*
                map.end()
            }

            fn is_default(&self) -> bool {
                *self == Self::default()
            }
        }
    )*};
}

messages! {
    Request = "document" {
        "resourceSpans" => resource_spans,
    }
    ResourceSpans = "resourceSpans" {
        "resource" => resource,
        "scopeSpans" => scope_spans,
        "schemaUrl" => schema_url,
    }
    Resource = "resource" {
        "attributes" => attributes,
        "droppedAttributesCount" => dropped_attributes_count,
        "entityRefs" => entity_refs,
    }
    EntityRef = "entityRef" {
        "schemaUrl" => schema_url,
        "type" => r#type,
        "idKeys" => id_keys,
        "descriptionKeys" => description_keys,
    }
    ScopeSpans = "scopeSpans" {
        "scope" => scope,
        "spans" => spans,
        "schemaUrl" => schema_url,
    }
    InstrumentationScope = "scope" {
        "name" => name,
        "version" => version,
        "attributes" => attributes,
        "droppedAttributesCount" => dropped_attributes_count,
    }
    Span = "span" {
        "traceId" => trace_id,
        "spanId" => span_id,
        "traceState" => trace_state,
        "parentSpanId" => parent_span_id,
        "flags" => flags,
        "name" => name,
        "kind" => kind,
        "startTimeUnixNano" => start_time_unix_nano,
        "endTimeUnixNano" => end_time_unix_nano,
        "attributes" => attributes,
        "droppedAttributesCount" => dropped_attributes_count,
        "events" => events,
        "droppedEventsCount" => dropped_events_count,
        "links" => links,
        "droppedLinksCount" => dropped_links_count,
        "status" => status,
    }
    Event = "event" {
        "timeUnixNano" => time_unix_nano,
        "name" => name,
        "attributes" => attributes,
        "droppedAttributesCount" => dropped_attributes_count,
    }
    Link = "link" {
        "traceId" => trace_id,
        "spanId" => span_id,
        "traceState" => trace_state,
        "attributes" => attributes,
        "droppedAttributesCount" => dropped_attributes_count,
        "flags" => flags,
    }
    Status = "status" {
        "message" => message,
        "code" => code,
    }
    KeyValue = "attribute" {
        "key" => key,
        "value" => value,
    }
    ArrayValue = "arrayValue" {
        "values" => values,
    }
    KeyValueList = "kvlistValue" {
        "values" => values,
    }
}
