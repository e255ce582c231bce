//! SQL: literals become `?`, comments go, everything else stays byte for byte.
//!
//! By the semantic conventions ("Sanitization of `db.query.text`"): texts, numbers with their sign, byte strings; not `NULL`, `TRUE` and `FALSE`, and
//! no placeholders. `IN (?, ?)` is not collapsed, which they leave open. Names of users and logins that a statement creates, alters or drops are
//! data too, and so is a password behind `IDENTIFIED BY`.
//!
//! Comments may hold anything and mean nothing, so they go; hints (`/*+ .. */`, in MySQL `/*! .. */`) are read as SQL. A quoted text, identifier or comment that
//! is not closed is a value up to the end: the text was cut off, or is not what it seems to be. Where it is not known whether a backslash
//! escapes a quote, the text is read in both ways, and what is a value in either is one. Where the dialect is not known, double quotes are taken for those of a text
//! behind a comparison, `LIKE`, and in the lists of `IN` and `VALUES`, and for those of an identifier elsewhere.

use super::dialect::Dialect;
use super::{COMMENT, Lexer, SQL, is_word, simple};

/// Notes the literals and comments of a statement.
pub(super) fn values(lexer: &mut Lexer<'_>, dialect: Dialect) {
    if !simple::values(lexer, dialect) {
        read_all(lexer, dialect);
    }
}

/// Reads the statement byte by byte, in two ways where it is not known whether backslashes escape.
pub(super) fn read_all(lexer: &mut Lexer<'_>, dialect: Dialect) {
    match dialect.escapes {
        Some(escapes) => read(lexer, dialect, escapes),
        None => {
            read(lexer, dialect, false);
            let text = lexer.text;
            if memchr::memchr_iter(b'\\', text).any(|at| text.get(at + 1) == Some(&b'\'')) {
                read(lexer, dialect, true);
            }
        }
    }
}

/// What the words before say of the next one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expects {
    Anything,
    /// `CREATE`, `ALTER` or `DROP`: what?
    Object,
    /// A user, or a password.
    Secret,
    /// Behind a user: a comma leads to another one.
    Comma,
    /// `IDENTIFIED`: `BY`?
    By,
}

fn read(lexer: &mut Lexer<'_>, dialect: Dialect, escapes: bool) {
    let mut expects = Expects::Anything;
    // The last byte before that is no space, and whether a list of values may go on.
    let (mut before, mut listed) = (0, false);
    let mut at = 0;
    while at < lexer.text.len() {
        let (byte, next) = (lexer.byte(at), lexer.byte(at + 1));
        let start = at;
        // A value in the place of a user is one, as is the `?` that takes its place.
        let (is_secret, known) = (expects == Expects::Secret, lexer.hits.len());
        if let Some(end) = lexer.replaced(at) {
            at = end;
            expects = Expects::Anything;
            continue;
        }
        match byte {
            b' ' | b'\t'..=b'\r' => {
                at += 1;
                continue;
            }
            b'-' if next == b'-' => {
                let dashes = lexer.run_end(at, |b| b == b'-');
                if !dialect.mysql || lexer.byte(dashes) <= b' ' {
                    // All of the dashes, as what is left of them would be a comment again.
                    at = line_comment(lexer, at);
                    continue;
                }
                // The last one may be a sign.
                at = dashes - 1;
            }
            b'#' if dialect.mysql => {
                at = line_comment(lexer, at);
                continue;
            }
            b'/' if next == b'/' && dialect.slashes => {
                at = line_comment(lexer, at);
                continue;
            }
            b'/' if next == b'*' => {
                at = match lexer.byte(at + 2) {
                    b'+' => at + 3,
                    b'!' if dialect.mysql => at + 3,
                    _ => block_comment(lexer, at, dialect.nested_comments),
                };
                continue;
            }
            b'\'' => at = text(lexer, start, at, escapes),
            b'"' if dialect.double_quoted_texts => at = text(lexer, start, at, escapes),
            b'"' if dialect.escapes.is_none() && (listed || matches!(before, b'=' | b'<' | b'>')) && is_no_qualifier(lexer, at) => {
                at = text(lexer, start, at, escapes);
            }
            b'"' | b'`' => at = identifier(lexer, at, byte, &mut expects),
            b'[' if dialect.brackets => at = identifier(lexer, at, b']', &mut expects),
            b'0'..=b'9' => at = number(lexer, start, at),
            b'.' if next.is_ascii_digit() && !ends_operand(lexer, at) => at = number(lexer, start, at),
            b'+' | b'-' if next.is_ascii_digit() || (next == b'.' && lexer.byte(at + 2).is_ascii_digit()) => {
                at = number(lexer, start, at + 1)
            }
            b'$' => at = dollar(lexer, at, dialect),
            b'?' => at = lexer.run_end(at + 1, |b| b.is_ascii_digit()),
            // `:1` of Oracle, but not the minutes of a time.
            b':' if next.is_ascii_digit() && !ends_operand(lexer, at) => at = lexer.run_end(at + 1, |b| b.is_ascii_digit()),
            b'@' => at = lexer.run_end(at + 1, |b| is_word(b) || b == b'@'),
            b',' if expects == Expects::Comma => {
                expects = Expects::Secret;
                at += 1;
                continue;
            }
            _ if is_word(byte) => {
                at = lexer.run_end(at, |b| is_word(b) || b == b'$');
                match literal_behind(lexer, start, at, dialect, escapes) {
                    Some(end) => {
                        // A name that touches a text is one still when the text is gone.
                        if expects == Expects::Secret {
                            lexer.found(SQL, start, at);
                        }
                        at = end;
                    }
                    None => {
                        let keyword = Keyword::of(&lexer.text[start..at]);
                        expects = word(lexer, start, at, keyword, expects);
                        listed = keyword == Keyword::List;
                        before = b'a';
                        continue;
                    }
                }
            }
            _ => at += 1,
        }
        before = byte;
        if is_secret && (byte == b'?' || lexer.hits.len() > known) {
            expects = Expects::Comma;
        } else if !matches!(byte, b'"' | b'`' | b'[') {
            expects = Expects::Anything;
        }
    }
}

