package main

import (
	"testing"

	spansieve "github.com/spansieve/spansieve/plugins/sdk/go"
	"github.com/spansieve/spansieve/plugins/sdk/go/spansievetest"
)

func TestFailedRequestsHaveAnOwner(t *testing.T) {
	plugin := spansievetest.New(t, New, `{"team": "payments"}`)
	failed := spansievetest.NewSpan("GET /cart", "http.route", "/cart").WithStatus(spansieve.StatusError)
	after := plugin.Run(failed, spansievetest.NewSpan("GET /"))
	if team := after.Spans[0].Get("team"); team != "payments" {
		t.Errorf("the team of the failed request is %v", team)
	}
	if team := after.Spans[1].Get("team"); team != nil {
		t.Errorf("the other span has the team %v", team)
	}
}

func TestATeamHasToBeGiven(t *testing.T) {
	if _, err := spansievetest.Configure(t, New, `{}`); err == nil || err.Error() != "missing field team" {
		t.Error(err)
	}
}
