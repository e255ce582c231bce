//! Eyes on the process: does everything still move, and does its memory stay flat?

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Seconds in which each part has to move at least once. Counted by looks rather than by a clock, so that a machine that stood still is not taken for a
/// deadlock.
const LIMIT: u32 = 30;

/// Something that moves as long as all is well.
#[derive(Clone, Debug, Default)]
pub struct Pulse(Arc<AtomicU64>);

impl Pulse {
    /// It moved.
    pub fn beat(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Ends the process with a message when a part of it has not moved for half a minute.
#[derive(Debug, Default)]
pub struct Watchdog(Vec<(String, Pulse)>);

impl Watchdog {
    /// A pulse that is watched.
    pub fn pulse(&mut self, name: impl Into<String>) -> Pulse {
        let pulse = Pulse::default();
        self.0.push((name.into(), pulse.clone()));
        pulse
    }

    /// Watches until it is over. `describe` says how things stand when a part does not move any more.
    pub fn watch(&self, over: &AtomicBool, describe: impl Fn() -> String) {
        let mut last: Vec<(u64, u32)> = self.0.iter().map(|_| (u64::MAX, 0)).collect();
        while !over.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_secs(1));
            for ((name, pulse), (beats, stood)) in self.0.iter().zip(&mut last) {
                let now = pulse.0.load(Ordering::Relaxed);
                *stood = if now == *beats { *stood + 1 } else { 0 };
                *beats = now;
                if *stood >= LIMIT && !over.load(Ordering::Relaxed) {
                    eprintln!("chaos: {name} has not moved for {LIMIT} s: a deadlock. {}", describe());
                    std::process::abort();
                }
            }
        }
    }
}

/// Resident memory over time.
#[derive(Debug)]
pub struct Memory {
    started: Instant,
    /// Seconds since the start, and bytes.
    samples: Mutex<Vec<(f64, u64)>>,
}

impl Memory {
    /// Starts now.
    pub fn start() -> Memory {
        Memory { started: Instant::now(), samples: Mutex::default() }
    }

    /// Looks; nothing where the operating system does not tell.
    pub fn sample(&self) {
        if let Some(bytes) = resident() {
            self.samples.lock().unwrap_or_else(PoisonError::into_inner).push((self.started.elapsed().as_secs_f64(), bytes));
        }
    }

    /// The most that there was in the first third of the time, which is for warming up, and in the rest; in bytes.
    pub fn peaks(&self) -> Option<(u64, u64)> {
        let samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        let third = samples.last()?.0 / 3.0;
        let most = |is_first: bool| samples.iter().filter(|(at, _)| (*at < third) == is_first).map(|(_, bytes)| *bytes).max();
        Some((most(true)?, most(false)?))
    }

    /// A few samples, in MiB, for people.
    pub fn shown(&self) -> String {
        let samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        let some = samples.iter().step_by((samples.len() / 12).max(1)).map(|(at, bytes)| format!("{at:.0} s: {}", bytes >> 20));
        some.collect::<Vec<_>>().join(", ")
    }
}

fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?;
    Some(kib << 10)
}
