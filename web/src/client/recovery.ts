// In milliseconds. Sound that is lost often comes back by itself; then a
// restart is tried ever more slowly, for as long as the server waits too.
const patience = 3_000;
const settling = 500;
const firstPause = 4_000;
const longestPause = 16_000;
const reconnectTimeout = 120_000;

export interface RecoveryOptions {
  /** Asks the server for an ICE restart (RFC 8445, section 9). */
  restart: () => Promise<void>;
  /** The sound stayed away for 120 s. */
  giveUp: () => void;
}

/** Brings the sound of a call back when the network under it has changed or failed. */
export class Recovery {
  readonly #options: RecoveryOptions;
  #flowed = false;
  #lost = false;
  #busy = false;
  /** Something has changed while a restart was under way: it is out of date. */
  #again = false;
  #failures = 0;
  #next: ReturnType<typeof setTimeout> | undefined;
  #end: ReturnType<typeof setTimeout> | undefined;

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /** Whether there has been sound: before that there is nothing to bring back. */
  get flowed(): boolean {
    return this.#flowed;
  }

  /** Takes what has become of the peer connection. */
  connection(state: RTCPeerConnectionState): void {
    if (state === 'connected') this.#found();
    if (!this.#flowed) return;
    if (state === 'disconnected') this.#lose(patience);
    if (state === 'failed') this.#lose(0);
  }

  /** The device is in another network: nobody need wait until the sound is missed. */
  networkChanged(): void {
    if (!this.#flowed) return;
    this.#failures = 0;
    this.#plan(settling);
  }

  /** The server can be reached again: sound that is missed is asked for now. */
  serverIsBack(): void {
    if (this.#lost) this.networkChanged();
  }

  stop(): void {
    this.#flowed = this.#lost = this.#again = false;
    clearTimeout(this.#next);
    clearTimeout(this.#end);
  }

  #found(): void {
    this.#flowed = true;
    this.#lost = false;
    this.#failures = 0;
    clearTimeout(this.#next);
    clearTimeout(this.#end);
  }

  #lose(delay: number): void {
    if (!this.#lost) {
      this.#lost = true;
      this.#end = setTimeout(this.#options.giveUp, reconnectTimeout);
    } else if (this.#failures > 0) {
      return; // its next attempt is planned
    }
    this.#plan(delay);
  }

  #plan(delay: number): void {
    clearTimeout(this.#next);
    this.#next = setTimeout(() => void this.#try(), delay);
  }

  async #try(): Promise<void> {
    this.#again = this.#busy;
    if (this.#busy) return;
    this.#busy = true;
    await this.#options.restart().catch(() => undefined);
    this.#busy = false;
    if (this.#again) this.#plan(0);
    else if (this.#lost) this.#plan(Math.min(firstPause * 2 ** this.#failures++, longestPause));
    this.#again = false;
  }
}
