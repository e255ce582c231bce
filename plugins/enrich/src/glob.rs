//! Patterns in which `*` stands for any text and `?` for one character.

/// A pattern.
#[derive(Clone, Debug)]
pub(crate) struct Glob {
    pattern: Vec<char>,
    /// A pattern without `*` and `?`, which is the common case.
    literal: Option<String>,
}

impl Glob {
    pub(crate) fn new(pattern: &str) -> Self {
        let literal = (!pattern.contains(['*', '?'])).then(|| pattern.to_owned());
        Glob { pattern: pattern.chars().collect(), literal }
    }

    /// Whether all of `text` matches. Takes at most the product of the two lengths.
    pub(crate) fn matches(&self, text: &str) -> bool {
        if let Some(literal) = &self.literal {
            return literal == text;
        }
        let (mut pattern, mut rest) = (0, text.chars());
        // Where to go on when a guess of what the last `*` stands for fails: behind it, with one character more.
        let mut retry: Option<(usize, std::str::Chars<'_>)> = None;
        loop {
            let mut ahead = rest.clone();
            match (self.pattern.get(pattern), ahead.next()) {
                (Some('*'), _) => {
                    pattern += 1;
                    retry = Some((pattern, rest.clone()));
                    continue;
                }
                (Some(p), Some(c)) if *p == '?' || *p == c => {
                    pattern += 1;
                    rest = ahead;
                    continue;
                }
                (None, None) => return true,
                _ => {}
            }
            let Some((behind, from)) = &mut retry else { return false };
            if from.next().is_none() {
                return false;
            }
            pattern = *behind;
            rest = from.clone();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Glob;

    #[test]
    fn stars_and_question_marks_match_as_in_a_shell() {
        for (pattern, text, expected) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("", "", true),
            ("*", "", true),
            ("GET *", "GET /cart", true),
            ("GET *", "POST /cart", false),
            ("*/cart", "GET /cart", true),
            ("*/cart*", "GET /cart/1", true),
            ("a*b*c", "a1b2b3c", true),
            ("a*b*c", "a1b2b3d", false),
            ("a?c", "aéc", true),
            ("a?c", "ac", false),
            ("*?", "", false),
            ("**", "x", true),
        ] {
            assert_eq!(Glob::new(pattern).matches(text), expected, "{pattern} on {text}");
        }
    }
}
