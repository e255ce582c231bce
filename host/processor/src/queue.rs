//! What application threads, the worker and handles share: a bounded queue of spans, and orders to the worker.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering, fence};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};
use std::thread::Thread;
use std::time::{Duration, Instant};

use crossbeam_queue::ArrayQueue;

use crate::Options;
use crate::accounting::Accounting;
use crate::options::WhenFull;
use crate::worker::Source;

/// A span in the queue.
pub(crate) struct Item<S: Source> {
    pub(crate) span: S::Span,
    /// About how many bytes of memory it holds.
    pub(crate) bytes: usize,
    /// It is a local root, and no other local root of its trace is open.
    pub(crate) closes: bool,
}

/// What application threads, the worker and handles share.
pub(crate) struct Shared<S: Source> {
    queue: ArrayQueue<Item<S>>,
    /// Bytes of the spans in the queue, and how many there may be.
    bytes: AtomicUsize,
    max_bytes: usize,
    when_full: WhenFull,
    space: Space,
    batch_spans: usize,
    /// Spans in the queue at which the worker is woken.
    wake_at: usize,
    pub(crate) accounting: Accounting,
    orders: Mutex<Vec<Order<S>>>,
    thread: OnceLock<Thread>,
    /// The worker sleeps until somebody wakes it.
    pub(crate) idle: AtomicBool,
    /// There is a full batch, or no space, and the worker was told so.
    pub(crate) told: AtomicBool,
    /// Spans are no longer taken.
    closing: AtomicBool,
    /// Nobody will look into the queue any more.
    closed: AtomicBool,
}

/// What the worker is asked to do besides.
pub(crate) enum Order<S: Source> {
    Flush(SyncSender<()>),
    Shutdown(Instant, SyncSender<()>),
    Resource(S::Resource, SyncSender<S::Resource>),
}

/// Where threads wait for space in the queue, if they are to wait.
#[derive(Default)]
struct Space {
    waiting: AtomicU32,
    lock: Mutex<()>,
    freed: Condvar,
}

/// How long a waiting thread goes without looking at the queue itself, in case it was not woken.
const LOOK: Duration = Duration::from_millis(5);

impl<S: Source> Shared<S> {
    pub(crate) fn new(options: &Options) -> Arc<Self> {
        Arc::new(Shared {
            queue: ArrayQueue::new(options.queue_spans.max(1)),
            bytes: AtomicUsize::new(0),
            max_bytes: options.queue_bytes,
            when_full: options.when_full,
            space: Space::default(),
            batch_spans: options.batch_spans.max(1),
            wake_at: options.batch_spans.min(options.queue_spans / 2).max(1),
            accounting: Accounting::default(),
            orders: Mutex::default(),
            thread: OnceLock::new(),
            idle: AtomicBool::new(false),
            told: AtomicBool::new(false),
            closing: AtomicBool::new(false),
            closed: AtomicBool::new(false),
        })
    }

    pub(crate) fn set_thread(&self, thread: Thread) {
        let _ = self.thread.set(thread);
    }

    /// Takes a span, or counts why not. Never allocates, and blocks only where the options say so and for no longer than they say.
    pub(crate) fn push(&self, item: Item<S>) {
        self.accounting.received();
        if self.closing.load(Ordering::Relaxed) {
            return self.accounting.dropped_shutdown(1);
        }
        if let Err(item) = self.try_push(item) {
            self.tell();
            let pushed = match self.when_full {
                WhenFull::Drop => false,
                WhenFull::Block(longest) => self.push_waiting(item, longest),
            };
            if !pushed {
                return self.accounting.dropped_queue_full();
            }
        }
        // The push before the looks: either the worker sees the span, or it is seen here that the worker sleeps or is gone.
        fence(Ordering::SeqCst);
        if self.idle.load(Ordering::Relaxed) {
            if self.idle.swap(false, Ordering::AcqRel) {
                self.wake();
            }
        } else if self.queue.len() >= self.wake_at {
            self.tell();
        }
        if self.closed.load(Ordering::Relaxed) {
            self.discard();
        }
    }

    /// Wakes the worker, which may wait for more spans, once until it comes by.
    fn tell(&self) {
        if !self.told.load(Ordering::Relaxed) && !self.told.swap(true, Ordering::AcqRel) {
            self.wake();
        }
    }

