import type { Lobby, LobbyEvents } from './api';
import { Emitter } from './emitter';
import { toModel } from './identifier';
import type { IdentifierModel } from './identifier';
import type { Participant } from './participant';
import type { AdmitAllOperationResult, CommunicationIdentifier } from './values';

/** Asks the server; nobody named is everybody. */
export type Decide = (what: 'admit' | 'reject' | 'return', participants?: IdentifierModel[]) => Promise<void>;

/** Those in a call who wait to be let in. The server shows them to whoever may decide about it. */
export class LobbyObject extends Emitter<LobbyEvents> implements Lobby {
  readonly #decide: Decide;
  #participants: Participant[] = [];

  constructor(decide: Decide) {
    super();
    this.#decide = decide;
  }

  get participants(): readonly Participant[] {
    return this.#participants;
  }

  admit(participant: CommunicationIdentifier): Promise<void> {
    return this.#decide('admit', [toModel(participant)]);
  }

  async admitAll(): Promise<AdmitAllOperationResult> {
    const successCount = this.#participants.length;
    if (successCount > 0) await this.#decide('admit');
    return { successCount, failureCount: 0 };
  }

  reject(participant: CommunicationIdentifier): Promise<void> {
    return this.#decide('reject', [toModel(participant)]);
  }

  return(participant: CommunicationIdentifier): Promise<void> {
    return this.#decide('return', [toModel(participant)]);
  }

  /** Finds out from everybody in the call who waits now. */
  update(everybody: readonly Participant[]): void {
    const waiting = everybody.filter((who) => who.state === 'InLobby');
    const added = waiting.filter((who) => !this.#participants.includes(who));
    const removed = this.#participants.filter((who) => !waiting.includes(who));
    this.#participants = waiting;
    if (added.length + removed.length > 0) this.emit('lobbyParticipantsUpdated', { added, removed });
  }
}
