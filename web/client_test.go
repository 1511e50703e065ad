package web_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// hum calls with a tone of 440 Hz in place of a microphone, and measures what
// comes back: the loudest frequency in Hz, its level in dB, and the level once
// the call is muted.
const hum = `(async () => {
	const { CallClient, AzureCommunicationTokenCredential, LocalAudioStream } = await import('/client/calling.js');
	const context = new AudioContext();
	const out = context.createMediaStreamDestination();
	const tone = new OscillatorNode(context, { frequency: 440 });
	tone.connect(out);
	tone.start();
	const agent = await new CallClient().createCallAgent(new AzureCommunicationTokenCredential('t'), { displayName: 'tone' });
	const call = agent.startCall([{ id: 'echo' }], { audioOptions: { localAudioStreams: [new LocalAudioStream(out.stream)] } });
	const states = [call.state];
	call.on('stateChanged', () => states.push(call.state));
	await new Promise((resolve) => call.on('remoteAudioStreamsUpdated', resolve));
	const back = context.createMediaStreamSource(await call.remoteAudioStreams[0].getMediaStream());
	const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
	back.connect(analyser);
	const bins = new Float32Array(analyser.frequencyBinCount);
	let loudest = 0;
	for (let i = 0; i < 50; i++) {
		await new Promise((resolve) => setTimeout(resolve, 100));
		analyser.getFloatFrequencyData(bins);
		loudest = bins.indexOf(Math.max(...bins));
		if (bins[loudest] > -40 && i > 10) break;
	}
	const level = bins[loudest];
	await call.mute();
	await new Promise((resolve) => setTimeout(resolve, 1000));
	analyser.getFloatFrequencyData(bins);
	const muted = Math.max(-200, bins[loudest]);
	await call.hangUp();
	await agent.dispose();
	return { hertz: loudest * context.sampleRate / analyser.fftSize, level, muted, states, reason: call.callEndReason };
})()`

func TestTheClientSendsAndReceivesSound(t *testing.T) {
	f := newFakeServer(t)
	ctx := open(t, f)
	got, err := chromedp.Run(ctx, chromedp.Evaluate[struct {
		Hertz  float64  `json:"hertz"`
		Level  float64  `json:"level"`
		Muted  float64  `json:"muted"`
		States []string `json:"states"`
	}](hum, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	if got.Hertz < 430 || got.Hertz > 450 || got.Level < -40 {
		t.Errorf("sent 440 Hz, received %.0f Hz at %.0f dB", got.Hertz, got.Level)
	}
	if got.Muted > got.Level-50 {
		t.Errorf("muted it is at %.0f dB, before it was at %.0f", got.Muted, got.Level)
	}
	want := "None Connecting Ringing Connected Disconnecting Disconnected"
	if s := strings.Join(got.States, " "); s != want {
		t.Errorf("the call went through %s, not %s", s, want)
	}
}

// twice registers one user two times and gives the second one's error.
const twice = `(async () => {
	const { CallClient, AzureCommunicationTokenCredential } = await import('/client/calling.js');
	const client = new CallClient();
	const agent = await client.createCallAgent(new AzureCommunicationTokenCredential('t'));
	const error = await client.createCallAgent(new AzureCommunicationTokenCredential('t')).then(() => undefined, (e) => e);
	await agent.dispose();
	const again = await client.createCallAgent(new AzureCommunicationTokenCredential('t'));
	return error.name + ' ' + error.code + '/' + error.subCode + ' ' + again.connectionState;
})()`

func TestOneUserHasOneAgentInAClient(t *testing.T) {
	f := newFakeServer(t)
	ctx := open(t, f)
	got, err := chromedp.Run(ctx, chromedp.Evaluate[string](twice, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	if want := "CommunicationServicesError 409/40228 Connected"; got != want {
		t.Errorf("it was %s, not %s", got, want)
	}
}
