package automation

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/botd-dev/botd/call"
	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/dtmf"
	"github.com/botd-dev/botd/media/stream"
)

// streaming is the media streaming of one connection, as it was asked for.
type streaming struct {
	dialer  *stream.Dialer
	url     string
	unmixed bool
	rate    int // hertz
	speaks  bool
	keys    bool
	turn    chan struct{} // held by who runs: one winds up before the next begins
}

// operation is one time of streaming, from start to stop.
func (m *streaming) operation(r OperationRequest) call.Operation {
	run := &streamingRun{streaming: m, context: r.OperationContext}
	return call.Operation{
		Name: streamingName, Context: r.OperationContext, TellTo: r.OperationCallbackURI, Beside: true,
		Run: run.run, Failed: run.failed("unspecifiedError"),
	}
}

// streamingRun is one of them under way.
type streamingRun struct {
	*streaming
	context string
	stage   *call.Stage
	link    *stream.Link
	voice   *stream.Voice
}

// What media streaming ends with (events.md section 7.1).
var (
	streamFailed = call.Result{Code: 500, Subcode: 8603, Message: "Action failed, the media streaming socket failed."}
	streamBadURL = call.Result{Code: 400, Subcode: 8581, Message: "Action failed, there is no URL to stream to."}
)

func (m *streamingRun) event(context, status, detail string, r call.Result) streamingEvent {
	return streamingEvent{
		call.Outcome{OperationContext: context, Result: r}, MediaStreamingUpdate{"Audio", status, detail}, m.streaming,
	}
}

func (m *streamingRun) started(detail string) MediaStreamingStarted {
	return MediaStreamingStarted{m.event(m.context, "mediaStreamingStarted", detail, call.Success)}
}

func (m *streamingRun) failed(detail string) MediaStreamingFailed {
	result := streamFailed
	if detail == "streamUrlMissing" {
		result = streamBadURL
	}
	return MediaStreamingFailed{m.event(m.context, "mediaStreamingFailed", detail, result)}
}

// stopped is the end that was asked for, by whomever.
func (m *streamingRun) stopped(ctx context.Context) MediaStreamingStopped {
	reference := m.context
	if by := call.StoppedBy(ctx); by != nil {
		reference = by.Context
	}
	return MediaStreamingStopped{m.event(reference, "mediaStreamingStopped", "subscriptionStopped", call.Success)}
}

func (m *streamingRun) run(ctx context.Context, s *call.Stage) call.Event {
	if m.url == "" {
		return m.failed("streamUrlMissing")
	}
	select {
	case m.turn <- struct{}{}:
		defer func() { <-m.turn }()
	case <-ctx.Done():
		return m.stopped(ctx)
	}
	m.stage = s
	err := m.connect(ctx)
	switch {
	case ctx.Err() != nil, errors.Is(err, stream.ErrHungUp):
		return m.stopped(ctx)
	case err != nil:
		return m.failed(detail(err, "initialWebSocketConnectionFailed"))
	}
	return m.stopped(ctx)
}

// connect keeps the socket open until ctx ends, or it is lost.
func (m *streamingRun) connect(ctx context.Context) error {
	connection, _, correlation := m.stage.IDs()
	streams := 1
	if m.unmixed {
		streams = 4
	}
	m.link = &stream.Link{
		Dialer: m.dialer, Target: stream.Target{URL: m.url, Connection: connection, Correlation: correlation},
		Greeting: func() [][]byte {
			return [][]byte{stream.AudioMetadata(subscriptionID(connection, streamingName), m.rate)}
		},
		Queue: stream.NewQueue(streams, m.dialer.Stats), Receive: m.receive,
	}
	hush, err := m.speak(ctx)
	if err != nil {
		return err
	}
	defer hush()
	inside, cancel := context.WithCancel(ctx)
	var sending sync.WaitGroup
	m.link.Opened = func(again bool) {
		if again {
			m.stage.Emit(m.started("streamConnectionReestablished"))
			return
		}
		m.stage.Emit(m.started("subscriptionStarted"))
		sending.Go(func() { m.listen(inside) })
		if m.keys {
			sending.Go(func() { m.press(inside) })
		}
	}
	err = m.link.Run(ctx)
	cancel()
	sending.Wait()
	return err
}

