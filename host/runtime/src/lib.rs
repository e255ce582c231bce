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

pub mod batch;
mod breaker;
mod builtin;
mod cache;
mod call;
mod chain;
mod compiled;
mod edits;
mod engine;
mod error;
mod group;
mod host;
mod limits;
mod link;
mod plugin;
mod policy;
mod policy_tests;
mod recipe;
mod reload;
mod schema;
mod shadow;
mod shape;
mod stats;
pub mod text;

pub use batch::Batch;
pub use breaker::BreakerState;
pub use chain::{Chain, ChainStats, Outcome};
pub use engine::set_cache_directory;
pub use error::{CallError, CallErrorKind, LoadError, LoadErrorKind};
pub use group::{GroupLimits, Grouper, Trace};
pub use limits::Limits;
pub use plugin::{Description, Interest, Plugin, PluginOptions};
pub use policy::{OnFailure, Policy, PolicyError, PolicyTest};
pub use policy_tests::{TestFailure, run_tests};
pub use reload::{
    PluginChange, PluginFate, PluginState, ReloadError, ReloadEvent, ReloadOptions, ReloadStep, Reloaded, Reloads, Serving, serve,
};
pub use shadow::ShadowStats;
pub use spansieve_layout::TraceReason;
pub use stats::PluginStats;
