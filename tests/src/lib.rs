//! What the tests of the whole way of a span share; the tests themselves are in `tests/`.

#![forbid(unsafe_code)]

pub mod chaos;
mod collector;
mod draw;
#[path = "../../host/runtime/tests/support/mod.rs"]
mod guest;
pub mod hostile;
mod keep;
pub mod secrets;

pub use collector::{Collector, Exported};
pub use draw::{Draw, span};
pub use guest::{Folder, Guest, policy};
pub use keep::{Keep, eventually};
