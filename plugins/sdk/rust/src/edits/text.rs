//! Texts that edits bring along, and how texts are named.

use std::fmt;

use spansieve_layout::SEPARATOR;

use super::Edits;
use crate::value::{Key, Text};

/// Names a text for the time of one batch: one of the batch's or a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TextId(pub(crate) u32);

impl TextId {
    /// The text with this index, as in `wit/layout.md`.
    pub const fn from_index(index: u32) -> Self {
        TextId(index)
    }

    /// Its index.
    pub const fn index(self) -> u32 {
        self.0
    }
}

impl From<Text<'_>> for TextId {
    #[inline]
    fn from(text: Text<'_>) -> Self {
        TextId(text.index())
    }
}

impl From<Key<'_>> for TextId {
    fn from(key: Key<'_>) -> Self {
        TextId(key.text().index())
    }
}

impl From<NewText> for TextId {
    fn from(text: NewText) -> Self {
        text.id()
    }
}

/// Names a text that the edits bring along, for the time of one batch. It may be used any number of times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NewText(TextId);

impl NewText {
    /// The same, as one that may also be a text of the batch.
    pub const fn id(self) -> TextId {
        self.0
    }
}

/// What edits take as a text: a string, which becomes a new text, or a text that is there already.
pub trait IntoText {
    /// The text's index, after it was brought along where that is needed.
    fn into_text(self, edits: &mut Edits) -> TextId;
}

impl IntoText for &str {
    #[inline]
    fn into_text(self, edits: &mut Edits) -> TextId {
        edits.text(self).id()
    }
}

impl IntoText for &String {
    #[inline]
    fn into_text(self, edits: &mut Edits) -> TextId {
        edits.text(self).id()
    }
}

macro_rules! into_text {
    ($($name:ty),*) => {$(
        impl IntoText for $name {
            #[inline]
            fn into_text(self, _: &mut Edits) -> TextId {
                self.into()
            }
        }
    )*};
}

into_text!(TextId, NewText, Text<'_>, Key<'_>);

/// What may replace a text of the batch: a string or a new text.
pub trait IntoNewText {
    /// The text's index, after it was brought along where that is needed.
    fn into_new_text(self, edits: &mut Edits) -> NewText;
}

impl IntoNewText for &str {
    #[inline]
    fn into_new_text(self, edits: &mut Edits) -> NewText {
        edits.text(self)
    }
}

impl IntoNewText for NewText {
    #[inline]
    fn into_new_text(self, _: &mut Edits) -> NewText {
        self
    }
}

/// Writes one new text straight into the arena of the edits. It also implements [`fmt::Write`].
pub struct TextWriter<'e>(&'e mut Vec<u8>);

impl TextWriter<'_> {
    /// Appends a string.
    #[inline]
    pub fn push_str(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }

    /// Appends bytes of UTF-8, such as a part of [`Text::as_bytes`] that ends between two characters. Not checked here: the host refuses
    /// edits with a text that is not UTF-8.
    #[inline]
    pub fn push_utf8(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

impl fmt::Write for TextWriter<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push_str(text);
        Ok(())
    }
}

/// Places of the table that finds short texts again. A text that is crowded out is brought along twice, which costs only bytes.
const PLACES: usize = 256;

/// Longer texts are not looked for.
const SHORT: usize = 64;

/// The new texts of a batch.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// Number of texts in the batch: index of the first new one.
    base: u32,
    pub(super) arena: Vec<u8>,
    pub(super) ends: Vec<u32>,
    /// For some texts, by hash: their number among the new ones. Numbers of the batch before are recognised by comparing.
    recent: Vec<u32>,
}

impl Texts {
    pub(super) fn begin(&mut self, base: u32) {
        self.base = base;
        self.arena.clear();
        self.ends.clear();
        self.recent.resize(PLACES, 0);
    }

    #[inline]
    pub(super) fn intern(&mut self, text: &[u8]) -> NewText {
        if text.len() > SHORT {
            return self.push(text);
        }
        let place = hash(text) as usize % PLACES;
        let recent = self.recent[place];
        if self.nth(recent) == Some(text) {
            return NewText(TextId(self.base + recent));
        }
        self.recent[place] = self.ends.len() as u32;
        self.push(text)
    }

    #[inline]
    fn push(&mut self, text: &[u8]) -> NewText {
        self.write(|out| out.push_utf8(text))
    }

    #[inline]
    pub(super) fn write(&mut self, write: impl FnOnce(&mut TextWriter<'_>)) -> NewText {
        let id = TextId(self.base + self.ends.len() as u32);
        write(&mut TextWriter(&mut self.arena));
        self.ends.push(self.arena.len() as u32);
        self.arena.push(SEPARATOR);
        NewText(id)
    }

    /// The text with index `id`, if it is a new one.
    pub(super) fn get(&self, id: u32) -> Option<&[u8]> {
        self.nth(id.checked_sub(self.base)?)
    }

    fn nth(&self, number: u32) -> Option<&[u8]> {
        let number = number as usize;
        let end = *self.ends.get(number)? as usize;
        let start = if number == 0 { 0 } else { self.ends[number - 1] as usize + 1 };
        Some(&self.arena[start..end])
    }
}

/// Eight bytes a step: multiply and fold.
fn hash(bytes: &[u8]) -> u32 {
    const K: u64 = 0x9E37_79B9_7F4A_7C15;
    let (chunks, rest) = bytes.as_chunks::<8>();
    let mut h = bytes.len() as u64;
    for chunk in chunks {
        h = (h.rotate_left(5) ^ u64::from_le_bytes(*chunk)).wrapping_mul(K);
    }
    for byte in rest {
        h = (h.rotate_left(5) ^ u64::from(*byte)).wrapping_mul(K);
    }
    (h >> 40) as u32
}
