//! Redis: command names, subcommands, keys and fields stay, arguments that are data become `?`.
//!
//! As instrumentations write it: arguments joined by spaces, quoted or not, the commands of a pipeline on lines of their own. Neighbouring
//! values become one `?`. A command that is not listed keeps its first argument, which is the key or the subcommand, and nothing else.
//!
//! Values with spaces that are not quoted cannot be told from fields: `HSET user:1 name Ana Quill x` keeps `Quill`. Where the number of arguments does
//! not fit the command, everything behind the key goes.

use super::{Lexer, REDIS};

/// How the arguments of a command go on.
#[derive(Clone, Copy)]
enum Shape {
    /// All are keys, fields, numbers or options.
    Keep,
    /// After so many that stay, all are values.
    Hide(usize),
    /// After so many that stay, and options in words, groups of so many of which the last is a value.
    Groups(usize, usize),
    /// `SET key value`, and options.
    Set,
}

/// Commands by shape. Those with the shape of unlisted ones stand here because the lines of a pipeline are known by them.
const COMMANDS: &[(Shape, &str)] = &[
    (
        Shape::Keep,
        " GET DEL UNLINK EXISTS MGET TTL PTTL TYPE EXPIRE PEXPIRE EXPIREAT PEXPIREAT PERSIST INCR DECR INCRBY DECRBY INCRBYFLOAT STRLEN GETRANGE \
         HGET HMGET HGETALL HKEYS HVALS HLEN HDEL HEXISTS LLEN LRANGE LINDEX LPOP RPOP LTRIM RPOPLPUSH LMOVE BLPOP BRPOP SCARD SMEMBERS SPOP \
         SRANDMEMBER SINTER SUNION SDIFF ZRANGE ZREVRANGE ZCARD ZPOPMIN ZPOPMAX XLEN PING SELECT MULTI EXEC DISCARD WATCH UNWATCH RENAME TOUCH \
         DBSIZE FLUSHALL FLUSHDB TIME SUBSCRIBE UNSUBSCRIBE GETBIT BITCOUNT GETDEL WAIT QUIT ",
    ),
    (Shape::Hide(0), " AUTH MIGRATE HELLO EVAL EVAL_RO ECHO "),
    (
        Shape::Hide(1),
        " APPEND GETSET SETNX LPUSH LPUSHX RPUSH RPUSHX SADD SREM SISMEMBER SMISMEMBER ZREM ZRANK ZREVRANK ZSCORE ZMSCORE GEOHASH GEOPOS GEODIST \
         BITFIELD PUBLISH SCAN SSCAN HSCAN ZSCAN XADD XREAD XRANGE EVALSHA SCRIPT ACL CLIENT CLUSTER COMMAND INFO OBJECT ZRANGEBYSCORE PFADD KEYS \
         ZRANGEBYLEX GETEX ",
    ),
    (Shape::Hide(2), " SETEX PSETEX LSET LREM SETRANGE SETBIT RESTORE LINSERT HSETNX HINCRBY HINCRBYFLOAT ZINCRBY CONFIG SMOVE "),
    (Shape::Groups(0, 2), " MSET MSETNX "),
    (Shape::Groups(1, 2), " HSET HMSET ZADD "),
    (Shape::Groups(1, 3), " GEOADD "),
    (Shape::Set, " SET "),
];

/// More lines than this are no command.
const LINES: usize = 64;

/// Notes the values of the commands of a text.
pub(super) fn values(lexer: &mut Lexer<'_>) {
    let mut at = 0;
    let mut words = Vec::new();
    for line in 0.. {
        at = lexer.run_end(at, is_space);
        if at == lexer.text.len() {
            return;
        }
        if line == LINES {
            return lexer.found(REDIS, at, lexer.text.len());
        }
        words.clear();
        at = split(lexer, at, &mut words);
        command(lexer, &words, line == 0);
        // A quote that is not closed, or only on another line, may be no quote.
        for word in &words {
            let is_quoted = matches!(lexer.byte(word.0), b'"' | b'\'');
            if is_quoted && (word.1 == lexer.text.len() || lexer.text[word.0..word.1].contains(&b'\n')) && !is_closed(lexer, *word) {
                lexer.found(REDIS, word.0, word.1);
            }
        }
    }
}

