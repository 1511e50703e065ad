package rest

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestAPageGoesOnWhereTheLastOneEnded(t *testing.T) {
	at := time.Date(2030, 5, 1, 10, 0, 0, 123456789, time.UTC)
	for _, want := range []spot{{at, "99199690362660524"}, {at, "a b"}, {time.Unix(0, -1).UTC(), "x"}} {
		text := want.String()
		if escaped := url.QueryEscape(text); escaped != text {
			t.Errorf("%q is spelled %q in a link", text, escaped)
		}
		got, err := (&request{query: url.Values{"after": {text}}}).spot()
		if err != nil || got != want {
			t.Errorf("%+v, %v, want %+v", got, err, want)
		}
	}
}

func TestALinkReadsTheSameHoweverItIsSpelledAnew(t *testing.T) {
	s := &Server{cfg: Config{PublicURL: "https://botd.example"}}
	q := &request{path: "/rooms", query: url.Values{"api-version": {"2025-03-13"}, "x": {"a*b~c d:e"}}}
	_, query, _ := strings.Cut(s.next(q, "MSB4"), "?")
	if again := reserialise(query); again != query {
		t.Errorf("%q becomes %q", query, again)
	}
	if read, err := url.ParseQuery(query); err != nil || read.Get("x") != "a*b~c d:e" || read.Get("after") != "MSB4" {
		t.Errorf("%v, %v", read, err)
	}
}

// FuzzSpot reads cursors that were not made here.
func FuzzSpot(f *testing.F) {
	f.Add(spot{time.Unix(1, 0), "x"}.String())
	f.Add("!")
	f.Add("MSB4")
	f.Fuzz(func(t *testing.T, after string) {
		q := &request{query: url.Values{"after": {after}}}
		got, err := q.spot()
		if err != nil {
			if !errors.Is(err, errRequest) {
				t.Errorf("%v", err)
			}
			return
		}
		again, err := (&request{query: url.Values{"after": {got.String()}}}).spot()
		if after != "" && (err != nil || again != got) {
			t.Errorf("%+v, %v, first %+v", again, err, got)
		}
	})
}

// FuzzRoster reads lists of people that nobody wrote.
func FuzzRoster(f *testing.F) {
	f.Add([]byte(`{"participants":{"8:acs:r_bob":{"role":"Presenter"},"8:acs:r_carol":null}}`))
	f.Add([]byte(`{"participants":{"":{}}}`))
	f.Add([]byte(`{"participants":null}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var r updateRosterRequest
		if decode(body, &r) != nil {
			return
		}
		people, err := changes(r.Participants)
		if err != nil {
			return
		}
		if len(people) > len(r.Participants) {
			t.Errorf("%d changes of %d", len(people), len(r.Participants))
		}
		for i, c := range people {
			if i > 0 && people[i-1].ID > c.ID {
				t.Errorf("%s comes before %s", people[i-1].ID, c.ID)
			}
		}
		if _, err := json.Marshal(r); err != nil {
			t.Error(err)
		}
	})
}
