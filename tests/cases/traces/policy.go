// Package traces says of each trace how many spans it has, and why it is here.
package traces

import spansieve "github.com/spansieve/spansieve/plugins/sdk/go"

type policy struct{}

// New makes the policy.
func New(_ string, setup *spansieve.Setup) (spansieve.Policy, error) {
	setup.WholeTraces()
	return policy{}, nil
}

func (policy) Process(batch *spansieve.Batch, edits *spansieve.Edits) {
	for trace := range batch.Traces() {
		if trace.Len() > 0 {
			edits.Upsert(trace.Span(0), "spans", trace.Len())
			edits.Upsert(trace.Span(0), "reason", trace.Reason())
		}
	}
}
