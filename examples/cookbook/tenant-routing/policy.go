// Package main is a policy that says on each span where its tenant's spans go.
package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	spansieve "github.com/spansieve/spansieve/plugins/sdk/go"
)

// Config is the configuration, as it stands in a policy file.
type Config struct {
	Keys         []string `json:"keys" default:"[\"tenant.id\"]" doc:"Attributes of a span that name its tenant. The first that it has counts."`
	ResourceKeys []string `json:"resource_keys" default:"[]" doc:"Attributes of the resource that name the tenant, for spans that have none of keys."`
	Attribute    string   `json:"attribute" default:"routing.tenant" doc:"The attribute to write. What the application wrote there is replaced, or removed."`
	Default      string   `json:"default" default:"" doc:"What to write where the tenant is not known. Nothing is written if it is empty."`
	WholeTraces  bool     `json:"whole_traces" default:"true" doc:"Whether spans without tenant take that of their trace, for which the host waits until the trace is complete."`
	OnResource   bool     `json:"on_resource" default:"false" doc:"Whether the attribute is written on the resource too, where resource_keys name its tenant."`
}

// TenantRouting is the policy.
type TenantRouting struct {
	Config
	slots []spansieve.Slot
	given spansieve.Slot
	// routes says where the spans of a tenant go; nil where tenants are themselves what is written.
	routes map[string]string

	// What follows is of the batch in work, and kept to be used again: tenants of resources by their index, and of the spans of a trace.
	ofResources []string
	ofSpans     []string
	counts      struct{ tenant, unlisted, none uint64 }
}

// New makes the policy, and says what it reads: what is not read need not be handed over.
func New(config Config, setup *spansieve.Setup) (*TenantRouting, error) {
	if len(config.Keys)+len(config.ResourceKeys) == 0 {
		return nil, errors.New("keys: expected the key of an attribute at least, or one in resource_keys")
	}
	if config.Attribute == "" {
		return nil, errors.New("attribute: expected a key")
	}
	if config.OnResource && len(config.ResourceKeys) == 0 {
		// The spans of all tenants share the resource, so none of them can say whose it is.
		return nil, errors.New("on_resource: expected resource_keys with it, because only the resource itself can name its tenant")
	}
	p := &TenantRouting{Config: config, given: setup.Key(config.Attribute)}
	for _, key := range config.Keys {
		p.slots = append(p.slots, setup.Key(key))
	}
	if table, ok := spansieve.Table("tenants"); ok {
		if err := json.Unmarshal(table, &p.routes); err != nil || p.routes == nil {
			return nil, fmt.Errorf("table tenants: expected an object of strings, %w", cmp.Or(err, errors.New("found null")))
		}
	}
	setup.Read(spansieve.PartAdd)
	if len(config.ResourceKeys) > 0 {
		setup.Read(spansieve.PartResource)
	}
	if config.WholeTraces {
		setup.WholeTraces()
		setup.Read(spansieve.PartIDs)
	}
	return p, nil
}

// Process looks at a batch of spans.
func (p *TenantRouting) Process(batch *spansieve.Batch, edits *spansieve.Edits) {
	if len(p.ResourceKeys) > 0 {
		p.resources(batch, edits)
	}
	if p.WholeTraces {
		for trace := range batch.Traces() {
			p.trace(trace, edits)
		}
	} else {
		for span := range batch.Spans() {
			p.mark(span, p.tenant(span), edits)
		}
	}
	spansieve.Count("spans.tenant", p.counts.tenant)
	spansieve.Count("spans.unlisted", p.counts.unlisted)
	spansieve.Count("spans.none", p.counts.none)
	p.counts.tenant, p.counts.unlisted, p.counts.none = 0, 0, 0
}

