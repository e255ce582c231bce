//! The schema: which attributes may leave, and what their values may be.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use spansieve_plugin::{Attributes, Value};

/// Rules by key, as in the JSON object `{"http.route": {"type": "string"}, "k8s.pod.label.*": {"type": "string", "max_length": 63}}`.
#[derive(Debug, Deserialize)]
#[serde(try_from = "BTreeMap<String, Rule>")]
pub struct Schema {
    exact: HashMap<String, Rule>,
    /// Rules of keys that begin so, longer beginnings first.
    prefixes: Vec<(String, Rule)>,
}

/// What a value may be. There are no patterns: what a text means can't be told by its shape, so what may be listed is short, or one of a few.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub enum Rule {
    String { max_length: Option<usize>, one_of: Option<Vec<String>> },
    Int { min: Option<i64>, max: Option<i64>, one_of: Option<Vec<i64>> },
    Double { min: Option<f64>, max: Option<f64> },
    Bool {},
    Bytes { max_length: usize },
    Array { items: Box<Rule> },
    Map { entries: Schema },
}

/// Whether a value is as its rule says, or who is to be asked.
pub enum Fit<'a, 's> {
    Yes,
    No,
    /// An array: if its items are.
    Items(Attributes<'a>, &'s Rule),
    /// A map: if its entries are, each by itself.
    Entries(Attributes<'a>, &'s Schema),
}

impl TryFrom<BTreeMap<String, Rule>> for Schema {
    type Error = String;

    fn try_from(rules: BTreeMap<String, Rule>) -> Result<Self, String> {
        let mut schema = Schema { exact: HashMap::new(), prefixes: Vec::new() };
        for (key, rule) in rules {
            match key.split_once('*') {
                None => drop(schema.exact.insert(key, rule)),
                Some((prefix, "")) if !prefix.is_empty() => schema.prefixes.push((prefix.to_owned(), rule)),
                Some(_) => return Err(format!("{key:?}: expected a key, or the beginning of keys with one `*` behind it")),
            }
        }
        schema.prefixes.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len()));
        Ok(schema)
    }
}

impl Schema {
    /// The rule of a key, if it is listed.
    pub fn rule(&self, key: &str) -> Option<&Rule> {
        let by_prefix = || self.prefixes.iter().find(|(prefix, _)| key.starts_with(prefix)).map(|(_, rule)| rule);
        self.exact.get(key).or_else(by_prefix)
    }
}

impl Rule {
    /// Whether a value is as the rule says. `max_length` is that of strings whose rule says nothing of it.
    pub fn fit<'a>(&self, value: Value<'a>, max_length: usize) -> Fit<'a, '_> {
        let fits = match (self, value) {
            // A value that is not set tells nothing.
            (_, Value::Empty) => true,
            (Rule::String { one_of: Some(texts), .. }, Value::Str(text)) => texts.iter().any(|one| text == one.as_str()),
            (Rule::String { max_length: own, .. }, Value::Str(text)) => text.as_bytes().len() <= own.unwrap_or(max_length),
            (Rule::Int { one_of: Some(numbers), .. }, Value::Int(n)) => numbers.contains(&n),
            (Rule::Int { min, max, .. }, Value::Int(n)) => min.is_none_or(|min| n >= min) && max.is_none_or(|max| n <= max),
            (Rule::Double { min, max }, Value::Int(_) | Value::Double(_)) => {
                value.as_number().is_some_and(|n| min.is_none_or(|min| n >= min) && max.is_none_or(|max| n <= max))
            }
            (Rule::Bool {}, Value::Bool(_)) => true,
            (Rule::Bytes { max_length }, Value::Bytes(bytes)) => bytes.len() <= *max_length,
            (Rule::Array { items }, Value::Array(rows)) => return Fit::Items(rows, items),
            (Rule::Map { entries }, Value::Map(rows)) => return Fit::Entries(rows, entries),
            _ => false,
        };
        if fits { Fit::Yes } else { Fit::No }
    }
}
