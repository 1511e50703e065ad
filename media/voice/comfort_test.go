package voice_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
	"github.com/botd-dev/botd/media/voice"
)

// colours are noises that a line has.
var colours = []struct {
	name string
	make func(frames int, dBov float64) []int16
}{
	{"white", func(frames int, dBov float64) []int16 { return white(nil, frames, dBov) }},
	{"pink", func(frames int, dBov float64) []int16 { return pink(nil, frames, dBov) }},
	{"a hum below 800 Hz", func(frames int, dBov float64) []int16 {
		var b [2]float64 // two poles
		return shaped(frames, dBov, func(r *rand.Rand) float64 {
			b[0] += (r.NormFloat64() - b[0]) * 0.1
			b[1] += (b[0] - b[1]) * 0.1
			return b[1]
		})
	}},
	{"a hiss around 3 kHz", func(frames int, dBov float64) []int16 {
		var y [2]float64
		return shaped(frames, dBov, func(r *rand.Rand) float64 {
			v := r.NormFloat64() + 2*0.9*math.Cos(2*math.Pi*3000/media.Rate)*y[0] - 0.81*y[1]
			y[1], y[0] = y[0], v
			return v
		})
	}},
}

// octaves are the levels in dB of octaves from 88 Hz up, each from six of
// its frequencies.
func octaves(samples []int16) (out []float64) {
	const size = 4800 // 10 Hz apart
	for octave := range 8 {
		power := 0.0
		for step := range 6 {
			hz := math.Round(88*math.Pow(2, float64(octave)+float64(step)/6)/10) * 10
			for at := 0; at+size <= len(samples); at += size {
				power += math.Pow(10, measure.ToneLevel(samples[at:at+size], media.Rate, hz)/10)
			}
		}
		out = append(out, 10*math.Log10(power))
	}
	return out
}

func TestComfortNoiseSoundsLikeTheBackground(t *testing.T) {
	for _, c := range colours {
		t.Run(c.name, func(t *testing.T) {
			background := c.make(200, -55)
			muted := slices.Concat(background, make([]int16, 100*frame))
			heard := through(t, muted, voice.ComfortNoise(voice.ComfortConfig{}))
			fill := heard[201*frame:]
			if d := measure.LevelDBFS(fill) - measure.LevelDBFS(background); math.Abs(d) > 1 {
				t.Errorf("louder by %.1f dB", d)
			}
			was, is := octaves(background[150*frame:]), octaves(fill[:50*frame])
			loudest := slices.Max(was)
			for i := range was {
				if d := is[i] - was[i]; was[i] > loudest-25 && math.Abs(d) > 4 {
					t.Errorf("octave %d is off by %.1f dB", i, d)
				}
			}
			if !slices.Equal(heard[:200*frame], background) {
				t.Errorf("the background itself is changed")
			}
		})
	}
}

func TestNothingIsDeadBetweenWords(t *testing.T) {
	clean := talk(t, 0, 500)
	noisy := add(clean, pink(t, 500, -58))
	noisy = slices.Concat(pink(t, 100, -58), noisy)
	for i := 300; i < 350; i++ { // DTX
		clear(noisy[i*frame : (i+1)*frame])
	}
	heard := through(t, noisy, voice.ComfortNoise(voice.ComfortConfig{}))
	if gaps := measure.Gaps(noisy, media.Rate, -72); len(gaps) == 0 {
		t.Fatal("there is no gap to be filled")
	}
	for i := 300; i < 350; i++ {
		if l := measure.LevelDBFS(heard[i*frame:][:frame]); math.Abs(l+58) > 4 {
			t.Errorf("frame %d has %.1f dBov", i, l)
		}
	}
	for _, i := range []int{300, 350} { // where it comes and goes
		if jump := steepestStep(heard[i*frame-48:][:96]); jump > steepestStep(noisy[i*frame-48:][:96])+100 {
			t.Errorf("it clicks by %v at frame %d", jump, i)
		}
	}
}

func steepestStep(s []int16) (most int) {
	for i := 1; i < len(s); i++ {
		most = max(most, int(math.Abs(float64(s[i])-float64(s[i-1]))))
	}
	return most
}

func TestALineWithoutBackgroundStaysSilent(t *testing.T) {
	clean := slices.Concat(make([]int16, 50*frame), level(spoken(t)[0], -26)[:50*frame], make([]int16, 100*frame))
	heard := through(t, clean, voice.ComfortNoise(voice.ComfortConfig{}))
	if l := measure.LevelDBFS(heard[110*frame:]); l > -72 {
		t.Errorf("speech became noise of %.1f dBov", l)
	}
}

