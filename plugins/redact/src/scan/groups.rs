//! Which windows of literals share a group of the tables by which [`literal`](super::literal) finds them.
//!
//! A group lets through what has, at each place, the lower half of a byte of one of its windows and the upper half of one of another. So what is
//! in a group decides how many places have to be looked at for nothing: windows should have few halves beside those that they share.

use crate::block::LEN;

/// Most bytes of a literal by which it is found.
pub(super) const WINDOW: usize = 4;

/// Literals are in so many groups, a bit of a table's entries for each.
pub(super) const GROUPS: usize = 8;

/// The bytes that a window, or some window of a group, has at each place: their lower halves and their upper ones, as bits.
pub(super) type Halves = [[u16; 2]; WINDOW];

/// How often groups are gone over to better them. It settles earlier.
const PASSES: usize = 6;

/// About how often each byte occurs in telemetry, in 10,000: letters as in English, digits and signs as in URLs, names and logs.
const FREQUENCY: [u16; 128] = {
    let mut table = [1; 128];
    let by_count: &[(&[u8], u16)] = &[
        (b"e", 680),
        (b"ta ", 500),
        (b"oinsr", 430),
        (b"lcdu", 250),
        (b"mhp/", 190),
        (b"gfbyw.0123456789", 130),
        (b"v-_", 100),
        (b"k=,", 70),
        (b"ETAOINSRLCDUMHPGFBYWVK:&", 50),
        (b"xqjzXQJZ\"'();?", 25),
    ];
    let mut place = 0;
    while place < by_count.len() {
        let (bytes, count) = by_count[place];
        let mut byte = 0;
        while byte < bytes.len() {
            table[bytes[byte] as usize] = count;
            byte += 1;
        }
        place += 1;
    }
    table
};

/// About how often one of the bytes with these halves occurs.
fn frequency([lower, upper]: [u16; 2]) -> f64 {
    let bytes = (0..8).filter(|high| upper >> high & 1 == 1).flat_map(|high| (0..LEN).map(move |low| (high, low)));
    bytes.filter(|(_, low)| lower >> low & 1 == 1).map(|(high, low)| f64::from(FREQUENCY[high * LEN + low])).sum::<f64>() / 10_000.0
}

/// About how often a place has to be looked at for this window or group.
pub(super) fn chance(halves: &Halves) -> f64 {
    halves.iter().map(|place| frequency(*place)).product()
}

fn join(a: &Halves, b: &Halves) -> Halves {
    std::array::from_fn(|place| [a[place][0] | b[place][0], a[place][1] | b[place][1]])
}

/// The group of each window, and about how often a place has to be looked at for all: one after the other at first, then each moves to where it does least harm, as long as that betters anything.
pub(super) fn groups_of(windows: &[Halves]) -> (Vec<usize>, f64) {
    let mut group_of: Vec<usize> = (0..windows.len()).map(|window| window % GROUPS).collect();
    let of = |group_of: &[usize], group: usize, but: usize| {
        let members = windows.iter().zip(group_of).enumerate().filter(|(window, (_, of))| **of == group && *window != but);
        members.fold(Halves::default(), |all, (_, (window, _))| join(&all, window))
    };
    let mut groups: Vec<Halves> = (0..GROUPS).map(|group| of(&group_of, group, usize::MAX)).collect();
    let mut chances: Vec<f64> = groups.iter().map(chance).collect();
    for _ in 0..PASSES {
        let mut moved = false;
        for (window, halves) in windows.iter().enumerate() {
            let from = group_of[window];
            let without = of(&group_of, from, window);
            let gain = chances[from] - chance(&without);
            let costs =
                (0..GROUPS).filter(|group| *group != from).map(|group| (group, chance(&join(&groups[group], halves)) - chances[group]));
            let Some((to, _)) = costs.filter(|(_, cost)| *cost < gain).min_by(|a, b| a.1.total_cmp(&b.1)) else { continue };
            group_of[window] = to;
            groups[from] = without;
            groups[to] = join(&groups[to], halves);
            chances[from] = chance(&groups[from]);
            chances[to] = chance(&groups[to]);
            moved = true;
        }
        if !moved {
            break;
        }
    }
    (group_of, chances.iter().sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(text: &[u8; WINDOW]) -> Halves {
        text.map(|byte| [1 << (byte & 0xF), 1 << (byte >> 4)])
    }

    #[test]
    fn groups_let_less_through_than_windows_as_they_come() {
        let texts =
            "ghp_ xoxb AKIA toke pass eyJh gho_ xoxp ASIA secr bear sk-p ghs_ xoxa AIza auth cook sk-a glpa npm_ pypi cred csrf jwt=";
        let windows: Vec<_> = texts.split(' ').map(|text| window(text.as_bytes().try_into().unwrap())).collect();
        let total = |group_of: &dyn Fn(usize) -> usize| -> f64 {
            let group = |group| (0..windows.len()).filter(move |window| group_of(*window) == group);
            (0..GROUPS).map(|number| chance(&group(number).fold(Halves::default(), |all, window| join(&all, &windows[window])))).sum()
        };
        let (groups, chance) = groups_of(&windows);
        let (ours, theirs) = (total(&|window| groups[window]), total(&|window| window % GROUPS));
        assert!(groups.iter().all(|group| *group < GROUPS));
        assert!(ours * 4.0 < theirs, "{ours} {theirs}");
        assert!((ours - chance).abs() < 1e-9);
    }

    #[test]
    fn rare_bytes_make_a_window_unlikely() {
        assert!(chance(&window(b"xqzj")) < chance(&window(b"tion")));
        assert!(chance(&join(&window(b"tion"), &window(b"xqzj"))) > chance(&window(b"tion")));
        assert_eq!(groups_of(&[]), (Vec::new(), 0.0));
    }
}
