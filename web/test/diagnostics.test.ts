import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DiagnosticQuality } from '../src/client/api_features';
import type { Call } from '../src/client/api';
import { Features } from '../src/client/features';
import { LocalAudioStream } from '../src/client/local_audio';
import { answer, joined, registered } from './fake_call';
import { FakeConnection, FakeContext, FakeStream, FakeTrack } from './fake_media';
import { settled } from './fake_socket';

const { Good, Poor, Bad } = DiagnosticQuality;
const look = 2_000;

/** A device whose browser asks before it gives a microphone. */
class FakeBrowser extends EventTarget {
  onLine = true;
  readonly permission = Object.assign(new EventTarget(), { state: 'granted' });
  readonly permissions = { query: async () => this.permission };
  readonly mediaDevices = { getUserMedia: vi.fn() };

  allow(state: string): void {
    this.permission.state = state;
    this.permission.dispatchEvent(new Event('change'));
  }
  /** Tells the page, which is another EventTarget in a browser. */
  goes(online: boolean): void {
    this.onLine = online;
    this.dispatchEvent(new Event(online ? 'online' : 'offline'));
  }
}

let browser: FakeBrowser;

beforeEach(() => {
  vi.useFakeTimers();
  browser = new FakeBrowser();
  FakeContext.level = FakeContext.listeners = 0;
  vi.stubGlobal('RTCPeerConnection', FakeConnection);
  vi.stubGlobal('MediaStream', FakeStream);
  vi.stubGlobal('AudioContext', FakeContext);
  vi.stubGlobal('navigator', browser);
  vi.stubGlobal('addEventListener', browser.addEventListener.bind(browser));
  vi.stubGlobal('removeEventListener', browser.removeEventListener.bind(browser));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A call that goes on, and what is told of it. */
async function diagnosed() {
  const all = await joined();
  await all.say({ type: 'state', state: 'Connected' });
  const { network, media } = all.call.feature(Features.UserFacingDiagnostics);
  const told: [string, unknown][] = [];
  network.on('diagnosticChanged', ({ diagnostic, value }) => told.push([diagnostic, value]));
  media.on('diagnosticChanged', ({ diagnostic, value }) => told.push([diagnostic, value]));
  await settled();
  return { ...all, network, media, told };
}

async function mute(all: Awaited<ReturnType<typeof diagnosed>>): Promise<void> {
  const done = all.call.mute();
  answer(all.server, 'mute');
  await done;
  await settled();
}

const seconds = (n: number): Promise<unknown> => vi.advanceTimersByTimeAsync(n * 1_000);

describe('the network', () => {
  test('is told to be away and back', async () => {
    const { network, told } = await diagnosed();
    FakeConnection.last.become('connected');
    browser.goes(false);
    browser.goes(true);
    expect(told).toEqual([
      ['noNetwork', true],
      ['networkReconnect', Bad],
      ['noNetwork', false],
      ['networkReconnect', Good],
    ]);
    expect(network.getLatest().noNetwork).toEqual({ value: false, valueType: 'DiagnosticFlag' });
  });

  test('that loses the sound is reconnecting until there is sound again', async () => {
    const { told } = await diagnosed();
    for (const state of ['connecting', 'connected', 'disconnected', 'failed', 'connecting', 'connected'] as const) {
      FakeConnection.last.become(state);
    }
    expect(told).toEqual([
      ['networkReconnect', Poor],
      ['networkReconnect', Bad],
      ['networkReconnect', Good],
    ]);
  });

  test('is as bad as the server says, each way', async () => {
    const { network, say, told } = await diagnosed();
    await say({ type: 'quality', send: { grade: 'bad' }, receive: { grade: 'poor' } });
    expect(told).toEqual([
      ['networkReceiveQuality', Poor],
      ['networkSendQuality', Bad],
    ]);
    await say({ type: 'quality', send: { grade: 'good' }, receive: { grade: 'poor' } });
    expect(told.slice(2)).toEqual([['networkSendQuality', Good]]);
    expect(network.getLatest().networkReceiveQuality).toEqual({ value: Poor, valueType: 'DiagnosticQuality' });
  });

  test('that loses what we receive is seen here, and believed to be better after ten seconds', async () => {
    const { told, network } = await diagnosed();
    const { stats } = FakeConnection.last;
    let [packetsReceived, packetsLost] = [0, 0];
    const lose = async (lost: number): Promise<void> => {
      packetsReceived += 100 - lost;
      packetsLost += lost;
      stats.set('in', { id: 'in', type: 'inbound-rtp', kind: 'audio', ssrc: 1, timestamp: Date.now() + look, packetsReceived, packetsLost });
      await vi.advanceTimersByTimeAsync(look);
    };
    await lose(0);
    await lose(0);
    expect([told, network.getLatest().networkReceiveQuality?.value]).toEqual([[], Good]);
    await lose(5);
    expect(told).toEqual([['networkReceiveQuality', Poor]]);
    await lose(30);
    for (let i = 0; i < 5; i++) await lose(0);
    expect(told.slice(1)).toEqual([['networkReceiveQuality', Bad]]);
    await lose(0);
    expect(told.slice(2)).toEqual([['networkReceiveQuality', Good]]);
  });

  test.each([
    ['that no relay answers in', [], true],
    ['in which a relay answers', ['relay'], false],
  ])('%s says so when all has been searched', async (_, found, unreachable) => {
    const all = await registered({ iceServers: [{ urls: ['stun:s', 'turn:t'] }] });
    const call = await joinWith(all);
    const { network } = call.feature(Features.UserFacingDiagnostics);
    for (const type of ['host', ...found]) FakeConnection.last.find('a', type);
    expect(network.getLatest().networkRelaysNotReachable).toBeUndefined();
    FakeConnection.last.searched();
    expect(network.getLatest().networkRelaysNotReachable?.value).toBe(unreachable);
  });

  test('without relays does not miss them', async () => {
    const { network } = await diagnosed();
    FakeConnection.last.searched();
    expect(network.getLatest()).not.toHaveProperty('networkRelaysNotReachable');
  });
});

async function joinWith(all: Awaited<ReturnType<typeof registered>>): Promise<Call> {
  const call = all.agent.join({ roomId: 'r' }, { audioOptions: { localAudioStreams: [new LocalAudioStream(new MediaStream())] } });
  await settled();
  await settled();
  answer(all.server, 'join');
  await settled();
  return call;
}

describe('somebody who speaks and is muted', () => {
  test('is told so, until they are silent for two seconds', async () => {
    const all = await diagnosed();
    await mute(all);
    FakeContext.level = 0.2; // -14 dBFS, and steady
    await seconds(5);
    FakeContext.level = 0;
    await seconds(1.9);
    expect(all.told).toEqual([['speakingWhileMicrophoneIsMuted', true]]);
    await seconds(0.2);
    expect(all.told.slice(1)).toEqual([['speakingWhileMicrophoneIsMuted', false]]);
  });

  test('is told no longer when they unmute, and nobody listens then', async () => {
    const all = await diagnosed();
    await mute(all);
    FakeContext.level = 0.2;
    await seconds(1);
    const open = all.call.unmute();
    answer(all.server, 'unmute');
    await open;
    await seconds(5);
    expect(all.told.map(([, value]) => value)).toEqual([true, false]);
    expect(FakeContext.listeners).toBe(0);
  });

  test('was muted by somebody else and is heard by the server', async () => {
    const { say, told } = await diagnosed();
    await say({ type: 'mutedSpeaking' });
    expect(told).toEqual([]);
    await say({ type: 'muted' });
    await say({ type: 'mutedSpeaking' });
    expect(told).toEqual([['speakingWhileMicrophoneIsMuted', true]]);
    await seconds(3);
    expect(told.slice(1)).toEqual([['speakingWhileMicrophoneIsMuted', false]]);
  });

  test.each([
    ['makes a short noise', 0.2, 0.2],
    ['is in a room with a fan', 0.01, 10],
  ])('is somebody else than who %s', async (_, level, time) => {
    const all = await diagnosed();
    await mute(all);
    FakeContext.level = level;
    await seconds(time);
    FakeContext.level = 0;
    await seconds(5);
    expect(all.told).toEqual([]);
  });

  test('is not told while on hold', async () => {
    const all = await diagnosed();
    await mute(all);
    FakeContext.level = 0.2;
    await all.say({ type: 'state', state: 'LocalHold' });
    await seconds(5);
    expect(all.told).toEqual([]);
    await all.say({ type: 'state', state: 'Connected' });
    await seconds(1);
    expect(all.told).toEqual([['speakingWhileMicrophoneIsMuted', true]]);
  });

  test('is not listened to after the call', async () => {
    const all = await diagnosed();
    await mute(all);
    expect(FakeContext.listeners).toBe(1);
    await all.say({ type: 'state', state: 'Disconnected' });
    expect(FakeContext.listeners).toBe(0);
    browser.goes(false);
    await all.say({ type: 'mutedSpeaking' });
    await seconds(5);
    expect(all.told).toEqual([]);
  });
});

describe('a microphone', () => {
  const source = (totalAudioEnergy: number, totalSamplesDuration: number): void => {
    FakeConnection.last.stats.set('m', { id: 'm', type: 'media-source', kind: 'audio', totalAudioEnergy, totalSamplesDuration });
  };
  const during = async (looks: number, give: (n: number) => void): Promise<void> => {
    for (let n = 0; n < looks; n++) {
      give(n);
      await vi.advanceTimersByTimeAsync(look);
    }
  };

  test('that is unplugged does not function', async () => {
    const { told } = await diagnosed();
    if (FakeTrack.sent) FakeTrack.sent.readyState = 'ended';
    await during(2, () => undefined);
    expect(told).toEqual([['microphoneNotFunctioning', true]]);
  });

  test('that the system takes away is muted unexpectedly, until it comes back', async () => {
    const { told } = await diagnosed();
    if (FakeTrack.sent) FakeTrack.sent.muted = true;
    await during(2, () => undefined);
    if (FakeTrack.sent) FakeTrack.sent.muted = false;
    await during(2, () => undefined);
    expect(told).toEqual([
      ['microphoneMuteUnexpectedly', true],
      ['microphoneMuteUnexpectedly', false],
    ]);
  });

  test('that gives only zeros is silent, and one that gives nothing does not function', async () => {
    const { told } = await diagnosed();
    await during(3, (n) => source(n, 2 * n));
    await during(4, (n) => source(2, 6 + 2 * n));
    expect(told).toEqual([]);
    await during(2, (n) => source(2, 14 + 2 * n));
    expect(told).toEqual([['microphoneNotMuteButSilent', true]]);
    await during(6, () => source(2, 16));
    expect(told.slice(1)).toEqual([
      ['microphoneNotFunctioning', true],
      ['microphoneNotMuteButSilent', false],
    ]);
    await during(1, () => source(3, 18));
    expect(told.slice(3)).toEqual([['microphoneNotFunctioning', false]]);
  });

  test('that is muted may be silent', async () => {
    const all = await diagnosed();
    await mute(all);
    await during(10, (n) => source(0, 2 * n));
    expect(all.told).toEqual([]);
  });

  test('that may not be used any more, or again, is told at once', async () => {
    const { told } = await diagnosed();
    browser.allow('denied');
    browser.allow('granted');
    expect(told).toEqual([
      ['microphonePermissionDenied', true],
      ['microphonePermissionDenied', false],
    ]);
  });

  test.each([
    ['may not be used', 'NotAllowedError', 'microphonePermissionDenied'],
    ['another program has', 'NotReadableError', 'microphoneNotFunctioning'],
  ])('that %s ends the call, and why is known', async (_, name, diagnostic) => {
    const { agent } = await registered();
    browser.mediaDevices.getUserMedia.mockRejectedValue(new DOMException('no', name));
    const call = agent.join({ roomId: 'r' });
    const { media } = call.feature(Features.UserFacingDiagnostics);
    await settled();
    await settled();
    expect(call.state).toBe('Disconnected');
    expect(media.getLatest()).toMatchObject({ [diagnostic]: { value: true, valueType: 'DiagnosticFlag' } });
  });
});

describe('devices', () => {
  test('that come and go are counted', async () => {
    const { devices, told } = await diagnosed();
    devices.microphones = [];
    devices.speakers = [];
    devices.emit('audioDevicesUpdated');
    await settled();
    devices.microphones = ['another'];
    devices.emit('audioDevicesUpdated');
    await settled();
    expect(told).toEqual([
      ['noMicrophoneDevicesEnumerated', true],
      ['noSpeakerDevicesEnumerated', true],
      ['noMicrophoneDevicesEnumerated', false],
    ]);
  });

  test('that the browser does not list are not missed', async () => {
    const { devices, media, told } = await diagnosed();
    devices.isSpeakerSelectionAvailable = false;
    devices.speakers = [];
    devices.emit('audioDevicesUpdated');
    await settled();
    expect(told).toEqual([]);
    expect(media.getLatest().noSpeakerDevicesEnumerated?.value).toBe(false);
  });
});
