package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/bot/bottest"
)

// transcript gives a play and returns the lines that were written in it, without
// their times.
func transcript(t *testing.T, script func(s *bottest.Script)) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "transcript")
	bottest.Run(t, transcriber{file}.listen, script)
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(written)) {
		at, text, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if _, err := time.Parse(time.TimeOnly, at); err != nil {
			t.Error(err)
		}
		lines = append(lines, text)
	}
	return lines
}

// is compares lines.
func is(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("it wrote\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestWhoSaidWhatIsWrittenDown(t *testing.T) {
	got := transcript(t, func(s *bottest.Script) {
		alice, bob := s.Person("alice"), s.Person("bob")
		alice.Joins("standup")
		bob.Joins("standup")
		s.SendBot("standup")
		alice.Hears("from now on I write down what you say")
		alice.Waits(time.Second)
		alice.Says("Yesterday I mended the gate.")
		alice.Waits(2 * time.Second)
		bob.Says("And I painted it green.")
		s.Passes(2 * time.Second)
	})
	is(t, got, "alice: Yesterday I mended the gate.", "bob: And I painted it green.")
}

func TestTwoWhoSpeakAtOnceAreKeptApart(t *testing.T) {
	got := transcript(t, func(s *bottest.Script) {
		alice, bob := s.Person("alice"), s.Person("bob")
		alice.Joins("standup")
		bob.Joins("standup")
		s.SendBot("standup")
		alice.Hears("write down what you say")
		alice.Waits(time.Second)
		alice.BeginsToSay("Shall we paint the gate blue?")
		bob.Says("I think that it has to be green, as it always was.")
		s.Passes(3 * time.Second)
	})
	is(t, got, "alice: Shall we paint the gate blue?", "bob: I think that it has to be green, as it always was.")
}

func TestTheLastWordsOfWhoHangsUpAreWritten(t *testing.T) {
	got := transcript(t, func(s *bottest.Script) {
		alice, bob := s.Person("alice"), s.Person("bob")
		alice.Joins("standup")
		bob.Joins("standup")
		s.SendBot("standup")
		alice.Hears("write down what you say")
		alice.Waits(time.Second)
		alice.Says("I have to go now.")
		alice.HangsUp()
		s.Passes(3 * time.Second)
		bob.HangsUp()
	})
	is(t, got, "alice: I have to go now.")
}
