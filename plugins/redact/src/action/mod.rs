//! What becomes of what is found: the actions as data, and the writing of what takes a find's place.

mod done;
mod pseudonym;
mod secret;
mod write;

pub(crate) use done::Done;
pub(crate) use secret::Secret;
pub(crate) use write::{Writer, is_phone};

/// What becomes of what a rule finds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Action {
    /// The replacement takes its place.
    #[default]
    Mask,
    /// It goes; found by the key of an attribute, the attribute goes.
    Remove,
    /// A keyed hash takes its place.
    Hash,
    /// A made-up value of the same kind takes its place, the same for the same data and key.
    Pseudonym,
    /// An IP address loses its host part. Anything else keeps so many characters at its start, where a number is given, and is masked otherwise.
    Truncate(Option<u16>),
    /// The replacement takes the place of all but a part.
    Partial(Keep),
}

/// What [`Action::Partial`] keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// So many characters at the start, but never more than half of all.
    First(u16),
    /// So many characters at the end, but never more than half of all.
    Last(u16),
    /// Of an e-mail address the domain with the `@`; of anything else nothing.
    Domain,
}

impl Action {
    /// Higher is stricter.
    fn rank(self) -> u8 {
        match self {
            Action::Mask => 5,
            Action::Remove => 4,
            Action::Hash => 3,
            Action::Pseudonym => 2,
            Action::Truncate(_) => 1,
            Action::Partial(_) => 0,
        }
    }

    /// Of two actions for the same data the stricter one. Of two that keep different parts none is kept.
    pub(crate) fn stricter(self, other: Action) -> Action {
        match self.rank().cmp(&other.rank()) {
            std::cmp::Ordering::Less => other,
            std::cmp::Ordering::Greater => self,
            std::cmp::Ordering::Equal if self == other => self,
            // Not `Mask`, which is stricter than what a third action may be.
            std::cmp::Ordering::Equal => match self {
                Action::Truncate(_) => Action::Truncate(None),
                _ => Action::Partial(Keep::First(0)),
            },
        }
    }

    /// Whether it needs the key of hashes.
    pub(crate) fn is_keyed(self) -> bool {
        matches!(self, Action::Hash | Action::Pseudonym)
    }

    /// Whether some of what was found may stay.
    pub(crate) fn keeps_some(self) -> bool {
        matches!(self, Action::Truncate(_) | Action::Partial(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stricter_action_does_not_depend_on_the_order() {
        let all = [
            Action::Mask,
            Action::Remove,
            Action::Hash,
            Action::Pseudonym,
            Action::Truncate(None),
            Action::Truncate(Some(3)),
            Action::Partial(Keep::Domain),
            Action::Partial(Keep::Last(4)),
        ];
        for a in all {
            assert_eq!(a.stricter(a), a);
            for b in all {
                assert_eq!(a.stricter(b), b.stricter(a));
                for c in all {
                    assert_eq!(a.stricter(b).stricter(c), a.stricter(b.stricter(c)), "{a:?} {b:?} {c:?}");
                }
            }
        }
        assert_eq!(Action::Partial(Keep::Last(4)).stricter(Action::Partial(Keep::Domain)), Action::Partial(Keep::First(0)));
        assert_eq!(Action::Truncate(Some(4)).stricter(Action::Truncate(Some(3))), Action::Truncate(None));
        assert_eq!(Action::Partial(Keep::Last(4)).stricter(Action::Truncate(None)), Action::Truncate(None));
    }
}
