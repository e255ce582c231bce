//! What comes of a guest.

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use spansieve_runtime::{Batch, Chain, Outcome, Policy, text};

use super::{Case, Expectation};
use crate::guest::log::logged;
use crate::guest::{Folder, policy_of_bytes};
use crate::secrets::{Kind, Secrets};

/// However slow the machine is: nothing that a guest does takes longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Bytes of a message that an operator still reads.
const MAX_MESSAGE: usize = 10_000;

/// Spans of a trial's batch.
const SPANS: usize = 3;

/// What a policy does with spans on which a plugin fails.
const RULES: [&str; 3] = ["strip", "pass", "withhold"];

/// One batch and one guest under one failure rule.
struct Trial {
    rule: &'static str,
    /// What was wrong with it.
    complaints: Vec<String>,
}

/// Tries a guest and answers with what is wrong: with what came of it, or with the host.
///
/// # Errors
/// One text for each thing that is wrong.
pub fn check(case: &Case) -> Result<(), Vec<String>> {
    let guest = match catch_unwind(|| case.bytes()) {
        Ok(Ok(guest)) => guest,
        Ok(Err(error)) => return Err(vec![format!("{}: {error}", case.name)]),
        Err(_) => return Err(vec![format!("{}: it can't be made", case.name)]),
    };
    let rules = match &case.expectation {
        Expectation::Fails(_) => &RULES[..],
        // The rule does not matter to a guest that never fails. This one would show it best.
        Expectation::Refused(_) | Expectation::Survives => &["withhold"],
    };
    let mut complaints = Vec::new();
    for rule in rules {
        let mut trial = Trial { rule, complaints: Vec::new() };
        let started = Instant::now();
        if catch_unwind(AssertUnwindSafe(|| trial.run(case, &guest))).is_err() {
            trial.complaints.push("something panicked".into());
        }
        let took = started.elapsed();
        if took > PATIENCE {
            trial.complaints.push(format!("it took {took:?}"));
        }
        complaints.extend(trial.complaints.into_iter().map(|complaint| format!("{}, {rule}: {complaint}", case.name)));
    }
    match (complaints.is_empty(), &case.weak) {
        (true, Some(weak)) => Err(vec![format!("{}: it is not weak any more: {weak}", case.name)]),
        (false, None) => Err(complaints),
        _ => Ok(()),
    }
}

impl Trial {
    fn run(&mut self, case: &Case, guest: &[u8]) {
        let folder = Folder::empty();
        let file = policy_of_bytes(&folder, guest, &self.rest(case));
        let policy = match Policy::from_file(file) {
            Ok(policy) => policy,
            Err(error) => return self.complain(format!("the policy itself is wrong: {error}")),
        };
        let started = Instant::now();
        let ((), log) = logged(|| match (Chain::load(&policy), &case.expectation) {
            (Ok(chain), _) => self.run_chain(case, chain),
            (Err(error), Expectation::Refused(says)) => {
                let message = error.to_string();
                self.expect(message.contains("policy.yaml:1:") && message.contains("plugins[0]"), || {
                    format!("it says not where: {message:.300}")
                });
                self.expect(message.contains("plugin a: ") && says.is_in(&message), || {
                    format!("expected {says} in the message:\n{message:.2000}")
                });
                self.expect(message.len() <= MAX_MESSAGE, || format!("the message has {} bytes", message.len()));
                self.expect(!message.contains(is_forging), || format!("the message has control characters:\n{message:?}"));
            }
            (Err(error), _) => self.complain(format!("it was refused: {error}")),
        });
        self.check_log(case, &log, started.elapsed());
    }

    /// The rest of the guest's entry in the policy.
    fn rest(&self, case: &Case) -> String {
        let mut rest = format!("on_failure: {}, limits: {{", self.rule);
        if !case.limits.contains("deadline:") {
            rest += "deadline: 10s, ";
        }
        let _ = write!(rest, "{}}}", case.limits);
        if let Some(config) = &case.config {
            let _ = write!(rest, ", config: {config}");
        }
        rest
    }

    fn run_chain(&mut self, case: &Case, mut chain: Chain) {
        let secrets = Planted::new();
        let mut batch = secrets.batch();
        let before = shown(&batch);
        let outcome = chain.run(&mut batch);
        let Outcome { forwarded, sampled_out, withheld, .. } = outcome;
        self.expect(forwarded + sampled_out + withheld == SPANS && batch.len() == forwarded, || format!("spans got lost: {outcome:?}"));

        let stats = chain.stats().plugins().remove(0);
        self.expect(stats.counters.len() <= 1024, || format!("{} counters", stats.counters.len()));
        let name = stats.counters.keys().find(|name| name.len() > 256 || name.contains(char::is_control));
        self.expect(name.is_none(), || format!("a counter is called {:.300?}", name.map(String::as_str).unwrap_or_default()));
        for (name, value) in &case.counts {
            self.expect(stats.counters.get(name) == Some(value), || format!("expected {name} = {value}: {:?}", stats.counters));
        }

        let after = shown(&batch);
        match (&case.expectation, self.rule) {
            (Expectation::Refused(_), _) => self.complain("it was loaded".into()),
            (Expectation::Survives, _) => {
                self.expect(stats.failures == 0, || format!("it failed {} times", stats.failures));
                self.expect(after == before, || format!("the spans are not what they were:\n{after}"));
            }
            (Expectation::Fails(_), rule) => {
                self.expect(stats.failures > 0, || "it did not fail".into());
                match rule {
                    "pass" => self.expect(after == before, || format!("the spans are not what they were:\n{after}")),
                    "strip" => self.expect(forwarded == SPANS, || format!("spans are gone: {outcome:?}")),
                    _ => self.expect(withheld == SPANS, || format!("spans were not withheld: {outcome:?}")),
                }
                if rule != "pass" {
                    let found = secrets.found_in(&after, &batch);
                    self.expect(found.is_empty(), || format!("secrets are left: {found:?}"));
                }
            }
        }
    }

