import type {
  AcceptCallOptions,
  Call,
  CallAgent,
  CallAgentEvents,
  JoinCallOptions,
  StartCallOptions,
} from './api';
import { CallObject } from './call';
import { CallInfoObject } from './call_info';
import { contextToModel } from './custom_context';
import type { CustomContextModel } from './custom_context';
import type { Devices } from './devices';
import { Emitter } from './emitter';
import { problem, reasonOf } from './errors';
import type { CommunicationServicesError } from './errors';
import { fromModel, getIdentifierRawId, toModel } from './identifier';
import { IncomingObject } from './incoming';
import type { AzureLogger } from './log';
import { watchNetwork } from './network';
import type { CallMessage, ServerMessage, Welcome } from './protocol';
import type { Signalling } from './signalling';
import type {
  CallDirection,
  CallLocator,
  CallerInfo,
  CommunicationIdentifier,
  CommunicationIdentifierKind,
  CommunicationTokenCredential,
  ConnectionState,
  ConnectionStateChangedReason,
} from './values';

// In milliseconds: how long calls outlive the socket, how soon after the new
// one the server has named those that go on, and how often the token is looked at.
const reconnectTimeout = 120_000;
const resumeTimeout = 5_000;
const tokenInterval = 30_000;

export interface AgentOptions {
  signalling: Signalling;
  devices: Devices;
  credential: CommunicationTokenCredential;
  iceServers: RTCIceServer[];
  displayName?: string | undefined;
  log: AzureLogger;
}

/** One registered user: starts calls, is told of incoming ones, and gives each call its messages. */
export class AgentObject extends Emitter<CallAgentEvents> implements CallAgent {
  readonly kind = 'CallAgent';
  readonly displayName?: string;
  readonly identifier: CommunicationIdentifierKind;
  readonly #options: AgentOptions;
  readonly #calls = new Map<string, CallObject>();
  readonly #ringing = new Map<string, IncomingObject>();
  /** Calls, and those that ring, that the server has not named since it took us back. */
  readonly #unlisted = new Set<string>();
  readonly #unwatchNetwork: () => void;
  #iceServers: RTCIceServer[];
  #connectionState: ConnectionState = 'Connected';
  #lost: ReturnType<typeof setTimeout> | undefined;
  #tokenTimer: ReturnType<typeof setInterval> | undefined;
  #sentToken = '';

