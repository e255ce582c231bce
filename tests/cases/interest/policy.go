// Package interest asks for two keys and attributes only.
package interest

import spansieve "github.com/spansieve/spansieve/plugins/sdk/go"

type policy struct{ a, b spansieve.Slot }

// New makes the policy.
func New(_ string, setup *spansieve.Setup) (spansieve.Policy, error) {
	setup.Read(spansieve.PartAttributes)
	return policy{setup.Key("a"), setup.Key("b")}, nil
}

func (p policy) Process(batch *spansieve.Batch, edits *spansieve.Edits) {
	for span := range batch.Spans() {
		a, hasA := span.Get(p.a).Int()
		b, hasB := span.Get(p.b).Int()
		switch {
		case hasA && hasB:
			edits.Upsert(span, "sum", a+b)
		case hasA:
			edits.Upsert(span, "missing", "b")
		case hasB:
			edits.Upsert(span, "missing", "a")
		}
	}
}
