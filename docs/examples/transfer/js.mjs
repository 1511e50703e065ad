// A transfer to somebody who has not been asked, and one to somebody who has.
// Open the softphone as Dana and accept, twice.
//   npm install @azure/communication-call-automation@1.6.0
import { CallAutomationClient } from '@azure/communication-call-automation';
import { ask, event, hooks, named, options, until } from '../sign.mjs';

const callback = await hooks();
const client = new CallAutomationClient(process.env.BOTD_CONNECTION_STRING, options);
const dana = { communicationUserId: await named('Dana') };

/** Calls somebody and waits until they are there. */
async function place(targetParticipant) {
  const { callConnection, callConnectionProperties } = await client.createCall({ targetParticipant }, callback);
  await event(callConnectionProperties.callConnectionId, '.CallConnected');
  return { callConnection, id: callConnectionProperties.callConnectionId, call: callConnectionProperties.serverCallId };
}

const blind = await place(dana);
await blind.callConnection.transferCallToParticipant({ id: 'menu' });
await event(blind.id, '.CallTransferAccepted');
await event(blind.id, '.CallDisconnected');
const { participants } = await ask('GET', `/calling/calls/${blind.call}`);
console.log(`the application is out of the call; in it are ${participants.map((p) => p.identifier.rawId).join(' and ')}`);
const again = await client.connectCall({ kind: 'serverCallLocator', id: blind.call }, callback);
await event(again.callConnectionProperties.callConnectionId, '.CallConnected');
await again.callConnection.hangUp(true);

const asked = await place({ id: 'echo' });
console.log('the echo has been asked');
const consulted = await place(dana);
// A target that is a call is beyond the service, and so beyond its SDK.
await ask('POST', `/calling/callConnections/${consulted.id}:transferToParticipant`, {
  targetCall: { callConnectionId: asked.id },
});
await event(consulted.id, '.CallTransferAccepted');
await until(() => asked.callConnection.getParticipant(dana).catch(() => undefined));
console.log('Dana is in the call with the echo');

await asked.callConnection.hangUp(true);
await event(asked.id, '.CallDisconnected');
console.log('and all of it is over');
