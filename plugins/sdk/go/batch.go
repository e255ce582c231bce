package spansieve

import (
	"iter"
	"math"
)

// Batch is a batch of spans, with their events, links, scopes and resources.
//
// What it gives are views, which read where they are asked and copy nothing. They are values: they may be stored and compared, but only
// until Process returns. Strings and other plain values that were read may be kept for good.
//
// Reading what New did not ask for panics with a message that says what to ask for.
type Batch struct {
	columns
	spans, rows, groups uint32
	flags               uint32
	now                 Timestamp
	head                float64

	keys    *memo
	strings *stringCache
	// asked tells which columns the policy asked for; nil where it asked for all.
	asked *[columnIDs]bool
}

// ParseBatch reads header and directory of a batch, which must not change while it is in use. Policies are handed their batches; this is
// for tools and tests.
func ParseBatch(blob []byte) (*Batch, error) {
	b := newBatch()
	if err := b.begin(blob); err != nil {
		return nil, err
	}
	return b, nil
}

func newBatch() *Batch {
	return &Batch{keys: new(memo), strings: new(stringCache)}
}

// begin makes it the batch that lies in the blob.
func (b *Batch) begin(blob []byte) error {
	b.keys.begin()
	return b.parse(blob)
}

// Now is the time of the batch: a policy's only clock.
func (b *Batch) Now() Timestamp { return b.now }

// HeadProbability is the probability with which the application's head sampler samples, 0 to 1; false where the host does not know.
func (b *Batch) HeadProbability() (float64, bool) {
	if math.IsNaN(b.head) {
		return 0, false
	}
	return b.head, true
}

// Len is how many spans there are. A batch may have resources and scopes but no spans.
func (b *Batch) Len() int { return int(b.spans) }

// Spans goes over all spans, in order.
func (b *Batch) Spans() iter.Seq[Span] {
	return func(yield func(Span) bool) {
		for i := range b.spans {
			if !yield(Span{b, i}) {
				return
			}
		}
	}
}

// Span is the span with this index. It panics if there are not so many.
func (b *Batch) Span(index int) Span {
	if uint(index) >= uint(b.spans) {
		panic("there is no span of this index in the batch")
	}
	return Span{b, uint32(index)}
}

// Traces goes over the traces, where the policy asked for whole traces; else there are none. Together they hold every span, in order.
func (b *Batch) Traces() iter.Seq[Trace] {
	count := 0
	if b.flags&flagGrouped != 0 {
		count = len(b.u32[ColumnTraceEnd])
	}
	return func(yield func(Trace) bool) {
		for i := range count {
			if !yield(Trace{b, uint32(i)}) {
				return
			}
		}
	}
}

// Events goes over all events, those of one span after those of the span before.
func (b *Batch) Events() iter.Seq[Event] {
	return views(b, b.count(ColumnEventName), func(b *Batch, i uint32) Event { return Event{b, i} })
}

// Links goes over all links, those of one span after those of the span before.
func (b *Batch) Links() iter.Seq[Link] {
	return views(b, b.count(ColumnLinkFlags), func(b *Batch, i uint32) Link { return Link{b, i} })
}

// Scopes goes over all scopes.
func (b *Batch) Scopes() iter.Seq[Scope] {
	return views(b, b.count(ColumnScopeName), func(b *Batch, i uint32) Scope { return Scope{b, i} })
}

// Resources goes over all resources.
func (b *Batch) Resources() iter.Seq[Resource] {
	return views(b, b.count(ColumnResourceAttributes), func(b *Batch, i uint32) Resource { return Resource{b, i} })
}

// count is how many elements a column has. That it has none must not come of its not having been asked for.
func (b *Batch) count(column Column) int {
	b.mustHave(column)
	return len(b.u32[column])
}

func (b *Batch) mustHave(column Column) {
	if b.asked != nil && !b.asked[column] {
		panic(missing(column))
	}
}

func views[V any](b *Batch, count int, view func(*Batch, uint32) V) iter.Seq[V] {
	return func(yield func(V) bool) {
		for i := range count {
			if !yield(view(b, uint32(i))) {
				return
			}
		}
	}
}

// === texts and rows ===

// Texts goes over all texts of the batch: keys, string values, names and so on. The same text may be there more than once, and not every
// one need stand anywhere.
func (b *Batch) Texts() iter.Seq[Text] {
	b.mustHave(ColumnTexts)
	return views(b, b.count(ColumnTextEnd), func(b *Batch, i uint32) Text { return Text{b, i} })
}

// Rows goes over every attribute of the batch, whatever it belongs to, and over every element of nested values, however deep.
func (b *Batch) Rows() iter.Seq[Attribute] {
	b.mustHave(ColumnRowKind)
	return views(b, int(b.rows), func(b *Batch, i uint32) Attribute { return Attribute{b, i} })
}

// key is the index of the distinct key with this text, or None. It is asked where there are attributes.
func (b *Batch) key(name string) uint32 {
	if key, ok := b.keys.get(name); ok {
		return key
	}
	if len(b.u32[ColumnRowKey]) == 0 {
		// There are attributes to look through, but their keys were not asked for.
		panic(missing(ColumnRowKey))
	}
	key := None
	for i, text := range b.u32[ColumnKeys] {
		if string(b.text(text)) == name {
			key = uint32(i)
			break
		}
	}
	b.keys.put(name, key)
	return key
}

func (b *Batch) group(index uint32) Attributes {
	end := b.u32At(ColumnGroupEnd, index)
	start := b.runStart(ColumnGroupEnd, index)
	if start > end || end > b.rows {
		panic(missing(ColumnRowKind))
	}
	return Attributes{b, index, start, end}
}

// === columns as they lie ===

// Bytes is a column of bytes, or the bytes of another; empty where the batch does not have it. Neither it nor the slices that U32s and
// U64s give may be changed, or kept after Process has returned.
func (b *Batch) Bytes(column Column) []byte { return b.u8[column] }

// U32s is a column of 4-byte elements.
func (b *Batch) U32s(column Column) []uint32 {
	return b.u32[column]
}

// U64s is a column of 8-byte elements: times, integers as their two's complement, doubles as their bits.
func (b *Batch) U64s(column Column) []uint64 { return b.u64[column] }

// Text is a text of the batch. In edits it is named rather than copied.
type Text struct {
	batch *Batch
	index uint32
}

// Index is its index among the texts of the batch.
func (t Text) Index() int { return int(t.index) }

// String is the text as a string, which may be kept.
func (t Text) String() string { return t.batch.str(t.index) }

// Is tells whether it reads so, which is cheaper than comparing [Text.String].
func (t Text) Is(text string) bool { return string(t.batch.text(t.index)) == text }

// Bytes is the text as it lies in the batch: to be neither changed nor kept.
func (t Text) Bytes() []byte { return t.batch.text(t.index) }
