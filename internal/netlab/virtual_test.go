package netlab

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/jitter"
	"github.com/botd-dev/botd/media/speech"
	"github.com/botd-dev/botd/media/speech/espeak"
)

const text = "The harbour was quiet in the early morning. Two fishermen mended a net and spoke of the weather, which had been " +
	"too good for too long. Somebody had painted the small lighthouse again, and the white of it hurt the eyes."

// script is spoken by espeak-ng.
func script(t testing.TB, spoken, tone time.Duration) *Script {
	t.Helper()
	src, err := espeak.New(espeak.Config{}).Synthesize(t.Context(), speech.Utterance{Text: text, Voice: "en-us"})
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewScript(src, spoken, tone)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// levelID is the header extension with the level.
const levelID = 3

// bridge is the receiving side of a server in virtual time.
type bridge struct {
	now    time.Duration
	began  time.Time
	buffer *jitter.Buffer
	jitter *jitter.Receiver
	frame  *media.Frame
}

func newBridge(t testing.TB) *bridge {
	t.Helper()
	row := opus(t)
	b := &bridge{began: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), frame: media.NewFrame(media.Rate)}
	b.buffer = jitter.New(jitter.Config{
		Codec: row.Name, ClockRate: row.ClockRate, Duration: row.Duration, Redundant: true, LevelExtension: levelID,
		Now: func() time.Time { return b.began.Add(b.now) },
	})
	b.jitter = jitter.NewReceiver(b.buffer, row.NewDecoder)
	return b
}

// tick is one of the bridge's; the frame is lent.
func (b *bridge) tick(t testing.TB, at time.Duration) []int16 {
	t.Helper()
	b.now = at
	b.jitter.Level()
	if err := b.jitter.Read(b.frame); err != nil {
		t.Fatal(err)
	}
	return b.frame.Samples
}

// datagram is what comes out of a line.
type datagram struct {
	at     time.Duration
	packet rtp.Packet
}

// through sends everything through a line.
func through(t testing.TB, talker *Talker, line *Line) []datagram {
	t.Helper()
	var all []datagram
	for i := range talker.Packets {
		for _, at := range line.Fate(nil, talker.When(i)) {
			d := datagram{at: at}
			if err := talker.Make(&d.packet, i); err != nil {
				t.Fatal(err)
			}
			all = append(all, d)
		}
	}
	slices.SortStableFunc(all, func(a, b datagram) int { return cmp.Compare(a.at, b.at) })
	return all
}

// phase is when ticks are, after what is sent.
const phase = 13 * time.Millisecond

// usual is the seed of most lines.
const usual = 11

// hear plays a script through a weather into a bridge.
func hear(t testing.TB, s *Script, loss int, w Weather, seed uint64) (Report, jitter.Stats, Counts) {
	t.Helper()
	return hearStalling(t, s, loss, w, seed, 0)
}

// hearStalling is hear in a bridge that now and then stands still for up to so
// long, and then makes up for the ticks that it has missed.
func hearStalling(t testing.TB, s *Script, loss int, w Weather, seed uint64, stall time.Duration) (Report, jitter.Stats, Counts) {
	t.Helper()
	packets, err := Encode(s.Samples, loss)
	if err != nil {
		t.Fatal(err)
	}
	line := NewLine(w, seed)
	all := through(t, &Talker{Packets: packets, LevelID: levelID}, line)
	b := newBridge(t)
	random := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // the same every time is what is wanted
	heard := slices.Repeat([]int16{0}, samplesOf(phase))
	var busy time.Duration // until then
	for due := phase; due < time.Duration(len(packets)+25)*packet; due += packet {
		if due > busy && random.Float64() < 0.04 {
			busy = due + time.Duration(random.Float64()*float64(stall))
		}
		at := max(due, busy)
		for ; len(all) > 0 && all[0].at <= at; all = all[1:] {
			b.buffer.Push(&all[0].packet, b.began.Add(all[0].at))
		}
		heard = append(heard, b.tick(t, at)...)
	}
	return s.Judge(heard, 0), b.buffer.Stats(), line.Counts()
}

// must is what a weather may do to a call at most.
type must struct {
	name         string
	loss         int // as it is reported to the talker, in percent
	weather      Weather
	followed     float64       // the least STOI
	delay, apart time.Duration // the most
	late         float64       // the largest part of all packets
	every        bool          // second of the tone is recognised
}

// longestGap is what nobody may have to bear, in any weather.
const longestGap = 40 * time.Millisecond

