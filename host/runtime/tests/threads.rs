//! Compiling takes threads of its own, and leaves none behind.
//!
//! Alone in its file: the threads of a process are looked at.

#![cfg(target_os = "linux")]

mod support;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use spansieve_runtime::{Chain, Policy};
use support::{Folder, Guest, policy};

/// The process's threads, by number and name.
fn threads() -> BTreeSet<(String, String)> {
    let tasks = std::fs::read_dir("/proc/self/task").expect("Linux tells of threads").flatten();
    let name_of = |task: &std::fs::DirEntry| std::fs::read_to_string(task.path().join("comm")).unwrap_or_default().trim().to_owned();
    tasks.map(|task| (task.file_name().to_string_lossy().into_owned(), name_of(&task))).collect()
}

#[test]
fn nothing_is_left_of_the_threads_that_compiled() {
    let before = threads();
    let folder = Folder::empty();
    // Never compiled before, so that no cache has them.
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("it is after 1970").as_nanos();
    let guest = |number: u32| Guest::new(&format!("(drop (i64.const {now})) (drop (i32.const {number})) (i32.const 192)"));
    let (one, other) = (guest(1), guest(2));
    let path = policy(&folder, &[(&one, "on_failure: pass"), (&other, "on_failure: strip")]);
    let chain = Chain::load(&Policy::from_file(path).expect("a policy")).expect("it loads");
    let started = Instant::now();
    loop {
        let left: Vec<_> = threads().difference(&before).filter(|(_, name)| name != "spansieve-epoch").cloned().collect();
        if left.is_empty() {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(10), "still there: {left:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
    drop(chain);
}
