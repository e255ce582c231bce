//! The engine: the only place that configures wasmtime.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::Thread;
use std::time::Duration;

use wasmtime::Config;

use crate::cache::Cache;
use crate::limits::STACK;

/// How often running guests are looked at; deadlines are exact to about this.
pub(crate) const TICK: Duration = Duration::from_millis(1);

/// Compiles and runs guests. All plugins of a process with stacks of one size share one.
#[derive(Clone)]
pub(crate) struct Engine {
    pub(crate) wasmtime: wasmtime::Engine,
    pub(crate) cache: Option<Arc<Cache>>,
    pub(crate) stack: usize,
    ticker: Arc<Ticker>,
}

impl Engine {
    /// The process's engine for guests with so large a stack, made on first use. Sizes are rounded up to a power of two, so there are few.
    ///
    /// # Errors
    /// When wasmtime does not run on this machine, or the ticker's thread can't be started.
    pub(crate) fn shared(stack: usize) -> Result<Engine, String> {
        static SHARED: Mutex<BTreeMap<usize, Engine>> = Mutex::new(BTreeMap::new());
        let stack = stack.clamp(*STACK.start(), *STACK.end()).next_power_of_two();
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(engine) = shared.get(&stack) {
            return Ok(engine.clone());
        }
        let engine = Engine::new(stack)?;
        shared.insert(stack, engine.clone());
        Ok(engine)
    }

    fn new(stack: usize) -> Result<Engine, String> {
        let mut config = Config::new();
        config
            .epoch_interruption(true)
            .max_wasm_stack(stack)
            // The interface is that of 32 bits; nobody needs more memory than the limit allows.
            .wasm_memory64(false)
            // The same batch, configuration and state give the same edits, on every machine.
            .relaxed_simd_deterministic(true);
        let wasmtime = wasmtime::Engine::new(&config).map_err(|error| format!("wasmtime can't run here: {error:#}"))?;
        let ticker = Ticker::start(&wasmtime).map_err(|error| format!("can't start the thread that watches deadlines: {error}"))?;
        Ok(Engine { wasmtime, cache: open_cache(), stack, ticker })
    }

    /// Keeps deadlines running until the answer is dropped. Hold it around every call into a guest.
    pub(crate) fn running(&self) -> Running<'_> {
        self.ticker.enter();
        Running(&self.ticker)
    }
}

/// Advances the engine's epoch every [`TICK`] while a guest runs, and sleeps while none does.
struct Ticker {
    running: AtomicU32,
    asleep: AtomicBool,
    thread: OnceLock<Thread>,
}

impl Ticker {
    fn start(engine: &wasmtime::Engine) -> std::io::Result<Arc<Ticker>> {
        let ticker = Arc::new(Ticker { running: AtomicU32::new(0), asleep: AtomicBool::new(false), thread: OnceLock::new() });
        let (engine, shared) = (engine.weak(), Arc::clone(&ticker));
        let handle = std::thread::Builder::new().name("spansieve-epoch".into()).spawn(move || {
            // Waking a sleeping thread costs the caller a system call, so it stays up for a while after the last call.
            let mut idle = 0;
            while let Some(engine) = engine.upgrade() {
                if shared.running.load(Ordering::SeqCst) > 0 {
                    idle = 0;
                } else {
                    idle += 1;
                }
                if idle < 100 {
                    std::thread::sleep(TICK);
                } else {
                    // Says so first and looks once more: a call that starts in between either sees the flag or is seen.
                    shared.asleep.store(true, Ordering::SeqCst);
                    if shared.running.load(Ordering::SeqCst) == 0 {
                        std::thread::park_timeout(Duration::from_secs(10));
                    }
                    shared.asleep.store(false, Ordering::SeqCst);
                    idle = 0;
                }
                engine.increment_epoch();
            }
        })?;
        let _ = ticker.thread.set(handle.thread().clone());
        Ok(ticker)
    }

    fn enter(&self) {
        self.running.fetch_add(1, Ordering::SeqCst);
        if self.asleep.load(Ordering::SeqCst)
            && let Some(thread) = self.thread.get()
        {
            thread.unpark();
        }
    }
}

/// While it lives, deadlines run.
pub(crate) struct Running<'a>(&'a Ticker);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}

static CACHE: Mutex<CacheChoice> = Mutex::new(CacheChoice::Default);

enum CacheChoice {
    Default,
    Directory(PathBuf),
    Off,
}

/// Chooses where compiled plugins are kept, for the whole process; `None` means nowhere. Without a call it is
/// `$SPANSIEVE_CACHE_DIR`, else `spansieve` in the user's cache directory. Takes effect if called before the first plugin is loaded.
pub fn set_cache_directory(directory: Option<&Path>) {
    let choice = directory.map_or(CacheChoice::Off, |directory| CacheChoice::Directory(directory.to_owned()));
    *CACHE.lock().unwrap_or_else(PoisonError::into_inner) = choice;
}

fn cache_directory() -> Option<PathBuf> {
    match &*CACHE.lock().unwrap_or_else(PoisonError::into_inner) {
        CacheChoice::Off => None,
        CacheChoice::Directory(directory) => Some(directory.clone()),
        CacheChoice::Default => {
            let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
            named("SPANSIEVE_CACHE_DIR").or_else(|| {
                let base = named("XDG_CACHE_HOME").or_else(|| named("HOME").map(|home| home.join(".cache")));
                base.map(|base| base.join("spansieve"))
            })
        }
    }
}

/// Opens the cache. One that can't be used means that plugins are compiled anew, not that they fail.
fn open_cache() -> Option<Arc<Cache>> {
    let directory = cache_directory()?;
    match Cache::open(&directory) {
        Ok(cache) => Some(Arc::new(cache)),
        Err(reason) => {
            tracing::warn!(directory = %directory.display(), reason, "compiled plugins are not cached");
            None
        }
    }
}
