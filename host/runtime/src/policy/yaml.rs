//! A YAML document as a tree that knows where each value stands, so that every mistake can be pointed at.

use saphyr::{MarkedYaml, Scalar, ScalarStyle, YamlData, YamlLoader};
use saphyr_parser::{Parser, SpannedEventReceiver as _};
use serde_json::Value;

use super::PolicyError;
use super::bounds::{MAX_BYTES, MAX_DEPTH, Shape, too_deep, too_large};

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) value: NodeValue,
    /// Line and column, counted from 1.
    pub(super) place: (usize, usize),
    /// The way to it from the root: `plugins[0].limits.memory`.
    pub(super) path: String,
}

#[derive(Clone, Debug)]
pub(super) enum NodeValue {
    Scalar(Value),
    List(Vec<Node>),
    /// Entries with their keys, in the order of the file.
    Map(Vec<(String, Node)>),
}

/// Reads a document. Environment variables in scalars are replaced by what `env` says of them.
pub(super) fn parse(text: &str, env: &dyn Fn(&str) -> Option<String>) -> Result<Node, PolicyError> {
    let scan_error = |error: &saphyr::ScanError| {
        let at = error.marker();
        PolicyError::at((at.line(), at.col() + 1), "", format!("not YAML: {}", error.info()))
    };
    let mut loader = YamlLoader::<MarkedYaml<'_>>::default();
    // Quoted and plain scalars have to be told apart after variables were replaced, so they are not resolved yet.
    loader.early_parse(false);
    let mut shape = Shape::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| scan_error(&error))?;
        shape.check(&event).map_err(|message| PolicyError::at((span.start.line(), span.start.col() + 1), "", message))?;
        loader.on_event(event, span);
        if let Some(error) = loader.error() {
            return Err(scan_error(error));
        }
    }
    let mut documents = loader.into_documents();
    match documents.len() {
        1 => build(documents.remove(0), String::new(), &mut Budget { env, bytes: MAX_BYTES }, 0),
        0 => Err(PolicyError::at((1, 1), "", "the file is empty, expected `version: 1` and `plugins:`")),
        more => Err(PolicyError::at((1, 1), "", format!("{more} YAML documents, expected one"))),
    }
}

/// What building the tree may use.
struct Budget<'a> {
    env: &'a dyn Fn(&str) -> Option<String>,
    /// Bytes that are left for texts and paths. Each value has its path, so long keys around many values are many bytes.
    bytes: usize,
}

impl Budget<'_> {
    fn take(&mut self, bytes: usize) -> Result<(), String> {
        self.bytes = self.bytes.checked_sub(bytes).ok_or_else(too_large)?;
        Ok(())
    }
}

fn build(yaml: MarkedYaml<'_>, path: String, budget: &mut Budget<'_>, depth: usize) -> Result<Node, PolicyError> {
    let place = (yaml.span.start.line(), yaml.span.start.col() + 1);
    // Tags may stand around what `Shape` has counted.
    if depth > 2 * MAX_DEPTH {
        return Err(PolicyError::at(place, &path, too_deep()));
    }
    budget.take(path.len()).map_err(|message| PolicyError::at(place, "", message))?;
    let value = match yaml.data {
        YamlData::Representation(text, style, tag) => {
            let text = substitute(&text, budget.env).map_err(|message| PolicyError::at(place, &path, message))?;
            budget.take(text.len()).map_err(|message| PolicyError::at(place, &path, message))?;
            let scalar = Scalar::parse_from_cow_and_metadata(text.into(), style, tag.as_ref());
            let scalar = scalar.ok_or_else(|| PolicyError::at(place, &path, "the value does not fit its tag"))?;
            NodeValue::Scalar(json_scalar(scalar, style))
        }
        YamlData::Value(scalar) => NodeValue::Scalar(json_scalar(scalar, ScalarStyle::Plain)),
        YamlData::Sequence(items) => {
            let items = items.into_iter().enumerate();
            let nodes: Result<_, _> = items.map(|(i, item)| build(item, format!("{path}[{i}]"), budget, depth + 1)).collect();
            NodeValue::List(nodes?)
        }
        YamlData::Mapping(entries) => {
            let mut nodes = Vec::with_capacity(entries.len());
            for (key, value) in entries {
                let at = (key.span.start.line(), key.span.start.col() + 1);
                let YamlData::Representation(key, ..) = key.data else {
                    return Err(PolicyError::at(at, &path, "expected a plain key"));
                };
                let path = if path.is_empty() { key.to_string() } else { format!("{path}.{key}") };
                nodes.push((key.into_owned(), build(value, path, budget, depth + 1)?));
            }
            NodeValue::Map(nodes)
        }
        YamlData::Tagged(_, inner) => return build(*inner, path, budget, depth + 1),
        YamlData::Alias(_) | YamlData::BadValue => return Err(PolicyError::at(place, &path, "a value that YAML can't make sense of")),
    };
    Ok(Node { value, place, path })
}

fn json_scalar(scalar: Scalar<'_>, style: ScalarStyle) -> Value {
    match scalar {
        Scalar::Null => Value::Null,
        Scalar::Boolean(value) => value.into(),
        Scalar::Integer(value) => value.into(),
        // Not every double is JSON: infinities stay the text that they were.
        Scalar::FloatingPoint(value) => serde_json::Number::from_f64(*value).map_or_else(|| value.to_string().into(), Value::Number),
        Scalar::String(text) if style == ScalarStyle::Plain && text.is_empty() => Value::Null,
        Scalar::String(text) => text.into_owned().into(),
    }
}

