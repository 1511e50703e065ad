// The features of a call, as an application sees them.

import type { Observable } from './observable';
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
/** Of sound, and of the path that it takes. This client sends no pictures: their lists are empty. */
export interface MediaStatsReport<T, U> {
  audio: { send: OutgoingAudioMediaStats<T, U>[]; receive: IncomingAudioMediaStats<T, U>[] };
  video: { send: never[]; receive: never[] };
  screenShare: { send: never[]; receive: never[] };
  transports: TransportMediaStats<T>[];
}
export type MediaStatsReportSample = MediaStatsReport<number, string>;

/** A number in each aggregation interval of a summary. */
export interface MediaStatsAggregation {
  count: number[];
  sum: number[];
  min: number[];
  max: number[];
}
/** What a figure was in each sample, and, for numbers, in each aggregation interval. */
export interface MediaStatValue<T> {
  aggregation?: MediaStatsAggregation;
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
  /** Who speaks, the loudest first, and then who did before, the last first; oneself too. */
  speakersList: CommunicationIdentifierKind[];
  timestamp: Date;
}
export interface DominantSpeakersCallFeature
  extends CallFeature,
    Observable<{ dominantSpeakersChanged: PropertyChangedEvent }> {
  readonly dominantSpeakers: DominantSpeakersInfo;
}

export const CaptionsKind = { Captions: 'Captions', TeamsCaptions: 'TeamsCaptions' } as const;
export type CaptionsKind = (typeof CaptionsKind)[keyof typeof CaptionsKind];
export type CaptionsResultType = 'Partial' | 'Final';
export interface ParticipantInfo {
  identifier: CommunicationIdentifierKind | undefined;
  displayName?: string;
}
/** What somebody says. A Partial one is followed by another one of the same speaker. */
export interface CaptionsInfo {
  resultType: CaptionsResultType;
  speaker: ParticipantInfo;
  spokenLanguage: string;
  spokenText: string;
  /** When they began to say it. */
  timestamp: Date;
}
export interface StartCaptionsOptions {
  spokenLanguage: string;
}
export interface CaptionsEvents {
  CaptionsReceived: (info: CaptionsInfo) => void;
  CaptionsActiveChanged: PropertyChangedEvent;
  SpokenLanguageChanged: PropertyChangedEvent;
}
/** Captions of a call that an application transcribes. The application says in which language; here they are shown or not. */
export interface Captions extends Observable<CaptionsEvents> {
  readonly kind: CaptionsKind;
  readonly isCaptionsFeatureActive: boolean;
  /** The language of the last caption; empty before any has come. */
  readonly activeSpokenLanguage: string;
  readonly supportedSpokenLanguages: string[];
  startCaptions(options?: StartCaptionsOptions): Promise<void>;
  stopCaptions(): Promise<void>;
  /** Rejects for any other language than the active one. */
  setSpokenLanguage(language: string): Promise<void>;
}
export interface CaptionsCallFeature extends CallFeature, Observable<{ CaptionsKindChanged: PropertyChangedEvent }> {
  readonly captions: Captions;
}

export const DiagnosticQuality = { Good: 1, Poor: 2, Bad: 3 } as const;
export type DiagnosticQuality = (typeof DiagnosticQuality)[keyof typeof DiagnosticQuality];
/** True is what is wrong. */
export type DiagnosticFlag = boolean;
export type DiagnosticValueType = 'DiagnosticQuality' | 'DiagnosticFlag';
export interface LatestDiagnosticValue {
  value: DiagnosticQuality | DiagnosticFlag;
  valueType: DiagnosticValueType;
}

/** What was found of the network; a diagnostic that was never made is missing. */
export interface LatestNetworkDiagnostics {
  /** Poor while sound is lost, Bad when the connection or the network is. */
  networkReconnect?: LatestDiagnosticValue;
  networkReceiveQuality?: LatestDiagnosticValue;
  networkSendQuality?: LatestDiagnosticValue;
  noNetwork?: LatestDiagnosticValue;
  /** No TURN server answers, of those that are named. */
  networkRelaysNotReachable?: LatestDiagnosticValue;
}
/** What was found of the devices. Those of cameras and screens are named for programs that ask; this client sends neither. */
export interface LatestMediaDiagnostics {
  /** Heard by the microphone itself, in a call that is connected. */
  speakingWhileMicrophoneIsMuted?: LatestDiagnosticValue;
  noSpeakerDevicesEnumerated?: LatestDiagnosticValue;
  noMicrophoneDevicesEnumerated?: LatestDiagnosticValue;
  /** It could not be opened, has stopped, or gave no sample for ten seconds. */
  microphoneNotFunctioning?: LatestDiagnosticValue;
  /** The system or another program has taken it away. */
  microphoneMuteUnexpectedly?: LatestDiagnosticValue;
  microphonePermissionDenied?: LatestDiagnosticValue;
  /** Nothing but zeros for ten seconds. */
  microphoneNotMuteButSilent?: LatestDiagnosticValue;
  cameraFreeze?: LatestDiagnosticValue;
  cameraStartFailed?: LatestDiagnosticValue;
  cameraStartTimedOut?: LatestDiagnosticValue;
  cameraStoppedUnexpectedly?: LatestDiagnosticValue;
  cameraPermissionDenied?: LatestDiagnosticValue;
  capturerStartFailed?: LatestDiagnosticValue;
  capturerStoppedUnexpectedly?: LatestDiagnosticValue;
  screenshareRecordingDisabled?: LatestDiagnosticValue;
}
export type NetworkDiagnosticType = keyof LatestNetworkDiagnostics;
export type MediaDiagnosticType = keyof LatestMediaDiagnostics;

export interface DiagnosticChangedEventArgs {
  value: DiagnosticQuality | DiagnosticFlag;
  valueType: DiagnosticValueType;
}
export type NetworkDiagnosticChangedEventArgs = DiagnosticChangedEventArgs & { diagnostic: NetworkDiagnosticType };
export type MediaDiagnosticChangedEventArgs = DiagnosticChangedEventArgs & { diagnostic: MediaDiagnosticType };
export interface NetworkDiagnostics
  extends Observable<{ diagnosticChanged: (args: NetworkDiagnosticChangedEventArgs) => void }> {
  getLatest(): LatestNetworkDiagnostics;
}
export interface MediaDiagnostics
  extends Observable<{ diagnosticChanged: (args: MediaDiagnosticChangedEventArgs) => void }> {
  getLatest(): LatestMediaDiagnostics;
}
/** What the user of a call should know. Events come when something becomes wrong, and when it is well again. */
export interface UserFacingDiagnosticsFeature extends CallFeature {
  readonly network: NetworkDiagnostics;
  readonly media: MediaDiagnostics;
}
