// Package state numbers spans over all batches.
package state

import (
	"fmt"
	"strconv"

	spansieve "github.com/spansieve/spansieve/plugins/sdk/go"
)

type policy struct{ last int64 }

// New makes the policy.
func New(string, *spansieve.Setup) (spansieve.Policy, error) {
	return &policy{}, nil
}

func (p *policy) Process(batch *spansieve.Batch, edits *spansieve.Edits) {
	for span := range batch.Spans() {
		p.last++
		edits.Upsert(span, "n", p.last)
	}
}

func (p *policy) Save() []byte {
	return strconv.AppendInt(nil, p.last, 10)
}

func (p *policy) Restore(state []byte) error {
	last, err := strconv.ParseInt(string(state), 10, 64)
	if err != nil {
		return fmt.Errorf("state: expected a number, found %q", state)
	}
	p.last = last
	return nil
}
