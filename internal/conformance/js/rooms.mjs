// RoomsClient.
import assert from 'node:assert/strict';
import { CommunicationIdentityClient } from '@azure/communication-identity';
import { RoomsClient } from '@azure/communication-rooms';
import { near, refused } from './expect.mjs';
import { need, scene, step } from './steps.mjs';

const day = 24 * 3600_000;
const name = (method) => `RoomsClient.${method}`;
const inDays = (days) => new Date(Date.now() + days * day);

async function all(pages) {
  const found = [];
  for await (const one of pages) found.push(one);
  return found;
}

/** The participants of a room, as {id: role}. */
const roles = async (client, room) => Object.fromEntries(
  (await all(client.listParticipants(room))).map((p) => {
    assert.equal(p.id.kind, 'communicationUser');
    return [p.id.communicationUserId, p.role];
  }));

export const rooms = ({ connectionString }) => scene('rooms', async () => {
  const client = new RoomsClient(connectionString);
  const identities = new CommunicationIdentityClient(connectionString);
  const [ann, ben, cleo] = await Promise.all([1, 2, 3].map(() => identities.createUser()));
  let plain;
  let room;

  await need(name('createRoom, with nothing said'), async () => {
    plain = await client.createRoom();
    assert.match(plain.id, /^\d+$/);
    near(plain.createdOn, new Date());
    near(plain.validFrom, new Date());
    near(plain.validUntil, inDays(180));
    assert.equal(plain.pstnDialOutEnabled, false);
  });

  await need(name('createRoom'), async () => {
    const [validFrom, validUntil] = [inDays(1), inDays(2)];
    const participants = [{ id: ann, role: 'Presenter' }, { id: ben }];
    room = await client.createRoom({ validFrom, validUntil, pstnDialOutEnabled: true, participants });
    near(room.validFrom, validFrom, 1);
    near(room.validUntil, validUntil, 1);
    assert.equal(room.pstnDialOutEnabled, true);
    assert.notEqual(room.id, plain.id);
  });

  await step(name('getRoom'), async () => assert.deepEqual(await client.getRoom(room.id), room));

  await step(name('getRoom, that is none'), () =>
    refused(() => client.getRoom('99199690362660524'), 404, '8522'));

  await step(name('updateRoom'), async () => {
    const validUntil = inDays(5);
    const updated = await client.updateRoom(room.id, { validFrom: room.validFrom, validUntil, pstnDialOutEnabled: false });
    near(updated.validUntil, validUntil, 1);
    assert.equal(updated.pstnDialOutEnabled, false);
    assert.deepEqual(await client.getRoom(room.id), updated);
  });

  await step(name('updateRoom, to end before it begins'), () =>
    refused(() => client.updateRoom(room.id, { validFrom: inDays(5), validUntil: inDays(4) }), 400, '8523'));

  await step(name('listRooms'), async () => {
    const listed = (await all(client.listRooms())).map((r) => r.id);
    assert.ok(listed.includes(room.id) && listed.includes(plain.id), `${listed}`);
    for await (const page of client.listRooms().byPage()) assert.ok(Array.isArray(page));
  });

  await step(name('listRooms, of which there are many'), async () => {
    const many = await Promise.all(Array.from({ length: 120 }, () => client.createRoom()));
    const listed = new Set((await all(client.listRooms())).map((r) => r.id));
    assert.equal(listed.size, many.length + 2);
    for (const { id } of many) assert.ok(listed.has(id), id);
    let pages = 0;
    for await (const page of client.listRooms().byPage()) pages += page.length > 0 ? 1 : 0;
    assert.ok(pages > 1, `${pages} pages`);
  });

  await step(name('listParticipants'), async () => assert.deepEqual(await roles(client, room.id), {
    [ann.communicationUserId]: 'Presenter', [ben.communicationUserId]: 'Attendee',
  }));

  await step(name('addOrUpdateParticipants'), async () => {
    await client.addOrUpdateParticipants(room.id, [{ id: ben, role: 'Consumer' }, { id: cleo, role: 'Collaborator' }]);
    assert.deepEqual(await roles(client, room.id), {
      [ann.communicationUserId]: 'Presenter',
      [ben.communicationUserId]: 'Consumer',
      [cleo.communicationUserId]: 'Collaborator',
    });
  });

  await step(name('removeParticipants'), async () => {
    await client.removeParticipants(room.id, [ann, cleo]);
    assert.deepEqual(await roles(client, room.id), { [ben.communicationUserId]: 'Consumer' });
  });

  await step(name('deleteRoom'), async () => {
    assert.equal(await client.deleteRoom(room.id), undefined);
    await refused(() => client.getRoom(room.id), 404, '8522');
  });
});
