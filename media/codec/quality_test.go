package codec_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
	"github.com/botd-dev/botd/media/measure"
)

// title tells rows of the table apart.
func title(row codec.Codec) string { return fmt.Sprint(row.RTPMap(), " as ", row.PayloadType) }

// sampleRate is that of the codec, which is not always its clock.
func sampleRate(row codec.Codec) int {
	if row.Name == "g722" {
		return g722Rate
	}
	return row.ClockRate
}

func TestSpeechKeepsItsShapeInEveryCodec(t *testing.T) {
	whole := voice(2)
	for _, row := range codec.Offered {
		least := map[string]float64{"opus": 12, "g722": 13, "pcmu": 30, "pcma": 30, "l16": 50}[row.Name]
		if row.ClockRate == 44100 {
			least = 18 // which is late by a part of a sample
		}
		t.Run(title(row), func(t *testing.T) {
			band := sampleRate(row) * 3 / 5 // so that all of it passes
			said := resample(resample(whole, media.Rate, band), band, media.Rate)
			a, b, late := aligned(said, heard(t, row, packets(t, row, row.Format(), said), never, false))
			got := segmental(a, b)
			t.Logf("segmental SNR %.1f dB, late by %v", got, late)
			if got < least {
				t.Errorf("segmental SNR %.1f dB, should be %.0f", got, least)
			}
		})
	}
}

func TestTonesKeepTheirLevelInEveryCodec(t *testing.T) {
	for _, row := range codec.Offered {
		top := min(20000, 0.4*float64(row.ClockRate))
		if row.Name == "g722" {
			top = 6400
		}
		for _, hz := range []float64{200, 440, 1000, 3000, 6000, 15000} {
			if hz > top {
				continue
			}
			for _, dBov := range []float64{-10, -30} {
				said := listen(media.Tone(hz, dBov), 25)
				out := heard(t, row, packets(t, row, row.Format(), said), never, false)[media.Rate/4:]
				level := measure.ToneLevel(out, media.Rate, hz)
				if got, part := measure.Peak(out, media.Rate); math.Abs(level-dBov) > 1 || math.Abs(got-hz) > 2 || part < 0.95 {
					t.Errorf("%s: %.0f Hz at %.0f dBov is %.1f Hz at %.2f, %.3f of the sound", title(row), hz, dBov, got, level, part)
				}
			}
		}
	}
}

// listen takes frames of a source.
func listen(src media.Source, frames int) []int16 {
	var all []int16
	f := media.NewFrame(media.Rate)
	for range frames {
		_ = src.Read(f)
		all = append(all, f.Samples...)
	}
	return all
}

// lostFrames is the SNR over the frames that were lost and, apart from that, of
// the ones right after them.
func lostFrames(said, heard []int16, lost func(i int) bool) (gone, after float64) {
	var a, b, c, d []int16
	for i := 0; (i+1)*media.FrameSize <= len(said); i++ {
		from, to := i*media.FrameSize, (i+1)*media.FrameSize
		if measure.LevelDBFS(said[from:to]) < -45 {
			continue
		}
		if lost(i) {
			a, b = append(a, said[from:to]...), append(b, heard[from:to]...)
		} else if i > 0 && lost(i-1) {
			c, d = append(c, said[from:to]...), append(d, heard[from:to]...)
		}
	}
	return snr(a, b), snr(c, d)
}

func TestRedundancyIsBetterThanConcealment(t *testing.T) {
	row, _ := codec.Find("opus")
	said := voice(4)
	lost := func(i int) bool { return i%10 == 7 }
	for _, loss := range []int{1, 5, 10, 20} {
		all := packets(t, row, media.Format{PacketLoss: loss}, said)
		whole := heard(t, row, all, never, false)
		made, _ := lostFrames(whole, heard(t, row, all, lost, true), lost)
		guessed, _ := lostFrames(whole, heard(t, row, all, lost, false), lost)
		t.Logf("prepared for %d %%: lost frames have %.1f dB by redundancy, %.1f dB by concealment", loss, made, guessed)
		if made < guessed+6 {
			t.Errorf("prepared for %d %%: redundancy has %.1f dB, concealment %.1f dB", loss, made, guessed)
		}
	}
}

func TestWhatIsMadeUpIsAsLoudAsWhatWasLost(t *testing.T) {
	said := voice(4)
	lost := func(i int) bool { return i%10 == 7 }
	for _, row := range codec.Offered {
		all := packets(t, row, row.Format(), said)
		whole := heard(t, row, all, never, false)
		part := heard(t, row, all, lost, false)
		var gone, made []int16
		for i := 7 * media.FrameSize; i < len(whole); i += 10 * media.FrameSize {
			gone, made = append(gone, whole[i:i+media.FrameSize]...), append(made, part[i:i+media.FrameSize]...)
		}
		louder := measure.LevelDBFS(made) - measure.LevelDBFS(gone)
		_, after := lostFrames(whole, part, lost)
		t.Logf("%s: lost frames are louder by %.1f dB, those after them have an SNR of %.1f dB", title(row), louder, after)
		if louder < -5 || louder > 3 || after < 4 {
			t.Errorf("%s: lost frames are louder by %.1f dB, those after them have an SNR of %.1f dB", title(row), louder, after)
		}
	}
}
