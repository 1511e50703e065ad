package call_test

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
)

// ever are those who have ever been on the bridge.
func (d *deaf) ever() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Sorted(maps.Keys(d.on))
}

// say has the last bridge hear those speak, the loudest first.
func (h *house) say(who ...*phone) {
	ids := make([]string, len(who))
	for i, l := range who {
		ids[i] = l.p.ID()
	}
	h.heard().Speaking(ids)
	synctest.Wait()
}

func (h *house) heard() call.Heard {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.bridges[len(h.bridges)-1].heard
}

// dominant are the dominant speakers as somebody is told, those who speak in
// capitals.
func (l *phone) dominant() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var names []string
	for _, s := range l.speakers.Dominant {
		names = append(names, spelled(s))
	}
	return strings.Join(names, " ")
}

func spelled(s call.Speaker) string {
	name := strings.TrimPrefix(string(s.Identity), "8:acs:r_")
	if s.Speaking {
		return strings.ToUpper(name)
	}
	return name
}

// shown are those who somebody's roster says speak.
func (l *phone) shown() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var names []string
	for _, m := range l.roster.Members {
		if m.Speaking {
			names = append(names, strings.TrimPrefix(string(m.Identity), "8:acs:r_"))
		}
	}
	return strings.Join(names, " ")
}

func TestWhoeverTheBridgeHearsIsShownSpeaking(t *testing.T) {
	inHouse(t, func(h *house) {
		a, b, c := h.enter(alice, call.Attendee, false), h.enter(bob, call.Attendee, false), h.enter(carol, call.Attendee, false)
		h.want(a.dominant(), "")
		h.say(b, a)
		h.want(c.dominant(), "BOB ALICE")
		h.want(c.shown(), "alice bob")
		h.say(c)
		h.want(a.dominant(), "CAROL bob alice")
		h.want(a.shown(), "carol")
		h.say()
		h.want(b.dominant(), "carol bob alice")
		h.want(b.shown(), "")
	})
}

func TestNobodyIsShownSpeakingWhoIsNotHeard(t *testing.T) {
	inHouse(t, func(h *house) {
		a, b := h.enter(alice, call.Presenter, false), h.enter(bob, call.Attendee, false)
		c := h.enter(carol, call.Consumer, false)
		h.say(c, b)
		h.want(a.dominant(), "BOB")
		b.p.SelfMute()
		synctest.Wait()
		h.want(a.dominant(), "bob")
		h.want(a.shown(), "")
		h.say(b) // a word on its way
		h.want(a.shown(), "")
		b.p.SelfUnmute()
		synctest.Wait()
		h.want(a.dominant(), "BOB")
		h.want(b.p.Hold(h.Context()), nil)
		synctest.Wait()
		h.want(a.dominant(), "bob")
		h.want(b.p.Leave(h.Context()), nil)
		synctest.Wait()
		h.want(a.dominant(), "")
	})
}

func TestWhoComesLateIsToldWhoSpeaks(t *testing.T) {
	inHouse(t, func(h *house) {
		a := h.enter(alice, call.Attendee, false)
		h.say(a)
		h.want(h.enter(bob, call.Attendee, false).dominant(), "ALICE")
	})
}

func TestWhoSpeaksWhileMutedIsTold(t *testing.T) {
	inHouse(t, func(h *house) {
		a, b := h.enter(alice, call.Presenter, false), h.enter(bob, call.Attendee, false)
		h.heard().MutedSpeaking(b.p.ID())
		synctest.Wait()
		h.want(b.unheard, 0) // not muted any more
		h.want(a.p.MuteOthers(h.Context()), nil)
		h.heard().MutedSpeaking(b.p.ID())
		synctest.Wait()
		h.want([]int{a.unheard, b.unheard}, []int{0, 1})
	})
}

func TestApplicationsAreToldWhoDominates(t *testing.T) {
	inHouse(t, func(h *house) {
		a, b := h.enter(alice, call.Attendee, false), h.enter(bob, call.Attendee, false)
		cn := h.controlled()
		told := func() int {
			n := 0
			for _, kind := range h.book.told(cn, false) {
				if kind == "botd.dominantspeakers.changed" {
					n++
				}
			}
			return n
		}
		h.say(a)
		h.want(told(), 1)
		for range 4 { // at the edge
			h.say(b, a)
			h.say(a, b)
		}
		h.want(told(), 1)
		h.say(b, a)
		h.pass(time.Second)
		h.want(told(), 2)
		h.say() // the order is the same
		h.pass(time.Second)
		h.want(told(), 2)
		h.want(h.book.count(cn, "dominantspeakers.changed"), 0) // not of the contract
		var e struct{ Speakers []call.Speaker }
		h.want(json.Unmarshal(h.book.last("changed").Data, &e), nil)
		h.want(len(e.Speakers) == 2 && spelled(e.Speakers[0]) == "BOB" && spelled(e.Speakers[1]) == "ALICE", true)
		h.want(cn.Terminate(h.Context()), nil)
	})
}

func TestWhatAnApplicationPlaysToEverybodyIsItsVoice(t *testing.T) {
	for _, row := range []struct {
		name   string
		to     []identity.ID
		speaks string
	}{
		{"to everybody", nil, "APP"},
		{"to each of them", []identity.ID{alice, bob}, "APP"},
		{"to one of two", []identity.ID{bob}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			inHouse(t, func(h *house) {
				a, _ := h.enter(alice, call.Attendee, false), h.enter(bob, call.Attendee, false)
				cn := h.controlled()
				h.want(cn.Start(h.Context(), call.Operation{
					Name: "play", To: row.to, Failed: call.HoldFailed{},
					Run: func(ctx context.Context, s *call.Stage) call.Event {
						pb := s.Play(media.Tone(440, -20))
						<-ctx.Done()
						pb.Stop()
						return call.HoldFailed{}
					},
				}), nil)
				synctest.Wait()
				h.want(a.dominant(), row.speaks)
				h.want(cn.CancelMedia(h.Context()), nil)
				synctest.Wait()
				h.want(a.dominant(), strings.ToLower(row.speaks))
				h.want(cn.Terminate(h.Context()), nil)
			})
		})
	}
}

func TestALargeCallIsNotShownARosterForEachWord(t *testing.T) {
	inHouse(t, func(h *house) {
		first := h.enter(alice, call.Attendee, false)
		for i := range 20 {
			h.enter(identity.ID("8:acs:r_"+strings.Repeat("x", i+1)), call.Attendee, false)
		}
		before := first.roster.Sequence
		h.say(first)
		h.say()
		h.want(first.roster.Sequence, before)
		h.want(first.dominant(), "alice")
	})
}
