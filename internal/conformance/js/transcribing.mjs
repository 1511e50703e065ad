// CallMedia: what is said, as text over a WebSocket.
import assert from 'node:assert/strict';
import { callTo, connected, end, outcome } from './calls.mjs';
import { rawId, refused } from './expect.mjs';
import { need, scene, step } from './steps.mjs';

const name = (method) => `CallMedia.${method}`;

const update = (event, status, details) =>
  assert.deepEqual({ ...event.transcriptionUpdate }, { transcriptionStatus: status, transcriptionStatusDetails: details });

export async function transcribing(world) {
  await lines(world);
  await refusing(world);
}

const refusing = (world) => scene('transcription that is refused', async () => {
  const { client, hooks, sockets, alice } = world;
  await step('transcription: an application that refuses it', async () => {
    const transcriptionOptions = { transportType: 'websocket', transportUrl: `${sockets.origin}/refused`, locale: 'en-US' };
    const placed = await client.createCall({ targetParticipant: alice.identifier }, hooks.callback, { operationContext: 'lines', transcriptionOptions });
    await alice.accepts();
    const call = await connected(world, placed, 'lines');
    await call.connection.getCallMedia().startTranscription({ operationContext: 'refused' });
    const failed = await hooks.event(call.id, 'TranscriptionFailed');
    outcome(failed, 500, 8578, 'refused');
    update(failed, 'transcriptionFailed', 'forbidden');
    await end(world, call);
    hooks.assertTold(call.id, 'CallConnected', 'TranscriptionFailed', 'CallDisconnected');
  });
});

const lines = (world) => scene('transcribing', async () => {
  const { client, hooks, sockets, alice } = world;
  let [call, socket] = [];

  await step(name('startTranscription, not configured'), async () => {
    const other = await callTo(world, alice);
    await refused(() => other.connection.getCallMedia().startTranscription(), 405, '8522');
    await end(world, other);
  });
  await need('createCall, with transcription', async () => {
    const transcriptionOptions = { transportType: 'websocket', transportUrl: `${sockets.origin}/lines`, locale: 'en-US', enableIntermediateResults: false };
    const placed = await client.createCall({ targetParticipant: alice.identifier }, hooks.callback, {
      operationContext: 'lines', transcriptionOptions, callIntelligenceOptions: { cognitiveServicesEndpoint: 'https://speech.example.com/' },
    });
    await alice.accepts();
    call = { ...await connected(world, placed, 'lines'), properties: placed.callConnectionProperties };
  });
  const media = call.connection.getCallMedia();

  await step(name('startTranscription'), async () => {
    await media.startTranscription({ locale: 'en-GB', operationContext: 'start' });
    socket = await sockets.opened('/lines');
    assert.equal(socket.headers['x-ms-call-connection-id'], call.id);
    await hooks.authorized(socket.headers.authorization);
    const started = await hooks.event(call.id, 'TranscriptionStarted');
    outcome(started, 200, 0, 'start');
    update(started, 'transcriptionStarted', 'subscriptionStarted');
  });
  await step('transcription: the metadata comes first', async () => {
    const { kind, parsed, raw } = await socket.first();
    assert.equal(kind, 'TranscriptionMetadata');
    assert.equal(parsed.locale, 'en-GB');
    assert.equal(parsed.callConnectionId, call.id);
    assert.equal(parsed.correlationId, call.properties.correlationId);
    assert.ok(!('speechRecognitionModelEndpointId' in raw.transcriptionMetadata), 'there is no model');
    const { transcriptionSubscription: subscription } = await call.connection.getCallConnectionProperties();
    assert.equal(subscription.id, parsed.subscriptionId);
    assert.equal(subscription.state, 'active');
    assert.equal(subscription.locale, 'en-GB');
  });
  await step('transcription: what is said comes as a line', async () => {
    await alice.says('hello world');
    const { parsed, raw } = await socket.message('TranscriptionData');
    assert.ok(parsed.text.length > 0, 'a text');
    assert.equal(parsed.format, 'display');
    assert.equal(parsed.resultState, 'Final');
    assert.equal(rawId(parsed.participant), alice.id);
    assert.ok(Array.isArray(parsed.words), 'words');
    assert.ok(parsed.durationInTicks > 2_000_000 && parsed.durationInTicks < 60_000_000, `${parsed.durationInTicks}`);
    assert.ok(Number.isInteger(raw.transcriptionData.offset), 'an offset');
  });
  await step(name('updateTranscription'), async () => {
    await media.updateTranscription('en-US', { operationContext: 'update', speechRecognitionModelEndpointId: 'none' });
    const updated = await hooks.event(call.id, 'TranscriptionUpdated');
    outcome(updated, 200, 0, 'update');
    update(updated, 'transcriptionUpdated', 'transcriptionLocaleUpdated');
    assert.equal((await call.connection.getCallConnectionProperties()).transcriptionSubscription.locale, 'en-US');
  });
  await step(name('stopTranscription'), async () => {
    await media.stopTranscription({ operationContext: 'stop', operationCallbackUrl: hooks.elsewhere });
    const stopped = await hooks.event(call.id, 'TranscriptionStopped', () => true, '/elsewhere');
    outcome(stopped, 200, 0, 'stop');
    update(stopped, 'transcriptionStopped', 'subscriptionStopped');
    assert.equal(await socket.closed, 1000);
  });
  await step('transcription: what was told', async () => {
    await end(world, call);
    hooks.assertTold(call.id, 'CallConnected', 'TranscriptionStarted', 'TranscriptionUpdated', 'TranscriptionStopped', 'CallDisconnected');
  });
});
