package voice_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/voice"
)

// play goes through a script, 20 ms a letter: s is speech, n is noise, - is no
// packet at all, M mutes and U unmutes, both in no time. It gives what was told,
// with the time in ms.
func play(a *voice.Activity, script string) (told []string) {
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	began := now
	for _, step := range script {
		if step != 'M' && step != 'U' {
			now = now.Add(media.FrameDuration)
		}
		var e voice.Event
		switch step {
		case 's':
			e = a.Level(30, now)
		case 'n':
			e = a.Level(51, now)
		case '-':
			e = a.Check(now)
		default:
			e = a.Mute(step == 'M')
		}
		if e != voice.Nothing {
			told = append(told, fmt.Sprintf("%v %d", e, now.Sub(began).Milliseconds()))
		}
	}
	return told
}

func TestSpeechStartsAndEnds(t *testing.T) {
	s, n, dtx := func(k int) string { return strings.Repeat("s", k) },
		func(k int) string { return strings.Repeat("n", k) },
		func(k int) string { return strings.Repeat("-", k) }
	for _, c := range []struct {
		says, script string
		want         []string
	}{
		{"noise is nothing", n(100), nil},
		{"speech starts after 60 ms and ends after 600", n(5) + s(10) + n(40), []string{"started 160", "ended 900"}},
		{"a click is nothing", n(5) + s(2) + n(40), nil},
		{"typing is nothing", strings.Repeat("snn", 50), nil},
		{"a pause between words does not end it", s(10) + n(28) + s(10) + n(40), []string{"started 60", "ended 1560"}},
		{"a dip does not hinder it", "ssnss" + n(40), []string{"started 100", "ended 700"}},
		{"it ends where nothing more comes", s(10) + dtx(40), []string{"started 60", "ended 800"}},
		{"and begins again", s(5) + dtx(30) + s(5), []string{"started 60", "ended 700", "started 760"}},
		{"noise ends it too", s(5) + n(29) + n(10), []string{"started 60", "ended 700"}},
		{"what comes after a long gap is new", "ss" + dtx(50) + "s", nil},
		{"muted speech is told of after 300 ms", "M" + s(40) + n(40), []string{"muted started 300", "muted ended 1400"}},
		{"a cough while muted is nothing", "M" + s(14) + n(40), nil},
		{"muting ends speech", s(10) + "M" + s(20), []string{"started 60", "ended 200", "muted started 500"}},
		{"unmuting ends muted speech and starts it", "M" + s(20) + "U" + s(5), []string{"muted started 300", "muted ended 400", "started 460"}},
		{"muting twice is muting once", "MM" + s(20) + "M", []string{"muted started 300"}},
	} {
		t.Run(c.says, func(t *testing.T) {
			if told := play(voice.NewActivity(voice.ActivityConfig{}), c.script); !slices.Equal(told, c.want) {
				t.Errorf("told %q, want %q", told, c.want)
			}
		})
	}
}

func TestALateLevelEndsWhatIsLongOver(t *testing.T) {
	a, now := voice.NewActivity(voice.ActivityConfig{}), time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	for range 3 {
		a.Level(20, now)
	}
	if ends, ok := a.Ends(); !ok || !ends.Equal(now.Add(600*time.Millisecond)) || !a.Speaking() || a.SpeakingMuted() {
		t.Errorf("ends at %v, %v", ends, ok)
	}
	later := now.Add(time.Minute)
	if e := a.Level(20, later); e != voice.Ended {
		t.Errorf("after a minute it has %v", e)
	}
	if _, ok := a.Ends(); ok || a.Speaking() {
		t.Error("it goes on")
	}
	a.Level(20, later)
	if e := a.Level(20, later); e != voice.Started {
		t.Errorf("the late level does not count: %v", e)
	}
}

func TestActivityFollowsADetector(t *testing.T) {
	clean := talk(t, 1500*time.Millisecond, 1500)
	speech := detect(voice.NewDetector(voice.Config{}), add(clean, pink(t, 1500, -46)))
	a := voice.NewActivity(voice.ActivityConfig{Hangover: 400 * time.Millisecond})
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	var started, ended, sentences int
	said := truth(clean)
	for i, is := range speech {
		now = now.Add(media.FrameDuration)
		switch a.Speech(is, now) {
		case voice.Started:
			started++
		case voice.Ended:
			ended++
		default:
		}
		if i > 0 && said[i] && !slices.Contains(said[max(i-25, 0):i], true) {
			sentences++
		}
	}
	// The first start is the noise that is not known yet.
	if started < sentences || started > sentences+1 || started-ended > 1 {
		t.Errorf("%d sentences started %d times and ended %d", sentences, started, ended)
	}
}
