//! Edits in a few words, and as the guest makes them of each batch.

use std::collections::BTreeMap;

use spansieve_layout::{Blob, Column, Field, Header, Kind, Magic, SEPARATOR, Writer};

/// A blob of edits in which some numbers depend on the batch.
///
/// Written one column a line: its name in `wit/layout.md`, and its elements. An element is a number, `none`, the name of a kind or field
/// (`map`, `span-name`), or how many there are of something in the batch, with something added: `texts` is the first new text, `spans-1`
/// the last span, `rows+5` a row that does not exist. `A..=B` stands for all from A to B, `A*5` for five times A. The columns `texts` and
/// `bytes` are written as strings, in which `\ff` is a byte and `"a"*100` a hundred letters; their ends come by themselves, unless that
/// column is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edits {
    /// The blob, with 0 where there is a number of things in the batch.
    pub blob: Vec<u8>,
    /// Words of the blob to which a number of things in the batch is added.
    pub relative: Vec<Relative>,
}

/// A word of the edits that depends on the batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relative {
    /// Where it stands in the blob.
    pub at: usize,
    /// The batch's column of which the elements are counted; none for spans.
    pub column: Option<Column>,
    /// What is added to their number.
    pub plus: i32,
}

/// What can be counted in a batch.
const COUNTED: [(&str, Option<Column>); 10] = [
    ("texts", Some(Column::TextEnd)),
    ("ints", Some(Column::Ints)),
    ("doubles", Some(Column::Doubles)),
    ("byte-strings", Some(Column::BytesEnd)),
    ("rows", Some(Column::RowKind)),
    ("groups", Some(Column::GroupEnd)),
    ("spans", None),
    ("events", Some(Column::EventName)),
    ("scopes", Some(Column::ScopeName)),
    ("resources", Some(Column::ResourceAttributes)),
];

impl Edits {
    /// Reads lines.
    ///
    /// # Errors
    /// When a line is not understood.
    pub fn parse(lines: &[String]) -> Result<Edits, String> {
        let mut columns = BTreeMap::new();
        for line in lines {
            let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
            let column = Column::ALL.iter().find(|column| column.name() == name).ok_or_else(|| format!("no column is called {name:?}"))?;
            match column {
                Column::Texts => strings(&mut columns, rest, [Column::Texts, Column::TextEnd], &[SEPARATOR])?,
                Column::Bytes => strings(&mut columns, rest, [Column::Bytes, Column::BytesEnd], &[])?,
                _ => {
                    columns.insert(*column, elements(rest, column.element_size())?);
                }
            }
        }
        let mut edits = Edits::default();
        let header = Header { magic: Magic::Edits, ..Header::default() };
        let mut writer = Writer::new(&mut edits.blob, &header, columns.len());
        columns.iter().for_each(|(column, (bytes, _))| writer.column(*column, bytes));
        writer.finish();
        let blob = Blob::parse(&edits.blob, Magic::Edits).map_err(|error| error.to_string())?;
        for (column, (_, relative)) in &columns {
            let start = blob.bytes(*column).as_ptr() as usize - edits.blob.as_ptr() as usize;
            edits.relative.extend(relative.iter().map(|relative| Relative { at: start + relative.at, ..*relative }));
        }
        Ok(edits)
    }
}

type Elements = (Vec<u8>, Vec<Relative>);

/// Reads texts or byte strings, each with `behind` after it.
fn strings(columns: &mut BTreeMap<Column, Elements>, text: &str, [arena, ends]: [Column; 2], behind: &[u8]) -> Result<(), String> {
    let (mut bytes, mut end) = (Vec::new(), Vec::new());
    let mut rest = text.trim();
    while !rest.is_empty() {
        let wrong = || format!("expected a string, found {rest:?}");
        let (string, after) = rest.strip_prefix('"').and_then(|rest| rest.split_once('"')).ok_or_else(wrong)?;
        let (times, after) = match after.strip_prefix('*') {
            Some(after) => after.split_once(' ').unwrap_or((after, "")),
            None => ("1", after),
        };
        let string = unescaped(string).ok_or_else(wrong)?;
        bytes.extend(string.repeat(times.parse().map_err(|_| wrong())?));
        end.extend((bytes.len() as u32).to_le_bytes());
        bytes.extend_from_slice(behind);
        rest = after.trim_start();
    }
    columns.insert(arena, (bytes, Vec::new()));
    columns.entry(ends).or_insert((end, Vec::new()));
    Ok(())
}

