//! The plugins of one policy, and the way of a batch through them.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::batch::{Batch, Span};
use crate::link::Link;
use crate::plugin::Plugin;
use crate::policy::{Policy, PolicyError};
use crate::recipe::Recipe;
use crate::reload::ReloadError;
use crate::stats::{PluginMetrics, PluginStats};

/// The loaded plugins of one policy, for one thread.
pub struct Chain {
    pub(crate) links: Vec<Link>,
    /// The links were taken out and others not put in yet.
    is_gutted: bool,
    stats: ChainStats,
    /// A batch as it was before a plugin that has a shadow.
    before: Batch,
    trial: Batch,
}

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

/// Statistics of a chain, readable while it runs in another thread and while its plugins are replaced.
#[derive(Clone, Debug, Default)]
pub struct ChainStats(Arc<Mutex<Vec<Arc<PluginMetrics>>>>);

impl Chain {
    /// Loads and configures the plugins of a policy.
    ///
    /// # Errors
    /// When a plugin can't be loaded; the message says where in the policy it stands.
    pub fn load(policy: &Policy) -> Result<Chain, PolicyError> {
        let links = Recipe::read(policy).and_then(|recipes| Recipe::make_all(&recipes));
        links.map(Chain::new).map_err(ReloadError::into_policy_error)
    }

    pub(crate) fn new(links: Vec<Link>) -> Chain {
        let chain = Chain { links, is_gutted: false, stats: ChainStats::default(), before: Batch::new(), trial: Batch::new() };
        chain.publish_stats();
        chain
    }

    /// Takes the plugins out, to put others in with [`Chain::set_links`]. Should that fail, batches are withheld: a chain without its plugins would let
    /// everything out.
    pub(crate) fn take_links(&mut self) -> Vec<Link> {
        self.is_gutted = true;
        std::mem::take(&mut self.links)
    }

    /// Puts other plugins into service.
    pub(crate) fn set_links(&mut self, links: Vec<Link>) {
        (self.links, self.is_gutted) = (links, false);
        self.publish_stats();
    }

    fn publish_stats(&self) {
        let metrics = self.links.iter().map(|link| Arc::clone(&link.plugin.metrics)).collect();
        *self.stats.0.lock().unwrap_or_else(PoisonError::into_inner) = metrics;
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
        self.stats.clone()
    }

    /// The time that each plugin's calls took since this was last asked, for those that were called.
    pub fn take_times(&mut self) -> impl Iterator<Item = (&str, Duration)> {
        self.links.iter_mut().filter_map(|link| {
            let time = link.take_time();
            (!time.is_zero()).then(|| (link.plugin.name(), time))
        })
    }

    /// Throws the plugins' instances away, because nobody knows what state they are in; they get new ones with the next batch.
    pub fn discard_instances(&mut self) {
        self.links.iter_mut().for_each(|link| link.plugin.discard_instance());
    }

    /// Passes a batch through the plugins. Afterwards it holds the spans to forward, with everything that the plugins
    /// changed; [`Span::source`](crate::batch::Span::source) says which of the source's they are.
    ///
    /// A batch without spans, with resources only, takes the same way. A failing plugin never makes this fail: its failure rule applies to those
    /// spans on which it fails.
    pub fn run(&mut self, batch: &mut Batch) -> Outcome {
        self.run_observed(batch, &mut |_, _| {})
    }

    /// The same, for tools that look at plugins: calls `observe` behind each plugin that is no shadow, with its name and the batch as it left it.
    pub fn run_observed(&mut self, batch: &mut Batch, observe: &mut dyn FnMut(&str, &Batch)) -> Outcome {
        let mut outcome = Outcome::default();
        if self.is_gutted || batch.has_overflowed() {
            // Of a batch that overflowed parts were never encoded, so no plugin can have seen them.
            let why = if self.is_gutted { "changing its plugins failed" } else { "it has more than 1 GiB" };
            tracing::warn!(spans = batch.len(), why, "a batch is withheld");
            outcome.withheld = batch.len();
            batch.strip();
            batch.retain(&vec![false; batch.len()]);
            return outcome;
        }
        let mut links = self.links.as_mut_slice();
        while let Some((link, rest)) = links.split_first_mut() {
            let shadows = rest.iter().take_while(|link| link.is_shadow()).count();
            if shadows > 0 {
                self.before.copy_of(batch);
            }
            let gone = link.run(batch);
            outcome.sampled_out += gone.sampled_out;
            outcome.withheld += gone.withheld;
            observe(link.plugin.name(), batch);
            let (shadows, rest) = rest.split_at_mut(shadows);
            for shadow in shadows {
                self.trial.copy_of(&self.before);
                shadow.run(&mut self.trial);
                shadow.plugin.metrics.compare(batch, &self.trial);
            }
            links = rest;
        }
        let unsampled = batch.spans().filter(|span| !span.is_sampled()).count();
        if unsampled > 0 {
            let keep: Vec<bool> = batch.spans().map(|span| span.is_sampled()).collect();
            batch.retain(&keep);
            outcome.sampled_out += unsampled;
        }
        outcome.forwarded = batch.len();
        outcome.stripped = batch.spans().filter(Span::is_stripped).count();
        outcome
    }
}

impl ChainStats {
    /// The figures of each plugin, in order.
    pub fn plugins(&self) -> Vec<PluginStats> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|metrics| metrics.stats()).collect()
    }
}
