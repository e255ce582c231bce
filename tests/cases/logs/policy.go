// Package logs writes a line of each level.
package logs

import spansieve "github.com/spansieve/spansieve/plugins/sdk/go"

type policy struct{}

// New makes the policy.
func New(string, *spansieve.Setup) (spansieve.Policy, error) {
	return policy{}, nil
}

func (policy) Process(*spansieve.Batch, *spansieve.Edits) {
	spansieve.Log(spansieve.LevelError, "an error")
	spansieve.Log(spansieve.LevelWarn, "a warning")
	spansieve.Log(spansieve.LevelInfo, "an info")
	spansieve.Log(spansieve.LevelDebug, "a debug")
}
