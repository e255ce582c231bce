package spansieve

import (
	"iter"
	"math"
)

// Attribute is a view of an attribute, or of an element of an array or a map. The zero Attribute does not exist, and has a value of no kind.
type Attribute struct {
	batch *Batch
	row   uint32
}

// Exists tells whether there is such an attribute.
func (a Attribute) Exists() bool { return a.batch != nil }

// Row is its row in the batch, as in wit/layout.md.
func (a Attribute) Row() uint32 { return a.row }

// Key is its key; empty for an element of an array.
func (a Attribute) Key() string {
	if key := a.batch.u32At(ColumnRowKey, a.row); key != None {
		return a.batch.str(a.batch.u32At(ColumnKeys, key))
	}
	return ""
}

// Kind says what sort of value it has.
func (a Attribute) Kind() Kind {
	if a.batch == nil {
		return KindEmpty
	}
	if kind := Kind(a.batch.u8At(ColumnRowKind, a.row)); kind <= KindMap {
		return kind
	}
	return KindEmpty
}

// What asks for a value first asks whether there is an attribute at all, in a function that is small enough to be inlined: most spans do not
// have the attribute that a policy looks for.

func (a Attribute) is(kind Kind) bool {
	return Kind(a.batch.u8At(ColumnRowKind, a.row)) == kind
}

func (a Attribute) raw() uint32 { return a.batch.u32At(ColumnRowValue, a.row) }

// Str is its value if that is a string.
func (a Attribute) Str() (string, bool) {
	if a.batch == nil {
		return "", false
	}
	return a.str()
}

func (a Attribute) str() (string, bool) {
	if !a.is(KindString) {
		return "", false
	}
	return a.batch.str(a.raw()), true
}

// Is tells whether its value is this string, which is cheaper than comparing what [Attribute.Str] gives.
func (a Attribute) Is(text string) bool {
	return a.batch != nil && a.isText(text)
}

func (a Attribute) isText(text string) bool {
	return a.is(KindString) && string(a.batch.text(a.raw())) == text
}

// Text is its value, as a text of the batch, if that is a string.
func (a Attribute) Text() (Text, bool) {
	if a.batch == nil || !a.is(KindString) {
		return Text{}, false
	}
	return Text{a.batch, a.raw()}, true
}

// Bool is its value if that is a boolean.
func (a Attribute) Bool() (value, ok bool) {
	if a.batch == nil || !a.is(KindBool) {
		return false, false
	}
	return a.raw() != 0, true
}

// Int is its value if that is an integer.
func (a Attribute) Int() (int64, bool) {
	if a.batch == nil {
		return 0, false
	}
	return a.int()
}

func (a Attribute) int() (int64, bool) {
	if !a.is(KindInt) {
		return 0, false
	}
	return int64(a.batch.u64At(ColumnInts, a.raw())), true
}

// Double is its value if that is a double.
func (a Attribute) Double() (float64, bool) {
	if a.batch == nil {
		return 0, false
	}
	return a.double()
}

func (a Attribute) double() (float64, bool) {
	if !a.is(KindDouble) {
		return 0, false
	}
	return math.Float64frombits(a.batch.u64At(ColumnDoubles, a.raw())), true
}

// Number is its value if that is an integer or a double.
func (a Attribute) Number() (float64, bool) {
	if n, ok := a.Int(); ok {
		return float64(n), true
	}
	return a.Double()
}

// Bytes is a copy of its value if that is bytes.
func (a Attribute) Bytes() ([]byte, bool) {
	if a.batch == nil || !a.is(KindBytes) {
		return nil, false
	}
	return append([]byte{}, a.byteString()...), true
}

func (a Attribute) byteString() []byte {
	return cut(a.batch.u8[ColumnBytes], a.batch.u32[ColumnBytesEnd], a.raw(), 0, ColumnBytes)
}

// Items are the elements of its value, if that is an array or a map; those of an array have no keys.
func (a Attribute) Items() (Attributes, bool) {
	if kind := a.Kind(); kind != KindArray && kind != KindMap {
		return Attributes{}, false
	}
	return a.batch.group(a.raw()), true
}

// Value is its value as one of Go, deep: nil for an empty one, string, bool, int64, float64, []byte, []any or [Map].
func (a Attribute) Value() any {
	if a.batch == nil {
		return nil
	}
	rows := nestedRows(a.batch.rows)
	return a.deep(&rows)
}

// nestedRows counts down how many rows a value may have, so that one that is nested in itself, against the contract, comes to an end.
type nestedRows uint32

func (n *nestedRows) take(items Attributes) {
	if uint32(*n) < items.end-items.start {
		panic("a value of the batch is nested in itself")
	}
	*n -= nestedRows(items.end - items.start)
}

func (a Attribute) deep(rows *nestedRows) any {
	switch a.Kind() {
	case KindString:
		return a.batch.str(a.raw())
	case KindBool:
		return a.raw() != 0
	case KindInt:
		n, _ := a.int()
		return n
	case KindDouble:
		n, _ := a.double()
		return n
	case KindBytes:
		// Not nil, which would be the empty value.
		return append([]byte{}, a.byteString()...)
	case KindArray:
		items := a.batch.group(a.raw())
		rows.take(items)
		values := make([]any, 0, items.Len())
		for item := range items.All() {
			values = append(values, item.deep(rows))
		}
		return values
	case KindMap:
		items := a.batch.group(a.raw())
		rows.take(items)
		entries := make(Map, 0, items.Len())
		for item := range items.All() {
			entries = append(entries, Entry{item.Key(), item.deep(rows)})
		}
		return entries
	}
	return nil
}

// Attributes are the attributes of something, or the elements of an array or a map.
type Attributes struct {
	batch             *Batch
	group, start, end uint32
}

// Len is how many there are.
func (a Attributes) Len() int { return int(a.end - a.start) }

// All goes over them, in order.
func (a Attributes) All() iter.Seq[Attribute] {
	return func(yield func(Attribute) bool) {
		for row := a.start; row < a.end; row++ {
			if !yield(Attribute{a.batch, row}) {
				return
			}
		}
	}
}

// Get is the first with this key; one that does not exist if there is none. For keys of spans that are known beforehand a [Slot] is cheaper.
func (a Attributes) Get(key string) Attribute {
	if a.start == a.end {
		return Attribute{}
	}
	index := a.batch.key(key)
	if index == None {
		return Attribute{}
	}
	for row := a.start; row < a.end; row++ {
		if a.batch.u32At(ColumnRowKey, row) == index {
			return Attribute{a.batch, row}
		}
	}
	return Attribute{}
}

// Map is a value of entries in order, whose keys need not differ, as OpenTelemetry has them.
type Map []Entry

// Entry is one of a [Map].
type Entry struct {
	Key   string
	Value any
}

// Get is the value of the first entry with this key.
func (m Map) Get(key string) (any, bool) {
	for _, entry := range m {
		if entry.Key == key {
			return entry.Value, true
		}
	}
	return nil, false
}