    fn check_log(&mut self, case: &Case, log: &[String], took: Duration) {
        if let Expectation::Fails(says) = &case.expectation {
            let told = log.iter().any(|line| line.starts_with("WARN") && line.contains("plugin=\"a\"") && says.is_in(line));
            self.expect(told, || format!("expected {says} in the log:\n{:.5000}", log.join("\n")));
        }
        for text in &case.logs {
            self.expect(log.iter().any(|line| text.is_in(line)), || format!("expected {text} in the log:\n{:.5000}", log.join("\n")));
        }
        // A hundred lines a second are allowed, and the host has something to say itself.
        let most = 100 * (took.as_secs() as usize + 2);
        self.expect(log.len() <= most, || format!("{} lines were logged in {took:?}", log.len()));
        let long = log.iter().map(String::len).max().unwrap_or(0);
        self.expect(long <= MAX_MESSAGE, || format!("a line of {long} bytes was logged"));
        let forged = log.iter().find(|line| line.contains(is_forging));
        self.expect(forged.is_none(), || {
            format!("a line with control characters was logged: {:.300?}", forged.map(String::as_str).unwrap_or_default())
        });
        let found = Planted::new().found_in(&log.join("\n"), &Batch::new());
        self.expect(found.is_empty(), || format!("secrets were logged: {found:?}"));
    }

    fn complain(&mut self, complaint: String) {
        self.complaints.push(complaint);
    }

    fn expect(&mut self, holds: bool, complaint: impl FnOnce() -> String) {
        if !holds {
            self.complaints.push(complaint());
        }
    }
}

/// Whether a character can make one line look like several, or like something else. The host's own messages may have several lines.
fn is_forging(c: char) -> bool {
    c.is_control() && c != '\n' || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn shown(batch: &Batch) -> String {
    text::print(batch, &text::Style::FULL)
}

/// Spans with a secret in every place that can hold one.
struct Planted {
    secrets: Secrets,
    text: String,
}

impl Planted {
    fn new() -> Planted {
        let mut secrets = Secrets::default();
        let mut plant = |kind: Kind, place: &str| secrets.text(kind, place);
        let text = format!(
            r#"resource service.name="{}"  @schema="https://{}/1"
scope "{}" "{}"  scope.owner="{}"
"{}"  server  12ms  error="{}"  tracestate="k={}"  user.email="{}"  "{}"=1  list=["{}", 5, ["{}"]]  map={{k="{}", "{}"=true}}
  ! "{}"  exception.message="{}"
  ~ 5279afd2ca50cd9835bebcf7f28eeb14:6d847d14fb028119  tracestate="k={}"  reason="{}"
  "{}"  client  db.query.text="{}"
"{}"
"#,
            plant(Kind::Email, "resource"),
            plant(Kind::Ipv4, "schema"),
            plant(Kind::Email, "scope"),
            plant(Kind::Card, "version"),
            plant(Kind::Phone, "scope's attribute"),
            plant(Kind::Email, "name"),
            plant(Kind::Iban, "status message"),
            plant(Kind::Card, "tracestate"),
            plant(Kind::Email, "attribute"),
            plant(Kind::Email, "key"),
            plant(Kind::Jwt, "array"),
            plant(Kind::Ssn, "nested array"),
            plant(Kind::Aws, "map"),
            plant(Kind::Email, "key of a map"),
            plant(Kind::Email, "event"),
            plant(Kind::GitHub, "event's attribute"),
            plant(Kind::Card, "link's tracestate"),
            plant(Kind::Email, "link's attribute"),
            plant(Kind::Phone, "child's name"),
            plant(Kind::Card, "child's attribute"),
            plant(Kind::Email, "second trace"),
        );
        Planted { secrets, text }
    }

    fn batch(&self) -> Batch {
        let mut batch = Batch::new();
        text::parse(&self.text, &mut batch).unwrap_or_else(|error| panic!("{error}"));
        let planted = self.found_in(&shown(&batch), &batch).len();
        assert!(planted >= self.secrets.len(), "{planted} of {} secrets stand in the batch", self.secrets.len());
        batch
    }

    /// Secrets that are left in a text, or in a batch as a plugin or an exporter would see it.
    fn found_in(&self, text: &str, batch: &Batch) -> Vec<String> {
        let mut bytes = text.as_bytes().to_vec();
        bytes.extend(batch.clone().to_blob(&[]));
        self.secrets.found_in(&bytes)
    }
}
