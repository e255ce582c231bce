//! Mutations of edits that know what edits are: most of what they make breaks at most one rule.

use libfuzzer_sys::fuzzer_mutate;
use spansieve_layout::{Blob, Column, Field, Kind, Magic, NONE, SEPARATOR};
use spansieve_runtime::fuzzing::edit;

use crate::batches::batch_for;
use crate::columns::{Columns, edit_columns, split};

/// Columns whose elements belong together.
const FAMILIES: [&[Column]; 10] = [
    &[Column::AddGroup, Column::AddKey, Column::AddKind, Column::AddValue],
    &[Column::SetRow, Column::SetKind, Column::SetValue],
    &[Column::RenameRow, Column::RenameKey],
    &[Column::RemoveRow],
    &[Column::ReplaceText, Column::ReplaceWith],
    &[Column::DropSpan],
    &[Column::KeepSpan],
    &[Column::FieldCode, Column::FieldIndex, Column::FieldValue],
    &[Column::Ints],
    &[Column::Doubles],
];

/// Most edits of one input that follow each other.
const MOST: usize = 3;

/// Mutates the input that is in the first `size` bytes of `data` and answers with its new size, at most that of `data`.
pub fn mutate(data: &mut [u8], size: usize, seed: u32) -> usize {
    let mut random = Random(u64::from(seed) | 1 << 32);
    let max = data.len();
    let mut all: Vec<Vec<u8>> = split(&data[..size]).into_iter().map(<[u8]>::to_vec).collect();
    let at = random.below(all.len());
    let columns = Columns::read(&all[at]).or_else(|| (random.below(4) > 0).then(Columns::none));
    // Bytes that are no edits at all have to be tried too.
    let Some(mut columns) = columns.filter(|_| random.below(16) > 0) else { return fuzzer_mutate(data, size, max) };

    match random.below(24) {
        0 if all.len() < MOST => all.push(all[at].clone()),
        0 if all.len() > 1 => drop(all.remove(at)),
        1 => {
            columns.header.now ^= 1;
            all[at] = columns.join();
        }
        _ => {
            let extent = Extent::behind(&all[..at], &all[0], &mut columns);
            for _ in 0..1 + random.below(3) {
                mutate_columns(&mut columns, &extent, &mut random);
            }
            all[at] = columns.join();
        }
    }
    let new = all.concat();
    if new.len() > max {
        return fuzzer_mutate(data, size, max);
    }
    data[..new.len()].copy_from_slice(&new);
    new.len()
}

fn mutate_columns(columns: &mut Columns, extent: &Extent, random: &mut Random) {
    let family = FAMILIES[random.below(FAMILIES.len())];
    let len = columns.len(family[0]);
    match random.below(16) {
        0..6 => add(columns, family, extent, random),
        6..9 if len > 0 => {
            let at = random.below(len);
            family.iter().for_each(|column| columns.remove(*column, at));
        }
        9..13 if len > 0 => {
            let (at, column) = (random.below(len), family[random.below(family.len())]);
            let value = if random.below(4) == 0 { lie(random) } else { extent.draw(column, columns, random) };
            if at < columns.len(column) {
                columns.set(column, at, value);
            }
        }
        13 => mutate_bytes(columns, random),
        14 => family.iter().for_each(|column| columns.bytes(*column).clear()),
        _ => add_text(columns, random),
    }
}

/// Adds one edit that is likely to be valid where nothing contradicts it.
fn add(columns: &mut Columns, family: &[Column], extent: &Extent, random: &mut Random) {
    for column in family {
        let mut value = extent.draw(*column, columns, random);
        match column {
            Column::AddKey if random.below(3) == 0 => value = NONE,
            Column::AddValue | Column::SetValue => {
                let kinds = if *column == Column::AddValue { Column::AddKind } else { Column::SetKind };
                value = extent.draw_value(columns.bytes(kinds).last().copied().unwrap_or(0), columns, random);
            }
            Column::FieldValue if random.below(4) == 0 => value = NONE,
            Column::FieldValue => match columns.bytes(Column::FieldCode).last().copied().and_then(Field::from_code) {
                Some(Field::SpanStatus) => value = random.below(3) as u32,
                Some(Field::SpanKind) => value = random.below(6) as u32,
                _ => {}
            },
            _ => {}
        }
        columns.push(*column, value);
    }
}

/// Mutates the bytes of a column, as whoever knows nothing of it would.
fn mutate_bytes(columns: &mut Columns, random: &mut Random) {
    let all: Vec<Column> = edit_columns().collect();
    let bytes = columns.bytes(all[random.below(all.len())]);
    let (size, max) = (bytes.len(), bytes.len() + 16);
    bytes.resize(max, 0);
    let size = fuzzer_mutate(bytes, size, max);
    bytes.truncate(size);
}

