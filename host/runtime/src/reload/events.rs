//! What is told about policies that change.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::policy::{PolicyError, PolicyPlugin};

/// Something that happened to the policy in service.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ReloadEvent {
    /// A new generation is in service.
    Reloaded(Reloaded),
    /// A candidate was refused; the generation in service stays.
    Refused {
        /// The generation that stays.
        generation: u64,
        /// Why.
        error: ReloadError,
    },
    /// The new generation's plugins failed too often, and the one before is in service again.
    RolledBack {
        /// The generation that was taken back.
        from: u64,
        /// The generation that is in service again.
        to: u64,
        /// The plugin that failed.
        plugin: String,
        /// Spans that took the plugin's failure rule.
        failed_spans: u64,
        /// Spans that it was given.
        spans: u64,
    },
    /// Files are watched again, or not any more, because somebody asked for it.
    Watching(bool),
}

/// A generation that went into service.
#[derive(Clone, Debug)]
pub struct Reloaded {
    /// Its number; the first one is 1.
    pub generation: u64,
    /// What became of each plugin, those that are gone last. Empty where nothing differed and the generation stayed.
    pub plugins: Vec<PluginChange>,
    /// The time from the decision to reload until it was in service.
    pub took: Duration,
}

/// What became of one plugin when a new generation went into service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PluginChange {
    /// Its name in the policy.
    pub name: String,
    /// What became of it.
    pub fate: PluginFate,
}

/// What became of a plugin when a new generation went into service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PluginFate {
    /// Nothing it is made of differs: the same instance goes on.
    Kept,
    /// There was none of its name.
    Added,
    /// Its component, configuration, limits or tables differ.
    Replaced(PluginState),
    /// The policy does not have it any more.
    Removed,
}

/// What became of a replaced plugin's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PluginState {
    /// It had none.
    None,
    /// The new one took it over.
    Moved,
    /// The new one starts fresh, for this reason.
    Fresh(String),
}

/// Why a candidate was refused.
#[derive(Clone, Debug)]
pub struct ReloadError {
    step: ReloadStep,
    plugin: Option<String>,
    file: Option<PathBuf>,
    error: Box<PolicyError>,
}

/// How far a candidate came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReloadStep {
    /// Reading the policy, a component or a table.
    Read,
    /// Compiling a component and linking it to the host's interface.
    Compile,
    /// Checking a configuration against the plugin's schema, and configuring.
    Configure,
    /// Running the policy's own tests.
    Test,
    /// Going into service: the batch in work did not end in time, or the processor was shut down.
    Swap,
}

impl ReloadError {
    pub(crate) fn new(step: ReloadStep, error: PolicyError) -> Self {
        ReloadError { step, plugin: None, file: None, error: Box::new(error) }
    }

    pub(crate) fn of_plugin(step: ReloadStep, plugin: &PolicyPlugin, error: PolicyError) -> Self {
        ReloadError { plugin: Some(plugin.name.clone()), ..ReloadError::new(step, error) }
    }

    pub(crate) fn in_file(self, file: &Path) -> Self {
        ReloadError { file: Some(file.to_owned()), ..self }
    }

    pub(crate) fn into_policy_error(self) -> PolicyError {
        *self.error
    }

    /// How far the candidate came.
    pub fn step(&self) -> ReloadStep {
        self.step
    }

    /// The plugin that it is about, if it is about one.
    pub fn plugin(&self) -> Option<&str> {
        self.plugin.as_deref()
    }

    /// The file that it is about; the policy where none is named.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }
}

impl fmt::Display for ReloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for ReloadError {}

impl ReloadStep {
    /// All of them, in order.
    pub const ALL: [ReloadStep; 5] = [ReloadStep::Read, ReloadStep::Compile, ReloadStep::Configure, ReloadStep::Test, ReloadStep::Swap];

    /// The step as metrics and logs name it.
    pub fn name(self) -> &'static str {
        match self {
            ReloadStep::Read => "read",
            ReloadStep::Compile => "compile",
            ReloadStep::Configure => "configure",
            ReloadStep::Test => "test",
            ReloadStep::Swap => "swap",
        }
    }
}

impl fmt::Display for ReloadStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for ReloadEvent {
    /// One line for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReloadEvent::Reloaded(reloaded) => reloaded.fmt(f),
            ReloadEvent::Refused { generation, error } => {
                write!(f, "refused ({}), generation {generation} stays: {error}", error.step())
            }
            ReloadEvent::RolledBack { from, to, plugin, failed_spans, spans } => {
                write!(
                    f,
                    "generation {from} is taken back, generation {to} is in service again: plugin {plugin} failed on {failed_spans} of {spans} spans"
                )
            }
            ReloadEvent::Watching(true) => f.write_str("files are watched"),
            ReloadEvent::Watching(false) => f.write_str("files are not watched any more"),
        }
    }
}

impl fmt::Display for Reloaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.plugins.is_empty() {
            return write!(f, "nothing differs, generation {} stays", self.generation);
        }
        write!(f, "generation {} is in service after {:.0?}", self.generation, self.took)?;
        for (number, PluginChange { name, fate }) in self.plugins.iter().enumerate() {
            write!(f, "{}{name} {fate}", if number == 0 { ": " } else { ", " })?;
        }
        Ok(())
    }
}

impl fmt::Display for PluginFate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PluginFate::Kept => f.write_str("kept"),
            PluginFate::Added => f.write_str("added"),
            PluginFate::Replaced(PluginState::None) => f.write_str("replaced (it keeps no state)"),
            PluginFate::Replaced(PluginState::Moved) => f.write_str("replaced (with its state)"),
            PluginFate::Replaced(PluginState::Fresh(why)) => write!(f, "replaced (starts fresh: {why})"),
            PluginFate::Removed => f.write_str("removed"),
        }
    }
}
