package tests

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	spansieve "github.com/spansieve/spansieve/plugins/sdk/go"
	"github.com/spansieve/spansieve/plugins/sdk/go/spansievetest"
)

func TestEveryTypeOfValue(t *testing.T) {
	type text string
	type numbers []uint16
	pointer := 7
	given := []any{
		"s", true, false, 1, int8(-1), int64(math.MinInt64), uint64(5), uint64(math.MaxUint64), 2.5, float32(0.5), math.Copysign(0, -1),
		[]byte{0, 0xFF}, []byte(nil), []string{"a"}, []int{1, 2}, []float64{0.5}, []any{}, spansieve.Map{}, map[string]string{"k": "v"}, nil, text("t"), numbers{3},
		&pointer, (*int)(nil), "not \xFF UTF-8", map[text]bool{"x": true, "a": false}, [2]int{1, 2},
		spansieve.Timestamp(1), time.Second, spansieve.TraceID{1}, spansieve.SpanID{1}, spansieve.StatusOK, spansieve.SpanKindClient, spansieve.TraceLate,
	}
	expected := []any{
		"s", true, false, int64(1), int64(-1), int64(math.MinInt64), int64(5), float64(math.MaxUint64), 2.5, 0.5, math.Copysign(0, -1),
		[]byte{0, 0xFF}, []byte{}, []any{"a"}, []any{int64(1), int64(2)}, []any{0.5}, []any{}, spansieve.Map{}, spansieve.Map{{Key: "k", Value: "v"}}, nil, "t", []any{int64(3)},
		int64(7), nil, "not \uFFFD UTF-8", spansieve.Map{{Key: "a", Value: false}, {Key: "x", Value: true}}, []any{int64(1), int64(2)},
		int64(1), int64(1e9), "01000000000000000000000000000000", "0100000000000000", "ok", "client", "late",
	}
	after := edit(t, one(), func(batch *spansieve.Batch, edits *spansieve.Edits) {
		for _, value := range given {
			edits.Add(batch.Span(0), "k", value)
		}
	})
	for i, entry := range after.Spans[0].Attributes {
		same(t, entry.Value, expected[i])
	}
	same(t, len(after.Spans[0].Attributes), len(expected))
}

func TestAValueOfAnotherTypePanicsWithItsName(t *testing.T) {
	defer func() {
		if text := fmt.Sprint(recover()); !strings.Contains(text, "a value of type chan int cannot be the value of an attribute") {
			t.Error(text)
		}
	}()
	edit(t, one(), func(batch *spansieve.Batch, edits *spansieve.Edits) { edits.Add(batch.Span(0), "k", make(chan int)) })
}

func TestAValueThatIsNestedTooDeepIsCutOff(t *testing.T) {
	var deep any = "bottom"
	for range 100 {
		deep = []any{deep}
	}
	after := edit(t, one(), func(batch *spansieve.Batch, edits *spansieve.Edits) { edits.Add(batch.Span(0), "k", deep) })
	depth := 0
	for value, ok := after.Spans[0].Get("k").([]any); ok; value, ok = value[0].([]any) {
		depth++
	}
	same(t, depth, 64)
}

func TestNestedValuesThatWereSupersededLeaveNoGroupsBehind(t *testing.T) {
	deep := []any{[]any{[]any{"x"}}, spansieve.Map{{Key: "k", Value: []any{int64(1)}}}}
	after := edit(t, one("k", 1, "l", 2), func(batch *spansieve.Batch, edits *spansieve.Edits) {
		span := batch.Span(0)
		edits.Update(span, "k", deep)
		edits.Upsert(span, "n", deep)
		edits.Update(span, "k", deep)
		edits.Upsert(span, "n", 1)
		edits.Upsert(span, "m", deep)
		edits.Remove(span, "m")
		edits.Update(span, "l", deep)
		edits.Remove(span, "l")
	})
	same(t, after.Spans[0].Attributes, spansievetest.Attributes("k", deep, "n", int64(1)))
}

func TestACopiedAttributeBringsWhatIsNestedInIt(t *testing.T) {
	before := spansievetest.BatchOf(spansievetest.NewSpan("a", "k", nested, "s", "text"), spansievetest.NewSpan("b"))
	after := edit(t, before, func(batch *spansieve.Batch, edits *spansieve.Edits) {
		a, b := batch.Span(0).Attributes(), batch.Span(1)
		text, _ := a.Get("s").Text()
		edits.Add(b, "copy", a.Get("k"))
		edits.Add(b, "in", []any{a.Get("k"), text, edits.Text("new")})
		edits.Add(b, "absent", a.Get("absent"))
	})
	same(t, after.Spans[1].Attributes, spansievetest.Attributes("copy", nested, "in", []any{nested, "text", "new"}, "absent", nil))
}

func TestEqualNewTextsAreBroughtAlongOnce(t *testing.T) {
	spans := slices.Repeat([]spansievetest.Span{spansievetest.NewSpan("a")}, 100)
	after := edit(t, spansievetest.BatchOf(spans...), func(batch *spansieve.Batch, edits *spansieve.Edits) {
		for span := range batch.Spans() {
			edits.Add(span, "team", "payments")
		}
	})
	if n := strings.Count(string(after.Edits), "payments"); n != 1 {
		t.Errorf("it is there %d times", n)
	}
}

// A place in the memory of known texts must not be taken for another text that comes to lie at the same address.
func TestTextsThatAreMadeAnewEachTimeAreToldApart(t *testing.T) {
	spans := slices.Repeat([]spansievetest.Span{spansievetest.NewSpan("a")}, 5000)
	after := edit(t, spansievetest.BatchOf(spans...), func(batch *spansieve.Batch, edits *spansieve.Edits) {
		buffer := []byte("0000")
		for span := range batch.Spans() {
			copy(buffer, fmt.Sprintf("%04d", span.Index()))
			edits.Add(span, "k"+string(buffer[:1]), string(buffer))
		}
	})
	for i, span := range after.Spans {
		text := fmt.Sprintf("%04d", i)
		same(t, span.Attributes, spansievetest.Attributes("k"+text[:1], text))
	}
}
