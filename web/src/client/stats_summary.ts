import type { MediaStatValue, MediaStatsAggregation, MediaStatsReportSample, MediaStatsReportSummary } from './api_features';

interface Sampled {
  id: string;
}

/** Collects samples until there are enough for a summary. */
export class Summary {
  readonly #interval: number;
  readonly #size: number;
  #samples: MediaStatsReportSample[] = [];

  /** interval is in samples, points is how many intervals make a summary. */
  constructor(interval: number, points: number) {
    this.#interval = interval;
    this.#size = interval * Math.max(1, points);
  }

  add(sample: MediaStatsReportSample): MediaStatsReportSummary | undefined {
    this.#samples.push(sample);
    if (this.#samples.length < this.#size) return undefined;
    const samples = this.#samples.splice(0);
    return {
      audio: {
        send: this.#merge(samples.map((one) => one.audio.send)),
        receive: this.#merge(samples.map((one) => one.audio.receive)),
      },
      video: { send: [], receive: [] },
      screenShare: { send: [], receive: [] },
      transports: this.#merge(samples.map((one) => one.transports)),
    } as MediaStatsReportSummary;
  }

  /** One entry for each id that was in any of the samples, with a MediaStatValue for each figure. */
  #merge(lists: Sampled[][]): Sampled[] {
    const ids = new Set(lists.flat().map((one) => one.id));
    return [...ids].map((id) => {
      const seen = lists.flatMap((list) => list.filter((one) => one.id === id)) as unknown as Record<string, unknown>[];
      const names = new Set(seen.flatMap((one) => Object.keys(one)));
      names.delete('id');
      const merged: Record<string, unknown> = {};
      for (const name of names) merged[name] = this.#value(seen.map((one) => one[name]).filter((one) => one !== undefined));
      return { ...merged, id };
    });
  }

  #value(raw: unknown[]): MediaStatValue<unknown> {
    const value: MediaStatValue<unknown> = { raw, timestamp: new Date() };
    if (raw.every((one) => typeof one === 'number')) value.aggregation = aggregate(raw, this.#interval);
    return value;
  }
}

function aggregate(values: number[], interval: number): MediaStatsAggregation {
  const result: MediaStatsAggregation = { count: [], sum: [], min: [], max: [] };
  for (let at = 0; at < values.length; at += interval) {
    const part = values.slice(at, at + interval);
    result.count.push(part.length);
    result.sum.push(part.reduce((sum, one) => sum + one, 0));
    result.min.push(Math.min(...part));
    result.max.push(Math.max(...part));
  }
  return result;
}
