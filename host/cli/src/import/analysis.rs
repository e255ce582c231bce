//! What can be said of every match of a pattern: which group holds the secret, and whether a word stands in it.

use regex_syntax::hir::{Capture, Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind};

/// Whoever leaves so many characters to chance outside of the group that holds the secret has not put the secret into it.
const SECRET: usize = 16;

/// The groups that hold the secret where a rule names none. gitleaks takes the first that is not empty and only reports it; what is redacted must not
/// leave the secret because `(login|token)=` comes first. So there are none where another group may hold it too, or none does.
pub(super) fn secret_groups(hir: &Hir) -> Option<Vec<usize>> {
    let (first, mut outer) = (first_groups(hir), Vec::new());
    let once = find_outer(hir, true, &mut outer);
    (once && first == outer && chance(hir) < SECRET).then_some(first)
}

/// Adds the groups that stand in no other, and answers whether each captures at most once.
fn find_outer(hir: &Hir, once: bool, groups: &mut Vec<usize>) -> bool {
    match hir.kind() {
        HirKind::Capture(capture) => {
            groups.push(capture.index as usize);
            once
        }
        HirKind::Repetition(repetition) => find_outer(&repetition.sub, once && repetition.max == Some(1), groups),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            // All are looked at, whatever the first ones say.
            let each: Vec<_> = parts.iter().map(|part| find_outer(part, once, groups)).collect();
            !each.contains(&false)
        }
        _ => true,
    }
}

/// How many characters outside of groups every match has at least that are not given.
fn chance(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Class(class) => usize::from(letters(class).is_none_or(|letters| letters.len() > 1)),
        HirKind::Repetition(repetition) => chance(&repetition.sub).saturating_mul(repetition.min as usize),
        HirKind::Concat(parts) => parts.iter().map(chance).sum(),
        HirKind::Alternation(branches) => branches.iter().map(chance).max().unwrap_or(0),
        _ => 0,
    }
}

/// The pattern as two, if that is what it takes: matches that always contain one of the words, and others. The second is `None` where all do, the
/// first where that is not sure of any.
pub(super) fn split(hir: &Hir, words: &[String]) -> (Option<Hir>, Option<Hir>) {
    if always_contains(hir, words) {
        return (Some(hir.clone()), None);
    }
    let branches = branches(hir).map_or(0, <[_]>::len);
    let (sure, other): (Vec<_>, Vec<_>) = (0..branches).partition(|branch| always_contains(&restrict(hir, &[*branch]), words));
    match sure.is_empty() {
        true => (None, Some(hir.clone())),
        false => (Some(restrict(hir, &sure)), Some(restrict(hir, &other))),
    }
}

/// The branches of the first alternation.
fn branches(hir: &Hir) -> Option<&[Hir]> {
    match hir.kind() {
        HirKind::Alternation(branches) => Some(branches),
        HirKind::Capture(capture) => branches(&capture.sub),
        HirKind::Concat(parts) => parts.iter().find_map(branches),
        _ => None,
    }
}

/// The same with only some branches of the first alternation.
fn restrict(hir: &Hir, keep: &[usize]) -> Hir {
    match hir.kind() {
        HirKind::Alternation(branches) => Hir::alternation(keep.iter().map(|branch| branches[*branch].clone()).collect()),
        HirKind::Capture(capture) => {
            Hir::capture(Capture { index: capture.index, name: capture.name.clone(), sub: Box::new(restrict(&capture.sub, keep)) })
        }
        HirKind::Concat(parts) => {
            let first = parts.iter().position(|part| branches(part).is_some());
            let restricted = |(place, part): (usize, &Hir)| if Some(place) == first { restrict(part, keep) } else { part.clone() };
            Hir::concat(parts.iter().enumerate().map(restricted).collect())
        }
        _ => hir.clone(),
    }
}

/// The groups of which one is the first in a match that is not empty, as gitleaks looks for it: group 1, and those that stand where group 1 takes no
/// part.
fn first_groups(hir: &Hir) -> Vec<usize> {
    let mut groups = Vec::new();
    find_first(hir, &mut groups);
    groups
}

