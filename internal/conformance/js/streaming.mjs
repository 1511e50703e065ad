// CallMedia: sound over a WebSocket, both ways.
import assert from 'node:assert/strict';
import { createOutboundAudioData, createOutboundStopAudioData } from '@azure/communication-call-automation';
import { callTo, connected, end, groupCallTo, outcome } from './calls.mjs';
import { rawId, refused, text } from './expect.mjs';
import { sounds, tone } from './sockets.mjs';
import { need, scene, step } from './steps.mjs';

const name = (method) => `CallMedia.${method}`;

export const streaming = (world) => scene('streaming', async () => {
  await notConfigured(world);
  await mixed(world);
  await unmixed(world);
  await refusing(world);
});

/** A call to somebody with options, once it is connected. */
async function callWith(world, person, options) {
  const placed = await world.client.createCall({ targetParticipant: person.identifier }, world.hooks.callback, { operationContext: 'stream', ...options });
  await person.accepts();
  return { ...await connected(world, placed, 'stream'), properties: placed.callConnectionProperties };
}

const update = (event, status, details) =>
  assert.deepEqual({ ...event.mediaStreamingUpdate }, { contentType: 'Audio', mediaStreamingStatus: status, mediaStreamingStatusDetails: details });

const notConfigured = (world) => scene('streaming that is not configured', async () => {
  await step(name('startMediaStreaming, not configured'), async () => {
    const call = await callTo(world, world.alice);
    await refused(() => call.connection.getCallMedia().startMediaStreaming(), 405, '8522');
    await end(world, call);
  });
  for (const [wrong, options] of Object.entries({
    'no such channels': { audioChannelType: 'stereo' },
    'no such format': { audioFormat: 'pcm8KMono' },
    'no URL': { transportUrl: 'nowhere' },
  })) {
    await step(`createCall, with media streaming that has ${wrong}`, () => {
      const mediaStreamingOptions = { transportType: 'websocket', audioChannelType: 'mixed', transportUrl: `${world.sockets.origin}/x`, ...options };
      return refused(() => world.client.createCall({ targetParticipant: world.alice.identifier }, world.hooks.callback, { mediaStreamingOptions }), 400, '8523');
    });
  }
});

