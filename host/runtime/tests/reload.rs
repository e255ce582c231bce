//! Policies change while they are in service: a candidate goes in whole, between two batches, or not at all.

mod support;

use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use spansieve_runtime::{
    Batch, ChainStats, PluginFate, PluginState, Policy, ReloadError, ReloadEvent, ReloadOptions, ReloadStep, Reloaded, Reloads, serve,
    set_cache_directory, text,
};
use support::{Folder, Guest};

/// A policy in service in a thread of its own, as the processor has it: batches pass one after the other, as fast as they can.
struct Service {
    reloads: Reloads,
    stats: ChainStats,
    /// What the last batches became, in the text form.
    seen: Arc<Mutex<Vec<String>>>,
    ending: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

const SPANS: &str = "one  server  k=1\ntwo  server  k=2\n";

impl Service {
    fn start(policy: Policy, options: ReloadOptions) -> Service {
        set_cache_directory(Some(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("plugins")));
        let (mut serving, reloads) = serve(policy, options, || {}).unwrap_or_else(|error| panic!("{error}"));
        let stats = serving.chain().stats();
        let (seen, ending) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (to, end) = (Arc::clone(&seen), Arc::clone(&ending));
        let thread = std::thread::spawn(move || {
            let mut batch = Batch::new();
            while !end.load(Ordering::Relaxed) {
                serving.turn(Instant::now());
                batch.clear();
                text::parse(SPANS, &mut batch).expect("spans");
                let outcome = serving.run(&mut batch);
                assert_eq!(outcome.forwarded + outcome.sampled_out + outcome.withheld, 2);
                let mut seen = to.lock().expect("no test panicked");
                seen.push(text::print(&batch, &text::Style::TERSE));
                if seen.len() > 10_000 {
                    seen.drain(..5_000);
                }
                drop(seen);
                std::thread::sleep(Duration::from_micros(200));
            }
        });
        Service { reloads, stats, seen, ending, thread: Some(thread) }
    }

