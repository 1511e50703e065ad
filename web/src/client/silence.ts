/** How long, in milliseconds, a microphone may give nothing before that is told. */
const patience = 10_000;

interface Source {
  totalAudioEnergy: number;
  totalSamplesDuration: number;
}

/** Finds a microphone that gives no samples, or none but zeros: the quietest room has noise. */
export class Silence {
  #track: string | undefined;
  #source: Source | undefined;
  /** When each figure grew last. */
  #energyAt = 0;
  #samplesAt = 0;

  /** Takes what is measured of what the track, which should have sound, gives; undefined starts anew. */
  look(track: string | undefined, stats: RTCStatsReport): { stalled: boolean; silent: boolean } {
    const now = Date.now();
    const source = track === undefined ? undefined : sourceIn(stats);
    const before = track === this.#track ? this.#source : undefined;
    this.#track = track;
    this.#source = source;
    if (!source || !before || source.totalAudioEnergy > before.totalAudioEnergy) this.#energyAt = now;
    if (!source || !before || source.totalSamplesDuration > before.totalSamplesDuration) this.#samplesAt = now;
    const stalled = now - this.#samplesAt >= patience;
    return { stalled, silent: !stalled && now - this.#energyAt >= patience };
  }
}

/** The figures of the microphone, where the browser has them. */
function sourceIn(stats: RTCStatsReport): Source | undefined {
  for (const one of (stats as unknown as Map<string, Record<string, unknown>>).values()) {
    if (one['type'] !== 'media-source' || one['kind'] !== 'audio') continue;
    const { totalAudioEnergy, totalSamplesDuration } = one;
    if (typeof totalAudioEnergy === 'number' && typeof totalSamplesDuration === 'number') {
      return { totalAudioEnergy, totalSamplesDuration };
    }
  }
  return undefined;
}
