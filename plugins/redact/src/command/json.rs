//! JSON of search engines and MongoDB: keys stay, every value becomes `"?"`, so that the text stays JSON.
//!
//! Also what the shell of MongoDB writes: keys without quotes, texts in single quotes, calls such as `db.users.find({..})` and `ObjectId("..")`. The
//! spacing is kept. Several documents may follow each other. What is no JSON is a value.

use super::{JSON, Lexer, is_word};

/// What encloses a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Object,
    /// An array or the arguments of a call.
    List,
}

/// Notes the values, but for those below keys that `keep` names.
pub(super) fn values(lexer: &mut Lexer<'_>, keep: &[Vec<u8>]) {
    let mut inside: Vec<Inside> = Vec::new();
    // Whether a key is next, where an object encloses the place.
    let mut key = false;
    // Below this depth values stay.
    let mut kept: Option<usize> = None;
    let mut at = prefix(lexer);
    while at < lexer.text.len() {
        if let Some(end) = lexer.replaced(at) {
            at = end;
            continue;
        }
        let byte = lexer.byte(at);
        let start = at;
        at += 1;
        match byte {
            b' ' | b'\t'..=b'\r' | b':' => continue,
            b',' | b'}' | b']' | b')' => {
                if byte != b',' && inside.pop().is_none() {
                    lexer.found(JSON, start, at);
                }
                key = byte == b',' && inside.last() == Some(&Inside::Object);
                if kept.is_some_and(|depth| inside.len() <= depth) {
                    kept = None;
                }
                continue;
            }
            b'{' | b'[' | b'(' => {
                inside.push(if byte == b'{' { Inside::Object } else { Inside::List });
                key = byte == b'{';
                continue;
            }
            b'"' | b'\'' => at = lexer.quoted_end(start, byte, false, true).unwrap_or(lexer.text.len()),
            _ => {
                at = lexer.run_end(start, |b| {
                    !matches!(b, b' ' | b'\t'..=b'\r' | b',' | b':' | b'{'..=b'}' | b'[' | b']' | b'(' | b')' | b'"' | b'\'') || b == b'|'
                })
            }
        }
        at = at.max(start + 1);
        let next = lexer.byte(lexer.run_end(at, |b| matches!(b, b' ' | b'\t'..=b'\r')));
        if key && inside.last() == Some(&Inside::Object) && next == b':' {
            key = false;
            let name = lexer.text[start..at].trim_ascii();
            let name = name.strip_prefix(b"\"").and_then(|name| name.strip_suffix(b"\"")).unwrap_or(name);
            if kept.is_none() && keep.iter().any(|keep| keep == name) {
                kept = Some(inside.len());
            }
            continue;
        }
        key = false;
        let is_call = next == b'(' && !inside.is_empty() && lexer.text[start..at].iter().all(|b| is_word(*b) && *b < 0x80);
        if kept.is_none() && !is_call {
            lexer.found(JSON, start, at);
        }
    }
}

/// Where the first document begins: behind the name of a command or a call, such as `find` or `db.users.find`.
fn prefix(lexer: &Lexer<'_>) -> usize {
    let end = lexer.run_end(0, |b| b.is_ascii_alphabetic() || b.is_ascii_whitespace() || matches!(b, b'.' | b'_'));
    match lexer.byte(end) {
        b'{' | b'(' | b'[' if end <= 64 => end,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::sanitized;
    use super::super::{Language, Lexer};

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(sanitized(text, Language::Json), expected, "{text}");
        assert_eq!(sanitized(expected, Language::Json), expected, "a second run of {text}");
    }

    #[test]
    fn keys_and_spacing_stay_and_values_go() {
        check(r#"{"a": true, "b":[1, "x\"y", {"c":null}], "d":{}}"#, r#"{"a": "?", "b":["?", "?", {"c":"?"}], "d":{}}"#);
        check("{\"index\":{}}\n{\"user\":-1.5e3}\n", "{\"index\":{}}\n{\"user\":\"?\"}\n");
        check(r#"["a": "b", {"c": "d": "e"}]"#, r#"["?": "?", {"c": "?": "?"}]"#);
    }

    #[test]
    fn the_shell_of_mongodb_is_understood() {
        check(
            "db.users.find({name: 'Ana', n: {$gt: 5}, _id: ObjectId(\"5f\")})",
            "db.users.find({name: \"?\", n: {$gt: \"?\"}, _id: ObjectId(\"?\")})",
        );
        check("find {a: /x/i}", "find {a: \"?\"}");
    }

    #[test]
    fn what_is_cut_off_or_no_json_goes() {
        check(r#"{"query":"secr"#, r#"{"query":"?""#);
        check(r#"{"query":1, "secr"#, r#"{"query":"?", "?""#);
        check("hello {\"a\":1} secret", "hello {\"a\":\"?\"} \"?\"");
        check("secret", "\"?\"");
        check(")", "\"?\"");
    }

    #[test]
    fn values_below_kept_keys_stay() {
        let text = br#"{"size":10,"q":{"size":[1,{"x":2}],"y":3},"z":4}"#;
        let mut hits = Vec::new();
        super::values(&mut Lexer::new(text, &crate::action::Done::new("[REDACTED]"), 0, &mut hits), &[b"size".to_vec()]);
        let found: Vec<_> = hits.iter().map(|hit| &text[hit.start as usize..hit.end as usize]).collect();
        assert_eq!(found, [b"3", b"4"]);
    }
}
