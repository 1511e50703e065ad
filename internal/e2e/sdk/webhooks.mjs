// The web server that every application of this kind has: one path for
// resource events, one for the events of its calls.
import { createServer } from 'node:http';
import { parseCallAutomationEvent } from '@azure/communication-call-automation';

/** Everything that was received, in order, for whoever waits for some of it. */
export class Webhooks {
  #received = [];
  #waiting = new Set();

  /** Called with each event of a call as soon as it is there. */
  onEvent = () => {};

  /** Listens on a free port and resolves to its URL. */
  async listen() {
    this.server = createServer((request, response) => this.#take(request, response));
    await new Promise((ok) => this.server.listen(0, '127.0.0.1', ok));
    return `http://127.0.0.1:${this.server.address().port}`;
  }

  close() {
    this.server.closeAllConnections();
    return new Promise((ok) => this.server.close(ok));
  }

  /** The first event not waited for yet that passes the test. */
  next(passes) {
    const look = () => {
      const at = this.#received.findIndex(passes);
      return at < 0 ? undefined : this.#received.splice(at, 1)[0];
    };
    return new Promise((ok) => {
      const settle = () => {
        const event = look();
        if (event === undefined) return;
        this.#waiting.delete(settle);
        ok(event);
      };
      this.#waiting.add(settle);
      settle();
    });
  }

  async #take(request, response) {
    let text = '';
    for await (const part of request) text += part;
    const [first] = JSON.parse(text);
    if (first.eventType === 'Microsoft.EventGrid.SubscriptionValidationEvent') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ validationResponse: first.data.validationCode }));
      return;
    }
    response.writeHead(200).end();
    this.#received.push(request.url === '/incoming' ? first : this.#parse(text));
    for (const settle of [...this.#waiting]) settle();
  }

  #parse(text) {
    const event = parseCallAutomationEvent(text);
    this.onEvent(event);
    return event;
  }
}
