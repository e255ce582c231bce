// Package rawbytes reverses bytes.
package rawbytes

import (
	"slices"

	spansieve "github.com/spansieve/spansieve/plugins/sdk/go"
)

type policy struct{}

// New makes the policy.
func New(string, *spansieve.Setup) (spansieve.Policy, error) {
	return policy{}, nil
}

func (policy) Process(batch *spansieve.Batch, edits *spansieve.Edits) {
	for span := range batch.Spans() {
		for attribute := range span.Attributes().All() {
			if bytes, ok := attribute.Bytes(); ok {
				slices.Reverse(bytes)
				edits.SetValue(attribute, append(bytes, 0xFF))
			}
		}
	}
}
