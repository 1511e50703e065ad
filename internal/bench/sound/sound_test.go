package sound

import (
	"math"
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
)

// onsets gives the detector samples in packets of 20 ms, each 20 ms after the
// one before, and returns when markers began, from the first sample.
func onsets(samples []int16) []time.Duration {
	var d Detector
	var found []time.Duration
	start := time.Unix(0, 0)
	for i := 0; i+media.FrameSize <= len(samples); i += media.FrameSize {
		at := start.Add(time.Duration(i) * time.Second / media.Rate)
		if t, ok := d.Push(samples[i:i+media.FrameSize], at); ok {
			found = append(found, t.Sub(start))
		}
	}
	return found
}

func TestADetectorPlacesMarkersAtAnyLoudness(t *testing.T) {
	for _, gain := range []float64{0.5, 1, 2, 8} {
		samples := make([]int16, 5*media.Rate)
		Mark(samples)
		for i, s := range samples {
			samples[i] = media.Clip(int(float64(s) * gain))
		}
		found := onsets(samples)
		if len(found) != 5 {
			t.Fatalf("gain %v: %d markers, want 5", gain, len(found))
		}
		for i, at := range found {
			// Half of the window of 5 ms has to be filled.
			want := time.Duration(i)*time.Second + 502500*time.Microsecond
			if off := (at - want).Abs(); off > 300*time.Microsecond {
				t.Errorf("gain %v: marker %d at %v, want %v", gain, i, at, want)
			}
		}
	}
}

func TestADetectorCountsTheTimeBetweenPackets(t *testing.T) {
	samples := make([]int16, media.Rate)
	Mark(samples)
	var d Detector
	start := time.Unix(0, 0)
	for i := 0; i+media.FrameSize <= len(samples); i += media.FrameSize {
		at := start.Add(time.Duration(i) * time.Second / media.Rate)
		if i >= media.Rate/2 {
			at = at.Add(70 * time.Millisecond) // the network became slower
		}
		if onset, ok := d.Push(samples[i:i+media.FrameSize], at); ok {
			if got := onset.Sub(start); (got - 572500*time.Microsecond).Abs() > 300*time.Microsecond {
				t.Errorf("at %v, want 572.5ms", got)
			}
			return
		}
	}
	t.Error("no marker")
}

func TestAClickOrAShortToneIsNoMarker(t *testing.T) {
	for length, want := range map[int]int{1: 0, 5: 0, 480: 0, 960: 0, 2880: 1} {
		samples := make([]int16, 2*media.Rate)
		for i := range length {
			samples[media.Rate/2+i] = int16(20000 * math.Cos(2*math.Pi*markerHertz/media.Rate*float64(i)))
		}
		if found := onsets(samples); len(found) != want {
			t.Errorf("%d samples of 5 kHz: markers at %v", length, found)
		}
	}
}

func TestSpeechHasNoMarkersUntilItIsMarked(t *testing.T) {
	for i := range talks {
		samples, err := Speech(t.Context(), i)
		if err != nil {
			t.Fatal(err)
		}
		if level := measure.LevelDBFS(samples); math.Abs(level+26) > 0.5 {
			t.Errorf("talk %d is at %.1f dBFS, want -26", i, level)
		}
		if found := onsets(samples); len(found) != 0 {
			t.Errorf("talk %d: markers at %v", i, found)
		}
		Mark(samples)
		clip, err := Encode(samples)
		if err != nil {
			t.Fatal(err)
		}
		marks, err := clip.Calibrate()
		if err != nil {
			t.Fatal(err)
		}
		if marks != clipSeconds || marked(clip) != clipSeconds {
			t.Errorf("talk %d: %d markers in %d packets, want %d", i, marks, marked(clip), clipSeconds)
		}
	}
}

func marked(c *Clip) int {
	n := 0
	for _, p := range c.Packets {
		if p.Marked {
			n++
		}
	}
	return n
}

func TestAnOpenMicrophoneIsAt65dBBelowOverload(t *testing.T) {
	noise := Noise()
	if level := measure.LevelDBFS(noise); math.Abs(level+65) > 0.5 {
		t.Errorf("%.1f dBFS", level)
	}
	clip, err := Encode(noise)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range clip.Packets {
		if p.Level < 64 || p.Level > 66 {
			t.Fatalf("packet %d says %d -dBov", i, p.Level)
		}
	}
}
