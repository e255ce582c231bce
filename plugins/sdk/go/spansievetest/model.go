package spansievetest

import (
	"time"

	spansieve "github.com/spansieve/spansieve/plugins/sdk/go"
)

// Batch is a batch of spans as plain data.
type Batch struct {
	Resources []Resource
	Scopes    []Scope
	Spans     []Span
	// Traces, where spans are grouped by trace: together they hold all spans, in order.
	Traces []Trace
	Now    spansieve.Timestamp
	// HeadProbability is nil where the host does not know it.
	HeadProbability *float64
	// LooseTexts are texts that nothing names.
	LooseTexts []string
}

// Trace is a trace of a batch that is grouped by trace.
type Trace struct {
	// Spans is how many spans it has.
	Spans  int
	Reason spansieve.TraceReason
}

// Resource is a resource.
type Resource struct {
	Attributes spansieve.Map
	// SchemaURL is nil where there is none, as all strings that may be absent are; see [Some].
	SchemaURL         *string
	DroppedAttributes uint32
}

// Scope is an instrumentation scope.
type Scope struct {
	Name              string
	Version           *string
	SchemaURL         *string
	Attributes        spansieve.Map
	DroppedAttributes uint32
	// Resource is the index of its resource.
	Resource int
}

// Span is a span. [NewSpan] makes one that is sampled and has ids and times.
type Span struct {
	TraceID    spansieve.TraceID
	ID         spansieve.SpanID
	ParentID   spansieve.SpanID
	Start, End spansieve.Timestamp
	Name       string
	Kind       spansieve.SpanKind
	Status     spansieve.Status
	Message    *string
	TraceState *string
	Flags      uint32
	Attributes spansieve.Map
	Events     []Event
	Links      []Link
	Dropped    spansieve.Dropped
	// Scope is the index of its scope.
	Scope int
}

// Event is an event of a span.
type Event struct {
	Name              string
	Time              spansieve.Timestamp
	Attributes        spansieve.Map
	DroppedAttributes uint32
}

// Link is a link of a span.
type Link struct {
	TraceID           spansieve.TraceID
	SpanID            spansieve.SpanID
	TraceState        *string
	Flags             uint32
	Attributes        spansieve.Map
	DroppedAttributes uint32
}

// Some is a string where there may be none.
func Some(text string) *string { return &text }

// Attributes makes attributes of keys and values in turn, as [log/slog] takes them: Attributes("http.route", "/cart", "items", 3). Values are
// those that [spansieve.Edits] takes.
func Attributes(keysAndValues ...any) spansieve.Map {
	if len(keysAndValues)%2 != 0 {
		panic("spansievetest.Attributes takes a value for each key")
	}
	attributes := make(spansieve.Map, 0, len(keysAndValues)/2)
	for i := 0; i < len(keysAndValues); i += 2 {
		key, ok := keysAndValues[i].(string)
		if !ok {
			panic("spansievetest.Attributes takes keys that are strings")
		}
		attributes = append(attributes, spansieve.Entry{Key: key, Value: keysAndValues[i+1]})
	}
	return attributes
}

// Start is when spans start that [NewSpan] makes, and the time of their batch.
const Start spansieve.Timestamp = 1_767_225_600_000_000_000

// NewSpan makes a sampled root span of 1 ms, of kind internal, with these attributes.
func NewSpan(name string, keysAndValues ...any) Span {
	return Span{
		TraceID:    spansieve.TraceID([]byte("trace-id-trace-1")),
		ID:         spansieve.SpanID([]byte("span-id1")),
		Start:      Start,
		End:        Start + spansieve.Timestamp(time.Millisecond),
		Name:       name,
		Kind:       spansieve.SpanKindInternal,
		Flags:      spansieve.FlagSampled | spansieve.FlagHasIsRemote,
		Attributes: Attributes(keysAndValues...),
	}
}

// WithStatus is the span with this status.
func (s Span) WithStatus(status spansieve.Status) Span {
	s.Status = status
	return s
}

// WithKind is the span of this kind.
func (s Span) WithKind(kind spansieve.SpanKind) Span {
	s.Kind = kind
	return s
}

// WithParent is the span below another of the same process.
func (s Span) WithParent(id spansieve.SpanID) Span {
	s.ParentID = id
	return s
}

// WithRemoteParent is the span below one of another process.
func (s Span) WithRemoteParent(id spansieve.SpanID) Span {
	s.ParentID = id
	s.Flags |= spansieve.FlagHasIsRemote | spansieve.FlagIsRemote
	return s
}

// NotSampled is the span only recorded: the head sampler did not sample it.
func (s Span) NotSampled() Span {
	s.Flags &^= spansieve.FlagSampled
	return s
}

// Lasting is the span having taken so long.
func (s Span) Lasting(duration time.Duration) Span {
	s.End = s.Start + spansieve.Timestamp(duration)
	return s
}

// Get is the value of the first attribute with this key, or nil: that of [spansieve.Attribute.Value].
func (s Span) Get(key string) any {
	value, _ := s.Attributes.Get(key)
	return value
}

// BatchOf is a batch of these spans, of one resource and one scope, whose host knows no head probability.
func BatchOf(spans ...Span) Batch {
	return Batch{Resources: []Resource{{}}, Scopes: []Scope{{Name: "test"}}, Spans: spans, Now: Start}
}

// WithTrace is the batch with these spans behind the others as one trace. They get ids, and all but the first get the first one as parent
// where they have none.
func (b Batch) WithTrace(reason spansieve.TraceReason, spans ...Span) Batch {
	number := byte(len(b.Traces) + 1)
	var root spansieve.SpanID
	for i, span := range spans {
		span.TraceID = spansieve.TraceID{15: number}
		span.ID = spansieve.SpanID{0: number, 6: byte((i + 1) >> 8), 7: byte(i + 1)}
		if i == 0 {
			root = span.ID
		} else if !span.ParentID.IsValid() {
			span.ParentID = root
		}
		b.Spans = append(b.Spans[:len(b.Spans):len(b.Spans)], span)
	}
	b.Traces = append(b.Traces[:len(b.Traces):len(b.Traces)], Trace{len(spans), reason})
	return b
}
