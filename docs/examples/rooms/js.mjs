// A room, its list and its lobby. Open the softphone as Dana and join by the link.
//   npm install @azure/communication-rooms@1.2.0 @azure/communication-call-automation@1.6.0
import assert from 'node:assert/strict';
import { CallAutomationClient } from '@azure/communication-call-automation';
import { RoomsClient } from '@azure/communication-rooms';
import { ask, event, hooks, named, options, until } from '../sign.mjs';

const rooms = new RoomsClient(process.env.BOTD_CONNECTION_STRING, options);
const client = new CallAutomationClient(process.env.BOTD_CONNECTION_STRING, options);
const [ann, ben] = [{ communicationUserId: await named('Ann') }, { communicationUserId: await named('Ben') }];

const { id, validUntil } = await rooms.createRoom({
  participants: [{ id: ann, role: 'Presenter' }, { id: ben, role: 'Consumer' }],
});
console.log(`the room ${id} is open until ${validUntil.toISOString()}`);
const listed = [];
for await (const room of rooms.listRooms()) listed.push(room.id);
assert(listed.includes(id));

await rooms.removeParticipants(id, [ann]);
await rooms.addOrUpdateParticipants(id, [{ id: ben, role: 'Attendee' }]);
for await (const { role } of rooms.listParticipants(id)) console.log(`only Ben is on the list, as ${role}`);

// Meetings and lobbies are beyond the service, and so beyond its SDK.
const lobby = `/rooms/${id}/lobby`;
console.log(`Dana, come to ${(await ask('GET', `/rooms/${id}`)).meetingLink}`);
const { identifier } = await until(async () => (await ask('GET', lobby)).value[0]);
const participants = [{ rawId: identifier.rawId }];
console.log('Dana waits in the lobby, and hears nobody');

await ask('POST', `${lobby}/:admit`, { participants });
const { callConnection, callConnectionProperties } =
  await client.connectCall({ kind: 'roomCallLocator', id }, await hooks());
const connection = callConnectionProperties.callConnectionId;
await event(connection, '.CallConnected');
await until(() => callConnection.getParticipant({ communicationUserId: identifier.rawId }).catch(() => undefined));
console.log('Dana is in');

await ask('POST', `${lobby}/:return`, { participants });
await until(async () => (await ask('GET', lobby)).value.length === 1);
console.log('and back in the lobby');
await ask('POST', `${lobby}/:reject`, { participants });
await until(async () => (await ask('GET', lobby)).value.length === 0);
console.log('and was sent away');
await callConnection.hangUp(true);
await event(connection, '.CallDisconnected');

await rooms.deleteRoom(id);
await assert.rejects(rooms.getRoom(id), { statusCode: 404 });
console.log('there is no such room any more');
