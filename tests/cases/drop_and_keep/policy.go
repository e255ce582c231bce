// Package dropandkeep drops and keeps spans that say so.
package dropandkeep

import spansieve "github.com/spansieve/spansieve/plugins/sdk/go"

type policy struct{}

// New makes the policy.
func New(string, *spansieve.Setup) (spansieve.Policy, error) {
	return policy{}, nil
}

func (policy) Process(batch *spansieve.Batch, edits *spansieve.Edits) {
	for span := range batch.Spans() {
		attributes := span.Attributes()
		if drop, _ := attributes.Get("drop").Bool(); drop {
			edits.Drop(span)
		} else if keep, _ := attributes.Get("keep").Bool(); keep {
			edits.Keep(span)
		}
	}
}
