package spansieve

// Event is a view of an event of a span.
type Event struct {
	batch *Batch
	index uint32
}

// Index is its index among all events of the batch.
func (e Event) Index() int { return int(e.index) }

// Attributes are its attributes.
func (e Event) Attributes() Attributes {
	return e.batch.group(e.batch.u32At(ColumnEventAttributes, e.index))
}

// Name is its name.
func (e Event) Name() string { return e.batch.str(e.batch.u32At(ColumnEventName, e.index)) }

// Time is when it happened.
func (e Event) Time() Timestamp { return Timestamp(e.batch.u64At(ColumnEventTime, e.index)) }

// DroppedAttributes is how many attributes the application's SDK dropped.
func (e Event) DroppedAttributes() uint32 {
	return e.batch.u32At(ColumnEventDroppedAttributes, e.index)
}

// Link is a view of a link from a span to another.
type Link struct {
	batch *Batch
	index uint32
}

// Index is its index among all links of the batch.
func (l Link) Index() int { return int(l.index) }

// Attributes are its attributes.
func (l Link) Attributes() Attributes {
	return l.batch.group(l.batch.u32At(ColumnLinkAttributes, l.index))
}

// TraceID is the trace id of the linked span.
func (l Link) TraceID() TraceID { return TraceID(l.batch.idAt(ColumnLinkTraceID, l.index, 16)) }

// SpanID is the id of the linked span.
func (l Link) SpanID() SpanID { return SpanID(l.batch.idAt(ColumnLinkSpanID, l.index, 8)) }

// TraceState is the tracestate of the linked span in W3C form, if it has one.
func (l Link) TraceState() (string, bool) { return l.batch.optional(ColumnLinkTraceState, l.index) }

// Flags are the flags of the linked span as in OTLP.
func (l Link) Flags() uint32 { return l.batch.u32At(ColumnLinkFlags, l.index) }

// DroppedAttributes is how many attributes the application's SDK dropped.
func (l Link) DroppedAttributes() uint32 { return l.batch.u32At(ColumnLinkDroppedAttributes, l.index) }

// Scope is a view of an instrumentation scope: the library that made spans.
type Scope struct {
	batch *Batch
	index uint32
}

// Index is its index in the batch.
func (s Scope) Index() int { return int(s.index) }

// Attributes are its attributes.
func (s Scope) Attributes() Attributes {
	return s.batch.group(s.batch.u32At(ColumnScopeAttributes, s.index))
}

// Name is its name.
func (s Scope) Name() string { return s.batch.str(s.batch.u32At(ColumnScopeName, s.index)) }

// Version is its version, if it has one.
func (s Scope) Version() (string, bool) { return s.batch.optional(ColumnScopeVersion, s.index) }

// SchemaURL is its schema URL, if it has one.
func (s Scope) SchemaURL() (string, bool) { return s.batch.optional(ColumnScopeSchemaURL, s.index) }

// DroppedAttributes is how many attributes the application's SDK dropped.
func (s Scope) DroppedAttributes() uint32 {
	return s.batch.u32At(ColumnScopeDroppedAttributes, s.index)
}

// Resource is the resource that it runs on.
func (s Scope) Resource() Resource {
	return Resource{s.batch, s.batch.u32At(ColumnScopeResource, s.index)}
}

// Resource is a view of a resource: what produces the telemetry.
type Resource struct {
	batch *Batch
	index uint32
}

// Index is its index in the batch.
func (r Resource) Index() int { return int(r.index) }

// Attributes are its attributes.
func (r Resource) Attributes() Attributes {
	return r.batch.group(r.batch.u32At(ColumnResourceAttributes, r.index))
}

// SchemaURL is its schema URL, if it has one.
func (r Resource) SchemaURL() (string, bool) {
	return r.batch.optional(ColumnResourceSchemaURL, r.index)
}

// DroppedAttributes is how many attributes the application's SDK dropped.
func (r Resource) DroppedAttributes() uint32 {
	return r.batch.u32At(ColumnResourceDroppedAttributes, r.index)
}
