//! What holds where the policy says nothing: mostly what its preset has.

use super::{Commands, Config, DetectorName, KeyName, KeyRule, ValueRule};
use crate::action::Action;
use crate::preset::Preset;
use crate::url::Urls;

impl Default for Config {
    fn default() -> Self {
        Config {
            preset: Preset::default(),
            replacement: "[REDACTED]".into(),
            action: Action::Mask,
            keys: None,
            except: None,
            safe_keys: Vec::new(),
            only_keys: None,
            values: None,
            custom: Vec::new(),
            decode: Vec::new(),
            safe_values: Vec::new(),
            commands: None,
            urls: None,
            hash: None,
            mark: None,
            count_fields: false,
            explain: false,
        }
    }
}

impl Config {
    /// Keys whose values are replaced whole.
    pub(super) fn keys(&self) -> Vec<KeyRule> {
        let rule = |(glob, action)| KeyRule { name: KeyName::Glob(glob), action };
        self.keys.clone().unwrap_or_else(|| self.preset.keys().into_iter().map(rule).collect())
    }

    /// Keys that those do not count for.
    pub(super) fn except(&self) -> Vec<KeyName> {
        self.except.clone().unwrap_or_else(|| self.preset.except().into_iter().map(KeyName::Glob).collect())
    }

    /// Detectors to search all texts with.
    pub(super) fn values(&self) -> Vec<ValueRule> {
        let rule = |(name, action): (&str, _)| ValueRule { detector: DetectorName(name.into()), action };
        self.values.clone().unwrap_or_else(|| self.preset.values().map(rule).collect())
    }

    /// In which commands values go.
    pub(crate) fn commands(&self) -> Commands {
        self.commands.clone().unwrap_or_else(|| self.preset.commands())
    }

    /// What becomes of URLs.
    pub(crate) fn urls(&self) -> Urls {
        self.urls.unwrap_or_else(|| self.preset.urls())
    }
}
