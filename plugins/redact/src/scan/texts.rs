//! Many texts in one run.

use std::ops::Range;

/// The byte behind each text.
const SEPARATOR: u8 = 0xFF;

/// Texts that lie one behind the other, each followed by 0xFF.
#[derive(Clone, Copy)]
pub(crate) struct Texts<'a> {
    pub(crate) bytes: &'a [u8],
    /// For each text, where its 0xFF lies.
    pub(crate) ends: &'a [u32],
}

impl<'a> Texts<'a> {
    /// Where text `index` lies.
    #[inline]
    pub(crate) fn range(&self, index: usize) -> Range<usize> {
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize + 1 };
        start..self.ends[index] as usize
    }

    /// The bytes of text `index`.
    pub(crate) fn get(&self, index: usize) -> &'a [u8] {
        &self.bytes[self.range(index)]
    }

    /// The text that holds byte `place`, which is not before text `from`.
    pub(crate) fn index_at(&self, place: usize, from: usize) -> usize {
        // Places come in ascending order, so the text is rarely far away.
        let mut step = 1;
        let mut low = from;
        while low + step < self.ends.len() && (self.ends[low + step] as usize) < place {
            low += step;
            step *= 2;
        }
        let high = self.ends.len().min(low + step + 1);
        low + self.ends[low..high].partition_point(|end| (*end as usize) < place)
    }
}

/// The same, growing.
#[derive(Default)]
pub(crate) struct TextsBuf {
    pub(crate) bytes: Vec<u8>,
    pub(crate) ends: Vec<u32>,
}

impl TextsBuf {
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    /// Appends a text.
    pub(crate) fn push(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        self.end_text();
    }

    /// Ends the text whose bytes were appended to `bytes`.
    pub(crate) fn end_text(&mut self) {
        self.ends.push(self.bytes.len() as u32);
        self.bytes.push(SEPARATOR);
    }

    pub(crate) fn as_texts(&self) -> Texts<'_> {
        Texts { bytes: &self.bytes, ends: &self.ends }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_from_any_text_before_it() {
        let mut texts = TextsBuf::default();
        ["", "a", "bcd", "", "", "efgh", "i"].iter().for_each(|text| texts.push(text.as_bytes()));
        let texts = texts.as_texts();
        for index in 0..7 {
            for place in texts.range(index) {
                (0..=index).for_each(|from| assert_eq!(texts.index_at(place, from), index));
            }
        }
    }
}
