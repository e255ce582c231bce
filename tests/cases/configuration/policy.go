// Package configuration shows its configuration.
package configuration

import spansieve "github.com/spansieve/spansieve/plugins/sdk/go"

// Config is what it takes.
type Config struct {
	Text   string   `json:"text" doc:"A text."`
	Number int64    `json:"number" default:"7" doc:"A number."`
	Ratio  float64  `json:"ratio" default:"0.5" doc:"A ratio."`
	List   []string `json:"list" default:"[]" doc:"A list."`
	Flag   bool     `json:"flag" default:"false" doc:"A flag."`
	Choice string   `json:"choice" default:"one" enum:"one,two" doc:"A choice."`
}

type policy struct{ config Config }

// New makes the policy.
func New(config Config, _ *spansieve.Setup) (spansieve.Policy, error) {
	return policy{config}, nil
}

func (p policy) Process(batch *spansieve.Batch, edits *spansieve.Edits) {
	for span := range batch.Spans() {
		edits.Upsert(span, "text", p.config.Text)
		edits.Upsert(span, "number", p.config.Number)
		edits.Upsert(span, "ratio", p.config.Ratio)
		edits.Upsert(span, "list", p.config.List)
		edits.Upsert(span, "flag", p.config.Flag)
		edits.Upsert(span, "choice", p.config.Choice)
	}
}
