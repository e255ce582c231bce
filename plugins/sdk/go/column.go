package spansieve

import "strconv"

// Column is the number of a column of a batch, as in wit/layout.md. Policies that read through [Span] and its kin never see one;
// [Batch.U32s] and the like take it, for loops that want the last nanosecond.
type Column uint32

// The columns of a batch.
const (
	ColumnTexts                     Column = 1
	ColumnTextEnd                   Column = 2
	ColumnInts                      Column = 3
	ColumnDoubles                   Column = 4
	ColumnBytes                     Column = 5
	ColumnBytesEnd                  Column = 6
	ColumnKeys                      Column = 7
	ColumnRowKey                    Column = 8
	ColumnRowKind                   Column = 9
	ColumnRowValue                  Column = 10
	ColumnGroupEnd                  Column = 11
	ColumnDeclared                  Column = 12
	ColumnSpanTraceID               Column = 20
	ColumnSpanID                    Column = 21
	ColumnSpanParentID              Column = 22
	ColumnSpanStart                 Column = 23
	ColumnSpanEnd                   Column = 24
	ColumnSpanName                  Column = 25
	ColumnSpanKind                  Column = 26
	ColumnSpanStatus                Column = 27
	ColumnSpanMessage               Column = 28
	ColumnSpanTraceState            Column = 29
	ColumnSpanFlags                 Column = 30
	ColumnSpanScope                 Column = 31
	ColumnSpanAttributes            Column = 32
	ColumnSpanEventsEnd             Column = 33
	ColumnSpanLinksEnd              Column = 34
	ColumnSpanDroppedAttributes     Column = 35
	ColumnSpanDroppedEvents         Column = 36
	ColumnSpanDroppedLinks          Column = 37
	ColumnTraceEnd                  Column = 38
	ColumnTraceReason               Column = 39
	ColumnEventName                 Column = 40
	ColumnEventTime                 Column = 41
	ColumnEventAttributes           Column = 42
	ColumnEventDroppedAttributes    Column = 43
	ColumnLinkTraceID               Column = 50
	ColumnLinkSpanID                Column = 51
	ColumnLinkTraceState            Column = 52
	ColumnLinkFlags                 Column = 53
	ColumnLinkAttributes            Column = 54
	ColumnLinkDroppedAttributes     Column = 55
	ColumnScopeName                 Column = 60
	ColumnScopeVersion              Column = 61
	ColumnScopeSchemaURL            Column = 62
	ColumnScopeAttributes           Column = 63
	ColumnScopeDroppedAttributes    Column = 64
	ColumnScopeResource             Column = 65
	ColumnResourceAttributes        Column = 70
	ColumnResourceSchemaURL         Column = 71
	ColumnResourceDroppedAttributes Column = 72
)

// columnIDs is the first number that no column of a batch has.
const columnIDs = 73

// None stands in columns where a text, key or row is absent.
const None uint32 = 0xFFFFFFFF

// Elements of columns by their size. A byte for each number up to columnIDs; '0' for numbers that no column has.
const columnSizes = "0" + "14881444144" + "4" + "0000000" + // 1 to 12
	"G88884114444444444" + "41" + // 20 to 39
	"4844" + "000000" + "G84444" + "0000" + // 40 to 55
	"444444" + "0000" + "444" // 60 to 72

// size is how many bytes an element has: 1, 4, 8 or 16; 0 for a number that no column has.
func (c Column) size() uint32 {
	if c >= columnIDs {
		return 0
	}
	switch columnSizes[c] {
	case 'G':
		return 16
	default:
		return uint32(columnSizes[c] - '0')
	}
}

// String is the column's name in wit/layout.md, such as span-status.
func (c Column) String() string {
	if c < columnIDs && columnNames[c] != "" {
		return columnNames[c]
	}
	return "column " + strconv.FormatUint(uint64(c), 10)
}

var columnNames = [columnIDs]string{
	1: "texts", 2: "text-end", 3: "ints", 4: "doubles", 5: "bytes", 6: "bytes-end", 7: "keys", 8: "row-key", 9: "row-kind",
	10: "row-value", 11: "group-end", 12: "declared",
	20: "span-trace-id", 21: "span-id", 22: "span-parent-id", 23: "span-start", 24: "span-end", 25: "span-name", 26: "span-kind",
	27: "span-status", 28: "span-message", 29: "span-tracestate", 30: "span-flags", 31: "span-scope", 32: "span-attributes",
	33: "span-events-end", 34: "span-links-end", 35: "span-dropped-attributes", 36: "span-dropped-events", 37: "span-dropped-links",
	38: "trace-end", 39: "trace-reason",
	40: "event-name", 41: "event-time", 42: "event-attributes", 43: "event-dropped-attributes",
	50: "link-trace-id", 51: "link-span-id", 52: "link-tracestate", 53: "link-flags", 54: "link-attributes", 55: "link-dropped-attributes",
	60: "scope-name", 61: "scope-version", 62: "scope-schema-url", 63: "scope-attributes", 64: "scope-dropped-attributes", 65: "scope-resource",
	70: "resource-attributes", 71: "resource-schema-url", 72: "resource-dropped-attributes",
}

// missing is what views panic with when a column has no such element: the policy reads what it did not ask for, or the host sent a
// batch that points outside itself. Such a policy never works, and its first test says so.
type missing Column

func (m missing) Error() string {
	column := Column(m)
	switch column {
	case ColumnDeclared:
		return "a slot was read that was not declared: it has to come from setup.Key"
	case ColumnSpanScope, ColumnScopeResource:
		return ask(column, "PartScope) or setup.Read(spansieve.PartResource")
	}
	for part, columns := range partColumns {
		for _, c := range columns {
			if c == column && column > ColumnGroupEnd {
				return ask(column, Part(part).String())
			}
		}
	}
	return "the batch has no such " + column.String() + ": ask with setup.Read for the part whose texts or values these are"
}

func ask(column Column, part string) string {
	return "the batch has no such " + column.String() + ": ask for it with setup.Read(spansieve." + part + ")"
}