// speak gives the application its voice, if it may have one.
func (m *streamingRun) speak(ctx context.Context) (hush func(), err error) {
	if !m.speaks {
		return func() {}, nil
	}
	voice, err := stream.NewVoice(m.rate, m.dialer.Stats, func(name string, heard bool, played time.Duration) {
		m.link.Queue.Text(stream.Marked(name, heard, played))
	})
	if err != nil {
		return nil, err
	}
	leave, err := m.stage.Speak(ctx, voice)
	if err != nil {
		return nil, err
	}
	m.voice = voice
	silenced := context.AfterFunc(ctx, func() { voice.Stop() }) // before goodbye has been said
	return func() { silenced(); leave() }, nil
}

// receive does what the application says.
func (m *streamingRun) receive(own, binary bool, message []byte) {
	if m.voice == nil {
		return
	}
	in, err := stream.Read(message, own, binary)
	if err != nil {
		m.dialer.Stats.Misunderstood.Add(1)
		return
	}
	switch in.Kind {
	case stream.SaysAudio:
		m.voice.Say(in.Samples)
	case stream.SaysMark:
		m.voice.Mark(in.Mark)
	case stream.SaysStop:
		if played, dropped := m.voice.Stop(); own {
			m.link.Queue.Text(stream.Played(played, dropped))
		}
	}
}

// press sends the keys that are pressed.
func (m *streamingRun) press(ctx context.Context) {
	keys, enough := m.stage.Keys()
	defer enough()
	for {
		select {
		case k := <-keys:
			if name, ok := dtmf.Tone(k.Tone).Char(); ok {
				m.link.Queue.Text(stream.DTMF(string(name), string(k.By.Identity), m.dialer.Now()))
			}
		case <-ctx.Done():
			return
		}
	}
}

// listen sends what is heard until ctx ends, or the call.
func (m *streamingRun) listen(ctx context.Context) {
	opts := media.TapOptions{Rate: m.rate, WithoutPlays: true}
	if m.unmixed {
		opts = media.TapOptions{Each: true}
	}
	tap, err := m.stage.Tap("", opts)
	if err != nil {
		return // the call is over
	}
	defer tap.Close()
	defer context.AfterFunc(ctx, tap.Close)()
	if m.unmixed {
		m.each(tap)
		return
	}
	m.mix(tap)
}

// mix sends the mix.
func (m *streamingRun) mix(tap media.Tap) {
	var t media.Tapped
	var pcm []byte
	var when wall
	for tap.Read(&t) == nil {
		p := stream.Mixed(&t.Frame, when.at(t.Time, m.dialer.Now), pcm)
		pcm = p.PCM
		m.link.Queue.Audio(p)
	}
}

// each sends those who speak, each alone.
func (m *streamingRun) each(tap media.Tap) {
	var t media.Tapped
	var when wall
	lanes := stream.NewLanes(m.rate, m.link.Queue)
	company := newCompany(m.stage)
	lanes.Present(company.ids())
	for tap.Read(&t) == nil {
		if t.Speaker != "" {
			if p, ok := company.find(t.Speaker); ok {
				lanes.Speak(string(p.Identity), t.Frame.Samples)
			}
			continue
		}
		lanes.Turn(when.at(t.Time, m.dialer.Now))
		if company.changed() {
			lanes.Present(company.ids())
		}
	}
}

// wall tells when a moment of a bridge was by the clock on the wall.
type wall struct{ began time.Time }

func (w *wall) at(since time.Duration, now func() time.Time) time.Time {
	if w.began.IsZero() {
		w.began = now().Add(-since)
	}
	return w.began.Add(since)
}
