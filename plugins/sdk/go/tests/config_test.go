package tests

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	spansieve "github.com/spansieve/spansieve/plugins/sdk/go"
	"github.com/spansieve/spansieve/plugins/sdk/go/spansievetest"
)

type level int

func (l *level) UnmarshalText(text []byte) error {
	if string(text) != "high" {
		return errors.New("expected high")
	}
	*l = 3
	return nil
}

type step struct {
	Key   string `json:"key" doc:"The key."`
	Times uint8  `json:"times" default:"1" min:"1" max:"9"`
	Then  []step `json:"then,omitempty"`
}

type common struct {
	Mode string `json:"mode" enum:"one,two" default:"one"`
}

type config struct {
	common
	Steps  []step             `json:"steps,omitempty" doc:"What to do, in order."`
	Ratio  float64            `json:"ratio" default:"0.5" max:"1"`
	Wait   time.Duration      `json:"wait" default:"1.5s"`
	Level  *level             `json:"level"`
	Extra  any                `json:"extra,omitempty"`
	Limits map[string]float32 `json:"limits,omitempty"`
	Deep   step               `json:"deep,omitempty"`
	hidden int
}

type configured struct{ config config }

func (configured) Process(*spansieve.Batch, *spansieve.Edits) {}

func newConfigured(config config, _ *spansieve.Setup) (*configured, error) {
	return &configured{config}, nil
}

func TestAConfigurationIsDecodedWithItsDefaults(t *testing.T) {
	same(t, spansievetest.New(t, newConfigured, "null").Policy().config, config{common: common{"one"}, Ratio: 0.5, Wait: 1500 * time.Millisecond})
	high := level(3)
	found := spansievetest.New(t, newConfigured, `{"mode": "two", "steps": [{"key": "a", "then": [{"key": "\u00e9\ud83d\ude00\n", "times": 9}]}], "ratio": 1e-1,
		"wait": "2m", "level": "high", "extra": {"b": [1, 2.5, null], "a": 18446744073709551615}, "limits": {"x": 1}, "deep": {"key": "k"}}`).Policy().config
	same(t, found, config{
		common: common{"two"}, Steps: []step{{Key: "a", Times: 1, Then: []step{{Key: "é😀\n", Times: 9}}}}, Ratio: 0.1, Wait: 2 * time.Minute, Level: &high,
		Extra:  spansieve.Map{{Key: "b", Value: []any{int64(1), 2.5, nil}}, {Key: "a", Value: 18446744073709551615.0}},
		Limits: map[string]float32{"x": 1}, Deep: step{Key: "k", Times: 1},
	})
}

func TestErrorsNameThePlaceWhatWasExpectedAndWhatWasFound(t *testing.T) {
	for given, expected := range map[string]string{
		`{"steps": [{"key": "a"}, {"key": 3}]}`:   "steps[1].key: expected a string, found the number 3",
		`{"steps": [{"kee": "a"}]}`:               "steps[0].kee: unknown field, expected key, times or then",
		`{"steps": [{}]}`:                         "steps[0]: missing field key",
		`{"step": []}`:                            "step: unknown field, expected mode, steps, ratio, wait, level, extra, limits or deep",
		`3`:                                       "expected an object, found the number 3",
		`{"steps": [{"key": "a", "times": 10}]}`:  "steps[0].times: expected an integer of at least 1 and at most 9, found the number 10",
		`{"steps": [{"key": "a", "times": 300}]}`: "steps[0].times: expected an integer of at least 1 and at most 9, found the number 300",
		`{"steps": [{"key": "a", "times": 1.5}]}`: "steps[0].times: expected an integer of at least 1 and at most 9, found the number 1.5",
		`{"steps": {}}`:                           "steps: expected an array, found an object",
		`{"mode": "three"}`:                       `mode: expected one or two, found the string "three"`,
		`{"wait": 3}`:                             "wait: expected a length of time with its unit, such as 500ms, 1.5s or 2m, found the number 3",
		`{"level": "low"}`:                        "level: expected high",
		`{"limits": {"x": true}}`:                 "limits.x: expected a number, found true",
		`{"ratio": 2}`:                            "ratio: expected a number of at most 1, found the number 2",
		`{"ratio": 0, "ratio": 0}`:                "ratio: given twice",
		`{"steps": [`:                             "not JSON: expected a value at byte 11",
		`{"mode": "one"`:                          "not JSON: expected a comma or } at byte 14",
		`{} x`:                                    "not JSON: expected nothing more at byte 3",
		`{"mode": "one\u12`:                       "not JSON: expected four hexadecimal digits at byte 15",
		strings.Repeat("[", 1000) + strings.Repeat("]", 10): "not JSON: expected less that is nested at byte 129",
	} {
		_, err := spansievetest.Configure(t, newConfigured, given)
		if err == nil || err.Error() != expected {
			t.Errorf("of %s: found %v, expected %s", given, err, expected)
		}
	}
}

func TestTheSchemaSaysAllThatTheTypeSays(t *testing.T) {
	schema := spansieve.NewPlugin(spansieve.Info{Name: "x"}, newConfigured).Describe().Schema
	equal(t, schema, strings.Join([]string{
		`{"$schema":"https://json-schema.org/draft/2020-12/schema","title":"config","type":"object","properties":{`,
		`"mode":{"type":"string","enum":["one","two"],"default":"one"},`,
		`"steps":{"description":"What to do, in order.","type":"array","items":{"$ref":"#/$defs/step"}},`,
		`"ratio":{"type":"number","maximum":1,"default":0.5},`,
		`"wait":{"type":"string","pattern":"^[-+]?([0-9]+(\\.[0-9]*)?(ns|us|µs|ms|s|m|h))+$","default":"1.5s"},`,
		`"level":{"type":"string"},"extra":{},"limits":{"type":"object","additionalProperties":{"type":"number"}},"deep":{"$ref":"#/$defs/step"}},`,
		`"additionalProperties":false,"$defs":{"step":{"type":"object","properties":{"key":{"description":"The key.","type":"string"},`,
		`"times":{"type":"integer","minimum":1,"maximum":9,"default":1},"then":{"type":"array","items":{"$ref":"#/$defs/step"}}},`,
		`"required":["key"],"additionalProperties":false}}}`,
	}, ""))
	if !json.Valid([]byte(schema)) {
		t.Error("not JSON")
	}
}

func TestAPluginDescribesItself(t *testing.T) {
	none := spansieve.NewPlugin(spansieve.Info{Name: "x", About: "y"}, func(struct{}, *spansieve.Setup) (doing, error) { return nil, nil })
	same(t, none.Describe(), spansieve.Description{Info: spansieve.Info{Name: "x", Version: "0.0.0", About: "y"}, Layout: 1})
}

type forgetful struct{ doing }

func (forgetful) Save() []byte { return nil }

func TestWhatAPolicyForgetsIsNamed(t *testing.T) {
	for expected, make := range map[string]func(struct{}, *spansieve.Setup) (spansieve.Policy, error){
		"the policy keeps state by halves: it has no method Restore(state []byte) error": func(struct{}, *spansieve.Setup) (spansieve.Policy, error) {
			return forgetful{}, nil
		},
		"the function that makes the policy gave neither a policy nor an error": func(struct{}, *spansieve.Setup) (spansieve.Policy, error) {
			return nil, nil
		},
	} {
		if _, err := spansievetest.Configure(t, make, ""); err == nil || err.Error() != expected {
			t.Errorf("found %v, expected %s", err, expected)
		}
	}
}
