//! `spansieve watch` as somebody runs it who edits a policy: each edit is told, and what it does to spans.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use regex::Regex;

const SPANS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cmd/run.in/shop.json");

/// How long a line may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

const REDACTS: &str = "version: 1\nplugins:\n  - use: builtin:redact\n";
const REDACTS_NOTHING: &str = "version: 1\nplugins:\n  - use: builtin:redact\n    config: {keys: [], values: []}\n";
const DROPS_TOO: &str =
    "version: 1\nplugins:\n  - use: builtin:sample\n    config: {keep: [errors], rest: {ratio: 0}}\n  - use: builtin:redact\n";
const REFUSED: &str = "version: 1\nplugins:\n  - use: builtin:redact\n    config: {custom: [{name: x, regex: 'a('}]}\n";
const FAILS_ITS_TEST: &str = "version: 1\nplugins: []\ntests:\n  - {name: nothing passes, given: GET /, expect: }\n";

/// The command, and what it prints.
struct Watching {
    child: Child,
    lines: Receiver<String>,
}

impl Watching {
    fn start(arguments: &[&str]) -> Watching {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spansieve"));
        command.env("SPANSIEVE_CACHE_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/plugins")).env_remove("RUST_LOG");
        let mut child =
            command.arg("watch").args(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the command runs");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        let (sender, lines) = channel();
        std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Watching { child, lines }
    }

    /// The next line.
    fn line(&mut self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("a line in time")
    }

    /// The lines up to one that contains `text`, that one included.
    fn until(&mut self, text: &str) -> Vec<String> {
        let mut lines = Vec::new();
        let give_up = Instant::now() + PATIENCE;
        loop {
            match self.lines.recv_timeout(give_up.saturating_duration_since(Instant::now())) {
                Ok(line) => lines.push(line),
                Err(_) => panic!("no line with `{text}`: {lines:#?}"),
            }
            if lines.last().is_some_and(|line| line.contains(text)) {
                return lines;
            }
        }
    }

