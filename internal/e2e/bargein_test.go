package e2e

import (
	"context"
	"errors"
	"math"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"github.com/botd-dev/botd"
	"github.com/botd-dev/botd/bot"
	"github.com/botd-dev/botd/identity"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/codec"
	"github.com/botd-dev/botd/media/dtmf"
	"github.com/botd-dev/botd/media/measure"
	"github.com/botd-dev/botd/media/speech"
	"github.com/botd-dev/botd/media/speech/espeak"
)

// interruptions is how often each kind is measured.
const interruptions = 3

// TestAPromptFallsSilentAtTheListenerWhoInterruptsIt measures barge-in where it is
// heard: in the RTP packets that a client receives, from the packet with which it
// begins to interrupt. It prints the times and asserts only what happens.
func TestAPromptFallsSilentAtTheListenerWhoInterruptsIt(t *testing.T) {
	prompt := promptServer(t)
	answers, next := make(chan bot.Reply, 1), make(chan bool)
	s := serve(t, botd.Bot("asker", func(ctx context.Context, c *bot.Call) error {
		if err := c.Answer(ctx); err != nil {
			return err
		}
		who, err := guestOf(ctx, c)
		for err == nil {
			var r bot.Reply
			r, err = c.Ask(ctx, bot.Question{
				From: who, Keys: bot.Keys{Max: 1}, Speech: &bot.Speech{}, Silence: time.Minute,
				Prompts: []bot.Prompt{bot.File(prompt), bot.File(prompt), bot.File(prompt), bot.File(prompt)},
			})
			if noMatch := errors.Is(err, bot.ErrNoMatch); noMatch {
				err = nil // what was said matters here to nobody
			}
			if err != nil {
				break
			}
			answers <- r
			select {
			case <-next:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return err
	}))
	p := s.interrupter(t, "barge")
	must(t, s.Send("asker", bot.Place{Group: "barge"}))

	for _, way := range []struct {
		name      string
		interrupt func() time.Time
	}{
		{"a key", p.press},
		{"speech", p.speak},
	} {
		var took []time.Duration
		for range interruptions {
			first := p.await(func(level float64, _ time.Time) bool { return level > audible })
			p.await(func(_ float64, at time.Time) bool { return at.Sub(first.at) > time.Second })
			began := way.interrupt()
			last := p.silence(began)
			took = append(took, last.Sub(began))
			select {
			case r := <-answers:
				if r.Keys == "" && way.name == "a key" {
					t.Errorf("the answer is %+v", r)
				}
			case <-time.After(30 * time.Second):
				t.Fatalf("%s: there is no answer", way.name)
			}
			next <- true
		}
		slices.Sort(took)
		t.Logf("from %s to the last packet in which the prompt is heard: median %v, longest %v", way.name,
			took[len(took)/2].Round(time.Millisecond), took[len(took)-1].Round(time.Millisecond))
	}
}

// guestOf waits until somebody else is in the call.
func guestOf(ctx context.Context, c *bot.Call) (identity.ID, error) {
	for {
		people, err := c.Participants(ctx)
		if err != nil {
			return "", err
		}
		for _, p := range people {
			if p.ID != c.To() {
				return p.ID, nil
			}
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// interrupter is a client that sends sound and keys, and notes when it receives
// how much.
type interrupter struct {
	*guest
	out *wire

	notes chan note
}

// note is one received packet.
type note struct {
	at    time.Time
	level float64 // dBFS
}

// interrupter joins a group by one request.
func (s server) interrupter(t *testing.T, group string) *interrupter {
	t.Helper()
	m := &webrtc.MediaEngine{}
	must(t, m.RegisterCodec(webrtc.RTPCodecParameters{RTPCodecCapability: opusHere, PayloadType: 111}, webrtc.RTPCodecTypeAudio))
	keys := webrtc.RTPCodecCapability{MimeType: "audio/" + dtmf.Encoding, ClockRate: rate}
	must(t, m.RegisterCodec(webrtc.RTPCodecParameters{RTPCodecCapability: keys, PayloadType: 110}, webrtc.RTPCodecTypeAudio))
	must(t, m.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: sdp.AudioLevelURI}, webrtc.RTPCodecTypeAudio))
	e := webrtc.SettingEngine{}
	e.SetIncludeLoopbackCandidate(true)
	e.SetInterfaceFilter(func(name string) bool { return name == "lo" })
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(e), webrtc.WithMediaEngine(m)).NewPeerConnection(webrtc.Configuration{})
	must(t, err)
	p := &interrupter{guest: &guest{t: t, pc: pc, stop: make(chan struct{})}, out: newWire(t), notes: make(chan note, 10_000)}
	up := make(chan struct{})
	connected := sync.OnceFunc(func() { close(up) })
	pc.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		if state == webrtc.PeerConnectionStateConnected {
			connected()
		}
	})
	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { p.listens(track) })
	sender, err := pc.AddTrack(p.out)
	must(t, err)
	p.tasks.Go(func() { drained(sender) })

	through := &http.Transport{DisableKeepAlives: true}
	asking := &passer{guest: p.guest, base: s.page, http: &http.Client{Transport: through, Timeout: 20 * time.Second}}
	r := asking.send(http.MethodPost, "/whip/"+group+"?name=Ina", p.describe(nil), "Content-Type", "application/sdp")
	if r.status != http.StatusCreated {
		t.Fatalf("joining is answered %d: %s", r.status, r.body)
	}
	asking.understand(r.body)
	select {
	case <-up:
	case <-time.After(15 * time.Second):
		t.Fatal("media never flows")
	}
	p.tasks.Go(func() { p.out.run(p.stop) })
	t.Cleanup(func() {
		close(p.stop)
		_ = pc.GracefulClose() // nobody is left to be told
		p.tasks.Wait()
	})
	return p
}

