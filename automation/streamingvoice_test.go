package automation_test

import (
	"math"
	"testing"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/measure"
)

func bidirectional(o *automation.MediaStreamingOptions) {
	o.EnableBidirectional, o.AudioFormat = true, "pcm24KMono"
}

// tone24 is a tone of so many milliseconds at 24 kHz.
func tone24(hz float64, ms int) []int16 {
	src := media.Chain(media.Tone(hz, -20), media.Resample(24000))
	var all []int16
	for f := media.NewFrame(24000); len(all) < 24*ms; all = append(all, f.Samples...) {
		_ = src.Read(f)
	}
	return all[:24*ms]
}

func TestWhatTheApplicationSaysIsHeardByTheOthersAndNotByItself(t *testing.T) {
	h, app := newHall(t), newSocket(t)
	l, _ := h.answers(streamed(app.url(), bidirectional))
	h.until("it is open", func() bool { return len(app.messages(0)) > 1 })
	app.tell(spoken(tone24(1000, 1003))) // in one piece, and no whole frames
	h.until("it was heard", func() bool {
		heard := l.sound()
		return measure.LevelDBFS(heard) > -60 && measure.LevelDBFS(heard[max(0, len(heard)-4800):]) < -90
	})
	heard := l.sound()
	first := onset(heard)
	sound := heard[first : first+48000]
	if hz, part := measure.Peak(sound, media.Rate); math.Abs(hz-1000) > 1 || part < 0.99 {
		t.Errorf("%.1f Hz, %.3f of it", hz, part)
	}
	if gaps := measure.Gaps(sound, media.Rate, -40); gaps != nil {
		t.Errorf("gaps %v", gaps)
	}
	if level := measure.LevelDBFS(sound); math.Abs(level+20) > 0.5 {
		t.Errorf("%.1f dB", level)
	}
	if level := measure.LevelDBFS(pcm(app.messages(0), "")); level > -90 {
		t.Errorf("it hears itself: %.1f dB", level)
	}
}

// onset is where sound begins.
func onset(sound []int16) int {
	for i, s := range sound {
		if s > 100 || s < -100 {
			return i
		}
	}
	return len(sound)
}

func TestStopAudioSilencesAndDropsWhatWaits(t *testing.T) {
	h, app := newHall(t), newSocket(t)
	l, _ := h.answers(streamed(app.url(), bidirectional))
	h.until("it is open", func() bool { return len(app.messages(0)) > 1 })
	app.tell(spoken(tone24(1000, 7000)))
	h.until("it is heard", func() bool { return onset(l.sound()) < len(l.sound())-9600 })
	app.tell(`{"Kind":"StopAudio","AudioData":null,"StopAudio":{}}`)
	h.until("it is silent", func() bool { s := l.sound(); return measure.LevelDBFS(s[len(s)-4800:]) < -90 })
	app.tell(`{"kind":"AudioData","audioData":{"data":"!"}}`)
	app.tell(`nonsense`)
	app.tell(spoken(tone24(2500, 300)))
	h.until("what comes later is heard", func() bool { s := l.sound(); return measure.LevelDBFS(s[len(s)-4800:]) > -30 })
	s := l.sound()
	if hz, _ := measure.Peak(s[len(s)-4800:], media.Rate); math.Abs(hz-2500) > 20 {
		t.Errorf("%.1f Hz", hz)
	}
	h.want(h.stats.Misunderstood.Load(), 2)
	if len(s)-onset(s) > 3*media.Rate {
		t.Error("it took long to be silent")
	}
}

func TestAnApplicationThatMayNotSpeakIsNotHeard(t *testing.T) {
	h, app := newHall(t), newSocket(t)
	l, _ := h.answers(streamed(app.url()))
	h.until("it is open", func() bool { return len(app.messages(0)) > 1 })
	app.tell(spoken(tone24(1000, 500)))
	was := len(l.sound())
	h.until("a second is over", func() bool { return len(l.sound()) > was+media.Rate })
	if level := measure.LevelDBFS(l.sound()); level > -90 {
		t.Errorf("%.1f dB", level)
	}
}

func TestWhoChoosesOurProtocolHasMarksAndBinarySound(t *testing.T) {
	h, app := newHall(t), newSocket(t)
	app.accept.Subprotocols = []string{"botd.media.v1"}
	app.parse = false
	l, _ := h.answers(streamed(app.url(), bidirectional))
	l.say(media.Tone(1000, -20))
	h.until("binary sound comes, and in it the tone", func() bool {
		sound := app.binary(0)
		hz, _ := measure.Peak(sound[len(sound)-min(len(sound), 2400):], 24000)
		return math.Abs(hz-1000) <= 20
	})
	app.tell(spoken(tone24(1000, 200)))
	app.tell(`{"kind":"mark","mark":{"name":"first"}}`)
	app.tell(spoken(tone24(1000, 5000)))
	app.tell(`{"kind":"mark","mark":{"name":"second"}}`)
	h.until("the first mark is heard", func() bool { return app.has(`"name":"first","heard":true,"playedMs":200`) })
	app.tell(`{"kind":"StopAudio"}`)
	h.until("the second is not", func() bool { return app.has(`"name":"second","heard":false`) && app.has(`"kind":"played"`) })
}
