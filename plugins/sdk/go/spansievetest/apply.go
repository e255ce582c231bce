package spansievetest

import (
	"encoding/binary"
	"fmt"
	"unicode/utf8"

	spansieve "github.com/spansieve/spansieve/plugins/sdk/go"
)

// Outcome is what came of a batch.
type Outcome struct {
	// Batch is the batch after the edits. Dropped spans are still in it.
	Batch Batch
	// Dropped and Kept are the spans that the policy dropped or marked as sampled, by index, in the order in which it said so.
	Dropped, Kept []int
	// Changed says how many rows, texts and fields the edits add, set, rename, remove or replace.
	Changed int
	// Edits are the edits as the host gets them; empty where nothing changes.
	Edits []byte
}

// Apply applies edits to a batch that has every column, as the host does. It fails where the edits break a rule of wit/layout.md.
func Apply(batch, edits []byte) (*Outcome, error) {
	outcome := &Outcome{Edits: edits}
	var err error
	if len(edits) == 0 {
		outcome.Batch, err = Decode(batch)
		return outcome, err
	}
	before, err := spansieve.ParseBatch(batch)
	if err != nil {
		return nil, err
	}
	s, err := newState(batch, edits)
	if err != nil {
		return nil, err
	}
	if err := s.apply(outcome); err != nil {
		return nil, err
	}
	outcome.Batch, err = Decode(s.write())
	// What was loose stays so; texts that the edits leave unused are not part of the batch.
	outcome.Batch.LooseTexts = nil
	for _, index := range looseTexts(before) {
		outcome.Batch.LooseTexts = append(outcome.Batch.LooseTexts, s.texts[index])
	}
	return outcome, err
}

const maxDepth = 64

// Columns of edits, whose elements say where, what, and of which kind.
const (
	newGroups   = 100
	addGroup    = 101
	addKey      = 102
	addKind     = 103
	addValue    = 104
	setRow      = 110
	setKind     = 111
	setValue    = 112
	renameRow   = 115
	renameKey   = 116
	removeRow   = 118
	replaceText = 120
	replaceWith = 121
	dropSpan    = 125
	keepSpan    = 126
	fieldCode   = 130
	fieldIndex  = 131
	fieldValue  = 132
)

var editColumns = []uint32{
	1, 2, 3, 4, 5, 6, newGroups, addGroup, addKey, addKind, addValue, setRow, setKind, setValue, renameRow, renameKey, removeRow, replaceText,
	replaceWith, dropSpan, keepSpan, fieldCode, fieldIndex, fieldValue,
}

// row is a row of the batch or an added one; its key is a text.
type row struct {
	key   uint32
	kind  spansieve.Kind
	value uint32
	gone  bool
}

// state is batch and edits in one numbering, open to change.
type state struct {
	batch                               *blob
	edit                                map[uint32][]uint32
	texts, bytes                        []string
	ints, doubles                       []uint64
	rows                                []row
	groups                              [][]int
	oldTexts, oldRows, oldGroups, spans int
}

func newState(batchBytes, editBytes []byte) (*state, error) {
	batch, err := readBlob(batchBytes, "SSVB")
	if err != nil {
		return nil, err
	}
	edits, err := readBlob(editBytes, "SSVE")
	if err != nil {
		return nil, err
	}
	s := &state{batch: batch, edit: map[uint32][]uint32{}}
	known := map[uint32]bool{}
	for _, id := range editColumns {
		known[id] = true
		if id == addKind || id == setKind || id == fieldCode {
			for _, b := range edits.Columns[id] {
				s.edit[id] = append(s.edit[id], uint32(b))
			}
		} else if id >= newGroups {
			if s.edit[id], err = edits.u32s(id); err != nil {
				return nil, err
			}
		}
	}
	for id := range edits.Columns {
		if !known[id] {
			return nil, fmt.Errorf("rule 7: unknown column %d", id)
		}
	}
	for _, b := range []*blob{batch, edits} {
		texts, err := b.runs(1, 2, 1)
		if err != nil {
			return nil, err
		}
		byteStrings, err := b.runs(5, 6, 0)
		if err != nil {
			return nil, err
		}
		if b == batch {
			s.oldTexts = len(texts)
		}
		s.texts, s.bytes = append(s.texts, texts...), append(s.bytes, byteStrings...)
		s.ints, s.doubles = append(s.ints, b.u64s(3)...), append(s.doubles, b.u64s(4)...)
	}
	for _, text := range s.texts[s.oldTexts:] {
		if !utf8.ValidString(text) {
			return nil, fmt.Errorf("rule 1: the new text %q is not UTF-8", text)
		}
	}
	keys, _ := batch.u32s(7)
	rowKeys, _ := batch.u32s(8)
	values, _ := batch.u32s(10)
	for i, kind := range batch.Columns[9] {
		key := spansieve.None
		if rowKeys[i] != spansieve.None {
			key = keys[rowKeys[i]]
		}
		s.rows = append(s.rows, row{key: key, kind: spansieve.Kind(kind), value: values[i]})
	}
	ends, _ := batch.u32s(11)
	start := 0
	for _, end := range ends {
		var group []int
		for ; start < int(end); start++ {
			group = append(group, start)
		}
		s.groups = append(s.groups, group)
	}
	s.oldRows, s.oldGroups = len(s.rows), len(s.groups)
	s.spans = int(binary.LittleEndian.Uint32(batch.Header[20:]))
	if len(s.edit[newGroups]) > 1 {
		return nil, fmt.Errorf("new-groups has one element, not %d", len(s.edit[newGroups]))
	} else if len(s.edit[newGroups]) == 1 {
		s.groups = append(s.groups, make([][]int, s.edit[newGroups][0])...)
	}
	return s, nil
}

// write writes the batch as it stands.
func (s *state) write() []byte {
	e := &encoder{columns: map[spansieve.Column][]byte{}}
	for id, bytes := range s.batch.Columns {
		if id > uint32(spansieve.ColumnDeclared) {
			e.columns[spansieve.Column(id)] = bytes
		}
	}
	for _, text := range s.texts {
		e.put(spansieve.ColumnTexts, []byte(text)...)
		e.put32(spansieve.ColumnTextEnd, uint32(len(e.columns[spansieve.ColumnTexts])))
		e.put(spansieve.ColumnTexts, 0xFF)
	}
	for _, n := range s.ints {
		e.put64(spansieve.ColumnInts, n)
	}
	for _, n := range s.doubles {
		e.put64(spansieve.ColumnDoubles, n)
	}
	for _, bytes := range s.bytes {
		e.put(spansieve.ColumnBytes, []byte(bytes)...)
		e.put32(spansieve.ColumnBytesEnd, uint32(len(e.columns[spansieve.ColumnBytes])))
	}
	for _, group := range s.groups {
		for _, index := range group {
			row := s.rows[index]
			if row.gone {
				continue
			}
			key := spansieve.None
			if row.key != spansieve.None {
				key = e.count(spansieve.ColumnKeys)
				e.put32(spansieve.ColumnKeys, row.key)
			}
			e.put32(spansieve.ColumnRowKey, key)
			e.put(spansieve.ColumnRowKind, byte(row.kind))
			e.put32(spansieve.ColumnRowValue, row.value)
		}
		e.put32(spansieve.ColumnGroupEnd, e.count(spansieve.ColumnRowValue))
	}
	e.header = s.batch.Header
	// Whether texts are ASCII may have changed.
	e.header[8] &^= 1
	return e.write(nil)
}