var opusHere = webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: rate, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1"}

// listens notes how loud every packet is that comes.
func (p *interrupter) listens(track *webrtc.TrackRemote) {
	opus, err := codec.Find("opus")
	if err != nil {
		return
	}
	decoder, err := opus.NewDecoder()
	if err != nil {
		return
	}
	f := media.NewFrame(media.Rate)
	b := make([]byte, 1500)
	for {
		n, _, err := track.Read(b)
		if err != nil {
			return
		}
		now := time.Now()
		var packet rtp.Packet
		if packet.Unmarshal(b[:n]) != nil || len(packet.Payload) == 0 || decoder.Decode(f, packet.Payload) != nil {
			continue
		}
		select {
		case p.notes <- note{now, measure.LevelDBFS(f.Samples)}:
		default: // nobody measures
		}
	}
}

// await waits for a packet.
func (p *interrupter) await(passes func(level float64, at time.Time) bool) note {
	p.t.Helper()
	late := time.After(30 * time.Second)
	for {
		select {
		case n := <-p.notes:
			if passes(n.level, n.at) {
				return n
			}
		case <-late:
			p.t.Fatal("it is not heard")
		}
	}
}

// silence is when the last packet came in which something can be heard, before
// 300 ms of silence.
func (p *interrupter) silence(since time.Time) time.Time {
	p.t.Helper()
	last := since
	p.await(func(level float64, at time.Time) bool {
		if level > audible {
			last = at
		}
		return at.Sub(last) > 300*time.Millisecond
	})
	return last
}

// press presses a key and returns when its first packet was sent.
func (p *interrupter) press() time.Time { return p.out.press(p.t, "five") }

// speak says something and returns when its first loud packet was sent.
func (p *interrupter) speak() time.Time { return p.out.say() }

// wire is a track whose packets are its own: sound, and keys in between.
type wire struct {
	speech []loudness // packets
	quiet  []loudness

	mu       sync.Mutex
	sequence uint16
	to       webrtc.TrackLocalWriter
	ssrc     uint32
	saying   []loudness
	level    uint8 // its header extension
	began    chan time.Time
	keys     *dtmf.Sender
	down     chan time.Time // the first packet of a key
}

// loudness is a packet of sound and its level in -dBov, which it carries as
// browsers' packets do (RFC 6464).
type loudness struct {
	payload []byte
	level   uint8
}

