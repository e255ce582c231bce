//! Percent-encoded texts, decoded: what a view shows is mapped back to where it stands in the text.

use crate::scan::{Texts, TextsBuf};

/// How often texts are decoded: `%2540` takes two levels.
pub(crate) const LEVELS: usize = 3;

/// In [the mark of a view](Views::tag): `+` stands for a space in it.
pub(crate) const PLUS: u8 = 0x80;

/// Decoded forms of some texts.
#[derive(Default)]
pub(crate) struct Views {
    pub(crate) texts: TextsBuf,
    /// For each view, whether `+` stands for a space in it.
    plus: Vec<bool>,
    /// For each byte of the views, separators included, where in the original run of texts what it stands for begins.
    origin: Vec<u32>,
}

impl Views {
    pub(crate) fn clear(&mut self) {
        self.texts.clear();
        self.plus.clear();
        self.origin.clear();
    }

    /// Adds the decoded form of the text at `index` of `texts`, and the form in which `+` stands for a space where it has a `+`.
    pub(crate) fn add(&mut self, texts: Texts<'_>, index: usize) {
        let range = texts.range(index);
        let origin = |place: usize| place as u32;
        let text = &texts.bytes[range.clone()];
        if memchr::memchr(b'%', text).is_some() {
            self.decode(texts.bytes, range.clone(), false, origin);
        }
        if memchr::memchr(b'+', text).is_some() {
            self.decode(texts.bytes, range, true, origin);
        }
    }

    /// Adds the decoded form of view `index` of `views`, if there is anything to decode.
    pub(crate) fn add_view(&mut self, views: &Views, index: usize) {
        let texts = views.texts.as_texts();
        if texts.get(index).contains(&b'%') {
            self.decode(texts.bytes, texts.range(index), false, |place| views.origin[place]);
            self.plus.pop();
            self.plus.push(views.plus[index]);
        }
    }

    /// Where bytes `start..end` of the views stand in the original run.
    pub(crate) fn original(&self, start: u32, end: u32) -> (u32, u32) {
        (self.origin[start as usize], self.origin[end as usize])
    }

    /// How what stands at `place` of the views of this level, counted from 0, was decoded: how often, and [`PLUS`].
    pub(crate) fn tag(&self, level: usize, place: u32) -> u8 {
        let view = self.texts.as_texts().index_at(place as usize, 0);
        (level as u8 + 1) | if self.plus[view] { PLUS } else { 0 }
    }

    fn decode(&mut self, bytes: &[u8], range: std::ops::Range<usize>, plus_is_space: bool, origin: impl Fn(usize) -> u32) {
        let mut place = range.start;
        while place < range.end {
            let (byte, len) = match bytes[place] {
                b'%' => encoded_byte(&bytes[place..range.end]).map_or((b'%', 1), |byte| (byte, 3)),
                b'+' if plus_is_space => (b' ', 1),
                byte => (byte, 1),
            };
            self.texts.bytes.push(byte);
            self.origin.push(origin(place));
            place += len;
        }
        self.origin.push(origin(range.end));
        self.plus.push(plus_is_space);
        self.texts.end_text();
    }
}

/// The byte that `%XX` at the start of `bytes` stands for.
fn encoded_byte(bytes: &[u8]) -> Option<u8> {
    let [b'%', high, low] = *bytes.first_chunk()? else { return None };
    let digit = |hex: u8| (hex as char).to_digit(16);
    Some((digit(high)? << 4 | digit(low)?) as u8)
}

/// `text` decoded as often as [`LEVELS`] says.
pub(crate) fn decoded(text: &[u8]) -> Vec<u8> {
    decode_part(text, LEVELS as u8, false)
}

/// A part of a text, decoded as a view was.
pub(crate) fn decode_part(text: &[u8], times: u8, plus_is_space: bool) -> Vec<u8> {
    let mut text = text.to_vec();
    for time in 0..times {
        let plus_is_space = plus_is_space && time == 0;
        if !text.contains(&b'%') && !plus_is_space {
            break;
        }
        let mut out = Vec::with_capacity(text.len());
        let mut place = 0;
        while place < text.len() {
            let byte = encoded_byte(&text[place..]);
            out.push(byte.unwrap_or(if plus_is_space && text[place] == b'+' { b' ' } else { text[place] }));
            place += if byte.is_some() { 3 } else { 1 };
        }
        text = out;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(all: &[&str]) -> TextsBuf {
        let mut texts = TextsBuf::default();
        all.iter().for_each(|text| texts.push(text.as_bytes()));
        texts
    }

    #[test]
    fn a_view_maps_back_to_the_text_byte_by_byte() {
        let texts = texts(&["x", "a%40b%2", "y"]);
        let mut views = Views::default();
        views.add(texts.as_texts(), 1);
        assert_eq!(views.texts.bytes, b"a@b%2\xFF");
        assert_eq!((0..=5).map(|i| views.original(i, i).0).collect::<Vec<_>>(), [2, 3, 6, 7, 8, 9]);
    }

    #[test]
    fn a_view_of_a_view_maps_back_through_both() {
        let texts = texts(&["a%2540b"]);
        let (mut one, mut two) = (Views::default(), Views::default());
        one.add(texts.as_texts(), 0);
        two.add_view(&one, 0);
        assert_eq!(two.texts.bytes, b"a@b\xFF");
        assert_eq!(two.original(1, 2), (1, 6));
        assert_eq!(two.original(0, 3), (0, 7));
    }

    #[test]
    fn a_plus_is_shown_as_it_is_and_as_a_space() {
        let texts = texts(&["%2B44+20"]);
        let mut views = Views::default();
        views.add(texts.as_texts(), 0);
        assert_eq!(views.texts.bytes, b"+44+20\xFF+44 20\xFF");
        assert_eq!(views.original(7, 10), (0, 5));
    }

    #[test]
    fn a_part_is_decoded_as_its_view_was() {
        for text in ["q=%2541+x%40y", "a+b%252B+"] {
            let texts = texts(&[text]);
            let mut levels: [Views; 2] = Default::default();
            levels[0].add(texts.as_texts(), 0);
            let (one, two) = levels.split_at_mut(1);
            (0..one[0].texts.ends.len()).for_each(|view| two[0].add_view(&one[0], view));
            for (level, views) in levels.iter().enumerate() {
                for view in 0..views.texts.ends.len() {
                    let range = views.texts.as_texts().range(view);
                    let tag = views.tag(level, range.start as u32);
                    let decoded = decode_part(text.as_bytes(), tag & !PLUS, tag & PLUS != 0);
                    assert_eq!(decoded, views.texts.as_texts().get(view), "{text} at level {level}");
                }
            }
        }
    }

    #[test]
    fn names_are_decoded_as_often_as_texts() {
        assert_eq!(decoded(b"%74oken"), b"token");
        assert_eq!(decoded(b"%252574oken"), b"token");
        assert_eq!(decoded(b"100%"), b"100%");
    }
}
