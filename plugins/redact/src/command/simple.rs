//! The values of plain statements: those that select or change rows, without comments, escapes and quoted identifiers of unknown dialects.
//!
//! Most statements are such, and most of their bytes belong to words. So the places where a value or a placeholder can begin are found sixteen bytes at a
//! time, and only there the [lexer](super::sql) is asked. What it would find is found, no more and no less; a statement in which more than that
//! may stand is left to it.

use super::dialect::Dialect;
use super::{Lexer, is_word, sql};
use crate::block::{Block, LEN};

/// Bytes for which one word tells where something can begin.
const STEP: usize = 64;

/// Longer statements are left to the lexer.
const STEPS: usize = 32;

/// What plain statements begin with. None of these creates users.
const VERBS: [&[u8]; 4] = [b"select ", b"insert ", b"update ", b"delete "];

/// Notes the literals of a plain statement. Says no, and notes nothing, where it is none.
pub(super) fn values(lexer: &mut Lexer<'_>, dialect: Dialect) -> bool {
    let text = lexer.text;
    let has_verb = || VERBS.iter().any(|verb| text.get(..verb.len()).is_some_and(|start| start.eq_ignore_ascii_case(verb)));
    if text.len() > STEP * STEPS || lexer.done.secret().is_some() || !has_verb() {
        return false;
    }
    let (mut places, mut word_before) = ([0u64; STEPS], 0);
    for (places, step) in places.iter_mut().zip(text.chunks(STEP)) {
        #[cfg(test)]
        step.iter().for_each(|_| crate::detect::steps::count());
        let mut bytes = [b' '; STEP];
        bytes[..step.len()].copy_from_slice(step);
        let Some(found) = starts(&bytes, dialect, lexer.done.first_byte(), &mut word_before) else { return false };
        *places = found;
    }
    let begins_comment = |at: usize| matches!((text[at], text.get(at + 1)), (b'-', Some(b'-')) | (b'/', Some(b'*' | b'/')));
    if memchr::memchr2_iter(b'-', b'/', text).any(begins_comment) {
        return false;
    }
    let mut done = 0;
    for (step, places) in places.iter().enumerate().take(text.len().div_ceil(STEP)) {
        let mut rest = *places;
        while rest != 0 {
            let at = step * STEP + rest.trailing_zeros() as usize;
            rest &= rest - 1;
            if at >= done {
                done = value(lexer, at, done, dialect);
            }
        }
    }
    true
}

/// The places in a step at which a literal or a placeholder can begin, or nothing if the statement is not plain. `word_before` says whether the byte before
/// the step belongs to a word, and then whether its last one does.
fn starts(step: &[u8; STEP], dialect: Dialect, replacement: u8, word_before: &mut u64) -> Option<u64> {
    let blocks = [0, 1, 2, 3].map(|part| Block::load(step[part * LEN..].first_chunk().expect("a step has four blocks")));
    let bits = |class: &dyn Fn(Block) -> Block| {
        let [a, b, c, d] = blocks.map(|block| class(block).bits());
        a | b << LEN | c << (2 * LEN) | d << (3 * LEN)
    };
    let is_known = dialect.escapes.is_some();
    let left_to_lexer = bits(&|byte| {
        let always = byte.equals(b'\\').or(byte.equals(b';')).or(byte.equals(replacement));
        let quotes = if is_known { always } else { always.or(byte.equals(b'"')).or(byte.equals(b'`')) };
        let hash = if dialect.mysql { quotes.or(byte.equals(b'#')) } else { quotes };
        if dialect.brackets { hash.or(byte.equals(b'[')) } else { hash }
    });
    if left_to_lexer != 0 {
        return None;
    }
    let digit = bits(&|byte| byte.within(b'0', b'9'));
    let word = digit | bits(&|byte| byte.folded().within(b'a', b'z').or(byte.equals(b'_')).or(byte.within(0x80, 0xFF)));
    let sign = bits(&|byte| {
        byte.equals(b'\'')
            .or(byte.equals(b'"'))
            .or(byte.equals(b'`'))
            .or(byte.within(b'?', b'@'))
            .or(byte.equals(b'$'))
            .or(byte.equals(b':'))
    });
    let begins = digit & !(word << 1 | *word_before);
    *word_before = word >> (STEP - 1);
    Some(begins | sign)
}