/// A literal with a quote at `quote`, whose prefix begins at `start`.
fn text(lexer: &mut Lexer<'_>, start: usize, quote: usize, escapes: bool) -> usize {
    let end = lexer.quoted_end(quote, lexer.byte(quote), true, escapes).unwrap_or(lexer.text.len());
    lexer.found(SQL, start, end);
    end
}

/// What is quoted at `at` where nobody is expected: a text or an identifier.
pub(super) fn quoted(lexer: &mut Lexer<'_>, at: usize, dialect: Dialect, escapes: bool) -> usize {
    match lexer.byte(at) {
        b'\'' => text(lexer, at, at, escapes),
        b'"' if dialect.double_quoted_texts => text(lexer, at, at, escapes),
        quote => identifier(lexer, at, quote, &mut { Expects::Anything }),
    }
}

/// An identifier up to `close`. That of a user is data.
fn identifier(lexer: &mut Lexer<'_>, at: usize, close: u8, expects: &mut Expects) -> usize {
    let is_secret = std::mem::replace(expects, Expects::Anything) == Expects::Secret;
    let Some(end) = lexer.quoted_end(at, close, true, false) else {
        lexer.found(SQL, at, lexer.text.len());
        return lexer.text.len();
    };
    if is_secret {
        lexer.found(SQL, at + 1, end - 1);
        *expects = Expects::Comma;
    }
    end
}

/// Whether what is quoted at `at` stands alone, unlike the table in `"t"."c"`.
fn is_no_qualifier(lexer: &Lexer<'_>, at: usize) -> bool {
    lexer.quoted_end(at, b'"', true, false).is_none_or(|end| lexer.byte(end) != b'.')
}

/// A number whose sign, if any, is at `start`, and whose digits begin at `at`. What hangs on it belongs to it: exponents, suffixes such as `1.5F`, `10K`.
pub(super) fn number(lexer: &mut Lexer<'_>, start: usize, at: usize) -> usize {
    let mut end = at;
    // In hexadecimal `e` is a digit.
    let mut decimal = true;
    loop {
        let byte = lexer.byte(end);
        if decimal && matches!(byte, b'e' | b'E') && matches!(lexer.byte(end + 1), b'+' | b'-') && lexer.byte(end + 2).is_ascii_digit() {
            end += 2;
        }
        if !(is_word(byte) || byte == b'.') || end >= lexer.text.len() {
            break;
        }
        decimal &= byte.is_ascii_digit() || byte == b'.' || byte == b'_';
        end += 1;
    }
    lexer.found(SQL, start, end);
    end
}

