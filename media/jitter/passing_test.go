package jitter_test

import (
	"math"
	"math/cmplx"
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
	"github.com/botd-dev/botd/media/jitter"
	"github.com/botd-dev/botd/media/measure"
)

var _ media.PacketPort = struct {
	*jitter.Receiver
	listener
}{}

// listener is the half of a port that hears.
type listener struct{}

func (listener) Format() media.Format { return media.Format{} }
func (listener) Hear(media.Sound)     {}

// heardThrough is what a listener hears who gets packets passed on until some
// tick, and from then on what is encoded anew of what was read.
func heardThrough(t *testing.T, row codec.Codec, all []arrival, until int, phase time.Duration) []int16 {
	t.Helper()
	var now virtual
	buf, r := receiver(t, row, &now)
	enc, err := row.NewEncoder(media.Format{})
	if err != nil {
		t.Fatal(err)
	}
	dec, err := row.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	f, out := media.NewFrame(media.Rate), media.NewFrame(media.Rate)
	past := []*media.Frame{{}, {}, {}, {}}
	var heard []int16
	for i := range len(all) - 5 {
		now.now = time.Duration(i)*tick + phase
		for ; len(all) > 0 && all[0].at <= now.now; all = all[1:] {
			buf.Push(&all[0].Packet, began.Add(all[0].at))
		}
		r.Level()
		var payload []byte
		if i < until {
			p, ok := r.Packet()
			if ok {
				payload = p.Payload
			} else if len(heard) > 0 {
				t.Fatalf("tick %d: no packet", i)
			}
		} else {
			if i == until {
				r.Resume(past)
				for _, p := range past {
					if _, err := enc.Encode(nil, p); err != nil {
						t.Fatal(err)
					}
				}
			}
			if err := r.Read(f); err != nil {
				t.Fatal(err)
			}
			if payload, err = enc.Encode(nil, f); err != nil {
				t.Fatal(err)
			}
		}
		if len(payload) > 0 {
			if err := dec.Decode(out, payload); err != nil {
				t.Fatal(err)
			}
			heard = append(heard, out.Samples...)
		}
		if i < until {
			r.Skip()
		}
	}
	return heard
}

// worst is the least SNR of a tone in any 100 ms.
func worst(sound []int16, hz float64) float64 {
	least := math.Inf(1)
	for i := 0; i+media.Rate/10 <= len(sound); i += media.FrameSize {
		least = min(least, measure.SNR(sound[i:i+media.Rate/10], media.Rate, hz))
	}
	return least
}

// beside is how loud what is more than 50 Hz from a tone is, in dB relative to
// the tone. Looking at every third sample, it counts what is above 8 kHz too.
func beside(sound []int16, hz float64) float64 {
	tone, rest := 0.0, 0.0
	for at := 20.0; at < 8000; at += 20 {
		var re, im float64
		turn, step := complex(1, 0), cmplx.Rect(1, 2*math.Pi*at*3/media.Rate)
		for i := 0; i < len(sound); i += 3 {
			v := float64(sound[i]) * (0.5 - 0.5*math.Cos(2*math.Pi*(float64(i)+0.5)/float64(len(sound))))
			re, im, turn = re+v*real(turn), im+v*imag(turn), turn*step
		}
		if power := re*re + im*im; math.Abs(at-hz) <= 50 {
			tone += power
		} else {
			rest += power
		}
	}
	return 10 * math.Log10((rest+1)/tone)
}

func TestFromPassingToMixingAToneGoesOn(t *testing.T) {
	row, _ := codec.Find("opus")
	for _, phase := range []time.Duration{ms(11), ms(14), ms(19), ms(29)} {
		all := encodedFor(t, row, 0, media.Tone(440, -15), 200)
		passed := heardThrough(t, row, all, 195, phase)
		heard := heardThrough(t, row, all, 100, phase)
		joint := 99 * media.FrameSize
		alone, joined := worst(passed[joint-9600:joint+9600], 440), worst(heard[joint-9600:joint+9600], 440)
		t.Logf("ticks %v after what is sent: passed on %.1f dB, going over %.1f dB", phase, alone, joined)
		if joined < alone-8 {
			t.Errorf("ticks %v after what is sent: going over %.1f dB, passed on %.1f dB", phase, joined, alone)
		}
	}
}

