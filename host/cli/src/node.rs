//! What is read, whether it was YAML or TOML: a tree that knows its lines.

use anyhow::{Result, anyhow, bail};
use saphyr::{LoadableYamlNode as _, MarkedYaml, Scalar, YamlData};
use serde_json::{Number, Value as Json};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value, where it stands, and the way to it from the root: `rules[0].regex`.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) line: usize,
    pub(crate) way: String,
    pub(crate) value: Value,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Null,
    Flag(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    /// Entries in the order of the file.
    Map(Vec<(String, Node)>),
}

/// Nothing that is read here is nested deeper.
const MAX_DEPTH: usize = 64;

/// Reads a YAML document.
pub(crate) fn yaml(text: &str) -> Result<Node> {
    let documents =
        MarkedYaml::load_from_str(text).map_err(|error| anyhow!("line {}: not YAML: {}", error.marker().line(), error.info()))?;
    let [document] = <[_; 1]>::try_from(documents).map_err(|documents| anyhow!("{} YAML documents, expected one", documents.len()))?;
    of_yaml(document, String::new(), 0)
}

fn of_yaml(yaml: MarkedYaml<'_>, way: String, depth: usize) -> Result<Node> {
    let line = yaml.span.start.line();
    if depth > MAX_DEPTH {
        bail!("line {line}: nested more than {MAX_DEPTH} deep");
    }
    let value = match yaml.data {
        YamlData::Value(Scalar::Null) => Value::Null,
        YamlData::Value(Scalar::Boolean(flag)) => Value::Flag(flag),
        YamlData::Value(Scalar::Integer(number)) => Value::Number(number.into()),
        YamlData::Value(Scalar::FloatingPoint(number)) => finite(*number, line)?,
        YamlData::Value(Scalar::String(text)) => Value::Text(text.into_owned()),
        YamlData::Sequence(items) => {
            let items = items.into_iter().enumerate();
            Value::List(items.map(|(i, item)| of_yaml(item, format!("{way}[{i}]"), depth + 1)).collect::<Result<_>>()?)
        }
        YamlData::Mapping(entries) => {
            let mut nodes = Vec::new();
            for (key, value) in entries {
                let YamlData::Value(Scalar::String(key)) = key.data else {
                    bail!("line {}: expected a text as a key", key.span.start.line())
                };
                let node = of_yaml(value, below(&way, &key), depth + 1)?;
                nodes.push((key.into_owned(), node));
            }
            Value::Map(nodes)
        }
        YamlData::Tagged(_, inner) => return of_yaml(*inner, way, depth + 1),
        YamlData::Representation(..) | YamlData::Alias(_) | YamlData::BadValue => {
            bail!("line {line}: a value that YAML can't make sense of")
        }
    };
    Ok(Node { line, way, value })
}

/// Reads a TOML document.
pub(crate) fn toml(text: &str) -> Result<Node> {
    let lines = Lines(text);
    let table = DeTable::parse(text).map_err(|error| {
        let line = error.span().map_or(1, |span| lines.at(span.start));
        anyhow!("line {line}: not TOML: {}", error.message().lines().next().unwrap_or_default())
    })?;
    let line = lines.at(table.span().start);
    of_table(table.into_inner(), line, String::new(), &lines)
}

/// Tables come sorted by name; in the file they stand in another order.
fn of_table(table: DeTable<'_>, line: usize, way: String, lines: &Lines<'_>) -> Result<Node> {
    let mut entries: Vec<(usize, String, Spanned<DeValue<'_>>)> =
        table.into_iter().map(|(key, value)| (key.span().start, key.into_inner().into_owned(), value)).collect();
    entries.sort_by_key(|(start, ..)| *start);
    let mut nodes = Vec::new();
    for (_, key, value) in entries {
        let node = of_toml(value, below(&way, &key), lines)?;
        nodes.push((key, node));
    }
    Ok(Node { line, way, value: Value::Map(nodes) })
}

fn of_toml(value: Spanned<DeValue<'_>>, way: String, lines: &Lines<'_>) -> Result<Node> {
    let line = lines.at(value.span().start);
    let value = match value.into_inner() {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Boolean(flag) => Value::Flag(flag),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| finite(f64::NAN, line), |number| Ok(Value::Number(number.into())))?,
        DeValue::Float(number) => finite(number.to_string().parse().unwrap_or(f64::NAN), line)?,
        DeValue::Datetime(time) => Value::Text(time.to_string()),
        DeValue::Array(items) => {
            let items = items.into_iter().enumerate();
            Value::List(items.map(|(i, item)| of_toml(item, format!("{way}[{i}]"), lines)).collect::<Result<_>>()?)
        }
        DeValue::Table(table) => return of_table(table, line, way, lines),
    };
    Ok(Node { line, way, value })
}

