//! Lets a plugin rest that fails again and again, so that it does not use up the time of the spans behind it.
//!
//! - **Closed**: every batch goes to the plugin. A few failures in a row are how a poison span is found, and mean nothing.
//! - **Backoff**: more than [`IN_A_ROW`] calls in a row failed. The plugin gets no batch for a moment, twice as long each time, and then a new
//!   instance.
//! - **Open**: [`BACKOFFS`] moments did not help, or failed calls took more than half of the time for a while. The plugin gets no batch for a
//!   second, twice as long each time up to a minute.
//! - **Half-open**: that time is over, and the next batch is a trial. It closes the breaker or opens it again.
//!
//! Batches that the plugin does not get take its failure rule. Time is a parameter throughout: nothing here looks at a clock.

use std::fmt;
use std::time::{Duration, Instant};

/// Failed calls in a row that are forgiven: splitting a batch of 10,000 spans down to one takes six, and poisoned spans come in groups.
const IN_A_ROW: u32 = 32;

/// Moments of backoff before the breaker opens.
const BACKOFFS: u32 = 4;
const FIRST_BACKOFF: Duration = Duration::from_millis(10);

const FIRST_COOLDOWN: Duration = Duration::from_secs(1);
const LONGEST_COOLDOWN: Duration = Duration::from_secs(60);

/// Time in failed calls that may add up, while half of the time that passes is taken off again.
const WASTE: Duration = Duration::from_secs(1);

/// Whether a plugin is given batches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BreakerState {
    /// It is.
    #[default]
    Closed,
    /// Not for a moment: several calls in a row failed.
    Backoff,
    /// Not for a second or more: it failed too often, or its failures took too much time.
    Open,
    /// The next batch is a trial.
    HalfOpen,
}

#[derive(Debug)]
pub(crate) struct Breaker {
    state: BreakerState,
    /// When backoff or cooldown end.
    until: Instant,
    failed_in_a_row: u32,
    backoffs: u32,
    cooldown: Duration,
    /// Time in failed calls, less half of the time that passed since.
    wasted: Duration,
    drained: Instant,
}

/// What may be done with a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    Granted,
    /// One call; if it fails the batch is not split.
    Trial,
    Refused,
}

impl Breaker {
    pub(crate) fn new(now: Instant) -> Self {
        Breaker {
            state: BreakerState::Closed,
            until: now,
            failed_in_a_row: 0,
            backoffs: 0,
            cooldown: FIRST_COOLDOWN,
            wasted: Duration::ZERO,
            drained: now,
        }
    }

    pub(crate) fn state(&self) -> BreakerState {
        self.state
    }

    /// Asks before a call.
    pub(crate) fn admit(&mut self, now: Instant) -> Admission {
        match self.state {
            BreakerState::Closed => Admission::Granted,
            BreakerState::Backoff | BreakerState::Open if now < self.until => Admission::Refused,
            BreakerState::Backoff => Admission::Trial,
            BreakerState::Open => {
                self.state = BreakerState::HalfOpen;
                Admission::Trial
            }
            BreakerState::HalfOpen => Admission::Trial,
        }
    }

    /// Takes note of a call that worked.
    pub(crate) fn succeeded(&mut self) {
        self.failed_in_a_row = 0;
        match self.state {
            BreakerState::Closed => {}
            BreakerState::Backoff | BreakerState::Open | BreakerState::HalfOpen => {
                self.state = BreakerState::Closed;
                (self.backoffs, self.cooldown, self.wasted) = (0, FIRST_COOLDOWN, Duration::ZERO);
            }
        }
    }

    /// Takes note of a call that failed after so long.
    pub(crate) fn failed(&mut self, now: Instant, took: Duration) {
        let passed = now.saturating_duration_since(self.drained);
        self.drained = now;
        self.wasted = self.wasted.saturating_sub(passed / 2) + took;
        self.failed_in_a_row = self.failed_in_a_row.saturating_add(1);
        match self.state {
            BreakerState::HalfOpen => self.open(now, (self.cooldown * 2).min(LONGEST_COOLDOWN)),
            _ if self.wasted > WASTE => self.open(now, FIRST_COOLDOWN),
            _ if self.failed_in_a_row < IN_A_ROW => {}
            _ if self.backoffs == BACKOFFS => self.open(now, FIRST_COOLDOWN),
            _ => {
                self.state = BreakerState::Backoff;
                self.until = now + FIRST_BACKOFF * (1 << self.backoffs);
                self.backoffs += 1;
            }
        }
    }

