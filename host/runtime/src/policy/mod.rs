//! Policies: which plugins spans pass, in what order, with what configuration, limits and failure rules.

mod bounds;
mod secrets;
mod units;
mod yaml;

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::builtin;
use crate::limits::Limits;
#[cfg(feature = "engine")]
use crate::policy_tests::TestFailure;
pub(crate) use secrets::SecretEntry;
use yaml::{Node, NodeValue};

/// The policy that is used where none is given; the same file is `examples/policies/standard.yaml`.
const STANDARD: &str = include_str!("../../../../examples/policies/standard.yaml");

/// Bytes of a policy file: one that is larger is some other file.
const MAX_FILE: u64 = 16 << 20;

/// A policy as it was read and checked. Its plugins are not loaded yet.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Where it came from, as messages name it.
    pub(crate) origin: String,
    /// The file that it was read from.
    path: Option<PathBuf>,
    pub(crate) plugins: Vec<PolicyPlugin>,
    tests: Vec<PolicyTest>,
    warnings: Vec<String>,
}

/// One plugin of a policy.
#[derive(Clone, Debug)]
pub(crate) struct PolicyPlugin {
    pub(crate) name: String,
    pub(crate) component: Component,
    pub(crate) config: serde_json::Value,
    pub(crate) on_failure: OnFailure,
    pub(crate) limits: Limits,
    pub(crate) tables: HashMap<String, PathBuf>,
    pub(crate) secrets: Vec<SecretEntry>,
    /// It runs beside the plugin before it, and what it does is only compared.
    pub(crate) shadow: bool,
    /// Line and column of the plugin, of the files that it names, and of what its configuration holds, for messages.
    place: (usize, usize),
    file_places: Vec<(PathBuf, String, (usize, usize))>,
    config_places: Vec<(String, (usize, usize))>,
}

/// Where a plugin's component comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Component {
    /// One of the standard plugins, embedded.
    Builtin(&'static str),
    File(PathBuf),
}

/// What becomes of a batch on which a plugin fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFailure {
    /// Go on with the skeleton of each span: ids, times, kind, status code, parent, flags.
    Strip,
    /// Go on as if the plugin were not there.
    Pass,
    /// Do not go on; the spans are counted as withheld.
    Withhold,
}

/// A test that a policy carries: spans in their text form, and what they have to become.
#[derive(Clone, Debug)]
pub struct PolicyTest {
    /// What it shows.
    pub name: String,
    /// Spans that go in.
    pub given: String,
    /// Spans that have to come out.
    pub expect: String,
}

/// What is wrong with a policy: where, what was found, and what was expected.
#[derive(Clone, Debug)]
pub struct PolicyError {
    origin: String,
    place: Option<(usize, usize)>,
    path: String,
    message: String,
}

impl Policy {
    /// The standard policy: adds nothing, keeps errors, slow traces and what the head sampler chose, and redacts secrets and personal data.
    ///
    /// # Panics
    /// Never: it is part of the crate and a test reads it.
    pub fn standard() -> Policy {
        match Policy::parse(STANDARD, "standard.yaml", Path::new("")) {
            Ok(policy) => policy,
            Err(error) => unreachable!("the embedded policy is read by a test: {error}"),
        }
    }

    /// Reads a policy file.
    ///
    /// # Errors
    /// When the file can't be read, or as [`Policy::parse`].
    pub fn from_file(path: impl AsRef<Path>) -> Result<Policy, PolicyError> {
        let path = path.as_ref();
        let origin = path.display().to_string();
        let fail = |message: String| PolicyError { origin: origin.clone(), ..PolicyError::new(message) };
        let size = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
        if size > MAX_FILE {
            return Err(fail(format!("the file has {size} bytes, expected a policy of at most {MAX_FILE}")));
        }
        let text = std::fs::read_to_string(path).map_err(|error| fail(format!("can't read the policy: {error}")))?;
        let policy = Policy::parse(&text, &origin, path.parent().unwrap_or(Path::new("")))?;
        Ok(Policy { path: Some(path.to_owned()), ..policy })
    }

