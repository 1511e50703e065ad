import { Emitter } from './emitter';
import { CommunicationServicesError, problem } from './errors';
import type { AzureLogger } from './log';
import { parse, subprotocol } from './protocol';
import type { Notice, Refusal, Request, ServerMessage, Welcome } from './protocol';

/** The part of a WebSocket that is used here. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  send(data: string): void;
  close(): void;
}

export interface SignallingOptions {
  url: string;
  displayName?: string;
  token: () => Promise<string>;
  log: AzureLogger;
  /** Opens the socket; tests give another one. */
  open?: (url: string, protocol: string) => Socket;
}

export interface SignallingEvents {
  /** Registered; resumed says that the session from before goes on, and with it the calls. */
  up: (welcome: Welcome, resumed: boolean) => void;
  /** The socket dropped; reconnecting has begun. */
  down: () => void;
  /** Not registered any more, and no use trying again. */
  ended: (error: CommunicationServicesError) => void;
  message: (message: ServerMessage) => void;
}

// All in milliseconds.
const helloTimeout = 10_000;
const requestTimeout = 45_000;
const pingInterval = 20_000;
const pongTimeout = 10_000;
const hurriedPongTimeout = 3_000;
const firstDelay = 250;
const longestDelay = 10_000;

interface Waiting {
  body: Record<string, unknown>;
  ref: number | undefined;
  sent: boolean;
  settle: (error?: CommunicationServicesError) => void;
}

/**
 * The signalling socket of one call agent. It reconnects by itself, resumes the session, and
 * then sends again what the server has not answered, with the same `ref` and in the same order.
 */
export class Signalling extends Emitter<SignallingEvents> {
  readonly #options: SignallingOptions;
  readonly #open: (url: string, protocol: string) => Socket;
  #socket: Socket | undefined;
  #registered = false;
  #resume: string | undefined;
  #failures = 0;
  #over: CommunicationServicesError | undefined;
  #lastToken = '';
  #nextRef = 1;
  #outbox: Waiting[] = [];
  #timers = { hello: 0, ping: 0, pong: 0, retry: 0 };

  constructor(options: SignallingOptions) {
    super();
    this.#options = options;
    this.#open = options.open ?? ((url, protocol) => new WebSocket(url, protocol) as unknown as Socket);
  }

  /** Opens the socket and registers. Only this first attempt can fail; later ones are repeated. */
  connect(): Promise<Welcome> {
    return new Promise((resolve, reject) => {
      const up = (welcome: Welcome): void => (stop(), resolve(welcome));
      const down = (): void => {
        stop();
        this.#finish(problem('cannotConnect'));
        reject(problem('cannotConnect'));
      };
      const ended = (error: CommunicationServicesError): void => (stop(), reject(error));
      const stop = (): void => {
        this.off('up', up);
        this.off('down', down);
        this.off('ended', ended);
      };
      this.on('up', up);
      this.on('down', down);
      this.on('ended', ended);
      void this.#dial();
    });
  }

