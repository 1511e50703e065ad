// CallMedia.startRecognizing: what people press and say.
import assert from 'node:assert/strict';
import { callTo, end, groupCallTo, outcome } from './calls.mjs';
import { refused } from './expect.mjs';
import { need, scene, step } from './steps.mjs';

const name = (how) => `CallMedia.startRecognizing${how}`;

export const recognizing = (world) => scene('recognizing', async () => {
  let call;
  await need('a call for recognition', async () => { call = await callTo(world, world.alice); });
  call.media = call.connection.getCallMedia();
  call.told = ['CallConnected'];
  for (const part of [keys, silences, choices, speech, either]) await part(world, call);
  await step('startRecognizing: what the call was told', async () => {
    await end(world, call);
    world.hooks.assertTold(call.id, ...call.told, 'CallDisconnected');
  });
  await inGroups(world);
});

/** Recognizes, does something, and resolves to the event that ends it. */
async function recognize({ hooks, alice }, call, options, act, kind = 'RecognizeCompleted') {
  await call.media.startRecognizing(alice.identifier, { initialSilenceTimeoutInSeconds: 10, ...options });
  await act();
  call.told.push(kind);
  return hooks.event(call.id, kind);
}

const nothing = async () => {};
const beep = ({ door }) => ({ kind: 'fileSource', url: `${door}/prompt.wav` });
const long = ({ door }) => ({ kind: 'fileSource', url: `${door}/long.wav` });

async function keys(world, call) {
  const { hooks, alice } = world;
  const kind = 'callMediaRecognizeDtmfOptions';

  await step(name(', keys: a stop tone'), async () => {
    const options = { kind, playPrompt: beep(world), maxTonesToCollect: 5, stopDtmfTones: ['pound'], operationContext: 'keys' };
    const completed = await recognize(world, call, options, () => alice.presses('one', 'two', 'pound'));
    outcome(completed, 200, 8514, 'keys');
    assert.equal(completed.recognitionType, 'dtmf');
    assert.deepEqual(completed.dtmfResult.tones, ['one', 'two']);
  });
  await step(name(', in its older form: the last tone'), async () => {
    await call.media.startRecognizing(alice.identifier, 2, { kind, operationContext: 'two keys' });
    await alice.presses('asterisk', 'nine');
    call.told.push('RecognizeCompleted');
    const completed = await hooks.event(call.id, 'RecognizeCompleted');
    outcome(completed, 200, 8531, 'two keys');
    assert.deepEqual(completed.dtmfResult.tones, ['asterisk', 'nine']);
  });
  await step(name(', keys: too long a pause'), async () => {
    const options = { kind, maxTonesToCollect: 5, interToneTimeoutInSeconds: 1, operationContext: 'pause' };
    const completed = await recognize(world, call, options, () => alice.presses('four'));
    outcome(completed, 400, 8532, 'pause');
    assert.deepEqual(completed.dtmfResult.tones, ['four']);
  });
  await step(name(', keys: the prompt falls silent at the first'), async () => {
    const options = { kind, playPrompts: [beep(world), long(world)], interruptPrompt: true, maxTonesToCollect: 2, operationContext: 'barge in' };
    const completed = await recognize(world, call, options, async () => {
      await alice.hears(440);
      await alice.presses('one');
      await alice.hearsNothing();
      await alice.presses('two');
    });
    outcome(completed, 200, 8531, 'barge in');
  });
  await step(name(', told elsewhere'), async () => {
    await call.media.startRecognizing(alice.identifier, { kind, maxTonesToCollect: 1, operationContext: 'elsewhere', operationCallbackUrl: hooks.elsewhere });
    await alice.presses('one');
    call.told.push('RecognizeCompleted');
    outcome(await hooks.event(call.id, 'RecognizeCompleted', () => true, '/elsewhere'), 200, 8531, 'elsewhere');
  });
  await step(name(', cancelled'), async () => {
    await call.media.startRecognizing(alice.identifier, { kind, maxTonesToCollect: 1, initialSilenceTimeoutInSeconds: 60, operationContext: 'cancelled' });
    await call.media.cancelAllOperations();
    call.told.push('RecognizeCanceled');
    outcome(await hooks.event(call.id, 'RecognizeCanceled'), 400, 8508, 'cancelled');
  });
  await step(name(', interrupting another'), async () => {
    const options = { kind, maxTonesToCollect: 1, initialSilenceTimeoutInSeconds: 60 };
    await call.media.startRecognizing(alice.identifier, { ...options, operationContext: 'first' });
    await call.media.startRecognizing(alice.identifier, { ...options, operationContext: 'second', interruptCallMediaOperation: true });
    call.told.push('RecognizeCanceled', 'RecognizeCompleted');
    outcome(await hooks.event(call.id, 'RecognizeCanceled'), 400, 8508, 'first');
    await alice.presses('five');
    outcome(await hooks.event(call.id, 'RecognizeCompleted'), 200, 8531, 'second');
  });
}

