package load

import (
	"context"
	"errors"
	"math"
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	// seconds is how long the tests measure; no real second passes.
	seconds = 10
	// marks is how many markers are sent in a window: those of its last half
	// second do not count.
	marks = seconds - 1
)

// measured runs a load against the fake and returns what is measured there.
func measured(t *testing.T, f *fake, plan Plan) *Result {
	t.Helper()
	plan.Voices, plan.Way, plan.Server = voices(t), f, os.Getpid()
	var r *Result
	synctest.Test(t, func(t *testing.T) {
		s, err := NewSession(plan)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if err := s.Grow(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		if r, err = s.Measure(t.Context(), time.Second, seconds*time.Second); err != nil {
			t.Fatal(err)
		}
	})
	return r
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance {
		t.Errorf("%s is %.4g, want %.4g ± %.2g", what, got, want, tolerance)
	}
}

func TestAServerThatHandsOnAtOnceAddsNoDelayAndLosesNothing(t *testing.T) {
	f := newFake()
	r := measured(t, f, Plan{Participants: 8, Speakers: 1})
	// Everybody but the first receives everything, and five of them decode.
	near(t, "delivery", r.Delivery, 7.0/8, 0)
	near(t, "markers due", float64(r.MarksDue), 5*marks, 5)
	near(t, "median delay", r.DelayMedian, 0, 0.1)
	near(t, "delay of the 95th percentile", r.DelayP95, 0, 0.1)
	near(t, "spacing", r.SpacingP99, 0, 0.1)
	if r.Marks != r.MarksDue || r.SelfTones != 0 || r.Unsent != 0 || r.Repeated != 0 || r.LateP99 > 0.1 {
		t.Errorf("%+v", r)
	}
	if r.Calls != 1 || r.Participants != 8 || r.Speakers != 1 || r.Seconds != seconds || r.Threads < 1 {
		t.Errorf("%+v", r)
	}
	if f.left != 8 {
		t.Errorf("%d of 8 have left", f.left)
	}
}

func TestTheDelayOfAServerIsMeasured(t *testing.T) {
	f := newFake()
	f.delay = 137 * time.Millisecond
	r := measured(t, f, Plan{Participants: 2, Speakers: 1})
	near(t, "median delay", r.DelayMedian, 137, 0.1)
	near(t, "delay of the 95th percentile", r.DelayP95, 137, 0.1)
	if r.Marks < marks || r.Marks != r.MarksDue {
		t.Errorf("%d markers of %d", r.Marks, r.MarksDue)
	}
}

func TestPacketsThatAreLeftOutAreNotDelivered(t *testing.T) {
	f := newFake()
	f.leave = 10
	r := measured(t, f, Plan{Participants: 2, Speakers: 1})
	near(t, "delivery", r.Delivery, 0.45, 0.001)
	near(t, "spacing", r.SpacingP99, 0, 0.1)
}

func TestWhoHearsThemselfIsFound(t *testing.T) {
	f := newFake()
	f.echo = true
	r := measured(t, f, Plan{Participants: 2, Speakers: 1})
	near(t, "self tones", float64(r.SelfTones), marks, 1)
	near(t, "delivery", r.Delivery, 1, 0)
}

func TestAnEchoThatIsMeantCountsAsHeard(t *testing.T) {
	f := newFake()
	f.echo, f.delay = true, 40*time.Millisecond
	r := measured(t, f, Plan{Participants: 1, Speakers: 1, Echoed: true})
	near(t, "median delay", r.DelayMedian, 40, 0.1)
	if r.SelfTones != 0 || r.Marks != r.MarksDue || r.Marks < marks {
		t.Errorf("%+v", r)
	}
}

func TestEverybodySaysHowLoudTheyAre(t *testing.T) {
	f := newFake()
	measured(t, f, Plan{Participants: 3, Speakers: 1, Open: true})
	voice, room := 0, 0
	for level, packets := range f.levels {
		switch {
		case level >= voiceBit:
			voice += packets
		case level >= 64 && level <= 66:
			room += packets
		}
	}
	near(t, "packets of the open microphones", float64(room), 2*50*(seconds+1), 20)
	if voice < 30*seconds {
		t.Errorf("only %d packets say that there is voice: %v", voice, f.levels)
	}
}

func TestThoseWhoAreMutedSendNothing(t *testing.T) {
	f := newFake()
	measured(t, f, Plan{Participants: 3, Speakers: 0})
	if len(f.levels) != 0 {
		t.Errorf("%v", f.levels)
	}
}

func TestOthersAreBroughtInOnceEverybodyIsThere(t *testing.T) {
	f := newFake()
	var rooms, names []string
	plan := Plan{Participants: 3, Speakers: 2, Voices: voices(t), Way: f, Server: os.Getpid()}
	plan.Joined = func(_ context.Context, room string, speakers []string) error {
		rooms, names = append(rooms, room), append(names, speakers...)
		if room == "bench-1" {
			return errors.New("nobody comes")
		}
		return nil
	}
	synctest.Test(t, func(t *testing.T) {
		s, err := NewSession(plan)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if err := s.Grow(t.Context(), 2); err == nil {
			t.Error("nobody came, and nobody minds")
		}
	})
	if !slices.Equal(rooms, []string{"bench-0", "bench-1"}) || names[1] != "bench-0-p1" || len(names) != 4 {
		t.Errorf("%v %v", rooms, names)
	}
}

func TestAPlanWithMoreSpeakersThanPeopleIsNone(t *testing.T) {
	for _, p := range []Plan{{Participants: 0}, {Participants: 2, Speakers: 3}, {Participants: 2, Speakers: -1}} {
		if _, err := NewSession(p); !errors.Is(err, ErrPlan) {
			t.Errorf("%+v: %v", p, err)
		}
	}
}
