package tests

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	spansieve "github.com/spansieve/spansieve/plugins/sdk/go"
	"github.com/spansieve/spansieve/plugins/sdk/go/internal/failure"
)

func line() int {
	_, _, line, _ := runtime.Caller(1)
	return line
}

func TestAFailureIsToldWithItsPlaceInTheAuthorsSource(t *testing.T) {
	var counts map[string]int
	var numbers []int
	at := line()
	for i, fails := range []func(){
		func() { panic("on purpose") },
		func() { panic(errors.New("an error")) },
		func() { counts["x"]++ },
		func() { numbers[len(counts)] = 1 },
		func() { strings.Repeat("x", -1-len(counts)) },
		func() { (spansieve.Span{}).Name() },
		func() { panic(spansieve.StatusError) },
		func() { panic(12) },
		func() { panic([]int{1}) },
	} {
		expected := []string{
			"on purpose", "an error", "assignment to entry in nil map", "runtime error: index out of range [0] with length 0", "strings: negative Repeat count",
			"runtime error: invalid memory address or nil pointer dereference", "error", "panic 12", "panic with a value of type []int",
		}[i]
		func() {
			defer func() {
				same(t, failure.Text(recover()), fmt.Sprintf("%s (at tests/failure_test.go:%d)", expected, at+2+i))
			}()
			fails()
		}()
	}
}
