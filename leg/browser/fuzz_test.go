package browser

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
)

// page is what a browser offers, shortened.
const page = "v=0\r\no=- 4611 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\na=msid-semantic: WMS s\r\n" +
	"m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n" +
	"a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=ice-options:trickle\r\n" +
	"a=fingerprint:sha-256 11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00\r\n" +
	"a=setup:actpass\r\na=mid:0\r\na=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n" +
	"a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\na=sendrecv\r\n" +
	"a=msid:s t\r\na=rtcp-mux\r\na=rtcp-rsize\r\na=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\n" +
	"a=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n" +
	"a=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:13 CN/8000\r\n" +
	"a=rtpmap:110 telephone-event/48000\r\na=rtpmap:126 telephone-event/8000\r\na=ssrc:1001 cname:x\r\n"

func TestCandidatesBeyondTwentyAreDropped(t *testing.T) {
	offer := page
	for i := range 50 {
		offer += fmt.Sprintf("a=candidate:%d 1 udp 2130706431 10.0.0.%d 5000 typ host\r\n", i, i+1)
	}
	d, err := parseOffer(offer)
	fatal(t, err)
	if d.candidates != maxCandidates || strings.Count(d.sdp, "a=candidate:") != maxCandidates {
		t.Errorf("%d candidates were kept", d.candidates)
	}
}

func TestAnOfferSaysWhatIsWrongWithIt(t *testing.T) {
	for _, tc := range []struct{ name, from, to, says string }{
		{"no sound", "m=audio 9", "m=audio 0", "no audio"},
		{"no Opus", "opus/48000/2", "L16/48000/2", "no opus"},
		{"no encryption", "UDP/TLS/RTP/SAVPF", "RTP/AVP", "DTLS-SRTP"},
		{"no fingerprint", "a=fingerprint", "a=print", "fingerprint"},
		{"no ICE", "a=ice-pwd", "a=pwd", "ICE"},
		{"not a description", "v=0", "v=x", "sdp"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := parseOffer(strings.Replace(page, tc.from, tc.to, 1))
			if !errors.Is(err, errInvalid) || !strings.Contains(err.Error(), tc.says) || !strings.Contains(err.Error(), "sdp") {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestAnAnswerAgreesOnSoundAndKeysOnly(t *testing.T) {
	w := newWorld(t)
	for name, offer := range map[string]string{
		"Chromium":   page,
		"other Opus": strings.Replace(page, "useinbandfec=1", "useinbandfec=0;stereo=1", 1),
		"with video": page + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\na=sendrecv\r\na=rtcp-mux\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=fingerprint:sha-256 11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00\r\na=setup:actpass\r\na=rtpmap:96 VP8/90000\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			d, err := parseOffer(offer)
			fatal(t, err)
			p, err := w.engine.newPeer(d, w.metrics, newTrack(), nil)
			fatal(t, err)
			defer p.close()
			text, err := p.answer(t.Context())
			fatal(t, err)
			for _, want := range []string{
				"a=rtpmap:111 opus/48000/2", "a=rtpmap:110 telephone-event/48000", "a=rtpmap:126 telephone-event/8000",
				"ssrc-audio-level", "a=sendrecv", fmt.Sprintf(" 127.0.0.1 %d typ host", w.MediaPort()), "tcptype passive",
			} {
				if !strings.Contains(text, want) {
					t.Errorf("no %q in\n%s", want, text)
				}
			}
			for _, other := range []string{"PCMU", "VP8"} {
				if strings.Contains(text, other) {
					t.Errorf("%q in\n%s", other, text)
				}
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"type":"start","ref":1,"call":"c","targets":[{"rawId":"8:acs:x"}],"sdp":"v=0"}`))
	f.Add([]byte(`{"type":"candidate","call":"c","candidate":{"candidate":"candidate:1 1 udp 1 ::1 1 typ host","sdpMid":"0"}}`))
	f.Add([]byte(`{"type":"join","ref":2,"call":"c","meetingId":"123456789012","passcode":"aB3dE6","sdp":"v=0"}`))
	f.Add([]byte(`{"type":"join","ref":3,"call":"c","meetingLink":"https://b/m/x","roomId":"9"}`))
	f.Add([]byte(`{"type":"reject","ref":4,"call":"c","participants":[{"rawId":"8:acs:x"}]}`))
	f.Add([]byte(`{"type":"add","ref":1.5,"target":{"phoneNumber":{"value":"+1"}}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := decode(b)
		if err != nil {
			if !errors.Is(err, errInvalid) {
				t.Errorf("%v is not the client's fault", err)
			}
			return
		}
		if oneLocator(r) == nil && (r.GroupID != "") == (r.door() != Door{}) {
			t.Errorf("%+v names no place, or two", r)
		}
		if r.Type == "" || len(r.Call) > maxID || len(r.Targets) > maxTargets {
			t.Errorf("%+v passed", r)
		}
	})
}

func FuzzOffer(f *testing.F) {
	cfg := Config{Calls: none{}, Verify: believe, Log: zap.NewNop()}
	fatal(f, cfg.Validate())
	s, err := New(cfg)
	fatal(f, err)
	f.Cleanup(func() { _ = s.Close(context.Background()) })
	f.Add(page)
	f.Add(strings.ReplaceAll(page, "\r\n", "\n"))
	f.Add("v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		all := time.AfterFunc(2*time.Second, func() { panic("it takes for ever") })
		defer all.Stop()
		d, err := parseOffer(text)
		if err != nil {
			if !errors.Is(err, errInvalid) {
				t.Errorf("%v is not the client's fault", err)
			}
			return
		}
		if d.candidates > maxCandidates {
			t.Errorf("%d candidates", d.candidates)
		}
		p, err := s.engine.newPeer(d, s.metrics, newTrack(), nil)
		if err != nil {
			return
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := p.answer(ctx); errors.Is(err, context.DeadlineExceeded) {
			t.Error("the answer takes for ever")
		}
		late := time.AfterFunc(5*time.Second, func() { panic("closing takes for ever") })
		p.close()
		late.Stop()
	})
}
