import type {
  MediaStatsCallFeature,
  MediaStatsCollector,
  MediaStatsCollectorEvents,
  MediaStatsCollectorOptions,
} from './api_features';
import type { CallObject } from './call';
import { Emitter } from './emitter';
import { sampleOf } from './stats_sample';
import { Summary } from './stats_summary';

/** Between samples, in milliseconds. */
const period = 1_000;

export class MediaStats implements MediaStatsCallFeature {
  readonly name = 'MediaStats';
  readonly #call: CallObject;
  readonly #collectors = new Set<Collector>();
  #disposed = false;

  constructor(call: CallObject) {
    this.#call = call;
  }

  createCollector(options?: MediaStatsCollectorOptions): MediaStatsCollector {
    const collector = new Collector(this.#call, options ?? {});
    this.#collectors.add(collector);
    if (this.#disposed) collector.dispose();
    return collector;
  }

  dispose(): void {
    this.#disposed = true;
    for (const collector of this.#collectors) collector.dispose();
  }
}

class Collector extends Emitter<MediaStatsCollectorEvents> implements MediaStatsCollector {
  readonly #call: CallObject;
  readonly #summary: Summary;
  readonly #timer: ReturnType<typeof setInterval>;
  #before: RTCStatsReport | undefined;
  #disposed = false;

  constructor(call: CallObject, options: MediaStatsCollectorOptions) {
    super();
    this.#call = call;
    const interval = Math.max(1, Math.round(options.aggregationInterval ?? 10));
    this.#summary = new Summary(interval, options.dataPointsPerAggregation ?? 6);
    this.#timer = setInterval(() => void this.#take().catch(() => undefined), period);
  }

  dispose(): void {
    this.#disposed = true;
    clearInterval(this.#timer);
  }

  async #take(): Promise<void> {
    const { vitals } = this.#call;
    const now = await vitals.stats();
    if (this.#disposed) return;
    const sample = sampleOf(now, this.#before, vitals.freshQuality);
    this.#before = now;
    this.emit('sampleReported', sample);
    const summary = this.#summary.add(sample);
    if (summary) this.emit('summaryReported', summary);
  }
}
