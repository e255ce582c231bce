// Package fake is the host that policies have in native tests.
package fake

import "sync"

// Host keeps what one plugin says, and gives it tables.
type Host struct {
	Lines    []Line
	Counters map[string]uint64
	Tables   map[string][]byte
}

// Line is a line of the log.
type Line struct {
	Level   uint8
	Message string
}

var (
	// calling is held during a call of a plugin: as in a component, one call at a time.
	calling sync.Mutex
	current = &Host{}
)

// Call runs a call of the plugin that has this host.
func (h *Host) Call(call func()) {
	calling.Lock()
	before := current
	current = h
	defer func() {
		current = before
		calling.Unlock()
	}()
	call()
}

// Log takes down a line.
func Log(level uint8, message string) {
	current.Lines = append(current.Lines, Line{level, message})
}

// Count takes down a count.
func Count(name string, delta uint64) {
	if current.Counters == nil {
		current.Counters = map[string]uint64{}
	}
	current.Counters[name] += delta
}

// Table gives a table.
func Table(name string) ([]byte, bool) {
	table, ok := current.Tables[name]
	return append([]byte(nil), table...), ok
}