  /** Resolves when the server has agreed, rejects when it has refused or not answered in 45 s. */
  request(message: Request): Promise<void> {
    if (this.#over) return Promise.reject(this.#over);
    return new Promise((resolve, reject) => {
      const ref = this.#nextRef++;
      const timer = setTimeout(() => waiting.settle(problem('requestTimedOut')), requestTimeout);
      const waiting: Waiting = {
        body: { ...message, ref },
        ref,
        sent: false,
        settle: (error) => {
          clearTimeout(timer);
          this.#outbox = this.#outbox.filter((other) => other !== waiting);
          if (error) reject(error);
          else resolve();
        },
      };
      this.#outbox.push(waiting);
      this.#flush();
    });
  }

  /** Sends something that is not answered, after all that is waiting to be sent. */
  notify(message: Notice): void {
    if (this.#over) return;
    this.#outbox.push({ body: { ...message }, ref: undefined, sent: false, settle: () => undefined });
    this.#flush();
  }

  /** The network is back: tries again now instead of later, and asks a socket that seems to work whether it does. */
  hurry(): void {
    if (this.#registered) this.#ask(hurriedPongTimeout);
    if (this.#timers.retry === 0) return;
    clearTimeout(this.#timers.retry);
    this.#timers.retry = 0;
    this.#failures = 0;
    void this.#dial();
  }

  close(): void {
    this.#finish(problem('disposed'));
  }

  async #dial(): Promise<void> {
    try {
      this.#lastToken = await this.#options.token();
    } catch (cause) {
      this.#finish(new CommunicationServicesError({ code: 401, subCode: 10009, message: 'No access token.' }, { cause }));
      return;
    }
    if (this.#over) return;
    let socket: Socket;
    try {
      socket = this.#open(this.#options.url, subprotocol);
    } catch (cause) {
      this.#finish(problem('cannotConnect', cause));
      return;
    }
    this.#socket = socket;
    socket.onopen = () => this.#hello(socket);
    socket.onmessage = (event) => this.#hear(event.data);
    socket.onclose = () => this.#drop(socket);
    this.#timers.hello = later(() => this.#drop(socket), helloTimeout);
  }

  #hello(socket: Socket): void {
    const { displayName } = this.#options;
    const hello: Record<string, unknown> = { type: 'hello', token: this.#lastToken };
    if (displayName) hello['displayName'] = displayName;
    if (this.#resume) hello['resume'] = this.#resume;
    socket.send(JSON.stringify(hello));
  }

  #hear(data: unknown): void {
    this.#alive();
    const message = parse(data);
    this.#options.log.verbose('received', message?.type ?? 'something unknown');
    if (!message) return;
    switch (message.type) {
      case 'welcome':
        return this.#welcome(message);
      case 'unregistered':
        return this.#unregistered(message);
      case 'ok':
        return this.#answer(message.ref);
      case 'error':
        if (message.ref === undefined && !this.#registered) return this.#unregistered(message);
        return this.#answer(message.ref, new CommunicationServicesError(message));
      case 'pong':
        return;
      default:
        this.emit('message', message);
    }
  }

  #welcome(welcome: Welcome): void {
    clearTimeout(this.#timers.hello);
    const resumed = welcome.resume !== undefined && welcome.resume === this.#resume;
    this.#resume = welcome.resume;
    this.#registered = true;
    this.#failures = 0;
    this.emit('up', welcome, resumed);
    this.#flush();
  }

  /** A token that has run out meanwhile is worth one more attempt with a new one. */
  #unregistered(refusal: Refusal): void {
    const error = new CommunicationServicesError(refusal);
    const refused = this.#lastToken;
    void this.#options.token().then(
      (token) => (token === refused ? this.#finish(error) : this.#drop(this.#socket)),
      () => this.#finish(error),
    );
  }

  #answer(ref: number | undefined, error?: CommunicationServicesError): void {
    this.#outbox.find((waiting) => waiting.ref !== undefined && waiting.ref === ref)?.settle(error);
  }

  #flush(): void {
    if (!this.#registered || !this.#socket) return;
    for (const waiting of this.#outbox) {
      if (waiting.sent) continue;
      waiting.sent = true;
      this.#options.log.verbose('sending', waiting.body['type']);
      this.#socket.send(JSON.stringify(waiting.body));
    }
    this.#outbox = this.#outbox.filter((waiting) => waiting.ref !== undefined);
  }

  #drop(socket: Socket | undefined): void {
    if (this.#over || socket === undefined || socket !== this.#socket) return;
    this.#forget();
    this.#options.log.warning('the signalling socket dropped');
    for (const waiting of this.#outbox) waiting.sent = false;
    const delay = Math.min(firstDelay * 2 ** this.#failures++, longestDelay);
    this.#timers.retry = later(() => {
      this.#timers.retry = 0;
      void this.#dial();
    }, delay * (0.75 + Math.random() / 2));
    this.emit('down');
  }

  #finish(error: CommunicationServicesError): void {
    if (this.#over) return;
    this.#over = error;
    this.#forget();
    clearTimeout(this.#timers.retry);
    for (const waiting of [...this.#outbox]) waiting.settle(error);
    this.emit('ended', error);
  }

  #forget(): void {
    this.#registered = false;
    clearTimeout(this.#timers.hello);
    clearTimeout(this.#timers.ping);
    clearTimeout(this.#timers.pong);
    const socket = this.#socket;
    this.#socket = undefined;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  /** Something came, so the socket works; after a while without anything it is asked. */
  #alive(): void {
    clearTimeout(this.#timers.pong);
    clearTimeout(this.#timers.ping);
    this.#timers.ping = later(() => this.#ask(pongTimeout), pingInterval);
  }

  #ask(patience: number): void {
    const socket = this.#socket;
    clearTimeout(this.#timers.pong);
    socket?.send('{"type":"ping"}');
    this.#timers.pong = later(() => this.#drop(socket), patience);
  }
}

function later(what: () => void, delay: number): number {
  return setTimeout(what, delay) as unknown as number;
}
