import type {
  AudioOptions,
  Call,
  CallEvents,
  CallInfo,
  RemoteAudioStream,
  RemoteParticipant,
} from './api';
import type { Devices } from './devices';
import { deferred } from './deferred';
import { ToneQueue } from './dtmf';
import { Emitter } from './emitter';
import { problem, reasonOf } from './errors';
import type { CallFeature, FeatureFactory } from './feature';
import { createIdentifierFromRawId, getIdentifierRawId, toModel } from './identifier';
import type { LocalAudioStream } from './local_audio';
import type { AzureLogger } from './log';
import { Microphone } from './microphone';
import { Participant } from './participant';
import { Peer } from './peer';
import type { CallMessage, Request } from './protocol';
import { Recovery } from './recovery';
import { RemoteAudio } from './remote_audio';
import { Roster } from './roster';
import type { Signalling } from './signalling';
import { callMayMove, isCallState } from './states';
import type {
  AddPhoneNumberOptions,
  CallDirection,
  CallEndReason,
  CallState,
  CallerInfo,
  CommunicationIdentifier,
  DtmfTone,
  HangUpOptions,
} from './values';

/** In milliseconds. */
const hangUpTimeout = 5_000;

/** What a call needs from its agent. */
export interface Surroundings {
  signalling: Pick<Signalling, 'request' | 'notify'>;
  devices: Devices;
  iceServers: () => RTCIceServer[];
  log: AzureLogger;
}

export interface CallStart {
  id: string;
  direction: CallDirection;
  callerInfo: CallerInfo;
  groupId?: string | undefined;
}

