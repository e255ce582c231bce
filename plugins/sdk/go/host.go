package spansieve

// Level says how much a log line matters.
type Level uint8

// Levels of log lines.
const (
	LevelError Level = iota // something failed that the operator should look at
	LevelWarn               // something is wrong but was handled
	LevelInfo               // worth knowing
	LevelDebug              // for the plugin's author
)

// String is its name in lower case, such as warn.
func (l Level) String() string {
	return nameOf(uint8(l), "error", "warn", "info", "debug")
}

// Log writes one line to the host's log, under the plugin's name. The host drops and counts lines over the plugin's limit.
func Log(level Level, message string) {
	hostLog(level, message)
}

// Count adds to the plugin's own counter of this name, which shows up in the host's statistics. A call costs some tens of nanoseconds: count
// in a variable, and call it once a batch.
func Count(name string, delta uint64) {
	if delta > 0 {
		hostCount(name, delta)
	}
}

// Table is the look-up table that the policy file gives the plugin under this name, whole; false where it names no such table.
func Table(name string) ([]byte, bool) {
	return hostTable(name)
}
