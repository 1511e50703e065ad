package call_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
)

// speaker is a leg with a voice.
type speaker struct {
	phone
	loud atomic.Bool
}

func (s *speaker) Port() media.Port { return s }

func (s *speaker) Level() uint8 {
	if s.loud.Load() {
		return 20
	}
	return media.Silent
}

func (s *speaker) Read(f *media.Frame) error {
	f.Resize(media.FrameSize, media.Rate)
	f.Silence()
	if s.loud.Load() {
		for i := range f.Samples {
			f.Samples[i] = int16(3000 * (1 - 2*(i/48%2))) // 500 Hz
		}
	}
	return nil
}

func (s *speaker) Skip()                {}
func (s *speaker) Format() media.Format { return media.Format{} }
func (s *speaker) Hear(media.Sound)     {}

// TestTheBridgesTruthIsShown has the real bridge listen.
func TestTheBridgesTruthIsShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := mix.NewClock(mix.Config{})
		h := newHouse(t, func(cfg *call.Config) {
			cfg.NewBridge = func(heard call.Heard) call.Bridge {
				return clock.NewBridge(mix.Options{Speaking: heard.Speaking, MutedSpeaking: heard.MutedSpeaking})
			}
		})
		enter := func(who identity.ID, role call.Role) *speaker {
			s := &speaker{}
			_, err := h.Join(t.Context(), call.Joining{Leg: s, Room: room, From: who, Role: role})
			h.want(err, nil)
			synctest.Wait()
			return s
		}
		host, guest, ear := enter(alice, call.Presenter), enter(bob, call.Attendee), enter(carol, call.Consumer)
		guest.loud.Store(true)
		ear.loud.Store(true)
		h.pass(time.Second)
		h.want(host.dominant(), "BOB")
		h.want(host.shown(), "bob")
		h.want([]int{guest.unheard, ear.unheard}, []int{0, 1})

		h.want(host.p.MuteOthers(t.Context()), nil)
		h.pass(time.Second)
		h.want(host.dominant(), "bob")
		h.want(guest.unheard, 1)

		host.loud.Store(true)
		guest.p.SelfUnmute()
		guest.loud.Store(false)
		h.pass(time.Second)
		h.want(ear.dominant(), "ALICE bob")
		host.loud.Store(false)
		h.pass(time.Second)
		h.want(ear.dominant(), "alice bob")
		h.want(h.Close(context.Background()), nil)
		h.want(clock.Close(context.Background()), nil)
	})
}
