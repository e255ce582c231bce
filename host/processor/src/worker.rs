//! The worker: takes spans from the queue, passes them through the plugins in batches, hands on what is left.
//!
//! Application threads only push into the queue. All that can take time happens in one thread of the processor's own, which
//! knows nothing of the SDK: what a span is, [`Source`] says.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering, fence};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::Thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crossbeam_queue::ArrayQueue;
use spansieve_runtime::batch::Span;
use spansieve_runtime::{Batch, Chain, Grouper, Trace};

use crate::Options;
use crate::accounting::Accounting;

/// The SDK's side: spans as they come and go, and where they go to.
pub(crate) trait Source: Send + Sync + 'static {
    type Span: Send + 'static;
    type Resource: Send + 'static;

    fn trace_id(span: &Self::Span) -> [u8; 16];
    /// About how many bytes of memory it holds.
    fn bytes(span: &Self::Span) -> usize;
    fn encode(&self, spans: &[Self::Span], batch: &mut Batch);
    /// Makes a span equal to what the batch says of it.
    fn write_back(span: &mut Self::Span, from: Span<'_>);
    fn encode_resource(resource: &Self::Resource, batch: &mut Batch);
    /// The resource that the batch holds.
    fn decode_resource(batch: &Batch) -> Self::Resource;
    fn forward(&self, span: Self::Span);
    /// Called once, in the worker's thread; what it answers lives as long as the thread works.
    fn enter_worker() -> Box<dyn std::any::Any>;
}

/// A span in the queue.
pub(crate) struct Item<S: Source> {
    pub(crate) span: S::Span,
    /// It is a local root, and no other local root of its trace is open.
    pub(crate) closes: bool,
}

/// What application threads, the worker and handles share.
pub(crate) struct Shared<S: Source> {
    queue: ArrayQueue<Item<S>>,
    batch_spans: usize,
    pub(crate) accounting: Accounting,
    orders: Mutex<Vec<Order<S>>>,
    thread: OnceLock<Thread>,
    /// The worker sleeps until somebody wakes it.
    idle: AtomicBool,
    /// A batch is full and the worker was told so.
    told: AtomicBool,
    /// Spans are no longer taken.
    closing: AtomicBool,
    /// The worker has looked into the queue for the last time.
    closed: AtomicBool,
}

/// What the worker is asked to do besides.
enum Order<S: Source> {
    Flush(SyncSender<()>),
    Shutdown(Instant, SyncSender<()>),
    Resource(S::Resource, SyncSender<S::Resource>),
}

impl<S: Source> Shared<S> {
    pub(crate) fn new(options: &Options) -> Arc<Self> {
        Arc::new(Shared {
            queue: ArrayQueue::new(options.queue_spans.max(1)),
            batch_spans: options.batch_spans.max(1),
            accounting: Accounting::default(),
            orders: Mutex::default(),
            thread: OnceLock::new(),
            idle: AtomicBool::new(false),
            told: AtomicBool::new(false),
            closing: AtomicBool::new(false),
            closed: AtomicBool::new(false),
        })
    }

    /// Takes a span, or counts why not. Never blocks and never allocates.
    pub(crate) fn push(&self, item: Item<S>) {
        self.accounting.received();
        if self.closing.load(Ordering::Relaxed) {
            return self.accounting.dropped_shutdown(1);
        }
        if self.queue.push(item).is_err() {
            return self.accounting.dropped_queue_full();
        }
        // The push before the looks: either the worker sees the span, or it is seen here that the worker sleeps or is gone.
        fence(Ordering::SeqCst);
        if self.idle.load(Ordering::Relaxed) {
            if self.idle.swap(false, Ordering::AcqRel) {
                self.wake();
            }
        } else if self.queue.len() >= self.batch_spans && !self.told.swap(true, Ordering::AcqRel) {
            self.wake();
        }
        if self.closed.load(Ordering::Relaxed) {
            self.discard();
        }
    }

    /// Counts what is in the queue, when nobody will work on it any more.
    fn discard(&self) {
        while self.queue.pop().is_some() {
            self.accounting.dropped_shutdown(1);
        }
    }

    fn wake(&self) {
        if let Some(thread) = self.thread.get() {
            thread.unpark();
        }
    }

    fn order<T>(&self, order: impl FnOnce(SyncSender<T>) -> Order<S>) -> Receiver<T> {
        let (reply, answer) = sync_channel(1);
        self.orders.lock().unwrap_or_else(PoisonError::into_inner).push(order(reply));
        self.idle.store(false, Ordering::Release);
        self.wake();
        answer
    }

