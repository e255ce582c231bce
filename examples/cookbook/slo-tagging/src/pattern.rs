//! Patterns for names.

use schemars::JsonSchema;
use serde::Deserialize;

/// A text in which `*` stands for any text, `/` included. Without `*` it matches itself only.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(from = "String")]
#[schemars(with = "String")]
pub struct Pattern {
    /// What stands between the `*`.
    parts: Vec<String>,
}

impl From<String> for Pattern {
    fn from(text: String) -> Self {
        Pattern { parts: text.split('*').map(str::to_owned).collect() }
    }
}

impl Pattern {
    /// Whether all of `text` matches. Takes time linear in it.
    pub fn matches(&self, text: &str) -> bool {
        let [first, middle @ .., last] = &self.parts[..] else { return text == self.parts[0] };
        let Some(rest) = text.strip_prefix(first.as_str()).and_then(|rest| rest.strip_suffix(last.as_str())) else { return false };
        // Each part as far left as it is found: that leaves most to the parts behind it.
        middle.iter().try_fold(rest, |rest, part| Some(rest.split_once(part.as_str())?.1)).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn stars_stand_for_any_text() {
        for (pattern, text, expected) in [
            ("/cart", "/cart", true),
            ("/cart", "/cart/1", false),
            ("/cart/*", "/cart/1/items", true),
            ("/cart/*", "/cart", false),
            ("*/items", "/cart/1/items", true),
            ("/*/1/*", "/cart/1/items", true),
            ("a*b*c", "abcbc", true),
            ("a*b*c", "acb", false),
            ("ab*ba", "aba", false),
            ("*", "", true),
            ("**", "é", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(Pattern::from(pattern.to_owned()).matches(text), expected, "{pattern} on {text}");
        }
    }
}
