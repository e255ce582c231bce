package spansieve

// maxDepth is how deep values may be nested.
const maxDepth = 64

// Edits takes down what is to change in a batch. Whatever is called in whatever order, what comes out obeys the rules of wit/layout.md: of
// two edits of the same thing the later one counts, and what was removed stays removed.
//
// Views of the batch show it as it came: edits do not change them. Only the edits by key of attributes see what was edited before, so that
// an attribute that was added is found when it is upserted again.
//
// # Values
//
// Where a value is taken, it may be a string, a bool, any integer or float, a []byte, a slice ([]any, []string, []int and so on) or a map (a
// [Map], which keeps its order, or a map with keys that are strings, which is sorted); nil is the empty value. An [Attribute] is copied with
// all that is nested in it, and a [Text] or a [NewText] is named rather than copied. A [Timestamp] and a [time.Duration] are integers of
// nanoseconds; ids, a [SpanKind], a [Status] and a [TraceReason] are strings. Types that are made of these are taken too. Anything else
// panics. Unsigned integers that are too great become doubles. In strings that are not UTF-8 what is wrong is replaced by U+FFFD.
type Edits struct {
	batch *Batch
	base  base
	texts newTexts

	ints      []uint64
	doubles   []uint64
	bytes     []byte
	bytesEnd  []uint32
	newGroups uint32

	added    addedRows
	set      setRows
	renamed  renamedRows
	removed  []uint32
	gone     stamps // removed rows
	replaced []uint32
	with     []uint32
	// For a text of the batch, its place among the replaced.
	replacement stamps
	// Spans that were dropped or kept, each once, and which of the two was said last.
	decided  []uint32
	decision stamps
	fields   setFields
	// Whether a new group may have lost the row that names it.
	orphans bool

	out []byte
}

// base is how much of everything the batch has: what edits bring along is numbered from there.
type base struct {
	texts, ints, doubles, bytes, groups uint32
}

const (
	decidedDrop uint32 = iota
	decidedKeep
)

// begin begins the edits of a batch; whatever was taken down before is forgotten.
func (e *Edits) begin(batch *Batch) {
	e.batch = batch
	e.base = base{
		texts:   uint32(len(batch.u32[ColumnTextEnd])),
		ints:    uint32(len(batch.u64[ColumnInts])),
		doubles: uint32(len(batch.u64[ColumnDoubles])),
		bytes:   uint32(len(batch.u32[ColumnBytesEnd])),
		groups:  batch.groups,
	}
	e.texts.begin(e.base.texts)
	e.ints, e.doubles, e.bytes, e.bytesEnd = e.ints[:0], e.doubles[:0], e.bytes[:0], e.bytesEnd[:0]
	e.newGroups = 0
	e.added.clear()
	e.set.clear()
	e.renamed.clear()
	e.removed = e.removed[:0]
	e.gone.clear()
	e.replaced, e.with = e.replaced[:0], e.with[:0]
	e.replacement.clear()
	e.decided = e.decided[:0]
	e.decision.clear()
	e.fields.clear()
	e.orphans = false
}

// IsEmpty tells whether nothing is to change.
func (e *Edits) IsEmpty() bool {
	return len(e.added.group) == 0 && len(e.set.row) == 0 && len(e.renamed.row) == 0 && len(e.removed) == 0 &&
		len(e.replaced) == 0 && len(e.decided) == 0 && len(e.fields.code) == 0
}

// === attributes, by key ===

// Add adds an attribute, whether or not there is one with this key. It is the cheapest way, where a policy knows that there is none.
func (e *Edits) Add(on Carrier, key string, value any) {
	e.addTo(groupOf(on), key, value)
}

// Insert adds an attribute if there is none with this key, and tells whether it did.
func (e *Edits) Insert(on Carrier, key string, value any) bool {
	group := groupOf(on)
	if _, found := e.find(group, key); found != nowhere {
		return false
	}
	e.addTo(group, key, value)
	return true
}

