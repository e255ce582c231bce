// Package main is a policy that marks failed requests with the team that looks after them.
package main

import spansieve "github.com/spansieve/spansieve/plugins/sdk/go"

// Config is the configuration, as it stands in a policy file.
type Config struct {
	Team string `json:"team" doc:"Who looks after failed requests."`
}

// {{Name}} is the policy.
type {{Name}} struct {
	team  string
	route spansieve.Slot
}

// New makes the policy, and says what it reads: what is not read need not be handed over.
func New(config Config, setup *spansieve.Setup) (*{{Name}}, error) {
	setup.Read(spansieve.PartStatus, spansieve.PartAttributes)
	return &{{Name}}{team: config.Team, route: setup.Key("http.route")}, nil
}

// Process looks at a batch of spans.
func (p *{{Name}}) Process(batch *spansieve.Batch, edits *spansieve.Edits) {
	for span := range batch.Spans() {
		if span.Status() == spansieve.StatusError && span.Get(p.route).Exists() {
			edits.Upsert(span, "team", p.team)
		}
	}
}

func init() {
	spansieve.Export(spansieve.Info{
		Name:    "{{name}}",
		Version: "0.1.0",
		About:   "Marks failed requests with the team that looks after them",
	}, New)
}

// A component has no main function, but Go wants one.
func main() {}
