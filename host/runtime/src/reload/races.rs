//! What happens between the making of a candidate and its turn.

use std::time::{Duration, Instant};

use super::candidate::{self, Candidate};
use super::serving::Delivered;
use super::*;
use crate::{Batch, Outcome, text};

#[path = "../../tests/support/mod.rs"]
mod support;
use support::{Folder, Guest};

/// A policy of the folder's guests, each by its name and its file's.
fn policy(folder: &Folder, plugins: &[(&str, &str)]) -> Policy {
    let plugins: Vec<_> = plugins.iter().map(|(name, file)| format!("{{name: {name}, use: 'file:./{file}.wasm'}}")).collect();
    let text = format!("{{version: 1, plugins: [{}]}}", plugins.join(", "));
    Policy::parse(&text, "test", folder.path()).unwrap()
}

fn guests() -> Folder {
    let folder = Folder::empty();
    folder.write("idle.wasm", Guest::idle().component());
    folder.write("other.wasm", Guest { pages: 33, ..Guest::idle() }.component());
    folder.write("trap.wasm", Guest::trapping().component());
    folder
}

fn start(policy: Policy) -> Serving {
    let options = ReloadOptions { watch: false, ..ReloadOptions::default() };
    serve(policy, options, || {}).unwrap().0
}

fn prepare(serving: &Serving, policy: &Policy) -> Candidate {
    candidate::prepare(policy, &serving.post().in_service()).unwrap()
}

fn deliver(serving: &mut Serving, candidate: Candidate) -> Delivered {
    let post = serving.post();
    std::thread::scope(|scope| {
        let delivered = scope.spawn(|| post.deliver(candidate, Duration::from_secs(20)));
        while !delivered.is_finished() {
            serving.turn(Instant::now());
            std::thread::yield_now();
        }
        delivered.join().unwrap()
    })
}

fn run(serving: &mut Serving) -> (Outcome, String) {
    let mut batch = Batch::new();
    text::parse("GET /  server  user=\"ada\"\n", &mut batch).unwrap();
    (serving.run(&mut batch), text::print(&batch, &text::Style::TERSE))
}

fn in_service(serving: &mut Serving) -> (u64, Vec<String>) {
    let generation = serving.post().generation.load(std::sync::atomic::Ordering::Relaxed);
    (generation, serving.chain().plugins().map(|plugin| plugin.name().to_owned()).collect())
}

#[test]
fn a_candidate_that_builds_on_a_generation_that_was_taken_back_is_made_anew() {
    let folder = guests();
    // `b` is not in the first generation at all, or is made of something else there.
    for first in [&[("a", "idle")][..], &[("a", "idle"), ("b", "other")]] {
        let mut serving = start(policy(&folder, first));
        let second = policy(&folder, &[("b", "idle"), ("fails", "trap")]);
        let candidate = prepare(&serving, &second);
        assert!(matches!(deliver(&mut serving, candidate), Delivered::Taken(2, _)));
        let third = policy(&folder, &[("b", "idle")]);
        let stale = prepare(&serving, &third);
        (0..3).for_each(|_| drop(run(&mut serving)));
        assert!(serving.turn(Instant::now()), "the second generation is taken back");
        let before = in_service(&mut serving);
        assert_eq!((before.0, before.1.len()), (1, first.len()));

        assert!(matches!(deliver(&mut serving, stale), Delivered::Stale));
        assert_eq!(in_service(&mut serving), before, "nothing changed");
        let candidate = prepare(&serving, &third);
        assert!(matches!(deliver(&mut serving, candidate), Delivered::Taken(3, _)));
        assert_eq!(in_service(&mut serving), (3, vec!["b".to_owned()]));
    }
}

#[test]
fn when_a_change_fails_halfway_nothing_leaves_until_the_next_one_worked() {
    let folder = guests();
    let mut serving = start(policy(&folder, &[("a", "idle")]));
    assert_eq!(run(&mut serving).0.forwarded, 1);
    // What a panic in the middle of a change leaves behind.
    let links = serving.chain().take_links();
    let (outcome, left) = run(&mut serving);
    assert_eq!(outcome, Outcome { withheld: 1, ..Outcome::default() });
    assert!(!left.contains("ada"), "{left}");
    drop(links);

    let wanted = policy(&folder, &[("a", "idle"), ("b", "other")]);
    let candidate = prepare(&serving, &wanted);
    assert!(matches!(deliver(&mut serving, candidate), Delivered::Stale), "`a` can't go on: it is lost");
    let candidate = prepare(&serving, &wanted);
    assert!(matches!(deliver(&mut serving, candidate), Delivered::Taken(2, _)));
    assert_eq!(run(&mut serving).0.forwarded, 1);
    assert_eq!(in_service(&mut serving), (2, vec!["a".to_owned(), "b".to_owned()]));
}

#[test]
fn a_candidate_that_nobody_takes_is_given_up_and_does_not_come_later() {
    let folder = guests();
    let mut serving = start(policy(&folder, &[("a", "idle")]));
    let candidate = prepare(&serving, &policy(&folder, &[]));
    assert!(matches!(serving.post().deliver(candidate, Duration::from_millis(1)), Delivered::Late));
    assert!(!serving.turn(Instant::now()));
    assert_eq!(in_service(&mut serving), (1, vec!["a".to_owned()]));
    // One that comes after it is taken.
    let candidate = prepare(&serving, &policy(&folder, &[]));
    assert!(matches!(deliver(&mut serving, candidate), Delivered::Taken(2, _)));

    let post = serving.post();
    let candidate = prepare(&serving, &policy(&folder, &[("a", "idle")]));
    drop(serving);
    let started = Instant::now();
    assert!(matches!(post.deliver(candidate, Duration::from_secs(20)), Delivered::Late));
    assert!(started.elapsed() < Duration::from_secs(10), "who is gone is not waited for");
}

#[test]
fn probation_for_ever_does_not_overflow_a_clock() {
    let folder = guests();
    let options = ReloadOptions { watch: false, probation: Duration::MAX, ..ReloadOptions::default() };
    let mut serving = serve(policy(&folder, &[("a", "idle")]), options, || {}).unwrap().0;
    let candidate = prepare(&serving, &policy(&folder, &[("fails", "trap")]));
    assert!(matches!(deliver(&mut serving, candidate), Delivered::Taken(2, _)));
    (0..3).for_each(|_| drop(run(&mut serving)));
    assert!(serving.turn(Instant::now()));
    assert_eq!(in_service(&mut serving).0, 1);
}
