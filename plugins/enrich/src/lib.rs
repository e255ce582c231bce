//! The standard plugin `enrich`: adds, changes, removes, renames, copies and puts together attributes of spans and resources, and names spans.
//!
//! ```yaml
//! actions:
//!   - insert: {key: team, value: payments}
//!   - upsert: {key: route.copy, from: http.route}
//!   - rename: {from: http.method, to: http.request.method}
//!   - template: {key: operation, text: "${http.request.method} ${http.route}"}
//!   - delete: {key: server.port}
//!     when: {kind: client, has: server.port, equals: {http.route: /cart}}
//!   - upsert: {key: cloud.region, value: eu-west-1, on: resource}
//!   - set_name: "${http.request.method} ${http.route}"
//!     when: {kind: server}
//! ```
//!
//! Actions are done in order and see what those before them did; what comes out is only the difference between the span as it came and as it
//! stands in the end. The host finds the rows of the keys, so a span that has none of them costs a few loads.

mod cells;
pub mod config;
mod glob;
mod look;
mod order;
mod plan;
mod run;
mod source;
mod work;

use spansieve_plugin::{Batch, ConfigError, Edits, Policy, Setup};

use plan::Plan;
use run::Runner;

/// The policy.
#[derive(Debug)]
pub struct Enrich {
    plan: Plan,
    runner: Runner,
}

impl Policy for Enrich {
    type Config = config::Config;
    const NAME: &'static str = "enrich";
    const ABOUT: &'static str = "Adds, changes, renames, copies and removes attributes, and names spans";
    const SCHEMA: Option<&'static str> = Some(include_str!("schema.json"));

    fn configure(config: config::Config, setup: &mut Setup) -> Result<Self, ConfigError> {
        let plan = Plan::new(&config)?;
        plan.ask(setup);
        Ok(Enrich { plan, runner: Runner::default() })
    }

    fn process(&mut self, batch: &Batch<'_>, edits: &mut Edits) {
        self.runner.run(&self.plan, batch, edits);
    }
}

spansieve_plugin::export!(Enrich);