// Upsert sets the first attribute with this key, or adds it.
func (e *Edits) Upsert(on Carrier, key string, value any) {
	group := groupOf(on)
	place, found := e.find(group, key)
	if found == nowhere {
		e.addTo(group, key, value)
	} else {
		e.setFound(place, found, value)
	}
}

// Update sets the first attribute with this key if there is one, and tells whether it did.
func (e *Edits) Update(on Carrier, key string, value any) bool {
	place, found := e.find(groupOf(on), key)
	if found == nowhere {
		return false
	}
	e.setFound(place, found, value)
	return true
}

// Rename gives the first attribute with this key another key, and tells whether there was one. It does not ask whether the new key is free.
func (e *Edits) Rename(on Carrier, key, to string) bool {
	place, found := e.find(groupOf(on), key)
	switch found {
	case nowhere:
		return false
	case inBatch:
		e.renameRow(place, e.texts.intern(to))
	case inAdded:
		e.added.key[place] = e.texts.intern(to)
	}
	return true
}

// Remove removes every attribute with this key, and tells whether there was one.
func (e *Edits) Remove(on Carrier, key string) bool {
	group, any := groupOf(on), false
	for {
		place, found := e.find(group, key)
		switch found {
		case nowhere:
			return any
		case inBatch:
			e.removeRow(place)
		case inAdded:
			e.orphans = e.orphans || isNested(e.added.kind[place])
			e.added.group[place] = None
			e.added.holes = true
		}
		any = true
	}
}

// === attributes, and elements of nested values, by view ===

// SetValue changes the value of an attribute, or of an element of a nested value.
func (e *Edits) SetValue(attribute Attribute, value any) {
	row := e.rowOf(attribute)
	kind, number := e.bring(value, 0)
	e.setRow(row, kind, number)
}

// SetKey changes the key of an attribute, or of an entry of a map. Elements of an array have none: it panics.
func (e *Edits) SetKey(attribute Attribute, key string) {
	row := e.rowOf(attribute)
	if e.batch.u32At(ColumnRowKey, row) == None {
		panic("an element of an array has no key to be set")
	}
	e.renameRow(row, e.texts.intern(key))
}

// RemoveAttribute removes an attribute, or an element of a nested value, and what is nested in it.
func (e *Edits) RemoveAttribute(attribute Attribute) {
	e.removeRow(e.rowOf(attribute))
}

func (e *Edits) rowOf(attribute Attribute) uint32 {
	if attribute.batch != e.batch {
		panic("an attribute that does not exist, or is of another batch, cannot be edited: ask Exists first")
	}
	return attribute.row
}

// === texts and spans ===

// Text brings a string along, so that it can be used many times. Strings are found again by themselves, so this is for long ones that are
// made anew each time.
func (e *Edits) Text(text string) NewText {
	return NewText{e.texts.intern(text)}
}

// NewText names a text that edits bring along, until Process returns. It is taken as a value.
type NewText struct {
	index uint32
}

// ReplaceText replaces a text of the batch wherever it stands: as a key, a value, a name, anywhere.
func (e *Edits) ReplaceText(text Text, with string) {
	number := e.texts.intern(with)
	if place, ok := e.replacement.get(text.index); ok {
		e.with[place] = number
		return
	}
	e.replacement.put(text.index, uint32(len(e.replaced)))
	e.replaced = append(e.replaced, text.index)
	e.with = append(e.with, number)
}

// Drop drops a span: it is sampled out.
func (e *Edits) Drop(span Span) { e.decide(span.index, decidedDrop) }

// Keep marks a span as sampled. One that was only recorded is exported only so.
func (e *Edits) Keep(span Span) { e.decide(span.index, decidedKeep) }

func (e *Edits) decide(span, decision uint32) {
	if !e.decision.has(span) {
		e.decided = append(e.decided, span)
	}
	e.decision.put(span, decision)
}
