package mix_test

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"github.com/hraban/opus"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
	"github.com/botd-dev/botd/media/mix"
)

func TestTwoWhoSpeakOpusAreHandedEachOthersPackets(t *testing.T) {
	during(t, mix.Config{Encoders: newOpus}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		one, other := newCaller(t, media.Tone(440, -20)), newCaller(t, media.Tone(900, -20))
		b.Join("one", one)
		b.Join("other", other)
		ticks(100)
		b.Close()
		same(t, one, other)
		same(t, other, one)
		if s := c.Stats(); s.Decoded != 0 || s.Encoded != 0 || s.Primed != 0 || s.Relayed != 200 {
			t.Errorf("decoded %d, encoded %d, primed %d, handed on %d", s.Decoded, s.Encoded, s.Primed, s.Relayed)
		}
	})
}

// same fails unless the one has been sent exactly what the other said.
func same(t *testing.T, who, speaker *caller) {
	t.Helper()
	for i, s := range who.received() {
		if !bytes.Equal(s.Payload, speaker.passed[i]) {
			t.Fatalf("packet %d is not what was said", i)
		}
	}
}

func TestAHundredAreHandedThePacketsOfOne(t *testing.T) {
	during(t, mix.Config{Encoders: newOpus}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		voice := newCaller(t, media.Tone(440, -20))
		b.Join("voice", voice)
		ears := make([]*caller, 100)
		for i := range ears {
			ears[i] = newCaller(t, nil)
			b.Join(fmt.Sprint(i), ears[i])
		}
		ticks(50)
		for _, e := range ears {
			same(t, e, voice)
		}
		if s := c.Stats(); s.Decoded != 0 || s.Encoded != 0 {
			t.Errorf("decoded %d, encoded %d", s.Decoded, s.Encoded)
		}
		frames := 0
		tap, err := b.Tap(media.TapOptions{Of: "voice"})
		if err != nil {
			t.Fatal(err)
		}
		mixed, err := b.Tap(media.TapOptions{})
		if err != nil {
			t.Fatal(err)
		}
		before := c.Stats()
		ticks(50)
		s := c.Stats()
		if decoded, n := s.Decoded-before.Decoded, s.Ticks-before.Ticks; decoded != n || s.Encoded != 0 {
			t.Errorf("two taps: decoded %d in %d ticks, encoded %d", decoded, n, s.Encoded)
		}
		tap.Close()
		mixed.Close()
		var got media.Tapped
		for tap.Read(&got) == nil {
			frames++
		}
		if frames != 25 {
			t.Errorf("%d frames wait in a ring of 500 ms", frames)
		}
	})
}

func TestALostPacketIsLostToWhoItIsHandedTo(t *testing.T) {
	during(t, mix.Config{Encoders: newOpus}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		voice, ear := newCaller(t, media.Tone(440, -20)), newCaller(t, nil)
		b.Join("voice", voice)
		b.Join("ear", ear)
		ticks(10)
		voice.mu.Lock()
		voice.lose = 1
		voice.mu.Unlock()
		ticks(10)
		lost := 0
		for _, s := range ear.received() {
			if s.Lost {
				lost++
			}
			if s.Lost != (len(s.Payload) == 0) {
				t.Error("neither lost nor there")
			}
		}
		if lost != 1 || c.Stats().Decoded != 0 {
			t.Errorf("%d lost, %d decoded", lost, c.Stats().Decoded)
		}
	})
}

