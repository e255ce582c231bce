//! How the rest is thinned, and what is honestly said of how many spans a kept one stands for.
//!
//! Three things are known of a trace that arrives: its random number R (`rv` in tracestate, else the low 56 bits of the trace id), the threshold
//! that a sampler before this one has written (`th`), and for traces that began in this process the probability of the head sampler.
//!
//! The head sampler of the Rust SDK, `TraceIdRatioBased`, writes no threshold and keeps *low* values of the trace id, so that what it kept says
//! something about R: with a probability of 1/1000 every trace that it keeps has an R below 2^56 * 0.256, and a threshold of 1/2 on R would then keep none
//! of them. What it does is sampling by another random number: the low 63 bits of the trace id turned around, here its 56 highest, called V. Then
//! it is consistent: it keeps where V >= T. So traces that it has thinned are thinned further by V, and V is written as their `rv`, without which
//! the written threshold would contradict R.

use crate::config::Of;
use crate::threshold::{self, ALL, LEAST};
use crate::tracestate::{Ot, Weight};

/// Where a trace began, as far as its spans tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// In this process: its root is here.
    Here,
    /// In another: the parent of its local root is remote.
    Elsewhere,
    /// Its local root is not here.
    Unknown,
}

/// What is known of a trace.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrival<'a> {
    pub(crate) trace_id: &'a [u8; 16],
    pub(crate) tracestate: &'a str,
    pub(crate) origin: Origin,
    /// Whether the head sampler sampled it.
    pub(crate) sampled: bool,
    /// The probability of the head sampler, where it is known; then traces that it did not sample arrive as well.
    pub(crate) head: Option<f64>,
}

/// Random number and threshold with which a trace arrives.
enum Given {
    /// A threshold that the random number has passed.
    Threshold { random: u64, th: u64 },
    /// None, or one that the random number contradicts.
    None { random: u64, contradicted: bool },
}

impl Arrival<'_> {
    fn given(&self) -> Given {
        let ot = Ot::find(self.tracestate);
        let random = ot.random().unwrap_or_else(|| low(self.trace_id) & (ALL - 1));
        match ot.th {
            Some(th) if random >= th => Given::Threshold { random, th },
            other => Given::None { random, contradicted: other.is_some() },
        }
    }

    /// What is said of a trace that a rule keeps.
    ///
    /// Its spans stand for themselves only, since no other of its sort is lost, where that is known: where unsampled spans arrive too. A threshold
    /// that was written elsewhere is not lowered, unless the trace was not sampled there.
    pub(crate) fn weight_of_rule(&self) -> Weight {
        const ONE: Weight = Weight::Threshold { th: 0, rv: None };
        let all_arrive = self.head.is_some() || !self.sampled;
        match (self.origin, self.given()) {
            _ if !self.sampled => ONE,
            (Origin::Here, _) if all_arrive => ONE,
            (_, Given::Threshold { .. }) => Weight::Leave,
            (_, Given::None { contradicted: true, .. }) => Weight::Unknown,
            (Origin::Unknown, _) if all_arrive => ONE,
            _ => Weight::Leave,
        }
    }

    /// Whether a trace that no rule keeps is kept, given that it is sampled, and what is then said of it.
    pub(crate) fn thin(&self, ratio: f64, of: Of, precision: u32) -> Option<Weight> {
        if ratio < LEAST {
            return None;
        }
        match (self.given(), self.head) {
            (Given::Threshold { random, th }, _) => {
                if ratio >= 1.0 {
                    return Some(Weight::Leave);
                }
                let probability = match of {
                    Of::Sampled => threshold::to_probability(th) * ratio,
                    Of::All => ratio,
                };
                let th = threshold::from_probability(Some(probability).filter(|p| *p >= LEAST)?, precision).max(th);
                (random >= th).then_some(Weight::Threshold { th, rv: None })
            }
            (Given::None { random, .. }, Some(1.0..)) if self.origin == Origin::Here => {
                let th = threshold::from_probability(ratio, precision);
                (random >= th).then_some(Weight::Threshold { th, rv: None })
            }
            (Given::None { random, .. }, Some(head)) if self.origin == Origin::Here && head >= LEAST => {
                // Thinned to `head` already.
                let ratio = if of == Of::All { (ratio / head).min(1.0) } else { ratio };
                let probability = Some(head * ratio).filter(|p| *p >= LEAST)?;
                let turned = ((1 << 63) - 1 - (low(self.trace_id) >> 1)) >> 7;
                if turned >= threshold::from_probability_down(head, 14) {
                    // With a ratio of 1 nothing that the head sampler kept may be lost to rounding.
                    let th = match ratio {
                        1.0.. => threshold::from_probability_down(probability, precision),
                        _ => threshold::from_probability(probability, precision),
                    };
                    (turned >= th).then_some(Weight::Threshold { th, rv: Some(turned) })
                } else {
                    // Another sampler of this probability, which says nothing of R.
                    let own = if ratio >= 1.0 { 0 } else { threshold::from_probability(ratio, precision) };
                    let th = threshold::from_probability(probability, precision).max(own);
                    (random >= own).then(|| Weight::Threshold { th, rv: (random < th).then(|| spread(random, own, th)) })
                }
            }
            (Given::None { random, contradicted }, _) => {
                // How many it stands for is not known, and thinning does not make it known.
                let th = threshold::from_probability(ratio, precision);
                (random >= th).then_some(if contradicted { Weight::Unknown } else { Weight::Leave })
            }
        }
    }
}

/// Where a random number evenly from `from` to `to` goes, evenly from `to` to 2^56.
fn spread(random: u64, from: u64, to: u64) -> u64 {
    let (at, width, target) = (u128::from(random - from), u128::from(to - from), u128::from(ALL - to));
    to + (at * target / width.max(1)) as u64
}

fn low(trace_id: &[u8; 16]) -> u64 {
    let (_, low) = trace_id.split_at(8);
    low.iter().fold(0, |n, byte| n << 8 | u64::from(*byte))
}
