//! What the fuzz targets share: batches to edit, mutations of edits, and what must hold of every batch.

#![forbid(unsafe_code)]

mod batches;
mod columns;
mod mutate;
mod promises;

pub use batches::batch_for;
pub use columns::split;
pub use mutate::mutate;
pub use promises::{check_blob, check_text};
