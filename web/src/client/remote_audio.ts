import type { RemoteAudioStream } from './api';
import type { Volume } from './observable';
import { deviceId } from './device_id';
import type { AudioDeviceInfo } from './values';
import { VolumeMeter } from './volume';

/** The sound of a call. It plays by itself, through an audio element that nobody sees. */
export class RemoteAudio implements RemoteAudioStream {
  readonly mediaStreamType = 'Audio';
  readonly #stream: MediaStream;
  readonly #element: HTMLAudioElement;
  readonly #meter: VolumeMeter;

  constructor(stream: MediaStream, speaker: AudioDeviceInfo | undefined) {
    this.#stream = stream;
    this.#meter = new VolumeMeter(() => stream);
    this.#element = document.createElement('audio');
    this.#element.hidden = true;
    this.#element.autoplay = true;
    this.#element.srcObject = stream;
    document.body.append(this.#element);
    if (speaker) void this.speaker(speaker);
    this.#play();
  }

  async getMediaStream(): Promise<MediaStream> {
    return this.#stream;
  }

  async getVolume(): Promise<Volume> {
    return this.#meter;
  }

  mute(muted: boolean): void {
    this.#element.muted = muted;
  }

  /** Plays through this speaker; one that cannot be used leaves the sound where it is. */
  async speaker(device: AudioDeviceInfo): Promise<void> {
    if (!('setSinkId' in this.#element)) return;
    const id = deviceId(device.id);
    await this.#element.setSinkId(id === 'default' ? '' : id).catch(() => undefined);
  }

  dispose(): void {
    this.#meter.close();
    this.#element.srcObject = null;
    this.#element.remove();
  }

  /** A browser may want a click or a key before it lets a page be heard. */
  #play(): void {
    this.#element.play().catch(() => {
      const again = (): void => {
        removeEventListener('pointerdown', again);
        removeEventListener('keydown', again);
        if (this.#element.isConnected) this.#play();
      };
      addEventListener('pointerdown', again);
      addEventListener('keydown', again);
    });
  }
}
