package main

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	spansieve "github.com/spansieve/spansieve/plugins/sdk/go"
	"github.com/spansieve/spansieve/plugins/sdk/go/spansievetest"
)

// spans makes spans of one name, which are neither roots nor errors.
func spans(name string, count int) []spansievetest.Span {
	made := make([]spansievetest.Span, count)
	for i := range made {
		made[i] = spansievetest.NewSpan(name).WithParent(spansieve.SpanID{1})
	}
	return made
}

// at is a batch of the service shop so long after the beginning of a minute.
func at(after time.Duration, spans ...spansievetest.Span) spansievetest.Batch {
	batch := spansievetest.BatchOf(spans...)
	batch.Now += spansieve.Timestamp(after)
	batch.Resources[0].Attributes = spansievetest.Attributes("service.name", "shop")
	return batch
}

// kept are the spans that are left.
func kept(after spansievetest.After) []spansievetest.Span {
	var left []spansievetest.Span
	for i, span := range after.Spans {
		if !after.IsDropped(i) {
			left = append(left, span)
		}
	}
	return left
}

func TestTheBudgetComesOverTheMinute(t *testing.T) {
	plugin := spansievetest.New(t, New, `{"budget": 100, "burst": 0.5}`)
	for _, c := range []struct {
		at       time.Duration
		expected int
	}{{0, 50}, {30 * time.Second, 25}, {30 * time.Second, 0}, {45 * time.Second, 12}, {60 * time.Second, 50}, {179 * time.Second, 99}} {
		if found := len(kept(plugin.RunBatch(at(c.at, spans("a", 100)...)))); found != c.expected {
			t.Errorf("at %v: expected %d spans, found %d", c.at, c.expected, found)
		}
	}
}

func TestAKeptSpanStandsForThoseThatWereDropped(t *testing.T) {
	plugin := spansievetest.New(t, New, `{"budget": 2, "burst": 1}`)
	plugin.RunBatch(at(0, append(spans("a", 5), spans("b", 3)...)...))
	root := spansievetest.NewSpan("a")
	left := kept(plugin.RunBatch(at(time.Minute, append([]spansievetest.Span{root}, spans("a", 1)...)...)))
	if count := left[0].Get("sampler.adjusted_count"); count != nil {
		t.Errorf("the root, which is always kept, stands for %v", count)
	}
	if count := left[1].Get("sampler.adjusted_count"); count != int64(4) {
		t.Errorf("the span stands for %v", count)
	}
}

// Whatever comes when, the counts of spans that left and of those that are still to be stood for add up to all that there were.
func TestCountsAddUp(t *testing.T) {
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 0))
		plugin := spansievetest.New(t, New, `{"budget": 200, "attribute": "SampleRate"}`)
		given, counted := map[string]int64{}, map[string]int64{}
		for now := time.Duration(0); now < 5*time.Minute; now += time.Duration(random.Int64N(int64(5 * time.Second))) {
			var batch []spansievetest.Span
			for range random.IntN(60) {
				span := spans(fmt.Sprint("operation ", random.IntN(400)), 1)[0]
				if random.IntN(10) == 0 {
					span = span.WithStatus(spansieve.StatusError)
				}
				weight := int64(1)
				if random.IntN(10) == 0 {
					weight = 7
					span.Attributes = spansievetest.Attributes("SampleRate", weight)
				}
				given[span.Name] += weight
				batch = append(batch, span)
			}
			for _, span := range kept(plugin.RunBatch(at(now, batch...))) {
				weight, ok := span.Get("SampleRate").(int64)
				if !ok {
					weight = 1
				}
				counted[span.Name] += weight
			}
			if random.IntN(10) == 0 {
				next := spansievetest.New(t, New, `{"budget": 200, "attribute": "SampleRate"}`)
				if err := next.Restore(plugin.Save()); err != nil {
					t.Fatal(err)
				}
				plugin = next
			}
		}
		waiting := plugin.Policy().accounts["shop"].Dropped
		for name, count := range waiting {
			counted[name] += int64(count)
		}
		// More names were dropped at a time than are told apart, so only the sum is sure.
		if found, expected := sum(counted), sum(given); found != expected {
			t.Errorf("seed %d: of %d spans %d are counted", seed, expected, found)
		}
		if len(waiting) > maxNames+1 {
			t.Errorf("seed %d: %d names are remembered", seed, len(waiting))
		}
	}
}

func sum(counts map[string]int64) int64 {
	total := int64(0)
	for _, count := range counts {
		total += count
	}
	return total
}

func TestServicesThatAreSilentAreForgotten(t *testing.T) {
	plugin := spansievetest.New(t, New, `{"budget": 10}`)
	plugin.RunBatch(at(0, spans("a", 1)...))
	other := at(time.Minute, spans("a", 1)...)
	other.Resources[0].Attributes = spansievetest.Attributes("service.name", "search")
	plugin.RunBatch(other)
	if accounts := plugin.Policy().accounts; len(accounts) != 1 || accounts["search"] == nil {
		t.Error(accounts)
	}
}

func TestAStateInAnotherUnitKeepsOnlyWhatIsToBeStoodFor(t *testing.T) {
	plugin := spansievetest.New(t, New, `{"budget": 2, "burst": 1}`)
	plugin.RunBatch(at(0, spans("a", 5)...))
	next := spansievetest.New(t, New, `{"budget": 1000, "burst": 1, "unit": "bytes"}`)
	if err := next.Restore(plugin.Save()); err != nil {
		t.Fatal(err)
	}
	left := kept(next.RunBatch(at(0, spans("a", 1)...)))
	if len(left) != 1 || left[0].Get("sampler.adjusted_count") != int64(4) {
		t.Error(left)
	}
	if err := next.Restore([]byte("nonsense")); err == nil {
		t.Error("nonsense is taken for a state")
	}
}
