// Package counters counts spans and errors.
package counters

import spansieve "github.com/spansieve/spansieve/plugins/sdk/go"

type policy struct{}

// New makes the policy.
func New(string, *spansieve.Setup) (spansieve.Policy, error) {
	return policy{}, nil
}

func (policy) Process(batch *spansieve.Batch, _ *spansieve.Edits) {
	errors := uint64(0)
	for span := range batch.Spans() {
		if span.Status() == spansieve.StatusError {
			errors++
		}
	}
	spansieve.Count("spans", uint64(batch.Len()))
	// What is counted as 0 times is not counted.
	spansieve.Count("errors", errors)
}
