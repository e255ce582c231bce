package spansieve

import (
	"encoding/binary"
	"errors"
	"math"
	"strconv"
	"unsafe"
)

// LayoutVersion is the version of wit/layout.md that this SDK reads and writes.
const LayoutVersion = 1

const (
	headerLen = 48
	entryLen  = 12
	separator = 0xFF

	flagASCII   = 1
	flagGrouped = 2
)

// columns are those of one blob, by number and by the size of their elements, as they lie in it: nothing is copied. A column that the
// blob does not have is empty.
type columns struct {
	u8  [columnIDs][]byte // also ids of 8 and 16 bytes
	u32 [columnIDs][]uint32
	u64 [columnIDs][]uint64
}

// parse reads header and directory of a batch. Values inside columns are not checked here: views check what they read.
func (b *Batch) parse(blob []byte) error {
	*b = Batch{keys: b.keys, strings: b.strings, asked: b.asked}
	if len(blob) < headerLen {
		return errors.New(strconv.Itoa(len(blob)) + " bytes are no batch: its header alone has 48")
	}
	if magic := string(blob[:4]); magic != "SSVB" {
		return errors.New("expected the magic \"SSVB\", found " + strconv.Quote(magic))
	}
	if version := binary.LittleEndian.Uint16(blob[4:]); version != LayoutVersion {
		return errors.New("layout version " + strconv.Itoa(int(version)) + ", expected " + strconv.Itoa(LayoutVersion))
	}
	if said := binary.LittleEndian.Uint32(blob[16:]); uint64(said) != uint64(len(blob)) {
		return errors.New("the header says " + strconv.FormatUint(uint64(said), 10) + " bytes, the batch has " + strconv.Itoa(len(blob)))
	}
	blob, err := aligned(blob)
	if err != nil {
		return err
	}
	b.flags = binary.LittleEndian.Uint32(blob[8:])
	b.spans = binary.LittleEndian.Uint32(blob[20:])
	b.now = Timestamp(binary.LittleEndian.Uint64(blob[24:]))
	b.head = math.Float64frombits(binary.LittleEndian.Uint64(blob[32:]))
	count := binary.LittleEndian.Uint32(blob[12:])
	start := uint64(headerLen) + uint64(count)*entryLen
	if start > uint64(len(blob)) {
		return errors.New("a directory of " + strconv.FormatUint(uint64(count), 10) + " columns does not fit into the batch")
	}
	last := uint32(0)
	for entry := blob[headerLen:start]; len(entry) > 0; entry = entry[entryLen:] {
		id, offset, size := binary.LittleEndian.Uint32(entry), uint64(binary.LittleEndian.Uint32(entry[4:])), uint64(binary.LittleEndian.Uint32(entry[8:]))
		if id <= last {
			return errors.New("column number " + strconv.FormatUint(uint64(id), 10) + " is not greater than the one before it")
		}
		last = id
		if offset%8 != 0 || offset < start || offset+size > uint64(len(blob)) {
			return errors.New(Column(id).String() + " does not lie on a multiple of 8 inside the batch")
		}
		if err := b.put(Column(id), blob[offset:offset+size]); err != nil {
			return err
		}
	}
	b.groups = uint32(len(b.u32[ColumnGroupEnd]))
	if b.groups > 0 {
		b.rows = b.u32[ColumnGroupEnd][b.groups-1]
	}
	if kinds := len(b.u8[ColumnRowKind]); kinds > 0 && uint64(b.rows) != uint64(kinds) {
		return errors.New("the groups have " + strconv.FormatUint(uint64(b.rows), 10) + " rows, but there are " + strconv.Itoa(kinds))
	}
	return nil
}

// put files a column. One that this version does not know is skipped.
func (c *columns) put(id Column, bytes []byte) error {
	size := id.size()
	if size == 0 || len(bytes) == 0 {
		return nil
	}
	if uint32(len(bytes))%size != 0 {
		return errors.New(id.String() + " has " + strconv.Itoa(len(bytes)) + " bytes, which is not a multiple of " + strconv.Itoa(int(size)))
	}
	first := unsafe.Pointer(unsafe.SliceData(bytes))
	switch size {
	case 4:
		c.u32[id] = unsafe.Slice((*uint32)(first), len(bytes)/4)
	case 8:
		// Ids of 8 bytes are looked at as bytes, numbers as numbers.
		c.u64[id] = unsafe.Slice((*uint64)(first), len(bytes)/8)
	}
	c.u8[id] = bytes
	return nil
}

// aligned gives the blob so that its numbers can be read as they lie in memory. In a component it always lies so.
func aligned(blob []byte) ([]byte, error) {
	if one := [2]byte{1, 0}; binary.NativeEndian.Uint16(one[:]) != 1 {
		return nil, errors.New("columns are read as they lie in memory, which is little-endian; big-endian machines are not supported")
	}
	if uintptr(unsafe.Pointer(unsafe.SliceData(blob)))%8 == 0 {
		return blob, nil
	}
	words := make([]uint64, (len(blob)+7)/8)
	moved := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), len(blob))
	copy(moved, blob)
	return moved, nil
}

// text is the bytes of text index.
func (b *Batch) text(index uint32) []byte {
	return cut(b.u8[ColumnTexts], b.u32[ColumnTextEnd], index, 1, ColumnTexts)
}

// cut gives run index of an arena whose runs lie one behind the other, gap bytes between them.
func cut(arena []byte, ends []uint32, index, gap uint32, column Column) []byte {
	if uint64(index) >= uint64(len(ends)) {
		panic(missing(column))
	}
	start := uint32(0)
	if index > 0 {
		start = ends[index-1] + gap
	}
	end := ends[index]
	if start > end || uint64(end) > uint64(len(arena)) {
		panic(missing(column))
	}
	return arena[start:end:end]
}

func (b *Batch) u32At(column Column, index uint32) uint32 {
	c := b.u32[column]
	if uint64(index) >= uint64(len(c)) {
		panic(missing(column))
	}
	return c[index]
}

func (b *Batch) u64At(column Column, index uint32) uint64 {
	c := b.u64[column]
	if uint64(index) >= uint64(len(c)) {
		panic(missing(column))
	}
	return c[index]
}

func (b *Batch) u8At(column Column, index uint32) uint8 {
	c := b.u8[column]
	if uint64(index) >= uint64(len(c)) {
		panic(missing(column))
	}
	return c[index]
}

// idAt is element index of a column of ids.
func (b *Batch) idAt(column Column, index, size uint32) []byte {
	c, start := b.u8[column], uint64(index)*uint64(size)
	if start+uint64(size) > uint64(len(c)) {
		panic(missing(column))
	}
	return c[start : start+uint64(size)]
}

// runStart is element index-1 of a column of ends, or 0: where run index starts.
func (b *Batch) runStart(column Column, index uint32) uint32 {
	if index == 0 {
		return 0
	}
	return b.u32At(column, index-1)
}

// optional is the string of a text that may be absent.
func (b *Batch) optional(column Column, index uint32) (string, bool) {
	text := b.u32At(column, index)
	if text == None {
		return "", false
	}
	return b.str(text), true
}

func (b *Batch) str(text uint32) string {
	return b.strings.of(b.text(text))
}
