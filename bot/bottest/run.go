package bottest

import (
	"testing"
	"testing/synctest"

	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media/speech"
)

// Stage is where a play is given. The zero value will do.
type Stage struct {
	// Seed is what everything random follows from: ids, and what a network loses.
	Seed uint64
	// Bot is under what name the bot is called; default "bot".
	Bot identity.ID
	// Others are further bots, by their names.
	Others map[identity.ID]bot.Handler
	// Files are what bots play from http and https addresses, by the address: WAV,
	// MP3 or Ogg Opus. An address that is not here is heard as one word, itself.
	Files map[string][]byte
	// Speech and Recognizer are real engines to be used instead of those of the
	// stage, whose words only it can hear: Hears works with neither of them.
	// A real engine takes real time, in which virtual time stands still.
	Speech     speech.Synthesizer
	Recognizer speech.Recognizer
	// Panics says that a bot which panics is part of the play: it is called again
	// with its call, as in botd. Otherwise the test fails.
	Panics bool
	// Golden is a file that the log has to be the same as, byte for byte. Where the
	// environment has BOTTEST_UPDATE=1 it is written instead.
	Golden string
}

// Run gives a play: script says what callers do, and what has to come of what the
// bot does. It fails the test where that does not come, and prints what happened
// until then with the seed. It returns the log of the run as JSON lines, which
// for the same seed is the same byte for byte.
func Run(t *testing.T, h bot.Handler, script func(s *Script)) []byte {
	t.Helper()
	return Stage{}.Run(t, h, script)
}

// Run is Run on this stage.
func (st Stage) Run(t *testing.T, h bot.Handler, script func(s *Script)) []byte {
	t.Helper()
	var log []byte
	synctest.Test(t, func(t *testing.T) {
		t.Helper()
		s := newStage(t, st, h)
		s.start(func() { script(&Script{s}) })
		s.run()
		s.finish()
		s.close()
		s.verdict()
		log = s.journal.lines()
	})
	if st.Golden != "" {
		Golden(t, st.Golden, log)
	}
	return log
}