    /// Waits until every span that came before has been handed on or counted; false where that took too long.
    pub(crate) fn flush(&self, timeout: Duration) -> bool {
        match self.order(Order::Flush).recv_timeout(timeout) {
            Ok(()) => true,
            // The worker is gone: there is nothing left to flush.
            Err(RecvTimeoutError::Disconnected) => true,
            Err(RecvTimeoutError::Timeout) => false,
        }
    }

    /// Takes no more spans and finishes those that there are; false where that took too long. What the worker can't finish by then
    /// it counts as dropped.
    pub(crate) fn shut_down(&self, timeout: Duration) -> bool {
        self.closing.store(true, Ordering::SeqCst);
        if self.closed.load(Ordering::SeqCst) {
            return true;
        }
        let deadline = Instant::now() + timeout;
        !matches!(self.order(|reply| Order::Shutdown(deadline, reply)).recv_timeout(timeout), Err(RecvTimeoutError::Timeout))
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

/// Starts the worker's thread.
pub(crate) fn start<S: Source>(shared: &Arc<Shared<S>>, source: Arc<S>, chain: Chain, options: &Options) -> std::io::Result<()> {
    let mut batch = Batch::new();
    batch.head_probability = options.head_probability.unwrap_or(f64::NAN);
    let grouper = chain.groups_traces().then(|| Grouper::new(options.grouping.clone()));
    let worker = Worker {
        shared: Arc::clone(shared),
        source,
        chain,
        batch,
        spans: Vec::with_capacity(options.batch_spans),
        ends: Vec::new(),
        grouper,
        batch_delay: options.batch_delay,
        give_up: None,
    };
    let handle = std::thread::Builder::new().name("spansieve".into()).spawn(move || {
        let _guard = S::enter_worker();
        worker.work();
    })?;
    let _ = shared.thread.set(handle.thread().clone());
    Ok(())
}

struct Worker<S: Source> {
    shared: Arc<Shared<S>>,
    source: Arc<S>,
    chain: Chain,
    batch: Batch,
    /// The spans of the batch that is being gathered.
    spans: Vec<S::Span>,
    /// Where traces end among them, and why they are there; empty where spans are not grouped.
    ends: Vec<(usize, spansieve_runtime::TraceReason)>,
    grouper: Option<Grouper<S::Span>>,
    batch_delay: Duration,
    /// When shutdown gives up.
    give_up: Option<Instant>,
}

impl<S: Source> Worker<S> {
    fn work(mut self) {
        let mut batch_due = None;
        loop {
            self.shared.told.store(false, Ordering::Release);
            let now = Instant::now();
            let some_came = self.take_from_queue(now);
            while self.grouper.is_some() && self.take_trace(now) {}
            if !self.spans.is_empty() {
                let due = *batch_due.get_or_insert(now + self.batch_delay);
                if now >= due || self.spans.len() >= self.shared.batch_spans {
                    self.process();
                    batch_due = None;
                    continue;
                }
            }
            let orders = std::mem::take(&mut *self.shared.orders.lock().unwrap_or_else(PoisonError::into_inner));
            if !orders.is_empty() {
                batch_due = None;
            }
            for order in orders {
                match order {
                    Order::Flush(reply) => {
                        self.drain();
                        let _ = reply.send(());
                    }
                    Order::Resource(resource, reply) => {
                        // Without an answer the caller goes on with no resource at all.
                        if let Ok(resource) = catch_unwind(AssertUnwindSafe(|| self.resource(&resource))) {
                            let _ = reply.send(resource);
                        }
                    }
                    Order::Shutdown(deadline, reply) => {
                        self.give_up = Some(deadline);
                        self.drain();
                        drop(self);
                        let _ = reply.send(());
                        return;
                    }
                }
            }
            self.sleep(batch_due, some_came);
        }
    }

    /// Sleeps until there is something to do. Spans come in bursts: while some come, or a batch is being gathered, the worker looks
    /// into the queue every so often, and nobody has to wake it; only then does it sleep until somebody does.
    fn sleep(&self, batch_due: Option<Instant>, some_came: bool) {
        let trace_due = self.grouper.as_ref().and_then(Grouper::next_due);
        let now = Instant::now();
        let look = some_came.then(|| now + self.batch_delay);
        let due = [batch_due, trace_due, look].into_iter().flatten().min().map(|due| due.saturating_duration_since(now));
        if let (true, Some(due)) = (batch_due.is_some() || some_came, due) {
            return std::thread::park_timeout(due);
        }
        self.shared.idle.store(true, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        if self.shared.queue.is_empty() && self.shared.orders.lock().unwrap_or_else(PoisonError::into_inner).is_empty() {
            due.map_or_else(std::thread::park, std::thread::park_timeout);
        }
        self.shared.idle.store(false, Ordering::SeqCst);
    }

    /// Moves spans from the queue to the batch, or to their traces. Answers whether there were any.
    fn take_from_queue(&mut self, now: Instant) -> bool {
        let mut some = false;
        let Some(grouper) = &mut self.grouper else {
            while self.spans.len() < self.shared.batch_spans {
                let Some(item) = self.shared.queue.pop() else { break };
                self.spans.push(item.span);
                some = true;
            }
            return some;
        };
        // No more than the queue holds at a time, so that traces that are due get their turn.
        for _ in 0..self.shared.queue.capacity() {
            let Some(item) = self.shared.queue.pop() else { break };
            let (trace_id, bytes) = (S::trace_id(&item.span), S::bytes(&item.span));
            grouper.push(now, trace_id, item.span, bytes, item.closes);
            some = true;
        }
        some
    }

    /// Moves the next trace that is due to the batch; false where there is none, or the batch is full.
    fn take_trace(&mut self, now: Instant) -> bool {
        if self.spans.len() >= self.shared.batch_spans {
            return false;
        }
        match self.grouper.as_mut().and_then(|grouper| grouper.pop(now)) {
            Some(trace) => {
                self.add_trace(trace);
                true
            }
            None => false,
        }
    }

    fn add_trace(&mut self, trace: Trace<S::Span>) {
        self.spans.extend(trace.spans);
        self.ends.push((self.spans.len(), trace.reason));
    }

    /// Finishes everything that has come so far, unless shutdown gives up before.
    fn drain(&mut self) {
        loop {
            let now = Instant::now();
            if self.give_up.is_some_and(|deadline| now >= deadline) {
                return; // what is left is counted when the worker is dropped
            }
            self.take_from_queue(now);
            while self.take_trace(now) {}
            if self.spans.len() < self.shared.batch_spans
                && let Some(trace) = self.grouper.as_mut().and_then(Grouper::pop_any)
            {
                self.add_trace(trace);
                continue;
            }
            if self.spans.is_empty() {
                return;
            }
            self.process();
        }
    }

    /// Passes the gathered spans through the chain and forwards what is left.
    fn process(&mut self) {
        let count = self.spans.len();
        let mut done = 0;
        let worked = catch_unwind(AssertUnwindSafe(|| self.process_batch(&mut done)));
        if worked.is_err() {
            // A bug of ours, or a panic in the next processor. The spans of this batch that are not accounted for yet are held back.
            tracing::error!(spans = count - done, "a panic while spans were processed; they are withheld");
            self.shared.accounting.withheld(count - done);
            self.spans.clear();
            self.ends.clear();
        }
    }

    /// `done` counts the spans that are accounted for.
    fn process_batch(&mut self, done: &mut usize) {
        self.batch.clear();
        self.batch.now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos() as u64);
        self.source.encode(&self.spans, &mut self.batch);
        for (end, reason) in self.ends.drain(..) {
            self.batch.end_trace_at(end, reason);
        }
        let outcome = self.chain.run(&mut self.batch);
        self.shared.accounting.processed(&outcome);
        *done += outcome.sampled_out + outcome.withheld;
        let edited = self.batch.is_edited();
        let mut left = self.batch.spans().peekable();
        for (index, mut span) in self.spans.drain(..).enumerate() {
            let Some(view) = left.next_if(|view| view.source() == index) else { continue };
            if edited {
                S::write_back(&mut span, view);
            }
            // Counted first: if the next processor panics on it, it has had it.
            self.shared.accounting.forwarded();
            *done += 1;
            self.source.forward(span);
        }
    }

    fn resource(&mut self, resource: &S::Resource) -> S::Resource {
        let head_probability = self.batch.head_probability;
        let mut batch = Batch::new();
        batch.head_probability = head_probability;
        S::encode_resource(resource, &mut batch);
        self.chain.run(&mut batch);
        S::decode_resource(&batch)
    }
}

impl<S: Source> Drop for Worker<S> {
    /// However the worker ends, what it holds and what still comes is counted.
    fn drop(&mut self) {
        let grouped: usize = std::iter::from_fn(|| self.grouper.as_mut()?.pop_any()).map(|trace| trace.spans.len()).sum();
        self.shared.accounting.dropped_shutdown(self.spans.len() + grouped);
        self.shared.closing.store(true, Ordering::SeqCst);
        self.shared.closed.store(true, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        self.shared.discard();
    }
}
