import type {
  AudioOptions,
  Call,
  CallEvents,
  RemoteAudioStream,
  RemoteParticipant,
} from './api';
import type { CallInfoObject } from './call_info';
import type { CallStart, Surroundings } from './call_start';
import { deferred } from './deferred';
import type { Devices } from './devices';
import { ToneQueue } from './dtmf';
import { Emitter } from './emitter';
import { isProblem, problem, reasonOf } from './errors';
import type { CallFeature, FeatureFactory } from './feature';
import { Hearing } from './hearing';
import { createIdentifierFromRawId, getIdentifierRawId, toModel } from './identifier';
import { LobbyObject } from './lobby';
import type { LocalAudioStream } from './local_audio';
import { Microphone } from './microphone';
import { Muting } from './muting';
import { Participant } from './participant';
import { Peer } from './peer';
import type { CallMessage, Request } from './protocol';
import { Recovery } from './recovery';
import { Roster } from './roster';
import { callMayMove, callWay, isCallState, roleOf } from './states';
import type {
  AddPhoneNumberOptions,
  CallDirection,
  CallEndReason,
  CallState,
  CallerInfo,
  CommunicationIdentifier,
  DtmfTone,
  HangUpOptions,
  ParticipantRole,
} from './values';
import { Vitals } from './vitals';

/** In milliseconds. */
const hangUpTimeout = 5_000;

