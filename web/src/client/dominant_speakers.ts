import type { Call, RemoteParticipant } from './api';
import type { DominantSpeakersCallFeature, DominantSpeakersInfo } from './api_features';
import { Emitter } from './emitter';
import type { CollectionUpdate, PropertyChangedEvent } from './values';

/** Who speaks, and who did before, as long as they are in the call. */
export class DominantSpeakers
  extends Emitter<{ dominantSpeakersChanged: PropertyChangedEvent }>
  implements DominantSpeakersCallFeature
{
  readonly name = 'DominantSpeakers';
  readonly #call: Call;
  readonly #watched = new Map<RemoteParticipant, () => void>();
  readonly #updated = (update: CollectionUpdate<RemoteParticipant>): void => this.#follow(update);
  #order: RemoteParticipant[] = [];
  #timestamp = new Date();

  constructor(call: Call) {
    super();
    this.#call = call;
    call.on('remoteParticipantsUpdated', this.#updated);
    this.#follow({ added: [...call.remoteParticipants], removed: [] });
  }

  get dominantSpeakers(): DominantSpeakersInfo {
    return { speakersList: this.#order.map((who) => who.identifier), timestamp: this.#timestamp };
  }

  dispose(): void {
    this.#call.off('remoteParticipantsUpdated', this.#updated);
    for (const [who, listener] of this.#watched) who.off('isSpeakingChanged', listener);
    this.#watched.clear();
  }

  #follow({ added, removed }: CollectionUpdate<RemoteParticipant>): void {
    for (const who of added) {
      const listener = (): void => this.#spoke(who);
      this.#watched.set(who, listener);
      who.on('isSpeakingChanged', listener);
      this.#spoke(who);
    }
    for (const who of removed) {
      const listener = this.#watched.get(who);
      if (listener) who.off('isSpeakingChanged', listener);
      this.#watched.delete(who);
    }
    if (removed.some((who) => this.#order.includes(who))) {
      this.#become(this.#order.filter((who) => !removed.includes(who)));
    }
  }

  #spoke(who: RemoteParticipant): void {
    if (who.isSpeaking && this.#order[0] !== who) this.#become([who, ...this.#order.filter((other) => other !== who)]);
  }

  #become(order: RemoteParticipant[]): void {
    this.#order = order;
    this.#timestamp = new Date();
    this.emit('dominantSpeakersChanged');
  }
}
