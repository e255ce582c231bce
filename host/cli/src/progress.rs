//! A line on the terminal that says how far long work is.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

/// Shows nothing for work that is quick, and nothing where standard error is no terminal.
pub(crate) struct Progress {
    what: &'static str,
    total: usize,
    done: usize,
    next: Option<Instant>,
    is_shown: bool,
}

/// Before this nothing is shown, and after it no more often.
const PERIOD: Duration = Duration::from_millis(500);

impl Progress {
    pub(crate) fn new(what: &'static str, total: usize) -> Self {
        let next = stderr().is_terminal().then(|| Instant::now() + PERIOD);
        Progress { what, total, done: 0, next, is_shown: false }
    }

    pub(crate) fn advance(&mut self, by: usize) {
        self.done += by;
        if self.next.is_some_and(|next| Instant::now() >= next) {
            self.next = Some(Instant::now() + PERIOD);
            self.is_shown = true;
            // A progress line that can't be written is not worth an error.
            let _ = write!(stderr(), "\r{} of {} {}", self.done, self.total, self.what);
        }
    }

    /// Takes the line away, so that something else can be written.
    pub(crate) fn clear(&mut self) {
        if std::mem::take(&mut self.is_shown) {
            let _ = write!(stderr(), "\r\x1b[K");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}