/// `$1`, `$name`, or a text between two tags.
pub(super) fn dollar(lexer: &mut Lexer<'_>, at: usize, dialect: Dialect) -> usize {
    let digits = lexer.run_end(at + 1, |b| b.is_ascii_digit());
    if digits > at + 1 {
        let is_money = dialect.money || (lexer.byte(digits) == b'.' && lexer.byte(digits + 1).is_ascii_digit());
        return if is_money { number(lexer, at, at + 1) } else { digits };
    }
    let tag = lexer.run_end(at + 1, is_word) + 1;
    if !dialect.dollars || lexer.byte(tag - 1) != b'$' {
        return at + 1;
    }
    // Tags have no `$` inside, so looking for one is linear.
    let open = &lexer.text[at..tag];
    let mut place = tag;
    while place < lexer.text.len() && !(lexer.byte(place) == b'$' && lexer.has(place, open)) {
        place += 1;
    }
    let end = lexer.text.len().min(place + open.len());
    lexer.found(SQL, at, end);
    end
}

/// The literal that goes on behind the word at `start..end`: `N'..'`, `X'..'`, `E'..'`, `U&'..'`, `q'[..]'`.
pub(super) fn literal_behind(lexer: &mut Lexer<'_>, start: usize, end: usize, dialect: Dialect, escapes: bool) -> Option<usize> {
    if !matches!(lexer.byte(end), b'\'' | b'"' | b'&') {
        return None;
    }
    let is_quote = |byte: u8| byte == b'\'' || (byte == b'"' && dialect.double_quoted_texts);
    let mut lower = [0; 2];
    let word = &lexer.text[start..end];
    let prefix = match word.len() {
        1 | 2 => {
            lower[..word.len()].copy_from_slice(word);
            lower.make_ascii_lowercase();
            &lower[..word.len()]
        }
        _ => &[],
    };
    if prefix == b"u" && lexer.byte(end) == b'&' && lexer.byte(end + 1) == b'\'' {
        return Some(text(lexer, start, end + 1, false));
    }
    if !is_quote(lexer.byte(end)) {
        return None;
    }
    Some(match prefix {
        b"q" | b"nq" if dialect.q_quotes => {
            let open = lexer.byte(end + 1);
            let close = match open {
                b'[' => b']',
                b'(' => b')',
                b'{' => b'}',
                b'<' => b'>',
                other => other,
            };
            let mut place = end + 2;
            while place < lexer.text.len() && !(lexer.byte(place) == close && lexer.byte(place + 1) == b'\'') {
                place += 1;
            }
            let end = lexer.text.len().min(place + 2);
            lexer.found(SQL, start, end);
            end
        }
        b"e" => text(lexer, start, end, true),
        b"n" | b"x" | b"b" | b"g" => text(lexer, start, end, escapes),
        // No prefix, but a word that touches a text, such as a character set of MySQL.
        _ => text(lexer, end, end, escapes),
    })
}

/// A word that says something of what follows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keyword {
    None,
    /// `VALUES`, `IN`, `LIKE`: a text follows, or a list of them.
    List,
    /// `CREATE`, `ALTER`, `DROP`.
    Change,
    /// `USER`, `LOGIN`.
    User,
    /// `OR`, `REPLACE`, as in `CREATE OR REPLACE USER`.
    Or,
    Identified,
    By,
    /// What may stand between `USER` and its name, or between `BY` and the password.
    Filler,
}

impl Keyword {
    fn of(word: &[u8]) -> Self {
        let is = |known: &[u8]| known[0] == word[0] | 0x20 && known.eq_ignore_ascii_case(word);
        // By their lengths: most words of a statement are names.
        match word.len() {
            2 if is(b"in") => Keyword::List,
            2 if is(b"by") => Keyword::By,
            2 if is(b"or") => Keyword::Or,
            2 if is(b"if") => Keyword::Filler,
            3 if is(b"not") || is(b"for") => Keyword::Filler,
            4 if is(b"like") => Keyword::List,
            4 if is(b"user") => Keyword::User,
            4 if is(b"drop") => Keyword::Change,
            5 if is(b"ilike") => Keyword::List,
            5 if is(b"login") => Keyword::User,
            5 if is(b"alter") => Keyword::Change,
            6 if is(b"values") => Keyword::List,
            6 if is(b"create") => Keyword::Change,
            6 if is(b"exists") => Keyword::Filler,
            7 if is(b"replace") => Keyword::Or,
            7 if is(b"mapping") => Keyword::Filler,
            8 if is(b"password") => Keyword::Filler,
            10 if is(b"identified") => Keyword::Identified,
            _ => Keyword::None,
        }
    }
}

