//go:build wasip1

package spansieve

import (
	"math"
	"runtime"
	"structs"
	"unsafe"

	"github.com/spansieve/spansieve/plugins/sdk/go/internal/failure"
)

// What the component exports and imports, as the canonical ABI has it: strings and lists are a pointer and a length, results of more than a
// word are written to memory and a pointer to them is returned. What is returned is read before the next call, so that there is no need for
// functions that free it: it stays where the variables below keep it. Go's collector does not move what is on the heap.

type slice struct {
	_     structs.HostLayout
	first uint32
	len   uint32
}

func sliceOf(bytes []byte) slice {
	return slice{first: uint32(uintptr(unsafe.Pointer(unsafe.SliceData(bytes)))), len: uint32(len(bytes))}
}

func stringOf(text string) slice {
	return slice{first: uint32(uintptr(unsafe.Pointer(unsafe.StringData(text)))), len: uint32(len(text))}
}

var (
	// argument is where the host puts what it passes to a call: one buffer for all batches.
	argument []uint64
	// imported is where it puts what an import gives back during a call.
	imported []byte
	// importing tells that an import is being called.
	importing bool
	// kept is what the last result refers to.
	kept []any
)

// Batches of more than this are rare: before room is made for one, the room of the batch before is given back.
const large = 4 << 20

//go:wasmexport cabi_realloc
func realloc(_ unsafe.Pointer, _, _, size uint32) unsafe.Pointer {
	if size == 0 {
		return unsafe.Pointer(&result)
	}
	if importing {
		imported = make([]byte, size)
		return unsafe.Pointer(unsafe.SliceData(imported))
	}
	words := (uint64(size) + 7) / 8
	if words > uint64(cap(argument)) {
		argument = nil
		if plugin := exported.plugin; plugin != nil && plugin.batch != nil {
			plugin.batch.columns = columns{}
		}
		if size > large {
			runtime.GC()
		}
		argument = make([]uint64, words+words/4)
	}
	return unsafe.Pointer(unsafe.SliceData(argument[:cap(argument)]))
}

func argumentBytes(first unsafe.Pointer, len uint32) []byte {
	return unsafe.Slice((*byte)(first), len)
}

// report gives the call up where the policy panicked: the host applies the failure rule. To be deferred.
func report() {
	if panicked := recover(); panicked != nil {
		importing = false
		hostFail(failure.Text(panicked))
	}
}

type description struct {
	_                    structs.HostLayout
	name, version, about slice
	layout               uint32
	schema               slice
}

var described description

//go:wasmexport spansieve:policy/plugin@0.1.1#describe
func describe() *description {
	defer report()
	d := exportedPlugin().Describe()
	kept = []any{d}
	described = description{
		name: stringOf(d.Name), version: stringOf(d.Version), about: stringOf(d.About), layout: d.Layout, schema: stringOf(d.Schema),
	}
	return &described
}

type configured struct {
	_       structs.HostLayout
	isError uint8
	_       [3]uint8
	// The error, or the columns.
	first       slice
	keys        slice
	wholeTraces uint8
}

var configuredAs configured

//go:wasmexport spansieve:policy/plugin@0.1.1#configure
func configure(config unsafe.Pointer, len uint32) *configured {
	defer report()
	interest, err := exportedPlugin().Configure(string(argumentBytes(config, len)))
	if err != nil {
		message := err.Error()
		kept = []any{message}
		configuredAs = configured{isError: 1, first: stringOf(message)}
		return &configuredAs
	}
	keys := make([]slice, 0, 1)
	for _, key := range interest.Keys {
		keys = append(keys, stringOf(key))
	}
	kept = []any{interest, keys}
	configuredAs = configured{
		first: slice{first: uint32(uintptr(unsafe.Pointer(unsafe.SliceData(interest.Columns))))},
		keys:  slice{first: uint32(uintptr(unsafe.Pointer(unsafe.SliceData(keys))))},
	}
	configuredAs.first.len, configuredAs.keys.len = count(interest.Columns), count(keys)
	if interest.WholeTraces {
		configuredAs.wholeTraces = 1
	}
	return &configuredAs
}

func count[T any](values []T) uint32 { return uint32(min(len(values), math.MaxInt32)) }

var result slice

//go:wasmexport spansieve:policy/plugin@0.1.1#process
func process(batch unsafe.Pointer, len uint32) *slice {
	defer report()
	result = sliceOf(exportedPlugin().Process(argumentBytes(batch, len)))
	return &result
}

//go:wasmexport spansieve:policy/plugin@0.1.1#save
func save() *slice {
	defer report()
	state := exportedPlugin().Save()
	kept = []any{state}
	result = sliceOf(state)
	return &result
}

type restored struct {
	_       structs.HostLayout
	isError uint8
	_       [3]uint8
	message slice
}

var restoredAs restored

//go:wasmexport spansieve:policy/plugin@0.1.1#restore
func restore(state unsafe.Pointer, len uint32) *restored {
	defer report()
	restoredAs = restored{}
	// A copy: the policy may keep it.
	if err := exportedPlugin().Restore(append([]byte{}, argumentBytes(state, len)...)); err != nil {
		message := err.Error()
		kept = []any{message}
		restoredAs = restored{isError: 1, message: stringOf(message)}
	}
	return &restoredAs
}
