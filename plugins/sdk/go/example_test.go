package spansieve_test

import (
	"fmt"
	"strings"
	"testing"

	spansieve "github.com/spansieve/spansieve/plugins/sdk/go"
	"github.com/spansieve/spansieve/plugins/sdk/go/spansievetest"
)

type Config struct {
	Team string `json:"team" doc:"Who looks after failed requests."`
}

type Owners struct {
	team  string
	route spansieve.Slot
}

func NewOwners(config Config, setup *spansieve.Setup) (*Owners, error) {
	setup.Read(spansieve.PartStatus, spansieve.PartAttributes)
	return &Owners{config.Team, setup.Key("http.route")}, nil
}

func (o *Owners) Process(batch *spansieve.Batch, edits *spansieve.Edits) {
	for span := range batch.Spans() {
		if span.Status() == spansieve.StatusError && span.Get(o.route).Exists() {
			edits.Upsert(span, "team", o.team)
		}
	}
}

// A policy, run natively.
func Example() {
	t := new(testing.T) // in a test, its own
	plugin := spansievetest.New(t, NewOwners, `{"team": "payments"}`)
	failed := spansievetest.NewSpan("GET /cart", "http.route", "/cart").WithStatus(spansieve.StatusError)
	after := plugin.Run(failed, spansievetest.NewSpan("GET /"))
	fmt.Println(after.Spans[0].Get("team"), after.Spans[1].Get("team"))
	// Output: payments <nil>
}

// each is a policy of a function that is called for each span.
type each func(spansieve.Span, *spansieve.Edits)

func (do each) Process(batch *spansieve.Batch, edits *spansieve.Edits) {
	for span := range batch.Spans() {
		do(span, edits)
	}
}

// run runs a policy over a span that has two attributes.
func run(do each) spansievetest.After {
	span := spansievetest.NewSpan("GET /cart/7", "http.route", "/cart/{id}", "password", "hunter2")
	return spansievetest.New(new(testing.T), func(struct{}, *spansieve.Setup) (each, error) { return do, nil }, "").Run(span)
}

// Attributes are set, added, renamed and removed by key, whatever is there.
func ExampleEdits() {
	after := run(func(span spansieve.Span, edits *spansieve.Edits) {
		edits.Remove(span, "password")
		edits.Rename(span, "http.route", "route")
		edits.Upsert(span, "sizes", []int{1, 2})
		edits.Upsert(span, "owner", spansieve.Map{{Key: "team", Value: "payments"}, {Key: "paged", Value: true}})
	})
	for _, attribute := range after.Spans[0].Attributes {
		fmt.Println(attribute.Key, attribute.Value)
	}
	// Output:
	// route /cart/{id}
	// sizes [1 2]
	// owner [{team payments} {paged true}]
}

// A text is replaced wherever it stands.
func ExampleEdits_ReplaceText() {
	after := run(func(span spansieve.Span, edits *spansieve.Edits) {
		if password, ok := span.Attributes().Get("password").Text(); ok {
			edits.ReplaceText(password, "[gone]")
		}
	})
	fmt.Println(after.Spans[0].Get("password"))
	// Output: [gone]
}

// Go over the attributes of a span to look at all of them.
func ExampleAttributes_All() {
	run(func(span spansieve.Span, edits *spansieve.Edits) {
		for attribute := range span.Attributes().All() {
			if text, ok := attribute.Str(); ok && strings.HasPrefix(text, "/") {
				fmt.Println(attribute.Key(), "is a path")
			}
		}
	})
	// Output: http.route is a path
}

// A declared key is found by the host.
func ExampleSpan_Get() {
	var code spansieve.Slot
	newPolicy := func(_ struct{}, setup *spansieve.Setup) (each, error) {
		setup.Read() // nothing but the declared keys
		code = setup.Key("http.response.status_code")
		return func(span spansieve.Span, edits *spansieve.Edits) {
			if n, ok := span.Get(code).Int(); ok && n >= 500 {
				edits.Keep(span)
			}
		}, nil
	}
	plugin := spansievetest.New(new(testing.T), newPolicy, "")
	after := plugin.Run(spansievetest.NewSpan("a", "http.response.status_code", 503), spansievetest.NewSpan("b"))
	fmt.Println(after.IsKept(0), after.IsKept(1))
	// Output: true false
}

// What the struct of a configuration says becomes its JSON Schema.
func ExampleNewPlugin() {
	plugin := spansieve.NewPlugin(spansieve.Info{Name: "owners"}, NewOwners)
	fmt.Println(plugin.Describe().Schema)
	_, err := plugin.Configure(`{"taem": "payments"}`)
	fmt.Println(err)
	// Output:
	// {"$schema":"https://json-schema.org/draft/2020-12/schema","title":"Config","type":"object","properties":{"team":{"description":"Who looks after failed requests.","type":"string"}},"required":["team"],"additionalProperties":false}
	// taem: unknown field, expected team
}
