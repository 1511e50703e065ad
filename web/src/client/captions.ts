import type { Captions, CaptionsCallFeature, CaptionsEvents, StartCaptionsOptions } from './api_features';
import type { CallObject } from './call';
import { Emitter } from './emitter';
import { problem } from './errors';
import { fromModel } from './identifier';
import type { Caption } from './protocol';
import type { PropertyChangedEvent } from './values';

/** Shows what is said, between startCaptions and stopCaptions. */
class ShownCaptions extends Emitter<CaptionsEvents> implements Captions {
  readonly kind = 'Captions';
  #active = false;
  #language = '';

  get isCaptionsFeatureActive(): boolean {
    return this.#active;
  }
  get activeSpokenLanguage(): string {
    return this.#language;
  }
  get supportedSpokenLanguages(): string[] {
    return this.#language === '' ? [] : [this.#language];
  }

  async startCaptions(options?: StartCaptionsOptions): Promise<void> {
    if (options && this.#language !== '') await this.setSpokenLanguage(options.spokenLanguage);
    this.#turn(true);
  }
  async stopCaptions(): Promise<void> {
    this.#turn(false);
  }
  async setSpokenLanguage(language: string): Promise<void> {
    if (language.toLowerCase() !== this.#language.toLowerCase()) throw problem('languageFixed');
  }

  receive(caption: Caption): void {
    if (caption.language !== this.#language) {
      this.#language = caption.language;
      this.emit('SpokenLanguageChanged');
    }
    if (!this.#active) return;
    this.emit('CaptionsReceived', {
      resultType: caption.isFinal ? 'Final' : 'Partial',
      speaker: { identifier: fromModel(caption.identifier), ...(caption.displayName ? { displayName: caption.displayName } : {}) },
      spokenLanguage: caption.language,
      spokenText: caption.text,
      timestamp: new Date(caption.timestamp),
    });
  }

  #turn(active: boolean): void {
    if (active === this.#active) return;
    this.#active = active;
    this.emit('CaptionsActiveChanged');
  }
}

/** Captions of a call. */
export class CaptionsFeature extends Emitter<{ CaptionsKindChanged: PropertyChangedEvent }> implements CaptionsCallFeature {
  readonly name = 'Captions';
  readonly captions = new ShownCaptions();
  readonly #call: CallObject;
  readonly #receive = (caption: Caption): void => this.captions.receive(caption);

  constructor(call: CallObject) {
    super();
    this.#call = call;
    call.vitals.on('captionReceived', this.#receive);
  }

  dispose(): void {
    this.#call.vitals.off('captionReceived', this.#receive);
  }
}
