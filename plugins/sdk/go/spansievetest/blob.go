package spansievetest

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
)

const (
	headerLen = 48
	entryLen  = 12
)

// blob is a batch or edits, taken apart.
type blob struct {
	Header  [headerLen]byte
	Columns map[uint32][]byte
}

func (b *blob) write() []byte {
	ids := slices.DeleteFunc(slices.Sorted(maps.Keys(b.Columns)), func(id uint32) bool { return len(b.Columns[id]) == 0 })
	out := append([]byte{}, b.Header[:]...)
	out = append(out, make([]byte, len(ids)*entryLen)...)
	for i, id := range ids {
		for len(out)%8 != 0 {
			out = append(out, 0)
		}
		entry := out[headerLen+i*entryLen:]
		binary.LittleEndian.PutUint32(entry, id)
		binary.LittleEndian.PutUint32(entry[4:], uint32(len(out)))
		binary.LittleEndian.PutUint32(entry[8:], uint32(len(b.Columns[id])))
		out = append(out, b.Columns[id]...)
	}
	binary.LittleEndian.PutUint32(out[12:], uint32(len(ids)))
	binary.LittleEndian.PutUint32(out[16:], uint32(len(out)))
	return out
}

// read takes a blob apart that begins with this magic.
func readBlob(bytes []byte, magic string) (*blob, error) {
	if len(bytes) < headerLen || string(bytes[:4]) != magic || binary.LittleEndian.Uint16(bytes[4:]) != 1 {
		return nil, fmt.Errorf("not a blob that begins with %s, of version 1", magic)
	}
	b := &blob{Header: [headerLen]byte(bytes), Columns: map[uint32][]byte{}}
	count, last := int(binary.LittleEndian.Uint32(bytes[12:])), uint32(0)
	if said := binary.LittleEndian.Uint32(bytes[16:]); int(said) != len(bytes) || count > (len(bytes)-headerLen)/entryLen {
		return nil, fmt.Errorf("the header says %d bytes and %d columns, but there are %d bytes", said, count, len(bytes))
	}
	for i := range count {
		entry := bytes[headerLen+i*entryLen:]
		id, offset, size := binary.LittleEndian.Uint32(entry), int(binary.LittleEndian.Uint32(entry[4:])), int(binary.LittleEndian.Uint32(entry[8:]))
		if id <= last || offset%8 != 0 || offset < headerLen+count*entryLen || offset+size > len(bytes) {
			return nil, fmt.Errorf("column %d, at %d, %d bytes long, is not in order", id, offset, size)
		}
		last = id
		b.Columns[id] = bytes[offset : offset+size]
	}
	return b, nil
}

func (b *blob) u32s(id uint32) ([]uint32, error) {
	bytes := b.Columns[id]
	if len(bytes)%4 != 0 {
		return nil, fmt.Errorf("column %d does not hold whole elements", id)
	}
	values := make([]uint32, len(bytes)/4)
	for i := range values {
		values[i] = binary.LittleEndian.Uint32(bytes[4*i:])
	}
	return values, nil
}

func (b *blob) u64s(id uint32) []uint64 {
	values := make([]uint64, len(b.Columns[id])/8)
	for i := range values {
		values[i] = binary.LittleEndian.Uint64(b.Columns[id][8*i:])
	}
	return values
}

// runs are the byte strings of an arena whose ends are given, gap bytes apart.
func (b *blob) runs(arena, ends uint32, gap int) ([]string, error) {
	var runs []string
	list, err := b.u32s(ends)
	start := 0
	for _, end := range list {
		if start > int(end) || int(end)+gap > len(b.Columns[arena]) || gap > 0 && b.Columns[arena][end] != 0xFF {
			return nil, fmt.Errorf("the ends of column %d are wrong", arena)
		}
		runs = append(runs, string(b.Columns[arena][start:end]))
		start = int(end) + gap
	}
	if err == nil && start != len(b.Columns[arena]) {
		return nil, fmt.Errorf("column %d goes on behind its last end", arena)
	}
	return runs, err
}
