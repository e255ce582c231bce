//! Where the system gives no events, or no longer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

/// Counts warnings.
struct Warnings(Arc<AtomicU32>);

impl tracing::Subscriber for Warnings {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        *metadata.level() == tracing::Level::WARN
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, _: &tracing::Event<'_>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

fn counting_warnings(run: impl FnOnce(&AtomicU32)) -> u32 {
    let count = Arc::new(AtomicU32::new(0));
    tracing::subscriber::with_default(Warnings(Arc::clone(&count)), || run(&count));
    count.load(Ordering::Relaxed)
}

#[test]
fn without_events_files_are_looked_at_from_time_to_time_and_that_is_logged_once() {
    let folder = Folder::new();
    let refused: directories::Make = |_| Err(notify::Error::new(notify::ErrorKind::MaxFilesWatch));
    let warned = counting_warnings(|_| {
        let mut owner = Owner::with(refused, [folder.write("policy.yaml", "one"), folder.write("sub/table.csv", "one")]);
        folder.write("policy.yaml", "the second");
        assert_eq!(owner.wakes(), 1, "only for having been given files");
        for change in 0..3 {
            match change {
                0 => {}
                1 => folder.remove("policy.yaml"),
                _ => drop(folder.write("sub/table.csv", "the third")),
            }
            owner.is_calm();
            owner.now += LOOK;
            owner.changed_once();
        }
    });
    assert_eq!(warned, 1);
}

// Elsewhere `notify` does not lose its thread to a handler that panics.
#[cfg(target_os = "linux")]
#[test]
fn when_the_thread_that_listens_dies_the_owner_does_not_and_files_are_looked_at_from_time_to_time() {
    let folder = Folder::new();
    let deadly: directories::Make = |_| notify::recommended_watcher(|_| panic!("as if it had died of something"));
    let warned = counting_warnings(|warned| {
        let mut owner = Owner::with(deadly, [folder.write("policy.yaml", "one")]);
        folder.write("policy.yaml", "the second");
        owner.now += LOOK;
        owner.changed_once();
        let start = Instant::now();
        let mut table = folder.path("table.csv");
        for number in 0.. {
            table = folder.write(&format!("{number}/table.csv"), "one");
            owner.watch.set_files([folder.path("policy.yaml"), table.clone()]);
            owner.is_calm();
            if warned.load(Ordering::Relaxed) > 0 || start.elapsed() > DEADLINE {
                break;
            }
        }
        fs::write(table, "the second").unwrap();
        owner.now += LOOK;
        owner.changed_once();
    });
    assert_eq!(warned, 1);
}
