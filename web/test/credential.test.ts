import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AzureCommunicationTokenCredential } from '../src/client/credential';

/** A token that expires in so many seconds. */
function token(seconds: number): string {
  const exp = Math.floor(Date.now() / 1000) + seconds;
  return `h.${btoa(JSON.stringify({ exp }))}.s`;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a token credential', () => {
  test('with a token that stays gives it, however old', async () => {
    const old = token(-5);
    const got = await new AzureCommunicationTokenCredential(old).getToken();
    expect(got.token).toBe(old);
    expect(got.expiresOnTimestamp).toBeLessThan(Date.now());
  });

  test('takes a token that says nothing of its end', async () => {
    const got = await new AzureCommunicationTokenCredential('opaque').getToken();
    expect(got).toEqual({ token: 'opaque', expiresOnTimestamp: Infinity });
  });

  test('fetches a new one when the old one has run out, once for all who ask', async () => {
    const tokenRefresher = vi.fn(async () => token(3600));
    const credential = new AzureCommunicationTokenCredential({ token: token(60), tokenRefresher });
    await credential.getToken();
    expect(tokenRefresher).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(55_000);
    const [a, b] = await Promise.all([credential.getToken(), credential.getToken()]);
    expect(a).toEqual(b);
    expect(tokenRefresher).toHaveBeenCalledTimes(1);
  });

  test('fetches ahead of time if asked to', async () => {
    const tokenRefresher = vi.fn(async () => token(3600));
    const options = { token: token(3600), tokenRefresher, refreshProactively: true };
    const credential = new AzureCommunicationTokenCredential(options);
    await vi.advanceTimersByTimeAsync(51 * 60_000);
    expect(tokenRefresher).toHaveBeenCalledTimes(1);
    credential.dispose();
    await vi.advanceTimersByTimeAsync(3600_000);
    expect(tokenRefresher).toHaveBeenCalledTimes(1);
    await expect(credential.getToken()).rejects.toThrow('disposed');
  });

  test('that cannot fetch says so, and can try again', async () => {
    const tokenRefresher = vi.fn(async () => token(3600));
    tokenRefresher.mockRejectedValueOnce(new Error('offline'));
    const credential = new AzureCommunicationTokenCredential({ tokenRefresher });
    await expect(credential.getToken()).rejects.toThrow('offline');
    await expect(credential.getToken()).resolves.toMatchObject({ token: expect.any(String) });
  });
});