/** One call of this client: what the server says of it, and its sound. */
export class CallObject extends Emitter<CallEvents> implements Call {
  readonly kind = 'Call';
  readonly id: string;
  readonly direction: CallDirection;
  readonly callerInfo: CallerInfo;
  readonly info: CallInfoObject;
  readonly lobby: LobbyObject;
  /** What goes on below the states, for features. */
  readonly vitals: Vitals;
  readonly #around: Surroundings;
  readonly #peer: Peer;
  readonly #recovery = new Recovery({
    restart: () => this.#restart(),
    giveUp: () => this.#mediaFailed('lost'),
  });
  readonly #microphone: Microphone;
  readonly #muting: Muting;
  readonly #tones = new ToneQueue();
  readonly #roster: Roster;
  readonly #features = new Map<string, CallFeature>();
  readonly #ended = deferred<void>();
  readonly #hearing: Hearing;
  #state: CallState = 'None';
  #reason: CallEndReason | undefined;
  #role: ParticipantRole = 'Unknown';
  #leaving = false;
  /** The server has been asked; candidates found before wait. */
  #placed = false;
  #agreed = false;
  #candidates: (RTCIceCandidateInit | null)[] = [];

  constructor(around: Surroundings, start: CallStart) {
    super();
    this.#around = around;
    this.id = start.id;
    this.direction = start.direction;
    this.callerInfo = start.callerInfo;
    this.info = start.info;
    this.lobby = new LobbyObject((type, participants) => {
      return around.signalling.request({ type, call: this.id, ...(participants ? { participants } : {}) });
    });
    this.#roster = new Roster(
      (who) => this.#muteOthers([who]),
      (update) => this.emit('remoteParticipantsUpdated', update),
    );
    this.#peer = new Peer(around.iceServers());
    this.#peer.on('candidate', (candidate) => this.#trickle(candidate));
    this.#peer.on('stream', (stream) => this.#hear(stream));
    this.#peer.on('connection', (state) => this.#connection(state));
    this.#microphone = new Microphone(around.devices, (track) => this.#peer.send(track));
    this.#muting = new Muting(this.#microphone, () => this.emit('isMutedChanged'));
    this.#hearing = new Hearing(around.devices);
    this.vitals = new Vitals({ peer: this.#peer, microphone: this.#microphone });
  }

  get state(): CallState {
    return this.#state;
  }
  get callEndReason(): CallEndReason | undefined {
    return this.#reason;
  }
  get isMuted(): boolean {
    return this.#muting.isMuted;
  }
  get isIncomingAudioMuted(): boolean {
    return this.#hearing.isMuted;
  }
  get role(): ParticipantRole {
    return this.#role;
  }
  get remoteParticipants(): readonly RemoteParticipant[] {
    return this.#roster.participants;
  }
  get localAudioStreams(): LocalAudioStream[] {
    return this.#microphone.stream ? [this.#microphone.stream] : [];
  }
  get remoteAudioStreams(): RemoteAudioStream[] {
    return this.#hearing.streams;
  }
  get devices(): Devices {
    return this.#around.devices;
  }

  /** The server has taken the call, so a server that does not know it has lost it. */
  get agreed(): boolean {
    return this.#agreed;
  }

  feature<F>(factory: FeatureFactory<F>): F {
    const known = this.#features.get(factory.name);
    if (known) return known as F;
    const made = factory.create(this as never) as CallFeature;
    this.#features.set(factory.name, made);
    if (this.#state === 'Disconnected') made.dispose();
    return made as F;
  }

  /** Opens the microphone, makes the offer and sends it in the request. */
  async place(audio: AudioOptions | undefined, request: (sdp: string, muted: boolean) => Request): Promise<void> {
    this.#muting.start(audio?.muted ?? false);
    try {
      await Promise.resolve(); // the caller has the call before the first event
      this.#become('Connecting');
      await this.#microphone.open(audio).catch((error: unknown) => this.#unheard(error));
      this.emit('localAudioStreamsUpdated', { added: this.localAudioStreams, removed: [] });
      const sdp = await this.#peer.offer();
      if (this.#leaving) return;
      const muted = this.#muting.bySelf;
      const agreed = this.#around.signalling.request(request(sdp, muted));
      this.#placed = true;
      for (const candidate of this.#candidates.splice(0)) this.#trickle(candidate);
      await agreed;
      this.#agreed = true;
      if (muted !== this.#muting.bySelf) await this.#ask(muted ? 'unmute' : 'mute');
    } catch (error) {
      if (this.#leaving) return;
      this.end(reasonOf(error));
      throw error;
    }
  }

  async hangUp(options?: HangUpOptions): Promise<void> {
    if (this.#state === 'Disconnected') return;
    const first = !this.#leaving;
    this.#leaving = true;
    this.#become('Disconnecting');
    if (first && this.#placed) {
      const forEveryone = options?.forEveryone ?? false;
      const asked = this.#around.signalling.request({ type: 'hangup', call: this.id, forEveryone });
      asked.catch((error: unknown) => this.#around.log.warning('hanging up', error));
      const timer = setTimeout(() => this.end({ code: 0, subCode: 0 }), hangUpTimeout);
      void this.#ended.promise.then(() => clearTimeout(timer));
      this.#microphone.mute(true);
    } else if (!this.#placed) {
      this.end({ code: 0, subCode: 0 });
    }
    return this.#ended.promise;
  }

  async mute(): Promise<void> {
    if (this.#muting.mute() && this.#placed) await this.#ask('mute');
  }

  async unmute(): Promise<void> {
    if (!this.isMuted) return;
    if (this.#role === 'Consumer') throw problem('roleForbids');
    if (this.#placed && !this.#microphone.track) throw problem('unmuteFailed');
    const { times } = this.#muting;
    // The server decides first: it may refuse somebody who was muted by others.
    if (this.#placed) await this.#ask('unmute');
    this.#muting.unmute(times);
  }

  async hold(): Promise<void> {
    if (this.#state === 'LocalHold') return;
    if (this.#state !== 'Connected' && this.#state !== 'RemoteHold') throw problem('notConnected');
    await this.#ask('hold').catch((error: unknown) => Promise.reject(problem('holdFailed', error)));
  }

  async resume(): Promise<void> {
    if (this.#state !== 'LocalHold') return;
    await this.#ask('resume').catch((error: unknown) => Promise.reject(problem('resumeFailed', error)));
  }

  muteAllRemoteParticipants(): Promise<void> {
    return this.#muteOthers();
  }

  async muteIncomingAudio(): Promise<void> {
    this.#setDeaf(true);
  }

  async unmuteIncomingAudio(): Promise<void> {
    this.#setDeaf(false);
  }

  sendDtmf(tone: DtmfTone): Promise<void> {
    return this.#tones.send(this.#peer.dtmf, tone, () => this.#state === 'Connected');
  }

  addParticipant(identifier: CommunicationIdentifier, options?: AddPhoneNumberOptions): RemoteParticipant {
    const rawId = getIdentifierRawId(identifier);
    const there = this.#roster.find(rawId);
    if (there) return there;
    const who = new Participant(createIdentifierFromRawId(rawId), (them) => this.#muteOthers([them]));
    this.#roster.invite(who);
    const caller = options?.alternateCallerId;
    const extra = caller ? { alternateCallerId: toModel(caller) } : {};
    this.#around.signalling.request({ type: 'add', call: this.id, target: { rawId }, ...extra }).then(
      () => this.#roster.expect(who),
      (error: unknown) => this.#roster.drop(who, reasonOf(error)),
    );
    return who;
  }

  async removeParticipant(identifier: CommunicationIdentifier): Promise<void> {
    const rawId = getIdentifierRawId(identifier);
    await this.#around.signalling.request({ type: 'remove', call: this.id, target: { rawId } });
    if (!this.#roster.find(rawId)) return;
    await new Promise<void>((resolve) => {
      const check = (): void => {
        if (this.#roster.find(rawId)) return;
        this.off('remoteParticipantsUpdated', check);
        resolve();
      };
      this.on('remoteParticipantsUpdated', check);
    });
  }

  async startAudio(stream: LocalAudioStream): Promise<void> {
    const removed = this.localAudioStreams;
    await this.#microphone.use(stream);
    this.emit('localAudioStreamsUpdated', { added: [stream], removed });
  }

  /** Takes a message of the server about this call. */
  receive(message: CallMessage): void {
    if (this.#state === 'Disconnected') return;
    switch (message.type) {
      case 'state':
        return this.#serverState(message.state, message.reason);
      case 'answer':
        this.#peer.answer(message.sdp).catch((error: unknown) => this.#unanswered(error));
        return;
      case 'candidate':
        this.#peer.candidate(message.candidate).catch((error: unknown) => this.#around.log.warning('candidate', error));
        return;
      case 'roster':
        this.#roster.apply(message.participants);
        return this.lobby.update(this.#roster.participants);
      case 'callInfo':
        return this.info.update(message.serverCallId, message.participantId);
      case 'role':
        return this.#assigned(roleOf(message.role));
      case 'muted':
      case 'unmuted':
        if (this.#muting.byOthers(message.type === 'muted') && message.type === 'muted') this.emit('mutedByOthers');
        return;
      case 'speakers':
        this.#roster.speakers(message.speakers);
        return this.vitals.receive(message);
      case 'caption':
      case 'quality':
      case 'mutedSpeaking':
        return this.vitals.receive(message);
      case 'incomingEnded':
        return this.end(message.reason ?? { code: 0, subCode: 0 });
    }
  }

  /** Brings the sound back, for the agent to say when. */
  get recovery(): Pick<Recovery, 'networkChanged' | 'serverIsBack'> {
    return this.#recovery;
  }

  /** Ends it here. The server has said so, or cannot be reached any more. */
  end(reason: CallEndReason): void {
    if (this.#state === 'Disconnected') return;
    this.#recovery.stop();
    this.#leaving = true;
    this.#reason = reason;
    for (const feature of this.#features.values()) feature.dispose();
    this.#microphone.close();
    this.#peer.close();
    this.#hearing.close();
    this.info.close();
    this.#roster.clear(reason);
    this.lobby.update([]);
    this.#become('Disconnected');
    this.#ended.resolve();
  }

  #serverState(state: string, reason: CallEndReason | undefined): void {
    if (state === 'Disconnected') return this.end(reason ?? { code: 0, subCode: 0 });
    if (!isCallState(state) || state === this.#state) return;
    for (const step of callWay(this.#state, state)) this.#become(step);
  }

  #become(state: CallState): void {
    if (!callMayMove(this.#state, state)) {
      this.#around.log.warning('ignored a way that does not exist', this.#state, state);
      return;
    }
    this.#state = state;
    this.#muting.hush(state === 'LocalHold' || state === 'InLobby');
    this.emit('stateChanged');
  }

  /** There is no microphone to speak into. */
  #unheard(error: unknown): never {
    this.vitals.emit('microphoneFailed', { denied: isProblem(error, 'permissionDenied') });
    throw error;
  }

  #trickle(candidate: RTCIceCandidateInit | null): void {
    if (this.#placed) this.#around.signalling.notify({ type: 'candidate', call: this.id, candidate });
    else this.#candidates.push(candidate);
  }

  #hear(stream: MediaStream): void {
    if (this.#hearing.play(stream)) this.emit('remoteAudioStreamsUpdated', { added: this.#hearing.streams, removed: [] });
  }

  #connection(state: RTCPeerConnectionState): void {
    if (this.#leaving) return;
    this.#recovery.connection(state);
    if (state === 'failed' && !this.#recovery.flowed) this.#mediaFailed(state);
  }

  async #restart(): Promise<void> {
    this.#around.log.info('restarting ICE');
    try {
      const sdp = await this.#peer.restart();
      await this.#around.signalling.request({ type: 'offer', call: this.id, sdp });
    } catch (error) {
      this.#around.log.warning('restarting ICE', error);
      throw error;
    }
  }

  /** An answer that cannot be used ends a call that never had sound; otherwise there will be another. */
  #unanswered(error: unknown): void {
    if (this.#recovery.flowed) this.#around.log.warning('answer', error);
    else this.#mediaFailed(error);
  }

  #mediaFailed(error: unknown): void {
    this.#around.log.error('the media connection failed', error);
    const reason = reasonOf(problem(this.#recovery.flowed ? 'connectionLost' : 'mediaFailed'));
    if (this.#placed) this.#around.signalling.request({ type: 'hangup', call: this.id }).catch(() => undefined);
    this.end(reason);
  }

  /** Somebody who only listens is muted, and stays so until they say otherwise under another role. */
  #assigned(role: ParticipantRole): void {
    if (role === this.#role) return;
    this.#role = role;
    this.emit('roleChanged');
    if (role === 'Consumer') this.mute().catch((error: unknown) => this.#around.log.warning('muting', error));
  }

  #setDeaf(deaf: boolean): void {
    if (this.#hearing.mute(deaf)) this.emit('isIncomingAudioMutedChanged');
  }

  #ask(type: 'mute' | 'unmute' | 'hold' | 'resume'): Promise<void> {
    return this.#around.signalling.request({ type, call: this.id });
  }

  #muteOthers(who?: Participant[]): Promise<void> {
    const participants = who?.map((participant) => toModel(participant.identifier));
    const some = participants ? { participants } : {};
    return this.#around.signalling.request({ type: 'muteOthers', call: this.id, ...some });
  }
}
