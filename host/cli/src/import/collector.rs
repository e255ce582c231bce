//! The Collector's redaction processor.
//!
//! Its fields are those of `config.go` of `processor/redactionprocessor` in opentelemetry-collector-contrib. It goes over the attributes of
//! resources, scopes, spans and events: an ignored key is passed over, one that is not allowed goes, an allowed value is passed over, a blocked key
//! or value is masked with `****` or hashed.

use anyhow::{Result, bail};

use super::policy::{Entry, Yaml, entry, flow, is_plain, plain, print, text};
use super::{Notes, rules};
use crate::node::{Node, Value};

const ABOUT: &str = "Made by `spansieve import collector`.";

const FIELDS: &[&str] = &[
    "allow_all_keys",
    "allowed_keys",
    "ignored_keys",
    "ignored_key_patterns",
    "blocked_key_patterns",
    "blocked_values",
    "allowed_values",
    "redact_all_types",
    "hash_function",
    "hmac_key",
    "summary",
    "url_sanitizer",
    "db_sanitizer",
];

/// The variable that a policy takes the key from where the Collector's configuration says none.
const KEY_VARIABLE: &str = "SPANSIEVE_HASH_KEY";

/// The name of the secret in the policy.
const SECRET: &str = "redaction";

/// Attributes that redact takes for URLs, and for commands.
const URLS: &[&str] = &[
    "url.full",
    "url.original",
    "url.path",
    "url.query",
    "url.fragment",
    "http.url",
    "http.target",
    "http.path",
    "http.uri",
    "http.referer",
    "http.referrer",
    "http.query",
    "http.query_string",
];
const STATEMENTS: &[&str] = &["db.query.text", "db.statement"];

/// The policy that does what the processors do.
pub(super) fn import(root: &Node, name: Option<&str>, notes: &mut Notes) -> Result<String> {
    let mut plugins = Vec::new();
    match root.get("processors") {
        Some(processors) => {
            for (key, node) in processors.entries()? {
                let Some(rest) = key.strip_prefix("redaction").filter(|rest| rest.is_empty() || rest.starts_with('/')) else { continue };
                if name.is_none_or(|name| name == key || Some(name) == rest.strip_prefix('/')) {
                    plugins.push(plugin(&key.replace('/', "-"), node, notes)?);
                }
            }
        }
        None if FIELDS.iter().any(|field| root.get(field).is_some()) => plugins.push(plugin("redaction", root, notes)?),
        None => {}
    }
    match (plugins.len(), name) {
        (0, Some(name)) => bail!("there is no processor `{name}` among `processors`"),
        (0, None) => bail!("expected `processors` with a `redaction`, or the map of one"),
        (1, _) => {}
        _ => notes.differs(root, "the plugins stand in the order of `processors`; pipelines of the Collector may have another"),
    }
    Ok(print(&[ABOUT.to_owned()], plugins))
}

fn plugin(name: &str, node: &Node, notes: &mut Notes) -> Result<Yaml> {
    let mut reader = Reader { notes, config: Vec::new(), secret: None };
    reader.read(node)?;
    let Reader { config, secret, .. } = reader;
    let name = if is_plain(name) { plain(name) } else { text(name) };
    let mut entries = vec![entry("name", name), entry("use", plain("builtin:redact"))];
    entries.extend(secret.map(|variable| entry("secrets", Yaml::Map(vec![entry(SECRET, plain(format!("env:{variable}")))]))));
    entries.push(entry("config", Yaml::Map(config)));
    Ok(Yaml::Map(entries))
}

struct Reader<'n> {
    notes: &'n mut Notes,
    config: Vec<Entry>,
    /// The environment variable with the key of hashes.
    secret: Option<String>,
}

