//! A number for each index, all forgotten at once.

/// Says for some indices which number was put there since the last [`Stamps::clear`], which takes no time however many there are.
#[derive(Debug, Default)]
pub(super) struct Stamps {
    generation: u32,
    /// Generation in which the number was put, and the number.
    of: Vec<(u32, u32)>,
}

impl Stamps {
    pub(super) fn clear(&mut self) {
        // The vector starts out with generation 0, which is never current after the first clear.
        self.generation = self.generation.wrapping_add(1);
        if self.generation == 0 {
            self.of.clear();
            self.generation = 1;
        }
    }

    #[inline]
    pub(super) fn get(&self, index: u32) -> Option<u32> {
        self.of.get(index as usize).filter(|(generation, _)| *generation == self.generation).map(|(_, number)| *number)
    }

    #[inline]
    pub(super) fn put(&mut self, index: u32, number: u32) {
        let index = index as usize;
        if index >= self.of.len() {
            self.of.resize(index + 1, (self.generation.wrapping_sub(1), 0));
        }
        self.of[index] = (self.generation, number);
    }
}
