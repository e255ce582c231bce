//! Lets those attributes leave that a schema lists, with values as it says, and nothing else.

mod config;
mod schema;

use std::collections::HashSet;

use config::{Action, Config, Messages, Mode};
use schema::{Fit, Rule, Schema};
use spansieve_plugin::{Attribute, Attributes, Batch, ConfigError, Edits, Field, Part, Policy, Setup, count, log, parse_config, table};

/// The policy.
pub struct PiiAllowList {
    config: Config,
    schema: Schema,
    /// Keys that are counted by name.
    named: HashSet<String>,
}

/// A batch on its way through.
struct Pass<'s, 'e> {
    config: &'s Config,
    /// The rule of each key of the batch, by the key's index.
    rules: Vec<Option<&'s Rule>>,
    /// None where nothing is to change.
    edits: Option<&'e mut Edits>,
    /// How many there were of each key.
    unlisted: Vec<u64>,
    invalid: Vec<u64>,
    messages: u64,
}

impl Policy for PiiAllowList {
    type Config = Config;
    const NAME: &'static str = "pii-allow-list";
    const ABOUT: &'static str = "Lets those attributes leave that a schema lists, and nothing else";

    fn configure(config: Config, setup: &mut Setup) -> Result<Self, ConfigError> {
        setup.read(&[Part::Attributes, Part::Events, Part::Links, Part::Scope, Part::Resource]);
        if config.status_messages == Messages::Remove {
            setup.read(&[Part::Status]);
        }
        let Some(json) = table("schema") else {
            return Err("the table schema is missing: expected `tables: {schema: file:schema.json}` beside the plugin's config".into());
        };
        let json = String::from_utf8(json).map_err(|_| "table schema: expected UTF-8")?;
        let schema: Schema = parse_config(&json).map_err(|error| error.within("table schema"))?;
        if schema.rule("service.name").is_none() {
            log::warn("the schema does not list service.name: without it nobody knows what spans come from");
        }
        Ok(PiiAllowList { config, schema, named: HashSet::new() })
    }

    fn process(&mut self, batch: &Batch<'_>, edits: &mut Edits) {
        // Rules are looked up once a batch for each key, not for each attribute.
        let rules: Vec<_> = batch.keys().map(|key| self.schema.rule(&key.text())).collect();
        let counts = vec![0; rules.len()];
        let mut pass = Pass {
            config: &self.config,
            rules,
            edits: (self.config.mode == Mode::Enforce).then_some(edits),
            unlisted: counts.clone(),
            invalid: counts,
            messages: 0,
        };
        batch.spans().for_each(|span| pass.attributes(span.attributes()));
        batch.events().for_each(|event| pass.attributes(event.attributes()));
        batch.links().for_each(|link| pass.attributes(link.attributes()));
        batch.scopes().for_each(|scope| pass.attributes(scope.attributes()));
        batch.resources().for_each(|resource| pass.attributes(resource.attributes()));
        if self.config.status_messages == Messages::Remove {
            pass.messages(batch);
        }
        let Pass { unlisted, invalid, messages, .. } = pass;
        count("status_messages", messages);
        self.count("invalid", batch, &invalid);
        self.count("unlisted", batch, &unlisted);
    }
}

impl Pass<'_, '_> {
    fn attributes(&mut self, attributes: Attributes<'_>) {
        for row in attributes {
            let key = row.key_index().expect("attributes have keys");
            self.row(row, key, self.rules[key as usize]);
        }
    }

    /// Looks at an attribute, an entry of a map, or an item of an array, which counts under the array's key.
    fn row(&mut self, row: Attribute<'_>, key: u32, rule: Option<&Rule>) {
        match rule.map(|rule| rule.fit(row.value(), self.config.max_length)) {
            None => {
                self.unlisted[key as usize] += 1;
                self.take(row, self.config.unlisted);
            }
            Some(Fit::No) => {
                self.invalid[key as usize] += 1;
                self.take(row, self.config.invalid);
            }
            Some(Fit::Yes) => {}
            Some(Fit::Items(items, rule)) => items.iter().for_each(|item| self.row(item, key, Some(rule))),
            Some(Fit::Entries(entries, schema)) => {
                entries.iter().for_each(|entry| self.row(entry, entry.key_index().unwrap_or(key), schema.rule(&entry.key())));
            }
        }
    }

    fn take(&mut self, row: Attribute<'_>, action: Action) {
        let Some(edits) = &mut self.edits else { return };
        match action {
            Action::Remove => edits.remove(row),
            Action::Mask => edits.set(row, &self.config.mask),
        }
    }

    fn messages(&mut self, batch: &Batch<'_>) {
        for span in batch.spans().filter(|span| span.message().is_some()) {
            self.messages += 1;
            if let Some(edits) = &mut self.edits {
                edits.clear(Field::SpanMessage, span.index());
            }
        }
    }
}

impl PiiAllowList {
    /// Counts attributes, and keys by name unless they look as if they were made of data, such as of an address or a number.
    fn count(&mut self, what: &str, batch: &Batch<'_>, counts: &[u64]) {
        count(what, counts.iter().sum());
        for (key, n) in batch.keys().zip(counts).filter(|(_, n)| **n > 0) {
            let key = key.text();
            let is_new = !self.named.contains(key.as_str());
            if !looks_like_a_name(&key) || is_new && self.named.len() >= self.config.named_keys {
                count(&format!("{what}.(other)"), *n);
                continue;
            }
            if is_new {
                self.named.insert(key.as_str().to_owned());
            }
            count(&format!("{what}.{key}"), *n);
        }
    }
}

/// Whether a key is one that a programmer chose: letters, and what joins them.
fn looks_like_a_name(key: &str) -> bool {
    key.len() <= 80 && key.bytes().all(|b| b.is_ascii_alphabetic() || b".-_".contains(&b))
}

spansieve_plugin::export!(PiiAllowList);

#[cfg(test)]
mod tests;
