// Who is signed in and what is going on: the state that all views share.

import { computed, signal } from '@preact/signals';
import {
  AzureCommunicationTokenCredential,
  CallClient,
  CommunicationServicesError,
  getIdentifierRawId,
} from '../client/calling';
import type { Call, CallAgent, ConnectionState, DeviceManager, IncomingCall } from '../client/calling';
import { CallModel } from './call_model';
import type { Ended } from './call_model';
import { botName } from './bots';
import { NoTokensHere, fetchToken, forget, remember, remembered } from './sign_in_token';
import { readPerson, shorten } from './target';
import type { Target } from './target';

export interface Me {
  id: string;
  name: string;
  agent: CallAgent;
  devices: DeviceManager;
  /** Anybody gets a token here for a name. */
  dev: boolean;
}

export const me = signal<Me | undefined>();
export const connection = signal<ConnectionState>('Disconnected');
/** Who calls, in the order of their calling. */
export const ringing = signal<IncomingCall[]>([]);
export const incoming = computed(() => ringing.value[0]);
export const call = signal<CallModel | undefined>();
export const ended = signal<Ended | undefined>();
/** Why somebody is not signed in any more. */
export const signedOut = signal('');

/** Signs in with a token that this server hands out, if it does so (else NoTokensHere is thrown). */
export async function signIn(name: string): Promise<void> {
  const first = await fetchToken(name);
  const credential = new AzureCommunicationTokenCredential({
    token: first.token,
    tokenRefresher: async () => (await fetchToken(name)).token,
    refreshProactively: true,
  });
  await register(name, credential, true);
}

/** Signs in again after the page was loaded anew in this window. */
export async function comeBack(): Promise<void> {
  const { name, here } = remembered();
  if (here) await signIn(name).catch(forget);
}

/** Signs in with a token from elsewhere. */
export async function signInWithToken(name: string, token: string): Promise<void> {
  await register(name, new AzureCommunicationTokenCredential(token), false);
}

export { NoTokensHere };

export async function signOut(): Promise<void> {
  const { agent } = me.value ?? {};
  leave('');
  await agent?.dispose();
}

function leave(why: string): void {
  forget();
  signedOut.value = why;
  me.value = undefined;
  ringing.value = [];
  ended.value = undefined;
}

/** Calls somebody who is signed in under a name on this development server. */
export async function callByName(name: string): Promise<void> {
  const { userId } = await fetchToken(name);
  const target = readPerson(userId);
  if (target) place({ ...target, title: name });
}

export function place(target: Target): void {
  const agent = me.value?.agent;
  if (!agent || call.value) return;
  ended.value = undefined;
  const started =
    target.kind === 'group' ? agent.join(target.locator) : agent.startCall([target.identifier]);
  show(started, target);
}

/** Accepts what rings. Somebody in another call leaves that one first. */
export async function accept(caller: IncomingCall): Promise<void> {
  silence(caller);
  await call.value?.call.hangUp();
  ended.value = undefined;
  const target = callerOf(caller);
  try {
    show(await caller.accept(), target);
  } catch (error) {
    const reason = error instanceof CommunicationServicesError ? error : { code: 500, message: String(error) };
    ended.value = { target, reason, lasted: undefined };
  }
}

function callerOf({ callerInfo: { identifier, displayName } }: IncomingCall): Target {
  const id = identifier ? getIdentifierRawId(identifier) : '';
  return { kind: 'person', identifier: identifier ?? { id }, title: displayName ?? botName(id) ?? shorten(id) };
}

export async function decline(caller: IncomingCall): Promise<void> {
  silence(caller);
  await caller.reject();
}

async function register(name: string, credential: AzureCommunicationTokenCredential, dev: boolean): Promise<void> {
  const client = new CallClient();
  const agent = await client.createCallAgent(credential, { displayName: name });
  const devices = await client.getDeviceManager();
  const id = getIdentifierRawId(agent.identifier);
  remember(name, dev);
  agent.on('connectionStateChanged', ({ newValue, reason }) => {
    connection.value = newValue;
    if (reason === 'invalidToken') leave('Your access token has expired or been withdrawn. Sign in again.');
  });
  agent.on('incomingCall', ({ incomingCall }) => ring(incomingCall));
  connection.value = agent.connectionState;
  signedOut.value = '';
  me.value = { id, name, agent, devices, dev };
}

function ring(caller: IncomingCall): void {
  ringing.value = [...ringing.value, caller];
  caller.on('callEnded', () => silence(caller));
}

function silence(caller: IncomingCall): void {
  ringing.value = ringing.value.filter((other) => other !== caller);
}

function show(started: Call, target: Target): void {
  const model = new CallModel(started, target, (how) => {
    if (call.value !== model) return;
    call.value = undefined;
    ended.value = how;
  });
  call.value = model;
}
