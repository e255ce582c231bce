package tests

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	spansieve "github.com/spansieve/spansieve/plugins/sdk/go"
	"github.com/spansieve/spansieve/plugins/sdk/go/spansievetest"
)

// doing is a policy that does to each batch what a function does.
type doing func(*spansieve.Batch, *spansieve.Edits)

func (do doing) Process(batch *spansieve.Batch, edits *spansieve.Edits) { do(batch, edits) }

func edit(t *testing.T, before spansievetest.Batch, do doing) spansievetest.After {
	t.Helper()
	plugin := spansievetest.New(t, func(struct{}, *spansieve.Setup) (doing, error) { return do, nil }, "")
	return plugin.RunBatch(before)
}

func one(keysAndValues ...any) spansievetest.Batch {
	return spansievetest.BatchOf(spansievetest.NewSpan("a", keysAndValues...))
}

func same(t *testing.T, found, expected any) {
	t.Helper()
	if !reflect.DeepEqual(found, expected) {
		t.Errorf("found %#v, expected %#v", found, expected)
	}
}

func first[V any](values func(func(V) bool)) V {
	for v := range values {
		return v
	}
	panic("none")
}

var nested = []any{"a", spansieve.Map{{Key: "k", Value: int64(1)}}}

func TestNothingToChangeIsAnEmptyBlob(t *testing.T) {
	after := edit(t, one("k", "v"), func(batch *spansieve.Batch, edits *spansieve.Edits) {
		edits.Text("brought along but named by nothing")
		span := batch.Span(0)
		if edits.Update(span, "absent", 1) || edits.Remove(span, "absent") || edits.Insert(span, "k", 1) || edits.Rename(span, "absent", "k") {
			t.Error("something was edited")
		}
	})
	if len(after.Edits) != 0 {
		t.Errorf("%d bytes of edits", len(after.Edits))
	}
}

func TestAttributesOfEverythingAreEditedByKey(t *testing.T) {
	before := one("k", 1)
	before.Resources[0].Attributes = spansievetest.Attributes("r", 1)
	before.Scopes[0].Attributes = spansievetest.Attributes("s", 1)
	before.Spans[0].Events = []spansievetest.Event{{Name: "e", Attributes: spansievetest.Attributes("k", 1)}}
	before.Spans[0].Links = []spansievetest.Link{{Attributes: spansievetest.Attributes("k", 1)}}
	after := edit(t, before, func(batch *spansieve.Batch, edits *spansieve.Edits) {
		span := batch.Span(0)
		edits.Upsert(span, "k", "two")
		edits.Upsert(first(span.Events()), "k", 2.5)
		edits.Insert(first(span.Links()), "new", true)
		edits.Remove(span.Scope(), "s")
		edits.Add(span.Resource(), "more", map[string]any{"b": nil, "a": []any{1, nil, "x"}})
	})
	span := after.Spans[0]
	same(t, span.Get("k"), "two")
	same(t, span.Events[0].Attributes, spansievetest.Attributes("k", 2.5))
	same(t, span.Links[0].Attributes, spansievetest.Attributes("k", int64(1), "new", true))
	same(t, len(after.Batch.Scopes[0].Attributes), 0)
	more, _ := after.Batch.Resources[0].Attributes.Get("more")
	same(t, more, spansieve.Map{{Key: "a", Value: []any{int64(1), nil, "x"}}, {Key: "b", Value: nil}})
}

func TestAnAttributeThatDoesNotExistIsNotEdited(t *testing.T) {
	for _, do := range []func(spansieve.Attribute, *spansieve.Edits){
		func(a spansieve.Attribute, edits *spansieve.Edits) { edits.SetValue(a, 1) },
		func(a spansieve.Attribute, edits *spansieve.Edits) { edits.SetKey(a, "k") },
		func(a spansieve.Attribute, edits *spansieve.Edits) { edits.RemoveAttribute(a) },
	} {
		func() {
			defer func() {
				if text := fmt.Sprint(recover()); !strings.Contains(text, "does not exist") {
					t.Error(text)
				}
			}()
			edit(t, one("k", 1), func(batch *spansieve.Batch, edits *spansieve.Edits) {
				do(batch.Span(0).Attributes().Get("absent"), edits)
			})
		}()
	}
}

