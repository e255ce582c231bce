//go:build !wasip1

package spansieve

import "github.com/spansieve/spansieve/plugins/sdk/go/internal/fake"

// Natively the host is a fake in memory, which package spansievetest puts in place.

func hostLog(level Level, message string) { fake.Log(uint8(level), message) }

func hostCount(name string, delta uint64) { fake.Count(name, delta) }

func hostTable(name string) ([]byte, bool) { return fake.Table(name) }