    fn open(&mut self, now: Instant, cooldown: Duration) {
        self.state = BreakerState::Open;
        (self.cooldown, self.until) = (cooldown, now + cooldown);
    }
}

impl BreakerState {
    /// All of them; the place of each is its number in metrics.
    pub const ALL: [BreakerState; 4] = [BreakerState::Closed, BreakerState::Backoff, BreakerState::Open, BreakerState::HalfOpen];

    /// The state as metrics and logs name it.
    pub fn name(self) -> &'static str {
        match self {
            BreakerState::Closed => "closed",
            BreakerState::Backoff => "backoff",
            BreakerState::Open => "open",
            BreakerState::HalfOpen => "half_open",
        }
    }

    pub(crate) fn code(self) -> u8 {
        self as u8
    }

    pub(crate) fn from_code(code: u8) -> BreakerState {
        BreakerState::ALL[usize::from(code) % BreakerState::ALL.len()]
    }
}

impl fmt::Display for BreakerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUICK: Duration = Duration::from_micros(10);

    fn after(start: Instant, ms: u64) -> Instant {
        start + Duration::from_millis(ms)
    }

    fn fail(breaker: &mut Breaker, now: Instant, times: u32) {
        for _ in 0..times {
            assert_ne!(breaker.admit(now), Admission::Refused);
            breaker.failed(now, QUICK);
        }
    }

    #[test]
    fn a_few_failures_in_a_row_and_any_number_between_successes_mean_nothing() {
        let start = Instant::now();
        let mut breaker = Breaker::new(start);
        for second in 0..100 {
            fail(&mut breaker, after(start, second), IN_A_ROW - 1);
            breaker.succeeded();
        }
        assert_eq!(breaker.state(), BreakerState::Closed);
    }

    #[test]
    fn a_plugin_that_always_fails_gets_longer_and_longer_rests_and_then_the_breaker_opens() {
        let start = Instant::now();
        let mut breaker = Breaker::new(start);
        fail(&mut breaker, start, IN_A_ROW);
        let mut now = start;
        for rest in [10, 20, 40, 80] {
            assert_eq!(breaker.state(), BreakerState::Backoff);
            assert_eq!(breaker.admit(after(now, rest - 1)), Admission::Refused);
            now = after(now, rest);
            assert_eq!(breaker.admit(now), Admission::Trial);
            breaker.failed(now, QUICK);
        }
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            assert_eq!(breaker.state(), BreakerState::Open, "before {seconds} s");
            assert_eq!(breaker.admit(after(now, seconds * 1000 - 1)), Admission::Refused);
            now = after(now, seconds * 1000);
            assert_eq!(breaker.admit(now), Admission::Trial);
            assert_eq!(breaker.state(), BreakerState::HalfOpen);
            breaker.failed(now, QUICK);
        }
    }

    #[test]
    fn one_success_closes_it_and_the_next_time_starts_small_again() {
        let start = Instant::now();
        let mut breaker = Breaker::new(start);
        breaker.failed(start, Duration::from_secs(3));
        assert_eq!(breaker.state(), BreakerState::Open);
        assert_eq!(breaker.admit(after(start, 1000)), Admission::Trial);
        breaker.succeeded();
        assert_eq!((breaker.state(), breaker.admit(after(start, 1000))), (BreakerState::Closed, Admission::Granted));
        fail(&mut breaker, after(start, 10_000), IN_A_ROW);
        assert_eq!(breaker.admit(after(start, 10_010)), Admission::Trial);
    }

    #[test]
    fn failures_that_take_more_than_half_of_the_time_open_it_even_between_successes() {
        let start = Instant::now();
        for (pause, opens) in [(150, true), (250, false)] {
            let mut breaker = Breaker::new(start);
            let mut now = start;
            for _ in 0..100 {
                now = after(now, pause);
                breaker.failed(now, Duration::from_millis(100));
                if breaker.state() == BreakerState::Open {
                    break;
                }
                breaker.succeeded();
            }
            assert_eq!(breaker.state() == BreakerState::Open, opens, "100 ms lost in every {pause} ms");
        }
    }
}