// resources finds the tenants of resources.
func (p *TenantRouting) resources(batch *spansieve.Batch, edits *spansieve.Edits) {
	p.ofResources = p.ofResources[:0]
	for resource := range batch.Resources() {
		tenant := ""
		for _, key := range p.ResourceKeys {
			if tenant = name(resource.Attributes().Get(key)); tenant != "" {
				break
			}
		}
		p.ofResources = append(p.ofResources, tenant)
		// In a service the resource came once by itself, and beside spans it is there as it leaves: then there is nothing more to do.
		if route, _ := p.route(tenant); p.OnResource && route != "" && !resource.Attributes().Get(p.Attribute).Is(route) {
			edits.Upsert(resource, p.Attribute, route)
		}
	}
}

// tenant is the tenant that a span itself names, or its resource; empty where they name none.
func (p *TenantRouting) tenant(span spansieve.Span) string {
	for _, slot := range p.slots {
		if tenant := name(span.Get(slot)); tenant != "" {
			return tenant
		}
	}
	if len(p.ResourceKeys) > 0 {
		return p.ofResources[span.Resource().Index()]
	}
	return ""
}

// trace marks the spans of a trace. Where all that name a tenant name the same, it is everybody's.
func (p *TenantRouting) trace(trace spansieve.Trace, edits *spansieve.Edits) {
	p.ofSpans = p.ofSpans[:0]
	common, several := "", false
	for span := range trace.Spans() {
		tenant := p.tenant(span)
		p.ofSpans = append(p.ofSpans, tenant)
		if common == "" {
			common = tenant
		}
		several = several || tenant != "" && tenant != common
	}
	if several {
		// Whoever is not below a span with a tenant gets none: a guess would show one tenant's spans to another.
		inherit(trace, p.ofSpans)
		common = ""
	}
	for i, tenant := range p.ofSpans {
		if tenant == "" {
			tenant = common
		}
		p.mark(trace.Span(i), tenant, edits)
	}
}

// inherit gives spans without tenant that of the nearest span above them which has one. It is for traces of several tenants, such as those
// of jobs that look after one tenant after the other.
func inherit(trace spansieve.Trace, tenants []string) {
	index := make(map[spansieve.SpanID]int, len(tenants))
	for i := range tenants {
		index[trace.Span(i).ID()] = i
	}
	asked := make([]bool, len(tenants))
	var tenantOf func(i int) string
	tenantOf = func(i int) string {
		if tenants[i] == "" && !asked[i] {
			asked[i] = true // No one is asked twice, so a chain of parents that is a ring ends too.
			if parent, ok := index[trace.Span(i).ParentID()]; ok {
				tenants[i] = tenantOf(parent)
			}
		}
		return tenants[i]
	}
	for i := range tenants {
		tenantOf(i)
	}
}

// mark writes on a span where it goes.
func (p *TenantRouting) mark(span spansieve.Span, tenant string, edits *spansieve.Edits) {
	route, listed := p.route(tenant)
	switch given := span.Get(p.given); {
	case route == "" && given.Exists():
		edits.RemoveAttribute(given)
	case route == "" || given.Is(route):
	case given.Exists():
		edits.SetValue(given, route)
	default:
		edits.Add(span, p.Attribute, route)
	}
	switch {
	case tenant == "":
		p.counts.none++
	case listed:
		p.counts.tenant++
	default:
		p.counts.unlisted++
	}
}

// route says where the spans of a tenant go, and whether the table lists it. Without a table every tenant is listed, as itself.
func (p *TenantRouting) route(tenant string) (route string, listed bool) {
	if tenant != "" && p.routes == nil {
		return tenant, true
	}
	if route, listed = p.routes[tenant]; listed && tenant != "" {
		return route, true
	}
	return p.Default, false
}

// name is a value as the name of a tenant: numbers are names too.
func name(value spansieve.Attribute) string {
	if number, ok := value.Int(); ok {
		return strconv.FormatInt(number, 10)
	}
	text, _ := value.Str()
	return text
}

func init() {
	spansieve.Export(spansieve.Info{
		Name:    "tenant-routing",
		Version: "0.1.0",
		About:   "Says on each span where its tenant's spans go, for a router behind it",
	}, New)
}

// A component has no main function, but Go wants one.
func main() {}
