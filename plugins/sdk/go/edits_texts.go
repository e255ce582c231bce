package spansieve

import (
	"strings"
	"unicode/utf8"
)

// newTexts are the texts that edits bring along.
type newTexts struct {
	base  uint32 // number of texts in the batch: index of the first new one
	arena []byte
	ends  []uint32
	known memo
}

func (t *newTexts) begin(base uint32) {
	t.base = base
	t.arena, t.ends = t.arena[:0], t.ends[:0]
	t.known.begin()
}

// intern gives the index of a new text that reads so.
func (t *newTexts) intern(text string) uint32 {
	if number, ok := t.known.get(text); ok {
		return number
	}
	return t.bring(text)
}

func (t *newTexts) bring(text string) uint32 {
	number := t.base + uint32(len(t.ends))
	t.known.put(text, number)
	if !utf8.ValidString(text) {
		// The host would refuse all edits of the batch.
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	t.arena = append(t.arena, text...)
	t.ends = append(t.ends, uint32(len(t.arena)))
	t.arena = append(t.arena, separator)
	return number
}

// nth is the new text with this number, counted from 0.
func (t *newTexts) nth(number uint32) []byte {
	start := uint32(0)
	if number > 0 {
		start = t.ends[number-1] + 1
	}
	return t.arena[start:t.ends[number]]
}
