//! Taking a batch apart and putting it together again, so that only the spans on which a plugin fails take its failure rule.
//!
//! A batch comes apart into its frame (resources, scopes and loose texts: what stands beside the spans) and runs of spans. Every part has a
//! copy of the resources and scopes, since plugins read them beside spans; what they change of them counts in the frame only.

use std::ops::Range;

use super::Batch;

impl Batch {
    /// Resources, scopes and loose texts, without spans.
    pub(crate) fn frame(&self) -> Batch {
        let mut frame = self.empty_sibling();
        frame.copy(self, |_| false);
        frame
    }

    /// A run of spans with the resources and scopes. A trace that is cut at its ends is whole in the part.
    pub(crate) fn part(&self, spans: Range<usize>) -> Batch {
        let mut part = self.empty_sibling();
        part.copy_heads(self);
        for index in spans.clone() {
            part.copy_span(&self.span(index));
        }
        for (trace, reason) in self.traces() {
            let end = trace.end.min(spans.end);
            if trace.start.max(spans.start) < end {
                part.end_trace_at(end - spans.start, reason);
            }
        }
        part
    }

    /// Adds the spans of a part to a frame of the same batch.
    pub(crate) fn join(&mut self, part: &Batch) {
        for span in part.spans() {
            self.copy_span(&span);
        }
        self.texts.overflowed |= part.texts.overflowed;
        self.edited = true;
    }

    /// Groups the joined spans by trace as the whole batch had them.
    pub(crate) fn join_traces(&mut self, whole: &Batch) {
        let mut done = 0;
        for (trace, reason) in whole.traces() {
            let last = whole.span(trace.end - 1).source();
            let end = done + (done..self.len()).take_while(|index| self.span(*index).source() <= last).count();
            if end > done {
                self.end_trace_at(end, reason);
            }
            done = end;
        }
    }

    /// Makes this batch equal to another, with buffers of its own.
    pub(crate) fn copy_of(&mut self, other: &Batch) {
        self.clear();
        (self.now, self.head_probability) = (other.now, other.head_probability);
        self.copy(other, |_| true);
        self.edited = other.edited;
    }

    fn empty_sibling(&self) -> Batch {
        Batch { now: self.now, head_probability: self.head_probability, ..Batch::default() }
    }
}
