//! Writing a policy: YAML as people write it.

use std::fmt::Write;

/// What is written.
#[derive(Clone, Debug)]
pub(super) enum Yaml {
    /// A text, in quotes.
    Text(String),
    /// What needs no quotes: a name, a number, `true`.
    Plain(String),
    /// One element a line.
    List(Vec<Yaml>),
    /// One entry a line, with the comments above it.
    Map(Vec<Entry>),
    /// All in one line.
    Flow(Vec<(&'static str, Yaml)>),
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) comment: Option<String>,
    pub(super) key: String,
    pub(super) value: Yaml,
}

/// An entry without a comment.
pub(super) fn entry(key: &str, value: Yaml) -> Entry {
    Entry { comment: None, key: key.to_owned(), value }
}

pub(super) fn plain(word: impl ToString) -> Yaml {
    Yaml::Plain(word.to_string())
}

pub(super) fn text(text: impl Into<String>) -> Yaml {
    Yaml::Text(text.into())
}

/// `{key: 'text'}`
pub(super) fn flow(key: &'static str, value: &str) -> Yaml {
    Yaml::Flow(vec![(key, text(value))])
}

/// Whether a name needs no quotes.
pub(super) fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
        && !["true", "false", "null", "yes", "no", "on", "off"].contains(&&*name.to_ascii_lowercase())
}

/// The policy with these plugins, with `about` as comments above.
pub(super) fn print(about: &[String], plugins: Vec<Yaml>) -> String {
    let mut out = String::new();
    for line in about {
        comment(&mut out, 0, line);
    }
    write_map(&mut out, 0, &[entry("version", plain(1)), entry("plugins", Yaml::List(plugins))]);
    out
}

fn comment(out: &mut String, indent: usize, text: &str) {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let _ = writeln!(out, "{:indent$}# {text}", "");
}

fn write_map(out: &mut String, indent: usize, entries: &[Entry]) {
    for (number, Entry { comment: above, key, value }) in entries.iter().enumerate() {
        if let Some(above) = above {
            comment(out, indent, above);
        }
        // The first one stands behind the dash of its element.
        let spaces = if number == 0 && out.ends_with("- ") { 0 } else { indent };
        let _ = write!(out, "{:spaces$}{key}:", "");
        write_below(out, indent, value);
    }
}

/// What stands behind `key:` at this indentation.
fn write_below(out: &mut String, indent: usize, value: &Yaml) {
    match value {
        Yaml::List(items) if !items.is_empty() => {
            out.push('\n');
            for item in items {
                let inner = indent + 2;
                if let Yaml::Map(entries) = item
                    && let Some(above) = entries.first().and_then(|first| first.comment.as_ref())
                {
                    comment(out, inner, above);
                }
                let _ = write!(out, "{:inner$}- ", "");
                match item {
                    Yaml::Map(entries) => {
                        let mut entries = entries.clone();
                        entries.iter_mut().take(1).for_each(|first| first.comment = None);
                        write_map(out, inner + 2, &entries);
                    }
                    item => {
                        write_inline(out, item);
                        out.push('\n');
                    }
                }
            }
        }
        Yaml::Map(entries) if !entries.is_empty() => {
            out.push('\n');
            write_map(out, indent + 2, entries);
        }
        value => {
            out.push(' ');
            write_inline(out, value);
            out.push('\n');
        }
    }
}

fn write_inline(out: &mut String, value: &Yaml) {
    match value {
        Yaml::Plain(word) => out.push_str(word),
        Yaml::Text(text) => quote(out, text),
        Yaml::List(items) => {
            out.push('[');
            for (number, item) in items.iter().enumerate() {
                out.push_str(if number > 0 { ", " } else { "" });
                write_inline(out, item);
            }
            out.push(']');
        }
        Yaml::Flow(entries) => {
            out.push('{');
            for (number, (key, value)) in entries.iter().enumerate() {
                let _ = write!(out, "{}{key}: ", if number > 0 { ", " } else { "" });
                write_inline(out, value);
            }
            out.push('}');
        }
        Yaml::Map(entries) => {
            let entries = entries.iter().map(|entry| (entry.key.as_str(), &entry.value));
            out.push('{');
            for (number, (key, value)) in entries.enumerate() {
                let _ = write!(out, "{}{key}: ", if number > 0 { ", " } else { "" });
                write_inline(out, value);
            }
            out.push('}');
        }
    }
}

/// A text in quotes. Policies replace `${NAME}` by variables, so dollar signs that could begin one are doubled.
fn quote(out: &mut String, text: &str) {
    let mut escaped = String::with_capacity(text.len());
    for (place, c) in text.char_indices() {
        escaped.push(c);
        if c == '$' && text[place + 1..].starts_with(['$', '{']) {
            escaped.push('$');
        }
    }
    if escaped.contains(char::is_control) {
        // JSON's notation is YAML's in double quotes.
        out.push_str(&serde_json::Value::from(escaped).to_string());
    } else {
        let _ = write!(out, "'{}'", escaped.replace('\'', "''"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spansieve_runtime::Policy;
    use std::path::Path;

    #[test]
    fn what_is_written_is_read_as_it_was() {
        let nasty = ["it's", "a\nb\\", "$${x} ${HOME} $$ $5 $", "# no comment", " - ", "é\u{7f}", "a: b"];
        let config = Yaml::Map(vec![
            entry("list", Yaml::List(nasty.iter().map(|nasty| text(*nasty)).collect())),
            entry("empty", Yaml::List(Vec::new())),
            entry("flow", Yaml::Flow(vec![("a", text("it's")), ("b", Yaml::List(vec![plain(1), plain(true)]))])),
            Entry {
                comment: Some("above\nit".into()),
                key: "maps".into(),
                value: Yaml::List(vec![Yaml::Map(vec![entry("a", plain(1)), entry("b", flow("c", "d"))])]),
            },
        ]);
        let plugin = Yaml::Map(vec![
            Entry { comment: Some("first".into()), key: "use".into(), value: plain("builtin:redact") },
            entry("config", config),
        ]);
        let printed = print(&["about".into()], vec![plugin]);
        assert!(Policy::parse(&printed, "printed", Path::new("")).is_ok(), "{printed}");
        let tree = crate::node::yaml(&printed).unwrap();
        let config = tree.get("plugins").unwrap().list().unwrap()[0].get("config").unwrap();
        let texts: Vec<_> = config.get("list").unwrap().texts().unwrap().into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["it's", "a\nb\\", "$$$${x} $${HOME} $$$ $5 $", "# no comment", " - ", "é\u{7f}", "a: b"]);
        assert_eq!(config.get("maps").unwrap().list().unwrap()[0].get("b").unwrap().get("c").unwrap().text().unwrap(), "d");
    }

    #[test]
    fn names_without_signs_need_no_quotes() {
        assert!(is_plain("aws-key_1.x"));
        for name in ["", "1a", "true", "No", "a b", "a:b", "é"] {
            assert!(!is_plain(name), "{name}");
        }
    }
}
