// CallMedia: what is heard in a call.
import assert from 'node:assert/strict';
import { callTo, end, outcome } from './calls.mjs';
import { perhapsLater, rawId, refused } from './expect.mjs';
import { need, scene, step } from './steps.mjs';

const name = (method) => `CallMedia.${method}`;

export const media = (world) => scene('media', async () => {
  let call;
  await need('a call for media', async () => { call = await callTo(world, world.alice); });
  call.media = call.connection.getCallMedia();
  await playing(world, call);
  await recognizing(world, call);
  await holding(world, call);
  await keys(world, call);
  await yetToCome(world, call);
  await step('CallMedia: what the call was told', async () => {
    await end(world, call);
    world.hooks.assertTold(call.id, ...told, 'CallDisconnected');
  });
});

/** Everything that the call is told by the steps below, in order. */
const told = ['CallConnected',
  'PlayStarted', 'PlayCompleted', 'PlayStarted', 'PlayCompleted', 'PlayStarted', 'PlayCompleted', 'PlayFailed', 'PlayStarted', 'PlayCanceled',
  'RecognizeCompleted', 'RecognizeCompleted', 'RecognizeFailed', 'RecognizeCanceled', 'HoldFailed',
  'ContinuousDtmfRecognitionToneReceived', 'ContinuousDtmfRecognitionToneReceived', 'ContinuousDtmfRecognitionStopped',
  'SendDtmfTonesCompleted'];

const prompt = ({ door }) => [{ kind: 'fileSource', url: `${door}/prompt.wav` }];
const long = ({ door }) => [{ kind: 'fileSource', url: `${door}/long.wav` }];

async function playing(world, { id, media }) {
  const { hooks, alice, door } = world;

  await step(name('playToAll: PlayStarted, PlayCompleted'), async () => {
    await media.playToAll(prompt(world), { operationContext: 'to all' });
    outcome(await hooks.event(id, 'PlayStarted'), 200, 0, 'to all');
    outcome(await hooks.event(id, 'PlayCompleted'), 200, 0, 'to all');
  });
  await step(name('play: PlayStarted, PlayCompleted'), async () => {
    await media.play(prompt(world), [alice.identifier], { operationContext: 'to one' });
    outcome(await hooks.event(id, 'PlayStarted'), 200, 0, 'to one');
    outcome(await hooks.event(id, 'PlayCompleted'), 200, 0, 'to one');
  });
  await step(name('play, told elsewhere'), async () => {
    await media.play([...prompt(world), ...prompt(world)], [alice.identifier], { operationCallbackUrl: hooks.elsewhere });
    await hooks.event(id, 'PlayStarted', () => true, '/elsewhere');
    const completed = await hooks.event(id, 'PlayCompleted', () => true, '/elsewhere');
    outcome(completed, 200, 0, undefined);
  });
  await step(name('playToAll, of nothing: PlayFailed'), async () => {
    await media.playToAll([...prompt(world), { kind: 'fileSource', url: `${door}/nothing.wav` }], { operationContext: 'nothing' });
    const failed = await hooks.event(id, 'PlayFailed');
    outcome(failed, 400, 8536, 'nothing');
    assert.equal(failed.failedPlaySourceIndex, 1);
  });
  await step(name('cancelAllOperations: PlayCanceled'), async () => {
    await media.playToAll(long(world), { loop: true, operationContext: 'for ever' });
    await hooks.event(id, 'PlayStarted');
    assert.equal(await media.cancelAllOperations(), undefined);
    outcome(await hooks.event(id, 'PlayCanceled'), 400, 8508, 'for ever');
  });
}

async function recognizing(world, { id, media }) {
  const { hooks, alice } = world;
  const kind = 'callMediaRecognizeDtmfOptions';

  await step(name('startRecognizing: RecognizeCompleted by a stop tone'), async () => {
    const [playPrompt] = prompt(world);
    await media.startRecognizing(alice.identifier, {
      kind, playPrompt, maxTonesToCollect: 5, stopDtmfTones: ['pound'], initialSilenceTimeoutInSeconds: 10, operationContext: 'keys',
    });
    await alice.presses('one', 'two', 'pound');
    const completed = await hooks.event(id, 'RecognizeCompleted');
    outcome(completed, 200, 8514, 'keys');
    assert.equal(completed.recognitionType, 'dtmf');
    assert.deepEqual(completed.dtmfResult.tones, ['one', 'two']);
  });
  await step(name('startRecognizing, in its older form: RecognizeCompleted by the last tone'), async () => {
    await media.startRecognizing(alice.identifier, 2, { kind, operationContext: 'two keys' });
    await alice.presses('asterisk', 'nine');
    const completed = await hooks.event(id, 'RecognizeCompleted');
    outcome(completed, 200, 8531, 'two keys');
    assert.deepEqual(completed.dtmfResult.tones, ['asterisk', 'nine']);
  });
  await step(name('startRecognizing, of silence: RecognizeFailed'), async () => {
    await media.startRecognizing(alice.identifier, { kind, maxTonesToCollect: 1, initialSilenceTimeoutInSeconds: 1, operationContext: 'silence' });
    outcome(await hooks.event(id, 'RecognizeFailed'), 400, 8510, 'silence');
  });
  await step(name('cancelAllOperations: RecognizeCanceled'), async () => {
    await media.startRecognizing(alice.identifier, { kind, maxTonesToCollect: 1, initialSilenceTimeoutInSeconds: 60, operationContext: 'cancelled' });
    await media.cancelAllOperations();
    outcome(await hooks.event(id, 'RecognizeCanceled'), 400, 8508, 'cancelled');
  });
}

