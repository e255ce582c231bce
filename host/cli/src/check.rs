//! `spansieve check`: would this policy go into service?

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use spansieve_runtime::{Chain, Plugin, Policy, PolicyError, run_tests};

use crate::{ERROR, EXIT_CODES, say, warn};

const EXAMPLES: &str = "\
Examples:
  spansieve check policy.yaml
  spansieve check policies/*.yaml && deploy";

/// Read policies, load and configure their plugins, and run the tests that they carry.
#[derive(clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
pub(crate) struct Args {
    /// Policy files
    #[arg(required = true, value_name = "POLICY")]
    policies: Vec<PathBuf>,
}

pub(crate) fn run(args: Args) -> Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    for path in &args.policies {
        let checked = Policy::from_file(path).and_then(|policy| check(&path.display().to_string(), &policy));
        match checked {
            Ok(true) => {}
            Ok(false) => code = ExitCode::FAILURE,
            Err(error) => {
                say("error", ERROR, &error.to_string());
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}

/// Answers whether the policy's tests pass.
fn check(path: &str, policy: &Policy) -> Result<bool, PolicyError> {
    let chain = Chain::load(policy)?;
    for warning in policy.warnings() {
        warn(&format!("{path}: {warning}"));
    }
    let failures = run_tests(policy)?;
    for failure in &failures {
        let message = format!(
            "{path}: the test `{}` fails\nexpected:\n{}\nfound:\n{}",
            failure.name,
            failure.expected.trim_end(),
            failure.found.trim_end()
        );
        say("error", ERROR, &message);
    }
    anstream::println!("{}", headline(path, if failures.is_empty() { "ok" } else { "not ok" }, &chain, policy, failures.len()));
    for plugin in chain.plugins() {
        anstream::println!("  {}", describe(plugin));
    }
    Ok(failures.is_empty())
}

/// One line on a policy: what is to be said of it, how many plugins it has, how its tests end.
pub(crate) fn headline(path: &str, verdict: &str, chain: &Chain, policy: &Policy, failed: usize) -> String {
    let tests = match (policy.tests().len(), failed) {
        (0, _) => "no tests".to_owned(),
        (1, 0) => "its test passes".to_owned(),
        (all, 0) => format!("its {all} tests pass"),
        (all, failed) => format!("{failed} of {all} tests fail"),
    };
    let plugins = match chain.plugins().len() {
        1 => "1 plugin".to_owned(),
        number => format!("{number} plugins"),
    };
    format!("{path}: {verdict}, {plugins}, {tests}")
}

/// Name in the policy, what the plugin says of itself, and what it reads.
pub(crate) fn describe(plugin: &Plugin) -> String {
    let (description, interest) = (plugin.description(), plugin.interest());
    let mut text = format!("{}: {} {}: {}", plugin.name(), description.name, description.version, description.about);
    if interest.whole_traces {
        text += " [whole traces]";
    }
    if !interest.keys.is_empty() {
        text += &format!(" [reads {}]", interest.keys.join(", "));
    }
    text
}
