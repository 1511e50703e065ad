// CallRecording.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { callTo, end } from './calls.mjs';
import { failed, perhapsLater } from './expect.mjs';
import { need, scene, step } from './steps.mjs';

const name = (method) => `CallRecording.${method}`;

export const recording = (world) => scene('recording', async () => {
  const { client, door, hooks } = world;
  const recordings = client.getCallRecording();
  let [call, id] = [undefined, randomUUID()];
  await need('a call for recording', async () => { call = await callTo(world, world.alice); });

  const operations = {
    start: ['startRecording', async () => {
      const callLocator = { kind: 'serverCallLocator', id: call.properties.serverCallId };
      ({ recordingId: id } = await recordings.start({ callLocator, recordingStateCallbackEndpointUrl: hooks.elsewhere }));
    }],
    getState: ['getRecording', () => recordings.getState(id)],
    pause: ['pauseRecording', () => recordings.pause(id)],
    resume: ['resumeRecording', () => recordings.resume(id)],
    stop: ['stopRecording', () => recordings.stop(id)],
  };
  for (const [method, [operation, act]] of Object.entries(operations)) {
    await step(name(method), () => perhapsLater(operation, act));
  }

  // These reach no server but the service's own.
  const url = `${door}/recording.mp4`.replace('http:', 'https:');
  const downloads = {
    downloadStreaming: () => recordings.downloadStreaming(url),
    downloadToStream: () => recordings.downloadToStream(url, new PassThrough()),
    downloadToPath: () => recordings.downloadToPath(url, '/dev/null'),
    delete: () => recordings.delete(url),
  };
  for (const [method, act] of Object.entries(downloads)) {
    await step(`${name(method)}, which the SDK allows from its own hosts only`, async () =>
      assert.match((await failed(act)).message, /host|endpoint|domain/i));
  }
  await end(world, call);
});