fn finite(number: f64, line: usize) -> Result<Value> {
    let number = Number::from_f64(number).ok_or_else(|| anyhow!("line {line}: expected a number that fits 64 bits"))?;
    Ok(Value::Number(number))
}

fn below(way: &str, key: &str) -> String {
    if way.is_empty() { key.to_owned() } else { format!("{way}.{key}") }
}

struct Lines<'t>(&'t str);

impl Lines<'_> {
    fn at(&self, byte: usize) -> usize {
        1 + self.0.as_bytes()[..byte.min(self.0.len())].iter().filter(|byte| **byte == b'\n').count()
    }
}

impl Node {
    /// The entry with this key.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        let Value::Map(entries) = &self.value else { return None };
        entries.iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// The entries of a map; none where there is nothing.
    pub(crate) fn entries(&self) -> Result<&[(String, Node)]> {
        match &self.value {
            Value::Map(entries) => Ok(entries),
            Value::Null => Ok(&[]),
            _ => Err(self.expected("a map")),
        }
    }

    /// The elements of a list; none where there is nothing.
    pub(crate) fn list(&self) -> Result<&[Node]> {
        match &self.value {
            Value::List(items) => Ok(items),
            Value::Null => Ok(&[]),
            _ => Err(self.expected("a list")),
        }
    }

    /// The texts of a list.
    pub(crate) fn texts(&self) -> Result<Vec<(&Node, &str)>> {
        self.list()?.iter().map(|node| Ok((node, node.text()?))).collect()
    }

    pub(crate) fn text(&self) -> Result<&str> {
        match &self.value {
            Value::Text(text) => Ok(text),
            _ => Err(self.expected("a text")),
        }
    }

    pub(crate) fn flag(&self) -> Result<bool> {
        match &self.value {
            Value::Flag(flag) => Ok(*flag),
            _ => Err(self.expected("true or false")),
        }
    }

    pub(crate) fn number(&self) -> Result<f64> {
        match &self.value {
            Value::Number(number) => Ok(number.as_f64().unwrap_or(f64::NAN)),
            _ => Err(self.expected("a number")),
        }
    }

    /// The same as JSON.
    pub(crate) fn json(&self) -> Json {
        match &self.value {
            Value::Null => Json::Null,
            Value::Flag(flag) => Json::Bool(*flag),
            Value::Number(number) => Json::Number(number.clone()),
            Value::Text(text) => Json::String(text.clone()),
            Value::List(items) => items.iter().map(Node::json).collect(),
            Value::Map(entries) => Json::Object(entries.iter().map(|(key, node)| (key.clone(), node.json())).collect()),
        }
    }

    pub(crate) fn expected(&self, what: &str) -> anyhow::Error {
        anyhow!("line {}: {}: expected {what}", self.line, self.way)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(node: &Node) -> String {
        match &node.value {
            Value::Map(entries) => entries.iter().map(|(_, node)| shown(node)).collect(),
            Value::List(items) => items.iter().map(shown).collect(),
            value => format!("{}:{}={value:?} ", node.line, node.way),
        }
    }

    #[test]
    fn values_know_their_lines_and_ways() {
        let from_yaml = yaml("a:\n  - x\n  - b: 1\nc: true\n").unwrap();
        assert_eq!(shown(&from_yaml), "2:a[0]=Text(\"x\") 3:a[1].b=Number(Number(1)) 4:c=Flag(true) ");
        let from_toml = toml("z = 1\n[[a]]\nb = '''x'''\n[[a]]\nb = 2.5\n[a.c]\nd = [\n  true]\n").unwrap();
        assert_eq!(shown(&from_toml), "1:z=Number(Number(1)) 3:a[0].b=Text(\"x\") 5:a[1].b=Number(Number(2.5)) 8:a[1].c.d[0]=Flag(true) ");
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        assert_eq!(yaml("a: [").unwrap_err().to_string().split(':').next(), Some("line 2"));
        assert!(toml("a = 1\nb = [").unwrap_err().to_string().starts_with("line 2: not TOML: "));
        assert_eq!(toml("a = 1").unwrap().get("a").unwrap().text().unwrap_err().to_string(), "line 1: a: expected a text");
    }
}