/// Whether a word in quotes ends with its quote, on the line on which it begins.
fn is_closed(lexer: &Lexer<'_>, (start, end): (usize, usize)) -> bool {
    let line_end = lexer.run_end(start, |b| b != b'\n').min(end);
    lexer.quoted_end(start, lexer.byte(start), false, true).is_some_and(|close| close <= line_end)
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// Splits the line at `at` into words, and says where it ends. A word in quotes goes on up to its last one, over the ends of lines too.
fn split(lexer: &Lexer<'_>, mut at: usize, words: &mut Vec<(usize, usize)>) -> usize {
    loop {
        at = lexer.run_end(at, |b| is_space(b) && b != b'\n');
        if at == lexer.text.len() || lexer.byte(at) == b'\n' {
            return at;
        }
        let quote = lexer.byte(at);
        let end = match quote {
            b'"' | b'\'' => lexer.quoted_end(at, quote, false, true).unwrap_or(lexer.text.len()),
            _ => at,
        };
        let end = lexer.run_end(end, |b| !is_space(b));
        words.push((at, end));
        at = end;
    }
}

/// Notes the values of one command.
fn command(lexer: &mut Lexer<'_>, words: &[(usize, usize)], first: bool) {
    let (name, arguments) = match words.split_first() {
        Some((name, arguments)) => (&lexer.text[name.0..name.1], arguments),
        None => return,
    };
    let Some(shape) = shape(name) else {
        // A value may go on behind the end of a line. Only the first word is a command in any case.
        let is_name = first && name.first().is_some_and(u8::is_ascii_alphabetic);
        return hide(lexer, if is_name { &arguments[arguments.len().min(1)..] } else { words });
    };
    match shape {
        Shape::Keep => {}
        Shape::Hide(kept) => hide(lexer, arguments.get(kept..).unwrap_or_default()),
        Shape::Set => {
            let rest = arguments.get(1..).unwrap_or_default();
            hide(lexer, &rest[..rest.len() - options(lexer, rest)]);
        }
        Shape::Groups(kept, size) => {
            let rest = arguments.get(kept..).unwrap_or_default();
            let is_option = |word: &&(usize, usize)| is_one_of(lexer, **word, &["nx", "xx", "gt", "lt", "ch", "incr"]);
            let options = if rest.len() > size { rest.iter().take_while(is_option).count() } else { 0 };
            let groups = rest[options..].chunks_exact(size);
            if groups.len() > 0 && !groups.remainder().is_empty() {
                hide(lexer, rest);
            } else {
                groups.for_each(|group| hide(lexer, &group[size - 1..]));
            }
        }
    }
}

/// How many words at the end are options of `SET`, but for the first, which is the value.
fn options(lexer: &Lexer<'_>, words: &[(usize, usize)]) -> usize {
    let mut count = 0;
    while let Some(word) = words.len().checked_sub(count + 1).filter(|place| *place > 0) {
        let is_number = lexer.text[words[word].0..words[word].1].iter().all(u8::is_ascii_digit);
        if is_one_of(lexer, words[word], &["nx", "xx", "get", "keepttl"]) {
            count += 1;
        } else if word > 1 && is_number && is_one_of(lexer, words[word - 1], &["ex", "px", "exat", "pxat"]) {
            count += 2;
        } else {
            break;
        }
    }
    count
}

fn is_one_of(lexer: &Lexer<'_>, (start, end): (usize, usize), words: &[&str]) -> bool {
    words.iter().any(|word| word.as_bytes().eq_ignore_ascii_case(&lexer.text[start..end]))
}

/// The shape of a command that is listed.
fn shape(name: &[u8]) -> Option<Shape> {
    // A space, the name, a space: nothing longer is listed.
    let mut wanted = [b' '; 18];
    let part = wanted.get_mut(1..=name.len()).filter(|part| part.len() < 17)?;
    part.copy_from_slice(name);
    part.make_ascii_uppercase();
    let wanted = &wanted[..name.len() + 2];
    COMMANDS.iter().find(|(_, names)| names.as_bytes().windows(wanted.len()).any(|part| part == wanted)).map(|(shape, _)| *shape)
}

/// Notes neighbouring words as one value.
fn hide(lexer: &mut Lexer<'_>, words: &[(usize, usize)]) {
    if let (Some(first), Some(last)) = (words.first(), words.last()) {
        lexer.found(REDIS, first.0, last.1);
    }
}

#[cfg(test)]
mod tests {
    use super::super::Language;
    use super::super::tests::sanitized;

    #[track_caller]
    fn check(command: &str, expected: &str) {
        assert_eq!(sanitized(command, Language::Redis), expected, "{command}");
        assert_eq!(sanitized(expected, Language::Redis), expected, "a second run of {command}");
    }

    #[test]
    fn names_keys_and_fields_stay() {
        check("get session:ab12", "get session:ab12");
        check("HMSET myhash field1 'Hello' field2 'World'", "HMSET myhash field1 ? field2 ?");
        check("mset a 1 b \"two words\"", "mset a ? b ?");
        check("ZADD board NX CH 10 ana 11 leo", "ZADD board NX CH 10 ? 11 ?");
        check("GEOADD places 13.3 52.5 home", "GEOADD places 13.3 52.5 ?");
        check("CONFIG SET requirepass hunter2", "CONFIG SET requirepass ?");
        check("ACL SETUSER alice on >pw ~*", "ACL SETUSER ?");
    }

    #[test]
    fn options_behind_a_value_stay() {
        check("set session:1 Ana Quill ex 60 NX", "set session:1 ? ex 60 NX");
        check("SET k ex", "SET k ?");
        check("SET k nx nx", "SET k ? nx");
    }

    #[test]
    fn unlisted_commands_keep_their_first_argument() {
        check("FT.SEARCH idx \"@name:ana\" LIMIT 0 1", "FT.SEARCH idx ?");
        check("NOSUCHCMD", "NOSUCHCMD");
        check("\"quoted\" x", "?");
    }

    #[test]
    fn lines_of_pipelines_are_commands_only_where_they_are_listed() {
        check("SET a secret\nEXPIRE a 60\r\nhset h f v\n", "SET a ?\nEXPIRE a 60\r\nhset h f ?\n");
        check("SET a {\n secret\n}", "SET a ?\n ?\n?");
        check("SET a \"x\nGET secret\"", "SET a ?");
        check(&"GET a\n".repeat(100), &format!("{}?", "GET a\n".repeat(64)));
    }

    #[test]
    fn arguments_that_do_not_fit_are_values() {
        check("HSET user:1 name Ana Quill", "HSET user:1 ?");
        check("SET k...", "SET k...");
        check("HSET user:1 name", "HSET user:1 name");
        check("SET k \"cut of", "SET k ?");
        check("GET 'it\nSET k 'secret", "GET ?");
        check("GET \"secret", "GET ?");
        check("GET \"my key\"", "GET \"my key\"");
    }
}
