package main

import (
	"slices"
	"testing"

	spansieve "github.com/spansieve/spansieve/plugins/sdk/go"
	"github.com/spansieve/spansieve/plugins/sdk/go/spansievetest"
)

// routes are what was written on each span; nil where nothing was.
func routes(after spansievetest.After) []any {
	var found []any
	for _, span := range after.Spans {
		found = append(found, span.Get("routing.tenant"))
	}
	return found
}

func expect(t *testing.T, after spansievetest.After, expected ...any) {
	t.Helper()
	if found := routes(after); !slices.Equal(found, expected) {
		t.Errorf("expected %v, found %v", expected, found)
	}
}

func TestATraceOfOneTenantIsAllTheirs(t *testing.T) {
	plugin := spansievetest.New(t, New, ``)
	batch := spansievetest.Batch{}.WithTrace(spansieve.TraceRootEnded,
		spansievetest.NewSpan("GET /cart"),
		spansievetest.NewSpan("authenticate", "tenant.id", "acme"),
	)
	expect(t, plugin.RunBatch(batch), "acme", "acme")
}

func TestNobodyInheritsWhereTenantsDiffer(t *testing.T) {
	plugin := spansievetest.New(t, New, `{"default": "shared"}`)
	batch := spansievetest.Batch{}.WithTrace(spansieve.TraceRootEnded,
		spansievetest.NewSpan("job"),
		spansievetest.NewSpan("one", "tenant.id", "acme"),
		spansievetest.NewSpan("other", "tenant.id", "globex"),
	)
	expect(t, plugin.RunBatch(batch), "shared", "acme", "globex")
}

func TestARingOfParentsEnds(t *testing.T) {
	plugin := spansievetest.New(t, New, ``)
	a, b := spansieve.SpanID{1}, spansieve.SpanID{2}
	one, other := spansievetest.NewSpan("one").WithParent(b), spansievetest.NewSpan("other").WithParent(a)
	one.ID, other.ID = a, b
	batch := spansievetest.BatchOf(one, other, spansievetest.NewSpan("x", "tenant.id", 1), spansievetest.NewSpan("y", "tenant.id", 2))
	batch.Traces = []spansievetest.Trace{{Spans: 4}}
	expect(t, plugin.RunBatch(batch), nil, nil, "1", "2")
}

func TestTheFirstKeyCounts(t *testing.T) {
	plugin := spansievetest.New(t, New, `{"keys": ["tenant.id", "account"], "whole_traces": false}`)
	after := plugin.Run(
		spansievetest.NewSpan("both", "account", "globex", "tenant.id", "acme"),
		spansievetest.NewSpan("empty", "tenant.id", "", "account", "globex"),
		spansievetest.NewSpan("no name", "account", true),
	)
	expect(t, after, "acme", "globex", nil)
}

func TestATableSaysWhereTenantsGo(t *testing.T) {
	tenants := spansievetest.WithTable("tenants", `{"acme": "eu"}`)
	plugin := spansievetest.New(t, New, `{"default": "shared", "whole_traces": false}`, tenants)
	after := plugin.Run(spansievetest.NewSpan("a", "tenant.id", "acme"), spansievetest.NewSpan("b", "tenant.id", "evil"))
	expect(t, after, "eu", "shared")
	if n := plugin.Counters()["spans.unlisted"]; n != 1 {
		t.Errorf("unlisted: %d", n)
	}
}

func TestConfigurationsThatMakeNoSense(t *testing.T) {
	for config, message := range map[string]string{
		`{"keys": []}`:          "keys: expected the key of an attribute at least, or one in resource_keys",
		`{"attribute": ""}`:     "attribute: expected a key",
		`{"on_resource": true}`: "on_resource: expected resource_keys with it, because only the resource itself can name its tenant",
		`{"key": "tenant.id"}`:  "key: unknown field, expected keys, resource_keys, attribute, default, whole_traces or on_resource",
	} {
		if _, err := spansievetest.Configure(t, New, config); err == nil || err.Error() != message {
			t.Errorf("%s: %v", config, err)
		}
	}
	null := spansievetest.WithTable("tenants", `null`)
	if _, err := spansievetest.Configure(t, New, ``, null); err == nil {
		t.Error("a table without tenants is taken")
	}
}
