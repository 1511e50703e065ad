import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CommunicationServicesError } from '../src/client/errors';
import { createClientLogger } from '../src/client/log';
import { Signalling } from '../src/client/signalling';
import { FakeServer, settled } from './fake_socket';

function client(server: FakeServer, token: () => Promise<string> = async () => 'token'): Signalling {
  const log = createClientLogger('test');
  return new Signalling({ url: 'ws://botd/client/signal', displayName: 'Ada', token, log, open: server.open });
}

async function connected(): Promise<{ server: FakeServer; signalling: Signalling }> {
  const server = new FakeServer();
  const signalling = client(server);
  const welcome = signalling.connect();
  await server.welcome();
  await welcome;
  return { server, signalling };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('registering', () => {
  test('says hello with the token and the name', async () => {
    const { server } = await connected();
    expect(server.socket.sent).toEqual([{ type: 'hello', token: 'token', displayName: 'Ada' }]);
  });

  test('a refused token is an error with the code of the server', async () => {
    const server = new FakeServer();
    const welcome = client(server).connect();
    await settled();
    server.socket.onopen?.();
    server.socket.say({ type: 'unregistered', code: 401, subCode: 10009, message: 'no' });
    await expect(welcome).rejects.toMatchObject({ code: 401, subCode: 10009, name: 'CommunicationServicesError' });
    expect(server.sockets).toHaveLength(1);
  });

  test('a server that cannot be reached is an error at once', async () => {
    const server = new FakeServer();
    const welcome = client(server).connect();
    await settled();
    server.socket.drop();
    await expect(welcome).rejects.toMatchObject({ code: 412, subCode: 40115 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.sockets).toHaveLength(1);
  });
});

describe('requests', () => {
  test('are answered by their number', async () => {
    const { server, signalling } = await connected();
    const first = signalling.request({ type: 'mute', call: 'c' });
    const second = signalling.request({ type: 'hangup', call: 'c' });
    const [mute, hangup] = [server.socket.of('mute')[0], server.socket.of('hangup')[0]];
    server.socket.say({ type: 'ok', ref: hangup?.['ref'] });
    server.socket.say({ type: 'error', ref: mute?.['ref'], code: 404, subCode: 8522, message: 'no such call' });
    await expect(second).resolves.toBeUndefined();
    await expect(first).rejects.toEqual(new CommunicationServicesError({ code: 404, subCode: 8522, message: 'no such call' }));
  });

  test('do not wait for ever', async () => {
    const { signalling } = await connected();
    const request = signalling.request({ type: 'mute', call: 'c' });
    const refused = expect(request).rejects.toMatchObject({ code: 408 });
    await vi.advanceTimersByTimeAsync(45_000);
    await refused;
  });
});

describe('a dropped socket', () => {
  test('is opened again and resumes the session', async () => {
    const { server, signalling } = await connected();
    const up = vi.fn();
    signalling.on('up', up);
    server.socket.drop();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(server.sockets).toHaveLength(2);
    await server.welcome();
    expect(server.socket.sent[0]).toMatchObject({ type: 'hello', resume: 'r1' });
    expect(up).toHaveBeenCalledWith(expect.objectContaining({ resume: 'r1' }), true);
  });

  test('comes back to a server that may have forgotten the session', async () => {
    const { server, signalling } = await connected();
    const up = vi.fn();
    signalling.on('up', up);
    server.socket.drop();
    await vi.advanceTimersByTimeAsync(1_000);
    await server.welcome({ resume: 'r2' });
    expect(up).toHaveBeenCalledWith(expect.objectContaining({ resume: 'r2' }), false);
  });

  test('does not lose what was not answered, nor its order', async () => {
    const { server, signalling } = await connected();
    void signalling.request({ type: 'mute', call: 'c' });
    server.socket.drop();
    const later = signalling.request({ type: 'hangup', call: 'c' });
    await vi.advanceTimersByTimeAsync(1_000);
    await server.welcome();
    const types = server.socket.sent.map((message) => message.type);
    expect(types).toEqual(['hello', 'mute', 'hangup']);
    expect(server.socket.of('mute')[0]?.['ref']).toBe(server.sockets[0]?.of('mute')[0]?.['ref']);
    server.socket.say({ type: 'ok', ref: server.socket.of('hangup')[0]?.['ref'] });
    await later;
  });

  test('is tried ever more slowly, but at once when the network is back', async () => {
    const { server, signalling } = await connected();
    const waits: number[] = [];
    for (let i = 0; i < 8; i++) {
      const before = Date.now();
      server.socket.drop();
      await vi.advanceTimersToNextTimerAsync();
      waits.push(Date.now() - before);
    }
    expect(waits[0]).toBeLessThan(400);
    expect(waits[3]).toBeGreaterThan(1_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(12_500);
    const tried = server.sockets.length;
    expect(tried).toBe(9);
    server.socket.drop();
    await settled();
    signalling.hurry();
    await settled();
    expect(server.sockets).toHaveLength(tried + 1);
  });

  test('is noticed when nothing comes any more', async () => {
    const { server } = await connected();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(server.socket.of('ping')).toHaveLength(1);
    server.socket.say({ type: 'pong' });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(server.sockets).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(11_000);
    expect(server.sockets[0]?.closed).toBe(true);
    expect(server.sockets).toHaveLength(2);
  });
});

test('a socket that outlived a lost network is asked at once', async () => {
  const { server, signalling } = await connected();
  signalling.hurry();
  expect(server.socket.of('ping')).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(3_500);
  expect(server.sockets).toHaveLength(2);
});

describe('being unregistered', () => {
  test('ends it when there is no other token', async () => {
    const { server, signalling } = await connected();
    const ended = vi.fn();
    signalling.on('ended', ended);
    server.socket.say({ type: 'unregistered', code: 401, subCode: 7501, message: 'expired' });
    await settled();
    expect(ended).toHaveBeenCalledWith(expect.objectContaining({ code: 401 }));
    await expect(signalling.request({ type: 'mute', call: 'c' })).rejects.toMatchObject({ code: 401 });
  });

  test('is answered with a fresh token when there is one', async () => {
    const server = new FakeServer();
    const tokens = ['old', 'new', 'new'];
    const signalling = client(server, async () => tokens.shift() ?? 'new');
    const welcome = signalling.connect();
    await server.welcome();
    await welcome;
    server.socket.say({ type: 'unregistered', code: 401, subCode: 7501, message: 'expired' });
    await vi.advanceTimersByTimeAsync(1_000);
    await server.welcome();
    expect(server.socket.sent[0]).toMatchObject({ type: 'hello', token: 'new' });
  });
});
