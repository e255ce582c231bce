//! The plugins of one policy, and the way of a batch through them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::batch::Batch;
use crate::builtin;
use crate::error::LoadErrorKind;
use crate::plugin::{Plugin, PluginOptions};
use crate::policy::{Component, OnFailure, Policy, PolicyError, PolicyPlugin};
use crate::stats::{PluginMetrics, PluginStats};

/// The loaded plugins of one policy, for one thread.
pub struct Chain {
    links: Vec<Link>,
}

struct Link {
    plugin: Plugin,
    on_failure: OnFailure,
    /// When a failure was last written to the log, so that a plugin that fails on every batch does not flood it.
    last_warning: Option<Instant>,
}

/// How often one plugin's failures are written to the log.
const WARNING_PERIOD: Duration = Duration::from_secs(10);

/// What became of a batch. Spans that are still in the batch are forwarded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Spans to forward.
    pub forwarded: usize,
    /// Spans that a plugin dropped, or that were only recorded and that no plugin kept.
    pub sampled_out: usize,
    /// Spans that a failure rule holds back.
    pub withheld: usize,
    /// Of those to forward, spans of which only the skeleton is left.
    pub stripped: usize,
}

/// Statistics of a chain, readable while it runs in another thread.
#[derive(Clone, Debug, Default)]
pub struct ChainStats(Vec<Arc<PluginMetrics>>);

impl Chain {
    /// Loads and configures the plugins of a policy.
    ///
    /// # Errors
    /// When a plugin can't be loaded; the message says where in the policy it stands.
    pub fn load(policy: &Policy) -> Result<Chain, PolicyError> {
        let links = policy.plugins.iter().map(|plugin| Link::load(policy, plugin)).collect::<Result<_, _>>()?;
        Ok(Chain { links })
    }

    /// Whether a plugin wants whole traces. Batches then have to be grouped by trace.
    pub fn groups_traces(&self) -> bool {
        self.links.iter().any(|link| link.plugin.interest().whole_traces)
    }

    /// The plugins, in order.
    pub fn plugins(&self) -> impl ExactSizeIterator<Item = &Plugin> {
        self.links.iter().map(|link| &link.plugin)
    }

    /// Statistics that stay readable while the chain is elsewhere.
    pub fn stats(&self) -> ChainStats {
        ChainStats(self.links.iter().map(|link| Arc::clone(&link.plugin.metrics)).collect())
    }

    /// Passes a batch through the plugins. Afterwards it holds the spans to forward, with everything that the plugins
    /// changed; [`Span::source`](crate::batch::Span::source) says which of the source's they are.
    ///
    /// A batch without spans, with resources only, takes the same way. A failing plugin never makes this fail: its failure rule applies.
    pub fn run(&mut self, batch: &mut Batch) -> Outcome {
        let mut outcome = Outcome::default();
        if batch.has_overflowed() {
            // Parts of it were never encoded, so no plugin can have seen them.
            tracing::warn!(spans = batch.len(), "a batch of more than 1 GiB is withheld");
            outcome.withheld = batch.len();
            batch.strip();
            batch.retain(|_| false);
            return outcome;
        }
        for link in &mut self.links {
            match link.plugin.process(batch) {
                Ok(edited) => outcome.sampled_out += edited.dropped.len(),
                Err(error) => {
                    link.warn(&error);
                    match link.on_failure {
                        OnFailure::Pass => {}
                        OnFailure::Strip => {
                            batch.strip();
                            outcome.stripped = batch.len();
                        }
                        OnFailure::Withhold => {
                            outcome.withheld += batch.len();
                            batch.strip();
                            batch.retain(|_| false);
                        }
                    }
                }
            }
        }
        let unsampled = batch.spans().filter(|span| !span.is_sampled()).count();
        if unsampled > 0 {
            let keep: Vec<bool> = batch.spans().map(|span| span.is_sampled()).collect();
            batch.retain(|span| keep[span]);
            outcome.sampled_out += unsampled;
        }
        outcome.forwarded = batch.len();
        outcome.stripped = outcome.stripped.min(batch.len());
        outcome
    }
}

impl Link {
    fn load(policy: &Policy, entry: &PolicyPlugin) -> Result<Link, PolicyError> {
        let fail = |way: &str, message: String| PolicyError::of_plugin(policy, entry, way, message);
        let from_file;
        let component = match &entry.component {
            Component::Builtin(name) => builtin::component(name).unwrap_or_default(),
            Component::File(path) => {
                from_file = std::fs::read(path).map_err(|error| fail("", format!("can't read {}: {error}", path.display())))?;
                &from_file
            }
        };
        let mut tables = HashMap::new();
        for (name, path) in &entry.tables {
            let table = std::fs::read(path).map_err(|error| fail("", format!("can't read table {}: {error}", path.display())))?;
            tables.insert(name.clone(), table);
        }
        let options = PluginOptions { name: entry.name.clone(), config: entry.config.clone(), limits: entry.limits.clone(), tables };
        let plugin = Plugin::load(component, options).map_err(|error| {
            let way = if error.kind() == LoadErrorKind::Config { error.config_way() } else { "" };
            fail(way, error.to_string())
        })?;
        Ok(Link { plugin, on_failure: entry.on_failure, last_warning: None })
    }

    fn warn(&mut self, error: &crate::error::CallError) {
        if self.last_warning.is_some_and(|last| last.elapsed() < WARNING_PERIOD) {
            return;
        }
        self.last_warning = Some(Instant::now());
        tracing::warn!(plugin = self.plugin.name(), on_failure = ?self.on_failure, "plugin failed on a batch: it {error}");
    }
}

impl ChainStats {
    /// The figures of each plugin, in order.
    pub fn plugins(&self) -> Vec<PluginStats> {
        self.0.iter().map(|metrics| metrics.stats()).collect()
    }
}
