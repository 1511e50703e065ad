// An application that calls every public method of the service's own packages,
// unmodified, with nothing but a connection string.
//
//   node main.mjs CONNECTION-STRING DOOR
//
// The door is where it asks for what happens on the other side of its calls.
import assert from 'node:assert/strict';
import { CallAutomationClient, CallConnection, CallMedia, CallRecording } from '@azure/communication-call-automation';
import { CommunicationIdentityClient } from '@azure/communication-identity';
import { RoomsClient } from '@azure/communication-rooms';
import { client } from './client.mjs';
import { connection } from './connection.mjs';
import { assertEveryMethodWasCalled, watch, watched } from './every.mjs';
import { identity } from './identity.mjs';
import { keys } from './keys.mjs';
import { media } from './media.mjs';
import { Person } from './people.mjs';
import { recognizing } from './recognizing.mjs';
import { recording } from './recording.mjs';
import { rooms } from './rooms.mjs';
import { expected } from './shape.mjs';
import { Sockets } from './sockets.mjs';
import { done, step } from './steps.mjs';
import { streaming } from './streaming.mjs';
import { parse, subscribe } from './subscription.mjs';
import { transcribing } from './transcribing.mjs';
import { Webhooks } from './webhooks.mjs';

const [connectionString, door] = process.argv.slice(2);
watch(CallAutomationClient, CallConnection, CallMedia, CallRecording, CommunicationIdentityClient, RoomsClient);

const hooks = new Webhooks(parse(connectionString).endpoint);
const sockets = new Sockets();
await Promise.all([hooks.listen(), sockets.listen()]);

/** Everything that the scenes need. */
async function populate() {
  const identities = new CommunicationIdentityClient(connectionString);
  const world = { connectionString, door, hooks, sockets, client: new CallAutomationClient(connectionString) };
  for (const name of ['alice', 'bob', 'carol']) world[name] = await Person.hire(door, name, await identities.createUser());
  world.phone = await Person.hire(door, 'phone', { phoneNumber: '+15551230001' });
  const nobody = await identities.createUser();
  world.nobody = { identifier: nobody, id: nobody.communicationUserId };
  world.support = await identities.createUser();
  world.number = { phoneNumber: '+15551230002' }; // one of the application's own
  for (const [name, id] of [['support', world.support.communicationUserId], ['number', `4:${world.number.phoneNumber}`]]) {
    await subscribe(connectionString, name, `${hooks.origin}/incoming`, id);
  }
  return world;
}

const world = await populate();
for (const part of [identity, rooms, client, connection, media, recognizing, keys, streaming, transcribing, recording]) await part(world);
await step('every event was well formed, signed, and came once', () => assert.deepEqual([...hooks.wrong], []));
await step('every kind of event came', () => assert.deepEqual(expected.filter((kind) => !hooks.kinds().has(kind)), []));
for (const type of watched()) {
  await step(`every public method of ${type} was called`, () => assertEveryMethodWasCalled(type));
}
hooks.close();
sockets.close();
done();
