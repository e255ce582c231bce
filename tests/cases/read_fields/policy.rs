//! Reads everything that there is of a span, and writes it into one attribute.

use spansieve_plugin::{Batch, ConfigError, Edits, NewValue, Policy, Setup, Span, Text};

use crate::Config;

pub struct ReadFields;

impl Policy for ReadFields {
    type Config = Config;
    const NAME: &'static str = "read-fields";
    const ABOUT: &'static str = "Writes down what it reads";

    fn configure(_: Config, _: &mut Setup) -> Result<Self, ConfigError> {
        Ok(ReadFields)
    }

    fn process(&mut self, batch: &Batch<'_>, edits: &mut Edits) {
        for span in batch.spans() {
            read(batch, &span, edits);
        }
    }
}

fn read(batch: &Batch<'_>, span: &Span<'_>, edits: &mut Edits) {
    use NewValue::{Array, Bool, Double, Empty, Int, Map, Str};
    let text = |text: Option<Text<'_>>| text.map_or(Empty, NewValue::from);
    let (attributes, events, links) = span.dropped();
    let (trace_id, id, parent_id) = (hex(span.trace_id()), hex(span.id()), span.parent_id().map(|id| hex(id)));

    let event_fields: Vec<_> = span
        .events()
        .map(|event| {
            [
                ("name", event.name().into()),
                ("time", Int(event.time() as i64)),
                ("dropped", event.dropped_attributes().into()),
                ("attributes", Int(event.attributes().len() as i64)),
            ]
        })
        .collect();
    let link_ids: Vec<_> = span.links().map(|link| (hex(link.trace_id()), hex(link.span_id()))).collect();
    let link_fields: Vec<_> = span
        .links()
        .zip(&link_ids)
        .map(|(link, (trace_id, span_id))| {
            [
                ("trace_id", Str(trace_id)),
                ("span_id", Str(span_id)),
                ("tracestate", text(link.tracestate())),
                ("flags", link.flags().into()),
                ("dropped", link.dropped_attributes().into()),
                ("attributes", Int(link.attributes().len() as i64)),
            ]
        })
        .collect();
    let (scope, resource) = (span.scope(), span.resource());
    let scope_fields = [
        ("name", scope.name().into()),
        ("version", text(scope.version())),
        ("schema_url", text(scope.schema_url())),
        ("dropped", scope.dropped_attributes().into()),
        ("attributes", Int(scope.attributes().len() as i64)),
    ];
    let resource_fields = [
        ("schema_url", text(resource.schema_url())),
        ("dropped", resource.dropped_attributes().into()),
        ("attributes", Int(resource.attributes().len() as i64)),
    ];

    let seen = [
        ("index", span.index().into()),
        ("trace_id", Str(&trace_id)),
        ("id", Str(&id)),
        ("parent_id", parent_id.as_deref().map_or(Empty, Str)),
        ("local_root", Bool(span.is_local_root())),
        ("start", Int(span.start() as i64)),
        ("end", Int(span.end() as i64)),
        ("duration", Int(span.duration().as_nanos() as i64)),
        ("name", span.name().into()),
        ("kind", Str(span.kind().name())),
        ("status", Str(span.status().name())),
        ("message", text(span.message())),
        ("tracestate", text(span.tracestate())),
        ("flags", span.flags().into()),
        ("sampled", Bool(span.is_sampled())),
        ("dropped", Array(&[attributes.into(), events.into(), links.into()])),
        ("events", Array(&event_fields.iter().map(|event| Map(event)).collect::<Vec<_>>())),
        ("links", Array(&link_fields.iter().map(|link| Map(link)).collect::<Vec<_>>())),
        ("scope", Map(&scope_fields)),
        ("resource", Map(&resource_fields)),
        ("now", Int(batch.now() as i64)),
        ("head_probability", batch.head_probability().map_or(Empty, Double)),
    ];
    edits.upsert(span, "seen", Map(&seen));
}

fn hex(id: &[u8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}
