// The log of a call: read, followed, left, taken up again; and an event told late.
//   npm install @azure/communication-call-automation@1.6.0
import assert from 'node:assert/strict';
import { CallAutomationClient } from '@azure/communication-call-automation';
import { ask, follow, hooks, options, until } from '../sign.mjs';

let away = true; // the application has gone, and comes back
const told = [];
const callback = await hooks(({ type }) => {
  if (away) return 410;
  told.push(type);
  return 200;
});
const client = new CallAutomationClient(process.env.BOTD_CONNECTION_STRING, options);
const { callConnection: call, callConnectionProperties: p } = await client.createCall({ targetParticipant: { id: 'echo' } }, callback);
const log = `/calling/callConnections/${p.callConnectionId}/events`;

console.log('as a stream:');
let last;
for await (const event of follow(log)) {
  console.log(' ', event.type);
  last = event.last;
  if (event.type.endsWith('.ParticipantsUpdated')) break;
}

console.log('the same as a page:');
const { value } = await ask('GET', log);
for (const event of value) console.log(' ', event.sequence, event.type);

await call.hangUp(false);
console.log(`what came behind ${last}:`);
for await (const event of follow(log, last)) {
  console.log(' ', event.type);
  assert.equal(event.sequence, `${++last}`);
  if (event.type.endsWith('.CallDisconnected')) break;
}

const letter = await until(async () =>
  (await ask('GET', '/webhooks/deadLetters?limit=1000')).value.find((l) => l.destination === callback));
console.log(`not told: ${letter.type}, because ${letter.reason}`);
away = false;
await ask('POST', `/webhooks/deadLetters/${letter.id}:redeliver`);
assert.deepEqual(told, [letter.type]);
console.log(`told now: ${told}`);