    /// Reads a policy from text. `origin` names it in messages; `base` is where relative paths in it start.
    ///
    /// # Errors
    /// When it is not YAML, has unknown keys, values of a wrong type or plugins that are not there. Files are read when plugins are loaded.
    pub fn parse(text: &str, origin: &str, base: &Path) -> Result<Policy, PolicyError> {
        let env = |name: &str| std::env::var(name).ok();
        let read = || {
            let root = yaml::parse(text, &env)?;
            Policy::read(&root, origin, base)
        };
        read().map_err(|error: PolicyError| PolicyError { origin: origin.to_owned(), ..error })
    }

    /// What deserves a second look, though it works: a plugin behind redact, for example.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Sets one entry of a plugin's configuration, for tools that look at plugins. Answers whether there is such a plugin whose configuration is a map, or
    /// nothing.
    pub fn set_config(&mut self, plugin: &str, key: &str, value: serde_json::Value) -> bool {
        let Some(plugin) = self.plugins.iter_mut().find(|known| known.name == plugin) else { return false };
        if plugin.config.is_null() {
            plugin.config = serde_json::Value::Object(serde_json::Map::new());
        }
        let Some(config) = plugin.config.as_object_mut() else { return false };
        config.insert(key.to_owned(), value);
        true
    }

    /// What a plugin may use, to be changed by tools that look at plugins.
    pub fn limits_mut(&mut self, plugin: &str) -> Option<&mut Limits> {
        self.plugins.iter_mut().find(|known| known.name == plugin).map(|plugin| &mut plugin.limits)
    }

    /// The tests that the policy carries.
    pub fn tests(&self) -> &[PolicyTest] {
        &self.tests
    }

    /// Names of the plugins, in order.
    pub fn plugins(&self) -> impl Iterator<Item = &str> {
        self.plugins.iter().map(|plugin| plugin.name.as_str())
    }

    #[cfg(feature = "engine")]
    pub(crate) fn log_warnings(&self) {
        for warning in &self.warnings {
            tracing::warn!("policy: {}: {warning}", self.origin);
        }
    }

    /// That one of the policy's tests failed.
    #[cfg(feature = "engine")]
    pub(crate) fn test_failed(&self, failure: &TestFailure) -> PolicyError {
        let (expected, found) = (failure.expected.trim_end(), failure.found.trim_end());
        let message = format!("the test `{}` fails\nexpected:\n{expected}\nfound:\n{found}", failure.name);
        PolicyError { origin: self.origin.clone(), ..PolicyError::new(message) }
    }

    /// The file that the policy was read from, where it was read from one.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The files that decide what the policy does: its own, components, tables and secrets.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.path.iter().map(PathBuf::as_path).chain(self.plugins.iter().flat_map(PolicyPlugin::files))
    }

    fn read(root: &Node, origin: &str, base: &Path) -> Result<Policy, PolicyError> {
        let (mut version, mut plugins, mut tests) = (None, None, Vec::new());
        for (key, node) in root.map(&["version", "plugins", "tests"])? {
            match key {
                "version" => version = Some(node),
                "plugins" => {
                    plugins = Some(node.list()?.iter().map(|node| PolicyPlugin::read(node, base)).collect::<Result<Vec<_>, _>>()?);
                }
                _ => tests = node.list()?.iter().map(PolicyTest::read).collect::<Result<_, _>>()?,
            }
        }
        let version = version.ok_or_else(|| PolicyError::at(root.place, "version", "missing, expected `version: 1`"))?;
        if !matches!(&version.value, NodeValue::Scalar(one) if *one == 1) {
            return Err(version.expected("1, the only version of policies so far"));
        }
        let plugins = plugins
            .ok_or_else(|| PolicyError::at(root.place, "plugins", "missing, expected a list of plugins (an empty one passes spans on)"))?;
        for (i, plugin) in plugins.iter().enumerate() {
            if plugins[..i].iter().any(|before| before.name == plugin.name) {
                let path = format!("plugins[{i}].name");
                return Err(PolicyError::at(
                    plugin.place,
                    &path,
                    format!("two plugins are called {}, expected distinct names", plugin.name),
                ));
            }
        }
        if let Some(shadow) = plugins.first().filter(|plugin| plugin.shadow) {
            return Err(PolicyError::at(shadow.place, "plugins[0].shadow", "the first plugin has none before it to be compared with"));
        }
        let warnings = warnings(&plugins);
        Ok(Policy { origin: origin.to_owned(), path: None, plugins, tests, warnings })
    }
}

