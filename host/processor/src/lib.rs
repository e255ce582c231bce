//! Sandboxed WebAssembly policies for OpenTelemetry spans, as a span processor for the Rust SDK.
//!
//! A [`SieveProcessor`] stands in front of the batch processor. Ended spans pass the plugins of a [`Policy`], which redact, sample and enrich
//! them in a sandbox, before they are batched and exported:
//!
//! ```
//! use opentelemetry_sdk::trace::{BatchSpanProcessor, InMemorySpanExporter, Sampler, SdkTracerProvider};
//! use spansieve::{Policy, RecordAll, SieveProcessor};
//!
//! # let exporter = InMemorySpanExporter::default();
//! let batch = BatchSpanProcessor::builder(exporter).build();
//! let head = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(0.1)));
//! let sieve = SieveProcessor::builder(Policy::standard(), batch).with_head_probability(0.1).build()?;
//! let provider = SdkTracerProvider::builder()
//!     .with_sampler(RecordAll::new(head)) // nothing is thrown away before a policy has seen it
//!     .with_span_processor(sieve)
//!     .build();
//! # provider.shutdown()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

mod accounting;
mod handle;
mod metrics;
mod options;
mod queue;
mod sdk;
mod worker;

pub use accounting::Stats;
pub use handle::Handle;
pub use options::{BuildError, Options, WhenFull};
#[doc(hidden)]
pub use sdk::bench;
pub use sdk::{RecordAll, SieveProcessor, SieveProcessorBuilder, text};
pub use spansieve_runtime::{
    BreakerState, GroupLimits, Limits, OnFailure, PluginChange, PluginFate, PluginState, PluginStats, Policy, PolicyError, ReloadError,
    ReloadEvent, ReloadOptions, ReloadStep, Reloaded, ShadowStats, set_cache_directory,
};