// resumed is what is heard of packets of raw sound that are passed on until some
// tick: the past, and what is read.
func resumed(t *testing.T, all []arrival, until int, phase time.Duration) []int16 {
	t.Helper()
	var now virtual
	buf := jitter.New(jitter.Config{ClockRate: media.Rate, Now: now.time, LevelExtension: levelID})
	r := jitter.NewReceiver(buf, openRaw)
	f, past := media.NewFrame(media.Rate), []*media.Frame{{}, {}, {}, {}}
	var heard []int16
	for i := range len(all) - 5 {
		now.now = time.Duration(i)*tick + phase
		for ; len(all) > 0 && all[0].at <= now.now; all = all[1:] {
			buf.Push(&all[0].Packet, began.Add(all[0].at))
		}
		r.Level()
		if i < until {
			r.Packet()
			r.Skip()
			continue
		}
		if i == until {
			r.Resume(past)
			for _, p := range past {
				heard = append(heard, p.Samples...)
			}
		}
		if err := r.Read(f); err != nil {
			t.Fatal(err)
		}
		heard = append(heard, f.Samples...)
	}
	return heard
}

func TestThePastGoesOnInWhatIsRead(t *testing.T) {
	for _, hz := range []float64{150, 440, 1000} {
		for _, phase := range []time.Duration{ms(14), ms(29)} {
			heard := resumed(t, raw(media.Tone(hz, -15), 200), 100, phase)
			loudest := math.Inf(-1)
			for i := 0; i < media.Rate/5; i += media.Rate / 25 {
				if part := heard[i : i+media.Rate/10]; measure.SNR(part, media.Rate, hz) < 60 { // else there is nothing
					loudest = max(loudest, beside(part, hz))
				}
			}
			t.Logf("%v Hz, ticks %v after what is sent: %.1f dB beside the tone", hz, phase, loudest)
			if loudest > -40 {
				t.Errorf("%v Hz, ticks %v after what is sent: %.1f dB beside the tone", hz, phase, loudest)
			}
		}
	}
}

// likeness is by how many dB a stretch of what was heard is louder than its
// difference from what was said, at about from, where the two are most alike.
func likeness(said []int16, from int, heard []int16) float64 {
	best, where := math.Inf(-1), from
	for k := max(0, from-1500); k <= from+500; k += 4 {
		if like := ratio(said[k:k+len(heard)], heard, 8); like > best {
			best, where = like, k
		}
	}
	for k := max(0, where-4); k <= where+4; k++ {
		best = max(best, ratio(said[k:k+len(heard)], heard, 1))
	}
	return best
}

// ratio is by how many dB a is louder than its difference from b, looking at
// every few samples.
func ratio(a, b []int16, every int) float64 {
	signal, noise := 1.0, 1.0
	for i := 0; i < len(a); i += every {
		d := float64(a[i]) - float64(b[i])
		signal, noise = signal+float64(a[i])*float64(a[i]), noise+d*d
	}
	return 10 * math.Log10(signal/noise)
}

// sharpest is the greatest second difference: how sharp a click is.
func sharpest(sound []int16) int {
	most := 0
	for i := 2; i < len(sound); i++ {
		d := int(sound[i]) - 2*int(sound[i-1]) + int(sound[i-2])
		most = max(most, d, -d)
	}
	return most
}

