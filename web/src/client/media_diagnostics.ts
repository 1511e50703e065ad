import type { MediaDiagnosticType, MediaDiagnostics } from './api_features';
import type { CallObject } from './call';
import { Findings } from './findings';
import { MutedSpeech } from './muted_speech';
import { Silence } from './silence';

/** Watches the microphone and the speakers of a call. */
export class MediaWatch extends Findings<MediaDiagnosticType> implements MediaDiagnostics {
  readonly #call: CallObject;
  readonly #speech: MutedSpeech;
  readonly #silence = new Silence();
  readonly #list = (): void => void this.#count().catch(() => undefined);
  readonly #failed = ({ denied }: { denied: boolean }): void => {
    this.set(denied ? 'microphonePermissionDenied' : 'microphoneNotFunctioning', true);
  };
  #permission: PermissionStatus | undefined;
  readonly #allowed = (): void => this.set('microphonePermissionDenied', this.#permission?.state === 'denied');
  #disposed = false;

  constructor(call: CallObject) {
    super();
    this.#call = call;
    this.#speech = new MutedSpeech(call, (speaks) => this.set('speakingWhileMicrophoneIsMuted', speaks));
    call.vitals.on('microphoneFailed', this.#failed);
    call.devices.on('audioDevicesUpdated', this.#list);
    this.#list();
    void this.#watchPermission().catch(() => undefined);
  }

  dispose(): void {
    this.#disposed = true;
    this.#speech.dispose();
    this.#call.vitals.off('microphoneFailed', this.#failed);
    this.#call.devices.off('audioDevicesUpdated', this.#list);
    this.#permission?.removeEventListener('change', this.#allowed);
  }

  /** Takes the figures of the moment. */
  look(stats: RTCStatsReport): void {
    const { track } = this.#call.vitals;
    if (!track) return;
    // A track that is switched off gives silence, as it should.
    const sends = track.enabled && !track.muted && track.readyState === 'live';
    const { stalled, silent } = this.#silence.look(sends ? track.id : undefined, stats);
    this.set('microphoneNotFunctioning', track.readyState === 'ended' || stalled);
    this.set('microphoneMuteUnexpectedly', track.readyState === 'live' && track.muted);
    this.set('microphoneNotMuteButSilent', silent);
  }

  /** Counts devices. Browsers that list no speakers, or only chosen ones, do not know whether there are any. */
  async #count(): Promise<void> {
    const { devices } = this.#call;
    const microphones = await devices.getMicrophones();
    if (!this.#disposed) this.set('noMicrophoneDevicesEnumerated', microphones.length === 0);
    if (!devices.isSpeakerSelectionAvailable || 'selectAudioOutput' in navigator.mediaDevices) return;
    const speakers = await devices.getSpeakers();
    if (!this.#disposed) this.set('noSpeakerDevicesEnumerated', speakers.length === 0);
  }

  /** A browser that does not tell of permissions is found out when the microphone is opened. */
  async #watchPermission(): Promise<void> {
    const permission = await navigator.permissions.query({ name: 'microphone' as PermissionName });
    if (this.#disposed) return;
    this.#permission = permission;
    permission.addEventListener('change', this.#allowed);
    this.#allowed();
  }
}
