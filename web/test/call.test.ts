import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Call } from '../src/client/api';
import { CommunicationServicesError } from '../src/client/errors';
import type { CallLocator, CustomContext } from '../src/client/values';
import { answer, bob, joined, registered, roster, sound } from './fake_call';
import { FakeConnection, FakeStream, FakeTrack } from './fake_media';
import { settled } from './fake_socket';

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('RTCPeerConnection', FakeConnection);
  vi.stubGlobal('MediaStream', FakeStream);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function failure(promise: Promise<unknown>): Promise<CommunicationServicesError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof CommunicationServicesError)) throw new Error(`it failed with ${String(error)}`);
  return error;
}

const states = (call: Call): string[] => {
  const seen: string[] = [];
  call.on('stateChanged', () => seen.push(call.state));
  return seen;
};

describe('joining', () => {
  test.each<[CallLocator, Record<string, string>]>([
    [{ groupId: 'g' }, { groupId: 'g' }],
    [{ roomId: '99' }, { roomId: '99' }],
    [{ meetingLink: 'https://b/#meeting/x' }, { meetingLink: 'https://b/#meeting/x' }],
    [{ meetingId: '123 456 789 012' }, { meetingId: '123456789012' }],
    [{ meetingId: '123456789012', passcode: 'aB3dE6' }, { meetingId: '123456789012', passcode: 'aB3dE6' }],
  ])('%j names one place', async (locator, named) => {
    const { server, call } = await joined(locator);
    const { type, call: id, ref, sdp, muted, ...rest }: Record<string, unknown> = server.socket.of('join')[0] ?? {};
    expect(rest).toEqual(named);
    expect([type, id, typeof ref, sdp, muted]).toEqual(['join', call.id, 'number', 'offer 1', false]);
    expect(call.info.groupId).toBe(named['groupId']);
  });

  test('nowhere is refused at once', async () => {
    const { agent } = await registered();
    expect(() => agent.join({ groupId: '' })).toThrow(CommunicationServicesError);
    expect(() => agent.join({ meetingId: '' })).toThrow(CommunicationServicesError);
  });

  test('a room that may not be entered ends with what the server says', async () => {
    const { server, agent } = await registered();
    const call = agent.join({ roomId: 'r' }, { audioOptions: sound() });
    await settled();
    await settled();
    answer(server, 'join', { code: 403, subCode: 5828, message: 'Not invited.' });
    await settled();
    expect(call.state).toBe('Disconnected');
    expect(call.callEndReason).toEqual({ code: 403, subCode: 5828, message: 'Not invited.' });
  });
});

describe('hold', () => {
  test('is a state that the server gives, and nothing is sent meanwhile', async () => {
    const { server, call, say } = await joined();
    await say({ type: 'state', state: 'Connected' });
    expect(FakeTrack.sent?.enabled).toBe(true);
    const held = call.hold();
    answer(server, 'hold');
    await held;
    expect(call.state).toBe('Connected');
    await say({ type: 'state', state: 'LocalHold' });
    expect([call.state, FakeTrack.sent?.enabled, call.isMuted]).toEqual(['LocalHold', false, false]);
    await call.hold(); // is nothing new
    expect(server.socket.of('hold')).toHaveLength(1);
    const back = call.resume();
    answer(server, 'resume');
    await back;
    await say({ type: 'state', state: 'Connected' });
    expect(FakeTrack.sent?.enabled).toBe(true);
  });

  test('of the other side is not ended from here', async () => {
    const { server, call, say } = await joined();
    await say({ type: 'state', state: 'RemoteHold' });
    expect(call.state).toBe('RemoteHold');
    await call.resume();
    expect(server.socket.of('resume')).toHaveLength(0);
  });

  test('is refused with its own error', async () => {
    const { server, call, say } = await joined();
    expect(await failure(call.hold())).toMatchObject({ code: 412, subCode: 41071 });
    await say({ type: 'state', state: 'Connected' });
    const held = failure(call.hold());
    answer(server, 'hold', { code: 400, subCode: 8501, message: 'no' });
    const error = await held;
    expect(error).toMatchObject({ code: 500, subCode: 41033 });
    expect(error.cause).toMatchObject({ code: 400, subCode: 8501 });
  });
});

