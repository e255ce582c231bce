package tests

import (
	"fmt"
	"math/rand"
	"slices"
	"testing"

	spansieve "github.com/spansieve/spansieve/plugins/sdk/go"
	"github.com/spansieve/spansieve/plugins/sdk/go/spansievetest"
)

// Whatever is done to attributes by key and by row, in whatever order, the host accepts the edits, and they do the same as on a plain list.
func TestRandomEditsDoWhatTheyWouldDoToAPlainList(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	keys := []string{"a", "b", "c", "d", "e", "f"}
	value := func(n int) any {
		return []any{
			int64(n), fmt.Sprint("text ", n), []any{int64(n), []any{fmt.Sprint(n)}, spansieve.Map{}},
			spansieve.Map{{Key: "k", Value: spansieve.Map{{Key: "l", Value: []any{int64(n)}}}}, {Key: "m", Value: true}},
		}[n%4]
	}
	type entry struct {
		row   int // -1 for one that was added
		key   string
		value any
	}
	for range 2000 {
		var list []entry
		given := spansievetest.NewSpan("s")
		for row := range random.Intn(4) {
			list = append(list, entry{row, keys[row], value(row)})
			given.Attributes = append(given.Attributes, spansieve.Entry{Key: keys[row], Value: value(row)})
		}
		rows := len(list)
		after := edit(t, spansievetest.BatchOf(given), func(batch *spansieve.Batch, edits *spansieve.Edits) {
			span := batch.Span(0)
			for step := range random.Intn(12) {
				key, n := keys[random.Intn(len(keys))], step+10
				place := slices.IndexFunc(list, func(e entry) bool { return e.key == key })
				ok := true
				switch what := random.Intn(8); {
				case what == 0:
					ok = edits.Insert(span, key, value(n)) == (place < 0)
					if place < 0 {
						list = append(list, entry{-1, key, value(n)})
					}
				case what == 1:
					edits.Upsert(span, key, value(n))
					if place < 0 {
						list = append(list, entry{-1, key, value(n)})
					} else {
						list[place].value = value(n)
					}
				case what == 2:
					ok = edits.Update(span, key, value(n)) == (place >= 0)
					if place >= 0 {
						list[place].value = value(n)
					}
				case what == 3:
					ok = edits.Remove(span, key) == (place >= 0)
					list = slices.DeleteFunc(list, func(e entry) bool { return e.key == key })
				case what == 4:
					to := keys[random.Intn(len(keys))]
					// Two attributes of one key are another matter.
					if !slices.ContainsFunc(list, func(e entry) bool { return e.key == to }) {
						ok = edits.Rename(span, key, to) == (place >= 0)
						if place >= 0 {
							list[place].key = to
						}
					}
				case rows > 0:
					number := random.Intn(rows)
					row := batch.Span(0).Attributes().Get(keys[number])
					place := slices.IndexFunc(list, func(e entry) bool { return e.row == number })
					if what == 5 {
						edits.SetValue(row, value(n))
						if place >= 0 {
							list[place].value = value(n)
						}
					} else if what == 6 {
						edits.RemoveAttribute(row)
						list = slices.DeleteFunc(list, func(e entry) bool { return e.row == number })
					}
				}
				if !ok {
					t.Fatalf("%q was found, or not, against the list", key)
				}
			}
		})
		expected := spansieve.Map{}
		for _, e := range list {
			expected = append(expected, spansieve.Entry{Key: e.key, Value: e.value})
		}
		same(t, after.Spans[0].Attributes, expected)
		if t.Failed() {
			return
		}
	}
}
