package main

import spansieve "github.com/spansieve/spansieve/plugins/sdk/go"

// What things take in OTLP, roughly, and before compression, besides names and values: ids, times, kind and status of a span; tags and
// lengths; and the key of an attribute. Keys are not looked at, because they are about as long everywhere, and there are so many.
const (
	spanBytes      = 80
	eventBytes     = 20
	linkBytes      = 40
	attributeBytes = 24
	valueBytes     = 8 // of a value that is neither text nor nested
)

// cost is what a span takes of the budget.
func (c *CostControl) cost(span spansieve.Span) uint64 {
	if c.Unit == "spans" {
		return 1
	}
	bytes := spanBytes + len(span.Name()) + sizeOf(span.Attributes())
	for event := range span.Events() {
		bytes += eventBytes + len(event.Name()) + sizeOf(event.Attributes())
	}
	for link := range span.Links() {
		bytes += linkBytes + sizeOf(link.Attributes())
	}
	return uint64(bytes)
}

// sizeOf is the size of attributes, or of what is nested in one.
func sizeOf(attributes spansieve.Attributes) int {
	bytes := attributes.Len() * attributeBytes
	for attribute := range attributes.All() {
		if text, ok := attribute.Text(); ok {
			bytes += len(text.Bytes())
		} else if items, ok := attribute.Items(); ok {
			bytes += sizeOf(items)
		} else {
			bytes += valueBytes
		}
	}
	return bytes
}