func newWire(t *testing.T) *wire {
	t.Helper()
	src, err := espeak.New(espeak.Config{}).Synthesize(t.Context(), speech.Utterance{Text: "Stop, that is not what I asked for.", Gender: speech.Male})
	must(t, err)
	src = media.Chain(src, media.Resample(media.Rate))
	var said []int16
	must(t, media.Copy(t.Context(), media.SinkFunc(func(f *media.Frame) error { said = append(said, f.Samples...); return nil }), src))
	loud := slices.IndexFunc(said, func(v int16) bool { return math.Abs(float64(v)) > 800 })
	return &wire{
		speech: encoded(t, said[loud:]), quiet: encoded(t, make([]int16, media.FrameSize*50)),
		keys: dtmf.NewSender(rate), began: make(chan time.Time, 1), down: make(chan time.Time, 1),
	}
}

// encoded makes packets of sound.
func encoded(t *testing.T, samples []int16) (packets []loudness) {
	t.Helper()
	encoder, err := codec.NewEncoder(media.Format{Codec: "opus", Rate: media.Rate})
	must(t, err)
	for part := range slices.Chunk(samples[:len(samples)/media.FrameSize*media.FrameSize], media.FrameSize) {
		b, err := encoder.Encode(nil, &media.Frame{Samples: part, Rate: media.Rate})
		must(t, err)
		packets = append(packets, loudness{b, media.Level(&media.Frame{Samples: part, Rate: media.Rate})})
	}
	return packets
}

// Bind fits webrtc.TrackLocal.
func (w *wire) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.to, w.ssrc = c.WriteStream(), uint32(c.SSRC())
	for _, e := range c.HeaderExtensions() {
		if e.URI == sdp.AudioLevelURI {
			w.level = uint8(e.ID)
		}
	}
	return webrtc.RTPCodecParameters{RTPCodecCapability: opusHere, PayloadType: 111}, nil
}

// Unbind fits webrtc.TrackLocal.
func (w *wire) Unbind(webrtc.TrackLocalContext) error { return nil }

// ID, RID, StreamID and Kind fit webrtc.TrackLocal.
func (*wire) ID() string                { return "mic" }
func (*wire) RID() string               { return "" }
func (*wire) StreamID() string          { return "interrupter" }
func (*wire) Kind() webrtc.RTPCodecType { return webrtc.RTPCodecTypeAudio }

// run sends a packet every 20 ms.
func (w *wire) run(stop <-chan struct{}) {
	tick := time.NewTicker(media.FrameDuration)
	defer tick.Stop()
	h := rtp.Header{Version: 2, SSRC: w.ssrc}
	for i := 0; ; i++ {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		w.send(h, w.quiet[i%len(w.quiet)])
		h.Timestamp += media.FrameSize
	}
}

// send sends what is due: speech or silence, and a key beside it.
func (w *wire) send(h rtp.Header, sound loudness) {
	w.mu.Lock()
	defer w.mu.Unlock()
	h.PayloadType = 111
	now := time.Now()
	if len(w.saying) > 0 {
		if len(w.saying) == len(w.speech) {
			w.began <- now
		}
		sound, w.saying = w.saying[0], w.saying[1:]
	}
	heard := h
	if ext, err := (rtp.AudioLevelExtension{Level: sound.level, Voice: sound.level < 60}).Marshal(); err == nil && w.level > 0 {
		_ = heard.SetExtension(w.level, ext) // it fits
	}
	w.write(heard, sound.payload)
	if k, ok := w.keys.Next(h.Timestamp); ok {
		if k.Marker {
			w.down <- now
		}
		h.PayloadType, h.Timestamp, h.Marker = 110, k.Timestamp, k.Marker
		w.write(h, k.Payload)
	}
}

// write sends the next packet.
func (w *wire) write(h rtp.Header, payload []byte) {
	w.sequence++
	h.SequenceNumber = w.sequence
	_, _ = w.to.WriteRTP(&h, payload) // who has gone hears nothing
}

func (w *wire) press(t testing.TB, tone dtmf.Tone) time.Time {
	t.Helper()
	_, err := w.keys.Press(tone)
	must(t, err)
	return <-w.down
}

func (w *wire) say() time.Time {
	w.mu.Lock()
	w.saying = w.speech
	w.mu.Unlock()
	return <-w.began
}
