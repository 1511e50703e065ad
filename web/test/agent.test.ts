import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AgentObject } from '../src/client/agent';
import type { Devices } from '../src/client/devices';
import { createClientLogger } from '../src/client/log';
import { Signalling } from '../src/client/signalling';
import { FakeServer } from './fake_socket';

async function ringing() {
  const server = new FakeServer();
  const log = createClientLogger('test');
  const signalling = new Signalling({ url: 'ws://botd/client/signal', token: async () => 'token', log, open: server.open });
  const welcome = signalling.connect();
  await server.welcome();
  const credential = { getToken: async () => ({ token: 'token', expiresOnTimestamp: Infinity }), dispose: () => undefined };
  const agent = new AgentObject({ signalling, devices: {} as Devices, credential, iceServers: [], log }, await welcome);
  const rung = vi.fn();
  const ended = vi.fn();
  agent.on('incomingCall', ({ incomingCall }) => {
    rung(incomingCall.id);
    incomingCall.on('callEnded', () => ended(incomingCall.id));
  });
  const ring = (): void => server.socket.say({ type: 'incoming', call: 'c', from: { rawId: 'echo' } });
  ring();
  server.socket.drop();
  await vi.advanceTimersByTimeAsync(1_000);
  return { server, rung, ended, ring };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what still rings when the socket is back goes on ringing, and no second time', async () => {
  const { server, rung, ended, ring } = await ringing();
  await server.welcome();
  ring();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(rung).toHaveBeenCalledTimes(1);
  expect(ended).not.toHaveBeenCalled();
});

test('what stopped ringing while the socket was away is over', async () => {
  const { server, ended } = await ringing();
  await server.welcome();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(ended).toHaveBeenCalledWith('c');
});

test('a server that forgot the session rings anew', async () => {
  const { server, rung, ended, ring } = await ringing();
  await server.welcome({ resume: 'r2' });
  expect(ended).toHaveBeenCalledWith('c');
  ring();
  expect(rung).toHaveBeenCalledTimes(2);
});
