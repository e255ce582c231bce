//! What is in a text because an action has put it there: it is no data, and no rule looks at it again.

use std::ops::Range;

use memchr::memmem::Finder;

use super::pseudonym;
use super::secret::{Secret, hash_len};

/// Recognises replacements, hashes and pseudonyms.
///
/// Hashes are recognised whichever key made them, so that keys can be changed; hashes and pseudonyms only where the policy has a key. Truncated addresses and parts that
/// were kept are recognised by the action that would make them anew.
pub(crate) struct Done {
    replacement: Vec<u8>,
    finder: Finder<'static>,
    secret: Option<Secret>,
}

impl Done {
    /// Only the replacement.
    pub(crate) fn new(replacement: &str) -> Self {
        Done { replacement: replacement.as_bytes().to_vec(), finder: Finder::new(replacement.as_bytes()).into_owned(), secret: None }
    }

    /// Also what is made with a key.
    pub(crate) fn with_secret(self, secret: Option<Secret>) -> Self {
        Done { secret, ..self }
    }

    pub(crate) fn replacement(&self) -> &[u8] {
        &self.replacement
    }

    /// What a replacement begins with.
    pub(crate) fn first_byte(&self) -> u8 {
        self.replacement[0]
    }

    pub(crate) fn secret(&self) -> Option<&Secret> {
        self.secret.as_ref()
    }

    /// Where what stands at `place` ends, if it was put there.
    #[inline]
    pub(crate) fn end_at(&self, text: &[u8], place: usize) -> Option<usize> {
        // The first byte alone settles it nearly always, and a comparison is a call.
        if text.get(place) == self.replacement.first() && text[place..].starts_with(&self.replacement) {
            return Some(place + self.replacement.len());
        }
        self.made_at(text, place)
    }

    /// The first thing from `from` on that was put there.
    pub(crate) fn find(&self, text: &[u8], from: usize) -> Option<Range<usize>> {
        let replacement = self.finder.find(&text[from..]).map(|found| from + found..from + found + self.replacement.len());
        let until = replacement.as_ref().map_or(text.len(), |found| found.start);
        self.find_made(&text[..until], from).or(replacement)
    }

    /// The first thing from `from` on that was made with a key.
    pub(crate) fn find_made(&self, text: &[u8], from: usize) -> Option<Range<usize>> {
        self.secret.as_ref()?;
        (from..text.len()).find_map(|place| self.made_at(text, place).map(|end| place..end))
    }

    #[inline(always)]
    fn made_at(&self, text: &[u8], place: usize) -> Option<usize> {
        self.made_with(self.secret.as_ref()?, text, place)
    }

    fn made_with(&self, secret: &Secret, text: &[u8], place: usize) -> Option<usize> {
        let len = match text[place] {
            b'[' => hash_len(&text[place..]),
            b'u' | b'a' | b'+' | b'2' | b'0' => pseudonym::len_at(secret, text, place),
            _ => None,
        };
        len.map(|len| place + len)
    }
}
