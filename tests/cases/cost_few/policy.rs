//! What it costs to look at two attributes, drop some spans, and add an attribute to some.

use spansieve_plugin::{Batch, ConfigError, Edits, Part, Policy, Setup, Slot};

use crate::Config;

pub struct CostFew {
    route: Slot,
    status_code: Slot,
}

impl Policy for CostFew {
    type Config = Config;
    const NAME: &'static str = "cost-few";
    const ABOUT: &'static str = "Drops some health checks, and marks some look-ups";

    fn configure(_: Config, setup: &mut Setup) -> Result<Self, ConfigError> {
        setup.read(&[Part::Declared, Part::Add]);
        Ok(CostFew { route: setup.key("http.route"), status_code: setup.key("http.response.status_code") })
    }

    fn process(&mut self, batch: &Batch<'_>, edits: &mut Edits) {
        for span in batch.spans() {
            let Some(route) = span.attribute(self.route).and_then(|route| route.text()) else { continue };
            let status_code = || span.attribute(self.status_code).and_then(|code| code.value().as_int());
            if route == "/healthz/deep" {
                if matches!(status_code(), Some(204 | 304)) {
                    edits.drop_span(&span);
                }
            } else if route == "/internal/stock/{sku}" && status_code() == Some(200) {
                edits.add(&span, "cacheable", true);
            }
        }
    }
}
