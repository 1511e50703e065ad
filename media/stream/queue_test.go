package stream

import (
	"fmt"
	"math"
	"testing"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
)

func TestAQueueNobodyReadsDropsTheOldestSoundAndNoWords(t *testing.T) {
	stats := new(Stats)
	q := NewQueue(1, stats)
	q.Text([]byte("first"))
	for i := range 500 {
		q.Audio(Packet{PCM: []byte{byte(i), byte(i >> 8)}})
	}
	q.Text([]byte("last"))
	var p Packet
	for _, want := range []string{"first", "last"} {
		if text, ok := q.take(&p); !ok || string(text) != want {
			t.Errorf("took %q, want %q", text, want)
		}
	}
	for i := 400; i < 500; i++ {
		if _, ok := q.take(&p); !ok || int(p.PCM[0])|int(p.PCM[1])<<8 != i {
			t.Fatalf("took %v, want %d", p.PCM, i)
		}
	}
	if _, ok := q.take(&p); ok || stats.Dropped.Load() != 400 {
		t.Errorf("dropped %d", stats.Dropped.Load())
	}
}

func TestAQueueAllocatesNothingForSound(t *testing.T) {
	q := NewQueue(1, new(Stats))
	p, to := Packet{PCM: make([]byte, 960)}, Packet{}
	var message []byte
	round := func() {
		q.Audio(p)
		q.take(&to)
		message = appendAudio(message[:0], &to)
	}
	for range 200 {
		round()
	}
	if n := testing.AllocsPerRun(100, round); n != 0 {
		t.Errorf("%v allocations a packet", n)
	}
}

// turn is a tick in which these speak, each a tone of its own.
func turn(l *Lanes, tones map[string]media.Source) {
	f := media.NewFrame(media.Rate)
	for who, src := range tones {
		_ = src.Read(f)
		l.Speak(who, f.Samples)
	}
	l.Turn(noon)
}

// packets takes what is queued, by speaker.
func packets(q *Queue) (of map[string][]int16) {
	of = map[string][]int16{}
	var p Packet
	for {
		if _, ok := q.take(&p); !ok {
			return of
		}
		of[p.Who] = append(of[p.Who], samplesOf(p.PCM)...)
	}
}

func TestInASmallCallEverybodyHasALaneFromTheBeginning(t *testing.T) {
	q := NewQueue(4, new(Stats))
	l := NewLanes(16000, q)
	l.Present([]string{"a", "b", "a"})
	a := map[string]media.Source{"a": media.Tone(1000, -20)}
	for range 50 {
		turn(l, a)
	}
	got := packets(q)
	if len(got) != 2 || len(got["a"]) != 16000 || len(got["b"]) != 16000 {
		t.Fatalf("%d lanes, %d and %d samples", len(got), len(got["a"]), len(got["b"]))
	}
	if hz, part := measure.Peak(got["a"], 16000); math.Abs(hz-1000) > 1 || part < 0.99 {
		t.Errorf("%.1f Hz, %.3f", hz, part)
	}
	if !silent(got["b"], 16000) {
		t.Error("who says nothing is heard")
	}
	l.Present([]string{"b"})
	turn(l, nil)
	if got := packets(q); len(got) != 1 || got["b"] == nil {
		t.Errorf("after one has left: %d lanes", len(got))
	}
}

func TestInALargeCallWhoeverSpeaksTakesThePlaceOfWhoIsSilentForLongest(t *testing.T) {
	q := NewQueue(4, new(Stats))
	l := NewLanes(16000, q)
	var all []string
	for i := range 350 {
		all = append(all, fmt.Sprint("p", i))
	}
	l.Present(all)
	tones := map[string]media.Source{"p0": media.Tone(500, -20), "p1": media.Tone(700, -20), "p2": media.Tone(900, -20)}
	for range 10 {
		turn(l, tones)
	}
	packets(q)
	tones["p300"] = media.Tone(1100, -20)
	for range 25 {
		turn(l, tones)
	}
	got := packets(q)
	if len(got) != 4 || got["p3"] != nil {
		t.Fatalf("%d lanes", len(got))
	}
	if n := len(got["p300"]); n != 25*320 {
		t.Errorf("%d samples of somebody who began to speak", n)
	}
	tones["p301"] = media.Tone(1300, -20) // a fifth one, while four speak
	turn(l, tones)
	if got := packets(q); len(got) != 4 {
		t.Errorf("%d lanes", len(got))
	}
}

func TestSomebodyWhoIsThereTwiceIsOne(t *testing.T) {
	q := NewQueue(4, new(Stats))
	l := NewLanes(24000, q)
	one, other, f := media.Tone(500, -20), media.Tone(1500, -20), media.NewFrame(media.Rate)
	for range 50 {
		for _, src := range []media.Source{one, other} {
			_ = src.Read(f)
			l.Speak("a", f.Samples)
		}
		l.Turn(noon)
	}
	got := packets(q)
	if len(got["a"]) != 24000 {
		t.Fatalf("%d samples", len(got["a"]))
	}
	if level := measure.LevelDBFS(got["a"]); math.Abs(level+17) > 0.5 {
		t.Errorf("%.1f dB", level)
	}
}
