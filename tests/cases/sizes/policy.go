// Package sizes says how many spans the batch has.
package sizes

import spansieve "github.com/spansieve/spansieve/plugins/sdk/go"

type policy struct{}

// New makes the policy.
func New(string, *spansieve.Setup) (spansieve.Policy, error) {
	return policy{}, nil
}

func (policy) Process(batch *spansieve.Batch, edits *spansieve.Edits) {
	for span := range batch.Spans() {
		edits.Upsert(span, "n", batch.Len())
	}
}
