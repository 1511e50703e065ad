package mix_test

import (
	"errors"
	"io"
	"math"
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
	"github.com/botd-dev/botd/media/mix"
)

// open opens a tap.
func open(t *testing.T, b *mix.Bridge, opts media.TapOptions) media.Tap {
	t.Helper()
	tap, err := b.Tap(opts)
	if err != nil {
		t.Fatal(err)
	}
	return tap
}

// drain closes a tap and returns all that waits in it.
func drain(t *testing.T, tap media.Tap) (all []media.Tapped) {
	t.Helper()
	tap.Close()
	for {
		var got media.Tapped
		err := tap.Read(&got)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, got)
	}
}

func samples(all []media.Tapped) (sound []int16) {
	for _, got := range all {
		sound = append(sound, got.Frame.Samples...)
	}
	return sound
}

func TestTapsOfAPortOfTheMixAndOfTheMixWithoutOne(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		b.Join("low", says(400, -20))
		b.Join("high", says(1500, -26))
		long := media.TapOptions{Ring: time.Minute}
		with := func(of, without string) media.TapOptions {
			o := long
			o.Of, o.Without = of, without
			return o
		}
		one, all, rest := open(t, b, with("low", "")), open(t, b, long), open(t, b, with("", "low"))
		ticks(50)
		got := samples(drain(t, one))
		near(t, "the port", tone(got, 400), -20)
		absent(t, "another in the port", tone(got, 1500))
		got = samples(drain(t, all))
		near(t, "the first in the mix", tone(got, 400), -20)
		near(t, "the other in the mix", tone(got, 1500), -26)
		got = samples(drain(t, rest))
		absent(t, "who is left out", tone(got, 400))
		near(t, "the others", tone(got, 1500), -26)
	})
}

func TestATapHearsSomebodyWhoIsNotAmongTheLoudest(t *testing.T) {
	during(t, mix.Config{Speakers: 1}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		ear := &port{}
		b.Join("ear", ear)
		b.Join("loud", says(400, -10))
		b.Join("quiet", says(1500, -40))
		tap := open(t, b, media.TapOptions{Of: "quiet"})
		ticks(20)
		near(t, "the quiet one", tone(samples(drain(t, tap)), 1500), -40)
		absent(t, "the quiet one in the mix", tone(ear.sound(), 1500))
		ticks(1)
		before := c.Stats()
		ticks(10)
		if s := c.Stats(); s.Decoded-before.Decoded != s.Ticks-before.Ticks {
			t.Error("it is still decoded")
		}
	})
}

func TestATapGetsNothingOfWhoIsMuted(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		b.Join("ear", &port{})
		b.Mute("voice")
		one, packets := open(t, b, media.TapOptions{Of: "voice"}), open(t, b, media.TapOptions{Of: "caller", Packets: true})
		b.Join("voice", says(400, -20))
		b.Mute("caller")
		b.Join("caller", newCaller(t, media.Tone(400, -20)))
		ticks(20)
		for _, got := range drain(t, one) {
			if got.Level != media.Silent || got.Speaker != "" {
				t.Errorf("%q speaks at -%d dBov", got.Speaker, got.Level)
			}
			if len(got.Frame.Samples) != media.FrameSize || measure.LevelDBFS(got.Frame.Samples) > -100 {
				t.Error("something was heard")
			}
		}
		for _, got := range drain(t, packets) {
			if len(got.Payload) > 0 {
				t.Error("a packet of who is muted")
			}
		}
	})
}

func TestATapSaysWhenAndWho(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		voice := says(400, -20)
		b.Join("voice", voice)
		b.Join("murmur", says(1500, -40))
		ticks(50)
		tap := open(t, b, media.TapOptions{})
		ticks(10)
		voice.say(nil)
		ticks(10)
		all := drain(t, tap)
		for i, got := range all {
			if got.Sequence != uint64(i) {
				t.Errorf("number %d is %d", i, got.Sequence)
			}
			if want := all[0].Time + time.Duration(i)*media.FrameDuration; got.Time != want {
				t.Errorf("number %d was at %v, want %v", i, got.Time, want)
			}
		}
		if at := all[0].Time; at < 980*time.Millisecond || at > 1040*time.Millisecond {
			t.Errorf("a tap that was opened after a second begins at %v", at)
		}
		if first := all[0]; first.Speaker != "voice" || first.Level != 20 {
			t.Errorf("%q speaks at -%d dBov", first.Speaker, first.Level)
		}
		if last := all[len(all)-1]; last.Speaker != "murmur" || last.Level != 40 {
			t.Errorf("%q speaks at -%d dBov", last.Speaker, last.Level)
		}
	})
}

