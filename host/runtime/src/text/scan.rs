//! Reading the parts of a line: words, keys, strings and values.

use super::error::TextError;
use super::{is_hidden, is_key_char};

/// A place in a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scan<'a> {
    line: &'a str,
    /// Byte offset, between characters.
    pub(super) at: usize,
    number: usize,
}

/// A value; nested ones are groups of [`Groups`].
#[derive(Debug)]
pub(super) enum Node {
    Empty,
    Str(String),
    Bool(bool),
    Int(i64),
    Double(f64),
    Bytes(Vec<u8>),
    Array(usize),
    Map(usize),
}

/// Runs of values with their keys, `None` in an array. Run 0 holds the attributes.
pub(super) type Groups = Vec<Vec<(Option<String>, Node)>>;

const VALUE: &str = "a value: \"text\", 1, 1.5, true, null, 0x0102, [..] or {key=value}";

impl<'a> Scan<'a> {
    /// The start of a line, counted from 1.
    pub(super) fn new(line: &'a str, number: usize) -> Self {
        Scan { line: line.trim_end_matches(' '), at: 0, number }
    }

    /// The same line at a byte offset that this scan has passed.
    pub(super) fn back_to(&self, at: usize) -> Self {
        Scan { at, ..*self }
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.line[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.line.len()
    }

    /// Goes past `text` if it stands here.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        let is_there = self.rest().starts_with(text);
        if is_there {
            self.at += text.len();
        }
        is_there
    }

    /// Goes past the characters for which `is_part` says so.
    pub(super) fn take(&mut self, is_part: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let taken = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
        self.at += taken.len();
        taken
    }

    /// Goes past spaces and answers with their number.
    pub(super) fn spaces(&mut self) -> usize {
        self.take(|c| c == ' ').len()
    }

    /// What stands here is not what was expected.
    pub(super) fn fail<T>(&self, expected: impl Into<String>) -> Result<T, TextError> {
        let rest = self.rest();
        let word = &rest[..rest.char_indices().skip(1).find(|(_, c)| *c == ' ').map_or(rest.len(), |(at, _)| at)];
        let found = match word.char_indices().nth(40) {
            _ if rest.is_empty() => "the end of the line".to_owned(),
            None => format!("`{}`", word.escape_debug()),
            Some((end, _)) => format!("`{}...`", word[..end].escape_debug()),
        };
        let column = self.line[..self.at].chars().count() + 1;
        Err(TextError { line: self.number, column, found, expected: expected.into() })
    }

    /// A string in JSON's notation, from its opening quote on.
    pub(super) fn string(&mut self) -> Result<String, TextError> {
        if !self.eat("\"") {
            return self.fail("a string: \"text\"");
        }
        let mut text = String::new();
        loop {
            let start = *self;
            match self.peek() {
                None => return self.fail("a closing quote"),
                Some('"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some('\\') => {
                    self.at += 1;
                    match self.escape() {
                        Some(c) => text.push(c),
                        None => return start.fail(r#"an escape: \" \\ \/ \b \f \n \r \t or \u0000"#),
                    }
                }
                Some(c) if is_hidden(c) => return self.fail(r"such a character escaped, as \u0000"),
                Some(c) => {
                    self.at += c.len_utf8();
                    text.push(c);
                }
            }
        }
    }

    /// What an escape stands for, from behind its backslash on.
    fn escape(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(match c {
            '"' | '\\' | '/' => c,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let unit = self.unit()?;
                match char::from_u32(u32::from(unit)) {
                    Some(c) => c,
                    None if self.eat("\\u") => char::decode_utf16([unit, self.unit()?]).next()?.ok()?,
                    None => return None,
                }
            }
            _ => return None,
        })
    }

    fn unit(&mut self) -> Option<u16> {
        let digits = self.rest().get(..4).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
        self.at += 4;
        u16::from_str_radix(digits, 16).ok()
    }

    /// A key of a nested map, and its `=`.
    fn map_key(&mut self) -> Result<String, TextError> {
        let key = match self.peek() {
            Some('"') => self.string()?,
            _ => self.take(is_key_char).to_owned(),
        };
        if key.is_empty() && !self.line[..self.at].ends_with('"') { self.fail("a key") } else { self.equals(key) }
    }

    fn equals(&mut self, key: String) -> Result<String, TextError> {
        if self.eat("=") { Ok(key) } else { self.fail("`=` and a value") }
    }

    /// A value with all that is nested in it; the groups it needs are appended. Depth costs no stack.
    pub(super) fn value(&mut self, groups: &mut Groups) -> Result<Node, TextError> {
        let mut open: Vec<(usize, bool, Option<String>)> = Vec::new();
        loop {
            let mut node = if self.eat("[") {
                Node::Array(groups.len())
            } else if self.eat("{") {
                Node::Map(groups.len())
            } else {
                self.scalar()?
            };
            if let Node::Array(group) | Node::Map(group) = node {
                let is_map = matches!(node, Node::Map(_));
                groups.push(Vec::new());
                self.spaces();
                if !self.eat(if is_map { "}" } else { "]" }) {
                    let key = if is_map { Some(self.map_key()?) } else { None };
                    open.push((group, is_map, key));
                    continue;
                }
            }
            // The value is whole. It may end those around it.
            loop {
                let Some((group, is_map, key)) = open.last_mut() else { return Ok(node) };
                groups[*group].push((key.take(), node));
                self.spaces();
                if self.eat(",") {
                    self.spaces();
                    if *is_map {
                        *key = Some(self.map_key()?);
                    }
                    break;
                }
                node = match (*is_map, self.eat(if *is_map { "}" } else { "]" })) {
                    (true, true) => Node::Map(*group),
                    (false, true) => Node::Array(*group),
                    (true, false) => return self.fail("`,` or `}`"),
                    (false, false) => return self.fail("`,` or `]`"),
                };
                open.pop();
            }
        }
    }

    fn scalar(&mut self) -> Result<Node, TextError> {
        if self.peek() == Some('"') {
            return self.string().map(Node::Str);
        }
        let start = *self;
        let word = self.take(is_key_char);
        let number = word.strip_prefix('-').unwrap_or(word);
        let node = match word {
            "null" => Some(Node::Empty),
            "true" => Some(Node::Bool(true)),
            "false" => Some(Node::Bool(false)),
            "NaN" => Some(Node::Double(f64::NAN)),
            "inf" => Some(Node::Double(f64::INFINITY)),
            "-inf" => Some(Node::Double(f64::NEG_INFINITY)),
            _ if word.starts_with("0x") => hex(&word[2..]).map(Node::Bytes),
            _ if number.starts_with(|c: char| c.is_ascii_digit()) => match word.contains(['.', 'e', 'E']) {
                true => word.parse().ok().map(Node::Double),
                false => word.parse().ok().map(Node::Int),
            },
            _ => None,
        };
        node.map_or_else(|| start.fail(VALUE), Ok)
    }
}

/// The bytes that hexadecimal digits stand for.
pub(super) fn hex(digits: &str) -> Option<Vec<u8>> {
    let digit = |b: u8| (b as char).to_digit(16).map(|digit| digit as u8);
    let bytes = digits.as_bytes();
    if !bytes.len().is_multiple_of(2) {
        return None;
    }
    bytes.chunks_exact(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}