/// Looks at a place at which a literal or a placeholder can begin, and answers with where to go on. Nothing before `done` is looked at again.
fn value(lexer: &mut Lexer<'_>, at: usize, done: usize, dialect: Dialect) -> usize {
    let escapes = dialect.escapes.unwrap_or_default();
    let before = if at > done { lexer.byte(at - 1) } else { 0 };
    match lexer.byte(at) {
        b'\'' | b'"' if is_word(before) => {
            let start = (done..at).rev().take_while(|place| is_word(lexer.byte(*place)) || lexer.byte(*place) == b'$').last().unwrap_or(at);
            sql::literal_behind(lexer, start, at, dialect, escapes).unwrap_or_else(|| sql::quoted(lexer, at, dialect, escapes))
        }
        // `U&'..'`
        b'\''
            if before == b'&'
                && at >= done + 2
                && matches!(lexer.byte(at - 2), b'u' | b'U')
                && (at == done + 2 || !is_word(lexer.byte(at - 3))) =>
        {
            sql::literal_behind(lexer, at - 2, at - 1, dialect, escapes).unwrap_or(at + 1)
        }
        b'\'' | b'"' | b'`' => sql::quoted(lexer, at, dialect, escapes),
        b'?' => lexer.run_end(at + 1, |b| b.is_ascii_digit()),
        b'@' => lexer.run_end(at + 1, |b| is_word(b) || b == b'@'),
        b':' if lexer.byte(at + 1).is_ascii_digit() && !sql::ends_operand(lexer, at) => lexer.run_end(at + 1, |b| b.is_ascii_digit()),
        b':' => at + 1,
        b'$' if is_word(before) => lexer.run_end(at, |b| is_word(b) || b == b'$'),
        b'$' => sql::dollar(lexer, at, dialect),
        _ => {
            let dot = before == b'.' && !sql::ends_operand(lexer, at - 1);
            let start = at - usize::from(dot);
            let signed = start > done && matches!(lexer.byte(start - 1), b'+' | b'-');
            sql::number(lexer, start - usize::from(signed), start)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::dialect::tests::languages;
    use super::super::{Language, Lexer};
    use crate::action::Done;

    /// Pieces of statements, what is no part of plain ones among them.
    const PIECES: &[&str] = &[
        "a",
        "b2",
        "_3",
        "é",
        " ",
        " ",
        "\n",
        ",",
        "(",
        ")",
        "=",
        "<",
        ".",
        "+",
        "-",
        "*",
        "/",
        "%s",
        "?",
        "?1",
        ":1",
        ":name",
        "@p1",
        "@",
        "$1",
        "$2.5",
        "$",
        "$$x$$",
        "$a$",
        "1",
        "23",
        "4.5",
        ".6",
        "1e-5",
        "0xFF",
        "10K",
        "'x'",
        "'it''s'",
        "N'x'",
        "e'y'",
        "U&'z'",
        "q'[a]'",
        "x'",
        "'",
        "\"c d\"",
        "\"",
        "`e`",
        "`",
        "[f]",
        "[",
        "]",
        "::text",
        ":",
        "12:30",
        "IN (",
        "LIKE ",
        "values",
        "null",
        "\\",
        ";",
        "#",
        "--",
        "//",
        "/*",
        "[REDACTED]",
    ];

    #[test]
    fn plain_statements_have_the_values_that_the_lexer_finds() {
        let done = Done::new("[REDACTED]");
        let mut state = 1u32;
        let mut random = |below: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as usize % below
        };
        let (mut plain, mut all) = (0, 0);
        for language in languages() {
            let Language::Sql(dialect) = language else { continue };
            for _ in 0..20_000 {
                // Few statements are plain if everything may stand in them.
                let pieces = if random(4) > 0 { 44 } else { PIECES.len() };
                let text: String = std::iter::once("SELECT ").chain((0..random(30)).map(|_| PIECES[random(pieces)])).collect();
                let (mut ours, mut theirs) = (Vec::new(), Vec::new());
                let is_plain = super::values(&mut Lexer::new(text.as_bytes(), &done, 0, &mut ours), dialect);
                super::sql::read_all(&mut Lexer::new(text.as_bytes(), &done, 0, &mut theirs), dialect);
                assert!(if is_plain { ours == theirs } else { ours.is_empty() }, "{dialect:?} {text:?}: {ours:?} {theirs:?}");
                plain += u32::from(is_plain);
                all += 1;
            }
        }
        assert!(plain * 4 > all, "{plain} of {all}");
    }
}
