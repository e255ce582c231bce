//! Edits as plugins return them: any bytes are refused and change nothing, or they are applied and leave a batch that is whole.
//!
//! An input is one blob of edits or several behind each other; each is for the batch that the one before it left.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use spansieve_fuzz::{batch_for, check_blob, check_text, mutate, split};
use spansieve_layout::MAX_DEPTH;
use spansieve_runtime::Batch;
use spansieve_runtime::fuzzing::edit;
use spansieve_runtime::text::{self, Style};

fuzz_target!(|input: &[u8]| {
    let mut batch = batch_for(input);
    let mut all = split(input).into_iter().peekable();
    while let Some(edits) = all.next() {
        apply(&mut batch, edits, all.peek().is_none());
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| { mutate(&mut data[..max_size], size, seed) });

fn apply(batch: &mut Batch, edits: &[u8], is_last: bool) {
    // A plugin is handed the batch before it edits it, and is told of two keys.
    let keys = ["user.email".to_owned(), "email".to_owned()];
    let (before, spans, was_edited) = (batch.to_blob(&keys), batch.len(), batch.is_edited());
    match edit(batch, edits) {
        Err(message) => {
            assert!(!message.is_empty());
            assert!(batch.to_blob(&keys) == before, "edits are applied all or none: {message}");
            assert_eq!(batch.is_edited(), was_edited);
        }
        Ok(edited) => {
            assert_eq!(batch.len() + edited.dropped.len(), spans, "every span is there or was dropped");
            assert_eq!(batch.is_edited(), was_edited || edited.count > 0);
            // Behind the last plugin, whose edits are read as they lie, the batch is laid out anew no more.
            let text = is_last.then(|| check_text(batch));
            let after = batch.to_blob(&keys);
            assert!(check_blob(&after) <= MAX_DEPTH, "nothing is nested deeper than the layout allows");
            if let Some(text) = text {
                assert_eq!(text::print(batch, &Style::FULL), text, "laying texts out anew changes nothing that is seen");
                let _ = text::print(batch, &Style::TERSE);
            }
            // What edits stand for is bounded; the columns beside it have a few dozen bytes for each edit.
            assert!(after.len() <= before.len() + (64 << 20) + 64 * edits.len());
        }
    }
}
