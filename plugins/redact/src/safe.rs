//! What is left alone though a rule finds it.

use regex_automata::Input;
use regex_automata::meta::{self, Regex};
use regex_automata::util::syntax;
use regex_syntax::hir::{Hir, Look};

use crate::custom;

/// What a found part has to be to be left alone.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// This.
    Exact(Vec<u8>),
    /// What matches from its first to its last byte.
    Regex(Regex),
}

impl Value {
    /// What a pattern matches from the first to the last byte.
    ///
    /// # Errors
    /// With a sentence on what is wrong with the pattern.
    pub(crate) fn regex(pattern: &str) -> Result<Self, String> {
        // By its tree: text around a pattern may change what it means.
        let whole = Hir::concat(vec![Hir::look(Look::Start), custom::parse(pattern)?, Hir::look(Look::End)]);
        let mut builder = meta::Builder::new();
        let regex =
            custom::compiled(builder.syntax(syntax::Config::new().utf8(false)).configure(custom::settings()).build_from_hir(&whole))?;
        Ok(Value::Regex(regex))
    }
}

/// What is left alone, whichever part of a text it is found in. It excuses only itself: a find that is larger, or beside it, counts.
#[derive(Default)]
pub(crate) struct SafeValues(Vec<Value>);

impl SafeValues {
    pub(crate) fn new(values: Vec<Value>) -> Self {
        SafeValues(values)
    }

    /// Whether what was found is to be left alone.
    pub(crate) fn has(&self, found: &[u8]) -> bool {
        self.0.iter().any(|value| match value {
            Value::Exact(text) => text == found,
            Value::Regex(regex) => regex.is_match(Input::new(found)),
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_left_alone_only_as_a_whole() {
        let values = SafeValues::new(vec![
            Value::Exact(b"noreply@example.com".to_vec()),
            Value::regex(r".*@example\.org|x").unwrap(),
            Value::regex("(?x) a b # what a rule allows").unwrap(),
        ]);
        for safe in ["noreply@example.com", "ana@example.org", "x", "ab"] {
            assert!(values.has(safe.as_bytes()), "{safe}");
        }
        for other in ["xnoreply@example.com", "Noreply@example.com", "ana@example.org.uk", "xx", "abc", ""] {
            assert!(!values.has(other.as_bytes()), "{other}");
        }
        assert_eq!(Value::regex("a(b").err().unwrap(), "unclosed group at character 2");
    }
}