    fn exit_code(mut self) -> Option<i32> {
        // Its output ends when it does.
        while self.lines.recv_timeout(PATIENCE).inspect_err(|error| assert_eq!(*error, RecvTimeoutError::Disconnected)).is_ok() {}
        self.child.wait().expect("its status").code()
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A policy file in a folder of its own.
fn policy(folder: &str, text: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("policy.yaml");
    fs::write(&path, text).expect("a policy");
    path
}

/// Puts another text in the place of a file as careful editors do: nobody can read half of it.
fn replace(path: &Path, text: &str) {
    let beside = path.with_extension("new");
    fs::write(&beside, text).expect("a file beside it");
    fs::rename(&beside, path).expect("it takes its place");
}

#[test]
fn each_edit_is_told_with_the_time_and_the_reason() {
    let path = policy("watch-events", REDACTS);
    let name = path.to_str().expect("a name");
    let mut watching = Watching::start(&[name]);
    assert_eq!(watching.line(), format!("{name}: in service, 1 plugin, no tests"));
    assert!(watching.line().starts_with("  redact: redact "));
    assert_eq!(watching.line(), format!("watching {name}"));

    replace(&path, REDACTS_NOTHING);
    let line = watching.line();
    let expected = r"^\d\d:\d\d:\d\d generation 2 is in service after .*: redact replaced \(it keeps no state\)$";
    assert!(Regex::new(expected).expect("a pattern").is_match(&line), "{line}");

    replace(&path, REFUSED);
    let line = watching.line();
    assert!(line.contains(&format!(" refused (configure), generation 2 stays: {name}:4:13: plugins[0]")), "{line}");
    assert!(line.contains("plugin redact") && line.contains("the pattern of rule `x` cannot be used"), "{line}");

    // In place this time.
    fs::write(&path, DROPS_TOO).expect("an edit");
    watching.until("generation 3 is in service");

    replace(&path, "version: 1\nplugins: {}\n");
    assert!(watching.line().contains("refused (read), generation 3 stays: "));
    replace(&path, FAILS_ITS_TEST);
    assert!(watching.line().ends_with("the test `nothing passes` fails"));
    // What was expected is nothing; then what was found.
    assert_eq!(watching.until("GET /").len(), 4);

    // Whoever takes an edit back is told that all is well.
    replace(&path, DROPS_TOO);
    assert!(watching.line().ends_with("nothing differs, generation 3 stays"));
}

#[test]
fn what_an_edit_does_to_spans_is_shown_against_what_the_policy_before_did() {
    let path = policy("watch-spans", REDACTS);
    let mut watching = Watching::start(&[path.to_str().expect("a name"), SPANS]);
    assert_eq!(watching.until("received").last().expect("a line"), "received 3 = forwarded 3 + sampled out 0 + withheld 0");

    replace(&path, REDACTS_NOTHING);
    let lines = watching.until("received");
    assert!(lines[0].contains("generation 2"), "{lines:#?}");
    assert!(lines[1..3].iter().all(|line| line.starts_with("  ")), "the same head: {lines:#?}");
    assert!(lines[3].starts_with("- POST /login") && lines[3].contains("user.email=\"[REDACTED]\""), "{lines:#?}");
    assert!(lines[4].starts_with("+ POST /login") && lines[4].contains("user.email=\"ada@example.org\""), "{lines:#?}");

    replace(&path, DROPS_TOO);
    let lines = watching.until("received");
    assert!(lines.contains(&"- GET /health  server  250us".to_owned()), "{lines:#?}");
    assert_eq!(lines.last().expect("a line"), "received 3 = forwarded 2 + sampled out 1 + withheld 0");

    // A plugin that remembers traces does not take the same spans for late ones; what was gone comes back.
    replace(&path, &DROPS_TOO.replace("ratio: 0", "ratio: 1.0"));
    let lines = watching.until("received");
    assert!(lines[0].contains("sample replaced (with its state), redact kept"), "{lines:#?}");
    assert_eq!(lines[1..], ["+ GET /health  server  250us", "received 3 = forwarded 3 + sampled out 0 + withheld 0"]);

    replace(&path, &DROPS_TOO.replace("ratio: 0", "ratio: 1.0").replace("[errors]", "[errors, {slow: 9s}]"));
    let lines = watching.until("received");
    assert_eq!(lines[1], "The spans come out as before.", "{lines:#?}");
}

#[test]
fn a_policy_whose_plugins_fail_on_the_spans_is_taken_back() {
    let path = policy("watch-fails", REDACTS);
    let attributes = r#"[{"key":"user.email","value":{"stringValue":"ada@example.org"}}]"#;
    let span = |number: u32| format!(r#"{{"traceId":"{number:032x}","spanId":"{number:016x}","name":"GET /","attributes":{attributes}}}"#);
    let spans: Vec<_> = (1..=1600).map(span).collect();
    let file = path.with_file_name("spans.json");
    fs::write(&file, format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{}]}}]}}]}}"#, spans.join(","))).expect("a file of spans");
    let mut watching = Watching::start(&[path.to_str().expect("a name"), file.to_str().expect("a name")]);
    assert_eq!(watching.until("received").last().expect("a line"), "received 1600 = forwarded 1600 + sampled out 0 + withheld 0");

    replace(&path, &format!("{REDACTS}    limits: {{edit_items: 0}}\n"));
    let lines = watching.until("received");
    assert!(lines[0].contains("generation 2 is in service"), "{}", lines[0]);
    assert!(lines[2].starts_with("+ ") && !lines[2].contains("GET /"), "stripped: {}", lines[2]);
    assert!(lines.last().is_some_and(|line| line.contains("(1600 of them stripped)")), "{:?}", lines.last());
    let line = watching.line();
    assert!(
        line.contains("generation 2 is taken back, generation 1 is in service again: plugin redact failed on 1600 of 1600 spans"),
        "{line}"
    );
    assert_eq!(watching.until("received").last().expect("a line"), "received 1600 = forwarded 1600 + sampled out 0 + withheld 0");
}

#[test]
fn once_ends_with_the_first_edit_and_says_by_its_code_whether_it_was_good() {
    for (name, edit, code) in [("watch-once-good", DROPS_TOO, 0), ("watch-once-bad", REFUSED, 1)] {
        let path = policy(name, REDACTS);
        let mut watching = Watching::start(&["--once", path.to_str().expect("a name")]);
        watching.until("watching ");
        replace(&path, edit);
        assert_eq!(watching.exit_code(), Some(code));
    }
}
