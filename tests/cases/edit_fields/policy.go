// Package editfields sets or clears every field that can be.
package editfields

import spansieve "github.com/spansieve/spansieve/plugins/sdk/go"

type policy struct{ set bool }

// New makes the policy.
func New(argument string, _ *spansieve.Setup) (spansieve.Policy, error) {
	return policy{argument == "set"}, nil
}

func (p policy) Process(batch *spansieve.Batch, edits *spansieve.Edits) {
	if p.set {
		set(batch, edits)
	} else {
		clear(batch, edits)
	}
}

func set(batch *spansieve.Batch, edits *spansieve.Edits) {
	for span := range batch.Spans() {
		message, _ := span.Message()
		edits.SetName(span, span.Name()+"!")
		edits.SetMessage(span, message+"!")
		edits.SetTraceState(span, "a=b")
		if span.Status() == spansieve.StatusError {
			edits.SetStatus(span, spansieve.StatusOK)
		} else {
			edits.SetStatus(span, spansieve.StatusError)
		}
		edits.SetKind(span, spansieve.SpanKindClient)
	}
	for event := range batch.Events() {
		edits.SetEventName(event, event.Name()+"!")
	}
	for link := range batch.Links() {
		edits.SetLinkTraceState(link, "c=d")
	}
	for scope := range batch.Scopes() {
		edits.SetScopeName(scope, scope.Name()+"!")
		edits.SetScopeVersion(scope, "2")
		edits.SetScopeSchemaURL(scope, "urn:scope")
	}
	for resource := range batch.Resources() {
		edits.SetResourceSchemaURL(resource, "urn:resource")
	}
}

func clear(batch *spansieve.Batch, edits *spansieve.Edits) {
	for span := range batch.Spans() {
		edits.ClearMessage(span)
		edits.ClearTraceState(span)
	}
	for link := range batch.Links() {
		edits.ClearLinkTraceState(link)
	}
	for scope := range batch.Scopes() {
		edits.ClearScopeVersion(scope)
		edits.ClearScopeSchemaURL(scope)
	}
	for resource := range batch.Resources() {
		edits.ClearResourceSchemaURL(resource)
	}
}
