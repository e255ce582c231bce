//! Running the tests that a policy carries.

use crate::batch::Batch;
use crate::chain::Chain;
use crate::policy::{Policy, PolicyError};
use crate::text::{self, Style};

/// A test of a policy whose spans did not become what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestFailure {
    /// The test's name.
    pub name: String,
    /// The spans that were expected, in their text form; or what is wrong with the test.
    pub expected: String,
    /// The spans that came out, in their text form.
    pub found: String,
}

/// Runs the tests of a policy, each on plugins of its own, and answers with those that failed.
///
/// # Errors
/// When the policy's plugins can't be loaded.
pub fn run_tests(policy: &Policy) -> Result<Vec<TestFailure>, PolicyError> {
    let mut failures = Vec::new();
    for test in policy.tests() {
        // Plugins may remember what they saw, so no test follows another.
        let mut chain = Chain::load(policy)?;
        let normal = |spans: &str, run: Option<&mut Chain>| {
            let mut batch = Batch::new();
            batch.now = text::DEFAULT_START;
            text::parse(spans, &mut batch)?;
            if let Some(chain) = run {
                chain.run(&mut batch);
            }
            // Resources and scopes without spans are nothing that leaves.
            Ok::<_, text::TextError>(if batch.is_empty() { String::new() } else { text::print(&batch, &Style::TERSE) })
        };
        let failure = match (normal(&test.expect, None), normal(&test.given, Some(&mut chain))) {
            (Ok(expected), Ok(found)) if expected == found => continue,
            (Ok(expected), Ok(found)) => TestFailure { name: test.name.clone(), expected, found },
            (Err(error), _) => TestFailure { name: test.name.clone(), expected: format!("expect: {error}"), found: String::new() },
            (_, Err(error)) => TestFailure { name: test.name.clone(), expected: format!("given: {error}"), found: String::new() },
        };
        failures.push(failure);
    }
    Ok(failures)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn a_test_fails_where_spans_become_something_else() {
        let policy = r#"
version: 1
plugins: []
tests:
  - name: spans pass
    given: |
      GET /  server  user="ada"
    expect: |
      GET /  server  user="ada"
  - name: unsampled spans do not
    given: |
      resource service.name="shop"
      GET /  unsampled
    expect:
  - name: wrong
    given: GET /  server
    expect: GET /  client
  - name: broken
    given: GET /  sideways
    expect: GET /
"#;
        let failures = run_tests(&Policy::parse(policy, "test", Path::new("")).unwrap()).unwrap();
        let names: Vec<_> = failures.iter().map(|failure| failure.name.as_str()).collect();
        assert_eq!(names, ["wrong", "broken"]);
        assert!(failures[0].expected.contains("client") && failures[0].found.contains("server"), "{failures:?}");
        assert!(failures[1].expected.starts_with("given: "), "{failures:?}");
    }
}