impl Reader<'_> {
    fn put(&mut self, key: &str, value: Yaml) {
        self.config.push(entry(key, value));
    }

    fn read(&mut self, node: &Node) -> Result<()> {
        for (key, node) in node.entries()? {
            if !FIELDS.contains(&key.as_str()) {
                self.notes.lost(node, "no field of the processor that is known here");
            }
        }
        self.put("preset", plain("none"));
        self.put("replacement", text("****"));
        self.hash(node)?;

        let blocked = self.patterns(node, "blocked_key_patterns", |pattern| Ok(flow("regex", &rules::whole(pattern)?)))?;
        if let Some(first) = node.get("blocked_key_patterns").filter(|_| !blocked.is_empty()) {
            self.notes.differs(first, "case does not matter, and the keys count inside texts too, as in `key=value` and JSON");
        }
        if !blocked.is_empty() {
            self.put("keys", Yaml::List(blocked));
        }

        let mut ignored = self.texts(node, "ignored_keys", |key| flow("exact", key))?;
        ignored.extend(self.patterns(node, "ignored_key_patterns", |pattern| Ok(flow("regex", &rules::whole(pattern)?)))?);
        if !ignored.is_empty() {
            self.put("except", Yaml::List(ignored.clone()));
            self.put("safe_keys", Yaml::List(ignored));
        }

        if !node.get("allow_all_keys").map_or(Ok(false), Node::flag)? {
            let allow = self.texts(node, "allowed_keys", |key| flow("exact", key))?;
            if allow.is_empty() {
                self.notes.differs(node, "no key is allowed, so that every attribute goes that is not ignored, as in the Collector");
            }
            self.notes.carried += 1;
            self.put("only_keys", Yaml::Map(vec![entry("allow", Yaml::List(allow)), entry("others", plain("remove"))]));
        } else if let Some(keys) = node.get("allowed_keys") {
            self.notes.differs(keys, "has no effect beside allow_all_keys: true, as in the Collector");
        }

        let mut number = 0;
        let custom = self.patterns(node, "blocked_values", |pattern| {
            number += 1;
            let name = plain(format!("blocked-{number}"));
            Ok(Yaml::Map(vec![entry("name", name), entry("regex", text(rules::whole(pattern)?))]))
        })?;
        if let Some(first) = node.get("blocked_values").filter(|_| !custom.is_empty()) {
            self.notes.differs(first, "searched for in every text of a span, on the original text, all rules at once; in the Collector in attributes, one rule after the other");
            self.put("custom", Yaml::List(custom));
        }
        let allowed = self.patterns(node, "allowed_values", rules::allowed)?;
        if let Some(first) = node.get("allowed_values").filter(|_| !allowed.is_empty()) {
            self.notes
                .differs(first, "excuses only the found part that is so; in the Collector the whole attribute, with what else is in it");
            self.put("safe_values", Yaml::List(allowed));
        }
        if let Some(all) = node.get("redact_all_types") {
            all.flag()?;
            self.notes.differs(all, "numbers, bytes, lists and maps are always searched, and keep their types where nothing is found");
        }
        self.urls(node.get("url_sanitizer"))?;
        self.commands(node.get("db_sanitizer"))?;
        if let Some(summary) = node.get("summary")
            && matches!(summary.text()?, "debug" | "info")
        {
            self.notes.differs(
                summary,
                "instead of the attributes redaction.* each span gets one with the names of the rules that found something",
            );
            self.put("mark", text("spansieve.redacted"));
        }
        Ok(())
    }

    fn hash(&mut self, node: &Node) -> Result<()> {
        let function = node.get("hash_function").filter(|function| !matches!(&function.value, Value::Null));
        let key = node.get("hmac_key");
        let Some(function) = function else {
            if let Some(key) = key {
                self.notes.lost(key, "a key without hash_function");
            }
            return Ok(());
        };
        // `${env:NAME}` or `${NAME}`: then the policy can take the key from where the Collector does.
        let variable = key.and_then(|key| key.text().ok()).and_then(|key| {
            let name = key.strip_prefix("${")?.strip_suffix('}')?;
            let name = name.strip_prefix("env:").unwrap_or(name);
            name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_').then(|| name.to_owned())
        });
        match (key, &variable) {
            (Some(_), Some(_)) => {}
            (Some(key), None) => {
                self.notes.differs(key, format!("not printed: set the environment variable {KEY_VARIABLE} to it where the policy is used"))
            }
            (None, _) => self.notes.differs(
                function,
                format!(
                    "hashes have a key here: set the environment variable {KEY_VARIABLE} where the policy is used, to at least 16 bytes"
                ),
            ),
        }
        self.notes.differs(
            function,
            format!("{} becomes HMAC-SHA-256 with a key, as `[hmac:ID:HEX]`: hashes are others than before", function.text()?),
        );
        self.put("action", plain("hash"));
        self.put("hash", Yaml::Flow(vec![("key", plain(SECRET))]));
        self.secret = Some(variable.unwrap_or_else(|| KEY_VARIABLE.to_owned()));
        Ok(())
    }

    fn urls(&mut self, node: Option<&Node>) -> Result<()> {
        let Some(node) = node else { return Ok(()) };
        if !node.get("enabled").map_or(Ok(false), Node::flag)? {
            return Ok(());
        }
        self.known(node, &["enabled", "attributes", "sanitize_span_name"])?;
        self.attributes(node, URLS)?;
        if let Some(name) = node.get("sanitize_span_name")
            && !name.flag()?
        {
            self.notes.lost(name, "names of spans that hold a path are looked at");
        }
        self.notes.carried += 1;
        self.notes.differs(node, "ids in paths become {id}, not *; queries go from all attributes of URLs");
        self.put("urls", Yaml::Flow(vec![("query", plain("drop")), ("paths", plain("ids"))]));
        Ok(())
    }

    fn commands(&mut self, node: Option<&Node>) -> Result<()> {
        const LANGUAGES: [(&str, &[&str]); 4] =
            [("sql", &["sql"]), ("redis", &["redis", "valkey"]), ("memcached", &["memcached"]), ("json", &["mongo", "opensearch", "es"])];
        let mut on = [false; LANGUAGES.len()];
        if let Some(node) = node {
            let languages = LANGUAGES.iter().flat_map(|(_, theirs)| theirs.iter().copied());
            self.known(node, &languages.chain(["sanitize_span_name", "allow_fallback_without_system"]).collect::<Vec<_>>())?;
            for (on, (_, theirs)) in on.iter_mut().zip(LANGUAGES) {
                for language in theirs.iter().filter_map(|name| node.get(name)) {
                    self.known(language, &["enabled", "attributes"])?;
                    if language.get("enabled").map_or(Ok(false), Node::flag)? {
                        *on = true;
                        self.attributes(language, STATEMENTS)?;
                    }
                }
            }
            if on.contains(&true) {
                if let Some(name) = node.get("sanitize_span_name")
                    && !name.flag()?
                {
                    self.notes.lost(name, "names of spans that hold a statement are looked at");
                }
                if !node.get("allow_fallback_without_system").map_or(Ok(false), Node::flag)? {
                    self.notes.differs(node, "without db.system the language follows from how the text begins, and its values go too");
                }
            }
        }
        self.notes.carried += on.iter().filter(|on| **on).count();
        if on.contains(&true) {
            self.put("commands", Yaml::Flow(LANGUAGES.iter().zip(on).map(|((ours, _), on)| (*ours, plain(on))).collect()));
        }
        Ok(())
    }

    /// Reports fields of a part that are not known.
    fn known(&mut self, node: &Node, fields: &[&str]) -> Result<()> {
        for (key, node) in node.entries()? {
            if !fields.contains(&key.as_str()) {
                self.notes.lost(node, "no field of the processor that is known here");
            }
        }
        Ok(())
    }

    /// Reports attributes that redact does not look at in this way.
    fn attributes(&mut self, node: &Node, ours: &[&str]) -> Result<()> {
        for (node, attribute) in node.get("attributes").map_or(Ok(Vec::new()), Node::texts)? {
            if !ours.contains(&attribute) {
                self.notes.lost(node, format!("only {} and their like are looked at in this way", ours[..2].join(", ")));
            }
        }
        Ok(())
    }

    fn texts(&mut self, node: &Node, field: &str, to: impl Fn(&str) -> Yaml) -> Result<Vec<Yaml>> {
        let mut rules = Vec::new();
        for (node, text) in node.get(field).map_or(Ok(Vec::new()), Node::texts)? {
            match expand(text) {
                Ok(text) if text.is_empty() => self.notes.lost(node, "an empty text"),
                Ok(text) => rules.push(to(&text)),
                Err(why) => self.notes.lost(node, why),
            }
        }
        self.notes.carried += rules.len();
        Ok(rules)
    }

    fn patterns(&mut self, node: &Node, field: &str, mut to: impl FnMut(&str) -> Result<Yaml, String>) -> Result<Vec<Yaml>> {
        let mut rules = Vec::new();
        for (node, pattern) in node.get(field).map_or(Ok(Vec::new()), Node::texts)? {
            match expand(pattern).and_then(|pattern| to(&pattern)) {
                Ok(rule) => rules.push(rule),
                Err(why) => self.notes.lost(node, why),
            }
        }
        self.notes.carried += rules.len();
        Ok(rules)
    }
}

/// The text as the Collector has it after its start, where `$$` is a dollar sign.
///
/// # Errors
/// Where something is put in then.
fn expand(text: &str) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('$') {
        out.push_str(before);
        out.push('$');
        if behind.starts_with('{') {
            return Err("the Collector puts something in for ${..}: write it out first".into());
        }
        rest = behind.strip_prefix('$').unwrap_or(behind);
    }
    Ok(out + rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollar_signs_are_those_that_the_collector_sees() {
        assert_eq!(expand("^a$$|b$"), Ok("^a$|b$".into()));
        assert!(expand("${env:X}").is_err());
        assert_eq!(expand("$${x}"), Ok("${x}".into()));
    }
}
