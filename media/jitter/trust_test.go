package jitter_test

import (
	"testing"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
	"github.com/botd-dev/botd/media/jitter"
)

// judged plays packets whose levels were changed, reading all or skipping all,
// and returns the levels told to the bridge.
func judged(t *testing.T, all []arrival, read bool) (*jitter.Buffer, []uint8) {
	t.Helper()
	var now virtual
	buf := jitter.New(jitter.Config{ClockRate: media.Rate, Now: now.time, LevelExtension: levelID})
	r := jitter.NewReceiver(buf, openRaw)
	f := media.NewFrame(media.Rate)
	var levels []uint8
	for i := range all {
		buf.Push(&all[i].Packet, began.Add(all[i].at))
		now.now = all[i].at + ms(12)
		levels = append(levels, r.Level())
		if !read {
			r.Skip()
		} else if err := r.Read(f); err != nil {
			t.Fatal(err)
		}
	}
	return buf, levels
}

// claims changes what the levels of packets say.
func claims(t *testing.T, all []arrival, level func(i int) uint8) []arrival {
	t.Helper()
	for i := range all {
		if err := all[i].SetExtension(levelID, []byte{level(i)}); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestWhoClaimsToBeLoudIsFoundOutWhenHeard(t *testing.T) {
	loud := func(int) uint8 { return 5 }
	buf, levels := judged(t, claims(t, raw(media.Tone(300, -45), 200), loud), true)
	if !buf.Stats().Untrusted || levels[199] != 45 {
		t.Errorf("%+v, level %d", buf.Stats(), levels[199])
	}
}

func TestWhoClaimsToBeSilentIsFoundOutUnheard(t *testing.T) {
	silent := func(int) uint8 { return 127 }
	buf, levels := judged(t, claims(t, raw(media.Tone(300, -20), 200), silent), false)
	if !buf.Stats().Untrusted || levels[199] != 20 {
		t.Errorf("%+v, level %d", buf.Stats(), levels[199])
	}
}

func TestWhoIsHonestForTenSecondsIsBelievedAgain(t *testing.T) {
	once := func(i int) uint8 {
		if i < 200 {
			return 5
		}
		return 45
	}
	all := claims(t, raw(media.Tone(300, -45), 900), once)
	if buf, _ := judged(t, all[:650], true); !buf.Stats().Untrusted {
		t.Error("believed after nine seconds")
	}
	if buf, _ := judged(t, all, true); buf.Stats().Untrusted {
		t.Error("not believed after more than ten seconds")
	}
}

func TestSpeechIsHonest(t *testing.T) {
	for _, read := range []bool{true, false} {
		if buf, _ := judged(t, raw(voice(), 1000), read); buf.Stats().Untrusted {
			t.Errorf("read %v: %+v", read, buf.Stats())
		}
	}
	row, _ := codec.Find("opus")
	for _, loss := range []int{0, 10} {
		if f := over(t, row, encodedFor(t, row, loss, voice(), 1000), ms(13)); f.stats.Untrusted {
			t.Errorf("prepared for %d %% loss: %+v", loss, f.stats)
		}
	}
	// A level may tell of what the packet before held: encoders look ahead.
	all := raw(voice(), 1000)
	early := claims(t, raw(voice(), 1000), func(i int) uint8 { return all[max(i-1, 0)].GetExtension(levelID)[0] })
	if buf, _ := judged(t, early, true); buf.Stats().Untrusted {
		t.Errorf("%+v", buf.Stats())
	}
}
