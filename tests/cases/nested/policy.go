// Package nested adds a nested value.
package nested

import spansieve "github.com/spansieve/spansieve/plugins/sdk/go"

type policy struct{}

// New makes the policy.
func New(string, *spansieve.Setup) (spansieve.Policy, error) {
	return policy{}, nil
}

func (policy) Process(batch *spansieve.Batch, edits *spansieve.Edits) {
	value := spansieve.Map{
		{Key: "a", Value: []any{1, spansieve.Map{{Key: "b", Value: []any{}}}, nil, []byte{0x00, 0xFF}}},
		{Key: "c", Value: spansieve.Map{}},
		{Key: "", Value: "empty key"},
		{Key: "d", Value: 2.5},
		{Key: "e", Value: false},
	}
	for span := range batch.Spans() {
		edits.Upsert(span, "nested", value)
	}
}
