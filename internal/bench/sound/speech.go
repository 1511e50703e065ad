package sound

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/speech"
	"github.com/botd-dev/botd/media/speech/espeak"
)

const (
	// speechRMS is how loud speech is, -26 dB below overload (ITU-T P.56).
	speechRMS = 32768 * 0.05
	// noiseRMS is an open microphone in a quiet room, -65 dB.
	noiseRMS = 32768 * 0.000562
	// speechRate is a sample rate that has nothing above 4 kHz: the marker is
	// well above it.
	speechRate = 8000
	// clipSeconds is the length of a clip.
	clipSeconds = 20
)

// talks are what the speakers say, one after the other and all at once.
var talks = []struct{ voice, text string }{
	{"en-us", "The harbour was quiet in the early morning. Two fishermen mended a net and spoke of the weather, which had been too good for too long. " +
		"Somebody had painted the small lighthouse again, and the white of it hurt the eyes. A dog ran along the pier as if it were late for something. " +
		"When the ferry came in, nobody got off but a man with a violin case. He asked for the way to the station, although there had never been one."},
	{"en-gb", "If we move the shelves to the other wall, the door can open all the way and there is room for a second desk. The light would come from the left. " +
		"I have measured it twice, and each time I got a different figure, so perhaps somebody else should try. The old lamp can stay where it is. " +
		"What about the plants, though? They need the window more than we do, and they never complain about the noise from the street."},
	{"en-gb-scotland", "A good soup begins the day before. Take bones and an onion with its skin, cover them with cold water and be patient. " +
		"Never let it boil; it should only smile, as my grandmother used to say. Carrots later, parsley at the very end. " +
		"People ask me how much salt, and I tell them to taste it, for the soup knows better than any book. Then leave the kitchen and let it think."},
}

// Speech is what the i-th speaker says: a clip of 20 s that espeak-ng speaks,
// at -26 dBov and without anything above 4 kHz.
func Speech(ctx context.Context, i int) ([]int16, error) {
	talk := talks[i%len(talks)]
	src, err := espeak.New(espeak.Config{}).Synthesize(ctx, speech.Utterance{Text: talk.text, Voice: talk.voice})
	if err != nil {
		return nil, fmt.Errorf("speech: %w", err)
	}
	spoken, err := readAll(media.Chain(src, media.Resample(speechRate), media.Resample(media.Rate)))
	if err != nil {
		return nil, fmt.Errorf("speech: %w", err)
	}
	if len(spoken) == 0 {
		return nil, errors.New("speech: espeak-ng said nothing")
	}
	round := make([]int16, clipSeconds*media.Rate)
	for k := range round {
		round[k] = spoken[k%len(spoken)]
	}
	return loud(round, speechRMS), nil
}

// readAll reads a source to its end.
func readAll(src media.Source) ([]int16, error) {
	var all []int16
	f := media.NewFrame(media.Rate)
	for {
		switch err := src.Read(f); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, err
		}
		all = append(all, f.Samples...)
	}
}

// loud scales x to a root mean square, and clips what does not fit.
func loud(x []int16, rms float64) []int16 {
	var energy float64
	for _, v := range x {
		energy += float64(v) * float64(v)
	}
	gain := rms / math.Sqrt(max(energy/float64(len(x)), 1))
	y := make([]int16, len(x))
	for i, v := range x {
		y[i] = media.Clip(int(math.Round(float64(v) * gain)))
	}
	return y
}

// Noise is 10 s of an open microphone in a quiet room, at -65 dBov.
func Noise() []int16 {
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same noise every time is what is wanted
	y := make([]int16, 10*media.Rate)
	for i := range y {
		y[i] = media.Clip(int(math.Round(r.NormFloat64() * noiseRMS)))
	}
	return y
}

// Mark adds a marker to x in every second, beginning 0.5 s into it, and returns
// how many.
func Mark(x []int16) (marks int) {
	const length = int(markerLength * media.Rate / 1e9)
	period := int(MarkerPeriod * media.Rate / 1e9)
	for start := period / 2; start+length <= len(x); start += period {
		for k := range length {
			tone := markerPeak * math.Sin(2*math.Pi*markerHertz/media.Rate*float64(k))
			x[start+k] = media.Clip(int(x[start+k]) + int(math.Round(tone)))
		}
		marks++
	}
	return marks
}
