// Package spansieve is for writing spansieve policies in Go: sandboxed plugins that look at batches of OpenTelemetry spans and edit them.
//
// A policy is a type with the method Process, made of its configuration by a function that [Export] is given:
//
//	type Config struct {
//		Team string `json:"team" doc:"Who looks after failed requests."`
//	}
//
//	type Owners struct {
//		team  string
//		route spansieve.Slot
//	}
//
//	func New(config Config, setup *spansieve.Setup) (*Owners, error) {
//		setup.Read(spansieve.PartStatus, spansieve.PartAttributes)
//		return &Owners{config.Team, setup.Key("http.route")}, nil
//	}
//
//	func (o *Owners) Process(batch *spansieve.Batch, edits *spansieve.Edits) {
//		for span := range batch.Spans() {
//			if span.Status() == spansieve.StatusError && span.Get(o.route).Exists() {
//				edits.Upsert(span, "team", o.team)
//			}
//		}
//	}
//
//	func init() {
//		spansieve.Export(spansieve.Info{Name: "owners", About: "Marks failed requests"}, New)
//	}
//
//	func main() {}
//
// "spansieve build" makes a component of the module. Package spansievetest runs the policy natively, in tests. The README of this module is a
// whole project.
//
// # What a policy sees, and what it may do
//
// A [Batch] gives views: [Span], [Event], [Link], [Scope], [Resource], [Attribute]. They are small values, which read where they are asked, and are
// valid until Process returns; what they give as strings, numbers and so on may be kept. What is to change is taken down in [Edits]. A policy
// may call [Log], [Count] and [Table], and nothing else of the world: packages os, net, time.Now and such find nothing there, and what is
// printed goes nowhere. Goroutines run only while Process does. Ranging over a Go map is in no fixed order: where the order shows in edits, sort
// the keys, so that the same batch gives the same edits.
//
// # Failures
//
// The error of the function that makes a policy, and that of [Keeper].Restore, are messages for the operator. Process has none: what it cannot
// deal with it should leave alone. Where it panics, the host logs what was said and where in the policy's source, and throws the instance away;
// what becomes of the batch is for the policy file to say. A panic of another goroutine cannot be caught, and is not told.
//
// # What makes a policy fast
//
// Declare the keys that it reads with [Setup.Key], and read them by [Span.Get]: the host has found them before the policy runs. Ask with
// [Setup.Read] for no more than it reads. Compare strings with [Attribute.Is] rather than by [Attribute.Str], which makes a string (short ones that
// come again are remembered). Keep what is made once, such as maps and regular expressions, in the policy. Strings that are constants or
// come from the configuration are brought along once in a batch, however many spans they are set on.
package spansieve
