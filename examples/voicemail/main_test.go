package main

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/botd-dev/botd/bot/bottest"
	"github.com/botd-dev/botd/media"
)

// call gives a play and returns how long the messages are that are kept then, and
// how much of a beep alice has heard.
func call(t *testing.T, script func(s *bottest.Script, alice *bottest.Person)) (messages []time.Duration, tone time.Duration) {
	t.Helper()
	m := mailbox{t.TempDir()}
	bottest.Run(t, m.answer, func(s *bottest.Script) {
		alice := s.Person("alice")
		alice.Listen(func(sound []int16) {
			if amplitude(sound, pitch) > 3000 {
				tone += media.FrameDuration
			}
		})
		alice.Calls()
		alice.Hears("leave a message after the tone and press the hash key")
		alice.Waits(500*time.Millisecond + beep + before)
		script(s, alice)
	})
	files, err := filepath.Glob(filepath.Join(m.dir, "*.wav"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		messages = append(messages, length(t, file))
	}
	return messages, tone
}

// amplitude is that of a tone in 20 ms at 48 kHz.
func amplitude(sound []int16, hertz float64) float64 {
	var re, im float64
	for i, v := range sound {
		sin, cos := math.Sincos(2 * math.Pi * hertz * float64(i) / media.Rate)
		re, im = re+float64(v)*cos, im+float64(v)*sin
	}
	return 2 * math.Hypot(re, im) / media.FrameSize
}

// length is that of a WAV of 16 bits, by its header.
func length(t *testing.T, file string) time.Duration {
	t.Helper()
	wav, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const header = 44
	if len(wav) < header || string(wav[:4]) != "RIFF" || binary.LittleEndian.Uint32(wav[24:]) != rate {
		t.Fatalf("%s is no recording: % x", file, wav[:min(len(wav), header)])
	}
	return time.Duration(len(wav)-header) / 2 * time.Second / rate
}

// isAbout says that there is one message, and of what length it is.
func isAbout(t *testing.T, messages []time.Duration, want time.Duration) {
	t.Helper()
	if len(messages) != 1 || (messages[0]-want).Abs() > 200*time.Millisecond {
		t.Errorf("there are messages of %v, want one of %v", messages, want)
	}
}

const (
	words  = "Please call me back tomorrow morning."
	lasts  = 1680 * time.Millisecond // to say it
	before = 200 * time.Millisecond  // that somebody waits after the tone
)

func TestAMessageEndsWithAKeyAndIsHeardAgain(t *testing.T) {
	messages, tone := call(t, func(_ *bottest.Script, alice *bottest.Person) {
		alice.Says(words)
		alice.Presses("#")
		alice.Hears("seconds of your message 2")
		alice.Presses("1")
		alice.Hears("please call me back tomorrow morning") // her own words
		alice.Hears("to keep it hang up")
		alice.HangsUp()
	})
	isAbout(t, messages, before+lasts)
	if tone < beep-40*time.Millisecond || tone > beep+40*time.Millisecond {
		t.Errorf("it beeped for %v, want %v", tone, beep)
	}
}

func TestAMessageEndsWithSilenceWhichIsNotPartOfIt(t *testing.T) {
	messages, _ := call(t, func(_ *bottest.Script, alice *bottest.Person) {
		alice.Says(words)
		alice.Hears("seconds of your message 2")
		alice.Hears("to keep it hang up")
		alice.Within(20 * time.Second).Hears("goodbye") // she does nothing
		alice.IsHungUpOn()
	})
	isAbout(t, messages, before+lasts)
}

func TestAMessageIsReplacedByAnotherOne(t *testing.T) {
	messages, tone := call(t, func(_ *bottest.Script, alice *bottest.Person) {
		alice.Says(words)
		alice.Presses("#")
		alice.Hears("seconds of your message 2")
		alice.Presses("2")
		alice.Waits(beep + before)
		alice.Says("Never mind.")
		alice.Presses("#")
		alice.Hears("seconds of your message 1")
		alice.HangsUp()
	})
	isAbout(t, messages, before+700*time.Millisecond)
	if tone < 2*beep-80*time.Millisecond {
		t.Errorf("it beeped for %v in all", tone)
	}
}

func TestWhoHangsUpWhileTheySpeakHasLeftAMessage(t *testing.T) {
	messages, _ := call(t, func(_ *bottest.Script, alice *bottest.Person) {
		alice.BeginsToSay(words)
		alice.Waits(time.Second)
		alice.HangsUp()
	})
	isAbout(t, messages, before+time.Second)
}

func TestSilenceIsNoMessage(t *testing.T) {
	messages, _ := call(t, func(_ *bottest.Script, alice *bottest.Person) {
		alice.Hears("there is no message")
		alice.IsHungUpOn()
	})
	if len(messages) > 0 {
		t.Errorf("there are messages of %v", messages)
	}
}
