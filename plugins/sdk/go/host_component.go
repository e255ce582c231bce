//go:build wasip1

package spansieve

import (
	"strings"
	"structs"
)

//go:wasmimport spansieve:policy/host@0.1.1 log
func importLog(level uint32, message string)

//go:wasmimport spansieve:policy/host@0.1.1 count
func importCount(name string, delta uint64)

//go:wasmimport spansieve:policy/host@0.1.1 fail
func importFail(message string)

type optionalBytes struct {
	_      structs.HostLayout
	isSome uint8
	_      [3]uint8
	bytes  slice
}

//go:wasmimport spansieve:policy/host@0.1.1 table
func importTable(name string, into *optionalBytes)

var table optionalBytes

func hostLog(level Level, message string) {
	importLog(uint32(level), strings.ToValidUTF8(message, "\uFFFD"))
}

// hostFail does not return.
func hostFail(message string) {
	importFail(strings.ToValidUTF8(message, "\uFFFD"))
}

func hostCount(name string, delta uint64) {
	importCount(strings.ToValidUTF8(name, "\uFFFD"), delta)
}

func hostTable(name string) ([]byte, bool) {
	table, imported = optionalBytes{}, nil
	importing = true
	importTable(strings.ToValidUTF8(name, "\uFFFD"), &table)
	importing = false
	if table.isSome == 0 {
		return nil, false
	}
	bytes := imported[:table.bytes.len:table.bytes.len]
	imported = nil
	return bytes, true
}
