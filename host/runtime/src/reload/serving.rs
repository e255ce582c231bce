//! The generation in service: owned by the thread that works on batches, changed between two of them.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use super::candidate::{Candidate, InService, Place};
use super::{PluginChange, PluginFate, PluginState, ReloadError, ReloadEvent, ReloadOptions, ReloadStep};
use crate::batch::Batch;
use crate::chain::{Chain, Outcome};
use crate::link::{Link, Record};

/// Events that a subscriber may be behind; further ones are lost to it.
const BACKLOG: usize = 256;

/// "For ever" does not overflow a point in time.
const LONGEST_PROBATION: Duration = Duration::from_secs(366 * 86_400);

/// Failing batches that a new plugin is forgiven, whatever their share.
const FORGIVEN: u64 = 3;

/// A chain in service. It belongs to the thread that works on batches.
pub struct Serving {
    chain: Chain,
    post: Arc<Post>,
    previous: Option<Previous>,
    probation: Duration,
    failed_spans: f64,
}

/// What the serving thread, the keeper and those who look share.
pub(super) struct Post {
    waiting: Mutex<Option<Delivery>>,
    /// There is something in `waiting`, so that a look costs one load.
    is_waiting: AtomicBool,
    /// The thread that works on batches, once it has.
    pub(super) thread: OnceLock<ThreadId>,
    /// The serving thread is gone.
    pub(super) closed: AtomicBool,
    pub(super) generation: AtomicU64,
    /// The highest number that a generation has had: one that was taken back keeps its number.
    numbers: AtomicU64,
    in_service: Mutex<Vec<InService>>,
    subscribers: Mutex<Vec<SyncSender<ReloadEvent>>>,
    pub(super) counts: Counts,
    /// Why the last candidate was refused; none since one went into service.
    pub(super) refusal: Mutex<Option<ReloadError>>,
    wake: Box<dyn Fn() + Send + Sync>,
}

/// How reloads ended.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) reloaded: AtomicU64,
    /// By step.
    pub(super) refused: [AtomicU64; ReloadStep::ALL.len()],
    pub(super) rolled_back: AtomicU64,
}

struct Delivery {
    candidate: Candidate,
    done: SyncSender<Delivered>,
}

/// What came of handing a candidate to the serving thread.
pub(super) enum Delivered {
    /// It is in service, as this generation.
    Taken(u64, Vec<PluginChange>),
    /// What it was made against is not in service any more.
    Stale,
    /// The serving thread did not come by, or is gone.
    Late,
}

/// The generation before, for as long as the new one is on probation.
struct Previous {
    generation: u64,
    until: Instant,
    /// The old chain's places: plugins that were replaced or removed, and names of those that stayed.
    places: Vec<Place>,
    /// Records of the plugins that stayed are none of the new generation's doing.
    newcomers: Vec<String>,
}

impl Serving {
    pub(super) fn new(chain: Chain, options: &ReloadOptions, wake: Box<dyn Fn() + Send + Sync>) -> Serving {
        let post = Post {
            waiting: Mutex::new(None),
            is_waiting: AtomicBool::new(false),
            thread: OnceLock::new(),
            closed: AtomicBool::new(false),
            generation: AtomicU64::new(1),
            numbers: AtomicU64::new(1),
            in_service: Mutex::default(),
            subscribers: Mutex::default(),
            counts: Counts::default(),
            refusal: Mutex::new(None),
            wake,
        };
        let probation = options.probation.min(LONGEST_PROBATION);
        let serving = Serving { chain, post: Arc::new(post), previous: None, probation, failed_spans: options.failed_spans };
        serving.publish();
        serving
    }

    pub(super) fn post(&self) -> Arc<Post> {
        Arc::clone(&self.post)
    }

    /// The chain as it is now.
    pub fn chain(&mut self) -> &mut Chain {
        &mut self.chain
    }

    /// Whether a plugin in service wants whole traces.
    pub fn groups_traces(&self) -> bool {
        self.chain.groups_traces()
    }

    /// Passes a batch through the generation in service.
    pub fn run(&mut self, batch: &mut Batch) -> Outcome {
        self.chain.run(batch)
    }

