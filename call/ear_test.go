package call_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
	"github.com/botd-dev/botd/media/mix"
)

// TestAnEarHearsOneAloneUntilTheyLeave has two speak: the tap of one has their
// tone, the tap of a silent one has none, and each ends when it should.
func TestAnEarHearsOneAloneUntilTheyLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := mix.NewClock(mix.Config{})
		h := newHouse(t, func(cfg *call.Config) {
			cfg.NewBridge = func(call.Heard) call.Bridge { return clock.NewBridge(mix.Options{}) }
		})
		host, guest := &speaker{}, &speaker{}
		for who, s := range map[identity.ID]*speaker{alice: host, bob: guest} {
			_, err := h.Join(t.Context(), call.Joining{Leg: s, Group: "team", From: who})
			h.want(err, nil)
			synctest.Wait()
		}
		cn, err := h.Connect(t.Context(), call.Connect{Locator: call.Locator{GroupID: "team"}, Seat: call.Seat{As: "ears"}})
		h.want(err, nil)
		synctest.Wait()
		if _, err := cn.Tap(t.Context(), "8:acs:r_nobody", media.TapOptions{}); !errors.Is(err, call.ErrNoParticipant) {
			t.Errorf("nobody: %v", err)
		}
		loud, err := cn.Tap(t.Context(), bob, media.TapOptions{Rate: 16000})
		h.want(err, nil)
		quiet, err := cn.Tap(t.Context(), alice, media.TapOptions{Rate: 16000})
		h.want(err, nil)
		guest.loud.Store(true)
		h.pass(400 * time.Millisecond)
		guest.p.Gone(call.ReasonLocal)
		h.pass(100 * time.Millisecond)
		if hz, part := measure.Peak(all(t, loud), 16000); hz < 490 || hz > 510 || part < 0.5 {
			t.Errorf("of who speaks %.0f Hz, %.2f of the sound", hz, part)
		}
		h.want(cn.Leave(t.Context()), nil)
		if level := measure.ToneLevel(all(t, quiet), 16000, 500); level > -80 {
			t.Errorf("of who is silent %.0f dB", level)
		}
		h.want(h.Close(context.Background()), nil)
		h.want(clock.Close(context.Background()), nil)
	})
}

// all reads a tap to its end.
func all(t *testing.T, tap media.Tap) (sound []int16) {
	t.Helper()
	var got media.Tapped
	for {
		err := tap.Read(&got)
		if errors.Is(err, io.EOF) {
			return sound
		}
		if err != nil {
			t.Fatal(err)
		}
		sound = append(sound, got.Frame.Samples...)
	}
}

func TestOneOperationIsCancelledByItsContext(t *testing.T) {
	inHouse(t, func(h *house) {
		_, cn := h.answered()
		for _, name := range []string{"a", "b", "c"} {
			op := until(name, time.Second)
			op.Context = name
			h.want(cn.Start(h.Context(), op), nil)
		}
		h.want(cn.Cancel(h.Context(), "b"), nil) // it waits
		h.want(cn.Cancel(h.Context(), "a"), nil) // it runs
		h.want(cn.Cancel(h.Context(), "none"), nil)
		if err := cn.Cancel(h.Context(), ""); !errors.Is(err, call.ErrWrongState) {
			h.Errorf("without a context: %v", err)
		}
		h.pass(10 * time.Second)
		got := slices.DeleteFunc(h.book.told(cn, false), func(s string) bool { return !strings.HasPrefix(s, "test.") })
		h.want(got, []string{"test.b never ran", "test.a canceled", "test.c completed"})
	})
}
