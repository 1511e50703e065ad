package jitter_test

import (
	"cmp"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/jitter"
)

const (
	rate    = 8000
	tick    = 20 * time.Millisecond
	levelID = 3
)

var began = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)

// virtual is a clock that is set.
type virtual struct{ now time.Duration }

func (v *virtual) time() time.Time { return began.Add(v.now) }

// arrival is a packet and when it comes.
type arrival struct {
	at time.Duration
	rtp.Packet
}

// tone makes packets of a tone of 500 Hz, each of some length, sent at an even
// pace. Numbers begin just before they wrap.
func tone(d, packet time.Duration) []arrival {
	n := int(packet * rate / time.Second)
	var all []arrival
	for i := range int(d / packet) {
		payload := make([]byte, 0, 2*n)
		for k := range n {
			s := 8000 * math.Sin(2*math.Pi*500*float64(i*n+k)/rate)
			payload = binary.BigEndian.AppendUint16(payload, uint16(int16(s)))
		}
		all = append(all, arrival{time.Duration(i) * packet, rtp.Packet{
			Header: rtp.Header{
				SSRC: 1, SequenceNumber: uint16(65500 + i), Timestamp: uint32(math.MaxUint32 - 50 + i*n),
			},
			Payload: payload,
		}})
	}
	return all
}

// silenced makes packets silent, and marks their level so.
func silenced(all []arrival, quiet func(i int) bool) []arrival {
	for i := range all {
		level := byte(15)
		if quiet(i) {
			clear(all[i].Payload)
			level = 127
		}
		if err := all[i].SetExtension(levelID, []byte{level}); err != nil {
			panic(err)
		}
	}
	return all
}

// delayed holds each packet up.
func delayed(all []arrival, by func(i int) time.Duration) []arrival {
	for i := range all {
		all[i].at += by(i)
	}
	return all
}

// without loses packets.
func without(all []arrival, lost func(i int) bool) []arrival {
	var come []arrival
	for i, p := range all {
		if !lost(i) {
			come = append(come, p)
		}
	}
	return come
}

func random() *rand.Rand { return rand.New(rand.NewPCG(3, 4)) }

// pcm decodes 16-bit samples at 8 kHz and conceals with a level of its own.
type pcm struct{ decoded, concealed, redundant int }

func (d *pcm) open() (media.Decoder, error) { return d, nil }

func (d *pcm) Decode(f *media.Frame, payload []byte) error {
	d.decoded++
	f.Resize(len(payload)/2*6, media.Rate)
	for i := range f.Samples {
		f.Samples[i] = int16(binary.BigEndian.Uint16(payload[i/6*2:]))
	}
	return nil
}

func (d *pcm) Conceal(f *media.Frame, next []byte) error {
	d.concealed++
	if len(next) > 0 {
		d.redundant++
	}
	f.Silence()
	return nil
}

// duration is how long a payload of pcm is.
func duration(payload []byte) time.Duration {
	return time.Duration(len(payload)/2) * time.Second / rate
}

// played is what came out of a run.
type played struct {
	sound   []int16
	levels  []uint8
	decoder pcm
	buf     *jitter.Buffer
	stats   jitter.Stats
	delays  []time.Duration // at every tick
}

// run plays packets for some time, ticks falling 7 ms after what is sent.
func run(t testing.TB, all []arrival, d time.Duration, cfg jitter.Config) *played {
	t.Helper()
	var now virtual
	cfg.ClockRate, cfg.Now = rate, now.time
	out := &played{buf: jitter.New(cfg)}
	r := jitter.NewReceiver(out.buf, out.decoder.open)
	slices.SortStableFunc(all, func(a, b arrival) int { return cmp.Compare(a.at, b.at) })
	f := media.NewFrame(media.Rate)
	for now.now = 7 * time.Millisecond; now.now < d; now.now += tick {
		for ; len(all) > 0 && all[0].at <= now.now; all = all[1:] {
			out.buf.Push(&all[0].Packet, began.Add(all[0].at))
		}
		out.levels = append(out.levels, r.Level())
		if err := r.Read(f); err != nil || len(f.Samples) != media.FrameSize {
			t.Fatalf("a frame of %d, %v", len(f.Samples), err)
		}
		out.sound = append(out.sound, f.Samples...)
		out.delays = append(out.delays, out.buf.Stats().Delay)
	}
	out.stats = out.buf.Stats()
	return out
}

// rawCodec is sound as it is: 48 kHz, 16 bits.
type rawCodec struct{}

func openRaw() (media.Decoder, error) { return rawCodec{}, nil }

func (rawCodec) Decode(f *media.Frame, payload []byte) error {
	f.Resize(len(payload)/2, media.Rate)
	for i := range f.Samples {
		f.Samples[i] = int16(binary.BigEndian.Uint16(payload[2*i:]))
	}
	return nil
}

func (rawCodec) Conceal(f *media.Frame, _ []byte) error {
	f.Silence()
	return nil
}

// raw makes packets of a source as it is, one every 20 ms, with levels.
func raw(src media.Source, n int) []arrival {
	f := media.NewFrame(media.Rate)
	var all []arrival
	for i := range n {
		_ = src.Read(f)
		payload := make([]byte, 0, 2*media.FrameSize)
		for _, s := range f.Samples {
			payload = binary.BigEndian.AppendUint16(payload, uint16(s))
		}
		p := rtp.Packet{Payload: payload, Header: rtp.Header{
			SSRC: 1, SequenceNumber: uint16(i), Timestamp: uint32(i * media.FrameSize),
		}}
		_ = p.SetExtension(levelID, []byte{media.Level(f)})
		all = append(all, arrival{time.Duration(i) * tick, p})
	}
	return all
}

// record is the sound of a source.
func record(t testing.TB, src media.Source, d time.Duration) []int16 {
	t.Helper()
	f := media.NewFrame(media.Rate)
	var all []int16
	for range d / tick {
		if err := src.Read(f); err != nil {
			t.Fatal(err)
		}
		all = append(all, f.Samples...)
	}
	return all
}

// voice is like speech: vowels of a gliding pitch from 95 to 160 Hz, four
// syllables a second, hisses between some of them, and a pause of 0.2 s in every
// second.
func voice() media.Source {
	r, phase, i := random(), 0.0, 0
	return media.SourceFunc(func(f *media.Frame) error {
		f.Resize(media.FrameSize, media.Rate)
		for k := range f.Samples {
			at := float64(i) / media.Rate
			second, syllable := math.Mod(at, 1), math.Mod(4*at, 1)
			pitch := 125 + 30*math.Sin(2*math.Pi*0.7*at)
			phase = math.Mod(phase+pitch/media.Rate, 1)
			s := 0.0
			switch {
			case second > 0.8:
			case syllable > 0.8:
				s = 600 * r.NormFloat64()
			default:
				swell := math.Sin(math.Pi * syllable / 0.8)
				for h := 1.0; h*pitch < 3500; h++ {
					low, high := (h*pitch-500)/150, (h*pitch-1500-500*second)/200
					s += 9000 * swell * (1/(1+low*low) + 0.4/(1+high*high) + 0.02) * math.Sin(2*math.Pi*h*phase)
				}
			}
			f.Samples[k] = media.Clip(int(s))
			i++
		}
		return nil
	})
}
