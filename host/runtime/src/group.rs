//! Gathering spans into whole traces of this process, for plugins that decide on traces.
//!
//! A trace is handed out a short while after its last open local root has ended, so that children which end after their parent are
//! with it; or when it has waited too long; or when what is held grows past a limit, the oldest trace first. Spans that come for a
//! trace that was handed out before follow it as a late group of their own.
//!
//! Time is a parameter throughout: nothing here looks at a clock.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::{Duration, Instant};

use spansieve_layout::TraceReason;

/// When traces are handed out.
#[derive(Clone, Debug)]
pub struct GroupLimits {
    /// How long after its last open local root has ended; 50 ms.
    pub delay: Duration,
    /// How long after its first span, if its root does not end; 30 s.
    pub timeout: Duration,
    /// Spans held in all; 50,000.
    pub spans: usize,
    /// Bytes held in all, as the caller estimates them; 64 MiB.
    pub bytes: usize,
    /// Spans of one trace; 10,000. Further ones follow late.
    pub trace_spans: usize,
    /// Traces remembered as handed out, so that late spans are known; 100,000, 16 bytes each and the set's overhead.
    pub remembered: usize,
}

impl Default for GroupLimits {
    fn default() -> Self {
        GroupLimits {
            delay: Duration::from_millis(50),
            timeout: Duration::from_secs(30),
            spans: 50_000,
            bytes: 64 << 20,
            trace_spans: 10_000,
            remembered: 100_000,
        }
    }
}

/// Spans of one trace, in the order in which they ended, and why they are handed out now.
#[derive(Debug)]
pub struct Trace<T> {
    /// The spans.
    pub spans: Vec<T>,
    /// The bytes that they hold, as the caller estimated them.
    pub bytes: usize,
    /// Why now.
    pub reason: TraceReason,
}

/// Holds spans until their trace is to be handed out.
#[derive(Debug)]
pub struct Grouper<T> {
    limits: GroupLimits,
    open: HashMap<[u8; 16], Open<T>>,
    /// Traces by the time at which they are due because their root ended, or because they are late. Entries whose trace
    /// is gone, or due at another time by now, are passed over.
    ended: VecDeque<(Instant, [u8; 16])>,
    /// Traces by the time at which they have waited too long. The front is the oldest.
    waiting: VecDeque<(Instant, [u8; 16])>,
    /// Traces to be handed out at once.
    full: VecDeque<[u8; 16]>,
    remembered: Remembered,
    spans: usize,
    bytes: usize,
}

/// Entries of traces that are gone, besides as many as there are open ones, before they are cleared out.
const SPARE: usize = 1000;

#[derive(Debug)]
struct Open<T> {
    spans: Vec<T>,
    bytes: usize,
    since: Instant,
    /// When it is due, once its root ended.
    due: Option<Instant>,
    late: bool,
}

impl<T> Grouper<T> {
    /// A grouper that holds nothing.
    pub fn new(limits: GroupLimits) -> Self {
        let remembered = Remembered { capacity: limits.remembered, ..Remembered::default() };
        Grouper {
            limits,
            open: HashMap::new(),
            ended: VecDeque::new(),
            waiting: VecDeque::new(),
            full: VecDeque::new(),
            remembered,
            spans: 0,
            bytes: 0,
        }
    }

    /// Spans that are held.
    pub fn len(&self) -> usize {
        self.spans
    }

    /// Whether none are held.
    pub fn is_empty(&self) -> bool {
        self.spans == 0
    }

    /// Whether more is held than may be: then it is time to [`pop`](Grouper::pop), and to push nothing.
    pub fn is_crowded(&self) -> bool {
        self.spans > self.limits.spans || self.bytes > self.limits.bytes
    }

