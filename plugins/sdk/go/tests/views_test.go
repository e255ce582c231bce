package tests

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"time"

	spansieve "github.com/spansieve/spansieve/plugins/sdk/go"
	"github.com/spansieve/spansieve/plugins/sdk/go/spansievetest"
)

func view(t *testing.T, batch spansievetest.Batch) *spansieve.Batch {
	t.Helper()
	parsed, err := spansieve.ParseBatch(spansievetest.Encode(batch, spansieve.Interest{}))
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestABatchThatIsEncodedAndDecodedIsTheSameBatch(t *testing.T) {
	probability := 0.25
	full := spansievetest.BatchOf().WithTrace(spansieve.TraceLimit,
		spansievetest.NewSpan("a", "list", nested, "d", 0.5),
		spansievetest.NewSpan("b", "b", []byte{0xFF, 0}, "e", nil).WithRemoteParent(spansieve.SpanID{1}).NotSampled(),
	)
	full.Now, full.HeadProbability, full.LooseTexts = 17, &probability, []string{"named by nobody"}
	full.Resources[0] = spansievetest.Resource{Attributes: spansievetest.Attributes("host", "a"), SchemaURL: spansievetest.Some("urn:r"), DroppedAttributes: 2}
	full.Scopes[0].Attributes = spansieve.Map{}
	full.Spans[1].Events = []spansievetest.Event{{Name: "x", Time: 3, Attributes: spansieve.Map{}}, {Name: "y", Attributes: spansieve.Map{}, DroppedAttributes: 1}}
	full.Spans[0].Dropped.Events = 3
	decoded, err := spansievetest.Decode(spansievetest.Encode(full, spansieve.Interest{}))
	if err != nil {
		t.Fatal(err)
	}
	same(t, decoded, full)
}

func TestASpanShowsEveryField(t *testing.T) {
	given := spansievetest.BatchOf(spansievetest.NewSpan("GET", "k", 1, "k", 2).WithKind(spansieve.SpanKindServer).WithStatus(spansieve.StatusError).
		WithRemoteParent(spansieve.SpanID{7}).NotSampled().Lasting(20 * time.Millisecond))
	given.Spans[0].Message = spansievetest.Some("no")
	span := view(t, given).Span(0)
	message, ok := span.Message()
	_, hasTraceState := span.TraceState()
	same(t, []any{span.Name(), span.Kind(), span.Status(), message, ok, hasTraceState}, []any{"GET", spansieve.SpanKindServer, spansieve.StatusError, "no", true, false})
	same(t, []any{span.ParentID(), span.Duration(), span.IsLocalRoot(), span.IsSampled()}, []any{spansieve.SpanID{7}, 20 * time.Millisecond, true, false})
	same(t, []any{span.ParentID().String(), span.Kind().String(), span.Status().String()}, []any{"0700000000000000", "server", "error"})
	same(t, span.Start().Time(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	same(t, span.Attributes().Get("k").Value(), int64(1))
	same(t, span.Attributes().Get("absent").Exists(), false)
}

func TestALocalRootHasNoParentOrARemoteOne(t *testing.T) {
	root := spansievetest.NewSpan("root")
	batch := view(t, spansievetest.BatchOf(root, root.WithParent(spansieve.SpanID{1}), root.WithRemoteParent(spansieve.SpanID{1})))
	var roots []bool
	for span := range batch.Spans() {
		roots = append(roots, span.IsLocalRoot())
	}
	same(t, roots, []bool{true, false, true})
}

func TestTracesAreThereOnlyWhereTheHostGroups(t *testing.T) {
	for range view(t, one()).Traces() {
		t.Error("there is a trace")
	}
	span := spansievetest.NewSpan("a")
	var found []string
	for trace := range view(t, spansievetest.BatchOf().WithTrace(spansieve.TraceRootEnded, span, span).WithTrace(spansieve.TraceLate, span)).Traces() {
		found = append(found, fmt.Sprint(trace.Index(), trace.Reason(), trace.Len(), trace.Span(0).Index(), len(slices.Collect(trace.Spans()))))
	}
	same(t, found, []string{"0 root-ended 2 0 2", "1 late 1 2 1"})
}

func TestStringsOutliveTheirBatch(t *testing.T) {
	blob := spansievetest.Encode(one("k", "value", "long", strings.Repeat("long", 40), "b", []byte("bytes")), spansieve.Interest{})
	batch, err := spansieve.ParseBatch(blob)
	if err != nil {
		t.Fatal(err)
	}
	values := batch.Span(0).Attributes()
	short, _ := values.Get("k").Str()
	long, _ := values.Get("long").Str()
	bytes, _ := values.Get("b").Bytes()
	clear(blob)
	same(t, []string{short, long, string(bytes)}, []string{"value", strings.Repeat("long", 40), "bytes"})
}

// curious asks for names only, and reads whatever its configuration says.
type curious struct {
	route spansieve.Slot
	read  string
	seen  byte
}

type curiousConfig struct {
	Read string `json:"read,omitempty"`
}

func newCurious(config curiousConfig, setup *spansieve.Setup) (*curious, error) {
	setup.Read(spansieve.PartName)
	if config.Read == "wrong" {
		return nil, errors.New("read: expected something else")
	}
	return &curious{route: setup.Key("http.route"), read: config.Read}, nil
}

func (c *curious) Process(batch *spansieve.Batch, _ *spansieve.Edits) {
	for span := range batch.Spans() {
		c.seen++
		spansieve.Count("seen", 1)
		_, there := spansieve.Table("there")
		spansieve.Log(spansieve.LevelInfo, fmt.Sprint(span.Name(), span.Get(c.route).Exists(), there))
		switch c.read {
		case "status":
			span.Status()
		case "events":
			span.Events()
		case "scope":
			span.Resource()
		case "attributes":
			span.Attributes()
		case "all events":
			batch.Events()
		case "slot":
			span.Get(spansieve.Slot{})
		}
	}
}

func (c *curious) Save() []byte { return []byte{c.seen} }

func (c *curious) Restore(state []byte) error {
	if len(state) != 1 {
		return fmt.Errorf("state: expected 1 byte, found %d", len(state))
	}
	c.seen = state[0]
	return nil
}

func TestAPolicyGetsWhatItAskedFor(t *testing.T) {
	plugin := spansievetest.New(t, newCurious, "", spansievetest.WithTable("there", "x"))
	same(t, plugin.Interest(), spansieve.Interest{Columns: []spansieve.Column{1, 2, 3, 4, 5, 6, 9, 10, 11, 12, 25}, Keys: []string{"http.route"}})
	after := plugin.Run(spansievetest.NewSpan("a", "http.route", "/"), spansievetest.NewSpan("b"))
	same(t, len(after.Edits), 0)
	same(t, plugin.Logs(), []string{"info: atrue true", "info: bfalse true"})
	same(t, plugin.Counters(), map[string]uint64{"seen": 2})
	same(t, plugin.Restore(append(plugin.Save(), 1)).Error(), "state: expected 1 byte, found 2")
	same(t, plugin.Restore([]byte{9}), error(nil))
	same(t, plugin.Policy().seen, byte(9))
}

func TestReadingWhatWasNotAskedForSaysWhatToAskFor(t *testing.T) {
	for read, part := range map[string]string{
		"status": "no such span-status: ask for it with setup.Read(spansieve.PartStatus)", "events": "spansieve.PartEvents",
		"scope": "spansieve.PartScope", "attributes": "spansieve.PartAttributes", "slot": "setup.Key", "all events": "spansieve.PartEvents",
	} {
		t.Run(read, func(t *testing.T) {
			plugin := spansievetest.New(t, newCurious, `{"read": "`+read+`"}`)
			defer func() {
				if text := fmt.Sprint(recover()); !strings.Contains(text, part) {
					t.Error(text)
				}
			}()
			plugin.Run(spansievetest.NewSpan("a"))
		})
	}
}

// To add needs no keys, but to look whether there is one does.
func TestUpsertWithoutTheKeysOfAttributesIsRefused(t *testing.T) {
	upsert := false
	plugin := spansievetest.New(t, func(_ struct{}, setup *spansieve.Setup) (doing, error) {
		setup.ReadColumns(spansieve.ColumnSpanAttributes)
		return func(batch *spansieve.Batch, edits *spansieve.Edits) {
			if upsert {
				edits.Upsert(batch.Span(0), "k", 2)
			} else {
				edits.Add(batch.Span(0), "l", 2)
			}
		}, nil
	}, "")
	same(t, plugin.Run(spansievetest.NewSpan("a", "k", 1)).Spans[0].Attributes, spansievetest.Attributes("k", int64(1), "l", int64(2)))
	defer func() {
		if text := fmt.Sprint(recover()); !strings.Contains(text, "no such row-key") {
			t.Error(text)
		}
	}()
	upsert = true
	plugin.Run(spansievetest.NewSpan("a", "k", 1))
}

func TestPartsAreTheSameInEverySDK(t *testing.T) {
	columns := func(parts ...spansieve.Part) []spansieve.Column {
		var setup spansieve.Setup
		setup.Read(parts...)
		return setup.Interest().Columns
	}
	same(t, columns(), []spansieve.Column{2, 3, 4, 6, 11})
	same(t, columns(spansieve.PartIDs, spansieve.PartTimes, spansieve.PartFlags), []spansieve.Column{2, 3, 4, 6, 11, 20, 21, 22, 23, 24, 30})
	same(t, columns(spansieve.PartScope), []spansieve.Column{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 31, 60, 61, 62, 63, 64, 65})
	same(t, columns(spansieve.PartResource), []spansieve.Column{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 31, 65, 70, 71, 72})
	var setup spansieve.Setup
	setup.WholeTraces()
	same(t, setup.Interest(), spansieve.Interest{WholeTraces: true})
	setup.Read()
	same(t, setup.Interest().Columns, []spansieve.Column{2, 3, 4, 6, 11, 38, 39})
	setup.Key("k")
	same(t, setup.Key("k"), setup.Key("k"))
	same(t, setup.Interest().Columns, []spansieve.Column{1, 2, 3, 4, 5, 6, 9, 10, 11, 12, 38, 39})
}

func TestWhatIsNoBatchIsAnError(t *testing.T) {
	blob := vector(t, "every-field")
	other := slices.Clone(blob)
	other[4] = 9
	if _, err := spansieve.ParseBatch(other); err == nil || err.Error() != "layout version 9, expected 1" {
		t.Error(err)
	}
	for size := range blob {
		if _, err := spansieve.ParseBatch(blob[:size]); err == nil {
			t.Fatalf("the first %d bytes are a batch", size)
		}
	}
}

// A host that breaks the contract cannot make a policy read past the batch: it gets an error or a panic, and no crash.
func TestHostileBatchesAreErrorsOrPanics(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	for _, name := range []string{"every-field", "nested", "traces"} {
		original := vector(t, name)
		for range 3000 {
			blob := slices.Clone(original)
			for range 1 + random.Intn(4) {
				at := random.Intn(len(blob)/4) * 4
				binary.LittleEndian.PutUint32(blob[at:], []uint32{0, 1, 4, 0x7FFFFFFF, 0xFFFFFFFF, random.Uint32(), random.Uint32() % 64}[random.Intn(7)])
			}
			func() {
				defer func() { _ = recover() }()
				if batch, err := spansieve.ParseBatch(blob); err == nil && batch.Len() < 100 {
					meaning(batch)
				}
			}()
		}
	}
}
