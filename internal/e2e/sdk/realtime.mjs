// A voice agent with the service's own packages: it answers a call with
// bidirectional streaming at 24 kHz, hands the sound to a model that speaks the
// OpenAI Realtime protocol and what the model says to the call, and stops that as
// soon as the caller speaks.
//
//   node realtime.mjs CONNECTION-STRING MODEL-URL KEY
//
// It tells what it sees as JSON lines on standard output.
import { once } from 'node:events';
import { createServer } from 'node:http';
import {
  CallAutomationClient, StreamingData, createOutboundAudioData, createOutboundStopAudioData,
} from '@azure/communication-call-automation';
import { CommunicationIdentityClient } from '@azure/communication-identity';
import { WebSocket, WebSocketServer } from 'ws';
import { subscribe } from './subscription.mjs';
import { Webhooks } from './webhooks.mjs';

const [connectionString, modelURL, key] = process.argv.slice(2);
const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
process.on('unhandledRejection', (error) => {
  tell({ step: 'failed', error: String(error?.stack ?? error) });
  process.exit(1);
});

/** The socket on which the call's sound comes and goes. */
const sockets = createServer();
const media = new WebSocketServer({ server: sockets });
sockets.listen(0, '127.0.0.1');
await once(sockets, 'listening');

media.on('connection', (call) => {
  const model = new WebSocket(modelURL, { headers: { authorization: `Bearer ${key}` } });
  const ask = (event) => model.readyState === WebSocket.OPEN && model.send(JSON.stringify(event));
  model.on('open', () => ask({ type: 'session.update', session: { type: 'realtime', instructions: 'You answer the telephone.' } }));

  call.on('message', (message) => {
    const data = StreamingData.parse(message);
    if (StreamingData.getStreamingKind() === 'AudioData') ask({ type: 'input_audio_buffer.append', audio: data.data });
  });
  model.on('message', (message) => {
    const event = JSON.parse(message);
    switch (event.type) {
      case 'response.output_audio.delta':
        call.send(createOutboundAudioData(event.delta));
        break;
      case 'input_audio_buffer.speech_started':
        call.send(createOutboundStopAudioData());
        tell({ step: 'speech' });
        break;
      case 'response.done':
        tell({ step: 'response', status: event.response.status });
        break;
      default:
    }
  });
  call.on('close', () => model.close());
});

const webhooks = new Webhooks();
const origin = await webhooks.listen();
const support = await new CommunicationIdentityClient(connectionString).createUser();
await subscribe(connectionString, 'realtime', `${origin}/incoming`, support.communicationUserId);
tell({ step: 'ready', user: support.communicationUserId });

const { data } = await webhooks.next((e) => e.eventType === 'Microsoft.Communication.IncomingCall');
await new CallAutomationClient(connectionString).answerCall(data.incomingCallContext, `${origin}/events`, {
  mediaStreamingOptions: {
    transportUrl: `ws://127.0.0.1:${sockets.address().port}`,
    transportType: 'websocket',
    contentType: 'audio',
    audioChannelType: 'mixed',
    startMediaStreaming: true,
    enableBidirectional: true,
    audioFormat: 'Pcm24KMono',
  },
});
await webhooks.next((e) => e.kind === 'MediaStreamingStarted');
tell({ step: 'streaming' });
await webhooks.next((e) => e.kind === 'MediaStreamingStopped');
await webhooks.next((e) => e.kind === 'CallDisconnected');
tell({ step: 'over' });
await webhooks.close();
sockets.closeAllConnections();
sockets.close();
process.stdin.destroy();
