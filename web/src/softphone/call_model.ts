// One call as the views see it: the events of the calling client as signals.

import { signal } from '@preact/signals';
import { CommunicationServicesError, DiagnosticQuality, Features, getIdentifierRawId } from '../client/calling';
import type {
  Call,
  CallEndReason,
  CallState,
  CommunicationIdentifier,
  DtmfTone,
  MediaStatsCollector,
  ParticipantRole,
  RemoteParticipant,
} from '../client/calling';
import { botName } from './bots';
import { gradesOf, qualityOf, unmeasured } from './quality';
import type { Quality } from './quality';
import type { Target } from './target';
import { inWords } from './reasons';
import { shorten, targetId } from './target';
import { warningOf } from './warnings';
import type { Warning } from './warnings';

/** Somebody else in the call. */
export interface Person {
  id: string;
  name: string;
  state: RemoteParticipant['state'];
  isMuted: boolean;
  isSpeaking: boolean;
  role: ParticipantRole;
  participant: RemoteParticipant;
}

/** What somebody says; what is not final may still change. */
export interface Caption {
  who: string;
  text: string;
  isFinal: boolean;
}

/** For how long, in milliseconds, it is shown. */
const captionLasts = 6000;

/** A call that is over. */
export interface Ended {
  target: Target;
  reason: CallEndReason | undefined;
  /** Milliseconds of being connected; undefined if it never was. */
  lasted: number | undefined;
}

