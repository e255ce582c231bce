//! The keeper: a thread that looks after a policy's files, makes candidates, and hands them over.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::Thread;
use std::time::{Duration, Instant};

use super::candidate;
use super::serving::{Delivered, Post};
use super::watch::{Poll, Watch};
use super::{ReloadError, ReloadEvent, ReloadOptions, ReloadStep, Reloaded};
use crate::policy::{Policy, PolicyError};

/// Changes the policy in service and tells what happens to it. Clones look at the same one.
#[derive(Clone)]
pub struct Reloads(Arc<Shared>);

struct Shared {
    post: Arc<Post>,
    orders: Mutex<VecDeque<Order>>,
    watching: AtomicBool,
    thread: OnceLock<Thread>,
}

struct Order {
    /// The policy to put into service; none means the one in the file.
    policy: Option<Policy>,
    reply: SyncSender<Result<Reloaded, ReloadError>>,
}

pub(super) fn start(policy: Policy, options: ReloadOptions, post: Arc<Post>) -> Reloads {
    let watching = options.watch;
    let shared = Arc::new(Shared { post, orders: Mutex::default(), watching: AtomicBool::new(watching), thread: OnceLock::new() });
    let for_thread = Arc::clone(&shared);
    let spawned = std::thread::Builder::new().name("spansieve-keeper".into()).spawn(move || {
        let path = policy.path().map(Path::to_owned);
        let files = policy.files().map(Path::to_owned).collect();
        Keeper { shared: for_thread, options, path, files, watch: None }.work();
    });
    match spawned {
        Ok(handle) => {
            let _ = shared.thread.set(handle.thread().clone());
        }
        Err(error) => {
            tracing::error!("the policy can't be changed while it is in service: no thread to look after it: {error}");
            shared.watching.store(false, Ordering::Relaxed);
        }
    }
    Reloads(shared)
}

struct Keeper {
    shared: Arc<Shared>,
    options: ReloadOptions,
    /// The policy's file.
    path: Option<PathBuf>,
    /// The files that decide what it does, those of the last candidate included.
    files: Vec<PathBuf>,
    watch: Option<Watch>,
}

/// How often the keeper looks whether it is still needed, when nobody wakes it.
const LOOK: Duration = Duration::from_secs(5);

/// Candidates that are made one after the other because each time a generation was taken back meanwhile.
const ATTEMPTS: u32 = 5;

impl Keeper {
    fn work(mut self) {
        while !self.shared.post.closed.load(Ordering::Acquire) {
            let order = self.shared.orders().pop_front();
            if let Some(Order { policy, reply }) = order {
                let result = self.reload(policy, true);
                let _ = reply.send(result);
                continue;
            }
            let rest = match self.look() {
                Poll::Changed => {
                    let _ = self.reload(None, false);
                    continue;
                }
                Poll::Wait(rest) => rest,
            };
            std::thread::park_timeout(rest.min(LOOK));
        }
        // Whoever asks from here on is told so.
        self.shared.orders().clear();
    }

    fn look(&mut self) -> Poll {
        // A policy that was handed in as a text can't be read again.
        if !self.shared.watching.load(Ordering::Relaxed) || self.path.is_none() {
            self.watch = None;
            return Poll::Wait(LOOK);
        }
        if let Some(watch) = &mut self.watch {
            return watch.poll(Instant::now());
        }
        let thread = std::thread::current();
        let mut watch = Watch::new(move || thread.unpark());
        watch.set_files(self.files.iter().cloned());
        self.watch = Some(watch);
        // What changed before they were watched would go unnoticed.
        Poll::Changed
    }

    /// Makes a candidate and puts it into service. That nothing differs is told only to those who asked, and where the last candidate was
    /// refused: whoever takes a mistake back wants to know that all is well again.
    fn reload(&mut self, policy: Option<Policy>, was_asked: bool) -> Result<Reloaded, ReloadError> {
        let before = policy.is_some().then(|| (self.path.clone(), self.files.clone()));
        let result = catch_unwind(AssertUnwindSafe(|| self.put_into_service(policy, Instant::now()))).unwrap_or_else(|_| {
            let error = PolicyError::of_service("a panic in spansieve while it was prepared, which is a bug");
            Err(ReloadError::new(ReloadStep::Configure, error))
        });
        if let (Err(_), Some((path, files))) = (&result, before) {
            // A policy that was handed in and refused is not in service, so its files are not looked after.
            self.path = path;
            self.watch_files(files);
        }
        let post = &self.shared.post;
        let refusal = result.as_ref().err().cloned();
        let last_refusal = std::mem::replace(&mut *post.refusal.lock().unwrap_or_else(PoisonError::into_inner), refusal);
        match &result {
            Ok(reloaded) if reloaded.plugins.is_empty() && !was_asked && last_refusal.is_none() => {}
            Ok(reloaded) => {
                post.counts.reloaded.fetch_add(u64::from(!reloaded.plugins.is_empty()), Ordering::Relaxed);
                post.tell(ReloadEvent::Reloaded(reloaded.clone()));
            }
            Err(error) => {
                post.counts.refused[error.step() as usize].fetch_add(1, Ordering::Relaxed);
                post.tell(ReloadEvent::Refused { generation: post.generation.load(Ordering::Acquire), error: error.clone() });
            }
        }
        result
    }

