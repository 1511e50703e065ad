package voice_test

import (
	"context"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
	"github.com/botd-dev/botd/media/speech"
	"github.com/botd-dev/botd/media/speech/espeak"
)

const frame = media.FrameSize

var sentences = []string{
	"The boy was there when the sun rose.",
	"A rod is used to catch pink salmon.",
	"The source of the huge river is the clear spring.",
	"Kick the ball straight and follow through.",
	"Help the woman get back to her feet.",
	"A pot of tea helps to pass the evening.",
	"Smoky fires lack flame and heat.",
	"The soft cushion broke the man's fall.",
	"The salt breeze came across from the sea.",
	"The girl at the booth sold fifty bonds.",
}

var (
	saidOnce sync.Once
	said     [][]int16 // each sentence, by changing voices
	saidErr  error
)

// spoken is every sentence at 48 kHz, without the silence around it.
func spoken(tb testing.TB) [][]int16 {
	tb.Helper()
	saidOnce.Do(func() {
		for i, s := range sentences {
			voice := []string{"en-US-JennyNeural", "en-US-GuyNeural", "en-GB-SoniaNeural"}[i%3]
			var samples []int16
			if samples, saidErr = say(s, voice); saidErr != nil {
				return
			}
			said = append(said, trim(samples))
		}
	})
	if saidErr != nil {
		tb.Fatal(saidErr)
	}
	return said
}

func say(text, voice string) ([]int16, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	src, err := espeak.New(espeak.Config{}).Synthesize(ctx, speech.Utterance{Text: text, Voice: voice})
	if err != nil {
		return nil, err
	}
	var all []int16
	sink := media.SinkFunc(func(f *media.Frame) error {
		all = append(all, f.Samples...)
		return nil
	})
	err = media.Copy(ctx, sink, media.Chain(src, media.Resample(media.Rate)))
	return all, err
}

func trim(s []int16) []int16 {
	from, to := 0, len(s)
	for from < to && s[from] < 200 && s[from] > -200 {
		from++
	}
	for to > from && s[to-1] < 200 && s[to-1] > -200 {
		to--
	}
	return s[from:to]
}

// talk is the sentences with pauses between them, at -26 dBov while there is
// speech, for as many frames.
func talk(tb testing.TB, pause time.Duration, frames int) []int16 {
	tb.Helper()
	gap := make([]int16, int(pause.Seconds()*media.Rate))
	all := append([]int16{}, gap...)
	for i := 0; len(all) < frames*frame; i++ {
		all = append(all, level(spoken(tb)[i%len(sentences)], -26)...)
		all = append(all, gap...)
	}
	return all[:frames*frame]
}

// level makes what is heard in samples dBov loud.
func level(samples []int16, dBov float64) []int16 {
	return scale(samples, dBov-loudness(samples))
}

func scale(samples []int16, dB float64) []int16 {
	out, factor := make([]int16, len(samples)), math.Pow(10, dB/20)
	for i, s := range samples {
		out[i] = media.Clip(int(math.Round(float64(s) * factor)))
	}
	return out
}

// loudness is the level of those frames that are not quieter by 30 dB than the
// loudest: that of speech without its pauses, roughly as ITU-T P.56 has it.
func loudness(samples []int16) float64 {
	loudest := 0.0
	for i := 0; i+frame <= len(samples); i += frame {
		loudest = max(loudest, power(samples[i:i+frame]))
	}
	sum, n := 0.0, 0
	for i := 0; i+frame <= len(samples); i += frame {
		if p := power(samples[i : i+frame]); p > loudest/1000 {
			sum, n = sum+p, n+1
		}
	}
	return 10 * math.Log10(sum/float64(n)/(32768*32768))
}

func power(samples []int16) float64 {
	sum := 0.0
	for _, s := range samples {
		sum += float64(s) * float64(s)
	}
	return sum / float64(len(samples))
}

func add(a, b []int16) []int16 {
	out := make([]int16, min(len(a), len(b)))
	for i := range out {
		out[i] = media.Clip(int(a[i]) + int(b[i]))
	}
	return out
}

// The kinds of noise.
var noises = []struct {
	name string
	make func(tb testing.TB, frames int, dBov float64) []int16
}{
	{"white", white},
	{"pink", pink},
	{"babble", babble},
}

func white(_ testing.TB, frames int, dBov float64) []int16 {
	return scale(hiss()[:frames*frame], dBov+20)
}

var hiss = sync.OnceValue(func() []int16 {
	return shaped(2000, -20, func(r *rand.Rand) float64 { return r.NormFloat64() })
})

// pink is white noise through the filter of Paul Kellet, 3 dB an octave.
func pink(_ testing.TB, frames int, dBov float64) []int16 {
	return scale(rumble()[:frames*frame], dBov+20)
}

var rumble = sync.OnceValue(func() []int16 {
	var b [3]float64
	return shaped(2000, -20, func(r *rand.Rand) float64 {
		w := r.NormFloat64()
		b[0] = 0.99765*b[0] + w*0.0990460
		b[1] = 0.96300*b[1] + w*0.2965164
		b[2] = 0.57000*b[2] + w*1.0526913
		return b[0] + b[1] + b[2] + w*0.1848
	})
})

func shaped(frames int, dBov float64, next func(*rand.Rand) float64) []int16 {
	r := rand.New(rand.NewPCG(7, 11))
	x, sum := make([]float64, frames*frame), 0.0
	for i := range x {
		x[i] = next(r)
		sum += x[i] * x[i]
	}
	factor := 32768 * math.Pow(10, dBov/20) / math.Sqrt(sum/float64(len(x)))
	out := make([]int16, len(x))
	for i, v := range x {
		out[i] = media.Clip(int(math.Round(v * factor)))
	}
	return out
}

// babble is twenty people talking at once.
func babble(tb testing.TB, frames int, dBov float64) []int16 {
	tb.Helper()
	spoken(tb)
	all := crowd()[:frames*frame]
	return scale(all, dBov-measure.LevelDBFS(all))
}

// crowd is forty seconds of babble.
var crowd = sync.OnceValue(func() []int16 {
	r := rand.New(rand.NewPCG(3, 5))
	var voices [][]int16
	for _, s := range said {
		voices = append(voices, level(s, -32))
	}
	out := make([]int16, 2000*frame)
	for range 20 {
		at := -r.IntN(media.Rate)
		for at < len(out) {
			voice := voices[r.IntN(len(voices))]
			for i, s := range voice[min(max(-at, 0), len(voice)):min(len(voice), len(out)-at)] {
				out[max(at, 0)+i] += s
			}
			at += len(voice)
		}
	}
	return out
})

// at is samples at another rate.
func at(tb testing.TB, samples []int16, rate int) []int16 {
	tb.Helper()
	r, err := media.NewResampler(media.Rate, rate)
	if err != nil {
		tb.Fatal(err)
	}
	r.Write(samples)
	r.Flush()
	out := make([]int16, r.Buffered())
	r.Read(out)
	return out
}

// through sends samples through a stage, frame by frame, at 48 kHz or another
// rate.
func through(tb testing.TB, samples []int16, stage media.Stage, rates ...int) []int16 {
	tb.Helper()
	rate, from := append(rates, media.Rate)[0], 0
	src := stage(media.SourceFunc(func(f *media.Frame) error {
		f.Resize(rate/50, rate)
		from += copy(f.Samples, samples[from:])
		return nil
	}))
	var out []int16
	f := media.NewFrame(rate)
	for range len(samples) / (rate / 50) {
		if err := src.Read(f); err != nil {
			tb.Fatal(err)
		}
		out = append(out, f.Samples...)
	}
	return out
}
