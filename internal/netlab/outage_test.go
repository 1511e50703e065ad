package netlab

import (
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
)

// TestAfterAnOutageSpeechIsBackAndTheDelayIsAsBefore loses three seconds, and
// then lets three seconds wait.
func TestAfterAnOutageSpeechIsBackAndTheDelayIsAsBefore(t *testing.T) {
	s := script(t, 10*time.Second, 3*time.Second)
	out := Span{3 * time.Second, 6 * time.Second}
	for name, w := range map[string]Weather{
		"nothing comes":      {Outages: []Span{out}},
		"with loss, besides": {Loss: 0.05, Outages: []Span{out}},
	} {
		r, stats, counts := hear(t, s, 5, w, usual)
		back := Recovery(s, r.Aligned, out.To)
		t.Logf("%s: %v; %v; sound is back after %v; delays %v; %+v", name, &r, counts, back, r.Delays, stats)
		if back > 200*time.Millisecond {
			t.Errorf("%s: sound is back after %v", name, back)
		}
		first, last := r.Delays[0].Delay, r.Delays[len(r.Delays)-1].Delay
		if last-first > 60*time.Millisecond || r.Recognised < r.Of || r.Clicks > 0 {
			t.Errorf("%s: %v; the delay was %v and is %v", name, &r, first, last)
		}
	}
}

func TestRecoveryIsWhenWhatIsSaidIsHeardAgain(t *testing.T) {
	s := script(t, 6*time.Second, time.Second)
	heard := append([]int16(nil), part(s.Samples, s.Speech)...)
	clear(heard[2*media.Rate : 3*media.Rate+media.Rate/2])
	if back := Recovery(s, heard, 3*time.Second+breath); back < 400*time.Millisecond || back > 700*time.Millisecond {
		t.Errorf("it is back after %v", back)
	}
	clear(heard)
	if back := Recovery(s, heard, 3*time.Second+breath); back != Never {
		t.Errorf("silence is back after %v", back)
	}
}
