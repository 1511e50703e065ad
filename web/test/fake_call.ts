// A call with a fake of everything around it.

import { AgentObject } from '../src/client/agent';
import type { Devices } from '../src/client/devices';
import { LocalAudioStream } from '../src/client/local_audio';
import { createClientLogger } from '../src/client/log';
import { Signalling } from '../src/client/signalling';
import type { CallLocator } from '../src/client/values';
import { FakeDevices } from './fake_media';
import { FakeServer, settled } from './fake_socket';

/** An agent that the server has let in. */
export async function registered(welcomed: Record<string, unknown> = {}) {
  const server = new FakeServer();
  const log = createClientLogger('test');
  const signalling = new Signalling({ url: 'ws://botd/client/signal', token: async () => 'token', log, open: server.open });
  const welcome = signalling.connect();
  await server.welcome(welcomed);
  const credential = { getToken: async () => ({ token: 'token', expiresOnTimestamp: Infinity }), dispose: () => undefined };
  const devices = new FakeDevices();
  return { server, devices, agent: new AgentObject({ signalling, devices: devices as unknown as Devices, credential, iceServers: [], log }, await welcome) };
}

/** What is sent instead of a microphone. */
export const sound = () => ({ localAudioStreams: [new LocalAudioStream(new MediaStream())] });

/** What the server was asked of one type, and answers. */
export function answer(server: FakeServer, type: string, refusal?: { code: number; subCode: number; message: string }) {
  const asked = server.socket.of(type).at(-1);
  if (!asked) throw new Error(`no ${type} was asked for`);
  server.socket.say(refusal ? { type: 'error', ref: asked['ref'], ...refusal } : { type: 'ok', ref: asked['ref'] });
  return asked;
}

/** A call that the server has agreed to, and what the server says of it. */
export async function joined(locator: CallLocator = { roomId: 'r' }) {
  const { server, devices, agent } = await registered();
  const call = agent.join(locator, { audioOptions: sound() });
  await settled();
  await settled();
  const id = call.id;
  const say = async (message: Record<string, unknown> & { type: string }): Promise<void> => {
    server.socket.say({ call: id, ...message });
    await settled();
  };
  answer(server, 'join');
  await settled();
  return { server, devices, agent, call, say };
}

/** Somebody else. */
export const bob = { participantId: 'b', identifier: { rawId: '8:acs:r_bob' }, displayName: 'Bob' };
export const roster = (...participants: object[]) => ({ type: 'roster', serverCallId: 's', participants });