func TestLookUpsByKeySeeTheEditsBeforeThem(t *testing.T) {
	after := edit(t, one("old", 1), func(batch *spansieve.Batch, edits *spansieve.Edits) {
		span := batch.Span(0)
		check := func(ok bool, what string) {
			if !ok {
				t.Error(what)
			}
		}
		check(edits.Rename(span, "old", "new"), "there is an old key")
		check(edits.Insert(span, "old", 2), "the old key is free")
		check(!edits.Insert(span, "new", 3), "the new key is taken")
		edits.Upsert(span, "old", 4)
		check(edits.Remove(span, "new"), "the new key is there")
		check(edits.Insert(span, "new", 5), "the new key is free again")
		check(edits.Rename(span, "new", "newer"), "what was added is renamed")
		check(edits.Remove(span, "newer"), "and removed")
		check(!edits.Remove(span, "newer"), "once")
	})
	same(t, after.Spans[0].Attributes, spansievetest.Attributes("old", int64(4)))
}

func TestOfTwoEditsOfTheSameThingTheLaterCounts(t *testing.T) {
	before := spansievetest.BatchOf(spansievetest.NewSpan("a", "k", 1), spansievetest.NewSpan("b", "k", 1))
	after := edit(t, before, func(batch *spansieve.Batch, edits *spansieve.Edits) {
		a, b := batch.Span(0), batch.Span(1)
		row := a.Attributes().Get("k")
		edits.SetValue(row, 2)
		edits.SetValue(row, 3)
		edits.SetKey(row, "x")
		edits.SetKey(row, "y")
		edits.SetName(a, "first")
		edits.SetName(a, "second")
		edits.SetMessage(a, "text")
		edits.ClearMessage(a)
		for text := range batch.Texts() {
			if text.Is("b") {
				edits.ReplaceText(text, "c")
				edits.ReplaceText(text, "d")
			}
		}
		edits.Drop(a)
		edits.Keep(a)
		edits.Keep(b)
		edits.Drop(b)
	})
	same(t, after.Spans[0].Attributes, spansievetest.Attributes("y", int64(3)))
	same(t, []any{after.Spans[0].Name, after.Spans[0].Message, after.Spans[1].Name}, []any{"second", (*string)(nil), "d"})
	same(t, []bool{after.IsKept(0), after.IsDropped(0), after.IsDropped(1), after.IsKept(1)}, []bool{true, false, true, false})
}

func TestARemovedRowStaysRemoved(t *testing.T) {
	after := edit(t, one("k", 1, "l", 2), func(batch *spansieve.Batch, edits *spansieve.Edits) {
		row := batch.Span(0).Attributes().Get("k")
		edits.SetValue(row, 2)
		edits.SetKey(row, "x")
		edits.RemoveAttribute(row)
		edits.RemoveAttribute(row)
		edits.SetValue(row, []any{1})
		edits.SetKey(row, "z")
	})
	same(t, after.Spans[0].Attributes, spansievetest.Attributes("l", int64(2)))
	same(t, after.Changed, 1)
}

func TestElementsOfNestedValuesAreEdited(t *testing.T) {
	after := edit(t, one("k", nested), func(batch *spansieve.Batch, edits *spansieve.Edits) {
		for row := range batch.Rows() {
			if n, ok := row.Int(); ok && n == 1 {
				edits.SetValue(row, "one")
				edits.SetKey(row, "renamed")
			}
		}
	})
	same(t, after.Spans[0].Get("k"), []any{"a", spansieve.Map{{Key: "renamed", Value: "one"}}})
}

