//! Rules on keys: of attributes, of map entries, and of parameters inside texts.

use regex_automata::meta::{self, Regex};
use regex_automata::util::syntax;

use crate::action::Action;
use crate::custom;
use crate::decode;
use crate::scan::Literal;

/// How a rule names keys. Case does not matter, as far as ASCII goes.
#[derive(Clone, Debug)]
pub(crate) enum KeyPattern {
    /// The whole key.
    Exact(String),
    /// Any part of it.
    Contains(String),
    /// The whole key, where `*` stands for any run of bytes and `?` for any one byte.
    Glob(String),
    /// Any part of it that the regular expression matches.
    Regex(Regex),
}

/// Which keys have values that must not be seen, and what becomes of those.
pub(crate) struct KeyRules {
    rules: Vec<Pattern>,
    /// For each rule, the place of its action.
    action_of: Vec<u8>,
    /// Different actions, the first of which is to mask.
    actions: Vec<Action>,
    except: Vec<Pattern>,
    /// A set of hashed trigrams, one of each rule: a key that has none of them matches no rule. Most keys are done with at that.
    trigrams: [u64; TRIGRAMS / 64],
    /// Some rule has no literal of three bytes, so every key has to be looked at.
    all: bool,
    /// Shorter keys match no rule.
    shortest: usize,
    /// For each rule, a part that every key has that matches; none where some rule has no such part of three bytes.
    literals: Option<Vec<Literal>>,
}

const TRIGRAMS: usize = 4096;

impl KeyRules {
    /// Rules that match a key that some pattern of `rules` matches and none of `except`.
    pub(crate) fn new(rules: &[KeyPattern], except: &[KeyPattern]) -> Self {
        let mut trigrams = [0; TRIGRAMS / 64];
        let mut all = false;
        for rule in rules {
            // A regular expression has no literal.
            match rule.literal().as_bytes().first_chunk() {
                Some(start) => {
                    let place = trigram(start);
                    trigrams[place / 64] |= 1 << (place % 64);
                }
                None => all = true,
            }
        }
        KeyRules {
            rules: rules.iter().map(Pattern::new).collect(),
            action_of: vec![0; rules.len()],
            actions: vec![Action::Mask],
            except: except.iter().map(Pattern::new).collect(),
            trigrams,
            all,
            literals: (!all).then(|| literals(rules)),
            shortest: rules.iter().map(|rule| rule.literal().len()).min().unwrap_or(0),
        }
    }

    /// The same with an action for each rule; without, all mask.
    pub(crate) fn with_actions(mut self, actions: &[Action]) -> Self {
        for (place, action) in self.action_of.iter_mut().zip(actions) {
            let known = self.actions.iter().position(|known| known == action).unwrap_or_else(|| {
                self.actions.push(*action);
                self.actions.len() - 1
            });
            // So many actions that they cannot be told apart are too many to mean anything: mask.
            *place = u8::try_from(known).unwrap_or(0);
        }
        self
    }

    /// The actions that [`KeyRules::find`] names.
    pub(crate) fn actions(&self) -> &[Action] {
        &self.actions
    }

    /// The first rule that matches a key, as the policy writes it; none for regular expressions, which are not kept as they were written.
    pub(crate) fn rule_of(&self, key: &[u8]) -> String {
        match self.rules.iter().find(|rule| rule.matches(key)) {
            Some(Pattern::Exact(text)) => format!("exact `{}`", String::from_utf8_lossy(text)),
            Some(Pattern::Contains(text)) => format!("contains `{}`", String::from_utf8_lossy(text)),
            Some(Pattern::Glob(text)) => format!("glob `{}`", String::from_utf8_lossy(text)),
            Some(Pattern::Regex(_)) => "a regex".to_owned(),
            None => "none".to_owned(),
        }
    }

    /// Whether there are no rules.
    pub(crate) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Literals of which every key that matches has one, in any case; none where some rule has no literal of three bytes.
    pub(crate) fn literals(&self) -> Option<Vec<Literal>> {
        self.literals.clone()
    }

    /// If the value of this key must not be seen, the place of its action: the strictest one of all rules that match.
    #[inline]
    pub(crate) fn find(&self, key: &[u8]) -> Option<u8> {
        self.matches(key).then(|| if self.actions.len() == 1 { 0 } else { self.strictest(key) })
    }

    /// The same for a key that may be written in another notation, or to look like another one.
    #[inline]
    pub(crate) fn find_as_meant(&self, key: &[u8]) -> Option<u8> {
        self.find(key).or_else(|| self.find(&decode::plain(key)?))
    }

