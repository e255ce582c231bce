//! One file of the suite, read.

use std::fmt;

/// A hostile guest and what has to come of it.
#[derive(Clone, Debug)]
pub struct Case {
    /// The file's name without its ending.
    pub name: String,
    /// What has to come of it.
    pub expectation: Expectation,
    /// Why the host does not do that yet.
    pub weak: Option<String>,
    /// Limits in the policy, in YAML's flow style.
    pub limits: String,
    /// Configuration in the policy.
    pub config: Option<String>,
    /// The JSON Schema of its configuration.
    pub schema: String,
    /// What its log has to contain.
    pub logs: Vec<Text>,
    /// What its counters have to be.
    pub counts: Vec<(String, u64)>,
    /// Columns of the edits that it answers with.
    pub edits: Vec<String>,
    /// Words of those edits that are replaced: where, and by what.
    pub patches: Vec<(usize, u32)>,
    /// A WIT package that it imports from.
    pub wit: String,
    /// The function that makes it, or a part of it.
    pub generate: Option<String>,
    /// WAT behind the header.
    pub body: String,
}

/// What has to come of a hostile guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// It fails on every batch and the log says this.
    Fails(Text),
    /// It is not loaded and the message says this.
    Refused(Text),
    /// Nothing.
    Survives,
}

/// A text that another one has to contain, in pieces between which anything may stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(Vec<String>);

impl Case {
    /// Reads a file.
    ///
    /// # Errors
    /// When its header does not say what it does and what has to come of it, or says what is not understood.
    pub fn parse(name: &str, file: &str) -> Result<Case, String> {
        let mut case = Case {
            name: name.to_owned(),
            expectation: Expectation::Survives,
            weak: None,
            limits: String::new(),
            config: None,
            schema: String::new(),
            logs: Vec::new(),
            counts: Vec::new(),
            edits: Vec::new(),
            patches: Vec::new(),
            wit: String::new(),
            generate: None,
            body: String::new(),
        };
        let mut expectations = Vec::new();
        let header = file.lines().take_while(|line| line.starts_with(";;"));
        case.body = file.lines().skip(header.clone().count()).collect::<Vec<_>>().join("\n");
        for (number, line) in header.enumerate() {
            let line = line[2..].trim();
            let fail = |what: &str| format!("{name}, line {}: {what}", number + 1);
            let (key, value) = line.split_once(':').map_or((line, ""), |(key, value)| (key, value.trim()));
            if number == 0 {
                if !line.starts_with(char::is_uppercase) || !line.ends_with('.') {
                    return Err(fail("the first line says in a sentence what the guest does"));
                }
                continue;
            }
            match key {
                "fails" => expectations.push(Expectation::Fails(Text::new(value))),
                "refused" => expectations.push(Expectation::Refused(Text::new(value))),
                "survives" => expectations.push(Expectation::Survives),
                "weak" => case.weak = Some(value.to_owned()),
                "limits" => case.limits = value.to_owned(),
                "config" => case.config = Some(value.to_owned()),
                "schema" => case.schema += value,
                "logs" => case.logs.push(Text::new(value)),
                "counts" => case.counts.push(count(value).ok_or_else(|| fail("expected a name and a number"))?),
                "edits" => case.edits.push(value.to_owned()),
                "patch" => case.patches.push(patch(value).ok_or_else(|| fail("expected an offset and a number"))?),
                "wit" => case.wit += &format!("{value}\n"),
                "generate" => case.generate = Some(value.to_owned()),
                // A misspelt key must not be taken for an explanation.
                _ if key.starts_with(|c: char| c.is_ascii_lowercase()) && !key.contains(' ') => return Err(fail("no such line")),
                _ => {}
            }
        }
        match <[Expectation; 1]>::try_from(expectations) {
            Ok([expectation]) => Ok(Case { expectation, ..case }),
            Err(found) => Err(format!("{name}: {} lines say what has to come of it, expected one", found.len())),
        }
    }

    /// Everything of the file that makes the guest what it is.
    pub fn guest(&self) -> impl Ord + '_ {
        let Case { generate, body, wit, schema, edits, patches, config, limits, .. } = self;
        (generate, body, wit, schema, edits, patches, config, limits)
    }
}

impl Text {
    fn new(text: &str) -> Text {
        Text(text.split(" ... ").map(str::to_owned).collect())
    }

    /// Whether a text contains this one.
    pub fn is_in(&self, text: &str) -> bool {
        !self.0.concat().is_empty()
            && self.0.iter().try_fold(text, |rest, piece| rest.split_once(piece.as_str()).map(|(_, rest)| rest)).is_some()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0.join(" ... "))
    }
}

fn count(text: &str) -> Option<(String, u64)> {
    let (name, value) = text.split_once(" = ")?;
    Some((name.to_owned(), value.parse().ok()?))
}

fn patch(text: &str) -> Option<(usize, u32)> {
    let (at, value) = text.split_once(" = ")?;
    let value = value.strip_prefix("0x").map_or_else(|| value.parse().ok(), |digits| u32::from_str_radix(digits, 16).ok());
    Some((at.parse().ok()?, value?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_a_header_and_what_follows() {
        let file = ";; Does harm.\n;; fails: trapped ... now\n;; limits: memory: 1MiB\n;; Why: because.\n(func)\n;; inside\n(memory 1)\n";
        let case = Case::parse("harm", file).unwrap();
        assert_eq!(
            (case.name.as_str(), case.limits.as_str(), case.body.as_str()),
            ("harm", "memory: 1MiB", "(func)\n;; inside\n(memory 1)")
        );
        let Expectation::Fails(text) = case.expectation else { panic!("{:?}", case.expectation) };
        assert!(text.is_in("it trapped: here and now"));
        assert!(!text.is_in("now it trapped") && !text.is_in("trapped"));
    }

    #[test]
    fn a_file_that_does_not_say_what_has_to_come_of_it_is_none() {
        for (file, says) in [
            ("", "0 lines"),
            (";; Does harm.\n(func)", "0 lines"),
            (";; survives\n", "line 1: the first line says in a sentence"),
            (";; Does harm.\n;; survives\n;; fails: trapped\n", "2 lines"),
            (";; Does harm.\n;; fail: trapped\n", "line 2: no such line"),
            (";; Does harm.\n;; survive\n", "line 2: no such line"),
            (";; Does harm.\n;; survives\n;; limit: deadline: 5ms\n", "line 3: no such line"),
            (";; Does harm.\n;; survives\n;; counts: many\n", "line 3: expected a name and a number"),
        ] {
            let error = Case::parse("file", file).unwrap_err();
            assert!(error.contains(says), "{file:?}: {error}");
        }
    }

    #[test]
    fn an_empty_text_is_in_none() {
        assert!(!Text::new("").is_in("anything"));
    }
}
