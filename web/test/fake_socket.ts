import type { Socket } from '../src/client/signalling';

type Message = Record<string, unknown> & { type: string };

/** The server's end of sockets that a test opens. */
export class FakeServer {
  sockets: FakeSocket[] = [];

  readonly open = (): Socket => {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    return socket;
  };

  get socket(): FakeSocket {
    const last = this.sockets.at(-1);
    if (!last) throw new Error('nobody has connected');
    return last;
  }

  /** Lets the last socket through, as botd does. */
  async welcome(extra: Record<string, unknown> = {}): Promise<void> {
    await settled();
    this.socket.onopen?.();
    this.socket.say({ type: 'welcome', user: { rawId: '8:acs:r_u' }, iceServers: [], resume: 'r1', ...extra });
    await settled();
  }
}

export class FakeSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  sent: Message[] = [];
  closed = false;

  send(data: string): void {
    this.sent.push(JSON.parse(data) as Message);
  }
  close(): void {
    this.closed = true;
  }
  say(message: Message): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  drop(): void {
    this.onclose?.();
  }
  /** What has been sent of one type. */
  of(type: string): Message[] {
    return this.sent.filter((message) => message.type === type);
  }
}

/** Lets promises run that have nothing to wait for. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}
