import type { Microphone } from './microphone';

/** Whether the microphone of a call is off, and by whose wish. */
export class Muting {
  readonly #microphone: Pick<Microphone, 'mute'>;
  readonly #changed: () => void;
  #self = false;
  #others = false;
  /** How often others have muted us. */
  #times = 0;
  /** Nobody is to hear us for as long, whatever we wish: on hold and in the lobby. */
  #hushed = false;

  constructor(microphone: Pick<Microphone, 'mute'>, changed: () => void) {
    this.#microphone = microphone;
    this.#changed = changed;
  }

  get isMuted(): boolean {
    return this.#self || this.#others;
  }
  get bySelf(): boolean {
    return this.#self;
  }
  /** For `unmute`: what has happened up to now. */
  get times(): number {
    return this.#times;
  }

  /** How a call begins. */
  start(muted: boolean): void {
    this.#self = muted;
    this.#apply();
  }

  /** Says whether that is new. */
  mute(): boolean {
    const before = this.#self;
    this.#set(() => (this.#self = true));
    return !before;
  }

  /** Ends it, also what others wished, unless they did so again since. */
  unmute(times: number): void {
    this.#set(() => {
      this.#self = false;
      this.#others &&= this.#times !== times;
    });
  }

  /** Others have muted us, or undone it. Says whether that is new. */
  byOthers(muted: boolean): boolean {
    const before = this.#others;
    if (muted) this.#times++;
    this.#set(() => (this.#others = muted));
    return before !== muted;
  }

  hush(hushed: boolean): void {
    this.#hushed = hushed;
    this.#apply();
  }

  #set(change: () => void): void {
    const before = this.isMuted;
    change();
    this.#apply();
    if (before !== this.isMuted) this.#changed();
  }

  #apply(): void {
    this.#microphone.mute(this.isMuted || this.#hushed);
  }
}
