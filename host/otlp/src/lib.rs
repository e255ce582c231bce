//! OTLP for spansieve: reads documents of spans, encodes them into a [`Batch`](spansieve_runtime::Batch), and makes them equal to
//! what the batch says after plugins edited it.
//!
//! ```
//! use spansieve_otlp::{Traces, json, read};
//! use spansieve_runtime::{Batch, text};
//!
//! let document = br#"{"resourceSpans": [{"scopeSpans": [{"spans": [{"name": "GET /login", "kind": 2}]}]}]}"#;
//! let input = read(document, "example.json")?;
//!
//! let mut traces = Traces::new(input.requests)?;
//! let mut batch = Batch::new();
//! for spans in traces.chunks(512) {
//!     let image = traces.encode(&spans, &mut batch);
//!     // .. plugins edit the batch here ..
//!     assert_eq!(text::print(&batch, &text::Style::TERSE), "GET /login  server\n");
//!     traces.write_back(&image, &batch)?;
//! }
//! let requests = traces.finish();
//! assert_eq!(json::write(&requests[0]), r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"GET /login","kind":2}]}]}]}"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! **Nothing leaves that plugins have not seen.** Fields that OTLP does not know are not carried on, neither from JSON ([`Input::unknown`]
//! names them) nor from protobuf; texts that the batch has no column for, such as those of entity references, are encoded as loose
//! texts; spans, scopes and resources that were never encoded are dropped by [`Traces::finish`].

#![forbid(unsafe_code)]

mod encode;
pub mod json;
mod read;
#[cfg(test)]
mod tests;
mod traces;
mod values;
mod write_back;

pub use encode::Image;
pub use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest as Request;
pub use read::{Form, Input, Place, ReadError, read};
pub use traces::{BadId, Traces};
pub use write_back::Overflowed;
