//! Where values come from, and templates that put several together.

/// Something that has a value for each span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// An attribute of what the action is on.
    Attribute(String),
    /// An attribute of the resource.
    Resource(String),
    /// The name of the instrumentation scope.
    ScopeName,
    /// The version of the instrumentation scope.
    ScopeVersion,
    /// The span's name.
    Name,
    /// The span's kind, such as `server`.
    Kind,
    /// The span's status, such as `error`.
    Status,
    /// How long the span took, in milliseconds with fractions.
    DurationMs,
}

impl Source {
    /// Reads a source as `from` names it.
    ///
    /// # Errors
    /// When it begins as a field of span or scope and is none.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        Ok(match text.split_once(':') {
            _ if text.is_empty() => return Err("expected the key of an attribute, found nothing".into()),
            Some(("attribute", key)) => Source::Attribute(key.to_owned()),
            Some(("resource", key)) => Source::Resource(key.to_owned()),
            Some(("scope", "name")) => Source::ScopeName,
            Some(("scope", "version")) => Source::ScopeVersion,
            Some(("scope", other)) => return Err(format!("expected scope:name or scope:version, found scope:{other}")),
            Some(("span", "name")) => Source::Name,
            Some(("span", "kind")) => Source::Kind,
            Some(("span", "status")) => Source::Status,
            Some(("span", "duration_ms")) => Source::DurationMs,
            Some(("span", other)) => {
                return Err(format!("expected span:name, span:kind, span:status or span:duration_ms, found span:{other}"));
            }
            _ => Source::Attribute(text.to_owned()),
        })
    }
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Text(String),
    Source(Source, Option<String>),
}

/// Reads a template: `${SOURCE}`, `${SOURCE:-default}`, `$$` for a dollar sign.
///
/// # Errors
/// When a brace is not closed or a source is none.
pub(crate) fn parse_template(template: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('{') {
            let (inside, after) = after.split_once('}').ok_or_else(|| format!("expected a closing brace after ${{{after}"))?;
            let (source, default) = match inside.split_once(":-") {
                Some((source, default)) => (source, Some(default.to_owned())),
                None => (inside, None),
            };
            if !text.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut text)));
            }
            parts.push(Part::Source(Source::parse(source)?, default));
            rest = after;
        } else {
            text.push('$');
            rest = rest.strip_prefix('$').unwrap_or(rest);
        }
    }
    text.push_str(rest);
    if !text.is_empty() {
        parts.push(Part::Text(text));
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_keys_unless_they_begin_as_fields() {
        assert_eq!(Source::parse("http.route"), Ok(Source::Attribute("http.route".into())));
        assert_eq!(Source::parse("resource:service.name"), Ok(Source::Resource("service.name".into())));
        assert_eq!(Source::parse("attribute:span:name"), Ok(Source::Attribute("span:name".into())));
        assert_eq!(Source::parse("app:thing"), Ok(Source::Attribute("app:thing".into())));
        assert!(Source::parse("span:nam").unwrap_err().contains("span:name"));
        assert!(Source::parse("").is_err());
    }

    #[test]
    fn templates_have_sources_defaults_and_dollar_signs() {
        let source = |key: &str, default: Option<&str>| Part::Source(Source::Attribute(key.into()), default.map(Into::into));
        assert_eq!(
            parse_template("${a} ${b:-none}!").unwrap(),
            [source("a", None), Part::Text(" ".into()), source("b", Some("none")), Part::Text("!".into())]
        );
        assert_eq!(parse_template("$$5 and $6").unwrap(), [Part::Text("$5 and $6".into())]);
        assert_eq!(parse_template("").unwrap(), []);
        assert!(parse_template("${a").unwrap_err().contains("closing brace"));
    }
}
