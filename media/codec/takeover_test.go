package codec_test

import (
	"testing"

	"github.com/hraban/opus"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
	"github.com/botd-dev/botd/media/measure"
)

// steepest is the largest difference between two samples that follow each other.
func steepest(samples []int16) int {
	most := 0
	for i := 1; i < len(samples); i++ {
		d := int(samples[i]) - int(samples[i-1])
		most = max(most, d, -d)
	}
	return most
}

// extremes are the lowest and the highest level of any 10 ms.
func extremes(samples []int16) (low, high float64) {
	low, high = 0, -99
	for i := 0; i+480 <= len(samples); i += 240 {
		l := measure.LevelDBFS(samples[i : i+480])
		low, high = min(low, l), max(high, l)
	}
	return low, high
}

// takeOver makes packets of sound from frame at on, with an encoder that has
// been used for something else, was reset and has encoded the two frames before.
func takeOver(t *testing.T, format media.Format, sound []int16, at int) [][]byte {
	t.Helper()
	format.Codec = "opus"
	enc, err := codec.NewEncoder(format)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if _, err := enc.Encode(nil, &media.Frame{Samples: sound[:media.FrameSize], Rate: media.Rate}); err != nil {
			t.Fatal(err)
		}
	}
	if err := enc.(codec.Resetter).Reset(); err != nil {
		t.Fatal(err)
	}
	var all [][]byte
	for sound = sound[(at-2)*media.FrameSize:]; len(sound) >= media.FrameSize; sound = sound[media.FrameSize:] {
		p, err := enc.Encode(nil, &media.Frame{Samples: sound[:media.FrameSize], Rate: media.Rate})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all[2:]
}

// A listener's decoder hears the packets of a peer, or of one encoder here, and
// then those of another.
func TestNobodyHearsThatAnotherEncoderTakesOver(t *testing.T) {
	for _, row := range []struct {
		name string
		from opus.Application
		to   media.Format
	}{
		{"from a peer's SILK", opus.AppVoIP, media.Format{}},
		{"from the transform alone", opus.AppRestrictedLowdelay, media.Format{}},
		{"from the transform alone to redundancy", opus.AppRestrictedLowdelay, media.Format{PacketLoss: 5}},
	} {
		for _, hz := range []float64{200, 440, 1000} {
			said := listen(media.Tone(hz, -20), 100)
			before := foreign(t, said, 1, media.FrameSize, row.from, func(e *opus.Encoder) { _ = e.SetComplexity(5) })
			passed := decoded(t, before)
			for _, at := range []int{50, 53, 57, 61} {
				all := append(append([][]byte{}, before[:at]...), takeOver(t, row.to, passed, at)...)
				out := decoded(t, all)[media.Rate/5:]
				low, high := extremes(out)
				step := float64(steepest(out)) / float64(steepest(said))
				if low < -26 || high > -17 || step > 1.7 {
					t.Errorf("%s, %.0f Hz: between %.1f and %.1f dBov in every 10 ms, steps of %.1f times the tone's", row.name, hz, low, high, step)
				}
			}
		}
	}
}
