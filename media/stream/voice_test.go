package stream

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
	"github.com/botd-dev/botd/media/mix"
)

// ear is a port that hears.
type ear struct {
	mu    sync.Mutex
	heard []int16
}

func (*ear) Level() uint8              { return media.Silent }
func (*ear) Read(f *media.Frame) error { f.Silence(); return nil }
func (*ear) Skip()                     {}
func (*ear) Format() media.Format      { return media.Format{} }
func (e *ear) Hear(s media.Sound) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard = append(e.heard, s.Frame.Samples...)
}

func (e *ear) sound() []int16 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]int16(nil), e.heard...)
}

// onBridge runs f with a voice and somebody who hears it, in fake time.
func onBridge(t *testing.T, marked func(string, bool, time.Duration), f func(v *Voice, e *ear, s *Stats)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := mix.NewClock(mix.Config{})
		b := c.NewBridge(mix.Options{})
		stats := new(Stats)
		v, err := NewVoice(24000, stats, marked)
		if err != nil {
			t.Fatal(err)
		}
		e := &ear{}
		b.Join("voice", v)
		b.Join("ear", e)
		time.Sleep(time.Second + media.FrameDuration/2)
		f(v, e, stats)
		if err := c.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// tone is so much of a tone at 24 kHz.
func tone(hz float64, d time.Duration) []int16 {
	samples := make([]int16, int(d*24000/time.Second))
	for i := range samples {
		samples[i] = int16(8000 * math.Sin(2*math.Pi*hz*float64(i)/24000))
	}
	return samples
}

// onset is where sound begins, or len.
func onset(sound []int16) int {
	for i, s := range sound {
		if s > 300 || s < -300 {
			return i
		}
	}
	return len(sound)
}

// offset is where sound ends.
func offset(sound []int16) int {
	for i := len(sound); i > 0; i-- {
		if s := sound[i-1]; s > 300 || s < -300 {
			return i
		}
	}
	return 0
}

func TestSoundInAnyPiecesIsHeardWithoutGaps(t *testing.T) {
	for _, piece := range []int{1, 7, 160, 480, 481, 24000} {
		onBridge(t, nil, func(v *Voice, e *ear, _ *Stats) {
			all := tone(1000, time.Second)
			for at := 0; at < len(all); at += piece {
				v.Say(all[at:min(at+piece, len(all))])
			}
			time.Sleep(2 * time.Second)
			sound := e.sound()
			sound = sound[onset(sound):offset(sound)]
			if n := len(sound); n < media.Rate-200 || n > media.Rate+200 {
				t.Errorf("pieces of %d: %d samples of 48000", piece, n)
			}
			if hz, part := measure.Peak(sound, media.Rate); math.Abs(hz-1000) > 1 || part < 0.99 {
				t.Errorf("pieces of %d: %.1f Hz, %.3f", piece, hz, part)
			}
			if g := measure.Gaps(sound, media.Rate, -40); g != nil {
				t.Errorf("pieces of %d: gaps %v", piece, g)
			}
		})
	}
}

func TestItBeginsWithTheFirstFrame(t *testing.T) {
	onBridge(t, nil, func(v *Voice, e *ear, _ *Stats) {
		was := len(e.sound())
		v.Say(tone(1000, 20*time.Millisecond))
		time.Sleep(time.Second)
		sound := e.sound()
		if late := onset(sound) - was; late > media.FrameSize {
			t.Errorf("it is heard %d samples after it could be", late)
		}
	})
}

func TestStopIsSilenceWithin40msAndNothingComesAfter(t *testing.T) {
	onBridge(t, nil, func(v *Voice, e *ear, _ *Stats) {
		v.Say(tone(1000, 10*time.Second))
		time.Sleep(time.Second)
		stopped := len(e.sound())
		played, dropped := v.Stop()
		if played < 900*time.Millisecond || played > 1100*time.Millisecond || played+dropped != 10*time.Second {
			t.Errorf("%v played, %v dropped", played, dropped)
		}
		time.Sleep(time.Second)
		sound := e.sound()
		if last := offset(sound) - stopped; last > 2*media.FrameSize {
			t.Errorf("%d samples after the stop", last)
		}
		for i := stopped; i < stopped+media.FrameSize; i++ { // it fades
			if step := int(sound[i]) - int(sound[i-1]); step > 2500 || step < -2500 {
				t.Errorf("a click of %d", step)
			}
		}
		v.Say(tone(2500, time.Second))
		time.Sleep(2 * time.Second)
		sound = e.sound()
		if hz, part := measure.Peak(sound[onset(sound[stopped+4800:])+stopped+4800:offset(sound)], media.Rate); math.Abs(hz-2500) > 2 || part < 0.98 {
			t.Errorf("what came later: %.1f Hz, %.3f", hz, part)
		}
	})
}

func TestOnABadNetworkTheGapsSoonEnd(t *testing.T) {
	onBridge(t, nil, func(v *Voice, e *ear, _ *Stats) {
		random := rand.New(rand.NewPCG(1, 2))
		all := tone(1000, 20*time.Second)
		began := time.Now()
		for i := range 1000 { // paced, each up to 45 ms late
			due := began.Add(time.Duration(i) * 20 * time.Millisecond)
			time.Sleep(time.Until(due.Add(time.Duration(random.IntN(45)) * time.Millisecond)))
			v.Say(all[i*480 : (i+1)*480])
		}
		time.Sleep(time.Second)
		sound := e.sound()
		late := sound[len(sound)/2 : offset(sound)]
		if g := measure.Gaps(late, media.Rate, -40); g != nil {
			t.Errorf("after ten seconds there still are gaps: %v", g)
		}
	})
}

func TestEveryGapMakesItWaitLongerAndAQuietMinuteForgetsThem(t *testing.T) {
	cushion := func(v *Voice) int {
		v.mu.Lock()
		defer v.mu.Unlock()
		return v.cushion
	}
	onBridge(t, nil, func(v *Voice, _ *ear, _ *Stats) {
		for range 3 {
			v.Say(tone(1000, 100*time.Millisecond))
			time.Sleep(220 * time.Millisecond)
		}
		if n := cushion(v); n != 3 {
			t.Errorf("after two gaps it waits for %d frames", n)
		}
		time.Sleep(time.Second)
		v.Say(tone(1000, time.Minute))
		time.Sleep(62 * time.Second)
		if n := cushion(v); n != 1 {
			t.Errorf("after a quiet minute it waits for %d", n)
		}
	})
}

func TestMarksAreToldWhenTheyAreHeardOrDropped(t *testing.T) {
	var told []string
	began := time.Time{}
	marked := func(name string, heard bool, played time.Duration) {
		told = append(told, fmt.Sprint(name, " ", heard, " ", played, " at ", time.Since(began).Round(20*time.Millisecond)))
	}
	onBridge(t, marked, func(v *Voice, _ *ear, _ *Stats) {
		began = time.Now()
		v.Mark("nothing")
		v.Say(tone(1000, 100*time.Millisecond))
		v.Mark("first")
		v.Say(tone(1000, 5*time.Second))
		v.Mark("second")
		time.Sleep(time.Second)
		synctest.Wait()
		v.Stop()
		v.Say(tone(1000, 100*time.Millisecond))
		v.Mark("third")
		time.Sleep(time.Second)
		synctest.Wait()
		want := []string{"nothing true 0s at 20ms", "first true 100ms at 120ms", "second false 1s at 1s", "third true 1.1s at 1.14s"}
		if fmt.Sprint(told) != fmt.Sprint(want) {
			t.Errorf("told %q\nwant %q", told, want)
		}
	})
}

func TestAFloodIsBoundedAndTheNewestIsDropped(t *testing.T) {
	onBridge(t, nil, func(v *Voice, _ *ear, s *Stats) {
		minute := tone(1000, time.Minute)
		for range 100 {
			v.Say(minute)
		}
		if v.waiting > int(longest.Seconds())*24000 {
			t.Errorf("%d samples wait", v.waiting)
		}
		if n := s.Overflowed.Load(); n < 96*3000 || n > 98*3000 {
			t.Errorf("%d frames dropped", n)
		}
	})
}

func TestAVoiceThatSaysNothingSleeps(t *testing.T) {
	onBridge(t, nil, func(v *Voice, _ *ear, _ *Stats) {
		if v.Awake().Load() {
			t.Error("it is awake")
		}
		v.Say(tone(1000, 100*time.Millisecond))
		if !v.Awake().Load() {
			t.Error("it sleeps")
		}
		time.Sleep(time.Second)
		if v.Awake().Load() {
			t.Error("it is still awake")
		}
	})
}

func TestAVoiceAllocatesNothingInATick(t *testing.T) {
	v, err := NewVoice(16000, new(Stats), nil)
	if err != nil {
		t.Fatal(err)
	}
	v.Say(make([]int16, 16000*100))
	f := media.NewFrame(media.Rate)
	if n := testing.AllocsPerRun(100, func() { v.Level(); _ = v.Read(f) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestSingleSamplesWaitInNoMoreMemoryThanFramesOfThem(t *testing.T) {
	v, err := NewVoice(24000, new(Stats), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := tone(440, 4*time.Second)
	for i := range want {
		v.Say(want[i : i+1 : i+1])
	}
	if n := len(v.chunks); n > 4*50 {
		t.Errorf("4 s of single samples wait in %d pieces", n)
	}
	got := make([]int16, len(want))
	if n := v.pop(got); n != len(want) || !slices.Equal(got, want) {
		t.Errorf("%d samples of %d, the same: %v", n, len(want), slices.Equal(got, want))
	}
}

func TestManyMarksDoNotHoldUpATick(t *testing.T) {
	var v *Voice
	told := 0
	v, err := NewVoice(24000, new(Stats), func(string, bool, time.Duration) { told++ })
	if err != nil {
		t.Fatal(err)
	}
	for range maxMarks {
		v.Mark("m")
	}
	if v.Level(); told > tickMarks {
		t.Errorf("one tick tells of %d marks", told)
	}
	v.marked = func(string, bool, time.Duration) {
		if !v.mu.TryLock() {
			t.Fatal("the tick waits until all marks are told")
		}
		v.mu.Unlock()
		told++
	}
	if v.Stop(); told != maxMarks {
		t.Errorf("told of %d marks of %d", told, maxMarks)
	}
}