    /// What the next batch becomes.
    fn next(&self) -> String {
        self.seen.lock().unwrap().clear();
        wait(|| self.seen.lock().unwrap().get(1).cloned())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.ending.store(true, Ordering::Relaxed);
        let ended = self.thread.take().expect("it runs").join();
        assert!(ended.is_ok() || std::thread::panicking());
    }
}

fn wait<T>(mut ready: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(ready) = ready() {
            return ready;
        }
        assert!(started.elapsed() < Duration::from_secs(30), "it did not come");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn unwatched() -> ReloadOptions {
    ReloadOptions { watch: false, ..ReloadOptions::default() }
}

/// A policy of plugins `a`, `b`, ... that each insert their value into every span.
fn inserting(values: &[&str]) -> String {
    let mut policy = String::from("version: 1\nplugins:\n");
    for (name, value) in ["a", "b", "c"].iter().zip(values) {
        let _ = writeln!(
            policy,
            "  - {{name: {name}, use: 'builtin:enrich', config: {{actions: [{{insert: {{key: {name}, value: '{value}'}}}}]}}}}"
        );
    }
    policy
}

fn parse(policy: &str) -> Policy {
    Policy::parse(policy, "test", Path::new("")).unwrap_or_else(|error| panic!("{error}"))
}

fn fates(reloaded: &Reloaded) -> Vec<(&str, PluginFate)> {
    reloaded.plugins.iter().map(|plugin| (plugin.name.as_str(), plugin.fate.clone())).collect()
}

fn event(events: &Receiver<ReloadEvent>) -> ReloadEvent {
    match events.recv_timeout(Duration::from_secs(30)) {
        Ok(event) => event,
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => panic!("no event came"),
    }
}

/// A guest under the name `g` in a policy of its own, written to a folder.
fn guest_policy(folder: &Folder, guest: &Guest, rest: &str) -> Policy {
    folder.write("g.wasm", guest.component());
    let path = folder.write("policy.yaml", format!("{{version: 1, plugins: [{{name: g, use: 'file:./g.wasm'{rest}}}]}}"));
    Policy::from_file(path).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn only_what_changed_is_made_anew_and_the_rest_goes_on() {
    let service = Service::start(parse(&inserting(&["1", "1"])), unwatched());
    let events = service.reloads.events();
    assert!(service.next().contains("a=\"1\"  b=\"1\""), "{}", service.next());
    let calls_before = service.stats.plugins()[0].calls;

    let reloaded = service.reloads.replace(parse(&inserting(&["1", "2", "1"]))).unwrap();
    assert_eq!(reloaded.generation, 2);
    assert_eq!(fates(&reloaded), [("a", PluginFate::Kept), ("b", PluginFate::Replaced(PluginState::None)), ("c", PluginFate::Added)]);
    assert!(service.next().contains("a=\"1\"  b=\"2\"  c=\"1\""), "{}", service.next());
    let plugins = service.stats.plugins();
    assert_eq!(plugins.len(), 3);
    assert!(plugins[0].calls > calls_before && plugins[1].calls > calls_before && plugins[2].calls > 0, "figures go on: {plugins:?}");
    assert!(matches!(event(&events), ReloadEvent::Reloaded(told) if told.generation == 2));

    let reloaded = service.reloads.replace(parse(&inserting(&["1"]))).unwrap();
    assert_eq!(fates(&reloaded), [("a", PluginFate::Kept), ("b", PluginFate::Removed), ("c", PluginFate::Removed)]);
    assert!(!service.next().contains("b="));
    assert_eq!((service.reloads.generation(), service.reloads.reloaded()), (3, 2));

    let same = service.reloads.replace(parse(&inserting(&["1"]))).unwrap();
    assert_eq!((same.generation, same.plugins.len()), (3, 0), "nothing differs");
}

#[test]
fn a_candidate_that_fails_at_any_step_is_refused_and_the_old_generation_stays() {
    let folder = Folder::empty();
    folder.write("good.wasm", Guest::idle().component());
    folder.write("garbage.wasm", "garbage");
    folder.write("trap.wasm", Guest { configure: "unreachable".into(), ..Guest::idle() }.component());
    let path = folder.write("policy.yaml", inserting(&["1"]));
    let service = Service::start(Policy::from_file(&path).unwrap(), unwatched());
    let events = service.reloads.events();
    let with_test = format!("{}tests:\n  - {{name: shown, given: 'x  server', expect: 'y  server'}}\n", inserting(&["2"]));
    let cases: [(&str, ReloadStep, Option<&str>, &str); 7] = [
        ("plugins: [", ReloadStep::Read, None, "not YAML"),
        ("{version: 1, plugins: [{use: 'builtin:redcat'}]}", ReloadStep::Read, None, "expected one of builtin:enrich"),
        ("{version: 1, plugins: [{name: g, use: 'file:./gone.wasm'}]}", ReloadStep::Read, Some("g"), "plugins[0].use: there is no file"),
        ("{version: 1, plugins: [{name: g, use: 'file:./garbage.wasm'}]}", ReloadStep::Compile, Some("g"), "not a component"),
        (
            "{version: 1, plugins: [{use: 'builtin:enrich', config: {acts: []}}]}",
            ReloadStep::Configure,
            Some("enrich"),
            "unknown field `acts`",
        ),
        ("{version: 1, plugins: [{name: g, use: 'file:./trap.wasm'}]}", ReloadStep::Configure, Some("g"), "configuring: it trapped"),
        (&with_test, ReloadStep::Test, None, "the test `shown` fails"),
    ];
    for (number, (policy, step, plugin, says)) in cases.into_iter().enumerate() {
        folder.write("policy.yaml", policy);
        let error: ReloadError = service.reloads.reload().unwrap_err();
        let message = error.to_string();
        assert_eq!((error.step(), error.plugin()), (step, plugin), "{message}");
        assert!(message.contains(says) && message.contains("policy.yaml"), "{message:?} does not say {says:?}");
        assert_eq!(service.reloads.refusal().map(|refusal| refusal.to_string()), Some(message));
        match event(&events) {
            ReloadEvent::Refused { generation: 1, error } => assert_eq!(error.step(), step),
            other => panic!("{other}"),
        }
        assert!(service.next().contains("a=\"1\""), "the old one stays");
        let refused: u64 = service.reloads.refused().iter().map(|(_, count)| count).sum();
        assert_eq!(refused, number as u64 + 1);
    }
    folder.write("policy.yaml", inserting(&["3"]));
    assert_eq!(service.reloads.reload().unwrap().generation, 2);
    assert!(service.reloads.refusal().is_none());
    assert!(service.next().contains("a=\"3\""));
}

/// A guest that counts its batches, as a counter `batches` that it adds the number of batches so far to; its state is that number.
fn remembering() -> Guest {
    Guest {
        fields: "(global $batches (mut i32) (i32.const 0)) (data (i32.const 70000) \"batches\")".into(),
        process: "(global.set $batches (i32.add (global.get $batches) (i32.const 1)))
            (call $count (i32.const 70000) (i32.const 7) (i64.extend_i32_u (global.get $batches))) (i32.const 192)"
            .into(),
        save: "(i32.store (i32.const 80000) (global.get $batches)) (i32.store (i32.const 256) (i32.const 80000)) (i32.store (i32.const 260) (i32.const 4)) (i32.const 256)".into(),
        restore: "(global.set $batches (i32.load (local.get $state))) (i32.const 320)".into(),
        ..Guest::idle()
    }
}

#[test]
fn state_moves_to_the_plugin_that_takes_over() {
    let folder = Folder::empty();
    let service = Service::start(guest_policy(&folder, &remembering(), ""), unwatched());
    service.next();
    let reloaded = service.reloads.replace(guest_policy(&folder, &remembering(), ", limits: {deadline: 50ms}")).unwrap();
    assert_eq!(fates(&reloaded), [("g", PluginFate::Replaced(PluginState::Moved))]);
    service.next();
    let plugin = service.stats.plugins().remove(0);
    // 1 + 2 + ... + n for n batches: had the second instance begun at 1 again, it would be less.
    assert_eq!(plugin.counters["batches"], plugin.calls * (plugin.calls + 1) / 2);
}

#[test]
fn a_plugin_whose_state_can_t_be_moved_starts_fresh_and_that_is_said() {
    let forever = "(loop $for_ever (br $for_ever)) unreachable";
    // An error result with a message: the discriminant, then where the message lies.
    let refusing = "(i32.store8 (i32.const 320) (i32.const 1)) (i32.store (i32.const 324) (i32.const 512)) (i32.store (i32.const 328) (i32.const 4)) (i32.const 320)";
    let cases: [(&str, Guest, Guest, &str); 6] = [
        ("saving traps", Guest { save: "unreachable".into(), ..remembering() }, remembering(), "saving its state: it trapped"),
        (
            "saving takes for ever",
            Guest { save: forever.into(), ..remembering() },
            remembering(),
            "saving its state: it took too long: longer than 30ms",
        ),
        ("the state lies outside", Guest { save: "(i32.const -4)".into(), ..remembering() }, remembering(), "saving its state: it trapped"),
        ("restoring traps", remembering(), Guest { restore: "unreachable".into(), ..remembering() }, "it trapped"),
        (
            "restoring takes for ever",
            remembering(),
            Guest { restore: forever.into(), ..remembering() },
            "it took too long: longer than 30ms",
        ),
        ("restoring is refused", remembering(), Guest { restore: refusing.into(), ..remembering() }, "test"),
    ];
    let limits = ", limits: {save: 30ms}";
    for (what, old, new, says) in cases {
        let folder = Folder::empty();
        let service = Service::start(guest_policy(&folder, &old, limits), unwatched());
        service.next();
        let new = Guest { layout: new.layout, pages: 33, ..new };
        let reloaded = service.reloads.replace(guest_policy(&folder, &new, limits)).unwrap();
        match &fates(&reloaded)[..] {
            [("g", PluginFate::Replaced(PluginState::Fresh(why)))] => assert!(why.contains(says), "{what}: {why:?}"),
            other => panic!("{what}: {other:?}"),
        }
        service.next();
        assert_eq!(service.stats.plugins()[0].failures, 0, "{what}: the fresh one works");
    }
}

#[test]
fn a_generation_whose_plugins_fail_is_taken_back() {
    let folder = Folder::empty();
    let service = Service::start(guest_policy(&folder, &remembering(), ", on_failure: withhold"), unwatched());
    let events = service.reloads.events();
    assert!(service.next().contains("one"));
    let before = service.stats.plugins()[0].calls;
    service.reloads.replace(guest_policy(&folder, &Guest::trapping(), ", on_failure: withhold")).unwrap();
    assert!(matches!(event(&events), ReloadEvent::Reloaded(_)));
    match event(&events) {
        ReloadEvent::RolledBack { from: 2, to: 1, plugin, failed_spans, spans } => {
            assert_eq!((plugin.as_str(), failed_spans), ("g", spans))
        }
        other => panic!("{other}"),
    }
    assert_eq!((service.reloads.generation(), service.reloads.rolled_back()), (1, 1));
    assert!(service.next().contains("one"), "the old plugin is in service again");
    let plugin = service.stats.plugins().remove(0);
    assert!(plugin.counters["batches"] > before * (before + 1) / 2, "with the state that it had");

    // The number is not given again, and a good candidate goes in.
    assert_eq!(service.reloads.replace(guest_policy(&folder, &Guest::idle(), "")).unwrap().generation, 3);
}

#[test]
fn after_probation_a_failing_generation_stays() {
    let folder = Folder::empty();
    let options = ReloadOptions { probation: Duration::ZERO, ..unwatched() };
    let service = Service::start(guest_policy(&folder, &Guest::idle(), ""), options);
    service.reloads.replace(guest_policy(&folder, &Guest::trapping(), ", on_failure: withhold")).unwrap();
    wait(|| (service.stats.plugins()[0].failed_spans > 20).then_some(()));
    assert_eq!((service.reloads.generation(), service.reloads.rolled_back()), (2, 0));
}

#[test]
fn no_batch_is_worked_on_by_a_mixture_of_generations() {
    let service = Service::start(parse(&inserting(&["0", "0", "0"])), unwatched());
    for number in 1..30 {
        let value = (number % 7).to_string();
        service.reloads.replace(parse(&inserting(&[&value, &value, &value]))).unwrap();
    }
    let seen = service.seen.lock().unwrap();
    for batch in seen.iter() {
        let inserted = batch.split_whitespace().filter_map(|word| word.split_once('=')).filter(|(key, _)| *key != "k");
        let values: Vec<&str> = inserted.map(|(_, value)| value).collect();
        assert_eq!(values.len(), 6, "{batch}");
        assert!(values.iter().all(|value| *value == values[0]), "{batch}");
    }
}

#[test]
fn another_failure_rule_alone_does_not_touch_the_plugin() {
    let folder = Folder::empty();
    let service = Service::start(guest_policy(&folder, &Guest::trapping(), ", on_failure: pass"), unwatched());
    wait(|| (service.stats.plugins()[0].failures > 0).then_some(()));
    let reloaded = service.reloads.replace(guest_policy(&folder, &Guest::trapping(), ", on_failure: strip")).unwrap();
    assert_eq!((reloaded.generation, fates(&reloaded)), (2, vec![("g", PluginFate::Kept)]));
    assert!(service.next().contains("[stripped]"));
}

#[test]
fn a_file_that_changes_goes_into_service_and_one_that_is_wrong_does_not() {
    let folder = Folder::empty();
    let path = folder.write("policy.yaml", inserting(&["1"]));
    let service = Service::start(Policy::from_file(&path).unwrap(), ReloadOptions::default());
    let events = service.reloads.events();
    folder.write("policy.yaml", inserting(&["2"]));
    assert!(matches!(event(&events), ReloadEvent::Reloaded(told) if told.generation == 2));
    assert!(service.next().contains("a=\"2\""));

    folder.write("policy.yaml", "version: 2");
    assert!(matches!(event(&events), ReloadEvent::Refused { generation: 2, error } if error.step() == ReloadStep::Read));
    assert!(service.next().contains("a=\"2\""));

    // Mended by a rename, as editors do.
    let new = folder.write("new.yaml", inserting(&["3"]));
    std::fs::rename(new, &path).unwrap();
    assert!(matches!(event(&events), ReloadEvent::Reloaded(told) if told.generation == 3));

    service.reloads.set_watching(false);
    assert!(matches!(event(&events), ReloadEvent::Watching(false)));
    folder.write("policy.yaml", inserting(&["4"]));
    assert!(events.recv_timeout(Duration::from_millis(300)).is_err(), "nobody looks");
    service.reloads.set_watching(true);
    assert!(matches!(event(&events), ReloadEvent::Watching(true)));
    assert!(matches!(event(&events), ReloadEvent::Reloaded(told) if told.generation == 4), "what changed in between goes in");
}

#[test]
fn a_component_or_table_that_changes_goes_into_service_too() {
    let folder = Folder::empty();
    folder.write("t.txt", "one");
    let policy = guest_policy(&folder, &remembering(), ", tables: {t: 'file:./t.txt'}");
    let service = Service::start(policy, ReloadOptions::default());
    let events = service.reloads.events();
    folder.write("t.txt", "two");
    assert!(matches!(event(&events), ReloadEvent::Reloaded(told) if fates(&told) == [("g", PluginFate::Replaced(PluginState::Moved))]));
    folder.write("g.wasm", "half of a");
    assert!(
        matches!(event(&events), ReloadEvent::Refused { error, .. } if error.step() == ReloadStep::Compile && error.file().is_some_and(|file| file.ends_with("g.wasm")))
    );
    folder.write("g.wasm", Guest::idle().component());
    assert!(matches!(event(&events), ReloadEvent::Reloaded(told) if told.generation == 3));
}

#[test]
fn a_secret_that_changes_goes_into_service_and_one_that_is_gone_does_not() {
    let folder = Folder::empty();
    folder.write("key", "the first of two keys\n");
    let policy = guest_policy(&folder, &remembering(), ", secrets: {k: 'file:./key'}");
    let service = Service::start(policy, ReloadOptions::default());
    let events = service.reloads.events();
    folder.write("key", "the second of two keys\n");
    assert!(matches!(event(&events), ReloadEvent::Reloaded(told) if fates(&told) == [("g", PluginFate::Replaced(PluginState::Moved))]));
    folder.write("key", "short");
    match event(&events) {
        ReloadEvent::Refused { error, .. } => {
            assert_eq!((error.step(), error.plugin()), (ReloadStep::Read, Some("g")));
            assert!(error.file().is_some_and(|file| file.ends_with("key")));
            let message = error.to_string();
            assert!(message.contains("policy.yaml:1:") && message.contains("plugins[0].secrets.k: "), "{message}");
            assert!(message.ends_with("has 5 bytes, expected a secret of at least 16"), "{message}");
        }
        other => panic!("{other}"),
    }
    assert_eq!(service.reloads.generation(), 2, "the old one stays");
    // A newline at the end is none of the secret, so nothing differs.
    folder.write("key", "the second of two keys");
    assert!(matches!(event(&events), ReloadEvent::Reloaded(told) if told.plugins.is_empty()));
}

#[test]
fn a_component_that_arrives_behind_the_policy_that_names_it_is_noticed() {
    let folder = Folder::empty();
    let path = folder.write("policy.yaml", inserting(&["1"]));
    let service = Service::start(Policy::from_file(&path).unwrap(), ReloadOptions::default());
    let events = service.reloads.events();
    folder.write("policy.yaml", "{version: 1, plugins: [{name: g, use: 'file:./g.wasm'}]}");
    assert!(matches!(event(&events), ReloadEvent::Refused { error, .. } if error.file().is_some_and(|file| file.ends_with("g.wasm"))));
    folder.write("g.wasm", Guest::idle().component());
    assert!(matches!(event(&events), ReloadEvent::Reloaded(told) if told.generation == 2));
}

#[test]
fn the_thread_that_works_on_spans_does_not_wait_for_itself() {
    let (mut serving, reloads) = serve(parse(&inserting(&["1"])), unwatched(), || {}).unwrap();
    serving.turn(Instant::now());
    assert_eq!(reloads.replace(parse(&inserting(&["2"]))).unwrap_err().step(), ReloadStep::Swap);
}

#[test]
fn a_shadow_is_compared_and_changes_nothing() {
    let with_shadow = "
version: 1
plugins:
  - {name: a, use: 'builtin:enrich', config: {actions: [{insert: {key: a, value: 'secret'}}]}}
  - {name: b, use: 'builtin:enrich', config: {actions: [{insert: {key: a, value: 'other secret'}}, {delete: {key: k}}]}, shadow: true}
  - {name: c, use: 'builtin:enrich', config: {actions: [{insert: {key: c, value: '1'}}]}}
";
    let service = Service::start(parse(with_shadow), unwatched());
    let seen = service.next();
    assert!(seen.contains("k=1  a=\"secret\"  c=\"1\"") && !seen.contains("other"), "{seen}");
    let plugins = service.stats.plugins();
    let shadow = plugins[1].shadow.as_ref().expect("it is compared");
    assert!(shadow.batches > 0 && shadow.spans == shadow.differing && shadow.only_serving + shadow.only_shadow == 0, "{shadow:?}");
    assert_eq!(shadow.samples, ["one: k: int -> nothing; a: text(6) -> text(12)", "two: k: int -> nothing; a: text(6) -> text(12)"]);
    assert!(plugins[0].shadow.is_none());
}

#[test]
fn a_policy_whose_own_tests_fail_does_not_go_into_service_at_the_start_either() {
    let policy = format!("{}tests:\n  - {{name: shown, given: 'x  server', expect: 'y  server'}}\n", inserting(&["2"]));
    let Err(error) = serve(parse(&policy), unwatched(), || {}) else { panic!("it went into service") };
    assert!(error.to_string().starts_with("test: the test `shown` fails"), "{error}");
}

#[test]
fn the_end_of_the_service_is_told_to_those_who_ask() {
    let service = Service::start(parse(&inserting(&["1"])), unwatched());
    let reloads = service.reloads.clone();
    drop(service);
    assert_eq!(reloads.replace(parse(&inserting(&["2"]))).unwrap_err().step(), ReloadStep::Swap);
}
