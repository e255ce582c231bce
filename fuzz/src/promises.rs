//! What must hold of every batch: what `wit/layout.md` promises guests, and that its text form says all of it.

use spansieve_layout::{Blob, Column, Kind, Magic, NONE, TraceReason};
use spansieve_runtime::Batch;
use spansieve_runtime::text::{self, Style};

/// Checks that a blob keeps the promises of the layout. Answers with how deep its values are nested.
///
/// # Panics
/// When it breaks one.
pub fn check_blob(bytes: &[u8]) -> usize {
    let blob = match Blob::parse_known(bytes, Magic::Batch) {
        Ok(blob) => blob,
        Err(error) => panic!("not a blob: {error}"),
    };
    let check = Check { texts: check_texts(&blob), blob };
    let depth = check.rows();
    check.spans();
    check.beside_spans();
    depth
}

/// Checks that a batch printed in full, parsed and printed again gives the same text, and answers with it.
///
/// # Panics
/// When it does not.
pub fn check_text(batch: &Batch) -> String {
    let full = text::print(batch, &Style::FULL);
    let mut again = Batch::new();
    if let Err(error) = text::parse(&full, &mut again) {
        panic!("what was printed can't be parsed: {error}\n{full}");
    }
    let twice = text::print(&again, &Style::FULL);
    assert!(full == twice, "printed\n{full}\nand after parsing it\n{twice}");
    full
}

struct Check<'a> {
    blob: Blob<'a>,
    texts: usize,
}

fn check_texts(blob: &Blob<'_>) -> usize {
    let (texts, strings) = (blob.texts(), blob.byte_strings());
    let mut filled = 0;
    let mut ascii = true;
    for index in 0..texts.len() as u32 {
        let Some(text) = texts.text(index) else { panic!("text {index} is not UTF-8, or not where its end says") };
        filled += text.len() + 1;
        ascii &= text.is_ascii();
        assert_eq!(texts.arena().get(filled - 1), Some(&spansieve_layout::SEPARATOR), "the separator of text {index}");
    }
    assert_eq!(filled, texts.arena().len(), "texts fill their arena");
    assert_eq!(ascii, blob.header().ascii, "the flag says whether every text is ASCII");
    let lengths = (0..strings.len() as u32).map(|index| strings.get(index).map_or_else(|| panic!("byte string {index}"), <[u8]>::len));
    assert_eq!(lengths.sum::<usize>(), strings.arena().len(), "byte strings fill their arena");
    let mut keys: Vec<_> = blob.u32s(Column::Keys).iter().map(|text| texts.text(text).unwrap_or_else(|| panic!("a key's text"))).collect();
    keys.sort_unstable();
    assert!(keys.windows(2).all(|pair| pair[0] != pair[1]), "no two keys have the same text");
    texts.len()
}

