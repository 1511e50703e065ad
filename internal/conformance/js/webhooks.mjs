// The web server that every application of this kind has: a path for resource
// events, one for the events of its calls, one for the results of operations
// that are to go elsewhere.
import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { parseCallAutomationEvent } from '@azure/communication-call-automation';
import { check } from './shape.mjs';

/** What was received, for whoever waits for some of it. */
export class Webhooks {
  #unread = []; // {path, event}
  #told = new Map(); // connection: its events in order, of whatever path
  #seen = new Set(); // ids of events
  #waiting = new Set();

  /** What was wrong with events. */
  wrong = new Set();

  constructor(server) {
    this.issuer = server; // whose tokens come with events
  }

  async listen() {
    this.server = createServer((request, response) => {
      this.#take(request, response).catch((error) => this.wrong.add(error.message));
    });
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.origin = `http://127.0.0.1:${this.server.address().port}`;
    this.callback = `${this.origin}/calls?secret=a:b+c`;
    this.elsewhere = `${this.origin}/elsewhere`;
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** The next event of a kind that a connection is told. */
  event(connection, kind, passes = () => true, path = '/calls?secret=a:b+c') {
    return this.#next((r) => r.path === path && r.event.kind === kind &&
      r.event.callConnectionId === connection && passes(r.event));
  }

  /** The next list of participants that passes. */
  roster(connection, passes) {
    return this.event(connection, 'ParticipantsUpdated', (e) => passes(e.participants));
  }

  /** The next call to somebody. */
  incoming(to) {
    return this.#next((r) => r.path === '/incoming' && r.event.data?.to.rawId === to);
  }

  /** The kinds of events that came. */
  kinds = () => new Set([...this.#told.values()].flat().map((e) => e.kind));

  /** Fails unless a connection was told exactly that, in that order, between
   * lists of participants whose numbers grow, and nothing afterwards. */
  assertTold(connection, ...kinds) {
    const told = this.#told.get(connection) ?? [];
    assert.deepEqual(told.map((e) => e.kind).filter((k) => k !== 'ParticipantsUpdated'), kinds);
    assert.equal(told.at(-1).kind, kinds.at(-1), 'the last event');
    const numbers = told.filter((e) => e.kind === 'ParticipantsUpdated').map((e) => e.sequenceNumber);
    for (const [i, n] of numbers.entries()) assert.ok(i === 0 || n > numbers[i - 1], `sequence numbers ${numbers}`);
  }

  #next(passes) {
    return new Promise((ok) => {
      const look = () => {
        const at = this.#unread.findIndex(passes);
        if (at < 0) return;
        this.#waiting.delete(look);
        ok(this.#unread.splice(at, 1)[0].event);
      };
      this.#waiting.add(look);
      look();
    });
  }

  async #take(request, response) {
    let body = '';
    for await (const part of request) body += part;
    const [first] = JSON.parse(body);
    if (first.eventType === 'Microsoft.EventGrid.SubscriptionValidationEvent') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ validationResponse: first.data.validationCode }));
      return;
    }
    response.writeHead(200).end();
    this.#keep(request.url, request.url === '/incoming' ? first : await this.#parse(request, body));
  }

  #keep(path, event) {
    this.#unread.push({ path, event });
    for (const look of [...this.#waiting]) look();
  }

  async #parse(request, body) {
    const event = parseCallAutomationEvent(body);
    const { callConnectionId } = event;
    if (!this.#told.has(callConnectionId)) this.#told.set(callConnectionId, []);
    this.#told.get(callConnectionId).push(event); // before anything is waited for: order is what it is about
    try {
      const { id } = check(request.headers, body);
      assert.ok(!this.#seen.has(id), `${event.kind} ${id} came twice`);
      this.#seen.add(id);
      await this.authorized(request.headers.authorization);
    } catch (error) {
      this.wrong.add(`${event.kind}: ${error.message}`);
    }
    return event;
  }

  /** A token is one of the server's. */
  async authorized(header) {
    const [, token] = header.match(/^Bearer (.+)$/);
    const [head, claims, signature] = token.split('.');
    const { kid, alg } = JSON.parse(Buffer.from(head, 'base64url'));
    assert.equal(alg, 'RS256');
    const { iss, aud, exp } = JSON.parse(Buffer.from(claims, 'base64url'));
    assert.equal(iss, new URL(this.issuer).origin);
    assert.match(aud, /^[0-9a-f-]{36}$/);
    assert.ok(exp > Date.now() / 1000, 'it has not expired');
    const jwk = (await this.#keys()).find((k) => k.kid === kid);
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    assert.ok(verify('sha256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url')), 'its signature');
  }

  /** The server's keys, where its discovery document says. */
  #keys() {
    this.keys ??= (async () => {
      const get = async (url) => (await fetch(url)).json();
      const found = await get(new URL('/calling/.well-known/acsopenidconfiguration', this.issuer));
      return (await get(found.jwks_uri)).keys;
    })();
    return this.keys;
  }
}
