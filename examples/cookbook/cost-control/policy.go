// Package main is a policy that holds each service to a budget of spans, or of bytes, a minute.
package main

import (
	"encoding/json"
	"slices"
	"time"

	spansieve "github.com/spansieve/spansieve/plugins/sdk/go"
)

// Config is the configuration, as it stands in a policy file.
type Config struct {
	Budget    uint64            `json:"budget" min:"1" doc:"How much each service may send in a minute."`
	Unit      string            `json:"unit" default:"spans" enum:"spans,bytes" doc:"What is counted: spans, or an estimate of their bytes."`
	Services  map[string]uint64 `json:"services" default:"{}" min:"1" doc:"Budgets of single services, by service.name."`
	Burst     float64           `json:"burst" default:"0.25" min:"0.01" max:"1" doc:"Share of the budget that is there when a minute begins. The rest comes evenly, so that the minute's end is seen too."`
	Keep      []string          `json:"keep" default:"[\"errors\", \"local_roots\"]" enum:"errors,local_roots" doc:"What is kept over the budget too."`
	Attribute string            `json:"attribute" default:"sampler.adjusted_count" doc:"An integer on kept spans: how many spans they stand for, where that is not one. Empty for none."`
}

// CostControl is the policy.
type CostControl struct {
	Config
	keepErrors, keepRoots bool
	adjusted              spansieve.Slot

	minute   uint64
	accounts map[string]*account
	// Accounts of the batch's resources, by their index.
	ofResources []*account
}

// account is what is known of a service.
type account struct {
	budget uint64
	// Used is what it sent in this minute.
	Used uint64 `json:"used"`
	// Dropped are the spans that were dropped and for which no other stands yet, by span name.
	Dropped map[string]uint64 `json:"dropped"`
}

// Services and names over these numbers share an account, or a count, under the empty name: what comes from outside may not fill the memory.
const (
	maxServices = 1000
	maxNames    = 250
)

// New makes the policy, and says what it reads: what is not read need not be handed over.
func New(config Config, setup *spansieve.Setup) (*CostControl, error) {
	setup.Read(spansieve.PartAdd, spansieve.PartName, spansieve.PartFlags, spansieve.PartResource)
	c := &CostControl{
		Config:     config,
		keepErrors: slices.Contains(config.Keep, "errors"),
		keepRoots:  slices.Contains(config.Keep, "local_roots"),
		adjusted:   setup.Key(config.Attribute),
		accounts:   map[string]*account{},
	}
	if c.keepErrors {
		setup.Read(spansieve.PartStatus)
	}
	if c.keepRoots {
		setup.Read(spansieve.PartIDs)
	}
	if config.Unit == "bytes" {
		setup.Read(spansieve.PartAttributes, spansieve.PartEvents, spansieve.PartLinks)
	}
	return c, nil
}

// Process looks at a batch of spans.
func (c *CostControl) Process(batch *spansieve.Batch, edits *spansieve.Edits) {
	elapsed := c.startMinute(batch.Now())
	c.ofResources = c.ofResources[:0]
	for resource := range batch.Resources() {
		service, _ := resource.Attributes().Get("service.name").Str()
		c.ofResources = append(c.ofResources, c.account(service))
	}
	var kept, dropped, over uint64
	for span := range batch.Spans() {
		if !span.IsSampled() {
			continue // It was only recorded, and is not sent: it costs nothing.
		}
		account, cost := c.ofResources[span.Resource().Index()], c.cost(span)
		fits := account.Used+cost <= c.allowed(account, elapsed)
		switch always := c.isAlwaysKept(span); {
		case fits || always:
			account.Used += cost
			kept += cost
			if !fits {
				over += cost
			}
			// What is always kept stands for itself only: an error that stood for dropped spans would be counted as many errors.
			if !always && len(account.Dropped) > 0 {
				c.standIn(span, account, edits)
			}
		default:
			edits.Drop(span)
			account.drop(span.Name(), c.weight(span))
			dropped += cost
		}
	}
	spansieve.Count("kept."+c.Unit, kept)
	spansieve.Count("kept_over_budget."+c.Unit, over)
	spansieve.Count("dropped."+c.Unit, dropped)
}

