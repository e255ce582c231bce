//! The worker: takes spans from the queue, passes them through the plugins in batches, hands on what is left.
//!
//! Application threads only push into the queue. All that can take time happens in one thread of the processor's own, which
//! knows nothing of the SDK: what a span is, [`Source`] says.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{Ordering, fence};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use spansieve_runtime::batch::Span;
use spansieve_runtime::{Batch, GroupLimits, Grouper, Serving, Trace, TraceReason};

use crate::Options;
use crate::metrics::Durations;
use crate::queue::{Order, Shared};

/// The SDK's side: spans as they come and go, and where they go to.
pub(crate) trait Source: Send + Sync + 'static {
    type Span: Send + 'static;
    type Resource: Send + 'static;

    fn trace_id(span: &Self::Span) -> [u8; 16];
    fn encode(&self, spans: &[Self::Span], batch: &mut Batch);
    /// Makes a span equal to what the batch says of it.
    fn write_back(span: &mut Self::Span, from: Span<'_>);
    fn encode_resource(resource: &Self::Resource, batch: &mut Batch);
    /// The resource that the batch holds.
    fn decode_resource(batch: &Batch) -> Self::Resource;
    /// The resource as the application gave it, if it did.
    fn resource(&self) -> Option<Self::Resource>;
    /// Hands the resource as it leaves to the next processor; false where that has to wait.
    fn replace_resource(&self, resource: &Self::Resource) -> bool;
    fn forward(&self, span: Self::Span);
    /// Called once, in the worker's thread; what it answers lives as long as the thread works.
    fn enter_worker() -> Box<dyn std::any::Any>;
}

/// Starts the worker's thread.
pub(crate) fn start<S: Source>(
    shared: &Arc<Shared<S>>,
    source: Arc<S>,
    serving: Serving,
    durations: Arc<Durations>,
    options: &Options,
) -> std::io::Result<()> {
    let mut batch = Batch::new();
    batch.head_probability = options.head_probability.unwrap_or(f64::NAN);
    let worker = Worker {
        shared: Arc::clone(shared),
        source,
        grouper: serving.groups_traces().then(|| Grouper::new(options.grouping.clone())),
        serving,
        durations,
        batch,
        gathered: Gathered::default(),
        due: None,
        grouping: options.grouping.clone(),
        batch_bytes: options.batch_bytes,
        batch_delay: options.batch_delay,
        resource_is_due: false,
        give_up: None,
    };
    let handle = std::thread::Builder::new().name("spansieve".into()).spawn(move || {
        let _guard = S::enter_worker();
        worker.work();
    })?;
    shared.set_thread(handle.thread().clone());
    Ok(())
}

struct Worker<S: Source> {
    shared: Arc<Shared<S>>,
    source: Arc<S>,
    serving: Serving,
    durations: Arc<Durations>,
    batch: Batch,
    gathered: Gathered<S::Span>,
    /// When the gathered spans are to be worked on at the latest.
    due: Option<Instant>,
    grouper: Option<Grouper<S::Span>>,
    grouping: GroupLimits,
    batch_bytes: usize,
    batch_delay: Duration,
    /// The policy changed since the next processor was given the resource.
    resource_is_due: bool,
    /// When shutdown gives up.
    give_up: Option<Instant>,
}

/// The spans of the batch that is being gathered.
struct Gathered<T> {
    spans: Vec<T>,
    bytes: usize,
    /// Where traces end among them, and why they are there; empty where spans are not grouped.
    ends: Vec<(usize, TraceReason)>,
}

impl<T> Default for Gathered<T> {
    fn default() -> Self {
        Gathered { spans: Vec::new(), bytes: 0, ends: Vec::new() }
    }
}

/// Whether the worker goes on.
#[derive(PartialEq, Eq)]
enum Next {
    Go,
    End,
}

/// How long the worker rests after a panic of its own, so that one that comes back does not keep a core busy.
const REST: Duration = Duration::from_millis(10);

impl<S: Source> Worker<S> {
    fn work(mut self) {
        loop {
            match catch_unwind(AssertUnwindSafe(|| self.step())) {
                Ok(Next::Go) => {}
                Ok(Next::End) => return,
                Err(_) => {
                    self.recover();
                    std::thread::sleep(REST);
                }
            }
        }
    }

    fn step(&mut self) -> Next {
        self.shared.told.store(false, Ordering::Release);
        let now = Instant::now();
        self.turn(now);
        // Before spans: under full load there is always another batch.
        for order in self.shared.take_orders() {
            if self.obey(order) == Next::End {
                return Next::End;
            }
        }
        let some_came = self.take_from_queue(now, usize::MAX) > 0;
        while self.grouper.is_some() && self.take_trace(now) {}
        if !self.gathered.spans.is_empty() {
            let due = *self.due.get_or_insert(now + self.batch_delay);
            if now >= due || self.is_full() {
                self.process();
                return Next::Go;
            }
        }
        if self.shared.is_closed() {
            return Next::End; // shutdown did not wait for us; what is held is counted when the worker is dropped
        }
        self.sleep(some_came);
        Next::Go
    }

