//! The rules of gitleaks.
//!
//! Its fields are those of `config/config.go` in gitleaks 8. A rule's pattern is looked for in files that have one of its keywords; what is found is a
//! group of the match, which counts if its entropy is above a bound and no allowlist names it.

use std::collections::BTreeSet;

use anyhow::Result;

use super::analysis::split;
use super::policy::{Entry, Yaml, entry, flow, is_plain, plain, print, text};
use super::{Notes, go_regex, rules};
use crate::node::{Node, Value};

const ABOUT: &str = "Made by `spansieve import gitleaks`. The rules stand beside redact's own, which `preset: none` switches off.";

/// Names that redact's own rules have.
const TAKEN: &[&str] = &[
    "email",
    "card",
    "ssn",
    "ipv4",
    "jwt",
    "aws",
    "github",
    "iban",
    "phone",
    "bearer",
    "phone-groups",
    "userinfo",
    "stripe",
    "id",
    "phone-local",
    "ipv6",
    "mac",
    "token",
    "private-key",
    "basic",
    "crypto",
    "uuid",
    "key",
    "sql",
    "comment",
    "redis",
    "memcached",
    "json",
    "url-values",
    "url-drop",
    "url-digits",
    "url-ids",
];

/// So many words are put together to one pattern.
const WORDS: usize = 100;

/// The policy with the rules.
pub(super) fn import(root: &Node, notes: &mut Notes) -> Result<String> {
    let (mut names, mut custom, mut lists) = (BTreeSet::new(), Vec::new(), Vec::new());
    for (key, node) in root.entries()? {
        match key.to_ascii_lowercase().as_str() {
            "title" | "description" | "minversion" => {}
            "extend" => extend(node, notes)?,
            "allowlist" => lists.push(node),
            "allowlists" => lists.extend(node.list()?),
            "rules" => {
                for node in node.list()? {
                    custom.extend(rules_of(node, &mut names, notes)?);
                }
            }
            _ => notes.lost(node, "no field of gitleaks that is known here"),
        }
    }
    let mut safe = Vec::new();
    for list in lists {
        let targets: Vec<_> =
            field(list, "targetRules").map_or(Ok(Vec::new()), Node::texts)?.into_iter().map(|(_, id)| id.to_owned()).collect();
        let allowed = allowlist(list, notes)?;
        if targets.is_empty() {
            safe.extend(allowed);
        } else {
            custom.iter_mut().filter(|rule| targets.contains(&rule.id)).for_each(|rule| rule.allow.extend(allowed.iter().cloned()));
        }
    }
    if let Some(list) = root.get("allowlist").or(root.get("allowlists")).filter(|_| !safe.is_empty()) {
        notes.differs(list, "counts for redact's own rules too");
    }
    notes.carried = custom.len();
    let mut config = vec![entry("custom", Yaml::List(custom.into_iter().map(Rule::into_yaml).collect()))];
    if !safe.is_empty() {
        config.push(entry("safe_values", Yaml::List(safe)));
    }
    let plugin = vec![entry("use", plain("builtin:redact")), entry("config", Yaml::Map(config))];
    Ok(print(&[ABOUT.to_owned()], vec![Yaml::Map(plugin)]))
}

struct Rule {
    id: String,
    description: Option<String>,
    name: String,
    regex: String,
    keywords: Vec<String>,
    entropy: Option<f64>,
    allow: Vec<Yaml>,
}

impl Rule {
    fn into_yaml(self) -> Yaml {
        let name = if is_plain(&self.name) { plain(self.name) } else { text(self.name) };
        let mut entries = vec![Entry { comment: self.description, key: "name".into(), value: name }, entry("regex", text(self.regex))];
        if !self.keywords.is_empty() {
            entries.push(entry("keywords", Yaml::List(self.keywords.into_iter().map(text).collect())));
        }
        entries.extend(self.entropy.map(|entropy| entry("entropy", plain(entropy))));
        if !self.allow.is_empty() {
            entries.push(entry("allow", Yaml::List(self.allow)));
        }
        Yaml::Map(entries)
    }
}

/// The entry with this key, in any case, as gitleaks reads it.
fn field<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    let Value::Map(entries) = &node.value else { return None };
    entries.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, node)| node)
}

