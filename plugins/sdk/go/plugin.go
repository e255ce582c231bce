package spansieve

import (
	"errors"
	"reflect"
)

// Policy is what a plugin does to batches of spans.
//
// The host makes an instance, has the policy made once, and then calls Process for each batch, never twice at once. It may replace the
// instance between two batches, taking the state along if the policy is a [Keeper].
//
// A policy may call nothing but [Log], [Count] and [Table]: there is no clock, no randomness, no file and no network, and what it prints goes
// nowhere. So the same batch, configuration and state give the same edits.
type Policy interface {
	// Process looks at a batch and takes down edits. Batch, edits and the views that they give are valid until it returns.
	//
	// Where it panics, the message and the place are logged, the host throws the instance away, and the failure rule of the policy
	// file decides what becomes of the batch.
	Process(batch *Batch, edits *Edits)
}

// Keeper is a policy that keeps state from batch to batch.
type Keeper interface {
	Policy
	// Save gives the state, to be handed to the instance that takes over.
	Save() []byte
	// Restore takes over a state that Save gave, perhaps in an older version of the policy. It is called after the policy was made, if at
	// all. With an error the instance starts fresh, and the operator reads why.
	Restore(state []byte) error
}

// Info says what a plugin is.
type Info struct {
	// Name is a short name in kebab-case, such as redact.
	Name string
	// Version is the plugin's own version, as in SemVer: 0.0.0 if it is empty.
	Version string
	// About is one sentence for people.
	About string
}

// Plugin is a policy as the contract has it: the five functions of wit/plugin.wit. [Export] makes a component of one; package spansievetest
// calls one natively.
type Plugin struct {
	info   Info
	schema func() string
	make   func(config string, setup *Setup) (Policy, error)
	policy Policy
	batch  *Batch
	edits  Edits
}

// NewPlugin makes a plugin of a function that makes a policy.
//
// The function gets the configuration as it stands in the policy file, and says in setup what the policy reads. Its error goes to the
// operator: it should say where in the configuration, and what was expected.
//
// C is a struct, whose fields have the names that their json tags say and these further tags:
//
//	doc:"Who looks after it"   the description in the JSON Schema
//	default:"7"                the value where none is given; for strings as it is, else as JSON
//	enum:"one,two"             all strings that there are
//	min:"0" max:"1"            bounds of a number
//
// A field must be given unless it has a default, is a pointer or has omitempty or omitzero in its json tag. Fields that the struct does not
// have are refused. Besides the usual types of fields there are [time.Duration], such as 500ms, [Map] values for a field of type any, and types
// with the method UnmarshalText or UnmarshalJSON. struct{} stands for no configuration.
func NewPlugin[C any, P Policy](info Info, make func(config C, setup *Setup) (P, error)) *Plugin {
	return &Plugin{
		info:   info,
		schema: func() string { return schemaOf(reflect.TypeFor[C]()) },
		make: func(text string, setup *Setup) (Policy, error) {
			var config C
			if err := decodeConfig(text, &config); err != nil {
				return nil, err
			}
			policy, err := make(config, setup)
			if err != nil {
				return nil, err
			}
			return policy, nil
		},
	}
}

// Description is what a plugin says of itself, as in wit/plugin.wit.
type Description struct {
	Info
	Layout uint32
	Schema string
}

// Describe says what the plugin is.
func (p *Plugin) Describe() Description {
	info := p.info
	if info.Name == "" {
		panic("the policy has no name: give spansieve.Export an Info with a Name")
	}
	if info.Version == "" {
		info.Version = "0.0.0"
	}
	return Description{info, LayoutVersion, p.schema()}
}

// Configure makes the policy of a configuration in JSON.
func (p *Plugin) Configure(config string) (Interest, error) {
	var setup Setup
	policy, err := p.make(config, &setup)
	if err != nil {
		return Interest{}, err
	}
	if v := reflect.ValueOf(policy); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return Interest{}, errors.New("the function that makes the policy gave neither a policy nor an error")
	}
	if missing := halfKept(policy); missing != "" {
		return Interest{}, errors.New("the policy keeps state by halves: it has no method " + missing)
	}
	interest := setup.Interest()
	p.policy, p.batch = policy, newBatch()
	if interest.Columns != nil {
		p.batch.asked = new([columnIDs]bool)
		for _, column := range interest.Columns {
			p.batch.asked[column] = true
		}
	}
	return interest, nil
}

// halfKept names the method that a policy lacks to be a Keeper, if it has the other one.
func halfKept(policy Policy) string {
	_, saves := policy.(interface{ Save() []byte })
	_, restores := policy.(interface{ Restore([]byte) error })
	switch {
	case saves && !restores:
		return "Restore(state []byte) error"
	case restores && !saves:
		return "Save() []byte"
	}
	return ""
}

// Process runs the policy over a batch and gives the edits, both as in wit/layout.md. The edits are valid until the next call.
func (p *Plugin) Process(batch []byte) []byte {
	if p.policy == nil {
		panic("a batch came before the policy was configured")
	}
	if err := p.batch.begin(batch); err != nil {
		panic("cannot read the batch: " + err.Error())
	}
	p.edits.begin(p.batch)
	p.policy.Process(p.batch, &p.edits)
	return p.edits.finish()
}

// Save gives the policy's state; nothing if it keeps none.
func (p *Plugin) Save() []byte {
	if keeper, ok := p.policy.(Keeper); ok {
		return keeper.Save()
	}
	return nil
}

// Restore hands the policy a state. One that keeps none takes any.
func (p *Plugin) Restore(state []byte) error {
	if keeper, ok := p.policy.(Keeper); ok {
		return keeper.Restore(state)
	}
	return nil
}

// Policy is the policy that Configure made; nil before.
func (p *Plugin) Policy() Policy { return p.policy }

// exported is the plugin that the component is.
var exported struct {
	plugin *Plugin
	twice  bool
}

// Export makes a policy the plugin that this component is. It is to be called once, by an init function of package main:
//
//	func init() {
//		spansieve.Export(spansieve.Info{Name: "owners", About: "Marks failed requests"}, newOwners)
//	}
//
//	func main() {}
//
// See [NewPlugin] for the function that makes the policy, and for its configuration.
func Export[C any, P Policy](info Info, make func(config C, setup *Setup) (P, error)) {
	exported.twice = exported.plugin != nil
	exported.plugin = NewPlugin(info, make)
}

// exportedPlugin is the plugin that was exported. It panics if there is none.
func exportedPlugin() *Plugin {
	if exported.plugin == nil {
		panic("there is no policy: call spansieve.Export in an init function of package main")
	}
	if exported.twice {
		panic("spansieve.Export was called twice: a component is one policy")
	}
	return exported.plugin
}
