//! What the chaos test is made of: an application under load, plugins that fail in every way, a policy that changes all the time, and eyes on all of it.

mod application;
mod candidates;
mod changes;
mod guests;
mod random;
mod totals;
mod watch;

pub use application::{Application, Ended, Weather};
pub use candidates::{Candidates, Defect};
pub use changes::{Changes, Report};
pub use random::Random;
pub use totals::Totals;
pub use watch::{Memory, Pulse, Watchdog};