func TestAReplacedTextIsReplacedEverywhere(t *testing.T) {
	before := one("x", "x", "list", []any{"x"})
	before.Spans[0].Name, before.Spans[0].Message = "x", spansievetest.Some("x")
	after := edit(t, before, func(batch *spansieve.Batch, edits *spansieve.Edits) {
		for text := range batch.Texts() {
			if text.Is("x") {
				edits.ReplaceText(text, "[é]")
				edits.Add(batch.Span(0), "k", text)
			}
		}
	})
	span := after.Spans[0]
	same(t, []string{span.Name, *span.Message}, []string{"[é]", "[é]"})
	same(t, span.Attributes, spansievetest.Attributes("[é]", "[é]", "list", []any{"[é]"}, "k", "[é]"))
}

func TestEveryFieldCanBeSetAndCleared(t *testing.T) {
	before := one()
	before.Spans[0].Events = []spansievetest.Event{{Name: "e"}}
	before.Spans[0].Links = []spansievetest.Link{{}}
	set := edit(t, before, func(batch *spansieve.Batch, edits *spansieve.Edits) {
		span := batch.Span(0)
		edits.SetName(span, "name")
		edits.SetMessage(span, "message")
		edits.SetTraceState(span, "t=2")
		edits.SetStatus(span, spansieve.StatusOK)
		edits.SetKind(span, spansieve.SpanKindConsumer)
		edits.SetEventName(first(span.Events()), "event")
		edits.SetLinkTraceState(first(span.Links()), "t=3")
		edits.SetScopeName(span.Scope(), "scope")
		edits.SetScopeVersion(span.Scope(), "9")
		edits.SetScopeSchemaURL(span.Scope(), "v")
		edits.SetResourceSchemaURL(span.Resource(), "u")
	}).Batch
	expected := before
	expected.Spans = slices.Clone(before.Spans)
	span := &expected.Spans[0]
	span.Name, span.Message, span.TraceState = "name", spansievetest.Some("message"), spansievetest.Some("t=2")
	span.Status, span.Kind = spansieve.StatusOK, spansieve.SpanKindConsumer
	span.Events = []spansievetest.Event{{Name: "event", Attributes: spansieve.Map{}}}
	span.Links = []spansievetest.Link{{TraceState: spansievetest.Some("t=3"), Attributes: spansieve.Map{}}}
	expected.Scopes = []spansievetest.Scope{{Name: "scope", Version: spansievetest.Some("9"), SchemaURL: spansievetest.Some("v"), Attributes: spansieve.Map{}}}
	expected.Resources = []spansievetest.Resource{{SchemaURL: spansievetest.Some("u"), Attributes: spansieve.Map{}}}
	same(t, set, expected)

	cleared := edit(t, set, func(batch *spansieve.Batch, edits *spansieve.Edits) {
		span := batch.Span(0)
		edits.ClearMessage(span)
		edits.ClearTraceState(span)
		edits.ClearLinkTraceState(first(span.Links()))
		edits.ClearScopeVersion(span.Scope())
		edits.ClearScopeSchemaURL(span.Scope())
		edits.ClearResourceSchemaURL(span.Resource())
	}).Batch
	span.Message, span.TraceState, span.Links[0].TraceState = nil, nil, nil
	expected.Scopes[0].Version, expected.Scopes[0].SchemaURL, expected.Resources[0].SchemaURL = nil, nil, nil
	same(t, cleared, expected)
}

func TestOneBuilderServesManyBatches(t *testing.T) {
	round := 0
	plugin := spansievetest.New(t, func(struct{}, *spansieve.Setup) (doing, error) {
		return func(batch *spansieve.Batch, edits *spansieve.Edits) {
			if round != 1 {
				edits.Upsert(batch.Span(0), "k", "v")
				edits.Upsert(batch.Span(0), "l", "v")
			}
		}, nil
	}, "")
	for ; round < 3; round++ {
		expected := spansievetest.Attributes("k", "v", "l", "v")
		if round == 1 {
			expected = spansievetest.Attributes("k", int64(1))
		}
		same(t, plugin.Run(spansievetest.NewSpan("a", "k", round)).Spans[0].Attributes, expected)
	}
}
