//! What was taken down, column by column, with what finds a place again.

use spansieve_layout::{Kind, NONE};

use super::stamps::Stamps;

/// How much of everything the batch has: what the edits bring along is numbered from there.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Base {
    pub(super) texts: u32,
    pub(super) ints: u32,
    pub(super) doubles: u32,
    pub(super) bytes: u32,
    pub(super) rows: u32,
    pub(super) groups: u32,
    pub(super) spans: u32,
}

/// Added rows, and for look-ups by key those of each group as a chain from the last to the first.
#[derive(Debug, Default)]
pub(super) struct Added {
    /// [`NONE`] for a row that was removed again.
    pub(super) group: Vec<u32>,
    pub(super) key: Vec<u32>,
    pub(super) kind: Vec<u8>,
    pub(super) value: Vec<u32>,
    pub(super) last_of_group: Stamps,
    pub(super) previous: Vec<u32>,
}

/// Rows whose value changes, each once.
#[derive(Debug, Default)]
pub(super) struct Sets {
    /// [`NONE`] for a row that was removed later.
    pub(super) row: Vec<u32>,
    pub(super) kind: Vec<u8>,
    pub(super) value: Vec<u32>,
    pub(super) place_of: Stamps,
}

/// Rows whose key changes, each once.
#[derive(Debug, Default)]
pub(super) struct Renames {
    /// [`NONE`] for a row that was removed later.
    pub(super) row: Vec<u32>,
    pub(super) key: Vec<u32>,
    pub(super) place_of: Stamps,
}

/// Fields that are set, each once.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) code: Vec<u8>,
    pub(super) index: Vec<u32>,
    pub(super) value: Vec<u32>,
    pub(super) place_of: [Stamps; 12],
}

pub(super) fn is_nested(kind: u8) -> bool {
    kind == Kind::Array as u8 || kind == Kind::Map as u8
}

impl Added {
    pub(super) fn clear(&mut self) {
        self.group.clear();
        self.key.clear();
        self.kind.clear();
        self.value.clear();
        self.last_of_group.clear();
        self.previous.clear();
    }

    #[inline]
    pub(super) fn push(&mut self, group: u32, key: u32, kind: Kind, value: u32) {
        self.group.push(group);
        self.key.push(key);
        self.kind.push(kind as u8);
        self.value.push(value);
    }

    /// Takes the rows that were added since the last look-up into the chains. Who never looks up never pays.
    pub(super) fn chain(&mut self) {
        for place in self.previous.len()..self.group.len() {
            let group = self.group[place];
            self.previous.push(self.last_of_group.get(group).unwrap_or(NONE));
            if group != NONE {
                self.last_of_group.put(group, place as u32);
            }
        }
    }
}

impl Sets {
    pub(super) fn clear(&mut self) {
        self.row.clear();
        self.kind.clear();
        self.value.clear();
        self.place_of.clear();
    }

    #[inline]
    pub(super) fn push(&mut self, row: u32, kind: Kind, value: u32) {
        self.place_of.put(row, self.row.len() as u32);
        self.row.push(row);
        self.kind.push(kind as u8);
        self.value.push(value);
    }
}

impl Renames {
    pub(super) fn clear(&mut self) {
        self.row.clear();
        self.key.clear();
        self.place_of.clear();
    }
}

impl Fields {
    pub(super) fn clear(&mut self) {
        self.code.clear();
        self.index.clear();
        self.value.clear();
        self.place_of.iter_mut().for_each(Stamps::clear);
    }
}
