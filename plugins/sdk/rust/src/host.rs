//! What a policy may ask of its host. Natively these are fakes in memory, one for each thread, that [`test`](crate::test) looks into.

#[cfg(not(target_arch = "wasm32"))]
pub(crate) use fake as imp;
#[cfg(target_arch = "wasm32")]
use real as imp;

/// Adds `delta` to the plugin's own counter `name`, which shows up in the host's statistics. One call costs some tens of nanoseconds: count in
/// a variable, and call once a batch.
pub fn count(name: &str, delta: u64) {
    if delta > 0 {
        imp::count(name, delta);
    }
}

/// The look-up table that the policy file gives the plugin under `name`, whole; `None` where it names no such table.
pub fn table(name: &str) -> Option<Vec<u8>> {
    imp::table(name)
}

/// Lines for the host's log, under the plugin's name. The host drops and counts lines over the plugin's limit.
pub mod log {
    use std::fmt::Display;

    use super::imp;

    /// How much a line matters.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Level {
        /// Something failed that the operator should look at.
        Error,
        /// Something is wrong but was handled.
        Warn,
        /// Worth knowing.
        Info,
        /// For the plugin's author.
        Debug,
    }

    /// Something failed that the operator should look at.
    pub fn error(message: impl Display) {
        write(Level::Error, message);
    }

    /// Something is wrong but was handled.
    pub fn warn(message: impl Display) {
        write(Level::Warn, message);
    }

    /// Worth knowing. With values: `log::info(format_args!("{n} rules"))`.
    pub fn info(message: impl Display) {
        write(Level::Info, message);
    }

    /// For the plugin's author.
    pub fn debug(message: impl Display) {
        write(Level::Debug, message);
    }

    fn write(level: Level, message: impl Display) {
        imp::log(level, &message.to_string());
    }
}

#[cfg(target_arch = "wasm32")]
mod real {
    use super::log::Level;
    use crate::bindings::spansieve::policy::host;

    pub(crate) fn log(level: Level, message: &str) {
        let level = match level {
            Level::Error => host::Level::Error,
            Level::Warn => host::Level::Warn,
            Level::Info => host::Level::Info,
            Level::Debug => host::Level::Debug,
        };
        host::log(level, message);
    }

    pub(crate) fn count(name: &str, delta: u64) {
        host::count(name, delta);
    }

    pub(crate) fn table(name: &str) -> Option<Vec<u8>> {
        host::table(name)
    }
}

#[cfg(not(target_arch = "wasm32"))]
pub(crate) mod fake {
    use std::cell::RefCell;
    use std::collections::BTreeMap;

    use super::log::Level;

    #[derive(Default)]
    pub(crate) struct Host {
        pub(crate) lines: Vec<(Level, String)>,
        pub(crate) counters: BTreeMap<String, u64>,
        pub(crate) tables: BTreeMap<String, Vec<u8>>,
    }

    thread_local! {
        pub(crate) static HOST: RefCell<Host> = RefCell::default();
    }

    pub(crate) fn log(level: Level, message: &str) {
        HOST.with_borrow_mut(|host| host.lines.push((level, message.to_owned())));
    }

    pub(crate) fn count(name: &str, delta: u64) {
        HOST.with_borrow_mut(|host| *host.counters.entry(name.to_owned()).or_default() += delta);
    }

    pub(crate) fn table(name: &str) -> Option<Vec<u8>> {
        HOST.with_borrow(|host| host.tables.get(name).cloned())
    }
}