    /// Changes the generation where that is due: a candidate waits, or the new generation fails too much. To be called between two batches, and when
    /// woken. Answers whether anything changed.
    pub fn turn(&mut self, now: Instant) -> bool {
        self.post.thread.get_or_init(|| std::thread::current().id());
        let mut changed = false;
        if self.previous.is_some() {
            changed |= self.watch_newcomers(now);
        }
        if self.post.is_waiting.load(Ordering::Acquire) {
            // In this order: a candidate that comes in between is taken at once.
            self.post.is_waiting.store(false, Ordering::Release);
            let delivery = self.post.lock_waiting().take();
            match delivery {
                Some(Delivery { candidate, done }) if candidate.fits(&self.chain.links) => {
                    let changes = self.swap(candidate, now);
                    let _ = done.send(Delivered::Taken(self.post.generation.load(Ordering::Relaxed), changes));
                    changed = true;
                }
                Some(Delivery { done, .. }) => {
                    self.publish();
                    let _ = done.send(Delivered::Stale);
                }
                None => {}
            }
        }
        changed
    }

    fn swap(&mut self, candidate: Candidate, now: Instant) -> Vec<PluginChange> {
        self.previous = None;
        let mut old: Vec<Option<Link>> = self.chain.take_links().into_iter().map(Some).collect();
        let names: Vec<String> = old.iter().flatten().map(|link| link.plugin.name().to_owned()).collect();
        let (mut links, mut changes, mut newcomers, mut kept) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for place in candidate.places {
            let (name, new) = match place {
                Place::Kept { name, on_failure, .. } => (name, Err(on_failure)),
                Place::New(link) => (link.plugin.name().to_owned(), Ok(*link)),
            };
            let predecessor = names.iter().position(|old| *old == name).and_then(|at| old.get_mut(at));
            let fate = match (predecessor, new) {
                (Some(predecessor), Err(on_failure)) => {
                    let Some(mut link) = predecessor.take() else { continue };
                    kept.push((name.clone(), link.digest, link.on_failure));
                    link.on_failure = on_failure;
                    links.push(link);
                    PluginFate::Kept
                }
                (Some(Some(predecessor)), Ok(mut link)) => {
                    let state = hand_over(predecessor, &mut link);
                    newcomers.push(name.clone());
                    links.push(link);
                    PluginFate::Replaced(state)
                }
                (_, Ok(link)) => {
                    newcomers.push(name.clone());
                    links.push(link);
                    PluginFate::Added
                }
                // It fits, so there is one.
                (None, Err(_)) => continue,
            };
            changes.push(PluginChange { name, fate });
        }
        let gone = names.iter().filter(|name| !changes.iter().any(|change| change.name == **name));
        let gone: Vec<_> = gone.map(|name| PluginChange { name: name.clone(), fate: PluginFate::Removed }).collect();
        changes.extend(gone);
        let places = old.into_iter().zip(names).filter_map(|(link, name)| match link {
            Some(link) => Some(Place::New(Box::new(link))),
            None => kept.iter().find(|(kept, ..)| *kept == name).map(|&(_, digest, on_failure)| Place::Kept { name, digest, on_failure }),
        });
        let places = places.collect();
        let generation = self.post.generation.load(Ordering::Relaxed);
        self.previous = Some(Previous { generation, until: now + self.probation, places, newcomers });
        self.chain.set_links(links);
        let number = self.post.numbers.fetch_add(1, Ordering::Relaxed) + 1;
        self.post.generation.store(number, Ordering::Release);
        self.publish();
        changes
    }

    /// Looks after a new generation. Answers whether it was taken back.
    fn watch_newcomers(&mut self, now: Instant) -> bool {
        let Some(previous) = &self.previous else { return false };
        let mut newcomers =
            self.chain.links.iter().filter(|link| !link.is_shadow() && previous.newcomers.iter().any(|name| name == link.plugin.name()));
        let failing = newcomers.find(|link| {
            let Record { spans, failed_spans, failed_batches } = link.record();
            failed_batches >= FORGIVEN && failed_spans as f64 > spans as f64 * self.failed_spans
        });
        if let Some(link) = failing {
            let (plugin, record) = (link.plugin.name().to_owned(), link.record());
            self.roll_back(plugin, record);
            return true;
        }
        if now >= previous.until {
            self.previous = None;
        }
        false
    }