func TestComfortNoiseIsNeverLoud(t *testing.T) {
	muted := slices.Concat(white(t, 100, -20), make([]int16, 50*frame))
	heard := through(t, muted, voice.ComfortNoise(voice.ComfortConfig{Loudest: 50}))
	if l := measure.LevelDBFS(heard[101*frame:]); math.Abs(l+50) > 1 {
		t.Errorf("it has %.1f dBov", l)
	}
}

func TestNoiseSoundsTheSameAfterItsPayload(t *testing.T) {
	for _, c := range colours {
		background := voice.NewBackground()
		f := media.NewFrame(media.Rate)
		sound := c.make(200, -50)
		for i := range 200 {
			copy(f.Samples, sound[i*frame:])
			background.Hear(f)
		}
		n, ok := background.Noise()
		if !ok {
			t.Fatalf("%s: nothing was learned", c.name)
		}
		got, err := voice.ParseNoise(n.AppendPayload(nil))
		if err != nil || got.Level != n.Level {
			t.Errorf("%s: level %v, %v; want %v", c.name, got.Level, err, n.Level)
		}
		for i, k := range n.Reflection {
			if math.Abs(k-got.Reflection[i]) > 0.004 {
				t.Errorf("%s: coefficient %d is %.4f, want %.4f", c.name, i, got.Reflection[i], k)
			}
		}
		comfort := voice.NewComfort(media.Rate)
		comfort.Set(got)
		var heard []int16
		for range 100 {
			_ = comfort.Read(f)
			heard = append(heard, f.Samples...)
		}
		if l := measure.LevelDBFS(heard); math.Abs(l+50) > 1.5 {
			t.Errorf("%s comes back with %.1f dBov", c.name, l)
		}
	}
}

func TestAPayloadOfComfortNoiseIsAsItsRFCDrawsIt(t *testing.T) {
	for _, c := range []struct {
		says    string
		payload []byte
		level   uint8
		first   float64
		again   []byte // as we would write it
	}{
		{"level alone", []byte{60}, 60, 0, []byte{60}},
		{"the first bit is not used", []byte{0x80 | 40}, 40, 0, []byte{40}},
		{"127 is no coefficient", []byte{60, 127, 127}, 60, 0, []byte{60}},
		{"the least", []byte{60, 0}, 60, -258 * 127.0 / 32768, []byte{60, 0}},
		{"the most", []byte{60, 254}, 60, 258 * 127.0 / 32768, []byte{60, 254}},
		{"255 is reserved", []byte{60, 255, 3}, 60, 0, []byte{60}},
		{
			"higher orders are cut", append([]byte{60, 100}, make([]byte, 40)...), 60, -258 * 27.0 / 32768,
			append([]byte{60, 100}, make([]byte, voice.NoiseOrder-1)...),
		},
	} {
		t.Run(c.says, func(t *testing.T) {
			n, err := voice.ParseNoise(c.payload)
			if err != nil || n.Level != c.level || math.Abs(n.Reflection[0]-c.first) > 1e-9 {
				t.Errorf("%+v, %v", n, err)
			}
			if again := n.AppendPayload(nil); !slices.Equal(again, c.again) {
				t.Errorf("written as %v, want %v", again, c.again)
			}
		})
	}
	if _, err := voice.ParseNoise(nil); !errors.Is(err, voice.ErrNoise) {
		t.Errorf("an empty payload: %v", err)
	}
}

func FuzzNoise(f *testing.F) {
	f.Add([]byte{60})
	f.Add([]byte{0xff, 0, 254, 255, 127})
	f.Add(append([]byte{0}, slices.Repeat([]byte{254, 0}, 20)...))
	f.Fuzz(func(t *testing.T, payload []byte) {
		n, err := voice.ParseNoise(payload)
		if (err != nil) != (len(payload) == 0) {
			t.Fatal(err)
		}
		if err != nil {
			return
		}
		written := n.AppendPayload(nil)
		again, err := voice.ParseNoise(written)
		if err != nil || again != n {
			t.Fatalf("%v became %v: %v", n, again, err)
		}
		comfort := voice.NewComfort(8000)
		comfort.Set(n)
		var frame media.Frame
		for range 5 { // a filter that is not stable would clip soon
			if err := comfort.Read(&frame); err != nil {
				t.Fatal(err)
			}
		}
		if peak := float64(slices.Max(frame.Samples)); peak > 1+32768*5*math.Pow(10, -float64(n.Level)/20) {
			t.Fatalf("%v has a peak of %v", n, peak)
		}
	})
}
