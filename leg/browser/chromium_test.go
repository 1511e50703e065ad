package browser

import (
	"cmp"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/identity"
)

// script is a page that takes a call, says 440 Hz, presses two keys and
// listens: it returns how much energy it was sent.
const script = `(async () => {
	const audio = new AudioContext(), mouth = audio.createMediaStreamDestination(), voice = audio.createOscillator();
	voice.frequency.value = 440;
	voice.connect(mouth);
	voice.start();
	const pc = new RTCPeerConnection(), ws = new WebSocket('SIGNAL', 'botd.signal.v1');
	const heard = {}, told = what => new Promise(done => (heard[what] = done));
	ws.onmessage = e => {
		const m = JSON.parse(e.data), what = m.type === 'state' ? m.state : m.type;
		if (m.type === 'error') throw new Error(e.data);
		if (heard[what]) heard[what](m);
	};
	const ears = new Audio();
	pc.ontrack = e => { ears.srcObject = e.streams[0]; ears.play(); };
	const say = m => ws.send(JSON.stringify(m));
	await new Promise(done => (ws.onopen = done));
	say({ type: 'hello', token: '8:acs:page' });
	const ring = (await told('incoming')).call;
	const sender = pc.addTrack(mouth.stream.getAudioTracks()[0], mouth.stream);
	pc.onicecandidate = e => say({ type: 'candidate', call: ring, candidate: e.candidate });
	await pc.setLocalDescription();
	say({ type: 'accept', ref: 1, call: ring, sdp: pc.localDescription.sdp });
	const up = told('Connected');
	await pc.setRemoteDescription({ type: 'answer', sdp: (await told('answer')).sdp });
	await up; // which the browser's sender may find a moment later, without a word
	while (!sender.dtmf.canInsertDTMF) await new Promise(done => setTimeout(done, 10));
	sender.dtmf.insertDTMF('5#', 100, 70);
	for (let i = 0; i < 100; i++) {
		await new Promise(done => setTimeout(done, 100));
		for (const s of (await pc.getStats()).values())
			if (s.type === 'inbound-rtp' && s.totalAudioEnergy > 0.05) return s.totalAudioEnergy;
	}
	return 0;
})()`

func TestChromiumHearsItselfAndPressesKeys(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	chrome, err := exec.LookPath(cmp.Or(os.Getenv("CHROME"), "chromium"))
	if err != nil {
		t.Fatal("there is no Chromium; `make test` installs it, or $CHROME names one")
	}
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("<!doctype html><title>botd</title>"))
	}))
	defer page.Close()
	w := newWorld(t, func(c *Config) { c.AllowedOrigins = []string{page.URL} })
	ctx, stop := browse(t, chrome)
	defer stop()
	fatal(t, chromedp.Do(ctx, chromedp.Navigate(page.URL)))
	go w.ringWhenThere(t, "8:acs:page")
	energy, err := chromedp.Run(ctx,
		chromedp.Evaluate[float64](strings.Replace(script, "SIGNAL", w.url(), 1), chromedp.EvalAwaitPromise))
	fatal(t, err)
	if energy == 0 {
		t.Error("the page heard nothing of itself")
	}
	w.pressed(t, "five pound")
}

// browse starts Chromium for one test.
func browse(t *testing.T, chrome string) (context.Context, func()) {
	t.Helper()
	within, cancel := context.WithTimeout(t.Context(), time.Minute)
	alloc, kill := chromedp.NewExecAllocator(within, chromedp.ExecPath(chrome),
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("allow-loopback-in-peer-connection", true),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"),
		chromedp.Flag("disable-features", "WebRtcHideLocalIpsWithMdns"),
		chromedp.Flag("disable-background-networking", true))
	ctx, leave := chromedp.NewContext(alloc)
	return ctx, func() {
		_ = chromedp.Cancel(ctx)
		leave()
		kill()
		cancel()
	}
}

// ringWhenThere calls a user who is yet to sign in.
func (w *world) ringWhenThere(t *testing.T, user identity.ID) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range tick.C {
		if t.Context().Err() != nil {
			return
		}
		if len(w.reachable(user)) > 0 {
			_, err := w.registry.Create(t.Context(), call.Creation{Seat: call.Seat{As: "bot"}, To: []identity.ID{user}})
			if err != nil {
				t.Error(err)
			}
			return
		}
	}
}
