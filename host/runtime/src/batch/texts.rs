//! The texts of a batch, and its distinct keys.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use spansieve_layout::{NONE, push_text};

/// A batch holds at most so many bytes of text: offsets are u32 and stay far from their end.
pub(super) const MAX_BYTES: usize = 1 << 30;

/// Texts of at least so many bytes may share an index.
const SHARED: usize = 32;

/// Texts that are remembered for sharing.
const RECENT: usize = 256;

/// Texts in one run, by index. A replaced text keeps its index: `forward` then leads to the text that took its place.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    pub(super) arena: Vec<u8>,
    pub(super) end: Vec<u32>,
    /// Empty while no text was replaced; else for each text the one whose content it has.
    forward: Vec<u32>,
    /// Long texts that were pushed lately, by a hash: one that comes again shares its index. Others may have these places by now, so what is found
    /// here is compared.
    recent: Vec<u32>,
    /// Whether a text was left out because the batch would have grown too large; it is empty instead.
    pub(super) overflowed: bool,
}

impl Texts {
    pub(super) fn clear(&mut self) {
        self.overflowed = false;
        self.arena.clear();
        self.end.clear();
        self.forward.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.end.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.arena.len()
    }

    /// Appends a text.
    #[inline]
    pub(super) fn push(&mut self, mut text: &str) -> u32 {
        if self.arena.len() + text.len() >= MAX_BYTES {
            self.overflowed = true;
            text = "";
        }
        let index = self.end.len() as u32;
        push_text(&mut self.arena, &mut self.end, text);
        if !self.forward.is_empty() {
            self.forward.push(index);
        }
        index
    }

    /// Appends a text, unless it is long and came a short time ago: a browser's name or a stack trace is read once by every plugin, not for each span.
    /// Finding short texts again would cost more than it saves.
    #[inline]
    pub(super) fn push_or_share(&mut self, text: &str) -> u32 {
        match text.len() {
            SHARED.. => self.share(text),
            _ => self.push(text),
        }
    }

    fn share(&mut self, text: &str) -> u32 {
        let bytes = text.as_bytes();
        let (Some(start), Some(end)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) else { return self.push(text) };
        let middle = bytes[bytes.len() / 2 - 4..].first_chunk::<8>().copied().unwrap_or_default();
        let [start, middle, end] = [*start, middle, *end].map(u64::from_le_bytes);
        let mixed = (start ^ middle.rotate_left(21) ^ end.rotate_left(42) ^ bytes.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let place = (mixed >> 56) as usize;
        self.recent.resize(RECENT, NONE);
        let known = self.recent[place];
        if (known as usize) < self.end.len() && same(self.bytes_of(known), bytes) {
            return known;
        }
        let index = self.push(text);
        self.recent[place] = index;
        index
    }

    #[inline]
    pub(super) fn bytes_of(&self, index: u32) -> &[u8] {
        let index = if self.forward.is_empty() { index as usize } else { self.forward[index as usize] as usize };
        let start = if index == 0 { 0 } else { self.end[index - 1] as usize + 1 };
        &self.arena[start..self.end[index] as usize]
    }

    /// A text. The arena is made of whole strings, so it always is UTF-8.
    #[inline]
    pub(super) fn get(&self, index: u32) -> &str {
        std::str::from_utf8(self.bytes_of(index)).unwrap_or_default()
    }

    /// Makes `index` have the content of `with` from now on.
    pub(super) fn replace(&mut self, index: u32, with: u32) {
        if self.forward.is_empty() {
            self.forward.extend(0..self.end.len() as u32);
        }
        self.forward[index as usize] = with;
    }

    pub(super) fn has_replaced(&self) -> bool {
        !self.forward.is_empty()
    }

    /// Lays the texts out anew, so that each stands at its own index and nothing of a replaced text is left.
    pub(super) fn flatten(&mut self) {
        if self.forward.is_empty() {
            return;
        }
        let mut arena = Vec::with_capacity(self.arena.len());
        let mut end = Vec::with_capacity(self.end.len());
        for index in 0..self.end.len() as u32 {
            arena.extend_from_slice(self.bytes_of(index));
            end.push(arena.len() as u32);
            arena.push(spansieve_layout::SEPARATOR);
        }
        (self.arena, self.end) = (arena, end);
        self.forward.clear();
    }
}

/// The distinct keys of a batch. Key numbers are dense, so a plugin can hold what it knows of a key in an array.
///
/// Spans of a kind carry the same keys in the same order, so the key that followed this one last time is tried before
/// the table: it is right nearly always, and saves the hash.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys {
    /// For each key, its text.
    pub(super) text: Vec<u32>,
    /// For each key, the key that followed it last; one more entry in front for the first of a group.
    next: Vec<u32>,
    /// The key that was found last, plus 1; 0 at the start of a group.
    previous: u32,
    table: HashTable<u32>,
    hasher: RandomState,
}

