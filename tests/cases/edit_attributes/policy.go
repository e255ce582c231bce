// Package editattributes edits attributes of everything in every way.
package editattributes

import spansieve "github.com/spansieve/spansieve/plugins/sdk/go"

type policy struct{}

// New makes the policy.
func New(string, *spansieve.Setup) (spansieve.Policy, error) {
	return policy{}, nil
}

func (policy) Process(batch *spansieve.Batch, edits *spansieve.Edits) {
	for span := range batch.Spans() {
		edit(edits, span)
	}
	for event := range batch.Events() {
		edit(edits, event)
	}
	for link := range batch.Links() {
		edit(edits, link)
	}
	for scope := range batch.Scopes() {
		edit(edits, scope)
	}
	for resource := range batch.Resources() {
		edit(edits, resource)
	}
	for text := range batch.Texts() {
		if text.Is("secret") {
			edits.ReplaceText(text, "[gone]")
		}
	}
}

func edit(edits *spansieve.Edits, on spansieve.Carrier) {
	edits.Insert(on, "inserted", "new")
	edits.Upsert(on, "upserted", 1)
	edits.Update(on, "updated", true)
	edits.Rename(on, "old", "renamed")
	edits.Remove(on, "removed")
	edits.Update(on, "set", 2.5)
}
