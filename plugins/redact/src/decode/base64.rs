//! Base64 in texts, where a policy asks for it: what is inside is looked at, and where something is found all of it goes.
//!
//! Source: RFC 4648, sections 4 and 5, with or without padding. Nothing says that a run of letters and digits is base64 but that it decodes to a text.

use std::ops::Range;

/// Shorter runs are left alone: twelve bytes are less than most data have, and words of that length decode to texts too easily.
const SHORTEST: usize = 16;

/// Calls `each` with each run of `text` that is base64 of a text, and with that text.
///
/// A run ends where neither alphabet goes on. One that is no base64 as a whole is taken apart at the signs that base64 may hold but that also part
/// words: `/`, `+`, `-`, `_`.
pub(super) fn runs(text: &[u8], mut each: impl FnMut(Range<usize>, &[u8])) {
    let mut decoded = Vec::new();
    let mut place = 0;
    while place < text.len() {
        let end = run_end(text, place, |b| b.is_ascii_alphanumeric() || is_sign(b));
        if end - place >= SHORTEST {
            if decode(&text[place..end], &mut decoded) {
                each(place..padded(text, end), &decoded);
            } else {
                let mut part = place;
                while part < end {
                    let part_end = run_end(text, part, |b| b.is_ascii_alphanumeric());
                    if part_end - part >= SHORTEST && part_end - part < end - place && decode(&text[part..part_end], &mut decoded) {
                        each(part..padded(text, part_end), &decoded);
                    }
                    part = part_end + 1;
                }
            }
        }
        place = end + 1;
    }
}

fn is_sign(byte: u8) -> bool {
    matches!(byte, b'+' | b'/' | b'-' | b'_')
}

fn run_end(text: &[u8], from: usize, class: impl Fn(u8) -> bool) -> usize {
    let mut end = from;
    while end < text.len() && class(text[end]) {
        #[cfg(test)]
        crate::detect::steps::count();
        end += 1;
    }
    end
}

/// Where the padding behind `end` ends.
fn padded(text: &[u8], end: usize) -> usize {
    end + text[end..].iter().take(2).take_while(|b| **b == b'=').count()
}

/// Whether `run` stands for a text, which is then in `out`. What is over at the end of one that was cut off does not count.
fn decode(run: &[u8], out: &mut Vec<u8>) -> bool {
    out.clear();
    let (mut bits, mut have) = (0u32, 0);
    for byte in run {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            _ => 63,
        };
        (bits, have) = ((bits << 6 | u32::from(six)) & 0xFFFF, have + 6);
        if have >= 8 {
            have -= 8;
            out.push((bits >> have) as u8);
        }
    }
    match str::from_utf8(out) {
        Ok(_) => {}
        Err(error) if error.error_len().is_none() => out.truncate(error.valid_up_to()),
        Err(_) => return false,
    }
    !out.iter().any(|b| *b < b' ' && !b.is_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, String)> {
        let mut all = Vec::new();
        runs(text.as_bytes(), |range, decoded| all.push((text[range].to_owned(), String::from_utf8(decoded.to_vec()).unwrap())));
        all
    }

    #[test]
    fn both_alphabets_are_read_with_and_without_padding() {
        for run in [
            "YW5hLnF1aWxsQGV4YW1wbGUub3Jn",
            "eyJtYWlsIjoiYW5hQGV4YW1wbGUub3JnIn0=",
            "eyJtYWlsIjoiYW5hQGV4YW1wbGUub3JnIn0",
            "w7zDvz8_w7zDvz8-w7w",
        ] {
            let found = found(&format!("x={run}, y"));
            assert_eq!(found.len(), 1, "{run}");
            assert_eq!(found[0].0, run);
        }
        assert_eq!(found("data:text/plain;base64,YW5hQGV4YW1wbGUub3Jn")[0].1, "ana@example.org");
    }

    #[test]
    fn a_segment_of_a_path_is_read_by_itself() {
        assert_eq!(found("/cb/v1/YW5hQGV4YW1wbGUub3Jn/x"), [("YW5hQGV4YW1wbGUub3Jn".into(), "ana@example.org".into())]);
    }

    #[test]
    fn a_run_that_is_cut_off_is_read_as_far_as_it_goes() {
        assert_eq!(found("YW5hQGV4YW1wbGUub3JnIGFuZCB4w7")[0].1, "ana@example.org and x");
    }

    #[test]
    fn words_numbers_and_binary_data_are_none() {
        for text in [
            "short",
            "ContentTypeNegotiationFilter",
            "7f3a9c51d2e84b06a1c9f0e2d4b6a8c0",
            "4111111111111111",
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAA",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
