//! Key rules inside texts: `token=..` in URLs, forms, logs and SQL, `"token": ".."` in JSON.

use crate::detect::Scan;
use crate::keys::KeyRules;
use crate::scan::Literal;

/// Names longer than this are cut at their start.
const NAME: usize = 256;

/// Finds the values of keys that key rules match.
pub(crate) struct Assignments {
    keys: KeyRules,
    replacement: Vec<u8>,
    /// The run of bytes of a name that was looked at last: from where, and where it ends.
    name: (usize, usize),
}

impl Assignments {
    /// Values that are `replacement` already are not found.
    pub(crate) fn new(keys: KeyRules, replacement: &[u8]) -> Self {
        Assignments { keys, replacement: replacement.to_vec(), name: (0, 0) }
    }

    /// Whether there are no rules.
    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Literals of which every name that some rule matches has one; none if [every sign](Self::needs_every_sign) has to be looked at.
    pub(crate) fn literals(&self) -> Vec<Literal> {
        self.keys.literals().unwrap_or_default()
    }

    /// Whether some rule has no literal by which to find names.
    pub(crate) fn needs_every_sign(&self) -> bool {
        self.keys.literals().is_none()
    }

    /// Other texts are looked at.
    pub(crate) fn begin(&mut self) {
        self.name = (0, 0);
    }

    /// The `=` or `:` behind the name of which a part stands at `part`.
    pub(crate) fn sign_behind(&mut self, bytes: &[u8], part: usize) -> Option<usize> {
        let byte = |place: usize| bytes.get(place).copied().unwrap_or(0xFF);
        let (from, mut end) = self.name;
        if !(from..end).contains(&part) {
            end = part;
            while IS_NAME[usize::from(byte(end))] {
                end += 1;
            }
            self.name = (part, end);
        }
        let mut sign = end;
        while byte(sign) == b'\\' {
            sign += 1;
        }
        match byte(sign) {
            b'"' | b'\'' | b'`' => sign += 1,
            _ => sign = end,
        }
        if byte(sign) == b' ' && byte(sign + 1) == b'=' {
            sign += 1;
        }
        matches!(byte(sign), b'=' | b':').then_some(sign)
    }

    /// Looks at the `=` or the `:` at `sign`.
    ///
    /// A name is a run of bytes that parameters have, or what is quoted. Around `=` there may be a space on either side or none. A quoted value
    /// ends with its quote, another one at the next byte that parts parameters, words or list elements; what follows a scheme such as `Basic`
    /// belongs to it. Placeholders of parameterised queries are no values. Behind `: ` in
    /// prose only what looks like a secret is one: "unexpected token: end of file" says nothing.
    pub(crate) fn search(&self, scan: &mut Scan<'_>, sign: usize) {
        let colon = scan.byte(sign) == b':';
        let json = colon && matches!(scan.before(sign), b'"' | b'\'');
        let mut name_end = sign;
        let mut value = sign + 1;
        if colon && !json {
            if scan.byte(value) != b' ' {
                return;
            }
            value += 1;
        } else if json {
            value += scan.run_len(value, 8, |b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'));
        } else {
            let spaced = scan.before(sign) == b' ';
            name_end -= usize::from(spaced);
            // Ruby writes `"name" => value`.
            value += usize::from(scan.byte(value) == b'>');
            if scan.byte(value) == b' ' && (spaced || matches!(scan.byte(value + 1), b'"' | b'\'' | b'`')) {
                value += 1;
            }
        }
        let Some(action) = self.keys.find_name(scan, name_end) else { return };
        let (start, end) = self.value(scan, value, json);
        if colon && !json && !looks_secret(&scan.bytes[start..end]) {
            scan.near(start, end, "in prose, and it does not look like a secret");
            return;
        }
        if start < end && !says_nothing(&scan.bytes[start..end]) && scan.bytes[start..end] != *self.replacement {
            scan.found(start, end);
            scan.hits.last_mut().into_iter().for_each(|hit| hit.action = action);
        }
    }

    /// Where the value at `start` lies, without its quotes.
    fn value(&self, scan: &Scan<'_>, start: usize, json: bool) -> (usize, usize) {
        // JSON in JSON has its quotes escaped.
        let escapes = scan.run_len(start, 8, |b| b == b'\\');
        let quote = scan.byte(start + escapes);
        if matches!(quote, b'"' | b'\'' | b'`') {
            let start = start + escapes + 1;
            return (start, quoted_end(scan, start, quote, escapes));
        }
        if json {
            // A number, `true`, `null`; arrays and objects are looked at entry by entry.
            return (start, self.run_end(scan, start, |b| is_value(b) && !matches!(b, b'[' | b'{')));
        }
        let end = self.run_end(scan, start, is_value);
        let scheme = &scan.bytes[start..end];
        if [&b"basic"[..], b"bearer", b"digest", b"token", b"negotiate"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
            let next = end + usize::from(matches!(scan.byte(end), b' '));
            return (start, scan.run_end(next, is_value));
        }
        (start, end)
    }

    /// Where the run of bytes of a class that begins at `start` ends. A replacement belongs to it whatever it is made of.
    fn run_end(&self, scan: &Scan<'_>, start: usize, class: impl Fn(u8) -> bool) -> usize {
        let len = self.replacement.len();
        let mut from = start;
        loop {
            let end = scan.run_end(from, &class);
            let first = from.max((end + 1).saturating_sub(len));
            match (first..=end).find(|place| scan.has(*place, &self.replacement)) {
                Some(place) => from = place + len,
                None => return end,
            }
        }
    }
}

impl KeyRules {
    /// If the name that ends before `end` is one whose value must not be seen, the place of its action.
    fn find_name(&self, scan: &Scan<'_>, end: usize) -> Option<u8> {
        let limit = end.saturating_sub(NAME);
        let mut end = end;
        if matches!(scan.before(end), b'"' | b'\'' | b'`') {
            // The name is what is quoted, but for spaces in it; the quote may be escaped.
            end -= 1;
            while end > limit && scan.before(end) == b'\\' {
                end -= 1;
            }
        }
        let mut start = end;
        while start > limit && IS_NAME[scan.before(start) as usize] {
            start -= 1;
        }
        let name = &scan.bytes[start..end];
        self.find_as_meant(name)
    }
}

/// Bytes of a parameter's name; `%` because it may be encoded, brackets as in `user[password]`.
static IS_NAME: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 0xFF {
        let b = byte as u8;
        table[byte] = b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'%' | b'[' | b']' | b'$' | b'~' | 0x80..);
        byte += 1;
    }
    table
};