    fn strictest(&self, key: &[u8]) -> u8 {
        let matching = self.rules.iter().zip(&self.action_of).filter(|(rule, _)| rule.matches(key));
        let actions = matching.map(|(_, place)| self.actions[usize::from(*place)]);
        let strictest = actions.reduce(Action::stricter);
        // Where it is none of them, two rules keep different parts, and nothing is kept.
        self.actions.iter().position(|action| Some(*action) == strictest).unwrap_or(0) as u8
    }

    /// Whether the value of this key must not be seen.
    #[inline]
    pub(crate) fn matches(&self, key: &[u8]) -> bool {
        key.len() >= self.shortest
            && self.may_match(key)
            && self.rules.iter().any(|rule| rule.matches(key))
            && !self.except.iter().any(|rule| rule.matches(key))
    }

    #[inline]
    fn may_match(&self, key: &[u8]) -> bool {
        self.all
            || key.windows(3).any(|three| {
                let place = trigram(&[three[0], three[1], three[2]]);
                self.trigrams[place / 64] >> (place % 64) & 1 == 1
            })
    }
}

/// The parts of keys by which rules know them; where one holds another, the shorter will do.
fn literals(rules: &[KeyPattern]) -> Vec<Literal> {
    let parts: Vec<String> = rules.iter().map(|rule| rule.literal().to_ascii_lowercase()).collect();
    let mut kept: Vec<&String> = Vec::new();
    for part in &parts {
        if !kept.iter().any(|short| part.contains(short.as_str())) {
            kept.retain(|long| !long.contains(part.as_str()));
            kept.push(part);
        }
    }
    kept.iter().map(|part| Literal::any_case(part.as_bytes())).collect()
}

/// A hash of three bytes that is the same for upper and lower case.
#[inline]
fn trigram(three: &[u8; 3]) -> usize {
    let [a, b, c] = three.map(|byte| u32::from(byte | 0x20));
    ((a | b << 8 | c << 16).wrapping_mul(0x9E37_79B1) >> 20) as usize
}

impl KeyPattern {
    /// A pattern that matches in any case.
    ///
    /// # Errors
    /// With a sentence on what is wrong with it.
    pub(crate) fn regex(pattern: &str) -> Result<Self, String> {
        custom::parse(pattern)?;
        let syntax = syntax::Config::new().utf8(false).case_insensitive(true);
        custom::compiled(meta::Builder::new().syntax(syntax).configure(custom::settings()).build(pattern)).map(KeyPattern::Regex)
    }

    /// A part that every key has that matches: the longest piece without wildcards.
    fn literal(&self) -> &str {
        match self {
            KeyPattern::Regex(_) => "",
            KeyPattern::Exact(text) | KeyPattern::Contains(text) => text,
            KeyPattern::Glob(text) => text.split(['*', '?']).max_by_key(|piece| piece.len()).unwrap_or_default(),
        }
    }
}

/// A pattern in lower case.
enum Pattern {
    Exact(Vec<u8>),
    Contains(Vec<u8>),
    Glob(Vec<u8>),
    Regex(Regex),
}

impl Pattern {
    fn new(pattern: &KeyPattern) -> Self {
        let lower = |text: &str| text.to_ascii_lowercase().into_bytes();
        match pattern {
            KeyPattern::Exact(text) => Pattern::Exact(lower(text)),
            KeyPattern::Contains(text) => Pattern::Contains(lower(text)),
            KeyPattern::Glob(text) => Pattern::Glob(lower(text)),
            KeyPattern::Regex(regex) => Pattern::Regex(regex.clone()),
        }
    }

    fn matches(&self, key: &[u8]) -> bool {
        match self {
            Pattern::Exact(text) => key.eq_ignore_ascii_case(text),
            Pattern::Contains(text) => key.windows(text.len()).any(|part| part.eq_ignore_ascii_case(text)),
            Pattern::Glob(glob) => glob_matches(glob, key),
            Pattern::Regex(regex) => regex.is_match(key),
        }
    }
}

