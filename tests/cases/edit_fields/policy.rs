//! Sets and clears everything of a span that is no attribute.

use spansieve_plugin::{Batch, ConfigError, Edits, Policy, Setup, SpanKind, Status};

use crate::Config;

pub struct EditFields {
    clear: bool,
}

impl Policy for EditFields {
    type Config = Config;
    const NAME: &'static str = "edit-fields";
    const ABOUT: &'static str = "Edits fields";

    fn configure(config: Config, _: &mut Setup) -> Result<Self, ConfigError> {
        Ok(EditFields { clear: config.argument == "clear" })
    }

    fn process(&mut self, batch: &Batch<'_>, edits: &mut Edits) {
        if self.clear { clear(batch, edits) } else { set(batch, edits) }
    }
}

fn set(batch: &Batch<'_>, edits: &mut Edits) {
    for span in batch.spans() {
        edits.set_name(&span, &format!("{}!", span.name()));
        edits.set_message(&span, &format!("{}!", span.message().map_or("", |message| message.as_str())));
        edits.set_tracestate(&span, "a=b");
        edits.set_status(&span, if span.status() == Status::Error { Status::Ok } else { Status::Error });
        edits.set_kind(&span, SpanKind::Client);
    }
    for event in batch.events() {
        edits.set_event_name(&event, &format!("{}!", event.name()));
    }
    for link in batch.links() {
        edits.set_link_tracestate(&link, "c=d");
    }
    for scope in batch.scopes() {
        edits.set_scope_name(&scope, &format!("{}!", scope.name()));
        edits.set_scope_version(&scope, "2");
        edits.set_scope_schema_url(&scope, "urn:scope");
    }
    for resource in batch.resources() {
        edits.set_resource_schema_url(&resource, "urn:resource");
    }
}

fn clear(batch: &Batch<'_>, edits: &mut Edits) {
    for span in batch.spans() {
        edits.clear_message(&span);
        edits.clear_tracestate(&span);
    }
    for link in batch.links() {
        edits.clear_link_tracestate(&link);
    }
    for scope in batch.scopes() {
        edits.clear_scope_version(&scope);
        edits.clear_scope_schema_url(&scope);
    }
    for resource in batch.resources() {
        edits.clear_resource_schema_url(&resource);
    }
}
