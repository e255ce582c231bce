//! The attributes of one span or resource that the actions name, as they stand after the actions so far.

use spansieve_plugin::{NONE, TextId};

use crate::look::Attributes;
use crate::plan::Cell;
use crate::work::Work;

/// A value that an attribute has or gets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value {
    /// That of a row of the batch.
    Row(u32),
    Text(TextId),
    Double(f64),
    /// A constant of the configuration, by number.
    Constant(usize),
}

/// One attribute by its key.
#[derive(Clone, Copy, Debug)]
struct State {
    /// The row that had this key when the batch came, or none.
    home: u32,
    /// The row that has it now, or none: then it has to be added.
    row: u32,
    /// `None` where there is no such attribute any more.
    value: Option<Value>,
    changed: bool,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    states: Vec<State>,
    any_changed: bool,
}

impl Cells {
    /// Begins with the rows, or none, that have the keys in the batch.
    #[inline]
    pub(crate) fn begin(&mut self, homes: impl Iterator<Item = u32>) {
        self.states.clear();
        self.any_changed = false;
        self.states.extend(homes.map(|home| State {
            home,
            row: home,
            value: if home == NONE { None } else { Some(Value::Row(home)) },
            changed: false,
        }));
    }

    #[inline]
    pub(crate) fn set(&mut self, cell: Cell, value: Value) {
        let state = &mut self.states[cell];
        state.value = Some(value);
        state.changed = true;
        self.any_changed = true;
    }

    pub(crate) fn delete(&mut self, cell: Cell) {
        let state = &mut self.states[cell];
        if state.value.is_some() {
            (state.row, state.value, state.changed) = (NONE, None, true);
            self.any_changed = true;
        }
    }

    pub(crate) fn rename(&mut self, from: Cell, to: Cell) {
        let State { row, value: Some(value), .. } = self.states[from] else { return };
        if from != to {
            self.delete(from);
            let target = &mut self.states[to];
            (target.row, target.value, target.changed) = (row, Some(value), true);
        }
    }

    /// Takes down the edits that lead from the batch to how things stand.
    #[inline]
    pub(crate) fn write(&self, group: u32, out: &mut Work<'_>) {
        if self.any_changed {
            for (cell, state) in self.states.iter().enumerate().filter(|(_, state)| state.changed) {
                self.write_one(cell, state, group, out);
            }
        }
    }

    #[inline]
    fn write_one(&self, cell: Cell, state: &State, group: u32, out: &mut Work<'_>) {
        // A row whose key went to another cell is renamed there.
        let home_is_free = state.home != NONE && state.row != state.home && !self.states.iter().any(|other| other.row == state.home);
        match state.value {
            None => {
                if home_is_free {
                    out.remove(state.home);
                }
                if state.home != NONE {
                    out.remove_duplicates(state.home, group);
                }
            }
            Some(value) if state.row == NONE && home_is_free => out.set(state.home, value),
            Some(value) if state.row == NONE => out.add(group, cell, value),
            Some(value) => {
                if home_is_free {
                    out.remove(state.home);
                }
                if state.row != state.home {
                    let key = out.key(cell);
                    out.edits.rename_raw(state.row, key);
                }
                if value != Value::Row(state.row) {
                    out.set(state.row, value);
                }
            }
        }
    }
}

impl Attributes for Cells {
    #[inline]
    fn get(&self, cell: Cell) -> Option<Value> {
        self.states[cell].value
    }
}