func TestACallIsHeardThroughBadWeather(t *testing.T) {
	s := script(t, 4*time.Second, 4*time.Second)
	const ms = time.Millisecond
	for _, m := range []must{
		{name: "clean", followed: 0.95, delay: 50 * ms, apart: 30 * ms, every: true},
		{name: "1 % lost", loss: 1, weather: Weather{Loss: 0.01}, followed: 0.9, delay: 60 * ms, apart: 60 * ms, every: true},
		{name: "5 % lost", loss: 5, weather: Weather{Loss: 0.05}, followed: 0.9, delay: 100 * ms, apart: 60 * ms, every: true},
		{name: "5 % lost in bursts", loss: 5, weather: Weather{Loss: 0.05, Burst: 3}, followed: 0.8, delay: 100 * ms, apart: 60 * ms, every: true},
		{name: "10 % lost", loss: 10, weather: Weather{Loss: 0.1}, followed: 0.85, delay: 100 * ms, apart: 60 * ms, every: true},
		{name: "20 % lost", loss: 20, weather: Weather{Loss: 0.2}, followed: 0.75, delay: 120 * ms, apart: 80 * ms},
		{name: "20 % lost in bursts", loss: 20, weather: Weather{Loss: 0.2, Burst: 3}, followed: 0.6, delay: 120 * ms, apart: 80 * ms},
		{name: "10 lost in a row, 5 %", loss: 5, weather: Weather{Loss: 0.05, Row: 10}, followed: 0.7, delay: 120 * ms, apart: 100 * ms},
		{name: "jitter 30 ms", weather: Weather{Jitter: 30 * ms}, followed: 0.85, delay: 100 * ms, apart: 60 * ms, late: 0.02, every: true},
		{name: "jitter 100 ms", weather: Weather{Jitter: 100 * ms}, followed: 0.75, delay: 200 * ms, apart: 150 * ms, late: 0.02, every: true},
		{name: "a queue of 100 ms", weather: Weather{Jitter: 100 * ms, Spread: Queueing}, followed: 0.75, delay: 200 * ms, apart: 150 * ms, late: 0.02, every: true},
		{name: "stalls of 60 ms", weather: Weather{Jitter: 60 * ms, Spread: Stalling}, followed: 0.75, delay: 200 * ms, apart: 150 * ms, late: 0.02, every: true},
		{name: "5 % out of order", weather: Weather{Reorder: 0.05, Hold: 30 * ms}, followed: 0.9, delay: 100 * ms, apart: 60 * ms, late: 0.02, every: true},
		{name: "5 % twice", weather: Weather{Duplicate: 0.05}, followed: 0.95, delay: 50 * ms, apart: 30 * ms, every: true},
	} {
		t.Run(m.name, func(t *testing.T) { m.hold(t, s) })
	}
}

// hold plays the script and compares.
func (m *must) hold(t *testing.T, s *Script) {
	t.Helper()
	r, stats, counts := hear(t, s, m.loss, m.weather, usual)
	t.Logf("%v; %v; late %d, concealed %d, stretched %d ms, pressed %d ms", &r, counts, stats.Late, stats.Concealed, stats.Inserted/48, stats.Removed/48)
	if r.Clicks > 0 {
		t.Errorf("%d clicks", r.Clicks)
	}
	if r.Intelligibility < m.followed {
		t.Errorf("speech is followed by %.3f, want %.3f", r.Intelligibility, m.followed)
	}
	if delay, apart := r.Delay(); delay > m.delay || apart > m.apart {
		t.Errorf("the delay is %v, and changes by %v; want %v and %v", delay, apart, m.delay, m.apart)
	}
	if late := float64(stats.Late) / float64(counts.Seen); m.late > 0 && late > m.late {
		t.Errorf("a part of %.3f comes too late", late)
	}
	if gap := r.LongestGap(); m.every && (r.Recognised < r.Of || r.Of < 3) || gap > longestGap {
		t.Errorf("%d of %d seconds are recognised, with a gap of %v", r.Recognised, r.Of, gap)
	}
}

// TestNoLossLeavesALongGapInATone tries many lines: a row of twelve lost packets
// comes by chance.
func TestNoLossLeavesALongGapInATone(t *testing.T) {
	s := script(t, time.Second, 6*time.Second)
	seeds := uint64(12)
	if raced {
		seeds = 2
	}
	for _, w := range []Weather{{Loss: 0.05}, {Loss: 0.05, Burst: 2}, {Loss: 0.05, Burst: 3}, {Loss: 0.05, Row: 10}, {Loss: 0.2}, {Loss: 0.2, Burst: 3}} {
		longest, row := time.Duration(0), 0
		for seed := range seeds {
			r, _, counts := hear(t, s, int(100*w.Loss), w, seed)
			longest, row = max(longest, r.LongestGap()), max(row, counts.Longest)
			if r.Clicks > 0 || r.Recognised < r.Of || r.LongestGap() > longestGap {
				t.Errorf("%+v, seed %d: %v; %v", w, seed, &r, counts)
			}
		}
		t.Logf("%.0f %% in bursts of %v: up to %d in a row, and a gap of %v", 100*w.Loss, max(w.Burst, float64(w.Row), 1), row, longest)
	}
}

// TestABridgeThatIsLateDoesNotClick lets a busy machine hold up the bridge for up
// to 300 ms every half a second.
func TestABridgeThatIsLateDoesNotClick(t *testing.T) {
	s := script(t, time.Second, 5*time.Second)
	seeds := uint64(12)
	if raced {
		seeds = 2
	}
	for _, w := range []Weather{{}, {Loss: 0.05}, {Jitter: 100 * time.Millisecond}, {Jitter: 60 * time.Millisecond, Spread: Stalling}} {
		for seed := range seeds {
			r, _, counts := hearStalling(t, s, int(100*w.Loss), w, seed, 300*time.Millisecond)
			if r.Clicks > 0 || r.Recognised < r.Of {
				t.Errorf("%+v, seed %d: %v; %v", w, seed, &r, counts)
			}
		}
	}
}
