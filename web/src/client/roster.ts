import { fromMember } from './participant';
import type { Participant } from './participant';
import type { Member, Voice } from './protocol';
import type { CallEndReason, CollectionUpdate } from './values';

/** How long, in milliseconds, somebody just invited may be missing from the roster. */
const patience = 5_000;

/** Everybody else in a call. The server sends the whole list each time; this finds the differences. */
export class Roster {
  readonly #muteThem: (who: Participant) => Promise<void>;
  readonly #updated: (update: CollectionUpdate<Participant>) => void;
  #participants: Participant[] = [];
  /** The ids of those who speak, once that has been said: from then on a roster says it too late. */
  #speaking: Set<string> | undefined;

  constructor(
    muteThem: (who: Participant) => Promise<void>,
    updated: (update: CollectionUpdate<Participant>) => void,
  ) {
    this.#muteThem = muteThem;
    this.#updated = updated;
  }

  get participants(): readonly Participant[] {
    return this.#participants;
  }

  find(rawId: string): Participant | undefined {
    return this.#participants.find((participant) => participant.rawId === rawId);
  }

  apply(members: Member[]): void {
    const present = members.filter((member) => member.state !== 'Disconnected');
    const added: Participant[] = [];
    for (const member of present) {
      const known = this.#match(member);
      if (!known) added.push(fromMember(member, this.#muteThem));
      (known ?? added.at(-1))?.update({ ...member, ...this.#heard(member) });
    }
    // Somebody just invited has no id yet, and may still be missing from the list.
    const removed = this.#participants.filter(
      (who) => who.participantId !== '' && !present.some((member) => member.participantId === who.participantId),
    );
    for (const who of removed) {
      who.left(members.find((member) => member.participantId === who.participantId)?.reason);
    }
    this.#change(added, removed);
  }

  /** Takes who speaks, of all who are there. */
  speakers(voices: readonly Voice[]): void {
    const speaking = new Set(voices.filter((one) => one.isSpeaking).map((one) => one.participantId));
    this.#speaking = speaking;
    for (const who of this.#participants) who.speaks(speaking.has(who.participantId));
  }

  /** Puts somebody in who has been invited but is not in the server's list yet. */
  invite(who: Participant): void {
    who.invited();
    this.#change([who], []);
  }

  /** The server has agreed to invite: soon it must list them. */
  expect(who: Participant): void {
    setTimeout(() => {
      if (who.participantId === '') this.drop(who, undefined);
    }, patience);
  }

  drop(who: Participant, reason: CallEndReason | undefined): void {
    if (!this.#participants.includes(who)) return;
    who.left(reason);
    this.#change([], [who]);
  }

  clear(reason: CallEndReason): void {
    const removed = this.#participants;
    for (const who of removed) who.left(reason);
    this.#change([], removed);
  }

  #heard(member: Member): Pick<Member, 'isSpeaking'> {
    return this.#speaking ? { isSpeaking: this.#speaking.has(member.participantId) } : {};
  }

  #match(member: Member): Participant | undefined {
    return (
      this.#participants.find((who) => who.participantId === member.participantId) ??
      this.#participants.find((who) => who.participantId === '' && who.rawId === member.identifier.rawId)
    );
  }

  #change(added: Participant[], removed: Participant[]): void {
    if (added.length + removed.length === 0) return;
    this.#participants = [...this.#participants.filter((who) => !removed.includes(who)), ...added];
    this.#updated({ added, removed });
  }
}
