//! Sandboxed WebAssembly policies over batches of spans: the part that knows no OpenTelemetry SDK.
//!
//! A [`Policy`] names plugins; a [`Chain`] is those plugins loaded. Spans are encoded into a [`Batch`], the chain
//! runs over it, and what is then in the batch is what may leave.
//!
//! ```
//! use spansieve_runtime::{Batch, Chain, Policy, text};
//!
//! let policy = Policy::parse("{version: 1, plugins: [{use: 'builtin:redact'}]}", "example", std::path::Path::new(""))?;
//! let mut chain = Chain::load(&policy)?;
//!
//! let mut batch = Batch::new();
//! text::parse(r#"GET /login  server  user.email="ada@example.org""#, &mut batch)?;
//! let outcome = chain.run(&mut batch);
//!
//! assert_eq!(outcome.forwarded, 1);
//! assert!(!text::print(&batch, &text::Style::default()).contains("ada@example.org"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The feature `engine`, on by default, is what runs plugins. Without it this crate reads and writes batches and policies, and depends on
//! no WebAssembly engine.

#![cfg_attr(not(feature = "engine"), allow(dead_code, unused_imports, reason = "much of what is left is there for the engine"))]

pub mod batch;
#[cfg(feature = "engine")]
mod breaker;
mod builtin;
#[cfg(feature = "engine")]
mod cache;
#[cfg(feature = "engine")]
mod call;
#[cfg(feature = "engine")]
mod chain;
#[cfg(feature = "engine")]
mod compiled;
#[cfg(feature = "engine")]
mod compilers;
mod edits;
#[cfg(feature = "engine")]
mod engine;
mod error;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod group;
#[cfg(feature = "engine")]
mod host;
mod limits;
#[cfg(feature = "engine")]
mod link;
#[cfg(feature = "engine")]
mod plugin;
mod policy;
#[cfg(feature = "engine")]
mod policy_tests;
#[cfg(feature = "engine")]
mod recipe;
#[cfg(feature = "engine")]
mod reload;
#[cfg(feature = "engine")]
mod schema;
#[cfg(feature = "engine")]
mod secret;
#[cfg(feature = "engine")]
mod shadow;
#[cfg(feature = "engine")]
mod shape;
#[cfg(feature = "engine")]
mod stats;
pub mod text;

pub use batch::Batch;
#[cfg(feature = "engine")]
pub use breaker::BreakerState;
#[cfg(feature = "engine")]
pub use chain::{Chain, ChainStats, Outcome};
#[cfg(feature = "engine")]
pub use engine::set_cache_directory;
pub use error::{CallError, CallErrorKind, LoadError, LoadErrorKind};
pub use group::{GroupLimits, Grouper, Trace};
pub use limits::Limits;
#[cfg(feature = "engine")]
pub use plugin::{Description, Interest, Plugin, PluginOptions};
pub use policy::{OnFailure, Policy, PolicyError, PolicyTest};
#[cfg(feature = "engine")]
pub use policy_tests::{TestFailure, run_tests};
#[cfg(feature = "engine")]
pub use reload::{
    PluginChange, PluginFate, PluginState, ReloadError, ReloadEvent, ReloadOptions, ReloadStep, Reloaded, Reloads, Serving, serve,
};
#[cfg(feature = "engine")]
pub use secret::Secret;
#[cfg(feature = "engine")]
pub use shadow::ShadowStats;
pub use spansieve_layout::TraceReason;
#[cfg(feature = "engine")]
pub use stats::PluginStats;