async function holding(world, { id, connection, media, properties }) {
  const { hooks, door, alice, bob } = world;
  const both = [alice.id, rawId(properties.source)];
  const isHeld = (held) => (list) => list.find((p) => rawId(p.identifier) === alice.id)?.isOnHold === held;

  await step(name('hold'), async () => {
    const [playSource] = prompt(world);
    await media.hold(alice.identifier, { playSource, operationContext: 'hold' });
    await hooks.roster(id, isHeld(true));
    await alice.sees(both, [alice.id]);
    assert.equal((await connection.getParticipant(alice.identifier)).isOnHold, true);
  });
  await step(name('unhold'), async () => {
    await media.unhold(alice.identifier, { operationContext: 'unhold' });
    await hooks.roster(id, isHeld(false));
    await alice.sees(both);
  });
  await step(name('hold, with music that is not there: HoldFailed'), async () => {
    const playSource = { kind: 'fileSource', url: `${door}/nothing.wav` };
    await media.hold(alice.identifier, { playSource, operationContext: 'no music' });
    outcome(await hooks.event(id, 'HoldFailed'), 400, 8536, 'no music');
    assert.equal((await connection.getParticipant(alice.identifier)).isOnHold, false);
  });
  await step(name('hold, of somebody who is not there'), () => refused(() => media.hold(bob.identifier), 404, '8522'));
  await step(name('hold, in silence'), async () => {
    await media.hold(alice.identifier);
    await hooks.roster(id, isHeld(true));
    await media.unhold(alice.identifier);
    await hooks.roster(id, isHeld(false));
  });
}

/** Keys, one by one, in both directions. */
async function keys({ hooks, alice, bob }, { id, media }) {
  await step(name('startContinuousDtmfRecognition: a key is told'), async () => {
    await media.startContinuousDtmfRecognition(alice.identifier, { operationContext: 'tones' });
    await refused(() => media.startContinuousDtmfRecognition(alice.identifier), 409, '8519');
    await alice.presses('four', 'asterisk');
    for (const [sequenceId, tone] of [[1, 'four'], [2, 'asterisk']]) {
      const told = await hooks.event(id, 'ContinuousDtmfRecognitionToneReceived');
      outcome(told, 200, 0, 'tones');
      assert.deepEqual([told.sequenceId, told.tone], [sequenceId, tone]);
    }
  });
  await step(name('stopContinuousDtmfRecognition'), async () => {
    await media.stopContinuousDtmfRecognition(alice.identifier, { operationContext: 'no more tones' });
    outcome(await hooks.event(id, 'ContinuousDtmfRecognitionStopped'), 200, 0, 'no more tones');
  });
  await step(name('sendDtmfTones: SendDtmfTonesCompleted'), async () => {
    const { operationContext } = await media.sendDtmfTones(['one', 'pound'], alice.identifier, { operationContext: 'send' });
    assert.equal(operationContext, 'send');
    outcome(await hooks.event(id, 'SendDtmfTonesCompleted'), 200, 0, 'send');
  });
  await step(name('sendDtmfTones, to nobody'), () => refused(() => media.sendDtmfTones(['one'], bob.identifier), 404, '8522'));
}

/** What streams or transcribes. */
async function yetToCome({ hooks }, { media }) {
  const operations = {
    startTranscription: () => media.startTranscription({ locale: 'en-US', operationContext: 'start' }),
    updateTranscription: () => media.updateTranscription('de-DE', { operationContext: 'update' }),
    stopTranscription: () => media.stopTranscription({ operationCallbackUrl: hooks.elsewhere }),
    startMediaStreaming: () => media.startMediaStreaming({ operationContext: 'start' }),
    stopMediaStreaming: () => media.stopMediaStreaming({ operationCallbackUrl: hooks.elsewhere }),
  };
  for (const [operation, call] of Object.entries(operations)) {
    await step(name(operation), () => perhapsLater(operation, call));
  }
}
