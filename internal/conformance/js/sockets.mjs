// The WebSocket server that an application of this kind has: what was received on
// each socket, parsed as the SDK parses it.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { StreamingData } from '@azure/communication-call-automation';
import { WebSocketServer } from 'ws';

export class Sockets {
  #sockets = []; // those nobody has taken yet
  #waiting = new Set();

  async listen() {
    this.server = createServer();
    const upgrader = new WebSocketServer({ noServer: true });
    this.server.on('upgrade', (request, socket, head) => {
      if (request.url.startsWith('/refused')) {
        socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
        return;
      }
      upgrader.handleUpgrade(request, socket, head, (ws) => this.#opened(new Socket(ws, request)));
    });
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.origin = `ws://127.0.0.1:${this.server.address().port}`;
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }

  #opened(socket) {
    this.#sockets.push(socket);
    for (const look of [...this.#waiting]) look();
  }

  /** The next socket that is opened to a path. */
  opened(path) {
    return new Promise((ok) => {
      const look = () => {
        const at = this.#sockets.findIndex((s) => s.path === path);
        if (at < 0) return;
        this.#waiting.delete(look);
        ok(this.#sockets.splice(at, 1)[0]);
      };
      this.#waiting.add(look);
      look();
    });
  }
}

/** One socket that botd has opened. */
class Socket {
  #unread = [];
  #waiting = new Set();

  constructor(ws, request) {
    Object.assign(this, { ws, path: request.url, headers: request.headers });
    this.closed = once(ws, 'close').then(([code]) => code);
    ws.on('message', (data) => {
      const parsed = StreamingData.parse(data); // throws at what it does not know
      this.#unread.push({ kind: StreamingData.getStreamingKind(), parsed, raw: JSON.parse(data) });
      if (this.#unread.length > 5000) this.#unread.shift();
      for (const look of [...this.#waiting]) look();
    });
  }

  /** The next message of a kind that passes. Those before it are forgotten. */
  message(kind, passes = () => true) {
    return new Promise((ok) => {
      const look = () => {
        const at = this.#unread.findIndex((m) => m.kind === kind && passes(m.parsed, m.raw));
        if (at < 0) return;
        this.#waiting.delete(look);
        ok(this.#unread.splice(0, at + 1).at(-1));
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** The first message, whatever it is. */
  async first() {
    while (this.#unread.length === 0) await once(this.ws, 'message');
    return this.#unread[0];
  }

  send = (text) => this.ws.send(text);
}

/** How strong a tone is in 16-bit samples, from 0 to 1 of all there is. */
export function tone(base64, hertz, rate) {
  const bytes = Buffer.from(base64, 'base64');
  let [re, im, all] = [0, 0, 0];
  const n = bytes.length / 2;
  for (let i = 0; i < n; i += 1) {
    const s = bytes.readInt16LE(2 * i) / 32768;
    re += s * Math.cos((2 * Math.PI * hertz * i) / rate);
    im += s * Math.sin((2 * Math.PI * hertz * i) / rate);
    all += s * s;
  }
  if (all / n < 1e-5) return 0; // nothing to be heard
  return (2 * (re * re + im * im)) / (n * all);
}

/** Samples of a tone, as base64. */
export function sounds(hertz, rate, milliseconds) {
  const n = (rate * milliseconds) / 1000;
  const bytes = Buffer.alloc(2 * n);
  for (let i = 0; i < n; i += 1) bytes.writeInt16LE(Math.round(8192 * Math.sin((2 * Math.PI * hertz * i) / rate)), 2 * i);
  return bytes.toString('base64');
}
