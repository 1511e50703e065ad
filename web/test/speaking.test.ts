import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { getIdentifierRawId } from '../src/client/calling';
import type { Call } from '../src/client/calling';
import { Features } from '../src/client/features';
import { bob, joined, roster } from './fake_call';
import { FakeConnection, FakeStream } from './fake_media';

const carol = { participantId: 'c', identifier: { rawId: '8:acs:r_carol' }, displayName: 'Carol' };
const me = { participantId: 'me', identifier: { rawId: '8:acs:r_u' } };
const named = { type: 'callInfo', serverCallId: 's', participantId: 'me' };

const speaks = (who: { participantId: string; identifier: object }, isSpeaking = true) => {
  const { participantId, identifier } = who;
  return { participantId, identifier, isSpeaking };
};
const speakers = (...list: object[]) => ({ type: 'speakers', speakers: list });
const there = (who: object, isSpeaking = false) => ({ ...who, state: 'Connected', isSpeaking });
const dominant = (call: Call): string[] =>
  call.feature(Features.DominantSpeakers).dominantSpeakers.speakersList.map(getIdentifierRawId);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('RTCPeerConnection', FakeConnection);
  vi.stubGlobal('MediaStream', FakeStream);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('whether somebody speaks', () => {
  test('is said for all by those who do', async () => {
    const { call, say } = await joined();
    await say(roster(there(bob), there(carol)));
    const [b, c] = call.remoteParticipants;
    const told: string[] = [];
    b?.on('isSpeakingChanged', () => told.push(`Bob ${b.isSpeaking}`));
    c?.on('isSpeakingChanged', () => told.push(`Carol ${c.isSpeaking}`));
    await say(speakers(speaks(bob)));
    await say(speakers(speaks(bob)));
    await say(speakers(speaks(carol), speaks(bob, false)));
    expect(told).toEqual(['Bob true', 'Bob false', 'Carol true']);
  });

  test('is in the roster until that has been said, and not any more then', async () => {
    const { call, say } = await joined();
    await say(roster(there(bob, true)));
    expect(call.remoteParticipants[0]?.isSpeaking).toBe(true);
    await say(speakers(speaks(bob, false)));
    await say(roster(there(bob, true), there(carol)));
    expect(call.remoteParticipants.map((who) => who.isSpeaking)).toEqual([false, false]);
  });

  test('is known of somebody who is heard before they are listed', async () => {
    const { call, say } = await joined();
    await say(speakers(speaks(carol)));
    await say(roster(there(bob), there(carol)));
    expect(call.remoteParticipants.map((who) => who.isSpeaking)).toEqual([false, true]);
  });

  test('is over with somebody who has left', async () => {
    const { call, say } = await joined();
    await say(roster(there(bob)));
    await say(speakers(speaks(bob)));
    const who = call.remoteParticipants[0];
    const changed = vi.fn();
    who?.on('isSpeakingChanged', changed);
    await say(roster());
    expect([who?.isSpeaking, changed.mock.calls.length]).toEqual([false, 1]);
  });

  test.each([
    ['no list', { type: 'speakers' }],
    ['nobody in it', { type: 'speakers', speakers: [{ isSpeaking: true }] }],
    ['a word for yes', { type: 'speakers', speakers: [{ ...speaks(bob), isSpeaking: 'yes' }] }],
  ])('is not read from a message with %s', async (_, message) => {
    const { call, say } = await joined();
    await say(roster(there(bob, true)));
    await say(message);
    expect(call.remoteParticipants[0]?.isSpeaking).toBe(true);
  });
});

describe('dominant speakers', () => {
  test('are in the order of the server, oneself too', async () => {
    const { call, say } = await joined();
    await say(named);
    await say(roster(there(bob), there(carol)));
    await say(speakers(speaks(carol), speaks(me), speaks(bob, false)));
    expect(dominant(call)).toEqual(['8:acs:r_carol', '8:acs:r_u', '8:acs:r_bob']);
  });

  test('are told when others dominate, and not when one pauses', async () => {
    const { call, say } = await joined();
    await say(roster(there(bob), there(carol)));
    const feature = call.feature(Features.DominantSpeakers);
    const changed = vi.fn();
    feature.on('dominantSpeakersChanged', changed);
    const before = feature.dominantSpeakers.timestamp;
    await vi.advanceTimersByTimeAsync(1_000);
    await say(speakers(speaks(bob)));
    await say(speakers(speaks(bob, false)));
    expect(changed).toHaveBeenCalledTimes(1);
    expect(feature.dominantSpeakers.timestamp.getTime() - before.getTime()).toBe(1_000);
    await say(speakers(speaks(carol), speaks(bob, false)));
    expect(changed).toHaveBeenCalledTimes(2);
  });

  test('are those who are in the call, whatever comes first', async () => {
    const { call, say } = await joined();
    expect(dominant(call)).toEqual([]);
    const changed = vi.fn();
    call.feature(Features.DominantSpeakers).on('dominantSpeakersChanged', changed);
    await say(speakers(speaks(carol), speaks(bob)));
    expect(dominant(call)).toEqual([]);
    await say(roster(there(bob), there(carol)));
    expect(dominant(call)).toEqual(['8:acs:r_carol', '8:acs:r_bob']);
    await say(roster(there(bob)));
    expect(dominant(call)).toEqual(['8:acs:r_bob']);
    expect(changed).toHaveBeenCalledTimes(2);
  });

  test('that were told before anybody asked are known', async () => {
    const { call, say } = await joined();
    await say(roster(there(bob)));
    await say(speakers(speaks(bob)));
    expect(dominant(call)).toEqual(['8:acs:r_bob']);
  });

  test('of a call that is over are not followed', async () => {
    const { call, say } = await joined();
    await say({ type: 'state', state: 'Disconnected' });
    const feature = call.feature(Features.DominantSpeakers);
    expect(feature.dominantSpeakers.speakersList).toEqual([]);
    expect(call.feature(Features.DominantSpeakers)).toBe(feature);
  });
});
