//! Live edit: a policy that is edited while the shop is busy shows in the next trace.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How long a line may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

const POLICY: &str = include_str!("../policy.yaml");

struct Storefront {
    child: Child,
    lines: Receiver<String>,
}

impl Storefront {
    fn start(policy: &Path, length: &str) -> Storefront {
        let mut command = Command::new(env!("CARGO_BIN_EXE_storefront"));
        command.args(["--watch", "--for", length, "--policy"]).arg(policy);
        command.env_remove("OTEL_EXPORTER_OTLP_ENDPOINT").env_remove("RUST_LOG").stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the storefront runs");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        let (sender, lines) = channel();
        std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Storefront { child, lines }
    }

    /// The lines up to one that contains `text`, that one included.
    fn until(&self, text: &str) -> String {
        let (mut found, give_up) = (String::new(), Instant::now() + PATIENCE);
        loop {
            match self.lines.recv_timeout(give_up.saturating_duration_since(Instant::now())) {
                Ok(line) => found += &(line + "\n"),
                Err(_) => panic!("no line with `{text}`: {found}"),
            }
            if found.trim_end().rsplit('\n').next().is_some_and(|line| line.contains(text)) {
                return found;
            }
        }
    }
}

impl Drop for Storefront {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn policy(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, POLICY).expect("a policy");
    path
}

/// Puts another text in the place of a file as careful editors do: nobody can read half of it.
fn replace(path: &Path, text: &str) {
    let beside = path.with_extension("new");
    fs::write(&beside, text).expect("a file beside it");
    fs::rename(&beside, path).expect("it takes its place");
}

#[test]
fn an_edit_of_the_policy_shows_in_the_next_trace() {
    let path = policy("watch.yaml");
    let storefront = Storefront::start(&path, "5m");
    storefront.until("A trace as it leaves, generation 1");
    let trace = storefront.until("A trace as it leaves");
    assert!(trace.contains("team=\"shop\"") && trace.contains("[REDACTED]"), "{trace}");

    replace(&path, &POLICY.replace("value: shop", "value: kitchen"));
    let told = storefront.until("policy: generation 2 is in service");
    assert!(told.contains("enrich replaced (it keeps no state), sample kept, redact kept"), "{told}");
    storefront.until("A trace as it leaves, generation 2");
    let trace = storefront.until("A trace as it leaves");
    assert!(trace.contains("team=\"kitchen\"") && !trace.contains("team=\"shop\""), "{trace}");

    replace(&path, &POLICY.replace("builtin:redact", "builtin:reduct"));
    storefront.until("policy: refused (read), generation 2 stays: ");
    storefront.until("A trace as it leaves, generation 2");
    let trace = storefront.until("A trace as it leaves");
    assert!(trace.contains("team=\"kitchen\"") && trace.contains("[REDACTED]"), "{trace}");
}

#[test]
fn watching_ends_after_its_time_with_every_span_accounted_for() {
    let mut storefront = Storefront::start(&policy("watch-for.yaml"), "1s");
    storefront.until("received ");
    assert!(storefront.child.wait().expect("its status").success());
}