impl Keys {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.next.clear();
        self.previous = 0;
        self.table.clear();
    }

    /// Says that the next key is the first of its group.
    #[inline]
    pub(super) fn start_group(&mut self) {
        self.previous = 0;
    }

    /// The key with this text, made where there is none.
    #[inline]
    pub(super) fn intern(&mut self, texts: &mut Texts, key: &str) -> u32 {
        let guess = self.next.get(self.previous as usize).copied().unwrap_or(NONE);
        let found = if guess != NONE && same(texts.bytes_of(self.text[guess as usize]), key.as_bytes()) {
            guess
        } else {
            let found = self.look_up(texts, key);
            self.next[self.previous as usize] = found;
            found
        };
        self.previous = found + 1;
        found
    }

    #[cold]
    fn look_up(&mut self, texts: &mut Texts, key: &str) -> u32 {
        if self.next.is_empty() {
            self.next.push(NONE);
        }
        let hash = self.hasher.hash_one(key);
        if let Some(found) = self.table.find(hash, |&k| texts.bytes_of(self.text[k as usize]) == key.as_bytes()) {
            return *found;
        }
        let text = texts.push(key);
        let index = self.text.len() as u32;
        self.text.push(text);
        self.next.push(NONE);
        let (hasher, text) = (&self.hasher, &self.text);
        self.table.insert_unique(hash, index, |&k| hasher.hash_one(texts.get(text[k as usize])));
        index
    }

    /// After texts of keys were replaced: looks at all keys anew, makes one of those that became equal, and answers with
    /// the new number of each old one.
    pub(super) fn rebuild(&mut self, texts: &mut Texts) -> Vec<u32> {
        let old = std::mem::take(&mut self.text);
        self.clear();
        let mut renumbered = Vec::with_capacity(old.len());
        for text in old {
            let content = texts.get(text).to_owned();
            let hash = self.hasher.hash_one(content.as_str());
            let found = self.table.find(hash, |&k| texts.get(self.text[k as usize]) == content).copied();
            renumbered.push(found.unwrap_or_else(|| {
                let index = self.text.len() as u32;
                self.text.push(text);
                let (hasher, keys) = (&self.hasher, &self.text);
                self.table.insert_unique(hash, index, |&k| hasher.hash_one(texts.get(keys[k as usize])));
                index
            }));
        }
        self.next.resize(self.text.len() + 1, NONE);
        renumbered
    }
}

/// Whether two strings are equal. Most are some twenty bytes long, for which a call of the C library's comparison costs more than the
/// comparison.
#[inline]
pub(super) fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let (Some(a_end), Some(b_end)) = (a.last_chunk::<8>(), b.last_chunk::<8>()) else {
        return a.iter().eq(b);
    };
    let words = a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0);
    words.fold(u64::from_le_bytes(*a_end) ^ u64::from_le_bytes(*b_end), |differ, (a, b)| {
        differ | u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b)
    }) == 0
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn strings_of_every_length_are_told_apart_at_every_place() {
        for len in 0..40 {
            let text: Vec<u8> = (0..len).collect();
            assert!(same(&text, &text.clone()));
            assert!(!same(&text, &[&text[..], b"x"].concat()));
            for place in 0..text.len() {
                let mut other = text.clone();
                other[place] ^= 0x80;
                assert!(!same(&text, &other));
            }
        }
    }
}
