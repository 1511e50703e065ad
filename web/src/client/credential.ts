import type { AccessToken, CommunicationTokenCredential, CommunicationTokenRefreshOptions } from './values';

/** A token this close to its end, in milliseconds, is not used for anything new. */
const spare = 10_000;
/** A proactive refresh comes this long, in milliseconds, before the end. */
const early = 10 * 60_000;

/** A user's token: one that stays, or one that is fetched again when it is about to expire. */
export class AzureCommunicationTokenCredential implements CommunicationTokenCredential {
  #current: AccessToken | undefined;
  readonly #refresher: CommunicationTokenRefreshOptions['tokenRefresher'] | undefined;
  readonly #proactive: boolean;
  #fetching: Promise<AccessToken> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;

  constructor(token: string | CommunicationTokenRefreshOptions) {
    const options: Partial<CommunicationTokenRefreshOptions> = typeof token === 'string' ? { token } : token;
    this.#refresher = options.tokenRefresher;
    this.#proactive = options.refreshProactively ?? false;
    if (options.token) this.#keep(options.token);
    else if (this.#proactive) void this.#fetch().catch(() => undefined);
  }

  async getToken(options?: { abortSignal?: AbortSignal }): Promise<AccessToken> {
    if (this.#disposed) throw new Error('The token credential has been disposed.');
    if (this.#current && (!this.#refresher || this.#current.expiresOnTimestamp - Date.now() > spare)) {
      return this.#current;
    }
    return this.#fetch(options?.abortSignal);
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
  }

  #fetch(signal?: AbortSignal): Promise<AccessToken> {
    const refresher = this.#refresher;
    if (!refresher) return Promise.reject(new Error('There is no token and no way to fetch one.'));
    this.#fetching ??= refresher(signal)
      .then((token) => this.#keep(token))
      .finally(() => (this.#fetching = undefined));
    return this.#fetching;
  }

  #keep(token: string): AccessToken {
    this.#current = { token, expiresOnTimestamp: expiry(token) };
    this.#schedule(this.#current.expiresOnTimestamp);
    return this.#current;
  }

  #schedule(end: number): void {
    clearTimeout(this.#timer);
    if (!this.#proactive || !this.#refresher || this.#disposed || !Number.isFinite(end)) return;
    const left = end - Date.now();
    const wait = Math.min(Math.max(left - early, left / 2, 1_000), 2 ** 31 - 1);
    this.#timer = setTimeout(() => void this.#fetch().catch(() => this.#schedule(end)), wait);
  }
}

/** When a JSON Web Token expires (RFC 7519, section 4.1.4), in milliseconds since 1970. */
function expiry(token: string): number {
  try {
    const payload = token.split('.')[1] ?? '';
    const claims: unknown = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    const exp = (claims as { exp?: unknown }).exp;
    return typeof exp === 'number' ? exp * 1000 : Infinity;
  } catch {
    return Infinity;
  }
}
