//! How deep and how large a YAML document becomes, watched before it does.
//!
//! A policy must not be able to end the process that reads it. The tree of a document is made and dropped by recursion, so depth is stack;
//! and an alias is a copy, of which a short document can name a great many. The loader's own limit on aliases does not count what lies in keys.

use std::collections::HashMap;

use saphyr_parser::Event;

/// How deep lists and maps may be nested.
pub(super) const MAX_DEPTH: usize = 64;

/// Bytes of text that a policy may have, what aliases copy counted each time.
pub(super) const MAX_BYTES: usize = 16 << 20;

pub(super) fn too_deep() -> String {
    format!("nested deeper than {MAX_DEPTH}")
}

pub(super) fn too_large() -> String {
    format!("more than {} MiB of text, what aliases copy counted each time", MAX_BYTES >> 20)
}

/// The lists and maps around the next event, and what anchors stand for.
#[derive(Default)]
pub(super) struct Shape {
    open: Vec<Open>,
    anchors: HashMap<usize, Size>,
    bytes: usize,
}

struct Open {
    place: Place,
    anchor: usize,
    inside: Size,
}

/// Where the next event of a list or map stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Item,
    Key,
    Value,
}

#[derive(Clone, Copy, Default)]
struct Size {
    depth: usize,
    bytes: usize,
}

impl Shape {
    /// Takes the next event.
    ///
    /// # Errors
    /// When the document would become too deep or too large by it, or a key is no text.
    pub(super) fn check(&mut self, event: &Event<'_>) -> Result<(), String> {
        let is_key = self.open.last().is_some_and(|open| open.place == Place::Key);
        match event {
            Event::Alias(_) | Event::SequenceStart(..) | Event::MappingStart(..) if is_key => Err("expected a plain key".to_owned()),
            Event::Scalar(text, _, anchor, _) => self.value(*anchor, Size { depth: 0, bytes: text.len() }, text.len()),
            Event::Alias(anchor) => {
                let size = self.anchors.get(anchor).copied().unwrap_or_default();
                self.value(0, size, size.bytes)
            }
            Event::SequenceStart(anchor, _) => self.begin(Place::Item, *anchor),
            Event::MappingStart(anchor, _) => self.begin(Place::Key, *anchor),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open { anchor, inside: Size { depth, bytes }, .. }) => self.value(anchor, Size { depth: depth + 1, bytes }, 0),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn begin(&mut self, place: Place, anchor: usize) -> Result<(), String> {
        self.open.push(Open { place, anchor, inside: Size::default() });
        if self.open.len() > MAX_DEPTH { Err(too_deep()) } else { Ok(()) }
    }

    /// A key or value is whole; `new` of its bytes were not counted yet.
    fn value(&mut self, anchor: usize, size: Size, new: usize) -> Result<(), String> {
        if anchor > 0 {
            self.anchors.insert(anchor, size);
        }
        self.bytes += new;
        if self.bytes > MAX_BYTES {
            return Err(too_large());
        }
        if self.open.len() + size.depth > MAX_DEPTH {
            return Err(too_deep());
        }
        if let Some(around) = self.open.last_mut() {
            around.inside.depth = around.inside.depth.max(size.depth);
            around.inside.bytes += size.bytes;
            around.place = match around.place {
                Place::Item => Place::Item,
                Place::Key => Place::Value,
                Place::Value => Place::Key,
            };
        }
        Ok(())
    }
}
