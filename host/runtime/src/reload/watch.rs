//! Watches the files that a policy is made of, and tells when what they hold has changed.
//!
//! - **At rest**: nothing is read. An event wakes the owner, and every [`LOOK`] the files are looked at anyway: file systems on a network have no events,
//!   and events get lost.
//! - **Unrest**: something moved: an event about one of the files, or a stamp that is not the last one. It is waited until nothing has moved for [`QUIET`],
//!   so that a burst of writes is one change and a file that is written in two goes is not read between them; but no longer than [`MAX_WAIT`].
//! - **Settling**: contents are compared with the last ones. Only this tells a change, so a touch is none, nor is a rewrite with the same content.
//!
//! Stamps alone can't tell two writes within one tick of the file system's clock, so an event leads to a comparison even if no stamp moved. Not covered:
//! two writes of the same length within one tick of a clock that ticks slower than [`QUIET`], where there are no events either.
//!
//! Time is a parameter: nothing here looks at a clock, and nothing but `notify`'s thread runs by itself.

mod directories;
mod trail;

use std::collections::BTreeSet;
use std::fs::{self, File, Metadata};
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use sha2::{Digest, Sha256};

use directories::Directories;
use trail::Trail;

/// How long nothing may move before contents are compared.
const QUIET: Duration = Duration::from_millis(20);

/// How long unrest may put off the comparison.
const MAX_WAIT: Duration = Duration::from_secs(1);

/// How often files are looked at without an event.
const LOOK: Duration = Duration::from_secs(2);

/// Watches files and tells when what they hold has changed.
pub(crate) struct Watch {
    files: Vec<Watched>,
    directories: Directories,
    unrest: Option<Unrest>,
    /// When to look without an event; `None` is at once.
    next_look: Option<Instant>,
}

/// What a look at the files came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Poll {
    /// What the files hold is not what they held at the last change.
    Changed,
    /// Nothing to tell; ask again when woken, or after so long.
    Wait(Duration),
}

struct Watched {
    path: PathBuf,
    stamp: Option<Stamp>,
    content: Option<Content>,
}

/// What can be told of a file without reading it.
#[derive(PartialEq, Eq)]
struct Stamp {
    /// What the path leads to behind all links.
    target: Option<PathBuf>,
    entry: Option<Entry>,
}

#[derive(PartialEq, Eq)]
struct Entry {
    len: u64,
    modified: Option<SystemTime>,
    identity: Identity,
    /// When mode, links or content last changed. Nobody can set this time back, and a file that becomes readable has a new one.
    status_changed: (i64, i64),
}

/// A hash of what a file holds, or why there is none. The hash is SHA-256 because it is fed piece by piece: a component of many megabytes takes no memory,
/// and it does not matter how the pieces fall. It costs some milliseconds, and only when something moved.
type Content = Result<[u8; 32], ErrorKind>;

#[derive(Clone, Copy)]
struct Unrest {
    since: Instant,
    /// When to look again, and to settle if nothing moved meanwhile.
    due: Instant,
}

impl Watch {
    /// Makes a watch of no files. `wake` is called from a thread of `notify`'s when something may have changed, now and then from the caller's own, and
    /// once for many events; it has to be cheap and must not panic.
    ///
    /// Where the system gives no events, files are only looked at from time to time; that is logged once.
    pub(crate) fn new(wake: impl Fn() + Send + Sync + 'static) -> Watch {
        Watch::with(Directories::new(Box::new(wake), directories::recommended))
    }

    fn with(directories: Directories) -> Watch {
        Watch { files: Vec::new(), directories, unrest: None, next_look: None }
    }

    /// Watches these files from now on, and no others. They need not be there.
    ///
    /// What a file that was not watched before holds now is what changes are told against. Of a file that was watched before, that stays what it held at the
    /// last change. So who first names files and then reads them misses nothing.
    pub(crate) fn set_files(&mut self, files: impl IntoIterator<Item = PathBuf>) {
        let mut before = std::mem::take(&mut self.files);
        // A directory that is changed later does not make it another file.
        let paths: BTreeSet<PathBuf> = files.into_iter().map(|path| std::path::absolute(&path).unwrap_or(path)).collect();
        self.files.extend(paths.into_iter().map(|path| match before.iter().position(|file| file.path == path) {
            Some(known) => before.swap_remove(known),
            None => Watched { path, stamp: None, content: None },
        }));
        // Listen first and read then: what changes in between is heard.
        self.look();
        for file in self.files.iter_mut().filter(|file| file.content.is_none()) {
            file.content = Some(content(&file.path));
        }
        // That look forgot what had moved before.
        self.directories.tell();
    }

