//! Texts as they are meant, or as they look: what is written in another notation or hidden from a byte-wise search is shown in *views* of the text, and
//! what is found in a view is mapped back to where it stands in the text.
//!
//! There are views of what is [escaped](escape) (percent-encoding, escapes of JSON, references of HTML), of what [looks like ASCII](fold) or cannot be
//! seen, and, where a policy asks for it, of [base64]. Views are looked at in the same way, up to [`LEVELS`] deep. Texts that have nothing of the kind
//! have no views; which have, the scanner finds out on its way ([`hides`]). The text itself is always searched too, so a view can only add to what is found.

mod base64;
mod escape;
mod fold;

use std::ops::Range;

use crate::scan::{Texts, TextsBuf};

/// How often texts are decoded: `%2540` takes two levels.
pub(crate) const LEVELS: usize = 3;

/// What a notation stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Byte(u8),
    Char(char),
    Nothing,
}

/// How views are made.
pub(crate) struct Decoding {
    /// The replacement where it would be changed itself. It stays as it is: it has to be known again.
    replacement: Vec<u8>,
    base64: bool,
}

impl Decoding {
    pub(crate) fn new(replacement: &str, base64: bool) -> Self {
        let own = replacement.as_bytes();
        let changes = (0..own.len()).any(|place| [escape::at, fold::form, fold::letter].iter().any(|step| step(&own[place..]).is_some()));
        Decoding { replacement: if changes { own.to_vec() } else { Vec::new() }, base64 }
    }
}

/// Other forms of some texts.
#[derive(Default)]
pub(crate) struct Views {
    pub(crate) texts: TextsBuf,
    /// For each view, the number of its text.
    pub(crate) of: Vec<u32>,
    /// For each view, how good its form is.
    grades: Vec<Grade>,
    /// For each byte of the views, separators included, where in the original run of texts what it stands for begins and ends.
    origins: Vec<(u32, u32)>,
}

/// Which of several forms of the same find says best what it is, the greatest: of those that are written otherwise the one that is decoded most, and `+`
/// for itself rather than for a space; but what only looks like ASCII stays as it is where it is found so.
pub(crate) type Grade = i8;

/// The grade of texts themselves.
pub(crate) const AS_IT_IS: Grade = 0;
const DECODED: Grade = 2;
const PLUS_IS_SPACE: Grade = DECODED - 1;
const FOLDED: Grade = -(LEVELS as Grade + 1) * DECODED;

/// What views are made of: the original texts, or views of them.
#[derive(Clone, Copy)]
struct Source<'s> {
    texts: Texts<'s>,
    above: Option<&'s Views>,
}

impl Source<'_> {
    fn of(&self, index: usize) -> u32 {
        self.above.map_or(index as u32, |above| above.of[index])
    }

    fn grade(&self, index: usize) -> Grade {
        self.above.map_or(AS_IT_IS, |above| above.grades[index])
    }

    fn original(&self, range: Range<usize>) -> (u32, u32) {
        self.above.map_or((range.start as u32, range.end as u32), |above| above.original(range.start as u32, range.end as u32))
    }
}

impl Views {
    /// Shows the texts with the numbers `hidden` in other forms; with base64 all texts have to be looked at.
    pub(crate) fn show(&mut self, texts: Texts<'_>, hidden: &[u32], decoding: &Decoding) {
        self.fill(Source { texts, above: None }, hidden, decoding);
    }

    /// The same for views.
    pub(crate) fn show_views(&mut self, above: &Views, hidden: &[u32], decoding: &Decoding) {
        self.fill(Source { texts: above.texts.as_texts(), above: Some(above) }, hidden, decoding);
    }

    /// Where bytes `start..end` of a view stand in the original run.
    pub(crate) fn original(&self, start: u32, end: u32) -> (u32, u32) {
        (self.origins[start as usize].0, self.origins[end as usize - 1].1)
    }

    /// How good the form of the view at `place` is.
    pub(crate) fn grade_at(&self, place: u32) -> Grade {
        self.grades[self.texts.as_texts().index_at(place as usize, 0)]
    }

