//! Everything that can be done to attributes, on everything that has some.

use spansieve_plugin::{Batch, Carrier, ConfigError, Edits, Policy, Setup};

use crate::Config;

pub struct EditAttributes;

impl Policy for EditAttributes {
    type Config = Config;
    const NAME: &'static str = "edit-attributes";
    const ABOUT: &'static str = "Edits attributes in all ways";

    fn configure(_: Config, _: &mut Setup) -> Result<Self, ConfigError> {
        Ok(EditAttributes)
    }

    fn process(&mut self, batch: &Batch<'_>, edits: &mut Edits) {
        batch.spans().for_each(|span| edit(&span, edits));
        batch.events().for_each(|event| edit(&event, edits));
        batch.links().for_each(|link| edit(&link, edits));
        batch.scopes().for_each(|scope| edit(&scope, edits));
        batch.resources().for_each(|resource| edit(&resource, edits));
        for text in batch.all_texts() {
            if text == "secret" {
                edits.replace_text(text, "[gone]");
            }
        }
    }
}

fn edit<'a>(on: &impl Carrier<'a>, edits: &mut Edits) {
    edits.insert(on, "inserted", "new");
    edits.upsert(on, "upserted", 1);
    edits.update(on, "updated", true);
    if let Some(old) = on.attributes().find("old") {
        edits.rename(old, "renamed");
    }
    edits.remove_key(on, "removed");
    if let Some(set) = on.attributes().find("set") {
        edits.set(set, 2.5);
    }
}
