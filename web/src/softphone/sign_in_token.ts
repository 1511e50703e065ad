// Tokens of a botd that runs for development, and what this browser remembers.

/** This server gives tokens to nobody who just asks: it is not in development mode. */
export class NoTokensHere extends Error {
  override readonly name = 'NoTokensHere';
}

export interface DevToken {
  token: string;
  userId: string;
}

/** Asks for a token. A name is the same user every time. */
export async function fetchToken(displayName: string): Promise<DevToken> {
  const response = await fetch('/dev/token', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ displayName }),
  });
  if ([401, 403, 404, 405].includes(response.status)) throw new NoTokensHere('This server does not hand out tokens.');
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  return (await response.json()) as DevToken;
}

/** The name stays in this browser; that it is signed in, only in this window: another may be somebody else. */
export function remember(name: string, here: boolean): void {
  localStorage.setItem('botd.name', name);
  if (here) sessionStorage.setItem('botd.here', name);
}

export function forget(): void {
  sessionStorage.removeItem('botd.here');
}

/** The last name, and whether this window is signed in with it. */
export function remembered(): { name: string; here: boolean } {
  const here = sessionStorage.getItem('botd.here');
  return { name: here ?? localStorage.getItem('botd.name') ?? '', here: here !== null };
}
