// Package spansievetest runs policies natively, without a host: build a batch, run the policy, look at the batch after its edits.
//
//	func TestMarksFailedRequests(t *testing.T) {
//		plugin := spansievetest.New(t, newOwners, `{"team": "payments"}`)
//		after := plugin.Run(spansievetest.NewSpan("GET /cart", "http.route", "/cart").WithStatus(spansieve.StatusError))
//		if team := after.Spans[0].Get("team"); team != "payments" {
//			t.Errorf("the team is %v", team)
//		}
//	}
//
// The policy is sent only what it asked for, its edits are applied, and the test fails where they break a rule of wit/layout.md.
package spansievetest

import (
	"maps"
	"slices"
	"testing"

	spansieve "github.com/spansieve/spansieve/plugins/sdk/go"
	"github.com/spansieve/spansieve/plugins/sdk/go/internal/fake"
)

// Plugin is a configured policy, with a host of its own. P is the type of the policy.
type Plugin[P spansieve.Policy] struct {
	t        testing.TB
	plugin   *spansieve.Plugin
	interest spansieve.Interest
	host     *fake.Host
}

// An Option is something that the policy file gives a plugin besides its configuration.
type Option func(*fake.Host)

// WithTable gives the plugin a look-up table.
func WithTable(name, table string) Option {
	return func(host *fake.Host) {
		if host.Tables == nil {
			host.Tables = map[string][]byte{}
		}
		host.Tables[name] = []byte(table)
	}
}

// New configures a policy, by the function that makes one and the configuration as JSON; "" for none. The test fails if that is refused.
func New[C any, P spansieve.Policy](t testing.TB, make func(C, *spansieve.Setup) (P, error), config string, options ...Option) *Plugin[P] {
	t.Helper()
	plugin, err := Configure(t, make, config, options...)
	if err != nil {
		t.Fatalf("the policy is not configured: %v", err)
	}
	return plugin
}

// Configure is New for tests of configurations that are refused.
func Configure[C any, P spansieve.Policy](t testing.TB, make func(C, *spansieve.Setup) (P, error), config string, options ...Option) (*Plugin[P], error) {
	p := &Plugin[P]{t: t, plugin: spansieve.NewPlugin(spansieve.Info{Name: "test"}, make), host: &fake.Host{}}
	for _, option := range options {
		option(p.host)
	}
	if config == "" {
		config = "null"
	}
	var err error
	p.host.Call(func() { p.interest, err = p.plugin.Configure(config) })
	return p, err
}

// After is what came of spans: the batch after the edits, and the edits.
type After struct {
	*Outcome
	// Spans are those that were given, after the edits. Dropped ones are still there.
	Spans []Span
}

// IsDropped tells whether the policy dropped the span that was given at this index.
func (a After) IsDropped(index int) bool { return slices.Contains(a.Dropped, index) }

// IsKept tells whether the policy marked the span that was given at this index as sampled.
func (a After) IsKept(index int) bool { return slices.Contains(a.Kept, index) }

// Run runs the policy over spans of one scope.
func (p *Plugin[P]) Run(spans ...Span) After {
	p.t.Helper()
	return p.RunBatch(BatchOf(spans...))
}

// RunBatch runs the policy over a batch and applies its edits.
func (p *Plugin[P]) RunBatch(batch Batch) After {
	p.t.Helper()
	edits := p.Process(Encode(batch, p.interest))
	outcome, err := Apply(Encode(batch, spansieve.Interest{}), edits)
	if err != nil {
		p.t.Fatalf("the edits break a rule of the layout: %v", err)
	}
	return After{outcome, outcome.Batch.Spans}
}

// Process calls the policy with a batch as it is and gives the edits: for measuring, and for batches that something else encoded. The edits
// are valid until the next call.
func (p *Plugin[P]) Process(batch []byte) []byte {
	var edits []byte
	p.host.Call(func() { edits = p.plugin.Process(batch) })
	return edits
}

// Interest is what the policy asked for.
func (p *Plugin[P]) Interest() spansieve.Interest { return p.interest }

// Policy is the policy itself.
func (p *Plugin[P]) Policy() P { return p.plugin.Policy().(P) }

// Save gives the policy's state.
func (p *Plugin[P]) Save() []byte {
	var state []byte
	p.host.Call(func() { state = p.plugin.Save() })
	return state
}

// Restore hands the policy a state.
func (p *Plugin[P]) Restore(state []byte) error {
	var err error
	p.host.Call(func() { err = p.plugin.Restore(state) })
	return err
}

// Logs are the lines that the policy has logged, such as "warn: no table".
func (p *Plugin[P]) Logs() []string {
	lines := make([]string, 0, len(p.host.Lines))
	for _, line := range p.host.Lines {
		lines = append(lines, spansieve.Level(line.Level).String()+": "+line.Message)
	}
	return lines
}

// Counters is what the policy has counted.
func (p *Plugin[P]) Counters() map[string]uint64 { return maps.Clone(p.host.Counters) }
