package jitter_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
	"github.com/botd-dev/botd/media/jitter"
	"github.com/botd-dev/botd/media/measure"
)

// figures are what a run of a receiver shows.
type figures struct {
	sound  []int16
	delays []time.Duration // when heard, less when sent, at every tick
	stats  jitter.Stats
}

// over plays packets of a codec for as long as they come, ticks falling a while
// after what is sent.
func over(t testing.TB, row codec.Codec, all []arrival, phase time.Duration) figures {
	t.Helper()
	var now virtual
	var out figures
	buf, r := receiver(t, row, &now)
	slices.SortStableFunc(all, func(a, b arrival) int { return cmp.Compare(a.at, b.at) })
	end := all[len(all)-1].at
	f := media.NewFrame(media.Rate)
	for now.now = phase; now.now < end; now.now += tick {
		for ; len(all) > 0 && all[0].at <= now.now; all = all[1:] {
			buf.Push(&all[0].Packet, began.Add(all[0].at))
		}
		r.Level()
		if err := r.Read(f); err != nil {
			t.Fatal(err)
		}
		out.sound = append(out.sound, f.Samples...)
		out.delays = append(out.delays, buf.Stats().Delay)
	}
	out.stats = buf.Stats()
	return out
}

func quantile(of []time.Duration, part float64) time.Duration {
	of = slices.Sorted(slices.Values(of))
	return of[int(part*float64(len(of)-1))]
}

func (f figures) String() string {
	longest := time.Duration(0)
	for _, g := range measure.Gaps(f.sound, media.Rate, -50) {
		longest = max(longest, g)
	}
	s := f.stats
	return fmt.Sprintf("longest gap %v, delay %v (95 %%: %v), lost %d, late %d, concealed %d ms, put in %d ms, left out %d ms",
		longest.Round(time.Millisecond), quantile(f.delays, 0.5).Round(time.Millisecond/10), quantile(f.delays, 0.95).Round(time.Millisecond/10),
		s.Lost, s.Late, s.ConcealedSamples/48, s.Inserted/48, s.Removed/48)
}

// recognised is in how many seconds of how many most of what is heard is the
// tone, tenth by tenth: what was put in or left out may change its phase.
func recognised(sound []int16, hz float64) (good, of int) {
	for i := media.Rate; i+media.Rate <= len(sound); i += media.Rate {
		of++
		tone, all := 0.0, 0.0
		for k := i; k < i+media.Rate; k += media.Rate / 10 {
			part := sound[k : k+media.Rate/10]
			tone += math.Pow(10, measure.ToneLevel(part, media.Rate, hz)/10)
			all += math.Pow(10, measure.LevelDBFS(part)/10)
		}
		if tone > all/2 {
			good++
		}
	}
	return good, of
}

// bursts loses a part of the packets, in rows of three on average.
func bursts(part float64) func(int) bool {
	r, losing := rand.New(rand.NewPCG(5, 6)), false
	return func(int) bool {
		if losing {
			losing = r.Float64() > 1.0/3
		} else {
			losing = r.Float64() < part/(1-part)/3
		}
		return losing
	}
}

func singly(part float64) func(int) bool {
	r := rand.New(rand.NewPCG(7, 8))
	return func(int) bool { return r.Float64() < part }
}

// longestRow is how long the longest row of lost packets lasts.
func longestRow(n int, lost func(int) bool) (longest time.Duration) {
	row := time.Duration(0)
	for i := range n {
		if row += tick; !lost(i) {
			row = 0
		}
		longest = max(longest, row)
	}
	return longest
}

