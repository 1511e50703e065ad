// The features of a call, as an application sees them.

import type { Observable } from './api';
import type { CallFeature } from './feature';
import type { CommunicationIdentifierKind, PropertyChangedEvent } from './values';

/** One direction's sound, in one sample (T number, U string) or over a time (T, U MediaStatValue). */
export interface AudioMediaStats<T, U> {
  id: string;
  codecName?: U;
  /** Bits per second. */
  bitrate?: T;
  jitterInMs?: T;
  packets?: T;
  packetsPerSecond?: T;
  packetsLost?: T;
  packetsLostPerSecond?: T;
  rttInMs?: T;
  transportId?: U;
}
export interface OutgoingAudioMediaStats<T, U> extends AudioMediaStats<T, U> {
  /** 0 to 65536. */
  audioInputLevel?: T;
}
export interface IncomingAudioMediaStats<T, U> extends AudioMediaStats<T, U> {
  jitterBufferDelayInMs?: T;
  /** 0 to 65536. */
  audioOutputLevel?: T;
  /** The share of samples that were concealed, 0 to 1. */
  healedRatio?: T;
}
export interface TransportMediaStats<T> {
  id: string;
  rttInMs?: T;
  availableIncomingBitrate?: T;
  availableOutgoingBitrate?: T;
}
export interface MediaStatsReport<T, U> {
  audio: { send: OutgoingAudioMediaStats<T, U>[]; receive: IncomingAudioMediaStats<T, U>[] };
  transports: TransportMediaStats<T>[];
}
export type MediaStatsReportSample = MediaStatsReport<number, string>;

/** What a figure was in each sample, and, for numbers, in each aggregation interval. */
export interface MediaStatValue<T> {
  aggregation?: { count: number[]; sum: number[]; min: number[]; max: number[] };
  raw: T[];
  timestamp: Date;
}
export type MediaStatsReportSummary = MediaStatsReport<MediaStatValue<number>, MediaStatValue<string>>;

export interface MediaStatsCollectorOptions {
  /** Seconds. Default 10. */
  aggregationInterval?: number;
  /** Intervals in one summary. Default 6. */
  dataPointsPerAggregation?: number;
}
export interface MediaStatsCollectorEvents {
  sampleReported: (sample: MediaStatsReportSample) => void;
  summaryReported: (summary: MediaStatsReportSummary) => void;
}
/** Reports a sample every second, and a summary of many. */
export interface MediaStatsCollector extends Observable<MediaStatsCollectorEvents> {
  dispose(): void;
}
export interface MediaStatsCallFeature extends CallFeature {
  createCollector(options?: MediaStatsCollectorOptions): MediaStatsCollector;
}

export interface DominantSpeakersInfo {
  /** Whoever spoke last comes first. */
  speakersList: CommunicationIdentifierKind[];
  timestamp: Date;
}
export interface DominantSpeakersCallFeature
  extends CallFeature,
    Observable<{ dominantSpeakersChanged: PropertyChangedEvent }> {
  readonly dominantSpeakers: DominantSpeakersInfo;
}

export const DiagnosticQuality = { Good: 1, Poor: 2, Bad: 3 } as const;
export type DiagnosticQuality = (typeof DiagnosticQuality)[keyof typeof DiagnosticQuality];
export type NetworkDiagnosticType = 'networkReconnect' | 'networkReceiveQuality' | 'networkSendQuality' | 'noNetwork';
export type MediaDiagnosticType = 'speakingWhileMicrophoneIsMuted' | 'microphoneNotFunctioning';

export interface LatestDiagnosticValue {
  value: DiagnosticQuality | boolean;
  valueType: 'DiagnosticQuality' | 'DiagnosticFlag';
}
export interface DiagnosticChangedEventArgs<T> extends LatestDiagnosticValue {
  diagnostic: T;
}
export interface Diagnostics<T extends string>
  extends Observable<{ diagnosticChanged: (args: DiagnosticChangedEventArgs<T>) => void }> {
  getLatest(): Partial<Record<T, LatestDiagnosticValue>>;
}
export interface UserFacingDiagnosticsFeature extends CallFeature {
  readonly network: Diagnostics<NetworkDiagnosticType>;
  readonly media: Diagnostics<MediaDiagnosticType>;
}
