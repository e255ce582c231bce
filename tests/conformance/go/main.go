// The conformance component: every behaviour that an SDK has to have, each in a file of tests/cases, one of them selected by configuration.
//
// The folders of cases hold links to those files, because Go builds nothing from outside a module.
package main

import (
	"errors"

	spansieve "github.com/spansieve/spansieve/plugins/sdk/go"
	bigintegers "github.com/spansieve/spansieve/tests/conformance/cases/big_integers"
	"github.com/spansieve/spansieve/tests/conformance/cases/configuration"
	costevery "github.com/spansieve/spansieve/tests/conformance/cases/cost_every"
	costfew "github.com/spansieve/spansieve/tests/conformance/cases/cost_few"
	"github.com/spansieve/spansieve/tests/conformance/cases/counters"
	dropandkeep "github.com/spansieve/spansieve/tests/conformance/cases/drop_and_keep"
	editattributes "github.com/spansieve/spansieve/tests/conformance/cases/edit_attributes"
	editfields "github.com/spansieve/spansieve/tests/conformance/cases/edit_fields"
	fails "github.com/spansieve/spansieve/tests/conformance/cases/errors"
	"github.com/spansieve/spansieve/tests/conformance/cases/interest"
	"github.com/spansieve/spansieve/tests/conformance/cases/logs"
	"github.com/spansieve/spansieve/tests/conformance/cases/nested"
	rawbytes "github.com/spansieve/spansieve/tests/conformance/cases/raw_bytes"
	readfields "github.com/spansieve/spansieve/tests/conformance/cases/read_fields"
	readvalues "github.com/spansieve/spansieve/tests/conformance/cases/read_values"
	"github.com/spansieve/spansieve/tests/conformance/cases/sizes"
	"github.com/spansieve/spansieve/tests/conformance/cases/state"
	"github.com/spansieve/spansieve/tests/conformance/cases/tables"
	"github.com/spansieve/spansieve/tests/conformance/cases/traces"
)

type config struct {
	Behaviour string                `json:"behaviour" doc:"Which behaviour the component has."`
	Argument  string                `json:"argument,omitempty" doc:"What else the behaviour is to know."`
	With      *configuration.Config `json:"with" doc:"The configuration of the behaviour that shows one."`
}

var behaviours = map[string]func(string, *spansieve.Setup) (spansieve.Policy, error){
	"big_integers":    bigintegers.New,
	"cost_every":      costevery.New,
	"cost_few":        costfew.New,
	"counters":        counters.New,
	"drop_and_keep":   dropandkeep.New,
	"edit_attributes": editattributes.New,
	"edit_fields":     editfields.New,
	"errors":          fails.New,
	"interest":        interest.New,
	"logs":            logs.New,
	"nested":          nested.New,
	"raw_bytes":       rawbytes.New,
	"read_fields":     readfields.New,
	"read_values":     readvalues.New,
	"sizes":           sizes.New,
	"state":           state.New,
	"tables":          tables.New,
	"traces":          traces.New,
}

func newPolicy(config config, setup *spansieve.Setup) (spansieve.Policy, error) {
	if config.Behaviour == "configuration" {
		if config.With == nil {
			return nil, errors.New("with: missing")
		}
		return configuration.New(*config.With, setup)
	}
	behaviour, ok := behaviours[config.Behaviour]
	if !ok {
		return nil, errors.New("behaviour: there is no " + config.Behaviour)
	}
	return behaviour(config.Argument, setup)
}

func init() {
	spansieve.Export(spansieve.Info{Name: "conformance", Version: "0.1.0", About: "Behaves as its configuration says"}, newPolicy)
}

func main() {}