/// Replaces `${NAME}` and `${NAME:-default}` as OpenTelemetry's declarative configuration does; `$$` is a dollar sign. What stands between
/// the braces but is no name of a variable, such as `${http.route}`, is left alone: templates of plugins look like that.
fn substitute(text: &str, env: &dyn Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
            continue;
        }
        let Some((inside, after)) = rest.strip_prefix('{').and_then(|inner| inner.split_once('}')) else {
            out.push('$');
            continue;
        };
        let (name, default) = inside.split_once(":-").map_or((inside, None), |(name, default)| (name, Some(default)));
        let is_name = name.chars().enumerate().all(|(i, c)| c == '_' || c.is_ascii_alphabetic() || i > 0 && c.is_ascii_digit());
        if name.is_empty() || !is_name {
            out.push('$');
            continue;
        }
        match (env(name).filter(|value| !value.is_empty()), default) {
            (Some(value), _) => out.push_str(&value),
            (None, Some(default)) => out.push_str(default),
            (None, None) => {
                return Err(format!(
                    "environment variable {name} is not set; write ${{{name}:-default}} for a default, or $${{{name}}} for the text itself"
                ));
            }
        }
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

impl Node {
    /// The entries of a map whose keys are all among `known`.
    pub(super) fn map(&self, known: &[&str]) -> Result<Vec<(&str, &Node)>, PolicyError> {
        let NodeValue::Map(entries) = &self.value else {
            return Err(self.expected(&format!("a map with the keys {}", known.join(", "))));
        };
        for (key, node) in entries {
            if !known.contains(&key.as_str()) {
                return Err(PolicyError::at(node.place, &node.path, format!("unknown key `{key}`, expected one of {}", known.join(", "))));
            }
        }
        Ok(entries.iter().map(|(key, node)| (key.as_str(), node)).collect())
    }

    pub(super) fn list(&self) -> Result<&[Node], PolicyError> {
        match &self.value {
            NodeValue::List(items) => Ok(items),
            NodeValue::Scalar(Value::Null) => Ok(&[]),
            _ => Err(self.expected("a list")),
        }
    }

    pub(super) fn text(&self) -> Result<&str, PolicyError> {
        match &self.value {
            NodeValue::Scalar(Value::String(text)) => Ok(text),
            _ => Err(self.expected("a string")),
        }
    }

    pub(super) fn flag(&self) -> Result<bool, PolicyError> {
        match &self.value {
            NodeValue::Scalar(Value::Bool(flag)) => Ok(*flag),
            _ => Err(self.expected("true or false")),
        }
    }

    /// The value at this node as JSON, what plugins are configured with.
    pub(super) fn json(&self) -> Value {
        match &self.value {
            NodeValue::Scalar(value) => value.clone(),
            NodeValue::List(items) => items.iter().map(Node::json).collect(),
            NodeValue::Map(entries) => entries.iter().map(|(key, node)| (key.clone(), node.json())).collect(),
        }
    }

    /// Where each value below this node stands, by its way from here: `.keys[0].contains`.
    pub(super) fn places(&self) -> Vec<(String, (usize, usize))> {
        let mut places = Vec::new();
        let mut todo = vec![self];
        while let Some(node) = todo.pop() {
            places.push((node.path[self.path.len()..].to_owned(), node.place));
            match &node.value {
                NodeValue::Scalar(_) => {}
                NodeValue::List(items) => todo.extend(items),
                NodeValue::Map(entries) => todo.extend(entries.iter().map(|(_, node)| node)),
            }
        }
        places
    }

    pub(super) fn expected(&self, what: &str) -> PolicyError {
        let found = match &self.value {
            NodeValue::Scalar(Value::Null) => "nothing".to_owned(),
            NodeValue::Scalar(value) => value.to_string(),
            NodeValue::List(_) => "a list".to_owned(),
            NodeValue::Map(_) => "a map".to_owned(),
        };
        PolicyError::at(self.place, &self.path, format!("found {found}, expected {what}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(name: &str) -> Option<String> {
        (name == "TEAM").then(|| "pay: \"ments\"".to_owned())
    }

    #[test]
    fn variables_are_replaced_as_in_declarative_configuration() {
        assert_eq!(substitute("a ${TEAM} b", &env).unwrap(), "a pay: \"ments\" b");
        assert_eq!(substitute("${NONE:-x}${NONE:-}", &env).unwrap(), "x");
        assert_eq!(substitute("$${TEAM} $5 ${http.route} $", &env).unwrap(), "${TEAM} $5 ${http.route} $");
        assert!(substitute("${NONE}", &env).unwrap_err().contains("NONE is not set"));
    }

    #[test]
    fn a_variable_can_make_a_number_but_no_structure() {
        let node =
            parse("a: \"${N}\"\nb: ${N}\nc: \"${S}\"", &|name| Some(if name == "N" { "5".into() } else { "[1, 2]".into() })).unwrap();
        assert_eq!(node.json(), serde_json::json!({"a": "5", "b": 5, "c": "[1, 2]"}));
    }
}
