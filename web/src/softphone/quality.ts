// How good the connection is, from figures to words.

import { DiagnosticQuality } from '../client/calling';
import type { LatestDiagnosticValue, LatestNetworkDiagnostics, MediaStatsReportSample } from '../client/calling';

export type Grade = 'unknown' | 'good' | 'poor' | 'bad';

export interface Quality {
  /** How well others hear us, how well we hear them, and the worse of both. */
  send: Grade;
  receive: Grade;
  grade: Grade;
  /** Milliseconds; undefined while not measured. */
  rtt: number | undefined;
  /** Percent of packets lost. */
  loss: number | undefined;
  /** Milliseconds. */
  jitter: number | undefined;
}

export const unmeasured: Quality = {
  send: 'unknown',
  receive: 'unknown',
  grade: 'unknown',
  rtt: undefined,
  loss: undefined,
  jitter: undefined,
};

export const words: Record<Grade, string> = {
  unknown: 'Measuring the connection',
  good: 'Good connection',
  poor: 'Poor connection',
  bad: 'Bad connection',
};

/** The figures are of what is heard here; the round trip belongs to both directions. */
export function qualityOf(sample: MediaStatsReportSample, latest: LatestNetworkDiagnostics): Quality {
  const heard = sample.audio.receive[0];
  const rtt = sample.transports[0]?.rttInMs ?? heard?.rttInMs;
  const lost = heard?.packetsLostPerSecond;
  const all = (heard?.packetsPerSecond ?? 0) + (lost ?? 0);
  const loss = lost === undefined || all === 0 ? undefined : (100 * lost) / all;
  return { ...gradesOf(latest), rtt, loss, jitter: heard?.jitterInMs };
}

/** The grades alone. */
export function gradesOf(latest: LatestNetworkDiagnostics): Pick<Quality, 'send' | 'receive' | 'grade'> {
  const send = gradeOf(latest.networkSendQuality);
  const receive = gradeOf(latest.networkReceiveQuality);
  return { send, receive, grade: order.indexOf(send) > order.indexOf(receive) ? send : receive };
}

const order: Grade[] = ['unknown', 'good', 'poor', 'bad'];

function gradeOf(found: LatestDiagnosticValue | undefined): Grade {
  switch (found?.value) {
    case DiagnosticQuality.Good:
      return 'good';
    case DiagnosticQuality.Poor:
      return 'poor';
    case DiagnosticQuality.Bad:
      return 'bad';
    default:
      return 'unknown';
  }
}
