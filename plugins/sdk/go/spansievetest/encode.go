package spansievetest

import (
	"encoding/binary"
	"math"
	"slices"

	spansieve "github.com/spansieve/spansieve/plugins/sdk/go"
)

// Encode encodes a batch as the host does, for a plugin of this interest. Where that declares keys, their rows are found.
func Encode(batch Batch, interest spansieve.Interest) []byte {
	e := encode(batch, interest.Keys)
	return e.write(interest.Columns)
}

// encoder gathers the columns of a batch, by number, as bytes.
type encoder struct {
	header  [headerLen]byte
	columns map[spansieve.Column][]byte
	texts   map[string]uint32
	keys    map[string]uint32
	groups  uint32
}

func encode(batch Batch, declared []string) *encoder {
	e := &encoder{columns: map[spansieve.Column][]byte{}, texts: map[string]uint32{}, keys: map[string]uint32{}}
	// Keys first, as the host orders texts.
	for _, span := range batch.Spans {
		for _, attribute := range span.Attributes {
			e.key(attribute.Key)
		}
	}
	var firstRows []uint32
	events, links := uint32(0), uint32(0)
	for _, span := range batch.Spans {
		e.put(spansieve.ColumnSpanTraceID, span.TraceID[:]...)
		e.put(spansieve.ColumnSpanID, span.ID[:]...)
		e.put(spansieve.ColumnSpanParentID, span.ParentID[:]...)
		e.put64(spansieve.ColumnSpanStart, uint64(span.Start))
		e.put64(spansieve.ColumnSpanEnd, uint64(span.End))
		e.putText(spansieve.ColumnSpanName, &span.Name)
		e.put(spansieve.ColumnSpanKind, byte(span.Kind))
		e.put(spansieve.ColumnSpanStatus, byte(span.Status))
		e.putText(spansieve.ColumnSpanMessage, span.Message)
		e.putText(spansieve.ColumnSpanTraceState, span.TraceState)
		e.put32(spansieve.ColumnSpanFlags, span.Flags)
		e.put32(spansieve.ColumnSpanScope, uint32(span.Scope))
		firstRows = append(firstRows, e.count(spansieve.ColumnRowValue))
		e.put32(spansieve.ColumnSpanAttributes, e.group(span.Attributes))
		for _, event := range span.Events {
			events++
			e.putText(spansieve.ColumnEventName, &event.Name)
			e.put64(spansieve.ColumnEventTime, uint64(event.Time))
			e.put32(spansieve.ColumnEventAttributes, e.group(event.Attributes))
			e.put32(spansieve.ColumnEventDroppedAttributes, event.DroppedAttributes)
		}
		for _, link := range span.Links {
			links++
			e.put(spansieve.ColumnLinkTraceID, link.TraceID[:]...)
			e.put(spansieve.ColumnLinkSpanID, link.SpanID[:]...)
			e.putText(spansieve.ColumnLinkTraceState, link.TraceState)
			e.put32(spansieve.ColumnLinkFlags, link.Flags)
			e.put32(spansieve.ColumnLinkAttributes, e.group(link.Attributes))
			e.put32(spansieve.ColumnLinkDroppedAttributes, link.DroppedAttributes)
		}
		e.put32(spansieve.ColumnSpanEventsEnd, events)
		e.put32(spansieve.ColumnSpanLinksEnd, links)
		e.put32(spansieve.ColumnSpanDroppedAttributes, span.Dropped.Attributes)
		e.put32(spansieve.ColumnSpanDroppedEvents, span.Dropped.Events)
		e.put32(spansieve.ColumnSpanDroppedLinks, span.Dropped.Links)
	}
	for _, scope := range batch.Scopes {
		e.putText(spansieve.ColumnScopeName, &scope.Name)
		e.putText(spansieve.ColumnScopeVersion, scope.Version)
		e.putText(spansieve.ColumnScopeSchemaURL, scope.SchemaURL)
		e.put32(spansieve.ColumnScopeAttributes, e.group(scope.Attributes))
		e.put32(spansieve.ColumnScopeDroppedAttributes, scope.DroppedAttributes)
		e.put32(spansieve.ColumnScopeResource, uint32(scope.Resource))
	}
	for _, resource := range batch.Resources {
		e.put32(spansieve.ColumnResourceAttributes, e.group(resource.Attributes))
		e.putText(spansieve.ColumnResourceSchemaURL, resource.SchemaURL)
		e.put32(spansieve.ColumnResourceDroppedAttributes, resource.DroppedAttributes)
	}
	end := 0
	for _, trace := range batch.Traces {
		end += trace.Spans
		e.put32(spansieve.ColumnTraceEnd, uint32(end))
		e.put(spansieve.ColumnTraceReason, byte(trace.Reason))
	}
	if batch.Traces != nil && end != len(batch.Spans) {
		panic("spansievetest: traces hold all spans of a batch, or there are none")
	}
	for _, text := range batch.LooseTexts {
		e.text(text)
	}
	for _, key := range declared {
		for i, span := range batch.Spans {
			row := spansieve.None
			if place := slices.IndexFunc(span.Attributes, func(a spansieve.Entry) bool { return a.Key == key }); place >= 0 {
				row = firstRows[i] + uint32(place)
			}
			e.put32(spansieve.ColumnDeclared, row)
		}
	}
	e.putHeader(batch)
	return e
}

