// Package costfew edits few spans: what a policy costs that has little to do.
package costfew

import spansieve "github.com/spansieve/spansieve/plugins/sdk/go"

type policy struct{ route, code spansieve.Slot }

// New makes the policy.
func New(_ string, setup *spansieve.Setup) (spansieve.Policy, error) {
	// To add attributes takes no more than this.
	setup.ReadColumns(spansieve.ColumnSpanAttributes)
	return policy{setup.Key("http.route"), setup.Key("http.response.status_code")}, nil
}

func (p policy) Process(batch *spansieve.Batch, edits *spansieve.Edits) {
	for span := range batch.Spans() {
		route := span.Get(p.route)
		code, _ := span.Get(p.code).Int()
		switch {
		case (code == 204 || code == 304) && route.Is("/healthz/deep"):
			edits.Drop(span)
		case code == 200 && route.Is("/internal/stock/{sku}"):
			edits.Add(span, "cacheable", true)
		}
	}
}
