// Two applications at one call. Open the softphone as Dana and accept.
//   npm install @azure/communication-call-automation@1.6.0
import assert from 'node:assert/strict';
import { CallAutomationClient } from '@azure/communication-call-automation';
import { ask, event, hooks, named, options, until } from '../sign.mjs';

const callback = await hooks();
const client = new CallAutomationClient(process.env.BOTD_CONNECTION_STRING, options);
const dana = { communicationUserId: await named('Dana') };

const made = await client.createCall({ targetParticipant: dana }, callback);
const { callConnectionId: first, serverCallId: call } = made.callConnectionProperties;
await event(first, '.CallConnected');
console.log(`Dana is in the call ${call}`);

const { callConnection: connection, callConnectionProperties: p } =
  await client.connectCall({ kind: 'serverCallLocator', id: call }, callback);
const second = p.callConnectionId;
await event(second, '.CallConnected');
await connection.addParticipant({ targetParticipant: { id: 'echo' } });
await event(second, '.AddParticipantSucceeded');
console.log('a second application has brought in the echo');

const person = () => connection.getParticipant(dana);
await connection.muteParticipant(dana);
await until(async () => (await person()).isMuted);
console.log('Dana is muted');
// Beyond the SDK, as the service has it not.
await ask('POST', `/calling/callConnections/${second}/participants:unmute`, {
  targetParticipants: [{ rawId: dana.communicationUserId }],
});
await until(async () => !(await person()).isMuted);
console.log('and is not any more');

const media = connection.getCallMedia();
await media.hold(dana);
await until(async () => (await person()).isOnHold);
console.log('Dana is on hold');
await media.unhold(dana);
await until(async () => !(await person()).isOnHold);
console.log('and is back');

await made.callConnection.hangUp(false);
await event(first, '.CallDisconnected');
assert.equal((await ask('GET', `/calling/calls/${call}`)).state, 'active');
console.log('the first application has left, and the call goes on');

await connection.hangUp(true);
await event(second, '.CallDisconnected');
const why = await ask('GET', `/calling/calls/${call}/why`);
console.log(why.summary);
for (const { kind, what } of why.because) console.log(`  ${kind}: ${what}`);