// startMinute begins a new minute if it is time, and says which part of it is over.
func (c *CostControl) startMinute(now spansieve.Timestamp) (elapsed float64) {
	const minute = uint64(time.Minute)
	if this := uint64(now) / minute; this != c.minute {
		c.minute = this
		for service, account := range c.accounts {
			account.Used = 0
			if len(account.Dropped) == 0 {
				delete(c.accounts, service) // It may never send anything again.
			}
		}
	}
	return float64(uint64(now)%minute) / float64(minute)
}

// allowed is what a service may have used by now.
func (c *CostControl) allowed(account *account, elapsed float64) uint64 {
	return uint64(float64(account.budget) * min(1, c.Burst+(1-c.Burst)*elapsed))
}

// account is the account of a service, which is opened if there is none.
func (c *CostControl) account(service string) *account {
	if len(c.accounts) >= maxServices && c.accounts[service] == nil {
		service = ""
	}
	if c.accounts[service] == nil {
		budget, ok := c.Services[service]
		if !ok {
			budget = c.Budget
		}
		c.accounts[service] = &account{budget: budget, Dropped: map[string]uint64{}}
	}
	return c.accounts[service]
}

func (c *CostControl) isAlwaysKept(span spansieve.Span) bool {
	return c.keepErrors && span.Status() == spansieve.StatusError || c.keepRoots && span.IsLocalRoot()
}

// weight is how many spans a span stands for by itself: more than one where an earlier sampler says so.
func (c *CostControl) weight(span spansieve.Span) uint64 {
	if weight, ok := span.Get(c.adjusted).Int(); ok && weight > 0 {
		return uint64(weight)
	}
	return 1
}

// standIn lets a span stand for the spans of its name that were dropped since one was kept.
func (c *CostControl) standIn(span spansieve.Span, account *account, edits *spansieve.Edits) {
	name := span.Name()
	if account.Dropped[name] == 0 {
		name = ""
	}
	count := account.Dropped[name]
	delete(account.Dropped, name)
	switch given := span.Get(c.adjusted); {
	case count == 0 || c.Attribute == "":
	case given.Exists():
		edits.SetValue(given, c.weight(span)+count)
	default:
		edits.Add(span, c.Attribute, 1+count)
	}
}

// drop takes down that a span was dropped.
func (a *account) drop(name string, weight uint64) {
	if len(a.Dropped) >= maxNames && a.Dropped[name] == 0 {
		name = ""
	}
	a.Dropped[name] += weight
}

// state is what goes on in a new instance: a change of the policy is no reason for another budget.
type state struct {
	Unit     string              `json:"unit"`
	Minute   uint64              `json:"minute"`
	Services map[string]*account `json:"services"`
}

// Save gives the state.
func (c *CostControl) Save() []byte {
	saved, _ := json.Marshal(state{c.Unit, c.minute, c.accounts}) // of numbers and strings: this can't fail
	return saved
}

// Restore takes over the state of the instance before.
func (c *CostControl) Restore(saved []byte) error {
	var s state
	if err := json.Unmarshal(saved, &s); err != nil {
		return err
	}
	c.minute = s.Minute
	for service, before := range s.Services {
		now := c.account(service)
		for name, weight := range before.Dropped {
			now.drop(name, weight)
		}
		// Spans can't be told in bytes, nor the other way round: a minute begins again.
		if s.Unit == c.Unit {
			now.Used += before.Used
		}
	}
	return nil
}

func init() {
	spansieve.Export(spansieve.Info{
		Name:    "cost-control",
		Version: "0.1.0",
		About:   "Holds each service to a budget of spans, or of bytes, a minute",
	}, New)
}

// A component has no main function, but Go wants one.
func main() {}