    /// Looks at the files if there is a reason to, and says whether they have changed or when to ask again. Reads them only when something moved.
    pub(crate) fn poll(&mut self, now: Instant) -> Poll {
        let reason_at = self.unrest.map(|unrest| unrest.due).or(self.next_look).filter(|at| now < *at);
        if let Some(at) = reason_at
            // In unrest events are left to lie until it is due, so that constant writing does not keep the owner busy.
            && (self.unrest.is_some() || !self.directories.has_heard())
        {
            return Poll::Wait(at - now);
        }
        self.next_look = Some(now + LOOK);
        let moved = self.look();
        match self.unrest {
            None if moved => self.wait(now, now),
            None => Poll::Wait(LOOK),
            Some(unrest) if moved && now < unrest.since + MAX_WAIT => self.wait(unrest.since, now),
            Some(unrest) => self.settle(unrest.since, now),
        }
    }

    fn wait(&mut self, since: Instant, now: Instant) -> Poll {
        let due = (now + QUIET).min(since + MAX_WAIT);
        self.unrest = Some(Unrest { since, due });
        Poll::Wait(due.saturating_duration_since(now))
    }

    fn settle(&mut self, since: Instant, now: Instant) -> Poll {
        let contents: Vec<Content> = self.files.iter().map(|file| content(&file.path)).collect();
        let moved = self.look();
        let mut changed = self.files.iter().zip(&contents).filter(|(file, content)| file.content.as_ref() != Some(*content)).peekable();
        let any = changed.peek().is_some();
        // On Windows whoever writes a file may keep others from reading it.
        let is_busy = changed.any(|(_, content)| matches!(content, Err(kind) if *kind != ErrorKind::NotFound));
        if (moved || is_busy) && now < since + MAX_WAIT {
            return self.wait(since, now);
        }
        // What moved while it was read is news for the next time.
        self.unrest = moved.then_some(Unrest { since: now, due: now + QUIET });
        for (file, content) in self.files.iter_mut().zip(contents) {
            file.content = Some(content);
        }
        match any {
            true => Poll::Changed,
            false => Poll::Wait(if moved { QUIET } else { LOOK }),
        }
    }

    /// Brings directories and stamps up to date, and says whether anything moved since the last time. Forgets the events until now.
    fn look(&mut self) -> bool {
        let trails: Vec<Trail> = self.files.iter().map(|file| Trail::of(&file.path)).collect();
        self.directories.arm(&trails);
        let mut moved = self.directories.take_heard();
        for (file, trail) in self.files.iter_mut().zip(trails) {
            let entry = fs::metadata(&file.path).ok().map(|metadata| Entry {
                len: metadata.len(),
                modified: metadata.modified().ok(),
                identity: identity(&metadata),
                status_changed: status_changed(&metadata),
            });
            let stamp = Some(Stamp { target: trail.end, entry });
            moved |= file.stamp != stamp;
            file.stamp = stamp;
        }
        moved
    }
}

fn content(path: &Path) -> Content {
    let read = || {
        // Opening a pipe would wait for somebody to write.
        if !fs::metadata(path)?.is_file() {
            return Err(ErrorKind::InvalidInput.into());
        }
        let mut reader = BufReader::with_capacity(64 * 1024, File::open(path)?);
        let mut hash = Sha256::new();
        loop {
            let piece = reader.fill_buf()?;
            if piece.is_empty() {
                return Ok(hash.finalize().into());
            }
            hash.update(piece);
            let len = piece.len();
            reader.consume(len);
        }
    };
    read().map_err(|error: std::io::Error| error.kind())
}

/// What tells a file or directory from another one that took its place.
#[cfg(unix)]
type Identity = (u64, u64);

#[cfg(unix)]
fn identity(metadata: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(unix)]
fn status_changed(metadata: &Metadata) -> (i64, i64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
type Identity = Option<SystemTime>;

#[cfg(not(unix))]
fn identity(metadata: &Metadata) -> Identity {
    metadata.created().ok()
}

#[cfg(not(unix))]
fn status_changed(_metadata: &Metadata) -> (i64, i64) {
    (0, 0)
}

#[cfg(test)]
mod tests;
