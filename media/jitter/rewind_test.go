package jitter_test

import (
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/jitter"
)

// letIn is what is heard of somebody who is skipped until some tick and taken in
// with a pre-roll, and the delay in every tick after that.
func letIn(t *testing.T, all []arrival, until int, d time.Duration) (heard []int16, back time.Duration, delays []time.Duration) {
	t.Helper()
	var now virtual
	buf := jitter.New(jitter.Config{ClockRate: media.Rate, Now: now.time, LevelExtension: levelID})
	r := jitter.NewReceiver(buf, openRaw)
	f := media.NewFrame(media.Rate)
	for i := range all {
		buf.Push(&all[i].Packet, began.Add(all[i].at))
		now.now = all[i].at + ms(13)
		r.Level()
		if i < until {
			r.Skip()
			continue
		}
		if i == until {
			back = r.Rewind(d)
		}
		if err := r.Read(f); err != nil {
			t.Fatal(err)
		}
		heard = append(heard, f.Samples...)
		delays = append(delays, buf.Stats().Delay)
	}
	return heard, back, delays
}

func TestTheFirstSyllableIsHeardOfWhoIsLetInLate(t *testing.T) {
	said := record(t, voice(), 4*time.Second)
	until := 51 // a syllable began with packet 50
	heard, back, delays := letIn(t, raw(voice(), 200), until, ms(60))
	if back != ms(60) {
		t.Fatalf("went back %v", back)
	}
	from := (until - 3) * media.FrameSize
	if like := ratio(said[from:from+3*media.FrameSize], heard[:3*media.FrameSize], 1); like < 60 {
		t.Errorf("what was said before is heard with %.1f dB", like)
	}
	for i, d := range delays {
		if d > ms(36) && i > 60 {
			t.Fatalf("after %v the delay is %v", time.Duration(i)*tick, d)
		}
	}
	if click := sharpest(heard); click > sharpest(said) {
		t.Errorf("sharpest %d, as said %d", click, sharpest(said))
	}
	t.Logf("delay %v, a second later %v, in the end %v", delays[10], delays[60], delays[len(delays)-1])
}

func TestWhatWasHeardIsNotHeardAgain(t *testing.T) {
	var now virtual
	buf := jitter.New(jitter.Config{ClockRate: media.Rate, Now: now.time, LevelExtension: levelID})
	r := jitter.NewReceiver(buf, openRaw)
	f := media.NewFrame(media.Rate)
	all := raw(voice(), 100)
	for i := range all {
		buf.Push(&all[i].Packet, began.Add(all[i].at))
		now.now = all[i].at + ms(13)
		r.Level()
		switch i {
		case 60:
			if back := r.Rewind(ms(60)); back != 0 {
				t.Errorf("went back %v into what was heard", back)
			}
		case 62:
			if back := r.Rewind(ms(60)); back != tick {
				t.Errorf("went back %v, one packet was skipped", back)
			}
		}
		if i == 61 {
			r.Skip()
		} else if err := r.Read(f); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNothingFromBeforeASilenceIsHeardAfterIt(t *testing.T) {
	all := raw(media.Tone(500, -15), 200)
	for i := range all[100:] {
		all[100+i].at += time.Second
		all[100+i].Timestamp += media.Rate
	}
	var now virtual
	buf := jitter.New(jitter.Config{ClockRate: media.Rate, Now: now.time, LevelExtension: levelID})
	r := jitter.NewReceiver(buf, openRaw)
	for ; now.now < 4*time.Second; now.now += tick {
		for ; len(all) > 0 && all[0].at <= now.now; all = all[1:] {
			buf.Push(&all[0].Packet, began.Add(all[0].at))
		}
		if level := r.Level(); now.now > ms(2900) && level != media.Silent {
			if back := r.Rewind(ms(60)); back != 0 {
				t.Errorf("went back %v", back)
			}
			return
		}
		r.Skip()
	}
	t.Error("it never spoke again")
}
