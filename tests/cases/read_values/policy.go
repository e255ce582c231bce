// Package readvalues copies each attribute by its value.
package readvalues

import spansieve "github.com/spansieve/spansieve/plugins/sdk/go"

type policy struct{}

// New makes the policy.
func New(string, *spansieve.Setup) (spansieve.Policy, error) {
	return policy{}, nil
}

func (policy) Process(batch *spansieve.Batch, edits *spansieve.Edits) {
	for span := range batch.Spans() {
		for attribute := range span.Attributes().All() {
			edits.Add(span, "copy."+attribute.Key(), attribute.Value())
		}
	}
}
