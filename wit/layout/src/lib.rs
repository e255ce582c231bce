//! The byte layout in which spans cross into spansieve plugins and edits cross back: `wit/layout.md` as Rust.
//!
//! Host and Rust SDK share this crate. It knows where columns lie and that they are whole; what their values mean, and
//! whether an index is in range, is for the reader to check.
//!
//! ```
//! use spansieve_layout::{Blob, Column, Header, Magic, Writer};
//!
//! let mut out = Vec::new();
//! let mut writer = Writer::new(&mut out, &Header { magic: Magic::Edits, ..Header::default() }, 1);
//! writer.elements(Column::DropSpan, &[3u32, 5]);
//! writer.finish();
//!
//! let blob = Blob::parse(&out, Magic::Edits)?;
//! assert_eq!(blob.u32s(Column::DropSpan).iter().collect::<Vec<_>>(), [3, 5]);
//! # Ok::<(), spansieve_layout::LayoutError>(())
//! ```

#[cfg(target_endian = "big")]
compile_error!("spansieve copies columns as they lie in memory, which is little-endian; big-endian machines are not supported yet");

mod column;
mod read;
mod write;

pub use column::{Column, Field, Kind, TraceReason};
pub use read::{Blob, F64s, I64s, LayoutError, Strings, U32s, U64s};
pub use write::{Writer, push_text};

/// The layout version that this crate reads and writes.
pub const VERSION: u16 = 1;

/// Stands where a text, key or row is absent.
pub const NONE: u32 = u32::MAX;

/// The byte after each text. It never occurs in UTF-8, so no match of a scanner crosses it.
pub const SEPARATOR: u8 = 0xFF;

/// Bytes before the directory of columns.
pub const HEADER_LEN: usize = 48;

/// Bytes of one entry of the directory: id, offset, length.
pub const ENTRY_LEN: usize = 12;

/// How deep values may be nested, in a batch or by edits.
pub const MAX_DEPTH: usize = 64;

/// Bit of `span-flags` and `link-flags` that says: sampled (W3C trace flags).
pub const FLAG_SAMPLED: u32 = 1;
/// Bit of `span-flags` and `link-flags` that says: [`FLAG_IS_REMOTE`] is known (OTLP).
pub const FLAG_HAS_IS_REMOTE: u32 = 0x100;
/// Bit of `span-flags` and `link-flags` that says: the parent, or the linked span, is remote (OTLP).
pub const FLAG_IS_REMOTE: u32 = 0x200;

/// Which of the two blobs it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Magic {
    /// A batch of spans, from the host to a plugin.
    #[default]
    Batch,
    /// Edits, from a plugin to the host.
    Edits,
}

impl Magic {
    /// The first four bytes of such a blob.
    pub const fn bytes(self) -> [u8; 4] {
        match self {
            Magic::Batch => *b"SSVB",
            Magic::Edits => *b"SSVE",
        }
    }
}

/// What stands before the columns.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Header {
    /// Batch or edits.
    pub magic: Magic,
    /// Every text of the batch is ASCII, so byte offsets are character offsets.
    pub ascii: bool,
    /// Spans are grouped by trace; `trace-end` and `trace-reason` are there when asked for.
    pub grouped: bool,
    /// Number of spans; 0 in edits.
    pub spans: u32,
    /// The time of the batch in Unix nanoseconds; 0 in edits.
    pub now: u64,
    /// The probability with which the head sampler sampled; NaN where unknown; 0 in edits.
    pub head_probability: f64,
}

/// Rounds up to the next multiple of 8, where columns start.
pub(crate) const fn align8(n: usize) -> usize {
    n.next_multiple_of(8)
}
