import { DiagnosticQuality } from './api_features';
import type {
  DiagnosticChangedEventArgs,
  Diagnostics,
  LatestDiagnosticValue,
  MediaDiagnosticType,
  MediaStatsReportSample,
  NetworkDiagnosticType,
  UserFacingDiagnosticsFeature,
} from './api_features';
import type { CallObject } from './call';
import { Emitter } from './emitter';
import { sampleOf } from './stats_sample';

/** How often things are looked at, in milliseconds. */
const period = 2_000;
/** A microphone louder than this, of 100, has somebody speaking into it. */
const speech = 45;

/** Watches one call for what its user should know. */
export class UserFacingDiagnostics implements UserFacingDiagnosticsFeature {
  readonly name = 'UserFacingDiagnostics';
  readonly network = new Findings<NetworkDiagnosticType>();
  readonly media = new Findings<MediaDiagnosticType>();
  readonly #call: CallObject;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #volume: { level: number } = { level: 0 };
  #before: RTCStatsReport | undefined;
  #stopListening: (() => void) | undefined;

  constructor(call: CallObject) {
    this.#call = call;
    this.#timer = setInterval(() => void this.#look().catch(() => undefined), period);
    void this.#listen();
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#stopListening?.();
  }

  /** The level of what would be sent if the call were not muted. */
  async #listen(): Promise<void> {
    const volume = await this.#call.localAudioStreams[0]?.getVolume();
    if (!volume) return;
    const loudest = (): void => void (this.#volume.level = Math.max(this.#volume.level, volume.level));
    volume.on('levelChanged', loudest);
    this.#stopListening = () => volume.off('levelChanged', loudest);
  }

  async #look(): Promise<void> {
    const stats = await this.#call.stats();
    const sample = sampleOf(stats, this.#before);
    this.#before = stats;
    this.network.set('noNetwork', !navigator.onLine);
    this.network.set('networkReconnect', reconnecting(this.#call.connection));
    this.network.set('networkReceiveQuality', receiveQuality(sample));
    this.network.set('networkSendQuality', sendQuality(sample));
    if (!this.#stopListening) await this.#listen();
    this.media.set('speakingWhileMicrophoneIsMuted', this.#call.isMuted && this.#volume.level > speech);
    this.media.set('microphoneNotFunctioning', this.#call.sentTrack?.readyState === 'ended');
    this.#volume.level = 0;
  }
}

class Findings<T extends string>
  extends Emitter<{ diagnosticChanged: (args: DiagnosticChangedEventArgs<T>) => void }>
  implements Diagnostics<T>
{
  readonly #latest: Partial<Record<T, LatestDiagnosticValue>> = {};

  getLatest(): Partial<Record<T, LatestDiagnosticValue>> {
    return { ...this.#latest };
  }

  /** Keeps a value and tells if it is new. All being well at first is no news. */
  set(diagnostic: T, value: DiagnosticQuality | boolean): void {
    const before = this.#latest[diagnostic];
    const valueType = typeof value === 'boolean' ? 'DiagnosticFlag' : 'DiagnosticQuality';
    if (before?.value === value) return;
    this.#latest[diagnostic] = { value, valueType };
    const well = value === false || value === DiagnosticQuality.Good;
    if (before || !well) this.emit('diagnosticChanged', { diagnostic, value, valueType });
  }
}

function reconnecting(state: RTCPeerConnectionState): DiagnosticQuality {
  if (state === 'failed') return DiagnosticQuality.Bad;
  return state === 'disconnected' ? DiagnosticQuality.Poor : DiagnosticQuality.Good;
}

export function receiveQuality(sample: MediaStatsReportSample): DiagnosticQuality {
  const stream = sample.audio.receive[0];
  return quality(stream?.packetsPerSecond, stream?.packetsLostPerSecond, stream?.jitterInMs, stream?.rttInMs);
}

export function sendQuality(sample: MediaStatsReportSample): DiagnosticQuality {
  const stream = sample.audio.send[0];
  return quality(stream?.packetsPerSecond, stream?.packetsLostPerSecond, stream?.jitterInMs, stream?.rttInMs);
}

/** Loss of 3 % is heard, of 10 % disturbs; so do 30 and 100 ms of jitter, 400 and 800 ms of round trip. */
function quality(packets = 0, lost = 0, jitter = 0, rtt = 0): DiagnosticQuality {
  const loss = lost / Math.max(1, packets + lost);
  if (loss > 0.1 || jitter > 100 || rtt > 800) return DiagnosticQuality.Bad;
  if (loss > 0.03 || jitter > 30 || rtt > 400) return DiagnosticQuality.Poor;
  return DiagnosticQuality.Good;
}
