package automation_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media/prompt"
)

// records are the log so far.
func (w *world) records() []call.Record {
	w.book.mu.Lock()
	defer w.book.mu.Unlock()
	return slices.Clone(w.book.records)
}

// data are the events of a type, in order.
func (w *world) data(kind string) []string {
	var all []string
	for _, r := range w.records() {
		if r.Type == kind {
			all = append(all, string(r.Data))
		}
	}
	return all
}

func (w *world) played() string {
	w.stage.mu.Lock()
	defer w.stage.mu.Unlock()
	return strings.Join(w.stage.played, " ")
}

func text(s string) *automation.PlaySource {
	return &automation.PlaySource{Kind: "text", Text: &automation.TextSource{Text: s}}
}

func TestHoldMusicPlaysToWhoIsHeldAndTellsNothing(t *testing.T) {
	inWorld(t, library{}, func(w *world) {
		_, cn := w.answered()
		if err := w.Hold(w.Context(), cn, automation.HoldRequest{TargetParticipant: alice, PlaySourceInfo: text("1s")}); err != nil {
			w.Fatal(err)
		}
		time.Sleep(time.Minute)
		w.want(w.Participants(cn)[0], call.Listed{Identifier: alice, Held: true})
		if w.played() != "one" || len(w.told()) > 0 {
			w.Errorf("played to %s, told %v", w.played(), w.told())
		}
		if err := w.Unhold(w.Context(), cn, automation.UnholdRequest{TargetParticipant: alice}); err != nil {
			w.Fatal(err)
		}
		w.want(w.Participants(cn)[0], call.Listed{Identifier: alice})
	})
}

func TestHoldFailsAsPlayDoes(t *testing.T) {
	for err, want := range map[error]string{
		prompt.ErrEmpty: "400/8582", prompt.ErrFormat: "400/8535", prompt.ErrDownload: "400/8536", prompt.ErrSpeech: "400/8565",
		errors.New("odd"): "500/9999",
	} {
		inWorld(t, library{}, func(w *world) {
			_, cn := w.answered()
			w.with(func(c *automation.Config) { c.Prompts = library{err} })
			if err := w.Hold(w.Context(), cn, automation.HoldRequest{TargetParticipant: alice, PlaySourceInfo: text("1s"), OperationContext: "h"}); err != nil {
				w.Fatal(err)
			}
			synctest.Wait()
			var r result
			w.last("HoldFailed", &r)
			if got := fmt.Sprintf("%d/%d", r.Result.Code, r.Result.Subcode); got != want || r.OperationContext != "h" {
				w.Errorf("%v: %s with %q, want %s", err, got, r.OperationContext, want)
			}
			w.want(w.Participants(cn)[0], call.Listed{Identifier: alice})
		})
	}
}

