//! Goes on counting where the instance before left off.

use spansieve_plugin::{Batch, ConfigError, Edits, Policy, Setup};

use crate::Config;

pub struct State {
    last: i64,
}

impl Policy for State {
    type Config = Config;
    const NAME: &'static str = "state";
    const ABOUT: &'static str = "Numbers spans";

    fn configure(_: Config, _: &mut Setup) -> Result<Self, ConfigError> {
        Ok(State { last: 0 })
    }

    fn process(&mut self, batch: &Batch<'_>, edits: &mut Edits) {
        for span in batch.spans() {
            self.last += 1;
            edits.upsert(&span, "n", self.last);
        }
    }

    fn save(&self) -> Vec<u8> {
        self.last.to_string().into_bytes()
    }

    fn restore(&mut self, state: &[u8]) -> Result<(), String> {
        let state = String::from_utf8_lossy(state);
        self.last = state.parse().map_err(|_| format!("state: expected a number, found {state:?}"))?;
        Ok(())
    }
}
