import type { RemoteParticipant, RemoteParticipantEvents } from './api';
import { Emitter } from './emitter';
import { fromModel, getIdentifierRawId } from './identifier';
import type { Member } from './protocol';
import { participantState, roleOf } from './states';
import type { CallEndReason, CommunicationIdentifierKind, ParticipantRole, RemoteParticipantState } from './values';

/** Somebody else in a call, as the roster last described them. */
export class Participant extends Emitter<RemoteParticipantEvents> implements RemoteParticipant {
  readonly identifier: CommunicationIdentifierKind;
  readonly #muteThem: (who: Participant) => Promise<void>;
  #id = '';
  #displayName: string | undefined;
  #state: RemoteParticipantState = 'Idle';
  #reason: CallEndReason | undefined;
  #isMuted = false;
  #isSpeaking = false;
  #role: ParticipantRole = 'Unknown';

  constructor(identifier: CommunicationIdentifierKind, muteThem: (who: Participant) => Promise<void>) {
    super();
    this.identifier = identifier;
    this.#muteThem = muteThem;
  }

  get rawId(): string {
    return getIdentifierRawId(this.identifier);
  }
  /** Empty until the roster has named it. */
  get participantId(): string {
    return this.#id;
  }
  get endpointDetails(): { participantId: string }[] {
    return this.#id ? [{ participantId: this.#id }] : [];
  }
  get displayName(): string | undefined {
    return this.#displayName;
  }
  get state(): RemoteParticipantState {
    return this.#state;
  }
  get callEndReason(): CallEndReason | undefined {
    return this.#reason;
  }
  get isMuted(): boolean {
    return this.#isMuted;
  }
  get isSpeaking(): boolean {
    return this.#isSpeaking;
  }
  get role(): ParticipantRole {
    return this.#role;
  }

  mute(): Promise<void> {
    return this.#muteThem(this);
  }

  /** Takes over what the roster says, and tells of each difference. */
  update(member: Member): void {
    this.#id = member.participantId;
    this.#become(participantState(member.state, member.isOnHold ?? false));
    const { displayName, isMuted = false, isSpeaking = false } = member;
    if (displayName !== this.#displayName) {
      this.#displayName = displayName;
      this.emit('displayNameChanged');
    }
    const role = roleOf(member.role);
    if (role !== this.#role) {
      this.#role = role;
      this.emit('roleChanged');
    }
    if (isMuted !== this.#isMuted) {
      this.#isMuted = isMuted;
      this.emit('isMutedChanged');
    }
    this.speaks(isSpeaking);
  }

  speaks(isSpeaking: boolean): void {
    if (isSpeaking === this.#isSpeaking) return;
    this.#isSpeaking = isSpeaking;
    this.emit('isSpeakingChanged');
  }

  /** On its way, before the roster knows of it. */
  invited(): void {
    this.#become('Connecting');
  }

  left(reason: CallEndReason | undefined): void {
    this.#reason = reason ?? { code: 0, subCode: 0 };
    this.speaks(false);
    this.#become('Disconnected');
  }

  #become(state: RemoteParticipantState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.emit('stateChanged');
  }
}

/** A participant for somebody in the roster. */
export function fromMember(member: Member, muteThem: (who: Participant) => Promise<void>): Participant {
  return new Participant(fromModel(member.identifier), muteThem);
}