  constructor(options: AgentOptions, welcome: Welcome) {
    super();
    this.#options = options;
    this.identifier = fromModel(welcome.user);
    if (options.displayName) this.displayName = options.displayName;
    this.#iceServers = welcome.iceServers ?? [];
    options.signalling.on('message', (message) => this.#receive(message));
    options.signalling.on('up', (next, resumed) => this.#up(next, resumed));
    options.signalling.on('down', () => this.#down());
    options.signalling.on('ended', (error) => this.#ended(error));
    this.#unwatchNetwork = watchNetwork(() => this.#networkChanged());
    this.#watchToken();
  }

  get calls(): Call[] {
    return [...this.#calls.values()];
  }
  get connectionState(): ConnectionState {
    return this.#connectionState;
  }

  startCall(participants: CommunicationIdentifier[], options?: StartCallOptions): Call {
    if (participants.length === 0) throw problem('badArgument');
    const call = this.#newCall(crypto.randomUUID(), 'Outgoing', this.#self());
    const extra: { customContext?: CustomContextModel; alternateCallerId?: { rawId: string } } = {};
    if (options?.customContext) extra.customContext = contextToModel(options.customContext);
    if (options?.alternateCallerId) extra.alternateCallerId = toModel(options.alternateCallerId);
    const targets = participants.map(toModel);
    const placed = call.place(options?.audioOptions, (sdp, muted) => {
      return { type: 'start', call: call.id, targets, sdp, muted, ...extra };
    });
    placed.catch((error: unknown) => this.#options.log.warning('a call could not be started', error));
    return call;
  }

  join(locator: CallLocator, options?: JoinCallOptions): Call {
    const where = oneOf(locator);
    const info = new CallInfoObject('groupId' in where ? where.groupId : undefined);
    const call = this.#newCall(crypto.randomUUID(), 'Outgoing', this.#self(), info);
    const placed = call.place(options?.audioOptions, (sdp, muted) => {
      return { type: 'join', call: call.id, ...where, sdp, muted };
    });
    placed.catch((error: unknown) => this.#options.log.warning('a call could not be joined', error));
    return call;
  }

  async dispose(): Promise<void> {
    await Promise.all(this.calls.map((call) => call.hangUp()));
    this.#options.signalling.close();
  }

  /** Accepts for an incoming call. */
  async accept(incoming: IncomingObject, options: AcceptCallOptions | undefined): Promise<Call> {
    this.#ringing.delete(incoming.id);
    const call = this.#newCall(incoming.id, 'Incoming', incoming.callerInfo, incoming.info);
    await call.place(options?.audioOptions, (sdp, muted) => ({ type: 'accept', call: call.id, sdp, muted }));
    return call;
  }

  /** Rejects for an incoming call. */
  reject(incoming: IncomingObject): Promise<void> {
    this.#ringing.delete(incoming.id);
    return this.#options.signalling.request({ type: 'reject', call: incoming.id });
  }

  #self(): CallerInfo {
    const name = this.displayName === undefined ? {} : { displayName: this.displayName };
    return { identifier: this.identifier, ...name };
  }

  #newCall(id: string, direction: CallDirection, callerInfo: CallerInfo, info = new CallInfoObject()): CallObject {
    const { signalling, devices, log } = this.#options;
    const iceServers = (): RTCIceServer[] => [...this.#iceServers, ...this.#options.iceServers];
    const call = new CallObject({ signalling, devices, iceServers, log }, { id, direction, callerInfo, info });
    this.#calls.set(id, call);
    call.on('stateChanged', () => {
      if (call.state !== 'Disconnected') return;
      this.#calls.delete(id);
      this.emit('callsUpdated', { added: [], removed: [call] });
    });
    this.emit('callsUpdated', { added: [call], removed: [] });
    return call;
  }

  #receive(message: ServerMessage): void {
    if ('call' in message) this.#unlisted.delete(message.call);
    if (message.type === 'incoming') {
      if (this.#ringing.has(message.call) || this.#calls.has(message.call)) return;
      const incomingCall = new IncomingObject(message, this);
      this.#ringing.set(message.call, incomingCall);
      this.emit('incomingCall', { incomingCall });
      return;
    }
    if (!('call' in message)) return;
    if (message.type === 'incomingEnded') this.#stopRinging(message);
    this.#calls.get(message.call)?.receive(message);
  }

  #stopRinging(message: CallMessage & { type: 'incomingEnded' }): void {
    this.#ringing.get(message.call)?.ended(message.reason ?? { code: 487, subCode: 0 });
    this.#ringing.delete(message.call);
  }

  #up(welcome: Welcome, resumed: boolean): void {
    clearTimeout(this.#lost);
    this.#iceServers = welcome.iceServers ?? this.#iceServers;
    this.#become('Connected');
    for (const [id, call] of this.#calls) if (call.agreed && call.state !== 'Connecting') this.#unlisted.add(id);
    for (const id of this.#ringing.keys()) this.#unlisted.add(id);
    if (!resumed) return this.#forgotten();
    for (const call of this.#calls.values()) call.recovery.serverIsBack();
    this.#lost = setTimeout(() => this.#endUnlisted(), resumeTimeout);
  }

  /** The server does not know our calls any more: it is a new one, or we were away for too long. */
  #forgotten(): void {
    for (const [id, call] of this.#calls) if (call.agreed) this.#unlisted.add(id);
    this.#endUnlisted();
  }

  #endUnlisted(): void {
    const reason = reasonOf(problem('connectionLost'));
    for (const id of this.#unlisted) {
      this.#calls.get(id)?.end(reason);
      this.#ringing.get(id)?.ended(reason);
      this.#ringing.delete(id);
    }
    this.#unlisted.clear();
  }

  #networkChanged(): void {
    this.#options.signalling.hurry();
    for (const call of this.#calls.values()) call.recovery.networkChanged();
  }

  #down(): void {
    this.#become('Disconnected', 'connectionIssue');
    clearTimeout(this.#lost);
    this.#unlisted.clear();
    this.#lost = setTimeout(() => this.#endAll(problem('connectionLost')), reconnectTimeout);
  }

  #ended(error: CommunicationServicesError): void {
    clearTimeout(this.#lost);
    clearInterval(this.#tokenTimer);
    this.#unwatchNetwork();
    this.#endAll(error);
    const refused = error.code === 401 || error.code === 403;
    this.#become('Disconnected', refused ? 'invalidToken' : 'connectionIssue');
  }

  #endAll(error: CommunicationServicesError): void {
    for (const call of [...this.#calls.values()]) call.end(reasonOf(error));
    for (const incoming of [...this.#ringing.values()]) incoming.ended(reasonOf(error));
    this.#ringing.clear();
  }

  #become(newValue: ConnectionState, reason?: ConnectionStateChangedReason): void {
    const oldValue = this.#connectionState;
    if (newValue === oldValue) return;
    this.#connectionState = newValue;
    this.emit('connectionStateChanged', { newValue, oldValue, ...(reason ? { reason } : {}) });
  }

  /** A credential that fetches new tokens has them sent on, so that the old one never expires in use. */
  #watchToken(): void {
    const look = async (): Promise<void> => {
      const { token } = await this.#options.credential.getToken();
      if (this.#sentToken !== '' && token !== this.#sentToken) this.#options.signalling.notify({ type: 'token', token });
      this.#sentToken = token;
    };
    const quietly = (): void => void look().catch((error: unknown) => this.#options.log.warning('token', error));
    quietly();
    this.#tokenTimer = setInterval(quietly, tokenInterval);
  }
}

/** The one place that a locator names, and nothing else that may be in it. */
function oneOf(locator: CallLocator): CallLocator {
  if ('groupId' in locator && locator.groupId) return { groupId: locator.groupId };
  if ('roomId' in locator && locator.roomId) return { roomId: locator.roomId };
  if ('meetingLink' in locator && locator.meetingLink) return { meetingLink: locator.meetingLink };
  if (!('meetingId' in locator) || !locator.meetingId) throw problem('badArgument');
  const meetingId = locator.meetingId.replace(/\s/g, ''); // people write it in groups of digits
  return locator.passcode ? { meetingId, passcode: locator.passcode } : { meetingId };
}

/** Whether two agents are the same user's. */
export function sameUser(one: CallAgent, other: CallAgent): boolean {
  return getIdentifierRawId(one.identifier) === getIdentifierRawId(other.identifier);
}