    /// Takes a span of about `bytes` bytes. `closes` says that it is a local root and that no other local root of its trace is open.
    pub fn push(&mut self, now: Instant, trace_id: [u8; 16], span: T, bytes: usize, closes: bool) {
        let (limits, remembered, waiting) = (&self.limits, &self.remembered, &mut self.waiting);
        let mut is_new = false;
        let open = self.open.entry(trace_id).or_insert_with(|| {
            is_new = true;
            waiting.push_back((now + limits.timeout, trace_id));
            Open { spans: Vec::new(), bytes: 0, since: now, due: None, late: remembered.has(&trace_id) }
        });
        open.spans.push(span);
        open.bytes += bytes;
        self.spans += 1;
        self.bytes += bytes;
        if open.spans.len() == self.limits.trace_spans {
            self.full.push_back(trace_id);
        }
        if closes || open.late && open.due.is_none() {
            let due = now + self.limits.delay;
            open.due = Some(due);
            self.ended.push_back((due, trace_id));
        }
        if is_new && self.waiting.len() > 2 * self.open.len() + SPARE {
            // One that waits long holds up many behind it that are gone.
            let (open, timeout) = (&self.open, self.limits.timeout);
            self.waiting.retain(|(due, trace_id)| open.get(trace_id).is_some_and(|open| open.since + timeout == *due));
        }
    }

    /// The next trace that is to be handed out at `now`, if there is one.
    pub fn pop(&mut self, now: Instant) -> Option<Trace<T>> {
        while let Some(trace_id) = self.full.pop_front() {
            if self.open.get(&trace_id).is_some_and(|open| open.spans.len() >= self.limits.trace_spans) {
                return self.take(&trace_id, TraceReason::Limit);
            }
        }
        while let Some(&(due, trace_id)) = self.ended.front() {
            if due > now {
                break;
            }
            self.ended.pop_front();
            if self.open.get(&trace_id).is_some_and(|open| open.due == Some(due)) {
                return self.take(&trace_id, TraceReason::RootEnded);
            }
        }
        let crowded = self.is_crowded();
        while let Some(&(due, trace_id)) = self.waiting.front() {
            let gone = self.open.get(&trace_id).is_none_or(|open| open.since + self.limits.timeout != due);
            if gone {
                self.waiting.pop_front();
            } else if crowded || due <= now {
                self.waiting.pop_front();
                return self.take(&trace_id, if due <= now { TraceReason::TimedOut } else { TraceReason::Limit });
            } else {
                break;
            }
        }
        None
    }

    /// The oldest trace, whether it is due or not; for flush and shutdown.
    pub fn pop_any(&mut self) -> Option<Trace<T>> {
        while let Some((_, trace_id)) = self.waiting.pop_front() {
            if self.open.contains_key(&trace_id) {
                return self.take(&trace_id, TraceReason::Flush);
            }
        }
        None
    }

    /// When [`Grouper::pop`] has something next, as far as is known now.
    pub fn next_due(&self) -> Option<Instant> {
        let (ended, waiting) = (self.ended.front(), self.waiting.front());
        [ended, waiting].into_iter().flatten().map(|(due, _)| *due).min()
    }

    fn take(&mut self, trace_id: &[u8; 16], reason: TraceReason) -> Option<Trace<T>> {
        let open = self.open.remove(trace_id)?;
        self.spans -= open.spans.len();
        self.bytes -= open.bytes;
        self.remembered.insert(*trace_id);
        Some(Trace { spans: open.spans, bytes: open.bytes, reason: if open.late { TraceReason::Late } else { reason } })
    }
}

/// A set that forgets the oldest half when it is full.
#[derive(Debug, Default)]
struct Remembered {
    capacity: usize,
    new: HashSet<[u8; 16]>,
    old: HashSet<[u8; 16]>,
}

impl Remembered {
    fn has(&self, trace_id: &[u8; 16]) -> bool {
        self.new.contains(trace_id) || self.old.contains(trace_id)
    }

