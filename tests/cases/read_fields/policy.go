// Package readfields shows every field of a span in an attribute.
package readfields

import spansieve "github.com/spansieve/spansieve/plugins/sdk/go"

type policy struct{}

// New makes the policy.
func New(string, *spansieve.Setup) (spansieve.Policy, error) {
	return policy{}, nil
}

func (policy) Process(batch *spansieve.Batch, edits *spansieve.Edits) {
	for span := range batch.Spans() {
		edits.Upsert(span, "seen", seen(batch, span))
	}
}

func seen(batch *spansieve.Batch, span spansieve.Span) spansieve.Map {
	var parent any
	if id := span.ParentID(); id.IsValid() {
		parent = id
	}
	dropped := span.Dropped()
	events := []any{}
	for event := range span.Events() {
		events = append(events, spansieve.Map{
			{Key: "name", Value: event.Name()},
			{Key: "time", Value: event.Time()},
			{Key: "dropped", Value: event.DroppedAttributes()},
			{Key: "attributes", Value: event.Attributes().Len()},
		})
	}
	links := []any{}
	for link := range span.Links() {
		links = append(links, spansieve.Map{
			{Key: "trace_id", Value: link.TraceID()},
			{Key: "span_id", Value: link.SpanID()},
			{Key: "tracestate", Value: orNull(link.TraceState())},
			{Key: "flags", Value: link.Flags()},
			{Key: "dropped", Value: link.DroppedAttributes()},
			{Key: "attributes", Value: link.Attributes().Len()},
		})
	}
	scope, resource := span.Scope(), span.Resource()
	return spansieve.Map{
		{Key: "index", Value: span.Index()},
		{Key: "trace_id", Value: span.TraceID()},
		{Key: "id", Value: span.ID()},
		{Key: "parent_id", Value: parent},
		{Key: "local_root", Value: span.IsLocalRoot()},
		{Key: "start", Value: span.Start()},
		{Key: "end", Value: span.End()},
		{Key: "duration", Value: span.Duration()},
		{Key: "name", Value: span.Name()},
		{Key: "kind", Value: span.Kind()},
		{Key: "status", Value: span.Status()},
		{Key: "message", Value: orNull(span.Message())},
		{Key: "tracestate", Value: orNull(span.TraceState())},
		{Key: "flags", Value: span.Flags()},
		{Key: "sampled", Value: span.IsSampled()},
		{Key: "dropped", Value: []uint32{dropped.Attributes, dropped.Events, dropped.Links}},
		{Key: "events", Value: events},
		{Key: "links", Value: links},
		{Key: "scope", Value: spansieve.Map{
			{Key: "name", Value: scope.Name()},
			{Key: "version", Value: orNull(scope.Version())},
			{Key: "schema_url", Value: orNull(scope.SchemaURL())},
			{Key: "dropped", Value: scope.DroppedAttributes()},
			{Key: "attributes", Value: scope.Attributes().Len()},
		}},
		{Key: "resource", Value: spansieve.Map{
			{Key: "schema_url", Value: orNull(resource.SchemaURL())},
			{Key: "dropped", Value: resource.DroppedAttributes()},
			{Key: "attributes", Value: resource.Attributes().Len()},
		}},
		{Key: "now", Value: batch.Now()},
		{Key: "head_probability", Value: orNull(batch.HeadProbability())},
	}
}

func orNull[T any](value T, ok bool) any {
	if !ok {
		return nil
	}
	return value
}
