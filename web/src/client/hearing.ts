import type { Devices } from './devices';
import { RemoteAudio } from './remote_audio';

/** What one call hears: the sound of the other side, through the selected speaker. */
export class Hearing {
  readonly #devices: Devices;
  readonly #selected = (): void => this.#useSpeaker();
  #audio: RemoteAudio | undefined;
  #isMuted = false;

  constructor(devices: Devices) {
    this.#devices = devices;
    devices.on('selectedSpeakerChanged', this.#selected);
  }

  get streams(): RemoteAudio[] {
    return this.#audio ? [this.#audio] : [];
  }
  get isMuted(): boolean {
    return this.#isMuted;
  }

  /** Plays the stream, and says whether that is new: there is one for each call. */
  play(stream: MediaStream): boolean {
    if (this.#audio) return false;
    this.#audio = new RemoteAudio(stream, this.#devices.selectedSpeaker);
    this.#audio.mute(this.#isMuted);
    return true;
  }

  /** Says whether that is new. */
  mute(muted: boolean): boolean {
    const before = this.#isMuted;
    this.#isMuted = muted;
    this.#audio?.mute(muted);
    return before !== muted;
  }

  close(): void {
    this.#devices.off('selectedSpeakerChanged', this.#selected);
    this.#audio?.dispose();
  }

  #useSpeaker(): void {
    const device = this.#devices.selectedSpeaker;
    if (device) void this.#audio?.speaker(device);
  }
}
