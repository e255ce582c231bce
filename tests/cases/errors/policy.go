// Package errors fails where it is told to.
package errors

import (
	"errors"

	spansieve "github.com/spansieve/spansieve/plugins/sdk/go"
)

type policy struct{ argument string }

// New makes the policy.
func New(argument string, _ *spansieve.Setup) (spansieve.Policy, error) {
	if argument == "configure" {
		return nil, errors.New("argument: not this one")
	}
	return policy{argument}, nil
}

func (p policy) Process(*spansieve.Batch, *spansieve.Edits) {
	if p.argument == "process" {
		panic("failed on purpose")
	}
}

func (p policy) Save() []byte {
	if p.argument == "restore" {
		return []byte("x")
	}
	return nil
}

func (p policy) Restore([]byte) error {
	if p.argument == "restore" {
		return errors.New("state: not this one")
	}
	return nil
}