/// What is expected behind the word at `start..end`. A word that must not be seen is noted.
fn word(lexer: &mut Lexer<'_>, start: usize, end: usize, keyword: Keyword, expects: Expects) -> Expects {
    match (expects, keyword) {
        (Expects::Object, Keyword::User) => Expects::Secret,
        (Expects::Object, Keyword::Or) => Expects::Object,
        (Expects::By, Keyword::By) => Expects::Secret,
        (Expects::Secret, Keyword::Filler) => Expects::Secret,
        (Expects::Secret, Keyword::List) if lexer.text[start..end].eq_ignore_ascii_case(b"values") => Expects::Secret,
        (Expects::Secret, _) => {
            lexer.found(SQL, start, end);
            Expects::Comma
        }
        (_, Keyword::Change) => Expects::Object,
        (_, Keyword::Identified) => Expects::By,
        _ => Expects::Anything,
    }
}

/// Whether something ends before `at` that could be the left side of an operator.
pub(super) fn ends_operand(lexer: &Lexer<'_>, at: usize) -> bool {
    at.checked_sub(1)
        .is_some_and(|before| is_word(lexer.byte(before)) || matches!(lexer.byte(before), b'"' | b'`' | b']' | b')' | b'?' | b'\''))
}

fn line_comment(lexer: &mut Lexer<'_>, at: usize) -> usize {
    let end = lexer.run_end(at, |b| b != b'\n');
    let text_end = if lexer.byte(end.saturating_sub(1)) == b'\r' { end - 1 } else { end };
    lexer.found(COMMENT, at, text_end);
    end
}

fn block_comment(lexer: &mut Lexer<'_>, at: usize, nested: bool) -> usize {
    let mut depth = 1;
    let mut end = at + 2;
    while end < lexer.text.len() && depth > 0 {
        match (lexer.byte(end), lexer.byte(end + 1)) {
            (b'*', b'/') => {
                depth -= 1;
                end += 1;
            }
            (b'/', b'*') if nested => {
                depth += 1;
                end += 1;
            }
            _ => {}
        }
        end += 1;
    }
    lexer.found(COMMENT, at, end);
    end
}

#[cfg(test)]
mod tests {
    use super::super::System;
    use super::super::tests::sanitized;

    #[track_caller]
    fn check(system: &str, statement: &str, expected: &str) {
        let language = System::of(Some(system)).language(statement.as_bytes());
        assert_eq!(sanitized(statement, language), expected, "{statement}");
        assert_eq!(sanitized(expected, language), expected, "a second run of {statement}");
    }

    #[test]
    fn literals_of_the_standard_become_question_marks() {
        check("other_sql", "SELECT 'it''s', 12, -1.5e-3, .5, 0xFF, X'ab', N'x', TRUE, NULL", "SELECT ?, ?, ?, ?, ?, ?, ?, TRUE, NULL");
        check("other_sql", "SELECT a.b2, \"c 3\".d FROM t_4 WHERE e1=1", "SELECT a.b2, \"c 3\".d FROM t_4 WHERE e1=?");
        check("other_sql", "WHERE a BETWEEN DATE '2020-01-01' AND x-1", "WHERE a BETWEEN DATE ? AND x?");
        check("other_sql", "SELECT TIME 12:30:45", "SELECT TIME ?:?:?");
    }

    #[test]
    fn placeholders_of_every_style_stay() {
        let statement = "SELECT ?, ?1, $1, $2::text, :name, :1, @p1, @@rowcount, %s, %(user_1)s, a ->> ?, ? FROM t[?]";
        for system in ["other_sql", "postgresql", "oracle", "mysql", "sqlite"] {
            check(system, statement, statement);
        }
    }

