//! What the fuzz targets in `fuzz/` reach besides the interface: edits without a plugin that gives them, and the place of a mistake.

use spansieve_layout::MAX_DEPTH;

use crate::batch::{Batch, EditBounds};
use crate::policy::PolicyError;

/// What edits did to a batch.
pub struct Edited {
    /// How many edits there were.
    pub count: usize,
    /// The spans that were dropped, by their [source](crate::batch::Span::source).
    pub dropped: Vec<u32>,
}

/// Checks edits as a plugin returns them and applies them, within the bounds that plugins have by default.
///
/// # Errors
/// When they break a rule, with what plugins are told.
pub fn edit(batch: &mut Batch, bytes: &[u8]) -> Result<Edited, String> {
    let edited = batch.edit_within(bytes, &EditBounds { items: 1_000_000, nesting: MAX_DEPTH }).map_err(|error| error.to_string())?;
    Ok(Edited { count: edited.count, dropped: edited.dropped })
}

/// Line and column that a mistake in a policy is reported at.
pub fn place(error: &PolicyError) -> Option<(usize, usize)> {
    error.place()
}
