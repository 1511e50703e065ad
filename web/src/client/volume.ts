import type { Volume } from './observable';
import { Emitter } from './emitter';
import type { PropertyChangedEvent } from './values';

/** How often the level is taken, in milliseconds. */
const period = 100;

let context: AudioContext | undefined;

/** The page's audio context; a browser lets a page have only a few. It starts with the first click. */
export function audioContext(): AudioContext {
  context ??= new AudioContext();
  if (context.state === 'suspended') void context.resume().catch(() => undefined);
  return context;
}

/** Measures how loud a stream is. It works while somebody listens, and costs nothing otherwise. */
export class VolumeMeter extends Emitter<{ levelChanged: PropertyChangedEvent }> implements Volume {
  #level = 0;
  readonly #stream: () => MediaStream | undefined;
  #listeners = 0;
  #stop: (() => void) | undefined;

  constructor(stream: () => MediaStream | undefined) {
    super();
    this.#stream = stream;
  }

  /** From 0, silence, to 100, as loud as it can be. */
  get level(): number {
    return this.#level;
  }

  override on(event: 'levelChanged', listener: PropertyChangedEvent): void {
    super.on(event, listener);
    if (this.#listeners++ === 0) this.restart();
  }

  override off(event: 'levelChanged', listener: PropertyChangedEvent): void {
    super.off(event, listener);
    if (this.#listeners > 0 && --this.#listeners === 0) this.close();
  }

  /** Measures the stream as it is now. */
  restart(): void {
    this.close();
    const stream = this.#stream();
    if (this.#listeners === 0 || !stream || stream.getAudioTracks().length === 0) return;
    const { analyser, disconnect } = listen(stream);
    const samples = new Float32Array(analyser.fftSize);
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      this.#set(loudness(samples));
    }, period);
    this.#stop = () => {
      clearInterval(timer);
      disconnect();
    };
  }

  close(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#set(0);
  }

  #set(level: number): void {
    if (level === this.#level) return;
    this.#level = level;
    this.emit('levelChanged');
  }
}

function listen(stream: MediaStream): { analyser: AnalyserNode; disconnect: () => void } {
  const source = audioContext().createMediaStreamSource(stream);
  const analyser = audioContext().createAnalyser();
  analyser.fftSize = 2048;
  source.connect(analyser);
  return { analyser, disconnect: () => source.disconnect() };
}

/** Root mean square as 0 to 100: -60 dBFS and less is 0, 0 dBFS is 100. */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibels = 10 * Math.log10(sum / samples.length + 1e-12);
  return Math.round(Math.min(100, Math.max(0, ((decibels + 60) / 60) * 100)));
}
