//! What holds where the policy says nothing.

use super::{Commands, Config, DetectorName, KeyRule, ValueRule};
use crate::action::Action;
use crate::detect::{DETECTORS, Detector};

/// Keys of credentials and sessions, and of parameters of queries, which would say again what is taken out of the statements. The seven parameters of signed URLs are those that OpenTelemetry's semantic conventions name for `url.full`.
const KEYS: &[&str] = &[
    "*password*",
    "*passwd*",
    "*passphrase*",
    "*secret*",
    "*token*",
    "*authorization*",
    "*api_key*",
    "*api-key*",
    "*apikey*",
    "*access_key*",
    "*access-key*",
    "*accesskey*",
    "*private_key*",
    "*private-key*",
    "*credential*",
    "*signature*",
    "*session_id*",
    "*session-id*",
    "*sessionid*",
    "*csrf*",
    "*xsrf*",
    "pwd",
    "pass",
    "sig",
    "sid",
    "jwt",
    "auth",
    "cookie",
    "*.cookie",
    "set-cookie",
    "*.set-cookie",
    "db.query.parameter.*",
    "db.operation.parameter.*",
];

/// Keys that only look like those: numbers of tokens that language models take.
const EXCEPT: &[&str] = &[
    "gen_ai.usage.*",
    "gen_ai.token.type",
    "*input_tokens",
    "*output_tokens",
    "*prompt_tokens",
    "*completion_tokens",
    "*total_tokens",
    "*max_tokens",
    "*cached_tokens",
    "*reasoning_tokens",
    "*token_count*",
];

/// Detectors that look for words around every number: policies that need them ask for them, and bear what that takes.
const ON_REQUEST: &[&str] = &["id", "phone-local"];

fn by_default() -> impl Iterator<Item = &'static Detector> {
    DETECTORS.iter().copied().filter(|detector| !ON_REQUEST.contains(&detector.name))
}

impl Default for Config {
    fn default() -> Self {
        Config {
            replacement: "[REDACTED]".into(),
            action: Action::Mask,
            keys: KEYS.iter().map(|key| KeyRule::glob(key)).collect(),
            except: EXCEPT.iter().map(|key| KeyRule::glob(key).name).collect(),
            safe_keys: Vec::new(),
            only_keys: None,
            values: by_default().map(|detector| ValueRule { detector: DetectorName(detector.name.into()), action: None }).collect(),
            custom: Vec::new(),
            safe_values: Vec::new(),
            commands: Commands::default(),
            hash: None,
            mark: None,
            count_fields: false,
            explain: false,
        }
    }
}
