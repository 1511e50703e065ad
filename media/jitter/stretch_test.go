package jitter_test

import (
	"math"
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
	"github.com/botd-dev/botd/media/measure"
)

// rawRow is the codec of raw packets.
func rawRow() codec.Codec {
	return codec.Codec{Name: "raw", ClockRate: media.Rate, NewDecoder: openRaw}
}

// heldUp holds packets up for a while in the middle, so that the delay must grow
// and shrink again; every 40th comes later still. None overtakes another.
func heldUp(all []arrival) []arrival {
	r, last := random(), time.Duration(0)
	return delayed(all, func(i int) time.Duration {
		by := time.Duration(0)
		switch {
		case i < 100 || i >= 300:
		case i%40 == 0:
			by = ms(45)
		default:
			by = time.Duration(r.Float64() * float64(ms(25)))
		}
		last = max(last, all[i].at+by)
		return last - all[i].at
	})
}

func TestAStretchedToneStaysOneTone(t *testing.T) {
	for _, hz := range []float64{180, 440, 1000} {
		f := over(t, rawRow(), heldUp(raw(media.Tone(hz, -15), 800)), ms(13))
		loudest := math.Inf(-1)
		for i := media.Rate; i+media.Rate/10 <= len(f.sound); i += media.Rate / 10 {
			if part := f.sound[i : i+media.Rate/10]; measure.SNR(part, media.Rate, hz) < 60 { // else there is nothing
				loudest = max(loudest, beside(part, hz))
			}
		}
		t.Logf("%v Hz: at worst %.1f dB beside the tone; %v", hz, loudest, f)
		if loudest > -40 || f.stats.Removed < 960 {
			t.Errorf("%v Hz: at worst %.1f dB beside the tone; %v", hz, loudest, f)
		}
		if level := measure.ToneLevel(f.sound[media.Rate:], media.Rate, hz); gapsOf(f.sound) > 0 && level < -16 {
			t.Errorf("%v Hz: gaps of %v, level %.1f", hz, gapsOf(f.sound), level)
		}
	}
}

func TestAStretchedVoiceDoesNotClick(t *testing.T) {
	said := record(t, voice(), 16*time.Second)
	f := over(t, rawRow(), heldUp(raw(voice(), 800)), ms(13))
	alike, of, least := 0.0, 0, math.Inf(1)
	for at := media.Rate; at < 12*media.Rate; at += media.FrameSize {
		part := f.sound[at : at+media.FrameSize]
		if measure.LevelDBFS(part) < -35 {
			continue
		}
		like := min(furthest(said, at, part), 35)
		alike, of, least = alike+like, of+1, min(least, like)
	}
	t.Logf("segmental SNR %.1f dB, at least %.1f; sharpest %d, as said %d; %v", alike/float64(of), least, sharpest(f.sound), sharpest(said), f)
	if sharpest(f.sound) > sharpest(said) || alike/float64(of) < 25 {
		t.Errorf("segmental SNR %.1f dB; sharpest %d, as said %d", alike/float64(of), sharpest(f.sound), sharpest(said))
	}
}

// furthest is the likeness to what was said up to 80 ms before.
func furthest(said []int16, at int, heard []int16) float64 {
	best := math.Inf(-1)
	for from := at - 2500; from <= at; from += 1000 {
		best = max(best, likeness(said, from, heard))
	}
	return best
}
