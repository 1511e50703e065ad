import { DiagnosticQuality } from './api_features';
import type { AudioMediaStats } from './api_features';

/** How long, in milliseconds, sound must have been better before that is believed. */
const doubt = 10_000;
/** Fewer packets a second than this are a silence: one that is lost says nothing. */
const fewest = 10;

const grades: Record<string, DiagnosticQuality> = {
  good: DiagnosticQuality.Good,
  poor: DiagnosticQuality.Poor,
  bad: DiagnosticQuality.Bad,
};

/** The server's grade; one that we do not know is no complaint. */
export function gradeOf(word: string | undefined): DiagnosticQuality {
  return grades[word ?? ''] ?? DiagnosticQuality.Good;
}

/**
 * How good a stream is: loss of 3 % is heard, of 10 % disturbs; so do 30 and 100 ms of jitter, 400
 * and 800 ms of round trip. It is undefined where there is nothing to judge by.
 */
export function judge(stream: AudioMediaStats<number, string> | undefined): DiagnosticQuality | undefined {
  const { packetsPerSecond: packets, packetsLostPerSecond: lost = 0, jitterInMs = 0, rttInMs = 0 } = stream ?? {};
  if (packets === undefined || packets + lost < fewest) return undefined;
  const loss = lost / (packets + lost);
  if (loss > 0.1 || jitterInMs > 100 || rttInMs > 800) return DiagnosticQuality.Bad;
  if (loss > 0.03 || jitterInMs > 30 || rttInMs > 400) return DiagnosticQuality.Poor;
  return DiagnosticQuality.Good;
}

/** A grade that falls at once, and rises when it has been better for a while. */
export class Grader {
  #grade: DiagnosticQuality = DiagnosticQuality.Good;
  /** The worst since it was last as bad as the grade, and since when. */
  #better: { grade: DiagnosticQuality; since: number } | undefined;

  take(now: DiagnosticQuality | undefined): DiagnosticQuality {
    if (now === undefined) return this.#grade;
    if (now >= this.#grade) {
      this.#grade = now;
      this.#better = undefined;
      return now;
    }
    const since = this.#better?.since ?? Date.now();
    const worst = now > (this.#better?.grade ?? 0) ? now : (this.#better?.grade ?? now);
    this.#better = { grade: worst, since };
    if (Date.now() - since < doubt) return this.#grade;
    this.#grade = worst;
    this.#better = undefined;
    return worst;
  }
}