    fn roll_back(&mut self, plugin: String, record: Record) {
        let Some(previous) = self.previous.take() else { return };
        let mut new: Vec<Link> = self.chain.take_links();
        let links = previous.places.into_iter().filter_map(|place| match place {
            Place::New(link) => Some(*link),
            Place::Kept { name, on_failure, .. } => {
                let at = new.iter().position(|link| link.plugin.name() == name)?;
                let mut link = new.swap_remove(at);
                link.on_failure = on_failure;
                Some(link)
            }
        });
        let links = links.collect();
        self.chain.set_links(links);
        let from = self.post.generation.swap(previous.generation, Ordering::AcqRel);
        self.publish();
        self.post.counts.rolled_back.fetch_add(1, Ordering::Relaxed);
        let Record { spans, failed_spans, .. } = record;
        self.post.tell(ReloadEvent::RolledBack { from, to: previous.generation, plugin, failed_spans, spans });
    }

    fn publish(&self) {
        let in_service = |link: &Link| InService { name: link.plugin.name().to_owned(), digest: link.digest, on_failure: link.on_failure };
        *self.post.in_service.lock().unwrap_or_else(PoisonError::into_inner) = self.chain.links.iter().map(in_service).collect();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.post.closed.store(true, Ordering::SeqCst);
        // Whoever waits for a candidate to be taken sees the other end go.
        self.post.lock_waiting().take();
    }
}

/// Moves state from a plugin to the one that replaces it. Figures go on as well: they are the plugin's that has the name.
fn hand_over(old: &mut Link, new: &mut Link) -> PluginState {
    new.plugin.metrics = Arc::clone(&old.plugin.metrics);
    match old.plugin.save() {
        Ok(state) if state.is_empty() => PluginState::None,
        Ok(state) => match new.plugin.restore(&state) {
            Ok(()) => PluginState::Moved,
            Err(why) => PluginState::Fresh(why),
        },
        Err(error) => PluginState::Fresh(format!("saving its state: it {error}")),
    }
}

impl Post {
    fn lock_waiting(&self) -> std::sync::MutexGuard<'_, Option<Delivery>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands a candidate to the serving thread, and answers with what came of it.
    pub(super) fn deliver(&self, candidate: Candidate, patience: Duration) -> Delivered {
        let (done, answer) = sync_channel(1);
        *self.lock_waiting() = Some(Delivery { candidate, done });
        self.is_waiting.store(true, Ordering::Release);
        (self.wake)();
        // After the delivery: either it is seen here that nobody will take it, or its other end goes with the serving thread.
        if self.closed.load(Ordering::Acquire) {
            self.lock_waiting().take();
        }
        if let Ok(answer) = answer.recv_timeout(patience) {
            return answer;
        }
        // Either it is still there and is withdrawn, or it is being taken just now, which does not take long.
        if self.lock_waiting().take().is_some() {
            return Delivered::Late;
        }
        answer.recv_timeout(patience).unwrap_or(Delivered::Late)
    }

    pub(super) fn in_service(&self) -> Vec<InService> {
        self.in_service.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn subscribe(&self) -> Receiver<ReloadEvent> {
        let (sender, receiver) = sync_channel(BACKLOG);
        self.subscribers.lock().unwrap_or_else(PoisonError::into_inner).push(sender);
        receiver
    }

    /// Logs an event and hands it to those who listen.
    pub(super) fn tell(&self, event: ReloadEvent) {
        match &event {
            ReloadEvent::Reloaded(_) | ReloadEvent::Watching(_) => tracing::info!("policy: {event}"),
            ReloadEvent::Refused { .. } | ReloadEvent::RolledBack { .. } => tracing::error!("policy: {event}"),
        }
        let mut subscribers = self.subscribers.lock().unwrap_or_else(PoisonError::into_inner);
        subscribers.retain(|subscriber| !matches!(subscriber.try_send(event.clone()), Err(TrySendError::Disconnected(_))));
    }
}