impl Check<'_> {
    fn len(&self, column: Column) -> usize {
        self.blob.bytes(column).len() / column.element_size()
    }

    /// Every element of a column is below a limit, or none where that is allowed.
    fn below(&self, column: Column, limit: usize, or_none: bool) {
        let wrong = self.blob.u32s(column).iter().position(|value| value as usize >= limit && !(or_none && value == NONE));
        assert_eq!(wrong, None, "an index of {} is out of range", column.name());
    }

    fn parallel(&self, len: usize, columns: &[Column]) {
        columns.iter().for_each(|column| assert_eq!(self.len(*column), len, "elements of {}", column.name()));
    }

    /// Ends ascend, and the last one is that of everything.
    fn ends(&self, column: Column, all: usize) {
        let ends = self.blob.u32s(column);
        assert!(ends.iter().is_sorted(), "{} ascends", column.name());
        assert!(ends.is_empty() || ends.get(ends.len() as u32 - 1) == Some(all as u32), "{} ends at {all}", column.name());
    }

    fn rows(&self) -> usize {
        let (keys, kinds, values) = (self.blob.u32s(Column::RowKey), self.blob.bytes(Column::RowKind), self.blob.u32s(Column::RowValue));
        let groups = self.len(Column::GroupEnd);
        self.parallel(kinds.len(), &[Column::RowKey, Column::RowValue]);
        self.ends(Column::GroupEnd, kinds.len());
        assert!(groups > 0 || kinds.is_empty(), "every row is in a group");
        self.below(Column::RowKey, self.len(Column::Keys), true);

        // For each group, how deep it is and whether it is an array; values have higher numbers than what is around them.
        let mut deepest = 0;
        let mut named: Vec<Option<(usize, bool)>> = vec![None; groups];
        let mut start = 0;
        for (group, end) in self.blob.u32s(Column::GroupEnd).iter().enumerate() {
            for row in start..end {
                let (Some(key), Some(value)) = (keys.get(row), values.get(row)) else { panic!("row {row} of group {group}") };
                // A value that was replaced leaves its group behind, which nothing names any more: nothing is known of it.
                if let Some((_, is_array)) = named[group] {
                    assert_eq!(is_array, key == NONE, "row {row}: elements of arrays have no key, and they alone");
                }
                let Some(kind) = Kind::from_code(kinds[row as usize]) else { panic!("the kind of row {row}") };
                let limit = match kind {
                    Kind::Empty => 1,
                    Kind::Str => self.texts,
                    Kind::Bool => 2,
                    Kind::Int => self.len(Column::Ints),
                    Kind::Double => self.len(Column::Doubles),
                    Kind::Bytes => self.len(Column::BytesEnd),
                    Kind::Array | Kind::Map => groups,
                };
                assert!((value as usize) < limit, "the value of row {row}");
                if matches!(kind, Kind::Array | Kind::Map) {
                    assert!(value as usize > group, "row {row} names a group that is not below its own");
                    assert!(named[value as usize].is_none(), "group {value} is the value of two rows");
                    let depth = named[group].map_or(0, |(depth, _)| depth) + 1;
                    named[value as usize] = Some((depth, kind == Kind::Array));
                    deepest = deepest.max(depth);
                }
            }
            start = end;
        }
        let attributes =
            [Column::SpanAttributes, Column::EventAttributes, Column::LinkAttributes, Column::ScopeAttributes, Column::ResourceAttributes];
        for column in attributes {
            self.below(column, groups, false);
            for group in self.blob.u32s(column).iter() {
                assert!(named[group as usize].replace((0, false)).is_none(), "group {group} is that of two things");
            }
        }
        deepest
    }

    fn spans(&self) {
        use Column::*;
        let len = self.blob.header().spans as usize;
        self.parallel(len, &[SpanTraceId, SpanId, SpanParentId, SpanStart, SpanEnd, SpanName, SpanKind, SpanStatus, SpanMessage]);
        self.parallel(len, &[SpanTracestate, SpanFlags, SpanScope, SpanAttributes, SpanEventsEnd, SpanLinksEnd]);
        self.parallel(len, &[SpanDroppedAttributes, SpanDroppedEvents, SpanDroppedLinks]);
        self.below(SpanName, self.texts, false);
        self.below(SpanMessage, self.texts, true);
        self.below(SpanTracestate, self.texts, true);
        self.below(SpanScope, self.len(ScopeAttributes), false);
        self.ends(SpanEventsEnd, self.len(EventAttributes));
        self.ends(SpanLinksEnd, self.len(LinkAttributes));
        assert!(self.blob.bytes(SpanKind).iter().all(|kind| *kind < 6) && self.blob.bytes(SpanStatus).iter().all(|status| *status < 3));

        assert_eq!(self.blob.header().grouped, self.blob.has(TraceEnd));
        self.parallel(self.len(TraceEnd), &[Column::TraceReason]);
        if self.blob.header().grouped {
            self.ends(TraceEnd, len);
        }
        assert!(self.blob.bytes(Column::TraceReason).iter().all(|code| self::TraceReason::from_code(*code).is_some()));
    }

    fn beside_spans(&self) {
        use Column::*;
        self.parallel(self.len(EventName), &[EventTime, EventAttributes, EventDroppedAttributes]);
        self.below(EventName, self.texts, false);
        self.parallel(self.len(LinkTraceId), &[LinkSpanId, LinkTracestate, LinkFlags, LinkAttributes, LinkDroppedAttributes]);
        self.below(LinkTracestate, self.texts, true);
        self.parallel(self.len(ScopeName), &[ScopeVersion, ScopeSchemaUrl, ScopeAttributes, ScopeDroppedAttributes, ScopeResource]);
        self.below(ScopeName, self.texts, false);
        self.below(ScopeVersion, self.texts, true);
        self.below(ScopeSchemaUrl, self.texts, true);
        self.below(ScopeResource, self.len(ResourceAttributes), false);
        self.parallel(self.len(ResourceAttributes), &[ResourceSchemaUrl, ResourceDroppedAttributes]);
        self.below(ResourceSchemaUrl, self.texts, true);
    }
}
