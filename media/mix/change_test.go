package mix_test

import (
	"math"
	"sync/atomic"
	"testing"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
	"github.com/botd-dev/botd/media/mix"
)

func TestAChangeOfLimitsFadesWithoutAClick(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		ear := &port{}
		b.Join("ear", ear)
		b.Join("low", says(210, -16))
		b.Join("high", says(310, -16))
		for _, from := range [][]string{{"low"}, {"high"}, {}, {"low", "high"}, {"high"}, nil, {}, nil} {
			ticks(1)
			b.Hear("ear", from)
		}
		ticks(5)
		heard := ear.sound()[media.FrameSize:]
		smooth(t, heard, 310, -10) // both at once, and no steeper than twice the higher
		if loudest := peak(heard); loudest > 2*amplitude(-16)+1 {
			t.Errorf("a peak of %.0f in two tones of %.0f", loudest, amplitude(-16))
		}
	})
}

func TestAChangeOfLimitsTakesOneTick(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		ear := &port{}
		b.Join("ear", ear)
		b.Join("voice", says(400, -20))
		for _, change := range []struct {
			from          []string
			before, after float64
		}{{[]string{}, -20, math.Inf(-1)}, {nil, math.Inf(-1), -20}} {
			ticks(5)
			ear.sound()
			b.Hear("ear", change.from)
			ticks(2)
			heard := ear.sound()
			const edge = 120 // a whole wave
			level(t, "when it begins", heard[:edge], change.before)
			level(t, "in the middle", heard[480-edge:480+edge], -26)
			level(t, "when it ends", heard[media.FrameSize-edge:media.FrameSize], change.after)
			level(t, "then", heard[media.FrameSize:], change.after)
		}
	})
}

// level fails if sound is not as loud as wanted, give or take what a fade does
// in an eighth of its time.
func level(t *testing.T, what string, sound []int16, want float64) {
	t.Helper()
	got := measure.LevelDBFS(sound)
	if math.IsInf(want, -1) {
		want = min(got, -37)
	}
	if math.Abs(got-want) > 1.2 {
		t.Errorf("%s: %.1f dB, want %.1f", what, got, want)
	}
}

func TestAVoiceInBothMixesIsNotTouchedByAChange(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		ear := &port{}
		b.Join("ear", ear)
		b.Join("other", &port{})
		b.Join("voice", says(400, -3.1))
		for _, from := range [][]string{{"voice"}, nil, {"other", "voice"}, {"voice"}, nil} {
			ticks(3)
			b.Hear("ear", from)
		}
		ticks(60)
		var want media.Frame
		src := media.Tone(400, -3.1)
		heard := ear.sound()
		for at := 0; at < len(heard); at += media.FrameSize {
			if err := src.Read(&want); err != nil {
				t.Fatal(err)
			}
			for i, s := range want.Samples {
				if heard[at+i] != s {
					t.Fatalf("sample %d is %d, want %d", at+i, heard[at+i], s)
				}
			}
		}
	})
}

func TestNobodyHearsThemselvesInAChange(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		a := says(400, -20)
		b.Join("a", a)
		b.Join("b", says(1000, -20))
		b.Join("c", says(2000, -20))
		ticks(5)
		a.sound()
		// With b's limit a's is one to which its own voice belongs, without it
		// is one of its own: it comes and goes while a talks.
		for _, change := range []struct {
			id   string
			from []string
		}{
			{"a", []string{"b"}},
			{"b", []string{"a"}},
			{"b", []string{"c"}},
			{"a", nil},
			{"a", []string{"a", "b", "c"}},
			{"a", []string{}},
			{"a", nil},
		} {
			b.Hear(change.id, change.from)
			ticks(2)
			absent(t, "its own voice", tone(a.sound(), 400))
		}
		near(t, "and hears", tone(settledSound(a), 1000), -20)
	})
}

func settledSound(p *port) []int16 {
	ticks(1)
	p.sound()
	ticks(5)
	return p.sound()
}

func TestALoudMixStaysInBoundsThroughAChange(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		a := says(400, -4)
		b.Join("a", a)
		for _, id := range []string{"b", "c", "d"} {
			b.Join(id, says(400, -4))
		}
		for _, from := range [][]string{{"b"}, nil, {"b", "c"}, {}, {"b", "c", "d"}, nil} {
			ticks(3)
			b.Hear("a", from)
		}
		ticks(3)
		heard := a.sound()
		if loudest := peak(heard); loudest >= 32767 {
			t.Error("clipped")
		}
		smooth(t, heard, 400, -4+20*math.Log10(3)) // three in phase
	})
}

// swell is a tone whose level changes between two ticks, and nothing else.
type swell struct {
	tone  media.Source
	shift atomic.Int32 // left, in bits: 6 dB each
}

func (s *swell) Read(f *media.Frame) error {
	err := s.tone.Read(f)
	for i := range f.Samples {
		f.Samples[i] <<= s.shift.Load()
	}
	return err
}

