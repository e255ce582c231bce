package spansieve

import (
	"encoding/binary"
	"unsafe"
)

// The columns of edits.
const (
	columnNewGroups   = 100
	columnAddGroup    = 101
	columnAddKey      = 102
	columnAddKind     = 103
	columnAddValue    = 104
	columnSetRow      = 110
	columnSetKind     = 111
	columnSetValue    = 112
	columnRenameRow   = 115
	columnRenameKey   = 116
	columnRemoveRow   = 118
	columnReplaceText = 120
	columnReplaceWith = 121
	columnDropSpan    = 125
	columnKeepSpan    = 126
	columnFieldCode   = 130
	columnFieldIndex  = 131
	columnFieldValue  = 132

	// How many different ones there are, columns 1 to 6 included.
	editColumns = 24
)

// finish gives the edits as a blob, which is valid until begin; empty where nothing changes.
func (e *Edits) finish() []byte {
	if e.orphans {
		e.dropOrphans()
	}
	e.compact()
	if e.IsEmpty() {
		return nil
	}
	w := writer{out: append(e.out[:0], emptyHeader[:]...)}
	w.bytes(uint32(ColumnTexts), e.texts.arena)
	w.u32s(uint32(ColumnTextEnd), e.texts.ends)
	w.u64s(uint32(ColumnInts), e.ints)
	w.u64s(uint32(ColumnDoubles), e.doubles)
	w.bytes(uint32(ColumnBytes), e.bytes)
	w.u32s(uint32(ColumnBytesEnd), e.bytesEnd)
	if e.newGroups > 0 {
		w.u32s(columnNewGroups, []uint32{e.newGroups})
	}
	w.u32s(columnAddGroup, e.added.group)
	w.u32s(columnAddKey, e.added.key)
	w.bytes(columnAddKind, e.added.kind)
	w.u32s(columnAddValue, e.added.value)
	w.u32s(columnSetRow, e.set.row)
	w.bytes(columnSetKind, e.set.kind)
	w.u32s(columnSetValue, e.set.value)
	w.u32s(columnRenameRow, e.renamed.row)
	w.u32s(columnRenameKey, e.renamed.key)
	w.u32s(columnRemoveRow, e.removed)
	w.u32s(columnReplaceText, e.replaced)
	w.u32s(columnReplaceWith, e.with)
	e.writeDecided(&w, columnDropSpan, decidedDrop)
	e.writeDecided(&w, columnKeepSpan, decidedKeep)
	w.bytes(columnFieldCode, e.fields.code)
	w.u32s(columnFieldIndex, e.fields.index)
	w.u32s(columnFieldValue, e.fields.value)
	e.out = w.finish("SSVE")
	return e.out
}

func (e *Edits) writeDecided(w *writer, column, decision uint32) {
	start := len(w.out)
	for _, span := range e.decided {
		if number, _ := e.decision.get(span); number == decision {
			w.out = binary.LittleEndian.AppendUint32(w.out, span)
		}
	}
	w.entry(column, start)
}

// compact takes out the places of rows that were removed after they had been added, set or renamed.
func (e *Edits) compact() {
	if a := &e.added; a.holes {
		live := 0
		for i, group := range a.group {
			if group != None {
				a.group[live], a.key[live], a.kind[live], a.value[live] = group, a.key[i], a.kind[i], a.value[i]
				live++
			}
		}
		a.group, a.key, a.kind, a.value = a.group[:live], a.key[:live], a.kind[:live], a.value[:live]
	}
	if len(e.removed) == 0 {
		return
	}
	s, live := &e.set, 0
	for i, row := range s.row {
		if row != None {
			s.row[live], s.kind[live], s.value[live] = row, s.kind[i], s.value[i]
			live++
		}
	}
	s.row, s.kind, s.value = s.row[:live], s.kind[:live], s.value[:live]
	r, live := &e.renamed, 0
	for i, row := range r.row {
		if row != None {
			r.row[live], r.key[live] = row, r.key[i]
			live++
		}
	}
	r.row, r.key = r.row[:live], r.key[:live]
}

// dropOrphans takes out new groups that no row names any more, with their rows, and numbers the others anew. It is rare: a nested value was
// put somewhere and then superseded.
func (e *Edits) dropOrphans() {
	base, a, s := e.base.groups, &e.added, &e.set
	live := make([]bool, e.newGroups)
	for i, row := range s.row {
		if row != None && isNested(s.kind[i]) {
			live[s.value[i]-base] = true
		}
	}
	// A nested group has a higher number than the one it stands in, but its rows may come earlier: go on until nothing changes.
	for changed := true; changed; {
		changed = false
		for i, group := range a.group {
			stands := group != None && (group < base || live[group-base])
			if stands && isNested(a.kind[i]) && !live[a.value[i]-base] {
				live[a.value[i]-base] = true
				changed = true
			}
		}
	}
	number, count := make([]uint32, len(live)), uint32(0)
	for i := range live {
		number[i] = None
		if live[i] {
			number[i] = base + count
			count++
		}
	}
	for i, group := range a.group {
		if group != None && group >= base {
			a.group[i] = number[group-base]
			a.holes = a.holes || a.group[i] == None
		}
		if a.group[i] != None && isNested(a.kind[i]) {
			a.value[i] = number[a.value[i]-base]
		}
	}
	for i, row := range s.row {
		if row != None && isNested(s.kind[i]) {
			s.value[i] = number[s.value[i]-base]
		}
	}
	e.newGroups = count
}

// emptyHeader is the room for header and directory of edits, which begin at a multiple of 8.
var emptyHeader [(headerLen + editColumns*entryLen + 7) / 8 * 8]byte

// writer writes a blob, its columns in ascending order.
type writer struct {
	out     []byte
	entries int
}

func (w *writer) bytes(column uint32, bytes []byte) {
	start := len(w.out)
	w.out = append(w.out, bytes...)
	w.entry(column, start)
}

func (w *writer) u32s(column uint32, values []uint32) {
	w.bytes(column, unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), 4*len(values)))
}

func (w *writer) u64s(column uint32, values []uint64) {
	w.bytes(column, unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), 8*len(values)))
}

// entry puts the column that was written from start on into the directory.
func (w *writer) entry(column uint32, start int) {
	if len(w.out) == start {
		return
	}
	entry := w.out[headerLen+entryLen*w.entries:]
	binary.LittleEndian.PutUint32(entry, column)
	binary.LittleEndian.PutUint32(entry[4:], uint32(start))
	binary.LittleEndian.PutUint32(entry[8:], uint32(len(w.out)-start))
	w.entries++
	for len(w.out)%8 != 0 {
		w.out = append(w.out, 0)
	}
}

// finish fills in what is known only now.
func (w *writer) finish(magic string) []byte {
	copy(w.out, magic)
	binary.LittleEndian.PutUint16(w.out[4:], LayoutVersion)
	binary.LittleEndian.PutUint32(w.out[12:], uint32(w.entries))
	binary.LittleEndian.PutUint32(w.out[16:], uint32(len(w.out)))
	return w.out
}