fn extend(node: &Node, notes: &mut Notes) -> Result<()> {
    for (key, node) in node.entries()? {
        match key.to_ascii_lowercase().as_str() {
            "usedefault" if !node.flag()? => {}
            "usedefault" => {
                notes.lost(node, "the default rules of gitleaks are not in this file: import them from config/gitleaks.toml of its sources")
            }
            "path" | "url" => notes.lost(node, "import the rules from there too"),
            "disabledrules" => notes.lost(node, "leave these rules out where they are imported"),
            _ => notes.lost(node, "no field of gitleaks that is known here"),
        }
    }
    Ok(())
}

/// The rules that do what one of gitleaks does: none, one, or two.
fn rules_of(node: &Node, names: &mut BTreeSet<String>, notes: &mut Notes) -> Result<Vec<Rule>> {
    let id = field(node, "id").map_or(Ok("rule"), Node::text)?;
    let Some(pattern) = field(node, "regex") else {
        notes.lost(node, format!("rule `{id}` has no regex: it is about files"));
        return Ok(Vec::new());
    };
    if let Some(skip) = field(node, "skipReport").filter(|skip| matches!(skip.value, Value::Flag(true))) {
        notes.lost(skip, format!("rule `{id}` finds nothing by itself, it is there for others to require"));
        return Ok(Vec::new());
    }
    let group = field(node, "secretGroup").map_or(Ok(0.0), Node::number)? as usize;
    let parts = regex_of(node, pattern, group, notes).and_then(|regex| keywords(node, regex, notes));
    let parts = match parts {
        Ok(parts) => parts,
        Err(why) => {
            notes.lost(pattern, format!("rule `{id}`: {why}"));
            return Ok(Vec::new());
        }
    };
    let mut rule = Rule {
        id: id.to_owned(),
        description: None,
        name: String::new(),
        regex: String::new(),
        keywords: Vec::new(),
        entropy: None,
        allow: Vec::new(),
    };
    for (key, node) in node.entries()? {
        match key.to_ascii_lowercase().as_str() {
            "id" | "regex" | "secretgroup" | "skipreport" | "tags" | "keywords" => {}
            "description" => rule.description = Some(node.text()?.to_owned()),
            "entropy" => rule.entropy = Some(node.number()?).filter(|entropy| *entropy > 0.0),
            "path" => notes.lost(node, "there are no files here, so the rule counts for every text"),
            "required" => notes.lost(node, "the rule counts whatever other rules find"),
            "allowlist" => rule.allow.extend(allowlist(node, notes)?),
            "allowlists" => {
                for list in node.list()? {
                    rule.allow.extend(allowlist(list, notes)?);
                }
            }
            _ => notes.lost(node, "no field of gitleaks that is known here"),
        }
    }
    let named = |(regex, keywords)| {
        let name = name(id, names);
        if name != id {
            notes.differs(node, format!("rule `{id}` is called {name} here, because another rule has its name"));
        }
        Rule {
            name,
            regex,
            keywords,
            allow: rule.allow.clone(),
            id: rule.id.clone(),
            description: rule.description.clone(),
            entropy: rule.entropy,
        }
    };
    Ok(parts.into_iter().map(named).collect())
}

/// The rule's pattern, with a name for the group of the secret.
fn regex_of(node: &Node, pattern: &Node, group: usize, notes: &mut Notes) -> Result<String, String> {
    let text = pattern.text().map_err(|error| error.to_string())?;
    if let Some(regex) = rules::group(text, group)? {
        return Ok(regex);
    }
    let regex = rules::whole(text)?;
    if go_regex::translate(text, go_regex::Groups::Keep)? != regex {
        notes.differs(
            field(node, "regex").unwrap_or(node),
            "the whole match is found, because it can't be told which group holds the secret",
        );
    }
    Ok(regex)
}

/// A name that no rule has.
fn name(id: &str, names: &mut BTreeSet<String>) -> String {
    let id = if id.is_empty() { "rule" } else { id };
    let first = if TAKEN.contains(&id) { format!("gitleaks-{id}") } else { id.to_owned() };
    let numbered = (2..).map(|number| format!("{first}-{number}"));
    let name = std::iter::once(first.clone()).chain(numbered).find(|name| !names.contains(name)).unwrap_or(first);
    names.insert(name.clone());
    name
}