func TestFromPassingToMixingAVoiceGoesOn(t *testing.T) {
	said := record(t, voice(), 4*time.Second)
	for until := 60; until < 140; until += 39 {
		heard := resumed(t, raw(voice(), 200), until, ms(14))
		alike, loud, click := 0.0, 0, sharpest(heard[:media.Rate])
		for at := 0; at < media.Rate/2; at += media.FrameSize {
			part := heard[at : at+media.FrameSize]
			if measure.LevelDBFS(part) > -40 {
				loud++
				alike += min(likeness(said, (until-4)*media.FrameSize+media.Lookahead+at, part), 35)
			}
		}
		alike /= float64(loud)
		t.Logf("tick %d: segmental SNR %.1f dB, sharpest %d (as said %d)", until, alike, click, sharpest(said))
		if alike < 20 || click > sharpest(said) {
			t.Errorf("tick %d: segmental SNR %.1f dB, sharpest %d (as said %d)", until, alike, click, sharpest(said))
		}
	}
}

func TestALostPacketIsPassedOnAsLost(t *testing.T) {
	var now virtual
	buf := jitter.New(jitter.Config{Codec: "raw", ClockRate: media.Rate, Now: now.time, LevelExtension: levelID})
	r := jitter.NewReceiver(buf, openRaw)
	all := raw(media.Tone(440, -15), 100)
	lost, sequence, last := 0, 0, int64(-1)
	for i := range all {
		now.now = all[i].at + ms(13)
		if i != 40 && i != 60 && i != 61 {
			buf.Push(&all[i].Packet, began.Add(all[i].at))
		}
		r.Level()
		p, ok := r.Packet()
		r.Skip()
		switch {
		case !ok:
			t.Fatalf("tick %d: no packet", i)
		case p.Lost && len(p.Payload) == 0:
			lost++
		case p.Codec != "raw" || p.Level != 15 || len(p.Payload) != 2*media.FrameSize:
			t.Errorf("tick %d: %+v", i, p)
		case p.Time <= last || p.Time%media.FrameSize != 0:
			t.Errorf("tick %d: time %d after %d", i, p.Time, last)
		default:
			last = p.Time
			sequence++
		}
	}
	if lost != 3 || sequence != 97 {
		t.Errorf("%d passed on, %d lost", sequence, lost)
	}
}

func TestWhatIsNoWholePacketIsNotPassedOn(t *testing.T) {
	for _, length := range []int{10, 30, 60} {
		var now virtual
		buf := jitter.New(jitter.Config{ClockRate: rate, Now: now.time, Duration: duration})
		r := jitter.NewReceiver(buf, new(pcm).open)
		all := tone(time.Second, ms(length))
		for ; now.now < time.Second; now.now += tick {
			for ; len(all) > 0 && all[0].at <= now.now; all = all[1:] {
				buf.Push(&all[0].Packet, began.Add(all[0].at))
			}
			r.Level()
			if p, ok := r.Packet(); ok && !p.Lost {
				t.Fatalf("packets of %d ms: %d octets", length, len(p.Payload))
			}
			r.Skip()
		}
	}
}

func TestInQuietTheReaderFallsBackToWherePacketsBegin(t *testing.T) {
	var now virtual
	buf := jitter.New(jitter.Config{ClockRate: media.Rate, Now: now.time, LevelExtension: levelID})
	r := jitter.NewReceiver(buf, openRaw)
	f, past := media.NewFrame(media.Rate), []*media.Frame{{}, {}, {}, {}}
	all := append(raw(media.Tone(437, -15), 100), raw(media.Tone(300, -60), 30)...)
	within := 0
	for i := range all {
		p := &all[i].Packet
		p.SequenceNumber, p.Timestamp = uint16(i), uint32(i*media.FrameSize)
		now.now = time.Duration(i) * tick
		buf.Push(p, now.time())
		now.now += ms(13)
		r.Level()
		_, ok := r.Packet()
		switch {
		case i == 50:
			r.Resume(past)
		case i < 50 || i > 102 && ok:
			r.Skip()
			continue
		case !ok:
			within++
		}
		if i > 105 {
			t.Fatalf("tick %d: no packet", i)
		}
		if err := r.Read(f); err != nil {
			t.Fatal(err)
		}
	}
	if within < 20 {
		t.Errorf("only %d frames began within a packet", within)
	}
}
