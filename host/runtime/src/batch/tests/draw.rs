//! Choices, drawn from numbers that proptest made, so that a failing case shrinks.

/// Keys are few, so that spans share them and edits make two of them equal.
pub(super) const KEYS: [&str; 8] = ["a", "b", "http.route", "user.email", "k\u{e9}y", "", "nested", "tags"];

const TEXTS: [&str; 8] = ["", "a", "GET /cart", "ada@example.org", "\u{fffd}\u{10ffff}", "tab\tand\nline", "b", "\u{7f}\u{80}"];

/// Answers 0 once the numbers are used up.
pub(super) struct Draw<'a>(std::slice::Iter<'a, u32>);

impl<'a> Draw<'a> {
    pub(super) fn new(choices: &'a [u32]) -> Self {
        Draw(choices.iter())
    }

    pub(super) fn u32(&mut self) -> u32 {
        self.0.next().copied().unwrap_or(0)
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.u32() as usize % limit
    }

    /// True once in so many times; never when the numbers are used up.
    pub(super) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    pub(super) fn key(&mut self) -> String {
        KEYS[self.below(KEYS.len())].to_owned()
    }

    pub(super) fn text(&mut self) -> String {
        match self.u32() {
            number if number % 4 == 0 => format!("text {}", number % 1000),
            number => TEXTS[(number / 4) as usize % TEXTS.len()].to_owned(),
        }
    }

    pub(super) fn number(&mut self) -> i64 {
        [0, 1, -1, i64::MIN, i64::MAX, 1 << 40][self.below(6)]
    }

    pub(super) fn double(&mut self) -> f64 {
        [0.0, -0.0, f64::NAN, f64::INFINITY, 1.5, f64::MIN_POSITIVE][self.below(6)]
    }

    pub(super) fn bytes(&mut self) -> Vec<u8> {
        let length = self.below(5);
        (0..length).map(|_| self.u32() as u8).collect()
    }

    pub(super) fn id<const N: usize>(&mut self) -> [u8; N] {
        let number = self.u32();
        std::array::from_fn(|at| (number >> (8 * (at % 4))) as u8 ^ at as u8)
    }

    /// Puts a list into another order.
    pub(super) fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, at - self.below(at + 1));
        }
    }
}
