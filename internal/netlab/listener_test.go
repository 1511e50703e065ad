package netlab

import (
	"testing"
	"time"

	"github.com/pion/rtp"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
	"github.com/botd-dev/botd/media/measure"
)

func opus(t testing.TB) codec.Codec {
	t.Helper()
	row, err := codec.Find("opus")
	if err != nil {
		t.Fatal(err)
	}
	return row
}

// read reads so much of a source.
func read(t testing.TB, src media.Source, d time.Duration) []int16 {
	t.Helper()
	f := media.NewFrame(media.Rate)
	var all []int16
	for range d / media.FrameDuration {
		if err := src.Read(f); err != nil {
			t.Fatal(err)
		}
		all = append(all, f.Samples...)
	}
	return all
}

func TestAListenerPlaysEverythingInItsPlace(t *testing.T) {
	const hz = 440
	packets, err := Encode(read(t, media.Tone(hz, -12), 4*time.Second), 10)
	if err != nil {
		t.Fatal(err)
	}
	talker := Talker{Packets: packets}
	var l Listener
	began := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	take := func(i int, late time.Duration) {
		var p rtp.Packet
		if err := talker.Make(&p, i); err != nil {
			t.Fatal(err)
		}
		p.SequenceNumber += 65500 // they wrap
		p.Timestamp -= 5000
		l.Take(&p, began.Add(talker.When(i)+late))
	}
	for i := 0; i < len(packets); i += 2 { // out of order, every tenth twice, some never
		for k := min(i+1, len(packets)-1); k >= i; k-- {
			if k%25 == 24 {
				continue
			}
			take(k, 30*time.Millisecond)
			if k%10 == 0 {
				take(k, 50*time.Millisecond)
			}
		}
	}
	h, err := l.Play(opus(t).NewDecoder)
	if err != nil {
		t.Fatal(err)
	}
	if h.Packets != 192 || h.Lost != 7 || len(h.Samples) != 199*media.FrameSize {
		t.Errorf("%d packets, %d lost, %d samples", h.Packets, h.Lost, len(h.Samples))
	}
	if d := h.Began.Sub(began); d != 30*time.Millisecond {
		t.Errorf("began after %v", d)
	}
	good, of := measure.ToneSeconds(h.Samples, media.Rate, hz)
	if gaps := measure.Gaps(h.Samples, media.Rate, -40); good != of || len(gaps) > 0 {
		t.Errorf("%d of %d seconds, gaps %v", good, of, gaps)
	}
}

func TestWhatWasLostForLongIsSilence(t *testing.T) {
	packets, err := Encode(read(t, media.Tone(440, -12), 3*time.Second), 0)
	if err != nil {
		t.Fatal(err)
	}
	talker := Talker{Packets: packets}
	var l Listener
	var p rtp.Packet
	for i := range packets {
		if i >= 50 && i < 100 {
			continue
		}
		if err := talker.Make(&p, i); err != nil {
			t.Fatal(err)
		}
		l.Take(&p, time.Unix(0, 0).Add(talker.When(i)))
	}
	h, err := l.Play(opus(t).NewDecoder)
	if err != nil {
		t.Fatal(err)
	}
	if level := measure.LevelDBFS(h.Samples[media.Rate*13/10 : media.Rate*7/4]); h.Lost != 50 || level > -60 {
		t.Errorf("%d lost, in the middle of which are %.0f dBFS", h.Lost, level)
	}
}

func TestWithoutAPacketNothingIsHeard(t *testing.T) {
	h, err := new(Listener).Play(opus(t).NewDecoder)
	if err != nil || h.Packets != 0 || len(h.Samples) != 0 {
		t.Errorf("%+v, %v", h, err)
	}
}

func TestATalkersClockMayBeWrong(t *testing.T) {
	slow := Talker{Drift: 300}
	if at := slow.When(50 * 3600); at != time.Hour+1080*time.Millisecond {
		t.Errorf("after %v", at)
	}
}
