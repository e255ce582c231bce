package spansievetest

import (
	spansieve "github.com/spansieve/spansieve/plugins/sdk/go"
)

// Decode reads a batch that has every column, through the views that policies use.
func Decode(bytes []byte) (Batch, error) {
	view, err := spansieve.ParseBatch(bytes)
	if err != nil {
		return Batch{}, err
	}
	batch := Batch{Now: view.Now()}
	if p, ok := view.HeadProbability(); ok {
		batch.HeadProbability = &p
	}
	for r := range view.Resources() {
		batch.Resources = append(batch.Resources, Resource{
			Attributes: attributes(r), SchemaURL: optional(r.SchemaURL()), DroppedAttributes: r.DroppedAttributes(),
		})
	}
	for s := range view.Scopes() {
		batch.Scopes = append(batch.Scopes, Scope{
			Name: s.Name(), Version: optional(s.Version()), SchemaURL: optional(s.SchemaURL()), Attributes: attributes(s),
			DroppedAttributes: s.DroppedAttributes(), Resource: s.Resource().Index(),
		})
	}
	for s := range view.Spans() {
		span := Span{
			TraceID: s.TraceID(), ID: s.ID(), ParentID: s.ParentID(), Start: s.Start(), End: s.End(), Name: s.Name(), Kind: s.Kind(),
			Status: s.Status(), Message: optional(s.Message()), TraceState: optional(s.TraceState()), Flags: s.Flags(), Attributes: attributes(s),
			Dropped: s.Dropped(), Scope: s.Scope().Index(),
		}
		for e := range s.Events() {
			span.Events = append(span.Events, Event{
				Name: e.Name(), Time: e.Time(), Attributes: attributes(e), DroppedAttributes: e.DroppedAttributes(),
			})
		}
		for l := range s.Links() {
			span.Links = append(span.Links, Link{
				TraceID: l.TraceID(), SpanID: l.SpanID(), TraceState: optional(l.TraceState()), Flags: l.Flags(), Attributes: attributes(l),
				DroppedAttributes: l.DroppedAttributes(),
			})
		}
		batch.Spans = append(batch.Spans, span)
	}
	for t := range view.Traces() {
		batch.Traces = append(batch.Traces, Trace{t.Len(), t.Reason()})
	}
	for _, index := range looseTexts(view) {
		batch.LooseTexts = append(batch.LooseTexts, texts(view)[index])
	}
	return batch, nil
}

func attributes(of spansieve.Carrier) spansieve.Map {
	rows := spansieve.Map{}
	for a := range of.Attributes().All() {
		rows = append(rows, spansieve.Entry{Key: a.Key(), Value: a.Value()})
	}
	return rows
}

func optional(text string, ok bool) *string {
	if !ok {
		return nil
	}
	return &text
}

// textColumns are the columns whose elements name texts, but for the values of rows.
var textColumns = []spansieve.Column{
	spansieve.ColumnKeys, spansieve.ColumnSpanName, spansieve.ColumnSpanMessage, spansieve.ColumnSpanTraceState, spansieve.ColumnEventName,
	spansieve.ColumnLinkTraceState, spansieve.ColumnScopeName, spansieve.ColumnScopeVersion, spansieve.ColumnScopeSchemaURL,
	spansieve.ColumnResourceSchemaURL,
}

// looseTexts are the texts of a batch that nothing names, by index.
func looseTexts(view *spansieve.Batch) []int {
	named := map[int]bool{}
	for _, column := range textColumns {
		for _, text := range view.U32s(column) {
			named[int(text)] = true
		}
	}
	for row := range view.Rows() {
		if text, ok := row.Text(); ok {
			named[text.Index()] = true
		}
	}
	var loose []int
	for text := range view.Texts() {
		if !named[text.Index()] {
			loose = append(loose, text.Index())
		}
	}
	return loose
}

func texts(view *spansieve.Batch) []string {
	var all []string
	for text := range view.Texts() {
		all = append(all, text.String())
	}
	return all
}