fn warnings(plugins: &[PolicyPlugin]) -> Vec<String> {
    let is_redact = |plugin: &PolicyPlugin| plugin.component == Component::Builtin("redact") && !plugin.shadow;
    let mut warnings = Vec::new();
    if let Some(last) = plugins.iter().rposition(is_redact) {
        for plugin in plugins[last + 1..].iter().filter(|plugin| !plugin.shadow) {
            warnings.push(format!(
                "line {}: plugin {} stands behind {}: what it adds is not redacted, and redact works on spans that it may drop",
                plugin.place.0, plugin.name, plugins[last].name
            ));
        }
        for plugin in plugins.iter().filter(|plugin| is_redact(plugin) && plugin.on_failure == OnFailure::Pass) {
            warnings.push(format!("line {}: with on_failure: pass, spans leave unredacted when {} fails", plugin.place.0, plugin.name));
        }
    }
    warnings
}

impl PolicyPlugin {
    fn files(&self) -> impl Iterator<Item = &Path> {
        let component = match &self.component {
            Component::Builtin(_) => None,
            Component::File(path) => Some(path),
        };
        let secrets = self.secrets.iter().filter_map(SecretEntry::file);
        component.into_iter().chain(self.tables.values()).map(PathBuf::as_path).chain(secrets)
    }

    fn read(node: &Node, base: &Path) -> Result<PolicyPlugin, PolicyError> {
        let (mut name, mut component, mut on_failure) = (None, None, None);
        let (mut config, mut config_places, mut file_places) = (serde_json::Value::Null, Vec::new(), Vec::new());
        let (mut limits, mut tables, mut secrets, mut shadow) = (Limits::default(), HashMap::new(), Vec::new(), false);
        for (key, value) in node.map(&["name", "use", "config", "on_failure", "limits", "tables", "secrets", "shadow"])? {
            match key {
                "name" => name = Some(value.text()?.to_owned()),
                "use" => {
                    let read = Component::read(value, base)?;
                    if let Component::File(path) = &read {
                        file_places.push((path.clone(), value.path.clone(), value.place));
                    }
                    component = Some(read);
                }
                "config" => (config, config_places) = (value.json(), value.places()),
                "on_failure" => {
                    on_failure = Some(match value.text()? {
                        "strip" => OnFailure::Strip,
                        "pass" => OnFailure::Pass,
                        "withhold" => OnFailure::Withhold,
                        _ => return Err(value.expected("one of strip, pass, withhold")),
                    });
                }
                "limits" => limits = units::limits(value)?,
                "tables" => tables = tables_of(value, base, &mut file_places)?,
                "secrets" => secrets = SecretEntry::read_all(value, base)?,
                _ => shadow = value.flag()?,
            }
        }
        if let Some(secret) = secrets.iter().find(|secret| tables.contains_key(&secret.name)) {
            return Err(secret.is_a_table_too());
        }
        let component = component.ok_or_else(|| {
            let path = format!("{}.use", node.path);
            PolicyError::at(node.place, &path, "missing, expected builtin:NAME or file:PATH")
        })?;
        let name = match (name, &component) {
            (Some(name), _) if !name.is_empty() => name,
            (Some(_), _) => return Err(PolicyError::at(node.place, &format!("{}.name", node.path), "empty, expected a name")),
            (None, Component::Builtin(name)) => (*name).to_owned(),
            (None, Component::File(_)) => {
                return Err(PolicyError::at(
                    node.place,
                    &format!("{}.name", node.path),
                    "missing, expected a name for messages and statistics",
                ));
            }
        };
        let on_failure = on_failure.unwrap_or(match &component {
            // What redact has not seen must not leave.
            Component::Builtin("redact") => OnFailure::Strip,
            _ => OnFailure::Pass,
        });
        Ok(PolicyPlugin {
            name,
            component,
            config,
            on_failure,
            limits,
            tables,
            secrets,
            shadow,
            place: node.place,
            file_places,
            config_places,
        })
    }

    /// Where a part of the configuration stands, by its way from `config`, as good as is known.
    pub(crate) fn place_of(&self, way: &str) -> (usize, usize) {
        let places = self.config_places.iter().filter(|(known, _)| way.starts_with(known.as_str()));
        places.max_by_key(|(known, _)| known.len()).map_or(self.place, |(_, place)| *place)
    }
}

