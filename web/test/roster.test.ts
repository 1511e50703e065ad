import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Participant } from '../src/client/participant';
import type { Member } from '../src/client/protocol';
import { Roster } from '../src/client/roster';
import type { CollectionUpdate } from '../src/client/values';

const nobody = async (): Promise<void> => undefined;

function member(id: string, rawId: string, more: Partial<Member> = {}): Member {
  return { participantId: id, identifier: { rawId }, state: 'Connected', ...more };
}

function roster(): { roster: Roster; updates: CollectionUpdate<Participant>[] } {
  const updates: CollectionUpdate<Participant>[] = [];
  return { roster: new Roster(nobody, (update) => updates.push(update)), updates };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a roster', () => {
  test('tells who came and who left', () => {
    const { roster: r, updates } = roster();
    r.apply([member('1', '8:acs:a_a'), member('2', '8:acs:b_b')]);
    r.apply([member('2', '8:acs:b_b'), member('3', '8:acs:c_c')]);
    expect(updates.map((u) => [u.added.map((p) => p.rawId), u.removed.map((p) => p.rawId)])).toEqual([
      [['8:acs:a_a', '8:acs:b_b'], []],
      [['8:acs:c_c'], ['8:acs:a_a']],
    ]);
    expect(updates[1]?.removed[0]?.state).toBe('Disconnected');
  });

  test('keeps the object of somebody who stays, and tells what changed', () => {
    const { roster: r, updates } = roster();
    r.apply([member('1', '8:acs:a_a')]);
    const who = r.participants[0];
    const [speaking, muted, state] = [vi.fn(), vi.fn(), vi.fn()];
    who?.on('isSpeakingChanged', speaking);
    who?.on('isMutedChanged', muted);
    who?.on('stateChanged', state);
    r.apply([member('1', '8:acs:a_a', { isSpeaking: true })]);
    r.apply([member('1', '8:acs:a_a', { isSpeaking: true, isMuted: true, isOnHold: true })]);
    expect(r.participants[0]).toBe(who);
    expect([speaking, muted, state].map((f) => f.mock.calls.length)).toEqual([1, 1, 1]);
    expect(who?.state).toBe('Hold');
    expect(updates).toHaveLength(1);
  });

  test('that says the same again tells nothing', () => {
    const { roster: r, updates } = roster();
    r.apply([member('1', 'echo')]);
    r.apply([member('1', 'echo')]);
    expect(updates).toHaveLength(1);
  });

  test('two devices of one person are two', () => {
    const { roster: r } = roster();
    r.apply([member('1', '8:acs:a_a'), member('2', '8:acs:a_a')]);
    expect(r.participants).toHaveLength(2);
  });

  test('somebody listed as disconnected has left, with the reason', () => {
    const { roster: r } = roster();
    r.apply([member('1', 'echo')]);
    const who = r.participants[0];
    r.apply([member('1', 'echo', { state: 'Disconnected', reason: { code: 603, subCode: 8538 } })]);
    expect(r.participants).toHaveLength(0);
    expect(who?.callEndReason).toEqual({ code: 603, subCode: 8538 });
  });
});

describe('somebody invited', () => {
  const invited = (): { r: Roster; who: Participant; updates: CollectionUpdate<Participant>[] } => {
    const { roster: r, updates } = roster();
    const who = new Participant({ kind: 'unknown', id: 'echo' }, nobody);
    r.invite(who);
    return { r, who, updates };
  };

  test('is there at once and stays the same object', () => {
    const { r, who, updates } = invited();
    expect(who.state).toBe('Connecting');
    r.apply([]);
    r.apply([member('7', 'echo', { state: 'Ringing' })]);
    expect(r.participants).toEqual([who]);
    expect(who.state).toBe('Ringing');
    expect(updates).toHaveLength(1);
  });

  test('who never appears is gone after a while', async () => {
    const { r, who } = invited();
    r.expect(who);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(r.participants).toHaveLength(0);
    expect(who.state).toBe('Disconnected');
  });

  test('who may not be invited is gone with the reason', () => {
    const { r, who } = invited();
    r.drop(who, { code: 403, subCode: 8501 });
    expect(who.callEndReason?.code).toBe(403);
    expect(r.participants).toHaveLength(0);
  });
});