    fn insert(&mut self, trace_id: [u8; 16]) {
        if self.new.len() >= self.capacity / 2 {
            self.old = std::mem::take(&mut self.new);
        }
        self.new.insert(trace_id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: [u8; 16] = [1; 16];
    const B: [u8; 16] = [2; 16];

    fn after(start: Instant, ms: u64) -> Instant {
        start + Duration::from_millis(ms)
    }

    fn popped(trace: Option<Trace<u32>>) -> Option<(Vec<u32>, TraceReason)> {
        trace.map(|trace| (trace.spans, trace.reason))
    }

    #[test]
    fn a_trace_is_handed_out_a_while_after_its_root_with_children_that_end_later() {
        let (mut grouper, start) = (Grouper::new(GroupLimits::default()), Instant::now());
        grouper.push(start, A, 1, 100, false);
        grouper.push(after(start, 1), A, 2, 100, true);
        grouper.push(after(start, 20), A, 3, 100, false);
        assert!(grouper.pop(after(start, 50)).is_none());
        assert_eq!(grouper.next_due(), Some(after(start, 51)));
        assert_eq!(popped(grouper.pop(after(start, 51))), Some((vec![1, 2, 3], TraceReason::RootEnded)));
        assert!(grouper.is_empty());
    }

    #[test]
    fn a_root_that_never_ends_is_waited_for_only_so_long() {
        let (mut grouper, start) = (Grouper::new(GroupLimits::default()), Instant::now());
        grouper.push(start, A, 1, 100, false);
        assert!(grouper.pop(after(start, 29_999)).is_none());
        assert_eq!(popped(grouper.pop(after(start, 30_000))), Some((vec![1], TraceReason::TimedOut)));
    }

    #[test]
    fn spans_that_come_later_are_late() {
        let (mut grouper, start) = (Grouper::new(GroupLimits::default()), Instant::now());
        grouper.push(start, A, 1, 100, true);
        assert!(grouper.pop(after(start, 60)).is_some());
        grouper.push(after(start, 70), A, 2, 100, false);
        grouper.push(after(start, 80), A, 3, 100, false);
        assert_eq!(popped(grouper.pop(after(start, 120))), Some((vec![2, 3], TraceReason::Late)));
    }

    #[test]
    fn when_too_much_is_held_the_oldest_goes_first() {
        let limits = GroupLimits { bytes: 250, ..GroupLimits::default() };
        let (mut grouper, start) = (Grouper::new(limits), Instant::now());
        grouper.push(start, A, 1, 100, false);
        grouper.push(start, B, 2, 100, false);
        assert!(grouper.pop(start).is_none());
        grouper.push(start, B, 3, 100, false);
        assert_eq!(popped(grouper.pop(start)), Some((vec![1], TraceReason::Limit)));
        assert!(grouper.pop(start).is_none());
    }

    #[test]
    fn traces_that_are_gone_leave_nothing_behind_one_that_waits() {
        let (mut grouper, start) = (Grouper::new(GroupLimits { remembered: 100, ..GroupLimits::default() }), Instant::now());
        grouper.push(start, A, 0, 1, false);
        for number in 0..20_000u128 {
            let now = start + Duration::from_micros(number as u64);
            grouper.push(now, (number << 64).to_be_bytes(), 1, 1, true);
            while grouper.pop(now + Duration::from_millis(50)).is_some() {}
        }
        assert!(grouper.waiting.len() < 3 * SPARE && grouper.ended.is_empty() && grouper.open.len() == 1, "{}", grouper.waiting.len());
        assert_eq!(popped(grouper.pop(after(start, 30_000))), Some((vec![0], TraceReason::TimedOut)));
    }

    #[test]
    fn a_trace_that_grows_too_large_goes_in_parts() {
        let limits = GroupLimits { trace_spans: 2, ..GroupLimits::default() };
        let (mut grouper, start) = (Grouper::new(limits), Instant::now());
        (0..3).for_each(|span| grouper.push(start, A, span, 1, false));
        assert_eq!(popped(grouper.pop(start)), Some((vec![0, 1, 2], TraceReason::Limit)));
        grouper.push(start, A, 3, 1, true);
        assert_eq!(popped(grouper.pop(after(start, 50))), Some((vec![3], TraceReason::Late)));
    }

    #[test]
    fn a_flush_hands_out_everything_in_the_order_of_arrival() {
        let (mut grouper, start) = (Grouper::new(GroupLimits::default()), Instant::now());
        grouper.push(start, B, 1, 1, false);
        grouper.push(start, A, 2, 1, false);
        assert_eq!(popped(grouper.pop_any()), Some((vec![1], TraceReason::Flush)));
        assert_eq!(popped(grouper.pop_any()), Some((vec![2], TraceReason::Flush)));
        assert!(grouper.pop_any().is_none() && grouper.is_empty());
    }
}