fn add_text(columns: &mut Columns, random: &mut Random) {
    let text = ["", "a", "[REDACTED]", "email", "user.email", "gr\u{fc}n", "list", "service.name"][random.below(8)];
    if random.below(3) == 0 {
        columns.bytes(Column::Bytes).extend_from_slice(text.as_bytes());
        let end = columns.bytes(Column::Bytes).len() as u32;
        columns.push(Column::BytesEnd, end);
    } else {
        columns.bytes(Column::Texts).extend_from_slice(text.as_bytes());
        let end = columns.bytes(Column::Texts).len() as u32;
        columns.push(Column::TextEnd, end);
        columns.bytes(Column::Texts).push(SEPARATOR);
    }
}

fn lie(random: &mut Random) -> u32 {
    match random.below(4) {
        0 => NONE,
        1 => NONE - 1,
        2 => random.below(64) as u32,
        _ => random.next() as u32,
    }
}

/// How much the batch and the edits have together of what edits name: texts, rows, groups and so on.
struct Extent {
    texts: usize,
    batch_texts: usize,
    ints: usize,
    doubles: usize,
    byte_strings: usize,
    rows: usize,
    groups: usize,
    spans: usize,
}

impl Extent {
    /// The extent of the batch that edits are for, behind those before them, and of what they bring along.
    fn behind(before: &[Vec<u8>], first: &[u8], columns: &mut Columns) -> Extent {
        let mut batch = batch_for(first);
        for edits in before {
            // Where they are nonsense the batch stays as it is.
            let _ = edit(&mut batch, edits);
        }
        let blob = batch.to_blob(&[]);
        let blob = match Blob::parse(&blob, Magic::Batch) {
            Ok(blob) => blob,
            Err(error) => panic!("{error}"),
        };
        Extent {
            texts: blob.texts().len() + columns.len(Column::TextEnd),
            batch_texts: blob.texts().len(),
            ints: blob.i64s(Column::Ints).len() + columns.len(Column::Ints),
            doubles: blob.f64s(Column::Doubles).len() + columns.len(Column::Doubles),
            byte_strings: blob.byte_strings().len() + columns.len(Column::BytesEnd),
            rows: blob.bytes(Column::RowKind).len(),
            groups: blob.u32s(Column::GroupEnd).len(),
            spans: blob.ids8(Column::SpanId).len(),
        }
    }

    /// A number that may stand in a column.
    fn draw(&self, column: Column, columns: &mut Columns, random: &mut Random) -> u32 {
        let below = match column {
            Column::AddGroup => self.groups + new_groups(columns) as usize,
            Column::SetRow | Column::RenameRow | Column::RemoveRow => self.rows,
            Column::AddKind | Column::SetKind => Kind::ALL.len(),
            Column::FieldCode => return 1 + random.below(Field::ALL.len()) as u32,
            Column::ReplaceText => self.batch_texts,
            Column::ReplaceWith => return (self.batch_texts + random.below(self.texts - self.batch_texts)) as u32,
            Column::DropSpan | Column::KeepSpan => self.spans,
            // Most fields are those of spans, of which there are most.
            Column::FieldIndex => self.spans,
            Column::Ints | Column::Doubles => return random.next() as u32,
            _ => self.texts,
        };
        random.below(below) as u32
    }

    /// A value of a kind. A new group is made for an array or a map.
    fn draw_value(&self, kind: u8, columns: &mut Columns, random: &mut Random) -> u32 {
        let below = match Kind::from_code(kind) {
            Some(Kind::Str) => self.texts,
            Some(Kind::Bool) => 2,
            Some(Kind::Int) => self.ints,
            Some(Kind::Double) => self.doubles,
            Some(Kind::Bytes) => self.byte_strings,
            Some(Kind::Array | Kind::Map) => {
                let count = new_groups(columns);
                columns.bytes(Column::NewGroups).clear();
                columns.push(Column::NewGroups, count.saturating_add(1));
                return (self.groups as u32).wrapping_add(count);
            }
            _ => 1,
        };
        random.below(below) as u32
    }
}

fn new_groups(columns: &mut Columns) -> u32 {
    columns.bytes(Column::NewGroups).first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

/// Xorshift64* (Vigna: An experimental exploration of Marsaglia's xorshift generators, 2014). libFuzzer gives the seed, so a run can be repeated.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    /// A number below a limit; 0 where that is 0.
    fn below(&mut self, limit: usize) -> usize {
        if limit == 0 { 0 } else { (self.next() % limit as u64) as usize }
    }
}