/// Bytes of a value that is not quoted.
pub(crate) fn is_value(byte: u8) -> bool {
    !matches!(
        byte,
        0..=b' ' | b'&' | b'#' | b';' | b',' | b'"' | b'\'' | b'`' | b'<' | b'>' | b'(' | b')' | b'}' | b']' | b'|' | b'\\' | 0x7F | 0xFF
    )
}

/// Where the quoted text that begins at `start` ends. Its quotes have `escapes` backslashes before them: none, or as many as JSON in JSON needs
/// at that depth. A text that was cut off ends with the text around it.
fn quoted_end(scan: &Scan<'_>, start: usize, quote: u8, escapes: usize) -> usize {
    let mut place = start;
    let mut backslashes = 0;
    loop {
        match scan.byte(place) {
            0xFF => return place,
            b'\\' => backslashes += 1,
            byte if byte == quote && (backslashes < escapes || backslashes % (2 * (escapes + 1)) == escapes) => {
                // SQL writes a quote inside a text twice.
                let doubled = quote == b'\'' && scan.byte(place + 1) == quote;
                if !doubled {
                    return place - backslashes.min(escapes);
                }
                place += 1;
                backslashes = 0;
            }
            _ => backslashes = 0,
        }
        place += 1;
    }
}

/// Whether a word is none of a language: letters and digits, or three of upper case, lower case, digits and signs.
fn looks_secret(value: &[u8]) -> bool {
    let any = |class: fn(&u8) -> bool| u32::from(value.iter().any(class));
    let (lower, upper, digit) = (any(u8::is_ascii_lowercase), any(u8::is_ascii_uppercase), any(u8::is_ascii_digit));
    value.len() >= 6 && (lower + upper > 0 && digit > 0 || lower + upper + any(u8::is_ascii_punctuation) == 3)
}

