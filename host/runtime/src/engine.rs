//! The engine: the only place that configures wasmtime.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::Thread;
use std::time::Duration;

use wasmtime::{Cache, CacheConfig, Config};

/// How often running guests are looked at; deadlines are exact to about this.
pub(crate) const TICK: Duration = Duration::from_millis(1);

/// Compiles and runs guests. All plugins of a process share one.
#[derive(Clone)]
pub(crate) struct Engine {
    pub(crate) wasmtime: wasmtime::Engine,
    ticker: Arc<Ticker>,
}

impl Engine {
    /// The process's engine, made on first use.
    ///
    /// # Errors
    /// When wasmtime does not run on this machine, or the ticker's thread can't be started.
    pub(crate) fn shared() -> Result<Engine, String> {
        static SHARED: OnceLock<Result<Engine, String>> = OnceLock::new();
        SHARED.get_or_init(|| Engine::new(cache_directory())).clone()
    }

    fn new(cache: Option<PathBuf>) -> Result<Engine, String> {
        let mut config = Config::new();
        config
            .epoch_interruption(true)
            .max_wasm_stack(512 << 10)
            // The same batch, configuration and state give the same edits, on every machine.
            .relaxed_simd_deterministic(true)
            .cache(cache.and_then(|directory| open_cache(&directory)));
        let wasmtime = wasmtime::Engine::new(&config).map_err(|error| format!("wasmtime can't run here: {error:#}"))?;
        let ticker = Ticker::start(&wasmtime).map_err(|error| format!("can't start the thread that watches deadlines: {error}"))?;
        Ok(Engine { wasmtime, ticker })
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

/// Opens the cache where it is ours alone: what lies in it is run as native code. A cache that can't be used means that
/// plugins are compiled anew, not that they fail.
fn open_cache(directory: &Path) -> Option<Cache> {
    let opened = private_directory(directory).and_then(|()| {
        // wasmtime wants an absolute path without symbolic links.
        let mut config = CacheConfig::new();
        config.with_directory(std::fs::canonicalize(directory).map_err(|error| error.to_string())?);
        Cache::new(config).map_err(|error| format!("{error:#}"))
    });
    match opened {
        Ok(cache) => Some(cache),
        Err(reason) => {
            tracing::warn!(directory = %directory.display(), reason, "compiled plugins are not cached");
            None
        }
    }
}

#[cfg(unix)]
fn private_directory(directory: &Path) -> Result<(), String> {
    use std::os::unix::fs::{DirBuilderExt, MetadataExt};
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(|error| error.to_string())?;
    let metadata = std::fs::metadata(directory).map_err(|error| error.to_string())?;
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err("the directory belongs to another user".into());
    }
    if metadata.mode() & 0o022 != 0 {
        return Err(format!("others may write to the directory (mode {:o}, expected 700)", metadata.mode() & 0o777));
    }
    Ok(())
}

#[cfg(not(unix))]
fn private_directory(directory: &Path) -> Result<(), String> {
    std::fs::create_dir_all(directory).map_err(|error| error.to_string())
}
