import type { Volume } from './observable';
import type { CallObject } from './call';

/** How often the microphone is listened to, in milliseconds. */
const period = 100;
/** How many of those make up what is remembered. */
const memory = 20;
/** How many of them must be loud for it to be speech; after a memory without any it is over. */
const enough = 4;
/** A microphone louder than this, of 100, has somebody speaking into it: -33 dBFS. */
const speech = 45;

/** Hears that somebody speaks who is muted. It listens as long as they are muted in a call that goes on. */
export class MutedSpeech {
  readonly #call: CallObject;
  readonly #tell: (speaks: boolean) => void;
  readonly #changed = (): void => void this.#listen();
  readonly #heard = (): void => this.#serverHeard();
  readonly #kept = (): void => undefined;
  #volume: Volume | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #recent: boolean[] = [];
  #turn = 0;

  constructor(call: CallObject, tell: (speaks: boolean) => void) {
    this.#call = call;
    this.#tell = tell;
    for (const event of ['isMutedChanged', 'stateChanged', 'localAudioStreamsUpdated'] as const) call.on(event, this.#changed);
    call.vitals.on('mutedSpeaking', this.#heard);
    void this.#listen();
  }

  dispose(): void {
    for (const event of ['isMutedChanged', 'stateChanged', 'localAudioStreamsUpdated'] as const) this.#call.off(event, this.#changed);
    this.#call.vitals.off('mutedSpeaking', this.#heard);
    this.#turn++;
    this.#stop();
  }

  get #isMuted(): boolean {
    return this.#call.isMuted && this.#call.state === 'Connected';
  }

  /** Begins anew, or stops. */
  async #listen(): Promise<void> {
    const turn = ++this.#turn;
    this.#stop();
    this.#tell(false);
    if (!this.#isMuted) return;
    this.#timer = setInterval(() => this.#look(), period);
    const volume = await this.#call.localAudioStreams[0]?.getVolume();
    if (turn !== this.#turn) return;
    this.#volume = volume;
    volume?.on('levelChanged', this.#kept); // it measures for as long as somebody listens
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#volume?.off('levelChanged', this.#kept);
    this.#volume = undefined;
    this.#recent = [];
  }

  #look(): void {
    this.#recent = [...this.#recent, (this.#volume?.level ?? 0) > speech].slice(-memory);
    const loud = this.#recent.filter(Boolean).length;
    if (loud >= enough) this.#tell(true);
    else if (loud === 0) this.#tell(false);
  }

  /** The server has heard an utterance. */
  #serverHeard(): void {
    if (!this.#isMuted) return;
    this.#recent = Array<boolean>(enough).fill(true);
    this.#tell(true);
  }
}
