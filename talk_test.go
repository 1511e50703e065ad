package botd

import (
	"context"
	"sync"
	"testing"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
)

// seat is a leg without a network: a microphone and a speaker.
type seat struct {
	*media.Pair
	who *call.Participant
}

func (s *seat) Kind() string               { return "test" }
func (s *seat) Port() media.Port           { return s.Pair }
func (s *seat) Show(call.Roster)           {}
func (s *seat) Mute()                      {}
func (s *seat) Unmute()                    {}
func (s *seat) Attach(p *call.Participant) { s.who = p }
func (s *seat) Accept()                    { go s.who.Connected() }
func (s *seat) Hangup(call.Reason)         { s.Close() }

// talk is a call in which one sings and the other listens.
type talk struct {
	seats     []*seat
	both      sync.WaitGroup
	heard, of int // frames, once both are done
}

// converse begins one, and returns when something is heard.
func converse(t *testing.T, s *Server) *talk {
	t.Helper()
	k := &talk{}
	for _, who := range []identity.ID{"8:acs:r_singer", "8:acs:r_listener"} {
		leg := &seat{Pair: media.NewPair()}
		if _, err := s.Calls().Join(t.Context(), call.Joining{Leg: leg, Group: "talk", From: who}); err != nil {
			t.Fatal(err)
		}
		k.seats = append(k.seats, leg)
	}
	sings, listens := k.seats[0].Microphone(), k.seats[1].Speaker()
	k.both.Go(func() { _ = media.Copy(context.Background(), sings, media.Tone(440, -20)) }) // until it is closed
	for f := media.NewFrame(media.Rate); !audible(f); {
		if err := listens.Read(f); err != nil {
			t.Fatal(err)
		}
	}
	k.both.Go(func() { k.listen(listens) })
	return k
}

// audible says that something can be heard.
func audible(f *media.Frame) bool { return media.Level(f) < 50 } // -dBov

// listen counts frames, and those in which something is heard.
func (k *talk) listen(to media.Source) {
	for f := media.NewFrame(media.Rate); to.Read(f) == nil; k.of++ {
		if audible(f) {
			k.heard++
		}
	}
}

// end has them hang up, and returns what the listener has heard.
func (k *talk) end(t *testing.T) (heard, of int) {
	t.Helper()
	for _, leg := range k.seats {
		leg.Close()
		leg.who.Gone(call.ReasonLocal)
	}
	k.both.Wait()
	return k.heard, k.of
}
