//! What guests are given and may use, and what their failures leave alone. Ways to misbehave are in the workspace's `tests/hostile`.

mod support;

use std::path::Path;

use spansieve_runtime::{Batch, Chain, Outcome, Policy, PolicyError, set_cache_directory, text};
use support::log::log_of;
use support::{DATA, Folder, Guest, policy, policy_of_bytes};

fn load(guests: &[(&Guest, &str)]) -> Result<Chain, PolicyError> {
    set_cache_directory(Some(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("plugins")));
    let folder = Folder::empty();
    Chain::load(&Policy::from_file(policy(&folder, guests)).expect("the policy itself is right"))
}

fn chain(guests: &[(&Guest, &str)]) -> Chain {
    load(guests).unwrap_or_else(|error| panic!("{error}"))
}

/// Why a guest can't be loaded, without the path of the policy file.
fn refusal(guest: &Guest, rest: &str) -> String {
    let folder = Folder::empty();
    let policy = Policy::from_file(policy_of_bytes(&folder, &guest.component(), rest)).expect("the policy itself is right");
    let message = match Chain::load(&policy) {
        Ok(_) => panic!("it was loaded"),
        Err(error) => error.to_string(),
    };
    let (place, message) = message.split_once("policy.yaml:").unwrap_or_else(|| panic!("{message:?} does not say where"));
    assert!(place.starts_with(&*folder.path().to_string_lossy()));
    message.to_owned()
}

const SPANS: &str = r#"resource service.name="shop"
first  server  12ms  error="secret message"  user.email="ada@example.org"  list=["secret", 5]
  ! exception  exception.message="secret"
  second  client
third
"#;

fn batch(text: &str) -> Batch {
    let mut batch = Batch::new();
    text::parse(text, &mut batch).unwrap_or_else(|error| panic!("{error}"));
    batch
}

fn shown(batch: &Batch) -> String {
    text::print(batch, &text::Style::TERSE)
}

fn sum(outcome: Outcome) -> usize {
    outcome.forwarded + outcome.sampled_out + outcome.withheld
}

#[test]
fn a_resource_alone_takes_the_failure_rule_too() {
    let resource = "resource service.name=\"secret\"\n";
    for (rule, leaves) in [("strip", false), ("pass", true), ("withhold", false)] {
        let mut batch = Batch::new();
        batch.push_resource("", 0);
        batch.push_str(Some("service.name"), "secret");
        batch.end_group();
        let mut chain = chain(&[(&Guest::trapping(), &format!("on_failure: {rule}"))]);
        assert_eq!(sum(chain.run(&mut batch)), 0);
        let left: Vec<_> = batch.resources().flat_map(|resource| resource.attributes()).map(|(key, _)| key).collect();
        assert_eq!(left, if leaves { vec!["service.name"] } else { vec![] }, "{rule}: {resource}");
    }
}

#[test]
fn plugins_around_a_failing_one_work_as_ever() {
    // Sets the name of the first span, at whatever length the batch's texts have: text 0 takes its place.
    let named = Guest::answering(edits_that_replace_text_0("renamed"));
    let mut chain = chain(&[(&named, ""), (&Guest::trapping(), "on_failure: pass"), (&Guest::idle(), "")]);
    let mut spans = batch("k  a=1\n");
    assert_eq!(chain.run(&mut spans), Outcome { forwarded: 1, ..Outcome::default() });
    assert!(shown(&spans).contains("renamed"), "{}", shown(&spans));
    let failures: Vec<_> = chain.stats().plugins().iter().map(|stats| (stats.failures, stats.edits)).collect();
    assert_eq!(failures, [(0, 3), (1, 0), (0, 0)]);
}

/// Edits by hand: text 0 of a batch with one text for each of `k`, `a` and what the parser adds is replaced.
fn edits_that_replace_text_0(with: &str) -> Vec<u8> {
    use spansieve_layout::{Column, Header, Magic, Writer, push_text};
    let texts = {
        let blob = batch("k  a=1\n").to_blob(&[]);
        spansieve_layout::Blob::parse(&blob, Magic::Batch).expect("a blob").texts().len() as u32
    };
    let (mut arena, mut ends) = (Vec::new(), Vec::new());
    push_text(&mut arena, &mut ends, with);
    let mut out = Vec::new();
    let mut writer = Writer::new(&mut out, &Header { magic: Magic::Edits, ..Header::default() }, 4);
    writer.column(Column::Texts, &arena);
    writer.elements(Column::TextEnd, &ends);
    writer.elements(Column::ReplaceText, &(0..texts).collect::<Vec<_>>());
    writer.elements(Column::ReplaceWith, &vec![texts; texts as usize]);
    writer.finish();
    out
}

