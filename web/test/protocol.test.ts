import { describe, expect, test } from 'vitest';
import { parse } from '../src/client/protocol';

const good = [
  { type: 'welcome', user: { rawId: '8:acs:r_u' }, iceServers: [], resume: 'r' },
  { type: 'ok', ref: 7 },
  { type: 'error', ref: 7, code: 404, subCode: 8522, message: 'no such call' },
  { type: 'unregistered', code: 401, subCode: 7501, message: 'expired' },
  { type: 'incoming', call: 'c', from: { rawId: 'echo' } },
  { type: 'incomingEnded', call: 'c', reason: { code: 487, subCode: 10003 } },
  { type: 'state', call: 'c', state: 'Connected' },
  { type: 'answer', call: 'c', sdp: 'v=0' },
  { type: 'candidate', call: 'c', candidate: null },
  { type: 'roster', call: 'c', serverCallId: 's', participants: [{ participantId: '1', identifier: { rawId: 'echo' }, state: 'Connected' }] },
  { type: 'muted', call: 'c' },
  { type: 'mutedSpeaking', call: 'c' },
  { type: 'speakers', call: 'c', speakers: [{ participantId: '1', identifier: { rawId: 'echo' }, isSpeaking: true }] },
  { type: 'quality', call: 'c', send: { grade: 'good' }, receive: { grade: 'poor', roundTripMs: 40 } },
  { type: 'caption', call: 'c', participantId: '1', identifier: { rawId: 'echo' }, text: 'Hello', language: 'en-US', isFinal: true, timestamp: '2030-05-01T10:00:00Z' },
  { type: 'pong' },
];

describe('a message', () => {
  test.each(good)('of type $type is read', (message) => {
    expect(parse(JSON.stringify(message))).toEqual(message);
  });

  test.each([
    ['that is not JSON', 'x{'],
    ['that is not text', new Uint8Array(3)],
    ['of a type from the future', '{"type":"hologram"}'],
    ['of a type that every object has', '{"type":"constructor"}'],
    ['without its type', '{"call":"c"}'],
    ['that is an array', '[]'],
    ['that is null', 'null'],
    ['without its call', '{"type":"state","state":"Connected"}'],
    ['with a field of another type', '{"type":"answer","call":"c","sdp":7}'],
    ['with null where an object is due', '{"type":"incoming","call":"c","from":null}'],
    ['with a caller who has no id', '{"type":"incoming","call":"c","from":{}}'],
    ['with a list that is none', '{"type":"roster","call":"c","participants":{}}'],
    ['with a speaker who is nobody', '{"type":"speakers","call":"c","speakers":[{"isSpeaking":true}]}'],
    ['with a quality of one direction', '{"type":"quality","call":"c","send":{"grade":"good"}}'],
    ['with a member who is nobody', '{"type":"roster","call":"c","participants":[null]}'],
  ])('%s is passed over', (_, text) => {
    expect(parse(text)).toBeUndefined();
  });

  test('however broken never throws', () => {
    const random = generator(1);
    for (let round = 0; round < 20_000; round++) {
      const text = [...JSON.stringify(good[Math.floor(random() * good.length)])];
      for (let i = 0; i < 3; i++) text[Math.floor(random() * text.length)] = '{}[]":,0ntx\\'[Math.floor(random() * 12)] ?? '';
      expect(() => parse(text.join(''))).not.toThrow();
    }
  }, 60_000);
});

/** Numbers from 0 to 1 that are the same with every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}
