//! What was found in another form of a text, in that form: actions work on what data are, not on how they are written.

use crate::decode::{LEVELS, Views};
use crate::detect::Hit;

/// The forms that some texts have beside their own.
#[derive(Default)]
pub(super) struct Forms {
    pub(super) views: [Views; LEVELS],
    /// Of each hit in a view, the level of the view and the bytes of it.
    found: Vec<(u8, u32, u32)>,
}

impl Forms {
    /// Other texts are looked at.
    pub(super) fn begin(&mut self) {
        self.found.clear();
    }

    /// A hit in a view of this level, as a hit in the texts.
    pub(super) fn note(&mut self, view: &Views, level: usize, hit: &Hit) -> Hit {
        let (start, end) = view.original(hit.start, hit.end);
        self.found.push((level as u8, hit.start, hit.end));
        Hit { start, end, grade: view.grade_at(hit.start), form: self.found.len() as u32, ..*hit }
    }

    /// What a hit found, in the form in which it was found: in the texts themselves that is `own`.
    pub(super) fn of<'f>(&'f self, hit: &Hit, own: &'f [u8]) -> &'f [u8] {
        let noted = (hit.form as usize).checked_sub(1).map(|place| self.found[place]);
        noted.map_or(own, |(level, start, end)| &self.views[usize::from(level)].texts.bytes[start as usize..end as usize])
    }
}
