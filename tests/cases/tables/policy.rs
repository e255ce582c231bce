//! Looks something up in a table that the policy file gives.

use spansieve_plugin::{Batch, ConfigError, Edits, Policy, Setup, table};

use crate::Config;

pub struct Tables {
    owners: Option<serde_json::Value>,
}

impl Policy for Tables {
    type Config = Config;
    const NAME: &'static str = "tables";
    const ABOUT: &'static str = "Looks owners up";

    fn configure(_: Config, _: &mut Setup) -> Result<Self, ConfigError> {
        let owners = table("owners").map(|json| serde_json::from_slice(&json)).transpose();
        Ok(Tables { owners: owners.map_err(|error| format!("the table owners: {error}"))? })
    }

    fn process(&mut self, batch: &Batch<'_>, edits: &mut Edits) {
        for span in batch.spans() {
            match &self.owners {
                None => edits.upsert(&span, "owner", "no table"),
                Some(owners) => {
                    if let Some(team) = span.attribute("team").and_then(|team| team.text()) {
                        edits.upsert(&span, "owner", owners[team.as_str()].as_str().unwrap_or("unknown"));
                    }
                }
            }
        }
    }
}
