import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DiagnosticQuality } from '../src/client/api_features';
import { Grader, gradeOf, judge } from '../src/client/grade';

const { Good, Poor, Bad } = DiagnosticQuality;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a stream', () => {
  const stream = (lost: number, jitterInMs = 2, rttInMs = 20) => ({
    id: '1',
    packetsPerSecond: 50 - lost,
    packetsLostPerSecond: lost,
    jitterInMs,
    rttInMs,
  });
  test.each([
    ['of which nothing is lost is good', stream(0), Good],
    ['of which 2 % are lost is good', stream(1), Good],
    ['of which 4 % are lost is poor', stream(2), Poor],
    ['of which 20 % are lost is bad', stream(10), Bad],
    ['of which all is lost is bad', stream(50), Bad],
    ['with 40 ms of jitter is poor', stream(0, 40), Poor],
    ['with 120 ms of jitter is bad', stream(0, 120), Bad],
    ['from a far server is poor', stream(0, 2, 500), Poor],
    ['from the moon is bad', stream(0, 2, 2_600), Bad],
    ['of a silence says nothing', { id: '1', packetsPerSecond: 2, packetsLostPerSecond: 1 }, undefined],
    ['that was not measured says nothing', { id: '1' }, undefined],
    ['that is not there says nothing', undefined, undefined],
  ])('%s', (_, given, grade) => {
    expect(judge(given)).toBe(grade);
  });
});

describe('a grade', () => {
  test('falls at once', () => {
    const grader = new Grader();
    expect([grader.take(Poor), grader.take(Bad)]).toEqual([Poor, Bad]);
  });

  test('rises when it has been better for ten seconds, to the worst of those', () => {
    const grader = new Grader();
    grader.take(Bad);
    const taken = [Good, Poor, Good, Good, Good, Good, Good].map((now) => {
      const grade = grader.take(now);
      vi.advanceTimersByTime(2_000);
      return grade;
    });
    expect(taken).toEqual([Bad, Bad, Bad, Bad, Bad, Poor, Poor]);
  });

  test('that is as bad again begins to wait anew', () => {
    const grader = new Grader();
    grader.take(Poor);
    grader.take(Good);
    vi.advanceTimersByTime(9_000);
    grader.take(Poor);
    vi.advanceTimersByTime(9_000);
    expect(grader.take(Good)).toBe(Poor);
    vi.advanceTimersByTime(10_000);
    expect(grader.take(Good)).toBe(Good);
  });

  test('stays where there is nothing to judge by', () => {
    const grader = new Grader();
    grader.take(Bad);
    vi.advanceTimersByTime(60_000);
    expect(grader.take(undefined)).toBe(Bad);
  });

  test.each([
    ['good', Good],
    ['poor', Poor],
    ['bad', Bad],
    ['unknown', Good],
    ['splendid', Good],
  ])('of the server called %s', (word, grade) => {
    expect(gradeOf(word)).toBe(grade);
  });
});
