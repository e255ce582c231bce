package spansieve

import (
	"math"
	"time"
)

// SpanKind says what a span does for whom, as in OTLP.
type SpanKind uint8

// Kinds of spans.
const (
	SpanKindUnspecified SpanKind = iota // not said
	SpanKindInternal                    // inside the application
	SpanKindServer                      // answers a request from elsewhere
	SpanKindClient                      // asks something elsewhere
	SpanKindProducer                    // sends a message
	SpanKindConsumer                    // takes a message
)

// String is its name in lower case, such as server.
func (k SpanKind) String() string {
	return nameOf(uint8(k), "unspecified", "internal", "server", "client", "producer", "consumer")
}

// Status says whether a span succeeded, as in OTLP.
type Status uint8

// Status codes.
const (
	StatusUnset Status = iota // not said
	StatusOK                  // it succeeded
	StatusError               // it failed
)

// String is its name in lower case, such as error.
func (s Status) String() string {
	return nameOf(uint8(s), "unset", "ok", "error")
}

// TraceReason says why a trace is in a batch.
type TraceReason uint8

// Reasons for which the host hands over a trace.
const (
	TraceRootEnded TraceReason = iota // its local root has ended
	TraceTimedOut                     // it took too long
	TraceLimit                        // a limit on spans or bytes was reached
	TraceFlush                        // flush or shutdown
	TraceLate                         // spans of a trace that was given before
)

// String is its name, such as root-ended.
func (r TraceReason) String() string {
	return nameOf(uint8(r), "root-ended", "timed-out", "limit", "flush", "late")
}

// Kind says what sort of value an attribute has.
type Kind uint8

// Kinds of values.
const (
	KindEmpty Kind = iota // a value that is not set
	KindString
	KindBool
	KindInt
	KindDouble
	KindBytes
	KindArray
	KindMap
)

// String is its name in lower case, such as int.
func (k Kind) String() string {
	return nameOf(uint8(k), "empty", "string", "bool", "int", "double", "bytes", "array", "map")
}

func nameOf(code uint8, names ...string) string {
	if int(code) < len(names) {
		return names[code]
	}
	return "unknown"
}

// TraceID is the id of a trace, big-endian as on the wire.
type TraceID [16]byte

// String is the id in hexadecimal.
func (id TraceID) String() string { return hexadecimal(id[:]) }

// IsValid tells whether it is not all zero.
func (id TraceID) IsValid() bool { return id != TraceID{} }

// SpanID is the id of a span.
type SpanID [8]byte

// String is the id in hexadecimal.
func (id SpanID) String() string { return hexadecimal(id[:]) }

// IsValid tells whether it is not all zero.
func (id SpanID) IsValid() bool { return id != SpanID{} }

// Timestamp is a time in Unix nanoseconds.
type Timestamp uint64

// Time is the timestamp as a time in UTC.
func (t Timestamp) Time() time.Time {
	return time.Unix(int64(t/1e9), int64(t%1e9)).UTC()
}

// since is how long after from it is: zero where it is before.
func (t Timestamp) since(from Timestamp) time.Duration {
	if t <= from {
		return 0
	}
	return time.Duration(min(uint64(t-from), math.MaxInt64))
}

// Bits of the flags of spans and links, as in OTLP.
const (
	FlagSampled     uint32 = 0x1   // the trace is sampled
	FlagHasIsRemote uint32 = 0x100 // FlagIsRemote is known
	FlagIsRemote    uint32 = 0x200 // the parent, or the linked span, is in another process
)

// hexadecimal stands in for encoding/hex, which brings the whole of fmt along.
func hexadecimal(bytes []byte) string {
	const digits = "0123456789abcdef"
	out := make([]byte, 0, 2*len(bytes))
	for _, b := range bytes {
		out = append(out, digits[b>>4], digits[b&15])
	}
	return string(out)
}