/// Adds what may come first, and answers whether something surely does.
fn find_first(hir: &Hir, groups: &mut Vec<usize>) -> bool {
    match hir.kind() {
        HirKind::Capture(capture) => {
            if capture.sub.properties().maximum_len() != Some(0) {
                groups.push(capture.index as usize);
            }
            // An empty one is passed over, and so is what stands in it.
            capture.sub.properties().minimum_len().is_some_and(|least| least > 0)
        }
        HirKind::Concat(parts) => parts.iter().any(|part| find_first(part, groups)),
        HirKind::Alternation(branches) => {
            // All are looked at: each may be the one that matches.
            let each: Vec<_> = branches.iter().map(|branch| find_first(branch, groups)).collect();
            !each.contains(&false)
        }
        HirKind::Repetition(repetition) => find_first(&repetition.sub, groups) && repetition.min > 0,
        _ => false,
    }
}

/// Whether the pattern begins and ends where its text does.
pub(super) fn is_anchored(hir: &Hir) -> bool {
    use regex_syntax::hir::Look;
    let properties = hir.properties();
    properties.look_set_prefix().contains(Look::Start) && properties.look_set_suffix().contains(Look::End)
}

/// Whether every match contains one of these words, which are in lower case, in any case. `false` where that is not sure.
pub(super) fn always_contains(hir: &Hir, words: &[String]) -> bool {
    Matches::of(hir, words).are_sure(words)
}

/// More texts than this are not followed.
const MOST: usize = 128;

/// What is known of the matches of a part of a pattern.
struct Matches {
    /// All of them in lower case, where they are few.
    all: Option<Vec<String>>,
    /// Each contains a word.
    sure: bool,
}

impl Matches {
    const ANY: Matches = Matches { all: None, sure: false };

    fn exactly(all: Vec<String>) -> Self {
        Matches { all: Some(all), sure: false }
    }

    fn are_sure(&self, words: &[String]) -> bool {
        self.sure || self.all.as_ref().is_some_and(|all| all.iter().all(|text| words.iter().any(|word| text.contains(word))))
    }

    fn of(hir: &Hir, words: &[String]) -> Matches {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => Matches::exactly(vec![String::new()]),
            HirKind::Literal(literal) => Matches::exactly(vec![String::from_utf8_lossy(&literal.0).to_lowercase()]),
            HirKind::Class(class) => letters(class).map_or(Matches::ANY, Matches::exactly),
            HirKind::Capture(capture) => Matches::of(&capture.sub, words),
            HirKind::Repetition(repetition) => {
                let sub = Matches::of(&repetition.sub, words);
                let sure = repetition.min > 0 && sub.are_sure(words);
                let all = match (repetition.min, repetition.max) {
                    (1, Some(1)) => sub.all,
                    (0, Some(1)) => sub.all.map(|all| merge(all, vec![String::new()])),
                    _ => None,
                };
                Matches { all, sure }
            }
            HirKind::Concat(parts) => Matches::of_sequence(parts, words),
            HirKind::Alternation(branches) => {
                let branches: Vec<_> = branches.iter().map(|branch| Matches::of(branch, words)).collect();
                let sure = branches.iter().all(|branch| branch.are_sure(words));
                let all = branches.into_iter().map(|branch| branch.all).reduce(|all, more| Some(merge(all?, more?))).flatten();
                Matches { all: all.filter(|all| all.len() <= MOST), sure }
            }
        }
    }

    fn of_sequence(parts: &[Hir], words: &[String]) -> Matches {
        let (mut sure, mut whole) = (false, true);
        // What ends with the part before, since something stood between that is not known.
        let mut run = vec![String::new()];
        for part in parts {
            let part = Matches::of(part, words);
            sure |= part.are_sure(words);
            let joined = part.all.as_ref().map(|all| product(&run, all)).filter(|all| all.len() <= MOST);
            whole &= joined.is_some();
            run = joined.or(part.all).unwrap_or_else(|| vec![String::new()]);
            sure |= Matches { all: Some(run.clone()), sure: false }.are_sure(words);
        }
        Matches { all: whole.then_some(run), sure }
    }
}

fn product(first: &[String], second: &[String]) -> Vec<String> {
    let both = first.iter().flat_map(|start| second.iter().map(move |end| format!("{start}{end}")));
    both.take(MOST + 1).collect()
}

fn merge(mut all: Vec<String>, more: Vec<String>) -> Vec<String> {
    all.extend(more);
    all.sort_unstable();
    all.dedup();
    all
}

/// The characters of a small class in lower case. A dot without a backslash is mostly meant to be one, as in `example.com`; it counts for that.
fn letters(class: &Class) -> Option<Vec<String>> {
    let mut all = Vec::new();
    let Class::Unicode(class) = class else { return None };
    if *class == any_but_newline() {
        return Some(vec![".".to_owned()]);
    }
    for range in class.ranges() {
        if range.len() > MOST {
            return None;
        }
        // The long s is an s in any case, but has no case of its own.
        all.extend((range.start()..=range.end()).map(|c| if c == 'ſ' { "s".to_owned() } else { c.to_lowercase().collect() }));
    }
    Some(merge(all, Vec::new())).filter(|all| all.len() <= 16)
}

