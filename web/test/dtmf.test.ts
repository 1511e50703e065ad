import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ToneQueue, dtmfKey } from '../src/client/dtmf';
import type { ToneSender } from '../src/client/dtmf';
import type { DtmfTone } from '../src/client/values';

/** Plays each tone when it is told to. */
class FakeSender implements ToneSender {
  canInsertDTMF = true;
  played: string[] = [];
  #listeners = new Set<(event: { tone: string }) => void>();
  insertDTMF(tones: string): void {
    this.played.push(tones);
  }
  addEventListener(_: 'tonechange', listener: (event: { tone: string }) => void): void {
    this.#listeners.add(listener);
  }
  removeEventListener(_: 'tonechange', listener: (event: { tone: string }) => void): void {
    this.#listeners.delete(listener);
  }
  end(): void {
    for (const listener of [...this.#listeners]) listener({ tone: '' });
  }
}

const connected = (): boolean => true;
const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe('tones', () => {
  test.each<[DtmfTone, string]>([
    ['Num0', '0'],
    ['Num9', '9'],
    ['Star', '*'],
    ['Pound', '#'],
    ['A', 'A'],
    ['D', 'D'],
  ])('%s is the key %s', (tone, key) => {
    expect(dtmfKey(tone)).toBe(key);
  });

  test('flash cannot be sent', () => {
    expect(() => dtmfKey('Flash')).toThrow(expect.objectContaining({ code: 400 }));
  });

  test('one waits for the one before', async () => {
    const sender = new FakeSender();
    const queue = new ToneQueue();
    const [one, two] = [queue.send(sender, 'Num1', connected), queue.send(sender, 'Pound', connected)];
    await tick();
    expect(sender.played).toEqual(['1']);
    sender.end();
    await one;
    await tick();
    expect(sender.played).toEqual(['1', '#']);
    sender.end();
    await two;
  });

  test('cannot be sent before the call is connected, but can afterwards', async () => {
    const sender = new FakeSender();
    const queue = new ToneQueue();
    await expect(queue.send(null, 'Num1', connected)).rejects.toMatchObject({ code: 412 });
    const tone = queue.send(sender, 'Num2', connected);
    await tick();
    sender.end();
    await expect(tone).resolves.toBeUndefined();
  });

  test('waits a moment for a browser that cannot send yet, and not for ever', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const sender = new FakeSender();
    sender.canInsertDTMF = false;
    const queue = new ToneQueue();
    const tone = queue.send(sender, 'Num3', connected);
    await vi.advanceTimersByTimeAsync(500);
    expect(sender.played).toEqual([]);
    sender.canInsertDTMF = true;
    await vi.advanceTimersByTimeAsync(50);
    expect(sender.played).toEqual(['3']);
    sender.end();
    await tone;
    sender.canInsertDTMF = false;
    const never = expect(queue.send(sender, 'Num4', connected)).rejects.toMatchObject({ code: 412 });
    await vi.advanceTimersByTimeAsync(3000);
    await never;
  });

  test('is refused at once by a call that is not connected, or not any more', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const sender = new FakeSender();
    sender.canInsertDTMF = false;
    const queue = new ToneQueue();
    await expect(queue.send(sender, 'Num5', () => false)).rejects.toMatchObject({ code: 412 });
    let up = true;
    const late = expect(queue.send(sender, 'Num6', () => up)).rejects.toMatchObject({ code: 412 });
    await vi.advanceTimersByTimeAsync(100);
    up = false;
    await vi.advanceTimersByTimeAsync(20);
    await late;
  });
});
