//! The directories that are listened to: the part that knows `notify`.
//!
//! Directories rather than files, because a file that is replaced or comes into being is an event of its directory; and not what lies below them.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

use super::trail::Trail;
use super::{Identity, identity};

pub(super) type Handler = Box<dyn Fn(notify::Result<Event>) + Send>;

/// How a watcher is made; tests have others.
pub(super) type Make = fn(Handler) -> notify::Result<RecommendedWatcher>;

pub(super) fn recommended(handler: Handler) -> notify::Result<RecommendedWatcher> {
    notify::recommended_watcher(handler)
}

/// Directories that are listened to, and whether anything was heard.
pub(super) struct Directories {
    ear: Arc<Ear>,
    /// `None` once `notify` has panicked.
    make: Option<Make>,
    watcher: Option<RecommendedWatcher>,
    /// Directories that are listened to, as they were when that began.
    armed: BTreeMap<PathBuf, Identity>,
    has_warned: bool,
}

/// What `notify`'s thread holds.
struct Ear {
    wake: Box<dyn Fn() + Send + Sync>,
    heard: AtomicBool,
    /// A directory was moved or removed, or events were lost: being listened to no longer means that anything is heard.
    is_deaf: AtomicBool,
    interest: Mutex<Interest>,
}

#[derive(Default)]
struct Interest {
    names: Vec<OsString>,
    directories: Vec<PathBuf>,
}

impl Directories {
    pub(super) fn new(wake: Box<dyn Fn() + Send + Sync>, make: Make) -> Self {
        let ear = Ear { wake, heard: AtomicBool::new(false), is_deaf: AtomicBool::new(false), interest: Mutex::default() };
        Directories { ear: Arc::new(ear), make: Some(make), watcher: None, armed: BTreeMap::new(), has_warned: false }
    }

    /// Whether anything was heard since [`Self::take_heard`].
    pub(super) fn has_heard(&self) -> bool {
        self.ear.heard.load(Ordering::Acquire)
    }

    pub(super) fn take_heard(&self) -> bool {
        self.ear.heard.swap(false, Ordering::AcqRel)
    }

    /// Makes the owner look, as an event would.
    pub(super) fn tell(&self) {
        self.ear.tell();
    }

    /// Listens to what these trails depend on, and to nothing else. Where that began only now counts as heard: it may have changed just before.
    pub(super) fn arm(&mut self, trails: &[Trail]) {
        let mut wanted = BTreeMap::new();
        let mut interest = Interest::default();
        for (directory, name) in trails.iter().flat_map(|trail| &trail.steps) {
            // macOS tells of everything below a directory, and there `/etc`, `/tmp` and `/var` are links: it would be every write of the machine.
            let is_too_much = cfg!(target_os = "macos") && directory.parent().is_none();
            if !is_too_much && let Ok(metadata) = fs::metadata(directory) {
                wanted.insert(directory.clone(), identity(&metadata));
            }
            if !interest.names.contains(name) {
                interest.names.push(name.clone());
            }
        }
        interest.directories.extend(wanted.keys().cloned());
        *self.ear.interest.lock().unwrap_or_else(PoisonError::into_inner) = interest;

        let is_deaf = self.ear.is_deaf.swap(false, Ordering::AcqRel);
        let stale = |directory: &PathBuf, armed: &Identity| is_deaf || wanted.get(directory) != Some(armed);
        for (directory, _) in self.armed.extract_if(.., |directory, armed| stale(directory, armed)).collect::<Vec<_>>() {
            // It is gone already if the directory was removed.
            let _ = self.call(|watcher| watcher.unwatch(&directory));
        }
        for (directory, identity) in wanted {
            if self.armed.contains_key(&directory) {
                continue;
            }
            match self.call(|watcher| watcher.watch(&directory, RecursiveMode::NonRecursive)) {
                Ok(()) => {
                    self.armed.insert(directory, identity);
                    self.ear.tell();
                }
                Err(error) if directory.is_dir() => self.warn(&error),
                Err(_) => {}
            }
        }
    }

    /// Calls `notify`, which expects its own thread to live and panics where that could not be started or has died. The application must not notice, so
    /// then there are no events any more, and files are looked at from time to time.
    fn call(&mut self, call: impl FnOnce(&mut RecommendedWatcher) -> notify::Result<()>) -> notify::Result<()> {
        let Some(make) = self.make else { return Err(notify::Error::generic("its thread is gone")) };
        let guarded = catch_unwind(AssertUnwindSafe(|| {
            if self.watcher.is_none() {
                let ear = Arc::clone(&self.ear);
                self.watcher = Some(make(Box::new(move |event| ear.hear(event)))?);
            }
            self.watcher.as_mut().map_or(Ok(()), call)
        }));
        guarded.unwrap_or_else(|_| {
            self.make = None;
            self.armed.clear();
            // Dropping it would panic once more.
            std::mem::forget(self.watcher.take());
            Err(notify::Error::generic("its thread is gone"))
        })
    }

    fn warn(&mut self, error: &notify::Error) {
        if !self.has_warned {
            tracing::warn!(%error, every = ?super::LOOK, "the system can't tell when a policy's files change, so they are looked at from time to time");
        }
        self.has_warned = true;
    }
}

impl Drop for Directories {
    fn drop(&mut self) {
        let watcher = self.watcher.take();
        let _ = catch_unwind(AssertUnwindSafe(|| drop(watcher)));
    }
}

impl Ear {
    fn hear(&self, event: notify::Result<Event>) {
        let (matters, deafens) = match event {
            Ok(event) if !event.need_rescan() => self.judge(&event),
            _ => (true, true),
        };
        if deafens {
            self.is_deaf.store(true, Ordering::Release);
        }
        if matters {
            self.tell();
        }
    }

    /// Whether an event is about one of the files, and whether it may be the last one from its directory.
    fn judge(&self, event: &Event) -> (bool, bool) {
        match event.kind {
            EventKind::Access(AccessKind::Close(AccessMode::Write)) => {}
            // Comparing contents reads them; that must not lead to comparing them again.
            EventKind::Access(_) => return (false, false),
            _ => {}
        }
        let interest = self.interest.lock().unwrap_or_else(PoisonError::into_inner);
        let is_directory = event.paths.iter().any(|path| interest.directories.contains(path));
        // By name alone, and in any case of letters: what is told too often costs a comparison, what is not told takes until the next look.
        let is_named = |name: &OsStr| interest.names.iter().any(|known| known.eq_ignore_ascii_case(name));
        let matters = is_directory || event.paths.iter().any(|path| path.file_name().is_some_and(is_named));
        (matters, is_directory && !matches!(event.kind, EventKind::Modify(ModifyKind::Data(_) | ModifyKind::Metadata(_))))
    }

    fn tell(&self) {
        if !self.heard.swap(true, Ordering::AcqRel) {
            (self.wake)();
        }
    }
}
