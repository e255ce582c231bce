//! Takes whole traces.

use spansieve_plugin::{Batch, ConfigError, Edits, Policy, Setup, TraceReason};

use crate::Config;

pub struct Traces;

impl Policy for Traces {
    type Config = Config;
    const NAME: &'static str = "traces";
    const ABOUT: &'static str = "Says of each trace how large it is and why it is there";

    fn configure(_: Config, setup: &mut Setup) -> Result<Self, ConfigError> {
        setup.group_by_trace();
        Ok(Traces)
    }

    fn process(&mut self, batch: &Batch<'_>, edits: &mut Edits) {
        for trace in batch.traces() {
            let reason = match trace.reason() {
                TraceReason::RootEnded => "root-ended",
                TraceReason::TimedOut => "timed-out",
                TraceReason::Limit => "limit",
                TraceReason::Flush => "flush",
                TraceReason::Late => "late",
            };
            if let Some(first) = trace.spans().next() {
                edits.upsert(&first, "spans", trace.spans().len() as i64);
                edits.upsert(&first, "reason", reason);
            }
        }
    }
}
