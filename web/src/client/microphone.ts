import type { AudioOptions } from './api';
import type { Devices } from './devices';
import { LocalAudioStream, openMicrophone } from './local_audio';

/**
 * What one call sends. It sends a copy of the track, so that muting a call leaves whoever else
 * uses the same stream alone.
 */
export class Microphone {
  readonly #devices: Devices;
  readonly #send: (track: MediaStreamTrack | null) => Promise<void>;
  readonly #changed = (): void => void this.#resend().catch(() => undefined);
  readonly #selected = (): void => void this.#reselect().catch(() => undefined);
  #stream: LocalAudioStream | undefined;
  #track: MediaStreamTrack | null = null;
  #muted = false;
  /** Nobody named a stream: the one we use follows the selected microphone. */
  #follows = false;
  #closed = false;

  constructor(devices: Devices, send: (track: MediaStreamTrack | null) => Promise<void>) {
    this.#devices = devices;
    this.#send = send;
  }

  get stream(): LocalAudioStream | undefined {
    return this.#stream;
  }
  get track(): MediaStreamTrack | null {
    return this.#track;
  }

  async open(options: AudioOptions | undefined): Promise<void> {
    const given = options?.localAudioStreams?.[0];
    if (given) return this.use(given);
    const selected = this.#devices.selectedMicrophone;
    const constraints = options?.constraints;
    const opened = await openMicrophone(selected?.id, constraints);
    const extra = constraints ? { constraints } : {};
    const stream = new LocalAudioStream(opened, { autoDisposeOnCallEnd: true, ...extra });
    if (this.#closed) return stream.callEnded();
    this.#follows = true;
    this.#devices.on('selectedMicrophoneChanged', this.#selected);
    await this.use(stream);
  }

  /** Sends this stream instead of the one before. */
  async use(stream: LocalAudioStream): Promise<void> {
    if (this.#stream !== stream) {
      this.#stream?.off('audioSourceChanged', this.#changed);
      stream.on('audioSourceChanged', this.#changed);
    }
    this.#stream = stream;
    await this.#resend();
  }

  mute(muted: boolean): void {
    this.#muted = muted;
    if (this.#track) this.#track.enabled = !muted;
  }

  close(): void {
    this.#closed = true;
    this.#devices.off('selectedMicrophoneChanged', this.#selected);
    this.#stream?.off('audioSourceChanged', this.#changed);
    this.#stream?.callEnded();
    this.#track?.stop();
    this.#track = null;
  }

  async #resend(): Promise<void> {
    const media = await this.#stream?.getMediaStream();
    const track = media?.getAudioTracks()[0]?.clone() ?? null;
    if (this.#closed) return track?.stop();
    if (track) track.enabled = !this.#muted;
    const before = this.#track;
    this.#track = track;
    await this.#send(track);
    before?.stop();
  }

  async #reselect(): Promise<void> {
    const device = this.#devices.selectedMicrophone;
    if (this.#follows && device && this.#stream) await this.#stream.switchSource(device);
  }
}