func TestLossLeavesNoGaps(t *testing.T) {
	row, _ := codec.Find("opus")
	tone := encoded(t, row, media.Tone(440, -15), 800)
	for _, percent := range []int{0, 1, 5, 10, 20} {
		part := float64(percent) / 100
		for name, losing := range map[string]func(float64) func(int) bool{"singly": singly, "in bursts": bursts} {
			f := over(t, row, without(slices.Clone(tone), losing(part)), 13*time.Millisecond)
			good, of := recognised(f.sound, 440)
			click := sharpest(f.sound[media.Rate:])
			t.Logf("%2d %% lost %s: %d of %d s recognised, sharpest %d, %v", percent, name, good, of, click, f)
			if click > 1000 {
				t.Errorf("%d %% lost %s: a click of %d", percent, name, click)
			}
			if percent <= 5 && good < of || good < of*9/10 {
				t.Errorf("%d %% lost %s: %d of %d s recognised", percent, name, good, of)
			}
			allowed := ms(40)
			if longest := longestRow(len(tone), losing(part)); longest > ms(100) {
				allowed = longest // nobody knows what is said after that
			}
			if g := gapsOf(f.sound); g > allowed {
				t.Errorf("%d %% lost %s: a gap of %v", percent, name, g)
			}
		}
	}
}

// gapsOf is the longest gap.
func gapsOf(sound []int16) (longest time.Duration) {
	for _, g := range measure.Gaps(sound, media.Rate, -50) {
		longest = max(longest, g)
	}
	return longest
}

func TestOnACleanNetworkTheDelayIsShort(t *testing.T) {
	row, _ := codec.Find("opus")
	tone := encoded(t, row, media.Tone(440, -15), 500)
	var all []time.Duration
	for phase := time.Millisecond; phase <= tick; phase += 3 * time.Millisecond {
		r := random()
		some := delayed(slices.Clone(tone), func(int) time.Duration { return time.Duration(r.ExpFloat64() * float64(300*time.Microsecond)) })
		f := over(t, row, some, phase)
		t.Logf("ticks %v after what is sent: %v", phase, f)
		all = append(all, f.delays[150:]...)
		if s := f.stats; gapsOf(f.sound) > 0 || s.Lost+s.Late+s.Concealed > 0 {
			t.Errorf("ticks %v after what is sent: gaps of %v, %+v", phase, gapsOf(f.sound), s)
		}
	}
	median, most := quantile(all, 0.5), quantile(all, 0.95)
	t.Logf("in all: median %v, 95 %% %v", median, most)
	if median > ms(17) || most > ms(28) {
		t.Errorf("median %v, 95 %% %v", median, most)
	}
}

func TestJitterIsStretchedOver(t *testing.T) {
	row, _ := codec.Find("opus")
	for _, most := range []int{10, 30, 60, 100} {
		r := random()
		tone := delayed(encoded(t, row, media.Tone(440, -15), 1000), func(i int) time.Duration {
			if i < 200 || i >= 600 { // it begins in the middle, and ends again
				return 0
			}
			return time.Duration(r.Float64() * float64(ms(most)))
		})
		f := over(t, row, tone, 13*time.Millisecond)
		good, of := recognised(f.sound, 440)
		t.Logf("jitter %d ms: %d of %d s recognised, %v, in the end %v", most, good, of, f, f.delays[len(f.delays)-1])
		if g := gapsOf(f.sound); g > 0 || good < of {
			t.Errorf("jitter %d ms: a gap of %v, %d of %d s recognised", most, g, good, of)
		}
		if d := f.delays[len(f.delays)-1]; d > ms(30) {
			t.Errorf("jitter %d ms: in the end the delay is %v", most, d)
		}
	}
}

func TestAfterAnOutageOfThreeSecondsSoundIsBack(t *testing.T) {
	row, _ := codec.Find("opus")
	out := func(i int) bool { return i >= 200 && i < 350 }
	for name, all := range map[string][]arrival{
		"nothing comes": without(encoded(t, row, media.Tone(440, -15), 700), out),
		"all comes at once": delayed(encoded(t, row, media.Tone(440, -15), 700), func(i int) time.Duration {
			if !out(i) {
				return 0
			}
			return time.Duration(350-i) * tick
		}),
	} {
		f := over(t, row, all, 13*time.Millisecond)
		back := -1
		for i := 350; i < 500 && back < 0; i++ {
			if measure.LevelDBFS(f.sound[i*media.FrameSize:][:media.FrameSize]) > -20 {
				back = i
			}
		}
		last := f.delays[len(f.delays)-1]
		t.Logf("%s: sound is back after %v, in the end the delay is %v; %v", name, time.Duration(back-350)*tick, last, f)
		if back < 0 || back > 353 || last > ms(60) {
			t.Errorf("%s: sound is back after %v, in the end the delay is %v", name, time.Duration(back-350)*tick, last)
		}
		if g := gapsOf(f.sound[360*media.FrameSize:]); g > 0 {
			t.Errorf("%s: a gap of %v", name, g)
		}
	}
}