    fn obey(&mut self, order: Order<S>) -> Next {
        match order {
            Order::Flush(reply) => {
                // What comes meanwhile is not waited for: under full load that would never end.
                self.drain(self.shared.occupancy().0);
                let _ = reply.send(());
            }
            Order::Resource(resource, reply) => {
                // Without an answer the caller goes on with no resource at all.
                if let Ok(resource) = catch_unwind(AssertUnwindSafe(|| self.pass_resource(&resource))) {
                    let _ = reply.send(resource);
                }
            }
            Order::Shutdown(deadline, reply) => {
                self.give_up = Some(deadline);
                self.drain(usize::MAX);
                self.count_what_is_held();
                self.shared.close();
                let _ = reply.send(());
                return Next::End;
            }
        }
        Next::Go
    }

    /// Lets the generation change, which it does between two batches only.
    fn turn(&mut self, now: Instant) {
        if self.serving.turn(now) {
            match (self.serving.groups_traces(), self.grouper.is_some()) {
                (true, false) => self.grouper = Some(Grouper::new(self.grouping.clone())),
                (false, true) => self.ungroup(),
                _ => {}
            }
            self.resource_is_due = true;
        }
        if self.resource_is_due {
            self.resource_is_due = false;
            let replaced = catch_unwind(AssertUnwindSafe(|| {
                let Some(resource) = self.source.resource() else { return true };
                let resource = self.pass_resource(&resource);
                self.source.replace_resource(&resource)
            }));
            if replaced.is_err() {
                // Once is enough: it would panic again.
                tracing::error!(
                    "a panic while the resource was handed on after a change of policy; the next processor may have the one before"
                );
            }
            self.resource_is_due = replaced.is_ok_and(|replaced| !replaced);
        }
    }

    /// Works on everything that was held for its trace: nobody asks for whole traces any more.
    fn ungroup(&mut self) {
        while let Some(trace) = self.grouper.as_mut().and_then(Grouper::pop_any) {
            self.add_trace(trace);
            if self.is_full() {
                self.process();
            }
        }
        self.process();
        self.grouper = None;
    }

