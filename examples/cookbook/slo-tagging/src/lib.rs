//! Tells of each request which service level objective it falls under, and whether it met it.

mod config;
mod pattern;

use config::{Config, Objective};
use spansieve_plugin::{Batch, ConfigError, Edits, NewValue, Part, Policy, Setup, Slot, Span, SpanKind, Status, count};

/// The policy.
pub struct SloTagging {
    objectives: Vec<Objective>,
    /// Of each objective, how many requests there were in the batch in work, and how many of them met it.
    tallies: Vec<Tally>,
    route: Slot,
    status_code: Slot,
    name: Written,
    met: Written,
    missed_by: Written,
}

#[derive(Clone, Default)]
struct Tally {
    total: u64,
    good: u64,
}

impl Policy for SloTagging {
    type Config = Config;
    const NAME: &'static str = "slo-tagging";
    const ABOUT: &'static str = "Tells of each request which objective it falls under, and whether it met it";

    fn configure(config: Config, setup: &mut Setup) -> Result<Self, ConfigError> {
        config.check()?;
        // What is not read need not be handed over: of attributes only the declared ones, and resources only where a service is asked for.
        setup.read(&[Part::Declared, Part::Add, Part::Ids, Part::Flags, Part::Kind, Part::Status, Part::Times, Part::Name]);
        if config.objectives.iter().any(|objective| objective.service.is_some()) {
            setup.read(&[Part::Resource]);
        }
        Ok(SloTagging {
            tallies: vec![Tally::default(); config.objectives.len()],
            objectives: config.objectives,
            route: setup.key("http.route"),
            status_code: setup.key("http.response.status_code"),
            name: Written::new("slo.name", setup),
            met: Written::new("slo.met", setup),
            missed_by: Written::new("slo.missed_by", setup),
        })
    }

    fn process(&mut self, batch: &Batch<'_>, edits: &mut Edits) {
        for span in batch.spans() {
            // A request is what a server answers, and what begins in this process: a message that is consumed, a job.
            if span.kind() != SpanKind::Server && !span.is_local_root() {
                continue;
            }
            let Some(index) = self.objective_of(&span) else { continue };
            let missed = self.missed_by(&span, &self.objectives[index]);
            let tally = &mut self.tallies[index];
            tally.total += 1;
            tally.good += u64::from(missed.is_none());
            self.name.put(&span, &self.objectives[index].name, edits);
            self.met.put(&span, missed.is_none(), edits);
            if let Some(reason) = missed {
                self.missed_by.put(&span, reason, edits);
            }
        }
        // A call to the host for each counter is dearer than looking at some spans: once a batch will do.
        for (objective, tally) in self.objectives.iter().zip(&mut self.tallies) {
            let Tally { total, good } = std::mem::take(tally);
            count(&format!("{}.total", objective.name), total);
            count(&format!("{}.good", objective.name), good);
        }
    }
}

impl SloTagging {
    /// The first objective that a request falls under.
    fn objective_of(&self, span: &Span<'_>) -> Option<usize> {
        let route = span.attribute(self.route).and_then(|route| route.text());
        let service = || span.resource().attributes().find("service.name").and_then(|service| service.text());
        self.objectives.iter().position(|objective| {
            objective.route.as_ref().is_none_or(|pattern| route.is_some_and(|route| pattern.matches(&route)))
                && objective.span_name.as_ref().is_none_or(|pattern| pattern.matches(&span.name()))
                && objective.service.as_ref().is_none_or(|pattern| service().is_some_and(|service| pattern.matches(&service)))
        })
    }

    /// By what a request misses its objective, if it does.
    fn missed_by(&self, span: &Span<'_>, objective: &Objective) -> Option<&'static str> {
        if objective.errors && self.has_failed(span) {
            Some("error")
        } else if objective.latency.is_some_and(|latency| span.duration() > latency.0) {
            Some("latency")
        } else {
            None
        }
    }

    /// Whether a request failed through no fault of the caller's. Not every instrumentation sets the status where the code says enough.
    fn has_failed(&self, span: &Span<'_>) -> bool {
        let code = span.attribute(self.status_code).and_then(|code| code.value().as_int());
        span.status() == Status::Error || code.is_some_and(|code| code >= 500)
    }
}

/// An attribute that the policy writes. `Edits::upsert` would do without, but it looks through all attributes, which would have to be handed over.
struct Written {
    key: &'static str,
    slot: Slot,
}

impl Written {
    fn new(key: &'static str, setup: &mut Setup) -> Self {
        Written { key, slot: setup.key(key) }
    }

    fn put<'a>(&self, span: &Span<'a>, value: impl Into<NewValue<'a>>, edits: &mut Edits) {
        match span.attribute(self.slot) {
            Some(given) => edits.set(given, value),
            None => edits.add(span, self.key, value),
        }
    }
}

spansieve_plugin::export!(SloTagging);

#[cfg(test)]
mod tests;
