// CallMedia: keys as they come, and keys that are sent.
import assert from 'node:assert/strict';
import { callTo, connected, end, outcome } from './calls.mjs';
import { refused } from './expect.mjs';
import { need, scene, step } from './steps.mjs';

const name = (method) => `CallMedia.${method}`;

export async function keys(world) {
  await pressing(world);
  await failing(world);
}

const failing = (world) => scene('keys that cannot be sent', async () => {
  const { client, hooks, bob } = world;
  await step(name('sendDtmfTones, to a telephone that takes none: SendDtmfTonesFailed'), async () => {
    const placed = await client.createCall({ targetParticipant: bob.identifier }, hooks.callback, { operationContext: 'keyless' });
    await bob.accepts({ keyless: true });
    const call = await connected(world, placed, 'keyless');
    await call.connection.getCallMedia().sendDtmfTones(['one'], bob.identifier, { operationContext: 'in vain' });
    outcome(await hooks.event(call.id, 'SendDtmfTonesFailed'), 400, 8500, 'in vain');
    await end(world, call);
    hooks.assertTold(call.id, 'CallConnected', 'SendDtmfTonesFailed', 'CallDisconnected');
  });
});

const pressing = (world) => scene('keys', async () => {
  const { hooks, alice, bob } = world;
  let call;
  await need('a call for keys', async () => { call = await callTo(world, alice); });
  const { id } = call;
  const media = call.connection.getCallMedia();

  await step(name('startContinuousDtmfRecognition'), async () => {
    await media.startContinuousDtmfRecognition(alice.identifier, { operationContext: 'tones' });
    await alice.presses('one', 'pound', 'asterisk');
    let last = 0;
    for (const tone of ['one', 'pound', 'asterisk']) {
      const heard = await hooks.event(id, 'ContinuousDtmfRecognitionToneReceived');
      outcome(heard, 200, 0, 'tones');
      assert.equal(heard.tone, tone);
      assert.equal(heard.sequenceId, last += 1);
    }
  });
  await step(name('startContinuousDtmfRecognition, beside a prompt'), async () => {
    await media.playToAll([{ kind: 'fileSource', url: `${world.door}/long.wav` }], { operationContext: 'long' });
    await hooks.event(id, 'PlayStarted');
    await alice.presses('a');
    assert.equal((await hooks.event(id, 'ContinuousDtmfRecognitionToneReceived')).tone, 'a');
    await media.cancelAllOperations();
    outcome(await hooks.event(id, 'PlayCanceled'), 400, 8508, 'long');
    await alice.presses('b');
    assert.equal((await hooks.event(id, 'ContinuousDtmfRecognitionToneReceived')).tone, 'b');
  });
  await step(name('sendDtmfTones'), async () => {
    const { operationContext } = await media.sendDtmfTones(['one', 'two', 'pound'], alice.identifier, { operationContext: 'send' });
    assert.equal(operationContext, 'send');
    outcome(await hooks.event(id, 'SendDtmfTonesCompleted'), 200, 0, 'send');
    assert.deepEqual(await alice.wasPressed(), ['one', 'two', 'pound']);
  });
  await step(name('sendDtmfTones, told elsewhere'), async () => {
    await media.sendDtmfTones(['nine'], alice.identifier, { operationContext: 'there', operationCallbackUrl: hooks.elsewhere });
    outcome(await hooks.event(id, 'SendDtmfTonesCompleted', () => true, '/elsewhere'), 200, 0, 'there');
  });
  await step(name('sendDtmfTones, of too many'), () =>
    refused(() => media.sendDtmfTones(Array(19).fill('one'), alice.identifier), 400, '8523'));
  await step(name('sendDtmfTones, of what is no key'), () =>
    refused(() => media.sendDtmfTones(['eleven'], alice.identifier), 400, '8523'));
  await step(name('sendDtmfTones, to somebody who is not there'), () =>
    refused(() => media.sendDtmfTones(['one'], bob.identifier), 404, '8522'));
  await step(name('stopContinuousDtmfRecognition'), async () => {
    await media.stopContinuousDtmfRecognition(alice.identifier, { operationContext: 'stop', operationCallbackUrl: hooks.elsewhere });
    const stopped = await hooks.event(id, 'ContinuousDtmfRecognitionStopped', () => true, '/elsewhere');
    outcome(stopped, 200, 0, 'stop');
  });
  await step('keys: what is still recognized ends before the call', async () => {
    await media.startContinuousDtmfRecognition(alice.identifier, { operationContext: 'to the end' });
    await end(world, call);
    outcome(await hooks.event(id, 'ContinuousDtmfRecognitionStopped'), 200, 0, 'to the end');
    const tone = 'ContinuousDtmfRecognitionToneReceived';
    hooks.assertTold(id, 'CallConnected', tone, tone, tone, 'PlayStarted', tone, 'PlayCanceled', tone,
      'SendDtmfTonesCompleted', 'SendDtmfTonesCompleted', 'ContinuousDtmfRecognitionStopped', 'ContinuousDtmfRecognitionStopped', 'CallDisconnected');
  });
});