describe('being muted', () => {
  test('by others is told once, and undone by an application', async () => {
    const { call, say } = await joined();
    const muted = vi.fn();
    call.on('mutedByOthers', muted);
    await say({ type: 'muted' });
    await say({ type: 'muted' });
    expect([call.isMuted, muted.mock.calls.length, FakeTrack.sent?.enabled]).toEqual([true, 1, false]);
    await say({ type: 'unmuted' });
    expect([call.isMuted, FakeTrack.sent?.enabled]).toEqual([false, true]);
  });

  test('by oneself is not undone by an application', async () => {
    const { server, call, say } = await joined();
    await say({ type: 'muted' });
    const mine = call.mute();
    answer(server, 'mute');
    await mine;
    await say({ type: 'unmuted' });
    expect(call.isMuted).toBe(true);
    const open = call.unmute();
    answer(server, 'unmute');
    await open;
    expect(call.isMuted).toBe(false);
  });

  test('again while one unmutes stays', async () => {
    const { server, call, say } = await joined();
    await say({ type: 'muted' });
    const open = call.unmute();
    await say({ type: 'muted' });
    answer(server, 'unmute');
    await open;
    expect(call.isMuted).toBe(true);
  });
});

describe('a role', () => {
  test('is unknown until it is told, and every change is told', async () => {
    const { call, say } = await joined();
    const changed = vi.fn();
    call.on('roleChanged', changed);
    expect(call.role).toBe('Unknown');
    for (const role of ['Attendee', 'Attendee', 'Presenter', 'Wizard']) await say({ type: 'role', role });
    expect(changed).toHaveBeenCalledTimes(3);
    expect(call.role).toBe('Unknown');
  });

  test('that is to listen mutes, and nothing but another one allows to speak', async () => {
    const { server, call, say } = await joined();
    await say({ type: 'role', role: 'Consumer' });
    answer(server, 'mute');
    expect([call.isMuted, FakeTrack.sent?.enabled]).toEqual([true, false]);
    expect(await failure(call.unmute())).toMatchObject({ code: 403, subCode: 7504 });
    await say({ type: 'role', role: 'Attendee' });
    expect(call.isMuted).toBe(true);
    const open = call.unmute();
    answer(server, 'unmute');
    await open;
    expect(call.isMuted).toBe(false);
  });

  test('of somebody else is in the roster', async () => {
    const { call, say } = await joined();
    await say(roster({ ...bob, state: 'Connected', role: 'Attendee' }));
    const changed = vi.fn();
    call.remoteParticipants[0]?.on('roleChanged', changed);
    await say(roster({ ...bob, state: 'Connected', role: 'Presenter' }));
    expect(call.remoteParticipants[0]?.role).toBe('Presenter');
    expect(changed).toHaveBeenCalledOnce();
  });

  test('that forbids something gives the error of the server', async () => {
    const { server, call } = await joined();
    const muting = failure(call.muteAllRemoteParticipants());
    answer(server, 'muteOthers', { code: 403, subCode: 7504, message: 'not you' });
    expect(await muting).toMatchObject({ name: 'CommunicationServicesError', code: 403, subCode: 7504, message: 'not you' });
  });
});