    #[test]
    fn double_quotes_are_texts_in_mysql_and_identifiers_elsewhere() {
        check("mysql", r#"SELECT `a b` FROM t WHERE c = "it\"s" AND d = 'x\'y'"#, "SELECT `a b` FROM t WHERE c = ? AND d = ?");
        check("postgresql", r#"SELECT "a b" FROM t WHERE c = 'x\' AND "d" = 'y'"#, r#"SELECT "a b" FROM t WHERE c = ? AND "d" = ?"#);
    }

    #[test]
    fn double_quotes_of_an_unknown_dialect_are_texts_where_a_text_is_likely() {
        check("other_sql", r#"INSERT INTO "t" ("a") VALUES ("x", "y"), ("z")"#, r#"INSERT INTO "t" ("a") VALUES (?, ?), (?)"#);
        check("acme_sql", r#"SELECT "a" FROM "t" WHERE "b" = "x" AND "c" IN ("y")"#, r#"SELECT "a" FROM "t" WHERE "b" = ? AND "c" IN (?)"#);
        check("other_sql", r#"SELECT 1 FROM "a" JOIN "b" ON "a"."id" = "b"."id""#, r#"SELECT ? FROM "a" JOIN "b" ON "a"."id" = "b"."id""#);
    }

    #[test]
    fn dialects_have_texts_of_their_own() {
        check("postgresql", r"SELECT $$it's$$, $f$a $$ b$f$, E'a\'b', U&'\0061'", "SELECT ?, ?, ?, ?");
        check("oracle", "SELECT q'[it's]', nq'!a!', Q'(x)' FROM dual", "SELECT ?, ?, ? FROM dual");
        check(
            "mssql",
            "SELECT [O'Brien], [a]]b] FROM #t WHERE m > $12.50 AND n = N'x'",
            "SELECT [O'Brien], [a]]b] FROM #t WHERE m > ? AND n = ?",
        );
        check("mysql", "SELECT _utf8mb4'x', b'01'", "SELECT _utf8mb4?, ?");
        check("postgresql", "SELECT a[1], ARRAY['x'], b[1:2], c->1, d #>> '{a}'", "SELECT a[?], ARRAY[?], b[?:?], c->?, d #>> ?");
    }

    #[test]
    fn what_was_cut_off_is_a_value_to_the_end() {
        for cut in ["'secr", "E'sec\\", "$x$secr", "\"secr", "q'[secr", "N'se"] {
            check("other_sql", &format!("SELECT a, {cut}"), "SELECT a, ?");
        }
        check("other_sql", "SELECT a /* secr", "SELECT a ");
        check("mssql", "SELECT [secr", "SELECT ?");
    }

    #[test]
    fn comments_go_and_hints_stay() {
        check("other_sql", "SELECT a -- it's mine\nFROM/* x */b /* c */", "SELECT a \nFROM b ");
        check("postgresql", "SELECT /* a /* b */ 'c' */ d", "SELECT  d");
        check("oracle", "SELECT /*+ INDEX(e x) */ a FROM e", "SELECT /*+ INDEX(e x) */ a FROM e");
        check(
            "mysql",
            "SELECT /*!40001 SQL_NO_CACHE */ a # mine\nFROM b WHERE c=1--2",
            "SELECT /*!? SQL_NO_CACHE */ a \nFROM b WHERE c=?-?",
        );
        check("mysql", "SELECT a ----- x\nFROM b WHERE c=1----2--", "SELECT a \nFROM b WHERE c=?---?");
    }

    #[test]
    fn users_and_their_passwords_are_values() {
        check("other_sql", "ALTER USER johndoe WITH PASSWORD = 'x';", "ALTER USER ? WITH PASSWORD = ?;");
        check("other_sql", "DROP USER IF EXISTS a, \"b\"", "DROP USER IF EXISTS ?, \"?\"");
        check("mssql", "CREATE LOGIN [Mary5] WITH PASSWORD = ''", "CREATE LOGIN [?] WITH PASSWORD = ?");
        check("oracle", "CREATE USER scott IDENTIFIED BY tiger DEFAULT", "CREATE USER ? IDENTIFIED BY ? DEFAULT");
        check("postgresql", "CREATE USER MAPPING FOR bob SERVER s", "CREATE USER MAPPING FOR ? SERVER s");
        check("mysql", "CREATE USER \"a\", 'b', 3, x@y IDENTIFIED BY \"c\"", "CREATE USER ?, ?, ?, ?@y IDENTIFIED BY ?");
        check("other_sql", "SELECT user FROM login", "SELECT user FROM login");
    }

    #[test]
    fn where_escapes_are_not_known_both_readings_are_values() {
        let system = System::of(Some("other_sql"));
        let mut hits = Vec::new();
        let text = br"SELECT 'a\'b' , 'c'";
        super::super::Lexer::new(text, &crate::action::Done::new("[REDACTED]"), 0, &mut hits).values(system.language(text), &[]);
        let covered = |place: usize| hits.iter().any(|hit| (hit.start as usize..hit.end as usize).contains(&place));
        assert!((7..text.len()).all(covered));
        assert!(!(0..7).any(covered));
    }

    #[test]
    fn replacements_are_passed_over() {
        check(
            "other_sql",
            "SELECT [REDACTED] WHERE a = [REDACTED] AND b = 'x[REDACTED]'",
            "SELECT [REDACTED] WHERE a = [REDACTED] AND b = ?",
        );
        check("mssql", "CREATE USER [REDACTED]", "CREATE USER [REDACTED]");
    }
}
