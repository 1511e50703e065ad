package mix_test

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
	"github.com/botd-dev/botd/media/mix"
)

// talker is a port that says the same packets over and over, and decodes them
// when it is read.
type talker struct {
	awake   atomic.Bool
	packets [][]byte
	dec     media.Decoder
	at      int
	took    int // octets that were handed to it
}

var _ media.Sleeper = (*talker)(nil)

func newTalker(tb testing.TB, packets [][]byte) *talker {
	tb.Helper()
	t := &talker{packets: packets}
	if len(packets) == 0 {
		return t
	}
	t.awake.Store(true)
	c, err := codec.Find("opus")
	if err != nil {
		tb.Fatal(err)
	}
	if t.dec, err = c.NewDecoder(); err != nil {
		tb.Fatal(err)
	}
	return t
}

func (t *talker) Awake() *atomic.Bool { return &t.awake }
func (t *talker) Level() uint8        { return 20 }
func (t *talker) Format() media.Format {
	return media.Format{Codec: "opus", Rate: media.Rate}
}
func (t *talker) Hear(s media.Sound) { t.took += len(s.Payload) }
func (t *talker) Skip()              { t.at++ }

func (t *talker) Read(f *media.Frame) error {
	t.at++
	return t.dec.Decode(f, t.packets[t.at%len(t.packets)])
}

func (t *talker) Packet() (media.Packet, bool) {
	return media.Packet{Codec: "opus", Level: 20, Payload: t.packets[t.at%len(t.packets)]}, true
}

func (t *talker) Resume([]*media.Frame) {}

// said is a second of a voice in packets.
func said(tb testing.TB) (packets [][]byte) {
	tb.Helper()
	c := newCaller(tb, syllables())
	for range 50 {
		packets = append(packets, c.speak().payload)
	}
	return packets
}

// meeting is a bridge with so many parties, of which some talk all the time and
// the others sleep.
func meeting(tb testing.TB, parties, talking int) (*mix.Bridge, *mix.Clock) {
	tb.Helper()
	c := mix.NewClock(mix.Config{Encoders: codec.NewEncoder})
	tb.Cleanup(func() { _ = c.Close(context.Background()) })
	b := c.NewBridge(mix.Options{})
	packets := said(tb)
	for i := range parties {
		says := packets
		if i >= talking {
			says = nil
		}
		b.Join(fmt.Sprint(i), newTalker(tb, says))
	}
	c.Rest()
	for range 60 {
		b.Tick()
	}
	return b, c
}

// floor is the processor time that so many decodes and encodes take by
// themselves.
func floor(tb testing.TB, decodes, encodes int) time.Duration {
	tb.Helper()
	t := newTalker(tb, said(tb))
	e, err := codec.NewEncoder(t.Format())
	if err != nil {
		tb.Fatal(err)
	}
	f, out := media.NewFrame(media.Rate), make([]byte, 0, 1500)
	const times = 1000
	began := used()
	for range times {
		_ = t.Read(f)
	}
	decode := (used() - began) / times
	began = used()
	for range times {
		_ = t.Read(f)
		_, _ = e.Encode(out, f)
	}
	encode := (used()-began)/times - decode
	return time.Duration(decodes)*decode + time.Duration(encodes)*encode
}

// BenchmarkMeeting is a tick of a call in which three talk. It reports how much
// more processor time that is than what has to be decoded and encoded.
func BenchmarkMeeting(b *testing.B) {
	for _, n := range []int{10, 50, 100, 200, 400} {
		b.Run(fmt.Sprintf("parties=%d", n), func(b *testing.B) {
			bridge, _ := meeting(b, n, 3)
			least := floor(b, 3, 4)
			b.ReportAllocs()
			b.ResetTimer()
			began := used()
			for range b.N {
				bridge.Tick()
			}
			took := (used() - began) / time.Duration(b.N)
			b.ReportMetric(float64(took), "cpu-ns/op")
			least = (least + floor(b, 3, 4)) / 2
			b.ReportMetric(float64(took)/float64(least), "of-codecs")
		})
	}
}

// BenchmarkPassing is a tick in which nothing has to be decoded.
func BenchmarkPassing(b *testing.B) {
	for _, n := range []struct{ parties, talking int }{{2, 2}, {100, 1}, {100, 0}} {
		b.Run(fmt.Sprintf("parties=%d,talking=%d", n.parties, n.talking), func(b *testing.B) {
			bridge, _ := meeting(b, n.parties, n.talking)
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				bridge.Tick()
			}
		})
	}
}

// BenchmarkTaps is a tick of fifty with a tap of the mix and one of a port, both
// of which are read, by the processor time of all.
func BenchmarkTaps(b *testing.B) {
	for taps, name := range []string{"without", "two of 48 kHz", "two of 16 kHz"} {
		b.Run(name, func(b *testing.B) {
			bridge, _ := meeting(b, 50, 3)
			hz := []int{0, 48000, 16000}[taps]
			if hz > 0 {
				for _, of := range []string{"", "1"} {
					t, err := bridge.Tap(media.TapOptions{Of: of, Rate: hz})
					if err != nil {
						b.Fatal(err)
					}
					defer t.Close()
					go func() {
						for got := new(media.Tapped); t.Read(got) == nil; {
						}
					}()
				}
			}
			b.ReportAllocs()
			b.ResetTimer()
			before := used()
			for range b.N {
				bridge.Tick()
			}
			b.ReportMetric(float64(used()-before)/float64(b.N), "cpu-ns/op")
		})
	}
}

// used is the processor time of this process.
func used() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func TestWhatTalksOrIsPassedOnOrTappedAllocatesNothing(t *testing.T) {
	for _, row := range []struct {
		name             string
		parties, talking int
		taps             bool
	}{
		{"three talk to fifty", 50, 3, false},
		{"two are handed each other's packets", 2, 2, false},
		{"a hundred are handed those of one", 100, 1, false},
		{"nobody says anything", 100, 0, false},
		{"three talk and are tapped", 50, 3, true},
		{"one is passed on and tapped", 50, 1, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			b, _ := meeting(t, row.parties, row.talking)
			if row.taps {
				for _, opts := range []media.TapOptions{{}, {Of: "0"}, {Of: "1", Packets: true}, {Packets: true}, {Without: "0"}} {
					tap, err := b.Tap(opts)
					if err != nil {
						t.Fatal(err)
					}
					defer tap.Close()
				}
			}
			for range 60 {
				b.Tick()
			}
			if n := testing.AllocsPerRun(100, b.Tick); n > 0 {
				t.Errorf("%v allocations a tick", n)
			}
		})
	}
}

// BenchmarkMemory reports what a call of two and one of two hundred keep.
func BenchmarkMemory(b *testing.B) {
	for _, n := range []struct{ parties, talking int }{{2, 2}, {200, 3}} {
		b.Run(fmt.Sprintf("parties=%d,talking=%d", n.parties, n.talking), func(b *testing.B) {
			before := heap()
			bridge, _ := meeting(b, n.parties, n.talking)
			after := heap()
			b.ReportMetric(float64(after-before)/float64(n.parties), "octets/party")
			runtime.KeepAlive(bridge)
		})
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