    fn try_push(&self, item: Item<S>) -> Result<(), Item<S>> {
        let bytes = item.bytes;
        if self.bytes.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) > self.max_bytes {
            self.bytes.fetch_sub(bytes, Ordering::Relaxed);
            return Err(item);
        }
        self.queue.push(item).inspect_err(|item| {
            self.bytes.fetch_sub(item.bytes, Ordering::Relaxed);
        })
    }

    /// Waits for space. The worker's own thread does not wait for itself: a span that ends in it finds space or is dropped.
    fn push_waiting(&self, mut item: Item<S>, longest: Duration) -> bool {
        if item.bytes > self.max_bytes || self.thread.get().is_none() || self.is_worker() {
            return false;
        }
        let deadline = Instant::now() + longest;
        self.space.waiting.fetch_add(1, Ordering::SeqCst);
        let mut lock = self.space.lock.lock().unwrap_or_else(PoisonError::into_inner);
        let pushed = loop {
            item = match self.try_push(item) {
                Ok(()) => break true,
                Err(item) => item,
            };
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || self.closing.load(Ordering::Relaxed) {
                break false;
            }
            lock = self.space.freed.wait_timeout(lock, left.min(LOOK)).unwrap_or_else(PoisonError::into_inner).0;
        };
        drop(lock);
        self.space.waiting.fetch_sub(1, Ordering::SeqCst);
        pushed
    }

    /// The next span, for the worker.
    pub(crate) fn pop(&self) -> Option<Item<S>> {
        let item = self.queue.pop()?;
        self.bytes.fetch_sub(item.bytes, Ordering::Relaxed);
        if self.space.waiting.load(Ordering::Relaxed) > 0 {
            self.space.freed.notify_one();
        }
        Some(item)
    }

    /// Counts what is in the queue, when nobody will work on it any more.
    fn discard(&self) {
        while self.pop().is_some() {
            self.accounting.dropped_shutdown(1);
        }
    }

    /// Takes no more spans and counts those that are in the queue.
    pub(crate) fn close(&self) {
        self.closing.store(true, Ordering::SeqCst);
        self.closed.store(true, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        self.discard();
    }

    /// Closes, and lets go of orders that nobody will obey.
    pub(crate) fn end(&self) {
        self.close();
        self.take_orders();
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    pub(crate) fn batch_spans(&self) -> usize {
        self.batch_spans
    }

    /// Spans in the queue, and how many there may be.
    pub(crate) fn occupancy(&self) -> (usize, usize) {
        (self.queue.len(), self.queue.capacity())
    }

    /// Bytes of the spans in the queue.
    pub(crate) fn queued_bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Nothing is there for the worker to do.
    pub(crate) fn is_quiet(&self) -> bool {
        self.queue.is_empty() && self.orders.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    pub(crate) fn take_orders(&self) -> Vec<Order<S>> {
        std::mem::take(&mut *self.orders.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether this is the worker's own thread, which can't wait for itself: the next processor may call whatever it likes.
    fn is_worker(&self) -> bool {
        self.thread.get().is_some_and(|worker| worker.id() == std::thread::current().id())
    }

    pub(crate) fn wake(&self) {
        if let Some(thread) = self.thread.get() {
            thread.unpark();
        }
    }

    /// Wakes the worker, and keeps it from sleeping if it was just about to.
    pub(crate) fn rouse(&self) {
        self.idle.store(false, Ordering::Release);
        self.wake();
    }

    fn order<T>(&self, order: impl FnOnce(SyncSender<T>) -> Order<S>) -> Receiver<T> {
        let (reply, answer) = sync_channel(1);
        self.orders.lock().unwrap_or_else(PoisonError::into_inner).push(order(reply));
        if self.is_closed() {
            // Nobody may be there any more to take it. Who waits sees the other end go.
            self.take_orders();
        }
        self.rouse();
        answer
    }

    /// Waits until every span that came before has been handed on or counted; false where that took too long.
    pub(crate) fn flush(&self, timeout: Duration) -> bool {
        let timeout = if self.is_worker() { Duration::ZERO } else { timeout };
        match self.order(Order::Flush).recv_timeout(timeout) {
            Ok(()) => true,
            // The worker is gone, or is about to go when it comes back from whatever holds it up.
            Err(RecvTimeoutError::Disconnected) => self.accounting.stats().in_flight == 0,
            Err(RecvTimeoutError::Timeout) => false,
        }
    }

    /// Takes no more spans and finishes those that there are; false where that took too long. What can't be finished by then is counted as
    /// dropped: here what is queued, in the worker what it holds, as soon as it comes back from whatever holds it up.
    pub(crate) fn shut_down(&self, timeout: Duration) -> bool {
        self.closing.store(true, Ordering::SeqCst);
        if self.is_closed() {
            return true;
        }
        let timeout = if self.is_worker() { Duration::ZERO } else { timeout };
        let deadline = Instant::now() + timeout;
        let finished =
            !matches!(self.order(|reply| Order::Shutdown(deadline, reply)).recv_timeout(timeout), Err(RecvTimeoutError::Timeout));
        if !finished {
            self.close();
        }
        finished
    }

    /// Asks the worker to end, without waiting for it: what it holds is finished within `timeout`.
    pub(crate) fn abandon(&self, timeout: Duration) {
        self.closing.store(true, Ordering::SeqCst);
        drop(self.order(|reply| Order::Shutdown(Instant::now() + timeout, reply)));
    }

    /// Passes a resource through the plugins; `None` where that took too long.
    pub(crate) fn resource(&self, resource: S::Resource, timeout: Duration) -> Option<S::Resource> {
        self.order(|reply| Order::Resource(resource, reply)).recv_timeout(timeout).ok()
    }
}
