package jitter_test

import (
	"math"
	"testing"
	"time"

	"github.com/pion/rtp"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
	"github.com/botd-dev/botd/media/jitter"
	"github.com/botd-dev/botd/media/measure"
)

// encoded makes packets of a source with a codec, one every 20 ms, prepared for
// a loss of 10 %.
func encoded(t testing.TB, row codec.Codec, src media.Source, n int) []arrival {
	t.Helper()
	return encodedFor(t, row, 10, src, n)
}

func encodedFor(t testing.TB, row codec.Codec, loss int, src media.Source, n int) []arrival {
	t.Helper()
	enc, err := row.NewEncoder(media.Format{PacketLoss: loss})
	if err != nil {
		t.Fatal(err)
	}
	f := media.NewFrame(media.Rate)
	var all []arrival
	for i := range n {
		if err := src.Read(f); err != nil {
			t.Fatal(err)
		}
		payload, err := enc.Encode(nil, f)
		if err != nil {
			t.Fatal(err)
		}
		p := rtp.Packet{Payload: payload, Header: rtp.Header{
			SSRC: 1, SequenceNumber: uint16(i), Timestamp: uint32(i * row.ClockRate / 50),
		}}
		if err := p.SetExtension(levelID, []byte{media.Level(f)}); err != nil {
			t.Fatal(err)
		}
		all = append(all, arrival{time.Duration(i) * tick, p})
	}
	return all
}

// receiver is one for a codec.
func receiver(t testing.TB, row codec.Codec, clock *virtual) (*jitter.Buffer, *jitter.Receiver) {
	t.Helper()
	buf := jitter.New(jitter.Config{
		Codec: row.Name, ClockRate: row.ClockRate, Duration: row.Duration, LevelExtension: levelID,
		Redundant: row.Name == "opus", Now: clock.time,
	})
	return buf, jitter.NewReceiver(buf, row.NewDecoder)
}

// listen plays packets, and skips the ticks it is told to.
func listen(t testing.TB, row codec.Codec, all []arrival, d time.Duration, skip func(i int) bool) []int16 {
	t.Helper()
	var now virtual
	buf, r := receiver(t, row, &now)
	f := media.NewFrame(media.Rate)
	var heard []int16
	for i := range int(d / tick) {
		now.now = time.Duration(i)*tick + 12*time.Millisecond
		for ; len(all) > 0 && all[0].at <= now.now; all = all[1:] {
			buf.Push(&all[0].Packet, began.Add(all[0].at))
		}
		r.Level()
		if skip(i) {
			r.Skip()
			f.Silence()
		} else if err := r.Read(f); err != nil {
			t.Fatal(err)
		}
		heard = append(heard, f.Samples...)
	}
	return heard
}

func never(int) bool { return false }

func TestAToneSurvivesFivePercentLoss(t *testing.T) {
	for _, row := range codec.Offered {
		r := random()
		all := encoded(t, row, media.Tone(440, -15), 600)
		all = without(all, func(int) bool { return r.IntN(20) == 0 })
		heard := listen(t, row, all, 11*time.Second, never)
		good, seconds := 0, 0
		for i := media.Rate; i+media.Rate <= len(heard); i += media.Rate {
			seconds++
			if hz, part := measure.Peak(heard[i:i+media.Rate], media.Rate); math.Abs(hz-440) < 2 && part > 0.5 {
				good++
			}
		}
		if good != seconds {
			t.Errorf("%s: %d of %d seconds hold the tone", row.Name, good, seconds)
		}
		longest := time.Duration(0)
		for _, g := range measure.Gaps(heard, media.Rate, -50) {
			longest = max(longest, g)
		}
		if longest > 40*time.Millisecond {
			t.Errorf("%s: a gap of %v", row.Name, longest)
		}
		t.Logf("%s: %d of %d seconds, longest gap %v", row.Name, good, seconds, longest)
	}
}

