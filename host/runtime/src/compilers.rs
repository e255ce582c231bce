//! The threads on which functions are compiled side by side.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::{ThreadPool, ThreadPoolBuilder};

/// Some threads that compile. They are there from when something has to be compiled until that is done: without a pool of ours wasmtime would take
/// the process's, which is the application's, and leave its threads there for good.
pub(crate) struct Compilers {
    threads: usize,
    pool: Mutex<Option<Arc<ThreadPool>>>,
}

impl Compilers {
    /// So many of them.
    pub(crate) fn new(threads: usize) -> Self {
        Compilers { threads, pool: Mutex::new(None) }
    }

    /// One for each core.
    pub(crate) fn on_all_cores() -> Self {
        Compilers::new(std::thread::available_parallelism().map_or(1, NonZeroUsize::get))
    }

    /// How many there are.
    pub(crate) fn threads(&self) -> usize {
        self.threads
    }

    /// The pool, which all share that ask for it.
    ///
    /// # Errors
    /// When its threads can't be started.
    pub(crate) fn pool(&self) -> Result<Arc<ThreadPool>, String> {
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pool) = &*pool {
            return Ok(Arc::clone(pool));
        }
        let builder = ThreadPoolBuilder::new().num_threads(self.threads).thread_name(|number| format!("spansieve-compile-{number}"));
        let made = Arc::new(builder.build().map_err(|error| format!("can't start threads to compile on: {error}"))?);
        *pool = Some(Arc::clone(&made));
        Ok(made)
    }
}
