package mix_test

import (
	"errors"
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/mix"
)

func TestATapWithoutPlaysHearsEverybodyAndWhatOthersPlay(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		b.Join("seat", says(900, -20))
		b.Join("low", says(400, -20))
		b.Play(media.Owned{Source: media.Tone(1000, -18), By: "seat"})
		b.Play(media.Owned{Source: media.Tone(2000, -18), By: "another"})
		b.Play(media.Tone(3000, -24))
		o := media.TapOptions{Without: "seat", Ring: time.Minute}
		with := open(t, b, o)
		o.WithoutPlays = true
		tap := open(t, b, o)
		ticks(50)
		sound := samples(drain(t, tap))
		near(t, "a person", tone(sound, 400), -20)
		near(t, "what another plays", tone(sound, 2000), -18)
		near(t, "what nobody in particular plays", tone(sound, 3000), -24)
		absent(t, "what it plays itself", tone(sound, 1000))
		absent(t, "what it says itself", tone(sound, 900))
		smooth(t, sound, 3000, -10)
		near(t, "what it plays, with plays", tone(samples(drain(t, with)), 1000), -18)
	})
}

func TestALoudPlayTurnsNothingDownInATapWithoutIt(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		b.Join("low", says(400, -6))
		tap := open(t, b, media.TapOptions{Without: "seat", WithoutPlays: true, Ring: time.Minute})
		play := b.Play(media.Owned{Source: media.Tone(1000, -1), By: "seat"})
		ticks(25)
		play.Stop()
		ticks(25)
		all := drain(t, tap)
		sound := samples(all)
		for from := 0; from+4800 <= len(sound); from += 4800 {
			near(t, "a person, in 100 ms", tone(sound[from:from+4800], 400), -6)
		}
		absent(t, "the play", tone(sound, 1000))
	})
}

func TestATapWithoutPlaysIsSilentWhileNothingElseSounds(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		b.Join("ear", &port{})
		b.Play(media.Owned{Source: media.Tone(1000, -18), By: "seat"})
		tap := open(t, b, media.TapOptions{Without: "seat", WithoutPlays: true, Ring: time.Minute})
		ticks(20)
		for i, s := range samples(drain(t, tap)) {
			if s != 0 {
				t.Fatalf("sample %d is %d", i, s)
			}
		}
	})
}

func TestATapWithoutPlaysIsOfTheMixAsPCM(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		for _, o := range []media.TapOptions{{Of: "a"}, {Packets: true}, {Each: true}} {
			o.WithoutPlays = true
			if _, err := b.Tap(o); !errors.Is(err, mix.ErrPlays) {
				t.Errorf("%+v: %v", o, err)
			}
		}
	})
}
