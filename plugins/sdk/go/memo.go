package spansieve

import (
	"encoding/binary"
	"unsafe"
)

// memo remembers for some strings a number, until begin. A string is found again by where it lies, not by what it says: constants, and
// strings of the configuration, are the same in each call. It keeps the strings, so that no other one can come to lie there.
type memo struct {
	generation uint32
	places     [64]struct {
		text               string
		generation, number uint32
	}
}

func (m *memo) begin() {
	m.generation++
	if m.generation == 0 {
		clear(m.places[:])
		m.generation = 1
	}
}

func memoPlace(text string) int {
	at := uintptr(unsafe.Pointer(unsafe.StringData(text)))
	return int((at ^ at>>6 ^ uintptr(len(text))) & 63)
}

func (m *memo) get(text string) (uint32, bool) {
	p := &m.places[memoPlace(text)]
	if p.generation == m.generation && len(p.text) == len(text) && unsafe.StringData(p.text) == unsafe.StringData(text) {
		return p.number, true
	}
	return 0, false
}

func (m *memo) put(text string, number uint32) {
	p := &m.places[memoPlace(text)]
	p.text, p.generation, p.number = text, m.generation, number
}

// stringCache gives strings for bytes of batches. Short ones that come again, as values do from span to span and from batch to batch,
// are the same string and are not copied again.
type stringCache struct {
	places [1024]string
}

// Longer strings are not kept.
const cachedLen = 64

func (c *stringCache) of(text []byte) string {
	if len(text) == 0 {
		return ""
	}
	if len(text) > cachedLen {
		return string(text)
	}
	place := &c.places[hash(text)%uint32(len(c.places))]
	if *place != string(text) {
		*place = string(text)
	}
	return *place
}

// hash mixes the length and the first and last eight bytes.
func hash(text []byte) uint32 {
	const k = 0x9E3779B97F4A7C15
	h := uint64(len(text))
	if len(text) >= 8 {
		h = (h ^ binary.LittleEndian.Uint64(text)) * k
		h = (h ^ h>>32 ^ binary.LittleEndian.Uint64(text[len(text)-8:])) * k
	} else {
		for _, b := range text {
			h = h<<8 ^ h>>56 ^ uint64(b)
		}
		h *= k
	}
	return uint32(h >> 40)
}
