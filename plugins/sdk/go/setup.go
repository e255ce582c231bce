package spansieve

import "slices"

// Part is a part of the spans that a policy can ask for with [Setup.Read].
type Part int

// The parts. Where one has attributes, their keys and values come along.
const (
	PartIDs        Part = iota // trace, span and parent ids
	PartTimes                  // start and end
	PartName                   // names of spans
	PartKind                   // kinds of spans
	PartStatus                 // status codes and messages
	PartTraceState             // tracestates of spans
	PartFlags                  // flags: whether a span is sampled, whether its parent is remote
	PartAttributes             // attributes of spans
	PartEvents                 // events and their attributes
	PartLinks                  // links and their attributes
	PartScope                  // scopes and their attributes
	PartResource               // resources and their attributes
	PartDropped                // how much the application's SDK dropped
)

// String is the name of the constant, such as PartStatus.
func (p Part) String() string {
	if p < 0 || int(p) >= len(partNames) {
		return "no part"
	}
	return "Part" + partNames[p]
}

var partNames = [...]string{"IDs", "Times", "Name", "Kind", "Status", "TraceState", "Flags", "Attributes", "Events", "Links", "Scope", "Resource", "Dropped"}

var (
	textColumns = []Column{ColumnTexts, ColumnTextEnd}
	rowColumns  = []Column{
		ColumnTexts, ColumnTextEnd, ColumnInts, ColumnDoubles, ColumnBytes, ColumnBytesEnd, ColumnKeys, ColumnRowKey, ColumnRowKind, ColumnRowValue, ColumnGroupEnd,
	}
	// Edits number what they bring along from where the batch ends, so these are always needed.
	numberingColumns = []Column{ColumnTextEnd, ColumnInts, ColumnDoubles, ColumnBytesEnd, ColumnGroupEnd}
	// The value of a declared key is read without its key.
	declaredColumns = []Column{
		ColumnTexts, ColumnTextEnd, ColumnInts, ColumnDoubles, ColumnBytes, ColumnBytesEnd, ColumnRowKind, ColumnRowValue, ColumnDeclared,
	}
)

var partColumns = [...][]Column{
	PartIDs:        {ColumnSpanTraceID, ColumnSpanID, ColumnSpanParentID},
	PartTimes:      {ColumnSpanStart, ColumnSpanEnd},
	PartName:       with(textColumns, ColumnSpanName),
	PartKind:       {ColumnSpanKind},
	PartStatus:     with(textColumns, ColumnSpanStatus, ColumnSpanMessage),
	PartTraceState: with(textColumns, ColumnSpanTraceState),
	PartFlags:      {ColumnSpanFlags},
	PartAttributes: with(rowColumns, ColumnSpanAttributes),
	PartEvents:     with(rowColumns, ColumnSpanEventsEnd, ColumnEventName, ColumnEventTime, ColumnEventAttributes, ColumnEventDroppedAttributes),
	PartLinks: with(rowColumns, ColumnSpanLinksEnd, ColumnLinkTraceID, ColumnLinkSpanID, ColumnLinkTraceState, ColumnLinkFlags,
		ColumnLinkAttributes, ColumnLinkDroppedAttributes),
	PartScope: with(rowColumns, ColumnSpanScope, ColumnScopeName, ColumnScopeVersion, ColumnScopeSchemaURL, ColumnScopeAttributes,
		ColumnScopeDroppedAttributes, ColumnScopeResource),
	PartResource: with(rowColumns, ColumnSpanScope, ColumnScopeResource, ColumnResourceAttributes, ColumnResourceSchemaURL, ColumnResourceDroppedAttributes),
	PartDropped:  {ColumnSpanDroppedAttributes, ColumnSpanDroppedEvents, ColumnSpanDroppedLinks},
}

func with(columns []Column, more ...Column) []Column {
	return slices.Concat(columns, more)
}

// Setup takes down what a policy wants to be given. The function that makes the policy gets one.
//
// A policy that never calls [Setup.Read] is given everything. One that does is given what it asks for and the keys that it declares,
// which makes the way into the policy cheaper; reading anything else panics with a message that says which part to ask for.
type Setup struct {
	columns []Column
	some    bool
	keys    []string
	byTrace bool
}

// Slot stands for an attribute key of spans that a policy declared: the host has found the attribute before the policy runs, so that
// [Span.Get] is one look into a table. The zero Slot is not declared, and reading it panics.
type Slot struct {
	// One more than its index, so that the zero value is none.
	number uint32
}

// Key declares an attribute key of spans. The same key gives the same slot.
func (s *Setup) Key(key string) Slot {
	index := slices.Index(s.keys, key)
	if index < 0 {
		index = len(s.keys)
		s.keys = append(s.keys, key)
	}
	return Slot{uint32(index) + 1}
}

// Read asks for parts of the spans. It may be called several times. Without any part it asks for the declared keys only.
func (s *Setup) Read(parts ...Part) {
	s.some = true
	for _, part := range parts {
		s.columns = append(s.columns, partColumns[part]...)
	}
}

// ReadColumns asks for single columns, as in wit/layout.md: less than a part, for the last nanosecond. [ColumnSpanAttributes] alone, for
// one, is enough for [Edits.Add] to spans.
func (s *Setup) ReadColumns(columns ...Column) {
	s.some = true
	for _, column := range columns {
		if column.size() == 0 {
			panic(column.String() + " is not one of a batch")
		}
	}
	s.columns = append(s.columns, columns...)
}

// WholeTraces asks the host to gather whole traces of this process before it calls Process; see [Batch.Traces].
func (s *Setup) WholeTraces() {
	s.byTrace = true
}

// Interest is what the policy is to be given, in the words of the contract.
func (s *Setup) Interest() Interest {
	interest := Interest{Keys: s.keys, WholeTraces: s.byTrace}
	if !s.some {
		return interest
	}
	columns := slices.Concat(s.columns, numberingColumns)
	if len(s.keys) > 0 {
		columns = append(columns, declaredColumns...)
	}
	if s.byTrace {
		columns = append(columns, ColumnTraceEnd, ColumnTraceReason)
	}
	slices.Sort(columns)
	interest.Columns = slices.Compact(columns)
	return interest
}

// Interest is what a configured plugin wants to be given, as in wit/plugin.wit.
type Interest struct {
	Columns     []Column // ascending; none means all
	Keys        []string // by slot
	WholeTraces bool
}