async function silences(world, call) {
  const kinds = {
    callMediaRecognizeDtmfOptions: { maxTonesToCollect: 1 },
    callMediaRecognizeChoiceOptions: { choices: [{ label: 'Yes', phrases: ['yes'] }] },
    callMediaRecognizeSpeechOptions: {},
    callMediaRecognizeSpeechOrDtmfOptions: { maxTonesToCollect: 1 },
  };
  for (const [kind, options] of Object.entries(kinds)) {
    await step(name(`, ${kind}: silence`), async () => {
      const failed = await recognize(world, call, { kind, ...options, initialSilenceTimeoutInSeconds: 1, operationContext: kind }, nothing, 'RecognizeFailed');
      outcome(failed, 400, 8510, kind);
    });
  }
  await step(name(', with a prompt that is not there'), async () => {
    const playPrompts = [beep(world), { kind: 'fileSource', url: `${world.door}/nothing.wav` }];
    const options = { kind: 'callMediaRecognizeSpeechOptions', playPrompts, operationContext: 'no prompt' };
    const failed = await recognize(world, call, options, nothing, 'RecognizeFailed');
    outcome(failed, 500, 8511, 'no prompt');
    assert.equal(failed.failedPlaySourceIndex, 1);
  });
}

async function choices(world, call) {
  const { alice } = world;
  const kind = 'callMediaRecognizeChoiceOptions';
  const menu = [
    { label: 'Confirm', phrases: ['yes', 'confirm', 'first one'], tone: 'one' },
    { label: 'Cancel', phrases: ['no', 'cancel'], tone: 'two' },
    { label: 'Agent', phrases: ['operator', 'talk to an agent'], tone: 'zero' },
  ];

  for (const [says, label] of [['yes', 'Confirm'], ['operator', 'Agent'], ['talk to an agent', 'Agent']]) {
    await step(name(`, choices: "${says}"`), async () => {
      const options = { kind, choices: menu, speechLanguage: 'en-US', operationContext: says };
      const completed = await recognize(world, call, options, () => alice.says(says));
      outcome(completed, 200, 8545, says);
      assert.equal(completed.recognitionType, 'choices');
      assert.equal(completed.choiceResult.label, label);
      assert.equal(completed.choiceResult.recognizedPhrase, says);
      assert.ok(completed.choiceResult.confidence > 0 && completed.choiceResult.confidence <= 1, 'a confidence');
    });
  }
  await step(name(', choices: spoken into the prompt'), async () => {
    const options = { kind, choices: menu, playPrompt: long(world), operationContext: 'into the prompt' };
    const completed = await recognize(world, call, options, async () => {
      await alice.hears(440);
      await alice.says('cancel');
    });
    outcome(completed, 200, 8545, 'into the prompt');
    assert.equal(completed.choiceResult.label, 'Cancel');
    await alice.hearsNothing();
  });
  await step(name(', choices: a tone'), async () => {
    const completed = await recognize(world, call, { kind, choices: menu, operationContext: 'tone' }, () => alice.presses('two'));
    outcome(completed, 200, 8533, 'tone');
    assert.equal(completed.choiceResult.label, 'Cancel');
    assert.equal(completed.choiceResult.recognizedPhrase, undefined);
  });
  await step(name(', choices: a wrong tone'), async () => {
    const failed = await recognize(world, call, { kind, choices: menu, operationContext: 'wrong' }, () => alice.presses('nine'), 'RecognizeFailed');
    outcome(failed, 500, 8534, 'wrong');
  });
  await step(name(', choices: something else'), async () => {
    const options = { kind, choices: menu, operationContext: 'else' };
    const failed = await recognize(world, call, options, () => alice.says('what is the weather like in the mountains tomorrow'), 'RecognizeFailed');
    assert.ok([8547, 8563].includes(failed.resultInformation.subCode), `${failed.resultInformation.subCode}`);
    assert.equal(failed.resultInformation.code, 400);
  });
  await step(name(', choices: none are given'), () =>
    refused(() => call.media.startRecognizing(alice.identifier, { kind, choices: [] }), 400, '8523'));
  await step(name(', choices: only some have tones'), () => refused(() =>
    call.media.startRecognizing(alice.identifier, { kind, choices: [menu[0], { label: 'No', phrases: ['no'] }] }), 400, '8523'));
}

