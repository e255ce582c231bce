//! Errors: one struct for each thing a caller does. A kind says whose fault it was.

use std::fmt;

use crate::text;

/// Why a plugin could not be loaded. The message names the plugin.
#[derive(Clone, Debug)]
pub struct LoadError {
    plugin: String,
    kind: LoadErrorKind,
    /// The way to the part of the configuration that is to blame, such as `.keys[0]`.
    way: String,
    message: String,
}

/// Whose fault it is that a plugin can't be loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoadErrorKind {
    /// The component is not a spansieve plugin, or for another version of the contract.
    Component,
    /// The plugin did not accept its configuration.
    Config,
    /// The plugin trapped, took too long or said nonsense before it saw a span.
    Guest,
    /// The host can't run plugins on this machine.
    Host,
}

impl LoadError {
    pub(crate) fn new(plugin: &str, kind: LoadErrorKind, message: impl Into<String>) -> Self {
        LoadError { plugin: plugin.to_owned(), kind, way: String::new(), message: message.into() }
    }

    pub(crate) fn at(self, way: String) -> Self {
        LoadError { way, ..self }
    }

    pub(crate) fn config_way(&self) -> &str {
        &self.way
    }

    /// Whose fault it is.
    pub fn kind(&self) -> LoadErrorKind {
        self.kind
    }

    /// The plugin's name in the policy.
    pub fn plugin(&self) -> &str {
        &self.plugin
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "plugin {}: {}", self.plugin, self.message)
    }
}

impl std::error::Error for LoadError {}

/// Why a plugin failed on a batch. The batch is as it was before the call.
#[derive(Clone, Debug)]
pub struct CallError {
    kind: CallErrorKind,
    message: String,
}

/// How a plugin failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallErrorKind {
    /// The guest trapped.
    Trap,
    /// The guest took longer than its limit allows.
    Deadline,
    /// The guest ran into its memory limit, or another one that the message names.
    Limit,
    /// What the guest returned breaks the rules of the layout.
    Nonsense,
    /// There is no working instance: the last one failed and a new one could not be made.
    Down,
}

impl CallError {
    pub(crate) fn new(kind: CallErrorKind, message: impl Into<String>) -> Self {
        CallError { kind, message: message.into() }
    }

    /// How it failed.
    pub fn kind(&self) -> CallErrorKind {
        self.kind
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            CallErrorKind::Trap => "trapped",
            CallErrorKind::Deadline => "took too long",
            CallErrorKind::Limit => "hit a limit",
            CallErrorKind::Nonsense => "returned nonsense",
            CallErrorKind::Down => "is down",
        };
        write!(f, "{what}: {}", self.message)
    }
}

impl std::error::Error for CallError {}

/// Text from a guest or its tools as one line of a message: characters that control, join, hide or reorder could forge lines, and no one reads
/// more than so many.
pub(crate) fn one_line(message: &str, most: usize) -> String {
    let mut line: String = message.chars().take(most).map(|c| if text::is_hidden(c) { ' ' } else { c }).collect();
    if message.chars().nth(most).is_some() {
        line.push('…');
    }
    line
}