describe('the lobby', () => {
  test('is who waits in the roster', async () => {
    const { call, say } = await joined();
    const updates: [string[], string[]][] = [];
    call.lobby.on('lobbyParticipantsUpdated', ({ added, removed }) => {
      updates.push([added.map((who) => who.displayName ?? ''), removed.map((who) => who.displayName ?? '')]);
    });
    await say(roster({ ...bob, state: 'InLobby' }));
    await say(roster({ ...bob, state: 'InLobby', isSpeaking: true }));
    expect(call.lobby.participants.map((who) => who.state)).toEqual(['InLobby']);
    await say(roster({ ...bob, state: 'Connected' }));
    await say(roster({ ...bob, state: 'InLobby' }));
    await say(roster());
    expect(updates).toEqual([[['Bob'], []], [[], ['Bob']], [['Bob'], []], [[], ['Bob']]]);
    expect(call.lobby.participants).toHaveLength(0);
  });

  test('is decided about by name', async () => {
    const { server, call, say } = await joined();
    await say(roster({ ...bob, state: 'InLobby' }));
    const who = call.lobby.participants[0]?.identifier;
    if (!who) throw new Error('nobody waits');
    for (const [type, ask] of [
      ['admit', () => call.lobby.admit(who)],
      ['reject', () => call.lobby.reject(who)],
      ['return', () => call.lobby.return(who)],
    ] as const) {
      const done = ask();
      expect(answer(server, type)).toMatchObject({ call: call.id, participants: [{ rawId: '8:acs:r_bob' }] });
      await done;
    }
    const all = call.lobby.admitAll();
    expect(answer(server, 'admit')).not.toHaveProperty('participants');
    expect(await all).toEqual({ successCount: 1, failureCount: 0 });
  });

  test('that is empty is not asked about', async () => {
    const { server, call } = await joined();
    expect(await call.lobby.admitAll()).toEqual({ successCount: 0, failureCount: 0 });
    expect(server.socket.of('admit')).toHaveLength(0);
  });

  test('keeps the microphone of who waits to themselves, at first and again', async () => {
    const { call, say } = await joined();
    const seen = states(call);
    await say({ type: 'state', state: 'InLobby' });
    expect([call.isMuted, FakeTrack.sent?.enabled]).toEqual([false, false]);
    await say({ type: 'state', state: 'Connected' });
    expect(FakeTrack.sent?.enabled).toBe(true);
    await say({ type: 'state', state: 'InLobby' });
    expect(FakeTrack.sent?.enabled).toBe(false);
    await say({ type: 'state', state: 'RemoteHold' }); // admitted and held while the socket was away
    expect(seen).toEqual(['InLobby', 'Connected', 'InLobby', 'Connected', 'RemoteHold']);
  });
});

describe('which call it is', () => {
  test('is known from the beginning, and changes when an application moves us', async () => {
    const { call, say } = await joined({ groupId: 'g' });
    const changed = vi.fn();
    call.info.onCallInfoChanged('callInfoChanged', changed);
    const early = call.info.getServerCallId();
    await say({ type: 'callInfo', serverCallId: 's1', participantId: 'p1' });
    expect([await early, call.info.participantId, call.info.groupId]).toEqual(['s1', 'p1', 'g']);
    await say({ type: 'callInfo', serverCallId: 's1', participantId: 'p1' });
    await say({ type: 'callInfo', serverCallId: 's2', participantId: 'p7' });
    expect([await call.info.getServerCallId(), call.info.participantId, call.info.groupId]).toEqual(['s2', 'p7', undefined]);
    call.info.offCallInfoChanged('callInfoChanged', changed);
    await say({ type: 'callInfo', serverCallId: 's3', participantId: 'p7' });
    expect(changed).toHaveBeenCalledTimes(2);
  });

  test('is not known of a call that ended before', async () => {
    const { call, say } = await joined();
    const id = failure(call.info.getServerCallId());
    await say({ type: 'state', state: 'Disconnected', reason: { code: 403, subCode: 0 } });
    expect(await id).toMatchObject({ code: 412, subCode: 41071 });
  });
});

describe('what a caller sends along', () => {
  const context: CustomContext = {
    userToUser: 'hello',
    xHeaders: [{ key: 'X-Ticket', value: '1' }],
    sipHeaders: [{ key: 'colour', value: 'red' }],
    voipHeaders: [{ key: 'k', value: 'v' }],
  };
  const model = {
    sipHeaders: { 'User-To-User': 'hello', 'X-Ticket': '1', 'X-MS-Custom-colour': 'red' },
    voipHeaders: { k: 'v' },
  };

  test('travels as maps', async () => {
    const { server, agent } = await registered();
    agent.startCall([{ id: 'echo' }], { audioOptions: sound(), customContext: context });
    await settled();
    await settled();
    expect(server.socket.of('start')[0]?.['customContext']).toEqual(model);
  });

  test('arrives as lists', async () => {
    const { server, agent } = await registered();
    const rung = vi.fn();
    agent.on('incomingCall', ({ incomingCall }) => rung(incomingCall.customContext));
    server.socket.say({ type: 'incoming', call: 'c', from: { rawId: 'echo' }, customContext: model });
    expect(rung).toHaveBeenCalledWith({
      userToUser: 'hello',
      sipHeaders: [
        { key: 'X-Ticket', value: '1' },
        { key: 'X-MS-Custom-colour', value: 'red' },
      ],
      voipHeaders: [{ key: 'k', value: 'v' }],
    });
  });
});
