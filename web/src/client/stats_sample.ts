import type {
  IncomingAudioMediaStats,
  MediaStatsReportSample,
  OutgoingAudioMediaStats,
  TransportMediaStats,
} from './api_features';
import type { Measured } from './vitals';

// RTCStats as it comes: a bag of figures, some of which a browser may lack.
type Raw = Record<string, number | string | undefined> & { id: string; type: string; timestamp: number };

const fullScale = 65_536;

/**
 * Reads the figures of one moment; rates need the report before. What the browser does not know of
 * what happens to the sound on its way is taken from what the server measured, if it has just done so.
 */
export function sampleOf(now: RTCStatsReport, before?: RTCStatsReport, server?: Measured): MediaStatsReportSample {
  const reader = new Reader(now, before);
  return {
    audio: {
      send: reader.all('outbound-rtp').map((raw) => outgoing(reader, raw, server)),
      receive: reader.all('inbound-rtp').map((raw) => incoming(reader, raw, server)),
    },
    video: { send: [], receive: [] },
    screenShare: { send: [], receive: [] },
    transports: reader.all('transport').map((raw) => transport(reader, raw)),
  };
}

function outgoing(reader: Reader, raw: Raw, server?: Measured): OutgoingAudioMediaStats<number, string> {
  const remote = reader.get(raw['remoteId']);
  const source = reader.get(raw['mediaSourceId']);
  return present({
    ...common(reader, raw, 'packetsSent', 'bytesSent'),
    jitterInMs: milliseconds(remote?.['jitter']) ?? server?.send.jitterMs,
    packetsLost: number(remote?.['packetsLost']) ?? server?.send.packetsLost,
    packetsLostPerSecond: remote && reader.rate(remote, 'packetsLost'),
    rttInMs: milliseconds(remote?.['roundTripTime']) ?? reader.pairRtt() ?? server?.receive.roundTripMs,
    audioInputLevel: level(source?.['audioLevel']),
  });
}

function incoming(reader: Reader, raw: Raw, server?: Measured): IncomingAudioMediaStats<number, string> {
  const emitted = reader.rate(raw, 'jitterBufferEmittedCount');
  const delay = reader.rate(raw, 'jitterBufferDelay');
  const samples = reader.rate(raw, 'totalSamplesReceived');
  const concealed = reader.rate(raw, 'concealedSamples');
  return present({
    ...common(reader, raw, 'packetsReceived', 'bytesReceived'),
    jitterInMs: milliseconds(raw['jitter']),
    packetsLost: number(raw['packetsLost']),
    packetsLostPerSecond: reader.rate(raw, 'packetsLost'),
    rttInMs: reader.pairRtt() ?? server?.receive.roundTripMs,
    jitterBufferDelayInMs: emitted && delay !== undefined ? (delay / emitted) * 1000 : undefined,
    audioOutputLevel: level(raw['audioLevel']),
    healedRatio: samples && concealed !== undefined ? concealed / samples : undefined,
  });
}

function transport(reader: Reader, raw: Raw): TransportMediaStats<number> {
  const pair = reader.get(raw['selectedCandidatePairId']);
  return present({
    id: raw.id,
    rttInMs: milliseconds(pair?.['currentRoundTripTime']),
    availableIncomingBitrate: number(pair?.['availableIncomingBitrate']),
    availableOutgoingBitrate: number(pair?.['availableOutgoingBitrate']),
  });
}

function common(reader: Reader, raw: Raw, packets: string, bytes: string) {
  const codec = reader.get(raw['codecId'])?.['mimeType'];
  const byteRate = reader.rate(raw, bytes);
  return {
    id: String(raw['ssrc'] ?? raw.id),
    codecName: typeof codec === 'string' ? codec.replace('audio/', '') : undefined,
    bitrate: byteRate === undefined ? undefined : byteRate * 8,
    packets: number(raw[packets]),
    packetsPerSecond: reader.rate(raw, packets),
    transportId: typeof raw['transportId'] === 'string' ? raw['transportId'] : undefined,
  };
}

class Reader {
  readonly #now: Map<string, Raw>;
  readonly #before: Map<string, Raw>;

  constructor(now: RTCStatsReport, before: RTCStatsReport | undefined) {
    this.#now = now as unknown as Map<string, Raw>;
    this.#before = (before ?? new Map()) as unknown as Map<string, Raw>;
  }

  /** All of a type; of the RTP ones those with sound. */
  all(type: string): Raw[] {
    return [...this.#now.values()].filter((raw) => raw.type === type && (raw['kind'] ?? 'audio') === 'audio');
  }

  get(id: string | number | undefined): Raw | undefined {
    return typeof id === 'string' ? this.#now.get(id) : undefined;
  }

  /** How fast a counter grew since the report before, per second. */
  rate(raw: Raw, field: string): number | undefined {
    const before = this.#before.get(raw.id);
    const [from, to] = [number(before?.[field]), number(raw[field])];
    if (before === undefined || from === undefined || to === undefined) return undefined;
    const seconds = (raw.timestamp - before.timestamp) / 1000;
    return seconds > 0 ? Math.max(0, to - from) / seconds : undefined;
  }

  /** The round trip of the path in use. */
  pairRtt(): number | undefined {
    const pair = this.get(this.all('transport')[0]?.['selectedCandidatePairId']);
    return milliseconds(pair?.['currentRoundTripTime']);
  }
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function milliseconds(value: unknown): number | undefined {
  return typeof value === 'number' ? value * 1000 : undefined;
}

function level(value: unknown): number | undefined {
  return typeof value === 'number' ? value * fullScale : undefined;
}

/** Leaves out what the browser did not say. */
function present<T extends object>(stats: T): T {
  return Object.fromEntries(Object.entries(stats).filter(([, value]) => value !== undefined)) as T;
}