func TestASlowReaderLosesItsOldestAndDisturbsNobody(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		ear := &port{}
		b.Join("ear", ear)
		b.Join("voice", says(400, -20))
		slow, quick := open(t, b, media.TapOptions{}), open(t, b, media.TapOptions{Ring: time.Minute})
		ticks(100)
		if gaps := measure.Gaps(ear.sound(), media.Rate, -50); len(gaps) > 0 {
			t.Errorf("gaps of %v", gaps)
		}
		n := slow.Dropped()
		all, others := drain(t, slow), drain(t, quick)
		if len(all) != 25 || n < 70 || quick.Dropped() != 0 {
			t.Errorf("%d wait, %d dropped, and %d of the other", len(all), n, quick.Dropped())
		}
		if first := all[0].Sequence; first != n {
			t.Errorf("after %d were dropped it goes on with %d", n, first)
		}
		if last := all[24].Sequence; last != others[len(others)-1].Sequence {
			t.Errorf("the newest is %d", last)
		}
	})
}

func TestATapHasTheRateOfItsReader(t *testing.T) {
	for _, hz := range []int{8000, 16000, 24000, 48000} {
		during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
			b.Join("voice", says(1000, -20))
			tap := open(t, b, media.TapOptions{Of: "voice", Rate: hz, Ring: time.Minute})
			ticks(50)
			all := drain(t, tap)
			for _, got := range all {
				if got.Frame.Rate != hz || len(got.Frame.Samples) != hz/50 {
					t.Fatalf("%d samples at %d Hz", len(got.Frame.Samples), got.Frame.Rate)
				}
			}
			sound := samples(all[2:])
			near(t, "the tone", measure.ToneLevel(sound, hz, 1000), -20)
			if snr := measure.SNR(sound, hz, 1000); snr < 60 {
				t.Errorf("at %d Hz %.0f dB above the noise", hz, snr)
			}
		})
	}
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		if _, err := b.Tap(media.TapOptions{Rate: 44100}); !errors.Is(err, mix.ErrRate) {
			t.Errorf("a tap of 44100 Hz: %v", err)
		}
		b.Close()
		if _, err := b.Tap(media.TapOptions{}); !errors.Is(err, mix.ErrClosed) {
			t.Errorf("a tap of a closed bridge: %v", err)
		}
	})
}

func TestATapOfPacketsGetsThemAsTheyCameOrAsTheyAreEncoded(t *testing.T) {
	during(t, mix.Config{Encoders: newOpus}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		voice, bot := newCaller(t, media.Tone(440, -20)), says(900, -20)
		long := func(of string) media.TapOptions {
			return media.TapOptions{Of: of, Packets: true, Ring: time.Minute}
		}
		came, made, all := open(t, b, long("voice")), open(t, b, long("bot")), open(t, b, long(""))
		b.Join("voice", voice)
		b.Join("bot", bot)
		ticks(100)
		for i, got := range drain(t, came) {
			if string(got.Payload) != string(voice.passed[i]) || got.Codec != "opus" {
				t.Errorf("packet %d of %d octets is not what was said, of %d", i, len(got.Payload), len(voice.passed[i]))
				break
			}
		}
		both := decode(t, sent(drain(t, all)))[48000:]
		for what, level := range map[string]float64{
			"the bot":              tone(decode(t, sent(drain(t, made)))[48000:], 900),
			"the bot in the mix":   tone(both, 900),
			"the other in the mix": tone(both, 440),
		} {
			if math.Abs(level+20) > 0.5 {
				t.Errorf("%s has %.1f dB", what, level)
			}
		}
	})
}

func sent(all []media.Tapped) (s []media.Sound) {
	for _, got := range all {
		s = append(s, media.Sound{Payload: got.Payload, Lost: got.Lost})
	}
	return s
}

func TestTapsDoNotKeepABridgeGoing(t *testing.T) {
	during(t, mix.Config{}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		tap := open(t, b, media.TapOptions{Ring: time.Minute})
		ticks(10)
		b.Join("voice", says(400, -20))
		ticks(10)
		b.Leave("voice")
		ticks(10)
		if c.Stats().Bridges != 0 {
			t.Error("ticked with nobody on it")
		}
		b.Join("voice", says(400, -20))
		ticks(10)
		if n := len(drain(t, tap)); n < 20 || n > 24 {
			t.Errorf("%d ticks", n)
		}
	})
}

// A tap hears as frames what is passed on as packets, and goes on without a seam
// when that ends.
func TestATapHasNoSeamWherePassingEnds(t *testing.T) {
	during(t, mix.Config{Encoders: newOpus}, func(t *testing.T, b *mix.Bridge, _ *mix.Clock) {
		voice, third := newCaller(t, media.Tone(310, -12)), newCaller(t, nil)
		b.Join("voice", voice)
		b.Join("ear", newCaller(t, nil))
		b.Join("third", third)
		bot := &port{}
		b.Join("bot", bot)
		one, all := open(t, b, media.TapOptions{Of: "voice", Ring: time.Minute}), open(t, b, media.TapOptions{Ring: time.Minute})
		ticks(20)
		bot.sound()
		ticks(20)
		third.say(frames(3000, -58, 20))
		ticks(40)
		if voice.count.resumes != 1 {
			t.Fatalf("taken up %d times", voice.count.resumes)
		}
		smooth(t, samples(drain(t, one)[5:]), 310, -12)
		smooth(t, samples(drain(t, all)[5:]), 310, -12)
		smooth(t, bot.sound(), 310, -12)
	})
}