/// `.`
fn any_but_newline() -> ClassUnicode {
    ClassUnicode::new([ClassUnicodeRange::new('\0', '\t'), ClassUnicodeRange::new('\u{b}', char::MAX)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::go_regex::parse;

    #[test]
    fn the_first_group_is_the_one_that_gitleaks_takes() {
        let first = |pattern| first_groups(&parse(pattern).unwrap());
        assert_eq!(first("key=(a+)(b)"), [1]);
        assert_eq!(first("(a)|(b)"), [1, 2]);
        assert_eq!(first("(?:(a)|b(c))(d)"), [1, 2]);
        assert_eq!(first("(?:(a)|b)(d)"), [1, 2]);
        assert_eq!(first("(x(y))"), [1]);
        assert_eq!(first("(a*)(b)"), [1, 2]);
        assert_eq!(first("(a)?(b)"), [1, 2]);
        assert_eq!(first("ab"), [0; 0]);
    }

    #[test]
    fn a_secret_is_not_left_because_another_group_comes_first() {
        let secret = |pattern| secret_groups(&parse(pattern).unwrap());
        assert_eq!(secret("(?i)[a-z]{0,50}?(?:datadog)[ =]{0,5}([a-z0-9]{40})(?:;|$)"), Some(vec![1]));
        assert_eq!(secret("x(?:(a{8})|(b{8}(c)))"), Some(vec![1, 2]));
        assert_eq!(secret("(login|token)=([a-z]{40})"), None);
        assert_eq!(secret("x/([a-z]{4}-){3}"), None);
        assert_eq!(secret("ZX(?:(a)|(b))[a-z]{40,}"), None);
        assert_eq!(secret("ghp_[a-z]{36}"), None);
    }

    #[test]
    fn a_pattern_is_parted_where_only_some_branches_have_a_word() {
        let parts = |pattern: &str, word: &str| {
            let (with, without) = split(&parse(pattern).unwrap(), &[word.to_owned()]);
            (with.map(|hir| hir.to_string()), without.map(|hir| hir.to_string()))
        };
        assert_eq!(
            parts(r"x(?<secret>sgp_[0-9]{4}|[0-9]{9})(?:;|$)", "sgp_"),
            (Some(r"(?:x(?P<secret>(?:(?:sgp_)[0-9]{4}))(?:;|\z))".into()), Some(r"(?:x(?P<secret>[0-9]{9})(?:;|\z))".into()))
        );
        assert_eq!(parts("a|b", "c").0, None);
        assert_eq!(parts("ac|bc", "c").1, None);
    }

    #[test]
    fn words_that_stand_in_every_match_are_seen() {
        let has = |pattern: &str, words: &[&str]| {
            let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
            always_contains(&parse(pattern).unwrap(), &words)
        };
        assert!(has("ops_[a-z]{20}", &["ops_"]));
        assert!(has("(?i)[a-z]{0,5}(?:sekisk)[ =]([a-z]{3})", &["sekisk"]));
        assert!(has("(?:AKIA|ASIA)[A-Z0-9]{16}", &["akia", "asia"]));
        assert!(!has("(?:AKIA|ASIA)[A-Z0-9]{16}", &["akia"]));
        assert!(has("passw(?:or)?d=", &["passwd", "password"]));
        assert!(!has("passw(?:or)?d=", &["password"]));
        assert!(has("[Mm]eraki|MERAKI", &["meraki"]));
        assert!(!has("[0-9a-f]{32}", &["datadog"]));
        assert!(!has("(?:ops_)?[a-z]{20}", &["ops_"]));
        assert!(has("(?:(ops_)x|y(ops_))z", &["ops_"]));
        assert!(has("(?:[a-z]{3}ops_x|ops_[0-9]{3})", &["ops_"]));
        assert!(has("a[.]b", &["a.b"]));
        assert!(has("a.b", &["a.b"]));
        assert!(!has("(?s:a.b)", &["a.b"]));
    }

    #[test]
    fn an_anchored_pattern_is_known() {
        assert!(is_anchored(&parse("^a.*$").unwrap()));
        assert!(!is_anchored(&parse("^a|b$").unwrap()));
        assert!(!is_anchored(&parse("a").unwrap()));
    }
}
