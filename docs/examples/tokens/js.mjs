// A user, their tokens and the end of both, with the official SDK:
//   npm install @azure/communication-identity@1.3.1
import assert from 'node:assert/strict';
import { CommunicationIdentityClient } from '@azure/communication-identity';

const { BOTD_CONNECTION_STRING, COMPANY_TOKEN, COMPANY_APP_ID, COMPANY_USER_ID } = process.env;
const client = new CommunicationIdentityClient(BOTD_CONNECTION_STRING, {
  allowInsecureConnection: /endpoint=http:/i.test(BOTD_CONNECTION_STRING), // for a server on this machine
});

const { user, token, expiresOn } = await client.createUserAndToken(['voip'], { tokenExpiresInMinutes: 60 });
console.log(`${user.communicationUserId} may call until ${expiresOn.toISOString()}`);

const guest = await client.getToken(user, ['voip.join']);
assert.notEqual(guest.token, token);
console.log('the same user has a second token, which only lets them join');

await assert.rejects(client.getToken(user, ['voip'], { tokenExpiresInMinutes: 30 }), { statusCode: 400 });
console.log('less than an hour is refused');

await client.revokeTokens(user);
console.log('both are revoked');

if (COMPANY_TOKEN) {
  const exchanged = await client.getTokenForTeamsUser({
    teamsUserAadToken: COMPANY_TOKEN,
    clientId: COMPANY_APP_ID,
    userObjectId: COMPANY_USER_ID,
  });
  console.log(`8:orgid:${COMPANY_USER_ID} may call until ${exchanged.expiresOn.toISOString()}`);
}

await client.deleteUser(user);
await assert.rejects(client.getToken(user, ['voip']), { statusCode: 404 });
console.log('and the user is gone');
