import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { MediaStatsReportSample, MediaStatsReportSummary } from '../src/client/api_features';
import { Features } from '../src/client/features';
import { joined } from './fake_call';
import { FakeConnection, FakeStream } from './fake_media';

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('RTCPeerConnection', FakeConnection);
  vi.stubGlobal('MediaStream', FakeStream);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** What a browser counts n seconds after the beginning; some do not tell what the other side reports. */
function count(n: number, reported = true): void {
  const timestamp = n * 1_000;
  const rtp = { kind: 'audio', codecId: 'c', transportId: 't', timestamp };
  const all = [
    { id: 'c', type: 'codec', mimeType: 'audio/opus' },
    { id: 't', type: 'transport', selectedCandidatePairId: 'p' },
    { id: 'v', type: 'inbound-rtp', kind: 'video', ssrc: 3 },
    { ...rtp, id: 'o', type: 'outbound-rtp', ssrc: 1, packetsSent: 50 * n, bytesSent: 4_000 * n, remoteId: 'r', mediaSourceId: 'm' },
    {
      ...rtp,
      id: 'i',
      type: 'inbound-rtp',
      ssrc: 2,
      packetsReceived: 48 * n,
      bytesReceived: 5_000 * n,
      packetsLost: 2 * n,
      jitter: 0.004,
      jitterBufferDelay: 2_880 * n,
      jitterBufferEmittedCount: 48_000 * n,
      totalSamplesReceived: 48_000 * n,
      concealedSamples: 1_920 * n,
      audioLevel: 0.25,
    },
    { id: 'm', type: 'media-source', kind: 'audio', audioLevel: 0.5 },
  ];
  const known = [
    { id: 'p', type: 'candidate-pair', currentRoundTripTime: 0.03, availableOutgoingBitrate: 300_000 },
    { id: 'r', type: 'remote-inbound-rtp', kind: 'audio', timestamp, jitter: 0.002, packetsLost: n, roundTripTime: 0.04 },
  ];
  FakeConnection.last.stats = new Map([...all, ...(reported ? known : [])].map((one) => [one.id, one]));
}

async function collected(reported = true, options = {}) {
  const all = await joined();
  const collector = all.call.feature(Features.MediaStats).createCollector(options);
  const samples: MediaStatsReportSample[] = [];
  const summaries: MediaStatsReportSummary[] = [];
  collector.on('sampleReported', (sample) => samples.push(sample));
  collector.on('summaryReported', (summary) => summaries.push(summary));
  const run = async (from: number, to: number): Promise<void> => {
    for (let n = from; n <= to; n++) {
      count(n, reported);
      await vi.advanceTimersByTimeAsync(1_000);
    }
  };
  return { ...all, collector, samples, summaries, run };
}

describe('a sample', () => {
  test('comes every second, with the rates since the one before', async () => {
    const { samples, run } = await collected();
    await run(1, 2);
    expect(samples).toHaveLength(2);
    expect(samples[0]?.audio.send[0]).not.toHaveProperty('bitrate');
    expect(samples[1]).toEqual({
      audio: {
        send: [
          {
            id: '1',
            codecName: 'opus',
            bitrate: 32_000,
            jitterInMs: 2,
            packets: 100,
            packetsPerSecond: 50,
            packetsLost: 2,
            packetsLostPerSecond: 1,
            rttInMs: 40,
            audioInputLevel: 32_768,
            transportId: 't',
          },
        ],
        receive: [
          {
            id: '2',
            codecName: 'opus',
            bitrate: 40_000,
            jitterInMs: 4,
            packets: 96,
            packetsPerSecond: 48,
            packetsLost: 4,
            packetsLostPerSecond: 2,
            rttInMs: 30,
            jitterBufferDelayInMs: 60,
            audioOutputLevel: 16_384,
            healedRatio: 0.04,
            transportId: 't',
          },
        ],
      },
      video: { send: [], receive: [] },
      screenShare: { send: [], receive: [] },
      transports: [{ id: 't', rttInMs: 30, availableOutgoingBitrate: 300_000 }],
    });
  });

  test('has what the server has just measured where the browser does not know, and not what it measured long ago', async () => {
    const { samples, say, run } = await collected(false);
    await say({
      type: 'quality',
      send: { grade: 'poor', packetsLost: 31, jitterMs: 3.1 },
      receive: { grade: 'good', roundTripMs: 45 },
    });
    await run(1, 1);
    expect(samples[0]?.audio.send[0]).toMatchObject({ packetsLost: 31, jitterInMs: 3.1, rttInMs: 45 });
    expect(samples[0]?.audio.receive[0]).toMatchObject({ packetsLost: 2, jitterInMs: 4, rttInMs: 45 });
    await run(2, 12);
    for (const figure of ['packetsLost', 'jitterInMs', 'rttInMs']) {
      expect(samples.at(-1)?.audio.send[0]).not.toHaveProperty(figure);
    }
  });

  test('prefers what the browser knows', async () => {
    const { samples, say, run } = await collected();
    await say({ type: 'quality', send: { grade: 'poor', packetsLost: 31, jitterMs: 3.1 }, receive: { grade: 'good', roundTripMs: 45 } });
    await run(1, 1);
    expect(samples[0]?.audio.send[0]).toMatchObject({ packetsLost: 1, jitterInMs: 2, rttInMs: 40 });
  });

  test.each([
    ['its collector was disposed', (all: Awaited<ReturnType<typeof collected>>) => all.collector.dispose()],
    ['the call is over', (all: Awaited<ReturnType<typeof collected>>) => all.say({ type: 'state', state: 'Disconnected' })],
  ])('does not come any more when %s', async (_, stop) => {
    const all = await collected();
    await all.run(1, 1);
    await stop(all);
    await all.run(2, 3);
    expect(all.samples).toHaveLength(1);
  });

  test('of a call that is over never comes', async () => {
    const { call, say } = await joined();
    await say({ type: 'state', state: 'Disconnected' });
    const reported = vi.fn();
    call.feature(Features.MediaStats).createCollector().on('sampleReported', reported);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(reported).not.toHaveBeenCalled();
  });
});

describe('a summary', () => {
  test('comes when all its intervals are over, with what each figure was in them', async () => {
    const { summaries, run } = await collected(true, { aggregationInterval: 2, dataPointsPerAggregation: 3 });
    await run(1, 5);
    expect(summaries).toHaveLength(0);
    await run(6, 6);
    const [summary] = summaries;
    expect(summary?.audio.send[0]?.packets).toMatchObject({
      raw: [50, 100, 150, 200, 250, 300],
      aggregation: { count: [2, 2, 2], sum: [150, 350, 550], min: [50, 150, 250], max: [100, 200, 300] },
    });
    expect(summary?.audio.receive[0]?.bitrate?.raw).toEqual([40_000, 40_000, 40_000, 40_000, 40_000]);
    expect(summary?.audio.send[0]?.codecName).toEqual({ raw: Array(6).fill('opus'), timestamp: expect.any(Date) });
    expect([summary?.video, summary?.screenShare]).toEqual(Array(2).fill({ send: [], receive: [] }));
    await run(7, 12);
    expect(summaries).toHaveLength(2);
  });

  test('is of six times ten seconds if nothing is said', async () => {
    const { summaries, run } = await collected();
    await run(1, 59);
    expect(summaries).toHaveLength(0);
    await run(60, 60);
    expect(summaries[0]?.audio.send[0]?.packets?.aggregation?.count).toEqual([10, 10, 10, 10, 10, 10]);
  });
});