func TestWhoIsOutshoutedInOneMixFadesAndComesBackFading(t *testing.T) {
	during(t, mix.Config{Speakers: 1}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		ear, all := &port{}, &port{}
		b.Join("ear", ear)
		b.Join("all", all)
		b.Hear("ear", []string{"low", "high"})
		b.Join("loudest", says(1000, -5))
		low, high := &swell{tone: media.Tone(210, -46)}, &swell{tone: media.Tone(310, -52)}
		b.Join("low", &port{says: low})
		b.Join("high", &port{says: high})
		ticks(9)
		// The one that is not heard becomes 12 dB louder than the other.
		for _, louder := range []struct {
			who   *swell
			shift int32
			hz    float64
			dBov  float64
		}{{high, 3, 310, -34}, {low, 4, 210, -22}, {high, 7, 310, -10}} {
			ear.sound()
			ticks(1)
			louder.who.shift.Store(louder.shift)
			ticks(7)
			heard := ear.sound()
			smooth(t, heard, louder.hz, louder.dBov+1)
			near(t, "the louder", tone(heard[5*media.FrameSize:], louder.hz), louder.dBov)
		}
		absent(t, "where somebody is louder", tone(all.sound()[media.FrameSize:], 310))
	})
}

func TestAMuteOfWhoIsHeardInOneMixIsOneInAll(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		c := newCircle(b)
		b.Hear("b", []string{"a", "c"})
		b.Mute("a")
		ticks(2)
		for id, p := range c {
			if id != "a" {
				absent(t, id, tone(settledSound(p), pitch("a")))
			}
		}
	})
}

func peak(sound []int16) float64 {
	loudest := 0.0
	for _, s := range sound {
		loudest = max(loudest, math.Abs(float64(s)))
	}
	return loudest
}

func amplitude(dBov float64) float64 { return 32768 * math.Sqrt2 * math.Pow(10, dBov/20) }

// A listener hears a steady tone in each of its mixes, while it goes from one
// to another in which others are already. One decoder follows it. Opus cannot
// go on exactly where another encoder was, but a change must stay well below
// the tone: with the encoders joined at once it is 7 dB below it.
func TestAStreamDoesNotClickWhenItsLimitChanges(t *testing.T) {
	during(t, mix.Config{Encoders: newOpus}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		opus := media.Format{Codec: "opus", Rate: 48000}
		ear, steady := &port{format: opus}, &port{format: opus}
		b.Join("voice", says(440, -20))
		b.Join("ear", ear)
		b.Join("steady", steady)
		b.Join("other", &port{format: opus})
		b.Hear("other", []string{"voice", "nobody"})
		ticks(97)
		for range 2 {
			b.Hear("ear", []string{"voice", "nobody"})
			ticks(77)
			b.Hear("ear", nil)
			ticks(79)
		}
		if n := c.Stats().Primed; n < 4*2 {
			t.Errorf("%d payloads primed: no encoder changed", n)
		}
		if got, want := len(ear.sent()), len(steady.sent()); got != want {
			t.Errorf("%d packets, others got %d", got, want)
		}
		quieter(t, ear, 15)
		quieter(t, steady, 30)
	})
}

// quieter fails if the packets that p got have anything beside a tone of 440 Hz
// that is not so many dB below it.
func quieter(t *testing.T, p *port, by float64) {
	t.Helper()
	worst := residue(t, p.sent())
	t.Logf("worst 5 ms: %.1f dB", worst)
	if worst > -by {
		t.Errorf("a change is heard: %.1f dB below the tone", -worst)
	}
}

// A prompt that only the listener hears, too quiet to matter: it goes and comes
// back, and others have heard the tone all the time.
func TestAStreamDoesNotClickWhenAPrivatePlaybackEnds(t *testing.T) {
	during(t, mix.Config{Encoders: newOpus}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		ear := &port{format: media.Format{Codec: "opus", Rate: 48000}}
		b.Join("voice", says(440, -20))
		b.Join("ear", ear)
		b.Join("steady", &port{format: ear.format})
		ticks(98)
		b.Play(frames(3000, -80, 30), "ear")
		ticks(200)
		quieter(t, ear, 15)
	})
}

// All go together, so the encoder does: nothing is primed and nothing is heard.
func TestAnEncoderGoesWithThoseItIsFor(t *testing.T) {
	during(t, mix.Config{Encoders: newOpus}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		opus := media.Format{Codec: "opus", Rate: 48000}
		b.Join("voice", says(440, -20))
		b.Hear("voice", []string{})
		ears := []*port{{format: opus}, {format: opus}}
		b.Join("a", ears[0])
		b.Join("b", ears[1])
		ticks(97)
		primed := c.Stats().Primed
		for _, from := range [][]string{{"voice"}, nil, {"voice", "nobody"}} {
			b.Hear("a", from)
			b.Hear("b", from)
			ticks(33)
		}
		if n := c.Stats().Primed; n != primed {
			t.Errorf("%d payloads primed", n-primed)
		}
		quieter(t, ears[0], 30)
		quieter(t, ears[1], 30)
	})
}