func TestACallHearsAFillerWhileItsApplicationIsAway(t *testing.T) {
	inWorld(t, library{}, func(w *world) {
		_, cn := w.answered()
		for range 2 { // told twice, it plays once
			if err := w.Away(w.Context(), cn.ID(), true); err != nil {
				w.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		if w.played() != "all" {
			w.Errorf("played to %q", w.played())
		}
		if err := w.Away(w.Context(), cn.ID(), false); err != nil {
			w.Fatal(err)
		}
		away, back := w.data("botd.application.away"), w.data("botd.application.back")
		if len(away) != 1 || len(back) != 1 {
			w.Errorf("away %v, back %v", away, back)
		}
		if err := w.Away(w.Context(), "none", true); !errors.Is(err, call.ErrNoCall) {
			w.Errorf("nobody's connection: %v", err)
		}
	})
}

func TestAFillerThatCannotBeOpenedIsASoftTone(t *testing.T) {
	inWorld(t, library{}, func(w *world) {
		_, cn := w.answered()
		w.with(func(c *automation.Config) {
			c.Prompts, c.Filler = library{prompt.ErrDownload}, &prompt.Source{Kind: prompt.File, URI: "https://x/y.wav"}
		})
		if err := w.Away(w.Context(), cn.ID(), true); !errors.Is(err, prompt.ErrDownload) {
			w.Errorf("the failure got lost: %v", err)
		}
		if w.played() != "all" {
			w.Errorf("played to %q", w.played())
		}
	})
}

// closed are rooms of which one is not valid now.
type closed string

func (c closed) Valid(id string) error {
	if id == string(c) {
		return late{}
	}
	return nil
}

type late struct{}

func (late) Error() string       { return "too late" }
func (late) Reason() call.Reason { return call.Reason{Code: 403, Subcode: 5829, Message: "Too late."} }

func TestARunningCallIsTakenOverAndRoomsAreAsked(t *testing.T) {
	inWorld(t, library{}, func(w *world) {
		for _, j := range []call.Joining{{Group: "1"}, {Room: "1"}, {Room: "2"}} {
			j.Leg, j.From = &leg{}, alice
			if _, err := w.calls.Join(w.Context(), j); err != nil {
				w.Fatal(err)
			}
		}
		synctest.Wait()
		w.with(func(c *automation.Config) { c.Rooms = closed("2") })
		for _, row := range []struct {
			locator automation.CallLocator
			want    string
		}{
			{automation.CallLocator{Kind: "groupCallLocator", GroupCallID: "1"}, ""},
			{automation.CallLocator{Kind: "roomCallLocator", RoomID: "1"}, ""},
			{automation.CallLocator{Kind: "roomCallLocator", RoomID: "2"}, "403/5829"},
			{automation.CallLocator{Kind: "groupCallLocator", GroupCallID: "2"}, "404/8543"},
		} {
			cn, err := w.Connect(w.Context(), automation.ConnectRequest{CallLocator: &row.locator, CallbackURI: "https://example.com/events"})
			if err != nil {
				w.Fatal(err)
			}
			time.Sleep(time.Second)
			if row.want == "" {
				if got := cn.View().State; got != call.Connected {
					w.Errorf("%+v: %s", row.locator, got)
				}
				continue
			}
			var r result
			w.last("ConnectFailed", &r)
			if got := fmt.Sprintf("%d/%d", r.Result.Code, r.Result.Subcode); got != row.want {
				w.Errorf("%+v: %s, want %s", row.locator, got, row.want)
			}
		}
	})
}

func TestWithoutRoomsThereIsNoCallOfARoom(t *testing.T) {
	inWorld(t, library{}, func(w *world) {
		if _, err := w.calls.Join(w.Context(), call.Joining{Leg: &leg{}, Room: "1", From: alice}); err != nil {
			w.Fatal(err)
		}
		_, err := w.Connect(w.Context(), automation.ConnectRequest{
			CallLocator: &automation.CallLocator{Kind: "roomCallLocator", RoomID: "1"}, CallbackURI: "https://example.com/events",
		})
		if err != nil {
			w.Fatal(err)
		}
		time.Sleep(time.Second)
		var r result
		if w.last("ConnectFailed", &r); r.Result.Subcode != 8543 {
			w.Errorf("%+v", r)
		}
	})
}

func TestWhatACallerSendsAlongIsChecked(t *testing.T) {
	for name, row := range map[string]struct {
		custom call.CustomContext
		field  string
	}{
		"nothing":               {call.CustomContext{}, ""},
		"an order":              {call.CustomContext{VoIPHeaders: map[string]string{"order": "77"}, SIPHeaders: map[string]string{"X-MS-Custom-order": "77"}}, ""},
		"a header of SIP's own": {call.CustomContext{SIPHeaders: map[string]string{"Via": "x"}}, "customContext.sipHeaders"},
		"five and one":          {call.CustomContext{SIPHeaders: map[string]string{"User-To-User": "x", "X-1": "", "X-2": "", "X-3": "", "X-4": "", "X-5": ""}}, ""},
		"six":                   {call.CustomContext{SIPHeaders: map[string]string{"X-1": "", "X-2": "", "X-3": "", "X-4": "", "X-5": "", "X-6": ""}}, "customContext.sipHeaders"},
		"1024 letters":          {call.CustomContext{VoIPHeaders: map[string]string{strings.Repeat("ж", 64): strings.Repeat("ж", 1024)}}, ""},
		"1025 letters":          {call.CustomContext{VoIPHeaders: map[string]string{"order": strings.Repeat("ж", 1025)}}, "customContext.voipHeaders"},
		"a second line":         {call.CustomContext{VoIPHeaders: map[string]string{"order": "77\r\nVia: x"}}, "customContext.voipHeaders"},
	} {
		err := automation.CheckCustom(&row.custom)
		invalid := (*automation.Invalid)(nil)
		if errors.As(err, &invalid) != (row.field != "") || invalid != nil && invalid.Field != row.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := automation.CheckCustom(nil); err != nil {
		t.Error(err)
	}
}

// TestACallThatIsOverIsReadFromItsLog compares what was to be seen of a call
// with what its records tell.
func TestACallThatIsOverIsReadFromItsLog(t *testing.T) {
	inWorld(t, library{}, func(w *world) {
		l, cn := w.answered()
		running := w.Calls()[0]
		l.p.Gone(call.ReasonLocal)
		time.Sleep(time.Minute)
		records := w.records()
		over, err := automation.PastCall(running.ServerCallID, func(yield func(call.Record, error) bool) {
			for _, r := range records {
				if !yield(r, nil) {
					return
				}
			}
		})
		if err != nil {
			w.Fatal(err)
		}
		if over.State != "ended" || over.Reason == nil || over.CorrelationID != running.CorrelationID || !over.StartedAt.Equal(running.StartedAt) || over.StartedBy != alice {
			w.Errorf("%+v", over)
		}
		w.want(over.Connections, []automation.SeatInfo{{
			CallConnectionID: cn.ID(), State: call.Disconnected, Kind: "answer", CallbackURI: "https://example.com/events",
		}})
		for i, was := range running.Participants {
			is := over.Participants[i]
			if is.Identifier != was.Identifier || is.ParticipantID != was.ParticipantID || is.State != call.Gone || is.Reason == nil {
				w.Errorf("%+v was %+v", is, was)
			}
		}
		if over.Sequence != uint64(len(records)) {
			w.Errorf("sequence %d of %d", over.Sequence, len(records))
		}
	})
}

func TestACallOfWhichTheLogHasNothingIsNone(t *testing.T) {
	none := func(func(call.Record, error) bool) {}
	if _, err := automation.PastCall("x", none); !errors.Is(err, call.ErrNoCall) {
		t.Errorf("%v", err)
	}
	torn := func(yield func(call.Record, error) bool) { yield(call.Record{}, context.Canceled) }
	if _, err := automation.PastCall("x", torn); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// FuzzPastCall reads records that nobody wrote.
func FuzzPastCall(f *testing.F) {
	f.Add("botd.participant.state", `{"participantId":"p","identifier":{"rawId":"8:acs:r_alice"},"state":"Disconnected","reason":{"code":0}}`)
	f.Add("botd.call.started", `{"startedBy":null,"groupId":"g"}`)
	f.Add("botd.connection.opened", `{"group":true,"kind":"create"}`)
	f.Add("Microsoft.Communication.CallParticipantAdded", `{"group":{"id":"g"},"user":{"rawId":"4:+15551230001"}}`)
	f.Fuzz(func(t *testing.T, kind, data string) {
		info, err := automation.PastCall("c", func(yield func(call.Record, error) bool) {
			r := call.Record{Type: kind, Data: json.RawMessage(data), Call: "c", CallSequence: 1, Connection: "cn", Sequence: 1}
			for range 2 {
				if !yield(r, nil) {
					return
				}
			}
		})
		if err == nil && (info.ServerCallID != "c" || info.Sequence != 1) {
			t.Errorf("%+v", info)
		}
	})
}
