package spansievetest

import (
	"encoding/binary"
	"fmt"
	"slices"

	spansieve "github.com/spansieve/spansieve/plugins/sdk/go"
)

// apply checks the edits against the rules of wit/layout.md and does them.
func (s *state) apply(outcome *Outcome) error {
	for _, parallel := range [][]uint32{{addGroup, addKey, addKind, addValue}, {setRow, setKind, setValue}, {renameRow, renameKey}, {replaceText, replaceWith}, {fieldCode, fieldIndex, fieldValue}} {
		for _, id := range parallel {
			if len(s.edit[id]) != len(s.edit[parallel[0]]) {
				return fmt.Errorf("rule 1: columns %d have different numbers of elements", parallel)
			}
		}
		outcome.Changed += len(s.edit[parallel[0]])
	}
	outcome.Changed += len(s.edit[removeRow])
	once := []struct {
		what   string
		values []uint32
		below  int
	}{
		{"a row is set once, and not if it is removed", slices.Concat(s.edit[setRow], s.edit[removeRow]), s.oldRows},
		{"a row is renamed once, and not if it is removed", slices.Concat(s.edit[renameRow], s.edit[removeRow]), s.oldRows},
		{"a text is replaced once", s.edit[replaceText], s.oldTexts},
		{"a span is dropped or kept once", slices.Concat(s.edit[dropSpan], s.edit[keepSpan]), s.spans},
	}
	for _, rule := range once {
		sorted := slices.Sorted(slices.Values(rule.values))
		if len(slices.Compact(sorted)) != len(rule.values) {
			return fmt.Errorf("rule 2: %s: %v", rule.what, rule.values)
		}
		if len(sorted) > 0 && int(slices.Max(sorted)) >= rule.below {
			return fmt.Errorf("rule 1: %v of %d", rule.values, rule.below)
		}
	}
	if err := s.applyRows(); err != nil {
		return err
	}
	if err := s.applyFields(); err != nil {
		return err
	}
	for i, text := range s.edit[replaceText] {
		with := s.edit[replaceWith][i]
		if int(with) < s.oldTexts || int(with) >= len(s.texts) {
			return fmt.Errorf("rule 2: text %d is replaced with %d, which is not a new text", text, with)
		}
		s.texts[text] = s.texts[with]
	}
	for _, span := range s.edit[dropSpan] {
		outcome.Dropped = append(outcome.Dropped, int(span))
	}
	flags := slices.Clone(s.batch.Columns[uint32(spansieve.ColumnSpanFlags)])
	for _, span := range s.edit[keepSpan] {
		outcome.Kept = append(outcome.Kept, int(span))
		flags[4*span] |= byte(spansieve.FlagSampled)
	}
	s.batch.Columns[uint32(spansieve.ColumnSpanFlags)] = flags
	return nil
}

