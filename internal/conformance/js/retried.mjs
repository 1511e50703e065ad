// An application whose network loses the answer to its first request: the
// service's own package asks again, and there is one call all the same.
//
//   node retried.mjs CONNECTION-STRING DOOR NETWORK
//
// The network is where it can be told to lose the next answer.
import assert from 'node:assert/strict';
import { CallAutomationClient } from '@azure/communication-call-automation';
import { CommunicationIdentityClient } from '@azure/communication-identity';
import { connected } from './calls.mjs';
import { refused } from './expect.mjs';
import { Person } from './people.mjs';
import { done, step } from './steps.mjs';
import { parse } from './subscription.mjs';
import { Webhooks } from './webhooks.mjs';

const [connectionString, door, network] = process.argv.slice(2);
const hooks = new Webhooks(parse(connectionString).endpoint);
await hooks.listen();

const tries = [];
const observer = {
  name: 'observer',
  sendRequest(request, next) {
    if (request.method === 'POST') tries.push(request.headers.get('repeatability-request-id'));
    return next(request);
  },
};
const client = new CallAutomationClient(connectionString, { additionalPolicies: [{ policy: observer, position: 'perRetry' }] });
const identities = new CommunicationIdentityClient(connectionString);
const alice = await Person.hire(door, 'alice', await identities.createUser());

await step('CallAutomationClient.createCall, whose answer is lost', async () => {
  // The connection is there before it is cut: else its handshake would be lost.
  await refused(() => client.getCallConnection('none').getCallConnectionProperties(), 404, '8522');
  await fetch(`${network}/cut`, { method: 'POST' });
  const placed = await client.createCall({ targetParticipant: alice.identifier }, hooks.callback);
  assert.equal(tries.length, 2, 'it was tried twice');
  assert.equal(tries[0], tries[1], 'with the same id');
  await alice.accepts();
  await connected({ hooks }, placed);
});
hooks.close();
done();
