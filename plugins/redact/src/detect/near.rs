//! What was close: parts of texts that have a shape but did not pass a check. Noted only while somebody wants to know.
//!
//! A list at the side rather than a result of searching: detectors note something only in branches where a check failed, and where nobody wants to know
//! that costs one look at a flag there, and nothing anywhere else.

use std::cell::{Cell, RefCell};

/// Bytes `start..end` have the shape that a rule looks for, and are none for a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Near {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) rule: u16,
    pub(crate) why: &'static str,
}

/// Why something is none that a rule itself allows.
pub(crate) const ALLOWED: &str = "the rule allows it";

std::thread_local! {
    static WANTED: Cell<bool> = const { Cell::new(false) };
    static NEARS: RefCell<Vec<Near>> = const { RefCell::new(Vec::new()) };
}

/// Notes something, if it is wanted.
pub(crate) fn note(rule: u16, start: usize, end: usize, why: &'static str) {
    if is_wanted() && start < end {
        NEARS.with_borrow_mut(|nears| nears.push(Near { start: start as u32, end: end as u32, rule, why }));
    }
}

/// Whether anything is noted.
pub(crate) fn is_wanted() -> bool {
    WANTED.get()
}

/// From now on all is noted, or nothing.
pub(crate) fn want(wanted: bool) {
    WANTED.set(wanted);
    NEARS.with_borrow_mut(Vec::clear);
}

/// What was noted since this was asked the last time.
pub(crate) fn take() -> Vec<Near> {
    NEARS.with_borrow_mut(std::mem::take)
}
