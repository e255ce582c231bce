//! memcached: commands, keys and numbers of the first line stay, data become `?`.

use super::{Lexer, MEMCACHED};

/// Commands whose arguments are keys, numbers and flags.
const WITHOUT_DATA: &[&str] =
    &["get", "gets", "gat", "gats", "mg", "delete", "md", "incr", "decr", "touch", "flush_all", "stats", "version"];

/// Notes the values of a command of the text protocol: what follows its first line, and on it everything behind the key that is no number.
pub(super) fn values(lexer: &mut Lexer<'_>) {
    let is_gap = |byte: u8| matches!(byte, b' ' | b'\t');
    let is_in_word = |byte: u8| !matches!(byte, b' ' | b'\t'..=b'\r');
    let start = lexer.run_end(0, |byte| !is_in_word(byte));
    let name_end = lexer.run_end(start, is_in_word);
    let name = &lexer.text[start..name_end];
    let has_data = !WITHOUT_DATA.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(name));
    let mut at = lexer.run_end(lexer.run_end(name_end, is_gap), is_in_word);
    loop {
        let word = lexer.run_end(at, is_gap);
        let end = lexer.run_end(word, is_in_word);
        if word == end {
            break;
        }
        let argument = &lexer.text[word..end];
        let stays = !has_data || argument == b"noreply" || argument.iter().all(u8::is_ascii_digit);
        if !stays {
            lexer.found(MEMCACHED, word, end);
        }
        at = end;
    }
    let data = lexer.run_end(at, |byte| !is_in_word(byte));
    let behind = lexer.text[data..].iter().rev().take_while(|byte| !is_in_word(**byte)).count();
    if data + behind < lexer.text.len() {
        lexer.found(MEMCACHED, data, lexer.text.len() - behind);
    }
}

#[cfg(test)]
mod tests {
    use super::super::Language;
    use super::super::tests::sanitized;

    #[test]
    fn keys_stay_and_data_go() {
        for (command, expected) in [
            ("set user:1 0 60 5\r\nhello\r\n", "set user:1 0 60 5\r\n?\r\n"),
            ("set user:1 hello", "set user:1 ?"),
            ("get user:1 user:2", "get user:1 user:2"),
            ("incr hits 5 noreply", "incr hits 5 noreply"),
            ("add k 0 60 5 noreply\r\na\r\nget b", "add k 0 60 5 noreply\r\n?"),
            ("get a\r\nset secret 1", "get a\r\n?"),
            ("\t", "\t"),
        ] {
            assert_eq!(sanitized(command, Language::Memcached), expected, "{command:?}");
            assert_eq!(sanitized(expected, Language::Memcached), expected);
        }
    }
}
