// CallMedia: what is heard in a call.
import assert from 'node:assert/strict';
import { callTo, end, outcome } from './calls.mjs';
import { rawId, refused } from './expect.mjs';
import { need, scene, step } from './steps.mjs';

const name = (method) => `CallMedia.${method}`;

export const media = (world) => scene('media', async () => {
  let call;
  await need('a call for media', async () => { call = await callTo(world, world.alice); });
  call.media = call.connection.getCallMedia();
  await playing(world, call);
  await speaking(world, call);
  await holding(world, call);
  await step('CallMedia: what the call was told', async () => {
    await end(world, call);
    world.hooks.assertTold(call.id, ...told, 'CallDisconnected');
  });
});

/** Everything that the call is told by the steps below, in order. */
const told = ['CallConnected',
  'PlayStarted', 'PlayCompleted', 'PlayStarted', 'PlayCompleted', 'PlayStarted', 'PlayCompleted', 'PlayFailed', 'PlayStarted', 'PlayCanceled',
  'PlayStarted', 'PlayCanceled', 'PlayStarted', 'PlayCompleted',
  'PlayStarted', 'PlayCompleted', 'PlayStarted', 'PlayCompleted', 'PlayFailed', 'PlayFailed', 'HoldFailed'];

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
    await alice.hearsNothing();
  });
  await step(name('playToAll, interrupting what plays'), async () => {
    await media.playToAll(long(world), { operationContext: 'long' });
    await alice.hears(440);
    await media.playToAll(prompt(world), { interruptCallMediaOperation: true, operationContext: 'short' });
    outcome(await hooks.event(id, 'PlayCanceled'), 400, 8508, 'long');
    outcome(await hooks.event(id, 'PlayCompleted'), 200, 0, 'short');
  });
}

/** Text and markup. */
async function speaking(world, { id, media }) {
  const { hooks, alice } = world;

  await step(name('playToAll, of text'), async () => {
    const source = { kind: 'textSource', text: 'This is what a text sounds like.', sourceLocale: 'en-US', voiceKind: 'male', voiceName: 'en-US-GuyNeural', customVoiceEndpointId: 'none' };
    await media.playToAll([source], { operationContext: 'text' });
    await alice.hears();
    outcome(await hooks.event(id, 'PlayCompleted'), 200, 0, 'text');
  });
  await step(name('play, of SSML'), async () => {
    const ssmlText = '<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="en-US"><voice name="en-US-JennyNeural">And this is markup.</voice></speak>';
    await media.play([{ kind: 'ssmlSource', ssmlText, customVoiceEndpointId: 'none' }], [alice.identifier], { operationContext: 'markup' });
    await alice.hears();
    outcome(await hooks.event(id, 'PlayCompleted'), 200, 0, 'markup');
  });
  await step(name('playToAll, of an empty text: PlayFailed'), async () => {
    await media.playToAll([{ kind: 'textSource', text: ' ' }], { operationContext: 'empty' });
    outcome(await hooks.event(id, 'PlayFailed'), 400, 8582, 'empty');
  });
  await step(name('playToAll, of what is no sound: PlayFailed'), async () => {
    await media.playToAll([{ kind: 'fileSource', url: `${world.door}/noise.bin` }], { operationContext: 'no sound' });
    const failed = await hooks.event(id, 'PlayFailed');
    outcome(failed, 400, 8535, 'no sound');
    assert.equal(failed.failedPlaySourceIndex, 0);
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
    await alice.hears(440);
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
