package tests

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	spansieve "github.com/spansieve/spansieve/plugins/sdk/go"
	"github.com/spansieve/spansieve/plugins/sdk/go/spansievetest"
)

// The test vectors of the contract, read through this SDK's views, have to say what the text beside each says; and so have they when
// what was read is written again.

const vectors = "../../../../wit/vectors/"

func vector(t *testing.T, name string) []byte {
	t.Helper()
	digits, err := os.ReadFile(vectors + name + ".hex")
	if err != nil {
		t.Fatal(err)
	}
	blob, err := hex.DecodeString(strings.Join(strings.Fields(string(digits)), ""))
	if err != nil {
		t.Fatal(err)
	}
	return blob
}

func meaningOf(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(vectors + name + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	_, meaning, ok := strings.Cut(string(text), "\nmeaning\n")
	if !ok {
		t.Fatal("no meaning")
	}
	return meaning
}

func TestEveryVectorSaysWhatItsTextSays(t *testing.T) {
	files, err := os.ReadDir(vectors)
	if err != nil || len(files) != 14 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range []string{"empty", "every-field", "nested", "traces", "resource", "before-edits"} {
		t.Run(name, func(t *testing.T) {
			batch, err := spansieve.ParseBatch(vector(t, name))
			if err != nil {
				t.Fatal(err)
			}
			equal(t, meaning(batch), meaningOf(t, name))
			equal(t, meaning(written(t, vector(t, name))), meaningOf(t, name))
		})
	}
}

// written reads a batch and writes it again.
func written(t *testing.T, blob []byte) *spansieve.Batch {
	t.Helper()
	decoded, err := spansievetest.Decode(blob)
	if err != nil {
		t.Fatal(err)
	}
	batch, err := spansieve.ParseBatch(spansievetest.Encode(decoded, spansieve.Interest{}))
	if err != nil {
		t.Fatal(err)
	}
	return batch
}

func TestHeaderAndDeclaredKeysSayWhatTheTextSays(t *testing.T) {
	batch, err := spansieve.ParseBatch(vector(t, "every-field"))
	if err != nil {
		t.Fatal(err)
	}
	head, _ := batch.HeadProbability()
	if batch.Now() != 1767225600005000000 || head != 0.25 || batch.Len() != 1 {
		t.Error(batch.Now(), head, batch.Len())
	}
	var setup spansieve.Setup
	email, absent := setup.Key("user.email"), setup.Key("absent")
	if span := batch.Span(0); span.Get(email).Key() != "user.email" || span.Get(absent).Exists() {
		t.Error("declared keys are not found")
	}
	if decoded, _ := spansievetest.Decode(vector(t, "every-field")); !slices.Equal(decoded.LooseTexts, []string{"named by nothing"}) {
		t.Error(decoded.LooseTexts)
	}
}

func TestTheEditsMeanWhatTheirTextSays(t *testing.T) {
	outcome, err := spansievetest.Apply(vector(t, "before-edits"), vector(t, "edits"))
	if err != nil {
		t.Fatal(err)
	}
	after := outcome.Batch
	for _, dropped := range outcome.Dropped {
		after.Spans = slices.Delete(after.Spans, dropped, dropped+1)
	}
	batch, err := spansieve.ParseBatch(spansievetest.Encode(after, spansieve.Interest{}))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, meaning(batch), meaningOf(t, "edits"))
}

// meaning is what the batch says, in the words of the vectors.
func meaning(batch *spansieve.Batch) string {
	var out strings.Builder
	attributes := func(indent string, of spansieve.Carrier) {
		for a := range of.Attributes().All() {
			fmt.Fprintf(&out, "%s%s = %s\n", indent, quoted(a.Key()), inWords(a.Value()))
		}
	}
	for r := range batch.Resources() {
		fmt.Fprintf(&out, "  resource %d: schema-url %s, dropped %d\n", r.Index(), quoted(r.SchemaURL()), r.DroppedAttributes())
		attributes("    ", r)
	}
	for s := range batch.Scopes() {
		fmt.Fprintf(&out, "  scope %d: resource %d, name %s, version %s, schema-url %s, dropped %d\n", s.Index(), s.Resource().Index(), quoted(s.Name()),
			quoted(s.Version()), quoted(s.SchemaURL()), s.DroppedAttributes())
		attributes("    ", s)
	}
	for s := range batch.Spans() {
		fmt.Fprintf(&out, "  span %d: trace 0x%s, id 0x%s, parent 0x%s, start %d, end %d,\n", s.Index(), s.TraceID(), s.ID(), s.ParentID(), s.Start(), s.End())
		fmt.Fprintf(&out, "    name %s, kind %d, status %d, message %s, tracestate %s,\n", quoted(s.Name()), s.Kind(), s.Status(), quoted(s.Message()), quoted(s.TraceState()))
		d := s.Dropped()
		fmt.Fprintf(&out, "    flags %#x, scope %d, dropped [%d, %d, %d]\n", s.Flags(), s.Scope().Index(), d.Attributes, d.Events, d.Links)
		attributes("    ", s)
		for e := range s.Events() {
			fmt.Fprintf(&out, "    event: name %s, time %d, dropped %d\n", quoted(e.Name()), e.Time(), e.DroppedAttributes())
			attributes("      ", e)
		}
		for l := range s.Links() {
			fmt.Fprintf(&out, "    link: trace 0x%s, id 0x%s, tracestate %s, flags %#x, dropped %d\n", l.TraceID(), l.SpanID(), quoted(l.TraceState()), l.Flags(), l.DroppedAttributes())
			attributes("      ", l)
		}
	}
	for t := range batch.Traces() {
		fmt.Fprintf(&out, "  trace %d: %d spans, reason %d\n", t.Index(), t.Len(), t.Reason())
	}
	return out.String()
}

func quoted(text string, _ ...bool) string {
	out, _ := json.Marshal(text)
	return string(out)
}

func inWords(value any) string {
	var parts []string
	switch v := value.(type) {
	case nil:
		return "null"
	case string:
		return quoted(v)
	case float64:
		text := strconv.FormatFloat(v, 'g', -1, 64)
		if !strings.ContainsAny(text, ".eN") || math.Signbit(v) && v == 0 {
			text += ".0"
		}
		return text
	case []byte:
		return fmt.Sprintf("0x%x", v)
	case []any:
		for _, item := range v {
			parts = append(parts, inWords(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case spansieve.Map:
		for _, entry := range v {
			parts = append(parts, quoted(entry.Key)+": "+inWords(entry.Value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprint(value)
}

func equal(t *testing.T, found, expected string) {
	t.Helper()
	if found != expected {
		t.Errorf("found\n%s\nexpected\n%s", found, expected)
	}
}