// chord is two tones that come and go, which a decoder must follow.
func chord() media.Source {
	a, b, g, i := media.Tone(300, -20), media.Tone(1100, -26), media.NewFrame(media.Rate), 0
	return media.SourceFunc(func(f *media.Frame) error {
		_, _ = a.Read(f), b.Read(g)
		for k := range f.Samples {
			swell := 1 + math.Sin(2*math.Pi*3*float64(i)/media.Rate)
			f.Samples[k] = int16(swell * float64(int(f.Samples[k])+int(g.Samples[k])))
			i++
		}
		return nil
	})
}

func TestSoundIsRightAtOnceAfterHavingBeenSkipped(t *testing.T) {
	for _, row := range codec.Offered {
		all := encoded(t, row, chord(), 200)
		whole := listen(t, row, all, 3900*time.Millisecond, never)
		for _, until := range []int{60, 101, 133, 150} {
			part := listen(t, row, all, 3900*time.Millisecond, func(i int) bool { return i >= 20 && i < until })
			from := until * media.FrameSize
			var noise []int16
			for i := from; i < from+media.FrameSize; i++ {
				noise = append(noise, media.Clip(int(part[i])-int(whole[i])))
			}
			below := measure.LevelDBFS(whole[from:from+media.FrameSize]) - measure.LevelDBFS(noise)
			if below < 10 {
				t.Errorf("%s: the first frame after %d differs at %.1f dB", row.Name, until, below)
			}
		}
	}
}

func TestLongPacketsMayBeSkippedInPart(t *testing.T) {
	row, _ := codec.Find("pcmu")
	short := encoded(t, row, chord(), 180)
	var long []arrival
	for i := 0; i+3 <= len(short); i += 3 {
		p := short[i]
		p.Payload = append(append(append([]byte{}, p.Payload...), short[i+1].Payload...), short[i+2].Payload...)
		p.SequenceNumber, p.at = uint16(i/3), short[i+2].at
		long = append(long, p)
	}
	whole := listen(t, row, long, 3*time.Second, never)
	part := listen(t, row, long, 3*time.Second, func(i int) bool { return i%4 == 1 || i%7 == 2 })
	for i := range part[media.Rate/2:] {
		k := i + media.Rate/2
		if tick := k / media.FrameSize; tick%4 != 1 && tick%7 != 2 && part[k] != whole[k] {
			t.Fatalf("sample %d of tick %d is %d, was %d", k, tick, part[k], whole[k])
		}
	}
}

func TestWhatCannotBeDecodedIsConcealed(t *testing.T) {
	row, _ := codec.Find("opus")
	var now virtual
	buf, r := receiver(t, row, &now)
	f := media.NewFrame(media.Rate)
	for i := range 100 {
		now.now = time.Duration(i+1) * tick
		p := rtp.Packet{Header: rtp.Header{SequenceNumber: uint16(i), Timestamp: uint32(960 * i)}, Payload: []byte{0xff, 0, 1}}
		buf.Push(&p, began.Add(time.Duration(i)*tick))
		r.Level()
		if err := r.Read(f); err != nil || len(f.Samples) != media.FrameSize {
			t.Fatal(err)
		}
	}
	if s := buf.Stats(); s.Discarded < 90 {
		t.Errorf("%+v", s)
	}
}

func BenchmarkReceive(b *testing.B) {
	for _, row := range codec.Offered {
		all := encoded(b, row, media.Tone(440, -20), 50)
		for _, way := range []string{"read", "skip"} {
			b.Run(row.Name+" "+way, func(b *testing.B) {
				var now virtual
				buf, r := receiver(b, row, &now)
				f, i := media.NewFrame(media.Rate), 0
				b.ReportAllocs()
				for b.Loop() {
					p := all[i%50].Packet
					p.SequenceNumber, p.Timestamp = uint16(i), uint32(i*row.ClockRate/50)
					buf.Push(&p, began.Add(time.Duration(i)*tick))
					now.now = time.Duration(i+1) * tick
					r.Level()
					if way == "read" {
						_ = r.Read(f)
					} else {
						r.Skip()
					}
					i++
				}
			})
		}
	}
}
