// An application that asks for more than is allowed: the service's own package
// waits as long as it is told, and tries again.
//
//   node throttled.mjs CONNECTION-STRING
import assert from 'node:assert/strict';
import { CommunicationIdentityClient } from '@azure/communication-identity';
import { done, step } from './steps.mjs';

const refusals = [];
const observer = {
  name: 'observer',
  async sendRequest(request, next) {
    const answer = await next(request);
    if (answer.status !== 201) refusals.push([answer.status, answer.headers.get('retry-after')]);
    return answer;
  },
};
const client = new CommunicationIdentityClient(process.argv[2], {
  additionalPolicies: [{ policy: observer, position: 'perRetry' }],
});

await step('CommunicationIdentityClient.createUser, more often than is allowed', async () => {
  const users = new Set();
  for (let i = 0; i < 8; i += 1) users.add((await client.createUser()).communicationUserId);
  assert.equal(users.size, 8);
  assert.ok(refusals.length > 0, 'some were refused');
  for (const [status, after] of refusals) {
    assert.equal(status, 429);
    assert.ok(Number(after) >= 1, `retry-after: ${after}`);
  }
});
done();
