//! Presets: what holds for each list of rules that a policy does not give.
//!
//! A preset is data: names of keys ([`keys`]), names of detectors, switches. Each of them covers what the one before it covers, but for `none`.

mod keys;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::action::Action;
use crate::config::Commands;
use crate::detect::DETECTORS;
use crate::url::{Paths, Query, Urls};

/// What holds for each of `keys`, `except`, `values`, `commands` and `urls` that is not given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// Safe for everyone: credentials and sessions by their keys, all detectors but `id` and `phone-local`, values in commands.
    #[default]
    Default,
    /// Account data as PCI DSS v4.0 has it: card numbers, names of holders, expiry, track data, verification codes and PINs, by their keys and
    /// card numbers anywhere; and credentials. No other personal data.
    Pci,
    /// Personal data as the GDPR has them, as far as they have a shape or a key that names them: `default` and the keys of `pci`, ids of users,
    /// names, addresses, places, births; all detectors; values of query parameters and ids in paths.
    Gdpr,
    /// The 18 identifiers of HIPAA's Safe Harbor rule, as far as they have a shape or a key that names them: `gdpr`, dates, records, plans,
    /// accounts, licences, vehicles, devices, pictures by their keys; queries and segments of paths with digits. Names, places and dates in prose
    /// are not found.
    HipaaIsh,
    /// Nothing.
    None,
}

impl Preset {
    /// Globs of keys whose values are replaced whole, with what becomes of them where that is something else than elsewhere.
    pub(crate) fn keys(self) -> Vec<(String, Option<Action>)> {
        let lists = self.key_lists().iter();
        lists.flat_map(|list| spelled(list).map(|glob| (glob, self.network_action().filter(|_| *list == keys::CLIENTS)))).collect()
    }

    /// Globs of keys that those do not count for.
    pub(crate) fn except(self) -> Vec<String> {
        let lists: &[_] = match self {
            Preset::None => &[],
            Preset::Default | Preset::Pci => &[keys::NO_CREDENTIALS],
            Preset::Gdpr | Preset::HipaaIsh => &[keys::NO_CREDENTIALS, keys::NO_PERSONS],
        };
        lists.iter().flat_map(|list| spelled(list)).collect()
    }

    /// Names of detectors, with what becomes of what they find where that is something else than elsewhere.
    pub(crate) fn values(self) -> impl Iterator<Item = (&'static str, Option<Action>)> {
        let names = DETECTORS.iter().map(|detector| detector.name).filter(move |name| match self {
            Preset::None => false,
            Preset::Default => !ON_REQUEST.contains(name),
            Preset::Pci => *name == "card" || CREDENTIALS.contains(name),
            Preset::Gdpr => *name != "uuid",
            Preset::HipaaIsh => true,
        });
        names.map(move |name| (name, self.network_action().filter(|_| matches!(name, "ipv4" | "ipv6"))))
    }

    /// What becomes of addresses of networks: without their host part they say where a client is, roughly, and not who it is. Safe Harbor leaves
    /// nothing of them.
    fn network_action(self) -> Option<Action> {
        (self == Preset::Gdpr).then_some(Action::Truncate(None))
    }

    pub(crate) fn commands(self) -> Commands {
        let on = self != Preset::None;
        Commands { sql: on, redis: on, memcached: on, json: on, json_keep: Vec::new() }
    }

    pub(crate) fn urls(self) -> Urls {
        match self {
            Preset::Default | Preset::Pci | Preset::None => Urls::default(),
            Preset::Gdpr => Urls { query: Query::Values, paths: Paths::Ids },
            Preset::HipaaIsh => Urls { query: Query::Drop, paths: Paths::Digits },
        }
    }

    fn key_lists(self) -> &'static [&'static [&'static str]] {
        match self {
            Preset::None => &[],
            Preset::Default => &[keys::CREDENTIALS],
            Preset::Pci => &[keys::CREDENTIALS, keys::CARDS],
            Preset::Gdpr => &[keys::CREDENTIALS, keys::CARDS, keys::PERSONS, keys::CLIENTS],
            Preset::HipaaIsh => &[keys::CREDENTIALS, keys::CARDS, keys::PERSONS, keys::CLIENTS, keys::HEALTH],
        }
    }
}

/// Detectors that look for words around every number: policies that need them ask for them, and bear what that takes. And ids that say nothing of a
/// person by themselves, and by which requests are followed.
const ON_REQUEST: &[&str] = &["id", "phone-local", "uuid"];

/// Detectors of what opens doors: nothing of it may stay.
pub(crate) const CREDENTIALS: &[&str] = &["jwt", "aws", "github", "bearer", "userinfo", "stripe", "token", "private-key", "basic"];

/// The globs of a list, with each thing that a space stands for, the same throughout a glob.
fn spelled(list: &[&'static str]) -> impl Iterator<Item = String> {
    list.iter().flat_map(|glob| {
        let signs: &[&str] = if glob.contains(' ') { &["", "_", "-", "."] } else { &[""] };
        signs.iter().map(|sign| glob.replace(' ', sign))
    })
}