#[test]
fn a_configuration_that_does_not_fit_the_schema_is_refused_where_it_stands() {
    let schema =
        r#"{"type": "object", "properties": {"keys": {"type": "array", "items": {"type": "string"}}}, "additionalProperties": false}"#;
    let guest = Guest { schema: schema.into(), ..Guest::default() };
    for (config, says) in [
        ("{keys: [a, 5]}", "1:75: plugins[0].config.keys[1]: plugin a: config.keys[1]: 5 is not of type \"string\""),
        ("{keys: 5}", "plugins[0].config.keys: plugin a: config.keys: 5 is not of type \"array\""),
        ("{key: []}", "plugins[0]: plugin a: config: Additional properties are not allowed ('key' was unexpected)"),
        ("[]", "plugins[0]: plugin a: config: [] is not of type \"object\""),
    ] {
        let message = refusal(&guest, &format!("config: {config}"));
        assert!(message.contains(says), "{message:?} does not say {says:?}");
    }
    chain(&[(&guest, "config: {keys: [a]}")]);
}

#[test]
fn what_a_guest_logs_and_counts_has_bounds() {
    // Counts under 3,000 names of two bytes; logs 500 lines of 60,000 bytes with a newline in front.
    let process = format!(
        "(local $i i32)
         (loop $names
           (i32.store16 (i32.const {DATA}) (i32.add (i32.const 0x2121) (i32.or (i32.and (local.get $i) (i32.const 63)) (i32.shl (i32.shr_u (local.get $i) (i32.const 6)) (i32.const 8)))))
           (call $count (i32.const {DATA}) (i32.const 2) (i64.const -1))
           (call $count (i32.const {DATA}) (i32.const 2) (i64.const -1))
           (br_if $names (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 3000))))
         (i32.store8 (i32.const {DATA}) (i32.const 10))
         (memory.fill (i32.const {next}) (i32.const 97) (i32.const 60000))
         (loop $lines
           (call $log (i32.const 1) (i32.const {DATA}) (i32.const 60000))
           (br_if $lines (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 3500))))
         (i32.const 192)",
        next = DATA + 1,
    );
    let mut chain = chain(&[(&Guest::new(&process), "limits: {log_lines: 10, deadline: 20s}")]);
    let log = log_of(|| assert_eq!(chain.run(&mut batch(SPANS)).forwarded, 3));
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines.len(), 10, "{lines:?}");
    assert!(lines.iter().all(|line| line.len() < 5000 && line.contains(" aaa")), "a line is cut, and its newline is none");
    let counters = chain.stats().plugins().remove(0).counters;
    assert!(counters.len() <= 1024 && counters.values().all(|count| *count == u64::MAX), "{} counters", counters.len());
}

#[test]
fn texts_are_there_while_a_batch_is_worked_on_and_tables_only_where_the_policy_names_them() {
    // Writes the first bytes of `texts` behind the tag, and whether a table that no policy names is there, as counters.
    let process = format!(
        "(local $at i32)
         (call $texts (i32.const {DATA}))
         (local.set $at (i32.load (i32.const {DATA})))
         (if (i32.eq (i32.load offset=4 (i32.const {DATA})) (i32.const 0)) (then unreachable))
         (if (i32.load8_u (i32.add (local.get $at) (i32.sub (i32.load offset=4 (i32.const {DATA})) (i32.const 1)))) (then unreachable))
         (call $table (i32.const 512) (i32.const 4) (i32.const {DATA}))
         (if (i32.load8_u (i32.const {DATA})) (then (call $count (i32.const 512) (i32.const 4) (i64.const 1))))
         (i32.const 192)"
    );
    let guest = Guest::new(&process);
    let folder = Folder::empty();
    folder.write("table.txt", "content of 16 bytes");
    for (rest, found) in [
        ("on_failure: withhold", false),
        ("on_failure: withhold, tables: {test: 'file:./table.txt'}", true),
        ("on_failure: withhold, secrets: {test: 'file:./table.txt'}", true),
        ("on_failure: withhold, secrets: {other: 'file:./table.txt'}", false),
    ] {
        let mut chain = Chain::load(&Policy::from_file(policy(&folder, &[(&guest, rest)])).expect("a policy")).expect("a chain");
        assert_eq!(chain.run(&mut batch(SPANS)).forwarded, 3);
        assert_eq!(chain.stats().plugins()[0].counters.contains_key("test"), found);
    }
}