const mixed = (world) => scene('mixed streaming', async () => {
  const { hooks, sockets, alice } = world;
  const rate = 24000;
  let [call, socket] = [];
  await need('createCall, with media streaming that starts with the call', async () => {
    const mediaStreamingOptions = {
      transportType: 'websocket', transportUrl: `${sockets.origin}/mixed?key=a:b`, contentType: 'audio', audioChannelType: 'mixed',
      startMediaStreaming: true, enableBidirectional: true, audioFormat: 'Pcm24KMono', enableDtmfTones: true,
    };
    call = await callWith(world, alice, { mediaStreamingOptions });
    socket = await sockets.opened('/mixed?key=a:b');
    const started = await hooks.event(call.id, 'MediaStreamingStarted');
    outcome(started, 200, 0, 'stream');
    update(started, 'mediaStreamingStarted', 'subscriptionStarted');
  });
  const media = call.connection.getCallMedia();

  await step('media streaming: who connects says so', async () => {
    assert.equal(socket.headers['x-ms-call-connection-id'], call.id);
    assert.equal(socket.headers['x-ms-call-correlation-id'], call.properties.correlationId);
    await hooks.authorized(socket.headers.authorization);
  });
  await step('media streaming: the metadata comes first', async () => {
    const { kind, parsed, raw } = await socket.first();
    assert.equal(kind, 'AudioMetadata');
    assert.deepEqual({ ...parsed, subscriptionId: '' }, { subscriptionId: '', encoding: 'PCM', sampleRate: rate, channels: 1 });
    assert.equal(raw.audioMetadata.length, 960);
    const { mediaStreamingSubscription: subscription } = await call.connection.getCallConnectionProperties();
    assert.equal(subscription.id, parsed.subscriptionId);
    assert.equal(subscription.state, 'active');
    assert.deepEqual(subscription.subscribedContentTypes, ['audio']);
  });
  await step('media streaming: what is said is heard on the socket', async () => {
    const heard = socket.message('AudioData', (a) => tone(a.data, 620, rate) > 0.8);
    await alice.sounds(620, 600);
    const { parsed, raw } = await heard;
    assert.equal(Buffer.from(parsed.data, 'base64').length, 960);
    assert.ok(!('participantRawID' in raw.audioData), 'mixed sound is nobody\'s');
    assert.equal(parsed.isSilent, false);
    assert.ok(Math.abs(new Date(parsed.timestamp) - Date.now()) < 10_000, parsed.timestamp);
    await socket.message('AudioData', (a) => a.isSilent === true);
  });
  await step('media streaming: what is sent is heard in the call, until it is stopped', async () => {
    for (let i = 0; i < 10; i += 1) socket.send(createOutboundAudioData(sounds(440, rate, 500)));
    await alice.hears(440);
    socket.send(createOutboundStopAudioData());
    await alice.hearsNothing();
    socket.send(createOutboundAudioData(sounds(880, rate, 700)));
    await alice.hears(880);
    await alice.hearsNothing();
  });
  await step('media streaming: what makes no sense is passed over', async () => {
    for (const nonsense of ['', '{', '[]', '{"kind":"other"}', '{"kind":"audioData"}', '{"kind":"audioData","audioData":{"data":"%%"}}']) socket.send(nonsense);
    socket.send(createOutboundAudioData(sounds(880, rate, 700)));
    await alice.hears(880);
  });
  await step('media streaming: keys come over the socket', async () => {
    await alice.presses('three', 'pound');
    const { parsed, raw } = await socket.message('DtmfData');
    assert.equal(parsed.data, '3');
    assert.equal(raw.dtmfData.participantRawID, alice.id);
    assert.equal((await socket.message('DtmfData')).parsed.data, '#');
  });
  await step(name('stopMediaStreaming'), async () => {
    await media.stopMediaStreaming({ operationContext: 'stop', operationCallbackUrl: hooks.elsewhere });
    const stopped = await hooks.event(call.id, 'MediaStreamingStopped', () => true, '/elsewhere');
    outcome(stopped, 200, 0, 'stop');
    update(stopped, 'mediaStreamingStopped', 'subscriptionStopped');
    assert.equal(await socket.closed, 1000);
    assert.equal((await call.connection.getCallConnectionProperties()).mediaStreamingSubscription.state, 'inactive');
  });
  await step(name('startMediaStreaming'), async () => {
    await media.startMediaStreaming({ operationContext: 'again' });
    outcome(await hooks.event(call.id, 'MediaStreamingStarted'), 200, 0, 'again');
    socket = await sockets.opened('/mixed?key=a:b');
    assert.equal((await socket.first()).kind, 'AudioMetadata');
  });
  await step('media streaming ends before its call', async () => {
    await end(world, call);
    await socket.closed;
    hooks.assertTold(call.id, 'CallConnected', 'MediaStreamingStarted', 'MediaStreamingStopped', 'MediaStreamingStarted', 'MediaStreamingStopped', 'CallDisconnected');
  });
});

const unmixed = (world) => scene('unmixed streaming', async () => {
  const { client, hooks, sockets, alice, bob } = world;
  await step('media streaming, unmixed: each by a name', async () => {
    const mediaStreamingOptions = { transportType: 'websocket', transportUrl: `${sockets.origin}/unmixed`, audioChannelType: 'unmixed', startMediaStreaming: true };
    const placed = await client.createGroupCall([alice.identifier, bob.identifier], hooks.callback, { operationContext: 'group', mediaStreamingOptions });
    await alice.accepts();
    await bob.accepts();
    const call = await connected(world, placed, 'group');
    const socket = await sockets.opened('/unmixed');
    assert.equal((await socket.first()).raw.audioMetadata.length, 640);
    for (const [person, hertz] of [[alice, 500], [bob, 700]]) {
      const heard = socket.message('AudioData', (a) => a.participant && rawId(a.participant) === person.id && tone(a.data, hertz, 16000) > 0.8);
      await person.sounds(hertz, 600);
      await heard;
    }
    await end(world, call);
  });
});

const refusing = (world) => scene('streaming that is refused', async () => {
  const { hooks, sockets, alice } = world;
  await step('media streaming: an application that refuses it', async () => {
    const mediaStreamingOptions = { transportType: 'websocket', transportUrl: `${sockets.origin}/refused`, audioChannelType: 'mixed' };
    const call = await callWith(world, alice, { mediaStreamingOptions });
    await call.connection.getCallMedia().startMediaStreaming({ operationContext: 'refused' });
    const failed = await hooks.event(call.id, 'MediaStreamingFailed');
    assert.equal(failed.operationContext, 'refused');
    assert.equal(failed.resultInformation.subCode, 8603);
    update(failed, 'mediaStreamingFailed', 'forbidden');
    await end(world, call);
  });
});
