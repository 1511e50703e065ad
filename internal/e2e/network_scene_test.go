package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/botd-dev/botd/internal/netlab"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
	"github.com/botd-dev/botd/media/speech"
	"github.com/botd-dev/botd/media/speech/espeak"
)

const story = "The harbour was quiet in the early morning. Two fishermen mended a net and spoke of the weather, which had been " +
	"too good for too long. Somebody had painted the small lighthouse again, and the white of it hurt the eyes. " +
	"A dog ran along the pier as if it were late for something."

// script is the story, spoken by espeak-ng, and a tone.
func script(t *testing.T, spoken, tone time.Duration) *netlab.Script {
	t.Helper()
	src, err := espeak.New(espeak.Config{}).Synthesize(t.Context(), speech.Utterance{Text: story, Voice: "en-us"})
	must(t, err)
	s, err := netlab.NewScript(src, spoken, tone)
	must(t, err)
	return s
}

// scene is a call over a bad network: a traveller and a bot say the same script
// to each other, or the traveller says it to another one, to whom packets are
// passed on.
type scene struct {
	name     string
	title    string // in a table
	way      string // that the weather is on, where it is on one
	up, down netlab.Weather
	// loss is what the traveller has been told, in percent.
	loss int
	// ppm is by how much the traveller's clock is too slow.
	ppm float64
	// rebinds gives the traveller another address after a second of the script.
	rebinds bool

	traveller *traveller
	bot       *actor
	other     *traveller // nil, unless there is no bot

	script *netlab.Script
	said   []netlab.Said
	began  time.Time
	from   int // what the bot had heard before, in samples

	upwards, downwards netlab.Counts
}

// meet brings everybody into the scene's call.
func (sc *scene) meet(t *testing.T, s server, script *netlab.Script) {
	t.Helper()
	var err error
	sc.script = script
	sc.said, err = netlab.Encode(script.Samples, sc.loss)
	must(t, err)
	sc.traveller = s.travels(t, sc.name, "traveller")
	if sc.bot != nil {
		s.invite(t, sc.name, sc.bot)
		return
	}
	sc.other = s.travels(t, sc.name, "other")
}

// play lets the weather begin and everybody say the script, once.
func (sc *scene) play(ctx context.Context) error {
	sc.began = time.Now()
	sc.traveller.nat.Change(sc.up, sc.down, 11)
	if sc.other != nil {
		sc.other.nat.Change(netlab.Weather{}, sc.down, 12)
	}
	if sc.bot != nil {
		sc.from = sc.bot.soFar()
		select {
		case sc.bot.lines <- sc.script.Samples:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if sc.rebinds {
		change := time.AfterFunc(time.Second, func() { _ = sc.traveller.nat.Rebind() })
		defer change.Stop()
	}
	if err := sc.traveller.says(ctx, sc.said, sc.ppm); err != nil {
		return err
	}
	sc.upwards, sc.downwards = sc.traveller.nat.Counts()
	return sc.end(ctx)
}

// end waits until all has been heard.
func (sc *scene) end(ctx context.Context) error {
	if sc.bot == nil {
		_, sc.downwards = sc.other.nat.Counts()
		_, err := sc.other.lasted(ctx, sc.began, time.Duration(len(sc.script.Samples))*time.Second/rate+time.Second)
		return err
	}
	select {
	case <-sc.bot.over:
	case <-ctx.Done():
		return ctx.Err()
	}
	sc.bot.listensOn(ctx, time.Second)
	return nil
}

// leave ends the scene's call.
func (sc *scene) leave() {
	for _, tr := range []*traveller{sc.traveller, sc.other} {
		if tr != nil {
			tr.leave()
		}
	}
}

// lasted waits until a listener has heard something for so long.
func (tr *traveller) lasted(ctx context.Context, began time.Time, d time.Duration) (*netlab.Heard, error) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for patient := time.Now().Add(d + 5*time.Second); ; {
		h, err := tr.heard()
		if err != nil || time.Since(began) > d || time.Now().After(patient) {
			return h, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return h, ctx.Err()
		}
	}
}

func (tr *traveller) heard() (*netlab.Heard, error) {
	row, err := codec.Find("opus")
	if err != nil {
		return nil, err
	}
	return tr.ear.Play(row.NewDecoder)
}

// atBot is how the traveller was heard at the bridge.
func (sc *scene) atBot() netlab.Report { return sc.script.Judge(sc.bot.since(sc.from), 0) }

// at is how the script was heard by a listener.
func (sc *scene) at(t *testing.T, tr *traveller) netlab.Report {
	t.Helper()
	h, err := tr.heard()
	must(t, err)
	before := int(sc.began.Sub(h.Began) * media.Rate / time.Second)
	samples := make([]int16, max(-before, 0), len(h.Samples)+max(-before, 0))
	return sc.script.Judge(append(samples, h.Samples[min(max(before, 0), len(h.Samples)):]...), 0)
}
