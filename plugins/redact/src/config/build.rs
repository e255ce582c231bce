//! From what the policy says to what works: the checks that need more than types.

use spansieve_plugin::ConfigError;

use super::{Allowed, Config, Custom, DetectorName, Encoding, HashKey, KeyName, OnlyKeys, Others, ValueRule};
use crate::action::{Action, Secret, Writer};
use crate::command;
use crate::custom::{CustomRule, Options};
use crate::decode::Decoding;
use crate::detect::{self, DETECTORS};
use crate::engine::{Engine, FIRST_CUSTOM_RULE};
use crate::keys::{KeyPattern, KeyRules};
use crate::preset::CREDENTIALS;
use crate::safe::SafeValues;
use crate::scan::KEY_RULE;
use crate::url;

/// What a configuration comes to.
pub(crate) struct Built {
    pub(crate) engine: Engine,
    /// The key rules once more, for attributes.
    pub(crate) keys: KeyRules,
    /// Keys of attributes that are left alone.
    pub(crate) safe_keys: KeyRules,
    /// Keys of attributes that may stay, where only some may, and whether others go.
    pub(crate) only_keys: Option<(KeyRules, Others)>,
    /// The names of all rules, by their numbers.
    pub(crate) names: Vec<String>,
    /// The key of the attribute that says which rules have found something.
    pub(crate) mark: Option<String>,
    /// Whether hits are counted for each field.
    pub(crate) count_fields: bool,
    /// Whether to say what is found and what was close.
    pub(crate) explain: bool,
}

impl Config {
    /// Checks everything and makes an engine of it. `secret` gives what the policy has under a name.
    ///
    /// # Errors
    /// With the place in the configuration and what was expected there.
    pub(crate) fn build(self, secret: impl Fn(&str) -> Option<Vec<u8>>) -> Result<Built, ConfigError> {
        check_replacement(&self.replacement)?;
        let rules = self.keys();
        let keys = patterns("keys", rules.iter().map(|rule| &rule.name))?;
        let key_actions: Vec<_> = rules.iter().map(|rule| rule.action.unwrap_or(self.action)).collect();
        let except = patterns("except", &self.except())?;
        let safe_keys = patterns("safe_keys", &self.safe_keys)?;
        let mut names: Vec<String> = DETECTORS.iter().map(|detector| detector.name.to_owned()).collect();
        names.push("key".into());
        names.extend(command::NAMES.iter().chain(url::NAMES).map(|name| (*name).to_owned()));
        let mut actions = vec![Action::Mask; names.len()];
        let detectors = self.detectors(&mut actions)?;
        let mut custom = Vec::new();
        for (place, rule) in self.custom.iter().enumerate() {
            custom.push(custom_rule(place, rule, &names)?);
            names.push(rule.name.clone());
            actions.push(rule.action.unwrap_or(self.action));
        }
        let keyed = actions.iter().chain(&key_actions).any(|action| action.is_keyed());
        let secret = match &self.hash {
            Some(hash) => Some(hash_key(hash, secret)?),
            None if keyed => {
                return Err(ConfigError::at(
                    "hash",
                    "missing, expected `hash: {key: NAME}`: an action is hash or pseudonym, which need a key",
                ));
            }
            None => None,
        };
        let safe = SafeValues::new(allowed("safe_values", &self.safe_values)?);
        if self.mark.as_deref() == Some("") {
            return Err(ConfigError::at("mark", "expected a key that is not empty"));
        }
        let only_keys = self.only_keys.as_ref().map(|OnlyKeys { allow, others }| -> Result<_, ConfigError> {
            let mut all = patterns("only_keys.allow", allow)?;
            all.extend(except.iter().chain(&safe_keys).cloned());
            all.extend(self.mark.clone().map(KeyPattern::Exact));
            Ok((KeyRules::new(&all, &[]), *others))
        });
        let keep = self.commands().json_keep.into_iter().map(String::into_bytes).collect();
        let rules = || KeyRules::new(&keys, &except).with_actions(&key_actions);
        actions[KEY_RULE] = Action::Mask;
        let writer = Writer::new(&self.replacement, actions, rules().actions().to_vec(), secret);
        let decoding = Decoding::new(&self.replacement, self.decode.contains(&Encoding::Base64));
        Ok(Built {
            engine: Engine::new(&detectors, rules(), custom, keep, writer, safe, decoding),
            keys: rules(),
            safe_keys: KeyRules::new(&safe_keys, &[]),
            only_keys: only_keys.transpose()?,
            names,
            mark: self.mark,
            count_fields: self.count_fields,
            explain: self.explain,
        })
    }

    /// The places of the detectors in their table, and in `actions` what becomes of what they find.
    fn detectors(&self, actions: &mut [Action]) -> Result<Vec<usize>, ConfigError> {
        let mut detectors = Vec::new();
        for (place, ValueRule { detector: DetectorName(name), action }) in self.values().iter().enumerate() {
            let number = detect::by_name(name).ok_or_else(|| {
                ConfigError::at(format!("values[{place}]"), format!("no detector is called `{name}`; there are {}", detect::names()))
            })?;
            let wrong = |message: String| ConfigError::at(format!("values[{place}].action"), message);
            let is_credential = CREDENTIALS.contains(&name.as_str());
            actions[number] = match action {
                Some(Action::Truncate(Some(_))) if is_credential => {
                    return Err(wrong(format!(
                        "`{name}` finds credentials, of which nothing may stay; expected another action than truncate"
                    )));
                }
                Some(Action::Truncate(None)) if !matches!(name.as_str(), "ipv4" | "ipv6") => {
                    return Err(wrong(format!(
                        "`truncate` without a number is for ipv4 and ipv6, `{name}` finds no addresses; expected `truncate: n` or another action"
                    )));
                }
                Some(action) => *action,
                None if is_credential && matches!(self.action, Action::Truncate(_)) => Action::Mask,
                None => self.action,
            };
            if detectors.contains(&number) {
                return Err(ConfigError::at(format!("values[{place}]"), format!("`{name}` is named twice, expected each detector once")));
            }
            detectors.push(number);
        }
        Ok(detectors)
    }
}