func (s *state) applyRows() error {
	named, isArray := make([]int, len(s.groups)), make([]bool, len(s.groups))
	noteArrays := func() {
		for _, row := range s.rows {
			if row.kind == spansieve.KindArray {
				isArray[row.value] = true
			}
		}
	}
	noteArrays()
	check := func(inside, kind, value uint32) error {
		bounds := []int{1, len(s.texts), 2, len(s.ints), len(s.doubles), len(s.bytes), len(s.groups), len(s.groups)}
		if int(kind) >= len(bounds) || int(value) >= bounds[kind] {
			return fmt.Errorf("rule 1: a value %d of kind %s", value, spansieve.Kind(kind))
		}
		if kind == uint32(spansieve.KindArray) || kind == uint32(spansieve.KindMap) {
			if int(value) < s.oldGroups || int(inside) >= s.oldGroups && value <= inside {
				return fmt.Errorf("rule 3: group %d is the value of a row in group %d", value, inside)
			}
			named[value]++
		}
		return nil
	}
	for i, index := range s.edit[setRow] {
		if err := check(0, s.edit[setKind][i], s.edit[setValue][i]); err != nil {
			return err
		}
		s.rows[index].kind, s.rows[index].value = spansieve.Kind(s.edit[setKind][i]), s.edit[setValue][i]
	}
	for i, index := range s.edit[renameRow] {
		key := s.edit[renameKey][i]
		if int(key) >= len(s.texts) || s.rows[index].key == spansieve.None {
			return fmt.Errorf("rule 4: row %d is renamed to text %d", index, key)
		}
		s.rows[index].key = key
	}
	for i, group := range s.edit[addGroup] {
		key, kind, value := s.edit[addKey][i], s.edit[addKind][i], s.edit[addValue][i]
		if int(group) >= len(s.groups) || key != spansieve.None && int(key) >= len(s.texts) {
			return fmt.Errorf("rule 1: a row with key %d is added to group %d", key, group)
		}
		if err := check(group, kind, value); err != nil {
			return err
		}
		s.groups[group] = append(s.groups[group], len(s.rows))
		s.rows = append(s.rows, row{key: key, kind: spansieve.Kind(kind), value: value})
	}
	for i, times := range named[s.oldGroups:] {
		if times != 1 {
			return fmt.Errorf("rule 3: new group %d is named %d times", s.oldGroups+i, times)
		}
	}
	noteArrays()
	for _, index := range s.edit[removeRow] {
		s.rows[index].gone = true
	}
	for group, rows := range s.groups {
		for _, index := range rows {
			if row := s.rows[index]; !row.gone && isArray[group] != (row.key == spansieve.None) {
				return fmt.Errorf("rule 4: a row of group %d has a key or lacks one", group)
			} else if s.depth(row) > maxDepth {
				return fmt.Errorf("rule 3: a value is nested deeper than %d", maxDepth)
			}
		}
	}
	return nil
}

func (s *state) depth(row row) int {
	depth := 0
	if row.kind == spansieve.KindArray || row.kind == spansieve.KindMap {
		depth = 1
		for _, index := range s.groups[row.value] {
			depth = max(depth, 1+s.depth(s.rows[index]))
		}
	}
	return depth
}

// fields are the columns that hold fields, by the field's code, and whether the field may be absent.
var fields = map[uint32]struct {
	column spansieve.Column
	none   bool
}{
	1: {spansieve.ColumnSpanName, false}, 2: {spansieve.ColumnSpanMessage, true}, 3: {spansieve.ColumnSpanTraceState, true},
	4: {spansieve.ColumnSpanStatus, false}, 5: {spansieve.ColumnSpanKind, false}, 6: {spansieve.ColumnEventName, false},
	7: {spansieve.ColumnLinkTraceState, true}, 8: {spansieve.ColumnScopeName, false}, 9: {spansieve.ColumnScopeVersion, true},
	10: {spansieve.ColumnScopeSchemaURL, true}, 11: {spansieve.ColumnResourceSchemaURL, true},
}

func (s *state) applyFields() error {
	set := map[[2]uint32]bool{}
	for i, code := range s.edit[fieldCode] {
		index, value := s.edit[fieldIndex][i], s.edit[fieldValue][i]
		field, ok := fields[code]
		if !ok || set[[2]uint32{code, index}] {
			return fmt.Errorf("rule 2: field %d of %d is no field, or is set twice", code, index)
		}
		set[[2]uint32{code, index}] = true
		column := slices.Clone(s.batch.Columns[uint32(field.column)])
		size, bound := 4, len(s.texts)
		switch field.column {
		case spansieve.ColumnSpanStatus:
			size, bound = 1, 3
		case spansieve.ColumnSpanKind:
			size, bound = 1, 6
		}
		if int(index)*size >= len(column) || int(value) >= bound && !(field.none && value == spansieve.None) {
			return fmt.Errorf("rule 1: %s of %d is set to %d", field.column, index, value)
		}
		if size == 1 {
			column[index] = byte(value)
		} else {
			binary.LittleEndian.PutUint32(column[4*index:], value)
		}
		s.batch.Columns[uint32(field.column)] = column
	}
	return nil
}
