package automation

import (
	"testing"

	"github.com/botd-dev/botd/media"
)

// TestTheSoftToneIsSoftAndMostlySilent listens to it for a minute.
func TestTheSoftToneIsSoftAndMostlySilent(t *testing.T) {
	src, f := softTone(), media.NewFrame(media.Rate)
	heard, beeps, before := 0, 0, false
	for range 3000 {
		if err := src.Read(f); err != nil {
			t.Fatal(err)
		}
		level := media.Level(f) // in -dBov
		if level < 30 {
			t.Fatalf("a frame at -%d dBov", level)
		}
		sounds := level < 60
		if sounds {
			heard++
		}
		if sounds && !before {
			beeps++
		}
		before = sounds
	}
	if beeps != 12 || heard != 12*12 {
		t.Errorf("%d beeps, %d of 3000 frames", beeps, heard)
	}
}