    /// Sleeps until there is something to do. Spans come in bursts: while some come, or a batch is being gathered, the worker looks
    /// into the queue every so often, and nobody has to wake it; only then does it sleep until somebody does.
    fn sleep(&self, some_came: bool) {
        let trace_due = self.grouper.as_ref().and_then(Grouper::next_due);
        let now = Instant::now();
        let look = (some_came || self.resource_is_due).then(|| now + self.batch_delay);
        let due = [self.due, trace_due, look].into_iter().flatten().min().map(|due| due.saturating_duration_since(now));
        if let (true, Some(due)) = (self.due.is_some() || some_came, due) {
            return std::thread::park_timeout(due);
        }
        self.shared.idle.store(true, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        if self.shared.is_quiet() && !self.shared.is_closed() {
            due.map_or_else(std::thread::park, std::thread::park_timeout);
        }
        self.shared.idle.store(false, Ordering::SeqCst);
    }

    fn is_full(&self) -> bool {
        self.gathered.spans.len() >= self.shared.batch_spans() || self.gathered.bytes >= self.batch_bytes
    }

    /// Moves spans from the queue to the batch, or to their traces, but no more than `most`. Answers how many there were.
    fn take_from_queue(&mut self, now: Instant, most: usize) -> usize {
        let mut taken = 0;
        if self.grouper.is_none() {
            while taken < most && !self.is_full() {
                let Some(item) = self.shared.pop() else { break };
                self.gathered.bytes += item.bytes;
                self.gathered.spans.push(item.span);
                taken += 1;
            }
            return taken;
        }
        let Some(grouper) = &mut self.grouper else { return taken };
        // No more than the queue holds at a time, so that traces that are due get their turn; and none while more is grouped than may be, so that
        // what can't be worked on in time is dropped before the queue.
        while taken < most.min(self.shared.occupancy().1) && !grouper.is_crowded() {
            let Some(item) = self.shared.pop() else { break };
            grouper.push(now, S::trace_id(&item.span), item.span, item.bytes, item.closes);
            taken += 1;
        }
        taken
    }

    /// Moves the next trace that is due to the batch; false where there is none, or the batch is full.
    fn take_trace(&mut self, now: Instant) -> bool {
        if self.is_full() {
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
        self.gathered.spans.extend(trace.spans);
        self.gathered.bytes += trace.bytes;
        self.gathered.ends.push((self.gathered.spans.len(), trace.reason));
    }

    /// Finishes what is held and the next `queued` spans of the queue, unless shutdown gives up before.
    fn drain(&mut self, mut queued: usize) {
        loop {
            let now = Instant::now();
            if self.give_up.is_some_and(|deadline| now >= deadline) {
                return;
            }
            // A candidate does not wait for a flush.
            if self.give_up.is_none() {
                self.turn(now);
            }
            queued -= self.take_from_queue(now, queued);
            while self.take_trace(now) {}
            if !self.is_full()
                && let Some(trace) = self.grouper.as_mut().and_then(Grouper::pop_any)
            {
                self.add_trace(trace);
                continue;
            }
            if self.gathered.spans.is_empty() {
                return;
            }
            self.process();
        }
    }

    /// Passes the gathered spans through the generation in service and forwards what is left.
    fn process(&mut self) {
        self.due = None;
        let gathered = std::mem::take(&mut self.gathered);
        let count = gathered.spans.len();
        let mut done = 0;
        let worked = catch_unwind(AssertUnwindSafe(|| self.process_batch(gathered, &mut done)));
        if worked.is_err() {
            // A bug of ours. The spans of this batch that are not accounted for yet are held back: nobody knows what was done to them.
            tracing::error!(spans = count - done, "a panic in spansieve while spans were processed; they are withheld");
            self.shared.accounting.withheld(count - done);
            self.serving.chain().discard_instances();
            self.batch = self.empty_batch();
        }
    }

    /// `done` counts the spans that are accounted for.
    fn process_batch(&mut self, gathered: Gathered<S::Span>, done: &mut usize) {
        let Gathered { mut spans, mut ends, .. } = gathered;
        self.batch.clear();
        self.batch.now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos() as u64);
        self.source.encode(&spans, &mut self.batch);
        for (end, reason) in ends.drain(..) {
            self.batch.end_trace_at(end, reason);
        }
        let outcome = self.serving.run(&mut self.batch);
        self.durations.record(self.serving.chain());
        self.shared.accounting.processed(&outcome);
        *done += outcome.sampled_out + outcome.withheld;
        if self.shared.is_closed() {
            // Shutdown did not wait for this batch, and the next processor takes nothing any more.
            self.shared.accounting.dropped_shutdown(outcome.forwarded);
            *done += outcome.forwarded;
            return;
        }
        let edited = self.batch.is_edited();
        let mut left = self.batch.spans().peekable();
        for (index, mut span) in spans.drain(..).enumerate() {
            let Some(view) = left.next_if(|view| view.source() == index) else { continue };
            if edited {
                S::write_back(&mut span, view);
            }
            // Counted first: if the next processor panics on it, it has had it.
            self.shared.accounting.forwarded(view.is_stripped());
            *done += 1;
            if catch_unwind(AssertUnwindSafe(|| self.source.forward(span))).is_err() {
                self.shared.accounting.next_panicked();
            }
        }
        // Their memory serves the next batch.
        self.gathered.spans = spans;
        self.gathered.ends = ends;
    }

    fn pass_resource(&mut self, resource: &S::Resource) -> S::Resource {
        let mut batch = self.empty_batch();
        S::encode_resource(resource, &mut batch);
        self.serving.run(&mut batch);
        S::decode_resource(&batch)
    }

    fn empty_batch(&self) -> Batch {
        let mut batch = Batch::new();
        batch.head_probability = self.batch.head_probability;
        batch
    }

    /// Goes on after a panic of the worker's own, between two batches.
    fn recover(&mut self) {
        let held = self.held();
        tracing::error!(spans = held, "a panic in spansieve; the spans that it held are withheld");
        self.shared.accounting.withheld(held);
        self.due = None;
        if self.grouper.is_some() {
            self.grouper = Some(Grouper::new(self.grouping.clone()));
        }
    }

    fn count_what_is_held(&mut self) {
        let held = self.held();
        self.shared.accounting.dropped_shutdown(held);
    }

    /// Lets go of the spans that are gathered or grouped, and answers how many there were.
    fn held(&mut self) -> usize {
        let grouped: usize = std::iter::from_fn(|| self.grouper.as_mut()?.pop_any()).map(|trace| trace.spans.len()).sum();
        std::mem::take(&mut self.gathered).spans.len() + grouped
    }
}

impl<S: Source> Drop for Worker<S> {
    /// However the worker ends, what it holds and what still comes is counted.
    fn drop(&mut self) {
        self.count_what_is_held();
        self.shared.end();
    }
}
