// Tokens of a botd that runs for development, and what this browser remembers.

/** This server gives tokens to nobody who just asks: it is not in development mode. */
export class NoTokensHere extends Error {
  override readonly name = 'NoTokensHere';
}

export interface DevToken {
  token: string;
  userId: string;
}

/** Asks for a token: a new user's, or of the user that this window was before. */
export async function fetchToken(displayName: string, userId?: string): Promise<DevToken> {
  const response = await fetch('/dev/token', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ displayName, ...(userId ? { userId } : {}) }),
  });
  if ([401, 403, 404, 405].includes(response.status)) throw new NoTokensHere('This server does not hand out tokens.');
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  return (await response.json()) as DevToken;
}

/** The name stays in this browser; the user only in this window, so that two windows are two people. */
export function remember(name: string, userId: string): void {
  localStorage.setItem('botd.name', name);
  sessionStorage.setItem('botd.userId', userId);
}

export function remembered(): { name: string; userId?: string } {
  const userId = sessionStorage.getItem('botd.userId');
  const name = localStorage.getItem('botd.name') ?? '';
  return userId ? { name, userId } : { name };
}
