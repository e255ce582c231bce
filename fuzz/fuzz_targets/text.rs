//! The text form of spans: what can be parsed can be printed, and says the same when it is parsed again.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use spansieve_fuzz::{check_blob, check_text};
use spansieve_runtime::Batch;
use spansieve_runtime::text::{self, Style};

/// Longer spans have no room behind the time at which spans start whose text does not say it, so they start at another one, and stand in
/// another order when only durations are printed.
const LONG: u64 = 1 << 60;

/// Spans below this level are not indented any further; only ids say which is whose parent then.
const DEEP: usize = 100;

fuzz_target!(|input: &[u8]| -> Corpus {
    let Ok(text) = std::str::from_utf8(input) else { return Corpus::Reject };
    let mut batch = Batch::new();
    match text::parse(text, &mut batch) {
        Err(error) => {
            let line = text.lines().nth(error.line.wrapping_sub(1)).unwrap_or_else(|| panic!("there is no such line: {error}"));
            assert!((1..=line.chars().count() + 1).contains(&error.column), "there is no such column: {error}");
            assert!(!error.to_string().is_empty() && batch.is_empty());
        }
        Ok(()) => {
            check_text(&batch);
            let terse = text::print(&batch, &Style::TERSE);
            let mut again = Batch::new();
            text::parse(&terse, &mut again).unwrap_or_else(|error| panic!("what was printed can't be parsed: {error}\n{terse}"));
            let is_deep = text::layout(&batch, &Style::TERSE).iter().any(|line| line.depth >= DEEP);
            if !is_deep && batch.spans().all(|span| span.start().abs_diff(span.end()) < LONG) {
                assert_eq!(text::print(&again, &Style::TERSE), terse);
            }
            check_blob(&batch.to_blob(&["a".to_owned()]));
        }
    }
    Corpus::Keep
});
