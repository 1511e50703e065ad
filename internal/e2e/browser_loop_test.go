package e2e

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// loop is a page that calls itself.
const loop = `(async () => {
	const mic = await navigator.mediaDevices.getUserMedia({ audio: {} });
	const a = new RTCPeerConnection(), b = new RTCPeerConnection();
	a.onicecandidate = (e) => b.addIceCandidate(e.candidate);
	b.onicecandidate = (e) => a.addIceCandidate(e.candidate);
	a.addTrack(mic.getTracks()[0]);
	await a.setLocalDescription();
	await b.setRemoteDescription(a.localDescription);
	await b.setLocalDescription();
	await a.setRemoteDescription(b.localDescription);
	await new Promise((ok) => {
		b.onconnectionstatechange = () => b.connectionState === 'connected' && ok();
		b.onconnectionstatechange();
	});
	window.kept = [a, b, mic];
	ears.mark('Connected');
	return true;
})()`

// What is measured here is the browser itself, and the ruler.
func TestAPageThatCallsItselfHearsItsMicrophone(t *testing.T) {
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Security-Policy", "default-src 'self'")
		_, _ = w.Write([]byte("<!doctype html><title>loop</title>"))
	}))
	t.Cleanup(origin.Close)
	p := browse(t, origin.URL, 440)
	run[bool](p, loop)
	heard := p.heard("Connected", 3*time.Second)
	began, ok := heard.begins()
	if !ok || began > 500*time.Millisecond {
		t.Fatalf("sound begins after %v (%v)", began, ok)
	}
	isTone(t, "the page", heard.between(began, 3*time.Second), 440, 620)
	if gap := p.smoothest(began); gap > 60*time.Millisecond {
		t.Errorf("in each ten seconds of the sound is a gap, the shortest is %v", gap)
	}
}
