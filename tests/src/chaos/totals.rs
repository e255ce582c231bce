//! What plugins did in all, added up over plugins that come and go.

use std::collections::HashMap;

use spansieve::{BreakerState, PluginStats};

/// Figures of all plugins that were ever in service when somebody looked.
#[derive(Debug, Default)]
pub struct Totals {
    last: HashMap<String, PluginStats>,
    /// Calls that failed.
    pub failures: u64,
    /// Of these, traps.
    pub traps: u64,
    /// Of these, deadlines.
    pub deadline_hits: u64,
    /// Of these, limits.
    pub limit_hits: u64,
    /// Of these, edits that broke a rule.
    pub nonsense: u64,
    /// Times that a breaker opened.
    pub breaker_opened: u64,
}

impl Totals {
    /// Adds what happened since the last look.
    pub fn look(&mut self, plugins: &[PluginStats]) {
        for now in plugins {
            let before = self.last.remove(&now.name).filter(|before| before.calls <= now.calls).unwrap_or_default();
            self.failures += now.failures.saturating_sub(before.failures);
            self.traps += now.traps.saturating_sub(before.traps);
            self.deadline_hits += now.deadline_hits.saturating_sub(before.deadline_hits);
            self.limit_hits += now.limit_hits.saturating_sub(before.limit_hits);
            self.nonsense += now.nonsense.saturating_sub(before.nonsense);
            let opened = |plugin: &PluginStats| plugin.breaker_transitions[BreakerState::Open as usize];
            self.breaker_opened += opened(now).saturating_sub(opened(&before));
        }
        // Those that are gone begin anew if they come back.
        self.last = plugins.iter().map(|plugin| (plugin.name.clone(), plugin.clone())).collect();
    }
}
