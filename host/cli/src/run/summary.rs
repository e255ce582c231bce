//! What became of the spans, at the end.

use std::fmt;
use std::io::Write;

use spansieve_runtime::{Outcome, PluginStats};

/// Sums of all batches.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    received: usize,
    outcome: Outcome,
    has_printed: bool,
}

impl Summary {
    pub(crate) fn add(&mut self, received: usize, outcome: Outcome) {
        self.received += received;
        self.outcome.forwarded += outcome.forwarded;
        self.outcome.sampled_out += outcome.sampled_out;
        self.outcome.withheld += outcome.withheld;
        self.outcome.stripped += outcome.stripped;
    }

    /// Puts a blank line between the spans of two batches.
    pub(crate) fn separate(&mut self, out: &mut impl Write) -> std::io::Result<()> {
        if std::mem::replace(&mut self.has_printed, true) { writeln!(out) } else { Ok(()) }
    }

    /// Whether a plugin failed, so that spans were stripped, withheld or passed by it.
    pub(crate) fn has_failures(&self, plugins: &[PluginStats]) -> bool {
        self.outcome.withheld > 0 || plugins.iter().any(|plugin| plugin.failures > 0)
    }

    /// Prints the account on standard error.
    pub(crate) fn print(&self, plugins: &[PluginStats]) {
        anstream::eprintln!("{self}");
        for plugin in plugins {
            let failures =
                if plugin.failures > 0 { format!(", {} of {} calls failed", plugin.failures, plugin.calls) } else { String::new() };
            anstream::eprintln!("  {}: spans {}, edits {}{failures}", plugin.name, plugin.spans, plugin.edits);
            for (name, count) in &plugin.counters {
                anstream::eprintln!("    {name} {count}");
            }
        }
    }
}

impl fmt::Display for Summary {
    /// The account in one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Outcome { forwarded, sampled_out, withheld, stripped } = self.outcome;
        write!(f, "received {} = forwarded {forwarded}", self.received)?;
        if stripped > 0 {
            write!(f, " ({stripped} of them stripped)")?;
        }
        write!(f, " + sampled out {sampled_out} + withheld {withheld}")
    }
}