async function speech(world, call) {
  const { alice } = world;
  const kind = 'callMediaRecognizeSpeechOptions';

  await step(name(', speech'), async () => {
    const options = { kind, playPrompt: beep(world), endSilenceTimeoutInSeconds: 1, speechLanguage: 'en-US', speechRecognitionModelEndpointId: 'none', operationContext: 'speech' };
    const completed = await recognize(world, call, options, () => alice.says('hello world'));
    outcome(completed, 200, 8569, 'speech');
    assert.equal(completed.recognitionType, 'speech');
    assert.ok(completed.speechResult.speech.length > 0, 'a text');
  });
}

async function either(world, call) {
  const { alice } = world;
  const kind = 'callMediaRecognizeSpeechOrDtmfOptions';
  const options = { kind, maxTonesToCollect: 3, stopDtmfTones: ['pound'], interToneTimeoutInSeconds: 2, endSilenceTimeoutInSeconds: 1 };

  await step(name(', speech or keys: keys'), async () => {
    const completed = await recognize(world, call, { ...options, operationContext: 'keys of either' }, () => alice.presses('one', 'two', 'three'));
    outcome(completed, 200, 8531, 'keys of either');
    assert.equal(completed.recognitionType, 'dtmf');
    assert.deepEqual(completed.dtmfResult.tones, ['one', 'two', 'three']);
    assert.equal(completed.speechResult, undefined);
  });
  await step(name(', speech or keys: speech'), async () => {
    const completed = await recognize(world, call, { ...options, operationContext: 'speech of either' }, () => alice.says('good morning'));
    outcome(completed, 200, 8569, 'speech of either');
    assert.equal(completed.recognitionType, 'speech');
    assert.equal(completed.dtmfResult, undefined);
  });
}

/** In a group each participant is a leg of its own (rest.md section 7.1). */
const inGroups = (world) => scene('recognizing in groups', async () => {
  const { hooks, alice, bob } = world;
  const kind = 'callMediaRecognizeDtmfOptions';
  let call;
  await need('a group call for recognition', async () => { call = await groupCallTo(world, alice, bob); });
  const media = call.connection.getCallMedia();
  await step(name(', in a group: two for the same one'), async () => {
    const options = { kind, maxTonesToCollect: 1, initialSilenceTimeoutInSeconds: 60, interruptCallMediaOperation: false };
    await media.startRecognizing(alice.identifier, { ...options, operationContext: 'alice' });
    await media.startRecognizing(bob.identifier, { ...options, operationContext: 'bob' });
    await refused(() => media.startRecognizing(alice.identifier, { ...options, operationContext: 'again' }), 412, '8583');
    await bob.presses('two');
    outcome(await hooks.event(call.id, 'RecognizeCompleted'), 200, 8531, 'bob');
    await alice.presses('one');
    outcome(await hooks.event(call.id, 'RecognizeCompleted'), 200, 8531, 'alice');
  });
  await end(world, call);
});