    fn put_into_service(&mut self, policy: Option<Policy>, started: Instant) -> Result<Reloaded, ReloadError> {
        let policy = match (policy, &self.path) {
            (Some(policy), _) => {
                self.path = policy.path().map(Path::to_owned);
                policy
            }
            (None, Some(path)) => Policy::from_file(path).map_err(|error| ReloadError::new(ReloadStep::Read, error).in_file(path))?,
            (None, None) => {
                let error = PolicyError::of_service("the policy in service was not read from a file, so there is nothing to read again");
                return Err(ReloadError::new(ReloadStep::Read, error));
            }
        };
        policy.log_warnings();
        // Watched from here on, so that mending a component that was refused is noticed too.
        self.watch_files(policy.files().map(Path::to_owned).collect());
        let post = &self.shared.post;
        for _ in 0..ATTEMPTS {
            let in_service = post.in_service();
            let candidate = candidate::prepare(&policy, &in_service)?;
            if !candidate.differs_from(&in_service) {
                return Ok(Reloaded { generation: post.generation.load(Ordering::Acquire), plugins: Vec::new(), took: started.elapsed() });
            }
            match post.deliver(candidate, self.options.patience) {
                Delivered::Taken(generation, plugins) => return Ok(Reloaded { generation, plugins, took: started.elapsed() }),
                Delivered::Stale => {}
                Delivered::Late => break,
            }
        }
        let error = PolicyError::of_service("the batch in work did not end in time, or the processor was shut down");
        Err(ReloadError::new(ReloadStep::Swap, error))
    }

    fn watch_files(&mut self, files: Vec<PathBuf>) {
        if files != self.files {
            self.files = files;
            if let Some(watch) = &mut self.watch {
                watch.set_files(self.files.iter().cloned());
            }
        }
    }
}

impl Shared {
    fn orders(&self) -> std::sync::MutexGuard<'_, VecDeque<Order>> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self) {
        if let Some(thread) = self.thread.get() {
            thread.unpark();
        }
    }
}

impl Reloads {
    /// Reads the policy's file again and puts it into service, whether or not anything changed. Waits until it is in service or was refused.
    ///
    /// # Errors
    /// Why it was refused; the generation in service stays.
    pub fn reload(&self) -> Result<Reloaded, ReloadError> {
        self.order(None)
    }

    /// Puts another policy into service, and watches its files from then on. Waits until it is in service or was refused.
    ///
    /// # Errors
    /// Why it was refused; the generation in service stays.
    pub fn replace(&self, policy: Policy) -> Result<Reloaded, ReloadError> {
        self.order(Some(policy))
    }

    fn order(&self, policy: Option<Policy>) -> Result<Reloaded, ReloadError> {
        let gone = || {
            let error = PolicyError::of_service("the processor was shut down, or there is no thread that changes policies");
            Err(ReloadError::new(ReloadStep::Swap, error))
        };
        if self.0.thread.get().is_none() {
            return gone();
        }
        if self.0.post.thread.get() == Some(&std::thread::current().id()) {
            let error = PolicyError::of_service("it was asked for by the thread that works on spans, which can't wait for itself");
            return Err(ReloadError::new(ReloadStep::Swap, error));
        }
        let (reply, answer) = sync_channel(1);
        self.0.orders().push_back(Order { policy, reply });
        // The push before the look: either the keeper sees the order, or it is seen here that nobody will.
        if self.0.post.closed.load(Ordering::SeqCst) {
            self.0.orders().clear();
        }
        self.0.wake();
        answer.recv().unwrap_or_else(|_| gone())
    }

    /// The number of the generation in service; the first one is 1.
    pub fn generation(&self) -> u64 {
        self.0.post.generation.load(Ordering::Acquire)
    }

    /// What happens from now on. A receiver that is far behind loses events; dropping it ends the subscription.
    pub fn events(&self) -> Receiver<ReloadEvent> {
        self.0.post.subscribe()
    }

    /// Stops or starts watching the policy's files. What changed in between is noticed by [`Reloads::reload`].
    pub fn set_watching(&self, watching: bool) {
        if self.0.watching.swap(watching, Ordering::Relaxed) != watching {
            self.0.post.tell(ReloadEvent::Watching(watching));
            self.0.wake();
        }
    }

    /// Whether the policy's files are watched, if it was read from a file.
    pub fn is_watching(&self) -> bool {
        self.0.watching.load(Ordering::Relaxed)
    }

    /// Why the last candidate was refused; none if the last one went into service.
    pub fn refusal(&self) -> Option<ReloadError> {
        self.0.post.refusal.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Candidates that went into service.
    pub fn reloaded(&self) -> u64 {
        self.0.post.counts.reloaded.load(Ordering::Relaxed)
    }

    /// Candidates that were refused, by step.
    pub fn refused(&self) -> [(ReloadStep, u64); ReloadStep::ALL.len()] {
        ReloadStep::ALL.map(|step| (step, self.0.post.counts.refused[step as usize].load(Ordering::Relaxed)))
    }

    /// Generations that were taken back.
    pub fn rolled_back(&self) -> u64 {
        self.0.post.counts.rolled_back.load(Ordering::Relaxed)
    }
}

impl std::fmt::Debug for Reloads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reloads").field("generation", &self.generation()).finish_non_exhaustive()
    }
}