/// Goes on literally, and after a mismatch takes one byte more for the last `*`: earlier ones need never be reconsidered.
fn glob_matches(glob: &[u8], key: &[u8]) -> bool {
    let (mut g, mut k) = (0, 0);
    let mut star = None;
    while k < key.len() {
        #[cfg(test)]
        crate::detect::steps::count();
        match glob.get(g) {
            Some(b'*') => {
                star = Some((g + 1, k));
                g += 1;
            }
            Some(byte) if *byte == b'?' || byte.eq_ignore_ascii_case(&key[k]) => {
                g += 1;
                k += 1;
            }
            _ => {
                let Some((after, taken)) = star else { return false };
                star = Some((after, taken + 1));
                (g, k) = (after, taken + 1);
            }
        }
    }
    glob[g..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::Keep;

    fn rules(rules: &[KeyPattern]) -> KeyRules {
        KeyRules::new(rules, &[])
    }

    fn contains(text: &str) -> KeyPattern {
        KeyPattern::Contains(text.into())
    }

    fn exact(text: &str) -> KeyPattern {
        KeyPattern::Exact(text.into())
    }

    fn glob(text: &str) -> KeyPattern {
        KeyPattern::Glob(text.into())
    }

    #[test]
    fn a_substring_matches_anywhere_in_any_case() {
        let rules = rules(&[contains("passWord"), contains("k_")]);
        assert!(["password", "db.PASSWORD.hash", "xpasswordx", "K_", "pk_x"].iter().all(|key| rules.matches(key.as_bytes())));
        assert!(["passwor", "pass.word", "", "p"].iter().all(|key| !rules.matches(key.as_bytes())));
    }

    #[test]
    fn an_exact_rule_matches_the_whole_key_only() {
        let rules = rules(&[exact("user.id"), exact("Id")]);
        assert!(["user.id", "USER.ID", "id"].iter().all(|key| rules.matches(key.as_bytes())));
        assert!(["user.ids", "xuser.id", "user_id", "ida"].iter().all(|key| !rules.matches(key.as_bytes())));
    }

    #[test]
    fn globs_know_stars_and_question_marks() {
        let rules = rules(&[glob("http.request.header.*"), glob("*.co?kie"), glob("a*b*c")]);
        for key in ["http.request.header.x", "HTTP.request.header.", "set.cookie", "abc", "aXbXbXc"] {
            assert!(rules.matches(key.as_bytes()), "{key}");
        }
        for key in ["http.request.header", "xhttp.request.header.x", "cookie", "set.cooookie", "acb", "abcd"] {
            assert!(!rules.matches(key.as_bytes()), "{key}");
        }
        assert!(self::rules(&[glob("*")]).matches(b""));
    }

    #[test]
    fn regular_expressions_match_any_part_in_any_case() {
        let regex = |pattern| KeyPattern::regex(pattern).unwrap();
        let rules = rules(&[regex("^x-.*-id$"), exact("user.id")]);
        assert!(["x-request-id", "X-Forwarded-ID", "user.id"].iter().all(|key| rules.matches(key.as_bytes())));
        assert!(["x-request-ids", "ax-request-id", "user_id", ""].iter().all(|key| !rules.matches(key.as_bytes())));
        assert_eq!(KeyPattern::regex("a(b").err().unwrap(), "unclosed group at character 2");
    }

    #[test]
    fn the_strictest_rule_says_what_becomes_of_a_value() {
        let (last, first) = (Action::Partial(Keep::Last(4)), Action::Partial(Keep::First(4)));
        let all = [contains("user"), contains("id"), contains("name"), exact("user.id"), contains("nick")];
        let mut rules: Vec<_> = all.into_iter().zip([last, Action::Hash, first, Action::Remove, Action::Mask]).collect();
        for _ in 0..2 {
            rules.reverse();
            let (patterns, actions): (Vec<_>, Vec<_>) = rules.iter().cloned().unzip();
            let rules = KeyRules::new(&patterns, &[]).with_actions(&actions);
            let action = |key: &str| rules.find(key.as_bytes()).map(|place| rules.actions()[usize::from(place)]);
            assert_eq!(action("order"), None);
            assert_eq!(action("user"), Some(last));
            assert_eq!(action("userid"), Some(Action::Hash));
            assert_eq!(action("user.id"), Some(Action::Remove));
            assert_eq!(action("username"), Some(Action::Mask));
            assert_eq!(action("nickid"), Some(Action::Mask));
        }
    }

    #[test]
    fn an_exception_wins_over_every_rule() {
        let rules = KeyRules::new(&[contains("token")], &[glob("gen_ai.usage.*")]);
        assert!(rules.matches(b"token"));
        assert!(!rules.matches(b"gen_ai.usage.input_tokens"));
    }

    #[test]
    fn a_long_key_and_a_glob_with_many_stars_take_bounded_time() {
        let key = "a".repeat(20_000);
        assert!(!rules(&[glob("*a*a*a*a*a*a*b")]).matches(key.as_bytes()));
    }
}
