//! A folder to play in, and an owner with a clock of its own: it moves on while the watch waits for quiet, and not while the watch is at rest. So whatever
//! is noticed was noticed by an event, and not because [`LOOK`] was over, where a test does not move the clock itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use super::super::*;

/// How long a test waits for what has to happen.
pub(super) const DEADLINE: Duration = Duration::from_secs(20);

/// How long a test listens for what must not happen.
pub(super) const CALM: Duration = Duration::from_millis(100);

/// A folder for one test.
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    pub(super) fn new() -> Folder {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("spansieve-watch-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(super) fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    pub(super) fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).unwrap();
    }

    pub(super) fn remove(&self, name: &str) {
        fs::remove_file(self.path(name)).unwrap();
    }

    #[cfg(unix)]
    pub(super) fn link(&self, name: &str, leads_to: impl AsRef<Path>) {
        std::os::unix::fs::symlink(leads_to, self.path(name)).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A watch, its owner and the clock.
pub(super) struct Owner {
    pub(super) watch: Watch,
    pub(super) now: Instant,
    wakes: Arc<AtomicU32>,
}

impl Owner {
    pub(super) fn of(files: impl IntoIterator<Item = PathBuf>) -> Owner {
        Owner::with(directories::recommended, files)
    }

    /// A watch that has settled.
    pub(super) fn with(make: directories::Make, files: impl IntoIterator<Item = PathBuf>) -> Owner {
        let wakes = Arc::new(AtomicU32::new(0));
        let (count, owner) = (Arc::clone(&wakes), thread::current());
        let wake = move || {
            count.fetch_add(1, Ordering::Relaxed);
            owner.unpark();
        };
        let mut owner = Owner { watch: Watch::with(Directories::new(Box::new(wake), make)), now: Instant::now(), wakes };
        owner.watch.set_files(files);
        owner.is_calm();
        owner
    }

    pub(super) fn poll(&mut self) -> Poll {
        self.watch.poll(self.now)
    }

    /// Looks until there is a change or this time is over.
    pub(super) fn changes_within(&mut self, limit: Duration) -> bool {
        let start = Instant::now();
        loop {
            let asked = Instant::now();
            match self.poll() {
                Poll::Changed => return true,
                Poll::Wait(wait) if self.watch.unrest.is_some() => {
                    assert!(!wait.is_zero() && wait <= QUIET, "{wait:?}");
                    self.now += wait;
                }
                Poll::Wait(wait) => {
                    assert!(!wait.is_zero() && wait <= LOOK, "{wait:?}");
                    let Some(left) = limit.checked_sub(start.elapsed()) else { return false };
                    thread::park_timeout(left.min(Duration::from_millis(50)));
                    if !cfg!(target_os = "linux") {
                        // Some events come late there or, of a removed directory, not at all.
                        self.now += asked.elapsed();
                    }
                }
            }
        }
    }

    /// Expects one change and no second one.
    #[track_caller]
    pub(super) fn changed_once(&mut self) {
        assert!(self.changes_within(DEADLINE), "no change was told");
        self.is_calm();
    }

    #[track_caller]
    pub(super) fn is_calm(&mut self) {
        assert!(!self.changes_within(CALM), "a change was told");
    }

    /// Waits until an event has arrived that nobody has looked at.
    #[track_caller]
    pub(super) fn hears(&self) {
        let start = Instant::now();
        while !self.watch.directories.has_heard() {
            assert!(start.elapsed() < DEADLINE, "nothing was heard");
            thread::park_timeout(Duration::from_millis(5));
        }
    }

    pub(super) fn wakes(&self) -> u32 {
        self.wakes.load(Ordering::Relaxed)
    }
}
