// Subscribes to calls that come in, which the service's own packages cannot:
// they leave that to a portal. The request is signed as every other is.
import { createHash, createHmac } from 'node:crypto';

/** The endpoint and the key of a connection string. */
export function parse(connectionString) {
  const part = (name) => connectionString.match(new RegExp(`(?:^|;)${name}=([^;]*)`, 'i'))[1];
  return { endpoint: new URL(part('endpoint')), key: Buffer.from(part('accesskey'), 'base64') };
}

/** Sends IncomingCall events for one user to a URL. */
export async function subscribe(connectionString, name, endpoint, to) {
  const server = parse(connectionString);
  const target = `/eventSubscriptions/${name}?api-version=2026-03-12`;
  const eventTypes = ['Microsoft.Communication.IncomingCall'];
  const body = JSON.stringify({ endpoint, schema: 'eventgrid', eventTypes, filter: { to: [to] } });
  const date = new Date().toUTCString();
  const hash = createHash('sha256').update(body).digest('base64');
  const signature = createHmac('sha256', server.key)
    .update(`PUT\n${target}\n${date};${server.endpoint.host};${hash}`)
    .digest('base64');
  const answer = await fetch(new URL(target, server.endpoint), {
    method: 'PUT',
    body,
    headers: {
      'content-type': 'application/json',
      'x-ms-date': date,
      'x-ms-content-sha256': hash,
      authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`,
    },
  });
  if (!answer.ok) throw new Error(`subscribe: ${answer.status} ${await answer.text()}`);
}