/// The pattern with the words without which it does not count. gitleaks looks for them in the whole file, mostly to save time: where a match has one of them
/// in it anyway they say nothing, and redact would look for them before the match. Where only some matches have, there are two patterns.
fn keywords(node: &Node, regex: String, notes: &mut Notes) -> Result<Vec<(String, Vec<String>)>, String> {
    let words = field(node, "keywords").map_or(Ok(Vec::new()), Node::texts).map_err(|error| error.to_string())?;
    let words: Vec<_> = words.into_iter().map(|(_, word)| word.to_lowercase()).filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return Ok(vec![(regex, Vec::new())]);
    }
    let (with, without) = split(&go_regex::parse(&regex)?, &words);
    if without.is_some() {
        let node = field(node, "keywords").unwrap_or(node);
        notes.differs(node, "count in an attribute's key and in the 48 bytes before the match; in gitleaks anywhere in the file");
    }
    Ok(match (with, without) {
        (Some(with), Some(without)) => vec![(with.to_string(), Vec::new()), (without.to_string(), words)],
        (None, Some(_)) => vec![(regex, words)],
        _ => vec![(regex, Vec::new())],
    })
}

/// What an allowlist allows.
fn allowlist(node: &Node, notes: &mut Notes) -> Result<Vec<Yaml>> {
    let list = |key: &str| field(node, key).filter(|list| list.list().is_ok_and(|items| !items.is_empty()));
    let (regexes, stopwords) = (list("regexes"), list("stopwords"));
    let all = field(node, "condition").map_or(Ok(""), Node::text)?;
    if all.eq_ignore_ascii_case("and") || all == "&&" {
        let others = [regexes, stopwords, list("paths"), list("commits")].into_iter().flatten().count();
        if others > 1 {
            notes.lost(node, "an allowlist of which all parts have to agree");
            return Ok(Vec::new());
        }
    }
    for (key, node) in node.entries()? {
        match key.to_ascii_lowercase().as_str() {
            "description" | "condition" | "regexes" | "stopwords" | "regextarget" | "targetrules" => {}
            "paths" | "commits" | "files" | "repos" => notes.lost(node, "there are no files and commits here"),
            _ => notes.lost(node, "no field of gitleaks that is known here"),
        }
    }
    let mut allowed = Vec::new();
    match field(node, "regexTarget").map_or(Ok("secret"), Node::text)? {
        target @ ("match" | "line") => {
            if let Some(regexes) = regexes {
                notes.lost(regexes, format!("they look at the {target}, and here only what is found can be looked at"));
            }
        }
        _ => {
            for (node, pattern) in regexes.map_or(Ok(Vec::new()), Node::texts)? {
                match rules::allowed(pattern) {
                    Ok(rule) => allowed.push(rule),
                    Err(why) => notes.lost(node, why),
                }
            }
        }
    }
    let words = stopwords.map_or(Ok(Vec::new()), Node::texts)?;
    for words in words.chunks(WORDS) {
        let words: Vec<_> = words.iter().map(|(_, word)| regex_syntax::escape(word)).collect();
        allowed.push(flow("regex", &format!("(?s:.*)(?i:{})(?s:.*)", words.join("|"))));
    }
    Ok(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use spansieve_runtime::{Chain, Policy};

    #[test]
    fn no_rule_is_called_as_one_of_redact() {
        let policy = Policy::parse("{version: 1, plugins: [{use: 'builtin:redact'}]}", "test", std::path::Path::new("")).unwrap();
        let chain = Chain::load(&policy).unwrap();
        let schema: serde_json::Value = serde_json::from_str(&chain.plugins().next().unwrap().description().schema).unwrap();
        for detector in schema["$defs"]["DetectorName"]["oneOf"].as_array().expect("detectors") {
            let name = detector["const"].as_str().expect("a name");
            assert!(TAKEN.contains(&name), "{name}");
        }
    }

    #[test]
    fn names_are_given_once() {
        let mut names = BTreeSet::new();
        let given: Vec<_> = ["a", "a", "jwt", "a", ""].iter().map(|id| name(id, &mut names)).collect();
        assert_eq!(given, ["a", "a-2", "gitleaks-jwt", "a-3", "rule"]);
    }
}
