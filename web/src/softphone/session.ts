// Who is signed in and what is going on: the state that all views share.

import { signal } from '@preact/signals';
import {
  AzureCommunicationTokenCredential,
  CallClient,
  CommunicationServicesError,
  getIdentifierRawId,
} from '../client/calling';
import type { Call, CallAgent, ConnectionState, DeviceManager, IncomingCall } from '../client/calling';
import { CallModel } from './call_model';
import type { Ended } from './call_model';
import { NoTokensHere, fetchToken, remember, remembered } from './sign_in_token';
import type { Target } from './target';

export interface Me {
  id: string;
  name: string;
  agent: CallAgent;
  devices: DeviceManager;
}

export const me = signal<Me | undefined>();
export const connection = signal<ConnectionState>('Disconnected');
export const incoming = signal<IncomingCall | undefined>();
export const call = signal<CallModel | undefined>();
export const ended = signal<Ended | undefined>();

/** Signs in with a token that this server hands out, if it does so (else NoTokensHere is thrown). */
export async function signIn(name: string): Promise<void> {
  const first = await fetchToken(name, remembered().userId);
  const credential = new AzureCommunicationTokenCredential({
    token: first.token,
    tokenRefresher: async () => (await fetchToken(name, first.userId)).token,
    refreshProactively: true,
  });
  await register(name, credential);
}

/** Signs in with a token from elsewhere. */
export async function signInWithToken(name: string, token: string): Promise<void> {
  await register(name, new AzureCommunicationTokenCredential(token));
}

export { NoTokensHere };

export async function signOut(): Promise<void> {
  const { agent } = me.value ?? {};
  me.value = undefined;
  incoming.value = undefined;
  ended.value = undefined;
  await agent?.dispose();
}

export function place(target: Target): void {
  const agent = me.value?.agent;
  if (!agent || call.value) return;
  ended.value = undefined;
  const started =
    target.kind === 'group' ? agent.join({ groupId: target.groupId }) : agent.startCall([target.identifier]);
  show(started, target);
}

/** Accepts what rings. Somebody in another call leaves that one first. */
export async function accept(ringing: IncomingCall): Promise<void> {
  incoming.value = undefined;
  await call.value?.call.hangUp();
  ended.value = undefined;
  const target = callerOf(ringing);
  try {
    show(await ringing.accept(), target);
  } catch (error) {
    const reason = error instanceof CommunicationServicesError ? error : { code: 500, message: String(error) };
    ended.value = { target, reason, lasted: undefined };
  }
}

function callerOf({ callerInfo: { identifier, displayName } }: IncomingCall): Target {
  const title = displayName ?? (identifier ? getIdentifierRawId(identifier) : 'Unknown caller');
  return { kind: 'person', identifier: identifier ?? { id: '' }, title };
}

export async function decline(ringing: IncomingCall): Promise<void> {
  incoming.value = undefined;
  await ringing.reject();
}

async function register(name: string, credential: AzureCommunicationTokenCredential): Promise<void> {
  const client = new CallClient();
  const agent = await client.createCallAgent(credential, { displayName: name });
  const devices = await client.getDeviceManager();
  const id = getIdentifierRawId(agent.identifier);
  remember(name, id);
  agent.on('connectionStateChanged', ({ newValue }) => (connection.value = newValue));
  agent.on('incomingCall', ({ incomingCall }) => ring(incomingCall));
  connection.value = agent.connectionState;
  me.value = { id, name, agent, devices };
}

function ring(ringing: IncomingCall): void {
  if (incoming.value) return;
  incoming.value = ringing;
  ringing.on('callEnded', () => {
    if (incoming.value === ringing) incoming.value = undefined;
  });
}

function show(started: Call, target: Target): void {
  const model = new CallModel(started, target, (how) => {
    if (call.value !== model) return;
    call.value = undefined;
    ended.value = how;
  });
  call.value = model;
}
