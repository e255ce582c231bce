package spansieve

// field is the code of a field that edits can set, as in wit/layout.md.
type field uint8

const (
	fieldSpanName          field = 1
	fieldSpanMessage       field = 2
	fieldSpanTraceState    field = 3
	fieldSpanStatus        field = 4
	fieldSpanKind          field = 5
	fieldEventName         field = 6
	fieldLinkTraceState    field = 7
	fieldScopeName         field = 8
	fieldScopeVersion      field = 9
	fieldScopeSchemaURL    field = 10
	fieldResourceSchemaURL field = 11
)

// setFields are fields to set, each once.
type setFields struct {
	code    []uint8
	index   []uint32
	value   []uint32
	placeOf [fieldResourceSchemaURL + 1]stamps
}

func (f *setFields) clear() {
	f.code, f.index, f.value = f.code[:0], f.index[:0], f.value[:0]
	for i := range f.placeOf {
		f.placeOf[i].clear()
	}
}

func (f *setFields) put(code field, index, value uint32) {
	if place, ok := f.placeOf[code].get(index); ok {
		f.value[place] = value
		return
	}
	f.placeOf[code].put(index, uint32(len(f.code)))
	f.code = append(f.code, uint8(code))
	f.index = append(f.index, index)
	f.value = append(f.value, value)
}

func (e *Edits) setText(code field, index uint32, text string) {
	e.fields.put(code, index, e.texts.intern(text))
}

// SetName sets a span's name.
func (e *Edits) SetName(span Span, name string) { e.setText(fieldSpanName, span.index, name) }

// SetMessage sets the message of a span's status.
func (e *Edits) SetMessage(span Span, message string) {
	e.setText(fieldSpanMessage, span.index, message)
}

// ClearMessage leaves a span's status without message.
func (e *Edits) ClearMessage(span Span) { e.fields.put(fieldSpanMessage, span.index, None) }

// SetTraceState sets a span's tracestate, in W3C form.
func (e *Edits) SetTraceState(span Span, tracestate string) {
	e.setText(fieldSpanTraceState, span.index, tracestate)
}

// ClearTraceState leaves a span without tracestate.
func (e *Edits) ClearTraceState(span Span) { e.fields.put(fieldSpanTraceState, span.index, None) }

// SetStatus sets a span's status code.
func (e *Edits) SetStatus(span Span, status Status) {
	if status > StatusError {
		panic("there is no such status code")
	}
	e.fields.put(fieldSpanStatus, span.index, uint32(status))
}

// SetKind sets a span's kind.
func (e *Edits) SetKind(span Span, kind SpanKind) {
	if kind > SpanKindConsumer {
		panic("there is no such span kind")
	}
	e.fields.put(fieldSpanKind, span.index, uint32(kind))
}

// SetEventName sets an event's name.
func (e *Edits) SetEventName(event Event, name string) { e.setText(fieldEventName, event.index, name) }

// SetLinkTraceState sets the tracestate of a link, in W3C form.
func (e *Edits) SetLinkTraceState(link Link, tracestate string) {
	e.setText(fieldLinkTraceState, link.index, tracestate)
}

// ClearLinkTraceState leaves a link without tracestate.
func (e *Edits) ClearLinkTraceState(link Link) { e.fields.put(fieldLinkTraceState, link.index, None) }

// SetScopeName sets a scope's name.
func (e *Edits) SetScopeName(scope Scope, name string) { e.setText(fieldScopeName, scope.index, name) }

// SetScopeVersion sets a scope's version.
func (e *Edits) SetScopeVersion(scope Scope, version string) {
	e.setText(fieldScopeVersion, scope.index, version)
}

// ClearScopeVersion leaves a scope without version.
func (e *Edits) ClearScopeVersion(scope Scope) { e.fields.put(fieldScopeVersion, scope.index, None) }

// SetScopeSchemaURL sets a scope's schema URL.
func (e *Edits) SetScopeSchemaURL(scope Scope, url string) {
	e.setText(fieldScopeSchemaURL, scope.index, url)
}

// ClearScopeSchemaURL leaves a scope without schema URL.
func (e *Edits) ClearScopeSchemaURL(scope Scope) {
	e.fields.put(fieldScopeSchemaURL, scope.index, None)
}

// SetResourceSchemaURL sets a resource's schema URL.
func (e *Edits) SetResourceSchemaURL(resource Resource, url string) {
	e.setText(fieldResourceSchemaURL, resource.index, url)
}

// ClearResourceSchemaURL leaves a resource without schema URL.
func (e *Edits) ClearResourceSchemaURL(resource Resource) {
	e.fields.put(fieldResourceSchemaURL, resource.index, None)
}
