//! Rules on keys: of attributes, of map entries, and of parameters inside texts.

use crate::decode;

/// How a rule names keys. Case does not matter, as far as ASCII goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KeyPattern {
    /// The whole key.
    Exact(String),
    /// Any part of it.
    Contains(String),
    /// The whole key, where `*` stands for any run of bytes and `?` for any one byte.
    Glob(String),
}

/// Which keys have values that must not be seen.
pub(crate) struct KeyRules {
    rules: Vec<Pattern>,
    except: Vec<Pattern>,
    /// A set of hashed trigrams, one of each rule: a key that has none of them matches no rule. Most keys are done with at that.
    trigrams: [u64; TRIGRAMS / 64],
    /// Some rule has no literal of three bytes, so every key has to be looked at.
    all: bool,
    /// Shorter keys match no rule.
    shortest: usize,
}

const TRIGRAMS: usize = 4096;

impl KeyRules {
    /// Rules that match a key that some pattern of `rules` matches and none of `except`.
    pub(crate) fn new(rules: &[KeyPattern], except: &[KeyPattern]) -> Self {
        let mut trigrams = [0; TRIGRAMS / 64];
        let mut all = false;
        for rule in rules {
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
            except: except.iter().map(Pattern::new).collect(),
            trigrams,
            all,
            shortest: rules.iter().map(|rule| rule.literal().len()).min().unwrap_or(0),
        }
    }

    /// Whether there are no rules.
    pub(crate) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Whether the value of this key must not be seen.
    #[inline]
    pub(crate) fn matches(&self, key: &[u8]) -> bool {
        key.len() >= self.shortest
            && self.may_match(key)
            && self.rules.iter().any(|rule| rule.matches(key))
            && !self.except.iter().any(|rule| rule.matches(key))
    }

    /// The same for a key that may be written in another notation, or to look like another one.
    #[inline]
    pub(crate) fn matches_as_meant(&self, key: &[u8]) -> bool {
        self.matches(key) || decode::plain(key).is_some_and(|key| self.matches(&key))
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

/// A hash of three bytes that is the same for upper and lower case.
#[inline]
fn trigram(three: &[u8; 3]) -> usize {
    let [a, b, c] = three.map(|byte| u32::from(byte | 0x20));
    ((a | b << 8 | c << 16).wrapping_mul(0x9E37_79B1) >> 20) as usize
}

impl KeyPattern {
    /// A part that every key has that matches: the longest piece without wildcards.
    fn literal(&self) -> &str {
        match self {
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
}

impl Pattern {
    fn new(pattern: &KeyPattern) -> Self {
        let lower = |text: &str| text.to_ascii_lowercase().into_bytes();
        match pattern {
            KeyPattern::Exact(text) => Pattern::Exact(lower(text)),
            KeyPattern::Contains(text) => Pattern::Contains(lower(text)),
            KeyPattern::Glob(text) => Pattern::Glob(lower(text)),
        }
    }

    fn matches(&self, key: &[u8]) -> bool {
        match self {
            Pattern::Exact(text) => key.eq_ignore_ascii_case(text),
            Pattern::Contains(text) => key.windows(text.len()).any(|part| part.eq_ignore_ascii_case(text)),
            Pattern::Glob(glob) => glob_matches(glob, key),
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
