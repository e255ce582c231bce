//! Which traces have local roots that are still open.
//!
//! A trace may have several local roots in one process: a service that calls itself over HTTP has the server span of the call beside the
//! root that made it. The trace is whole when the last of them has ended. Only local roots are looked at, so other spans cost nothing.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use opentelemetry::trace::TraceId;

const SHARDS: usize = 16;

/// Traces with open roots that one shard remembers. Roots that never end stay in it, so it has to have a bound; past it a
/// trace counts as whole when any of its roots ends.
const MAX_OPEN: usize = 8192;

#[derive(Debug, Default)]
pub(super) struct OpenRoots([Mutex<HashMap<TraceId, u32>>; SHARDS]);

impl OpenRoots {
    /// A local root was started.
    pub(super) fn started(&self, trace: TraceId) {
        let mut open = self.shard(trace).lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&trace) {
            *count += 1;
        } else if open.len() < MAX_OPEN {
            open.insert(trace, 1);
        }
    }

    /// A local root has ended. Answers whether it was the last open one of its trace.
    pub(super) fn ended(&self, trace: TraceId) -> bool {
        let mut open = self.shard(trace).lock().unwrap_or_else(PoisonError::into_inner);
        match open.get_mut(&trace) {
            Some(count) if *count > 1 => {
                *count -= 1;
                false
            }
            Some(_) => open.remove(&trace).is_some(),
            None => true,
        }
    }

    fn shard(&self, trace: TraceId) -> &Mutex<HashMap<TraceId, u32>> {
        &self.0[trace.to_bytes()[15] as usize % SHARDS]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_whole_when_its_last_open_root_ends() {
        let (roots, trace) = (OpenRoots::default(), TraceId::from_bytes([7; 16]));
        roots.started(trace);
        roots.started(trace);
        assert!(!roots.ended(trace));
        assert!(roots.ended(trace));
        assert!(roots.ended(trace), "one that nobody knows is the last of its own");
    }

    #[test]
    fn roots_that_never_end_do_not_fill_the_memory() {
        let roots = OpenRoots::default();
        for i in 0..(2 * MAX_OPEN as u128) {
            roots.started(TraceId::from_bytes((i << 8).to_be_bytes()));
        }
        assert_eq!(roots.0[0].lock().unwrap().len(), MAX_OPEN);
    }
}
