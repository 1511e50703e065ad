import { DiagnosticQuality } from './api_features';
import type { NetworkDiagnosticType, NetworkDiagnostics } from './api_features';
import type { CallObject } from './call';
import { Findings } from './findings';
import { Grader, gradeOf, judge } from './grade';
import { sampleOf } from './stats_sample';

const reconnecting: Partial<Record<RTCPeerConnectionState, DiagnosticQuality>> = {
  connected: DiagnosticQuality.Good,
  disconnected: DiagnosticQuality.Poor,
  failed: DiagnosticQuality.Bad,
};

/** Watches the way between a call and the server. */
export class NetworkWatch extends Findings<NetworkDiagnosticType> implements NetworkDiagnostics {
  readonly #call: CallObject;
  readonly #receive = new Grader();
  readonly #send = new Grader();
  readonly #changed = (): void => this.#update();
  #local: { receive: DiagnosticQuality; send: DiagnosticQuality } | undefined;
  #before: RTCStatsReport | undefined;

  constructor(call: CallObject) {
    super();
    this.#call = call;
    for (const event of ['connectionChanged', 'relaysChanged', 'qualityChanged'] as const) call.vitals.on(event, this.#changed);
    globalThis.addEventListener?.('online', this.#changed);
    globalThis.addEventListener?.('offline', this.#changed);
    this.#update();
  }

  dispose(): void {
    const { vitals } = this.#call;
    for (const event of ['connectionChanged', 'relaysChanged', 'qualityChanged'] as const) vitals.off(event, this.#changed);
    globalThis.removeEventListener?.('online', this.#changed);
    globalThis.removeEventListener?.('offline', this.#changed);
  }

  /** Takes the figures of the moment. */
  look(stats: RTCStatsReport): void {
    const { audio } = sampleOf(stats, this.#before);
    this.#before = stats;
    this.#local = {
      receive: this.#receive.take(judge(audio.receive[0])),
      send: this.#send.take(judge(audio.send[0])),
    };
    this.#update();
  }

  #update(): void {
    const { connection, relaysReachable, quality } = this.#call.vitals;
    const offline = globalThis.navigator?.onLine === false;
    this.set('noNetwork', offline);
    this.set('networkReconnect', offline ? DiagnosticQuality.Bad : reconnecting[connection]);
    this.set('networkRelaysNotReachable', relaysReachable === undefined ? undefined : !relaysReachable);
    if (!quality && !this.#local) return;
    // The server hears what we send, and we what it sends; each also judges what the other reports.
    this.set('networkReceiveQuality', worse(this.#local?.receive, gradeOf(quality?.receive.grade)));
    this.set('networkSendQuality', worse(this.#local?.send, gradeOf(quality?.send.grade)));
  }
}

function worse(one: DiagnosticQuality = DiagnosticQuality.Good, other: DiagnosticQuality): DiagnosticQuality {
  return one > other ? one : other;
}
