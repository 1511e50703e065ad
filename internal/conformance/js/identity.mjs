// CommunicationIdentityClient.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { CommunicationIdentityClient } from '@azure/communication-identity';
import { failed, near, refused } from './expect.mjs';
import { login } from './people.mjs';
import { need, scene, step } from './steps.mjs';

const hour = 3600_000;
const name = (method) => `CommunicationIdentityClient.${method}`;
const inMinutes = (minutes) => new Date(Date.now() + minutes * 60_000);

/** When a token expires, by its own claim. */
const expires = (token) => new Date(JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).exp * 1000);

export const identity = ({ connectionString, door }) => scene('identity', async () => {
  const client = new CommunicationIdentityClient(connectionString);
  let user;

  await need(name('createUser'), async () => {
    user = await client.createUser();
    assert.match(user.communicationUserId, /^8:acs:[0-9a-f-]{36}_[0-9a-f-]{36}$/);
  });

  await step(name('createUserAndToken'), async () => {
    const made = await client.createUserAndToken(['voip']);
    assert.notEqual(made.user.communicationUserId, user.communicationUserId);
    near(made.expiresOn, inMinutes(24 * 60));
    near(expires(made.token), made.expiresOn, 1);
  });

  await step(name('createUserAndToken, valid for an hour'), async () => {
    const { expiresOn } = await client.createUserAndToken(['voip', 'chat'], { tokenExpiresInMinutes: 60 });
    near(expiresOn, inMinutes(60));
  });

  await step(name('createUserAndToken, valid for too short'), () =>
    refused(() => client.createUserAndToken(['voip'], { tokenExpiresInMinutes: 59 }), 400, '8523'));

  await step(name('getToken, of each scope'), async () => {
    const scopes = ['chat', 'voip', 'chat.join', 'chat.join.limited', 'voip.join'];
    const { token, expiresOn } = await client.getToken(user, scopes, { tokenExpiresInMinutes: 90 });
    near(expiresOn, inMinutes(90));
    near(expires(token), expiresOn, 1);
  });

  await step(name('getToken, of a scope that is none'), () =>
    refused(() => client.getToken(user, ['everything']), 400, '8523'));

  await step(name('revokeTokens'), async () => {
    assert.equal(await client.revokeTokens(user), undefined);
    assert.ok((await client.getToken(user, ['voip'])).token, 'there are new ones');
  });

  await step(name('getTokenForTeamsUser'), async () => {
    const [userObjectId, clientId] = [randomUUID(), randomUUID()];
    const teamsUserAadToken = await login(door, { userId: userObjectId, appId: clientId });
    const { token, expiresOn } = await client.getTokenForTeamsUser({ teamsUserAadToken, clientId, userObjectId });
    assert.ok(expiresOn > Date.now() && expiresOn - Date.now() <= 24 * hour + 60_000, `${expiresOn}`);
    near(expires(token), expiresOn, 1);
  });

  await step(name("getTokenForTeamsUser, with somebody else's token"), async () => {
    const [userObjectId, clientId] = [randomUUID(), randomUUID()];
    const teamsUserAadToken = await login(door, { userId: randomUUID(), appId: clientId });
    const error = await failed(() => client.getTokenForTeamsUser({ teamsUserAadToken, clientId, userObjectId }));
    assert.equal(error.statusCode, 403, error.message);
  });

  await step(name('deleteUser'), async () => {
    assert.equal(await client.deleteUser(user), undefined);
    await refused(() => client.getToken(user, ['voip']), 404, '8522');
  });
});