/** One call of this client: what the server says of it, and its sound. */
export class CallObject extends Emitter<CallEvents> implements Call {
  readonly kind = 'Call';
  readonly id: string;
  readonly direction: CallDirection;
  readonly callerInfo: CallerInfo;
  readonly info: CallInfo;
  readonly #around: Surroundings;
  readonly #peer: Peer;
  readonly #recovery = new Recovery({
    restart: () => this.#restart(),
    giveUp: () => this.#mediaFailed('lost'),
  });
  readonly #microphone: Microphone;
  readonly #tones = new ToneQueue();
  readonly #roster: Roster;
  readonly #features = new Map<string, CallFeature>();
  readonly #serverCallId = deferred<string>();
  readonly #ended = deferred<void>();
  readonly #speaker = (): void => this.#useSpeaker();
  #remote: RemoteAudio | undefined;
  #state: CallState = 'None';
  #reason: CallEndReason | undefined;
  #isMuted = false;
  #isDeaf = false;
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
    this.info = { groupId: start.groupId, getServerCallId: () => this.#serverCallId.promise };
    this.#serverCallId.promise.catch(() => undefined);
    this.#roster = new Roster(
      (who) => this.#muteOthers([who]),
      (update) => this.emit('remoteParticipantsUpdated', update),
    );
    this.#peer = new Peer(around.iceServers());
    this.#peer.on('candidate', (candidate) => this.#trickle(candidate));
    this.#peer.on('stream', (stream) => this.#hear(stream));
    this.#peer.on('connection', (state) => this.#connection(state));
    this.#microphone = new Microphone(around.devices, (track) => this.#peer.send(track));
    around.devices.on('selectedSpeakerChanged', this.#speaker);
  }

  get state(): CallState {
    return this.#state;
  }
  get callEndReason(): CallEndReason | undefined {
    return this.#reason;
  }
  get isMuted(): boolean {
    return this.#isMuted;
  }
  get isIncomingAudioMuted(): boolean {
    return this.#isDeaf;
  }
  get remoteParticipants(): readonly RemoteParticipant[] {
    return this.#roster.participants;
  }
  get localAudioStreams(): LocalAudioStream[] {
    return this.#microphone.stream ? [this.#microphone.stream] : [];
  }
  get remoteAudioStreams(): RemoteAudioStream[] {
    return this.#remote ? [this.#remote] : [];
  }
  /** The state of the peer connection, for features. */
  get connection(): RTCPeerConnectionState {
    return this.#peer.connection;
  }
  /** The track that is sent, for features. */
  get sentTrack(): MediaStreamTrack | null {
    return this.#microphone.track;
  }

  /** The server has taken the call, so a server that does not know it has lost it. */
  get agreed(): boolean {
    return this.#agreed;
  }

  stats(): Promise<RTCStatsReport> {
    return this.#peer.stats();
  }

  feature<F>(factory: FeatureFactory<F>): F {
    const known = this.#features.get(factory.name) ?? (factory.create(this) as CallFeature);
    this.#features.set(factory.name, known);
    return known as F;
  }

  /** Opens the microphone, makes the offer and sends it in the request. */
  async place(audio: AudioOptions | undefined, request: (sdp: string, muted: boolean) => Request): Promise<void> {
    this.#isMuted = audio?.muted ?? false;
    this.#microphone.mute(this.#isMuted);
    try {
      await Promise.resolve(); // the caller has the call before the first event
      this.#become('Connecting');
      await this.#microphone.open(audio);
      this.emit('localAudioStreamsUpdated', { added: this.localAudioStreams, removed: [] });
      const sdp = await this.#peer.offer();
      if (this.#leaving) return;
      const muted = this.#isMuted;
      const agreed = this.#around.signalling.request(request(sdp, muted));
      this.#placed = true;
      for (const candidate of this.#candidates.splice(0)) this.#trickle(candidate);
      await agreed;
      this.#agreed = true;
      if (muted !== this.#isMuted) await this.#tellMuted();
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
    if (this.#isMuted) return;
    this.#setMuted(true);
    if (this.#placed) await this.#tellMuted();
  }

  async unmute(): Promise<void> {
    if (!this.#isMuted) return;
    if (this.#placed && !this.#microphone.track) throw problem('unmuteFailed');
    // The server decides first: it may refuse somebody who was muted by others.
    if (this.#placed) await this.#around.signalling.request({ type: 'unmute', call: this.id });
    this.#setMuted(false);
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
    return this.#tones.send(this.#peer.dtmf, tone);
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
        this.#serverCallId.resolve(message.serverCallId);
        return this.#roster.apply(message.participants);
      case 'muted':
        return this.#mutedByOthers();
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
    this.#around.devices.off('selectedSpeakerChanged', this.#speaker);
    for (const feature of this.#features.values()) feature.dispose();
    this.#microphone.close();
    this.#peer.close();
    this.#remote?.dispose();
    this.#serverCallId.reject(problem('notConnected'));
    this.#roster.clear(reason);
    this.#become('Disconnected');
    this.#ended.resolve();
  }

  #serverState(state: string, reason: CallEndReason | undefined): void {
    if (state === 'Disconnected') return this.end(reason ?? { code: 0, subCode: 0 });
    if (isCallState(state) && state !== this.#state) this.#become(state);
  }

  #become(state: CallState): void {
    if (!callMayMove(this.#state, state)) {
      this.#around.log.warning('ignored a way that does not exist', this.#state, state);
      return;
    }
    this.#state = state;
    this.emit('stateChanged');
  }

  #trickle(candidate: RTCIceCandidateInit | null): void {
    if (this.#placed) this.#around.signalling.notify({ type: 'candidate', call: this.id, candidate });
    else this.#candidates.push(candidate);
  }

  #hear(stream: MediaStream): void {
    if (this.#remote) return;
    this.#remote = new RemoteAudio(stream, this.#around.devices.selectedSpeaker);
    this.#remote.mute(this.#isDeaf);
    this.emit('remoteAudioStreamsUpdated', { added: [this.#remote], removed: [] });
  }

  #useSpeaker(): void {
    const device = this.#around.devices.selectedSpeaker;
    if (device) void this.#remote?.speaker(device);
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

  #setMuted(muted: boolean): void {
    if (muted === this.#isMuted) return;
    this.#isMuted = muted;
    this.#microphone.mute(muted);
    this.emit('isMutedChanged');
  }

  #setDeaf(deaf: boolean): void {
    if (deaf === this.#isDeaf) return;
    this.#isDeaf = deaf;
    this.#remote?.mute(deaf);
    this.emit('isIncomingAudioMutedChanged');
  }

  #tellMuted(): Promise<void> {
    return this.#around.signalling.request({ type: this.#isMuted ? 'mute' : 'unmute', call: this.id });
  }

  #mutedByOthers(): void {
    this.#setMuted(true);
    this.emit('mutedByOthers');
  }

  #muteOthers(who?: Participant[]): Promise<void> {
    const participants = who?.map((participant) => toModel(participant.identifier));
    const some = participants ? { participants } : {};
    return this.#around.signalling.request({ type: 'muteOthers', call: this.id, ...some });
  }
}