    fn fill(&mut self, source: Source<'_>, hidden: &[u32], decoding: &Decoding) {
        self.texts.clear();
        self.of.clear();
        self.grades.clear();
        self.origins.clear();
        for index in hidden {
            let index = *index as usize;
            let text = source.texts.get(index);
            if memchr::memchr3(b'%', b'\\', b'&', text).is_some() {
                self.add(source, index, decoding, DECODED, escape::at);
            }
            // `+` stands for a space in forms.
            if source.above.is_none() && memchr::memchr(b'+', text).is_some() {
                self.add(source, index, decoding, PLUS_IS_SPACE, |bytes| match bytes[0] {
                    b'+' => Some((Piece::Byte(b' '), 1)),
                    _ => escape::at(bytes),
                });
            }
            // What is left to do of a form is done in its own view.
            if !text.is_ascii() && !self.add(source, index, decoding, FOLDED, fold::form) {
                self.add(source, index, decoding, FOLDED, fold::letter);
            }
        }
        if decoding.base64 {
            (0..source.texts.ends.len()).for_each(|index| self.add_base64(source, index));
        }
    }

    /// Adds a form of a text, unless it is the text. Says whether it did.
    fn add(
        &mut self,
        source: Source<'_>,
        index: usize,
        decoding: &Decoding,
        grade: Grade,
        decode: impl Fn(&[u8]) -> Option<(Piece, usize)>,
    ) -> bool {
        let range = source.texts.range(index);
        let text = &source.texts.bytes[..range.end];
        let from = self.texts.bytes.len();
        let mut place = range.start;
        let mut changed = false;
        while place < range.end {
            #[cfg(test)]
            crate::detect::steps::count();
            let rest = &text[place..];
            if !decoding.replacement.is_empty() && rest.starts_with(&decoding.replacement) {
                for byte in &decoding.replacement {
                    self.push(&[*byte], source.original(place..place + 1));
                    place += 1;
                }
                continue;
            }
            let (piece, len) = match decode(rest) {
                Some(found) => {
                    changed = true;
                    found
                }
                None => (Piece::Byte(rest[0]), 1),
            };
            let origin = source.original(place..place + len);
            match piece {
                Piece::Byte(byte) => self.push(&[byte], origin),
                Piece::Char(char) => self.push(char.encode_utf8(&mut [0; 4]).as_bytes(), origin),
                // What cannot be seen goes with what stands before it.
                Piece::Nothing if self.texts.bytes.len() > from => self.origins.last_mut().expect("there is a byte").1 = origin.1,
                Piece::Nothing => {}
            }
            place += len;
        }
        match changed {
            true => self.end(source.of(index), source.grade(index) + grade),
            false => {
                self.texts.bytes.truncate(from);
                self.origins.truncate(from);
            }
        }
        changed
    }

    fn add_base64(&mut self, source: Source<'_>, index: usize) {
        let start = source.texts.range(index).start;
        base64::runs(source.texts.get(index), |run, text| {
            let origin = source.original(start + run.start..start + run.end);
            self.push(text, origin);
            self.end(source.of(index), source.grade(index) + DECODED);
        });
    }

    fn push(&mut self, bytes: &[u8], origin: (u32, u32)) {
        self.texts.bytes.extend_from_slice(bytes);
        self.origins.resize(self.texts.bytes.len(), origin);
    }

    fn end(&mut self, of: u32, grade: Grade) {
        self.grades.push(grade);
        self.texts.end_text();
        self.origins.push((0, 0));
        self.of.push(of);
    }
}

/// Whether a text has any of the bytes at which something may be hidden. A loop without branches.
pub(crate) fn may_hide(text: &[u8]) -> bool {
    text.iter().fold(false, |any, byte| any | matches!(byte, b'%' | b'&' | b'+' | b'\\' | 0x80..))
}

/// Whether something may be hidden at `place`: a byte that is written in another notation begins there, a character that looks like ASCII or cannot be
/// seen, or a `+` there may stand for a space: between a letter or digit and a digit, or behind the word bearer.
pub(crate) fn hides(bytes: &[u8], place: usize) -> bool {
    match bytes[place] {
        b'%' | b'\\' | b'&' => escape::hides(&bytes[place..]),
        0xC2..=0xF4 => fold::hides(bytes, place),
        b'+' => {
            let behind_a_word = place >= 1 && bytes[place - 1].is_ascii_alphanumeric();
            let before_a_digit = bytes.get(place + 1).is_some_and(u8::is_ascii_digit);
            behind_a_word
                && (before_a_digit || bytes[..place].last_chunk().is_some_and(|word: &[u8; 6]| word.eq_ignore_ascii_case(b"bearer")))
        }
        _ => false,
    }
}