export class CallModel {
  readonly call: Call;
  readonly state = signal<CallState>('None');
  readonly isMuted = signal(false);
  readonly role = signal<ParticipantRole>('Unknown');
  /** Who is in the call, and who waits to be let in. */
  readonly people = signal<Person[]>([]);
  readonly waiting = signal<Person[]>([]);
  /** When it was connected; milliseconds since 1970. */
  readonly since = signal<number | undefined>(undefined);
  readonly digits = signal('');
  readonly level = signal(0);
  readonly quality = signal<Quality>(unmeasured);
  /** What is wrong, and the user can do something about. */
  readonly warning = signal<Warning | undefined>(undefined);
  readonly notice = signal('');
  /** What is being said. */
  readonly caption = signal<Caption | undefined>(undefined);
  /** The sound is lost, and being brought back. */
  readonly isLost = signal(false);
  readonly #ended: (how: Ended) => void;
  #target: Target;
  #met = false;
  #serverCallId: string | undefined;
  #collector: MediaStatsCollector | undefined;
  #captionTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(call: Call, target: Target, ended: (how: Ended) => void) {
    this.call = call;
    this.#target = target;
    this.#ended = ended;
    call.on('stateChanged', () => this.#stateChanged());
    call.on('isMutedChanged', () => (this.isMuted.value = call.isMuted));
    call.on('roleChanged', () => this.#roleChanged());
    call.info.onCallInfoChanged('callInfoChanged', () => void this.#whereAbouts());
    call.on('mutedByOthers', () => this.say('Somebody muted you.'));
    call.on('remoteParticipantsUpdated', ({ added }) => {
      added.forEach((who) => this.#watch(who));
      this.#list();
    });
    call.on('localAudioStreamsUpdated', () => void this.#measure());
    call.remoteParticipants.forEach((who) => this.#watch(who));
    this.isMuted.value = call.isMuted;
    this.role.value = call.role;
    this.#stateChanged();
    this.#list();
    void this.#measure();
  }

  /** Whom or what was called, under the name that it has turned out to have. */
  get target(): Target {
    return this.#target;
  }
  /** Whether there has ever been somebody else. */
  get met(): boolean {
    return this.#met;
  }
  /** What is going on here: the group, or whoever is there. */
  get title(): string {
    const names = this.people.value.map((person) => person.name);
    return this.target.kind === 'group' || names.length === 0 ? this.target.title : names.join(', ');
  }

  /** May mute, remove and invite others, decide about the lobby and end the call for all. */
  get moderates(): boolean {
    return this.role.value === 'Unknown' || this.role.value === 'Presenter';
  }

  get isGroup(): boolean {
    return this.target.kind === 'group' || this.people.value.length > 1;
  }

  /** Says something that has just happened. */
  say(notice: string): void {
    this.notice.value = notice;
  }

  async toggleMute(): Promise<void> {
    this.say('');
    await this.#try(() => (this.call.isMuted ? this.call.unmute() : this.call.mute()));
  }

  async toggleHold(): Promise<void> {
    this.say('');
    await this.#try(() => (this.call.state === 'LocalHold' ? this.call.resume() : this.call.hold()));
  }

  async admit(who: RemoteParticipant): Promise<void> {
    await this.#try(() => this.call.lobby.admit(who.identifier));
  }

  async admitAll(): Promise<void> {
    await this.#try(() => this.call.lobby.admitAll());
  }

  async refuse(who: RemoteParticipant): Promise<void> {
    await this.#try(() => this.call.lobby.reject(who.identifier));
  }

  async sendBack(who: RemoteParticipant): Promise<void> {
    await this.#try(() => this.call.lobby.return(who.identifier));
  }

  async press(tone: DtmfTone, label: string): Promise<void> {
    this.digits.value = (this.digits.value + label).slice(-24);
    await this.#try(() => this.call.sendDtmf(tone));
  }

  async hangUp(forEveryone: boolean): Promise<void> {
    await this.#try(() => this.call.hangUp({ forEveryone }));
  }

  add(identifier: CommunicationIdentifier): void {
    const who = this.call.addParticipant(identifier);
    const answered = (): boolean => who.state === 'Connected' || who.state === 'Hold';
    const watch = (): void => {
      if (who.state === 'Disconnected') this.say(`${this.#nameOf(who)}: ${inWords(who.callEndReason).title}`);
      if (answered() || who.state === 'Disconnected') who.off('stateChanged', watch);
    };
    if (!answered()) who.on('stateChanged', watch);
  }

  async mutePerson(who: RemoteParticipant): Promise<void> {
    await this.#try(() => who.mute());
  }

  async removePerson(who: RemoteParticipant): Promise<void> {
    await this.#try(() => this.call.removeParticipant(who.identifier));
  }

  async #try(what: () => Promise<unknown>): Promise<void> {
    try {
      await what();
    } catch (error) {
      this.say(error instanceof CommunicationServicesError ? error.message : String(error));
    }
  }

  #stateChanged(): void {
    this.state.value = this.call.state;
    if (this.call.state === 'Connected' && this.since.value === undefined) {
      this.since.value = Date.now();
      this.#diagnose();
      this.#caption();
    }
    if (this.call.state !== 'Disconnected') return;
    this.#collector?.dispose();
    clearTimeout(this.#captionTimer);
    const lasted = this.since.value === undefined ? undefined : Date.now() - this.since.value;
    this.#ended({ target: this.target, reason: this.call.callEndReason, lasted });
  }

  #diagnose(): void {
    const { network, media } = this.call.feature(Features.UserFacingDiagnostics);
    this.#collector = this.call.feature(Features.MediaStats).createCollector();
    this.#collector.on('sampleReported', (sample) => (this.quality.value = qualityOf(sample, network.getLatest())));
    const look = (): void => {
      const latest = network.getLatest();
      this.isLost.value = (latest.networkReconnect?.value ?? DiagnosticQuality.Good) !== DiagnosticQuality.Good;
      this.quality.value = { ...this.quality.value, ...gradesOf(latest) };
      this.warning.value = warningOf({ ...latest, ...media.getLatest() });
    };
    network.on('diagnosticChanged', look);
    media.on('diagnosticChanged', look);
    look();
  }

  /** Shows what is said, for a while. */
  #caption(): void {
    const { captions } = this.call.feature(Features.Captions);
    captions.on('CaptionsReceived', ({ speaker, spokenText, resultType }) => {
      clearTimeout(this.#captionTimer);
      const id = speaker.identifier && getIdentifierRawId(speaker.identifier);
      const who = speaker.displayName ?? this.people.value.find((person) => person.id === id)?.name ?? 'You';
      this.caption.value = { who, text: spokenText, isFinal: resultType === 'Final' };
      this.#captionTimer = setTimeout(() => (this.caption.value = undefined), captionLasts);
    });
    void captions.startCaptions();
  }

  #roleChanged(): void {
    const before = this.role.value;
    this.role.value = this.call.role;
    if (before !== 'Unknown') this.say(`You are ${articled(this.call.role)} now.`);
  }

  async #whereAbouts(): Promise<void> {
    const id = await this.call.info.getServerCallId();
    if (this.#serverCallId !== undefined && this.#serverCallId !== id) this.say('You were moved to another call.');
    this.#serverCallId = id;
  }

  #watch(who: RemoteParticipant): void {
    const list = (): void => this.#list();
    who.on('stateChanged', list);
    who.on('isMutedChanged', list);
    who.on('isSpeakingChanged', list);
    who.on('displayNameChanged', list);
    who.on('roleChanged', list);
  }

  #list(): void {
    this.call.remoteParticipants.forEach((who) => this.#meet(who));
    const everybody = this.call.remoteParticipants.map((participant) => ({
      id: getIdentifierRawId(participant.identifier),
      name: this.#nameOf(participant),
      state: participant.state,
      isMuted: participant.isMuted,
      isSpeaking: participant.isSpeaking,
      role: participant.role,
      participant,
    }));
    this.people.value = everybody.filter(({ state }) => state !== 'InLobby');
    this.waiting.value = everybody.filter(({ state }) => state === 'InLobby');
  }

  #meet(who: RemoteParticipant): void {
    this.#met = true;
    if (!who.displayName || getIdentifierRawId(who.identifier) !== targetId(this.#target)) return;
    this.#target = { ...this.#target, title: who.displayName };
  }

  #nameOf(who: RemoteParticipant): string {
    const id = getIdentifierRawId(who.identifier);
    if (who.displayName) return who.displayName;
    return id === targetId(this.#target) ? this.#target.title : (botName(id) ?? shorten(id));
  }

  async #measure(): Promise<void> {
    const volume = await this.call.localAudioStreams[0]?.getVolume();
    volume?.on('levelChanged', () => (this.level.value = volume.level));
  }
}

function articled(role: ParticipantRole): string {
  return `${/^[AEIOU]/.test(role) ? 'an' : 'a'} ${role}`;
}
