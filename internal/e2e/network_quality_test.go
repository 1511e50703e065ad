package e2e

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/botd-dev/botd"
	"github.com/botd-dev/botd/internal/bench/servers"
	"github.com/botd-dev/botd/internal/netlab"
	"github.com/botd-dev/botd/media"
)

// weathers are what calls are measured in.
var weathers = []struct {
	name string
	netlab.Weather
	janus bool // beside Janus, too
}{
	{"clean", netlab.Weather{}, true},
	{"1 % lost", netlab.Weather{Loss: 0.01}, false},
	{"5 % lost", netlab.Weather{Loss: 0.05}, true},
	{"5 % lost in bursts of 3", netlab.Weather{Loss: 0.05, Burst: 3}, false},
	{"5 % lost, 10 in a row", netlab.Weather{Loss: 0.05, Row: 10}, false},
	{"10 % lost", netlab.Weather{Loss: 0.1}, true},
	{"10 % lost in bursts of 3", netlab.Weather{Loss: 0.1, Burst: 3}, false},
	{"20 % lost", netlab.Weather{Loss: 0.2}, true},
	{"20 % lost in bursts of 3", netlab.Weather{Loss: 0.2, Burst: 3}, false},
	{"jitter 20 ms", netlab.Weather{Jitter: 20 * ms}, false},
	{"jitter 50 ms", netlab.Weather{Jitter: 50 * ms}, false},
	{"jitter 100 ms", netlab.Weather{Jitter: 100 * ms}, true},
	{"a queue of 100 ms", netlab.Weather{Jitter: 100 * ms, Spread: netlab.Queueing}, false},
	{"stalls of 60 ms", netlab.Weather{Jitter: 60 * ms, Spread: netlab.Stalling}, true},
	{"5 % held back by 30 ms", netlab.Weather{Reorder: 0.05, Hold: 30 * ms}, false},
	{"5 % twice", netlab.Weather{Duplicate: 0.05}, false},
	{"an outage of 3 s", netlab.Weather{Outages: []netlab.Span{{From: time.Second, To: 4 * time.Second}}}, true},
}

// atOnce is how many calls are measured at once.
const atOnce = 4

// TestQuality prints how calls sound over bad networks. It holds nothing: the
// other tests do.
func TestQuality(t *testing.T) {
	if os.Getenv("QUALITY") == "" {
		t.Skip("make quality measures")
	}
	spoken := script(t, 9*time.Second, 5*time.Second)
	p := &printer{t: t, script: spoken}
	p.pesq()
	p.heading("botd, to a bot and from one: mixed")
	p.botd(false)
	p.heading("botd, from one client to another: passed on")
	p.botd(true)
	if err := servers.HaveJanus(); err != nil {
		_, _ = fmt.Fprintf(t.Output(), "Not beside Janus: %v\n", err)
		return
	}
	p.heading("Janus AudioBridge, from one client to another: mixed")
	p.janus()
}

// printer plays scenes and prints how they were heard.
type printer struct {
	t      *testing.T
	script *netlab.Script
	python string // that has PESQ; empty if none has
}

func (p *printer) heading(title string) {
	_, _ = fmt.Fprintf(p.t.Output(), "\n%s\n%-26s %-9s %s  back\n", title, "", "", netlab.Heading)
}

// line prints one report. What came back after an outage is timed.
func (p *printer) line(name, way string, w netlab.Weather, r netlab.Report) {
	p.t.Helper()
	r.Score = p.score(r.Aligned)
	back := ""
	if len(w.Outages) > 0 {
		back = "never"
		if d := netlab.Recovery(p.script, r.Aligned, w.Outages[0].To); d != netlab.Never {
			back = fmt.Sprint(d.Round(ms))
		}
	}
	_, _ = fmt.Fprintf(p.t.Output(), "%-26s %-9s %v  %s\n", name, way, &r, back)
}