// Somebody else says something too quiet to matter, and so what was passed on
// has to be mixed. The listener's decoder goes to another encoder in the middle
// of a tone, for which Opus has no means: its decoder fades for 5 ms from what it
// makes up, or its filters have to find their state. Without a past to prime the
// encoder with, what is beside the tone is as loud as the tone itself.
func TestAToneGoesFromPassingToMixingWithoutAClick(t *testing.T) {
	for _, row := range []struct {
		name string
		app  opus.Application
		most float64
	}{{"from CELT", opus.AppRestrictedLowdelay, -6}, {"from SILK", opus.AppVoIP, -6}} {
		t.Run(row.name, func(t *testing.T) {
			during(t, mix.Config{Encoders: newOpus}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
				voice, ear, third := newCaller(t, media.Tone(440, -20)), newCaller(t, nil), newCaller(t, nil)
				voice.enc, _ = opus.NewEncoder(media.Rate, 1, row.app)
				b.Join("voice", voice)
				b.Join("ear", ear)
				b.Join("third", third)
				ticks(150)
				third.say(frames(3000, -58, 20))
				ticks(150)
				b.Close()
				if voice.count.resumes != 1 || c.Stats().Encoded == 0 {
					t.Fatalf("taken up %d times, %d encoded", voice.count.resumes, c.Stats().Encoded)
				}
				for who, p := range map[string]*caller{"who listened": ear, "who spoke": third} {
					heard := residue(t, payloads(p.received()))
					t.Logf("to %s: worst 5 ms %.1f dB; of the packets alone %.1f dB", who, heard, residue(t, voice.passed))
					if heard > row.most {
						t.Errorf("a change is heard: %.1f dB", heard)
					}
				}
			})
		})
	}
}

// A voice is mixed because somebody else says something, in the middle of a loud
// syllable or not, and passed on again in a pause. At neither moment is the
// difference between what is heard and what was said more than coding makes it.
func TestAVoiceGoesToMixingAndBackUnnoticed(t *testing.T) {
	during(t, mix.Config{Encoders: newOpus}, func(t *testing.T, b *mix.Bridge, c *mix.Clock) {
		voice, ear, third := newCaller(t, syllables()), newCaller(t, nil), newCaller(t, nil)
		b.Join("voice", voice)
		b.Join("ear", ear)
		b.Join("third", third)
		const times = 6
		for i := range times {
			ticks(94 + i%5)
			third.say(frames(3000, -58, 5))
			ticks(95)
		}
		b.Close()
		s := c.Stats()
		if voice.count.resumes < times-2 || s.Relayed == 0 || s.Encoded > times*2*100 {
			t.Errorf("taken up %d times, %d handed on, %d encoded", voice.count.resumes, s.Relayed, s.Encoded)
		}
		all := make([]media.Sound, len(voice.passed))
		for i, p := range voice.passed {
			all[i].Payload = p
		}
		heard, said := decode(t, ear.received()), decode(t, all)
		worst := math.Inf(-1)
		for _, tick := range changes(ear.received(), voice.passed) {
			at := tick * media.FrameSize
			there, _ := beside(heard[at:at+2*media.FrameSize], said[at:at+2*media.FrameSize])
			t.Logf("at tick %d: %.1f dBov, of sound of %.1f dBov", tick, there, measure.LevelDBFS(said[at:at+media.FrameSize]))
			worst = max(worst, there)
		}
		if worst > -20 {
			t.Errorf("a change is heard: %.1f dBov", worst)
		}
	})
}

// changes are the ticks in which a listener went from packets that were passed
// on to others or back.
func changes(sent []media.Sound, said [][]byte) (at []int) {
	passed := true
	for i := range min(len(sent), len(said)) {
		if same := bytes.Equal(sent[i].Payload, said[i]); same != passed {
			passed = same
			at = append(at, i)
		}
	}
	return at
}

// syllables is something like a voice: harmonics of a pitch that wanders, in
// syllables of a quarter of a second with a pause after each fourth.
func syllables() media.Source {
	n, phase := 0, 0.0
	return media.SourceFunc(func(f *media.Frame) error {
		f.Resize(media.FrameSize, media.Rate)
		for i := range f.Samples {
			at := float64(n) / media.Rate
			n++
			phase += 2 * math.Pi * (120 + 20*math.Sin(2*math.Pi*at/3)) / media.Rate
			envelope := max(0, math.Sin(2*math.Pi*4*at))
			if int(4*at)%5 == 4 {
				envelope = 0
			}
			s := 0.0
			for h := 1; h <= 20; h++ {
				s += math.Sin(float64(h)*phase) / float64(h)
			}
			f.Samples[i] = int16(3+4000*envelope*s) | 1
		}
		return nil
	})
}

func payloads(sent []media.Sound) (packets [][]byte) {
	for _, s := range sent {
		if len(s.Payload) > 0 {
			packets = append(packets, s.Payload)
		}
	}
	return packets
}
