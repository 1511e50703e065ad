import type { DominantSpeakersCallFeature, DominantSpeakersInfo } from './api_features';
import type { CallObject } from './call';
import { Emitter } from './emitter';
import { fromModel } from './identifier';
import type { Voice } from './protocol';
import type { PropertyChangedEvent } from './values';

/** Who speaks, and who did before, in the server's order, as long as they are in the call. */
export class DominantSpeakers
  extends Emitter<{ dominantSpeakersChanged: PropertyChangedEvent }>
  implements DominantSpeakersCallFeature
{
  readonly name = 'DominantSpeakers';
  readonly #call: CallObject;
  readonly #look = (): void => this.#update();
  #order: Voice[];
  #timestamp = new Date();

  constructor(call: CallObject) {
    super();
    this.#call = call;
    this.#order = this.#present();
    call.vitals.on('speakersChanged', this.#look);
    call.on('remoteParticipantsUpdated', this.#look);
  }

  get dominantSpeakers(): DominantSpeakersInfo {
    return { speakersList: this.#order.map((who) => fromModel(who.identifier)), timestamp: this.#timestamp };
  }

  dispose(): void {
    this.#call.vitals.off('speakersChanged', this.#look);
    this.#call.off('remoteParticipantsUpdated', this.#look);
  }

  /** Tells if others dominate now. That one of them is silent for a moment is their isSpeaking. */
  #update(): void {
    const order = this.#present();
    const ids = (list: Voice[]): string => list.map((who) => who.participantId).join(' ');
    if (ids(order) === ids(this.#order)) return;
    this.#order = order;
    this.#timestamp = new Date();
    this.emit('dominantSpeakersChanged');
  }

  #present(): Voice[] {
    const here = new Set(this.#call.remoteParticipants.flatMap((who) => who.endpointDetails.map((one) => one.participantId)));
    here.add(this.#call.info.participantId);
    return this.#call.vitals.speakers.filter((who) => here.has(who.participantId));
  }
}