// hum decodes every packet as the same 20 ms of a tone of 500 Hz.
type hum struct {
	rawCodec
	sound []int16
}

func (h hum) open() (media.Decoder, error) { return h, nil }

func (h hum) Decode(f *media.Frame, _ []byte) error {
	f.Resize(media.FrameSize, media.Rate)
	copy(f.Samples, h.sound)
	return nil
}

func TestForAnHourTheClocksDiffer(t *testing.T) {
	for _, ppm := range []float64{-300, 300} {
		var now virtual
		buf := jitter.New(jitter.Config{ClockRate: media.Rate, Now: now.time, LevelExtension: levelID})
		r := jitter.NewReceiver(buf, hum{sound: record(t, media.Tone(500, -15), tick)}.open)
		f, sent, click, quietest := media.NewFrame(media.Rate), 0, 0, uint8(0)
		p := raw(media.Tone(500, -15), 1)[0].Packet
		p.Payload = p.Payload[:1]
		var least, most time.Duration = time.Hour, 0
		changed := uint64(0)
		for i := range 50 * 3600 {
			now.now = time.Duration(i)*tick + 5*time.Millisecond
			for ; ; sent++ {
				at := time.Duration(float64(sent) * float64(tick) * (1 + ppm/1e6))
				if at > now.now {
					break
				}
				p.SequenceNumber, p.Timestamp = uint16(sent), uint32(sent*media.FrameSize)
				buf.Push(&p, began.Add(at))
			}
			r.Level()
			if err := r.Read(f); err != nil {
				t.Fatal(err)
			}
			s := buf.Stats()
			if i >= 100 {
				least, most = min(least, s.Delay), max(most, s.Delay)
			}
			if now := s.Inserted + s.Removed; i >= 100 && (now != changed || i%50 == 0) {
				click, quietest, changed = max(click, sharpest(f.Samples)), max(quietest, media.Level(f)), now
			}
		}
		s := buf.Stats()
		t.Logf("%+v ppm: delay %v to %v, sharpest %d, quietest -%d dBov; put in %d ms, left out %d ms",
			ppm, least, most, click, quietest, s.Inserted/48, s.Removed/48)
		if least < 0 || most > ms(32) || s.Lost+s.Late+s.Concealed > 0 {
			t.Errorf("%+v ppm: delay %v to %v, %+v", ppm, least, most, s)
		}
		if quietest > 16 || click > 40 || s.Inserted+s.Removed < 48*1000 {
			t.Errorf("%+v ppm: sharpest %d, quietest -%d dBov", ppm, click, quietest)
		}
	}
}

func TestALateTickOfTheServerChangesNothing(t *testing.T) {
	var now virtual
	buf := jitter.New(jitter.Config{ClockRate: media.Rate, Now: now.time, LevelExtension: levelID})
	r := jitter.NewReceiver(buf, openRaw)
	all := raw(media.Tone(500, -15), 500)
	f, sound := media.NewFrame(media.Rate), []int16(nil)
	rnd := random()
	for i := range 480 {
		// Every second the server stands still for 50 ms and then catches up.
		now.now = time.Duration(i)*tick + ms(12) + time.Duration(rnd.IntN(2000))*time.Microsecond
		if stall := i % 50; i >= 50 && stall < 3 {
			now.now = time.Duration(i-stall)*tick + ms(12+50)
		}
		for ; len(all) > 0 && all[0].at <= now.now; all = all[1:] {
			buf.Push(&all[0].Packet, began.Add(all[0].at))
		}
		r.Level()
		if err := r.Read(f); err != nil {
			t.Fatal(err)
		}
		sound = append(sound, f.Samples...)
	}
	s := buf.Stats()
	t.Logf("%+v", s)
	if gapsOf(sound) > 0 || s.Concealed > 0 || s.Inserted+s.Removed > 0 {
		t.Errorf("gaps of %v, %+v", gapsOf(sound), s)
	}
}