fn unescaped(text: &str) -> Option<Vec<u8>> {
    let mut pieces = text.split('\\');
    let mut bytes = pieces.next()?.as_bytes().to_vec();
    for piece in pieces {
        bytes.push(u8::from_str_radix(piece.get(..2)?, 16).ok()?);
        bytes.extend_from_slice(&piece.as_bytes()[2..]);
    }
    Some(bytes)
}

/// Reads elements of so many bytes.
fn elements(text: &str, size: usize) -> Result<Elements, String> {
    let (mut bytes, mut relative) = (Vec::new(), Vec::new());
    for word in text.split_whitespace() {
        let wrong = || format!("expected an element, found {word:?}");
        let (word, times) = word.split_once('*').unwrap_or((word, "1"));
        let (first, last) = word.split_once("..=").unwrap_or((word, word));
        let (first, last) = (element(first).ok_or_else(wrong)?, element(last).ok_or_else(wrong)?);
        for _ in 0..times.parse().map_err(|_| wrong())? {
            for value in first.1..=last.1 {
                if let Some(column) = first.0 {
                    relative.push(Relative { at: bytes.len(), column, plus: value as i32 });
                }
                let value = if first.0.is_some() { 0 } else { value };
                bytes.extend_from_slice(&value.to_le_bytes()[..size]);
            }
        }
    }
    Ok((bytes, relative))
}

/// Of what it counts the elements, and what is to be added.
fn element(word: &str) -> Option<(Option<Option<Column>>, i64)> {
    if word == "none" {
        return Some((None, -1));
    }
    if let Ok(number) = word.parse() {
        return Some((None, number));
    }
    if let Some((name, column)) = COUNTED.iter().find(|(name, _)| word.starts_with(name)) {
        let plus = &word[name.len()..];
        return Some((Some(*column), if plus.is_empty() { 0 } else { plus.parse().ok()? }));
    }
    let kind = Kind::ALL.iter().find(|kind| word == kebab(&format!("{kind:?}"))).map(|kind| *kind as u8);
    let code = kind.or_else(|| Field::ALL.iter().find(|field| word == kebab(&format!("{field:?}"))).map(|field| *field as u8));
    code.map(|code| (None, code.into()))
}

fn kebab(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.extend(c.to_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edits(lines: &[&str]) -> Edits {
        Edits::parse(&lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn columns_are_written_as_the_layout_has_them() {
        let edits = edits(&["add-kind map*2 5", "texts \"a\"*3 \"\\ff\"", "drop-span 1 2..=4 none", "field-code span-name"]);
        let blob = Blob::parse(&edits.blob, Magic::Edits).unwrap();
        assert_eq!(blob.bytes(Column::AddKind), [7, 7, 5]);
        assert_eq!(blob.bytes(Column::Texts), b"aaa\xff\xff\xff");
        assert_eq!(blob.u32s(Column::TextEnd).iter().collect::<Vec<_>>(), [3, 5]);
        assert_eq!(blob.u32s(Column::DropSpan).iter().collect::<Vec<_>>(), [1, 2, 3, 4, u32::MAX]);
        assert_eq!(blob.bytes(Column::FieldCode), [Field::SpanName as u8]);
        assert!(edits.relative.is_empty());
    }

    #[test]
    fn numbers_of_things_are_left_to_the_guest() {
        let edits = edits(&["drop-span spans spans-1", "set-row rows+5"]);
        let blob = Blob::parse(&edits.blob, Magic::Edits).unwrap();
        let start = |column| blob.bytes(column).as_ptr() as usize - edits.blob.as_ptr() as usize;
        let (rows, spans) = (start(Column::SetRow), start(Column::DropSpan));
        let expected = [(rows, Some(Column::RowKind), 5), (spans, None, 0), (spans + 4, None, -1)];
        assert_eq!(edits.relative, expected.map(|(at, column, plus)| Relative { at, column, plus }));
    }

    #[test]
    fn the_ends_of_texts_may_be_given() {
        let blob = edits(&["text-end 9", "texts \"a\""]).blob;
        assert_eq!(Blob::parse(&blob, Magic::Edits).unwrap().u32s(Column::TextEnd).iter().collect::<Vec<_>>(), [9]);
        let blob = edits(&["texts \"a\"", "text-end 9"]).blob;
        assert_eq!(Blob::parse(&blob, Magic::Edits).unwrap().u32s(Column::TextEnd).iter().collect::<Vec<_>>(), [9]);
    }

    #[test]
    fn what_is_not_understood_is_an_error() {
        for line in ["drop-spans 1", "drop-span x", "drop-span 1*x", "texts a", "texts \"\\f\"", "drop-span spans+x"] {
            assert!(Edits::parse(&[line.to_owned()]).is_err(), "{line}");
        }
    }
}