func (e *encoder) putHeader(batch Batch) {
	flags := uint32(1)
	for _, b := range e.columns[spansieve.ColumnTexts] {
		if b >= 0x80 && b != 0xFF {
			flags = 0
		}
	}
	if batch.Traces != nil {
		flags |= 2
	}
	head := math.NaN()
	if batch.HeadProbability != nil {
		head = *batch.HeadProbability
	}
	copy(e.header[:], "SSVB")
	binary.LittleEndian.PutUint16(e.header[4:], spansieve.LayoutVersion)
	binary.LittleEndian.PutUint32(e.header[8:], flags)
	binary.LittleEndian.PutUint32(e.header[20:], uint32(len(batch.Spans)))
	binary.LittleEndian.PutUint64(e.header[24:], uint64(batch.Now))
	binary.LittleEndian.PutUint64(e.header[32:], math.Float64bits(head))
}

func (e *encoder) put(column spansieve.Column, bytes ...byte) {
	e.columns[column] = append(e.columns[column], bytes...)
}

func (e *encoder) put32(column spansieve.Column, value uint32) {
	e.columns[column] = binary.LittleEndian.AppendUint32(e.columns[column], value)
}

func (e *encoder) put64(column spansieve.Column, value uint64) {
	e.columns[column] = binary.LittleEndian.AppendUint64(e.columns[column], value)
}

func (e *encoder) putText(column spansieve.Column, text *string) {
	index := spansieve.None
	if text != nil {
		index = e.text(*text)
	}
	e.put32(column, index)
}

// count is how many elements of 4 bytes a column has.
func (e *encoder) count(column spansieve.Column) uint32 { return uint32(len(e.columns[column]) / 4) }

func (e *encoder) text(text string) uint32 {
	index, ok := e.texts[text]
	if !ok {
		index = e.count(spansieve.ColumnTextEnd)
		e.texts[text] = index
		e.put(spansieve.ColumnTexts, []byte(text)...)
		e.put32(spansieve.ColumnTextEnd, uint32(len(e.columns[spansieve.ColumnTexts])))
		e.put(spansieve.ColumnTexts, 0xFF)
	}
	return index
}

func (e *encoder) key(key string) uint32 {
	index, ok := e.keys[key]
	if !ok {
		index = e.count(spansieve.ColumnKeys)
		e.keys[key] = index
		e.put32(spansieve.ColumnKeys, e.text(key))
	}
	return index
}

// group writes the rows of a group, then those of the groups that are nested in it, level by level.
func (e *encoder) group(rows spansieve.Map) uint32 {
	group := e.groups
	e.groups++
	type level struct {
		rows  spansieve.Map
		keyed bool
	}
	for queue := []level{{rows, true}}; len(queue) > 0; queue = queue[1:] {
		for _, row := range queue[0].rows {
			key := spansieve.None
			if queue[0].keyed {
				key = e.key(row.Key)
			}
			kind, value := e.value(row.Value)
			switch kind {
			case spansieve.KindArray:
				value, e.groups = e.groups, e.groups+1
				items := spansieve.Map{}
				for _, item := range plain(row.Value).([]any) {
					items = append(items, spansieve.Entry{Value: item})
				}
				queue = append(queue, level{items, false})
			case spansieve.KindMap:
				value, e.groups = e.groups, e.groups+1
				queue = append(queue, level{plain(row.Value).(spansieve.Map), true})
			}
			e.put32(spansieve.ColumnRowKey, key)
			e.put(spansieve.ColumnRowKind, byte(kind))
			e.put32(spansieve.ColumnRowValue, value)
		}
		e.put32(spansieve.ColumnGroupEnd, e.count(spansieve.ColumnRowValue))
	}
	return group
}

// value brings along what is not nested.
func (e *encoder) value(value any) (spansieve.Kind, uint32) {
	switch v := plain(value).(type) {
	case string:
		return spansieve.KindString, e.text(v)
	case bool:
		if v {
			return spansieve.KindBool, 1
		}
		return spansieve.KindBool, 0
	case int64:
		e.put64(spansieve.ColumnInts, uint64(v))
		return spansieve.KindInt, uint32(len(e.columns[spansieve.ColumnInts])/8) - 1
	case float64:
		e.put64(spansieve.ColumnDoubles, math.Float64bits(v))
		return spansieve.KindDouble, uint32(len(e.columns[spansieve.ColumnDoubles])/8) - 1
	case []byte:
		e.put(spansieve.ColumnBytes, v...)
		e.put32(spansieve.ColumnBytesEnd, uint32(len(e.columns[spansieve.ColumnBytes])))
		return spansieve.KindBytes, e.count(spansieve.ColumnBytesEnd) - 1
	case []any:
		return spansieve.KindArray, 0
	case spansieve.Map:
		return spansieve.KindMap, 0
	}
	return spansieve.KindEmpty, 0
}

// write gives the blob with these columns, or with all.
func (e *encoder) write(columns []spansieve.Column) []byte {
	blob := blob{Header: e.header, Columns: map[uint32][]byte{}}
	for column, bytes := range e.columns {
		if columns == nil || slices.Contains(columns, column) {
			blob.Columns[uint32(column)] = bytes
		}
	}
	return blob.write()
}
