package jitter_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
	"github.com/botd-dev/botd/media/jitter"
)

// endless gives the packets of a second again and again, numbered on.
type endless struct {
	second []arrival
	n      int
}

func (e *endless) push(buf *jitter.Buffer, now *virtual) {
	p := &e.second[e.n%len(e.second)].Packet
	p.SequenceNumber, p.Timestamp = uint16(e.n), uint32(e.n*media.FrameSize)
	now.now = time.Duration(e.n) * tick
	buf.Push(p, now.time())
	now.now += ms(12)
	e.n++
}

func TestNothingIsAllocatedForAFrame(t *testing.T) {
	row, _ := codec.Find("opus")
	f, past := media.NewFrame(media.Rate), []*media.Frame{{}, {}, {}, {}}
	for _, row2 := range []struct {
		name string
		what func(r *jitter.Receiver, i int)
	}{
		{"read", func(r *jitter.Receiver, _ int) { r.Level(); _ = r.Read(f) }},
		{"skipped", func(r *jitter.Receiver, _ int) { r.Level(); r.Skip() }},
		{"passed on", func(r *jitter.Receiver, _ int) { r.Level(); r.Packet(); r.Skip() }},
		{"changing", func(r *jitter.Receiver, i int) {
			r.Level()
			switch {
			case i%20 < 8:
				r.Packet()
				r.Skip()
				return
			case i%20 == 8:
				r.Resume(past)
			case i%20 == 14:
				r.Skip()
				return
			case i%20 == 15:
				r.Rewind(ms(60))
			}
			_ = r.Read(f)
		}},
	} {
		var now virtual
		buf, r := receiver(t, row, &now)
		packets := &endless{second: encodedFor(t, row, 0, voice(), 50)}
		step := func() {
			if packets.push(buf, &now); packets.n%30 == 7 {
				packets.n++ // one is lost
			}
			row2.what(r, packets.n)
		}
		for range 150 {
			step()
		}
		if n := testing.AllocsPerRun(200, step); n != 0 {
			t.Errorf("%s: %v allocations", row2.name, n)
		}
	}
}

func TestWhoNeverSendsCostsNextToNothing(t *testing.T) {
	row, _ := codec.Find("opus")
	const legs = 1000
	all := make([]*jitter.Receiver, 0, legs)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range legs {
		r := jitter.NewReceiver(jitter.New(jitter.Config{Codec: row.Name, ClockRate: row.ClockRate, Duration: row.Duration}), row.NewDecoder)
		r.Level()
		r.Skip()
		all = append(all, r)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	each := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / legs
	t.Logf("%d octets for one who never sends", each)
	if each > 2048 {
		t.Errorf("%d octets for one who never sends", each)
	}
	runtime.KeepAlive(all)
}

func TestWhoSendsNothingNeedNotBeAsked(t *testing.T) {
	row, _ := codec.Find("opus")
	var now virtual
	buf, r := receiver(t, row, &now)
	if r.Level(); r.Awake().Load() {
		t.Error("awake before the first packet")
	}
	packets := &endless{second: encodedFor(t, row, 0, media.Tone(440, -20), 50)}
	f := media.NewFrame(media.Rate)
	for range 50 {
		packets.push(buf, &now)
		if r.Level(); !r.Awake().Load() {
			t.Fatal("asleep while packets come")
		}
		_ = r.Read(f)
	}
	ticks := 0
	for ; r.Awake().Load() && ticks < 50; ticks++ {
		now.now += tick
		r.Level()
		_ = r.Read(f)
	}
	if ticks < 13 || ticks > 16 {
		t.Errorf("asleep after %d ticks of nothing", ticks)
	}
	if packets.push(buf, &now); !r.Awake().Load() {
		t.Error("not woken by a packet")
	}
}

func TestMemoryIsGivenBackWhereNothingComes(t *testing.T) {
	row, _ := codec.Find("opus")
	var now virtual
	buf, r := receiver(t, row, &now)
	packets := &endless{second: encodedFor(t, row, 0, media.Tone(440, -20), 50)}
	talk := func() (loudest uint8) {
		loudest = media.Silent
		for range 20 {
			packets.push(buf, &now)
			loudest = min(loudest, r.Level())
			r.Skip()
		}
		return loudest
	}
	talk()
	for range 10 {
		now.now += tick
		r.Level()
		r.Skip()
	}
	if buf.Stats(); !buf.Holds() {
		t.Fatal("its memory went with the last packet")
	}
	packets.n += 50 * 60
	now.now = time.Duration(packets.n) * tick
	if buf.Stats(); buf.Holds() {
		t.Error("after a minute of nothing it has memory")
	}
	packets.second[0].Timestamp = 0
	if level := talk(); level > 25 {
		t.Errorf("after a minute of nothing the level is %d", level)
	}
}

func BenchmarkReceiver(b *testing.B) {
	row, _ := codec.Find("opus")
	f := media.NewFrame(media.Rate)
	for name, what := range map[string]func(r *jitter.Receiver){
		"read":      func(r *jitter.Receiver) { _ = r.Read(f) },
		"skipped":   func(r *jitter.Receiver) { r.Skip() },
		"passed on": func(r *jitter.Receiver) { r.Packet(); r.Skip() },
	} {
		for _, level := range []byte{20, 60} {
			b.Run(name+map[byte]string{20: " loud", 60: " quiet"}[level], func(b *testing.B) {
				var now virtual
				buf, r := receiver(b, row, &now)
				packets := &endless{second: encodedFor(b, row, 0, media.Tone(440, -float64(level)), 50)}
				b.ReportAllocs()
				for b.Loop() {
					packets.push(buf, &now)
					r.Level()
					what(r)
				}
			})
		}
	}
}

// BenchmarkStretch is what one period more and one less cost.
func BenchmarkStretch(b *testing.B) {
	var now virtual
	buf := jitter.New(jitter.Config{ClockRate: media.Rate, Now: now.time, LevelExtension: levelID})
	r := jitter.NewReceiver(buf, openRaw)
	packets := &endless{second: raw(voice(), 50)}
	f := media.NewFrame(media.Rate)
	for b.Loop() {
		if packets.n%100 == 99 {
			packets.n++ // nothing for a tick
		} else {
			packets.push(buf, &now)
		}
		r.Level()
		_ = r.Read(f)
	}
}
