//! Marks failed requests with the team that looks after them.

use spansieve_plugin::{Batch, ConfigError, Edits, Part, Policy, Setup, Slot, Status};

/// The configuration, as it stands in a policy file.
#[derive(serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Who looks after failed requests.
    team: String,
}

/// The policy.
pub struct {{Name}} {
    team: String,
    route: Slot,
}

impl Policy for {{Name}} {
    type Config = Config;
    const NAME: &'static str = "{{name}}";
    const ABOUT: &'static str = "Marks failed requests with the team that looks after them";

    fn configure(config: Config, setup: &mut Setup) -> Result<Self, ConfigError> {
        // What is not read need not be handed over.
        setup.read(&[Part::Status, Part::Attributes]);
        Ok({{Name}} { team: config.team, route: setup.key("http.route") })
    }

    fn process(&mut self, batch: &Batch<'_>, edits: &mut Edits) {
        for span in batch.spans() {
            if span.status() == Status::Error && span.attribute(self.route).is_some() {
                edits.upsert(&span, "team", &self.team);
            }
        }
    }
}

spansieve_plugin::export!({{Name}});

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use spansieve_plugin::test::{Plugin, batch, span};

    #[test]
    fn failed_requests_have_an_owner() {
        let mut plugin = Plugin::<{{Name}}>::new(json!({"team": "payments"})).unwrap();
        let failed = span("GET /cart").status(Status::Error).attr("http.route", "/cart");
        let after = plugin.run(batch().span(failed).span(span("GET /")));
        assert_eq!(after.span(0).get("team"), Some(&"payments".into()));
        assert_eq!(after.span(1).get("team"), None);
    }

    #[test]
    fn a_team_has_to_be_given() {
        let error = Plugin::<{{Name}}>::new(json!({})).err().unwrap();
        assert_eq!(error.to_string(), "missing field `team`");
    }
}
