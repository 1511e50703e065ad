// What the JavaScript examples share: requests that the SDKs do not have, the
// log as a stream, and an endpoint for webhooks.
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import http from 'node:http';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

const [, endpoint, key] = /endpoint=(.*?)\/?;accesskey=(.*)/i.exec(process.env.BOTD_CONNECTION_STRING);
/** For a server on this machine over plain HTTP. */
export const options = { allowInsecureConnection: endpoint.startsWith('http:') };

const versions = { identities: '2023-10-01', rooms: '2025-03-13' };

async function send(method, path, body, headers) {
  const url = new URL(endpoint + path);
  url.searchParams.set('api-version', versions[path.split('/')[1]] ?? '2026-03-12');
  const sent = body === undefined ? '' : JSON.stringify(body);
  const date = new Date().toUTCString();
  const hash = createHash('sha256').update(sent).digest('base64');
  const text = `${method}\n${url.pathname}${url.search}\n${date};${url.host};${hash}`;
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64');
  const answer = await fetch(url, { method, body: sent || undefined, headers: {
    ...headers, 'content-type': 'application/json', 'x-ms-date': date, 'x-ms-content-sha256': hash,
    authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`,
  } });
  assert(answer.ok, `${method} ${path}: ${answer.status} ${answer.ok || await answer.text()}`);
  return answer;
}

/** A signed request; resolves to what is answered. */
export async function ask(method, path, body) {
  const text = await (await send(method, path, body)).text();
  return text && JSON.parse(text);
}

/** The events of a log as they happen, after the one with the id `last`: {last, ...event}. */
export async function* follow(path, last = '0') {
  const answer = await send('GET', path, undefined, { accept: 'text/event-stream', 'last-event-id': last });
  const body = Readable.fromWeb(answer.body);
  try {
    for await (const line of createInterface({ input: body })) {
      if (line.startsWith('id: ')) last = line.slice(4);
      if (line.startsWith('data: ')) yield { last, ...JSON.parse(line.slice(6)) };
    }
  } finally {
    body.destroy();
  }
}

/** The first event of a connection whose type ends so. */
export async function event(connection, type) {
  for await (const e of follow(`/calling/callConnections/${connection}/events`)) if (e.type.endsWith(type)) return e;
  throw new Error(`${type} does not come`);
}

/** Takes events: `take` is given each and says how to answer. Resolves to where. */
export function hooks(take = () => 200) {
  const server = http.createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    response.writeHead(take(JSON.parse(body)[0]), { connection: 'close' }).end();
  });
  server.unref();
  return new Promise((ready) => server.listen(0, '127.0.0.1', () => ready(`http://127.0.0.1:${server.address().port}/`)));
}

/** Asks again until there is an answer. */
export async function until(look) {
  for (let tries = 0; tries < 300; tries++) {
    const found = await look();
    if (found) return found;
    await sleep(200);
  }
  throw new Error(`it does not happen: ${look}`);
}

/** The user whom the application calls by a name of its own. */
export const named = async (customId) => (await ask('POST', '/identities', { customId })).identity.id;
