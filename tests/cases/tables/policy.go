// Package tables looks up owners in a table.
package tables

import (
	"encoding/json"
	"fmt"

	spansieve "github.com/spansieve/spansieve/plugins/sdk/go"
)

// policy has no owners where there is no table.
type policy struct{ owners map[string]string }

// New makes the policy.
func New(string, *spansieve.Setup) (spansieve.Policy, error) {
	table, ok := spansieve.Table("owners")
	if !ok {
		return policy{}, nil
	}
	owners := map[string]string{}
	if err := json.Unmarshal(table, &owners); err != nil {
		return nil, fmt.Errorf("table owners: %w", err)
	}
	return policy{owners}, nil
}

func (p policy) Process(batch *spansieve.Batch, edits *spansieve.Edits) {
	for span := range batch.Spans() {
		if p.owners == nil {
			edits.Upsert(span, "owner", "no table")
			continue
		}
		team, ok := span.Attributes().Get("team").Str()
		if !ok {
			continue
		}
		owner, ok := p.owners[team]
		if !ok {
			owner = "unknown"
		}
		edits.Upsert(span, "owner", owner)
	}
}