/// A name as it is meant and looks, where it is written otherwise.
#[inline]
pub(crate) fn plain(name: &[u8]) -> Option<Vec<u8>> {
    // Nearly every name is done with at that.
    if !may_hide(name) {
        return None;
    }
    (0..name.len()).any(|place| hides(name, place)).then(|| {
        let mut name = name.to_vec();
        for _ in 0..LEVELS {
            name = [escape::at, fold::form, fold::letter].into_iter().fold(name, |name, step| replaced(&name, step));
        }
        name
    })
}

fn replaced(text: &[u8], decode: impl Fn(&[u8]) -> Option<(Piece, usize)>) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut place = 0;
    while place < text.len() {
        #[cfg(test)]
        crate::detect::steps::count();
        let (piece, len) = decode(&text[place..]).unwrap_or((Piece::Byte(text[place]), 1));
        match piece {
            Piece::Byte(byte) => out.push(byte),
            Piece::Char(char) => out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
            Piece::Nothing => {}
        }
        place += len;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(all: &[&str]) -> TextsBuf {
        let mut texts = TextsBuf::default();
        all.iter().for_each(|text| texts.push(text.as_bytes()));
        texts
    }

    fn views(texts: &TextsBuf, hidden: &[u32]) -> Views {
        let mut views = Views::default();
        views.show(texts.as_texts(), hidden, &Decoding::new("[REDACTED]", false));
        views
    }

    #[test]
    fn a_view_maps_back_to_the_text_byte_by_byte() {
        let texts = texts(&["x", "a%40b%2", "y"]);
        let views = views(&texts, &[1]);
        assert_eq!(views.texts.bytes, b"a@b%2\xFF");
        assert_eq!((0..5).map(|i| views.original(i, i + 1)).collect::<Vec<_>>(), [(2, 3), (3, 6), (6, 7), (7, 8), (8, 9)]);
        assert_eq!(views.of, [1]);
    }

    #[test]
    fn a_view_of_a_view_maps_back_through_both() {
        let texts = texts(&["a%2540b"]);
        let (one, mut two) = (views(&texts, &[0]), Views::default());
        two.show_views(&one, &[0], &Decoding::new("[REDACTED]", false));
        assert_eq!(two.texts.bytes, b"a@b\xFF");
        assert_eq!((two.original(1, 2), two.original(0, 3)), ((1, 6), (0, 7)));
    }

    #[test]
    fn a_plus_is_shown_as_it_is_and_as_a_space() {
        let views = views(&texts(&["%2B44+20"]), &[0]);
        assert_eq!(views.texts.bytes, b"+44+20\xFF+44 20\xFF");
        assert_eq!(views.original(7, 10), (0, 5));
    }

    #[test]
    fn what_cannot_be_seen_goes_with_what_stands_before_it() {
        let views = views(&texts(&["\u{AD}4\u{200B}1\u{301} x"]), &[0]);
        assert_eq!(views.texts.bytes, b"41 x\xFF");
        assert_eq!(views.original(0, 2), (2, 9));
    }

    #[test]
    fn a_text_that_hides_nothing_has_no_view() {
        assert_eq!(views(&texts(&["100% & C:\\d 日本"]), &[0]).texts.ends, [0; 0]);
    }

    #[test]
    fn a_run_of_base64_is_found_as_a_whole() {
        let texts = texts(&["to=YW5hQGV4YW1wbGUub3Jn;"]);
        let mut views = Views::default();
        views.show(texts.as_texts(), &[], &Decoding::new("[REDACTED]", true));
        assert_eq!(views.texts.bytes, b"ana@example.org\xFF");
        assert_eq!(views.original(4, 6), (3, 23));
    }

    #[test]
    fn a_replacement_stays_as_it_is() {
        let texts = texts(&["«УДАЛЕНО» %41"]);
        let mut views = Views::default();
        views.show(texts.as_texts(), &[0], &Decoding::new("«УДАЛЕНО»", false));
        assert_eq!(String::from_utf8_lossy(&views.texts.bytes), "«УДАЛЕНО» A\u{FFFD}");
    }

    #[test]
    fn names_are_decoded_as_often_as_texts() {
        let plain = |name: &str| plain(name.as_bytes()).map(|name| String::from_utf8(name).unwrap());
        assert_eq!(plain("%74oken").as_deref(), Some("token"));
        assert_eq!(plain("%252574oken").as_deref(), Some("token"));
        assert_eq!(plain("раssword").as_deref(), Some("password"));
        assert_eq!((plain("100%"), plain("http.route")), (None, None));
    }
}
