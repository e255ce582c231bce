// Package bigintegers adds one to each integer.
package bigintegers

import spansieve "github.com/spansieve/spansieve/plugins/sdk/go"

type policy struct{}

// New makes the policy.
func New(string, *spansieve.Setup) (spansieve.Policy, error) {
	return policy{}, nil
}

func (policy) Process(batch *spansieve.Batch, edits *spansieve.Edits) {
	for span := range batch.Spans() {
		for attribute := range span.Attributes().All() {
			if n, ok := attribute.Int(); ok {
				edits.SetValue(attribute, n+1)
			}
		}
	}
}