/// What stands for a value in a parameterised query, and what data formats have where there is no text.
fn says_nothing(value: &[u8]) -> bool {
    match value {
        b"?" | b"%s" | b"null" | b"None" | b"nil" | b"true" | b"false" | b"True" | b"False" => true,
        [b'$', digits @ ..] => !digits.is_empty() && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::KeyPattern;
    use crate::scan::{Found, Scanner, TextsBuf};

    fn found(text: &str) -> Vec<String> {
        found_with(&["password", "token", "authorization"], text)
    }

    fn found_with(keys: &[&str], text: &str) -> Vec<String> {
        let keys: Vec<_> = keys.iter().map(|key| KeyPattern::Contains((*key).into())).collect();
        let mut scanner = Scanner::new(&[], Assignments::new(KeyRules::new(&keys, &[]), b"[REDACTED]"), &[]);
        let mut texts = TextsBuf::default();
        texts.push(text.as_bytes());
        let mut found = Found::default();
        scanner.scan(texts.as_texts(), &mut found);
        found.hits.sort_unstable_by_key(|hit| hit.start);
        found.hits.dedup();
        found.hits.iter().map(|hit| text[hit.start as usize..hit.end as usize].to_owned()).collect()
    }

    #[test]
    fn parameters_of_urls_and_forms_are_found() {
        assert_eq!(found("https://h/p?x=1&token=abc&y=2"), ["abc"]);
        assert_eq!(found("token=abc;Password=d%20e#f"), ["abc", "d%20e"]);
        assert_eq!(found("/cb?%74oken=abc&user[password]=d"), ["abc", "d"]);
        assert_eq!(found("redirect to /?access_token=a.b-c, then"), ["a.b-c"]);
        assert_eq!(found("token=&x=1 token= next token"), [""; 0]);
    }

    #[test]
    fn quoted_values_end_with_their_quote() {
        assert_eq!(found("where password = 'it''s, me' and x = 'y'"), ["it''s, me"]);
        assert_eq!(found(r#"password="a \"b\" \\" next"#), [r#"a \"b\" \\"#]);
        assert_eq!(found("password= 'cut off at"), ["cut off at"]);
        assert_eq!(found("password = hunter2 and"), ["hunter2"]);
    }

    #[test]
    fn members_of_json_are_found_at_any_depth_of_escaping() {
        assert_eq!(found(r#"{"email": "x", "password" : 1, "password": "a, b", "token":[1]}"#), ["a, b"]);
        assert_eq!(found(r#"{"body":"{\"password\":\"a \\\"b\",\"x\":1}"}"#), [r#"a \\\"b"#]);
        assert_eq!(found(r#"{"body":"{\"b\":\"{\\\"token\\\": \\\"a\\\"}\"}"}"#), ["a"]);
        assert_eq!(found(r#"{"token":12345,"token_x":null}"#), ["12345"]);
    }

    #[test]
    fn dictionaries_of_python_and_ruby_are_found() {
        assert_eq!(found(r#"{'user': 'x', 'password': 'it"s', 'token': None}"#), [r#"it"s"#]);
        assert_eq!(found(r#"{"password"=>"a", :token => "b", "x"=>"c"}"#), ["a", "b"]);
    }

    #[test]
    fn credentials_behind_their_scheme_belong_to_the_value() {
        assert_eq!(found("authorization=Basic dXNlcjpwYXNz, x"), ["Basic dXNlcjpwYXNz"]);
        assert_eq!(found("authorization=Negotiate"), ["Negotiate"]);
    }

    #[test]
    fn what_stands_for_a_value_stays() {
        assert_eq!(found("password = ? and token = $1 or token=%s or password='[REDACTED]' or token=[REDACTED]"), [""; 0]);
        assert_eq!(found("token=[REDACTED]abc"), ["[REDACTED]abc"]);
        assert_eq!(found("token=abc[REDACTED]d[REDACTED][REDACTED], x"), ["abc[REDACTED]d[REDACTED][REDACTED]"]);
    }

    #[test]
    fn in_prose_only_what_looks_like_a_secret_is_one() {
        assert_eq!(found("login with password: hunter2, then token: abC-def"), ["hunter2", "abC-def"]);
        assert_eq!(found("unexpected token: identifier; password: must be longer; tokens: 123456; password: [REDACTED]"), [""; 0]);
    }

    #[test]
    fn a_hidden_name_is_found_wherever_it_stands_and_so_are_names_before_it() {
        let all = |texts: &[&str]| {
            let keys = KeyRules::new(&[KeyPattern::Contains("password".into())], &[]);
            let mut scanner = Scanner::new(&[], Assignments::new(keys, b"[REDACTED]"), &[]);
            let mut run = TextsBuf::default();
            texts.iter().for_each(|text| run.push(text.as_bytes()));
            let mut found = Found::default();
            scanner.scan(run.as_texts(), &mut found);
            let of = |hit: &crate::detect::Hit| String::from_utf8(run.bytes[hit.start as usize..hit.end as usize].to_vec()).unwrap();
            let mut values: Vec<_> = found.hits.iter().map(of).collect();
            values.sort_unstable();
            values.dedup();
            values
        };
        assert_eq!(
            all(&["password=a", "%70assword=b%26c", "раssword=d", "ｐａｓｓｗｏｒｄ=e", "password=f"]),
            ["a", "b%26c", "d", "e", "f"]
        );
    }

    #[test]
    fn rules_too_short_to_be_searched_for_are_found_at_every_sign() {
        assert_eq!(
            found_with(&["pw", "token"], "https://h/p?dbpw=abc&x=1&token=d and \"pw\": \"e\", PW: f0o-Bar"),
            ["abc", "d", "e", "f0o-Bar"]
        );
        assert_eq!(found_with(&["pw"], "/?%70w=abc&p%77=d"), ["abc", "d"]);
    }

    #[test]
    fn other_names_are_left_alone() {
        assert_eq!(found("page=1&sort=asc&tok=en password, token: x, a == b, \"x\":\"y\""), [""; 0]);
    }
}