/// Rule `place` of the policy's own.
fn custom_rule(place: usize, rule: &Custom, names: &[String]) -> Result<CustomRule, ConfigError> {
    let Custom { name, regex, keywords, entropy, validate, allow, action: _ } = rule;
    let at = |field: &str| format!("custom[{place}].{field}");
    if name.is_empty() || names.contains(name) {
        return Err(ConfigError::at(at("name"), format!("expected a name that no other rule has, found `{name}`")));
    }
    if let Some(empty) = keywords.iter().position(String::is_empty) {
        return Err(ConfigError::at(format!("custom[{place}].keywords[{empty}]"), "expected a word that is not empty"));
    }
    if entropy.is_some_and(|bits| !(0.0..=8.0).contains(&bits)) {
        return Err(ConfigError::at(at("entropy"), "expected a number of bits for each byte, from 0 to 8"));
    }
    let check = |check: &super::CheckName| {
        detect::check_by_name(&check.0).ok_or_else(|| {
            ConfigError::at(at("validate"), format!("no check is called `{}`; there are {}", check.0, detect::check_names()))
        })
    };
    let options = Options {
        keywords: keywords.clone(),
        entropy: *entropy,
        check: validate.as_ref().map(check).transpose()?,
        allow: SafeValues::new(allowed(&at("allow"), allow)?),
    };
    CustomRule::new(regex, FIRST_CUSTOM_RULE + place, options)
        .map_err(|reason| ConfigError::at(at("regex"), format!("the pattern of rule `{name}` cannot be used: {reason}")))
}

fn patterns<'k>(field: &str, names: impl IntoIterator<Item = &'k KeyName>) -> Result<Vec<KeyPattern>, ConfigError> {
    let pattern = |(place, name): (usize, &KeyName)| {
        let at = || format!("{field}[{place}]");
        let (KeyName::Contains(text) | KeyName::Exact(text) | KeyName::Glob(text) | KeyName::Regex(text)) = name;
        if text.is_empty() {
            return Err(ConfigError::at(at(), "expected a text that is not empty"));
        }
        Ok(match name.clone() {
            KeyName::Contains(text) => KeyPattern::Contains(text),
            KeyName::Exact(text) => KeyPattern::Exact(text),
            KeyName::Glob(text) => KeyPattern::Glob(text),
            KeyName::Regex(text) => KeyPattern::regex(&text)
                .map_err(|reason| ConfigError::at(format!("{}.regex", at()), format!("the pattern cannot be used: {reason}")))?,
        })
    };
    names.into_iter().enumerate().map(pattern).collect()
}

/// What is left alone, each with its pattern, if it is one.
fn allowed(field: &str, all: &[Allowed]) -> Result<Vec<crate::safe::Value>, ConfigError> {
    let value = |(place, allowed): (usize, &Allowed)| match allowed {
        Allowed::Exact(text) if text.is_empty() => {
            Err(ConfigError::at(format!("{field}[{place}].exact"), "expected a text that is not empty"))
        }
        Allowed::Exact(text) => Ok(crate::safe::Value::Exact(text.clone().into_bytes())),
        Allowed::Regex(pattern) => crate::safe::Value::regex(pattern)
            .map_err(|reason| ConfigError::at(format!("{field}[{place}].regex"), format!("the pattern cannot be used: {reason}"))),
    };
    all.iter().enumerate().map(value).collect()
}

/// The key that `hash` names.
fn hash_key(hash: &HashKey, secret: impl Fn(&str) -> Option<Vec<u8>>) -> Result<Secret, ConfigError> {
    let HashKey { key, id } = hash;
    let (field, id) = id.as_ref().map_or(("hash.key", key), |id| ("hash.id", id));
    if !Secret::is_id(id) {
        return Err(ConfigError::at(
            field,
            format!("found `{id}`, expected 1 to 32 letters, digits, `.`, `_` or `-`, which are written into every hash"),
        ));
    }
    let Some(bytes) = secret(key) else {
        let message =
            format!("the plugin has no secret `{key}`; expected one in the policy, beside `config`: `secrets: {{{key}: env:VARIABLE}}`");
        return Err(ConfigError::at("hash.key", message));
    };
    if bytes.len() < Secret::SHORTEST {
        return Err(ConfigError::at("hash.key", format!("the secret `{key}` is too short, expected at least {} bytes", Secret::SHORTEST)));
    }
    Ok(Secret::new(&bytes, id))
}

/// A replacement that could be part of data would be taken for a border between them, and one that means something to decoding or to a detector
/// would be found again.
fn check_replacement(text: &str) -> Result<(), ConfigError> {
    let error = |message: &str| Err(ConfigError::at("replacement", message));
    if text.contains(['%', '+', '=', '@']) || text.chars().any(char::is_control) {
        return error("expected a text without `%`, `+`, `=`, `@` and control characters, which belong to what is searched for");
    }
    let marked = text.chars().any(|c| !c.is_ascii() || "[]<>{}()*#?!|~^".contains(c));
    if text.len() < if marked { 3 } else { 8 } {
        return error(
            "expected at least 3 bytes with one of `[]<>{}()*#?!|~^`, or at least 8 bytes: a shorter text could be part of the data",
        );
    }
    Ok(())
}