// botd plays every weather in a server of its own, some at once: up and down by
// themselves where packets are passed on, else both.
func (p *printer) botd(passing bool) {
	p.t.Run("", func(t *testing.T) {
		scenes, options := p.scenes(passing)
		s := serve(t, options...)
		for some := range slices.Chunk(scenes, atOnce) {
			playAll(t, s, some, p.script)
			for _, sc := range some {
				p.heard(t, sc)
				sc.leave()
			}
		}
	})
}

func (p *printer) scenes(passing bool) (scenes []*scene, options []botd.Option) {
	for i, w := range weathers {
		loss := int(100 * w.Loss)
		if passing {
			scenes = append(scenes,
				&scene{name: fmt.Sprintf("up-%d", i), title: w.name, way: "up", up: w.Weather, loss: loss},
				&scene{name: fmt.Sprintf("down-%d", i), title: w.name, way: "down", down: w.Weather})
			continue
		}
		sc := &scene{name: fmt.Sprintf("bot-%d", i), title: w.name, up: w.Weather, down: w.Weather, loss: loss}
		sc.bot = newActor(sc.name)
		scenes, options = append(scenes, sc), append(options, sc.bot.option())
	}
	return scenes, options
}

// heard prints a scene.
func (p *printer) heard(t *testing.T, sc *scene) {
	t.Helper()
	if sc.bot == nil {
		w := sc.up
		if sc.way == "down" {
			w = sc.down
		}
		p.line(sc.title, sc.way, w, sc.at(t, sc.other))
		return
	}
	p.line(sc.title, "up", sc.up, sc.atBot())
	p.line("", "down", sc.down, sc.at(t, sc.traveller))
}

// janus plays some weathers one after the other: there is one room.
func (p *printer) janus() {
	p.t.Run("", func(t *testing.T) {
		server, err := servers.Start(t.Context(), servers.Janus(), 0)
		must(t, err)
		t.Cleanup(server.Stop)
		for _, w := range weathers {
			if !w.janus {
				continue
			}
			for _, sc := range []*scene{{title: w.name, way: "up", up: w.Weather, loss: int(100 * w.Loss)}, {title: w.name, way: "down", down: w.Weather}} {
				j := dialJanus(t, server.Door.Janus)
				sc.traveller, sc.other = j.travels(janusRoom, "traveller"), j.travels(janusRoom, "other")
				sc.script = p.script
				sc.said, err = netlab.Encode(p.script.Samples, sc.loss)
				must(t, err)
				must(t, sc.play(t.Context()))
				p.heard(t, sc)
				sc.leave()
				_ = j.ws.CloseNow() // it leaves with everybody
			}
		}
	})
}

// janusRoom is the room in the configuration.
const janusRoom = 1234

// pesq looks for a Python that has it, and says if there is none.
func (p *printer) pesq() {
	python := os.Getenv("QUALITY_PYTHON")
	if out, err := exec.CommandContext(p.t.Context(), cmp.Or(python, "python3"), "-c", "import pesq").CombinedOutput(); err != nil {
		_, _ = fmt.Fprintf(p.t.Output(), "No scores by PESQ: %v: %.300s\n", err, out)
		return
	}
	p.python = cmp.Or(python, "python3")
}

// score is the MOS-LQO of the speech as it was heard; zero without PESQ, or
// where it finds nothing said.
func (p *printer) score(aligned []int16) float64 {
	p.t.Helper()
	if p.python == "" {
		return 0
	}
	dir := p.t.TempDir()
	said := p.script.Samples[p.script.Speech.From*media.Rate/time.Second : p.script.Speech.To*media.Rate/time.Second]
	for name, samples := range map[string][]int16{"said.wav": said, "heard.wav": aligned} {
		must(p.t, os.WriteFile(filepath.Join(dir, name), wav(samples), 0o600))
	}
	cmd := exec.CommandContext(p.t.Context(), p.python, "../../tools/mos.py", filepath.Join(dir, "said.wav"), filepath.Join(dir, "heard.wav"))
	out, err := cmd.Output()
	if err != nil {
		p.t.Fatalf("pesq: %v", err)
	}
	score, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	must(p.t, err)
	return score
}