impl Component {
    fn read(node: &Node, base: &Path) -> Result<Component, PolicyError> {
        let text = node.text()?;
        if let Some(name) = text.strip_prefix("builtin:") {
            let known = builtin::NAMES.iter().find(|known| **known == name);
            let known = known
                .ok_or_else(|| node.expected(&format!("one of {}", builtin::NAMES.map(|name| format!("builtin:{name}")).join(", "))))?;
            return Ok(Component::Builtin(known));
        }
        let Some(path) = text.strip_prefix("file:") else {
            return Err(node.expected("builtin:NAME or file:PATH"));
        };
        Ok(Component::File(base.join(path)))
    }
}

impl PolicyTest {
    fn read(node: &Node) -> Result<PolicyTest, PolicyError> {
        let mut test = PolicyTest { name: String::new(), given: String::new(), expect: String::new() };
        let mut has_given = false;
        for (key, value) in node.map(&["name", "given", "expect"])? {
            match key {
                "name" => test.name = value.text()?.to_owned(),
                "given" => (test.given, has_given) = (value.text()?.to_owned(), true),
                // Nothing at all is an expectation too: every span is dropped.
                _ if matches!(value.value, NodeValue::Scalar(serde_json::Value::Null)) => {}
                _ => test.expect = value.text()?.to_owned(),
            }
        }
        if test.name.is_empty() || !has_given {
            return Err(node.expected("a test with name, given and expect"));
        }
        Ok(test)
    }
}

fn tables_of(
    node: &Node,
    base: &Path,
    places: &mut Vec<(PathBuf, String, (usize, usize))>,
) -> Result<HashMap<String, PathBuf>, PolicyError> {
    let NodeValue::Map(entries) = &node.value else {
        return Err(node.expected("a map from table names to file:PATH"));
    };
    let mut read = |(name, node): &(String, Node)| {
        let path = base.join(node.text()?.strip_prefix("file:").ok_or_else(|| node.expected("file:PATH"))?);
        places.push((path.clone(), node.path.clone(), node.place));
        Ok((name.clone(), path))
    };
    entries.iter().map(&mut read).collect()
}

impl PolicyError {
    fn new(message: impl Into<String>) -> Self {
        PolicyError { origin: String::new(), place: None, path: String::new(), message: message.into() }
    }

    fn at(place: (usize, usize), path: &str, message: impl Into<String>) -> Self {
        PolicyError { place: Some(place), path: path.to_owned(), ..PolicyError::new(message) }
    }

    /// Line and column, where there are any.
    #[cfg(fuzzing)]
    pub(crate) fn place(&self) -> Option<(usize, usize)> {
        self.place
    }

    /// What keeps a policy from going into service, though nothing is wrong with it.
    pub(crate) fn of_service(message: &str) -> Self {
        PolicyError::new(message)
    }

    /// Why a file that one of the policy's plugins names can't be read, at the place where the policy names it.
    pub(crate) fn of_file(policy: &Policy, plugin: &PolicyPlugin, file: &Path, error: &std::io::Error) -> Self {
        let message = match error.kind() {
            std::io::ErrorKind::NotFound => format!("there is no file {}", file.display()),
            _ => format!("can't read {}: {error}", file.display()),
        };
        match plugin.file_places.iter().find(|(named, ..)| named == file) {
            Some((_, path, place)) => PolicyError { origin: policy.origin.clone(), ..PolicyError::at(*place, path, message) },
            None => PolicyError::of_plugin(policy, plugin, "", message),
        }
    }

    /// What is wrong with one of the policy's plugins, at the place where its configuration says so.
    pub(crate) fn of_plugin(policy: &Policy, plugin: &PolicyPlugin, way: &str, message: String) -> Self {
        let index = policy.plugins.iter().position(|other| other.name == plugin.name).unwrap_or_default();
        let path = if way.is_empty() { format!("plugins[{index}]") } else { format!("plugins[{index}].config{way}") };
        PolicyError { origin: policy.origin.clone(), ..PolicyError::at(plugin.place_of(way), &path, message) }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.origin)?;
        if let Some((line, column)) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        if !self.path.is_empty() {
            write!(f, ": {}", self.path)?;
        }
        if !self.origin.is_empty() {
            f.write_str(": ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for PolicyError {}

#[cfg(test)]
mod tests;
