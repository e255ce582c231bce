// Package failure says what a policy failed of, and where.
package failure

import (
	"path"
	"reflect"
	"runtime"
	"strconv"
	"strings"
)

// Text is what is logged of a panic: what it says, and where in the author's source. To be called by the deferred function that
// recovered it.
func Text(panicked any) string {
	text := panicText(panicked)
	if place := authorsPlace(); place != "" {
		text += " (at " + place + ")"
	}
	return text
}

// panicText does without package fmt, which is a fifth of a small component.
func panicText(panicked any) string {
	switch v := panicked.(type) {
	case error:
		return v.Error()
	case string:
		return v
	case interface{ String() string }:
		return v.String()
	}
	v := reflect.ValueOf(panicked)
	switch v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "panic " + strconv.FormatInt(v.Int(), 10)
	}
	return "panic with a value of type " + reflect.TypeOf(panicked).String()
}

// authorsPlace is the innermost place of what panicked that is neither in this SDK nor in Go's own packages, as folder/file:line.
func authorsPlace() string {
	var callers [64]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers[:])])
	for panicked, more := false, true; more; {
		var frame runtime.Frame
		frame, more = frames.Next()
		if panicked && isAuthors(frame.Function) {
			return path.Base(path.Dir(frame.File)) + "/" + path.Base(frame.File) + ":" + strconv.Itoa(frame.Line)
		}
		// Below are the deferred functions that run because of the panic.
		panicked = panicked || frame.Function == "runtime.gopanic"
	}
	return ""
}

// isAuthors tells whether a function is of package main, or of a package whose path begins with a domain, as none of Go's own does.
func isAuthors(function string) bool {
	const sdk = "github.com/spansieve/spansieve/plugins/sdk/go"
	if rest, ok := strings.CutPrefix(function, sdk); ok && (strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, "/internal/")) {
		return false
	}
	first, _, isPath := strings.Cut(function, "/")
	return strings.HasPrefix(function, "main.") || isPath && strings.Contains(first, ".")
}
