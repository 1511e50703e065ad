import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Recovery } from '../src/client/recovery';

function recovery(restart: () => Promise<void> = async () => undefined) {
  const asked = vi.fn(restart);
  const giveUp = vi.fn();
  return { asked, giveUp, subject: new Recovery({ restart: asked, giveUp }) };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('sound that comes back by itself is left alone', async () => {
  const { subject, asked, giveUp } = recovery();
  subject.connection('connected');
  subject.connection('disconnected');
  await vi.advanceTimersByTimeAsync(2_900);
  subject.connection('connected');
  await vi.advanceTimersByTimeAsync(200_000);
  expect(asked).not.toHaveBeenCalled();
  expect(giveUp).not.toHaveBeenCalled();
});

test('sound that stays away is asked for after three seconds', async () => {
  const { subject, asked } = recovery();
  subject.connection('connected');
  subject.connection('disconnected');
  await vi.advanceTimersByTimeAsync(3_000);
  expect(asked).toHaveBeenCalledTimes(1);
});

test('a failed connection is restarted at once', async () => {
  const { subject, asked } = recovery();
  subject.connection('connected');
  subject.connection('disconnected');
  subject.connection('failed');
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toHaveBeenCalledTimes(1);
});

test('a connection that never stood is not restarted', async () => {
  const { subject, asked } = recovery();
  subject.connection('connecting');
  subject.connection('failed');
  subject.networkChanged();
  await vi.advanceTimersByTimeAsync(200_000);
  expect(asked).not.toHaveBeenCalled();
});

describe('when restarting does not help', () => {
  test('it is tried ever more slowly, and given up after two minutes', async () => {
    const times: number[] = [];
    const start = Date.now();
    const { subject, giveUp } = recovery(async () => void times.push((Date.now() - start) / 1000));
    giveUp.mockImplementation(() => subject.stop());
    subject.connection('connected');
    subject.connection('failed');
    await vi.advanceTimersByTimeAsync(119_999);
    expect(giveUp).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(100_000);
    expect(giveUp).toHaveBeenCalledTimes(1);
    expect(times).toEqual([0, 4, 12, 28, 44, 60, 76, 92, 108]);
  });

  test('a refusal is no reason to stop', async () => {
    const { subject, asked } = recovery(() => Promise.reject(new Error('409')));
    subject.connection('connected');
    subject.connection('failed');
    await vi.advanceTimersByTimeAsync(13_000);
    expect(asked).toHaveBeenCalledTimes(3);
    subject.connection('connected');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveBeenCalledTimes(3);
  });

  test('a new network is tried at once', async () => {
    const { subject, asked } = recovery();
    subject.connection('connected');
    subject.connection('failed');
    await vi.advanceTimersByTimeAsync(30_000);
    const before = asked.mock.calls.length;
    subject.networkChanged();
    await vi.advanceTimersByTimeAsync(500);
    expect(asked).toHaveBeenCalledTimes(before + 1);
  });
});

test('a restart that the network outran is followed by another, not joined by it', async () => {
  let finish = (): void => undefined;
  const { subject, asked } = recovery(() => new Promise((resolve) => (finish = resolve)));
  subject.connection('connected');
  subject.connection('failed');
  await vi.advanceTimersByTimeAsync(1_000);
  subject.networkChanged();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).toHaveBeenCalledTimes(1);
  finish();
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toHaveBeenCalledTimes(2);
});

test('a new network is used before the old one is missed', async () => {
  const { subject, asked } = recovery();
  subject.connection('connected');
  subject.networkChanged();
  subject.networkChanged();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveBeenCalledTimes(1);
});

test('a server that is back is asked at once, if sound is missed', async () => {
  const { subject, asked } = recovery();
  subject.connection('connected');
  subject.serverIsBack();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).not.toHaveBeenCalled();
  subject.connection('disconnected');
  subject.serverIsBack();
  await vi.advanceTimersByTimeAsync(500);
  expect(asked).toHaveBeenCalledTimes(1);
});

test('a call that is over asks for nothing', async () => {
  const { subject, asked, giveUp } = recovery();
  subject.connection('connected');
  subject.connection('failed');
  subject.stop();
  await vi.advanceTimersByTimeAsync(200_000);
  expect(asked).not.toHaveBeenCalled();
  expect(giveUp).not.toHaveBeenCalled();
});
