import { deviceId } from './device_id';
import { Emitter } from './emitter';
import { problem } from './errors';
import type { Observable, Volume } from './observable';
import type { AudioDeviceInfo, LocalAudioStreamOptions, MediaStreamType } from './values';
import { VolumeMeter } from './volume';

export interface LocalAudioStreamEvents {
  audioSourceChanged: (args: { source: LocalAudioStream }) => void;
}

/** What is sent in a call: a microphone, or any MediaStream with a sound track. */
export class LocalAudioStream implements Observable<LocalAudioStreamEvents> {
  readonly mediaStreamType: MediaStreamType = 'Audio';
  readonly #events = new Emitter<LocalAudioStreamEvents>();
  readonly #meter = new VolumeMeter(() => this.#stream);
  readonly #constraints: MediaTrackConstraints | undefined;
  #device: AudioDeviceInfo | undefined;
  #stream: MediaStream | undefined;
  /** Opened here, so closed here. */
  #own = false;
  readonly #options: LocalAudioStreamOptions;

  constructor(source: AudioDeviceInfo | MediaStream, options?: LocalAudioStreamOptions & { constraints?: MediaTrackConstraints }) {
    this.#options = options ?? {};
    this.#constraints = options?.constraints;
    if (source instanceof MediaStream) this.#stream = source;
    else this.#device = source;
  }

  /** The microphone; of a stream that was given, a device of no id named after its track. */
  get source(): AudioDeviceInfo {
    const track = this.#stream?.getAudioTracks()[0];
    return this.#device ?? { name: track?.label ?? '', id: '', isSystemDefault: false, deviceType: 'Virtual' };
  }

  on<K extends keyof LocalAudioStreamEvents>(event: K, listener: LocalAudioStreamEvents[K]): void {
    this.#events.on(event, listener);
  }

  off<K extends keyof LocalAudioStreamEvents>(event: K, listener: LocalAudioStreamEvents[K]): void {
    this.#events.off(event, listener);
  }

  /** Opens the microphone if that has not been done. */
  async getMediaStream(): Promise<MediaStream> {
    this.#stream ??= await this.#capture();
    return this.#stream;
  }

  async setMediaStream(stream: MediaStream): Promise<void> {
    this.#release();
    this.#device = undefined;
    this.#stream = stream;
    this.#changed();
  }

  async switchSource(source: AudioDeviceInfo): Promise<void> {
    this.#release();
    this.#device = source;
    this.#stream = await this.#capture();
    this.#changed();
  }

  async getVolume(): Promise<Volume> {
    return this.#meter;
  }

  dispose(): void {
    this.#meter.close();
    this.#release();
  }

  /**
   * Called when the call that sends this is over.
   * @internal
   */
  callEnded(): void {
    if (this.#options.autoDisposeOnCallEnd) for (const track of this.#stream?.getTracks() ?? []) track.stop();
    if (this.#options.autoDisposeOnCallEnd ?? this.#own) this.dispose();
  }

  async #capture(): Promise<MediaStream> {
    const stream = await openMicrophone(this.#device?.id, this.#constraints);
    this.#own = true;
    return stream;
  }

  #release(): void {
    if (this.#own) for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#own = false;
    this.#stream = undefined;
  }

  #changed(): void {
    this.#meter.restart();
    this.#events.emit('audioSourceChanged', { source: this });
  }
}

/**
 * Asks the browser for a microphone; id is an AudioDeviceInfo's, undefined means the usual one.
 * @internal
 */
export async function openMicrophone(id: string | undefined, constraints?: MediaTrackConstraints): Promise<MediaStream> {
  const wanted: MediaTrackConstraints = { ...constraints };
  if (id) wanted.deviceId = { exact: deviceId(id) };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: wanted, video: false });
  } catch (cause) {
    const denied = cause instanceof DOMException && cause.name === 'NotAllowedError';
    throw problem(denied ? 'permissionDenied' : 'microphoneFailed', cause);
  }
}
