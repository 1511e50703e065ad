package load

import (
	"math"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/botd-dev/botd/internal/bench/join"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// seconds is how long the tests measure.
const seconds = 2

// measured runs a load against the fake and returns what is measured there.
func measured(t *testing.T, f *fake, plan Plan) *Result {
	t.Helper()
	var err error
	if plan.Voices, err = voicesOnce(); err != nil {
		t.Fatal(err)
	}
	engine, err := join.NewEngine()
	if err != nil {
		t.Fatal(err)
	}
	plan.Way, plan.Server = join.NewWHIP(engine, f.URL+"/{room}?name={name}", ""), os.Getpid()
	defer plan.Way.Close()
	s, err := NewSession(plan)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Grow(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	r, err := s.Measure(t.Context(), 500*time.Millisecond, seconds*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance {
		t.Errorf("%s is %.4g, want %.4g ± %.2g", what, got, want, tolerance)
	}
}

func TestAServerThatHandsOnAtOnceAddsNoDelayAndLosesNothing(t *testing.T) {
	f := newFake(t)
	r := measured(t, f, Plan{Participants: 4, Speakers: 1})
	// Everybody but the first receives everything.
	near(t, "delivery", r.Delivery, 0.75, 0.01)
	if r.Marks != r.MarksDue || r.Marks == 0 || r.SelfTones != 0 || r.Unsent != 0 || r.Repeated != 0 {
		t.Errorf("%+v", r)
	}
	if r.CPU <= 0 || r.Cores <= 0 || r.Generator <= 0 || r.Memory <= 0 || r.Threads <= 0 || r.Participants != 4 || r.Calls != 1 {
		t.Errorf("%+v", r)
	}
	// The fake sends after it has waited for a timer: some milliseconds.
	near(t, "delay", r.DelayMedian, 5, 10)
	if f.deleted != 4 {
		t.Errorf("%d of 4 have left", f.deleted)
	}
}

func TestTheDelayOfAServerIsMeasured(t *testing.T) {
	f := newFake(t)
	f.delay = 200 * time.Millisecond
	r := measured(t, f, Plan{Participants: 2, Speakers: 1})
	near(t, "median delay", r.DelayMedian, 205, 10)
	if r.DelayP95 < r.DelayMedian || r.Marks == 0 {
		t.Errorf("%+v", r)
	}
}

func TestPacketsThatAreLeftOutAreNotDelivered(t *testing.T) {
	f := newFake(t)
	f.leave = 10
	r := measured(t, f, Plan{Participants: 2, Speakers: 1})
	near(t, "delivery", r.Delivery, 0.45, 0.01)
}

func TestWhoHearsThemselfIsFound(t *testing.T) {
	f := newFake(t)
	f.echo = true
	r := measured(t, f, Plan{Participants: 2, Speakers: 1})
	near(t, "self tones", float64(r.SelfTones), seconds-0.5, 1)
	near(t, "delivery", r.Delivery, 1, 0.01)
}

func TestEverybodySaysHowLoudTheyAre(t *testing.T) {
	f := newFake(t)
	measured(t, f, Plan{Participants: 2, Speakers: 1, Open: true})
	voice, room := 0, 0
	for level, packets := range f.levels {
		switch {
		case level >= voiceBit:
			voice += packets
		case level >= 64 && level <= 66:
			room += packets
		}
	}
	if voice < seconds*25 || room < seconds*45 {
		t.Errorf("%d packets of voice and %d of an open microphone, of %d seconds: %v", voice, room, seconds, f.levels)
	}
}
