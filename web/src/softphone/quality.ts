// How good the connection is, from figures to words.

import type { MediaStatsReportSample } from '../client/calling';

export type Grade = 'unknown' | 'good' | 'fair' | 'poor';

export interface Quality {
  grade: Grade;
  /** Milliseconds; undefined while not measured. */
  rtt: number | undefined;
  /** Percent of packets lost. */
  loss: number | undefined;
  /** Milliseconds. */
  jitter: number | undefined;
}

export const words: Record<Grade, string> = {
  unknown: 'Measuring the connection',
  good: 'Good connection',
  fair: 'Fair connection',
  poor: 'Poor connection',
};

/** What counts is what is heard here; the round trip belongs to both directions. */
export function qualityOf(sample: MediaStatsReportSample): Quality {
  const heard = sample.audio.receive[0];
  const rtt = sample.transports[0]?.rttInMs ?? heard?.rttInMs;
  const lost = heard?.packetsLostPerSecond;
  const all = (heard?.packetsPerSecond ?? 0) + (lost ?? 0);
  const loss = lost === undefined || all === 0 ? undefined : (100 * lost) / all;
  const jitter = heard?.jitterInMs;
  return { grade: grade(rtt, loss, jitter), rtt, loss, jitter };
}

function grade(rtt = 0, loss?: number, jitter = 0): Grade {
  if (loss === undefined) return 'unknown';
  if (loss > 10 || jitter > 100 || rtt > 800) return 'poor';
  if (loss > 3 || jitter > 30 || rtt > 400) return 'fair';
  return 'good';
}
