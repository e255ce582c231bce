package spansieve

import (
	"iter"
	"time"
)

// Carrier is what has attributes: a [Span], an [Event], a [Link], a [Scope], a [Resource].
type Carrier interface {
	// Attributes are its attributes.
	Attributes() Attributes
	// Index says which it is in the batch.
	Index() int
}

// Span is a view of a span. Fields that a batch does not carry for want of being asked for panic; see [Batch].
type Span struct {
	batch *Batch
	index uint32
}

// Index is its index in the batch.
func (s Span) Index() int { return int(s.index) }

// Get is the attribute that the host found for a declared key; one that does not exist where the span has no such attribute. It is the
// cheapest way to an attribute.
func (s Span) Get(slot Slot) Attribute {
	declared := s.batch.u32[ColumnDeclared]
	at := uint64(slot.number-1)*uint64(s.batch.spans) + uint64(s.index)
	if at >= uint64(len(declared)) {
		panic(missing(ColumnDeclared))
	}
	if row := declared[at]; row != None {
		return Attribute{s.batch, row}
	}
	return Attribute{}
}

// Attributes are its attributes.
func (s Span) Attributes() Attributes {
	return s.batch.group(s.batch.u32At(ColumnSpanAttributes, s.index))
}

// Name is its name.
func (s Span) Name() string { return s.batch.str(s.batch.u32At(ColumnSpanName, s.index)) }

// Kind is its kind; a code that OTLP does not have counts as unspecified.
func (s Span) Kind() SpanKind {
	if kind := SpanKind(s.batch.u8At(ColumnSpanKind, s.index)); kind <= SpanKindConsumer {
		return kind
	}
	return SpanKindUnspecified
}

// Status is its status code; a code that OTLP does not have counts as unset.
func (s Span) Status() Status {
	if status := Status(s.batch.u8At(ColumnSpanStatus, s.index)); status <= StatusError {
		return status
	}
	return StatusUnset
}

// Message is the message of its status, if it has one.
func (s Span) Message() (string, bool) { return s.batch.optional(ColumnSpanMessage, s.index) }

// TraceState is its tracestate in W3C form, if it has one.
func (s Span) TraceState() (string, bool) { return s.batch.optional(ColumnSpanTraceState, s.index) }

// TraceID is the id of its trace.
func (s Span) TraceID() TraceID { return TraceID(s.batch.idAt(ColumnSpanTraceID, s.index, 16)) }

// ID is its own id.
func (s Span) ID() SpanID { return SpanID(s.batch.idAt(ColumnSpanID, s.index, 8)) }

// ParentID is the id of its parent; not valid where it has none.
func (s Span) ParentID() SpanID { return SpanID(s.batch.idAt(ColumnSpanParentID, s.index, 8)) }

// IsLocalRoot tells whether it is the root of its trace in this process: it has no parent, or the parent is known to be remote.
// It reads [PartIDs] and [PartFlags].
func (s Span) IsLocalRoot() bool {
	return !s.ParentID().IsValid() || s.HasRemoteParent()
}

// HasRemoteParent tells whether its parent is known to be in another process. It reads [PartIDs] and [PartFlags].
func (s Span) HasRemoteParent() bool {
	const remote = FlagHasIsRemote | FlagIsRemote
	return s.Flags()&remote == remote && s.ParentID().IsValid()
}

// Start is when it started.
func (s Span) Start() Timestamp { return Timestamp(s.batch.u64At(ColumnSpanStart, s.index)) }

// End is when it ended.
func (s Span) End() Timestamp { return Timestamp(s.batch.u64At(ColumnSpanEnd, s.index)) }

// Duration is how long it took; zero where it ends before it starts.
func (s Span) Duration() time.Duration { return s.End().since(s.Start()) }

// Flags are its flags as in OTLP: the W3C trace flags in bits 0 to 7.
func (s Span) Flags() uint32 { return s.batch.u32At(ColumnSpanFlags, s.index) }

// IsSampled tells whether it is sampled. One that is not was only recorded, and is not exported unless a policy keeps it.
func (s Span) IsSampled() bool { return s.Flags()&FlagSampled != 0 }

// Events goes over its events, in order.
func (s Span) Events() iter.Seq[Event] {
	start, end := s.batch.runStart(ColumnSpanEventsEnd, s.index), s.batch.u32At(ColumnSpanEventsEnd, s.index)
	return func(yield func(Event) bool) {
		for i := start; i < end; i++ {
			if !yield(Event{s.batch, i}) {
				return
			}
		}
	}
}

// Links goes over its links, in order.
func (s Span) Links() iter.Seq[Link] {
	start, end := s.batch.runStart(ColumnSpanLinksEnd, s.index), s.batch.u32At(ColumnSpanLinksEnd, s.index)
	return func(yield func(Link) bool) {
		for i := start; i < end; i++ {
			if !yield(Link{s.batch, i}) {
				return
			}
		}
	}
}

// Scope is the instrumentation scope that made it.
func (s Span) Scope() Scope { return Scope{s.batch, s.batch.u32At(ColumnSpanScope, s.index)} }

// Resource is the resource that it comes from.
func (s Span) Resource() Resource { return s.Scope().Resource() }

// Dropped is how much of it the application's SDK dropped.
func (s Span) Dropped() Dropped {
	return Dropped{
		Attributes: s.batch.u32At(ColumnSpanDroppedAttributes, s.index),
		Events:     s.batch.u32At(ColumnSpanDroppedEvents, s.index),
		Links:      s.batch.u32At(ColumnSpanDroppedLinks, s.index),
	}
}

// Dropped counts what the application's SDK dropped of a span.
type Dropped struct {
	Attributes, Events, Links uint32
}

// Trace is a trace of this process, or a part of one.
type Trace struct {
	batch *Batch
	index uint32
}

// Index is its index in the batch.
func (t Trace) Index() int { return int(t.index) }

// Reason says why it is in the batch.
func (t Trace) Reason() TraceReason {
	return TraceReason(t.batch.u8At(ColumnTraceReason, t.index))
}

// Len is how many spans it has.
func (t Trace) Len() int {
	start, end := t.batch.runStart(ColumnTraceEnd, t.index), t.batch.u32At(ColumnTraceEnd, t.index)
	return int(max(start, end) - start)
}

// Span is its span with this index within the trace. It panics if there are not so many.
func (t Trace) Span(index int) Span {
	if uint(index) >= uint(t.Len()) {
		panic("there is no span of this index in the trace")
	}
	return t.batch.Span(int(t.batch.runStart(ColumnTraceEnd, t.index)) + index)
}

// Spans goes over its spans, in order.
func (t Trace) Spans() iter.Seq[Span] {
	start, end := t.batch.runStart(ColumnTraceEnd, t.index), t.batch.u32At(ColumnTraceEnd, t.index)
	return func(yield func(Span) bool) {
		for i := start; i < end; i++ {
			if !yield(Span{t.batch, i}) {
				return
			}
		}
	}
}
